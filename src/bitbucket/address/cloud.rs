//! Addresses of Bitbucket Cloud.

use super::host::Host;
use super::written::{Form, User, Written};
use super::{Finding, Problem, Refusal, RepositoryAddress, name};
use crate::bitbucket::assets::BITBUCKET;
use crate::bitbucket::{Edition, RepositoryPlace};
use crate::check::Code;

/// Whether the host is one of Cloud's own: exactly one of its names, nothing that only looks like it.
pub(super) fn is_cloud(host: &Host) -> bool {
    let cloud = &BITBUCKET.cloud;
    let for_ssh = [
        &cloud.ssh_host,
        &cloud.former_ssh_host,
        &cloud.beside_blocked_port.host,
    ];
    let mut names = cloud
        .web_hosts
        .iter()
        .chain(&cloud.other_hosts)
        .chain(for_ssh);
    names.any(|name| host.is(name))
}

/// Its host.
pub(super) fn host() -> Host {
    Host::Name(BITBUCKET.cloud.ssh_host.clone())
}

/// Reads an address on one of Cloud's hosts.
pub(super) fn read(written: &Written) -> Result<Finding, Refusal> {
    let path = without_api_path(&written.path);
    if let Some((project, repository)) = data_center_path(path) {
        let detail = "Its path is that of a Data Center, and its host is Bitbucket Cloud's.";
        return Err(
            Refusal::because(Code::UrlNoRepository, detail).suggesting_names(project, repository)
        );
    }
    let [workspace, slug, deeper @ ..] = path else {
        let refusal = Refusal::new(Code::UrlNoRepository);
        // `git@host:workspace:repository`
        let names = path.first().and_then(|only| only.split_once(':'));
        return Err(match names {
            Some((workspace, slug)) => refusal.suggesting_names(workspace, slug),
            None => refusal,
        });
    };
    if is_other_page(workspace, slug) {
        return Err(Refusal::new(Code::UrlNoRepository));
    }
    let repository = Repository {
        // Cloud has these names in lower case only.
        workspace: name::name(workspace)?.to_ascii_lowercase(),
        slug: name::repository(slug)?.to_ascii_lowercase(),
    };
    let is_api = path.len() < written.path.len();
    let is_page = !is_api && !name::has_git_suffix(slug) && written.user == User::Missing;
    Ok(match written.form {
        Form::Web(_) => {
            let code = if is_page {
                Code::UrlBrowserPage
            } else {
                Code::UrlHttps
            };
            repository.on_the_web(code)
        }
        Form::Ssh => {
            let mut finding = repository.over_ssh(written);
            if !deeper.is_empty() {
                finding.problems.push(Problem::new(Code::UrlBrowserPage));
            }
            finding
        }
    })
}

/// The names in a path that only a Data Center has: `projects/KEY/repos/slug`, `scm/KEY/slug.git`. (There may be a workspace
/// called scm.)
fn data_center_path(path: &[String]) -> Option<(&str, &str)> {
    match path {
        [projects, key, repos, slug, ..] if projects == "projects" && repos == "repos" => {
            Some((key, slug))
        }
        [scm, key, slug, ..] if scm == "scm" && name::has_git_suffix(slug) => Some((key, slug)),
        _ => None,
    }
}

struct Repository {
    workspace: String,
    slug: String,
}

impl Repository {
    fn address(&self, host: &str, port: u16) -> RepositoryAddress {
        RepositoryAddress {
            edition: Edition::Cloud,
            host: host.to_owned(),
            port,
            project: self.workspace.clone(),
            repository: self.slug.clone(),
        }
    }

    fn at(&self, address: RepositoryAddress) -> Finding {
        let place = RepositoryPlace {
            edition: Edition::Cloud,
            base: BITBUCKET.cloud.web.clone(),
            base_guessed: false,
            project: self.workspace.clone(),
            repository: self.slug.clone(),
        };
        Finding::new(address, place)
    }

    fn canonical(&self) -> Finding {
        self.at(self.address(&BITBUCKET.cloud.ssh_host, BITBUCKET.cloud.ssh_port))
    }

    fn on_the_web(&self, code: Code) -> Finding {
        let mut finding = self.canonical();
        finding.problems.push(Problem::new(code));
        finding
    }

    /// There is one host, and one port; any other gives way to them.
    fn over_ssh(&self, written: &Written) -> Finding {
        let cloud = &BITBUCKET.cloud;
        let port = written.port.unwrap_or(cloud.ssh_port);
        let mut finding = self.canonical();
        let is_beside = written.host.is(&cloud.beside_blocked_port.host)
            && port == cloud.beside_blocked_port.port;
        if port != cloud.ssh_port && !is_beside {
            finding.problems.push(Problem::new(Code::UrlWrongPort));
        }
        if !written.host.is(&cloud.ssh_host) {
            finding.problems.push(moved(&written.host));
            finding.as_given = Some(self.address(&written.host.text(), port));
        }
        finding
    }
}

/// Another host than today's. What becomes of the one for blocked ports nobody has said, so neither is it here.
fn moved(host: &Host) -> Problem {
    let beside = &BITBUCKET.cloud.beside_blocked_port.host;
    let other = &BITBUCKET.cloud.other_name;
    if BITBUCKET.cloud.other_hosts.iter().any(|name| host.is(name)) {
        let detail = format!(
            "{other} is another name of {}.",
            BITBUCKET.cloud.former_ssh_host
        );
        Problem::because(Code::UrlRetiredHost, detail)
    } else if host.is(beside) {
        let detail =
            format!("{beside} is for networks that block port 22. Whether it stays is not known.");
        Problem::because(Code::UrlRetiredHost, detail)
    } else {
        Problem::new(Code::UrlRetiredHost)
    }
}

/// The path behind what only the REST API has in front.
fn without_api_path(path: &[String]) -> &[String] {
    let mut prefixes = BITBUCKET.cloud.api_paths.iter();
    prefixes
        .find_map(|prefix| path.strip_prefix(prefix.as_slice()))
        .unwrap_or(path)
}

/// Whether a path is that of another page, though it has the two parts of a repository's.
fn is_other_page(first: &str, second: &str) -> bool {
    let fits = |wanted: &str, part: &str| wanted == "*" || wanted.eq_ignore_ascii_case(part);
    let mut pages = BITBUCKET.cloud.not_repositories.iter();
    pages.any(|[wanted_first, wanted_second]| {
        fits(wanted_first, first) && fits(wanted_second, second)
    })
}
