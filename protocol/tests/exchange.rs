//! Both sides of the protocol, driven over bytes without a socket.

use std::sync::Arc;

use lock_keeper_protocol::audit::ChainHead;
use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::channel::{ChannelKeys, FrameRefused, ServerChannel, Transcript};
use lock_keeper_protocol::identity::{AccountName, Password, PasswordInput, Realm, SessionId, UserId};
use lock_keeper_protocol::key::Key64;
use lock_keeper_protocol::login::{self, LoginEnded, OpeningSession, ProvenSession};
use lock_keeper_protocol::message::{
    Hello, RegistrationFinish, RegistrationStart, RegistrationStarted, SessionFinish, SessionKind, SessionLimits,
    SessionStart, SessionStarted, Welcome,
};
use lock_keeper_protocol::opaque::{
    self, Identities, KE1, KE2, LoginFailed, RegistrationRecord, ServerSetup, Stretch, StretchFailed,
};
use lock_keeper_protocol::registration;
use rand::rngs::OsRng;

/// Stretching is measured elsewhere; here it only has to be the same on each call.
struct Quick;

impl Stretch for Quick {
    fn stretch(&self, oprf_output: &Key64) -> Result<Key64, StretchFailed> {
        Ok(oprf_output.clone())
    }
}

struct Server {
    setup: ServerSetup,
    credential_id: [u8; 32],
    record: RegistrationRecord,
}

fn identities() -> Identities {
    Identities { realm: Realm::new("keys.example").unwrap(), account: AccountName::prepare("ada").unwrap() }
}

fn input(password: &str) -> PasswordInput {
    let identities = identities();
    Password::prepare(password).unwrap().input(&identities.realm, &identities.account)
}

fn register(password: &str) -> Server {
    let setup = ServerSetup::random(&mut OsRng);
    let started = registration::start(&mut OsRng, identities(), &input(password), None).unwrap();
    let request: RegistrationStart = cbor::decode(started.body()).unwrap();
    let response = opaque::respond_to_registration(&setup, &request.request.0, &[1; 32]).unwrap();
    let answer = cbor::encode(&RegistrationStarted { registration_id: Blob(vec![1]), response: Bytes(response) });
    let body = started.started(&mut OsRng, &answer, &[setup.public_key()], Arc::new(Quick)).unwrap();
    let finish: RegistrationFinish = cbor::decode(&body).unwrap();
    let record = RegistrationRecord::from_bytes(&finish.upload.0).unwrap();
    Server { setup, credential_id: [1; 32], record }
}

/// What the server holds between KE2 and KE3.
struct HalfWay {
    ke1: [u8; KE1],
    ke2: [u8; KE2],
    state: lock_keeper_protocol::key::Key<128>,
    login_id: SessionId,
}

fn half_way(server: &Server, password: &str) -> (Result<ProvenSession, LoginEnded>, HalfWay) {
    let started = login::start(&mut OsRng, identities(), &input(password), &[0; 64]).unwrap();
    let request: SessionStart = cbor::decode(started.body()).unwrap();
    let answer = opaque::answer_login(
        &mut OsRng,
        &server.setup,
        &server.record,
        &request.ke1.0,
        &server.credential_id,
        &identities(),
    )
    .unwrap();
    let login_id = SessionId([7; 48]);
    let body = cbor::encode(&SessionStarted { login_id, ke2: Bytes(answer.ke2) });
    let proven = started.started(&mut OsRng, &body, &[server.setup.public_key()], Arc::new(Quick));
    (proven, HalfWay { ke1: request.ke1.0, ke2: answer.ke2, state: answer.state, login_id })
}

fn welcome() -> Welcome {
    Welcome {
        kind: SessionKind::Request,
        user_id: UserId([3; 32]),
        generation: 1,
        sealed_storage_key: Nullable(None),
        limits: SessionLimits { operations: 1, idle: 120, total: 900 },
        head: ChainHead { size: 1, chain: Bytes([4; 32]) },
        leaves: Blob(Vec::new()),
        device_cookie: Bytes([5; 64]),
        answer: Nullable(None),
    }
}

fn open(half: &HalfWay, proven: ProvenSession) -> (OpeningSession, ServerChannel, Vec<u8>) {
    let hello = Hello { seen: Nullable(None), request: Nullable(None) };
    let opening = proven.open(&mut OsRng, &hello).unwrap();
    let finish: SessionFinish = cbor::decode(opening.body()).unwrap();
    let session_key = opaque::finish_login(&half.state, &finish.ke3.0).unwrap();
    let keys = ChannelKeys::derive(&session_key, &half.login_id, &Transcript::of(&half.ke1, &half.ke2), &finish.ke3.0);
    let channel = ServerChannel::new(keys, half.login_id);
    let frame = channel.open(&finish.frame.0).unwrap();
    assert_eq!(cbor::decode::<Hello>(&frame.payload), Ok(hello));
    let answer = channel.answer(&mut OsRng, &frame, cbor::encode(&welcome()).into()).unwrap();
    (opening, channel, answer)
}

#[test]
fn a_right_password_opens_a_channel_in_two_exchanges() {
    let server = register("correct horse");
    let (proven, half) = half_way(&server, "correct horse");
    let (opening, channel, answer) = open(&half, proven.unwrap());
    let opened = opening.welcome(&answer).unwrap();
    assert_eq!(opened.welcome, welcome());

    let mut client = opened.channel;
    let sent = client.seal(&mut OsRng, b"first".to_vec().into()).unwrap();
    let frame = channel.open(sent.as_bytes()).unwrap();
    assert_eq!((frame.sequence, frame.payload.as_slice()), (1, b"first".as_slice()));
    let answer = channel.answer(&mut OsRng, &frame, b"second".to_vec().into()).unwrap();
    assert_eq!(client.open(&sent, &answer).unwrap().as_slice(), b"second");
}

#[test]
fn a_wrong_password_ends_on_the_client_before_ke3() {
    let server = register("correct horse");
    let (proven, _) = half_way(&server, "wrong horse");
    assert_eq!(proven.err(), Some(LoginEnded::Opaque(LoginFailed::WrongNameOrPassword)));
}

#[test]
fn a_decoy_record_answers_like_a_wrong_password() {
    let mut server = register("correct horse");
    server.record = RegistrationRecord::decoy(&mut OsRng);
    let (proven, _) = half_way(&server, "correct horse");
    assert_eq!(proven.err(), Some(LoginEnded::Opaque(LoginFailed::WrongNameOrPassword)));
}

#[test]
fn another_servers_key_is_refused_before_ke3() {
    let server = register("correct horse");
    let started = login::start(&mut OsRng, identities(), &input("correct horse"), &[0; 64]).unwrap();
    let request: SessionStart = cbor::decode(started.body()).unwrap();
    let answer =
        opaque::answer_login(&mut OsRng, &server.setup, &server.record, &request.ke1.0, &[1; 32], &identities())
            .unwrap();
    let body = cbor::encode(&SessionStarted { login_id: SessionId([7; 48]), ke2: Bytes(answer.ke2) });
    let ended = started.started(&mut OsRng, &body, &[[9; 32]], Arc::new(Quick)).err();
    assert!(matches!(ended, Some(LoginEnded::ServerKeyChanged(_))));
}

#[test]
fn a_login_under_another_name_or_at_another_realm_proves_nothing() {
    let server = register("correct horse");
    let answered_for = |realm: &str, name: &str| {
        let started = login::start(&mut OsRng, identities(), &input("correct horse"), &[0; 64]).unwrap();
        let ke1 = cbor::decode::<SessionStart>(started.body()).unwrap().ke1.0;
        let (realm, account) = (Realm::new(realm).unwrap(), AccountName::prepare(name).unwrap());
        let identities = Identities { realm, account };
        let (setup, record) = (&server.setup, &server.record);
        let answer = opaque::answer_login(&mut OsRng, setup, record, &ke1, &server.credential_id, &identities).unwrap();
        let body = cbor::encode(&SessionStarted { login_id: SessionId([7; 48]), ke2: Bytes(answer.ke2) });
        started.started(&mut OsRng, &body, &[setup.public_key()], Arc::new(Quick)).map(drop)
    };
    assert_eq!(answered_for("keys.example", "ada"), Ok(()));
    let refused = Err(LoginEnded::Opaque(LoginFailed::WrongNameOrPassword));
    assert_eq!(answered_for("other.example", "ada"), refused);
    assert_eq!(answered_for("keys.example", "bob"), refused);
}

#[test]
fn a_frame_is_refused_when_any_bit_of_it_is_flipped_or_it_is_cut_or_reflected() {
    let server = register("correct horse");
    let (proven, half) = half_way(&server, "correct horse");
    let (opening, channel, answer) = open(&half, proven.unwrap());
    let mut client = opening.welcome(&answer).unwrap().channel;
    let sent = client.seal(&mut OsRng, b"request".to_vec().into()).unwrap();
    let frame = sent.as_bytes();
    for position in 0..frame.len() {
        for bit in 0..8 {
            let mut flipped = frame.to_vec();
            flipped[position] ^= 1 << bit;
            assert_eq!(channel.open(&flipped).err(), Some(FrameRefused), "byte {position}");
        }
        assert_eq!(channel.open(&frame[..position]).err(), Some(FrameRefused), "cut at {position}");
    }
    assert_eq!(client.open(&sent, frame).err(), Some(FrameRefused), "reflected");
    assert_eq!(client.open(&sent, &answer).err(), Some(FrameRefused), "an answer to another frame");
}

/// Lets a login get as far as its welcome, and the way change that.
fn welcomed(server: &Server, change: impl FnOnce(&mut Vec<u8>)) -> Option<Welcome> {
    let (proven, half) = half_way(server, "correct horse");
    let (opening, _, mut answer) = open(&half, proven.unwrap());
    change(&mut answer);
    opening.welcome(&answer).ok().map(|opened| opened.welcome)
}

#[test]
fn a_welcome_is_refused_when_any_byte_of_it_is_changed_or_it_is_cut_or_of_another_login() {
    let server = register("correct horse");
    let mut last = Vec::new();
    assert_eq!(welcomed(&server, |answer| last.clone_from(answer)), Some(welcome()));
    for position in 0..last.len() {
        // The bits in turn: each is flipped in an eighth of the bytes. A channel's test flips all of them.
        let flip = |answer: &mut Vec<u8>| answer[position] ^= 1 << (position % 8);
        assert_eq!(welcomed(&server, flip), None, "byte {position}");
        assert_eq!(welcomed(&server, |answer| answer.truncate(position)), None, "cut at {position}");
    }
    assert_eq!(welcomed(&server, |answer| answer.clone_from(&last)), None, "the welcome of another login");
    for cut in [51, 55, 79, 111, last.len() - 48, last.len() - 32] {
        let splice = |answer: &mut Vec<u8>| answer[cut..].copy_from_slice(&last[cut..]);
        assert_eq!(welcomed(&server, splice), None, "another login's from {cut} on");
    }
}
