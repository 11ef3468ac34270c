use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::Reply;

/// Longer than the server waits for anything.
const PATIENCE: Duration = Duration::from_secs(40);

/// One TLS connection.
pub(super) struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
}

impl Connection {
    /// Connects; none where the server does not take the connection.
    pub(super) fn open(address: SocketAddr, tls: &Arc<ClientConfig>) -> Option<Self> {
        let socket = TcpStream::connect(address).ok()?;
        socket.set_read_timeout(Some(PATIENCE)).ok()?;
        socket.set_nodelay(true).ok()?;
        let name = ServerName::try_from("localhost").ok()?;
        let session = ClientConnection::new(Arc::clone(tls), name).ok()?;
        Some(Self { stream: StreamOwned::new(session, socket) })
    }

    /// Sends bytes.
    pub(super) fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes)?;
        self.stream.flush()
    }

    /// Sends a request and reads its answer; none where the server closes the connection first. An answer may come
    /// before the request is all sent.
    pub(super) fn exchange(&mut self, request: &[u8]) -> Option<Reply> {
        let _ = self.send(request);
        let mut received = Vec::new();
        let head = loop {
            if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.receive(&mut received)?;
        };
        let mut reply = Reply::from_head(std::str::from_utf8(&received[..head]).expect("a head is ASCII"));
        let length = reply.announced_length();
        while received.len() < head + length {
            self.receive(&mut received)?;
        }
        reply.body = received[head..].to_vec();
        Some(reply)
    }

    fn receive(&mut self, received: &mut Vec<u8>) -> Option<()> {
        let mut chunk = [0; 16_384];
        match self.stream.read(&mut chunk) {
            Ok(0) | Err(_) => None,
            Ok(length) => {
                received.extend_from_slice(&chunk[..length]);
                Some(())
            }
        }
    }
}
