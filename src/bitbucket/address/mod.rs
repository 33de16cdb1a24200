//! Taking in an address: any form in which people have a repository's address becomes its SSH URL.
//!
//! What was pasted goes through three hands: `paste` takes off whatever is around the address, `written` takes it apart, `cloud` or
//! `data_center` says what the parts mean there, and `read_address` picks what to tell. Nothing is judged before the wrappers are
//! off, and no host becomes a Bitbucket because nothing else fits: `resemblance` and `data_center` say what speaks for it.

mod cloud;
mod credentials;
mod data_center;
mod forges;
mod hidden_mail;
mod host;
mod link;
mod name;
mod paste;
mod resemblance;
mod suspicious;
mod tail;
mod written;

#[cfg(test)]
mod tests;

use std::fmt;

pub use credentials::{shown, without_password};

use self::data_center::OwnConfiguration;
use self::host::Host;
use self::paste::{End, Found, Wrapper};
use self::resemblance::Resemblance;
use self::suspicious::Suspect;
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

    /// The repository in the fewest words that tell it from others. There is one Bitbucket Cloud; a Data Center is named.
    pub fn short(&self) -> String {
        let repository = format!("{}/{}", self.project, self.repository);
        match self.edition {
            Edition::Cloud => repository,
            Edition::DataCenter => format!("{}:{}/{repository}", self.host, self.port),
        }
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
    /// The nearest address that would work, to be asked about: nobody has said that it is meant.
    pub suggestion: Option<RepositoryAddress>,
}

impl Refusal {
    fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            suggestion: None,
        }
    }

    fn because(code: Code, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::new(code)
        }
    }

    fn suggesting(self, address: RepositoryAddress) -> Self {
        Self {
            suggestion: Some(address),
            ..self
        }
    }

    /// Suggests the repository of the same name on Cloud, if it can be one.
    fn suggesting_on_cloud(self, written: &Written) -> Self {
        Self {
            suggestion: cloud::read(&written.on_cloud())
                .ok()
                .map(|finding| finding.address),
            ..self
        }
    }

    /// Suggests the repository of these names on Cloud, if they can be names.
    fn suggesting_names(self, workspace: &str, slug: &str) -> Self {
        self.suggesting_on_cloud(&Written {
            form: Form::Ssh,
            user: User::Git,
            host: cloud::host(),
            port: None,
            path: vec![workspace.to_owned(), slug.to_owned()],
            problem: None,
            wrappers: Vec::new(),
        })
    }

    /// What to do, with the suggestion if there is one.
    pub fn remedy(&self) -> String {
        match &self.suggestion {
            Some(suggestion) => format!("If you mean {suggestion}, use that."),
            None => self.code.remedy().to_owned(),
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
const MOST_TELLING: [Code; 10] = [
    Code::UrlSshConfigAlias,
    Code::UrlHttps,
    Code::UrlBrowserPage,
    Code::UrlScpPort,
    Code::UrlWrongPort,
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
    wrappers: Vec<Wrapper>,
}

impl Finding {
    fn new(address: RepositoryAddress, place: RepositoryPlace) -> Self {
        Self {
            address,
            place,
            as_given: None,
            guessed: false,
            problems: Vec::new(),
            wrappers: Vec::new(),
        }
    }

    /// Picks the problem to tell first.
    fn into_reading(self) -> Reading {
        let weight = |problem: &Problem| MOST_TELLING.iter().position(|code| *code == problem.code);
        let mut problems = self.problems;
        problems.extend(around(self.wrappers));
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

/// What there is to say about everything that was around the address.
fn around(mut wrappers: Vec<Wrapper>) -> Option<Problem> {
    wrappers.sort_unstable();
    wrappers.dedup();
    match wrappers.as_slice() {
        [] => None,
        [Wrapper::GitCommand] => Some(Problem::new(Code::UrlGitCloneCommand)),
        wrappers => Some(Problem::because(
            Code::UrlGitCloneCommand,
            Wrapper::sentence(wrappers),
        )),
    }
}

/// How deep links may stand in links.
const DEEPEST: usize = 4;

/// Reads a repository's address from whatever was pasted.
pub fn read_address(text: &str, aliases: &SshAliases) -> Result<Reading, Refusal> {
    let found = paste::find(text)
        .and_then(|found| read_only_one(&found, aliases))
        .map(Finding::into_reading);
    match found {
        Err(refusal) => Err(hidden_mail::refusal(text, aliases).unwrap_or(refusal)),
        found => found,
    }
}

/// Several addresses are as good as one if they all lead to the same repository, as the lines of `git remote -v` do.
fn read_only_one(all: &[Found<'_>], aliases: &SshAliases) -> Result<Finding, Refusal> {
    let mut only: Option<(Finding, End)> = None;
    let mut refusals = Vec::new();
    for found in all {
        let mut finding = match read_linked(&found.text, aliases, DEEPEST) {
            Ok(finding) => finding,
            Err(refusal) => {
                refusals.push((refusal, found));
                continue;
            }
        };
        match &mut only {
            Some((first, _)) if first.address != finding.address => {
                return Err(several(&first.address.ssh(), &finding.address.ssh()));
            }
            Some((_, end)) => *end = if *end == End::Whole { *end } else { found.end },
            None => {
                finding.wrappers.extend(&found.wrappers);
                only = Some((finding, found.end));
            }
        }
    }
    let Some((finding, end)) = only else {
        return Err(most_telling(refusals));
    };
    // A clone URL of another service names a repository as well; links to its pages are in many messages.
    let elsewhere = refusals.iter().find(|(refusal, found)| {
        refusal.code == Code::UrlOtherForge
            && (found.text.contains("git@") || found.text.ends_with(".git"))
    });
    match (elsewhere, end) {
        (Some(_), _) => Err(several(&finding.address.ssh(), "one on another service")),
        (None, End::Whole) => Ok(finding),
        (None, End::Open) => Err(Refusal::not_an_address(
            "There is a space in it, or more text after it.",
        )),
        (None, End::Command) => Err(Suspect::ShellCharacters.refusal()),
    }
}

fn several(first: &str, second: &str) -> Refusal {
    Refusal::because(Code::UrlSeveral, format!("It names {first} and {second}."))
}

/// Of several texts that are no addresses of Bitbucket's: the refusal that says most.
fn most_telling(refusals: Vec<(Refusal, &Found<'_>)>) -> Refusal {
    const WEIGHTS: [Code; 6] = [
        Code::UrlUnsafe,
        Code::UrlMisspeltHost,
        Code::UrlOtherForge,
        Code::UrlSshConfigAlias,
        Code::UrlUnknownServer,
        Code::UrlNoRepository,
    ];
    let weight = |refusal: &Refusal| {
        let position = WEIGHTS.iter().position(|code| *code == refusal.code);
        position.unwrap_or(WEIGHTS.len())
    };
    let refusals = refusals.into_iter().map(|(refusal, _)| refusal);
    refusals
        .min_by_key(weight)
        .unwrap_or_else(|| Refusal::new(Code::UrlEmpty))
}

/// Reads an address, or the one in a link that is none itself.
fn read_linked(text: &str, aliases: &SshAliases, deepest: usize) -> Result<Finding, Refusal> {
    let refusal = match read_one(text, aliases) {
        Err(refusal) if refusal.code != Code::UrlUnsafe && deepest > 0 => refusal,
        read => return read,
    };
    let mut only: Option<Finding> = None;
    let mut elsewhere = None;
    for inner in link::inside(text) {
        match (read_linked(&inner, aliases, deepest - 1), &only) {
            (Ok(finding), Some(first)) if first.address != finding.address => {
                return Err(several(&first.address.ssh(), &finding.address.ssh()));
            }
            (Ok(finding), None) => only = Some(finding),
            (Err(inner), _) if inner.code == Code::UrlOtherForge => elsewhere = Some(inner),
            _ => {}
        }
    }
    let Some(mut finding) = only else {
        return Err(elsewhere.unwrap_or(refusal));
    };
    finding.wrappers.push(Wrapper::Link);
    Ok(finding)
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
    } else if written.is_short_form() && !own.is_known {
        let mut finding = cloud::read(&written.on_cloud())?;
        finding.wrappers.push(Wrapper::Prefix);
        problems.clear();
        finding
    } else {
        refuse_what_is_not_public(&written)?;
        data_center::read(&written, own)?
    };
    finding.problems.extend(problems);
    finding.wrappers.append(&mut written.wrappers);
    Ok(finding)
}

/// Asks about a host that only comes near to Bitbucket's, and about a name that no public server can have.
fn refuse_what_is_not_public(written: &Written) -> Result<(), Refusal> {
    let host = &written.host;
    match resemblance::of(host, data_center::has_form(written)) {
        Some(Resemblance::Alias) => {
            let detail = format!("{} is not one of Bitbucket's hosts.", host.text());
            Err(Refusal::because(Code::UrlSshConfigAlias, detail).suggesting_on_cloud(written))
        }
        Some(Resemblance::Misspelt) => {
            let detail = format!("{} is not one of Bitbucket's hosts.", host.text());
            Err(Refusal::because(Code::UrlMisspeltHost, detail).suggesting_on_cloud(written))
        }
        None if !resemblance::is_public(host) => {
            let refusal = Refusal::new(Code::UrlSshConfigAlias);
            Err(match resemblance::unknown_end(host) {
                Some(end) => Refusal {
                    detail: Some(format!("No public server's name ends in .{end}.")),
                    ..refusal
                },
                None => refusal,
            })
        }
        None => Ok(()),
    }
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
    own.is_known = alias.host_name.is_some() || alias.port.is_some();
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
