//! Who and what is kept away from the page: other pages, other names, other computers, whoever does not know the secret.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use doorkey::bitbucket::Edition;
use doorkey::simulator::Simulator;
use serde_json::json;

use crate::browser::Browser;
use crate::{EDITIONS, listed, new_key, start};

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

fn secret(simulator: &Simulator) -> String {
    let page = simulator.web_page();
    page.split('/').nth(3).unwrap().to_owned()
}

#[test]
fn other_pages_and_other_names_come_to_nothing() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    let simulator = start(Edition::Cloud);
    let page = simulator.web_page();
    // Another page that even knew the secret, and one that has no origin at all.
    let form = format!(
        "<form method=post action='{page}'><input name=key value='{}'><button type=submit>Win a prize</button></form>",
        new_key()
    );
    let without_origin = format!(
        "data:text/html,{}",
        form.replace('+', "%2B").replace('#', "%23")
    );
    for foreign in [foreign_page(form), without_origin] {
        browser.open(&foreign);
        browser.find("button").click();
        browser.wait_for("It refused this request: it came from another web page");
    }
    // A name that was made to point here.
    browser.open(&page.replace("127.0.0.1", "rebound.example"));
    browser.wait_for("It refused this request: it was meant for another host");
    // Whoever does not know the secret.
    let secret = secret(&simulator);
    assert_eq!(secret.len(), 32);
    browser.open(&page.replace(&secret, &"0".repeat(32)));
    browser
        .wait_for("This is a doorkey simulation, not Bitbucket. There is nothing at this address");
    assert_eq!(listed(&simulator), []);
}

#[test]
fn every_page_says_that_it_is_a_simulation_and_loads_nothing_from_elsewhere() {
    let Some(browser) = Browser::start(true) else {
        return;
    };
    for simulator in EDITIONS.map(start) {
        let (page, secret) = (simulator.web_page(), secret(&simulator));
        let list = format!("{}/{secret}/", simulator.api());
        let nowhere = page.replace("analytics-platform", "no-such-repository");
        let refused = || {
            browser.open(&page);
            browser.find("#key").enter("nonsense");
            browser.find(crate::ADD).click();
            browser.wait_for_element("#key-error");
        };
        let ways: [&dyn Fn(); 4] = [
            &|| browser.open(&page),
            &|| browser.open(&list),
            &|| browser.open(&nowhere),
            &refused,
        ];
        for way in ways {
            way();
            let mark = browser.find("aside.mark");
            assert!(mark.text().starts_with("Simulation – not Bitbucket."));
            assert!(browser.title().ends_with(" – simulation, not Bitbucket"));
            let loaded = browser.evaluate(
                "return performance.getEntriesByType('resource').map(entry => entry.name)",
            );
            assert_eq!(loaded, json!([format!("{list}simulation.css")]));
            let outside = browser.evaluate(
                "return [...document.querySelectorAll('[src], [href], [action]')].map(element => element.src || element.href || element.action).filter(address => !address.startsWith(location.origin + '/'))",
            );
            assert_eq!(outside, json!([]));
        }
    }
}

#[test]
fn every_start_has_a_secret_of_its_own() {
    let secrets = [(); 2].map(|()| secret(&start(Edition::Cloud)));
    assert_ne!(secrets[0], secrets[1]);
}

/// As the system has it, whatever doorkey says of itself.
#[cfg(target_os = "linux")]
#[test]
fn it_listens_on_the_loopback_interface_only() {
    /// The state of a socket that listens, as in `include/net/tcp_states.h`.
    const LISTENS: &str = "0A";
    let simulator = start(Edition::Cloud);
    let web = simulator.web_page();
    let web = web
        .split(['/', ':'])
        .nth(4)
        .unwrap()
        .parse::<u16>()
        .unwrap();
    for port in [simulator.ssh_address().port(), web] {
        let mut places = Vec::new();
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let Ok(sockets) = std::fs::read_to_string(table) else {
                continue;
            };
            let lines = sockets.lines().skip(1);
            let fields = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
            let listening = fields.filter(|fields| fields[3] == LISTENS);
            let locals = listening.map(|fields| fields[1].to_owned());
            places.extend(locals.filter(|local| local.ends_with(&format!(":{port:04X}"))));
        }
        let loopback = u32::from_ne_bytes([127, 0, 0, 1]);
        assert_eq!(places, [format!("{loopback:08X}:{port:04X}")]);
    }
}
