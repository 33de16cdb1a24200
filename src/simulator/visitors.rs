//! How many visitors a simulation receives at once, and for how long. It is there for one person and their tests; whatever
//! else runs on the machine must not be able to fill its memory through it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long to wait when the system has no socket left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a door bears.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// How many visitors there may be at once. Who comes then finds the door shut.
    pub(super) visitors: usize,
    /// How long a visitor may be silent.
    pub(super) silence: Duration,
    /// How long a visitor may stay, whatever they say.
    pub(super) stay: Duration,
}

/// A port at which visitors come in.
pub(super) struct Entrance {
    listener: TcpListener,
    bounds: Bounds,
    places: Arc<Semaphore>,
}

impl Entrance {
    pub(super) fn new(listener: TcpListener, bounds: Bounds) -> Self {
        Self {
            listener,
            bounds,
            places: Arc::new(Semaphore::new(bounds.visitors)),
        }
    }

    /// The next visitor for whom there is a place.
    pub(super) async fn next(&self) -> (TcpStream, Place, SocketAddr) {
        loop {
            let Ok((stream, from)) = self.listener.accept().await else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
                let place = Place {
                    bounds: self.bounds,
                    leaves: Instant::now() + self.bounds.stay,
                    _permit: permit,
                };
                return (stream, place, from);
            }
        }
    }
}

/// A visitor's place, free again when dropped.
pub(super) struct Place {
    bounds: Bounds,
    leaves: Instant,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    /// A connection that ends when its time is over.
    pub(super) fn seat(self, stream: TcpStream) -> Visitor {
        Visitor {
            stream,
            patience: Box::pin(sleep_until(self.until())),
            place: self,
        }
    }

    fn until(&self) -> Instant {
        self.leaves.min(Instant::now() + self.bounds.silence)
    }
}

/// The connection of a visitor.
pub(super) struct Visitor {
    stream: TcpStream,
    patience: Pin<Box<Sleep>>,
    place: Place,
}

impl Visitor {
    /// What came of a step, or the end of all patience.
    fn bounded<T>(
        &mut self,
        context: &mut Context<'_>,
        step: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if step.is_ready() {
            let until = self.place.until();
            self.patience.as_mut().reset(until);
        }
        // A visitor who never stops must be told to leave as well.
        if Instant::now() < self.place.leaves && step.is_ready() {
            return step;
        }
        match self.patience.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => step,
        }
    }
}

impl AsyncRead for Visitor {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let step = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.bounded(context, step)
    }
}

impl AsyncWrite for Visitor {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let step = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, step)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail this way")]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const LONG: Duration = Duration::from_secs(600);
    const SHORT: Duration = Duration::from_millis(100);

    async fn entrance(
        visitors: usize,
        silence: Duration,
        stay: Duration,
    ) -> (Entrance, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let bounds = Bounds {
            visitors,
            silence,
            stay,
        };
        (Entrance::new(listener, bounds), address)
    }

    #[tokio::test]
    async fn who_finds_no_place_is_sent_away_until_one_is_free() {
        let (entrance, address) = entrance(2, LONG, LONG).await;
        let mut outside = Vec::new();
        for _ in 0..3 {
            outside.push(TcpStream::connect(address).await.unwrap());
        }
        let first = entrance.next().await;
        let _second = entrance.next().await;
        assert_eq!(entrance.places.available_permits(), 0);
        let next = tokio::spawn(async move { entrance.next().await.2 });
        // The third finds the door shut.
        let mut third = outside.pop().unwrap();
        assert!(matches!(third.read(&mut [0]).await, Ok(0) | Err(_)));
        drop(first);
        let fourth = TcpStream::connect(address).await.unwrap();
        assert_eq!(next.await.unwrap(), fourth.local_addr().unwrap());
    }

    #[tokio::test]
    async fn a_silent_visitor_is_not_waited_for() {
        let (entrance, address) = entrance(1, SHORT, LONG).await;
        let _outside = TcpStream::connect(address).await.unwrap();
        let (stream, place, _) = entrance.next().await;
        let read = place.seat(stream).read(&mut [0]).await;
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_visitor_who_never_stops_talking_leaves_in_the_end() {
        let (entrance, address) = entrance(1, LONG, SHORT).await;
        let mut outside = TcpStream::connect(address).await.unwrap();
        let talk = tokio::spawn(async move { while outside.write_all(b"x").await.is_ok() {} });
        let (stream, place, _) = entrance.next().await;
        let mut visitor = place.seat(stream);
        let error = loop {
            if let Err(error) = visitor.read(&mut [0; 64]).await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(visitor);
        talk.await.unwrap();
    }

    #[tokio::test]
    async fn whoever_speaks_in_time_may_go_on() {
        let (entrance, address) = entrance(1, LONG, LONG).await;
        let mut outside = TcpStream::connect(address).await.unwrap();
        let (stream, place, _) = entrance.next().await;
        let mut visitor = place.seat(stream);
        outside.write_all(b"ask").await.unwrap();
        let mut asked = [0; 3];
        visitor.read_exact(&mut asked).await.unwrap();
        visitor.write_all(b"answer").await.unwrap();
        drop(visitor);
        let mut answer = String::new();
        outside.read_to_string(&mut answer).await.unwrap();
        assert_eq!((&asked, &*answer), (b"ask", "answer"));
    }
}
