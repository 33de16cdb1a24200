//! What a guide has to know of a journey.

use super::connection_test::ConnectionTest;
use super::effect::Effect;
use super::event::Reply;
use super::input::{Input, InputMut};
use super::keys::{Action, Binding};
use super::overlay::{Overlay, ShownText};
use super::parts::Content;
use super::values::Value;
use super::{Guide, ListedStep, ShownTest};
use crate::access_key::AccessKey;
use crate::bitbucket::{Edition, RepositoryPlace};
use crate::check::request::TestRequest;

/// A way through steps. It says what its steps are, which keys do something in them and what an answer means; the guide does
/// the rest. Each of its functions is given the whole guide, of which the journey is a part.
pub trait Journey: Clone + Sized {
    /// Said where a paste has no place to go to.
    const NO_PASTE: &'static str;

    /// What it is about.
    fn subject(guide: &Guide<Self>) -> Subject;

    /// Its steps, in their order.
    fn steps(guide: &Guide<Self>) -> Vec<ListedStep>;

    /// Comes to the step with this number, and begins what it begins by itself.
    fn enter(guide: &mut Guide<Self>, number: usize) -> Vec<Effect>;

    /// What the step on the screen takes in.
    fn input(guide: &Guide<Self>) -> Input<'_>;

    /// The same, to be changed.
    fn input_mut(guide: &mut Guide<Self>) -> InputMut<'_>;

    /// Takes in that what was entered in the step on the screen has changed.
    fn changed(guide: &mut Guide<Self>);

    /// What the step on the screen says.
    fn content(guide: &Guide<Self>) -> Content<'_>;

    /// The keys of the step on the screen, the most wanted first.
    fn keys(guide: &Guide<Self>) -> Vec<Binding>;

    /// Does what a key is for. None: nothing else than in every journey.
    fn act(guide: &mut Guide<Self>, action: Action) -> Option<Vec<Effect>>;

    /// Takes in what has come out. None: it means nothing else than in every journey.
    fn hear(guide: &mut Guide<Self>, news: &News) -> Option<Vec<Effect>>;

    /// Which test belongs to the step on the screen.
    fn tested_here(guide: &Guide<Self>) -> Option<usize>;

    /// What a test is asked with. None: it can't be made now.
    fn prepare(guide: &mut Guide<Self>, test: usize) -> Option<TestRequest>;

    /// The test of the step on the screen, as it is shown.
    fn shown_test(guide: &Guide<Self>) -> Option<ShownTest<'_>>;

    /// What the steps shorten, whole, in their order.
    fn values(guide: &Guide<Self>) -> Vec<Value>;

    /// The page that the step on the screen is about.
    fn page_link(guide: &Guide<Self>) -> Option<String>;

    /// A text that can be copied and saved, where there is one.
    fn text(_guide: &Guide<Self>, _overlay: Overlay) -> Option<ShownText> {
        None
    }

    /// What is asked before something that can't be taken back, and what there is to know before it is answered.
    fn question(_guide: &Guide<Self>, _overlay: Overlay) -> Vec<String> {
        Vec::new()
    }

    /// What is to be kept for the next time, if that has changed.
    fn keep(_guide: &mut Guide<Self>) -> Option<Effect> {
        None
    }

    /// Whether quitting now would lose something.
    fn would_lose_work(_guide: &Guide<Self>) -> bool {
        false
    }
}

/// What a journey is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What lines begin with.
    pub greeting: String,
    /// In a few words, and then in fewer: what fits is shown.
    pub titles: Vec<String>,
    /// Which Bitbucket it is.
    pub edition: Edition,
    /// The address.
    pub url: String,
    /// The key, once there is one.
    pub key: Option<AccessKey>,
    /// Where the repository is, as far as is known.
    pub place: Option<RepositoryPlace>,
}

/// What has come out of something.
#[derive(Clone, Debug)]
pub enum News {
    /// An answer that is still wanted.
    Reply(Reply),
    /// This test has come out.
    Tested(usize),
    /// Demo only: something has changed in the embedded Bitbucket.
    BitbucketChanged,
}

impl<J> Guide<J> {
    /// One of the journey's tests.
    pub(crate) fn test(&self, test: usize) -> &ConnectionTest {
        &self.tests[test]
    }
}
