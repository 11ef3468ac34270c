//! A stop signal finishes what is in flight.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use lock_keeper_server::tls::provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::process::get;
use super::site::Site;

type Connection = BufReader<StreamOwned<ClientConnection, TcpStream>>;

fn connect(site: &Site, address: &str) -> Connection {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(site.file("certificate.pem")).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    BufReader::new(StreamOwned::new(client, TcpStream::connect(address).unwrap()))
}

/// Sends the head of a request, and waits until the server asks for its body: from then on it is in flight.
fn begin(connection: &mut Connection) {
    let head = "POST /v1/session/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n\
                Content-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    connection.get_mut().write_all(head.as_bytes()).unwrap();
    assert_eq!(line(connection), "HTTP/1.1 100 Continue");
    assert_eq!(line(connection), "");
}

fn line(connection: &mut Connection) -> String {
    let mut line = String::new();
    connection.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

#[test]
fn a_request_that_is_in_flight_is_answered_and_then_the_server_ends() {
    let site = Site::migrated();
    let (server, _, address) = site.serve();
    let mut connection = connect(&site, &address);
    begin(&mut connection);
    server.signal("TERM");
    server.wait_for("stopping");
    connection.get_mut().write_all(&[0xff; 4]).unwrap();
    assert!(line(&mut connection).starts_with("HTTP/1.1 4"), "it is no message, and is told so");
    // The connection ends after it, in order or not.
    let _ = connection.read_to_end(&mut Vec::new());
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn while_it_stops_it_says_that_it_is_not_ready_and_a_second_signal_cuts_the_grace_short() {
    let site = Site::migrated();
    site.edit("stop_grace = \"0s\"", "stop_grace = \"10m\"");
    let (server, operations, _) = site.serve();
    server.signal("TERM");
    server.wait_for("stopping");
    assert_eq!(get(&operations, "/health/ready"), (503, "not ready: stopping\n".to_owned()));
    assert_eq!(get(&operations, "/health/live").0, 200);
    assert_eq!(server.stop().0, Some(0));
}
