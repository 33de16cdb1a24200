//! A stream that remembers the first bytes it received, so that what is not SSH can be named, and that can be cut.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

use super::overheard::Overheard;
use crate::check::stage::ssh::is_certainly_not_ssh;

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
    /// How the server ended the connection, if it did so before it greeted.
    end: Option<End>,
}

/// How a server ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// In an orderly way.
    Closed,
    /// By throwing it away.
    Reset,
}

impl Greeting {
    /// What was heard, once there is no more doubt.
    fn heard(&self) -> Option<Heard> {
        if let Some(identification) = &self.identification {
            return Some(Heard::Identification(identification.clone()));
        }
        is_certainly_not_ssh(&self.received).then(|| Heard::NotSsh(self.received.clone()))
    }

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

/// What a server began with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Its identification line.
    Identification(String),
    /// The first bytes of another protocol.
    NotSsh(Vec<u8>),
}

/// A stream whose greeting is listened to.
pub(super) struct Tap<S> {
    stream: S,
    greeting: watch::Sender<Greeting>,
    overheard: Overheard,
    cut: Cut,
}

/// The listening end.
pub(super) struct Tapped(watch::Receiver<Greeting>);

impl<S> Tap<S> {
    pub(super) fn new(stream: S, overheard: Overheard) -> (Self, Tapped, CutOnDrop) {
        let (greeting, tapped) = watch::channel(Greeting::default());
        let cut = Cut::default();
        let tap = Self {
            stream,
            greeting,
            overheard,
            cut: cut.clone(),
        };
        (tap, Tapped(tapped), CutOnDrop(cut))
    }
}

impl Tapped {
    /// Waits until it is clear what greets; `None` if the stream ended before.
    pub(super) async fn heard(&mut self) -> Option<Heard> {
        let greeting = self.0.wait_for(|greeting| greeting.heard().is_some());
        greeting.await.ok()?.heard()
    }

    /// The lines that came before the identification. Not safe to print.
    pub(super) fn lines_before(&self) -> Option<String> {
        let greeting = self.0.borrow();
        let received = String::from_utf8_lossy(&greeting.received);
        let lines = received
            .lines()
            .take_while(|line| !line.starts_with("SSH-"));
        let words = lines.collect::<Vec<_>>().join(" ");
        (!words.trim().is_empty()).then_some(words)
    }

    /// The first bytes received.
    pub(super) fn received(&self) -> Vec<u8> {
        self.0.borrow().received.clone()
    }

    /// How the server ended the connection, if it did so before it greeted.
    pub(super) fn end(&self) -> Option<End> {
        self.0.borrow().end
    }

    /// Whether an identification line came.
    pub(super) fn has_greeted(&self) -> bool {
        self.0.borrow().identification.is_some()
    }
}

/// Ends a stream from outside when dropped, also while a library still holds it.
pub(super) struct CutOnDrop(Cut);

impl Drop for CutOnDrop {
    fn drop(&mut self) {
        self.0.cut();
    }
}

#[derive(Clone, Default)]
struct Cut(Arc<CutState>);

#[derive(Default)]
struct CutState {
    is_cut: AtomicBool,
    reader: Mutex<Option<Waker>>,
}

impl Cut {
    /// Makes every read fail from now on.
    fn cut(&self) {
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

impl<S> Tap<S> {
    fn has_greeted(&self) -> bool {
        self.greeting.borrow().identification.is_some()
    }
}

/// Whether the other side threw the connection away.
fn is_reset(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionReset | ConnectionAborted | BrokenPipe
    )
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.cut.is_cut_for(context) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let before = buffer.filled().len();
        let has_room = buffer.remaining() > 0;
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        let came = &buffer.filled()[before..];
        self.overheard.feed(came);
        let end = match &poll {
            Poll::Ready(Ok(())) if came.is_empty() && has_room => Some(End::Closed),
            Poll::Ready(Err(error)) if is_reset(error) => Some(End::Reset),
            _ => None,
        };
        if !self.has_greeted() && (!came.is_empty() || end.is_some()) {
            self.greeting.send_modify(|greeting| {
                greeting.take(came);
                greeting.end = end;
            });
        }
        poll
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        match poll {
            // A server that turns callers away does not listen to them. What it said is still there to be read, and then
            // comes its end.
            Poll::Ready(Err(error)) if is_reset(&error) && !self.has_greeted() => {
                Poll::Ready(Ok(bytes.len()))
            }
            other => other,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Never fails. A server that hung up hard leaves nothing to shut down, and russh would report that in place of
    /// why the session really ended, the server's last words included.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream)
            .poll_shutdown(context)
            .map(|_| Ok(()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    async fn tap() -> (Tap<TcpStream>, Tapped, CutOnDrop, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap());
        let (tap, tapped, cut) = Tap::new(stream.await.unwrap(), Overheard::default());
        (tap, tapped, cut, listener.accept().await.unwrap().0)
    }

    #[tokio::test]
    async fn a_reset_does_not_spoil_the_shutdown() {
        let (mut tap, _tapped, _cut, mut server) = tap().await;
        server.write_all(b"last words").await.unwrap();
        server.set_zero_linger().unwrap();
        drop(server);
        let mut words = Vec::new();
        assert!(tap.read_to_end(&mut words).await.is_err(), "reset");
        assert_eq!(words, b"last words");
        assert!(tap.shutdown().await.is_ok());
    }

    #[tokio::test]
    async fn cutting_ends_a_read_under_way() {
        let (mut tap, _tapped, cut, _server) = tap().await;
        let reading = tokio::spawn(async move { tap.read_u8().await.map_err(|e| e.kind()) });
        tokio::task::yield_now().await;
        drop(cut);
        let kind = io::ErrorKind::ConnectionAborted;
        assert_eq!(reading.await.unwrap(), Err(kind));
    }

    #[test]
    fn lines_before_the_identification_are_passed_over() {
        let mut greeting = Greeting::default();
        greeting.take(b"Welcome\r\nSSH-2.0");
        assert_eq!(greeting.heard(), None);
        greeting.take(b"-conker\r\n\0\0");
        let identification = Heard::Identification("SSH-2.0-conker".to_owned());
        assert_eq!(greeting.heard(), Some(identification));
    }
}
