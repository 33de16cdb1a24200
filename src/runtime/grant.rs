//! Adding the key to the repository with the token that was given for it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::adapters::rest::Client;
use crate::bitbucket::Api;
use crate::bitbucket::api::Purpose;
use crate::check::stage::repository::NoAnswer;
use crate::check::stage::repository::change::{Outcome, Sent, Told, added, before_adding};
use crate::guide::effect::GrantRequest;

/// How long Bitbucket may take over reading its lists, and again over the change.
const LIMIT: Duration = Duration::from_secs(30);

/// How long Bitbucket may take over its lists when somebody has ended doorkey meanwhile.
const LAST_LOOK: Duration = Duration::from_secs(5);

/// The change that is out, or whose outcome is still to be read.
static OUT: Mutex<Option<GrantRequest>> = Mutex::new(None);

fn note(request: Option<GrantRequest>) {
    *OUT.lock().unwrap_or_else(PoisonError::into_inner) = request;
}

/// Whether doorkey ends while a key is being added.
pub fn is_left_open() -> bool {
    OUT.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// What the list shows of a key that was being added when doorkey was ended, in sentences.
pub fn what_was_left_open() -> Option<String> {
    let request = OUT.lock().unwrap_or_else(PoisonError::into_inner).take()?;
    let api = Api::new(&request.place, request.access.base.as_ref()).ok()?;
    let client = Client::new(&api, &request.access, LAST_LOOK).ok()?;
    let after = client.lists(&request.key);
    let told = added(&request.place, &Sent::Abandoned, after.as_ref());
    Some(told.in_sentences())
}

/// Adds the key, and reads the list to see whether it is there. A key that is there already is as good. Fails with sentences
/// that say why and what to do.
///
/// Waits for the network; call it where waiting holds nobody up.
pub(super) fn add_key(request: &GrantRequest) -> Result<(), String> {
    let access = &request.access;
    let api = Api::new(&request.place, access.base.as_ref())
        .map_err(|why| format!("Bitbucket's web server can't be asked: {why}."))?;
    let unanswered = |none: &NoAnswer, purpose| {
        let check = none.to_check(&api, access.given(), purpose);
        match check.detail {
            Some(detail) => format!("{}. {detail}", check.summary),
            None => format!("{}.", check.summary),
        }
    };
    let client =
        Client::new(&api, access, LIMIT).map_err(|none| unanswered(&none, Purpose::List))?;
    let tell = |told: &Told| match (told.outcome, &told.because) {
        (Outcome::Done, _) if told.is_on_repository => Ok(()),
        (_, None) => Err(told.in_sentences()),
        (_, Some(none)) => Err(format!(
            "{} {}",
            told.in_sentences(),
            unanswered(none, Purpose::Add)
        )),
    };
    let lists = client
        .lists(&request.key)
        .map_err(|none| unanswered(&none, Purpose::List))?;
    if let Some(told) = before_adding(&request.place, &lists) {
        return tell(&told);
    }
    note(Some(request.clone()));
    let sent = client.add(&request.key, &request.label);
    let after = client.lists(&request.key);
    note(None);
    tell(&added(&request.place, &sent, after.as_ref()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::mpsc;
    use std::thread;

    use crate::access_key::AccessKey;
    use crate::bitbucket::{Edition, SshAliases, read_address};
    use crate::check::api_access::{ApiAccess, read_token};
    use crate::simulator::{self, NewKey, Options, Place, Simulator};

    use super::*;

    #[test]
    fn ending_doorkey_while_a_key_is_being_added_says_what_the_list_shows() {
        let key = AccessKey::read(include_str!("../../tests/fixtures/keys/ed25519.pub")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (tell, changing) = mpsc::channel();
        thread::spawn(move || {
            let mut held = Vec::new();
            for mut stream in listener.incoming().flatten() {
                let mut request = [0; 4096];
                let read = stream.read(&mut request).unwrap_or_default();
                if request[..read].starts_with(b"POST ") {
                    held.push(stream);
                    tell.send(()).ok();
                } else {
                    let list = r#"{"values": []}"#;
                    let length = list.len();
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                    );
                    stream.write_all(format!("{answer}{list}").as_bytes()).ok();
                }
            }
        });
        let url = "https://bitbucket.org/acme/analytics/src/main/";
        let request = GrantRequest {
            place: read_address(url, &SshAliases::default()).unwrap().place,
            key,
            label: "Coalesce Quality".to_owned(),
            access: ApiAccess {
                token: read_token("a-token-of-a-test").unwrap(),
                base: base.parse().ok(),
                ..ApiAccess::default()
            },
        };
        thread::spawn(move || add_key(&request));
        changing.recv().unwrap();
        assert!(is_left_open());
        let said = what_was_left_open().unwrap();
        assert!(said.starts_with("The key may have been added."), "{said}");
        assert!(!is_left_open());
        assert_eq!(what_was_left_open(), None);
    }

    #[test]
    fn a_key_that_is_there_already_is_as_good_unless_it_may_write() {
        let key = AccessKey::read(include_str!("../../tests/fixtures/keys/ed25519.pub")).unwrap();
        for (permission, is_good) in [
            (simulator::Permission::Read, true),
            (simulator::Permission::ReadWrite, false),
        ] {
            let bitbucket = Simulator::start(Options::new(Edition::DataCenter)).unwrap();
            let place = Place::Repository(bitbucket.repository().to_owned());
            let new = NewKey {
                line: &key.line(),
                label: "Coalesce Quality",
                permission,
                expires: None,
            };
            bitbucket.store().add_access_key(&place, new).unwrap();
            let reading = read_address(&bitbucket.ssh_url(), &SshAliases::default()).unwrap();
            let request = GrantRequest {
                place: reading.place,
                key: key.clone(),
                label: "Coalesce Quality".to_owned(),
                access: ApiAccess {
                    token: read_token(bitbucket.token()).unwrap(),
                    base: bitbucket.api().parse().ok(),
                    ..ApiAccess::default()
                },
            };
            let added = add_key(&request);
            assert_eq!(added.is_ok(), is_good, "{added:?}");
        }
    }
}
