//! Starts a process for each connection, with the connection as its standard input and output, as `inetd` does.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// A port that is listened at. When dropped, it is given up and what was started there is ended.
pub(crate) struct PerConnection {
    port: u16,
    is_over: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl PerConnection {
    /// Listens at a free port. All processes write to the one log.
    pub(crate) fn listen(mut command: Command, log: PathBuf) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let is_over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&is_over);
        let accepting = thread::spawn(move || {
            let mut children: Vec<Child> = Vec::new();
            for stream in listener.incoming() {
                if told.load(Ordering::SeqCst) {
                    break;
                }
                let input = stream.expect("a connection");
                let output = input.try_clone().expect("a connection");
                let log = File::options().create(true).append(true).open(&log);
                let child = command
                    .stdin(OwnedFd::from(input))
                    .stdout(OwnedFd::from(output))
                    .stderr(log.expect("a log"))
                    .spawn();
                children.push(child.expect("the server starts"));
                // The command keeps the connection open until it is given another.
                command.stdin(std::process::Stdio::null());
                command.stdout(std::process::Stdio::null());
            }
            for mut child in children {
                // Most have ended with their connection.
                child.kill().ok();
                child.wait().ok();
            }
        });
        Self {
            port,
            is_over,
            accepting: Some(accepting),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for PerConnection {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes it up.
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok();
        if let Some(accepting) = self.accepting.take() {
            accepting.join().ok();
        }
    }
}
