//! The simulated Access keys page in a real browser: what is done on it (here), who can use it (`accessibility`), and who is kept
//! away from it (`guards`).

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may fail this way"
)]

mod accessibility;
#[path = "../support/browser.rs"]
mod browser;
mod guards;
#[path = "../support/pty.rs"]
mod pty;
#[path = "../support/requirements.rs"]
mod requirements;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use browser::Browser;
use doorkey::bitbucket::Edition;
use doorkey::simulator::{Options, Place, Simulator, StoredKey};
use pty::OnTerminal;
use serde_json::json;
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey};

const ENTER: &str = "\r";

/// The button that adds a key.
const ADD: &str = "section[aria-labelledby=add] button";

const EDITIONS: [Edition; 2] = [Edition::Cloud, Edition::DataCenter];

fn start(edition: Edition) -> Simulator {
    Simulator::start(Options::new(edition)).unwrap()
}

fn key_pair() -> PrivateKey {
    PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).unwrap()
}

fn new_key() -> String {
    key_pair().public_key().to_openssh().unwrap()
}

fn listed(simulator: &Simulator) -> Vec<StoredKey> {
    let place = Place::Repository(simulator.repository().to_owned());
    simulator.store().access_keys(&place).unwrap()
}

/// Fills in the form and sends it. Data Center asks for no label.
fn add(browser: &Browser, label: &str, key: &str) {
    if !label.is_empty() {
        browser.fill("#label", label);
    }
    browser.fill("#key", key);
    browser.find(ADD).click();
}

/// Opens the page anew, tries to add a key there, and gives what is said against it.
#[track_caller]
fn refusal(browser: &Browser, simulator: &Simulator, label: &str, key: &str) -> String {
    refusal_of("key", browser, simulator, label, key)
}

/// The same for any field, which has the focus then.
#[track_caller]
fn refusal_of(
    field: &str,
    browser: &Browser,
    simulator: &Simulator,
    label: &str,
    key: &str,
) -> String {
    browser.open(&simulator.web_page());
    add(browser, label, key);
    let beside = browser.wait_for_element(&format!("#{field}-error")).text();
    assert_eq!(browser.focused().property("id"), json!(field));
    assert!(browser.title().starts_with("Error: "));
    let alert = browser.find("[role=alert]").text();
    assert_eq!(alert, format!("The key was not added. {beside}"));
    beside
}

/// Writes a browser that only notes the link it is given.
fn with_browser(program: OnTerminal) -> (OnTerminal, PathBuf) {
    const SCRIPT: &str = "#!/bin/sh\nprintf '%s' \"$1\" > \"$HOME/link.new\" && mv \"$HOME/link.new\" \"$HOME/link\"\n";
    let script = program.home().join("browser");
    fs::write(&script, SCRIPT).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let link = program.home().join("link");
    (program.env("BROWSER", &script), link)
}

#[test]
fn a_key_added_on_the_page_turns_the_watching_wizard_green() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let (program, link) = with_browser(OnTerminal::doorkey(["demo"]).size(160, 40));
    let mut wizard = program.start();
    wizard.wait_for_text("step 1 of 6");
    wizard.press(ENTER.repeat(3));
    wizard.wait_for_text("step 2 of 6");
    wizard.press(ENTER);
    wizard.wait_for_text("step 3 of 6");
    let key = key_pair();
    wizard.paste(&key.public_key().to_openssh().unwrap());
    wizard.wait_for_text(&key.fingerprint(HashAlg::Sha256).to_string());
    wizard.press(ENTER);
    wizard.wait_for_text("step 4 of 6");
    wizard.press("o");
    wizard.wait_for_text("Your browser was asked to open the page");
    wizard.press(ENTER.repeat(2));
    wizard.wait_for_text("Nothing listens there");
    wizard.press("u");
    wizard.wait_for_text("Bitbucket does not know this key");
    wizard.press("w");
    // Of the pauses this is the second, which is longer than what is allowed below.
    wizard.wait_for_text("Watching: next test in 4 s");

    browser.open(&fs::read_to_string(link).unwrap());
    assert!(browser.title().starts_with("Access keys"));
    browser.wait_for("Simulation – not Bitbucket.");
    let public = key.public_key().to_openssh().unwrap();
    browser.find("#label").enter("Coalesce Quality");
    browser.find("#key").enter(&public);
    let added = Instant::now();
    browser.find(ADD).click();
    wizard.wait_for_text("The key is in");
    let took = added.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    browser.wait_for("The access key Coalesce Quality was added.");
    assert!(browser.find("table").text().contains("Coalesce Quality"));
    wizard.press(ENTER);
    wizard.ends_with(0);
}

#[test]
fn refusals_are_in_bitbuckets_words_and_nothing_typed_is_lost() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let [cloud, data_center] = EDITIONS.map(start);
    let [once, account, former] = [(); 3].map(|()| new_key());
    for simulator in [&cloud, &data_center] {
        simulator.add_key(&once).unwrap();
        let store = simulator.store();
        for key in [&account, &former] {
            store.add_account_key("alex", key, &["acme"]).unwrap();
        }
        store.remove_account_key(&former).unwrap();
    }
    let wrapped = new_key().replacen("AAAA", "AA\nAA", 1);
    let used = "This SSH key is already used to access a repository or project";
    for (key, on_cloud, on_data_center) in [
        (&wrapped, "Invalid SSH Key", "Invalid SSH Key"),
        (
            &once,
            "Someone has already added that access key to this repository.",
            used,
        ),
        (
            &account,
            "Someone has already registered that SSH key.",
            used,
        ),
        (
            &former,
            "SSH keys must be unique and deleted keys may take up to 30 days to be removed. Please use a unique SSH key.",
            used,
        ),
    ] {
        assert_eq!(refusal(&browser, &cloud, "My label", key), on_cloud);
        assert_eq!(browser.find("#label").property("value"), json!("My label"));
        assert_eq!(browser.find("#key").property("value"), json!(key));
        assert_eq!(refusal(&browser, &data_center, "", key), on_data_center);
        assert_eq!(browser.find("#key").property("value"), json!(key));
    }
    for simulator in [&cloud, &data_center] {
        assert_eq!(listed(simulator).len(), 1);
    }
}

#[test]
fn a_key_that_is_far_too_long_comes_back_with_words_for_it() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    for simulator in EDITIONS.map(start) {
        for length in ["100_000", "4_000_000"] {
            browser.open(&simulator.web_page());
            browser.evaluate(&format!(
                "document.querySelector('#key').value = 'ssh-rsa ' + 'A'.repeat({length})"
            ));
            browser.find(ADD).click();
            let beside = browser.wait_for_element("#key-error").text();
            assert!(beside.starts_with("This is much longer than any public key."));
            assert!(browser.title().starts_with("Error: "));
            assert_eq!(browser.focused().property("id"), json!("key"));
            assert_eq!(browser.find("#key").property("value"), json!(""));
        }
        assert_eq!(listed(&simulator), []);
    }
}

#[test]
fn of_a_private_key_nothing_is_shown_again_whichever_field_it_was_in() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let openssh = key_pair().to_openssh(LineEnding::LF).unwrap().to_string();
    let secret = openssh.lines().nth(2).unwrap().to_owned();
    let pem = "MC4CAQAwBQYDK2VwBCIEIE9kZGx5LCB0aGlzIGlzIG5vIHNlY3JldCBhdCBhbGw";
    let putty = "AAAAIFRoaXMgaXMgbm8gc2VjcmV0IGVpdGhlciwganVzdCB3b3Jkcy4=";
    let keys = [
        (openssh, secret),
        (
            format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n"),
            pem.to_owned(),
        ),
        (
            format!("PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n{putty}\n"),
            putty.to_owned(),
        ),
    ];
    let simulator = start(Edition::Cloud);
    let refused = "Invalid SSH Key (ssh-keygen)";
    for (private, secret) in &keys {
        for (field, label, key) in [("key", "private", private), ("label", private, &new_key())] {
            let beside = refusal_of(field, &browser, &simulator, label, key);
            assert_eq!(beside, refused);
            for field in ["#label", "#key"] {
                assert_eq!(browser.find(field).property("value"), json!(""));
            }
            let source = browser.evaluate("return document.documentElement.outerHTML");
            assert!(!source.as_str().unwrap().contains(secret));
        }
    }
    assert_eq!(listed(&simulator), []);
}

#[test]
fn no_script_comes_in_through_a_label_or_a_key() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let attacks = [
        "<script>document.title='hacked'</script>",
        "\"><img src=x onerror=document.title='hacked'>",
        "</textarea><script>document.title='hacked'</script>",
        "</title><svg onload=alert(1)>",
        "' autofocus onfocus=alert(1) '",
        "{{keys}}{{root}}",
    ];
    for simulator in EDITIONS.map(start) {
        browser.open(&simulator.web_page());
        for attack in attacks {
            let label = match simulator.edition() {
                Edition::Cloud => attack,
                // There a key is called by its comment.
                Edition::DataCenter => "",
            };
            add(&browser, label, &format!("{} {attack}", new_key()));
            browser.wait_for(&format!("The access key {attack} was added."));
            assert_eq!(
                refusal(&browser, &simulator, label, attack),
                "Invalid SSH Key"
            );
            assert_eq!(browser.find("#key").property("value"), json!(attack));
            assert!(!browser.has_dialog(), "{attack}");
            assert!(!browser.title().contains("hacked"), "{attack}");
            let elements = "return document.querySelectorAll('script, img, svg, [onfocus]').length";
            assert_eq!(browser.evaluate(elements), json!(0), "{attack}");
        }
        assert_eq!(listed(&simulator).len(), attacks.len());
    }
}

#[test]
fn no_sign_of_a_label_turns_the_page_around() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let simulator = start(Edition::Cloud);
    browser.open(&simulator.web_page());
    // Bell, escape, right-to-left override, zero-width space, isolate.
    let label = "a\u{7}b\u{1b}[31mc\u{202e}d\u{200b}e\u{2067}f";
    add(&browser, label, &new_key());
    browser.wait_for("The access key ab[31mcdef was added.");
    assert_eq!(browser.find("tbody th").text(), "ab[31mcdef");
}

#[test]
fn all_of_it_works_without_javascript() {
    let Some(browser) = Browser::start(false) else {
        return;
    };
    browser.open("data:text/html,<title>off</title><script>document.title='on'</script>");
    assert_eq!(browser.title(), "off");
    for simulator in EDITIONS.map(start) {
        browser.open(&simulator.web_page());
        browser.find("#key").enter("nonsense");
        browser.find(ADD).click();
        assert_eq!(
            browser.wait_for_element("#key-error").text(),
            "Invalid SSH Key"
        );
        browser.find("#key").enter(&new_key());
        browser.find(ADD).click();
        browser.wait_for("was added.");
        assert_eq!(listed(&simulator).len(), 1);
        browser.find("tbody button").click();
        browser.wait_for("The access key was deleted.");
        browser.wait_for("There are no access keys yet.");
        assert_eq!(listed(&simulator), []);
    }
}
