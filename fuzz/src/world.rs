//! The world around a guide: what may come of the effects it asks for.

use std::time::Duration;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::{RepositoryAddress, SshAliases, read_address};
use doorkey::check::{
    Check, CheckId, Code, NotOpened, OwnIdentity, Report, Required, Status, TestEvent,
};
use doorkey::connections::Connection;
use doorkey::guide::{
    BrowserHere, Copied, Effect, Event, Opened, Reply, Request, Saved, Surroundings,
};
use doorkey::text::harmless;

use crate::KEY;
use crate::guides::PRIVATE;

/// The time of everything.
const AT: &str = "2026-11-22T17:40:00Z";

/// As much of the words as a check's particulars take.
const LONGEST: usize = 300;

/// What the world may answer to an effect; nothing where there is no answer.
pub fn answers(effect: &Effect, how: u32, words: &str, saved: &mut Connection) -> Vec<Event> {
    match effect {
        Effect::Ask(ticket, request) => {
            let reply = reply(request, how, words, saved);
            reply
                .map(|reply| Event::Answer(*ticket, reply))
                .into_iter()
                .collect()
        }
        Effect::StartTest(ticket, request) => {
            let address = read_address(&request.url, &SshAliases::default())
                .ok()
                .map(|reading| reading.address);
            let report = report(
                &request.url,
                address,
                request.key.as_ref().ok().cloned(),
                words,
            );
            let told = report.checks.clone().into_iter();
            let told =
                told.flat_map(|check| [TestEvent::Started(check.id), TestEvent::Finished(check)]);
            // A test may be left before its end.
            let end = (how != 9).then(|| TestEvent::Done(Box::new(report)));
            told.chain(end)
                .map(|told| Event::Test(*ticket, told))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// What the world may answer to a request; nothing where it has no answer.
fn reply(request: &Request, how: u32, words: &str, saved: &mut Connection) -> Option<Reply> {
    let words = || words.to_owned();
    let is_good = how < 5;
    let done = || if is_good { Ok(()) } else { Err(words()) };
    Some(match request {
        Request::LookAround => Reply::Surroundings(Surroundings {
            network: [None, Some(true), Some(false)][how as usize % 3],
            clipboard: how.is_multiple_of(2),
            browser: [BrowserHere::Likely, BrowserHere::Perhaps, BrowserHere::No][how as usize % 3],
        }),
        Request::Copy(id, _) => Reply::Copied(
            *id,
            match how {
                0 => Copied::Confirmed,
                1 => Copied::InTmux,
                2 => Copied::SentToTerminal,
                3 | 4 => Copied::Said { in_tmux: how == 3 },
                _ => Copied::Failed(words()),
            },
        ),
        Request::WriteFile(..) => {
            Reply::FileWritten(if is_good { Ok(words()) } else { Err(words()) })
        }
        Request::ReadClipboard => Reply::ClipboardRead(match how {
            0 => Ok(PRIVATE.to_owned()),
            1 => Ok(KEY.to_owned()),
            2..5 => Ok(words()),
            _ => Err(words()),
        }),
        Request::ReadKeyFile(_) => Reply::KeyFileRead(match how {
            0 => Ok(PRIVATE.as_bytes().to_vec().into()),
            1 => Ok(KEY.as_bytes().to_vec().into()),
            2..5 => Ok(words().into_bytes().into()),
            _ => Err(words()),
        }),
        Request::OpenPage(_) => Reply::PageOpened(match how {
            0 => Opened::Asked,
            1 => Opened::NoBrowser(words()),
            _ => Opened::Failed(words()),
        }),
        Request::Grant(_) | Request::AddKeyForMe(_) => Reply::KeyAdded(done()),
        Request::RemoveKeyForMe(_) => Reply::KeyRemoved(done()),
        Request::TakeIdentity(_) => Reply::IdentityTaken(match how {
            0 => Err(NotOpened::Locked),
            1 => Err(NotOpened::WrongPassphrase),
            2 => Ok(OwnIdentity::Agent("/run/agent".into())),
            _ => Err(NotOpened::Unusable(words())),
        }),
        Request::KeepUnfinished(_) if !is_good => Reply::NotKept(words()),
        Request::Save(_) => Reply::Saved(if is_good {
            let name = saved.name.clone();
            Ok(Saved {
                beside: (how == 1).then(|| name.clone()),
                remark: (how == 2).then(words),
                name,
            })
        } else {
            Err(words())
        }),
        Request::SaveRotation(step) => {
            let mut connection = saved.clone();
            let taken = step.take(&mut connection, AT);
            Reply::RotationSaved(
                step.clone(),
                match taken {
                    Ok(()) if is_good => {
                        saved.clone_from(&connection);
                        Ok(Box::new(connection))
                    }
                    Ok(()) => Err(words()),
                    Err(error) => Err(error.to_string()),
                },
            )
        }
        Request::KeepUnfinished(_) => return None,
    })
}

/// A report that has the causes whose codes are in the words, with the words as their particulars.
fn report(
    given: &str,
    address: Option<RepositoryAddress>,
    key: Option<AccessKey>,
    words: &str,
) -> Report {
    let codes: Vec<Code> = Code::ALL
        .iter()
        .copied()
        .filter(|code| words.contains(code.id()))
        .collect();
    let detail = harmless(words, LONGEST);
    let mut checks: Vec<Check> = Vec::new();
    for id in CheckId::ALL {
        let is_over = checks.iter().any(|check| check.status == Status::Fail);
        let code = codes.iter().find(|code| code.check() == id);
        checks.push(match code {
            _ if is_over => Check::skip(id, "not asked"),
            Some(code) => Check::found(*code).with_detail(&detail),
            None => Check::pass(id, "as it should be"),
        });
    }
    Report {
        checked_at: AT.to_owned(),
        elapsed: Duration::from_millis(51),
        given: harmless(given, LONGEST),
        address,
        key,
        checks,
        required: Required::default(),
    }
}
