//! A relay before the server that counts the bytes which go over the wire, in TLS and all.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// It relays as long as the process runs.
pub(crate) struct Relay {
    pub(crate) port: u16,
    counted: Arc<Counted>,
}

#[derive(Default)]
struct Counted {
    up: AtomicU64,
    down: AtomicU64,
    connections: AtomicU64,
}

/// What went over the wire so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Passed {
    pub(crate) up: u64,
    pub(crate) down: u64,
    pub(crate) connections: u64,
}

impl Relay {
    pub(crate) fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let counted = Arc::new(Counted::default());
        let shared = Arc::clone(&counted);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let server = TcpStream::connect(server).expect("the server takes connections");
                for stream in [&client, &server] {
                    stream.set_nodelay(true).expect("the socket is open");
                }
                relay(&client, &server, &shared, |counted| &counted.up);
                relay(&server, &client, &shared, |counted| &counted.down);
            }
        });
        Self { port, counted }
    }

    pub(crate) fn passed(&self) -> Passed {
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        let Counted { up, down, connections } = &*self.counted;
        Passed { up: read(up), down: read(down), connections: read(connections) }
    }
}

impl Passed {
    pub(crate) fn since(&self, before: &Self) -> Self {
        Self {
            up: self.up - before.up,
            down: self.down - before.down,
            connections: self.connections - before.connections,
        }
    }
}

/// Copies one direction on a thread of its own until it ends. Bytes are counted before they are passed on, so that whoever has
/// got an answer finds it counted.
fn relay(from: &TcpStream, to: &TcpStream, counted: &Arc<Counted>, counter: fn(&Counted) -> &AtomicU64) {
    let mut from = from.try_clone().expect("a socket can be cloned");
    let mut to = to.try_clone().expect("a socket can be cloned");
    let counted = Arc::clone(counted);
    thread::spawn(move || {
        let mut buffer = [0; 16_384];
        while let Ok(length) = from.read(&mut buffer) {
            counter(&counted).fetch_add(length as u64, Ordering::SeqCst);
            if length == 0 || to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        // The other side may have gone already.
        let _ = to.shutdown(Shutdown::Write);
    });
}
