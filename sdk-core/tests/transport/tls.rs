//! Servers that the client must not trust: each its own error, and not one byte of a request sent.

use lock_keeper_core::transport::{Cause, TlsRefusal, TransportFailure};
use lock_keeper_core::{Code, LockKeeperError, ServerConfig, Trust};
use rustls::{NamedGroup, ProtocolVersion};

use super::certificates::Authority;
use super::server::{Greeting, Server, answer, tls13};
use super::{exchange, transport};

#[track_caller]
fn assert_refused(greeting: Greeting, trust: Trust, refusal: TlsRefusal, code: Code) {
    let server = Server::start(greeting, [answer("200 OK", "", "never read")]);
    let failure = exchange(&transport(&server.url(), trust)).expect_err("the server is refused");
    assert_eq!(failure, TransportFailure { cause: Cause::Tls(refusal), may_have_arrived: false });
    assert_eq!(LockKeeperError::from(failure).code, code);
    assert_eq!(server.report().text(), "", "the server saw no byte of a request");
}

#[test]
fn a_good_server_is_spoken_to_in_tls_1_3_with_the_hybrid_group() {
    let authority = Authority::new();
    let server = Server::start(tls13(authority.certify_localhost()), [answer("200 OK", "", "fine")]);
    let transport = transport(&server.url(), authority.trust());
    assert_eq!(exchange(&transport).expect("an answer").body, b"fine");
    drop(transport);
    let report = server.report();
    assert_eq!(report.version, Some(ProtocolVersion::TLSv1_3));
    assert_eq!(report.group, Some(NamedGroup::X25519MLKEM768));
}

#[test]
fn a_server_that_speaks_tls_1_2_only_is_refused() {
    let authority = Authority::new();
    let greeting = Greeting::Tls(authority.certify_localhost(), &rustls::version::TLS12);
    assert_refused(greeting, authority.trust(), TlsRefusal::TooOld, Code::TlsTooOld);
}

#[test]
fn a_server_of_another_authority_is_refused() {
    let server = tls13(Authority::new().certify_localhost());
    assert_refused(server, Authority::new().trust(), TlsRefusal::UntrustedCertificate, Code::ServerUntrusted);
}

#[test]
fn a_private_authority_is_not_trusted_by_the_platform() {
    let server = tls13(Authority::new().certify_localhost());
    assert_refused(server, Trust::platform(), TlsRefusal::UntrustedCertificate, Code::ServerUntrusted);
}

#[test]
fn a_certificate_of_another_host_is_refused() {
    let authority = Authority::new();
    let server = tls13(authority.certify("other.example", 2020, 2120));
    assert_refused(server, authority.trust(), TlsRefusal::WrongHost, Code::WrongHost);
}

#[test]
fn an_expired_certificate_is_refused() {
    let authority = Authority::new();
    let server = tls13(authority.certify("localhost", 2020, 2021));
    assert_refused(server, authority.trust(), TlsRefusal::NotValidNow, Code::CertificateNotValidNow);
}

#[test]
fn a_certificate_of_the_future_is_refused() {
    let authority = Authority::new();
    let server = tls13(authority.certify("localhost", 2119, 2120));
    assert_refused(server, authority.trust(), TlsRefusal::NotValidNow, Code::CertificateNotValidNow);
}

#[test]
fn a_valid_certificate_whose_key_is_not_pinned_is_refused() {
    let authority = Authority::new();
    let trust = authority.trust().pinning(&[[1; 32], [2; 32]]).expect("two pins");
    let server = tls13(authority.certify_localhost());
    assert_refused(server, trust, TlsRefusal::PinMismatch, Code::PinMismatch);
}

#[test]
fn a_pinned_key_does_not_make_up_for_an_untrusted_authority() {
    let identity = Authority::new().certify_localhost();
    let trust = Authority::new().trust().pinning(&[[1; 32], identity.pin]).expect("two pins");
    assert_refused(tls13(identity), trust, TlsRefusal::UntrustedCertificate, Code::ServerUntrusted);
}

#[test]
fn a_certificate_whose_key_is_pinned_is_taken() {
    let authority = Authority::new();
    let identity = authority.certify_localhost();
    let trust = authority.trust().pinning(&[[1; 32], identity.pin]).expect("two pins");
    let server = Server::start(tls13(identity), [answer("200 OK", "", "fine")]);
    assert_eq!(exchange(&transport(&server.url(), trust)).expect("an answer").body, b"fine");
}

#[test]
fn a_server_that_answers_in_plain_text_is_refused() {
    assert_refused(Greeting::Plain, Authority::new().trust(), TlsRefusal::NotTls, Code::NotTls);
}

#[test]
fn an_http_address_is_refused_before_anything_is_sent() {
    let server = Server::start(Greeting::Plain, []);
    let url = server.url().replace("https://", "http://");
    let error = ServerConfig::new(&url, "example", &[[1; 32]], Authority::new().trust()).expect_err("http");
    assert_eq!(error.code, Code::ConfigInvalid);
    assert!(server.saw_nothing_more());
}
