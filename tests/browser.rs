//! The simulated Access keys page in a real browser.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test may fail this way"
)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/pty.rs"]
mod pty;
#[path = "support/requirements.rs"]
mod requirements;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use browser::Browser;
use doorkey::bitbucket::Edition;
use doorkey::simulator::{Options, Place, Simulator, StoredKey};
use pty::OnTerminal;
use serde_json::json;
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey};

const ENTER: &str = "\r";

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

/// Fills in the form and sends it.
fn add(browser: &Browser, label: &str, key: &str) {
    browser.find("#label").enter(label);
    browser.find("#key").enter(key);
    browser.find("section[aria-labelledby=add] button").click();
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
    add(&browser, "Coalesce Quality", &public);
    let added = Instant::now();
    browser.wait_for("The access key Coalesce Quality was added.");
    assert!(browser.find("table").text().contains("Coalesce Quality"));
    wizard.wait_for_text("The key is in");
    let took = added.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    wizard.press(ENTER);
    wizard.ends_with(0);
}

#[test]
fn refusals_are_in_bitbuckets_words_and_nothing_typed_is_lost() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let simulator = start(Edition::Cloud);
    browser.open(&simulator.web_page());
    let key = new_key();
    let wrapped = key.replacen("AAAA", "AA\nAA", 1);
    add(&browser, "wrapped", &wrapped);
    browser.wait_for("Invalid SSH Key");
    assert!(browser.title().starts_with("Error: "));
    assert_eq!(browser.find("#key").property("value"), json!(wrapped));
    assert_eq!(browser.find("#label").property("value"), json!("wrapped"));

    add(&browser, "once", &key);
    browser.wait_for("The access key once was added.");
    add(&browser, "twice", &key);
    browser.wait_for("Someone has already added that access key to this repository.");

    let private = key_pair().to_openssh(LineEnding::LF).unwrap();
    add(&browser, "private", &private);
    browser.wait_for("Invalid SSH Key (ssh-keygen)");
    assert_eq!(browser.find("#key").property("value"), json!(""));
    let secret = private.lines().nth(2).unwrap();
    let source = browser.evaluate("return document.documentElement.outerHTML");
    assert!(!source.as_str().unwrap().contains(secret));

    let labels: Vec<String> = listed(&simulator)
        .into_iter()
        .map(|key| key.label)
        .collect();
    assert_eq!(labels, ["once"]);
}

#[test]
fn no_script_comes_in_through_a_label_or_a_key() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let simulator = start(Edition::Cloud);
    browser.open(&simulator.web_page());
    let attacks = [
        "<script>document.title='hacked'</script>",
        "\"><img src=x onerror=document.title='hacked'>",
        "</textarea><script>document.title='hacked'</script>",
        "</title><svg onload=alert(1)>",
    ];
    for attack in attacks {
        add(&browser, attack, &format!("{} {attack}", new_key()));
        browser.wait_for(attack);
        add(&browser, attack, attack);
        browser.wait_for("Invalid SSH Key");
        assert!(!browser.has_dialog(), "{attack}");
        assert!(!browser.title().contains("hacked"), "{attack}");
        let elements = "return document.querySelectorAll('script, img, svg').length";
        assert_eq!(browser.evaluate(elements), json!(0), "{attack}");
    }
    assert_eq!(listed(&simulator).len(), attacks.len());
}

#[test]
fn it_works_without_javascript_and_without_a_mouse() {
    const TAB: &str = "\u{e004}";
    const SPACE: &str = " ";
    let Some(browser) = Browser::start(false) else {
        return;
    };
    browser.open("data:text/html,<title>off</title><script>document.title='on'</script>");
    assert_eq!(browser.title(), "off");
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let simulator = start(edition);
        browser.open(&simulator.web_page());
        let mut way = 0;
        // Whoever has no mouse comes to the field with the tabulator.
        while browser
            .find(":focus, body:not(:focus-within)")
            .property("id")
            != json!("key")
        {
            browser.press(TAB);
            way += 1;
            assert!(way < 20, "the field is never reached");
        }
        browser.press(&new_key());
        while browser.find(":focus").property("type") != json!("submit") {
            browser.press(TAB);
            way += 1;
            assert!(way < 30, "the button is never reached");
        }
        browser.press(SPACE);
        browser.wait_for("was added.");
        assert_eq!(listed(&simulator).len(), 1);
    }
}

/// A page of somebody else, which sends the visitor's browser to another address with a form.
fn foreign_page(form: String) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = BufReader::new(&stream).lines().map_while(Result::ok);
            request.take_while(|line| !line.is_empty()).for_each(drop);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
            write!(stream, "{head}Content-Length: {}\r\n\r\n{form}", form.len()).ok();
        }
    });
    format!("http://{address}/")
}

#[test]
fn other_pages_and_other_names_come_to_nothing() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let simulator = start(Edition::Cloud);
    let page = simulator.web_page();
    assert!(page.starts_with("http://127.0.0.1:"));
    // Another page that even knew the secret.
    let form = format!(
        "<form method=post action=\"{page}\"><input name=key value=\"{}\"><button type=submit>Win a prize</button></form>",
        new_key()
    );
    browser.open(&foreign_page(form));
    browser.find("button").click();
    browser.wait_for("It refused this request: it came from another web page");
    // A name that was made to point here.
    browser.open(&page.replace("127.0.0.1", "rebound.example"));
    browser.wait_for("It refused this request: it was meant for another host");
    // Whoever does not know the secret.
    let secret = page.split('/').nth(3).unwrap();
    assert_eq!(secret.len(), 32);
    browser.open(&page.replace(secret, &"0".repeat(32)));
    browser.wait_for("There is nothing at this address");
    assert_eq!(listed(&simulator), []);
}
