//! Whether the server is the one it claims to be: judging its host key.

use std::sync::{Arc, Mutex, PoisonError};

use ssh_key::{Algorithm, EcdsaCurve, HashAlg, PublicKey};

use super::host_key_pin::HostKeyPin;
use super::known_hosts::{KnownHost, KnownHosts};
use super::{Check, CheckId, Code, FixId};
use crate::bitbucket::{Edition, SSH_PORT, host_keys};
use crate::text::harmless;

/// As much of a file's name as is shown, in characters.
const LONGEST_FILE_NAME: usize = 200;

/// The types of host key doorkey asks for, the best first. For RSA the signature is what is chosen (RFC 8332); the
/// key is the same.
const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::Ed25519,
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP256,
    },
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP384,
    },
    Algorithm::Ecdsa {
        curve: EcdsaCurve::NistP521,
    },
    Algorithm::Rsa {
        hash: Some(HashAlg::Sha512),
    },
    Algorithm::Rsa {
        hash: Some(HashAlg::Sha256),
    },
];

/// The host keys Atlassian publishes for Bitbucket Cloud.
#[derive(Clone, Copy, Debug)]
pub struct PublishedHostKeys {
    /// The keys.
    pub keys: &'static [PublicKey],
    /// Whether the key with this fingerprint (`SHA256:…`) was withdrawn.
    pub is_withdrawn: fn(&str) -> bool,
    /// Who vouches for them.
    pub publisher: Publisher,
}

/// Who vouches for the host keys of Bitbucket Cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publisher {
    /// Atlassian, on its site.
    Atlassian,
    /// The embedded Bitbucket of a demo, for itself.
    Simulation,
}

impl PublishedHostKeys {
    /// The keys of an embedded Bitbucket, which takes the place of Cloud in a demo.
    pub fn simulated(keys: &'static [PublicKey]) -> Self {
        Self {
            keys,
            is_withdrawn: host_keys::is_withdrawn,
            publisher: Publisher::Simulation,
        }
    }
}

impl Default for PublishedHostKeys {
    fn default() -> Self {
        Self {
            keys: host_keys::published(),
            is_withdrawn: host_keys::is_withdrawn,
            publisher: Publisher::Atlassian,
        }
    }
}

/// What a host key is judged by.
#[derive(Clone, Debug, Default)]
pub struct HostKeyTrust {
    /// Keys given beforehand. If there are any, only they count.
    pub pinned: Vec<HostKeyPin>,
    /// Keys the user said to trust when asked, in this run.
    pub trusted: Vec<HostKeyPin>,
    /// The user's and the system's `known_hosts`.
    pub known_hosts: KnownHosts,
    /// Whether to accept a key of a server about which nothing is known.
    pub accept_new: bool,
    /// The keys that were accepted as new in this run.
    pub accepted: AcceptedKeys,
    /// What Atlassian publishes. Decides for Bitbucket Cloud.
    pub published: PublishedHostKeys,
}

/// The keys that were accepted as new: for each host and port the first one that it showed, and no other.
///
/// Clones share them, so that every connection of a run is held to the key of its first.
#[derive(Clone, Debug, Default)]
pub struct AcceptedKeys(Arc<Mutex<Vec<Accepted>>>);

#[derive(Debug)]
struct Accepted {
    host: String,
    port: u16,
    key: PublicKey,
}

impl AcceptedKeys {
    /// The key that counts for this host and port from now on: the one accepted before, or else this one.
    fn get_or_accept(&self, host: &str, port: u16, key: &PublicKey) -> PublicKey {
        self.with(host, port, |known, all| {
            if let Some(known) = known {
                return known;
            }
            let (host, key) = (host.to_owned(), key.clone());
            all.push(Accepted {
                host,
                port,
                key: key.clone(),
            });
            key
        })
    }

    fn get(&self, host: &str, port: u16) -> Option<PublicKey> {
        self.with(host, port, |known, _| known)
    }

    fn with<T>(
        &self,
        host: &str,
        port: u16,
        look: impl FnOnce(Option<PublicKey>, &mut Vec<Accepted>) -> T,
    ) -> T {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all
            .iter()
            .find(|known| known.port == port && known.host.eq_ignore_ascii_case(host))
            .map(|known| known.key.clone());
        look(known, &mut all)
    }
}

/// The outcome for one host key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKeyJudgement {
    /// The type of the key the server showed.
    pub algorithm: Algorithm,
    /// Its fingerprint, `SHA256:…`.
    pub fingerprint: String,
    /// What it is trusted for, or why it is not.
    pub outcome: Result<Basis, Objection>,
}

/// What a host key is trusted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// It is the one given beforehand.
    Pinned,
    /// It is one of those published for Cloud.
    Published(Publisher),
    /// It is in a `known_hosts` file.
    Known {
        /// The file's name, safe to print.
        file: String,
        /// The number of the line, from 1.
        line: usize,
    },
    /// The user said to trust it.
    TrustedByUser,
    /// Nothing was known about the server, and the user said beforehand to accept that.
    AcceptedAsNew,
}

/// Why a host key is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The cause: changed, withdrawn or unknown.
    pub code: Code,
    /// The particulars, safe to print.
    pub detail: String,
}

impl HostKeyTrust {
    /// Trusts the key with this fingerprint (`SHA256:…`) at this host and port from now on. What is no fingerprint
    /// changes nothing.
    pub fn trust(&mut self, fingerprint: &str, host: &str, port: u16) {
        let pin = fingerprint.parse::<HostKeyPin>();
        self.trusted.extend(pin.map(|pin| pin.at(host, port)));
    }

    /// What the user said to trust at this host and port.
    pub fn trusted_at(&self, host: &str, port: u16) -> impl Iterator<Item = &HostKeyPin> {
        let trusted = self.trusted.iter();
        trusted.filter(move |pin| pin.holds_at(host, port))
    }

    /// Judges the key a server showed.
    ///
    /// Withdrawn and revoked keys are refused before anything else, even if pinned: somebody else may hold their
    /// private half. Then a pin decides alone, then what the user trusted; then, for Cloud, what is published, and
    /// for Data Center `known_hosts`.
    pub fn judge(
        &self,
        edition: Edition,
        host: &str,
        port: u16,
        key: &PublicKey,
    ) -> HostKeyJudgement {
        HostKeyJudgement {
            algorithm: key.algorithm(),
            fingerprint: fingerprint(key),
            outcome: self.decide(edition, host, port, key),
        }
    }

    fn decide(
        &self,
        edition: Edition,
        host: &str,
        port: u16,
        key: &PublicKey,
    ) -> Result<Basis, Objection> {
        self.object_to_withdrawn(host, port, key)?;
        if !self.pinned.is_empty() {
            return self.compare_with_pins(key);
        }
        if self.trusted_at(host, port).any(|pin| pin.is_of(key)) {
            return Ok(Basis::TrustedByUser);
        }
        match edition {
            Edition::Cloud => self.compare_with_published(key),
            Edition::DataCenter => self.compare_with_known(host, port, key),
        }
    }

    fn object_to_withdrawn(&self, host: &str, port: u16, key: &PublicKey) -> Result<(), Objection> {
        if (self.published.is_withdrawn)(&fingerprint(key)) {
            let detail = format!(
                "The server shows {}, which Atlassian withdrew.",
                describe(key)
            );
            return Err(Objection::new(Code::HostKeyWithdrawn, detail));
        }
        match self
            .relevant(host, port)
            .find(|entry| entry.is_revoked && is_same(&entry.key, key))
        {
            Some(entry) => Err(Objection::new(
                Code::HostKeyWithdrawn,
                format!(
                    "The server shows {}, which is marked @revoked in {}.",
                    describe(key),
                    place(entry)
                ),
            )),
            None => Ok(()),
        }
    }

    fn compare_with_pins(&self, key: &PublicKey) -> Result<Basis, Objection> {
        if self.pinned.iter().any(|pin| pin.is_of(key)) {
            return Ok(Basis::Pinned);
        }
        let expected: Vec<String> = self.pinned.iter().map(describe_pin).collect();
        Err(Objection::changed(key, &expected, "given beforehand"))
    }

    fn compare_with_published(&self, key: &PublicKey) -> Result<Basis, Objection> {
        let keys = self.published.keys;
        if keys.iter().any(|published| is_same(published, key)) {
            return Ok(Basis::Published(self.published.publisher));
        }
        let same_type = |published: &&PublicKey| published.algorithm() == key.algorithm();
        let mut expected: Vec<String> = keys.iter().filter(same_type).map(describe).collect();
        if expected.is_empty() {
            expected = keys.iter().map(describe).collect();
        }
        Err(Objection::changed(key, &expected, "as Atlassian publishes"))
    }

    /// A known key of the same type decides; one match is enough where several are known. If none is, what is known
    /// for the host without its port can help, too, but not harm. All this is as in OpenSSH (sshconnect.c,
    /// `check_host_key`).
    fn compare_with_known(
        &self,
        host: &str,
        port: u16,
        key: &PublicKey,
    ) -> Result<Basis, Objection> {
        let known: Vec<&KnownHost> = self.known(host, port).collect();
        let is_it = |entry: &&KnownHost| is_same(&entry.key, key);
        if let Some(entry) = known.iter().copied().find(is_it) {
            return Ok(Basis::known(entry));
        }
        let is_its_type = |entry: &&KnownHost| entry.key.algorithm() == key.algorithm();
        if let Some(entry) = known.iter().copied().find(is_its_type) {
            let by_whom = format!("from {}", place(entry));
            return Err(Objection::changed(key, &[describe(&entry.key)], &by_whom));
        }
        if let Some(entry) = self.known(host, SSH_PORT).find(is_it) {
            return Ok(Basis::known(entry));
        }
        if self.accept_new {
            let accepted = self.accepted.get_or_accept(host, port, key);
            if is_same(&accepted, key) {
                return Ok(Basis::AcceptedAsNew);
            }
            let expected = [describe(&accepted)];
            return Err(Objection::changed(key, &expected, "accepted in this run"));
        }
        Err(Objection::unknown(key, &known))
    }

    /// The order in which to ask the server for its host keys: types of which a key is known come first, so that the
    /// server shows a key that can be compared (as OpenSSH does).
    pub fn preferred_algorithms(&self, edition: Edition, host: &str, port: u16) -> Vec<Algorithm> {
        let known: Vec<Algorithm> = match edition {
            _ if !self.pinned.is_empty() => self
                .pinned
                .iter()
                .filter_map(|pin| pin.algorithm().cloned())
                .collect(),
            Edition::Cloud => self
                .published
                .keys
                .iter()
                .map(PublicKey::algorithm)
                .collect(),
            Edition::DataCenter => {
                let known = self.known(host, port).map(|entry| entry.key.algorithm());
                let trusted = self.trusted_at(host, port);
                let trusted = trusted.filter_map(|pin| pin.algorithm().cloned());
                let accepted = self.accepted.get(host, port);
                let accepted = accepted.map(|key| key.algorithm());
                known.chain(trusted).chain(accepted).collect()
            }
        };
        let (mut first, rest): (Vec<_>, Vec<_>) = ALGORITHMS
            .into_iter()
            .partition(|algorithm| known.contains(&without_hash(algorithm)));
        first.extend(rest);
        first
    }

    /// Which of the algorithms that were `asked` for are still worth asking for, now that the server has shown a key
    /// that is not the expected one. None, as a rule. But a pin that is only a fingerprint does not say its type, and a
    /// server with a key of each type shows one for each connection: the pinned one may be among the others.
    pub fn left_to_ask(&self, asked: &[Algorithm], shown: &HostKeyJudgement) -> Vec<Algorithm> {
        let is_changed =
            matches!(&shown.outcome, Err(objection) if objection.code == Code::HostKeyChanged);
        let may_be_another = self.pinned.iter().any(|pin| pin.algorithm().is_none());
        if !is_changed || !may_be_another {
            return Vec::new();
        }
        let others = asked
            .iter()
            .filter(|algorithm| without_hash(algorithm) != shown.algorithm);
        others.cloned().collect()
    }

    fn known<'a>(&'a self, host: &str, port: u16) -> impl Iterator<Item = &'a KnownHost> {
        let entries = self.known_hosts.entries_for(host, port);
        entries.filter(|entry| !entry.is_revoked)
    }

    /// Every line about the host, at its port or without one.
    fn relevant<'a>(&'a self, host: &str, port: u16) -> impl Iterator<Item = &'a KnownHost> {
        let at_port = self.known_hosts.entries_for(host, port);
        at_port.chain(self.known_hosts.entries_for(host, SSH_PORT))
    }
}

impl Objection {
    fn new(code: Code, detail: String) -> Self {
        Self { code, detail }
    }

    fn changed(key: &PublicKey, expected: &[String], by_whom: &str) -> Self {
        let detail = format!(
            "The server shows {}. Expected: {} ({by_whom}).",
            describe(key),
            expected.join(" or ")
        );
        Self::new(Code::HostKeyChanged, detail)
    }

    fn unknown(key: &PublicKey, others: &[&KnownHost]) -> Self {
        let shown = describe(key);
        let detail = match others.first() {
            Some(entry) => format!(
                "The server shows {shown}. A key of another type is known ({}).",
                place(entry)
            ),
            None => format!("The server shows {shown}."),
        };
        Self::new(Code::HostKeyUnknown, detail)
    }
}

impl HostKeyJudgement {
    /// Whether somebody vouches for the key. Only then may anything be signed for the server.
    pub fn is_trusted(&self) -> bool {
        self.outcome.is_ok()
    }

    /// Whether the connection may go on. With an unknown key it may, but then nothing it says proves anything.
    pub fn lets_through(&self) -> bool {
        match &self.outcome {
            Ok(_) => true,
            Err(objection) => objection.code == Code::HostKeyUnknown,
        }
    }

    /// The judgement as an outcome of the check `host_key`.
    pub fn to_check(&self) -> Check {
        let shown = format!("{} {}", self.algorithm.as_str(), self.fingerprint);
        match &self.outcome {
            Ok(basis) => Check::pass(CheckId::HostKey, basis.summary())
                .telling_others(format!("{}: {shown}", basis.words_for_others()))
                .with_detail(shown),
            Err(objection) => {
                let check = Check::found(objection.code)
                    .with_detail(objection.detail.as_str())
                    .telling_others(format!("The server shows {shown}."));
                match objection.code {
                    Code::HostKeyUnknown => {
                        let title = format!("Trust {}", self.fingerprint);
                        check
                            .with_fix(FixId::TrustHostKey, title)
                            .with_fix_value(FixId::TrustHostKey, self.fingerprint.as_str())
                    }
                    _ => check,
                }
            }
        }
    }
}

impl Basis {
    fn known(entry: &KnownHost) -> Self {
        Basis::Known {
            file: harmless(&entry.file, LONGEST_FILE_NAME),
            line: entry.line,
        }
    }

    /// What was found, in one line.
    pub fn summary(&self) -> String {
        match self {
            Basis::Pinned => "host key is the one you gave".to_owned(),
            Basis::Published(Publisher::Atlassian) => {
                "host key is one Atlassian publishes".to_owned()
            }
            Basis::Published(Publisher::Simulation) => "host key is the simulation's".to_owned(),
            Basis::Known { file, line } => format!("host key is in {file} (line {line})"),
            Basis::TrustedByUser => "host key is one you said to trust".to_owned(),
            Basis::AcceptedAsNew => "host key is new, and accepted as you asked".to_owned(),
        }
    }

    /// The same without the names of files.
    fn words_for_others(&self) -> String {
        match self {
            Basis::Known { .. } => "host key was known before".to_owned(),
            other => other.summary(),
        }
    }
}

/// Compares the keys themselves: `==` on [`PublicKey`] includes the comment.
fn is_same(one: &PublicKey, other: &PublicKey) -> bool {
    one.key_data() == other.key_data()
}

fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

fn describe(key: &PublicKey) -> String {
    format!(
        "{} {}",
        harmless(key.algorithm().as_str(), 64),
        fingerprint(key)
    )
}

/// A server has a key of each type, so a fingerprint of another type never matches: worth saying.
fn describe_pin(pin: &HostKeyPin) -> String {
    match pin.algorithm() {
        Some(algorithm) => format!("{} {}", harmless(algorithm.as_str(), 64), pin.fingerprint()),
        None => format!("a key of any type with {}", pin.fingerprint()),
    }
}

fn place(entry: &KnownHost) -> String {
    format!(
        "{}, line {}",
        harmless(&entry.file, LONGEST_FILE_NAME),
        entry.line
    )
}

/// The type of the key, whatever hash signs with it.
fn without_hash(algorithm: &Algorithm) -> Algorithm {
    match algorithm {
        Algorithm::Rsa { .. } => Algorithm::Rsa { hash: None },
        other => other.clone(),
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail this way"
)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::check::Status;
    use proptest::prelude::*;

    // Each of these ends with a line end.
    const ED25519: &str = include_str!("../../tests/fixtures/keys/ed25519.pub");
    const ECDSA: &str = include_str!("../../tests/fixtures/keys/ec256.pub");
    const RSA: &str = include_str!("../../tests/fixtures/keys/rsa2048.pub");
    const OTHER_RSA: &str = include_str!("../../tests/fixtures/keys/rsa4096.pub");
    const HOST: &str = "git.example.com";

    static PUBLISHED: LazyLock<Vec<PublicKey>> = LazyLock::new(|| vec![key(ED25519), key(RSA)]);

    fn key(line: &str) -> PublicKey {
        PublicKey::from_openssh(line).unwrap()
    }

    /// Nothing is known but what is published: an Ed25519 and an RSA key; the ECDSA key was withdrawn.
    fn trust() -> HostKeyTrust {
        HostKeyTrust {
            pinned: Vec::new(),
            trusted: Vec::new(),
            known_hosts: KnownHosts::default(),
            accept_new: false,
            accepted: AcceptedKeys::default(),
            published: PublishedHostKeys {
                keys: &PUBLISHED,
                is_withdrawn: |fingerprint| fingerprint == super::fingerprint(&key(ECDSA)),
                publisher: Publisher::Atlassian,
            },
        }
    }

    fn knowing(lines: &str) -> HostKeyTrust {
        HostKeyTrust {
            known_hosts: KnownHosts::parse(lines, "~/.ssh/known_hosts"),
            ..trust()
        }
    }

    fn basis(trust: &HostKeyTrust, edition: Edition, line: &str) -> Basis {
        let judgement = trust.judge(edition, HOST, 7999, &key(line));
        assert!(judgement.lets_through());
        assert_eq!(judgement.to_check().status, Status::Pass);
        judgement.outcome.expect("trusted")
    }

    fn objection(trust: &HostKeyTrust, edition: Edition, line: &str) -> Objection {
        let judgement = trust.judge(edition, HOST, 7999, &key(line));
        let check = judgement.to_check();
        let objection = judgement.outcome.clone().expect_err("not trusted");
        assert_eq!(check.code, Some(objection.code));
        assert!(objection.detail.contains(&judgement.fingerprint));
        assert_eq!(judgement.lets_through(), check.status == Status::Warn);
        objection
    }

    #[test]
    fn on_cloud_what_is_published_decides() {
        let known = format!("[{HOST}]:7999 {OTHER_RSA}");
        for trust in [trust(), knowing(&known)] {
            assert!(matches!(
                basis(&trust, Edition::Cloud, RSA),
                Basis::Published(_)
            ));
            let objection = objection(&trust, Edition::Cloud, OTHER_RSA);
            assert_eq!(objection.code, Code::HostKeyChanged);
            // Of the published keys the one of the same type is named.
            assert!(objection.detail.contains(&fingerprint(&key(RSA))));
            assert!(!objection.detail.contains(&fingerprint(&key(ED25519))));
        }
    }

    #[test]
    fn a_pin_decides_alone() {
        let trust = HostKeyTrust {
            pinned: vec![HostKeyPin::of(&key(OTHER_RSA))],
            accept_new: true,
            ..knowing(&format!("{HOST} {RSA}"))
        };
        for edition in [Edition::Cloud, Edition::DataCenter] {
            assert_eq!(basis(&trust, edition, OTHER_RSA), Basis::Pinned);
            let objection = objection(&trust, edition, RSA);
            assert_eq!(objection.code, Code::HostKeyChanged);
            assert!(objection.detail.contains(&fingerprint(&key(OTHER_RSA))));
        }
    }

    #[test]
    fn a_withdrawn_key_is_refused_whoever_vouches_for_it() {
        let trust = HostKeyTrust {
            pinned: vec![HostKeyPin::of(&key(ECDSA))],
            trusted: vec![HostKeyPin::of(&key(ECDSA))],
            accept_new: true,
            ..knowing(&format!("[{HOST}]:7999 {ECDSA}"))
        };
        for edition in [Edition::Cloud, Edition::DataCenter] {
            assert_eq!(
                objection(&trust, edition, ECDSA).code,
                Code::HostKeyWithdrawn
            );
        }
    }

    #[test]
    fn a_revoked_key_is_refused_and_the_file_named() {
        let trust = knowing(&format!("[{HOST}]:7999 {RSA}@revoked * {RSA}"));
        let objection = objection(&trust, Edition::DataCenter, RSA);
        assert_eq!(objection.code, Code::HostKeyWithdrawn);
        assert!(objection.detail.contains("~/.ssh/known_hosts, line 2"));
    }

    #[test]
    fn at_a_data_center_known_hosts_decides() {
        let at_port = format!("[{HOST}]:7999 ");
        for (known, shown, expected) in [
            (format!("{at_port}{RSA}"), RSA, Ok(1)),
            (format!("{at_port}{OTHER_RSA}{at_port}{RSA}"), RSA, Ok(2)),
            (
                format!("{at_port}{OTHER_RSA}"),
                RSA,
                Err(Code::HostKeyChanged),
            ),
            (
                format!("{at_port}{ED25519}"),
                RSA,
                Err(Code::HostKeyUnknown),
            ),
            (String::new(), RSA, Err(Code::HostKeyUnknown)),
            (
                format!("{HOST} {RSA}{at_port}{OTHER_RSA}"),
                RSA,
                Err(Code::HostKeyChanged),
            ),
            // As in OpenSSH: without its port the host's line can help, but not harm.
            (format!("{HOST} {RSA}"), RSA, Ok(1)),
            (
                format!("{HOST} {OTHER_RSA}"),
                RSA,
                Err(Code::HostKeyUnknown),
            ),
        ] {
            let trust = knowing(&known);
            match expected {
                Ok(line) => {
                    let file = "~/.ssh/known_hosts".to_owned();
                    assert_eq!(
                        basis(&trust, Edition::DataCenter, shown),
                        Basis::Known { file, line }
                    );
                }
                Err(code) => {
                    assert_eq!(
                        objection(&trust, Edition::DataCenter, shown).code,
                        code,
                        "{known}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_known_key_of_another_type_is_mentioned() {
        let trust = knowing(&format!("[{HOST}]:7999 {ED25519}"));
        let objection = objection(&trust, Edition::DataCenter, RSA);
        assert!(
            objection
                .detail
                .contains("another type is known (~/.ssh/known_hosts, line 1)")
        );
    }

    #[test]
    fn accepting_what_is_new_never_accepts_what_changed() {
        let accepting = |known: &str| HostKeyTrust {
            accept_new: true,
            ..knowing(known)
        };
        assert_eq!(
            basis(&accepting(""), Edition::DataCenter, RSA),
            Basis::AcceptedAsNew
        );
        let changed = accepting(&format!("[{HOST}]:7999 {OTHER_RSA}"));
        assert_eq!(
            objection(&changed, Edition::DataCenter, RSA).code,
            Code::HostKeyChanged
        );
        assert_eq!(
            objection(&accepting(""), Edition::Cloud, OTHER_RSA).code,
            Code::HostKeyChanged
        );
    }

    #[test]
    fn only_the_first_new_key_of_a_host_and_port_is_accepted() {
        let trust = HostKeyTrust {
            accept_new: true,
            ..trust()
        };
        let shown = |host, port, line| {
            // Every connection of a run has a trust of its own.
            let judgement = trust
                .clone()
                .judge(Edition::DataCenter, host, port, &key(line));
            judgement.outcome.map_err(|objection| objection.code)
        };
        assert_eq!(shown(HOST, 7999, RSA), Ok(Basis::AcceptedAsNew));
        assert_eq!(shown(HOST, 7999, OTHER_RSA), Err(Code::HostKeyChanged));
        assert_eq!(shown(HOST, 7999, ED25519), Err(Code::HostKeyChanged));
        assert_eq!(shown(HOST, 7999, RSA), Ok(Basis::AcceptedAsNew));
        assert_eq!(shown(HOST, 22, OTHER_RSA), Ok(Basis::AcceptedAsNew));
        assert_eq!(
            shown("hg.example.com", 7999, ED25519),
            Ok(Basis::AcceptedAsNew)
        );
        let asked = trust.preferred_algorithms(Edition::DataCenter, HOST, 7999);
        let hash = Some(HashAlg::Sha512);
        assert_eq!(asked[0], Algorithm::Rsa { hash });
    }

    #[test]
    fn a_key_marked_revoked_for_the_host_alone_is_refused_at_any_port() {
        let trust = knowing(&format!("[{HOST}]:7999 {RSA}@revoked {HOST} {RSA}"));
        let objection = objection(&trust, Edition::DataCenter, RSA);
        assert_eq!(objection.code, Code::HostKeyWithdrawn);
        assert!(objection.detail.contains("line 2"), "{}", objection.detail);
        let elsewhere = knowing(&format!(
            "[{HOST}]:7999 {RSA}@revoked [{HOST}]:2222 {RSA}@revoked hg.example.com {RSA}"
        ));
        basis(&elsewhere, Edition::DataCenter, RSA);
    }

    #[test]
    fn beside_a_pin_a_trusted_key_counts_for_nothing() {
        let trust = HostKeyTrust {
            pinned: vec![HostKeyPin::of(&key(RSA))],
            trusted: vec![HostKeyPin::of(&key(OTHER_RSA))],
            ..trust()
        };
        assert_eq!(basis(&trust, Edition::DataCenter, RSA), Basis::Pinned);
        let objection = objection(&trust, Edition::DataCenter, OTHER_RSA);
        assert_eq!(objection.code, Code::HostKeyChanged);
    }

    #[test]
    fn a_key_is_trusted_where_the_user_said_so_and_nowhere_else() {
        let mut trust = trust();
        trust.trust(&fingerprint(&key(OTHER_RSA)), HOST, 7999);
        trust.trust("no fingerprint", HOST, 7999);
        assert_eq!(trust.trusted.len(), 1);
        for (host, port, outcome) in [
            (HOST, 7999, Ok(Basis::TrustedByUser)),
            (HOST, 2222, Err(Code::HostKeyUnknown)),
            ("hg.example.com", 7999, Err(Code::HostKeyUnknown)),
        ] {
            let judgement = trust.judge(Edition::DataCenter, host, port, &key(OTHER_RSA));
            assert_eq!(judgement.is_trusted(), outcome.is_ok());
            let found = judgement.outcome.map_err(|objection| objection.code);
            assert_eq!(found, outcome, "{host} {port}");
        }
        // A Data Center's key that somebody trusted is no key of Cloud's.
        let cloud = trust.judge(Edition::Cloud, "ssh.bitbucket.org", 22, &key(OTHER_RSA));
        assert!(!cloud.lets_through());
    }

    #[test]
    fn what_the_user_trusts_is_trusted() {
        let trust = HostKeyTrust {
            trusted: vec![HostKeyPin::of(&key(OTHER_RSA))],
            ..trust()
        };
        for edition in [Edition::Cloud, Edition::DataCenter] {
            assert_eq!(basis(&trust, edition, OTHER_RSA), Basis::TrustedByUser);
        }
    }

    #[test]
    fn the_fix_for_an_unknown_key_names_its_fingerprint() {
        let judgement = trust().judge(Edition::DataCenter, HOST, 7999, &key(RSA));
        let fixes = judgement.to_check().fixes;
        let fix = fixes
            .iter()
            .find(|fix| fix.id == FixId::TrustHostKey)
            .unwrap();
        assert_eq!(fix.title, format!("Trust {}", fingerprint(&key(RSA))));
    }

    #[test]
    fn types_of_which_a_key_is_known_are_asked_for_first() {
        let rsa = |hash| Algorithm::Rsa { hash: Some(hash) };
        let asked = |trust: &HostKeyTrust, edition| trust.preferred_algorithms(edition, HOST, 7999);
        assert_eq!(asked(&trust(), Edition::DataCenter), ALGORITHMS);
        let cloud = asked(&trust(), Edition::Cloud);
        assert_eq!(
            cloud[..3],
            [
                Algorithm::Ed25519,
                rsa(HashAlg::Sha512),
                rsa(HashAlg::Sha256)
            ]
        );
        assert_eq!(cloud.len(), ALGORITHMS.len());
        let known = knowing(&format!("[{HOST}]:7999 {RSA}"));
        assert_eq!(asked(&known, Edition::DataCenter)[0], rsa(HashAlg::Sha512));
        let pinned = HostKeyTrust {
            pinned: vec![HostKeyPin::of(&key(ECDSA))],
            ..known
        };
        assert_eq!(
            asked(&pinned, Edition::DataCenter)[0],
            key(ECDSA).algorithm()
        );
    }

    #[test]
    fn other_types_are_asked_for_only_if_a_pin_leaves_its_type_open() {
        let by_fingerprint = HostKeyPin::from(key(ECDSA).fingerprint(HashAlg::Sha256));
        let left = |pinned: HostKeyPin, shown: &str| {
            let trust = HostKeyTrust {
                pinned: vec![pinned],
                ..HostKeyTrust::default()
            };
            let judgement = trust.judge(Edition::DataCenter, HOST, 7999, &key(shown));
            trust.left_to_ask(&ALGORITHMS, &judgement)
        };
        assert_eq!(left(by_fingerprint.clone(), ED25519), ALGORITHMS[1..]);
        assert_eq!(left(by_fingerprint.clone(), RSA), ALGORITHMS[..4]);
        assert_eq!(left(by_fingerprint, ECDSA), []);
        assert_eq!(left(HostKeyPin::of(&key(ECDSA)), ED25519), []);
    }

    proptest! {
        #[test]
        fn a_key_nobody_vouches_for_is_never_trusted(
            pinned in proptest::bool::ANY,
            accept_new in proptest::bool::ANY,
            cloud in proptest::bool::ANY,
            known in proptest::sample::select(&["", ED25519, OTHER_RSA, ECDSA][..]),
            port: u16,
        ) {
            let trust = HostKeyTrust {
                pinned: pinned.then(|| HostKeyPin::of(&key(ED25519))).into_iter().collect(),
                accept_new,
                ..knowing(&format!("[{HOST}]:{port} {known}\n{HOST} {known}"))
            };
            let edition = if cloud { Edition::Cloud } else { Edition::DataCenter };
            // An RSA key that is neither published nor known.
            let stranger = PublicKey::from(ssh_key::public::KeyData::Rsa(
                ssh_key::public::RsaPublicKey::new(
                    ssh_key::Mpint::from_positive_bytes(&[1, 0, 1]),
                    ssh_key::Mpint::from_positive_bytes(&[0xff; 256]),
                ).unwrap(),
            ));
            let judgement = trust.judge(edition, HOST, port, &stranger);
            let accepted = judgement.outcome == Ok(Basis::AcceptedAsNew);
            prop_assert!(judgement.outcome.is_err() || accepted);
            prop_assert!(!accepted || (accept_new && !cloud && !pinned && known != OTHER_RSA));
        }
    }
}
