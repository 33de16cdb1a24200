//! Small servers on 127.0.0.1 that treat every connection as a script says.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A server on a free port. It counts its connections, and ends with all of them when dropped.
pub(crate) struct Peer {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Peer {
    /// Starts a server that runs `script` for each connection. How a script fails is of no interest: the client went
    /// away, most likely because it had heard enough.
    pub(crate) async fn start<S, F>(script: S) -> Self
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = listener.await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let serving = tokio::spawn(async move {
            let mut running = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                // What is said in pieces is not held back until the client has confirmed the first one.
                stream.set_nodelay(true).ok();
                running.spawn(script(stream));
            }
        });
        Self {
            address,
            connections,
            serving,
        }
    }

    /// A server that sends `words` and then waits for the client to leave.
    pub(crate) async fn saying(words: impl Into<Vec<u8>>) -> Self {
        let words = words.into();
        Self::start(move |mut stream| {
            let words = words.clone();
            async move {
                stream.write_all(&words).await?;
                until_the_client_leaves(&mut stream).await
            }
        })
        .await
    }

    /// A server that sends `words` and hangs up.
    pub(crate) async fn saying_goodbye_after(words: impl Into<Vec<u8>>) -> Self {
        let words = words.into();
        Self::start(move |mut stream| {
            let words = words.clone();
            async move {
                stream.write_all(&words).await?;
                hang_up(stream).await
            }
        })
        .await
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Ends the scripts with it.
        self.serving.abort();
    }
}

/// Reads and forgets whatever comes, until the client closes the connection.
pub(crate) async fn until_the_client_leaves(stream: &mut TcpStream) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

/// Closes the connection in an orderly way: what was sent arrives, then the end.
pub(crate) async fn hang_up(mut stream: TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    until_the_client_leaves(&mut stream).await
}

/// Closes the connection with a reset.
pub(crate) fn reset(stream: TcpStream) -> io::Result<()> {
    stream.set_zero_linger()?;
    drop(stream);
    Ok(())
}
