//! A server that does as the test tells it, and reports what it saw of each connection.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::version::TLS13;
use rustls::{NamedGroup, ProtocolVersion, ServerConnection, StreamOwned, SupportedProtocolVersion};

use super::LONG;
use super::certificates::Identity;

/// What the server does with a request, one after the other, over all connections.
pub(crate) enum Act {
    /// Sends these bytes.
    Answer(Vec<u8>),
    /// Closes the connection without a word.
    Cut,
    /// Sends these bytes and closes the connection.
    AnswerAndCut(Vec<u8>),
    /// Tells the test that the request is there, and says nothing until the client goes away.
    Stall(Sender<()>),
}

/// How the server meets a connection.
pub(crate) enum Greeting {
    /// With TLS of this version.
    Tls(Identity, &'static SupportedProtocolVersion),
    /// With TLS 1.3, but only after it has told the test that a client is there, and the test has said to go on.
    Held(Identity, Sender<()>, Mutex<Receiver<()>>),
    /// With an answer in plain HTTP to whatever comes.
    Plain,
    /// By closing it.
    Close,
    /// Not at all.
    Silence,
}

/// What the server saw of one connection.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The bytes of the application that came, after TLS.
    pub(crate) received: Vec<u8>,
    pub(crate) version: Option<ProtocolVersion>,
    pub(crate) group: Option<NamedGroup>,
}

impl Report {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.received).to_ascii_lowercase()
    }
}

pub(crate) struct Server {
    address: SocketAddr,
    reports: Mutex<Receiver<Report>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Script {
    greeting: Greeting,
    acts: Mutex<VecDeque<Act>>,
}

pub(crate) fn tls13(identity: Identity) -> Greeting {
    Greeting::Tls(identity, &TLS13)
}

/// An answer with this status line, these further header lines, and this body.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Act {
    let length = body.len();
    Act::Answer(format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n{body}").into_bytes())
}

impl Server {
    pub(crate) fn start(greeting: Greeting, acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let script = Arc::new(Script { greeting, acts: Mutex::new(acts.into_iter().collect()) });
        let stopping = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = channel();
        let stop = Arc::clone(&stopping);
        let thread = thread::spawn(move || accept(&listener, &script, &sender, &stop));
        Self { address, reports: Mutex::new(receiver), stopping, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What the server saw of the next connection, once that has ended.
    pub(crate) fn report(&self) -> Report {
        self.reports.lock().unwrap().recv_timeout(LONG).expect("a connection has ended")
    }

    /// Whether nothing more has come than was reported.
    pub(crate) fn saw_nothing_more(&self) -> bool {
        self.reports.lock().unwrap().try_recv().is_err()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread from its `accept`.
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn accept(listener: &TcpListener, script: &Arc<Script>, reports: &Sender<Report>, stop: &AtomicBool) {
    for socket in listener.incoming().map_while(Result::ok) {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let (script, reports) = (Arc::clone(script), reports.clone());
        thread::spawn(move || {
            let mut report = Report::default();
            // Clients that break off are what these tests are about.
            let _ = serve(&script, socket, &mut report);
            let _ = reports.send(report);
        });
    }
}

fn serve(script: &Script, mut socket: TcpStream, report: &mut Report) -> io::Result<()> {
    match &script.greeting {
        Greeting::Close => Ok(()),
        Greeting::Silence => until_the_client_goes(&mut socket),
        Greeting::Plain => {
            let mut hello = [0; 1024];
            let _ = socket.read(&mut hello)?;
            socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
            until_the_client_goes(&mut socket)
        }
        Greeting::Held(identity, arrived, go_on) => {
            let _ = arrived.send(());
            let _ = go_on.lock().unwrap().recv();
            serve_tls(script, tls(identity, &TLS13), socket, report)
        }
        Greeting::Tls(identity, version) => serve_tls(script, tls(identity, version), socket, report),
    }
}

fn serve_tls(script: &Script, conn: ServerConnection, socket: TcpStream, report: &mut Report) -> io::Result<()> {
    let mut stream = StreamOwned::new(conn, socket);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    report.version = stream.conn.protocol_version();
    report.group = stream.conn.negotiated_key_exchange_group().map(|group| group.name());
    requests(script, &mut stream, report)
}

fn tls(identity: &Identity, version: &'static SupportedProtocolVersion) -> ServerConnection {
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .expect("the provider has this version")
        .with_no_client_auth()
        .with_single_cert(identity.chain.clone(), identity.key.clone_key())
        .expect("key and certificate fit");
    ServerConnection::new(Arc::new(config)).expect("the configuration is whole")
}

fn requests(script: &Script, stream: &mut (impl Read + Write), report: &mut Report) -> io::Result<()> {
    loop {
        read_request(stream, report)?;
        let act = script.acts.lock().unwrap().pop_front();
        match act {
            Some(Act::Answer(bytes)) => {
                stream.write_all(&bytes)?;
                stream.flush()?;
            }
            Some(Act::AnswerAndCut(bytes)) => return stream.write_all(&bytes),
            Some(Act::Stall(arrived)) => {
                let _ = arrived.send(());
                return until_the_client_goes(stream);
            }
            Some(Act::Cut) | None => return Ok(()),
        }
    }
}

fn read_request(stream: &mut impl Read, report: &mut Report) -> io::Result<()> {
    let start = report.received.len();
    let mut missing = None;
    while missing != Some(0) {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        report.received.push(byte[0]);
        let head = &report.received[start..];
        missing = match missing {
            Some(bytes) => Some(bytes - 1),
            None => head.ends_with(b"\r\n\r\n").then(|| content_length(head)),
        };
    }
    Ok(())
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.map_or(0, |length| length.trim().parse().expect("a number"))
}

fn until_the_client_goes(stream: &mut impl Read) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored)? > 0 {}
    Ok(())
}
