//! Paths through a network between a client and a server of this machine.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, sleep_until};

/// A port that leads to another port of this machine. Led nowhere when dropped.
pub(crate) struct Path {
    port: u16,
    round_trips: Arc<AtomicUsize>,
    carrying: JoinHandle<()>,
}

impl Path {
    /// A path on which every round trip takes this long, the one that TCP needs to connect included.
    pub(crate) async fn taking(round_trip: Duration, port: u16) -> Self {
        Self::through(|_| move |stream| delayed(stream, port, round_trip)).await
    }

    /// A path that counts round trips instead of taking time. It stands in for a very long one: what either side says
    /// arrives only after the other has nothing left to say, so that nobody's speed plays a part.
    ///
    /// That is found out from the runtime having nothing left to do. So client and server must be on the one thread
    /// that this is on.
    pub(crate) async fn counting(port: u16) -> Self {
        Self::through(|round_trips| move |stream| counted(stream, port, round_trips.clone())).await
    }

    async fn through<C, F>(carry: impl FnOnce(Arc<AtomicUsize>) -> C) -> Self
    where
        C: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let round_trips = Arc::new(AtomicUsize::new(0));
        let carry = carry(Arc::clone(&round_trips));
        let carrying = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client));
            }
        });
        Self {
            port,
            round_trips,
            carrying,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many round trips were counted so far, the one that TCP needs to connect included.
    pub(crate) fn round_trips(&self) -> usize {
        self.round_trips.load(Ordering::SeqCst)
    }
}

impl Drop for Path {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

/// The client's system has connected at once, so its first words come a round trip too early: they are held back, and
/// the server hears of the connection when it would.
async fn delayed(client: TcpStream, port: u16, round_trip: Duration) -> io::Result<()> {
    let one_way = round_trip / 2;
    let connected = Instant::now() + round_trip;
    client.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (said, arriving) = mpsc::unbounded_channel();
    tokio::spawn(read_until_its_end(from_client, said, connected, one_way));
    sleep_until(connected + one_way).await;
    let server = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    server.set_nodelay(true)?;
    let (from_server, to_server) = server.into_split();
    tokio::spawn(deliver(arriving, to_server));
    let (said, arriving) = mpsc::unbounded_channel();
    tokio::spawn(read_until_its_end(from_server, said, connected, one_way));
    deliver(arriving, to_client).await
}

/// Reads what is said, and notes when it is due on the other side.
async fn read_until_its_end(
    mut from: OwnedReadHalf,
    said: mpsc::UnboundedSender<(Instant, Vec<u8>)>,
    not_before: Instant,
    one_way: Duration,
) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let due = Instant::now().max(not_before) + one_way;
        if said.send((due, bytes[..count].to_vec())).is_err() {
            return;
        }
    }
}

async fn deliver(
    mut arriving: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>,
    mut to: OwnedWriteHalf,
) -> io::Result<()> {
    while let Some((due, bytes)) = arriving.recv().await {
        sleep_until(due).await;
        to.write_all(&bytes).await?;
    }
    to.shutdown().await
}

/// One round trip went into connecting; each further one brings the client something from the server.
async fn counted(client: TcpStream, port: u16, round_trips: Arc<AtomicUsize>) -> io::Result<()> {
    round_trips.fetch_add(1, Ordering::SeqCst);
    let mut from_client = all_that_is_said(&client).await?;
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    loop {
        write(&server, &from_client).await?;
        let from_server = all_that_is_said(&server).await?;
        if !from_server.is_empty() {
            round_trips.fetch_add(1, Ordering::SeqCst);
            write(&client, &from_server).await?;
        } else if from_client.is_empty() {
            // Both wait for something else.
            tokio::select! {
                said = server.readable() => said?,
                said = client.readable() => said?,
            }
        }
        from_client = all_that_is_said(&client).await?;
    }
}

/// What one side says until it waits for the other. An error once it has left.
async fn all_that_is_said(stream: &TcpStream) -> io::Result<Vec<u8>> {
    /// How often everything else gets its turn without a word coming of it. A turn suffices for one step of one task;
    /// no answer takes nearly as many.
    const TURNS: usize = 1000;
    let mut said = Vec::new();
    let mut bytes = vec![0; 1 << 16];
    let mut turns = 0;
    while turns < TURNS {
        match stream.try_read(&mut bytes) {
            Ok(0) if said.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(0) => break,
            Ok(count) => {
                said.extend_from_slice(&bytes[..count]);
                turns = 0;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                turns += 1;
                yield_now().await;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(said)
}

async fn write(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
