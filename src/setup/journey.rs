//! The setup of a connection as a journey: its steps, what they take in and what their keys are.

use super::steps::prerequisites::Prerequisites;
use super::{NewConnection, StepId, TEST, Wizard};
use crate::bitbucket::read_address;
use crate::check::Verdict;
use crate::check::request::TestRequest;
use crate::guide::conclusion::open_words;
use crate::guide::field::CAPACITY;
use crate::guide::keys::{Action, Binding};
use crate::guide::notices::WORDS_LIMIT;
use crate::guide::overlay::ShownText;
use crate::guide::parts::Content;
use crate::guide::values::Value;
use crate::guide::{
    Effect, Ending, Input, InputMut, Journey, ListedStep, News, Overlay, Reply, ShownTest,
    StepMark, Subject,
};
use crate::text::harmless;

impl Journey for NewConnection {
    const NO_PASTE: &'static str =
        "Nothing can be pasted here. The key comes in step 3, the address in steps 4 and 5.";

    fn subject(wizard: &Wizard) -> Subject {
        let edition = wizard.journey.prerequisites.edition();
        let bitbucket = edition.title();
        Subject {
            greeting: format!(
                "doorkey lets Coalesce Quality into one Bitbucket repository, read-only, in {} steps.",
                StepId::ALL.len()
            ),
            titles: vec![
                format!("Coalesce Quality → {bitbucket}"),
                bitbucket.to_owned(),
            ],
            edition,
            url: wizard.journey.ssh_url.field.text().trim().to_owned(),
            key: wizard.key().cloned(),
            place: wizard.place(),
        }
    }

    fn steps(wizard: &Wizard) -> Vec<ListedStep> {
        let (here, reached) = (wizard.journey.step, wizard.journey.reached);
        let listed = StepId::ALL.map(|step| ListedStep {
            title: step.title(),
            mark: if step == here {
                StepMark::Here
            } else if wizard.is_done(step) {
                StepMark::Done
            } else if step <= reached {
                StepMark::Reached
            } else {
                StepMark::Ahead
            },
            is_open: step <= reached && step != here,
        });
        listed.to_vec()
    }

    fn enter(wizard: &mut Wizard, number: usize) -> Vec<Effect> {
        let step = number
            .checked_sub(1)
            .and_then(|index| StepId::ALL.get(index));
        step.map(|step| wizard.go_to(*step)).unwrap_or_default()
    }

    fn input(wizard: &Wizard) -> Input<'_> {
        let journey = &wizard.journey;
        match journey.step {
            StepId::Prerequisites => {
                Input::Questions(Prerequisites::questions(), &journey.prerequisites.picks)
            }
            StepId::Allowlist => {
                let questions = journey.allowlist.questions(journey.prerequisites.edition());
                Input::Questions(questions, &journey.allowlist.picks)
            }
            StepId::PublicKey => Input::Key,
            StepId::AccessKeysPage => Input::Address {
                is_typing: journey.access_keys_page.typing,
            },
            StepId::SshUrl => Input::Address {
                is_typing: journey.ssh_url.typing,
            },
            StepId::ConnectionTest => Input::Nothing,
        }
    }

    fn input_mut(wizard: &mut Wizard) -> InputMut<'_> {
        let journey = &mut wizard.journey;
        match journey.step {
            StepId::Prerequisites => InputMut::Questions(&mut journey.prerequisites.picks),
            StepId::Allowlist => InputMut::Questions(&mut journey.allowlist.picks),
            StepId::PublicKey => InputMut::Key,
            StepId::AccessKeysPage => InputMut::Address {
                field: &mut journey.access_keys_page.field,
                typing: &mut journey.access_keys_page.typing,
            },
            StepId::SshUrl => InputMut::Address {
                field: &mut journey.ssh_url.field,
                typing: &mut journey.ssh_url.typing,
            },
            StepId::ConnectionTest => InputMut::Nothing,
        }
    }

    fn changed(wizard: &mut Wizard) {
        let journey = &mut wizard.journey;
        let aliases = &wizard.settings.aliases;
        journey.touched = true;
        match journey.step {
            StepId::Prerequisites | StepId::Allowlist | StepId::ConnectionTest => return,
            StepId::PublicKey => {}
            StepId::AccessKeysPage => {
                let page = &mut journey.access_keys_page;
                page.reading = read_address(page.field.text(), aliases);
                journey.answered_from = None;
                wizard.follow_address();
            }
            StepId::SshUrl => {
                let ssh_url = &mut journey.ssh_url;
                ssh_url.by_hand = true;
                ssh_url.guessed = false;
                ssh_url.reading = read_address(ssh_url.field.text(), aliases);
                journey.answered_from = None;
            }
        }
        wizard.forget_test();
    }

    fn content(wizard: &Wizard) -> Content<'_> {
        wizard.content_of_step()
    }

    fn keys(wizard: &Wizard) -> Vec<Binding> {
        let journey = &wizard.journey;
        match journey.step {
            StepId::Prerequisites => Prerequisites::bindings(),
            StepId::Allowlist => journey.allowlist.bindings(wizard.edition()),
            StepId::PublicKey => wizard.public_key.bindings(),
            StepId::AccessKeysPage => journey.access_keys_page.bindings(),
            StepId::SshUrl => journey.ssh_url.bindings(),
            StepId::ConnectionTest => wizard.connection_test().bindings(
                wizard.is_demo(),
                wizard.has_token(),
                wizard.left_port(),
            ),
        }
    }

    fn act(wizard: &mut Wizard, action: Action) -> Option<Vec<Effect>> {
        wizard.act_in_setup(action)
    }

    fn hear(wizard: &mut Wizard, news: &News) -> Option<Vec<Effect>> {
        match news {
            News::Tested(_) => return Some(wizard.save().into_iter().collect()),
            News::Reply(Reply::KeyAdded(Ok(()))) => {
                wizard.tell(if wizard.is_demo() {
                    "The simulation has added the key to its Access keys page."
                } else {
                    "The key is on the repository now."
                });
                return Some(wizard.test_again());
            }
            News::Reply(Reply::NotKept(why)) => {
                wizard.journey.kept.failed = true;
                wizard.problem(format!(
                    "This setup can't be kept for the next time: {}.",
                    harmless(why, WORDS_LIMIT)
                ));
            }
            _ => {}
        }
        None
    }

    fn tested_here(wizard: &Wizard) -> Option<usize> {
        (wizard.journey.step == StepId::ConnectionTest).then_some(TEST)
    }

    fn prepare(wizard: &mut Wizard, _test: usize) -> Option<TestRequest> {
        Some(wizard.test_request())
    }

    fn shown_test(wizard: &Wizard) -> Option<ShownTest<'_>> {
        let test = wizard.test(Self::tested_here(wizard)?);
        let conclusion = test.conclusion();
        Some(ShownTest {
            test,
            url: harmless(wizard.journey.ssh_url.field.text(), CAPACITY),
            key: wizard.key(),
            now: wizard.now,
            has_token: wizard.has_token(),
            do_it_words: wizard.add_key_words(),
            own_identity: wizard.found_with_own_identity(),
            remarks: wizard.saved_words(),
            ending: Ending::LetIn {
                proven: conclusion.proven,
                open: conclusion
                    .open
                    .map(|open| open_words(open, wizard.has_token())),
                names_url: wizard.journey.ssh_url.suggestion().is_none(),
            },
        })
    }

    fn values(wizard: &Wizard) -> Vec<Value> {
        wizard.known_values()
    }

    fn page_link(wizard: &Wizard) -> Option<String> {
        match wizard.journey.step {
            StepId::Prerequisites | StepId::PublicKey => None,
            StepId::Allowlist => wizard.allowlist_guide(),
            StepId::AccessKeysPage | StepId::SshUrl | StepId::ConnectionTest => {
                wizard.access_keys_link()
            }
        }
    }

    fn text(wizard: &Wizard, overlay: Overlay) -> Option<ShownText> {
        wizard.text_over(overlay)
    }

    fn keep(wizard: &mut Wizard) -> Option<Effect> {
        wizard.keep_unfinished()
    }

    fn would_lose_work(wizard: &Wizard) -> bool {
        let is_ready = wizard.connection_test().verdict() == Some(Verdict::Ready);
        wizard.journey.touched && !is_ready && !wizard.is_kept()
    }
}
