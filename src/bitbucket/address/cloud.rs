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
    let mut names = cloud.web_hosts.iter().chain(for_ssh);
    names.any(|name| host.is(name))
}

/// Reads an address on one of Cloud's hosts.
pub(super) fn read(written: &Written) -> Result<Finding, Refusal> {
    let path = without_api_path(&written.path);
    let [workspace, slug, deeper @ ..] = path else {
        return Err(Refusal::new(Code::UrlNoRepository));
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
        Form::Web(_) if is_page => repository.on_the_web(Code::UrlBrowserPage),
        Form::Web(_) => repository.on_the_web(Code::UrlHttps),
        Form::Ssh => {
            let mut finding = repository.over_ssh(written);
            if !deeper.is_empty() {
                finding.problems.push(Problem::new(Code::UrlBrowserPage));
            }
            finding
        }
    })
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

    /// On today's host the address stays as it is, its port too; any other host gives way to today's.
    fn over_ssh(&self, written: &Written) -> Finding {
        let port = written.port.unwrap_or(BITBUCKET.cloud.ssh_port);
        let given = self.address(&written.host.text(), port);
        if written.host.is(&BITBUCKET.cloud.ssh_host) {
            return self.at(given);
        }
        let mut finding = self.canonical();
        finding.problems.push(moved(&written.host));
        finding.as_given = Some(given);
        finding
    }
}

/// Another host than today's. What becomes of the one for blocked ports nobody has said, so neither is it here.
fn moved(host: &Host) -> Problem {
    let beside = &BITBUCKET.cloud.beside_blocked_port.host;
    if host.is(beside) {
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
