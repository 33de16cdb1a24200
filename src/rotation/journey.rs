//! The rotation of a key as a journey: its steps, what they take in and what their keys are.

use super::{KeyChange, KeyRotation, StepId, Which, keys};
use crate::access_key::AccessKey;
use crate::check::request::TestRequest;
use crate::guide::effect::CopyId;
use crate::guide::keys::{Action, Binding};
use crate::guide::parts::Content;
use crate::guide::values::Value;
use crate::guide::{
    Effect, Input, InputMut, Journey, ListedStep, News, Overlay, ShownTest, StepMark, Subject,
};

impl Journey for KeyChange {
    const NO_PASTE: &'static str = "Nothing can be pasted here. The new key comes in step 1.";

    fn subject(rotation: &KeyRotation) -> Subject {
        let connection = &rotation.journey.connection;
        let edition = connection.place.edition;
        let named = format!("New key for {}", connection.name);
        let saved = if rotation.is_demo() {
            ""
        } else {
            " Each step is saved."
        };
        Subject {
            greeting: format!(
                "doorkey leads from the old access key of {} to a new one, in {} steps.{saved}",
                connection.name,
                StepId::ALL.len()
            ),
            titles: vec![
                format!("{named} → {}", edition.title()),
                named,
                "New key".to_owned(),
            ],
            edition,
            url: rotation.journey.url.clone(),
            key: rotation.new_key().cloned(),
            place: Some(connection.place.clone()),
        }
    }

    fn steps(rotation: &KeyRotation) -> Vec<ListedStep> {
        let (here, reached) = (rotation.journey.step, rotation.reached());
        let listed = StepId::ALL.map(|step| ListedStep {
            title: step.title(),
            mark: if step == here {
                StepMark::Here
            } else if step < reached {
                StepMark::Done
            } else if step == reached {
                StepMark::Reached
            } else {
                StepMark::Ahead
            },
            is_open: step <= reached && step != here && !rotation.journey.is_finished,
        });
        listed.to_vec()
    }

    fn enter(rotation: &mut KeyRotation, number: usize) -> Vec<Effect> {
        let step = number
            .checked_sub(1)
            .and_then(|index| StepId::ALL.get(index));
        step.map(|step| rotation.come_to(*step)).unwrap_or_default()
    }

    fn input(rotation: &KeyRotation) -> Input<'_> {
        match rotation.journey.step {
            StepId::NewKey if rotation.progress().is_none() => Input::Key,
            StepId::Switch => {
                Input::Questions(KeyRotation::switch_questions(), &rotation.journey.picks)
            }
            _ => Input::Nothing,
        }
    }

    fn input_mut(rotation: &mut KeyRotation) -> InputMut<'_> {
        match rotation.journey.step {
            StepId::NewKey if rotation.progress().is_none() => InputMut::Key,
            StepId::Switch => InputMut::Questions(&mut rotation.journey.picks),
            _ => InputMut::Nothing,
        }
    }

    // What counts is what is saved.
    fn changed(_rotation: &mut KeyRotation) {}

    fn content(rotation: &KeyRotation) -> Content<'_> {
        rotation.content_of_step()
    }

    fn keys(rotation: &KeyRotation) -> Vec<Binding> {
        keys::of_step(rotation)
    }

    fn act(rotation: &mut KeyRotation, action: Action) -> Option<Vec<Effect>> {
        rotation.act_in_rotation(action)
    }

    fn hear(rotation: &mut KeyRotation, news: &News) -> Option<Vec<Effect>> {
        rotation.hear_in_rotation(news)
    }

    fn tested_here(rotation: &KeyRotation) -> Option<usize> {
        rotation.tested_here().map(|which| which as usize)
    }

    fn prepare(rotation: &mut KeyRotation, test: usize) -> Option<TestRequest> {
        rotation.prepare_test(Which::of(test))
    }

    fn shown_test(rotation: &KeyRotation) -> Option<ShownTest<'_>> {
        rotation.test_here()
    }

    fn values(rotation: &KeyRotation) -> Vec<Value> {
        let journey = &rotation.journey;
        let new = rotation.new_key().map(AccessKey::line);
        let link = Some(rotation.access_keys_link());
        let values = [
            Value::known("Old key", Some(journey.old.line()), CopyId::OldKey),
            Value::known("New key", new, CopyId::Key),
            Value::known("Access keys page", link, CopyId::PageLink),
            Value::known("SSH URL", Some(journey.url.clone()), CopyId::SshUrl),
        ];
        values.into_iter().flatten().collect()
    }

    fn question(rotation: &KeyRotation, overlay: Overlay) -> Vec<String> {
        rotation.words_of_question(overlay)
    }

    fn page_link(rotation: &KeyRotation) -> Option<String> {
        (rotation.journey.step != StepId::NewKey).then(|| rotation.access_keys_link())
    }
}
