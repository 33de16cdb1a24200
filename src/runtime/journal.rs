//! What is logged of a guide. Told by what a thing is, never by what was typed or pasted: that may be a secret.

use std::time::Duration;

use log::{Level, info, log_enabled};

use crate::bitbucket::read_address;
use crate::check::stage::address;
use crate::check::{CheckId, Status, TestEvent};
use crate::guide::{
    Binding, Copied, Drive, Effect, Event, Guide, Journey, Leaving, Opened, Reply, Request,
};

/// [`Drive::take_in`], with a line for what happened and for what comes of it.
pub(super) fn take_in(
    driven: &mut impl Drive,
    now: Duration,
    event: Event,
    bound: Option<Binding>,
) -> Vec<Effect> {
    if !log_enabled!(Level::Info) {
        return driven.take_in(now, event, bound);
    }
    if let Some(words) = heard(driven.guide(), &event) {
        info!("{words}");
    }
    let before = driven.guide().step();
    let effects = driven.take_in(now, event, bound);
    let (number, title) = driven.guide().step();
    if (number, title) != before {
        info!("step {number}: {title}");
    }
    for words in effects.iter().filter_map(done) {
        info!("{words}");
    }
    effects
}

fn heard(guide: &Guide<impl Journey>, event: &Event) -> Option<String> {
    Some(match event {
        Event::Key(_)
        | Event::Typed(_)
        | Event::Click(_)
        | Event::Wheel(_)
        | Event::Resized
        | Event::Tick => return None,
        Event::Paste(text) => format!("a paste of {} characters", text.chars().count()),
        Event::Terminated => "told to end".to_owned(),
        Event::BitbucketChanged => "something has changed in the simulation".to_owned(),
        Event::Test(run, _) if !guide.awaits(*run) => return None,
        Event::Test(run, told) => {
            return tested(told).map(|words| format!("test {}: {words}", run.0));
        }
        Event::Answer(ticket, reply) if guide.awaits(*ticket) => answered(reply),
        Event::Answer(_, reply) => format!("too late, left out: {}", answered(reply)),
    })
}

fn answered(reply: &Reply) -> String {
    match reply {
        Reply::Surroundings(found) => format!(
            "network: {}; clipboard of a local display: {}; browser: {}",
            found.network_words(),
            found.clipboard,
            found.browser_words()
        ),
        Reply::Copied(id, copied) => {
            let what = id.title();
            match copied {
                Copied::Confirmed => format!("{what}: on the clipboard"),
                Copied::InTmux => format!("{what}: in tmux's paste buffer"),
                Copied::Said { in_tmux: false } => format!("{what}: said"),
                Copied::Said { in_tmux: true } => {
                    format!("{what}: said, and in tmux's paste buffer")
                }
                Copied::SentToTerminal => format!("{what}: sent to the terminal"),
                Copied::Failed(why) => format!("{what}: not copied: {why}"),
            }
        }
        Reply::FileWritten(Ok(path)) => format!("written to {path}"),
        Reply::FileWritten(Err(why)) => format!("not written: {why}"),
        Reply::ClipboardRead(read) => match read {
            Ok(text) => format!("clipboard read: {} characters", text.chars().count()),
            Err(why) => format!("clipboard not read: {why}"),
        },
        Reply::KeyFileRead(Ok(bytes)) => format!("file read: {} bytes", bytes.len()),
        // Why names the file, and what was typed as its name may be anything.
        Reply::KeyFileRead(Err(_)) => "file not read".to_owned(),
        Reply::PageOpened(Opened::Asked) => "browser: asked".to_owned(),
        Reply::PageOpened(Opened::NoBrowser(why)) => format!("browser: not asked: {why}"),
        Reply::PageOpened(Opened::Failed(why)) => format!("browser: failed: {why}"),
        Reply::IdentityTaken(Ok(_)) => "own identity: taken".to_owned(),
        // Why may name the file, and what was typed as its name may be anything.
        Reply::IdentityTaken(Err(_)) => "own identity: not taken".to_owned(),
        Reply::KeyAdded(Ok(())) => "key added".to_owned(),
        Reply::KeyAdded(Err(why)) => format!("key not added: {why}"),
        Reply::KeyRemoved(Ok(())) => "key taken out".to_owned(),
        Reply::KeyRemoved(Err(why)) => format!("key not taken out: {why}"),
        Reply::RotationSaved(step, outcome) => {
            let what = step.change.title();
            match outcome {
                Ok(_) => format!("saved of the rotation: {what}"),
                Err(why) => format!("not saved of the rotation: {what}: {why}"),
            }
        }
        Reply::NotKept(why) => format!("setup not kept: {why}"),
        Reply::Saved(Ok(saved)) => format!("saved as {}", saved.name),
        Reply::Saved(Err(why)) => format!("not saved: {why}"),
    }
}

fn tested(told: &TestEvent) -> Option<String> {
    Some(match told {
        TestEvent::Started(_) => return None,
        // This one's summary repeats what was typed.
        TestEvent::Finished(check) if check.id == CheckId::Url && check.status == Status::Fail => {
            format!("url: {}", check.code.map_or("fail", |code| code.id()))
        }
        TestEvent::Finished(check) => {
            let cause = check
                .code
                .map(|code| format!(" {code}"))
                .unwrap_or_default();
            let took = check.elapsed.unwrap_or_default().as_millis();
            format!(
                "{} {}{cause}, {took} ms: {}",
                check.id.id(),
                check.status.id(),
                check.summary
            )
        }
        TestEvent::Done(report) => format!(
            "{}, {} ms",
            report.verdict().id(),
            report.elapsed.as_millis()
        ),
    })
}

fn done(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Ask(_, request) => return asked(request),
        Effect::StartTest(run, request) => {
            let settings = &request.settings;
            let (_, tested) = address::judge(&read_address(&request.url, &settings.aliases));
            let address = tested.map(|address| address.ssh());
            let token = if settings.api.token.is_some() {
                "with"
            } else {
                "without"
            };
            format!(
                "test {} begins: {}, {token} a token",
                run.0,
                address.as_deref().unwrap_or("no usable address")
            )
        }
        Effect::CancelTest(run) => format!("test {} is stopped", run.0),
        Effect::Simulate(_) => "something happens in the simulation".to_owned(),
        Effect::CallBack(_) => "a watch has seen what it waited for".to_owned(),
        Effect::Suspend => "stopped as a job".to_owned(),
        Effect::Quit(Leaving::Quit) => "quit".to_owned(),
        Effect::Quit(Leaving::Interrupted) => "interrupted".to_owned(),
    })
}

fn asked(request: &Request) -> Option<String> {
    Some(match request {
        Request::LookAround
        | Request::KeepUnfinished(_)
        | Request::Save(_)
        | Request::SaveRotation(_) => return None,
        Request::Copy(id, _) => format!("{}: to be copied", id.title()),
        Request::WriteFile(name, _) => format!("writing {name}"),
        Request::ReadClipboard => "reading the clipboard".to_owned(),
        Request::ReadKeyFile(_) => "reading a file".to_owned(),
        Request::OpenPage(_) => "opening a page".to_owned(),
        Request::TakeIdentity(_) => "taking one's own identity".to_owned(),
        Request::Grant(_) | Request::AddKeyForMe(_) => "adding the key".to_owned(),
        Request::RemoveKeyForMe(_) => "taking the key out".to_owned(),
    })
}
