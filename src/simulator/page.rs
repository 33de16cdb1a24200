//! The web pages: the list of repositories, and "Repository settings → Access keys" of each. Plain HTML that works
//! without JavaScript.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html as HtmlResponse, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::Premises;
use super::store::{NewKey, Permission, Place, Refusal, Repository, StoredKey};
use crate::access_key::is_private;
use crate::bitbucket::Edition;
use crate::html::Html;

const PAGE: &str = include_str!("../../assets/simulator/page.html");
const ACCESS_KEYS: &str = include_str!("../../assets/simulator/access_keys.html");
const STYLE: &str = include_str!("../../assets/simulator/simulation.css");

/// Said of an expiry that can't be one. The simulation's own words.
const NO_EXPIRY: &str = "The expiry is a day to come, such as 2099-12-31, or nothing.";

/// Said of more than a form may hold. The simulation's own words, like the next.
const TOO_MUCH: &str =
    "This is much longer than any public key. Copy only the key, which is one line.";

/// Said of a form that is none.
const NO_FORM: &str = "What was sent can't be read. Please fill in the form once more.";

/// How long a day is.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The end of the year 9999, counted from 1970.
pub(super) const END_OF_9999: Duration = Duration::from_secs(253_402_300_800);

/// What every page's path begins with.
fn root(premises: &Premises) -> String {
    format!("/{}", premises.secret)
}

/// The path of a repository's access keys: the edition's own, behind the secret.
pub(super) fn access_keys_path(premises: &Premises, repository: &Repository) -> String {
    let root = root(premises);
    let slug = &repository.slug;
    match premises.edition() {
        Edition::Cloud => format!("{root}/{}/{slug}/admin/access-keys/", repository.owner),
        Edition::DataCenter => format!(
            "{root}/plugins/servlet/ssh/projects/{}/repos/{slug}/keys",
            repository.project
        ),
    }
}

/// The path that takes an access key out.
fn delete_path(premises: &Premises, repository: &Repository, id: &str) -> String {
    let keys = access_keys_path(premises, repository);
    format!("{}/{id}/delete", keys.trim_end_matches('/'))
}

pub(super) fn routes(premises: &Premises) -> Router<Arc<Premises>> {
    // The paths of a repository whose parts are the router's own names for them.
    let any = Repository {
        owner: "{owner}".to_owned(),
        slug: "{slug}".to_owned(),
        project: "{owner}".to_owned(),
        branches: &[],
    };
    let root = root(premises);
    Router::new()
        .route(&format!("{root}/"), get(show_repositories))
        .route(&format!("{root}/simulation.css"), get(style))
        .route(&access_keys_path(premises, &any), get(show).post(add))
        .route(&delete_path(premises, &any, "{id}"), post(remove))
        .method_not_allowed_fallback(only_a_button)
}

async fn style() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

async fn show_repositories(State(premises): State<Arc<Premises>>) -> Response {
    let items: Html = premises
        .store
        .repositories()
        .iter()
        .map(|repository| {
            let path = access_keys_path(&premises, repository);
            Html::fill(
                "<li><a href=\"{{path}}\">{{name}}</a></li>\n",
                &[
                    ("path", Html::text(&path)),
                    ("name", Html::text(&repository.full_name())),
                ],
            )
        })
        .collect();
    let content = Html::fill(
        "<h1>Repositories</h1>\n<p>Each link leads to the access keys of a repository.</p>\n<ul>\n{{items}}</ul>",
        &[("items", items)],
    );
    page(
        &premises,
        StatusCode::OK,
        "Repositories",
        Html::default(),
        content,
    )
}

/// What just happened, for the reader who comes back to the list.
#[derive(Debug, Default, Deserialize)]
struct News {
    #[serde(default)]
    added: Option<u64>,
    #[serde(default)]
    deleted: Option<u64>,
}

async fn show(
    State(premises): State<Arc<Premises>>,
    names: Result<Path<(String, String)>, PathRejection>,
    news: Result<Query<News>, QueryRejection>,
) -> Response {
    let Some(repository) = repository_at(&premises, names) else {
        return no_such_repository(&premises);
    };
    // What can't be read is no news; the keys are shown all the same.
    let news = news.map(|Query(news)| news).unwrap_or_default();
    access_keys_page(&premises, repository, &news, &Attempt::default())
}

/// The repository that the parts of a path name; none, too, if they are no text.
fn repository_at(
    premises: &Premises,
    names: Result<Path<(String, String)>, PathRejection>,
) -> Option<&Repository> {
    let Path((owner, slug)) = names.ok()?;
    premises.store.repository(&owner, &slug)
}

/// What a person typed into the form.
#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default)]
    label: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    permission: String,
    #[serde(default)]
    expires: String,
}

impl Typed {
    /// The end of the day that was given, if one was.
    fn expires(&self) -> Result<Option<SystemTime>, Complaint> {
        let day = self.expires.trim();
        if day.is_empty() {
            return Ok(None);
        }
        let begins = humantime::parse_rfc3339(&format!("{day}T00:00:00Z")).ok();
        let ends = begins.and_then(|begins| begins.checked_add(DAY));
        let is_to_come = |end: &SystemTime| *end > SystemTime::now();
        ends.filter(is_to_come).map(Some).ok_or(Complaint::Expiry)
    }

    fn holds_private_key(&self) -> bool {
        is_private(&self.key) || is_private(&self.label)
    }

    fn permission(&self) -> Permission {
        if self.permission == "write" {
            Permission::ReadWrite
        } else {
            Permission::Read
        }
    }
}

async fn add(
    State(premises): State<Arc<Premises>>,
    names: Result<Path<(String, String)>, PathRejection>,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let Some(repository) = repository_at(&premises, names) else {
        return no_such_repository(&premises);
    };
    let typed = match form {
        Ok(Form(typed)) => typed,
        Err(rejection) => {
            let complaint = Complaint::Unreadable(rejection.status());
            let attempt = Attempt::refused(complaint, Typed::default());
            return access_keys_page(&premises, repository, &News::default(), &attempt);
        }
    };
    match try_to_add(&premises, repository, &typed) {
        Ok(added) => {
            let path = access_keys_path(&premises, repository);
            Redirect::to(&format!("{path}?added={}", added.id)).into_response()
        }
        Err(complaint) => {
            let attempt = Attempt::refused(complaint, typed);
            access_keys_page(&premises, repository, &News::default(), &attempt)
        }
    }
}

fn try_to_add(
    premises: &Premises,
    repository: &Repository,
    typed: &Typed,
) -> Result<StoredKey, Complaint> {
    let expires = match typed.expires() {
        Ok(expires) => expires,
        // The store refuses it, and that comes first: with any other refusal it would be shown again.
        Err(_) if typed.holds_private_key() => None,
        Err(complaint) => return Err(complaint),
    };
    let new = NewKey {
        line: &typed.key,
        label: &typed.label,
        permission: typed.permission(),
        expires,
    };
    let place = Place::Repository(repository.full_name());
    premises
        .store
        .add_access_key(&place, new)
        .map_err(|refusal| {
            let asks_for_label = premises.edition() == Edition::Cloud;
            if refusal == Refusal::PrivateKey && asks_for_label && is_private(&typed.label) {
                Complaint::PrivateLabel
            } else {
                Complaint::Key(refusal)
            }
        })
}

async fn remove(
    State(premises): State<Arc<Premises>>,
    names: Result<Path<(String, String, String)>, PathRejection>,
) -> Response {
    let Ok(Path((owner, slug, id))) = names else {
        return no_such_repository(&premises);
    };
    let Some(repository) = premises.store.repository(&owner, &slug) else {
        return no_such_repository(&premises);
    };
    let Ok(id) = id.parse() else {
        return no_such_key(&premises, repository);
    };
    // Whoever deletes twice finds the key gone, as wished.
    let place = Place::Repository(repository.full_name());
    premises.store.remove_access_key(&place, id);
    let path = access_keys_path(&premises, repository);
    Redirect::to(&format!("{path}?deleted={id}")).into_response()
}

/// What is wrong with what was typed, and with it in which field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Complaint {
    Key(Refusal),
    /// A private key in the field for the label.
    PrivateLabel,
    Expiry,
    /// The whole form, answered with this status.
    Unreadable(StatusCode),
}

impl Complaint {
    fn message(self, edition: Edition) -> &'static str {
        match self {
            Complaint::Key(refusal) => refusal.message(edition),
            Complaint::PrivateLabel => Refusal::PrivateKey.message(edition),
            Complaint::Expiry => NO_EXPIRY,
            Complaint::Unreadable(StatusCode::PAYLOAD_TOO_LARGE) => TOO_MUCH,
            Complaint::Unreadable(_) => NO_FORM,
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Complaint::Unreadable(status) => status,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The field's name, which is its `id`, too.
    const fn field(self) -> &'static str {
        match self {
            Complaint::Key(_) | Complaint::Unreadable(_) => "key",
            Complaint::PrivateLabel => "label",
            Complaint::Expiry => "expires",
        }
    }
}

/// An attempt to add a key, to be shown again with what was wrong.
#[derive(Debug, Default)]
struct Attempt {
    complaint: Option<Complaint>,
    label: String,
    key: String,
    permission: Permission,
    expires: String,
}

impl Attempt {
    fn refused(complaint: Complaint, typed: Typed) -> Self {
        let permission = typed.permission();
        // A private key is not sent back over the wire, nor left standing on the screen, whichever field it was in.
        let (label, key) = match complaint {
            Complaint::Key(Refusal::PrivateKey) | Complaint::PrivateLabel => {
                (String::new(), String::new())
            }
            _ => (typed.label, typed.key),
        };
        Self {
            complaint: Some(complaint),
            label,
            key,
            permission,
            expires: typed.expires,
        }
    }

    /// What is wrong with a field, in the words of the edition; none if nothing is.
    fn error(&self, field: &str, edition: Edition) -> Option<&'static str> {
        let complaint = self.complaint?;
        (complaint.field() == field).then(|| complaint.message(edition))
    }
}

fn no_such_repository(premises: &Premises) -> Response {
    let words = "The simulation has no repository at this address.";
    let way_back = (format!("{}/", root(premises)), "All repositories");
    let status = StatusCode::NOT_FOUND;
    dead_end(premises, status, "No such repository", words, &way_back)
}

fn no_such_key(premises: &Premises, repository: &Repository) -> Response {
    let words = "This repository has no access key of that number, so none was deleted.";
    let path = access_keys_path(premises, repository);
    let way_back = (path, "The access keys of this repository");
    let status = StatusCode::NOT_FOUND;
    dead_end(premises, status, "No such access key", words, &way_back)
}

/// What is told who opens an address that a button of the page sends something to.
async fn only_a_button(State(premises): State<Arc<Premises>>) -> Response {
    let words = "There is nothing to see at this address, and nothing was changed.";
    let way_back = (format!("{}/", root(&premises)), "All repositories");
    let status = StatusCode::METHOD_NOT_ALLOWED;
    dead_end(&premises, status, "Nothing to see here", words, &way_back)
}

/// A page that says what happened, and leads back: to a path, by the words of a link.
fn dead_end(
    premises: &Premises,
    status: StatusCode,
    title: &'static str,
    words: &'static str,
    (path, link): &(String, &'static str),
) -> Response {
    let content = Html::fill(
        "<h1>{{title}}</h1>\n<p>{{words}}</p>\n<p><a href=\"{{path}}\">{{link}}</a></p>",
        &[
            ("title", Html::fixed(title)),
            ("words", Html::fixed(words)),
            ("path", Html::text(path)),
            ("link", Html::fixed(link)),
        ],
    );
    page(premises, status, title, Html::default(), content)
}

fn access_keys_page(
    premises: &Premises,
    repository: &Repository,
    news: &News,
    attempt: &Attempt,
) -> Response {
    let edition = premises.edition();
    let name = repository.full_name();
    let place = Place::Repository(name.clone());
    let keys = premises.store.access_keys(&place).unwrap_or_default();
    let content = Html::fill(
        ACCESS_KEYS,
        &[
            ("notice", notice(premises, news, &keys, attempt)),
            ("repository", Html::text(&name)),
            ("read_only", read_only_words(edition)),
            ("keys", key_table(premises, repository, &keys)),
            (
                "action",
                Html::text(&access_keys_path(premises, repository)),
            ),
            ("label_field", label_field(edition, attempt)),
            ("permission_field", permission_field(edition, attempt)),
            ("key_error", field_error("key", attempt, edition)),
            ("key_state", field_state("key", attempt, edition)),
            ("key", Html::text(&attempt.key)),
            ("expiry_field", expiry_field(edition, attempt)),
            ("button", add_button(edition)),
        ],
    );
    let (status, prefix) = match attempt.complaint {
        Some(complaint) => (complaint.status(), "Error: "),
        None => (StatusCode::OK, ""),
    };
    let title = format!("{prefix}Access keys – {name}");
    let trail = Html::fill(
        "\n<li>{{name}}</li>\n<li>Repository settings</li>\n<li aria-current=\"page\">Access keys</li>",
        &[("name", Html::text(&name))],
    );
    page(premises, status, &title, trail, content)
}

fn read_only_words(edition: Edition) -> Html {
    Html::fixed(match edition {
        Edition::Cloud => ", to read only",
        Edition::DataCenter => "",
    })
}

fn add_button(edition: Edition) -> Html {
    Html::fixed(match edition {
        Edition::Cloud => "Add SSH key",
        Edition::DataCenter => "Add key",
    })
}

/// What just happened, above everything else.
fn notice(premises: &Premises, news: &News, keys: &[StoredKey], attempt: &Attempt) -> Html {
    let edition = premises.edition();
    if let Some(complaint) = attempt.complaint {
        return Html::fill(
            "<p class=\"error\" role=\"alert\"><strong>The key was not added.</strong> <a href=\"#{{field}}\">{{message}}</a></p>",
            &[
                ("field", Html::fixed(complaint.field())),
                ("message", Html::text(complaint.message(edition))),
            ],
        );
    }
    if let Some(added) = keys.iter().find(|key| Some(key.id) == news.added) {
        return Html::fill(
            "<p class=\"notice\" role=\"status\">The access key {{name}} was added.</p>",
            &[("name", Html::text(display_name(added)))],
        );
    }
    // An address can be typed by hand, and say of any key that it was deleted.
    if news.deleted.is_some_and(|id| premises.store.is_gone(id)) {
        return Html::fixed("<p class=\"notice\" role=\"status\">The access key was deleted.</p>");
    }
    Html::default()
}

fn display_name(key: &StoredKey) -> &str {
    if key.label.is_empty() {
        "without a label"
    } else {
        &key.label
    }
}

/// What is wrong with a field, beside it.
fn field_error(field: &'static str, attempt: &Attempt, edition: Edition) -> Html {
    let error = attempt.error(field, edition);
    error.map_or_else(Html::default, |message| {
        Html::fill(
            "<p class=\"error\" id=\"{{field}}-error\">{{message}}</p>",
            &[
                ("field", Html::fixed(field)),
                ("message", Html::text(message)),
            ],
        )
    })
}

/// The attributes that say what belongs to a field, and whether something is wrong with it.
fn field_state(field: &'static str, attempt: &Attempt, edition: Edition) -> Html {
    let state = match attempt.error(field, edition) {
        Some(_) => {
            "aria-describedby=\"{{field}}-error {{field}}-hint\" aria-invalid=\"true\" autofocus"
        }
        None => "aria-describedby=\"{{field}}-hint\"",
    };
    Html::fill(state, &[("field", Html::fixed(field))])
}

/// Cloud asks for a label; Data Center takes the key's comment.
fn label_field(edition: Edition, attempt: &Attempt) -> Html {
    match edition {
        Edition::Cloud => Html::fill(
            "<div class=\"field\">\n<label for=\"label\">Label</label>\n\
             <p class=\"hint\" id=\"label-hint\">A name by which you know the key again.</p>\n{{error}}\n\
             <input type=\"text\" id=\"label\" name=\"label\" maxlength=\"128\" autocomplete=\"off\" value=\"{{label}}\" {{state}}>\n</div>",
            &[
                ("error", field_error("label", attempt, edition)),
                ("label", Html::text(&attempt.label)),
                ("state", field_state("label", attempt, edition)),
            ],
        ),
        Edition::DataCenter => Html::default(),
    }
}

/// Data Center asks what the key may do; Cloud's access keys only read.
fn permission_field(edition: Edition, attempt: &Attempt) -> Html {
    if edition == Edition::Cloud {
        return Html::default();
    }
    let checked = |permission| {
        Html::fixed(if attempt.permission == permission {
            " checked"
        } else {
            ""
        })
    };
    Html::fill(
        "<fieldset>\n<legend>Permission</legend>\n\
         <input type=\"radio\" id=\"read\" name=\"permission\" value=\"read\"{{read}}> <label for=\"read\">Read</label><br>\n\
         <input type=\"radio\" id=\"write\" name=\"permission\" value=\"write\"{{write}}> <label for=\"write\">Read / write</label>\n\
         </fieldset>",
        &[
            ("read", checked(Permission::Read)),
            ("write", checked(Permission::ReadWrite)),
        ],
    )
}

/// Data Center lets a key end by itself.
fn expiry_field(edition: Edition, attempt: &Attempt) -> Html {
    if edition == Edition::Cloud {
        return Html::default();
    }
    Html::fill(
        "<div class=\"field\">\n<label for=\"expires\">Expiry (optional)</label>\n\
         <p class=\"hint\" id=\"expires-hint\">The key opens nothing any more after this day (UTC). Without one it never ends.</p>\n{{error}}\n\
         <input type=\"date\" id=\"expires\" name=\"expires\" autocomplete=\"off\" value=\"{{expires}}\" {{state}}>\n</div>",
        &[
            ("error", field_error("expires", attempt, edition)),
            ("expires", Html::text(&attempt.expires)),
            ("state", field_state("expires", attempt, edition)),
        ],
    )
}

/// The keys. Where there is room for a table it is one; on a narrow screen each row is a block of its own, in which the words of the
/// heading stand before each cell. The roles say that it is a table all the same.
fn key_table(premises: &Premises, repository: &Repository, keys: &[StoredKey]) -> Html {
    if keys.is_empty() {
        return Html::fixed("<p>There are no access keys yet.</p>");
    }
    let edition = premises.edition();
    let rows = keys
        .iter()
        .map(|key| {
            let path = delete_path(premises, repository, &key.id.to_string());
            let is_alone =
                |other: &StoredKey| other.id == key.id || display_name(other) != display_name(key);
            key_row(edition, &path, key, keys.iter().all(is_alone))
        })
        .collect();
    let headings = ["Label", "Key", "Permission", "Added", "Last used"]
        .into_iter()
        .chain((edition == Edition::DataCenter).then_some("Expires"))
        .chain(["Change"])
        .map(|heading| {
            Html::fill(
                "<th role=\"columnheader\" scope=\"col\">{{heading}}</th>",
                &[("heading", Html::fixed(heading))],
            )
        })
        .collect();
    Html::fill(
        "<table role=\"table\">\n<caption>Access keys of this repository</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">{{headings}}</tr></thead>\n\
         <tbody role=\"rowgroup\">\n{{rows}}</tbody>\n</table>",
        &[("headings", headings), ("rows", rows)],
    )
}

fn key_row(edition: Edition, delete_path: &str, key: &StoredKey, has_own_name: bool) -> Html {
    let permission = match key.permission {
        Permission::Read => "Read",
        Permission::ReadWrite => "Read / write",
    };
    let or_never = |time: Option<SystemTime>| time.map_or_else(|| Html::fixed("never"), moment);
    let expires = match edition {
        Edition::Cloud => Html::default(),
        Edition::DataCenter => Html::fill(
            "<td role=\"cell\" data-heading=\"Expires\">{{expires}}</td>",
            &[("expires", or_never(key.expires))],
        ),
    };
    // Buttons that do something else must not have the same name.
    let which = if has_own_name {
        Html::text(display_name(key))
    } else {
        Html::text(&format!("{}, {}", display_name(key), key.fingerprint()))
    };
    Html::fill(
        "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">{{name}}</th>\
         <td role=\"cell\" data-heading=\"Key\">{{algorithm}}<br><code>{{fingerprint}}</code></td>\
         <td role=\"cell\" data-heading=\"Permission\">{{permission}}</td><td role=\"cell\" data-heading=\"Added\">{{added}}</td>\
         <td role=\"cell\" data-heading=\"Last used\">{{used}}</td>{{expires}}\
         <td role=\"cell\" data-heading=\"\"><form method=\"post\" action=\"{{path}}\">\
         <button type=\"submit\" aria-label=\"Delete access key {{which}}\">Delete</button></form></td></tr>\n",
        &[
            ("name", Html::text(display_name(key))),
            ("algorithm", Html::text(key.key.algorithm().as_str())),
            ("fingerprint", Html::text(&key.fingerprint())),
            ("permission", Html::fixed(permission)),
            ("added", moment(key.created_on)),
            ("used", or_never(key.last_used)),
            ("expires", expires),
            ("path", Html::text(delete_path)),
            ("which", which),
        ],
    )
}

fn moment(time: SystemTime) -> Html {
    // What writes times can write none outside of these years, and a key may end after them.
    let since_1970 = time.duration_since(SystemTime::UNIX_EPOCH);
    let exact = match since_1970 {
        Err(_) => return Html::fixed("before 1970"),
        Ok(since) if since >= END_OF_9999 => return Html::fixed("after 9999"),
        Ok(_) => humantime::format_rfc3339_seconds(time).to_string(),
    };
    let readable = exact.replace('T', " ").replace('Z', " UTC");
    Html::fill(
        "<time datetime=\"{{exact}}\">{{readable}}</time>",
        &[
            ("exact", Html::text(&exact)),
            ("readable", Html::text(&readable)),
        ],
    )
}

fn page(
    premises: &Premises,
    status: StatusCode,
    title: &str,
    trail: Html,
    content: Html,
) -> Response {
    let title = format!("{title} – simulation, not Bitbucket");
    let html = Html::fill(
        PAGE,
        &[
            ("title", Html::text(&title)),
            ("root", Html::text(&root(premises))),
            ("trail", trail),
            ("content", content),
        ],
    );
    (status, HtmlResponse(html.into_string())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_can_be_shown() {
        let end = SystemTime::UNIX_EPOCH + END_OF_9999;
        let second = Duration::from_secs(1);
        for (time, words) in [
            (SystemTime::UNIX_EPOCH - second, "before 1970"),
            (SystemTime::UNIX_EPOCH, "1970-01-01 00:00:00 UTC"),
            (end - second, "9999-12-31 23:59:59 UTC"),
            (end, "after 9999"),
            (end + END_OF_9999, "after 9999"),
        ] {
            let shown = moment(time).into_string();
            assert!(shown.contains(words), "{shown}");
        }
    }
}
