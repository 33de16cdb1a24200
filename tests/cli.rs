//! The commands as scripts and people meet them: arguments in, output, messages and exit status out.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test may fail this way"
)]

#[path = "support/program.rs"]
mod program;

use std::env;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use doorkey::bitbucket::Edition;
use doorkey::simulator::{NewKey, Options, Permission, Place, Simulator};
use insta::assert_snapshot;
use serde_json::Value;
use ssh_key::{Algorithm, LineEnding, PrivateKey};

use program::{Ended, Program};

const CLOUD: &str = "git@ssh.bitbucket.org:acme/analytics-platform.git";
const DATA_CENTER: &str = "ssh://git@git.example.com:7999/acme/analytics-platform.git";

/// Every command by its name.
const COMMANDS: [&str; 18] = [
    "demo",
    "check",
    "verify",
    "grant",
    "revoke",
    "handoff",
    "list",
    "show",
    "forget",
    "import",
    "rotate",
    "url",
    "key",
    "allowlist",
    "explain",
    "simulate",
    "completions",
    "man",
];

fn doorkey<const N: usize>(arguments: [&str; N]) -> Ended {
    Program::new(arguments).run()
}

fn fixture(name: &str) -> String {
    let keys = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/keys");
    keys.join(name).to_str().unwrap().to_owned()
}

fn vendor_key() -> String {
    fixture("ed25519.pub")
}

/// A private key's file, and the lines of it that nobody may ever see again.
fn private_key() -> (String, Vec<String>) {
    let key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap();
    let text = key.to_openssh(LineEnding::LF).unwrap().to_string();
    let secret = text.lines().filter(|line| !line.starts_with("-----"));
    let secret = secret.map(str::to_owned).collect();
    (text, secret)
}

// ---- help -------------------------------------------------------------------------------------------------------

#[test]
fn each_command_helps() {
    assert_snapshot!("help", doorkey(["--help"]).only_output(0));
    assert_snapshot!("help_short", doorkey(["-h"]).only_output(0));
    for command in COMMANDS {
        let help = doorkey([command, "--help"]).only_output(0);
        assert_snapshot!(format!("help_{command}"), help);
        assert_eq!(doorkey(["help", command]).only_output(0), help);
    }
}

#[test]
fn no_command_is_left_out_of_these_tests() {
    let help = doorkey(["-h"]).only_output(0);
    let (_, after) = help.split_once("Commands:\n").unwrap();
    let listed: Vec<&str> = after
        .lines()
        .map_while(|line| line.strip_prefix("  ")?.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(listed, COMMANDS);
}

#[test]
fn each_command_tells_the_version() {
    let version = env!("CARGO_PKG_VERSION");
    let long = env!("DOORKEY_VERSION");
    let named = long.strip_prefix(version).unwrap();
    let target = named.rsplit_once(", ").unwrap().1;
    assert!(target.starts_with(env::consts::ARCH), "{long}");
    assert!(
        is_commit(named) || named.contains("an unknown commit"),
        "{long}"
    );
    assert_eq!(
        doorkey(["-V"]).only_output(0),
        format!("doorkey {version}\n")
    );
    assert_eq!(
        doorkey(["--version"]).only_output(0),
        format!("doorkey {long}\n")
    );
    for command in COMMANDS {
        let expected = format!("doorkey-{command} {long}\n");
        assert_eq!(doorkey([command, "--version"]).only_output(0), expected);
    }
}

/// Whether the first twelve letters of a commit's name are among these words.
fn is_commit(words: &str) -> bool {
    let mut words = words.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

// ---- bad usage --------------------------------------------------------------------------------------------------

#[test]
fn bad_usage_is_said_in_doorkeys_voice() {
    let said = |arguments: &[&str]| Program::new(arguments).run().only_message(2);
    assert_snapshot!(said(&["--bogus"]), @r"
    doorkey: unexpected argument '--bogus' found

    Usage: doorkey [OPTIONS]
           doorkey <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(said(&["check", CLOUD, "--key", "k.pub", "--jsno"]), @r"
    doorkey: unexpected argument '--jsno' found

      tip: a similar argument exists: '--json'

    Usage: doorkey check --key <FILE> --json <URL>

    For more information, try '--help'.
    ");
    assert_snapshot!(said(&["check", "--jsno"]), @r"
    doorkey: unexpected argument '--jsno' found

      tip: a similar argument exists: '--json'

    Usage: doorkey check --key <FILE> --json <URL>

    For more information, try '--help'.
    ");
    assert_snapshot!(said(&["check"]), @r"
    doorkey: the following required arguments were not provided:
      --key <FILE>
      <URL>

    Usage: doorkey check --key <FILE> <URL>

    For more information, try '--help'.
    ");
    assert_snapshot!(said(&["chekc"]), @r"
    doorkey: unrecognized subcommand 'chekc'

      tip: a similar subcommand exists: 'check'

    Usage: doorkey [OPTIONS]
           doorkey <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(said(&["allowlist", "--region", "mars"]), @r"
    doorkey: invalid value 'mars' for '--region <REGION>'
      [possible values: eu, us, au]

    For more information, try '--help'.
    ");
    assert_snapshot!(said(&["man", "bogus"]), @"doorkey: there is no such command; doorkey --help lists them all");
    assert_snapshot!(said(&["--theme", "dark", "demo"]), @r"
    doorkey: the subcommand 'demo' cannot be used with '--theme <THEME>'

    Usage: doorkey [OPTIONS]
           doorkey <COMMAND>

    For more information, try '--help'.
    ");
}

#[test]
fn each_option_of_a_test_says_what_it_takes() {
    let said =
        |option, value| doorkey(["check", CLOUD, "--key", "k.pub", option, value]).only_message(2);
    assert_snapshot!(said("--connect-to", "localhost"), @r"
    doorkey: invalid value 'localhost' for '--connect-to <HOST:PORT:ADDR:PORT>': expected HOST:PORT:ADDR:PORT; each part may be empty, an IPv6 address stands in brackets

    For more information, try '--help'.
    ");
    assert_snapshot!(said("--host-key", "SHA256:short"), @r"
    doorkey: invalid value 'SHA256:short' for '--host-key <FINGERPRINT>': this fingerprint is incomplete; after SHA256: there are 43 characters

    For more information, try '--help'.
    ");
    for time in ["soon", "30", "0s", "2h", "400000000000y"] {
        let message = said("--timeout", time);
        assert!(
            message.contains("a time of at most 1h with its unit"),
            "{message}"
        );
    }
    let missing = [
        "check",
        CLOUD,
        "--key",
        &vendor_key(),
        "--known-hosts",
        "missing",
    ];
    assert_snapshot!(doorkey(missing).only_message(2), @"doorkey: missing can't be read: No such file or directory (os error 2)");
}

#[test]
fn an_address_in_place_of_a_command_is_shown_where_it_belongs() {
    assert_snapshot!(doorkey([CLOUD]).only_message(2), @r"
    doorkey: unrecognized subcommand 'git@ssh.bitbucket.org:acme/analytics-platform.git'

    Usage: doorkey [OPTIONS]
           doorkey <COMMAND>

    For more information, try '--help'.

    To set up access to a repository: doorkey --url ADDRESS
    To test it: doorkey check URL --key FILE
    ");
}

#[test]
fn what_is_repeated_can_not_control_the_terminal() {
    let escape = "\x1b]0;owned\x07\x1b[31m\u{202e}";
    let file = format!("{escape}.pub");
    let runs = [
        doorkey([escape]),
        doorkey([&format!("--{escape}")]),
        doorkey(["check", CLOUD, "--key", &file]),
        doorkey([
            "check",
            CLOUD,
            "--key",
            &vendor_key(),
            "--known-hosts",
            &file,
        ]),
        doorkey(["check", CLOUD, "--key", &vendor_key(), escape]),
        doorkey(["check", escape, "--key", &vendor_key()]),
        doorkey(["check", escape, "--key", &vendor_key(), "--json"]),
        doorkey(["url", escape]),
        doorkey(["url", "--json", escape]),
        doorkey(["key", &file]),
        doorkey(["allowlist", "--region", escape]),
        doorkey(["man", escape]),
        doorkey(["--timeout", escape]),
    ];
    for ended in runs {
        assert_eq!(ended.code(), Some(2), "{ended:?}");
        let said = [ended.stdout, ended.stderr].concat();
        let is_harmful = |c: char| c != '\n' && doorkey::text::is_harmful(c);
        assert!(!said.contains(is_harmful), "{said:?}");
    }
}

#[test]
fn a_password_in_an_address_is_never_repeated() {
    const HTTPS: &str = "https://ada:s3cret@bitbucket.org/acme/analytics.git";
    const SSH: &str = "ssh://ada:s3cret@ssh.bitbucket.org/acme/analytics.git";
    const BROKEN: &str = "https://ada:s3cret x@bitbucket.org/acme";
    let key = vendor_key();
    for address in [HTTPS, SSH, BROKEN] {
        let runs = [
            doorkey(["url", address]),
            doorkey(["url", "--json", address]),
            doorkey(["url", "git", "clone", address]),
            doorkey(["url", "--json", "git", "clone", address]),
            Program::new(["url", "-"]).input(address).run(),
            Program::new(["url", "-", "--json"]).input(address).run(),
            doorkey(["check", address, "--key", &key]),
            doorkey(["check", address, "--key", &key, "--json"]),
            doorkey(["check", CLOUD, "--key", address]),
            doorkey(["check", CLOUD, "--key", &key, address]),
            doorkey(["key", address]),
            Program::new(["key", "-"]).input(address).run(),
            Program::new(["key", "-", "--json"]).input(address).run(),
            doorkey([address]),
            doorkey(["--url", address]),
            doorkey(["--region", address]),
            doorkey(["--timeout", address]),
            doorkey(["--connect-to", address]),
            doorkey(["--host-key", address]),
            doorkey([&format!("--{address}")]),
        ];
        for ended in runs {
            let said = [ended.stdout, ended.stderr].concat();
            assert!(!said.contains("s3cret") && !said.contains("ada"), "{said}");
        }
    }
}

#[test]
fn without_a_terminal_the_wizard_names_the_command_for_scripts() {
    assert_snapshot!(doorkey([] as [&str; 0]).only_message(2), @"doorkey: the wizard needs a terminal, and neither standard input nor output is one. In scripts use: doorkey check URL --key FILE; or give the wizard's answers line by line, with --plain");
    assert_snapshot!(doorkey(["demo"]).only_message(2), @"doorkey: the wizard needs a terminal, and neither standard input nor output is one. In scripts use: doorkey check URL --key FILE; or give the wizard's answers line by line, with --plain");
    let with_key = Program::new(["--key", "-"]).input("ssh-ed25519").run();
    assert_snapshot!(with_key.only_message(2), @"doorkey: the wizard needs a terminal, and standard output is not one. In scripts use: doorkey check URL --key FILE; or give the wizard's answers line by line, with --plain");
}

// ---- output that nobody reads -----------------------------------------------------------------------------------

#[test]
fn a_reader_that_goes_away_changes_nothing() {
    let key = vendor_key();
    let commands: [(&[&str], i32); 9] = [
        (&["--help"], 0),
        (&["help", "check"], 0),
        (&["--version"], 0),
        (&["url", CLOUD], 0),
        (&["key", &key], 0),
        (&["allowlist"], 0),
        (&["completions", "bash"], 0),
        (&["man"], 0),
        (&["check", "", "--key", &key, "--json"], 2),
    ];
    for (arguments, code) in commands {
        let ended = Program::new(arguments).run_unread();
        assert_eq!(ended.code(), Some(code), "{arguments:?}: {ended:?}");
        assert!(!ended.stderr.contains("panicked"), "{ended:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let key = vendor_key();
    let commands: [&[&str]; 5] = [
        &["url", CLOUD],
        &["key", &key],
        &["allowlist"],
        &["man"],
        &["check", "", "--key", &key],
    ];
    for arguments in commands {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let ended = Program::new(arguments).run_into(full);
        assert_eq!(ended.code(), Some(3), "{arguments:?}: {ended:?}");
        let told = "doorkey: standard output can't be written: ";
        assert!(ended.stderr.contains(told), "{ended:?}");
    }
}

// ---- url --------------------------------------------------------------------------------------------------------

#[test]
fn url_prints_the_ssh_url() {
    let url = |text| doorkey(["url", text]).only_output(0);
    assert_eq!(url(CLOUD), format!("{CLOUD}\n"));
    assert_eq!(
        url(" git@ssh.bitbucket.org:acme/analytics-platform "),
        format!("{CLOUD}\n")
    );
    assert_eq!(url(DATA_CENTER), format!("{DATA_CENTER}\n"));
    let piped = Program::new(["url", "-"]).input(format!("{CLOUD}\r\n"));
    assert_eq!(piped.run().only_output(0), format!("{CLOUD}\n"));
}

#[test]
fn url_names_a_repair_by_its_code() {
    let page = doorkey([
        "url",
        "https://bitbucket.org/acme/analytics-platform/src/main/",
    ]);
    assert_eq!(page.code(), Some(0));
    assert_eq!(page.stdout, format!("{CLOUD}\n"));
    assert_snapshot!(page.stderr, @r"
    url.browser_page: This is the address of a web page
      It shows the repository in a browser, but Coalesce Quality needs the address Git uses.
    ");

    let command = doorkey(["url", "git", "clone", "--depth", "1", CLOUD]);
    assert_eq!(command.stdout, format!("{CLOUD}\n"));
    assert_snapshot!(command.stderr, @r"
    url.git_clone_command: There is more here than the address
      Coalesce Quality's form takes the address alone. Here a command, or something else, is around it.
    ");
}

#[test]
fn url_refuses_what_is_no_address() {
    assert_snapshot!(doorkey(["url", "hello"]).only_message(2), @r"
    url.not_an_address: This does not look like an address
      There is no host in it.
      Paste the repository's SSH URL, or the address of any of its pages.
    ");
    assert_snapshot!(doorkey(["url", "git@github.com:acme/a.git"]).only_message(2), @r"
    url.other_forge: This is not Bitbucket
      It belongs to GitHub. Coalesce Quality's guide: docs.synq.io/code-integrations
      Follow Coalesce Quality's guide for that service, or paste a Bitbucket address.
    ");
    assert_snapshot!(doorkey(["url", "-oProxyCommand=id"]).only_message(2), @r"
    url.unsafe: This address could do harm
      It has a dash where a program would take it for an option.
      Type the address by hand, or copy it again from Bitbucket.
    ");
    assert_snapshot!(Program::new(["url", "-"]).run().only_message(2), @r"
    url.empty: No address yet
      The address is empty.
      Paste the repository's SSH URL, or the address of any of its pages.
    ");
    let noise = Program::new(["url", "-"]).input(vec![b'x'; 1 << 20]);
    assert_snapshot!(noise.run().only_message(2), @r"
    url.not_an_address: This does not look like an address
      It is longer than 64 KB; no address is.
      Paste the repository's SSH URL, or the address of any of its pages.
    ");
}

#[test]
fn url_asks_about_an_address_that_comes_near_to_one() {
    assert_snapshot!(doorkey(["url", "git@bitbuket.org:acme/a.git"]).only_message(2), @r"
    url.misspelt_host: This host is nearly Bitbucket's
      bitbuket.org is not one of Bitbucket's hosts.
      If you mean git@ssh.bitbucket.org:acme/a.git, use that.
    ");
    assert_snapshot!(doorkey(["url", "git@bitbucket.org-work:acme/a.git"]).only_message(2), @r"
    url.ssh_config_alias: This host name is not a public one
      bitbucket.org-work is not one of Bitbucket's hosts.
      If you mean git@ssh.bitbucket.org:acme/a.git, use that.
    ");
    assert_snapshot!(doorkey(["url", "[email protected]:acme/a.git"]).only_message(2), @r"
    url.mail_hidden: The page hid a part of this address
      It took the user and the host for somebody's mail address, and wrote something else in their place.
      If you mean git@ssh.bitbucket.org:acme/a.git, use that.
    ");
    let json = doorkey(["url", "--json", "git@foo.com:data/a"]).only_output(2);
    assert_eq!(
        self::json(&json)["suggestion"],
        "ssh://git@foo.com:7999/data/a.git"
    );
    assert_eq!(self::json(&json)["ssh"], serde_json::Value::Null);
}

#[test]
fn url_says_what_it_left_out() {
    let line = Program::new(["url", "-"]).input("\"url\": \"git@ssh.bitbucket.org:acme/a.git\",");
    let line = line.run();
    assert_eq!(line.stdout, "git@ssh.bitbucket.org:acme/a.git\n");
    assert_snapshot!(line.stderr, @r"
    url.git_clone_command: There is more here than the address
      Coalesce Quality's form takes the address alone. Here a command, or something else, is around it.
      Left out the text around the address.
    ");
}

#[test]
fn url_knows_a_wrong_option_from_an_address() {
    assert_snapshot!(doorkey(["url", "--bogus"]).only_message(2), @r"
    doorkey: unexpected argument '--bogus' found

    Usage: doorkey url [OPTIONS] <TEXT>...

    For more information, try '--help'.
    ");
    let with_text = doorkey(["url", "--bogus", CLOUD]).only_message(2);
    assert!(
        with_text.starts_with("doorkey: unexpected argument '--bogus' found"),
        "{with_text}"
    );
}

#[test]
fn url_prints_json_for_every_outcome() {
    let fine = doorkey(["url", "--json", CLOUD]).only_output(0);
    assert_snapshot!(fine, @r#"{"given":"git@ssh.bitbucket.org:acme/analytics-platform.git","ssh":"git@ssh.bitbucket.org:acme/analytics-platform.git","edition":"cloud","host":"ssh.bitbucket.org","port":22,"project":"acme","repository":"analytics-platform","code":null,"title":null,"detail":null,"guessed":false,"also":[],"suggestion":null,"access_keys_page":"https://bitbucket.org/acme/analytics-platform/admin/access-keys/"}"#);
    let refused = doorkey(["url", "--json", "hello"]).only_output(2);
    assert_snapshot!(refused, @r#"{"given":"hello","ssh":null,"edition":"unknown","host":null,"port":null,"project":null,"repository":null,"code":"url.not_an_address","title":"This does not look like an address","detail":"There is no host in it.","guessed":false,"also":[],"suggestion":null,"access_keys_page":null}"#);
    // The option is heard after the words of a command, too.
    let repaired = doorkey(["url", "git", "clone", "-b", "main", CLOUD, "--json"]).only_output(0);
    assert_eq!(json(&repaired)["code"], "url.git_clone_command");
}

#[test]
fn url_reads_the_host_aliases_of_openssh() {
    let config = "Host bb\n  HostName ssh.bitbucket.org\n";
    let aliased = Program::new(["url", "git@bb:acme/analytics-platform.git"]);
    let aliased = aliased.file(".ssh/config", config).run();
    assert_eq!(aliased.stdout, format!("{CLOUD}\n"));
    assert!(
        aliased.stderr.starts_with("url.ssh_config_alias: "),
        "{aliased:?}"
    );
}

// ---- key --------------------------------------------------------------------------------------------------------

#[test]
fn key_describes_a_key_in_any_form() {
    assert_snapshot!(doorkey(["key", &vendor_key()]).only_output(0), @r"
    type         ssh-ed25519
    bits         256
    fingerprint  SHA256:jjexXTJR8rajVnn8w1iDRCEkyRA7LmR7Co96aW8dwWY
    comment      Coalesce Quality
    key          ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAsIvcGz8uC Coalesce Quality
    ");
    let repaired = doorkey(["key", &fixture("rsa2048.rfc4716")]).only_output(0);
    assert!(repaired.contains("\nrepaired     "), "{repaired}");

    let line = fs::read_to_string(vendor_key()).unwrap();
    let wrapped = line.replace("AAAAI", "\n  AAAAI");
    let piped = Program::new(["key", "-"]).input(wrapped).run();
    assert_snapshot!(piped.only_output(0), @r"
    type         ssh-ed25519
    bits         256
    fingerprint  SHA256:jjexXTJR8rajVnn8w1iDRCEkyRA7LmR7Co96aW8dwWY
    comment      Coalesce Quality
    repaired     joined 2 lines into one
    key          ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAsIvcGz8uC Coalesce Quality
    ");
}

#[test]
fn key_refuses_what_bitbucket_would() {
    assert_snapshot!(doorkey(["key", &fixture("rsa1024.pub")]).only_message(2), @r"
    key.too_short: This key is too short
      Bitbucket asks for at least 2048 bits in an RSA key.
      It has 1024 bits.
      Create a new key in Coalesce Quality.
    ");
    assert_snapshot!(Program::new(["key", "-"]).run().only_message(2), @r"
    key.empty: No key yet
      There is nothing to read a public key from.
      Copy the public key from the integration in Coalesce Quality.
    ");
}

#[test]
fn key_prints_json_for_every_outcome() {
    assert_snapshot!(doorkey(["key", "--json", &vendor_key()]).only_output(0), @r#"{"algorithm":"ssh-ed25519","bits":256,"fingerprint":"SHA256:jjexXTJR8rajVnn8w1iDRCEkyRA7LmR7Co96aW8dwWY","comment":"Coalesce Quality","line":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINunPPbw66xJorWIHTSRSx9p3FuX2xdPJIAsIvcGz8uC Coalesce Quality","repairs":[],"code":null,"title":null,"detail":null}"#);
    let refused = doorkey(["key", "--json", &fixture("rsa1024.pub")]).only_output(2);
    assert_eq!(json(&refused)["code"], "key.too_short");
    assert_eq!(json(&refused)["line"], Value::Null);
}

#[test]
fn nothing_of_a_private_key_is_ever_shown() {
    let (text, secret) = private_key();
    let program = |arguments: &[&str]| Program::new(arguments).file("id_ed25519", &text);
    let runs = [
        program(&["key", "id_ed25519"]).run(),
        program(&["key", "id_ed25519", "--json"]).run(),
        program(&["key", "-"]).input(text.as_str()).run(),
        program(&["check", CLOUD, "--key", "id_ed25519"]).run(),
        program(&["check", CLOUD, "--key", "id_ed25519", "--json"]).run(),
        program(&["check", CLOUD, "--key", "-"])
            .input(text.as_str())
            .run(),
        program(&["url", &text]).run(),
        program(&["url", "--json", &text]).run(),
        program(&[&text]).run(),
    ];
    for (index, ended) in runs.into_iter().enumerate() {
        assert_eq!(ended.code(), Some(2), "{index}");
        let said = [ended.stdout, ended.stderr].concat();
        let leaked = secret.iter().any(|line| said.contains(line.as_str()));
        // The output is left out of the message, for the key would stand in it.
        assert!(!leaked, "run {index} shows a private key");
        assert!(index > 5 || said.contains("key.private"), "run {index}");
    }
}

#[test]
fn a_key_file_that_can_not_be_read_is_named() {
    for arguments in [
        &["key", "missing.pub"][..],
        &["check", CLOUD, "--key", "missing.pub"],
        &["check", CLOUD, "--json", "--key", "missing.pub"],
        &["--key", "missing.pub"],
    ] {
        let ended = Program::new(arguments).run();
        let message = ended.stderr.clone();
        // With --json standard output has the same as JSON, which tests/docs/json.rs looks at.
        if !arguments.contains(&"--json") {
            ended.only_message(2);
        }
        let expected = "doorkey: missing.pub can't be read: No such file";
        assert!(message.starts_with(expected), "{message}");
    }
    let directory = Program::new(["key", "."]).run().only_message(2);
    assert!(
        directory.starts_with("doorkey: . can't be read: "),
        "{directory}"
    );
}

// ---- allowlist --------------------------------------------------------------------------------------------------

#[test]
fn allowlist_prints_one_address_a_line() {
    let region = |name| doorkey(["allowlist", "--region", name]);
    let output = |ended: &Ended| (ended.code(), ended.stdout.clone());
    assert_eq!(
        output(&region("eu")),
        (Some(0), "34.105.135.39\n".to_owned())
    );
    assert_eq!(
        output(&region("us")),
        (Some(0), "35.238.250.82\n".to_owned())
    );
    let all = doorkey(["allowlist"]);
    assert_eq!(
        output(&all),
        (Some(0), "34.105.135.39\n35.238.250.82\n".to_owned())
    );
    assert_snapshot!(all.stderr, @r"
    eu (Europe): 34.105.135.39, from https://github.com/getsynq/synq-google-cloud-storage, 2026-11-22
    us (United States): 35.238.250.82, from https://github.com/getsynq/synq-google-cloud-storage, 2026-11-22
    au (Australia): no address is published as of 2026-11-22. Ask Coalesce Quality for it.
    Kept up to date at https://docs.synq.io/security/ip#ip-addresses-by-region
    ");
    // Not published: nothing is invented.
    assert_snapshot!(region("au").only_message(3), @r"
    au (Australia): no address is published as of 2026-11-22. Ask Coalesce Quality for it.
    Kept up to date at https://docs.synq.io/security/ip#ip-addresses-by-region
    ");
}

// ---- check ------------------------------------------------------------------------------------------------------

/// An embedded Bitbucket, and how to check an address against it.
struct Bitbucket {
    simulator: Simulator,
    address: &'static str,
    host: &'static str,
}

impl Bitbucket {
    fn cloud() -> Self {
        Self::start(Edition::Cloud, CLOUD, "ssh.bitbucket.org:22")
    }

    fn data_center() -> Self {
        Self::start(Edition::DataCenter, DATA_CENTER, "git.example.com:7999")
    }

    fn start(edition: Edition, address: &'static str, host: &'static str) -> Self {
        Self {
            simulator: Simulator::start(Options::new(edition)).unwrap(),
            address,
            host,
        }
    }

    /// Adds the vendor's key to the repository.
    fn with_key(self) -> Self {
        let new = NewKey {
            line: &fs::read_to_string(vendor_key()).unwrap(),
            label: "Coalesce Quality",
            permission: Permission::Read,
            expires: None,
        };
        let place = Place::Repository(self.simulator.repository().to_owned());
        self.simulator.store().add_access_key(&place, new).unwrap();
        self
    }

    fn program(&self, options: &[&str]) -> Program {
        let address = self.simulator.ssh_address();
        let connect_to = format!("{}:{}:{}", self.host, address.ip(), address.port());
        let key = vendor_key();
        let arguments = [
            "check",
            self.address,
            "--key",
            &key,
            "--connect-to",
            &connect_to,
        ];
        Program::new(arguments.iter().chain(options))
    }

    /// One check, pinned to the simulation's host key.
    fn check(&self, options: &[&str]) -> Ended {
        let pin = self.simulator.fingerprint();
        self.program(&[&["--host-key", &pin], options].concat())
            .run()
    }

    /// What was printed, without what differs from run to run.
    fn steady(&self, output: &str) -> String {
        steady(output)
            .replace(&self.simulator.fingerprint(), "SHA256:HOST_KEY")
            .replace(&self.simulator.ssh_address().to_string(), "127.0.0.1:PORT")
    }
}

/// Takes out the times: `(12 ms)` in the table, `"elapsed_ms": 12.3` and `"checked_at"` in JSON.
fn steady(output: &str) -> String {
    let line = |line: &str| {
        let comma = if line.ends_with(',') { "," } else { "" };
        for name in ["\"elapsed_ms\": ", "\"checked_at\": "] {
            if let Some((before, value)) = line.split_once(name)
                && !value.starts_with("null")
            {
                return format!("{before}{name}TIME{comma}\n");
            }
        }
        match line
            .strip_suffix(" ms)")
            .and_then(|rest| rest.rsplit_once("  ("))
        {
            Some((rest, time)) if time.parse::<f64>().is_ok() => format!("{rest}  (TIME)\n"),
            _ => format!("{line}\n"),
        }
    };
    output.lines().map(line).collect()
}

fn json(output: &str) -> Value {
    serde_json::from_str(output).expect("one JSON value and nothing else")
}

#[test]
fn check_says_ready() {
    let bitbucket = Bitbucket::cloud().with_key();
    let table = bitbucket.check(&[]).only_output(0);
    assert_snapshot!("check_ready_table", bitbucket.steady(&table));
    let report = bitbucket.check(&["--json"]).only_output(0);
    assert_snapshot!("check_ready_json", bitbucket.steady(&report));
    assert_eq!(json(&report)["verdict"], "ready");
}

#[test]
fn check_says_not_ready() {
    let bitbucket = Bitbucket::cloud();
    let table = bitbucket.check(&[]).only_output(1);
    assert_snapshot!("check_not_ready_table", bitbucket.steady(&table));
    let report = bitbucket.check(&["--json"]).only_output(1);
    assert_snapshot!("check_not_ready_json", bitbucket.steady(&report));
    assert_eq!(json(&report)["verdict"], "not_ready");
}

#[test]
fn check_says_that_it_could_not_tell() {
    let bitbucket = Bitbucket::data_center().with_key();
    let table = bitbucket.program(&[]).run().only_output(3);
    assert_snapshot!("check_could_not_tell_table", bitbucket.steady(&table));
    let report = bitbucket.program(&["--json"]).run().only_output(3);
    assert_snapshot!("check_could_not_tell_json", bitbucket.steady(&report));
    assert_eq!(json(&report)["verdict"], "inconclusive");
}

#[test]
fn check_refuses_an_address_that_needs_a_repair_and_contacts_nobody() {
    let address = "https://bitbucket.org/acme/analytics-platform.git";
    let check = |option| {
        let key = vendor_key();
        let nowhere = ["--connect-to", "::127.0.0.1:1"];
        let arguments = ["check", address, "--key", &key, option];
        Program::new(arguments.iter().chain(&nowhere)).run()
    };
    let table = check("--timeout=9s").only_output(2);
    assert_snapshot!("check_repair_table", steady(&table));
    let report = check("--json").only_output(2);
    assert_snapshot!("check_repair_json", steady(&report));
}

#[test]
fn check_refuses_a_private_key() {
    let (text, _) = private_key();
    let check = |options: &[&str]| {
        let arguments = ["check", CLOUD, "--key", "-"];
        let program = Program::new(arguments.iter().chain(options));
        program.input(text.as_str()).run()
    };
    assert_snapshot!(
        "check_private_key_table",
        steady(&check(&[]).only_output(2))
    );
    let report = check(&["--json"]).only_output(2);
    assert_snapshot!("check_private_key_json", steady(&report));
}

#[test]
fn check_takes_the_key_from_standard_input() {
    let bitbucket = Bitbucket::cloud().with_key();
    let address = bitbucket.simulator.ssh_address();
    let connect_to = format!("::{}:{}", address.ip(), address.port());
    let pin = bitbucket.simulator.fingerprint();
    let arguments = [
        "check",
        CLOUD,
        "--key",
        "-",
        "--connect-to",
        &connect_to,
        "--host-key",
        &pin,
    ];
    let ended = Program::new(arguments).input(fs::read(vendor_key()).unwrap());
    assert_eq!(ended.run().code(), Some(0));
}

#[test]
fn check_trusts_a_host_key_that_is_known_or_accepted() {
    let bitbucket = Bitbucket::data_center().with_key();
    let host_key = bitbucket.simulator.host_keys()[0].to_openssh().unwrap();
    let known = format!("[git.example.com]:7999 {host_key}\n");

    let own = bitbucket.program(&[]).file(".ssh/known_hosts", &known);
    assert_eq!(own.run().code(), Some(0));
    let named = bitbucket
        .program(&["--known-hosts", "mine"])
        .file("mine", &known);
    assert_eq!(named.run().code(), Some(0));
    let accepted = bitbucket.program(&["--accept-new-host-key"]).run();
    assert_eq!(accepted.code(), Some(0));
    let other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let pinned = bitbucket.program(&["--host-key", other, "--json"]).run();
    assert_eq!(pinned.code(), Some(1));
    assert!(pinned.stdout.contains("\"host_key.changed\""), "{pinned:?}");
}

#[test]
fn check_repeats_no_control_characters_of_a_key() {
    let line = fs::read_to_string(vendor_key()).unwrap();
    let line = line
        .trim_end()
        .replace("Coalesce Quality", "\x1b[31mevil\x07");
    let bitbucket = Bitbucket::cloud();
    for option in ["--json", "--accept-new-host-key"] {
        let ended = bitbucket.program(&[option]).file("evil.pub", &line).run();
        assert!(!ended.stdout.contains(['\x1b', '\x07']), "{ended:?}");
        let ended = Program::new(["check", "", "--key", "-", option])
            .input(line.as_str())
            .run();
        assert!(!ended.stdout.contains(['\x1b', '\x07']), "{ended:?}");
    }
}

/// A port that takes connections and never says a word.
fn silent_listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn check_at(address: SocketAddr, options: &[&str]) -> Program {
    let connect_to = format!("::{}:{}", address.ip(), address.port());
    let key = vendor_key();
    let arguments = ["check", CLOUD, "--key", &key, "--connect-to", &connect_to];
    Program::new(arguments.iter().chain(options))
}

#[test]
fn check_gives_a_verdict_when_its_time_is_up() {
    let (_listener, address) = silent_listener();
    let started = Instant::now();
    let ended = check_at(address, &["--json", "--timeout", "300ms"]).run();
    // Far less than the stage's own limit, on however slow a machine.
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
    let report = json(&ended.only_output(3));
    assert_eq!(report["checks"][4]["code"], "ssh.no_greeting");
}

#[cfg(unix)]
#[test]
fn check_can_be_interrupted() {
    use rustix::process::{Pid, Signal, kill_process};
    let (listener, address) = silent_listener();
    let running = check_at(address, &["--json"]).spawn();
    // Once it is connected it is well under way.
    let _connection = listener.accept().unwrap();
    let pid = Pid::from_raw(running.id().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    let ended = running.wait();
    assert_eq!(ended.code(), Some(130), "{ended:?}");
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""));
}

// ---- manual -------------------------------------------------------------------------------------

#[test]
fn the_manual_has_a_page_for_each_command() {
    let version = format!("doorkey {}", env!("CARGO_PKG_VERSION"));
    let page = doorkey(["man"]).only_output(0);
    // These two are pages of the documentation, which have tests of their own.
    let (before, rest) = page.split_once(".SH ENVIRONMENT\n").unwrap();
    let (documented, after) = rest.split_once(".SH EXAMPLES\n").unwrap();
    for part in ["DOORKEY_PLAIN", ".SH FILES\n", "connections.json"] {
        assert!(documented.contains(part), "{part}");
    }
    let page = format!("{before}.SH ENVIRONMENT\n(left out)\n.SH EXAMPLES\n{after}");
    assert_snapshot!("man", page.replace(&version, "doorkey VERSION"));
    for command in COMMANDS {
        let page = doorkey(["man", command]).only_output(0);
        let title = format!(".TH DOORKEY-{} 1 ", command.to_ascii_uppercase());
        assert!(page.starts_with(&title), "{page}");
        assert!(page.contains("\\fBdoorkey\\fR(1)"), "{page}");
    }
}
