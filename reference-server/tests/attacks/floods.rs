//! Whoever floods the server gets an answer or an end, keeps nobody else from being served, and takes no more memory than the limits
//! allow.
//!
//! The server is a process of its own, so that its memory can be told from the flood's.

#![allow(clippy::print_stdout, reason = "the figures are for the documents")]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{CBOR, path};
use lock_keeper_server::tls::provider;
use lock_keeper_testbed::{Engine, Program, ProgramSettings, RawClient};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::BINARY;

/// Connections that the server takes at once.
const LIMIT: usize = 100;
/// More than the server waits for anything.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two bytes of whoever lets them drip.
const DRIP: Duration = Duration::from_millis(50);
/// What a connection may take beside a body: TLS buffers of 16 KiB in either direction, a head, the connection itself.
const CONNECTION_BYTES: u64 = 128 << 10;
/// What a server may take more whatever comes: threads that had nothing to do before, caches of the database.
const SLACK_BYTES: u64 = 24 << 20;

type Tls = StreamOwned<ClientConnection, TcpStream>;

fn serve() -> Program {
    serve_with("1s", "2s")
}

/// With these limits on how long a head and a body may take.
fn serve_with(head: &str, body: &str) -> Program {
    let limits = format!("connections = {LIMIT}\nhead_timeout = \"{head}\"\nbody_timeout = \"{body}\"");
    let settings = ProgramSettings { limits, ..ProgramSettings::default() };
    Program::start(BINARY, Engine::Sqlite, &settings)
}

/// A process may have 1024 files open on most machines, where it does not ask for more.
fn allow_many_sockets() {
    let process = format!("--pid={}", std::process::id());
    let allowed = Command::new("prlimit").args([&process, "--nofile=4096:"]).status().expect("util-linux is there");
    assert!(allowed.success(), "the flood needs 4096 files open at once");
}

fn connect(server: &Program) -> TcpStream {
    let socket = TcpStream::connect(server.address()).expect("the kernel takes it");
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn handshake(server: &Program) -> Tls {
    let mut roots = RootCertStore::empty();
    roots.add(server.ca()).unwrap();
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    StreamOwned::new(client, connect(server))
}

/// An exchange that the database has a part in, over a connection of its own.
fn is_served(server: &Program) {
    is_answered(&server.client());
}

fn is_answered(client: &RawClient) {
    assert_eq!(client.post(path::SESSION_START, CBOR, b"\x80").status, 400);
    assert_eq!(client.get(path::SERVER).status, 200);
}

/// Reads until the server closes: whatever it says before, it says it in time.
fn is_closed(mut connection: impl Read) {
    match connection.read_to_end(&mut Vec::new()) {
        Ok(_) => {}
        Err(error) => assert!(
            !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "the server keeps the connection"
        ),
    }
}

/// The memory of a server before a flood, to be compared with what it is in the flood and after it.
struct Memory<'a> {
    server: &'a Program,
    before: u64,
}

impl<'a> Memory<'a> {
    fn of(server: &'a Program) -> Self {
        // What the first exchange sets up is no flood's doing.
        is_served(server);
        Self { server, before: server.resident().0 }
    }

    /// The most that was in use stays below what so many connections with so many bytes may take.
    fn stays_below(&self, flood: &str, connections: usize, bytes: usize) {
        let (after, most) = self.server.resident();
        let allowed = connections as u64 * (CONNECTION_BYTES + 2 * bytes as u64) + SLACK_BYTES;
        let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        println!(
            "{flood}: {:.1} MiB before, {:.1} MiB at most, {:.1} MiB after; {:.1} MiB more are allowed",
            mebibytes(self.before),
            mebibytes(most),
            mebibytes(after),
            mebibytes(allowed)
        );
        assert!(most < self.before + allowed, "{flood}");
    }
}

#[test]
fn a_thousand_idle_connections_beyond_the_limit_are_closed_and_others_are_served_meanwhile() {
    allow_many_sockets();
    let server = serve();
    let memory = Memory::of(&server);
    let known = server.client();
    is_answered(&known);
    let mut idle = Vec::new();
    let mut most = 0;
    for n in 0..LIMIT + 1_000 {
        idle.push(connect(&server));
        if n % 20 == 0 {
            most = most.max(server.open_sockets());
        }
    }
    // All others wait with the kernel. A few sockets are the server's own.
    assert!(most < LIMIT + LIMIT / 2, "the server took {most} connections at once");
    // Whoever is connected goes on, and who comes later gets their turn when the idle ones are closed.
    is_answered(&known);
    is_served(&server);
    idle.into_iter().for_each(is_closed);
    is_served(&server);
    memory.stays_below("1100 idle connections", LIMIT, 0);
}

#[test]
fn handshakes_that_stop_half_way_are_closed_and_others_are_served_meanwhile() {
    allow_many_sockets();
    let server = serve();
    let memory = Memory::of(&server);
    let stopped: Vec<TcpStream> = (0..3 * LIMIT)
        .map(|n| {
            let mut hello = Vec::new();
            handshake_hello(&server, &mut hello);
            let mut socket = connect(&server);
            // Nothing but the record's head, half of the hello, or all of it and then nothing.
            let length = [5, hello.len() / 2, hello.len()][n % 3];
            socket.write_all(&hello[..length]).unwrap();
            socket
        })
        .collect();
    is_served(&server);
    stopped.into_iter().for_each(is_closed);
    is_served(&server);
    memory.stays_below("300 handshakes that stop half-way", LIMIT, 0);
}

/// The first bytes that a client sends.
fn handshake_hello(server: &Program, hello: &mut Vec<u8>) {
    let mut tls = handshake(server).conn;
    while tls.wants_write() {
        tls.write_tls(hello).expect("a Vec takes all");
    }
}

#[test]
fn heads_that_drip_are_given_up_also_after_a_good_request() {
    let server = serve();
    for requests_before in [0, 1] {
        let mut tls = handshake(&server);
        for _ in 0..requests_before {
            write!(tls, "GET {} HTTP/1.1\r\nhost: localhost\r\n\r\n", path::SERVER).unwrap();
            let mut answer = [0; 15];
            tls.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 200 OK");
        }
        let head = format!("POST {} HTTP/1.1\r\nhost: localhost\r\nx-slow: ", path::SESSION_START);
        drips_until_closed(tls, head.as_bytes());
    }
    is_served(&server);
}

#[test]
fn bodies_that_drip_are_given_up() {
    let server = serve();
    let mut tls = handshake(&server);
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {CBOR}\r\ncontent-length: 60000\r\n\r\n",
        path::SESSION_START
    );
    tls.write_all(head.as_bytes()).unwrap();
    drips_until_closed(tls, b"");
    is_served(&server);
}

#[test]
fn while_as_many_drip_as_there_may_be_connections_others_are_served_and_each_is_given_up() {
    // Long enough for all of them to drip at once, on a slow machine too.
    let server = serve_with("6s", "6s");
    let memory = Memory::of(&server);
    let (dripping, given_up) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let drip = |n: usize| {
        let mut tls = handshake(&server);
        // On a slow machine a handshake may be given up.
        while tls.conn.complete_io(&mut tls.sock).is_err() {
            tls = handshake(&server);
        }
        dripping.fetch_add(1, Ordering::SeqCst);
        let head = format!("POST {} HTTP/1.1\r\nhost: localhost\r\n", path::SESSION_START);
        let drips = if n.is_multiple_of(2) {
            head + "x-slow: "
        } else {
            head + &format!("content-type: {CBOR}\r\ncontent-length: {}\r\n\r\n", limits::BODY)
        };
        drips_until_closed(tls, drips.as_bytes());
        dripping.fetch_sub(1, Ordering::SeqCst);
        given_up.fetch_add(1, Ordering::SeqCst);
    };
    std::thread::scope(|scope| {
        // Room is left for one who comes meanwhile.
        for n in 0..LIMIT - 1 {
            scope.spawn(move || drip(n));
        }
        let until = Instant::now() + PATIENCE;
        let mut served_among = 0;
        while given_up.load(Ordering::SeqCst) < LIMIT - 1 {
            assert!(Instant::now() < until, "the server is still waiting");
            is_served(&server);
            served_among = served_among.max(dripping.load(Ordering::SeqCst));
        }
        assert!(served_among > LIMIT / 2, "the most who dripped when another was served were {served_among}");
    });
    is_served(&server);
    memory.stays_below("99 heads and bodies that drip", LIMIT, 0);
}

/// Sends some bytes at once and more of them slowly, until the server has enough.
fn drips_until_closed(mut tls: Tls, at_once: &[u8]) {
    tls.write_all(at_once).unwrap();
    tls.sock.set_read_timeout(Some(DRIP)).unwrap();
    let until = Instant::now() + PATIENCE;
    let mut received = [0; 1_024];
    loop {
        assert!(Instant::now() < until, "the server is still waiting");
        if tls.write_all(b"a").and_then(|()| tls.flush()).is_err() {
            return;
        }
        match tls.read(&mut received) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return,
        }
    }
}

#[test]
fn as_many_bodies_as_there_may_be_connections_take_no_more_memory_than_the_limits_say() {
    let server = serve();
    let memory = Memory::of(&server);
    let client = server.client();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {CBOR}\r\ncontent-length: {}\r\n\r\n",
        path::SESSION_START,
        limits::BODY
    );
    let most_of_it = [head.as_bytes(), &vec![0; limits::BODY - 1]].concat();
    // Room is left for one who comes meanwhile.
    let held: Vec<_> = (0..LIMIT - 1).map(|_| client.send_and_hold(&most_of_it)).collect();
    is_served(&server);
    memory.stays_below("99 bodies of 64 KiB", LIMIT, limits::BODY);
    drop(held);
    is_served(&server);
}
