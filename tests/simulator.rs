//! The embedded Bitbucket over real sockets: with the real git and OpenSSH, and with HTTP written by hand.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use doorkey::bitbucket::Edition;
use doorkey::simulator::{Event, NewKey, Options, Permission, Place, Simulator, StoredKey};
#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use ssh_key::{Algorithm, LineEnding, PrivateKey};
use support::requirements;
use tempfile::TempDir;

/// Far more than anything here takes; only reached when something hangs.
const PATIENCE: Duration = Duration::from_secs(30);

fn start(edition: Edition) -> Simulator {
    Simulator::start(Options::new(edition)).expect("a simulation starts on free ports")
}

fn featured() -> Place {
    Place::Repository("acme/analytics-platform".to_owned())
}

#[test]
fn a_visit_of_the_vendor_needs_a_key_that_is_in() {
    let simulator = start(Edition::Cloud);
    let mut events = simulator.subscribe();
    let pair = KeyPair::new();
    simulator.vendor_connects(&pair.line());
    assert!(events.try_recv().is_err());
    let added = pair.add_to(&simulator, &featured());
    assert_eq!(added.last_used, None);
    simulator.vendor_connects(&pair.line());
    let listed = simulator
        .store()
        .access_keys(&featured())
        .expect("the place");
    assert!(listed[0].last_used.is_some());
}

// ---- keys -----------------------------------------------------------------------------------------------------

/// A key pair in a directory of its own, as `ssh -i` wants it.
struct KeyPair {
    directory: TempDir,
    private: PrivateKey,
}

impl KeyPair {
    fn new() -> Self {
        let mut private =
            PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519).expect("a key pair");
        private.set_comment("coalesce@example.com");
        let pair = Self {
            directory: TempDir::new().expect("a directory"),
            private,
        };
        pair.private
            .write_openssh_file(pair.path(), LineEnding::LF)
            .expect("the key is written");
        pair
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("id")
    }

    fn line(&self) -> String {
        self.private.public_key().to_openssh().expect("one line")
    }

    fn base64(&self) -> String {
        let line = self.line();
        line.split(' ').nth(1).expect("a second field").to_owned()
    }

    fn add_to(&self, simulator: &Simulator, place: &Place) -> StoredKey {
        let new = NewKey {
            line: &self.line(),
            label: "Coalesce Quality",
            permission: Permission::Read,
            expires: None,
        };
        let added = simulator.store().add_access_key(place, new);
        added.expect("the key is added")
    }

    /// How to call `ssh` with this key and nothing of the person who runs the tests.
    fn ssh_command(&self) -> String {
        self.ssh_command_after(&[])
    }

    /// The same, with other keys offered before this one.
    fn ssh_command_after(&self, others: &[KeyPair]) -> String {
        let identities: Vec<String> = others
            .iter()
            .chain([self])
            .map(|pair| format!("-i '{}'", pair.path().display()))
            .collect();
        format!(
            "ssh -F /dev/null {} -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes \
             -o StrictHostKeyChecking=no -o UserKnownHostsFile='{}/known_hosts' -o ConnectTimeout=20",
            identities.join(" "),
            self.directory.path().display()
        )
    }

    fn git(&self, arguments: &[&str]) -> Output {
        Command::new("git")
            .args(arguments)
            .env("GIT_SSH_COMMAND", self.ssh_command())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("HOME", self.directory.path())
            .env("LC_ALL", "C")
            .current_dir(self.directory.path())
            .output()
            .expect("git runs")
    }

    fn ls_remote(&self, simulator: &Simulator, repository: &str) -> Output {
        self.git(&[
            "ls-remote",
            &format!("ssh://git@{}/{repository}", simulator.ssh_address()),
        ])
    }

    /// A session as `user`, without git.
    fn ssh(&self, simulator: &Simulator, user: &str, command: &str) -> Output {
        session(&self.ssh_command(), simulator, user, command)
    }
}

fn session(ssh_command: &str, simulator: &Simulator, user: &str, command: &str) -> Output {
    let address = simulator.ssh_address();
    let (host, port) = (address.ip(), address.port());
    Command::new("sh")
        .arg("-c")
        .arg(format!(
            "{ssh_command} -T -p {port} {user}@{host} {command}"
        ))
        .stdin(Stdio::null())
        .output()
        .expect("sh runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn git_and_ssh_are_here() -> bool {
    requirements::are_here(&["git", "ssh"])
}

// ---- HTTP -----------------------------------------------------------------------------------------------------

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }
}

/// Where requests go, and what they carry.
struct Client {
    address: SocketAddr,
    headers: Vec<(&'static str, String)>,
}

impl Client {
    fn new(simulator: &Simulator) -> Self {
        let address = simulator.api();
        let address = address.strip_prefix("http://").expect("an address");
        Self {
            address: address.parse().expect("an address and a port"),
            headers: Vec::new(),
        }
    }

    /// A client with the token.
    fn authorised(simulator: &Simulator) -> Self {
        let token = simulator.token();
        Self::new(simulator).with("Authorization", format!("Bearer {token}"))
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "")
    }

    fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, "")
    }

    fn post_json(&self, path: &str, body: &Value) -> Reply {
        let body = format!("Content-Type: application/json\r\n\r\n{body}");
        self.send("POST", path, &body)
    }

    fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
            .collect();
        let body = format!(
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n{}",
            fields.join("&")
        );
        self.send("POST", path, &body)
    }

    /// `content` is its type's header, an empty line, and the body; or nothing.
    fn send(&self, method: &str, path: &str, content: &str) -> Reply {
        let path = path
            .strip_prefix(&format!("http://{}", self.address))
            .unwrap_or(path);
        let (kind, body) = content.split_once("\r\n\r\n").unwrap_or_default();
        let mut lines = vec![
            format!("{method} {path} HTTP/1.1"),
            "Connection: close".to_owned(),
        ];
        if !self.headers.iter().any(|(name, _)| *name == "Host") {
            lines.push(format!("Host: {}", self.address));
        }
        let own = self.headers.iter();
        lines.extend(own.map(|(name, value)| format!("{name}: {value}")));
        if !kind.is_empty() {
            lines.push(kind.to_owned());
            lines.push(format!("Content-Length: {}", body.len()));
        }
        let request = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
        let mut stream = connect(self.address);
        stream.write_all(request.as_bytes()).expect("sent");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("answered");
        let (head, body) = reply.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Reply {
            status: status.expect("a status"),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    stream
}

fn percent_encoded(text: &str) -> String {
    let encoded: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    encoded.concat()
}

// ---- SSH ------------------------------------------------------------------------------------------------------

#[test]
fn git_lists_the_branches_with_an_added_key() {
    if !git_and_ssh_are_here() {
        return;
    }
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let simulator = start(edition);
        let pair = KeyPair::new();
        pair.add_to(&simulator, &featured());
        let output = pair.ls_remote(&simulator, "acme/analytics-platform.git");
        assert!(output.status.success(), "{}", stderr(&output));
        let listed = stdout(&output);
        for name in ["HEAD", "refs/heads/main", "refs/heads/develop"] {
            assert!(listed.contains(&format!("\t{name}\n")), "{listed}");
        }
        assert!(stderr(&output).contains("simulation, not Bitbucket"));
        let symbolic = pair.git(&["ls-remote", "--symref", &simulator.ssh_url(), "HEAD"]);
        assert!(stdout(&symbolic).starts_with("ref: refs/heads/main\tHEAD\n"));
    }
}

#[test]
fn a_key_that_was_not_added_is_refused() {
    if !git_and_ssh_are_here() {
        return;
    }
    let simulator = start(Edition::Cloud);
    let pair = KeyPair::new();
    let output = pair.ls_remote(&simulator, "acme/analytics-platform.git");
    assert!(!output.status.success());
    assert!(stderr(&output).contains("Permission denied (publickey)."));
    pair.add_to(&simulator, &featured());
    let other_user = pair.ssh(&simulator, "somebody", "");
    assert!(stderr(&other_user).contains("Permission denied (publickey)."));
}

#[test]
fn too_many_keys_end_the_connection() {
    if !git_and_ssh_are_here() {
        return;
    }
    let simulator = start(Edition::Cloud);
    let pair = KeyPair::new();
    pair.add_to(&simulator, &featured());
    let others: Vec<KeyPair> = (0..6).map(|_| KeyPair::new()).collect();
    let offered = |others: &[KeyPair]| {
        let ssh_command = pair.ssh_command_after(others);
        session(&ssh_command, &simulator, "git", "")
    };
    let sixth = offered(&others[..5]);
    assert!(sixth.status.success(), "{}", stderr(&sixth));
    let seventh = offered(&others);
    assert!(
        stderr(&seventh).contains("Too many authentication failures"),
        "{}",
        stderr(&seventh)
    );
}

#[test]
fn cloud_refuses_in_its_own_words() {
    if !git_and_ssh_are_here() {
        return;
    }
    let simulator = start(Edition::Cloud);
    let pair = KeyPair::new();
    pair.add_to(&simulator, &featured());
    let other = pair.ls_remote(&simulator, "acme/website.git");
    assert!(stderr(&other).contains(
        "conq: repository access denied. deployment key is not associated with the requested repository."
    ));
    let none = pair.ls_remote(&simulator, "acme/no-such.git");
    assert!(stderr(&none).contains(
        "conq: You may not have access to this repository or it no longer exists in this workspace."
    ));
    let push = pair.ssh(
        &simulator,
        "git",
        "\"git-receive-pack 'acme/analytics-platform.git'\"",
    );
    assert_eq!(push.status.code(), Some(1));
    assert!(stderr(&push).contains("access via a deployment key is read-only."));
    let account = KeyPair::new();
    let store = simulator.store();
    store
        .add_account_key("alex", &account.line(), &["globex"])
        .expect("added");
    let denied = account.ls_remote(&simulator, "acme/website.git");
    assert!(stderr(&denied).contains("conq: repository access denied.\n"));
    let allowed = account.ls_remote(&simulator, "globex/pipelines");
    assert!(allowed.status.success(), "{}", stderr(&allowed));
}

#[test]
fn cloud_says_what_a_key_opens() {
    if !git_and_ssh_are_here() {
        return;
    }
    let simulator = start(Edition::Cloud);
    let pair = KeyPair::new();
    pair.add_to(&simulator, &featured());
    let output = pair.ssh(&simulator, "git", "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        stdout(&output),
        "authenticated via a deploy key.\n\n\
         You can use git to connect to Bitbucket. Shell access is disabled\n\n\
         This deploy key has read access to the following repositories:\n\n\
         acme/analytics-platform: Coalesce Quality -- coalesce@example.com\n"
    );
    let account = KeyPair::new();
    simulator
        .store()
        .add_account_key("alex", &account.line(), &[])
        .expect("added");
    let output = account.ssh(&simulator, "git", "");
    assert_eq!(
        stdout(&output),
        "authenticated via ssh key.\n\nlogged in as alex.\n\n\
         You can use git to connect to Bitbucket. Shell access is disabled\n"
    );
}

#[test]
fn cloud_tells_its_host_key_on_request() {
    if !git_and_ssh_are_here() {
        return;
    }
    let simulator = start(Edition::Cloud);
    let pair = KeyPair::new();
    pair.add_to(&simulator, &featured());
    let output = pair.ssh(&simulator, "git", "host_key_info");
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains(&simulator.fingerprint()));
    let data_center = start(Edition::DataCenter);
    pair.add_to(&data_center, &featured());
    let output = pair.ssh(&data_center, "git", "host_key_info");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn data_center_offers_no_shell() {
    if !git_and_ssh_are_here() {
        return;
    }
    let simulator = start(Edition::DataCenter);
    let pair = KeyPair::new();
    pair.add_to(&simulator, &featured());
    let output = pair.ssh(&simulator, "git", "");
    assert_eq!(output.status.code(), Some(255));
    let words = stderr(&output);
    assert!(
        words.contains("shell request failed on channel 0"),
        "{words}"
    );
}

#[test]
fn an_archive_is_asked_for_as_a_clone_is_and_there_is_no_code_in_it() {
    if !git_and_ssh_are_here() {
        return;
    }
    for edition in Edition::ALL {
        let simulator = start(edition);
        let pair = KeyPair::new();
        pair.add_to(&simulator, &featured());
        let archive = |repository: &str| {
            let remote = format!(
                "--remote=ssh://git@{}/{repository}",
                simulator.ssh_address()
            );
            let output = pair.git(&["archive", &remote, "HEAD"]);
            assert!(!output.status.success());
            stderr(&output)
        };
        let words = archive("acme/analytics-platform.git");
        assert!(words.contains("holds no code"), "{words}");
        let words = archive("acme/website.git");
        assert!(!words.contains("holds no code"), "{words}");
    }
}

#[test]
fn data_center_refuses_in_its_own_words() {
    if !git_and_ssh_are_here() {
        return;
    }
    let simulator = start(Edition::DataCenter);
    let pair = KeyPair::new();
    pair.add_to(&simulator, &featured());
    for repository in ["acme/website.git", "acme/no-such.git"] {
        let output = pair.ls_remote(&simulator, repository);
        let words = stderr(&output);
        assert!(words.contains("Repository not found\n"), "{words}");
        assert!(words.contains(
            "The requested repository does not exist, or you do not have permission to access it."
        ));
    }
    let account = KeyPair::new();
    simulator
        .store()
        .add_account_key("alex", &account.line(), &["acme"])
        .expect("added");
    assert_eq!(stdout(&account.ssh(&simulator, "git", "whoami")), "alex\n");
    let listed = account.ssh(&simulator, "git", "\"git upload-pack '/acme/website.git'\"");
    assert!(stdout(&listed).contains("refs/heads/master"));
}

#[test]
fn a_clone_is_told_that_there_is_no_code() {
    if !git_and_ssh_are_here() {
        return;
    }
    let simulator = start(Edition::Cloud);
    let pair = KeyPair::new();
    pair.add_to(&simulator, &featured());
    let output = pair.git(&["clone", &simulator.ssh_url(), "copy"]);
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("it lists branches but holds no code"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn each_edition_introduces_itself_as_bitbucket_does() {
    for (edition, beginning, inside) in [
        (Edition::Cloud, "SSH-2.0-conker", "simulation"),
        (Edition::DataCenter, "SSH-2.0-", "SSHD"),
    ] {
        let simulator = start(edition);
        let stream = connect(simulator.ssh_address());
        let mut line = String::new();
        BufReader::new(stream)
            .read_line(&mut line)
            .expect("a greeting");
        assert!(line.starts_with(beginning), "{line}");
        assert!(line.contains(inside), "{line}");
    }
}

#[test]
fn what_happens_is_told() {
    if !git_and_ssh_are_here() {
        return;
    }
    let simulator = start(Edition::Cloud);
    let mut events = simulator.subscribe();
    let pair = KeyPair::new();
    let added = pair.add_to(&simulator, &featured());
    pair.ls_remote(&simulator, "acme/analytics-platform.git");
    let mut next = || events.blocking_recv().expect("an event");
    assert!(matches!(next(), Event::KeyAdded { id, .. } if id == added.id));
    assert!(matches!(next(), Event::KeyQuery { accepted: true, .. }));
    let Event::Login { fingerprint, user } = next() else {
        panic!("a login was expected");
    };
    assert_eq!((fingerprint, user), (added.fingerprint(), "git".to_owned()));
    assert!(matches!(next(), Event::Command { accepted: true, .. }));
}

// ---- the page -------------------------------------------------------------------------------------------------

#[test]
fn a_key_added_on_the_page_is_accepted() {
    let simulator = start(Edition::Cloud);
    let page = simulator.web_page();
    assert!(page.ends_with("/acme/analytics-platform/admin/access-keys/"));
    let client = Client::new(&simulator);
    let empty = client.get(&page);
    assert_eq!(empty.status, 200);
    assert!(empty.body.contains("Simulation – not Bitbucket"));
    assert!(empty.body.contains("There are no access keys yet."));

    let pair = KeyPair::new();
    let browser = Client::new(&simulator).with("Origin", simulator.api());
    let fields = [("label", "Coalesce"), ("key", &pair.line())];
    let sent_on = browser.post_form(&page, &fields);
    assert_eq!(sent_on.status, 303);
    let listed = client.get(sent_on.header("location").expect("a location"));
    assert!(
        listed
            .body
            .contains("role=\"status\">The access key Coalesce was added.")
    );
    let key = &simulator.store().access_keys(&featured()).expect("keys")[0];
    assert!(listed.body.contains(&key.fingerprint()));
    if git_and_ssh_are_here() {
        let output = pair.ls_remote(&simulator, "acme/analytics-platform");
        assert!(output.status.success(), "{}", stderr(&output));
    }

    let deleted = browser.post_form(&format!("{page}{}/delete", key.id), &[]);
    assert_eq!(deleted.status, 303);
    assert_eq!(simulator.store().access_keys(&featured()), Some(Vec::new()));
}

#[test]
fn only_of_a_key_that_is_gone_is_it_said_that_it_was_deleted() {
    let simulator = start(Edition::Cloud);
    let client = Client::new(&simulator);
    let page = simulator.web_page();
    let says_so = |path: &str| {
        client
            .get(path)
            .body
            .contains("The access key was deleted.")
    };
    let here = KeyPair::new().add_to(&simulator, &featured());
    let elsewhere = Place::Repository("acme/website".to_owned());
    let elsewhere = KeyPair::new().add_to(&simulator, &elsewhere);
    for id in [here.id, elsewhere.id, 0, elsewhere.id + 1] {
        assert!(!says_so(&format!("{page}?deleted={id}")), "{id}");
        // The key of another repository is not deleted from here, and so it is not said, either.
        if id != here.id {
            let deleted = client.post_form(&format!("{page}{id}/delete"), &[]);
            assert!(!says_so(deleted.header("location").expect("a location")));
        }
    }
    // Whoever deletes twice finds the key gone, as wished.
    for _ in 0..2 {
        let deleted = client.post_form(&format!("{page}{}/delete", here.id), &[]);
        assert!(says_so(deleted.header("location").expect("a location")));
    }
}

#[test]
fn the_page_refuses_in_bitbuckets_words_and_keeps_what_was_typed() {
    let simulator = start(Edition::Cloud);
    let client = Client::new(&simulator);
    let page = simulator.web_page();
    let pair = KeyPair::new();
    pair.add_to(&simulator, &featured());
    let add = |key: &str| client.post_form(&page, &[("label", "My label"), ("key", key)]);

    let duplicate = add(&pair.line());
    assert_eq!(duplicate.status, 400);
    let words = "Someone has already added that access key to this repository.";
    assert!(duplicate.body.contains(words));
    assert!(duplicate.body.contains("role=\"alert\""));
    assert!(
        duplicate
            .body
            .contains("aria-describedby=\"key-error key-hint\"")
    );
    assert!(duplicate.body.contains("value=\"My label\""));
    assert!(duplicate.body.contains(&pair.base64()));

    let wrapped = add(&KeyPair::new().line().replacen("AAAA", "AA\r\nAA", 1));
    assert!(wrapped.body.contains(">Invalid SSH Key<"));

    let account = KeyPair::new();
    simulator
        .store()
        .add_account_key("alex", &account.line(), &[])
        .expect("added");
    let taken = add(&account.line());
    assert!(
        taken
            .body
            .contains("Someone has already registered that SSH key.")
    );
    simulator
        .store()
        .remove_account_key(&account.line())
        .expect("removed");
    let unique = add(&account.line());
    assert!(unique.body.contains("SSH keys must be unique"));
}

/// A private key as each of three programs writes it, with a part of it that must not be seen anywhere.
fn private_keys() -> [(String, String); 3] {
    let openssh = KeyPair::new().private.to_openssh(LineEnding::LF);
    let openssh = openssh.expect("text").to_string();
    let secret = openssh
        .lines()
        .nth(2)
        .expect("a line of the key")
        .to_owned();
    let pem = "MC4CAQAwBQYDK2VwBCIEIE9kZGx5LCB0aGlzIGlzIG5vIHNlY3JldCBhdCBhbGw";
    let putty = "AAAAIFRoaXMgaXMgbm8gc2VjcmV0IGVpdGhlciwganVzdCB3b3Jkcy4=";
    [
        (openssh, secret),
        (
            format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n"),
            pem.to_owned(),
        ),
        (
            format!("PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n{putty}\n"),
            putty.to_owned(),
        ),
    ]
}

/// Checks that a private key is refused and nothing of it is seen, neither in the reply nor in what is told of it.
#[track_caller]
fn nothing_is_left_of(secret: &str, simulator: &Simulator, send: impl FnOnce() -> Reply) {
    let mut events = simulator.subscribe();
    let reply = send();
    assert_eq!(reply.status, 400, "{}", reply.body);
    assert!(!reply.body.contains(secret), "{}", reply.body);
    while let Ok(event) = events.try_recv() {
        assert!(!format!("{event:?}").contains(secret), "{event:?}");
    }
    assert_eq!(simulator.store().access_keys(&featured()), Some(Vec::new()));
}

#[test]
fn of_a_private_key_nothing_is_left_whichever_field_of_the_page_it_was_in() {
    let public = KeyPair::new().line();
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let simulator = start(edition);
        let client = Client::new(&simulator);
        for (private, secret) in private_keys() {
            // A field of one line takes the line ends out of a paste.
            let on_one_line = private.replace('\n', " ");
            let as_comment = format!("{public} {on_one_line}");
            // Data Center asks for no label, so there the key's field is the one to look at.
            let label_field = match edition {
                Edition::Cloud => "label",
                Edition::DataCenter => "key",
            };
            for (label, key, field) in [
                ("", &private, "key"),
                (private.as_str(), &public, label_field),
                (on_one_line.as_str(), &public, label_field),
                (on_one_line.as_str(), &"nonsense".to_owned(), label_field),
                ("", &as_comment, "key"),
            ] {
                nothing_is_left_of(&secret, &simulator, || {
                    let page = simulator.web_page();
                    let reply = client.post_form(&page, &[("label", label), ("key", key)]);
                    let alert = format!("<a href=\"#{field}\">Invalid SSH Key (ssh-keygen)</a>");
                    assert!(reply.body.contains(&alert), "{}", reply.body);
                    let beside = format!("aria-describedby=\"{field}-error {field}-hint\"");
                    assert!(reply.body.contains(&beside), "{}", reply.body);
                    assert_eq!(reply.body.matches("aria-invalid").count(), 1);
                    reply
                });
            }
        }
    }
}

#[test]
fn of_a_private_key_nothing_is_left_whichever_field_of_rest_it_was_in() {
    let public = KeyPair::new().line();
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let simulator = start(edition);
        let client = Client::authorised(&simulator);
        for (private, secret) in private_keys() {
            let (path, bodies) = match edition {
                Edition::Cloud => (
                    "/2.0/repositories/acme/analytics-platform/deploy-keys",
                    [
                        json!({"key": private}),
                        json!({"key": public, "label": private}),
                        json!(private),
                    ],
                ),
                Edition::DataCenter => (
                    "/rest/keys/1.0/projects/ACME/repos/analytics-platform/ssh",
                    [
                        json!({"key": {"text": private}, "permission": "REPO_READ"}),
                        json!({"key": {"text": public, "label": private}, "permission": "REPO_READ"}),
                        json!({"key": private, "permission": "REPO_READ"}),
                    ],
                ),
            };
            for body in bodies {
                nothing_is_left_of(&secret, &simulator, || client.post_json(path, &body));
            }
        }
    }
}

#[test]
fn labels_and_keys_never_become_markup() {
    let simulator = start(Edition::Cloud);
    let client = Client::new(&simulator);
    let page = simulator.web_page();
    let script = "\"><script>alert(1)</script>";
    let key = format!("{} {script}", KeyPair::new().line());
    let added = client.post_form(&page, &[("label", script), ("key", &key)]);
    assert_eq!(added.status, 303);
    let listed = client.get(&page).body;
    assert!(!listed.contains("<script"));
    assert!(listed.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    let tricky = "</textarea><script>alert(2)</script>";
    let refused = client.post_form(&page, &[("label", script), ("key", tricky)]);
    assert_eq!(refused.status, 400);
    assert!(!refused.body.contains("<script"));
}

#[test]
fn data_center_has_its_own_path_and_asks_for_the_permission() {
    let simulator = start(Edition::DataCenter);
    let page = simulator.web_page();
    assert!(page.ends_with("/plugins/servlet/ssh/projects/ACME/repos/analytics-platform/keys"));
    let client = Client::new(&simulator);
    assert!(client.get(&page).body.contains("Read / write"));
    let fields = [("permission", "write"), ("key", &KeyPair::new().line())];
    assert_eq!(client.post_form(&page, &fields).status, 303);
    let keys = simulator.store().access_keys(&featured()).expect("keys");
    assert_eq!(keys[0].permission, Permission::ReadWrite);
    assert_eq!(keys[0].label, "coalesce@example.com");
    let deleted = client.post_form(&format!("{page}/{}/delete", keys[0].id), &[]);
    assert_eq!(deleted.status, 303);
    assert_eq!(simulator.store().access_keys(&featured()), Some(Vec::new()));
}

#[test]
fn data_center_takes_an_expiry_and_says_what_is_wrong_with_one() {
    let simulator = start(Edition::DataCenter);
    let page = simulator.web_page();
    let client = Client::new(&simulator);
    let line = KeyPair::new().line();
    let words = "The expiry is a day to come";
    for day in ["2020-01-31", "2099-13-01", "31.12.2099", "never", "\"><b>"] {
        let refused = client.post_form(&page, &[("key", &line), ("expires", day)]);
        assert_eq!(refused.status, 400, "{day}");
        assert!(refused.body.contains(words), "{day}");
        assert!(refused.body.contains("<a href=\"#expires\">"), "{day}");
        assert!(!refused.body.contains("<b>"), "{day}");
    }
    // Whatever else is wrong, a private key comes first.
    let (private, secret) = &private_keys()[0];
    nothing_is_left_of(secret, &simulator, || {
        client.post_form(&page, &[("key", private), ("expires", "never")])
    });
    let added = client.post_form(&page, &[("key", &line), ("expires", "2099-12-31")]);
    assert_eq!(added.status, 303);
    let listed = client.get(&page).body;
    assert!(listed.contains("2100-01-01 00:00:00 UTC"), "{listed}");
    // The last day that a form can send, which many take for "never".
    let line = KeyPair::new().line();
    let added = client.post_form(&page, &[("key", &line), ("expires", "9999-12-31")]);
    assert_eq!(added.status, 303);
    let listed = client.get(&page).body;
    assert!(listed.contains("after 9999"), "{listed}");
    let cloud = start(Edition::Cloud);
    let page = Client::new(&cloud).get(&cloud.web_page()).body;
    assert!(!page.contains("expires"), "{page}");
}

#[test]
fn buttons_that_delete_different_keys_have_different_names() {
    let simulator = start(Edition::Cloud);
    let delete_buttons = || -> Vec<String> {
        let body = Client::new(&simulator).get(&simulator.web_page()).body;
        let names = body.split("aria-label=\"Delete access key ").skip(1);
        names
            .filter_map(|rest| rest.split('"').next().map(str::to_owned))
            .collect()
    };
    let first = KeyPair::new().add_to(&simulator, &featured());
    assert_eq!(delete_buttons(), ["Coalesce Quality"]);
    let second = KeyPair::new().add_to(&simulator, &featured());
    assert_eq!(
        delete_buttons(),
        [first, second].map(|key| format!("Coalesce Quality, {}", key.fingerprint()))
    );
}

#[test]
fn other_hosts_and_other_pages_are_turned_away() {
    let simulator = start(Edition::Cloud);
    let page = simulator.web_page();
    let port = Client::new(&simulator).address.port();
    let client = |name, value: &str| Client::new(&simulator).with(name, value);
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", "", "localhost"] {
        assert_eq!(client("Host", host).get(&page).status, 421, "{host}");
    }
    let by_name = client("Host", &format!("localhost:{port}"));
    assert_eq!(by_name.get(&page).status, 200);
    let line = KeyPair::new().line();
    for origin in ["null", "http://evil.example", "https://127.0.0.1", ""] {
        let reply = client("Origin", origin).post_form(&page, &[("key", &line)]);
        assert_eq!(reply.status, 403, "{origin}");
    }
    assert_eq!(simulator.store().access_keys(&featured()), Some(Vec::new()));
}

#[test]
fn a_page_needs_the_secret_and_is_well_guarded() {
    let simulator = start(Edition::Cloud);
    let client = Client::new(&simulator);
    let guessed = client.get("/acme/analytics-platform/admin/access-keys/");
    assert_eq!(guessed.status, 404);
    assert!(guessed.body.contains("simulation, not Bitbucket"));
    for reply in [guessed, client.get(&simulator.web_page())] {
        let policy = reply.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none';"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-frame-options"), Some("DENY"));
        assert_eq!(reply.header("referrer-policy"), Some("same-origin"));
        assert!(!reply.body.contains(simulator.token()));
    }
}

/// Checks that an answer is one of the simulation's own pages, with a way back to the keys or the list.
#[track_caller]
fn is_a_page(reply: &Reply, status: u16, words: &str, way_back: &str) {
    let Reply { head, body, .. } = reply;
    assert_eq!(reply.status, status, "{head}");
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(body.contains("Simulation – not Bitbucket."), "{body}");
    assert!(body.contains(words), "{words}: {body}");
    let path = way_back.splitn(4, '/').nth(3).expect("a path");
    let leads_back = [format!("href=\"/{path}\""), format!("action=\"/{path}\"")];
    assert!(leads_back.iter().any(|way| body.contains(way)), "{body}");
}

#[test]
fn whatever_is_sent_is_answered_with_a_page_that_leads_back() {
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let simulator = start(edition);
        let client = Client::new(&simulator);
        let keys = simulator.web_page();
        let list = keys.splitn(5, '/').take(4).collect::<Vec<_>>().join("/") + "/";
        let base = keys.trim_end_matches('/');
        let stored = KeyPair::new().add_to(&simulator, &featured());

        // Far longer than what is read of it, so that the answer comes while it is still being sent.
        for length in [100_000, 8_000_000] {
            let long = format!("ssh-rsa {}", "A".repeat(length));
            let body = format!("Content-Type: application/x-www-form-urlencoded\r\n\r\nkey={long}");
            let refused = client.send("POST", &keys, &body);
            is_a_page(&refused, 413, "much longer than any public key", &keys);
            assert!(refused.body.contains("<a href=\"#key\">"));
            assert!(!refused.body.contains("AAAAAAAA"));
        }
        let twice = "Content-Type: application/x-www-form-urlencoded\r\n\r\nkey=a&key=b";
        let other = "Content-Type: text/plain\r\n\r\nkey=a";
        for (content, status) in [(twice, 422), (other, 415)] {
            let refused = client.send("POST", &keys, content);
            is_a_page(&refused, status, "fill in the form once more", &keys);
        }
        // What can't be read is no news.
        for query in [
            "added=x",
            "deleted=-1",
            "added=99999999999999999999",
            "added=1&added=1",
        ] {
            let shown = client.get(&format!("{keys}?{query}"));
            is_a_page(&shown, 200, &stored.fingerprint(), &keys);
            assert!(!shown.body.contains("role=\"status\""), "{query}");
        }
        for id in ["x", "-1", "99999999999999999999"] {
            let refused = client.post_form(&format!("{base}/{id}/delete"), &[]);
            is_a_page(&refused, 404, "no access key of that number", &keys);
        }
        let no_text = keys.replace("analytics-platform", "%FF");
        for reply in [client.get(&no_text), client.post_form(&no_text, &[])] {
            is_a_page(&reply, 404, "no repository at this address", &list);
        }
        let unseen = client.get(&format!("{base}/{}/delete", stored.id));
        is_a_page(&unseen, 405, "nothing was changed", &list);
        let listed = simulator.store().access_keys(&featured());
        assert_eq!(listed, Some(vec![stored]));
    }
}

#[test]
fn half_of_a_form_is_not_taken_for_all_of_it() {
    let simulator = start(Edition::Cloud);
    let client = Client::new(&simulator);
    let page = simulator.web_page();
    let path = page.splitn(4, '/').nth(3).expect("a path");
    let body = format!("key={}&label=cut", percent_encoded(&KeyPair::new().line()));
    let mut stream = connect(client.address);
    write!(
        stream,
        "POST /{path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
        client.address,
        body.len() + 1,
    )
    .expect("sent");
    stream.shutdown(std::net::Shutdown::Write).expect("ended");
    let mut rest = Vec::new();
    // It closes, with an answer or without one.
    let _ = stream.read_to_end(&mut rest);
    assert_eq!(simulator.store().access_keys(&featured()), Some(Vec::new()));
}

#[test]
fn every_repository_can_be_reached_from_the_list() {
    for edition in [Edition::Cloud, Edition::DataCenter] {
        let simulator = start(edition);
        let client = Client::new(&simulator);
        let page = simulator.web_page();
        let secret = page.split('/').nth(3).expect("a secret");
        let list = client.get(&format!("/{secret}/")).body;
        let links: Vec<&str> = list
            .split("<li><a href=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(links.len() > 3, "{links:?}");
        for link in links {
            assert_eq!(client.get(link).status, 200, "{link}");
        }
        let style = client.get(&format!("/{secret}/simulation.css"));
        assert_eq!(
            style.header("content-type"),
            Some("text/css; charset=utf-8")
        );
    }
}

// ---- REST -----------------------------------------------------------------------------------------------------

#[test]
fn cloud_rest_adds_lists_and_removes() {
    let simulator = start(Edition::Cloud);
    let client = Client::authorised(&simulator);
    let path = "/2.0/repositories/acme/analytics-platform/deploy-keys";
    let pair = KeyPair::new();
    let body = json!({"key": pair.line(), "label": "Coalesce"});
    let added = client.post_json(path, &body);
    assert_eq!(added.status, 200);
    let id = added.json()["id"].clone();

    let listed = client.get(path).json();
    assert_eq!(listed["size"], 1);
    assert_eq!(listed.get("next"), None);
    let key = &listed["values"][0];
    assert_eq!(key["key"], format!("ssh-ed25519 {}", pair.base64()));
    assert_eq!(key["label"], "Coalesce");
    assert_eq!(key["comment"], "coalesce@example.com");
    assert_eq!(key["last_used"], Value::Null);
    assert_eq!(key["repository"]["full_name"], "acme/analytics-platform");

    let duplicate = client.post_json(path, &body);
    assert_eq!(duplicate.status, 400);
    let words = "Someone has already added that access key to this repository.";
    assert_eq!(duplicate.json(), json!({"key": [{"message": words}]}));

    assert_eq!(client.delete(&format!("{path}/{id}")).status, 204);
    assert_eq!(client.delete(&format!("{path}/{id}")).status, 404);
    assert_eq!(client.get(path).json()["values"], json!([]));
}

#[test]
fn cloud_rest_gives_the_list_in_pages() {
    let simulator = start(Edition::Cloud);
    let client = Client::authorised(&simulator);
    for _ in 0..5 {
        KeyPair::new().add_to(&simulator, &Place::Project("acme/DATA".to_owned()));
    }
    let mut path = "/2.0/workspaces/acme/projects/DATA/deploy-keys?pagelen=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = client.get(&path).json();
        let values = page["values"].as_array().expect("values").clone();
        seen.extend(values.iter().map(|key| key["id"].as_u64()));
        match page.get("next").and_then(Value::as_str) {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, [Some(1), Some(2), Some(3), Some(4), Some(5)]);
    let far = client.get("/2.0/workspaces/acme/projects/data/deploy-keys?page=99");
    assert_eq!(far.json()["values"], json!([]));
}

#[test]
fn cloud_rest_tells_what_is_wrong() {
    let simulator = start(Edition::Cloud);
    let client = Client::authorised(&simulator);
    let path = "/2.0/repositories/acme/analytics-platform/deploy-keys";
    let anonymous = Client::new(&simulator).get(path);
    assert_eq!(anonymous.status, 401);
    assert_eq!(anonymous.json()["type"], "error");
    assert!(!anonymous.body.contains(simulator.token()));
    let none = client.get("/2.0/repositories/acme/no-such/deploy-keys");
    assert_eq!(none.status, 404);
    assert_eq!(
        none.json()["error"]["message"],
        "You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated."
    );
    let invalid = client.post_json(path, &json!({"key": "ssh-ed25519 AAAA"}));
    assert_eq!(
        invalid.json(),
        json!({"key": [{"message": "Invalid SSH Key"}]})
    );
    let nonsense = client.post_json(path, &json!("nonsense"));
    assert_eq!(nonsense.status, 400);
    assert_eq!(nonsense.json()["type"], "error");
}

#[test]
fn an_address_of_rest_that_cant_be_read_is_an_error_like_any_other() {
    for (edition, keys, query, message) in [
        (
            Edition::Cloud,
            "/2.0/repositories/acme/analytics-platform/deploy-keys",
            "page=x",
            "/error/message",
        ),
        (
            Edition::DataCenter,
            "/rest/keys/1.0/projects/ACME/repos/analytics-platform/ssh",
            "start=-1",
            "/errors/0/message",
        ),
    ] {
        let simulator = start(edition);
        let client = Client::authorised(&simulator);
        for reply in [
            client.get(&format!("{keys}?{query}")),
            client.delete(&format!("{keys}/x")),
            client.get(&keys.replace("analytics-platform", "%FF")),
        ] {
            assert_eq!(reply.status, 400, "{}", reply.body);
            let words = reply.json().pointer(message).cloned();
            let words = words.and_then(|words| words.as_str().map(str::to_owned));
            assert!(words.is_some_and(|words| words.contains("can't read this address")));
        }
    }
}

#[test]
fn cloud_rest_knows_the_repository_and_when_a_key_was_used() {
    let simulator = start(Edition::Cloud);
    let client = Client::authorised(&simulator);
    let repository = client
        .get("/2.0/repositories/acme/analytics-platform")
        .json();
    assert_eq!(repository["mainbranch"]["name"], "main");
    let links = repository["links"]["clone"].as_array().expect("links");
    let ssh = links.iter().find(|link| link["name"] == "ssh");
    assert_eq!(
        ssh.expect("an SSH link")["href"],
        "git@ssh.bitbucket.org:acme/analytics-platform.git"
    );
    if !git_and_ssh_are_here() {
        return;
    }
    let pair = KeyPair::new();
    pair.add_to(&simulator, &featured());
    pair.ls_remote(&simulator, "acme/analytics-platform");
    let keys = client.get("/2.0/repositories/acme/analytics-platform/deploy-keys");
    assert!(keys.json()["values"][0]["last_used"].is_string());
}

#[test]
fn data_center_rest_adds_lists_and_removes() {
    let simulator = start(Edition::DataCenter);
    let client = Client::authorised(&simulator);
    let path = "/rest/keys/1.0/projects/ACME/repos/analytics-platform/ssh";
    let pair = KeyPair::new();
    let body = json!({"key": {"text": pair.line()}, "permission": "REPO_WRITE"});
    let added = client.post_json(path, &body);
    assert_eq!(added.status, 201);
    let id = added.json()["key"]["id"].clone();

    let listed = client.get(path).json();
    assert_eq!(listed["isLastPage"], true);
    let key = &listed["values"][0];
    assert_eq!(key["key"]["text"], pair.line());
    assert_eq!(key["key"]["label"], "coalesce@example.com");
    assert_eq!(key["permission"], "REPO_WRITE");

    let duplicate = client.post_json(path, &body);
    assert_eq!(duplicate.status, 409);
    assert_eq!(
        duplicate.json()["errors"][0]["message"],
        "This SSH key is already used to access a repository or project"
    );
    let project = "/rest/keys/1.0/projects/ACME/ssh";
    let wrong = client.post_json(project, &body);
    assert_eq!(wrong.status, 400);
    let right = json!({"key": {"text": pair.line()}, "permission": "PROJECT_READ"});
    assert_eq!(client.post_json(project, &right).status, 201);
    let on_project = client.get(project).json();
    assert_eq!(on_project["values"][0]["permission"], "PROJECT_READ");

    assert_eq!(client.delete(&format!("{path}/{id}")).status, 204);
    assert_eq!(client.get(path).json()["size"], 0);
    assert_eq!(Client::new(&simulator).get(path).status, 401);
    let none = client.get("/rest/keys/1.0/projects/ACME/repos/no-such/ssh");
    assert_eq!(none.status, 404);
    assert!(none.json()["errors"][0]["message"].is_string());
}

#[test]
fn data_center_rest_gives_pages_and_the_repositorys_address() {
    let simulator = start(Edition::DataCenter);
    let client = Client::authorised(&simulator);
    for _ in 0..3 {
        KeyPair::new().add_to(&simulator, &featured());
    }
    let path = "/rest/keys/1.0/projects/acme/repos/analytics-platform/ssh?limit=2";
    let first = client.get(path).json();
    assert_eq!(
        (&first["isLastPage"], &first["nextPageStart"]),
        (&json!(false), &json!(2))
    );
    let last = client.get(&format!("{path}&start=2")).json();
    assert_eq!(
        (&last["isLastPage"], &last["size"]),
        (&json!(true), &json!(1))
    );
    let ssh_urls = || {
        let repository = client.get("/rest/api/1.0/projects/ACME/repos/analytics-platform");
        let links = repository.json()["links"]["clone"].clone();
        let links = links.as_array().expect("links").iter();
        let ssh = links.filter(|link| link["name"] == "ssh");
        ssh.map(|link| link["href"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ssh_urls(), [json!(simulator.ssh_url())]);
    simulator.make_known_as("git.acme.example", 7999);
    let known = "ssh://git@git.acme.example:7999/acme/analytics-platform.git";
    assert_eq!(ssh_urls(), [json!(known)]);
}

// ---- starting and stopping ------------------------------------------------------------------------------------

#[test]
fn stopping_closes_every_socket() {
    let simulator = start(Edition::Cloud);
    let ssh = simulator.ssh_address();
    let web = Client::new(&simulator).address;
    let mut visitors = [connect(ssh), connect(web)];
    visitors[1].write_all(b"GET / HT").expect("sent");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(simulator.stop());
    for visitor in &mut visitors {
        let mut rest = Vec::new();
        // Closed, with or without a reset; anything but waiting.
        let ended = visitor.read_to_end(&mut rest);
        let kind = ended.err().map(|error| error.kind());
        assert_ne!(kind, Some(std::io::ErrorKind::WouldBlock));
    }
    for address in [ssh, web] {
        assert!(TcpStream::connect(address).is_err());
    }
}

#[test]
fn it_may_be_dropped_anywhere() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async { drop(start(Edition::Cloud)) });
}

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let options = Options {
        web_port: port,
        ..Options::new(Edition::Cloud)
    };
    let error = Simulator::start(options).expect_err("the port is taken");
    assert_eq!(
        error.to_string(),
        format!("can't listen on port {port} of this computer for the web page")
    );
}

// ---- the program ----------------------------------------------------------------------------------------------

/// `doorkey simulate` as another process. Killed when dropped.
struct Program {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = doorkey(arguments).spawn().expect("doorkey runs");
        let output = child.stdout.take().expect("its output");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line in time")
    }

    fn listening(&self) -> Value {
        serde_json::from_str(&self.line()).expect("the first line is JSON")
    }

    #[cfg(unix)]
    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(id.expect("a process"), signal).expect("it is there");
    }

    /// The exit status. Its output has ended by then.
    fn exit_status(&mut self) -> Option<i32> {
        while self.lines.recv_timeout(PATIENCE).is_ok() {}
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn doorkey(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorkey"));
    command
        .arg("simulate")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[cfg(unix)]
#[test]
fn the_first_line_says_where_everything_is() {
    let mut program = Program::start(&[]);
    let text = program.line();
    let names = [
        "{\"event\":\"listening\",\"edition\":\"cloud\",\"ssh\":\"127.0.0.1:",
        ",\"host_key\":\"SHA256:",
        ",\"web\":\"http://127.0.0.1:",
        ",\"api\":\"http://127.0.0.1:",
        ",\"token\":\"",
        ",\"repository\":\"acme/analytics-platform\"}",
    ];
    let mut rest = text.as_str();
    for name in names {
        let position = rest
            .find(name)
            .unwrap_or_else(|| panic!("{name} in {text}"));
        rest = &rest[position + name.len()..];
    }
    assert_eq!(rest, "");
    program.signal(Signal::TERM);
    assert_eq!(program.exit_status(), Some(0));
}

#[cfg(unix)]
#[test]
fn later_lines_tell_what_happened_and_never_the_token() {
    let program = Program::start(&["--edition", "data-center"]);
    let listening = program.listening();
    assert_eq!(listening["edition"], "data_center");
    let api = listening["api"].as_str().expect("an address");
    let token = listening["token"].as_str().expect("a token");
    let client = Client {
        address: api["http://".len()..].parse().expect("an address"),
        headers: vec![("Authorization", format!("Bearer {token}"))],
    };
    client.get("/rest/keys/1.0/projects/ACME/ssh");
    let line = program.line();
    assert!(!line.contains(token));
    assert_eq!(
        line,
        r#"{"event":"rest","method":"GET","path":"/rest/keys/1.0/projects/ACME/ssh","status":200}"#
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_interrupts_it() {
    let mut program = Program::start(&[]);
    program.listening();
    program.signal(Signal::INT);
    assert_eq!(program.exit_status(), Some(130));
}

#[cfg(unix)]
#[test]
fn it_ends_quietly_when_nobody_reads_any_more() {
    let mut child = doorkey(&[]).spawn().expect("doorkey runs");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    output
        .read_line(&mut String::new())
        .expect("the first line");
    drop(output);
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(stderr(&ended), "");
}

#[test]
fn a_port_in_use_is_a_clear_error() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = doorkey(&["--ssh-port", &port]).output();
    let output = output.expect("doorkey runs");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(stdout(&output), "");
    let beginning = format!("doorkey: can't listen on port {port} of this computer for SSH: ");
    assert!(
        stderr(&output).starts_with(&beginning),
        "{}",
        stderr(&output)
    );
}
