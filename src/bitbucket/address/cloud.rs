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
    host.is(&cloud.ssh_host)
        || is_older_ssh_host(host)
        || cloud.web_hosts.iter().any(|name| host.is(name))
}

fn is_older_ssh_host(host: &Host) -> bool {
    let retired = &BITBUCKET.cloud.retired_ssh_hosts;
    retired.iter().any(|name| host.is(name))
}

/// Reads an address on one of Cloud's hosts.
pub(super) fn read(written: &Written) -> Result<Finding, Refusal> {
    let path = without_api_path(&written.path);
    let [workspace, repository, deeper @ ..] = path else {
        return Err(Refusal::new(Code::UrlNoRepository));
    };
    if is_other_page(workspace, repository) {
        return Err(Refusal::new(Code::UrlNoRepository));
    }
    let is_clone_url = name::has_git_suffix(repository) || path.len() < written.path.len();
    // Cloud has these names in lower case only.
    let project = name::name(workspace)?.to_ascii_lowercase();
    let repository = name::repository(repository)?.to_ascii_lowercase();
    let address = |host: &str, port| RepositoryAddress {
        edition: Edition::Cloud,
        host: host.to_owned(),
        port,
        project: project.clone(),
        repository: repository.clone(),
    };
    let cloud = &BITBUCKET.cloud;
    let current = written.host.is(&cloud.ssh_host);
    let given = address(&written.host.text(), written.port.unwrap_or(cloud.ssh_port));
    let mut finding = Finding::new(
        address(&cloud.ssh_host, cloud.ssh_port),
        RepositoryPlace {
            edition: Edition::Cloud,
            base: cloud.web.clone(),
            base_guessed: false,
            project: project.clone(),
            repository: repository.clone(),
        },
    );
    match written.form {
        Form::Web(_) => finding.problems.push(Problem::new(
            if is_clone_url || written.user != User::Missing {
                Code::UrlHttps
            } else {
                Code::UrlBrowserPage
            },
        )),
        Form::Ssh => {
            if !deeper.is_empty() {
                finding.problems.push(Problem::new(Code::UrlBrowserPage));
            }
            if current {
                finding.address = given;
            } else {
                finding.problems.push(Problem::new(Code::UrlRetiredHost));
                finding.as_given = Some(given);
            }
        }
    }
    Ok(finding)
}

/// The path behind what only the REST API has in front.
fn without_api_path(path: &[String]) -> &[String] {
    let after = |prefix: &String| {
        let prefix: Vec<&str> = prefix.split('/').collect();
        let starts = path.len() >= prefix.len()
            && path
                .iter()
                .zip(&prefix)
                .all(|(part, wanted)| part == wanted);
        starts.then(|| &path[prefix.len()..])
    };
    BITBUCKET
        .cloud
        .api_paths
        .iter()
        .find_map(after)
        .unwrap_or(path)
}

/// Whether a path is that of another page, though it has the two parts of a repository's.
fn is_other_page(first: &str, second: &str) -> bool {
    let fits = |wanted: &str, part: &str| wanted == "*" || wanted.eq_ignore_ascii_case(part);
    BITBUCKET.cloud.not_repositories.iter().any(|page| {
        page.split_once('/')
            .is_some_and(|(wanted_first, wanted_second)| {
                fits(wanted_first, first) && fits(wanted_second, second)
            })
    })
}
