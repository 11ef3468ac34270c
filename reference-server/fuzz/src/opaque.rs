use lock_keeper_protocol::key::Key;
use lock_keeper_protocol::opaque::{
    self, KE1, KE2, KE3, LOGIN_STATE, PendingLogin, RECORD, REGISTRATION_REQUEST, REGISTRATION_RESPONSE,
    RegistrationRecord, ServerSetup,
};

use crate::fixed::{self, fitted, identities, input, stretch};

const CREDENTIAL_ID: [u8; 32] = [6; 32];

fn setup() -> ServerSetup {
    ServerSetup::random(&mut fixed::rng())
}

/// A registration and a login, the same in each run.
struct Exchange {
    request: [u8; REGISTRATION_REQUEST],
    response: [u8; REGISTRATION_RESPONSE],
    record: [u8; RECORD],
    ke1: [u8; KE1],
    ke2: [u8; KE2],
    state: Key<LOGIN_STATE>,
    ke3: [u8; KE3],
}

fn client_login() -> (PendingLogin, [u8; KE1]) {
    opaque::start_login(&mut fixed::rng(), &input()).expect("the input is one")
}

impl Exchange {
    fn run() -> Self {
        let rng = &mut fixed::rng();
        let (pending, request) = opaque::start_registration(rng, &input()).expect("the input is one");
        let response = opaque::respond_to_registration(&setup(), &request, &CREDENTIAL_ID).expect("it is a request");
        let registered = pending.finish(rng, &response, &identities(), stretch()).expect("it is a response");
        let record = RegistrationRecord::from_bytes(&registered.upload).expect("it is a record");
        let (pending, ke1) = client_login();
        let answer = opaque::answer_login(rng, &setup(), &record, &ke1, &CREDENTIAL_ID, &identities());
        let opaque::StartedLogin { ke2, state } = answer.expect("it is KE1");
        let proven = pending.finish(rng, &ke2, &identities(), stretch()).expect("the password is right");
        Self { request, response, record: registered.upload, ke1, ke2, state, ke3: proven.ke3 }
    }
}

fn exchange() -> &'static Exchange {
    static EXCHANGE: std::sync::LazyLock<Exchange> = std::sync::LazyLock::new(Exchange::run);
    &EXCHANGE
}

/// What a server reads. The first byte says as what; with a good length at least, since the length is checked first.
pub(crate) fn run_server(bytes: &[u8]) {
    let Some((what, bytes)) = bytes.split_first() else { return };
    match what % 6 {
        0 => registration_request(&fitted(bytes)),
        1 => record(bytes),
        2 => ke1(&fitted(bytes)),
        3 => ke3(&fitted(bytes)),
        4 => server_setup(bytes),
        _ => login_state(&fitted(bytes)),
    }
}

fn registration_request(request: &[u8; REGISTRATION_REQUEST]) {
    let _ = opaque::respond_to_registration(&setup(), request, &CREDENTIAL_ID);
}

fn record(bytes: &[u8]) {
    let Ok(record) = RegistrationRecord::from_bytes(bytes) else { return };
    assert_eq!(record.as_bytes().as_slice(), bytes);
    opaque::answer_login(&mut fixed::rng(), &setup(), &record, &exchange().ke1, &CREDENTIAL_ID, &identities())
        .expect("a record that was taken can be used");
}

fn ke1(ke1: &[u8; KE1]) {
    let record = RegistrationRecord::from_bytes(&exchange().record).expect("it is a record");
    let _ = opaque::answer_login(&mut fixed::rng(), &setup(), &record, ke1, &CREDENTIAL_ID, &identities());
}

fn ke3(ke3: &[u8; KE3]) {
    let verified = opaque::finish_login(&exchange().state, ke3).is_ok();
    assert_eq!(verified, *ke3 == exchange().ke3, "a KE3 that no client made");
}

fn server_setup(bytes: &[u8]) {
    if let Ok(setup) = ServerSetup::from_bytes(bytes) {
        assert_eq!(setup.to_bytes().expose().as_slice(), bytes);
    }
}

fn login_state(bytes: &[u8; LOGIN_STATE]) {
    let state = Key::init(|state| *state = *bytes);
    // The session key and the expected MAC are apart in the state: another key with this MAC verifies, and helps nobody.
    let _ = opaque::finish_login(&state, &exchange().ke3);
}

pub(crate) fn server_seeds() -> Vec<Vec<u8>> {
    let Exchange { request, record, ke1, state, ke3, .. } = exchange();
    let setup = setup().to_bytes();
    let all: [&[u8]; 6] = [request, record, ke1, ke3, setup.expose(), state.expose()];
    numbered(&all)
}

/// What a client reads: a registration response, and KE2.
pub(crate) fn run_client(bytes: &[u8]) {
    match bytes.split_first() {
        Some((what, bytes)) if what % 2 == 0 => registration_response(&fitted(bytes)),
        Some((_, bytes)) => ke2(&fitted(bytes)),
        None => {}
    }
}

fn registration_response(response: &[u8; REGISTRATION_RESPONSE]) {
    let rng = &mut fixed::rng();
    let (pending, _) = opaque::start_registration(rng, &input()).expect("the input is one");
    if let Ok(registered) = pending.finish(rng, response, &identities(), stretch()) {
        assert_eq!(registered.server_public_key, response[32..], "the key that is held against the pins");
        assert!(RegistrationRecord::from_bytes(&registered.upload).is_ok(), "an upload is a record");
    }
}

fn ke2(ke2: &[u8; KE2]) {
    let opened = client_login().0.finish(&mut fixed::rng(), ke2, &identities(), stretch()).is_ok();
    assert_eq!(opened, *ke2 == exchange().ke2, "a KE2 that no server made");
}

pub(crate) fn client_seeds() -> Vec<Vec<u8>> {
    numbered(&[&exchange().response, &exchange().ke2])
}

fn numbered(all: &[&[u8]]) -> Vec<Vec<u8>> {
    all.iter().zip(0u8..).map(|(bytes, n)| [&[n], *bytes].concat()).collect()
}
