//! Answers to what a guide asked for.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test uses what it needs of it"
)]

use doorkey::check::{NotOpened, OwnIdentity};
use doorkey::guide::{Copied, Effect, Opened, Reply, Request, Saved, Surroundings, Ticket};

/// The ticket of the latest question that such a reply answers.
#[track_caller]
pub fn ticket_for(asked: &[Effect], reply: &Reply) -> Ticket {
    let ticket = asked.iter().rev().find_map(|effect| match effect {
        Effect::Ask(ticket, request) if answers(request, reply) => Some(*ticket),
        _ => None,
    });
    ticket.unwrap_or_else(|| panic!("nothing was asked that {reply:?} answers"))
}

/// Whether such a reply answers a request.
pub fn answers(request: &Request, reply: &Reply) -> bool {
    match reply {
        Reply::Surroundings(_) => matches!(request, Request::LookAround),
        Reply::Copied(id, _) => matches!(request, Request::Copy(asked, _) if asked == id),
        Reply::FileWritten(_) => matches!(request, Request::WriteFile(..)),
        Reply::ClipboardRead(_) => matches!(request, Request::ReadClipboard),
        Reply::KeyFileRead(_) => matches!(request, Request::ReadKeyFile(_)),
        Reply::PageOpened(_) => matches!(request, Request::OpenPage(_)),
        Reply::IdentityTaken(_) => matches!(request, Request::TakeIdentity(_)),
        Reply::NotKept(_) => matches!(request, Request::KeepUnfinished(_)),
        Reply::Saved(_) => matches!(request, Request::Save(_)),
        Reply::KeyAdded(_) => matches!(request, Request::Grant(_) | Request::AddKeyForMe(_)),
        Reply::KeyRemoved(_) => matches!(request, Request::RemoveKeyForMe(_)),
        Reply::RotationSaved(..) => matches!(request, Request::SaveRotation(_)),
    }
}

/// A good and a bad answer to a request; `text` is what the clipboard or the file holds.
pub fn possible(request: &Request, text: &str) -> [Reply; 2] {
    let no = || "no".to_owned();
    match request {
        Request::LookAround => [
            Reply::Surroundings(Surroundings::default()),
            Reply::Surroundings(Surroundings {
                network: Some(false),
                ..Surroundings::default()
            }),
        ],
        Request::Copy(id, _) => [
            Reply::Copied(*id, Copied::Confirmed),
            Reply::Copied(*id, Copied::Failed(no())),
        ],
        Request::WriteFile(..) => [Ok("/tmp/file".to_owned()), Err(no())].map(Reply::FileWritten),
        Request::ReadClipboard => [Ok(text.to_owned()), Err(no())].map(Reply::ClipboardRead),
        Request::ReadKeyFile(_) => {
            [Ok(text.as_bytes().to_vec().into()), Err(no())].map(Reply::KeyFileRead)
        }
        Request::OpenPage(_) => [Opened::Asked, Opened::Failed(no())].map(Reply::PageOpened),
        Request::Grant(_) | Request::AddKeyForMe(_) => [Ok(()), Err(no())].map(Reply::KeyAdded),
        Request::RemoveKeyForMe(_) => [Ok(()), Err(no())].map(Reply::KeyRemoved),
        Request::TakeIdentity(_) => [
            Ok(OwnIdentity::Agent("/tmp/agent".into())),
            Err(NotOpened::Locked),
        ]
        .map(Reply::IdentityTaken),
        Request::KeepUnfinished(_) => [no(), no()].map(Reply::NotKept),
        Request::Save(_) => {
            let saved = Saved {
                name: "analytics".parse().expect("a name"),
                beside: None,
                remark: None,
            };
            [Ok(saved), Err(no())].map(Reply::Saved)
        }
        Request::SaveRotation(step) => [
            Reply::RotationSaved(step.clone(), Err(no())),
            Reply::RotationSaved(step.clone(), Err(no())),
        ],
    }
}
