//! The SSH server: Bitbucket's manners at login, and `git-upload-pack` for what a key opens.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use russh::server::{
    Auth, ChannelOpenHandle, Config, Handle, Handler, Msg, PublicKeyOffer, Session,
};
use russh::server::{VerifiedPublicKey, run_stream};
use russh::{Channel, ChannelId, Disconnect, MethodKind, MethodSet, Preferred, Pty, SshId, kex};
use ssh_key::PrivateKey;
use ssh_key::public::KeyData;
use tokio::net::{TcpListener, TcpStream};

use super::event::{Event, safe};
use super::fault::{Fault, serve_without_ssh};
use super::store::{Access, Holder, Repository, fingerprint};
use super::upload_pack::{Ending, Request, advertisement, no_archive};
use super::visitors::{Bounds, Entrance, Place};
use super::{Premises, messages};
use crate::bitbucket::{Edition, ssh_session};

/// The only user that Bitbucket lets access keys in as.
pub(super) const USER: &str = "git";

/// How many refused keys end the connection: OpenSSH's default, which Bitbucket's is not known to differ from.
const MAX_AUTH_TRIES: usize = 6;

/// How long a silent connection is kept.
const SILENCE_LIMIT: Duration = Duration::from_secs(120);

/// Far more than a person and their tests need at once, and little enough to hold in memory.
const BOUNDS: Bounds = Bounds {
    visitors: 256,
    silence: SILENCE_LIMIT,
    stay: Duration::from_secs(15 * 60),
};

/// The code of stderr among a channel's extended data (RFC 4254 §5.2).
const STDERR: u32 = 1;

/// The keys that the server can show.
pub(super) struct HostKeys {
    /// Its own.
    pub(super) own: Vec<PrivateKey>,
    /// Those of somebody in its place.
    pub(super) others: Vec<PrivateKey>,
}

/// How the server introduces itself and what it offers.
fn config(edition: Edition, fault: Option<Fault>, host_keys: &HostKeys) -> Config {
    // The beginnings are Bitbucket's, so that what recognises it does; the rest tells a person the truth.
    let server_id = match (fault, edition) {
        (Some(Fault::MachineSshd), _) => "SSH-2.0-OpenSSH_9.9 doorkey-simulation",
        (_, Edition::Cloud) => "SSH-2.0-conker_doorkey-simulation",
        (_, Edition::DataCenter) => "SSH-2.0-SSHD-CORE-doorkey-simulation",
    };
    let methods: &[MethodKind] = match fault {
        Some(Fault::NoPublickey) => &[MethodKind::Password],
        _ => &[MethodKind::PublicKey],
    };
    let host_keys = match fault {
        Some(Fault::OtherHostKey) => &host_keys.others,
        _ => &host_keys.own,
    };
    let preferred = match fault {
        Some(Fault::OldAlgorithms) => Preferred {
            kex: Cow::Borrowed(&[kex::DH_G1_SHA1]),
            ..Preferred::DEFAULT
        },
        _ => Preferred::DEFAULT,
    };
    Config {
        server_id: SshId::Standard(Cow::Borrowed(server_id)),
        methods: MethodSet::from(methods),
        preferred,
        // Nothing here is secret enough to hide behind a pause.
        auth_rejection_time: Duration::ZERO,
        // The visitor counts by itself, to end in Bitbucket's words instead of russh's.
        max_auth_attempts: 0,
        inactivity_timeout: Some(SILENCE_LIMIT),
        keys: host_keys.clone(),
        nodelay: true,
        ..Config::default()
    }
}

/// Takes connections for ever.
pub(super) async fn serve(listener: TcpListener, host_keys: HostKeys, premises: Arc<Premises>) {
    let entrance = Entrance::new(listener, BOUNDS);
    loop {
        let (stream, place, _) = entrance.next().await;
        // What is wrong may change between two connections.
        let fault = premises.fault();
        let config = config(premises.edition(), fault, &host_keys);
        tokio::spawn(receive(stream, place, config, fault, Arc::clone(&premises)));
    }
}

/// One connection. How it fails is the client's affair: it notices by itself.
async fn receive(
    stream: TcpStream,
    place: Place,
    config: Config,
    fault: Option<Fault>,
    premises: Arc<Premises>,
) {
    // Without it every small packet may wait for the one before; not having it only costs time.
    let _ = stream.set_nodelay(config.nodelay);
    let Some(stream) = serve_without_ssh(fault, stream).await else {
        return;
    };
    let connection = Arc::new(OnceLock::new());
    let visitor = Visitor::new(premises, fault, Arc::clone(&connection));
    if let Ok(session) = run_stream(Arc::new(config), place.seat(stream), visitor).await {
        // Set long before the first key arrives: that takes a whole key exchange.
        let _ = connection.set(session.handle());
        let _ = session.await;
    }
}

/// One client, from its first question to its last.
struct Visitor {
    premises: Arc<Premises>,
    /// What was wrong when the client came.
    fault: Option<Fault>,
    /// The way to end the connection.
    connection: Arc<OnceLock<Handle>>,
    /// How many of its keys were refused.
    refusals: usize,
    /// The key it has proven to have.
    key: Option<KeyData>,
    /// Sessions that have been shown a list of branches.
    listings: HashMap<ChannelId, Request>,
}

/// What a client asked for.
enum Command<'a> {
    Repository(Access, &'a str),
    Archive(&'a str),
    WhoAmI,
    HostKeyInfo,
    Unknown,
}

impl<'a> Command<'a> {
    fn parse(line: &'a str, edition: Edition) -> Self {
        let line = line.trim();
        if line == "whoami" && edition == Edition::DataCenter {
            return Command::WhoAmI;
        }
        if line == "host_key_info" && edition == Edition::Cloud {
            return Command::HostKeyInfo;
        }
        // Git says `git-upload-pack`; both editions also know it as `git upload-pack`.
        let Some(rest) = line
            .strip_prefix("git-")
            .or_else(|| line.strip_prefix("git "))
        else {
            return Command::Unknown;
        };
        let (name, path) = rest.split_once(' ').unwrap_or((rest, ""));
        // Git puts the path in single quotes; no repository has one in its name.
        let path = path.trim().trim_matches('\'');
        match name {
            "upload-pack" => Command::Repository(Access::Read, path),
            "receive-pack" => Command::Repository(Access::Write, path),
            "upload-archive" | "archive-pack" => Command::Archive(path),
            _ => Command::Unknown,
        }
    }
}

/// What to send for a command that is answered at once.
struct Answer {
    stdout: String,
    stderr: String,
    status: u32,
}

impl Answer {
    fn done(stdout: String) -> Self {
        Self {
            stdout,
            stderr: String::new(),
            status: 0,
        }
    }

    fn refused(stderr: impl Into<String>) -> Self {
        Self {
            stdout: String::new(),
            stderr: stderr.into(),
            status: 1,
        }
    }

    fn send(self, channel: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        if !self.stdout.is_empty() {
            session.data(channel, format!("{}\n", self.stdout).into_bytes())?;
        }
        if !self.stderr.is_empty() {
            session.extended_data(channel, STDERR, format!("{}\n", self.stderr).into_bytes())?;
        }
        finish(channel, self.status, session)
    }
}

fn finish(channel: ChannelId, status: u32, session: &mut Session) -> Result<(), russh::Error> {
    session.exit_status_request(channel, status)?;
    session.eof(channel)?;
    session.close(channel)
}

impl Visitor {
    fn new(
        premises: Arc<Premises>,
        fault: Option<Fault>,
        connection: Arc<OnceLock<Handle>>,
    ) -> Self {
        Self {
            premises,
            fault,
            connection,
            refusals: 0,
            key: None,
            listings: HashMap::new(),
        }
    }

    fn knows(&self, user: &str, key: &KeyData) -> bool {
        let any_key = self.fault == Some(Fault::AnyKey);
        any_key || (user == USER && self.premises.store.holder(key).is_some())
    }

    /// Refuses a key. The client is free to try another, but not for ever.
    async fn refuse(&mut self) -> Auth {
        self.refusals += 1;
        if self.refusals >= MAX_AUTH_TRIES
            && let Some(connection) = self.connection.get()
        {
            let reason = Disconnect::NoMoreAuthMethodsAvailable;
            let words = messages::TOO_MANY_KEYS.to_owned();
            // An error says that the connection has ended already.
            let _ = connection.disconnect(reason, words, String::new()).await;
        }
        Auth::reject()
    }

    fn open(&self, access: Access, path: &str) -> Result<&Repository, Answer> {
        let edition = self.premises.edition();
        // Nobody gets this far without a key.
        let Some(key) = &self.key else {
            return Err(Answer::refused(messages::NO_SHELL));
        };
        if let Some(refusal) = self.fault.and_then(Fault::refuses_repositories) {
            return Err(Answer::refused(messages::refuse(refusal, edition)));
        }
        if self.fault == Some(Fault::UnknownWords) {
            return Err(Answer::refused(messages::UNKNOWN_WORDS));
        }
        let opened = self.premises.store.open(key, path, access);
        opened.map_err(|denial| Answer::refused(denial.message(edition)))
    }

    /// What a session without a command is told.
    fn greeting(&self) -> Answer {
        let Some((key, holder)) = self.holder() else {
            return Answer::refused(messages::NO_SHELL);
        };
        match holder {
            Holder::Account(name) => Answer::done(format!(
                "{}\n\nlogged in as {name}.\n\n{}",
                ssh_session::ACCOUNT_LOGIN,
                ssh_session::NO_SHELL
            )),
            Holder::AccessKey => Answer::done(self.access_key_greeting(key)),
        }
    }

    fn access_key_greeting(&self, key: &KeyData) -> String {
        let mut lines = vec![
            ssh_session::ACCESS_KEY_LOGIN.to_owned(),
            String::new(),
            ssh_session::NO_SHELL.to_owned(),
            String::new(),
            ssh_session::READ_ACCESS.to_owned(),
            String::new(),
        ];
        for (repository, key) in self.premises.store.opened_by(key) {
            let name = repository.full_name();
            lines.push(format!("{name}: {} -- {}", key.label, key.comment));
        }
        lines.join("\n")
    }

    /// The host key of this connection, which a person compares with the published ones.
    fn host_key_info(&self) -> String {
        format!(
            "You are connected with the host key {}",
            self.premises.host_fingerprint
        )
    }

    fn who_am_i(&self) -> Answer {
        match self.holder() {
            Some((_, Holder::Account(name))) => Answer::done(name),
            _ => Answer::done("access key".to_owned()),
        }
    }

    fn holder(&self) -> Option<(&KeyData, Holder)> {
        let key = self.key.as_ref()?;
        Some((key, self.premises.store.holder(key)?))
    }

    fn announce_command(&self, command: &str, accepted: bool) {
        self.premises.announcer.announce(Event::Command {
            fingerprint: self.key.as_ref().map(fingerprint).unwrap_or_default(),
            command: safe(command),
            accepted,
        });
    }
}

impl Handler for Visitor {
    type Error = russh::Error;

    async fn authentication_banner(&mut self) -> Result<Option<String>, Self::Error> {
        Ok(Some(messages::BANNER.to_owned()))
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        if self.fault == Some(Fault::HangUpOnQuery) {
            return Err(russh::Error::Disconnect);
        }
        let key = offer.public_key.key_data();
        let accepted = self.knows(user, key);
        self.premises.announcer.announce(Event::KeyQuery {
            user: safe(user),
            fingerprint: fingerprint(key),
            accepted,
        });
        if accepted {
            Ok(Auth::Accept)
        } else {
            Ok(self.refuse().await)
        }
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        let key = key.public_key.key_data();
        // It may have been taken out since it was offered.
        if !self.knows(user, key) {
            return Ok(self.refuse().await);
        }
        self.premises.store.note_login(key);
        self.premises.announcer.announce(Event::Login {
            user: safe(user),
            fingerprint: fingerprint(key),
        });
        self.key = Some(key.clone());
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        _channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _term: &str,
        _columns: u32,
        _rows: u32,
        _pixel_width: u32,
        _pixel_height: u32,
        _modes: &[(Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn env_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        _value: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn subsystem_request(
        &mut self,
        channel: ChannelId,
        _name: &str,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        if self.premises.edition() == Edition::DataCenter {
            // Apache MINA SSHD offers no shell; ssh says "shell request failed on channel 0".
            self.announce_command("", false);
            session.channel_failure(channel)?;
            return session.close(channel);
        }
        session.channel_success(channel)?;
        let answer = self.greeting();
        self.announce_command("", answer.status == 0);
        answer.send(channel, session)
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        let line = String::from_utf8_lossy(data);
        let answer = match Command::parse(&line, self.premises.edition()) {
            Command::Repository(access, path) => match (self.open(access, path), access) {
                (Ok(repository), Access::Read) => {
                    self.announce_command(&line, true);
                    session.data(channel, advertisement(repository.branches))?;
                    self.listings.insert(channel, Request::default());
                    return Ok(());
                }
                (Ok(_), Access::Write) => Answer::refused(messages::NO_PUSH),
                (Err(refusal), _) => refusal,
            },
            // As for a clone: the key opens the repository, and there is nothing in it.
            Command::Archive(path) => match self.open(Access::Read, path) {
                Ok(_) => {
                    self.announce_command(&line, true);
                    session.data(channel, no_archive())?;
                    return finish(channel, 1, session);
                }
                Err(refusal) => refusal,
            },
            Command::WhoAmI => self.who_am_i(),
            Command::HostKeyInfo => Answer::done(self.host_key_info()),
            Command::Unknown => Answer::refused(messages::NO_SUCH_COMMAND),
        };
        self.announce_command(&line, answer.status == 0);
        answer.send(channel, session)
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let Some(request) = self.listings.get_mut(&channel) else {
            return Ok(());
        };
        let Some(ending) = request.feed(data) else {
            return Ok(());
        };
        self.listings.remove(&channel);
        let status = match ending {
            Ending::Satisfied => 0,
            Ending::Wants(error) => {
                session.data(channel, error)?;
                1
            }
            Ending::Garbled => 1,
        };
        finish(channel, status, session)
    }

    /// A client that leaves without a word has read the list, which is all there is to do.
    async fn channel_eof(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        match self.listings.remove(&channel) {
            Some(_) => finish(channel, 0, session),
            None => Ok(()),
        }
    }

    async fn channel_close(
        &mut self,
        channel: ChannelId,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        self.listings.remove(&channel);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_as_git_writes_them() {
        let read = |line| match Command::parse(line, Edition::Cloud) {
            Command::Repository(Access::Read, path) => format!("read {path}"),
            Command::Repository(Access::Write, path) => format!("write {path}"),
            Command::Archive(path) => format!("archive {path}"),
            Command::WhoAmI => "who am I".to_owned(),
            Command::HostKeyInfo => "host key".to_owned(),
            Command::Unknown => "unknown".to_owned(),
        };
        assert_eq!(read("git-upload-pack '/acme/a.git'"), "read /acme/a.git");
        assert_eq!(read("git upload-pack 'acme/a'"), "read acme/a");
        assert_eq!(read("git-receive-pack acme/a.git"), "write acme/a.git");
        assert_eq!(read("git-upload-pack"), "read ");
        assert_eq!(
            read("git-upload-archive 'acme/a.git'"),
            "archive acme/a.git"
        );
        assert_eq!(read("host_key_info"), "host key");
        assert_eq!(read("whoami"), "unknown");
        assert_eq!(read("rm -rf /"), "unknown");
    }

    #[test]
    fn only_data_center_says_who_you_are() {
        let command = Command::parse("whoami", Edition::DataCenter);
        assert!(matches!(command, Command::WhoAmI));
        let command = Command::parse("host_key_info", Edition::DataCenter);
        assert!(matches!(command, Command::Unknown));
    }
}
