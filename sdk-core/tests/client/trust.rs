//! Servers that the client does not trust: each its own error at the surface, and no request sent.

use lock_keeper_core::{Code, Env, MemoryStore, Result, ServerConfig, Session, Trust};
use lock_keeper_testbed as testbed;

use crate::certificates::Authority;
use crate::fixture::Device;
use crate::stranger::{Greeting, Server, answer, tls13};

fn register(url: &str, trust: Trust) -> Result<Session> {
    let config = ServerConfig::new(url, "keys.test", &[[1; 32]], trust)?;
    let env = Env::new(&config, std::sync::Arc::new(MemoryStore::new()));
    Device::with(config, env).register("ada", "correct horse")
}

#[track_caller]
fn assert_refused(greeting: Greeting, trust: Trust, code: Code) {
    let server = Server::start(greeting, [answer("200 OK", "", "never read")]);
    let refused = crate::fixture::error(register(&server.url(), trust));
    assert_eq!((refused.code, refused.may_have_happened), (code, false));
    assert_eq!(server.report().text(), "", "the server saw no byte of a request");
}

#[test]
fn an_http_address_is_no_configuration() {
    assert_eq!(crate::fixture::code(register("http://localhost:1", Trust::platform())), Code::ConfigInvalid);
}

#[test]
fn tls_1_2_a_wrong_host_and_an_expired_certificate_are_each_refused() {
    let authority = Authority::new();
    let old = Greeting::Tls(authority.certify_localhost(), &rustls::version::TLS12);
    assert_refused(old, authority.trust(), Code::TlsTooOld);
    assert_refused(tls13(authority.certify("other.example", 2020, 2120)), authority.trust(), Code::WrongHost);
    let expired = tls13(authority.certify("localhost", 2020, 2021));
    assert_refused(expired, authority.trust(), Code::CertificateNotValidNow);
    assert_refused(Greeting::Plain, authority.trust(), Code::NotTls);
}

#[test]
fn a_key_server_of_another_authority_is_refused() {
    let server = testbed::Server::start(testbed::Engine::Sqlite);
    assert_eq!(crate::fixture::code(register(&server.url(), Authority::new().trust())), Code::ServerUntrusted);
}

#[test]
fn a_redirect_is_not_followed() {
    let authority = Authority::new();
    let redirect = answer("308 Permanent Redirect", "Location: https://other.example/\r\n", "");
    let server = Server::start(tls13(authority.certify_localhost()), [redirect]);
    assert_eq!(crate::fixture::code(register(&server.url(), authority.trust())), Code::Redirected);
}
