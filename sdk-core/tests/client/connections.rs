//! Sessions are the protocol's, not the connection's: whichever way a frame takes, it belongs to its session.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{io, thread};

use lock_keeper_core::{Env, HttpsTransport, MemoryStore, ServerConfig};
use lock_keeper_testbed::{Engine, Server, Settings, each_engine, each_engine_with};

use crate::fixture::{Device, call, code, generate, log, retrieve, secret, times_done};
use crate::wire::Wire;

/// A way to a server that counts the connections.
struct Tunnel {
    config: ServerConfig,
    connections: Arc<AtomicUsize>,
}

impl Tunnel {
    fn to(server: &Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, to) = (Arc::clone(&connections), server.address());
        thread::spawn(move || {
            for client in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let (Ok(client), Ok(server)) = (client, TcpStream::connect(to)) else { continue };
                forward(client.try_clone().unwrap(), server.try_clone().unwrap());
                forward(server, client);
            }
        });
        let json = server.connect_json().replace(&server.url(), &format!("https://localhost:{port}"));
        Self { config: ServerConfig::from_connect_json(json.as_bytes()).unwrap(), connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
}

#[test]
fn many_sessions_of_two_accounts_go_over_one_connection() {
    let server = Server::start(Engine::Sqlite);
    let tunnel = Tunnel::to(&server);
    let env = Env::new(&tunnel.config, Arc::new(MemoryStore::default()));
    let device = Device::with(tunnel.config.clone(), env);
    let ada = device.register("ada", "correct horse").unwrap();
    let bob = device.register("bob", "battery staple").unwrap();
    let (hers, his) = (generate(&ada).unwrap(), generate(&bob).unwrap());
    assert_eq!(retrieve(&ada, hers.info.id).unwrap(), hers);
    assert_eq!(retrieve(&bob, his.info.id).unwrap(), his);
    assert_eq!(tunnel.connections(), 1);
}

#[test]
fn one_session_goes_over_several_connections() {
    let server = Server::start_with(Engine::Sqlite, Settings::with_operations(16));
    let tunnel = Tunnel::to(&server);
    let transport = Arc::new(HttpsTransport::new(&tunnel.config));
    let device = Device::over(&server, transport);
    let session = device.register("ada", "correct horse").unwrap();
    for _ in 0..4 {
        device.client.drop_connections();
        generate(&session).unwrap();
    }
    assert_eq!(tunnel.connections(), 5);
    assert_eq!(log(&session).unwrap().iter().filter(|entry| entry.action == "login").count(), 2, "it is one session");
}

#[test]
fn the_frames_of_a_session_find_it_in_either_of_two_server_processes() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let one = Server::start_with(engine, Settings::with_operations(16));
        let other = Server::beside(&one);
        let wire = Wire::among(&[&one, &other]);
        let device = Device::over(&one, wire.clone());
        let session = device.register("ada", "correct horse").unwrap();
        let secrets: Vec<_> = (0..5).map(|_| generate(&session).unwrap()).collect();
        // An answer that one process has lost comes from the other one.
        wire.lose_answers(0..1);
        let last = generate(&session).unwrap();
        for secret in secrets.iter().chain([&last]) {
            assert_eq!(retrieve(&session, secret.info.id).unwrap(), *secret);
        }
        assert_eq!(times_done(&session, "generate"), 6);
        session.change_password(secret("correct horse"), secret("a new horse"), &call()).unwrap();
        generate(&session).unwrap();
    }
}

#[test]
fn a_session_goes_on_after_the_server_was_restarted() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let device = Device::new(server);
        let session = device.register("ada", "correct horse").unwrap();
        generate(&session).unwrap();
        server.restart();
        generate(&session).unwrap();
        let logins = log(&session).unwrap().iter().filter(|entry| entry.action == "login").count();
        assert_eq!(logins, 2, "the registration's and one more");
    });
}

#[test]
fn a_session_of_one_request_ends_with_it_and_one_of_sixteen_with_the_sixteenth() {
    for (operations, logins) in [(1, 33), (16, 3)] {
        each_engine_with(&Settings::with_operations(operations), |server| {
            let (device, wire) = Device::wired(server);
            let session = device.register("ada", "correct horse").unwrap();
            let ((), exchanges) = wire.exchanges(|| {
                for _ in 0..33 {
                    session.list(None, 1, &call()).unwrap();
                }
            });
            assert_eq!(exchanges.iter().filter(|path| *path == "session/finish").count(), logins);
            assert_eq!(exchanges.len(), 33 + logins);
        });
    }
}

#[test]
fn a_session_that_was_idle_for_too_long_makes_room_for_a_new_one() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let session = Device::new(server).register("ada", "correct horse").unwrap();
        generate(&session).unwrap();
        // Only the server's clock goes on: the client finds out from the answer.
        server.advance(std::time::Duration::from_secs(121));
        generate(&session).unwrap();
        server.advance(std::time::Duration::from_secs(901));
        generate(&session).unwrap();
        assert_eq!(times_done(&session, "generate"), 3);
    });
}

#[test]
fn the_fifth_device_ends_the_idlest_session_and_nobody_notices() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let first = Device::new(server).register("ada", "correct horse").unwrap();
        generate(&first).unwrap();
        let others: Vec<_> = (0..4).map(|_| Device::new(server).open("ada", "correct horse").unwrap()).collect();
        for session in others.iter().chain([&first]) {
            generate(session).unwrap();
        }
        assert_eq!(times_done(&first, "generate"), 6);
    });
}

#[test]
fn a_server_that_stands_still_and_comes_back_is_waited_for() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        wire.lose_requests(0..2);
        generate(&session).unwrap();
        wire.change(1, |reply| {
            reply.status = 503;
            reply.body = br#"{"code":"busy"}"#.to_vec();
            reply.content_type = "application/problem+json".to_owned();
        });
        generate(&session).unwrap();
        assert_eq!(times_done(&session, "generate"), 2);
        assert_eq!(code(retrieve(&session, session.new_secret_id())), lock_keeper_core::Code::SecretNotFound);
    });
}
