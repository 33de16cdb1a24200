//! A port on which nothing listens, and nothing else will: what is left of a host that was switched off.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// Holds a port of this computer without listening on it, so that every connection to it is refused.
#[derive(Debug)]
pub struct SilentPort {
    _socket: TcpSocket,
    address: SocketAddr,
}

impl SilentPort {
    /// Takes any free port.
    pub fn take() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        Ok(Self {
            address: socket.local_addr()?,
            _socket: socket,
        })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}
