//! A port that forwards to another one, and asks of every piece that goes by whether it goes on.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Bytes that are read at once; more than a frame.
const PIECE: usize = 1 << 17;

/// What becomes of a piece of what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// It goes on.
    Passes,
    /// So many bytes of it go on, and then the connection ends in both directions.
    IsCutAt(usize),
    /// It does not go on, and this direction ends, while the other one goes on.
    ClosesItsWay,
}

/// Decides on the pieces of one direction of one connection, in their order.
pub(crate) type Decide = Box<dyn FnMut(&[u8]) -> Piece + Send>;

/// The decisions on one connection: on what its client sends, and on what its server sends.
pub(crate) struct Decisions {
    pub(crate) up: Decide,
    pub(crate) down: Decide,
}

/// It forwards until it is dropped.
pub(crate) struct Line {
    shared: Arc<Shared>,
    address: SocketAddr,
}

#[derive(Default)]
struct Shared {
    /// Both ends of each connection.
    open: Mutex<Vec<TcpStream>>,
    ended: AtomicBool,
}

impl Line {
    /// Listens on a free port of this machine. `decisions` makes those of each connection.
    pub(crate) fn start(to: SocketAddr, mut decisions: impl FnMut() -> Decisions + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                if serving.ended.load(Ordering::SeqCst) {
                    return;
                }
                // A connection that cannot be forwarded is one that its client finds broken.
                let _ = client.and_then(|client| serving.forward(client, to, decisions()));
            }
        });
        Self { shared, address }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts all connections that are open now.
    pub(crate) fn cut_all(&self) {
        for stream in lock(&self.shared.open).drain(..) {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.cut_all();
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn forward(&self, client: TcpStream, to: SocketAddr, decisions: Decisions) -> io::Result<()> {
        let server = TcpStream::connect(to)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        {
            let mut open = lock(&self.open);
            // What has ended meanwhile would hold its descriptors.
            open.retain(|stream| stream.peer_addr().is_ok());
            open.extend([client.try_clone()?, server.try_clone()?]);
        }
        let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
        thread::spawn(move || copy(from_client, to_server, decisions.up));
        thread::spawn(move || copy(server, client, decisions.down));
        Ok(())
    }
}

/// Copies until one side ends, or a piece does not go on. Either side may be gone by the time it is written to or closed.
fn copy(mut from: TcpStream, mut to: TcpStream, mut decide: Decide) {
    let mut buffer = vec![0; PIECE];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let sent = match decide(&buffer[..read]) {
            Piece::Passes => to.write_all(&buffer[..read]),
            Piece::IsCutAt(length) => {
                let _ = to.write_all(&buffer[..length]);
                break;
            }
            Piece::ClosesItsWay => {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
        };
        if sent.is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// What a panicking thread left is whole: each value is changed in one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
