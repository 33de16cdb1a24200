//! Every form of address, and what becomes of it.

use proptest::prelude::*;

use super::*;

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
fn assert_read(cases: &[(&str, &str, &str)]) {
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

const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics.git";
const DATA_CENTER: &str = "ssh://git@git.example.com:7999/data/analytics.git";
const PERSONAL: &str = "ssh://git@git.example.com:7999/~ada/analytics.git";

const CLOUD_CASES: &[(&str, &str, &str)] = &[
    // As it should be, or nearly.
    ("git@ssh.bitbucket.org:acme/analytics.git", CLOUD, ""),
    ("  git@SSH.Bitbucket.Org:acme/analytics/ \r\n", CLOUD, ""),
    (
        "\u{feff}git@ssh.bitbucket.org:acme/analytics.git\u{200b}\u{a0}",
        CLOUD,
        "",
    ),
    ("git@ssh.bitbucket.org:Acme/Analytics.git", CLOUD, ""),
    ("git@ssh.bitbucket.org:/acme/analytics.git", CLOUD, ""),
    ("git@ssh.bitbucket.org.:acme/analytics.git", CLOUD, ""),
    ("ssh://git@ssh.bitbucket.org/acme/analytics.git", CLOUD, ""),
    ("ssh://git@ssh.bitbucket.org:22/acme/analytics", CLOUD, ""),
    (
        "SSH://git@ssh.bitbucket.org:/acme//analytics.git/",
        CLOUD,
        "",
    ),
    (
        "git+ssh://git@ssh.bitbucket.org/acme/analytics.git#main",
        CLOUD,
        "",
    ),
    (
        "ssh+git://git@ssh.bitbucket.org/acme/analytics.git",
        CLOUD,
        "",
    ),
    ("<git@ssh.bitbucket.org:acme/analytics.git>", CLOUD, ""),
    ("`git@ssh.bitbucket.org:acme/analytics.git`", CLOUD, ""),
    ("“git@ssh.bitbucket.org:acme/analytics.git”", CLOUD, ""),
    ("\"'git@ssh.bitbucket.org:acme/analytics.git'\"", CLOUD, ""),
    (
        "git@ssh.bitbucket.org:2024/analytics.git",
        "git@ssh.bitbucket.org:2024/analytics.git",
        "",
    ),
    (
        "ssh://git@ssh.bitbucket.org:2222/acme/analytics",
        "ssh://git@ssh.bitbucket.org:2222/acme/analytics.git",
        "",
    ),
    // The older hosts.
    (
        "git@bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.retired_host",
    ),
    (
        "ssh://git@bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.retired_host",
    ),
    (
        "ssh://git@altssh.bitbucket.org:443/acme/analytics.git",
        CLOUD,
        "url.retired_host",
    ),
    (
        "git@www.bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.retired_host",
    ),
    // User and port.
    (
        "ssh://bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.user_missing",
    ),
    (
        "ssh.bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.user_missing",
    ),
    (
        "ada@bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.user_not_git",
    ),
    (
        "ssh://ada:s3cret@ssh.bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.user_not_git",
    ),
    (
        "ssh://git:s3cret@ssh.bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.user_not_git",
    ),
    (
        "Git@ssh.bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.user_not_git",
    ),
    (
        "git@ssh.bitbucket.org:22:acme/analytics",
        CLOUD,
        "url.scp_port",
    ),
    (
        "git@bitbucket.org:22/acme/analytics.git",
        CLOUD,
        "url.scp_port",
    ),
    (
        "ssh://git@bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.scp_port",
    ),
    // HTTPS.
    (
        "https://bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.https",
    ),
    (
        "https://ada@bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.https",
    ),
    (
        "https://x-token-auth:s3cret@bitbucket.org/acme/analytics",
        CLOUD,
        "url.https",
    ),
    (
        "ada:s3cret@bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.https",
    ),
    (
        "git+https://bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.https",
    ),
    (
        "https://ssh.bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.https",
    ),
    ("git@bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    (
        "https://api.bitbucket.org/2.0/repositories/acme/analytics/refs",
        CLOUD,
        "url.https",
    ),
    // Pages.
    (
        "https://bitbucket.org/acme/analytics",
        CLOUD,
        "url.browser_page",
    ),
    (
        "HTTPS://BitBucket.org/acme/analytics/",
        CLOUD,
        "url.browser_page",
    ),
    (
        "http://www.bitbucket.org/acme/analytics/src",
        CLOUD,
        "url.browser_page",
    ),
    (
        "https://bitbucket.org/acme/analytics/src/main/models/a%20b.sql?at=main#lines-3",
        CLOUD,
        "url.browser_page",
    ),
    (
        "https://bitbucket.org/acme/analytics/branches/compare/a..b%0Dc",
        "",
        "url.unsafe",
    ),
    (
        "https://bitbucket.org/acme/analytics/branches/compare/main..dev",
        CLOUD,
        "url.browser_page",
    ),
    (
        "https://bitbucket.org/acme/analytics/src/main/@types/$x.ts",
        CLOUD,
        "url.browser_page",
    ),
    (
        "https://bitbucket.org/acme/analytics/pull-requests/7/diff",
        CLOUD,
        "url.browser_page",
    ),
    (
        "https://bitbucket.org/acme/analytics/commits/0123abc",
        CLOUD,
        "url.browser_page",
    ),
    (
        "https://bitbucket.org/acme/analytics/admin/access-keys/",
        CLOUD,
        "url.browser_page",
    ),
    (
        "[analytics](https://bitbucket.org/acme/analytics)",
        CLOUD,
        "url.browser_page",
    ),
    (
        "[our repo](<https://bitbucket.org/acme/analytics>)",
        CLOUD,
        "url.browser_page",
    ),
    ("bitbucket.org/acme/analytics", CLOUD, "url.browser_page"),
    (
        "git@ssh.bitbucket.org:acme/analytics/src/main/",
        CLOUD,
        "url.browser_page",
    ),
    // Commands and other text.
    (
        "git clone git@ssh.bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "$ git clone git@bitbucket.org:acme/analytics.git repo",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "git clone https://ada@bitbucket.org/acme/analytics.git",
        CLOUD,
        "url.https",
    ),
    (
        "git clone --depth 1 -b feature/x -- 'git@ssh.bitbucket.org:acme/analytics.git' dir",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "git -c http.extraHeader=\"Authorization: Bearer s3cret\" clone git@ssh.bitbucket.org:acme/analytics.git && cd analytics",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "git remote add origin git@ssh.bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "git remote set-url --push origin git@ssh.bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "`git clone git@ssh.bitbucket.org:acme/analytics.git`",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "git clone \\\n  git@ssh.bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "origin\tgit@ssh.bitbucket.org:acme/analytics.git (fetch)\norigin\tgit@ssh.bitbucket.org:acme/analytics.git (push)",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "url = git@ssh.bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.git_clone_command",
    ),
    (
        "https://bitbucket.org/acme/analytics\ngit@ssh.bitbucket.org:acme/analytics.git",
        CLOUD,
        "url.browser_page",
    ),
    // No repository.
    ("https://bitbucket.org", "", "url.no_repository"),
    ("https://bitbucket.org/acme/", "", "url.no_repository"),
    (
        "https://bitbucket.org/acme/workspace/repositories/",
        "",
        "url.no_repository",
    ),
    (
        "https://bitbucket.org/dashboard/overview",
        "",
        "url.no_repository",
    ),
    (
        "https://bitbucket.org/account/settings/",
        "",
        "url.no_repository",
    ),
    ("git@ssh.bitbucket.org:acme", "", "url.no_repository"),
    ("ssh://git@ssh.bitbucket.org", "", "url.no_repository"),
];

const DATA_CENTER_CASES: &[(&str, &str, &str)] = &[
    // As it should be, or nearly.
    (
        "ssh://git@git.example.com:7999/data/analytics.git",
        DATA_CENTER,
        "",
    ),
    (
        "ssh://git@Git.Example.com:7999/DATA/analytics",
        DATA_CENTER,
        "",
    ),
    (
        "ssh://git@git.example.com:7999/~ada/analytics.git",
        PERSONAL,
        "",
    ),
    (
        "ssh://git@git.example.com:7999/%7Eada/analytics.git",
        PERSONAL,
        "",
    ),
    (
        "ssh://git@[2001:DB8::1]:7999/data/analytics",
        "ssh://git@[2001:db8::1]:7999/data/analytics.git",
        "",
    ),
    (
        "ssh://git@10.0.0.5:7999/data/analytics",
        "ssh://git@10.0.0.5:7999/data/analytics.git",
        "",
    ),
    (
        "ssh://git@localhost:7999/data/analytics",
        "ssh://git@localhost:7999/data/analytics.git",
        "",
    ),
    (
        "ssh://git@bitbucket.org.example.com:7999/data/x",
        "ssh://git@bitbucket.org.example.com:7999/data/x.git",
        "",
    ),
    (
        "ssh://git@evil-bitbucket.org:7999/data/x",
        "ssh://git@evil-bitbucket.org:7999/data/x.git",
        "",
    ),
    // Port 22.
    (
        "git@git.example.com:data/analytics.git",
        DATA_CENTER,
        "url.data_center_port_22?",
    ),
    (
        "git@git.example.com:~ada/analytics.git",
        PERSONAL,
        "url.data_center_port_22?",
    ),
    (
        "ssh://git@git.example.com/data/analytics.git",
        DATA_CENTER,
        "url.data_center_port_22?",
    ),
    (
        "ssh://git@git.example.com:22/data/analytics.git",
        DATA_CENTER,
        "url.data_center_port_22?",
    ),
    (
        "git@[2001:db8::1]:data/x.git",
        "ssh://git@[2001:db8::1]:7999/data/x.git",
        "url.data_center_port_22?",
    ),
    (
        "git@known-port.example.com:data/x.git",
        "ssh://git@known-port.example.com:7998/data/x.git",
        "url.data_center_port_22",
    ),
    // User and port.
    (
        "ssh://git.example.com:7999/data/analytics.git",
        DATA_CENTER,
        "url.user_missing",
    ),
    (
        "git.example.com:data/analytics.git",
        DATA_CENTER,
        "url.user_missing?",
    ),
    (
        "ssh://ada@git.example.com:7999/data/analytics.git",
        DATA_CENTER,
        "url.user_not_git",
    ),
    (
        "git@git.example.com:7999/data/analytics.git",
        DATA_CENTER,
        "url.scp_port",
    ),
    (
        "git@git.example.com:7999:data/analytics.git",
        DATA_CENTER,
        "url.scp_port",
    ),
    (
        "git@git.example.com:22/data/analytics.git",
        DATA_CENTER,
        "url.scp_port?",
    ),
    (
        "git.example.com:7999/data/analytics.git",
        DATA_CENTER,
        "url.scp_port",
    ),
    (
        "ssh://git@git.example.com:data/analytics.git",
        DATA_CENTER,
        "url.scp_port?",
    ),
    // HTTPS.
    (
        "https://git.example.com/scm/DATA/analytics.git",
        DATA_CENTER,
        "url.https?",
    ),
    (
        "https://ada:s3cret@git.example.com/stash/scm/~ada/analytics.git",
        PERSONAL,
        "url.https?",
    ),
    (
        "https://git.example.com:8443/bitbucket/scm/data/analytics",
        DATA_CENTER,
        "url.https?",
    ),
    (
        "ssh://git@git.example.com:7999/scm/data/analytics.git",
        DATA_CENTER,
        "url.https",
    ),
    (
        "ssh://git@git.example.com:7999/stash/data/analytics.git",
        DATA_CENTER,
        "url.https",
    ),
    (
        "git@git.example.com/data/analytics.git",
        DATA_CENTER,
        "url.https?",
    ),
    // Pages.
    (
        "https://git.example.com/projects/DATA/repos/analytics/browse",
        DATA_CENTER,
        "url.browser_page?",
    ),
    (
        "https://git.example.com/projects/DATA/repos/analytics/browse/scm/a/b?at=x#3",
        DATA_CENTER,
        "url.browser_page?",
    ),
    (
        "http://git.example.com:7990/stash/projects/DATA/repos/analytics/pull-requests/3/overview",
        DATA_CENTER,
        "url.browser_page?",
    ),
    (
        "https://git.example.com/plugins/servlet/ssh/projects/DATA/repos/analytics/keys",
        DATA_CENTER,
        "url.browser_page?",
    ),
    (
        "https://git.example.com/rest/api/1.0/projects/DATA/repos/analytics",
        DATA_CENTER,
        "url.browser_page?",
    ),
    (
        "https://git.example.com/users/ada/repos/analytics/browse",
        PERSONAL,
        "url.browser_page?",
    ),
    (
        "https://git.example.com/projects/~ada/repos/analytics",
        PERSONAL,
        "url.browser_page?",
    ),
    (
        "git.example.com/projects/DATA/repos/analytics",
        DATA_CENTER,
        "url.browser_page?",
    ),
    (
        "git.example.com:8443/projects/DATA/repos/analytics",
        DATA_CENTER,
        "url.browser_page?",
    ),
    (
        "ssh://git@git.example.com:7999/projects/DATA/repos/analytics/browse",
        DATA_CENTER,
        "url.browser_page",
    ),
    // No repository.
    ("https://git.example.com/", "", "url.no_repository"),
    ("https://git.example.com/dashboard", "", "url.no_repository"),
    (
        "https://git.example.com/projects/DATA",
        "",
        "url.no_repository",
    ),
    (
        "https://git.example.com/data/analytics.git",
        "",
        "url.no_repository",
    ),
    (
        "ssh://git@git.example.com:7999/data",
        "",
        "url.no_repository",
    ),
    (
        "ssh://git@git.example.com:7999/data/.git",
        "",
        "url.not_an_address",
    ),
    (
        "git@git.example.com:group/sub/analytics.git",
        "",
        "url.not_an_address",
    ),
];

const OTHER_CASES: &[(&str, &str, &str)] = &[
    // Aliases.
    (
        "git@bb-work:acme/analytics.git",
        CLOUD,
        "url.ssh_config_alias",
    ),
    ("bb-work:acme/analytics.git", CLOUD, "url.ssh_config_alias"),
    (
        "ssh://git@BB-Work/acme/analytics.git",
        CLOUD,
        "url.ssh_config_alias",
    ),
    (
        "git clone git@bb-dc:data/analytics.git",
        DATA_CENTER,
        "url.ssh_config_alias",
    ),
    (
        "git@dotted.work:data/analytics.git",
        DATA_CENTER,
        "url.ssh_config_alias?",
    ),
    (
        "ssh://git@bb-dc:7997/data/x",
        "ssh://git@git.example.com:7997/data/x.git",
        "url.ssh_config_alias",
    ),
    (
        "git@detour.example.com:data/x",
        "ssh://git@detour.example.com:7999/data/x.git",
        "url.data_center_port_22?",
    ),
    ("git@gh:acme/analytics.git", "", "url.other_forge"),
    (
        "git@intranet:acme/analytics.git",
        "",
        "url.ssh_config_alias",
    ),
    ("git@unknown:acme/analytics.git", "", "url.ssh_config_alias"),
    (
        "http://bitbucket:7990/projects/DATA/repos/analytics",
        "",
        "url.ssh_config_alias",
    ),
    // Other forges.
    ("git@github.com:acme/analytics.git", "", "url.other_forge"),
    ("https://github.com/acme/analytics", "", "url.other_forge"),
    (
        "git clone git@gitlab.example.com:group/sub/analytics.git",
        "",
        "url.other_forge",
    ),
    (
        "https://git.example.com/group/analytics/-/tree/main",
        "",
        "url.other_forge",
    ),
    (
        "git@ssh.dev.azure.com:v3/acme/data/analytics",
        "",
        "url.other_forge",
    ),
    (
        "https://tfs.example.com/acme/data/_git/analytics",
        "",
        "url.other_forge",
    ),
    // Empty.
    ("", "", "url.empty"),
    (" \n\u{200b}\u{a0} ", "", "url.empty"),
    ("\"\"", "", "url.empty"),
    // Harmful.
    (
        "--upload-pack=touch git@ssh.bitbucket.org:acme/x.git",
        "",
        "url.unsafe",
    ),
    (
        "-oProxyCommand=x@ssh.bitbucket.org:acme/x.git",
        "",
        "url.unsafe",
    ),
    ("git clone -- --upload-pack=x:y/z", "", "url.unsafe"),
    ("ssh://-oProxyCommand=x/acme/x", "", "url.unsafe"),
    ("ssh://git@-oProxyCommand=x/acme/x", "", "url.unsafe"),
    ("ssh://-o@ssh.bitbucket.org/acme/x", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:-acme/x", "", "url.unsafe"),
    (
        "git@ssh.bitbucket.org:acme/x\u{1b}[31m.git",
        "",
        "url.unsafe",
    ),
    ("git@ssh.bitbucket.org:ac\u{202e}me/x.git", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:ac\u{200b}me/x.git", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:acme/x;id", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:acme/x; id", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:acme/$(id)", "", "url.unsafe"),
    (
        "git@ssh.bitbucket.org:{workspace}/{repo}.git",
        "",
        "url.unsafe",
    ),
    ("git@ssh.bitbucket.org:acme/../x.git", "", "url.unsafe"),
    ("git@ssh.bitbucket.org:acme/...git", "", "url.unsafe"),
    (
        "https://bitbucket.org/acme/x/%2e%2e/%2e%2e/evil/y",
        "",
        "url.unsafe",
    ),
    ("https://bitbucket.org/acme/x%00.git", "", "url.unsafe"),
    (
        "https://git.example.com/$(id)/scm/data/x.git",
        "",
        "url.unsafe",
    ),
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
    (
        "ssh://git@git.example.com:99999/data/x",
        "",
        "url.not_an_address",
    ),
    (
        "ssh://git@git.example.com:0/data/x",
        "",
        "url.not_an_address",
    ),
    (
        "https://git.example.com:port/scm/data/x",
        "",
        "url.not_an_address",
    ),
    (
        "https://bitbucket.org/acme/my repo",
        "",
        "url.not_an_address",
    ),
    (
        "git@ssh.bitbucket.org:acme/my repo.git",
        "",
        "url.not_an_address",
    ),
    ("git@ssh.bitbucket.org:acme/a%2Fb", "", "url.not_an_address"),
    (
        "git@ssh.bitbucket.org:acme/caf\u{e9}",
        "",
        "url.not_an_address",
    ),
    ("git@ssh.bitbucket.org:~ada/x", "", "url.not_an_address"),
    (
        "git@ssh.bitbucket.org:acme/a.git git@ssh.bitbucket.org:acme/b.git",
        "",
        "url.not_an_address",
    ),
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

fn all_cases() -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str)> {
    CLOUD_CASES
        .iter()
        .chain(DATA_CENTER_CASES)
        .chain(OTHER_CASES)
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
fn a_megabyte_is_refused_at_once() {
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
        let started = std::time::Instant::now();
        let text = huge.repeat((1 << 20) / huge.len());
        assert!(read(&text).is_err());
        assert!(shown(&text, 200).chars().count() <= 201);
        assert!(
            started.elapsed().as_millis() < 500,
            "{huge:?} {:?}",
            started.elapsed()
        );
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

/// A name both editions allow.
fn a_name() -> impl Strategy<Value = String> {
    "[a-z0-9_][a-z0-9._-]{0,20}[a-z0-9_]"
}

fn a_host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9]{0,8}(\\.[a-z][a-z0-9]{0,8}){1,3}".prop_filter("another service", |host| {
            forges::by_host(&Host::Name(host.clone())).is_none()
        }),
        any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|address| format!("[{address}]")),
    ]
}

fn a_cloud_address() -> impl Strategy<Value = (String, String)> {
    let forms = prop::sample::select(vec![
        "git@ssh.bitbucket.org:{p}/{r}.git",
        "ssh://git@ssh.bitbucket.org/{p}/{r}.git",
        "ssh://git@ssh.bitbucket.org:22/{p}/{r}",
        "git@bitbucket.org:{p}/{r}.git",
        "bitbucket.org:{p}/{r}.git",
        "ada@ssh.bitbucket.org:{p}/{r}",
        "https://ada:s3cret@bitbucket.org/{p}/{r}.git",
        "https://bitbucket.org/{p}/{r}/src/main/README.md?at=x#y",
        "https://bitbucket.org/{p}/{r}/admin/access-keys/",
        "bitbucket.org/{p}/{r}/pull-requests/3",
        "git clone git@ssh.bitbucket.org:{p}/{r}.git",
        "git clone -b main https://bitbucket.org/{p}/{r}.git dir",
        "<git@bb-work:{p}/{r}.git>",
    ]);
    (forms, a_name(), a_name()).prop_map(|(form, project, repository)| {
        let fill = |form: &str| form.replace("{p}", &project).replace("{r}", &repository);
        (fill(form), fill("git@ssh.bitbucket.org:{p}/{r}.git"))
    })
}

fn a_data_center_address() -> impl Strategy<Value = (String, String)> {
    let forms = prop::sample::select(vec![
        "ssh://git@{h}:7999/{p}/{r}.git",
        "ssh://{h}:7999/{p}/{r}",
        "git@{h}:{p}/{r}.git",
        "git@{h}:7999/{p}/{r}.git",
        "git@{h}:7999:{p}/{r}.git",
        "ssh://git@{h}:22/{p}/{r}.git",
        "https://ada:s3cret@{h}/scm/{p}/{r}.git",
        "https://{h}:8443/bitbucket/scm/{p}/{r}.git",
        "https://{h}/projects/{p}/repos/{r}/browse?at=x",
        "{h}:7990/stash/projects/{p}/repos/{r}",
        "https://{h}/plugins/servlet/ssh/projects/{p}/repos/{r}/keys",
        "$ git clone ssh://git@{h}:7999/{p}/{r}.git",
    ]);
    // A number alone would be a port in the scp form; keys of projects begin with a letter.
    let project = "~?[a-z][a-z0-9_]{0,10}";
    (forms, a_host(), project, a_name()).prop_map(|(form, host, project, repository)| {
        let fill = |form: &str| {
            form.replace("{h}", &host)
                .replace("{p}", &project)
                .replace("{r}", &repository)
        };
        (fill(form), fill("ssh://git@{h}:7999/{p}/{r}.git"))
    })
}

/// Text that is nearly an address: the parts of addresses in any order.
fn address_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "git",
            "@",
            ":",
            "/",
            "//",
            "://",
            "ssh",
            "https",
            "bitbucket.org",
            "ssh.bitbucket.org",
            "git.example.com",
            "bb-work",
            "22",
            "7999",
            ".git",
            "..",
            "~",
            "%7E",
            "%2e",
            "-",
            " ",
            "\n",
            "\"",
            "'",
            "`",
            "<",
            ">",
            "[",
            "]",
            "::1",
            "scm",
            "projects",
            "repos",
            "users",
            "rest",
            "plugins",
            "clone",
            "--",
            "-b",
            "?",
            "#",
            "\u{200b}",
            "\u{202e}",
            "\u{1b}",
            "é",
            "\u{456}",
            "$",
            ";",
        ])
        .prop_map(str::to_owned),
        "[a-z0-9.-]{1,4}",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn assert_sound(text: &str) -> Result<(), TestCaseError> {
    let Ok(Reading {
        address,
        repair,
        place,
    }) = read(text)
    else {
        return Ok(());
    };
    let given = repair.into_iter().filter_map(|repair| repair.as_given);
    for address in given.chain([address.clone()]) {
        let ssh = address.ssh();
        prop_assert!(
            ssh.starts_with("git@") || ssh.starts_with("ssh://git@"),
            "{}",
            ssh
        );
        prop_assert!(ssh.bytes().all(|byte| byte.is_ascii_graphic()), "{}", ssh);
        prop_assert!(
            !ssh.contains(['`', '$', '&', '|', ';', '<', '>', '(', ')', '\'', '"', '\\']),
            "{}",
            ssh
        );
        prop_assert!(!address.host().starts_with('-'));
    }
    prop_assert!(
        place
            .access_keys_page()
            .bytes()
            .all(|byte| byte.is_ascii_graphic())
    );
    let again = read(&address.ssh());
    prop_assert_eq!(again.as_ref().map(|again| &again.address), Ok(&address));
    prop_assert_eq!(again.map(|again| again.repair), Ok(None));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_sound_address_or_none(text in prop_oneof![".*", "(?s).*"]) {
        assert_sound(&text)?;
        shown(&text, 80);
    }

    #[test]
    fn text_like_an_address_gives_a_sound_address_or_none(text in address_like()) {
        assert_sound(&text)?;
        shown(&text, 80);
    }

    #[test]
    fn every_form_leads_to_the_canonical_one(
        (text, ssh) in prop_oneof![a_cloud_address(), a_data_center_address()],
    ) {
        let reading = read(&text);
        prop_assert_eq!(reading.map(|reading| reading.address.ssh()), Ok(ssh));
        assert_sound(&text)?;
    }

    #[test]
    fn every_repository_can_be_found_again_from_its_page((text, ssh) in a_cloud_address()) {
        let page = read(&text).map(|reading| reading.place.access_keys_page());
        let reading = page.and_then(|page| read(&page));
        prop_assert_eq!(reading.map(|reading| reading.address.ssh()), Ok(ssh));
    }

    #[test]
    fn credentials_never_leak(
        user in "[a-z]{0,8}",
        filler in "[!-~]{0,6}",
        address in prop::sample::select(vec![
            "https://{c}@bitbucket.org/acme/x.git", "http://{c}@git.example.com/scm/data/x.git",
            "{c}@bitbucket.org/acme/x.git", "ssh://{c}@git.example.com:7999/data/x.git", "{c}@bitbucket.org:acme/x",
            "https://{c}@github.com/acme/x", "https://{c}@git.example.com/", "git clone https://{c}@bitbucket.org/acme/x",
            "https://{c}@", "hello https://{c}@bitbucket.org/acme/x",
        ]),
    ) {
        let text = address.replace("{c}", &format!("{user}:{filler}S3CRET{filler}"));
        let result = read(&text);
        prop_assert!(!format!("{result:?}").to_ascii_uppercase().contains("S3CRET"), "{:?}", result);
        let shown = shown(&text, 500);
        prop_assert!(!shown.contains("S3CRET"), "{}", shown);
    }
}
