//! `POST /v1/registration/start`.

use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::message::{
    Answer, CBOR, Operation, RegistrationStart, RegistrationStarted, SessionStarted, path,
};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Engine, RawClient, Reply, Server, Settings, each_engine};

use crate::samples::{PASSWORD, complete_registration};

fn start(http: &RawClient, start: &RegistrationStart) -> Reply {
    http.post(path::REGISTRATION_START, CBOR, &cbor::encode(start))
}

fn evaluated_element(reply: &Reply) -> [u8; 32] {
    let started: RegistrationStarted = cbor::decode(reply.success()).unwrap();
    started.response.0[..32].try_into().unwrap()
}

#[test]
fn names_of_every_bad_form_are_refused() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let (_, good) = device.registration_start();
    let long = "a".repeat(255);
    for (name, why) in [
        ("", "empty"),
        ("two words", "a space"),
        (" ada", "a space before it"),
        ("tab\there", "a control character"),
        ("nul\0", "a null character"),
        ("line\n", "a line's end"),
        ("smile😀", "a symbol"),
        ("zero\u{200b}width", "a character without width"),
        ("\u{202e}abc", "a change of direction"),
        ("\u{e000}", "a private character"),
        ("ADA", "not in lower case"),
        ("ａｄａ", "wide letters"),
        ("cafe\u{301}", "not composed"),
        (&long, "too long"),
    ] {
        let reply = start(&device.http, &RegistrationStart { name: name.to_owned(), ..good.clone() });
        assert_eq!(reply.problem(), Some(Problem::AccountNameInvalid), "{why}");
    }
}

#[test]
fn the_longest_name_is_taken() {
    let server = Server::start(Engine::Sqlite);
    Device::new(&server, &"a".repeat(254), PASSWORD).register_pending();
}

#[test]
fn a_taken_name_is_refused_whether_its_account_is_pending_or_active() {
    each_engine(|server| {
        Device::new(server, "pending", PASSWORD).register_pending();
        let _ = Device::register(server, "active", PASSWORD);
        for name in ["pending", "active"] {
            let device = Device::new(server, name, PASSWORD);
            start(&device.http, &device.registration_start().1).assert_refused(Problem::AccountNameTaken);
        }
    });
}

#[test]
fn a_look_alike_that_normalises_to_a_registered_name_is_refused() {
    each_engine(|server| {
        Device::new(server, "café@example.org", PASSWORD).register_pending();
        for name in ["CAFÉ@example.org", "cafe\u{301}@example.org", "Café@Example.ORG", "ｃafé@example.org"] {
            let device = Device::new(server, name, PASSWORD);
            start(&device.http, &device.registration_start().1).assert_refused(Problem::AccountNameTaken);
        }
    });
}

#[test]
fn two_starts_for_one_name_give_unrelated_answers() {
    each_engine(|server| {
        let device = Device::new(server, "ada", PASSWORD);
        let (_, body) = device.registration_start();
        let (first, second) = (start(&device.http, &body), start(&device.http, &body));
        assert_ne!(evaluated_element(&first), evaluated_element(&second));
    });
}

#[test]
fn an_answer_tells_nothing_about_the_account_that_is_made_later() {
    each_engine(|server| {
        // Whoever asked before the owner registers holds an evaluation of a guessed password. It must not be the one that
        // the account's own identifier gives, else each guess could be checked later without being charged.
        let stranger = Device::new(server, "ada", PASSWORD);
        let (_, request) = stranger.registration_start();
        let before = evaluated_element(&start(&stranger.http, &request));
        Device::new(server, "ada", PASSWORD).register_pending();

        let (_, mut login) = stranger.session_start();
        login.ke1.0[..32].copy_from_slice(&request.request.0);
        let reply = stranger.http.post(path::SESSION_START, CBOR, &cbor::encode(&login));
        let started: SessionStarted = cbor::decode(reply.success()).unwrap();
        assert_ne!(started.ke2.0[..32], before);
    });
}

#[test]
fn a_server_whose_registration_is_closed_refuses_new_names() {
    let mut settings = Settings::default();
    settings.policy.registration_open = false;
    let server = Server::start_with(Engine::Sqlite, settings);
    let device = Device::new(&server, "ada", PASSWORD);
    start(&device.http, &device.registration_start().1).assert_refused(Problem::RegistrationClosed);
}

#[test]
fn a_registration_with_a_ticket_is_refused() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let (_, body) = device.registration_start();
    let body = RegistrationStart { ticket: Nullable(Some(Blob(vec![1, 2, 3]))), ..body };
    start(&device.http, &body).assert_refused(Problem::TicketRefused);
}

#[test]
fn a_malformed_registration_start_is_refused() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server, "ada", PASSWORD);
    let (_, body) = device.registration_start();
    let good = cbor::encode(&body);
    let request = body.request.0;
    let of_length = |length: usize| {
        let mut longer = request.to_vec();
        longer.resize(length, 0);
        cbor::encode(&("ada", Blob(longer), Nullable::<Blob>(None)))
    };
    let no_element = RegistrationStart { request: Bytes([0xff; 32]), ..body.clone() };
    let identity = RegistrationStart { request: Bytes([0; 32]), ..body };
    for (bytes, why) in [
        (Vec::new(), "nothing"),
        (good[..good.len() - 1].to_vec(), "cut short"),
        ([good.as_slice(), &[0]].concat(), "a trailing byte"),
        (of_length(31), "a request that is too short"),
        (of_length(33), "a request with a trailing byte"),
        (cbor::encode(&no_element), "no group element"),
        (cbor::encode(&identity), "the identity element"),
        (b"{}".to_vec(), "JSON"),
    ] {
        let reply = device.http.post(path::REGISTRATION_START, CBOR, &bytes);
        assert_eq!(reply.problem(), Some(Problem::Malformed), "{why}");
    }
    assert_eq!(device.http.post(path::REGISTRATION_START, CBOR, &of_length(32)).status, 200);
}

#[test]
fn what_a_name_is_answered_before_during_and_after_its_registration_is_unrelated() {
    each_engine(|server| {
        // The same blinded element all the time: two answers under one key would be the same.
        let stranger = Device::new(server, "ada", PASSWORD);
        let (_, request) = stranger.registration_start();
        let register = || start(&stranger.http, &request);
        let log_in = || -> [u8; 32] {
            let (_, mut login) = stranger.session_start();
            login.ke1.0[..32].copy_from_slice(&request.request.0);
            let reply = stranger.http.post(path::SESSION_START, CBOR, &cbor::encode(&login));
            let started: SessionStarted = cbor::decode(reply.success()).unwrap();
            started.ke2.0[..32].try_into().unwrap()
        };
        let mut owner = Device::new(server, "ada", PASSWORD);

        let (before, decoy) = (evaluated_element(&register()), log_in());
        owner.register_pending();
        register().assert_refused(Problem::AccountNameTaken);
        let pending = log_in();
        assert_eq!(owner.login().request(complete_registration()), Answer::Done);
        register().assert_refused(Problem::AccountNameTaken);
        assert_eq!(log_in(), pending, "the account's own key, for which each answer is charged");
        let _ = owner.login().request(Operation::DeleteAccount);
        let (after, decoy_after) = (evaluated_element(&register()), log_in());
        let _again = Device::register(server, "ada", PASSWORD);
        let again = log_in();

        assert_eq!(decoy, decoy_after, "a name without an account has one decoy");
        let answers = [before, decoy, pending, after, again];
        for (n, answer) in answers.iter().enumerate() {
            assert!(!answers[..n].contains(answer), "answer {n}");
        }
    });
}
