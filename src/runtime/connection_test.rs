//! The connection test: climbs the stages in order, tells each outcome as it comes, and stops where going on would
//! make no sense. One connection for one verdict.

use std::net::SocketAddr;
use std::time::SystemTime;

use tokio::time::Instant;

use super::approach::Further;
use super::climb::{Climb, SSH_USER};
use super::given::{Given, Testable};
use super::upper_rungs::UpperRungs;
use crate::access_key::AccessKey;
use crate::bitbucket::RepositoryAddress;
use crate::check::request::TestRequest;
use crate::check::stage::{identity, repository};
use crate::check::{
    Check, CheckId, Code, HostKeyJudgement, OwnIdentity, Report, Rung, Standing, Status, TestEvent,
};

/// Runs one connection test. Each check is told to `tell` when it begins and when it comes out; the report is returned,
/// and told last.
///
/// Dropping the future ends the test and its connection at once.
pub async fn run(request: &TestRequest, mut tell: impl FnMut(TestEvent) + Send) -> Report {
    let (began, started) = (SystemTime::now(), Instant::now());
    let settings = &request.settings;
    let mut climb = Climb::new(settings, &mut tell);
    let given = Given::judge(&request.url, &request.key, &settings.aliases, &mut climb);
    if let Some(testable) = given.testable() {
        let Testable { tested, key, .. } = testable;
        // At work from here on, beside the climb over SSH, so that it takes no time of its own.
        let question = UpperRungs::new(settings, testable);
        let upper_rungs = question.as_ref().map(|question| question.ask(key));
        if let Some(suggested) = testable.suggested {
            let mut unheard = |_| {};
            let mut other = Climb::new(settings, &mut unheard);
            tokio::join!(climb.up(tested, key), other.up(suggested, key));
            climb.compare_with(&other, suggested);
        } else {
            climb.up(tested, key).await;
        }
        if let (Some(question), Some(observed)) = (question, upper_rungs)
            && climb.begin_upper_rungs()
        {
            let checks = question.judge(observed.await.as_ref());
            let own = settings.own_identity.as_ref();
            let is_own = own.is_some_and(|own| own.is_half_of(key.public_key()));
            climb.upper_rungs(checks.map(|check| match check.id {
                CheckId::VendorUse if is_own => repository::used_by_its_owner(check),
                _ => check,
            }));
        }
        climb.own_identity(tested, key).await;
    }
    let report = given.report(climb, began, started.elapsed());
    tell(TestEvent::Done(Box::new(report.clone())));
    report
}

impl Climb<'_> {
    /// Reads the repository with the user's own identity, if that is wanted, and if Bitbucket itself has not told more
    /// about the vendor's key than another key can.
    async fn own_identity(&mut self, address: &RepositoryAddress, key: &AccessKey) {
        let settings = &self.settings;
        let (Some(own), Some(reached)) = (&settings.own_identity, self.reached) else {
            return;
        };
        let told = self
            .checks
            .iter()
            .find(|made| made.id == CheckId::Repository);
        let told = told.cloned();
        let started = match &told {
            Some(told) if told.standing != Standing::Unknown => return,
            Some(_) => Instant::now(),
            None => self.begin(CheckId::Repository),
        };
        let check = self.read_as(own, address, key, reached).await;
        let check = check.took(started.elapsed());
        self.came_out(match told {
            Some(told) => identity::beside(told, check),
            None => check,
        });
    }

    /// The check of a session with the user's own identity: in a connection of its own, so that it can't change the
    /// answer about the vendor's key. Only a server that is the one it claims to be gets a signature, and only its
    /// answers show anything. That is judged anew for this connection, by the key that is shown in it.
    async fn read_as(
        &mut self,
        own: &OwnIdentity,
        address: &RepositoryAddress,
        key: &AccessKey,
        reached: SocketAddr,
    ) -> Check {
        let settings = self.settings;
        let is_vendors = own.is_half_of(key.public_key());
        if is_vendors {
            self.require_this_repository();
        }
        if !self.came_out_as(CheckId::HostKey, |made| made.status == Status::Pass) {
            let why = "not tested with your own identity: this may not be the right server";
            return Check::skip(CheckId::Repository, why);
        }
        let lets_any_key_in = Some(Code::KeyQueryAnyKeyAccepted);
        let subject = identity::Subject {
            any_key: self.came_out_as(CheckId::KeyQuery, |made| made.code == lets_any_key_in),
            is_recognised: self
                .came_out_as(CheckId::KeyQuery, |made| made.standing == Standing::Proven),
            is_vendors,
        };
        let algorithms = settings.host_keys.preferred_algorithms(
            address.edition(),
            address.host(),
            address.port(),
        );
        let limit = self.limit(settings.limits.own_identity);
        let session = match self.session_with(address, Some(reached), algorithms).await {
            Further::Session(session) => session.trusted(),
            Further::Stranger(shown) => Err(Box::new(shown)),
            Further::Nothing => {
                let nothing = identity::Observation::without(identity::Login::NotConnected);
                return identity::judge(address, subject, &nothing);
            }
        };
        match session {
            Ok(session) => {
                let vendor = key.public_key();
                let observation = session.read_as(SSH_USER, own, vendor, address, limit).await;
                if observation.was_let_in_as_vendor() {
                    self.require_this_repository();
                }
                identity::judge(address, subject, &observation)
            }
            Err(stranger) => {
                self.came_out(shown_later(&stranger));
                let why = "not tested with your own identity: on a further connection the server showed another host key";
                Check::skip(CheckId::Repository, why)
            }
        }
    }
}

impl Climb<'_> {
    /// With the vendor's very key it can be shown what that key opens, so not knowing it leaves the verdict open.
    fn require_this_repository(&mut self) {
        self.required = self.required.and(Rung::ThisRepository);
    }
}

/// The check of a host key that a server showed after it had shown a trusted one.
fn shown_later(judgement: &HostKeyJudgement) -> Check {
    let words = "It showed this key on a further connection, after a trusted one on the first. Nothing was signed for it.";
    judgement.to_check().and_detail(words)
}
