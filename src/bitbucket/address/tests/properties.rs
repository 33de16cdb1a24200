//! What holds for every text.

use proptest::prelude::*;

use super::*;

/// A name both editions allow.
fn a_name() -> impl Strategy<Value = String> {
    // Programs that double the suffix are the more usual case.
    "[a-z0-9_][a-z0-9._-]{0,20}[a-z0-9_]"
        .prop_filter("a suffix", |name| name.strip_suffix(".git").is_none())
}

fn a_host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9]{0,8}(\\.[a-z][a-z0-9]{0,8}){0,2}\\.(com|org|dev|example|co\\.uk)"
            .prop_filter("another service", |host| {
                let host = Host::Name(host.clone());
                forges::by_host(&host).is_none() && resemblance::of(&host, false).is_none()
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
            "::",
            "git+",
            "=",
            "\\/",
            "\\",
            "&amp;",
            "next=",
            "%2F",
            "bitbucket.com",
            "bitbuket.org",
            "[email protected]",
            "foo.com",
            "{",
            "}",
            "(",
            ")",
            ",",
            "|",
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

/// What people have around an address. `{}` stands for it.
fn a_wrapper() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "{}",
        " {}\n",
        "\"{}\"",
        "'{}',",
        "`{}`",
        "<{}>",
        "({})",
        "„{}“",
        "**{}**",
        "\"url\": \"{}\",",
        "{\"a\":1,\"url\":\"{}\",\"b\":\"c\"}",
        "url: {}",
        "url = {}\n",
        "- git: '{}'\n  revision: 1.0",
        "<url>{}</url>",
        "<a href=\"{}\">here</a>",
        "[here]({})",
        "REPO={}",
        "export REPO=\"{}\"",
        "--repo={}",
        "git clone {}",
        "$ git clone --depth 1 {} dir && cd dir",
        "fatal: repository '{}' not found",
        "origin\t{} (fetch)\norigin\t{} (push)",
        "please look at {}, thanks",
        "see {}.",
        "name,{},main",
        "| name | {} | main |",
        "{}\n{}",
    ])
}

/// An address without anything around it, in a form whose end can be told.
fn a_plain_address() -> impl Strategy<Value = (String, String)> {
    let forms = prop::sample::select(vec![
        (
            "git@ssh.bitbucket.org:{p}/{r}.git",
            "git@ssh.bitbucket.org:{p}/{r}.git",
        ),
        (
            "ssh://git@bitbucket.org/{p}/{r}.git",
            "git@ssh.bitbucket.org:{p}/{r}.git",
        ),
        (
            "https://ada@bitbucket.org/{p}/{r}.git",
            "git@ssh.bitbucket.org:{p}/{r}.git",
        ),
        (
            "https://bitbucket.org/{p}/{r}/src/main/",
            "git@ssh.bitbucket.org:{p}/{r}.git",
        ),
        (
            "git+ssh://git@bitbucket.org/{p}/{r}.git",
            "git@ssh.bitbucket.org:{p}/{r}.git",
        ),
        (
            "ssh://git@git.example.com:7999/{p}/{r}.git",
            "ssh://git@git.example.com:7999/{p}/{r}.git",
        ),
        (
            "https://git.example.com/scm/{p}/{r}.git",
            "ssh://git@git.example.com:7999/{p}/{r}.git",
        ),
    ]);
    let project = "[a-z][a-z0-9_]{0,10}".prop_filter("a page of Bitbucket's", |name| {
        read(&format!("git@ssh.bitbucket.org:{name}/x.git")).is_ok()
    });
    (forms, project, a_name()).prop_map(|((form, ssh), project, repository)| {
        let fill = |form: &str| form.replace("{p}", &project).replace("{r}", &repository);
        (fill(form), fill(ssh))
    })
}

/// Whether a text names something: the letters are there, however they are encoded.
fn names(text: &str, name: &str) -> bool {
    let (plain, _) = paste::undone(text);
    let mut decoded = plain.to_lowercase();
    for _ in 0..4 {
        if decoded.contains(name) {
            return true;
        }
        decoded = crate::bitbucket::percent::decode(&decoded).to_lowercase();
    }
    false
}

fn assert_sound(text: &str) -> Result<(), TestCaseError> {
    let reading = match read(text) {
        Ok(reading) => reading,
        Err(refusal) => {
            if let Some(suggestion) = refusal.suggestion {
                let again = read(&suggestion.ssh());
                prop_assert_eq!(again.as_ref().map(|again| &again.address), Ok(&suggestion));
                prop_assert_eq!(again.map(|again| again.repair), Ok(None));
            }
            return Ok(());
        }
    };
    let Reading {
        address,
        repair,
        place,
    } = reading;
    // Nothing is made up.
    let project = address.project().trim_start_matches('~').to_lowercase();
    prop_assert!(names(text, &project), "{}", project);
    prop_assert!(names(text, &address.repository().to_lowercase()));
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
    fn no_wrapper_changes_which_repository_is_meant(
        (address, ssh) in a_plain_address(),
        outer in a_wrapper(),
        inner in a_wrapper(),
    ) {
        let wrapped = outer.replace("{}", &address);
        let reading = read(&wrapped);
        prop_assert_eq!(reading.map(|reading| reading.address.ssh()), Ok(ssh.clone()), "{}", wrapped);
        // In two of them it may be asked about, but never be another.
        let wrapped = outer.replace("{}", &inner.replace("{}", &address));
        if let Ok(reading) = read(&wrapped) {
            prop_assert_eq!(reading.address.ssh(), ssh, "{}", wrapped);
        }
        assert_sound(&wrapped)?;
        prop_assert_eq!(without_password(&wrapped), None, "{}", wrapped);
    }

    #[test]
    fn two_repositories_are_never_one(
        (one, first) in a_plain_address(),
        (other, second) in a_plain_address(),
        between in prop::sample::select(vec![" ", "\n", ", ", " and ", "\", \"", "</a><a>", "|", " -> "]),
    ) {
        prop_assume!(first != second);
        let text = format!("see {one}{between}{other}");
        prop_assert!(read(&text).is_err(), "{}", text);
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
    fn the_short_way_finds_what_the_search_finds(
        (_, cloud) in a_cloud_address(),
        (_, data_center) in a_data_center_address(),
        other in "(git@|ssh://git@)[a-zA-Z0-9@:/._~-]{0,40}\\.git",
    ) {
        for text in [cloud, data_center, other] {
            let (found, searched) = (paste::find(&text), paste::search(&text));
            if searched.is_ok() {
                prop_assert_eq!(found, searched);
            } else {
                // What is none is refused all the same, one step later.
                prop_assert!(read(&text).is_err(), "{}", text);
            }
        }
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
