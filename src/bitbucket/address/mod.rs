//! Taking in an address: any form in which people have a repository's address becomes its SSH URL.
//!
//! What was pasted goes through three hands, each in its file: `pasted` finds the address in the text, `written`
//! takes it apart, `cloud` or `data_center` says what the parts mean there, and `read_address` picks what to tell.

mod cloud;
mod credentials;
mod data_center;
mod forges;
mod host;
mod name;
mod pasted;
mod suspicious;
mod written;

#[cfg(test)]
mod tests;

use std::fmt;

pub use credentials::{shown, without_password};

use self::data_center::OwnConfiguration;
use self::host::Host;
use self::pasted::Around;
use self::written::{Form, User, Written};
use super::{Edition, RepositoryPlace, SSH_PORT, SshAliases};
use crate::check::{Code, Status};

/// The SSH address of one repository, in its canonical parts. The user is always `git`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RepositoryAddress {
    edition: Edition,
    host: String,
    port: u16,
    project: String,
    repository: String,
}

impl RepositoryAddress {
    /// Which Bitbucket it belongs to.
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// The host name, lower case, or an IP literal without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Cloud: the workspace. Data Center: the project key in lower case, or `~user`.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The repository's slug, without `.git`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The same repository at another port.
    #[must_use]
    pub fn with_port(&self, port: u16) -> Self {
        Self {
            port,
            ..self.clone()
        }
    }

    /// The SSH URL in its canonical form.
    pub fn ssh(&self) -> String {
        self.to_string()
    }
}

/// The SSH URL. Data Center: always with the port. Cloud: the scp form, as Bitbucket shows it, unless the port is one
/// that this form can't name.
impl fmt::Display for RepositoryAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            edition,
            host,
            port,
            project,
            repository,
        } = self;
        let host = host::in_url(host);
        match (edition, *port) {
            (Edition::Cloud, SSH_PORT) => {
                write!(formatter, "git@{host}:{project}/{repository}.git")
            }
            _ => write!(
                formatter,
                "ssh://git@{host}:{port}/{project}/{repository}.git"
            ),
        }
    }
}

/// An address that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The address to use: canonical, after any repair.
    pub address: RepositoryAddress,
    /// Where the repository is on the web.
    pub place: RepositoryPlace,
    /// What had to be repaired, if anything beyond spaces, case of the host and a missing `.git`.
    pub repair: Option<Repair>,
}

/// What had to be repaired in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// Why the address can't stay as it was given.
    pub code: Code,
    /// The address just as given, where it could work all the same (the codes that only warn).
    pub as_given: Option<RepositoryAddress>,
    /// Whether host or port of the repaired address are a guess: what was given does not say them.
    pub guessed: bool,
    /// More about this case, safe to print.
    pub detail: Option<String>,
    /// What else the repaired address puts right, the most telling first.
    pub others: Vec<Problem>,
}

/// An address that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The cause.
    pub code: Code,
    /// More about this case, safe to print.
    pub detail: Option<String>,
}

impl Refusal {
    fn new(code: Code) -> Self {
        Self { code, detail: None }
    }

    fn because(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: Some(detail.into()),
        }
    }

    fn not_an_address(detail: &str) -> Self {
        Self::because(Code::UrlNotAnAddress, detail)
    }
}

/// One thing that is wrong with an address but can be repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The cause.
    pub code: Code,
    /// More about this case, safe to print.
    pub detail: Option<String>,
}

impl Problem {
    fn new(code: Code) -> Self {
        Self { code, detail: None }
    }

    fn because(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: Some(detail.into()),
        }
    }
}

/// The repairable problems, the most telling first. An address can have several; the one suggestion repairs them all,
/// and where there is room for one only, the person is told the one that teaches most: first what can't be seen in the address, then its kind, then its
/// parts, then what only surrounds it, and warnings last.
const MOST_TELLING: [Code; 9] = [
    Code::UrlSshConfigAlias,
    Code::UrlHttps,
    Code::UrlBrowserPage,
    Code::UrlScpPort,
    Code::UrlUserNotGit,
    Code::UrlUserMissing,
    Code::UrlGitCloneCommand,
    Code::UrlDataCenterPort22,
    Code::UrlRetiredHost,
];

/// An address whose parts are understood, with all its problems.
struct Finding {
    address: RepositoryAddress,
    place: RepositoryPlace,
    as_given: Option<RepositoryAddress>,
    guessed: bool,
    problems: Vec<Problem>,
}

impl Finding {
    fn new(address: RepositoryAddress, place: RepositoryPlace) -> Self {
        Self {
            address,
            place,
            as_given: None,
            guessed: false,
            problems: Vec::new(),
        }
    }

    /// Picks the problem to tell first.
    fn into_reading(self) -> Reading {
        let weight = |problem: &Problem| MOST_TELLING.iter().position(|code| *code == problem.code);
        let mut problems = self.problems;
        problems.sort_by_key(weight);
        problems.dedup_by_key(|problem| problem.code);
        let mut problems = problems.into_iter();
        Reading {
            repair: problems.next().map(|Problem { code, detail }| Repair {
                code,
                as_given: self.as_given.filter(|_| code.status() == Status::Warn),
                guessed: self.guessed,
                detail,
                others: problems.collect(),
            }),
            address: self.address,
            place: self.place,
        }
    }
}

/// Reads a repository's address from whatever was pasted.
pub fn read_address(text: &str, aliases: &SshAliases) -> Result<Reading, Refusal> {
    let pasted = pasted::find(text)?;
    let mut finding = read_only_one(&pasted.addresses, aliases)?;
    finding.problems.extend(match pasted.around {
        Around::Nothing => None,
        Around::Words => Some(Problem::because(
            Code::UrlGitCloneCommand,
            "Other text stands around the address.",
        )),
        Around::GitCommand => Some(Problem::new(Code::UrlGitCloneCommand)),
    });
    Ok(finding.into_reading())
}

/// Several addresses are as good as one if they all lead to the same repository, as the lines of `git remote -v` do.
fn read_only_one(addresses: &[&str], aliases: &SshAliases) -> Result<Finding, Refusal> {
    let mut only: Option<Finding> = None;
    for address in addresses {
        let finding = read_one(address, aliases)?;
        match &only {
            Some(first) if first.address != finding.address => {
                return Err(Refusal::not_an_address(
                    "There is more than one address. Paste only one.",
                ));
            }
            Some(_) => {}
            None => only = Some(finding),
        }
    }
    only.ok_or_else(|| Refusal::new(Code::UrlEmpty))
}

fn read_one(text: &str, aliases: &SshAliases) -> Result<Finding, Refusal> {
    let mut written = Written::parse(text)?;
    let mut problems = Vec::new();
    let mut own = OwnConfiguration::default();
    if written.form == Form::Ssh {
        problems.extend(user_problem(written.user));
        problems.extend(resolve_alias(&mut written, &mut own, aliases)?);
    }
    problems.extend(written.problem.take());
    let mut finding = if cloud::is_cloud(&written.host) {
        cloud::read(&written)?
    } else if let Some(forge) = other_forge(&written) {
        return Err(forges::refusal(forge));
    } else if written.host.lacks_domain() {
        return Err(Refusal::new(Code::UrlSshConfigAlias));
    } else {
        data_center::read(&written, own)?
    };
    finding.problems.extend(problems);
    Ok(finding)
}

fn user_problem(user: User) -> Option<Problem> {
    match user {
        User::Git => None,
        User::Missing => Some(Problem::new(Code::UrlUserMissing)),
        User::Other => Some(Problem::new(Code::UrlUserNotGit)),
    }
}

/// Puts the real host in the place of an alias from the own SSH configuration.
///
/// Names that everybody knows are no aliases, though many configurations send `bitbucket.org` to another host to get
/// through a firewall. What the configuration says is judged like the address itself: it decides where to connect just as much.
fn resolve_alias(
    written: &mut Written,
    own: &mut OwnConfiguration,
    aliases: &SshAliases,
) -> Result<Option<Problem>, Refusal> {
    let Host::Name(name) = &written.host else {
        return Ok(None);
    };
    if cloud::is_cloud(&written.host) || forges::by_host(&written.host).is_some() {
        return Ok(None);
    }
    let Some(alias) = aliases.resolve(name) else {
        return Ok(None);
    };
    let blame = |keyword: &str, refusal: Refusal| {
        let detail = refusal.detail.unwrap_or_default();
        let detail =
            format!("{keyword} of {name} in your SSH configuration can't be used. {detail}");
        Refusal::because(refusal.code, detail)
    };
    if let (User::Missing, Some(user)) = (written.user, &alias.user)
        && let Some(suspect) = suspicious::suspect(user)
    {
        return Err(blame("User", suspect.refusal()));
    }
    if let (None, Some(port)) = (written.port, &alias.port) {
        own.port = Some(written::port(port).map_err(|refusal| blame("Port", refusal))?);
    }
    let Some(real) = &alias.host_name else {
        return Ok(None);
    };
    // ssh takes an IPv6 address as it is; in an address of ours it stands in brackets.
    let real = match real.parse() {
        Ok(address) => Host::Address(address),
        Err(_) => Host::parse(real).map_err(|refusal| blame("HostName", refusal))?,
    };
    // An IP address in the place of a full name is a way around the name server; the name is the better address.
    let is_detour = !written.host.lacks_domain() && matches!(real, Host::Address(_));
    if real == written.host || real.lacks_domain() || is_detour {
        return Ok(None);
    }
    let detail = format!(
        "In your SSH configuration {name} stands for {}.",
        real.text()
    );
    written.host = real;
    Ok(Some(Problem::because(Code::UrlSshConfigAlias, detail)))
}

fn other_forge(written: &Written) -> Option<&'static super::assets::Forge> {
    forges::by_host(&written.host).or_else(|| {
        let may_be_data_center =
            written.form == Form::Ssh || data_center::is_web_path(&written.path);
        (!may_be_data_center)
            .then(|| forges::by_path(&written.path))
            .flatten()
    })
}
