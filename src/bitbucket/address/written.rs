//! The written form of an address: which parts it has, whatever they mean.
//!
//! Three forms are in use: URLs with `ssh://` or `https://` (RFC 3986), the scp form `user@host:path`, which counts
//! only if no slash stands before the colon (git-clone(1), "Git URLs"), and web addresses
//! without their scheme, as browsers show them.

use super::host::Host;
use super::paste::Wrapper;
use super::suspicious::{Suspect, suspect};
use super::{Problem, Refusal, cloud, data_center, name, tail};
use crate::bitbucket::percent;
use crate::check::Code;
use crate::text::is_harmful;

/// An address, taken apart.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) form: Form,
    pub(super) user: User,
    pub(super) host: Host,
    pub(super) port: Option<u16>,
    /// The parts of the path, percent-encoding undone, empty ones left out.
    pub(super) path: Vec<String>,
    /// What is wrong with the form itself.
    pub(super) problem: Option<Problem>,
    /// What was behind the repository.
    pub(super) wrappers: Vec<Wrapper>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For Git over SSH.
    Ssh,
    /// For a browser, or Git over HTTP. Names the scheme.
    Web(&'static str),
}

/// The user in an address. Only what matters of it is kept: it can be a secret token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum User {
    Missing,
    Git,
    Other,
}

/// The schemes that can be read. What tools put in front of them was taken off before.
const SCHEMES: [(&str, Form); 3] = [
    ("ssh", Form::Ssh),
    ("https", Form::Web("https")),
    ("http", Form::Web("http")),
];

impl Written {
    /// Takes an address apart.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        if text.starts_with('-') {
            return Err(Suspect::LeadingDash.refusal());
        }
        if text.chars().any(is_harmful) {
            return Err(Suspect::HiddenCharacters.refusal());
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            return with_scheme(scheme, rest);
        }
        if text
            .split_once("::")
            .is_some_and(|(helper, _)| is_word(helper))
        {
            return Err(Suspect::TransportHelper.refusal());
        }
        if is_local_path(text) {
            return Err(Refusal::not_an_address("It names a folder on a machine."));
        }
        without_scheme(text)
    }
}

impl Written {
    /// The same path on Cloud.
    pub(super) fn on_cloud(&self) -> Self {
        Self {
            form: Form::Ssh,
            user: User::Git,
            host: cloud::host(),
            port: None,
            problem: None,
            ..self.clone()
        }
    }

    /// `bitbucket:workspace/repository`, as npm, Bundler and Composer have it.
    pub(super) fn is_short_form(&self) -> bool {
        let is_short = self.form == Form::Ssh && self.user == User::Missing && self.port.is_none();
        is_short
            && self.host.is("bitbucket")
            && self.path.len() == 2
            && !self.path[0].starts_with('~')
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `/srv/x`, `./x`, `../x`, `~/x`, `C:\x`, `\\server\x`.
fn is_local_path(text: &str) -> bool {
    let drive =
        matches!(text.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    drive || text.starts_with(['/', '.', '~', '\\'])
}

fn with_scheme(scheme: &str, rest: &str) -> Result<Written, Refusal> {
    let scheme = scheme.to_ascii_lowercase();
    if scheme == "file" {
        return Err(Suspect::LocalFile.refusal());
    }
    let known = SCHEMES.iter().find(|(name, _)| *name == scheme);
    let Some(&(_, form)) = known else {
        let suggestion = with_scheme("https", rest)
            .ok()
            .filter(|written| cloud::is_cloud(&written.host));
        let refusal =
            Refusal::not_an_address("Only addresses with ssh:// or https:// can be read.");
        return Err(match suggestion {
            Some(written) => refusal.suggesting_on_cloud(&written),
            None => refusal,
        });
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, host_and_port) = split_user(authority, form)?;
    let (host, after) = split_host(host_and_port);
    let host = Host::parse(host)?;
    // An empty port is the usual one (RFC 3986, section 3.2.3).
    let after = after.strip_prefix(':').unwrap_or(after);
    let is_port = after.bytes().all(|byte| byte.is_ascii_digit());
    if !is_port {
        // `ssh://git@host:project/repository`: the colon of the scp form in a URL.
        let joined = format!("{after}{path}");
        let (port, path) = leading_port(&joined)
            .map_or((None, joined.as_str()), |(port, path)| (Some(port), path));
        if form == Form::Ssh || (!path.contains('@') && is_web_path_of(&host, path)?) {
            let (path, wrappers) = cut(path, form)?;
            let detail = match port {
                Some(_) => "After the port comes a slash; here a colon is in its place.".to_owned(),
                None => format!(
                    "After {scheme}:// and the host, a colon starts a port; here the path follows it."
                ),
            };
            return Ok(Written {
                form,
                user,
                host,
                port,
                path,
                problem: Some(Problem::because(Code::UrlScpPort, detail)),
                wrappers,
            });
        }
    }
    let port = if after.is_empty() {
        None
    } else {
        Some(port(after)?)
    };
    let (path, wrappers) = cut(path, form)?;
    Ok(Written {
        form,
        user,
        host,
        port,
        path,
        problem: None,
        wrappers,
    })
}

/// Whether what follows a colon can only be the path of a web address, and not a port that was mistyped.
fn is_web_path_of(host: &Host, path: &str) -> Result<bool, Refusal> {
    let (parts, _) = cut(path, Form::Web("https"))?;
    let begins_so = |first: &String| ["scm", "projects", "users"].contains(&first.as_str());
    Ok(cloud::is_cloud(host)
        || (parts.first().is_some_and(begins_so) && data_center::is_web_path(&parts)))
}

fn without_scheme(text: &str) -> Result<Written, Refusal> {
    // A user's part ends before the first slash: an @ after it belongs to the path.
    let head = &text[..text.find('/').unwrap_or(text.len())];
    let user_end = head.rfind('@');
    let (host, after) = split_host(&text[user_end.map_or(0, |end| end + 1)..]);
    match (after.strip_prefix(':'), user_end.is_some()) {
        (Some(path), _) => {
            let (user, _) = split_user(head, Form::Ssh)?;
            scp(user, host, path)
        }
        (None, true) => without_colon(head, host, after),
        (None, false) if host.contains('.') || host.starts_with('[') => web(host, None, after),
        (None, false) => {
            let refusal = Refusal::not_an_address("There is no host in it.");
            // `workspace/repository`, as Bitbucket heads its pages.
            let (path, _) = cut(text, Form::Ssh)?;
            let is_pair = path.len() == 2 && text.bytes().filter(|byte| *byte == b'/').count() == 1;
            Err(if is_pair {
                refusal.suggesting_names(&path[0], &path[1])
            } else {
                refusal
            })
        }
    }
}

/// `user@host:path`, or a web address with a port.
fn scp(user: User, host: &str, path: &str) -> Result<Written, Refusal> {
    let (port, path, problem) = match leading_port(path) {
        Some((port, rest)) if user == User::Missing && is_web_path(rest)? => {
            return web(host, Some(port), rest);
        }
        Some((port, rest)) => (Some(port), rest, Some(Problem::new(Code::UrlScpPort))),
        None => (None, path, None),
    };
    let (path, wrappers) = cut(path, Form::Ssh)?;
    Ok(Written {
        form: Form::Ssh,
        user,
        host: Host::parse(host)?,
        port,
        path,
        problem,
        wrappers,
    })
}

/// A port where the path should begin: `host:7999/key/repository`, `host:22:workspace/repository`. With only one name
/// behind it, the number is a workspace.
fn leading_port(path: &str) -> Option<(u16, &str)> {
    let (number, rest) = path.split_at(path.find([':', '/'])?);
    let port = port(number).ok()?;
    let names = rest.split('/').filter(|name| !name.is_empty()).count();
    match rest.strip_prefix(':') {
        Some(rest) => Some((port, rest)),
        None => (names >= 2).then_some((port, rest)),
    }
}

fn is_web_path(path: &str) -> Result<bool, Refusal> {
    let (parts, _) = cut(path, Form::Web("https"))?;
    Ok(data_center::is_web_path(&parts))
}

/// `user@host/path`: either an SSH address with a slash in place of the colon, or an HTTPS address that lost its
/// scheme.
fn without_colon(head: &str, host: &str, path: &str) -> Result<Written, Refusal> {
    let (user, _) = split_user(head, Form::Web("https"))?;
    let written = web(host, None, path)?;
    if user == User::Git && !data_center::is_web_path(&written.path) {
        let (path, wrappers) = cut(path, Form::Ssh)?;
        return Ok(Written {
            form: Form::Ssh,
            user,
            path,
            wrappers,
            problem: Some(Problem::because(
                Code::UrlHttps,
                "A slash follows the host, as in HTTPS; in git@host:path it is a colon.",
            )),
            ..written
        });
    }
    Ok(Written { user, ..written })
}

/// `host/path`, as browsers show it.
fn web(host: &str, port: Option<u16>, path: &str) -> Result<Written, Refusal> {
    let form = Form::Web("https");
    let (path, wrappers) = cut(path, form)?;
    Ok(Written {
        form,
        user: User::Missing,
        host: Host::parse(host)?,
        port,
        path,
        problem: None,
        wrappers,
    })
}

/// Splits the user off; whatever else stands before the `@` is forgotten here.
fn split_user(authority: &str, form: Form) -> Result<(User, &str), Refusal> {
    let Some((userinfo, host)) = authority.rsplit_once('@') else {
        return Ok((User::Missing, authority));
    };
    match suspect(userinfo) {
        // On the web it may hold a password, and those have any character. But browsers take a backslash for a slash,
        // so what stands before it would be the host for them.
        Some(suspect) if form == Form::Ssh || userinfo.contains('\\') => {
            return Err(suspect.refusal());
        }
        _ => {}
    }
    let user = match userinfo {
        "" => User::Missing,
        "git" => User::Git,
        _ => User::Other,
    };
    Ok((user, host))
}

/// Splits behind the host: at the end of an IPv6 address's brackets, or before the first `:` or `/`.
fn split_host(text: &str) -> (&str, &str) {
    let bracket = text.starts_with('[').then(|| text.find(']')).flatten();
    let end = bracket
        .map(|bracket| bracket + 1)
        .or_else(|| text.find([':', '/']));
    text.split_at(end.unwrap_or(text.len()))
}

/// Reads a port as it stands in an address: digits only, for `parse` alone would take a sign.
pub(super) fn port(text: &str) -> Result<u16, Refusal> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text
        .parse()
        .ok()
        .filter(|&port: &u16| is_number && port > 0);
    number.ok_or_else(|| Refusal::not_an_address("The port is not a number from 1 to 65535."))
}

/// The parts of a path up to the repository, or to what a page has below it; and what was cut off behind that.
fn cut(path: &str, form: Form) -> Result<(Vec<String>, Vec<Wrapper>), Refusal> {
    let (path, wrappers) = tail::cut(path, form)?;
    Ok((parts(path, form)?, wrappers))
}

/// The parts of a path. A path that could lead elsewhere when it is decoded is refused, and so is an SSH path with
/// anything that means something to a shell. (On the web the deeper parts name files, and those have any name.)
fn parts(path: &str, form: Form) -> Result<Vec<String>, Refusal> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts
        .map(percent::decode)
        .map(|part| match suspect(&part) {
            Some(suspect)
                if (form == Form::Ssh && !name::is_placeholder(&part))
                    || suspect.is_hidden_or_path_trick() =>
            {
                Err(suspect.refusal())
            }
            _ => Ok(part),
        })
        .collect()
}
