//! Bodies and requests that no honest client sends.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{CBOR, FRAME, PROBLEM, path};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Engine, RawClient, Server, Settings, each_engine};

use crate::samples::PASSWORD;

const POSTS: [(&str, &str); 5] = [
    (path::REGISTRATION_START, CBOR),
    (path::REGISTRATION_FINISH, CBOR),
    (path::SESSION_START, CBOR),
    (path::SESSION_FINISH, CBOR),
    (path::SESSION_MESSAGE, FRAME),
];

fn head(path: &str, media_type: &str, fields: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {media_type}\r\n{fields}\r\n\r\n")
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

#[test]
fn a_body_that_announces_too_much_is_turned_away_before_it_is_read() {
    let server = Server::start(Engine::Sqlite);
    for (path, media_type) in POSTS {
        let http = RawClient::new(&server);
        // Not a byte of the body is sent.
        let reply = http.exchange(head(path, media_type, &format!("content-length: {}", limits::BODY + 1)).as_bytes());
        reply.assert_refused(Problem::TooLarge);
        assert_eq!(reply.header("connection"), Some("close"));
    }
}

#[test]
fn a_chunked_body_is_turned_away_when_it_becomes_too_large() {
    let server = Server::start(Engine::Sqlite);
    for (path, media_type) in POSTS {
        let mut request = head(path, media_type, "transfer-encoding: chunked").into_bytes();
        for _ in 0..=limits::BODY / 4_096 {
            request.extend(chunk(&[0; 4_096]));
        }
        // It never ends.
        RawClient::new(&server).exchange(&request).assert_refused(Problem::TooLarge);
    }
}

#[test]
fn a_body_of_the_largest_size_is_read() {
    let server = Server::start(Engine::Sqlite);
    let http = RawClient::new(&server);
    for (path, media_type) in POSTS {
        let reply = http.post(path, media_type, &vec![0; limits::BODY]);
        assert!(matches!(reply.problem(), Some(Problem::Malformed | Problem::FrameRefused)), "{path}");
    }
    assert_eq!(http.connections(), 1);
}

#[test]
fn a_chunked_body_is_as_good_as_another() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let body = cbor::encode(&device.session_start().1);
    let mut request = head(path::SESSION_START, CBOR, "transfer-encoding: chunked").into_bytes();
    for piece in body.chunks(50) {
        request.extend(chunk(piece));
    }
    request.extend(b"0\r\n\r\n");
    let _ = device.http.exchange(&request).success();
}

#[test]
fn a_body_that_comes_too_slowly_is_given_up() {
    let mut settings = Settings::default();
    settings.requests.body_timeout = Duration::from_millis(300);
    let server = Server::start_with(Engine::Sqlite, settings);
    for (path, media_type) in POSTS {
        let request = head(path, media_type, "content-length: 100") + "only this";
        RawClient::new(&server).exchange(request.as_bytes()).assert_refused(Problem::TooSlow);
    }
}

#[test]
fn a_head_that_comes_too_slowly_is_given_up() {
    let settings = Settings { head_timeout: Duration::from_millis(300), ..Settings::default() };
    let server = Server::start_with(Engine::Sqlite, settings);
    // What comes back for half a head is the HTTP library's: a bare 408 or nothing. It must only come.
    let reply = RawClient::new(&server).try_exchange(b"POST /v1/session/start HTTP/1.1\r\nhost: loc");
    assert!(reply.is_none_or(|reply| reply.status == 408));
}

#[test]
fn a_body_that_is_cut_short_does_nothing() {
    each_engine(|server| {
        let device = Device::new(server, "ada", PASSWORD);
        let body = cbor::encode(&device.registration_finish());
        let request = head(path::REGISTRATION_FINISH, CBOR, &format!("content-length: {}", body.len() + 1));
        device.http.send_and_hang_up(&[request.as_bytes(), &body].concat());
        // The name is still free, and the server still there.
        device.register_pending();
    });
}

/// What a good message becomes in the hands of somebody who hopes for a lenient decoder; `most`: how many bytes may be sent.
pub(crate) fn twisted(good: &[u8], most: usize) -> Vec<(&'static str, Vec<u8>)> {
    let (fields, rest) = (good[0] & 0x1f, &good[1..]);
    assert_eq!(good[0] & 0xe0, 0x80, "a message is a short array");
    let deep = |byte: u8| [vec![byte; most - good.len()], good.to_vec()].concat();
    let with = |head: &[u8], tail: &[u8]| [head, rest, tail].concat();
    vec![
        ("a field that nobody knows", with(&[0x80 | (fields + 1)], &[0xf6])),
        ("a field twice", [&[0x80 | (2 * fields)], rest, rest].concat()),
        ("an array of indefinite length", with(&[0x9f], &[0xff])),
        ("an array that never ends", with(&[0x9f], &[])),
        ("a length in a longer form", with(&[0x98, fields], &[])),
        ("a tag before it", [&[0xc1], good].concat()),
        ("self-described CBOR", [&[0xd9, 0xd9, 0xf7], good].concat()),
        ("a map in its place", vec![0xa2, 0x00, 0xf6, 0x01, 0xf6]),
        ("a map with a key twice", vec![0xa2, 0x00, 0xf6, 0x00, 0xf6]),
        ("arrays in arrays, as deep as there may be bytes", deep(0x81)),
        ("maps in maps", deep(0xa1)),
        ("tags on tags", deep(0xc1)),
        ("indefinite arrays in indefinite arrays", deep(0x9f)),
        ("an array that says it is endless", vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("a text that says it is endless", vec![0x84, 0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x61]),
        ("bytes that say they are endless", vec![0x82, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x61]),
        ("a text that is not UTF-8", vec![0x84, 0x62, 0xc3, 0x28, 0xf6, 0xf6, 0xf6]),
        ("a break and nothing else", vec![0xff]),
    ]
}

#[test]
fn whatever_else_cbor_can_say_is_malformed() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let goods = [
        (path::REGISTRATION_START, cbor::encode(&device.registration_start().1)),
        (path::REGISTRATION_FINISH, cbor::encode(&device.registration_finish())),
        (path::SESSION_START, cbor::encode(&device.session_start().1)),
        (path::SESSION_FINISH, cbor::encode(&(Bytes([1u8; 48]), Bytes([2u8; 64]), Blob(vec![3; 300])))),
    ];
    for (path, good) in goods {
        for (what, body) in twisted(&good, limits::BODY) {
            let reply = device.http.post(path, CBOR, &body);
            assert_eq!(reply.problem(), Some(Problem::Malformed), "{what}, to {path}");
        }
        // It was the twist.
        assert_ne!(device.http.post(path, CBOR, &good).problem(), Some(Problem::Malformed), "{path}");
    }
}

#[test]
fn a_request_of_which_nobody_can_tell_where_it_ends_is_refused_and_its_connection_closed() {
    let server = Server::start(Engine::Sqlite);
    let both = "content-length: 4\r\ntransfer-encoding: chunked";
    for fields in
        [both, "content-length: 4\r\ncontent-length: 5", "content-length: 4, 5", "transfer-encoding: gzip, chunked"]
    {
        let request = head(path::SESSION_START, CBOR, fields) + "0\r\n\r\n";
        let reply = RawClient::new(&server).try_exchange(request.as_bytes());
        // The HTTP library's refusal, a bare 400; or nothing. What follows on the connection must not be taken for a request.
        assert!(
            reply.is_none_or(|reply| reply.status == 400 && reply.header("connection") == Some("close")),
            "{fields}"
        );
    }
}

#[test]
fn a_body_of_another_media_type_is_malformed() {
    let server = Server::start(Engine::Sqlite);
    let http = RawClient::new(&server);
    for (path, media_type) in POSTS {
        for other in [
            "application/json",
            "text/plain",
            "application/octet-stream",
            if media_type == CBOR { FRAME } else { CBOR },
        ] {
            http.post(path, other, b"\x80").assert_refused(Problem::Malformed);
        }
        let without = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\n\r\n\u{0}");
        http.exchange(without.as_bytes()).assert_refused(Problem::Malformed);
    }
}

#[test]
fn another_method_finds_nothing() {
    let server = Server::start(Engine::Sqlite);
    let http = RawClient::new(&server);
    for (path, _) in POSTS {
        http.get(path).assert_refused(Problem::NotFound);
        for method in ["PUT", "DELETE", "PATCH"] {
            let request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n");
            http.exchange(request.as_bytes()).assert_refused(Problem::NotFound);
        }
    }
    http.post(path::SERVER, CBOR, b"").assert_refused(Problem::NotFound);
}

#[test]
fn paths_that_are_not_there_and_other_versions_are_told_apart() {
    let server = Server::start(Engine::Sqlite);
    let http = RawClient::new(&server);
    for path in ["/v1/", "/v1/session", "/v1/session/start/", "/v1/session/start/x", "/v1/registration"] {
        http.get(path).assert_refused(Problem::NotFound);
    }
    for path in ["/v2/session/start", "/v2/", "/v0/server", "/v10/server"] {
        http.get(path).assert_refused(Problem::VersionUnsupported);
        http.post(path, CBOR, b"\x80").assert_refused(Problem::VersionUnsupported);
    }
    // Beyond that the app is the host's.
    assert_eq!(http.get("/").status, 404);
}

#[test]
fn every_answer_of_a_route_forbids_to_be_kept() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let replies =
        [device.guess(), device.http.post(path::SESSION_START, CBOR, b"\x80"), device.http.get("/v1/nothing")];
    for reply in replies {
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-request-id").map(str::len), Some(16));
        assert_eq!(reply.header("set-cookie"), None);
        assert_eq!(reply.header("content-encoding"), None);
    }
}

#[test]
fn a_problem_document_is_what_rfc_9457_says() {
    let server = Server::start(Engine::Sqlite);
    let reply = RawClient::new(&server).post(path::SESSION_START, CBOR, b"\x80");
    assert_eq!(reply.header("content-type"), Some(PROBLEM));
    let document: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(document["type"], "urn:lock-keeper:problem:malformed");
    assert_eq!(document["title"], Problem::Malformed.title());
    assert_eq!(document["request_id"].as_str(), reply.header("x-request-id"));
}

#[test]
fn whoever_speaks_without_tls_hears_no_http() {
    let server = Server::start(Engine::Sqlite);
    let mut socket = TcpStream::connect(server.address()).unwrap();
    socket.write_all(b"GET /v1/server HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // A TLS alert, or an end.
    let _ = socket.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"));
}

#[test]
fn whoever_offers_tls_1_2_gets_an_alert() {
    let server = Server::start(Engine::Sqlite);
    let mut socket = TcpStream::connect(server.address()).unwrap();
    socket.write_all(&client_hello_of_tls_1_2()).unwrap();
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer);
    // RFC 8446, section 6: record type 21, fatal, protocol_version (70).
    assert_eq!(answer.first(), Some(&21));
    assert_eq!(&answer[5..7], [2, 70]);
}

/// RFC 5246, section 7.4.1.2: a ClientHello with one suite that is common in TLS 1.2, and the extensions without which rustls would
/// look no further.
fn client_hello_of_tls_1_2() -> Vec<u8> {
    let extensions = [
        [0x00, 0x0a, 0, 4, 0, 2, 0, 0x17].as_slice(), // supported_groups: secp256r1
        &[0x00, 0x0b, 0, 2, 1, 0],                    // ec_point_formats: uncompressed
        &[0x00, 0x0d, 0, 4, 0, 2, 4, 3],              // signature_algorithms: ecdsa_secp256r1_sha256
        &[0x00, 0x17, 0, 0],                          // extended_master_secret
    ]
    .concat();
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, 2, 0xc0, 0x2b]); // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
    body.extend([1, 0]);
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    let mut handshake = vec![1, 0];
    handshake.extend((body.len() as u16).to_be_bytes());
    handshake.extend(body);
    let mut record = vec![22, 3, 1];
    record.extend((handshake.len() as u16).to_be_bytes());
    record.extend(handshake);
    record
}
