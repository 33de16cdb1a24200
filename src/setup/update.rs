//! From one state to the next: what an event changes, and which effects it asks for.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use zeroize::{Zeroize, Zeroizing};

use super::act::act;
use super::keys::bindings;
use super::{StepId, Wizard};
use crate::access_key::is_private;
use crate::bitbucket::address::without_password;
use crate::bitbucket::{SshAliases, read_address};
use crate::check::TestEvent;
use crate::guide::effect::{Effect, Leaving};
use crate::guide::event::{Event, Reply, Target};
use crate::guide::field::{Field, Inserted};
use crate::guide::notices::{EMPTY_CLIPBOARD, WORDS_LIMIT};
use crate::guide::public_key::is_key;
use crate::guide::ticket::{Asking as _, Ticket};
use crate::guide::{Action, Distance};
use crate::guide::{Notice, Overlay};
use crate::text::harmless;

/// Takes in an event that came `now` after the start, and says what is to be done outside.
pub fn update(wizard: &mut Wizard, now: Duration, event: Event) -> Vec<Effect> {
    wizard.now = now;
    let mut effects = take_in(wizard, event);
    effects.extend(wizard.keep());
    wizard.with_tickets(effects)
}

fn take_in(wizard: &mut Wizard, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
        Event::Key(key) => press(wizard, key),
        Event::Typed(text) => {
            type_in(wizard, text);
            Vec::new()
        }
        Event::Click(target) => click(wizard, target),
        Event::Wheel(lines) => act(wizard, Action::Scroll(Distance::Lines(lines))),
        Event::Paste(text) => {
            paste(wizard, text);
            Vec::new()
        }
        Event::Tick => tick(wizard),
        Event::Terminated => vec![Effect::Quit(Leaving::Interrupted)],
        Event::Test(run, told) => hear_of_test(wizard, run, told),
        Event::BitbucketChanged => {
            if let Some(watch) = &mut wizard.connection_test.watch {
                watch.hurry(wizard.now);
            }
            Vec::new()
        }
        Event::Answer(ticket, reply) if wizard.tickets.redeem(ticket, &reply) => {
            hear_reply(wizard, reply)
        }
        Event::Answer(..) | Event::Resized => Vec::new(),
    }
}

/// Takes in what came of a request. Its ticket was looked at: it is not late.
fn hear_reply(wizard: &mut Wizard, reply: Reply) -> Vec<Effect> {
    match reply {
        Reply::Surroundings(surroundings) => wizard.surroundings = Some(surroundings),
        Reply::Copied(id, copied) => wizard.notice = Some(Notice::of_copy(id, &copied)),
        Reply::FileWritten(written) => wizard.notice = Some(Notice::of_writing(&written)),
        Reply::PageOpened(opened) => wizard.notice = Some(Notice::of_opening(&opened)),
        Reply::ClipboardRead(Ok(text)) if text.trim().is_empty() => wizard.problem(EMPTY_CLIPBOARD),
        Reply::ClipboardRead(Ok(text)) => paste(wizard, text),
        Reply::ClipboardRead(Err(why)) => wizard.notice = Some(Notice::of_clipboard(&why)),
        Reply::KeyFileRead(Ok(bytes)) => {
            wizard.public_key.give_file(&bytes);
            wizard.touched = true;
            wizard.forget_test();
        }
        Reply::IdentityTaken(taken) => return wizard.hear_of_identity(taken),
        Reply::KeyAdded(Ok(())) => {
            wizard.tell(if wizard.demo.is_some() {
                "The simulation has added the key to its Access keys page."
            } else {
                "The key is on the repository now."
            });
            return wizard.test_again();
        }
        Reply::Saved(Ok(saved)) => {
            if let Some(remark) = &saved.remark {
                let remark = harmless(remark, WORDS_LIMIT);
                wizard.problem(&remark);
            }
            wizard.saved = Some(saved);
        }
        Reply::Saved(Err(why)) => wizard.problem(&format!(
            "The connection was not saved: {}.",
            harmless(&why, WORDS_LIMIT)
        )),
        Reply::NotKept(why) => {
            wizard.kept.failed = true;
            wizard.problem(&format!(
                "This setup can't be kept for the next time: {}.",
                harmless(&why, WORDS_LIMIT)
            ));
        }
        Reply::KeyAdded(Err(why)) | Reply::KeyFileRead(Err(why)) => {
            wizard.problem(&harmless(&why, WORDS_LIMIT));
        }
        // Those of a rotation.
        Reply::KeyRemoved(_) | Reply::RotationSaved(..) => {}
    }
    Vec::new()
}

fn hear_of_test(wizard: &mut Wizard, run: Ticket, told: TestEvent) -> Vec<Effect> {
    if !wizard.tickets.is_out(run) {
        return Vec::new();
    }
    let is_end = matches!(told, TestEvent::Done(_));
    if is_end {
        wizard.tickets.close(run);
    }
    let turned_green = wizard.connection_test.hear(run, told, wizard.now);
    let call = turned_green.then(|| "doorkey: it turned green".to_owned());
    let save = if is_end { wizard.save() } else { None };
    if is_end && wizard.connection_test.is_same_again && wizard.notice.is_none() {
        wizard.notice = Some(wizard.connection_test.same_again());
    }
    call.map(Effect::CallBack).into_iter().chain(save).collect()
}

fn press(wizard: &mut Wizard, key: KeyEvent) -> Vec<Effect> {
    if key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL) {
        return vec![Effect::Suspend];
    }
    let bound = bindings(wizard)
        .into_iter()
        .find(|binding| binding.matches(key));
    if let Some(binding) = bound {
        return act(wizard, binding.action);
    }
    if wizard.is_typing() {
        edit(wizard, |field| {
            field.edit(key);
        });
    }
    Vec::new()
}

fn type_in(wizard: &mut Wizard, mut text: String) {
    if wizard.is_typing() {
        put(wizard, &text, Field::insert);
    }
    text.zeroize();
}

fn click(wizard: &mut Wizard, target: Target) -> Vec<Effect> {
    match target {
        Target::Key(key) => {
            if !bindings(wizard).iter().any(|binding| binding.matches(key)) {
                // It stands on the page while letters go into the field.
                wizard.set_typing(false);
            }
            return press(wizard, key);
        }
        // What lies over the step has to be answered first.
        Target::Step(number) if wizard.overlay.is_none() => {
            let step = StepId::ALL.get(number.saturating_sub(1));
            if step.is_some_and(|step| wizard.may_go_to(*step)) {
                return act(wizard, Action::GoTo(number));
            }
        }
        Target::Step(_) => {}
        Target::Answer { question, answer } => {
            wizard.pick(|picks, questions| picks.choose(question, answer, questions));
        }
        Target::Field { number, at } => wizard.focus_field(number, at),
    }
    Vec::new()
}

/// Changes the field that has the focus, and judges what is in it afterwards.
pub(super) fn edit(wizard: &mut Wizard, change: impl FnOnce(&mut Field)) {
    wizard.scroll = None;
    match wizard.overlay {
        Some(Overlay::Token) => {
            wizard.notice = None;
            return change(wizard.token.focused());
        }
        Some(Overlay::Identity) => {
            wizard.notice = None;
            change(wizard.identity.focused());
            return wizard.drop_key_in_place_of_its_file();
        }
        _ => {}
    }
    let aliases = &wizard.settings.aliases;
    let (field, is_address) = match wizard.step {
        StepId::PublicKey => match &mut wizard.public_key.file {
            Some(file) => return change(file),
            None => (&mut wizard.public_key.field, false),
        },
        StepId::AccessKeysPage => (&mut wizard.access_keys_page.field, true),
        StepId::SshUrl => (&mut wizard.ssh_url.field, true),
        _ => return,
    };
    let before = Zeroizing::new(field.text().to_owned());
    change(field);
    if field.text() == *before {
        return;
    }
    let dropped = if is_address {
        drop_secrets(field)
    } else {
        None
    };
    wizard.touched = true;
    wizard.notice = None;
    if is_address {
        wizard.answered_from = None;
    }
    match wizard.step {
        StepId::PublicKey => wizard.public_key.judge(),
        StepId::AccessKeysPage => {
            let page = &mut wizard.access_keys_page;
            page.reading = read_address(page.field.text(), aliases);
            wizard.follow_address();
        }
        StepId::SshUrl => {
            let ssh_url = &mut wizard.ssh_url;
            ssh_url.by_hand = true;
            ssh_url.guessed = false;
            ssh_url.reading = read_address(ssh_url.field.text(), aliases);
        }
        _ => {}
    }
    wizard.forget_test();
    if let Some(words) = dropped {
        wizard.problem(words);
    }
}

/// Wipes what must not stand in an address, and says what it was.
fn drop_secrets(field: &mut Field) -> Option<&'static str> {
    if is_private(field.text()) {
        field.wipe();
        return Some(
            "That was a private key. It was not kept: only public keys belong here, and only in step 3.",
        );
    }
    let without = without_password(field.text())?;
    field.wipe();
    *field = Field::new(without);
    Some("The password in the address was dropped: no password is needed here.")
}

/// A paste goes into the step's obvious field, also when it does not have the focus: then it takes the place of what is there.
fn paste(wizard: &mut Wizard, mut text: String) {
    let line = text.trim_matches(['\r', '\n']);
    let aliases = &wizard.settings.aliases;
    let replaces = match wizard.step {
        _ if wizard.overlay.is_some() && wizard.is_typing() => false,
        _ if wizard.overlay.is_some() => {
            text.zeroize();
            return;
        }
        // A key in place of a file's name is still meant as the key, and a private one must not be seen there.
        StepId::PublicKey if wizard.public_key.file.is_none() || is_key(&text) => {
            return give_key(wizard, text);
        }
        StepId::PublicKey => false,
        StepId::AccessKeysPage => {
            let page = &mut wizard.access_keys_page;
            let was_typing = std::mem::replace(&mut page.typing, true);
            !was_typing || takes_the_place(line, &page.field, aliases)
        }
        StepId::SshUrl => {
            let ssh_url = &mut wizard.ssh_url;
            let was_typing = std::mem::replace(&mut ssh_url.typing, true);
            !was_typing || takes_the_place(line, &ssh_url.field, aliases)
        }
        _ => {
            wizard.problem("Nothing can be pasted here. The key comes in step 3, the address in steps 4 and 5.");
            text.zeroize();
            return;
        }
    };
    put(
        wizard,
        line,
        if replaces {
            Field::replace
        } else {
            Field::insert
        },
    );
    text.zeroize();
    // A whole address leaves nothing to type; the keys of the step do something again.
    if replaces && wizard.overlay.is_none() && wizard.address_reads() {
        wizard.set_typing(false);
    }
}

/// Puts a text into the field that has the focus.
fn put(wizard: &mut Wizard, text: &str, how: fn(&mut Field, &str) -> Inserted) {
    let mut inserted = Inserted::Whole;
    edit(wizard, |field| inserted = how(field, text));
    wizard.tell_inserted(inserted);
}

/// Whether a text that is pasted where somebody types is another address, and not a part of the one that stands there: it
/// reads as an address, and does not complete what would be none without it.
fn takes_the_place(pasted: &str, field: &Field, aliases: &SshAliases) -> bool {
    let reads = |text: &str| read_address(text, aliases).is_ok();
    let (before, after) = field.around_cursor();
    let completed = Zeroizing::new([before, pasted, after].concat());
    reads(pasted) && (reads(field.text()) || !reads(&completed))
}

fn give_key(wizard: &mut Wizard, mut text: String) {
    wizard.public_key.file = None;
    let inserted = wizard.public_key.give(&text);
    text.zeroize();
    wizard.touched = true;
    wizard.notice = None;
    wizard.forget_test();
    wizard.tell_inserted(inserted);
}

fn tick(wizard: &mut Wizard) -> Vec<Effect> {
    if wizard.step == StepId::ConnectionTest && wizard.connection_test.is_due(wizard.now) {
        return wizard.start_test();
    }
    Vec::new()
}
