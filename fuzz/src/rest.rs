//! Any answers of Bitbucket's REST interface, of both editions. The real client asks a server on loopback for them.
//!
//! The first line of the input says what is done: `cloud` or `data_center`, and perhaps `add` or `remove`. Then come the answers in
//! the order of the requests, each after a line `%%%`: a line with the status, perhaps the type of the content and a
//! `Location`, then the body. `{base}` stands for the server's address.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use doorkey::adapters::rest::Client;
use doorkey::bitbucket::api::Purpose;
use doorkey::bitbucket::{Api, ApiBase, SshAliases, read_address};
use doorkey::check::api_access::{ApiAccess, read_token};
use doorkey::check::stage::repository::{Asked, change, judge};

use crate::{assert_harmless, assert_harmless_check, good_key, text};

/// What must never be seen.
const TOKEN: &str = "s3same-0pen-token";

/// Far longer than any answer takes here.
const LIMIT: Duration = Duration::from_secs(5);

/// The answers that are still to be given.
static ANSWERS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The server: one for the whole run.
static BASE: LazyLock<String> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    // Each connection on a thread of its own: the client may open another while it keeps one.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    format!("http://{address}")
});

pub fn run(data: &[u8]) {
    let text = text(data);
    let mut parts = text.split("\n%%%\n");
    let order = parts.next().unwrap_or_default();
    let mut answers: Vec<String> = parts
        .take(8)
        .map(|answer| answer.replace("{base}", &BASE))
        .collect();
    answers.reverse();
    *ANSWERS.lock().unwrap_or_else(PoisonError::into_inner) = answers;

    let url = if order.starts_with('d') {
        "ssh://git@git.example.com:7999/data/analytics.git"
    } else {
        "git@ssh.bitbucket.org:acme/analytics.git"
    };
    let reading = read_address(url, &SshAliases::default()).expect("an address");
    let base: ApiBase = BASE.parse().expect("a base");
    let api = Api::new(&reading.place, Some(&base)).expect("an interface");
    let access = ApiAccess {
        token: read_token(TOKEN).expect("a token"),
        base: Some(base),
        ..ApiAccess::default()
    };
    let token = access.given();
    let client = Client::new(&api, &access, LIMIT).unwrap_or_else(|none| panic!("{none:?}"));
    let key = good_key();
    let lists = || client.lists(&key);
    let told = match order.split_whitespace().nth(1) {
        Some("add") => {
            let Ok(before) = lists() else { return };
            change::before_adding(&reading.place, &before).unwrap_or_else(|| {
                let sent = client.add(&key, "Coalesce Quality");
                change::added(&reading.place, &sent, lists().as_ref())
            })
        }
        Some("remove") => {
            let Ok(before) = lists() else { return };
            let listed = before.repository.first();
            let Some(id) = listed.and_then(|listed| listed.id.as_deref()) else {
                return;
            };
            let sent = client.remove(id);
            change::removed(&reading.place, &sent, lists().as_ref())
        }
        _ => {
            let observed = client.observe(&key);
            assert!(observed.elapsed < LIMIT, "nothing may keep it waiting");
            let asked = Asked {
                api: &api,
                token,
                tested: &reading.address,
            };
            judge(asked, &observed)
                .map(hidden)
                .iter()
                .for_each(assert_harmless_check);
            return;
        }
    };
    // Only a list that shows the key as it was wanted makes a change done.
    let sentences = told.in_sentences();
    assert!(!sentences.contains(TOKEN), "{sentences}");
    assert_harmless(&sentences);
    if let Some(none) = &told.because {
        assert_harmless_check(&hidden(none.to_check(&api, token, Purpose::Add)));
    }
}

/// A check in which the token is not to be seen.
fn hidden(check: doorkey::check::Check) -> doorkey::check::Check {
    let shown = format!("{check:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
    check
}

fn serve(stream: TcpStream) {
    // Who hangs up ends it; that is no failure of what is fuzzed.
    drop(answer(stream));
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            if line.trim().is_empty() {
                break;
            }
        }
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        let next = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let next = next.unwrap_or_else(|| "404".to_owned());
        let (head, body) = next.split_once('\n').unwrap_or((&next, ""));
        let mut head = head
            .split(' ')
            .map(|word| word.chars().filter(|c| !c.is_control()).collect::<String>());
        let status = head.next().and_then(|status| status.parse::<u16>().ok());
        // What is not final would only keep the client waiting for more.
        let status = status
            .filter(|status| (200..600).contains(status))
            .unwrap_or(200);
        let kind = head
            .next()
            .filter(|kind| !kind.is_empty())
            .unwrap_or_else(|| "application/json".to_owned());
        let location = head
            .next()
            .map(|to| format!("Location: {to}\r\n"))
            .unwrap_or_default();
        let length = if matches!(status, 204 | 304) {
            0
        } else {
            body.len()
        };
        write!(
            stream,
            "HTTP/1.1 {status} Fuzzed\r\nContent-Type: {kind}\r\n{location}Content-Length: {length}\r\n\r\n{}",
            &body[..length]
        )?;
    }
}
