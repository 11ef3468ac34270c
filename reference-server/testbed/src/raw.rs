//! A client that sends exactly the bytes that it is told to send.

mod connection;
mod reply;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use lock_keeper_server::tls;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use connection::Connection;
pub use reply::Reply;

use crate::server::Server;

/// A blocking HTTP/1.1 client over TLS 1.3, with one connection that it keeps as long as the server does.
///
/// A clone shares the connection and the counts.
#[derive(Clone)]
pub struct RawClient(Arc<Shared>);

/// A connection that stays open as long as this value is there.
pub struct Held {
    _connection: Connection,
}

struct Shared {
    address: SocketAddr,
    tls: Arc<ClientConfig>,
    connection: Mutex<Option<Connection>>,
    exchanges: AtomicUsize,
    connections: AtomicUsize,
}

impl RawClient {
    /// A client of a server. It connects when it sends something.
    ///
    /// # Panics
    /// Where TLS can't be set up.
    #[must_use]
    pub fn new(server: &Server) -> Self {
        Self::at(server.address(), server.ca())
    }

    /// A client of whatever listens there with a certificate of this authority, such as a server process.
    ///
    /// # Panics
    /// As [`Self::new`].
    #[must_use]
    pub fn at(address: SocketAddr, ca: CertificateDer<'static>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(ca).expect("the authority's certificate is one");
        let tls = ClientConfig::builder_with_provider(tls::provider())
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("TLS 1.3 is there")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self(Arc::new(Shared {
            address,
            tls: Arc::new(tls),
            connection: Mutex::new(None),
            exchanges: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
        }))
    }

    /// Sends a body of a media type to a route.
    ///
    /// # Panics
    /// Where no whole answer comes.
    #[must_use]
    pub fn post(&self, path: &str, media_type: &str, body: &[u8]) -> Reply {
        self.exchange(&Self::post_of(path, media_type, body))
    }

    /// The bytes that [`Self::post`] sends.
    #[must_use]
    pub fn post_of(path: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n"
        );
        [head.as_bytes(), body].concat()
    }

    /// Asks for a resource.
    ///
    /// # Panics
    /// As [`Self::post`].
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.exchange(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())
    }

    /// Sends bytes that are meant to be a request, and reads one answer.
    ///
    /// # Panics
    /// As [`Self::post`].
    #[must_use]
    pub fn exchange(&self, request: &[u8]) -> Reply {
        self.try_exchange(request).expect("the server answers")
    }

    /// The same; none where the server closes the connection without an answer.
    #[must_use]
    pub fn try_exchange(&self, request: &[u8]) -> Option<Reply> {
        self.0.exchanges.fetch_add(1, Ordering::Relaxed);
        let mut kept = self.0.connection.lock().expect("no test panics with the lock");
        let reply = match kept.take() {
            // The server may have closed a connection that was idle, or was restarted.
            Some(mut connection) => match connection.exchange(request) {
                Some(reply) => Some((connection, reply)),
                None => self.on_a_new_connection(request),
            },
            None => self.on_a_new_connection(request),
        };
        let (connection, reply) = reply?;
        if !reply.closes() {
            *kept = Some(connection);
        }
        Some(reply)
    }

    fn on_a_new_connection(&self, request: &[u8]) -> Option<(Connection, Reply)> {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        let mut connection = Connection::open(self.0.address, &self.0.tls)?;
        let reply = connection.exchange(request)?;
        Some((connection, reply))
    }

    /// Sends bytes and closes the connection before an answer comes.
    ///
    /// # Panics
    /// Where no connection can be made.
    pub fn send_and_hang_up(&self, request: &[u8]) {
        self.hang_up();
        let mut connection = Connection::open(self.0.address, &self.0.tls).expect("the server takes connections");
        connection.send(request).expect("the server reads");
    }

    /// Sends bytes over a connection of their own, and keeps it open without reading.
    ///
    /// # Panics
    /// Where no connection can be made.
    #[must_use]
    pub fn send_and_hold(&self, request: &[u8]) -> Held {
        let mut connection = Connection::open(self.0.address, &self.0.tls).expect("the server takes connections");
        connection.send(request).expect("the server reads");
        Held { _connection: connection }
    }

    /// Closes the connection: the next request goes over another one.
    ///
    /// # Panics
    /// Never.
    pub fn hang_up(&self) {
        *self.0.connection.lock().expect("no test panics with the lock") = None;
    }

    /// How many requests were sent.
    #[must_use]
    pub fn exchanges(&self) -> usize {
        self.0.exchanges.load(Ordering::Relaxed)
    }

    /// How many connections were made.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::Relaxed)
    }
}
