//! HTTP inside a good TLS connection, and connections that break.

use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use lock_keeper_core::retry::{self, Resend};
use lock_keeper_core::transport::{Cause, Request, TransportFailure};
use lock_keeper_core::{Call, Code, HttpsTransport, LockKeeperError, Transport, wait};

use super::certificates::Authority;
use super::server::{Act, Greeting, Server, answer, tls13};
use super::{LONG, REQUEST, exchange, transport};

fn good(acts: impl IntoIterator<Item = Act>) -> (Server, HttpsTransport) {
    let authority = Authority::new();
    let server = Server::start(tls13(authority.certify_localhost()), acts);
    let transport = transport(&server.url(), authority.trust());
    (server, transport)
}

#[test]
fn a_request_and_its_answer_go_over_as_they_are() {
    let headers = "Content-Type: Application/CBOR\r\nX-Request-Id: 7f-1\r\nRetry-After: 3\r\nSet-Cookie: a=b\r\n";
    let (server, transport) = good([answer("429 Too Many Requests", headers, "body"), answer("200 OK", "", "")]);
    let reply = exchange(&transport).expect("any status is an answer");
    assert_eq!((reply.status, reply.content_type.as_str()), (429, "application/cbor"));
    assert_eq!(reply.request_id.expect("an id").as_str(), "7f-1");
    assert_eq!(reply.retry_after, Some(Duration::from_secs(3)));
    assert_eq!(reply.body, b"body");
    exchange(&transport).expect("a second answer");
    drop(transport);
    let seen = server.report().text();
    assert!(seen.starts_with("post /v1/session/message http/1.1\r\n"), "{seen}");
    assert!(seen.contains("\r\ncontent-type: application/cbor\r\n") && seen.contains("content-length: 23\r\n"));
    assert!(seen.ends_with("the body of the request"));
    for unwanted in ["cookie", "accept-encoding", "transfer-encoding"] {
        assert!(!seen.contains(unwanted), "{unwanted}");
    }
}

#[test]
fn a_request_without_a_body_is_a_get() {
    let (server, transport) = good([answer("200 OK", "", "limits")]);
    let request = Request { path: "/v1/server", body: None, media_type: "application/cbor", limit: 100, acts: false };
    assert_eq!(transport.exchange(&request, &Call::new(LONG).start()).expect("an answer").body, b"limits");
    drop(transport);
    assert!(server.report().text().starts_with("get /v1/server http/1.1\r\n"));
}

#[test]
fn exchanges_share_a_connection_until_it_is_dropped() {
    let (server, transport) = good((0..3).map(|_| answer("200 OK", "", "")));
    exchange(&transport).expect("an answer");
    exchange(&transport).expect("an answer");
    transport.drop_connections();
    assert_eq!(server.report().text().matches("post ").count(), 2);
    exchange(&transport).expect("an answer over a new connection");
    drop(transport);
    assert_eq!(server.report().text().matches("post ").count(), 1);
}

#[test]
fn a_redirect_is_an_error_and_is_not_followed() {
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let elsewhere = Server::start(Greeting::Close, []);
        let (_server, transport) = good([answer(status, &format!("Location: {}/\r\n", elsewhere.url()), "")]);
        let failure = exchange(&transport).expect_err(status);
        assert_eq!(failure.cause, Cause::Redirected, "{status}");
        assert_eq!(LockKeeperError::from(failure).code, Code::Redirected);
        assert!(elsewhere.saw_nothing_more());
    }
}

#[test]
fn an_answer_above_the_limit_is_refused_and_one_at_the_limit_is_taken() {
    let chunked = |bytes: usize| {
        let body = "x".repeat(bytes);
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        Act::Answer(format!("{head}{bytes:x}\r\n{body}\r\n0\r\n\r\n").into_bytes())
    };
    for act in [answer("200 OK", "", &"x".repeat(1001)), chunked(1001)] {
        let (_server, transport) = good([act]);
        assert_eq!(exchange(&transport), Err(TransportFailure::unknown(Cause::ReplyTooLarge)));
    }
    for act in [answer("200 OK", "", &"x".repeat(1000)), chunked(1000)] {
        let (_server, transport) = good([act]);
        assert_eq!(exchange(&transport).expect("it fits").body.len(), 1000);
    }
}

#[test]
fn an_endless_head_is_refused() {
    let (_server, transport) = good([answer("200 OK", &format!("X-Long: {}\r\n", "x".repeat(20_000)), "")]);
    let code = LockKeeperError::from(exchange(&transport).expect_err("too long")).code;
    assert_eq!(code, Code::ProtocolViolation);
}

#[test]
fn what_is_not_http_is_a_violation_of_the_protocol() {
    let (_server, transport) = good([Act::Answer(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec())]);
    assert_eq!(exchange(&transport), Err(TransportFailure::unknown(Cause::NotHttp)));
}

#[test]
fn a_body_that_is_cut_short_is_no_answer() {
    let (_server, transport) = good([Act::AnswerAndCut(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec())]);
    assert_eq!(exchange(&transport), Err(TransportFailure::unknown(Cause::Unreachable)));
}

#[test]
fn nobody_at_the_address_is_offline_and_nothing_was_sent() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("it is bound").port();
    drop(free);
    let failure = exchange(&transport(&format!("https://localhost:{port}"), Authority::new().trust()));
    assert_eq!(failure, Err(TransportFailure::not_sent(Cause::Unreachable)));
}

#[test]
fn an_unknown_name_is_offline_and_nothing_was_sent() {
    let failure = exchange(&transport("https://no-such-host.invalid", Authority::new().trust()));
    assert_eq!(failure, Err(TransportFailure::not_sent(Cause::Unreachable)));
}

#[test]
fn a_connection_cut_before_the_request_certainly_did_not_arrive() {
    let server = Server::start(Greeting::Close, []);
    let failure = exchange(&transport(&server.url(), Authority::new().trust()));
    assert_eq!(failure, Err(TransportFailure::not_sent(Cause::Unreachable)));
}

#[test]
fn a_connection_cut_after_the_request_may_have_arrived() {
    let (_server, transport) = good([Act::Cut]);
    let failure = exchange(&transport).expect_err("no answer");
    assert_eq!(failure, TransportFailure::unknown(Cause::Unreachable));
    assert!(LockKeeperError::from(failure).may_have_happened);
}

#[test]
fn a_silent_server_is_given_up_at_the_deadline() {
    let soon = Call::new(Duration::from_millis(100));
    let (_server, answering) = good([Act::Stall(channel().0)]);
    assert_eq!(
        answering.exchange(&REQUEST, &Call::new(Duration::from_secs(1)).start()),
        Err(TransportFailure::unknown(Cause::TimedOut))
    );
    let silent = Server::start(Greeting::Silence, []);
    let transport = transport(&silent.url(), Authority::new().trust());
    assert_eq!(transport.exchange(&REQUEST, &soon.start()), Err(TransportFailure::not_sent(Cause::TimedOut)));
}

#[test]
fn a_request_whose_answer_was_lost_is_sent_again_over_a_new_connection() {
    let (server, transport) = good([Act::Cut, answer("200 OK", "", "fine")]);
    let done = retry::exchange(&transport, &REQUEST, Resend::Always, &Call::new(LONG).start());
    let done = done.expect("the second attempt is answered");
    assert_eq!((done.reply.body.as_slice(), done.attempts), (&b"fine"[..], 2));
    drop(transport);
    assert_eq!(server.report().received, server.report().received, "the same bytes twice");
}

#[test]
fn a_cancel_during_the_handshake_leaves_no_body_on_the_wire() {
    let authority = Authority::new();
    let (arrived, arrival) = channel();
    let (go_on, gone_on) = channel();
    let greeting = Greeting::Held(authority.certify_localhost(), arrived, Mutex::new(gone_on));
    let server = Server::start(greeting, [answer("200 OK", "", "never read")]);
    let transport = transport(&server.url(), authority.trust());
    let call = Call::new(LONG);
    let token = call.cancel.clone();
    let canceller = thread::spawn(move || {
        arrival.recv().expect("a client comes");
        token.cancel();
        go_on.send(()).expect("the server waits");
    });
    assert_eq!(transport.exchange(&REQUEST, &call.start()), Err(TransportFailure::not_sent(Cause::Cancelled)));
    drop(transport);
    assert!(!server.report().text().contains("body of the request"));
    canceller.join().expect("it does not panic");
}

#[test]
fn a_call_cancelled_before_sending_does_not_even_connect() {
    let (server, transport) = good([answer("200 OK", "", "")]);
    let call = Call::new(LONG);
    let started = call.start();
    call.cancel.cancel();
    assert_eq!(transport.exchange(&REQUEST, &started), Err(TransportFailure::not_sent(Cause::Cancelled)));
    drop(transport);
    assert!(server.saw_nothing_more());
}

#[test]
fn a_cancel_while_the_server_thinks_ends_the_wait_at_once_and_may_have_happened() {
    let (arrived, arrival) = channel();
    let (_server, transport) = good([Act::Stall(arrived)]);
    let call = Call::new(LONG);
    let token = call.cancel.clone();
    let canceller = thread::spawn(move || arrival.recv().map(|()| token.cancel()));
    let before = Instant::now();
    let ended =
        wait::run(&call.start(), move |call| retry::exchange(&transport, &REQUEST, Resend::Always, call).map(drop));
    let error = ended.expect_err("it was cancelled");
    assert_eq!((error.code, error.may_have_happened), (Code::Cancelled, true));
    assert!(before.elapsed() < LONG / 2);
    canceller.join().expect("it does not panic").expect("the request arrived");
}
