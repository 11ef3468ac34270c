//! What the server says: its log, its metrics, every refusal and its failures.

use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::message::{CBOR, FRAME, RegistrationStart, SessionStart, SessionStarted, path};
use lock_keeper_testbed::residue::{Findings, Needle, Needles, Person, key_encryption_key, keys_of_people};
use lock_keeper_testbed::{Engine, Program, Reply};

use super::work::works;
use super::{failures, serve};

/// What names an account, and is good as far as anybody can tell who has no password.
pub(super) struct Requests {
    registration: RegistrationStart,
    session: SessionStart,
}

impl Requests {
    fn new(program: &Program, name: &str) -> Self {
        // Any group element will do.
        let element = program_key(program);
        let registration = RegistrationStart { name: name.to_owned(), request: Bytes(element), ticket: Nullable(None) };
        let mut ke1 = [0; 96];
        ke1[..32].copy_from_slice(&element);
        ke1[64..].copy_from_slice(&element);
        let device_cookie = Bytes([5; 64]);
        let session = SessionStart { name: name.to_owned(), ke1: Bytes(ke1), device_cookie, ticket: Nullable(None) };
        Self { registration, session }
    }

    pub(super) fn name(&self) -> &str {
        &self.session.name
    }

    pub(super) fn registration_start(&self) -> Vec<u8> {
        cbor::encode(&self.registration)
    }

    pub(super) fn session_start(&self) -> Vec<u8> {
        cbor::encode(&self.session)
    }
}

/// Asks for a refusal of every kind, each time with the account's name wherever one fits.
fn refusals(program: &Program, requests: &Requests) -> Vec<Reply> {
    let http = program.client();
    let name = requests.name();
    let Requests { registration, session } = requests;
    let ticket = Nullable(Some(Blob(name.into())));
    let post = |path: &str, body: &[u8]| http.post(path, CBOR, body);

    let started = post(path::SESSION_START, &requests.session_start());
    let login: SessionStarted = cbor::decode(started.success()).unwrap();
    let finish = cbor::encode(&(login.login_id, Bytes([7u8; 64]), Blob(name.into())));
    let mut replies = vec![
        post(path::REGISTRATION_START, &requests.registration_start()),
        post(
            path::REGISTRATION_START,
            &cbor::encode(&RegistrationStart { ticket: ticket.clone(), ..registration.clone() }),
        ),
        post(
            path::REGISTRATION_START,
            &cbor::encode(&RegistrationStart { name: format!("{name} "), ..registration.clone() }),
        ),
        post(path::REGISTRATION_FINISH, &cbor::encode(&(Blob(name.into()), Bytes([7u8; 192])))),
        post(path::SESSION_START, &cbor::encode(&SessionStart { ticket, ..session.clone() })),
        post(path::SESSION_START, &cbor::encode(&SessionStart { name: name.to_uppercase(), ..session.clone() })),
        post(path::SESSION_START, name.as_bytes()),
        post(path::SESSION_FINISH, &finish),
        post(name, name.as_bytes()),
        post(&format!("/v1/{name}"), name.as_bytes()),
        post(&format!("/v2/{name}"), name.as_bytes()),
        http.post(path::SESSION_START, name, name.as_bytes()),
        http.post(path::SESSION_MESSAGE, FRAME, name.as_bytes()),
        http.exchange(
            format!("POST {} HTTP/1.1\r\nhost: {name}\r\ncontent-length: 99999999\r\n\r\n", path::SESSION_START)
                .as_bytes(),
        ),
        http.exchange(format!("{name} / HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()),
    ];
    // The last of these is one too many.
    let guesses = std::iter::repeat_with(|| post(path::SESSION_START, &requests.session_start()));
    replies.extend(guesses.take(6).find(|reply| reply.status != 200));
    replies
}

fn program_key(program: &Program) -> [u8; 32] {
    let info = program.client().get(path::SERVER);
    let info: lock_keeper_protocol::message::ServerInfo = cbor::decode(info.success()).unwrap();
    info.public_keys[0].0
}

fn nothing_is_told(engine: Engine) {
    let mut program = serve(engine);
    let person = Person::random();
    let mut secret = works(&person, &program);
    let session = failures::open(&person, &program);
    secret.extend(keys_of_people(&program));
    secret.push(key_encryption_key(&program));
    secret.push(person.name_needle());
    let secret = Needles::new(&secret);

    let requests = Requests::new(&program, &person.name);
    let refusals = [
        failures::at_rows_that_do_not_open(&program, &session, &requests),
        failures::without_a_database(&program, &requests),
        refusals(&program, &requests),
    ];
    let statuses = refusals.each_ref().map(|replies| replies.iter().map(|reply| reply.status).collect::<Vec<_>>());
    assert_eq!(statuses[0], [500, 500]);
    assert!(!statuses[1].is_empty() && statuses[1].iter().all(|status| *status == 503), "{statuses:?}");
    assert_eq!(statuses[2], [409, 403, 400, 400, 403, 400, 400, 403, 404, 404, 404, 400, 403, 400, 404, 429]);
    for reply in refusals.iter().flatten() {
        assert_eq!(secret.in_bytes(format!("{:?}", reply.headers).as_bytes()), Findings::new(), "{reply:?}");
        assert_eq!(secret.in_bytes(&reply.body), Findings::new(), "{reply:?}");
    }

    let metrics = program.metrics();
    assert!(metrics.contains(path::SESSION_FINISH), "{metrics}");
    assert_eq!(secret.in_bytes(metrics.as_bytes()), Findings::new(), "{metrics}");

    program.stop();
    let said = Needles::new(&[Needle::text("a route", path::SESSION_FINISH)]);
    assert_ne!(said.in_file(program.log_file()), Findings::new(), "it logs");
    let failed = program.log().lines().filter(|line| line.contains("\"failed\"")).count();
    // The two that came over the client, and those that came in the clear.
    assert_eq!(failed, 2 + statuses[0].len() + statuses[1].len(), "each failure has a line: {}", program.log());
    assert_eq!(secret.in_file(program.log_file()), Findings::new());
}

#[test]
fn a_server_on_sqlite_says_no_secret_no_name_and_no_key() {
    nothing_is_told(Engine::Sqlite);
}

#[test]
fn a_server_on_postgres_says_no_secret_no_name_and_no_key() {
    nothing_is_told(Engine::Postgres);
}
