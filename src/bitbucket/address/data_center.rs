//! Addresses of Bitbucket Data Center.

use super::host::Host;
use super::written::{Form, User, Written};
use super::{Finding, Problem, Refusal, RepositoryAddress, name};
use crate::bitbucket::assets::BITBUCKET;
use crate::bitbucket::{Edition, RepositoryPlace, SSH_PORT};
use crate::check::Code;

/// A repository in a web address.
struct WebPath<'a> {
    kind: WebPathKind,
    /// What stands before it: the context path, such as `bitbucket` or `stash`.
    context: &'a [String],
    project: String,
    repository: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WebPathKind {
    /// `scm/KEY/slug.git`: for Git over HTTP.
    Clone,
    /// `projects/KEY/repos/slug/…`: a page of the repository, or a REST resource.
    Page,
}

/// Whether a path is one that only Data Center's web addresses have.
pub(super) fn is_web_path(path: &[String]) -> bool {
    web_path(path).is_some()
}

/// Finds the repository in the path of a web address.
fn web_path(path: &[String]) -> Option<WebPath<'_>> {
    (0..path.len()).find_map(|start| {
        let (context, rest) = path.split_at(start);
        let (kind, project, repository) = match rest {
            [scm, project, repository, ..] if scm == "scm" => {
                (WebPathKind::Clone, project.clone(), repository)
            }
            [projects, project, repos, repository, ..]
                if projects == "projects" && repos == "repos" =>
            {
                (WebPathKind::Page, project.clone(), repository)
            }
            [users, user, repos, repository, ..] if users == "users" && repos == "repos" => {
                let user = user.strip_prefix('~').unwrap_or(user);
                (WebPathKind::Page, format!("~{user}"), repository)
            }
            _ => return None,
        };
        Some(WebPath {
            kind,
            context: context_path(context),
            project,
            repository,
        })
    })
}

/// The context path alone: below it are `plugins/servlet/…` for pages of add-ons and `rest/…` for the REST API.
fn context_path(before: &[String]) -> &[String] {
    let end = before
        .iter()
        .position(|part| part == "plugins" || part == "rest")
        .unwrap_or(before.len());
    &before[..end]
}

/// What the own SSH configuration adds to an address.
#[derive(Clone, Copy, Default)]
pub(super) struct OwnConfiguration {
    pub(super) port: Option<u16>,
    /// Whether it has a name for the host: then somebody uses this server.
    pub(super) is_known: bool,
}

/// Whether an address has the form of a Data Center's, so that its host needs no other sign of being one.
pub(super) fn has_form(written: &Written) -> bool {
    has_own_port(written) || is_web_path(&written.path)
}

/// Whether an address names a port that only a server of somebody's own has.
fn has_own_port(written: &Written) -> bool {
    written.form == Form::Ssh && written.port.is_some_and(|port| port != SSH_PORT)
}

/// Whether a host is called after what it serves: `git.company.com`, `bitbucket-prod.company.com`.
fn has_host_of_git(host: &Host) -> bool {
    const NAMES: [&str; 4] = ["bitbucket", "git", "scm", "stash"];
    let name = host.text();
    let mut words = name.split(['.', '-', '_']);
    words.any(|word| NAMES.contains(&word))
}

/// Reads an address on any host that is not Cloud's.
pub(super) fn read(written: &Written, own: OwnConfiguration) -> Result<Finding, Refusal> {
    match written.form {
        Form::Web(scheme) => read_web(written, scheme),
        Form::Ssh => read_ssh(written, own),
    }
}

fn read_web(written: &Written, scheme: &str) -> Result<Finding, Refusal> {
    let Some(path) = web_path(&written.path) else {
        return Err(Refusal::because(
            Code::UrlNoRepository,
            "A repository's address at a Data Center has /projects/KEY/repos/name in it, or /scm/key/name.",
        ));
    };
    let project = Project::read(&path.project)?;
    let repository = name::repository(path.repository)?;
    let place = project.place(base(written, scheme, path.context)?, false, repository);
    let mut finding = Finding::new(
        address(
            &written.host,
            BITBUCKET.data_center.ssh_port,
            &project,
            repository,
        ),
        place,
    );
    finding.guessed = true;
    finding.problems.push(Problem::new(match path.kind {
        WebPathKind::Page if written.user == User::Missing => Code::UrlBrowserPage,
        _ => Code::UrlHttps,
    }));
    Ok(finding)
}

/// The web address that all pages are below.
fn base(written: &Written, scheme: &str, context: &[String]) -> Result<String, Refusal> {
    let port = written
        .port
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let mut base = format!("{scheme}://{}{port}", written.host.in_url());
    for part in context {
        base.push('/');
        base.push_str(name::name(part)?);
    }
    Ok(base)
}

fn read_ssh(written: &Written, own: OwnConfiguration) -> Result<Finding, Refusal> {
    let (project, repository_part, problem) = ssh_path(&written.path)?;
    let project = Project::read(&project)?;
    let repository = name::repository(repository_part)?;
    let is_sign = problem.is_some() || own.is_known || project.is_sign();
    let is_told = is_sign || has_own_port(written) || has_host_of_git(&written.host);
    let may_be_key = written.user == User::Git && project.may_be_key();
    let is_believed = is_told || (may_be_key && name::has_git_suffix(repository_part));
    let given_port = written.port.unwrap_or(SSH_PORT);
    let usual = BITBUCKET.data_center.ssh_port;
    let known_port = written.port.or(own.port).filter(|&port| port != SSH_PORT);
    let mut finding = Finding::new(
        address(
            &written.host,
            known_port.unwrap_or(usual),
            &project,
            repository,
        ),
        // An SSH address does not say where the web pages are.
        project.place(
            format!("https://{}", written.host.in_url()),
            true,
            repository,
        ),
    );
    finding.problems.extend(problem);
    if given_port == SSH_PORT {
        finding.guessed = known_port.is_none();
        finding.as_given = Some(address(&written.host, SSH_PORT, &project, repository));
        if !is_believed {
            return Err(Refusal::new(Code::UrlUnknownServer).suggesting(finding.address));
        }
        finding.problems.push(match own.port {
            Some(port) if Some(port) == known_port => Problem::because(
                Code::UrlDataCenterPort22,
                format!(
                    "Your SSH configuration uses port {port} for this host; nobody else's does."
                ),
            ),
            _ => Problem::new(Code::UrlDataCenterPort22),
        });
    }
    Ok(finding)
}

/// Project and repository in the path of an SSH address. The path of a web address in its place is put right.
fn ssh_path(path: &[String]) -> Result<(String, &str, Option<Problem>), Refusal> {
    if let [project, repository] = path {
        return Ok((project.clone(), repository, None));
    }
    if let Some(found) = web_path(path) {
        let (code, detail) = match found.kind {
            WebPathKind::Clone => (
                Code::UrlHttps,
                "Its path, with /scm/, is that of the HTTPS address.",
            ),
            WebPathKind::Page => (Code::UrlBrowserPage, "Its path is that of a web page."),
        };
        return Ok((
            found.project,
            found.repository,
            Some(Problem::because(code, detail)),
        ));
    }
    match path {
        [] | [_] => Err(Refusal::new(Code::UrlNoRepository)),
        [context, project, repository] if BITBUCKET.data_center.context_paths.contains(context) => {
            let detail = format!("/{context} is part of web addresses only.");
            Ok((
                project.clone(),
                repository,
                Some(Problem::because(Code::UrlHttps, detail)),
            ))
        }
        _ => Err(Refusal::not_an_address(
            "After the host come two names in Bitbucket: the project and the repository.",
        )),
    }
}

fn address(host: &Host, port: u16, project: &Project, repository: &str) -> RepositoryAddress {
    RepositoryAddress {
        edition: Edition::DataCenter,
        host: host.text(),
        port,
        project: project.in_ssh(),
        repository: repository.to_owned(),
    }
}

/// What a repository belongs to.
enum Project {
    Key(String),
    User(String),
}

impl Project {
    fn read(part: &str) -> Result<Self, Refusal> {
        Ok(match part.strip_prefix('~') {
            Some(user) => Project::User(name::name(user)?.to_owned()),
            None => Project::Key(name::name(part)?.to_owned()),
        })
    }

    /// Whether only Data Center has such a one.
    fn is_sign(&self) -> bool {
        matches!(self, Project::User(_))
    }

    /// Keys are letters, digits and underscores, and begin with a letter (Atlassian, "Creating projects").
    fn may_be_key(&self) -> bool {
        match self {
            Project::User(_) => true,
            Project::Key(key) => {
                key.starts_with(|first: char| first.is_ascii_alphabetic())
                    && key
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            }
        }
    }

    /// Keys are lower case in SSH addresses.
    fn in_ssh(&self) -> String {
        match self {
            Project::Key(key) => key.to_ascii_lowercase(),
            Project::User(user) => format!("~{user}"),
        }
    }

    /// And upper case in web addresses.
    fn place(&self, base: String, base_guessed: bool, repository: &str) -> RepositoryPlace {
        RepositoryPlace {
            edition: Edition::DataCenter,
            base,
            base_guessed,
            project: match self {
                Project::Key(key) => key.to_ascii_uppercase(),
                Project::User(user) => format!("~{user}"),
            },
            repository: repository.to_owned(),
        }
    }
}
