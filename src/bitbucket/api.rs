//! Where Bitbucket's REST interface is, and the addresses in it that concern access keys.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::assets::BITBUCKET;
use super::percent::{decode, encode_part};
use super::{Edition, RepositoryPlace};

/// The address that the interface is below, without a slash at the end. A token goes there, so it is `https`, or this
/// very machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApiBase {
    text: String,
    is_loopback: bool,
}

/// Why a text can't be the address of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiBaseError {
    /// No web address, or more than scheme, host, port and path.
    #[error("it is not a web address such as https://git.example.com")]
    NotAnAddress,
    /// A token must not travel in the clear.
    #[error("it must begin with https://, because the token is sent there")]
    NotHttps,
}

impl ApiBase {
    /// What anybody may ask a Data Center below it, and what shows that one is there.
    pub fn application_properties(&self) -> String {
        format!(
            "{}{}",
            self.text, BITBUCKET.data_center.api.application_properties
        )
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether another address is on the same server: same scheme, host and port.
    pub fn is_origin_of(&self, other: &str) -> bool {
        other
            .strip_prefix(self.origin())
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Scheme, host and port.
    fn origin(&self) -> &str {
        let end = self.text.find("://").map_or(0, |at| at + 3);
        let path = self.text[end..]
            .find('/')
            .map_or(self.text.len(), |at| end + at);
        &self.text[..path]
    }
}

impl fmt::Display for ApiBase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl FromStr for ApiBase {
    type Err = ApiBaseError;

    fn from_str(text: &str) -> Result<Self, ApiBaseError> {
        let text = text.trim().trim_end_matches('/');
        let (scheme, rest) = text.split_once("://").ok_or(ApiBaseError::NotAnAddress)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        // An @ would be credentials; what follows ? or # would end up in the middle of every address.
        let is_plain =
            |character: char| character.is_ascii_alphanumeric() || "-._~/:[]%+".contains(character);
        let host = host(authority).ok_or(ApiBaseError::NotAnAddress)?;
        if host.is_empty() || !rest.chars().all(is_plain) {
            return Err(ApiBaseError::NotAnAddress);
        }
        let is_loopback = host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        let scheme = scheme.to_ascii_lowercase();
        match scheme.as_str() {
            "https" => {}
            "http" if is_loopback => {}
            "http" => return Err(ApiBaseError::NotHttps),
            _ => return Err(ApiBaseError::NotAnAddress),
        }
        let authority = authority.to_ascii_lowercase();
        // The port that is meant anyway makes no other server of it.
        let usual_port = if scheme == "https" { ":443" } else { ":80" };
        let authority = authority.strip_suffix(usual_port).unwrap_or(&authority);
        Ok(Self {
            text: format!("{scheme}://{authority}{path}"),
            is_loopback,
        })
    }
}

/// The host in `host`, `host:port`, `[address]` or `[address]:port`.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(host)
}

/// The REST interface, as far as one repository and its access keys go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    base: ApiBase,
    is_guess: bool,
    place: RepositoryPlace,
}

impl Api {
    /// The interface for a repository: at the address that was named, or where its edition has it.
    pub fn new(place: &RepositoryPlace, named: Option<&ApiBase>) -> Result<Self, ApiBaseError> {
        let usual = match place.edition {
            Edition::Cloud => &BITBUCKET.cloud.api.base,
            Edition::DataCenter => &place.base,
        };
        let base = match named {
            Some(base) => base.clone(),
            None => usual.parse()?,
        };
        Ok(Self {
            is_guess: named.is_none() && place.edition == Edition::DataCenter && place.base_guessed,
            place: RepositoryPlace {
                base: base.as_str().to_owned(),
                ..place.clone()
            },
            base,
        })
    }

    /// Which Bitbucket.
    pub fn edition(&self) -> Edition {
        self.place.edition
    }

    /// The address it is below.
    pub fn base(&self) -> &ApiBase {
        &self.base
    }

    /// Whether that address is only a guess: an SSH address does not say where the web server is.
    pub fn is_guess(&self) -> bool {
        self.is_guess
    }

    /// Where else on the same server a Data Center can be: it may have a path of its own, and Cloud has none.
    pub fn other_bases(&self) -> Vec<ApiBase> {
        if self.edition() == Edition::Cloud {
            return Vec::new();
        }
        let paths = BITBUCKET.data_center.api.context_paths.iter();
        paths
            .filter_map(|path| format!("{}{path}", self.base.origin()).parse().ok())
            .filter(|base| *base != self.base)
            .collect()
    }

    /// Whether that address is Bitbucket Cloud's own.
    pub fn is_clouds_own(&self) -> bool {
        let own: Result<ApiBase, _> = BITBUCKET.cloud.api.base.parse();
        own.is_ok_and(|own| own.is_origin_of(&format!("{}/", self.base)))
    }

    /// The repository, as people write it: `acme/analytics`.
    pub fn repository_name(&self) -> String {
        self.place.name()
    }

    /// The resource of the repository itself.
    pub fn repository(&self) -> String {
        self.place.fill(match self.edition() {
            Edition::Cloud => &BITBUCKET.cloud.api.repository,
            Edition::DataCenter => &BITBUCKET.data_center.api.repository,
        })
    }

    /// The list of the repository's access keys.
    pub fn access_keys(&self) -> String {
        self.place.fill(match self.edition() {
            Edition::Cloud => &BITBUCKET.cloud.api.access_keys,
            Edition::DataCenter => &BITBUCKET.data_center.api.access_keys,
        })
    }

    /// One access key of the repository, by the id under which the repository's own list has it.
    pub fn access_key(&self, id: &str) -> String {
        format!("{}/{}", self.access_keys(), encode_part(id))
    }

    /// The next page of a list, as a page of it names it: whole, relative or only a query. None if that is anything but the
    /// same list on the same server. Nothing but the query is taken over.
    pub fn next_page(&self, list: &str, named: &str) -> Option<String> {
        let origin = self.base.origin();
        let path = match named.strip_prefix(origin) {
            Some(path) => path,
            None if named.starts_with(['/', '?']) && !named.starts_with("//") => named,
            None => return None,
        };
        let (path, query) = path.split_once('?')?;
        let same = |path: &str| decode(path).trim_end_matches('/').to_ascii_lowercase();
        let own = list.strip_prefix(origin)?;
        (path.is_empty() || same(path) == same(own)).then(|| format!("{list}?{query}"))
    }

    /// The project that the repository's address names; Cloud's does not name it, and who owns a personal repository
    /// is none.
    pub fn project(&self) -> Option<&str> {
        let has_project =
            self.edition() == Edition::DataCenter && !self.place.project.starts_with('~');
        has_project.then_some(&*self.place.project)
    }

    /// The list of a project's access keys, each of which opens all its repositories.
    pub fn project_access_keys(&self, key: &str) -> String {
        let template = match self.edition() {
            Edition::Cloud => &BITBUCKET.cloud.api.project_access_keys,
            Edition::DataCenter => &BITBUCKET.data_center.api.project_access_keys,
        };
        self.place
            .fill(&template.replace("{key}", &encode_part(key)))
    }
}

/// What somebody wants to do with access keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// See them.
    List,
    /// Add one.
    Add,
    /// Take one out.
    Remove,
}

impl Purpose {
    /// The scopes that a Cloud token needs for it. Data Center has none: there it is a permission.
    pub fn scopes(self) -> Vec<&'static str> {
        let api = &BITBUCKET.cloud.api;
        let more = match self {
            Purpose::List => None,
            Purpose::Add => Some(&*api.scope_to_add),
            Purpose::Remove => Some(&*api.scope_to_remove),
        };
        [&*api.scope_to_list].into_iter().chain(more).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(edition: Edition, project: &str) -> RepositoryPlace {
        RepositoryPlace {
            edition,
            base: match edition {
                Edition::Cloud => "https://bitbucket.org",
                Edition::DataCenter => "https://git.example.com/stash",
            }
            .to_owned(),
            base_guessed: edition == Edition::DataCenter,
            project: project.to_owned(),
            repository: "analytics".to_owned(),
        }
    }

    #[test]
    fn a_token_goes_over_https_or_nowhere_but_here() {
        for good in [
            "https://git.example.com",
            "https://git.example.com:8443/bitbucket/",
            "HTTPS://Git.Example.com",
            "http://127.0.0.1:7990",
            "http://127.9.9.9",
            "http://[::1]:80/stash",
            "http://localhost:1",
            " https://api.bitbucket.org ",
        ] {
            assert!(good.parse::<ApiBase>().is_ok(), "{good}");
        }
        for clear in [
            "http://git.example.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://[2001:db8::1]",
        ] {
            assert_eq!(
                clear.parse::<ApiBase>(),
                Err(ApiBaseError::NotHttps),
                "{clear}"
            );
        }
        for odd in [
            "",
            "git.example.com",
            "https://",
            "https:///path",
            "ftp://git.example.com",
            "https://me:secret@git.example.com",
            "http://127.0.0.1@evil.example",
            "https://git.example.com?x=1",
            "https://git.example.com/#a",
            "https://git.example.com:port",
            "https://git.example.com:99999",
            "https://git.example.com:0",
            "https://[::1",
            "https://git example.com",
            "https://git.example.com/\u{1b}[31m",
        ] {
            assert_eq!(
                odd.parse::<ApiBase>(),
                Err(ApiBaseError::NotAnAddress),
                "{odd}"
            );
        }
    }

    #[test]
    fn only_the_same_server_is_the_same_origin() {
        let base: ApiBase = "https://git.example.com:8443/stash"
            .parse()
            .expect("an address");
        assert!(base.is_origin_of("https://git.example.com:8443/rest/x?page=2"));
        for other in [
            "https://git.example.com/rest",
            "https://git.example.com:8443.evil.example/rest",
            "https://git.example.com:8443@evil.example/",
            "http://git.example.com:8443/rest",
            "/rest",
            "",
        ] {
            assert!(!base.is_origin_of(other), "{other}");
        }
        let base: ApiBase = "https://api.bitbucket.org".parse().expect("an address");
        assert!(base.is_origin_of("https://api.bitbucket.org/2.0/x"));
        assert!(!base.is_origin_of("https://api.bitbucket.org.evil.example/2.0/x"));
    }

    #[test]
    fn each_edition_has_its_resources() {
        let cloud = Api::new(&place(Edition::Cloud, "acme"), None).expect("an interface");
        assert_eq!(
            cloud.access_key("7"),
            "https://api.bitbucket.org/2.0/repositories/acme/analytics/deploy-keys/7"
        );
        assert_eq!(
            cloud.project_access_keys("DA/TA"),
            "https://api.bitbucket.org/2.0/workspaces/acme/projects/DA%2FTA/deploy-keys"
        );
        assert_eq!(cloud.project(), None);
        assert!(!cloud.is_guess());
        let own = Api::new(&place(Edition::DataCenter, "DATA"), None).expect("an interface");
        assert_eq!(
            own.repository(),
            "https://git.example.com/stash/rest/api/1.0/projects/DATA/repos/analytics"
        );
        assert_eq!(
            own.access_keys(),
            "https://git.example.com/stash/rest/keys/1.0/projects/DATA/repos/analytics/ssh"
        );
        assert_eq!(
            own.project_access_keys("DATA"),
            "https://git.example.com/stash/rest/keys/1.0/projects/DATA/ssh"
        );
        assert!(own.is_guess());
        let named = "https://bitbucket.example.com".parse().expect("an address");
        let own = Api::new(&place(Edition::DataCenter, "~ada"), Some(&named)).expect("one");
        assert_eq!(
            own.access_keys(),
            "https://bitbucket.example.com/rest/keys/1.0/projects/~ada/repos/analytics/ssh"
        );
        assert_eq!((own.project(), own.is_guess()), (None, false));
    }

    #[test]
    fn a_list_goes_on_in_the_same_list_or_not_at_all() {
        let base = "https://git.example.com/stash".parse().expect("an address");
        let api = Api::new(&place(Edition::DataCenter, "DATA"), Some(&base)).expect("one");
        let list = api.access_keys();
        let path = list
            .strip_prefix("https://git.example.com")
            .expect("a path");
        let next = Some(format!("{list}?page=2&pagelen=10"));
        for named in [
            format!("{list}?page=2&pagelen=10"),
            format!("{path}?page=2&pagelen=10"),
            "?page=2&pagelen=10".to_owned(),
            format!("{list}/?page=2&pagelen=10"),
            format!("{}?page=2&pagelen=10", list.replace("DATA", "data")),
            format!("{}?page=2&pagelen=10", list.replace("DATA", "%44ATA")),
        ] {
            assert_eq!(api.next_page(&list, &named), next, "{named}");
        }
        for named in [
            format!("https://evil.example{path}?page=2"),
            format!("//evil.example{path}?page=2"),
            format!("https://git.example.com@evil.example{path}?page=2"),
            format!("https://git.example.com.evil.example{path}?page=2"),
            format!("{}?page=2", list.replace("analytics", "other")),
            format!("{list}/../../../other/ssh?page=2"),
            format!("{}?page=2", list.replace("/ssh", "")),
            format!("https://GIT.example.com{path}"),
            list.clone(),
            "page=2".to_owned(),
            String::new(),
        ] {
            assert_eq!(api.next_page(&list, &named), None, "{named}");
        }
    }

    #[test]
    fn adding_and_removing_take_a_scope_more() {
        assert_eq!(Purpose::List.scopes(), ["admin:repository:bitbucket"]);
        assert_eq!(Purpose::Add.scopes().len(), 2);
        assert_eq!(Purpose::Remove.scopes().len(), 2);
    }
}
