//! Servers that answer as they are told, in the clear or over TLS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What one server saw, each with its head.
pub(crate) type Requests = Arc<Mutex<Vec<String>>>;

pub(crate) struct Raw {
    pub(crate) address: SocketAddr,
    pub(crate) requests: Requests,
}

impl Raw {
    /// A server that answers each request, given its head, with these bytes and hangs up.
    pub(crate) fn answering(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        Self::start(move |mut stream, requests| answer_one(&mut stream, requests, &answer))
    }

    /// A server that gives each connection to `serve`, one after the other.
    pub(crate) fn start(serve: impl Fn(TcpStream, &Requests) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let requests = Requests::default();
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.expect("a connection"), &seen);
            }
        });
        Self { address, requests }
    }

    /// The same over TLS.
    pub(crate) fn over_tls(
        config: Arc<ServerConfig>,
        answer: impl Fn(&str) -> Vec<u8> + Send + 'static,
    ) -> Self {
        Self::start(move |stream, requests| {
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a session");
            let mut stream = StreamOwned::new(connection, stream);
            answer_one(&mut stream, requests, &answer);
            stream.conn.send_close_notify();
            stream.flush().ok();
        })
    }

    pub(crate) fn http(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn https(&self) -> String {
        format!("https://{}", self.address)
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.requests.lock().expect("the requests").clone()
    }
}

fn answer_one(
    stream: &mut (impl Read + Write),
    requests: &Requests,
    answer: &impl Fn(&str) -> Vec<u8>,
) {
    let Some(head) = read_head(stream) else {
        return;
    };
    requests.lock().expect("the requests").push(head.clone());
    // A client that has read enough may be gone.
    stream.write_all(&answer(&head)).ok();
    stream.flush().ok();
}

/// The head of a request; none if the client left before its end.
pub(crate) fn read_head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// A whole answer.
pub(crate) fn answer(status: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// An error as Cloud writes it.
pub(crate) fn error(status: &str, words: &str) -> Vec<u8> {
    let body = serde_json::json!({"type": "error", "error": {"message": words}});
    answer(status, "application/json", &body.to_string())
}
