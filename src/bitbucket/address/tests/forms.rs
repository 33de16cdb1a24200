//! Forms in which people have an address, most of them from public threads, guides and the files of tools. Each kind has a table.

use super::*;

const CODE: &str = "url.git_clone_command";

/// The values of files: JSON, YAML, TOML, XML, HTML, INI, and the code of build tools.
#[rustfmt::skip]
const FILES: &[Case] = &[
    (r#""url": "git@bitbucket.org:acme/analytics.git","#, CLOUD, CODE),
    (r#"{"type":"vcs","url":"git@bitbucket.org:acme/analytics.git"}"#, CLOUD, CODE),
    (r#""url": "https:\/\/bitbucket.org\/acme\/analytics.git""#, CLOUD, "url.https"),
    (r#""repository": {"type": "git", "url": "git+ssh://git@bitbucket.org/acme/analytics.git"}"#, CLOUD, CODE),
    (r#"{"clone":[{"href":"https://ada@bitbucket.org/acme/analytics.git","name":"https"},{"href":"git@bitbucket.org:acme/analytics.git","name":"ssh"}]}"#, CLOUD, "url.https"),
    (r#"{\"repo\": \"git@bitbucket.org:acme/analytics.git\"}"#, CLOUD, CODE),
    ("packages:\n  - git: git@bitbucket.org:acme/analytics.git\n    revision: 0.9.2", CLOUD, CODE),
    ("- git: \"https://{{env_var('DBT_ENV_SECRET_GIT_CREDENTIAL')}}@bitbucket.org/acme/analytics.git\"", CLOUD, "url.https"),
    ("repoURL: 'git@bitbucket.org:acme/analytics.git'", CLOUD, CODE),
    ("  url: ssh://git@bitbucket.org/acme/analytics", CLOUD, CODE),
    ("url: >-\n  git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("analytics = { git = \"ssh://git@bitbucket.org/acme/analytics.git\", branch = \"main\" }", CLOUD, CODE),
    ("<connection>scm:git:git@bitbucket.org:acme/analytics.git</connection>", CLOUD, CODE),
    ("<scm><url>https://bitbucket.org/acme/analytics</url></scm>", CLOUD, "url.browser_page"),
    ("<url><![CDATA[git@bitbucket.org:acme/analytics.git]]></url>", CLOUD, CODE),
    ("<a href=\"https://bitbucket.org/acme/analytics/src/main/\">acme/analytics</a>", CLOUD, "url.browser_page"),
    ("<project remote='ssh://git@git.example.com:7999/data/analytics.git'/>", DATA_CENTER, CODE),
    ("[submodule \"lib\"]\n\tpath = lib\n\turl = git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("[remote \"origin\"]\n\turl = git@bitbucket.org:acme/analytics.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*", CLOUD, CODE),
    (r"repo.url=https\://bitbucket.org/acme/analytics.git", CLOUD, "url.https"),
    ("gem 'analytics', git: 'git@bitbucket.org:acme/analytics.git', branch: 'main'", CLOUD, CODE),
    (":git => 'git@bitbucket.org:acme/analytics.git',", CLOUD, CODE),
    (".package(url: \"git@bitbucket.org:acme/analytics.git\", from: \"1.0.0\"),", CLOUD, CODE),
    ("git branch: 'main', credentialsId: 'x', url: 'git@bitbucket.org:acme/analytics.git'", CLOUD, CODE),
    ("set :repo_url, \"git@bitbucket.org:acme/analytics.git\"", CLOUD, CODE),
    ("RootProject(uri(\"ssh://git@bitbucket.org/acme/analytics.git#v1\"))", CLOUD, CODE),
    ("analytics,git@bitbucket.org:acme/analytics.git,main", CLOUD, CODE),
    ("analytics;https://bitbucket.org/acme/analytics;main", CLOUD, "url.browser_page"),
    ("| analytics | git@bitbucket.org:acme/analytics.git | main |", CLOUD, CODE),
    ("git@bitbucket.org:acme/analytics.git  # the models", CLOUD, CODE),
];

/// Variables, options and commands of shells and tools.
#[rustfmt::skip]
const COMMANDS: &[Case] = &[
    ("export REPO_URL=git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("REPO='git@bitbucket.org:acme/analytics.git'; git clone \"$REPO\"", CLOUD, CODE),
    ("remote.origin.url=git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("${REPO:-git@bitbucket.org:acme/analytics.git}", CLOUD, CODE),
    ("--repo=git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("flux create source git x --url=ssh://git@bitbucket.org/acme/analytics --branch=main", CLOUD, CODE),
    ("argocd repo add git@bitbucket.org:acme/analytics.git --ssh-private-key-path ~/.ssh/id", CLOUD, CODE),
    ("git archive --remote=git@bitbucket.org:acme/analytics.git HEAD", CLOUD, CODE),
    ("sudo -u www-data git clone git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("ada@laptop:~/work$ git clone git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("RUN git clone git@bitbucket.org:acme/analytics.git /app", CLOUD, CODE),
    ("[prod] run [ -f /var/www/.dep/repo/HEAD ] || /usr/bin/git clone --mirror git@bitbucket.org:acme/analytics.git /var/www/.dep/repo 2>&1", CLOUD, CODE),
    ("git clone --no-checkout 'https://x-token-auth:***@bitbucket.org/acme/analytics.git.git' '/src/vendor/x' && cd '/src'", CLOUD, "url.https"),
    ("ssh root@host.example.com 'git clone git@bitbucket.org:acme/analytics.git /tmp/project'", CLOUD, CODE),
    ("git clone git clone git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("GIT_SSH_COMMAND='ssh -i key' git clone git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("npm i git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("curl -u ada:s3cret https://api.bitbucket.org/2.0/repositories/acme/analytics/src", CLOUD, "url.https"),
];

/// Prefixes of tools, and what they write behind a repository.
#[rustfmt::skip]
const TOOLS: &[Case] = &[
    ("git::ssh://git@bitbucket.org/acme/analytics.git?ref=bar", CLOUD, CODE),
    ("source = \"git::ssh://git@bitbucket.org/acme/analytics.git//modules/vpc?ref=v1.2.0\"", CLOUD, CODE),
    ("git::git@bitbucket.org:acme/analytics//vpc?ref=develop", CLOUD, CODE),
    ("git::https://bitbucket.org/acme/analytics.git?ref=main", CLOUD, "url.https"),
    ("git+ssh://git@bitbucket.org/acme/analytics.git@v1.18", CLOUD, CODE),
    ("git+ssh://git@bitbucket.org:acme/analytics.git#v1.2.3", CLOUD, "url.scp_port"),
    ("-e git+ssh://git@bitbucket.org/acme/analytics.git@main#egg=analytics&subdirectory=x", CLOUD, CODE),
    ("analytics @ git+ssh://git@bitbucket.org/acme/analytics.git@feature/x", CLOUD, CODE),
    ("git+git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("helm plugin install git+ssh://git@bitbucket.org/acme/analytics@charts?ref=main", CLOUD, CODE),
    ("bitbucket:acme/analytics", CLOUD, CODE),
    ("\"my-lib\": \"bitbucket:acme/analytics#semver:^1.0\",", CLOUD, CODE),
    ("pkg:bitbucket/acme/analytics@1.0.0", CLOUD, "url.browser_page"),
    ("scm:git:ssh://git@git.example.com:7999/data/analytics.git", DATA_CENTER, CODE),
    ("go get bitbucket.org/acme/analytics/v2@v2.1.0", CLOUD, "url.browser_page"),
    ("require bitbucket.org/acme/analytics v1.2.3", CLOUD, "url.browser_page"),
    ("docker build git@bitbucket.org:acme/analytics.git#main:docker", CLOUD, CODE),
    ("git@bitbucket.org:acme/analytics.git#develop", CLOUD, CODE),
    ("ssh://git@bitbucket.org/acme/analytics.git#develop", CLOUD, CODE),
    ("git@bitbucket.org:acme/analytics.git/overlays/prod", CLOUD, CODE),
    ("ssh://git@git.example.com:7999/data/analytics.git//modules/x?ref=v1", DATA_CENTER, CODE),
    ("git@bitbucket.org:acme/analytics.git.git", CLOUD, CODE),
];

/// Messages of git, of tools around it, and of people.
#[rustfmt::skip]
const PROSE: &[Case] = &[
    ("fatal: repository 'ssh://git@bitbucket.org/acme/analytics.git' not found", CLOUD, CODE),
    ("fatal: 'git@bitbucket.org:acme/analytics.git' does not appear to be a git repository", CLOUD, CODE),
    ("fatal: unable to access 'https://bitbucket.org/acme/analytics.git/': The requested URL returned error: 403", CLOUD, "url.https"),
    ("ERROR: hudson.plugins.git.GitException: Command \"git fetch --tags git@bitbucket.org:acme/analytics.git +refs/heads/*:refs/remotes/origin/*\" returned status code 128", CLOUD, CODE),
    ("npm ERR! Unsupported URL Type: bitbucket.org:acme/analytics.git\nnpm ERR! If you need help, you may report this at:\nnpm ERR!     <https://github.com/npm/npm/issues>", CLOUD, "url.user_missing"),
    ("remote: Create pull request for x:\nremote:   https://bitbucket.org/acme/analytics/pull-requests/new?source=x&t=1", CLOUD, "url.browser_page"),
    ("To bitbucket.org:acme/analytics.git\n ! [rejected]        main -> main (fetch first)\nerror: failed to push some refs to 'git@bitbucket.org:acme/analytics.git'", CLOUD, "url.user_missing"),
    ("From bitbucket.org:acme/analytics\n * branch            main       -> FETCH_HEAD", CLOUD, "url.user_missing"),
    ("Get https://bitbucket.org/acme/analytics.git/info/refs?service=git-upload-pack: dial tcp 185.82.212.199:443: connect: connection refused", CLOUD, "url.https"),
    ("cloning branch \"main\" from Git repository \"https://git.example.com:7990/scm/DATA/analytics.git\"", DATA_CENTER, "url.https?"),
    ("Please add the key to https://bitbucket.org/acme/analytics thanks!", CLOUD, "url.browser_page"),
    ("Our repo is https://bitbucket.org/acme/analytics. Can you set it up?", CLOUD, "url.browser_page"),
    ("The repo (https://bitbucket.org/acme/analytics) is ours", CLOUD, "url.browser_page"),
    ("Cloning git@bitbucket.org:acme/analytics.git...", CLOUD, CODE),
    ("clone url - git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("origin\tgit@bitbucket.org:acme/analytics.git (fetch)", CLOUD, CODE),
];

/// Punctuation, quotes and markup.
#[rustfmt::skip]
const MARKS: &[Case] = &[
    ("git@bitbucket.org:acme/analytics.git.", CLOUD, CODE),
    ("git@bitbucket.org:acme/analytics.git,", CLOUD, CODE),
    ("git@bitbucket.org:acme/analytics.git;", CLOUD, CODE),
    ("git@bitbucket.org:acme/analytics.git\"", CLOUD, CODE),
    ("'git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("git@bitbucket.org:acme/analytics.git。", CLOUD, CODE),
    ("(see git@bitbucket.org:acme/analytics.git)", CLOUD, CODE),
    ("„git@ssh.bitbucket.org:acme/analytics.git“", CLOUD, ""),
    ("«git@ssh.bitbucket.org:acme/analytics.git»", CLOUD, ""),
    ("**git@ssh.bitbucket.org:acme/analytics.git**", CLOUD, ""),
    ("```git@ssh.bitbucket.org:acme/analytics.git```", CLOUD, ""),
    ("<https://bitbucket.org/acme/analytics|acme/analytics>", CLOUD, "url.browser_page"),
    ("[our repo|https://bitbucket.org/acme/analytics]", CLOUD, "url.browser_page"),
    ("[https://bitbucket.org/acme/analytics|https://bitbucket.org/acme/analytics]", CLOUD, "url.browser_page"),
    ("[https://bitbucket.org/acme/analytics our repo]", CLOUD, "url.browser_page"),
    ("[[https://bitbucket.org/acme/analytics][ours]]", CLOUD, "url.browser_page"),
    ("`ours <https://bitbucket.org/acme/analytics>`_", CLOUD, "url.browser_page"),
    ("[url=https://bitbucket.org/acme/analytics]ours[/url]", CLOUD, "url.browser_page"),
    (r"\url{https://bitbucket.org/acme/analytics}", CLOUD, "url.browser_page"),
    ("<mailto:git@bitbucket.org|git@bitbucket.org>:acme/analytics.git", CLOUD, CODE),
    ("[git@bitbucket.org](mailto:git@bitbucket.org):acme/analytics.git", CLOUD, CODE),
    ("[https://bitbucket.org/acme/analytics](https://bitbucket.org/acme/analytics)", CLOUD, "url.browser_page"),
    ("git@bitbucket.org:acme/analytics.git<br>", CLOUD, CODE),
];

/// Links of mail programs, sign-ins and desktop programs, and encodings.
#[rustfmt::skip]
const LINKS: &[Case] = &[
    ("sourcetree://cloneRepo?type=bitbucket&cloneUrl=ssh%3A%2F%2Fgit%40bitbucket.org%2Facme%2Fanalytics.git", CLOUD, CODE),
    ("sourcetree://cloneRepo/ssh://git@bitbucket.org/acme/analytics.git", CLOUD, CODE),
    ("vscode://vscode.git/clone?url=https%3A%2F%2Fbitbucket.org%2Facme%2Fanalytics.git", CLOUD, "url.https"),
    ("jetbrains://idea/checkout/git?checkout.repo=git@bitbucket.org:acme/analytics.git&idea.required.plugins.id=Git4Idea", CLOUD, CODE),
    ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbitbucket.org%2Facme%2Fanalytics&data=05%7C01%7C&reserved=0", CLOUD, "url.browser_page"),
    ("https://urldefense.com/v3/__https://bitbucket.org/acme/analytics__;!!Nrx!a$", CLOUD, "url.browser_page"),
    ("https://urldefense.proofpoint.com/v2/url?u=https-3A__bitbucket.org_acme_analytics&d=DwMF&c=x", CLOUD, "url.browser_page"),
    ("https://www.google.com/url?q=https://bitbucket.org/acme/analytics&sa=D&usg=x", CLOUD, "url.browser_page"),
    ("https://slack-redir.net/link?url=https%3A%2F%2Fbitbucket.org%2Facme%2Fanalytics", CLOUD, "url.browser_page"),
    ("https://web.archive.org/web/2020/https://bitbucket.org/acme/analytics", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/socialauth/login/atlassianid/?next=%2Facme%2Fanalytics", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/account/signin/?next=/acme/analytics/src/main/", CLOUD, "url.browser_page"),
    ("https://id.atlassian.com/login?continue=https%3A%2F%2Fbitbucket.org%2Fsocialauth%2Fcomplete%2Fatlassianid%2F%3Fnext%3D%252Facme%252Fanalytics", CLOUD, "url.browser_page"),
    ("https://git.example.com/login?next=/projects/DATA/repos/analytics/browse", DATA_CENTER, "url.browser_page?"),
    ("https%3A%2F%2Fbitbucket.org%2Facme%2Fanalytics", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/acme/analytics%20", CLOUD, "url.browser_page"),
    ("git&#64;bitbucket.org:acme&#x2F;analytics.git", CLOUD, CODE),
    ("git＠bitbucket.org：acme／analytics.git", CLOUD, CODE),
    ("git@bitbucket.org:\u{200b}acme/\u{ad}analytics.git", CLOUD, CODE),
    (r"git@bitbucket.org:acme/analytics\_eu.git", "git@ssh.bitbucket.org:acme/analytics_eu.git", CODE),
    ("https://slack-redir.net/link?url=https%3A%2F%2Fgithub.com%2Facme%2Fanalytics", "", "url.other_forge"),
];

/// Slips of the hand that leave no doubt, and the forms that are like them.
#[rustfmt::skip]
const SLIPS: &[Case] = &[
    ("https://bitbucket.org:acme/analytics.git/", CLOUD, "url.https"),
    ("ssh://git@bitbucket.org:acme/analytics.git/", CLOUD, "url.scp_port"),
    ("https://git.example.com:scm/data/analytics.git", DATA_CENTER, "url.https?"),
    ("https://git.example.com:port/scm/data/analytics.git", "", "url.not_an_address"),
    ("ssh://git@git.example.com:7999:data/analytics.git", DATA_CENTER, "url.scp_port"),
    ("ssh://git@ssh.bitbucket.org:22:acme/analytics.git", CLOUD, "url.scp_port"),
    ("ssh://git@ssh.bitbucket.org:7999/acme/analytics.git", CLOUD, "url.wrong_port"),
    ("ssh://git@bitbucket.org:7999/acme/analytics.git", CLOUD, "url.wrong_port"),
    ("ssh://git@ssh.bitbucket.org:443/acme/analytics.git", CLOUD, "url.wrong_port"),
    ("ssh://git@ssh.bitbucket.org:7999:acme/analytics.git", CLOUD, "url.scp_port"),
    ("git@bitbucket.org: acme/analytics.git", CLOUD, CODE),
    ("git clone git@bitbucket.org :acme/analytics.git", CLOUD, CODE),
    ("https:/bitbucket.org/acme/analytics", CLOUD, "url.browser_page"),
    ("https//bitbucket.org/acme/analytics", CLOUD, "url.browser_page"),
    ("ttps://bitbucket.org/acme/analytics", CLOUD, "url.browser_page"),
    (r"https:\\bitbucket.org\acme\analytics", CLOUD, "url.browser_page"),
    ("git@git@bitbucket.org:acme/analytics.git", CLOUD, CODE),
    ("git@ssh.bitbucket.org:ACME/Analytics.GIT", CLOUD, ""),
];

/// Hosts: Bitbucket's own, those that only resemble them, and those that nothing speaks for.
#[rustfmt::skip]
pub(super) const HOSTS: &[Case] = &[
    // Its own, under other names.
    ("git@bitbucket.com:acme/analytics.git", CLOUD, "url.retired_host"),
    ("ssh://git@ssh.bitbucket.com/acme/analytics.git", CLOUD, "url.retired_host"),
    ("https://www.bitbucket.com/acme/analytics", CLOUD, "url.browser_page"),
    ("https://bitbucket.org/api/2.0/repositories/acme/analytics", CLOUD, "url.https"),
    ("https://bitbucket.org/!api/2.0/repositories/acme/analytics/refs", CLOUD, "url.https"),
    // Its own pages.
    ("https://bitbucket.org/socialauth/login", "", "url.no_repository"),
    ("https://bitbucket.org/site/oauth2/authorize?client_id=x&redirect_uri=https://h.example.com/cb", "", "url.no_repository"),
    ("https://bitbucket.org/xhr/repos", "", "url.no_repository"),
    ("https://bitbucket.org/product/features", "", "url.no_repository"),
    ("https://bitbucket.org/blog/ssh-host-key-changes", "", "url.no_repository"),
    ("https://bitbucket.org/support/contact", "", "url.no_repository"),
    ("https://bitbucket.org/account/signin/?next=/dashboard/overview", "", "url.no_repository"),
    ("https://bitbucket.org/repo/create?workspace=acme", "", "url.no_repository"),
    ("git@bitbucket.org:api/2.0.git", "", "url.no_repository"),
    // Aliases.
    ("git@bitbucket.org-work:acme/analytics.git", "", "url.ssh_config_alias"),
    ("git clone git@bitbucket.org-ada_lovelace:acme/analytics.git", "", "url.ssh_config_alias"),
    ("ssh://git@work.bitbucket.org/acme/analytics.git", "", "url.ssh_config_alias"),
    ("git@work-bitbucket.org:acme/analytics.git", "", "url.ssh_config_alias"),
    ("git@bitbucket-work:acme/analytics.git", "", "url.ssh_config_alias"),
    ("git@bitbucket:acme/analytics.git", "", "url.ssh_config_alias"),
    // Slips of the pen.
    ("git@bitbuket.org:acme/analytics.git", "", "url.misspelt_host"),
    ("https://bitbukcet.org/acme/analytics", "", "url.misspelt_host"),
    ("ssh://git@bitbuckett.org/acme/analytics.git", "", "url.misspelt_host"),
    ("git@bitbucket.ogr:acme/analytics.git", "", "url.misspelt_host"),
    ("git@bitbucketorg:acme/analytics.git", "", "url.misspelt_host"),
    ("git@bitbucket.io:acme/analytics.git", "", "url.misspelt_host"),
    ("ssh://git@gitbucket.org:7999/acme/analytics.git", "", "url.misspelt_host"),
    ("git@bitbucket.org.evil.com:acme/analytics.git", "", "url.misspelt_host"),
    ("https://bitbucket.org.evil.com/acme/analytics", "", "url.misspelt_host"),
    // A Data Center's path on Cloud's host.
    ("https://bitbucket.org/projects/DATA/repos/analytics", "", "url.no_repository"),
    ("https://bitbucket.org/scm/data/analytics.git", "", "url.no_repository"),
    ("https://bitbucket.org/scm/analytics/src/main", "git@ssh.bitbucket.org:scm/analytics.git", "url.browser_page"),
    ("git@bitbucket.org:acme:analytics.git", "", "url.no_repository"),
    // No public names.
    ("git@git.local:data/analytics.git", "", "url.ssh_config_alias"),
    ("ssh://git@bitbucket.acme.internal:7999/data/analytics.git", "", "url.ssh_config_alias"),
    ("https://stash.mycorp/projects/DATA/repos/analytics", "", "url.ssh_config_alias"),
    ("ssh://git@nas.home.arpa:7999/data/analytics.git", "", "url.ssh_config_alias"),
    // Nothing speaks for them.
    ("git@foo.com:two/three", "", "url.unknown_server"),
    ("foo.com:two/three", "", "url.unknown_server"),
    ("ssh://git@foo.com/two/three", "", "url.unknown_server"),
    ("ada@build.acme.com:home/work", "", "url.unknown_server"),
    ("git@foo.com:two-words/three.git", "", "url.unknown_server"),
    ("foo.com/two/three", "", "url.no_repository"),
    // Something does.
    ("git@foo.com:two/three.git", "ssh://git@foo.com:7999/two/three.git", "url.data_center_port_22?"),
    ("git@bitbucket.foo.com:two/three", "ssh://git@bitbucket.foo.com:7999/two/three.git", "url.data_center_port_22?"),
    ("ssh://git@foo.com:7999/two/three", "ssh://git@foo.com:7999/two/three.git", ""),
    ("git@foo.com:~ada/three", "ssh://git@foo.com:7999/~ada/three.git", "url.data_center_port_22?"),
];

/// Texts with more than one repository, less than one, or one that is cut off or hidden.
#[rustfmt::skip]
pub(super) const HIDDEN: &[Case] = &[
    ("[email protected]:acme/analytics.git", "", "url.mail_hidden"),
    ("git clone [email protected]_company_a:acme/analytics.git", "", "url.mail_hidden"),
    ("git clone ssh://[email protected]/acme/analytics.git", "", "url.mail_hidden"),
    ("ssh://[email protected]:7999/data/analytics.git", "", "url.mail_hidden"),
    ("[email\u{a0}protected]:acme/analytics.git", "", "url.mail_hidden"),
    ("git clone ***@***.***:acme/analytics.git", "", "url.mail_hidden"),
    ("source = \"git::[email protected]:acme/analytics.git//vpc?ref=develop\"", "", "url.mail_hidden"),
    ("git@bitbucket.org:acme/a.git, git@bitbucket.org:acme/b.git", "", "url.several"),
    ("https://bitbucket.org/acme/a and https://bitbucket.org/acme/b", "", "url.several"),
    ("git clone git@bitbucket.org:acme/a.git && git clone git@bitbucket.org:acme/b.git", "", "url.several"),
    ("origin git@bitbucket.org:acme/a.git (fetch)\nupstream git@github.com:acme/a.git (fetch)", "", "url.several"),
    ("[git@bitbucket.org:acme/a.git](https://bitbucket.org/acme/b)", "", "url.several"),
    ("https://h.example.com/?from=git@bitbucket.org:acme/a.git&to=git@bitbucket.org:acme/b.git", "", "url.several"),
    ("{\"a\": \"git@bitbucket.org:acme/a.git\", \"b\": \"git@bitbucket.org:acme/b.git\"}", "", "url.several"),
    ("git@bitbucket.org:acme/anal...", "", "url.not_an_address"),
    ("https://bitbucket.org/acme/analy…", "", "url.not_an_address"),
    ("git@bitbucket.org:acme/ana\nlytics.git", "", "url.not_an_address"),
    ("https://bitbucket.org/acme/my analytics repo", "", "url.not_an_address"),
    ("Repository: https://bitbucket.org/acme/my repo", "", "url.not_an_address"),
    ("git@bitbucket.org:$WORKSPACE/$REPO.git", "", "url.no_repository"),
    ("git@bitbucket.org:${WORKSPACE}/analytics.git", "", "url.no_repository"),
    ("git clone git@bitbucket.org:<workspace>/<repo>.git", "", "url.no_repository"),
    ("git@bitbucket.org:[team]/[repo].git", "", "url.no_repository"),
    ("Cloning into 'x'...\ngit@bitbucket.org: Permission denied (publickey).", "", "url.not_an_address"),
    ("pa/ss@bitbucket.org:acme/x", "", "url.not_an_address"),
    ("git@bitbucket.org:acme/x.git && id", "", "url.unsafe"),
    ("git@bitbucket.org:acme/x\"$(id)\".git", "", "url.unsafe"),
    ("git@bitbucket.org:acme/x.git;$(id)", "", "url.unsafe"),
];

#[test]
fn values_in_files_are_found() {
    assert_read(FILES);
}

#[test]
fn commands_and_variables_are_taken_off() {
    assert_read(COMMANDS);
}

#[test]
fn what_tools_add_is_taken_off() {
    assert_read(TOOLS);
}

#[test]
fn sentences_and_messages_are_left_out() {
    assert_read(PROSE);
}

#[test]
fn punctuation_and_markup_are_left_out() {
    assert_read(MARKS);
}

#[test]
fn links_are_opened_and_encodings_undone() {
    assert_read(LINKS);
}

#[test]
fn forms_that_are_alike_are_read_alike() {
    assert_read(SLIPS);
}

#[test]
fn a_host_is_believed_only_if_something_speaks_for_it() {
    assert_read(HOSTS);
}

#[test]
fn what_names_no_one_repository_is_asked_about() {
    assert_read(HIDDEN);
}

#[test]
fn a_refusal_suggests_what_may_be_meant() {
    let cases = [
        ("git@bitbucket.org-work:acme/analytics.git", Some(CLOUD)),
        ("git@bitbuket.org:acme/analytics.git", Some(CLOUD)),
        ("https://bitbukcet.org/acme/analytics/src", Some(CLOUD)),
        ("[email protected]:acme/analytics.git", Some(CLOUD)),
        (
            "git clone [email protected]_me:acme/analytics.git",
            Some(CLOUD),
        ),
        ("acme/analytics", Some(CLOUD)),
        ("git@bitbucket.org:acme:analytics.git", Some(CLOUD)),
        ("https://bitbucket.org/scm/acme/analytics.git", Some(CLOUD)),
        ("git://bitbucket.org/acme/analytics.git", Some(CLOUD)),
        (
            "git@foo.com:data/x",
            Some("ssh://git@foo.com:7999/data/x.git"),
        ),
        ("ssh://[email protected]:7999/data/analytics.git", None),
        ("git@git.local:data/x.git", None),
        ("https://bitbucket.org/acme/my repo", None),
        ("hello", None),
    ];
    for (text, expected) in cases {
        let suggestion = read(text).expect_err(text).suggestion;
        assert_eq!(
            suggestion.map(|address| address.ssh()).as_deref(),
            expected,
            "{text}"
        );
    }
}

#[test]
fn one_sentence_says_what_was_left_out() {
    let details = |text: &str| {
        let repair = read(text).expect(text).repair.expect(text);
        let first = Problem {
            code: repair.code,
            detail: repair.detail,
        };
        let all = std::iter::once(first).chain(repair.others);
        let found = all
            .into_iter()
            .find(|problem| problem.code == Code::UrlGitCloneCommand);
        found.and_then(|problem| problem.detail)
    };
    let cases = [
        ("git clone git@ssh.bitbucket.org:acme/x.git", None),
        (
            "git@ssh.bitbucket.org:acme/x.git.",
            Some("Left out the punctuation beside it."),
        ),
        (
            "git::ssh://git@ssh.bitbucket.org/acme/x.git//vpc?ref=v1",
            Some(
                "Left out the prefix of a tool, the branch, tag or query behind it and the folder behind it.",
            ),
        ),
        (
            r#""url": "ssh:\/\/git@ssh.bitbucket.org\/acme\/x.git""#,
            Some("Left out the text around the address; put right backslashes."),
        ),
        (
            "git＠ssh.bitbucket.org:acme/x.git",
            Some("Put right full-width characters."),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(details(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn several_repositories_are_named() {
    let detail = |text: &str| read(text).expect_err(text).detail;
    assert_eq!(
        detail("git@bitbucket.org:acme/a.git git@bitbucket.org:acme/b.git").as_deref(),
        Some("It names git@ssh.bitbucket.org:acme/a.git and git@ssh.bitbucket.org:acme/b.git.")
    );
    assert_eq!(
        detail("git@bitbucket.org:acme/a.git\ngit@github.com:acme/a.git").as_deref(),
        Some("It names git@ssh.bitbucket.org:acme/a.git and one on another service.")
    );
}
