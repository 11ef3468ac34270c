use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// A request of more bytes than this is the one whose answer is lost. TLS hides what a request is, but not how long it is.
const LARGE: usize = 16_384;

/// Forwards to a port of this machine, and cuts one connection: after a large request has arrived, before its answer has.
pub(crate) struct CuttingProxy {
    listener: TcpListener,
    server: u16,
    has_cut: Arc<AtomicBool>,
}

impl CuttingProxy {
    /// Listens on a free port.
    pub(crate) fn before(server: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        Ok(Self { listener, server, has_cut: Arc::default() })
    }

    /// The port on which it listens.
    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().map_or(0, |address| address.port())
    }

    /// Forwards until the process ends, and tells when it has cut.
    pub(crate) fn run(self, on_cut: impl Fn() + Send + Sync + 'static) {
        let on_cut = Arc::new(on_cut);
        for client in self.listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.server)) else { continue };
            let (has_cut, on_cut) = (Arc::clone(&self.has_cut), Arc::clone(&on_cut));
            // A connection that cannot be forwarded is one that the client finds broken.
            let _ = forward(client, server, has_cut, on_cut);
        }
    }
}

/// Bytes that the client has sent since the server spoke last.
type Asked = Arc<AtomicUsize>;

fn forward(
    client: TcpStream,
    server: TcpStream,
    has_cut: Arc<AtomicBool>,
    on_cut: Arc<impl Fn() + Send + Sync + 'static>,
) -> io::Result<()> {
    let asked = Asked::default();
    let counted = Arc::clone(&asked);
    let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        copy(from_client, to_server, |bytes| {
            counted.fetch_add(bytes, Ordering::SeqCst);
            true
        })
    });
    thread::spawn(move || {
        copy(server, client, |_| {
            let large = asked.swap(0, Ordering::SeqCst) > LARGE;
            let cuts = large && !has_cut.swap(true, Ordering::SeqCst);
            if cuts {
                on_cut();
            }
            !cuts
        })
    });
    Ok(())
}

/// Copies until one side ends, or until `goes_on` says no to bytes that have come and are then never passed on.
fn copy(mut from: TcpStream, mut to: TcpStream, goes_on: impl Fn(usize) -> bool) {
    let mut buffer = [0; 16_384];
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 || !goes_on(read) || to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    // Either side may have gone already.
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
