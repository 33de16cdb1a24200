//! A stream that remembers the first bytes it received, so that what is not SSH can be named, and that can be cut.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// How many bytes are kept to name what is not SSH.
const KEPT: usize = 512;

/// How the greeting stands.
#[derive(Clone, Debug, Default)]
struct Greeting {
    /// The first bytes received.
    received: Vec<u8>,
    /// The identification line, once it came whole.
    identification: Option<String>,
    /// The unfinished line at the end of what was received; bounded by `KEPT`.
    line: Vec<u8>,
}

impl Greeting {
    fn take(&mut self, bytes: &[u8]) {
        let room = KEPT.saturating_sub(self.received.len());
        self.received
            .extend_from_slice(&bytes[..room.min(bytes.len())]);
        for byte in bytes {
            if *byte != b'\n' {
                if self.line.len() < KEPT {
                    self.line.push(*byte);
                }
                continue;
            }
            // RFC 4253 section 4.2: other lines may come first; the identification starts with "SSH-".
            if self.line.starts_with(b"SSH-2.0-") || self.line.starts_with(b"SSH-1.99-") {
                let line = String::from_utf8_lossy(&self.line);
                self.identification = Some(line.trim_end().to_owned());
                return;
            }
            self.line.clear();
        }
    }
}

/// A TCP stream whose greeting is listened to.
pub(super) struct Tap {
    stream: TcpStream,
    greeting: watch::Sender<Greeting>,
    cut: Cut,
}

/// The listening end.
pub(super) struct Tapped(watch::Receiver<Greeting>);

impl Tap {
    pub(super) fn new(stream: TcpStream) -> (Self, Tapped, Cut) {
        let (greeting, tapped) = watch::channel(Greeting::default());
        let cut = Cut::default();
        let tap = Self {
            stream,
            greeting,
            cut: cut.clone(),
        };
        (tap, Tapped(tapped), cut)
    }
}

impl Tapped {
    /// Waits for the identification line; `None` if the stream ended without one.
    pub(super) async fn identification(&mut self) -> Option<String> {
        let greeting = self
            .0
            .wait_for(|greeting| greeting.identification.is_some())
            .await;
        greeting.ok()?.identification.clone()
    }

    /// The first bytes received.
    pub(super) fn received(&self) -> Vec<u8> {
        self.0.borrow().received.clone()
    }

    /// Whether an identification line came.
    pub(super) fn has_greeted(&self) -> bool {
        self.0.borrow().identification.is_some()
    }
}

/// Ends a stream from outside, also when a library still holds it.
#[derive(Clone, Default)]
pub(super) struct Cut(Arc<CutState>);

#[derive(Default)]
struct CutState {
    is_cut: AtomicBool,
    reader: Mutex<Option<Waker>>,
}

impl Cut {
    /// Makes every read fail from now on.
    pub(super) fn cut(&self) {
        self.0.is_cut.store(true, Ordering::Release);
        let reader = self
            .0
            .reader
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(waker) = reader {
            waker.wake();
        }
    }

    fn is_cut_for(&self, context: &Context<'_>) -> bool {
        *self.0.reader.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(context.waker().clone());
        self.0.is_cut.load(Ordering::Acquire)
    }
}

impl AsyncRead for Tap {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.cut.is_cut_for(context) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        let came = &buffer.filled()[before..];
        let listening = self.greeting.borrow().identification.is_none();
        if listening && !came.is_empty() {
            self.greeting.send_modify(|greeting| greeting.take(came));
        }
        poll
    }
}

impl AsyncWrite for Tap {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
