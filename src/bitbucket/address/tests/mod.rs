//! Every form of address, and what becomes of it.

mod forms;
mod properties;

use super::*;
use crate::text::is_harmful;

/// Aliases as an administrator has them.
fn aliases() -> SshAliases {
    SshAliases::parse(
        "Host bb-work\n HostName bitbucket.org\n User git\n\
         Host bb-dc\n HostName git.example.com\n Port 7999\n\
         Host gh\n HostName github.com\n\
         Host dotted.work\n HostName git.example.com\n\
         Host detour.example.com\n HostName 10.0.0.1\n\
         Host known-port.example.com\n Port 7998\n\
         Host bitbucket.org\n HostName altssh.bitbucket.org\n Port 443\n\
         Host intranet\n HostName bitbucket\n",
    )
}

fn read(text: &str) -> Result<Reading, Refusal> {
    read_address(text, &aliases())
}

/// Compares what is read with what is expected: the SSH URL and the code of the repair. A guess is marked with `?`.
fn assert_read(cases: &[Case]) {
    let mut wrong = Vec::new();
    for &(text, ssh, code) in cases {
        let found = match read(text) {
            Ok(Reading {
                address, repair, ..
            }) => {
                let guess = repair.as_ref().is_some_and(|repair| repair.guessed);
                let code = repair.map_or("", |repair| repair.code.id());
                (
                    address.ssh(),
                    format!("{code}{}", if guess { "?" } else { "" }),
                )
            }
            Err(refusal) => (String::new(), refusal.code.id().to_owned()),
        };
        if found != (ssh.to_owned(), code.to_owned()) {
            wrong.push(format!(
                "{text:?}\n  expected {:?}\n  found    {found:?}",
                (ssh, code)
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A text, the SSH URL read from it (none: refused), and the code. A guess is marked with `?`.
type Case = (&'static str, &'static str, &'static str);

const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics.git";
const DATA_CENTER: &str = "ssh://git@git.example.com:7999/data/analytics.git";
const PERSONAL: &str = "ssh://git@git.example.com:7999/~ada/analytics.git";

#[rustfmt::skip]
const CLOUD_CASES: &[Case] = &[
    // As it should be, or nearly.
    ("git@ssh.bitbucket.org:acme/analytics.git", CLOUD, ""),
    ("  git@SSH.Bitbucket.Org:acme/analytics/ \r\n", CLOUD, ""),
    ("\u{feff}git@ssh.bitbucket.org:acme/analytics.git\u{200b}\u{a0}", CLOUD, ""),
    ("git@ssh.bitbucket.org:Acme/Analytics.git", CLOUD, ""),
    ("git@ssh.bitbucket.org:/acme/analytics.git", CLOUD, ""),
    ("git@ssh.bitbucket.org.:acme/analytics.git", CLOUD, ""),
    ("ssh://git@ssh.bitbucket.org/acme/analytics.git", CLOUD, ""),
    ("ssh://git@ssh.bitbucket.org:22/acme/analytics", CLOUD, ""),
    ("SSH://git@ssh.bitbucket.org:/acme//analytics.git/", CLOUD, ""),
    ("git+ssh://git@ssh.bitbucket.org/acme/analytics.git#main", CLOUD, "url.git_clone_command"),
    ("ssh+git://git@ssh.bitbucket.org/acme/analytics.git", CLOUD, "url.git_clone_command"),
    ("<git@ssh.bitbucket.org:acme/analytics.git>", CLOUD, ""),
    ("`git@ssh.bitbucket.org:acme/analytics.git`", CLOUD, ""),
    ("“git@ssh.bitbucket.org:acme/analytics.git”", CLOUD, ""),
    ("\"'git@ssh.bitbucket.org:acme/analytics.git'\"", CLOUD, ""),
    ("git@ssh.bitbucket.org:2024/analytics.git", "git@ssh.bitbucket.org:2024/analytics.git", ""),
    ("ssh://git@ssh.bitbucket.org:2222/acme/analytics", CLOUD, "url.wrong_port"),
    ("ssh://git@bitbucket.org:2222/acme/analytics", CLOUD, "url.wrong_port"),
    // The older hosts.
    ("git@bitbucket.org:acme/analytics.git", CLOUD, "url.retired_host"),
    ("ssh://git@bitbucket.org/acme/analytics.git", CLOUD, "url.retired_host"),
    ("ssh://git@altssh.bitbucket.org:443/acme/analytics.git", CLOUD, "url.retired_host"),
    ("git@www.bitbucket.org:acme/analytics.git", CLOUD, "url.retired_host"),
    // User and port.
    ("ssh://bitbucket.org/acme/analytics.git", CLOUD, "url.user_missing"),
    ("ssh.bitbucket.org:acme/analytics.git", CLOUD, "url.user_missing"),
    ("ada@bitbucket.org:acme/analytics.git", CLOUD, "url.user_not_git"),
    ("ssh://ada:s3cret@ssh.bitbucket.org/acme/analytics.git", CLOUD, "url.user_not_git"),
    ("ssh://git:s3cret@ssh.bitbucket.org/acme/analytics.git", CLOUD, "url.user_not_git"),
    ("Git@ssh.bitbucket.org:acme/analytics.git", CLOUD, "url.user_not_git"),
    ("git@ssh.bitbucket.org:22:acme/analytics", CLOUD, "url.scp_port"),
    ("git@bitbucket.org:22/acme/analytics.git", CLOUD, "url.scp_port"),
    ("ssh://git@bitbucket.org:acme/analytics.git", CLOUD, "url.scp_port"),
    // HTTPS.
    ("https://bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("https://ada@bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("https://x-token-auth:s3cret@bitbucket.org/acme/analytics", CLOUD, "url.https"),
    ("ada:s3cret@bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("git+https://bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("https://ssh.bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("git@bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("https://api.bitbucket.org/2.0/repositories/acme/analytics/refs", CLOUD, "url.https"),
    // Pages.
    ("https://bitbucket.org/acme/analytics", CLOUD, "url.browser_page"),
    ("HTTPS://BitBucket.org/acme/analytics/", CLOUD, "url.browser_page"),
    ("http://www.bitbucket.org/acme/analytics/src", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/acme/analytics/src/main/models/a%20b.sql?at=main#lines-3", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/acme/analytics/branches/compare/a..b%0Dc", "", "url.unsafe"),
    ("https://bitbucket.org/acme/analytics/branches/compare/main..dev", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/acme/analytics/src/main/@types/$x.ts", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/acme/analytics/pull-requests/7/diff", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/acme/analytics/commits/0123abc", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/acme/analytics/admin/access-keys/", CLOUD, "url.browser_page"),
    ("[analytics](https://bitbucket.org/acme/analytics)", CLOUD, "url.browser_page"),
    ("[our repo](<https://bitbucket.org/acme/analytics>)", CLOUD, "url.browser_page"),
    ("bitbucket.org/acme/analytics", CLOUD, "url.browser_page"),
    ("git@ssh.bitbucket.org:acme/analytics/src/main/", CLOUD, "url.browser_page"),
    // Commands and other text.
    ("git clone git@ssh.bitbucket.org:acme/analytics.git", CLOUD, "url.git_clone_command"),
    ("$ git clone git@bitbucket.org:acme/analytics.git repo", CLOUD, "url.git_clone_command"),
    ("git clone https://ada@bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("git clone --depth 1 -b feature/x -- 'git@ssh.bitbucket.org:acme/analytics.git' dir", CLOUD, "url.git_clone_command"),
    ("git -c http.extraHeader=\"Authorization: Bearer s3cret\" clone git@ssh.bitbucket.org:acme/analytics.git && cd analytics", CLOUD, "url.git_clone_command"),
    ("git remote add origin git@ssh.bitbucket.org:acme/analytics.git", CLOUD, "url.git_clone_command"),
    ("git remote set-url --push origin git@ssh.bitbucket.org:acme/analytics.git", CLOUD, "url.git_clone_command"),
    ("`git clone git@ssh.bitbucket.org:acme/analytics.git`", CLOUD, "url.git_clone_command"),
    ("git clone \\\n  git@ssh.bitbucket.org:acme/analytics.git", CLOUD, "url.git_clone_command"),
    ("origin\tgit@ssh.bitbucket.org:acme/analytics.git (fetch)\norigin\tgit@ssh.bitbucket.org:acme/analytics.git (push)", CLOUD, "url.git_clone_command"),
    ("url = git@ssh.bitbucket.org:acme/analytics.git", CLOUD, "url.git_clone_command"),
    ("https://bitbucket.org/acme/analytics\ngit@ssh.bitbucket.org:acme/analytics.git", CLOUD, "url.browser_page"),
    // No repository.
    ("https://bitbucket.org", "", "url.no_repository"),
    ("https://bitbucket.org/acme/", "", "url.no_repository"),
    ("https://bitbucket.org/acme/workspace/repositories/", "", "url.no_repository"),
    ("https://bitbucket.org/dashboard/overview", "", "url.no_repository"),
    ("https://bitbucket.org/account/settings/", "", "url.no_repository"),
    ("git@ssh.bitbucket.org:acme", "", "url.no_repository"),
    ("ssh://git@ssh.bitbucket.org", "", "url.no_repository"),
];

#[rustfmt::skip]
const DATA_CENTER_CASES: &[Case] = &[
    // As it should be, or nearly.
    ("ssh://git@git.example.com:7999/data/analytics.git", DATA_CENTER, ""),
    ("ssh://git@Git.Example.com:7999/DATA/analytics", DATA_CENTER, ""),
    ("ssh://git@git.example.com:7999/~ada/analytics.git", PERSONAL, ""),
    ("ssh://git@git.example.com:7999/%7Eada/analytics.git", PERSONAL, ""),
    ("ssh://git@[2001:DB8::1]:7999/data/analytics", "ssh://git@[2001:db8::1]:7999/data/analytics.git", ""),
    ("ssh://git@10.0.0.5:7999/data/analytics", "ssh://git@10.0.0.5:7999/data/analytics.git", ""),
    ("ssh://git@localhost:7999/data/analytics", "ssh://git@localhost:7999/data/analytics.git", ""),
    ("ssh://git@bitbucket.org.example.com:7999/data/x", "ssh://git@bitbucket.org.example.com:7999/data/x.git", ""),
    ("ssh://git@evil-bitbucket.org:7999/data/x", "ssh://git@evil-bitbucket.org:7999/data/x.git", ""),
    // Port 22.
    ("git@git.example.com:data/analytics.git", DATA_CENTER, "url.data_center_port_22?"),
    ("git@git.example.com:~ada/analytics.git", PERSONAL, "url.data_center_port_22?"),
    ("ssh://git@git.example.com/data/analytics.git", DATA_CENTER, "url.data_center_port_22?"),
    ("ssh://git@git.example.com:22/data/analytics.git", DATA_CENTER, "url.data_center_port_22?"),
    ("git@[2001:db8::1]:data/x.git", "ssh://git@[2001:db8::1]:7999/data/x.git", "url.data_center_port_22?"),
    ("git@known-port.example.com:data/x.git", "ssh://git@known-port.example.com:7998/data/x.git", "url.data_center_port_22"),
    // User and port.
    ("ssh://git.example.com:7999/data/analytics.git", DATA_CENTER, "url.user_missing"),
    ("git.example.com:data/analytics.git", DATA_CENTER, "url.user_missing?"),
    ("ssh://ada@git.example.com:7999/data/analytics.git", DATA_CENTER, "url.user_not_git"),
    ("git@git.example.com:7999/data/analytics.git", DATA_CENTER, "url.scp_port"),
    ("git@git.example.com:7999:data/analytics.git", DATA_CENTER, "url.scp_port"),
    ("git@git.example.com:22/data/analytics.git", DATA_CENTER, "url.scp_port?"),
    ("git.example.com:7999/data/analytics.git", DATA_CENTER, "url.scp_port"),
    ("ssh://git@git.example.com:data/analytics.git", DATA_CENTER, "url.scp_port?"),
    // HTTPS.
    ("https://git.example.com/scm/DATA/analytics.git", DATA_CENTER, "url.https?"),
    ("https://ada:s3cret@git.example.com/stash/scm/~ada/analytics.git", PERSONAL, "url.https?"),
    ("https://git.example.com:8443/bitbucket/scm/data/analytics", DATA_CENTER, "url.https?"),
    ("ssh://git@git.example.com:7999/scm/data/analytics.git", DATA_CENTER, "url.https"),
    ("ssh://git@git.example.com:7999/stash/data/analytics.git", DATA_CENTER, "url.https"),
    ("git@git.example.com/data/analytics.git", DATA_CENTER, "url.https?"),
    // Pages.
    ("https://git.example.com/projects/DATA/repos/analytics/browse", DATA_CENTER, "url.browser_page?"),
    ("https://git.example.com/projects/DATA/repos/analytics/browse/scm/a/b?at=x#3", DATA_CENTER, "url.browser_page?"),
    ("http://git.example.com:7990/stash/projects/DATA/repos/analytics/pull-requests/3/overview", DATA_CENTER, "url.browser_page?"),
    ("https://git.example.com/plugins/servlet/ssh/projects/DATA/repos/analytics/keys", DATA_CENTER, "url.browser_page?"),
    ("https://git.example.com/rest/api/1.0/projects/DATA/repos/analytics", DATA_CENTER, "url.browser_page?"),
    ("https://git.example.com/users/ada/repos/analytics/browse", PERSONAL, "url.browser_page?"),
    ("https://git.example.com/projects/~ada/repos/analytics", PERSONAL, "url.browser_page?"),
    ("git.example.com/projects/DATA/repos/analytics", DATA_CENTER, "url.browser_page?"),
    ("git.example.com:8443/projects/DATA/repos/analytics", DATA_CENTER, "url.browser_page?"),
    ("ssh://git@git.example.com:7999/projects/DATA/repos/analytics/browse", DATA_CENTER, "url.browser_page"),
    // No repository.
    ("https://git.example.com/", "", "url.no_repository"),
    ("https://git.example.com/dashboard", "", "url.no_repository"),
    ("https://git.example.com/projects/DATA", "", "url.no_repository"),
    ("https://git.example.com/data/analytics.git", "", "url.no_repository"),
    ("ssh://git@git.example.com:7999/data", "", "url.no_repository"),
    ("ssh://git@git.example.com:7999/data/.git", "", "url.not_an_address"),
    ("git@git.example.com:group/sub/analytics.git", "", "url.not_an_address"),
];

#[rustfmt::skip]
const OTHER_CASES: &[Case] = &[
    // Aliases.
    ("git@bb-work:acme/analytics.git", CLOUD, "url.ssh_config_alias"),
    ("bb-work:acme/analytics.git", CLOUD, "url.ssh_config_alias"),
    ("ssh://git@BB-Work/acme/analytics.git", CLOUD, "url.ssh_config_alias"),
    ("git clone git@bb-dc:data/analytics.git", DATA_CENTER, "url.ssh_config_alias"),
    ("git@dotted.work:data/analytics.git", DATA_CENTER, "url.ssh_config_alias?"),
    ("ssh://git@bb-dc:7997/data/x", "ssh://git@git.example.com:7997/data/x.git", "url.ssh_config_alias"),
    ("git@detour.example.com:data/x", "ssh://git@detour.example.com:7999/data/x.git", "url.data_center_port_22?"),
    ("git@gh:acme/analytics.git", "", "url.other_forge"),
    ("git@intranet:acme/analytics.git", "", "url.ssh_config_alias"),
    ("git@unknown:acme/analytics.git", "", "url.ssh_config_alias"),
    ("http://bitbucket:7990/projects/DATA/repos/analytics", "", "url.ssh_config_alias"),
    // Other forges.
    ("git@github.com:acme/analytics.git", "", "url.other_forge"),
    ("https://github.com/acme/analytics", "", "url.other_forge"),
    ("git clone git@gitlab.example.com:group/sub/analytics.git", "", "url.other_forge"),
    ("https://git.example.com/group/analytics/-/tree/main", "", "url.other_forge"),
    ("git@ssh.dev.azure.com:v3/acme/data/analytics", "", "url.other_forge"),
    ("https://tfs.example.com/acme/data/_git/analytics", "", "url.other_forge"),
    // Empty.
    ("", "", "url.empty"),
    (" \n\u{200b}\u{a0} ", "", "url.empty"),
    ("\"\"", "", "url.empty"),
    // Harmful.
    ("--upload-pack=touch git@ssh.bitbucket.org:acme/x.git", "", "url.unsafe"),
    ("-oProxyCommand=x@ssh.bitbucket.org:acme/x.git", "", "url.unsafe"),
    ("git clone -- --upload-pack=x:y/z", "", "url.unsafe"),
    ("ssh://-oProxyCommand=x/acme/x", "", "url.unsafe"),
    ("ssh://git@-oProxyCommand=x/acme/x", "", "url.unsafe"),
    ("ssh://-o@ssh.bitbucket.org/acme/x", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:-acme/x", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:acme/x\u{1b}[31m.git", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:ac\u{202e}me/x.git", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:ac\u{200b}me/x.git", "git@ssh.bitbucket.org:acme/x.git", "url.git_clone_command"),
    ("git@ssh.bitbucket.org:acme/x;id", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:acme/x; id", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:acme/$(id)", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:{workspace}/{repo}.git", "", "url.no_repository"),
    ("https://bitbucket.org/%7B0b1c-2d%7D/%7B3e4f-5a%7D/src", "", "url.no_repository"),
    ("https://bitbucket.org\\@git.example.com/scm/data/x", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:acme/../x.git", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:acme/...git", "", "url.unsafe"),
    ("https://bitbucket.org/acme/x/%2e%2e/%2e%2e/evil/y", "", "url.unsafe"),
    ("https://bitbucket.org/acme/x%00.git", "", "url.unsafe"),
    ("https://git.example.com/$(id)/scm/data/x.git", "", "url.unsafe"),
    ("ext::sh -c id", "", "url.unsafe"),
    ("ext::ssh", "", "url.unsafe"),
    ("file:///srv/git/x.git", "", "url.unsafe"),
    ("git@b\u{456}tbucket.org:acme/x.git", "", "url.unsafe"),
    ("https://bitbuc\u{212a}et.org/acme/x", "", "url.unsafe"),
    // No address.
    ("hello", "", "url.not_an_address"),
    ("hello world", "", "url.not_an_address"),
    ("acme/analytics", "", "url.not_an_address"),
    ("git clone", "", "url.not_an_address"),
    ("git status", "", "url.not_an_address"),
    ("/srv/git/x.git", "", "url.not_an_address"),
    ("~/x.git", "", "url.not_an_address"),
    ("C:\\src\\x", "", "url.not_an_address"),
    ("ftp://bitbucket.org/acme/x", "", "url.not_an_address"),
    ("git://bitbucket.org/acme/x", "", "url.not_an_address"),
    ("://", "", "url.not_an_address"),
    ("ssh://", "", "url.not_an_address"),
    ("git@:acme/x", "", "url.not_an_address"),
    ("ssh://git@git.example.com:99999/data/x", "", "url.not_an_address"),
    ("ssh://git@git.example.com:0/data/x", "", "url.not_an_address"),
    ("https://git.example.com:port/scm/data/x", "", "url.not_an_address"),
    ("https://bitbucket.org/acme/my repo", "", "url.not_an_address"),
    ("git@ssh.bitbucket.org:acme/my repo.git", "", "url.not_an_address"),
    ("git@ssh.bitbucket.org:acme/a%2Fb", "", "url.not_an_address"),
    ("git@ssh.bitbucket.org:acme/caf\u{e9}", "", "url.not_an_address"),
    ("git@ssh.bitbucket.org:~ada/x", "", "url.not_an_address"),
    ("git@ssh.bitbucket.org:acme/a.git git@ssh.bitbucket.org:acme/b.git", "", "url.several"),
];

#[test]
fn addresses_of_cloud() {
    assert_read(CLOUD_CASES);
}

#[test]
fn addresses_of_data_center() {
    assert_read(DATA_CENTER_CASES);
}

#[test]
fn aliases_other_forges_harmful_and_hopeless_texts() {
    assert_read(OTHER_CASES);
}

#[test]
fn what_an_ssh_configuration_says_is_judged_like_the_address() {
    let read = |setting: &str, text: &str| {
        let aliases = SshAliases::parse(&format!(
            "Host bb git.example.com\n {setting}\n HostName git.example.com\n"
        ));
        read_address(text, &aliases)
    };
    for (setting, code, words) in [
        ("Port 0", "url.not_an_address", "1 to 65535"),
        ("Port 65536", "url.not_an_address", "1 to 65535"),
        ("Port -7999", "url.not_an_address", "1 to 65535"),
        ("Port +7999", "url.not_an_address", "1 to 65535"),
        ("Port abc", "url.not_an_address", "1 to 65535"),
        ("HostName -oProxyCommand=x", "url.unsafe", "dash"),
        ("HostName ex$(id).com", "url.unsafe", "shell"),
        ("HostName b\u{202e}b.example.com", "url.unsafe", "invisible"),
        ("HostName b\u{3164}b.example.com", "url.unsafe", "invisible"),
        (
            "HostName b\u{1b}[31m.example.com",
            "url.unsafe",
            "invisible",
        ),
        ("HostName b\u{430}b.example.com", "url.unsafe", "letters"),
        ("HostName \"b b.example.com\"", "url.not_an_address", "host"),
        ("HostName ..", "url.unsafe", ". or .."),
        ("User -oProxyCommand=x", "url.unsafe", "dash"),
    ] {
        for host in ["bb", "git.example.com"] {
            let text = format!("{host}:data/analytics.git");
            let refusal = read(setting, &text).expect_err(setting);
            assert_eq!(refusal.code.id(), code, "{setting}");
            let detail = refusal.detail.unwrap_or_default();
            assert!(detail.contains(words), "{setting}: {detail}");
            assert!(
                detail.contains("in your SSH configuration"),
                "{setting}: {detail}"
            );
            assert!(!detail.chars().any(is_harmful), "{setting}: {detail}");
        }
    }
    // What the address says itself counts, and what is in order stays so.
    for (setting, text) in [
        ("Port 0", "ssh://git@bb:7999/data/analytics.git"),
        ("User -x", "ssh://git@bb:7999/data/analytics.git"),
        ("Port 7999", "git@bb:data/analytics.git"),
    ] {
        let reading = read(setting, text).expect(setting);
        assert_eq!(reading.address.ssh(), DATA_CENTER, "{setting}");
    }
    let reading = read(
        "HostName 2001:db8::1",
        "ssh://git@bb:7999/data/analytics.git",
    );
    let address = reading.expect("an IPv6 address").address.ssh();
    assert_eq!(address, "ssh://git@[2001:db8::1]:7999/data/analytics.git");
}

fn all_cases() -> impl Iterator<Item = &'static Case> {
    CLOUD_CASES
        .iter()
        .chain(DATA_CENTER_CASES)
        .chain(OTHER_CASES)
        .chain(forms::HOSTS)
        .chain(forms::HIDDEN)
}

#[test]
fn every_code_has_a_case() {
    let codes = Code::ALL
        .iter()
        .filter(|code| code.check() == crate::check::CheckId::Url);
    for code in codes {
        assert!(
            all_cases().any(|(_, _, found)| found.trim_end_matches('?') == code.id()),
            "{code}"
        );
    }
}

#[test]
fn every_repairable_code_has_its_weight() {
    for (text, ssh, code) in
        all_cases().filter(|(_, ssh, code)| !ssh.is_empty() && !code.is_empty())
    {
        let code = Code::from_id(code.trim_end_matches('?'));
        assert!(
            MOST_TELLING.iter().any(|telling| Some(*telling) == code),
            "{text} {ssh}"
        );
    }
}

/// Atlassian said that SSH leaves bitbucket.org, and nothing of the host for networks that block port 22.
#[test]
fn nothing_is_said_to_have_ended_that_may_go_on() {
    let code = Code::UrlRetiredHost;
    for words in [code.title(), code.meaning(), code.remedy()] {
        assert!(
            !words.contains("altssh") && !words.contains("older"),
            "{words}"
        );
    }
    let detail = |text: &str| read(text).expect(text).repair.expect(text).detail;
    assert_eq!(detail("git@bitbucket.org:acme/x"), None);
    assert_eq!(
        detail("ssh://git@altssh.bitbucket.org:443/acme/x.git").as_deref(),
        Some(
            "altssh.bitbucket.org is for networks that block port 22. Whether it stays is not known."
        )
    );
}

#[test]
fn what_could_work_as_given_can_be_tested_as_given() {
    let cases = [
        (
            "git@bitbucket.org:acme/x",
            Some("git@bitbucket.org:acme/x.git"),
        ),
        (
            "ssh://git@altssh.bitbucket.org:443/acme/x.git",
            Some("ssh://git@altssh.bitbucket.org:443/acme/x.git"),
        ),
        (
            "git@git.example.com:data/x",
            Some("ssh://git@git.example.com:22/data/x.git"),
        ),
        // It could not work as given: another repair is needed first.
        ("bitbucket.org:acme/x", None),
        ("git clone git@bitbucket.org:acme/x", None),
        ("git@git.example.com:22/data/x", None),
    ];
    for (text, expected) in cases {
        let repair = read(text).expect(text).repair.expect(text);
        assert_eq!(
            repair.as_given.map(|address| address.ssh()).as_deref(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn the_place_on_the_web_is_known_or_called_a_guess() {
    let cases = [
        (
            "https://git.example.com:8443/stash/projects/data/repos/x/browse",
            "https://git.example.com:8443/stash/plugins/servlet/ssh/projects/DATA/repos/x/keys",
            false,
        ),
        (
            "http://git.example.com/bitbucket/plugins/servlet/ssh/projects/DATA/repos/x/keys",
            "http://git.example.com/bitbucket/plugins/servlet/ssh/projects/DATA/repos/x/keys",
            false,
        ),
        (
            "https://ada:s3cret@git.example.com/rest/keys/1.0/projects/DATA/repos/x/ssh",
            "https://git.example.com/plugins/servlet/ssh/projects/DATA/repos/x/keys",
            false,
        ),
        (
            "git.example.com/users/ada/repos/x",
            "https://git.example.com/plugins/servlet/ssh/projects/~ada/repos/x/keys",
            false,
        ),
        (
            "ssh://git@[::1]:7999/data/x.git",
            "https://[::1]/plugins/servlet/ssh/projects/DATA/repos/x/keys",
            true,
        ),
        (
            "git@bitbucket.org:acme/x.git",
            "https://bitbucket.org/acme/x/admin/access-keys/",
            false,
        ),
    ];
    for (text, page, guessed) in cases {
        let place = read(text).expect(text).place;
        assert_eq!(place.access_keys_page(), page, "{text}");
        assert_eq!(place.base_guessed, guessed, "{text}");
    }
}

#[test]
fn details_say_what_was_found() {
    let repair = |text: &str| {
        read(text)
            .expect(text)
            .repair
            .and_then(|repair| repair.detail)
    };
    assert_eq!(
        repair("git@bb-work:acme/x").as_deref(),
        Some("In your SSH configuration bb-work stands for bitbucket.org.")
    );
    let refusal = |text: &str| read(text).expect_err(text).detail;
    assert_eq!(
        refusal("git@gitlab.example.com:acme/x").as_deref(),
        Some(
            "It belongs to GitLab. Coalesce Quality's guide: docs.synq.io/code-integrations/gitlab"
        )
    );
    assert_eq!(
        refusal("https://github.com/acme/x").as_deref(),
        Some("It belongs to GitHub. Coalesce Quality's guide: docs.synq.io/code-integrations")
    );
}

#[test]
fn a_megabyte_is_refused() {
    for huge in [
        "a",
        "git@bitbucket.org:",
        "https://bitbucket.org/a/",
        "(((\"",
        "git clone -b ",
        "\n",
        "x:1/",
        "\u{200b}",
    ] {
        let text = huge.repeat((1 << 20) / huge.len());
        assert!(read(&text).is_err());
        assert!(shown(&text, 200).chars().count() <= 201);
    }
}

#[test]
fn nothing_secret_is_shown() {
    let cases = [
        (
            "https://ada:s3cret@bitbucket.org/acme/x.git",
            "https://…@bitbucket.org/acme/x.git",
        ),
        (
            "https://s3cret@bitbucket.org/acme/x?token=s3cret#s3cret",
            "https://…@bitbucket.org/acme/x",
        ),
        (
            "https://ada:s3/cr?et@x@bitbucket.org/acme/x",
            "https://…@bitbucket.org/acme/x",
        ),
        ("ada:s3cret@bitbucket.org/acme/x", "…@bitbucket.org/acme/x"),
        (
            "https://ada:s3cret x@bitbucket.org/acme/x",
            "https://… …@bitbucket.org/acme/x",
        ),
        (
            "https://bitbucket.example.com:7990/x",
            "https://bitbucket.example.com:7990/x",
        ),
        (
            "git -c a=\"b s3cret\" clone git@bitbucket.org:acme/x.git",
            "git … git@bitbucket.org:acme/x.git",
        ),
        ("git -c s3cret status", "…"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\ns3cret", "…"),
        ("first line\ns3cret", "first line"),
        (
            " git@ssh.bitbucket.org:acme/x.git\n",
            "git@ssh.bitbucket.org:acme/x.git",
        ),
        ("hello\u{1b}[31m", "hello[31m"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text, 100), expected);
    }
}
