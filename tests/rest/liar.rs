//! A Bitbucket that says one thing and does another: what it answers to a change, and what its list shows afterwards, are
//! chosen apart.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use doorkey::access_key::AccessKey;
use doorkey::bitbucket::{Api, ApiBase, Edition, RepositoryPlace};
use serde_json::{Value, json};

use crate::raw::{Raw, answer, read_head};

/// What is sent back for a change.
#[derive(Clone)]
pub(crate) enum Reply {
    /// These bytes, and then the connection ends.
    Bytes(Vec<u8>),
    /// The connection is held and nothing comes.
    Silence,
}

/// What the server holds.
#[derive(Clone, Default)]
pub(crate) struct Holdings {
    /// The entries of the repository's list.
    pub(crate) repository: Vec<Value>,
    /// Those of its project's.
    pub(crate) project: Vec<Value>,
    /// What a list is answered with instead.
    pub(crate) instead: Option<Vec<u8>>,
}

pub(crate) struct Liar {
    raw: Raw,
    pub(crate) edition: Edition,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    now: Holdings,
    after: Option<Holdings>,
    reply: Reply,
    paths: Vec<String>,
    held: Vec<TcpStream>,
    /// Called with what is asked before it is answered.
    #[allow(clippy::type_complexity, reason = "it is called in one place")]
    asked: Option<Box<dyn Fn(&str) + Send>>,
}

impl Liar {
    /// A server that holds this.
    pub(crate) fn holding(edition: Edition, now: Holdings) -> Self {
        let shared = Arc::new(Mutex::new(Shared {
            now,
            after: None,
            reply: Reply::Silence,
            paths: Vec::new(),
            held: Vec::new(),
            asked: None,
        }));
        let serving = Arc::clone(&shared);
        // Each connection has a thread of its own: one that is held must not hold up the next.
        let raw = Raw::start(move |stream, _| {
            let serving = Arc::clone(&serving);
            thread::spawn(move || serve(stream, &serving));
        });
        Self {
            raw,
            edition,
            shared,
        }
    }

    /// A change is answered with this, and from then on the server holds that.
    pub(crate) fn answering(self, reply: Reply, after: Holdings) -> Self {
        let mut shared = self.shared();
        shared.reply = reply;
        shared.after = Some(after);
        drop(shared);
        self
    }

    /// Has this called with each request's method and path before it is answered.
    pub(crate) fn telling(self, asked: impl Fn(&str) + Send + 'static) -> Self {
        self.shared().asked = Some(Box::new(asked));
        self
    }

    pub(crate) fn base(&self) -> String {
        self.raw.http()
    }

    pub(crate) fn place(&self) -> RepositoryPlace {
        RepositoryPlace {
            edition: self.edition,
            base: match self.edition {
                Edition::Cloud => "https://bitbucket.org".to_owned(),
                Edition::DataCenter => self.base(),
            },
            base_guessed: false,
            project: project(self.edition).to_owned(),
            repository: "analytics".to_owned(),
        }
    }

    pub(crate) fn api(&self) -> Api {
        let base: ApiBase = self.base().parse().expect("an address");
        Api::new(&self.place(), Some(&base)).expect("an interface")
    }

    /// What was asked to change, as `POST /path`.
    pub(crate) fn changes(&self) -> Vec<String> {
        let shared = self.shared();
        let changes = shared.paths.iter().filter(|path| !path.starts_with("GET "));
        changes.cloned().collect()
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().expect("the server")
    }
}

fn project(edition: Edition) -> &'static str {
    match edition {
        Edition::Cloud => "acme",
        Edition::DataCenter => "ACME",
    }
}

/// An address of the repository, as the commands take it.
pub(crate) fn page(edition: Edition) -> &'static str {
    match edition {
        Edition::Cloud => "https://bitbucket.org/acme/analytics/src/main/",
        Edition::DataCenter => "https://git.example.com/projects/ACME/repos/analytics/browse",
    }
}

/// An entry of a list. On Data Center `permission` is part of it.
pub(crate) fn entry(edition: Edition, key: &AccessKey, id: u64, permission: &str) -> Value {
    let line = key.line();
    match edition {
        Edition::Cloud => json!({
            "id": id, "key": line, "label": "Coalesce Quality", "last_used": null,
            "repository": {"full_name": "acme/analytics"},
        }),
        Edition::DataCenter => json!({
            "key": {"id": id, "text": line, "label": "Coalesce Quality"}, "permission": permission,
            "repository": {"slug": "analytics", "project": {"key": "ACME"}},
        }),
    }
}

/// The same on a project's list.
pub(crate) fn project_entry(edition: Edition, key: &AccessKey, permission: &str) -> Value {
    let mut entry = entry(edition, key, 70, permission);
    entry
        .as_object_mut()
        .expect("an entry")
        .remove("repository");
    entry
}

fn serve(mut stream: TcpStream, shared: &Mutex<Shared>) {
    let Some(head) = read_head(&mut stream) else {
        return;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    if stream.read_exact(&mut body).is_err() {
        return;
    }
    let mut words = head.split(' ');
    let (method, path) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let asked = format!("{method} {path}");
    let mut shared = shared.lock().expect("the server");
    shared.paths.push(asked.clone());
    let bytes = if method == "GET" {
        listed(&shared.now, path)
    } else {
        if let Some(after) = shared.after.take() {
            shared.now = after;
        }
        match shared.reply.clone() {
            Reply::Bytes(bytes) => bytes,
            Reply::Silence => {
                let kept = stream.try_clone().expect("the connection");
                shared.held.push(kept);
                Vec::new()
            }
        }
    };
    let is_held = method != "GET" && matches!(shared.reply, Reply::Silence);
    if let Some(tell) = &shared.asked {
        tell(&asked);
    }
    drop(shared);
    stream.write_all(&bytes).ok();
    if !is_held {
        stream.shutdown(Shutdown::Write).ok();
    }
}

fn listed(holdings: &Holdings, path: &str) -> Vec<u8> {
    let is_list = path.ends_with("/deploy-keys") || path.ends_with("/ssh");
    let is_project = if path.starts_with("/2.0/") {
        path.contains("/projects/")
    } else {
        !path.contains("/repos/")
    };
    let body = match (is_list, is_project) {
        (false, _) => json!({"project": {"key": "DATA"}}),
        (true, false) => match &holdings.instead {
            Some(instead) => return instead.clone(),
            None => json!({"values": holdings.repository, "isLastPage": true}),
        },
        (true, true) => json!({"values": holdings.project, "isLastPage": true}),
    };
    answer("200 OK", "application/json", &body.to_string())
}
