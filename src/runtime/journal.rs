//! What is logged of a wizard. Told by what a thing is, never by what was typed or pasted: that may be a secret.

use std::time::Duration;

use log::{Level, info, log_enabled};

use crate::bitbucket::RepositoryAddress;
use crate::check::{CheckId, Status, TestEvent};
use crate::wizard::{self, Copied, Effect, Event, Leaving, Opened, Wizard};

/// [`wizard::update`], with a line for what happened and for what comes of it.
pub(super) fn update(wizard: &mut Wizard, now: Duration, event: Event) -> Vec<Effect> {
    if !log_enabled!(Level::Info) {
        return wizard::update(wizard, now, event);
    }
    if let Some(words) = heard(&event) {
        info!("{words}");
    }
    let before = wizard.step;
    let effects = wizard::update(wizard, now, event);
    if wizard.step != before {
        info!("step {}: {}", wizard.step.number(), wizard.step.title());
    }
    for words in effects.iter().filter_map(|effect| done(wizard, effect)) {
        info!("{words}");
    }
    effects
}

fn heard(event: &Event) -> Option<String> {
    Some(match event {
        Event::Key(_) | Event::Resized | Event::Tick => return None,
        Event::Paste(text) => format!("a paste of {} characters", text.chars().count()),
        Event::Terminated => "told to end".to_owned(),
        Event::Surroundings(found) => format!(
            "network: {}; clipboard of a local display: {}; browser: {}",
            found.network_words(),
            found.clipboard,
            found.browser_words()
        ),
        Event::Copied(id, copied) => {
            let what = id.title();
            match copied {
                Copied::Confirmed => format!("{what}: on the clipboard"),
                Copied::InTmux => format!("{what}: in tmux's paste buffer"),
                Copied::SentToTerminal => format!("{what}: sent to the terminal"),
                Copied::Failed(why) => format!("{what}: not copied: {why}"),
            }
        }
        Event::FileWritten(Ok(path)) => format!("written to {path}"),
        Event::FileWritten(Err(why)) => format!("not written: {why}"),
        Event::ClipboardRead(read) => match read {
            Ok(text) => format!("clipboard read: {} characters", text.chars().count()),
            Err(why) => format!("clipboard not read: {why}"),
        },
        Event::KeyFileRead(Ok(bytes)) => format!("file read: {} bytes", bytes.len()),
        // Why names the file, and what was typed as its name may be anything.
        Event::KeyFileRead(Err(_)) => "file not read".to_owned(),
        Event::PageOpened(Opened::Asked) => "browser: asked".to_owned(),
        Event::PageOpened(Opened::NoBrowser(why)) => format!("browser: not asked: {why}"),
        Event::Test(run, told) => {
            return tested(told).map(|words| format!("test {}: {words}", run.0));
        }
        Event::IdentityTaken(_, Ok(_)) => "own identity: taken".to_owned(),
        // Why may name the file, and what was typed as its name may be anything.
        Event::IdentityTaken(_, Err(_)) => "own identity: not taken".to_owned(),
        Event::KeyAdded(Ok(())) => "key added".to_owned(),
        Event::KeyAdded(Err(why)) => format!("key not added: {why}"),
        Event::NotKept(why) => format!("setup not kept: {why}"),
        Event::Saved(Ok(saved)) => format!("saved as {}", saved.name),
        Event::Saved(Err(why)) => format!("not saved: {why}"),
    })
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

fn done(wizard: &Wizard, effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::LookAround | Effect::KeepUnfinished(_) | Effect::Save(_) => return None,
        Effect::Copy(id, _) => format!("{}: to be copied", id.title()),
        Effect::WriteFile(name, _) => format!("writing {name}"),
        Effect::ReadClipboard => "reading the clipboard".to_owned(),
        Effect::ReadKeyFile(_) => "reading a file".to_owned(),
        Effect::OpenPage(_) => "opening a page".to_owned(),
        Effect::StartTest(run, _) => {
            let address = wizard.address().map(RepositoryAddress::ssh);
            let token = if wizard.has_token() {
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
        Effect::TakeIdentity(..) => "taking one's own identity".to_owned(),
        Effect::CancelTest(run) => format!("test {} is stopped", run.0),
        Effect::Grant(_) | Effect::AddKeyForMe(_) => "adding the key".to_owned(),
        Effect::CallBack(_) => "a watch has seen what it waited for".to_owned(),
        Effect::Suspend => "stopped as a job".to_owned(),
        Effect::Quit(Leaving::Quit) => "quit".to_owned(),
        Effect::Quit(Leaving::Interrupted) => "interrupted".to_owned(),
    })
}
