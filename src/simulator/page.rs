//! The web pages: the list of repositories, and "Repository settings → Access keys" of each. Plain HTML that works
//! without JavaScript.

use std::sync::Arc;
use std::time::SystemTime;

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html as HtmlResponse, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::Premises;
use super::store::{NewKey, Permission, Place, Refusal, Repository, StoredKey};
use crate::bitbucket::Edition;
use crate::html::Html;

const PAGE: &str = include_str!("../../assets/simulator/page.html");
const ACCESS_KEYS: &str = include_str!("../../assets/simulator/access_keys.html");
const STYLE: &str = include_str!("../../assets/simulator/simulation.css");

/// What every page's path begins with.
fn root(premises: &Premises) -> String {
    format!("/{}", premises.secret)
}

/// The path of a repository's access keys: the edition's own, behind the secret.
pub(super) fn access_keys_path(premises: &Premises, repository: &Repository) -> String {
    let root = root(premises);
    let slug = repository.slug;
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
        owner: "{owner}",
        slug: "{slug}",
        project: "{owner}",
        branches: &[],
    };
    let root = root(premises);
    Router::new()
        .route(&format!("{root}/"), get(show_repositories))
        .route(&format!("{root}/simulation.css"), get(style))
        .route(&access_keys_path(premises, &any), get(show).post(add))
        .route(&delete_path(premises, &any, "{id}"), post(remove))
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
    Path((owner, slug)): Path<(String, String)>,
    Query(news): Query<News>,
) -> Response {
    match premises.store.repository(&owner, &slug) {
        Some(repository) => access_keys_page(&premises, repository, &news, &Attempt::default()),
        None => no_such_repository(&premises),
    }
}

/// What a person typed into the form.
#[derive(Debug, Deserialize)]
struct Typed {
    #[serde(default)]
    label: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    permission: String,
}

impl Typed {
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
    Path((owner, slug)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Response {
    let Some(repository) = premises.store.repository(&owner, &slug) else {
        return no_such_repository(&premises);
    };
    let new = NewKey {
        line: &typed.key,
        label: &typed.label,
        permission: typed.permission(),
    };
    let place = Place::Repository(repository.full_name());
    match premises.store.add_access_key(&place, new) {
        Ok(added) => {
            let path = access_keys_path(&premises, repository);
            Redirect::to(&format!("{path}?added={}", added.id)).into_response()
        }
        Err(refusal) => {
            let attempt = Attempt::refused(refusal, typed);
            access_keys_page(&premises, repository, &News::default(), &attempt)
        }
    }
}

async fn remove(
    State(premises): State<Arc<Premises>>,
    Path((owner, slug, id)): Path<(String, String, u64)>,
) -> Response {
    let Some(repository) = premises.store.repository(&owner, &slug) else {
        return no_such_repository(&premises);
    };
    // Whoever deletes twice finds the key gone, as wished.
    let place = Place::Repository(repository.full_name());
    premises.store.remove_access_key(&place, id);
    let path = access_keys_path(&premises, repository);
    Redirect::to(&format!("{path}?deleted={id}")).into_response()
}

/// An attempt to add a key, to be shown again with what was wrong.
#[derive(Debug, Default)]
struct Attempt {
    refusal: Option<Refusal>,
    label: String,
    key: String,
    permission: Permission,
}

impl Attempt {
    fn refused(refusal: Refusal, typed: Typed) -> Self {
        let permission = typed.permission();
        // A private key is not sent back over the wire, nor left standing on the screen, whichever field it was in.
        let (label, key) = match refusal {
            Refusal::PrivateKey => (String::new(), String::new()),
            _ => (typed.label, typed.key),
        };
        Self {
            refusal: Some(refusal),
            label,
            key,
            permission,
        }
    }
}

fn no_such_repository(premises: &Premises) -> Response {
    let content = Html::fixed(
        "<h1>No such repository</h1>\n<p>The simulation has no repository at this address.</p>",
    );
    let title = "No such repository";
    page(
        premises,
        StatusCode::NOT_FOUND,
        title,
        Html::default(),
        content,
    )
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
    let refusal = attempt.refusal.map(|refusal| refusal.message(edition));
    let content = Html::fill(
        ACCESS_KEYS,
        &[
            ("notice", notice(news, &keys, refusal)),
            ("repository", Html::text(&name)),
            ("read_only", read_only_words(edition)),
            ("keys", key_table(premises, repository, &keys)),
            (
                "action",
                Html::text(&access_keys_path(premises, repository)),
            ),
            ("label_field", label_field(edition, attempt)),
            ("key_error", key_error(refusal)),
            ("key_described_by", key_described_by(refusal)),
            ("key_invalid", key_invalid(refusal)),
            ("key", Html::text(&attempt.key)),
            ("permission_field", permission_field(edition, attempt)),
            ("button", add_button(edition)),
        ],
    );
    let (status, prefix) = match refusal {
        Some(_) => (StatusCode::BAD_REQUEST, "Error: "),
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
fn notice(news: &News, keys: &[StoredKey], refusal: Option<&str>) -> Html {
    if let Some(message) = refusal {
        return Html::fill(
            "<p class=\"error\" role=\"alert\"><strong>The key was not added.</strong> <a href=\"#key\">{{message}}</a></p>",
            &[("message", Html::text(message))],
        );
    }
    if let Some(added) = keys.iter().find(|key| Some(key.id) == news.added) {
        return Html::fill(
            "<p class=\"notice\" role=\"status\">The access key {{name}} was added.</p>",
            &[("name", Html::text(display_name(added)))],
        );
    }
    match news.deleted {
        Some(_) => {
            Html::fixed("<p class=\"notice\" role=\"status\">The access key was deleted.</p>")
        }
        None => Html::default(),
    }
}

fn display_name(key: &StoredKey) -> &str {
    if key.label.is_empty() {
        "without a label"
    } else {
        &key.label
    }
}

fn key_error(refusal: Option<&str>) -> Html {
    refusal.map_or_else(Html::default, |message| {
        Html::fill(
            "<p class=\"error\" id=\"key-error\">{{message}}</p>",
            &[("message", Html::text(message))],
        )
    })
}

fn key_described_by(refusal: Option<&str>) -> Html {
    Html::fixed(match refusal {
        Some(_) => "key-error key-hint",
        None => "key-hint",
    })
}

fn key_invalid(refusal: Option<&str>) -> Html {
    Html::fixed(match refusal {
        Some(_) => " aria-invalid=\"true\"",
        None => "",
    })
}

/// Cloud asks for a label; Data Center takes the key's comment.
fn label_field(edition: Edition, attempt: &Attempt) -> Html {
    match edition {
        Edition::Cloud => Html::fill(
            "<div class=\"field\">\n<label for=\"label\">Label</label>\n\
             <input type=\"text\" id=\"label\" name=\"label\" maxlength=\"128\" autocomplete=\"off\" value=\"{{label}}\">\n</div>",
            &[("label", Html::text(&attempt.label))],
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

fn key_table(premises: &Premises, repository: &Repository, keys: &[StoredKey]) -> Html {
    if keys.is_empty() {
        return Html::fixed("<p>There are no access keys yet.</p>");
    }
    let rows = keys
        .iter()
        .map(|key| key_row(&delete_path(premises, repository, &key.id.to_string()), key))
        .collect();
    Html::fill(
        "<table>\n<caption>Access keys of this repository</caption>\n<thead><tr><th scope=\"col\">Label</th>\
         <th scope=\"col\">Key</th><th scope=\"col\">Permission</th><th scope=\"col\">Added</th>\
         <th scope=\"col\">Last used</th><th scope=\"col\">Change</th></tr></thead>\n<tbody>\n{{rows}}</tbody>\n</table>",
        &[("rows", rows)],
    )
}

fn key_row(delete_path: &str, key: &StoredKey) -> Html {
    let permission = match key.permission {
        Permission::Read => "Read",
        Permission::ReadWrite => "Read / write",
    };
    let used = key.last_used.map_or_else(|| Html::fixed("never"), moment);
    Html::fill(
        "<tr><th scope=\"row\">{{name}}</th><td>{{algorithm}}<br><code>{{fingerprint}}</code></td>\
         <td>{{permission}}</td><td>{{added}}</td><td>{{used}}</td>\
         <td><form method=\"post\" action=\"{{path}}\">\
         <button type=\"submit\" aria-label=\"Delete access key {{name}}\">Delete</button></form></td></tr>\n",
        &[
            ("name", Html::text(display_name(key))),
            ("algorithm", Html::text(key.key.algorithm().as_str())),
            ("fingerprint", Html::text(&key.fingerprint())),
            ("permission", Html::fixed(permission)),
            ("added", moment(key.created_on)),
            ("used", used),
            ("path", Html::text(delete_path)),
        ],
    )
}

fn moment(time: SystemTime) -> Html {
    let exact = humantime::format_rfc3339_seconds(time).to_string();
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
