//! The proxy of the settings, and of the environment, which belongs to the whole process: a test of it runs itself again in one of
//! its own.

use std::io::{BufRead, BufReader, Write, copy};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use lock_keeper_core::transport::{Cause, ProxySettings, TransportFailure};
use lock_keeper_core::{HttpsTransport, ProxyPolicy, ServerConfig};

use super::certificates::Authority;
use super::exchange;
use super::server::{Greeting, Server, answer, tls13};

const INNER: &str = "LOCK_KEEPER_TEST_INSIDE";

/// Runs the named test again with these variables; `true` in the outer process, which is done then.
fn rerun(test: &str, variables: &[(&str, &str)]) -> bool {
    if std::env::var_os(INNER).is_some() {
        return false;
    }
    let mut command = Command::new(std::env::current_exe().expect("this test has a file"));
    command.args(["--exact", test, "--nocapture"]).env(INNER, "1");
    for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = command.envs(variables.iter().copied()).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    true
}

fn through_the_environment(url: &str, authority: &Authority) -> HttpsTransport {
    let config = ServerConfig::new(url, "example", &[[1; 32]], authority.trust()).expect("it is valid");
    HttpsTransport::new(&config)
}

/// Takes one CONNECT at this port, answers with `status`, and on 200 carries bytes to and fro. Returns the first line.
fn connect_proxy(listener: TcpListener, status: &'static str) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let (client, _) = listener.accept().expect("a client");
        let mut reader = BufReader::new(client.try_clone().expect("a second handle"));
        let mut first = String::new();
        reader.read_line(&mut first).expect("a line");
        let mut line = first.clone();
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).expect("a line");
        }
        let mut client = client;
        write!(client, "HTTP/1.1 {status}\r\n\r\n").expect("the client listens");
        if status.starts_with("200") {
            let target = first.split(' ').nth(1).expect("a target").to_owned();
            carry(client, TcpStream::connect(target).expect("the target is there"));
        }
        first
    })
}

fn carry(client: TcpStream, server: TcpStream) {
    let (mut from_client, mut to_server) =
        (client.try_clone().expect("a handle"), server.try_clone().expect("a handle"));
    thread::spawn(move || {
        copy(&mut from_client, &mut to_server).map(|_| to_server.shutdown(std::net::Shutdown::Write))
    });
    let (mut from_server, mut to_client) = (server, client);
    let _ = copy(&mut from_server, &mut to_client);
}

/// The proxy's port has to be known before the process starts, so the outer test finds a free one.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("it is bound").port()
}

fn proxy_of_the_environment() -> TcpListener {
    let proxy = std::env::var("HTTPS_PROXY").expect("the outer test sets it");
    TcpListener::bind(proxy.trim_start_matches("http://")).expect("the port is free")
}

#[test]
fn tls_goes_through_the_proxy_of_the_environment_end_to_end() {
    let proxy = format!("http://127.0.0.1:{}", free_port());
    let test = "proxy::tls_goes_through_the_proxy_of_the_environment_end_to_end";
    if rerun(test, &[("HTTPS_PROXY", &proxy)]) {
        return;
    }
    let authority = Authority::new();
    let server = Server::start(tls13(authority.certify_localhost()), [answer("200 OK", "", "fine")]);
    let proxy = connect_proxy(proxy_of_the_environment(), "200 OK");
    let transport = through_the_environment(&server.url(), &authority);
    assert_eq!(exchange(&transport).expect("an answer").body, b"fine");
    drop(transport);
    let first = proxy.join().expect("the proxy does not panic");
    assert_eq!(first, format!("CONNECT localhost:{} HTTP/1.1\r\n", server.port()));
    assert!(server.report().version.is_some());
}

#[test]
fn a_proxy_that_refuses_is_its_own_error_and_nothing_was_sent() {
    let proxy = format!("http://127.0.0.1:{}", free_port());
    let test = "proxy::a_proxy_that_refuses_is_its_own_error_and_nothing_was_sent";
    if rerun(test, &[("HTTPS_PROXY", &proxy)]) {
        return;
    }
    let proxy = connect_proxy(proxy_of_the_environment(), "407 Proxy Authentication Required");
    let transport = through_the_environment("https://keys.example", &Authority::new());
    assert_eq!(exchange(&transport), Err(TransportFailure::not_sent(Cause::ProxyRefused)));
    proxy.join().expect("the proxy does not panic");
}

#[test]
fn a_kind_of_proxy_that_is_not_spoken_is_refused_and_not_gone_around() {
    let test = "proxy::a_kind_of_proxy_that_is_not_spoken_is_refused_and_not_gone_around";
    if rerun(test, &[("ALL_PROXY", "socks5://127.0.0.1:1")]) {
        return;
    }
    let server = Server::start(Greeting::Close, []);
    let transport = through_the_environment(&server.url(), &Authority::new());
    assert_eq!(exchange(&transport), Err(TransportFailure::not_sent(Cause::ProxyRefused)));
    assert!(server.saw_nothing_more());
}

#[test]
fn a_host_in_no_proxy_is_reached_directly() {
    let test = "proxy::a_host_in_no_proxy_is_reached_directly";
    if rerun(test, &[("HTTPS_PROXY", "http://127.0.0.1:1"), ("NO_PROXY", "localhost")]) {
        return;
    }
    let authority = Authority::new();
    let server = Server::start(tls13(authority.certify_localhost()), [answer("200 OK", "", "fine")]);
    assert_eq!(exchange(&through_the_environment(&server.url(), &authority)).expect("an answer").body, b"fine");
}

/// Settings that a test changes.
#[derive(Default)]
struct Changing(Mutex<Option<String>>);

impl ProxySettings for Changing {
    fn proxy_for(&self, url: &str) -> Option<String> {
        assert!(url.starts_with("https://localhost:"), "{url}");
        self.0.lock().expect("nobody panics").clone()
    }
}

#[test]
fn a_proxy_of_the_settings_goes_before_the_environments_and_counts_from_when_it_is_set() {
    let test = "proxy::a_proxy_of_the_settings_goes_before_the_environments_and_counts_from_when_it_is_set";
    if rerun(test, &[("HTTPS_PROXY", "http://127.0.0.1:1")]) {
        return;
    }
    let authority = Authority::new();
    let server = Server::start(tls13(authority.certify_localhost()), [answer("200 OK", "", "fine")]);
    let settings = Arc::new(Changing::default());
    let transport =
        through_the_environment(&server.url(), &authority).with_proxy_settings(Arc::clone(&settings) as Arc<_>);
    assert!(exchange(&transport).is_err(), "nobody listens where the environment's proxy should be");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let proxy = connect_proxy(listener, "200 OK");
    *settings.0.lock().expect("nobody panics") = Some(format!("http://{address}"));
    assert_eq!(exchange(&transport).expect("an answer").body, b"fine");
    drop(transport);
    assert!(proxy.join().expect("the proxy does not panic").starts_with("CONNECT localhost:"));
}

#[test]
fn a_proxy_of_the_settings_that_is_not_spoken_is_not_gone_around_and_where_none_is_wanted_none_is_asked_for() {
    let authority = Authority::new();
    let server = Server::start(tls13(authority.certify_localhost()), [answer("200 OK", "", "fine")]);
    let config = ServerConfig::new(&server.url(), "example", &[[1; 32]], authority.trust()).expect("it is valid");
    let through = |config: &ServerConfig, proxy: &str| {
        let settings = Changing(Mutex::new(Some(proxy.to_owned())));
        exchange(&HttpsTransport::new(config).with_proxy_settings(Arc::new(settings)))
    };
    for proxy in ["socks5://127.0.0.1:1", "no address"] {
        assert_eq!(through(&config, proxy), Err(TransportFailure::not_sent(Cause::ProxyRefused)), "{proxy}");
    }
    let straight = config.with_proxy(ProxyPolicy::None);
    assert_eq!(through(&straight, "socks5://127.0.0.1:1").expect("an answer").body, b"fine");
}
