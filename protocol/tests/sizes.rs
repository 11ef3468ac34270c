//! The largest real message of each kind fits into a frame, and the largest bodies into a body.

use lock_keeper_protocol::audit::{Action, ChainHead, Entry, Event, OperationOutcome};
use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::channel::{ChannelKeys, ClientChannel, ServerChannel};
use lock_keeper_protocol::identity::{SecretId, SessionId, UserId};
use lock_keeper_protocol::key::Key;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{
    Answer, AuditPage, ClientMessage, Continuation, Hello, LoggedEntry, Operation, Origin, RegistrationFinish,
    RegistrationStart, Reply, Request, RetrievedSecret, SecretListed, SessionFinish, SessionKind, SessionLimits,
    SessionStart, Welcome,
};
use lock_keeper_protocol::problem;
use rand::rngs::OsRng;

fn blob(length: usize) -> Blob {
    Blob(vec![0xff; length])
}

fn head() -> ChainHead {
    ChainHead { size: u64::MAX, chain: Bytes([0xff; 32]) }
}

fn largest_store() -> Request {
    Request {
        seen: head(),
        owner_tag: Bytes([0xff; 32]),
        operation: Operation::Store {
            id: SecretId([0xff; 16]),
            origin: Origin::Imported,
            sealed_secret: blob(limits::SEALED_SECRET),
            sealed_label: blob(limits::SEALED_LABEL),
        },
    }
}

fn retrieved() -> Answer {
    Answer::Retrieved(RetrievedSecret {
        origin: Origin::Imported,
        created_at: u64::MAX,
        sealed_secret: blob(limits::SEALED_SECRET),
        sealed_label: blob(limits::SEALED_LABEL),
    })
}

fn listed() -> Answer {
    let item = SecretListed {
        id: SecretId([0xff; 16]),
        origin: Origin::Imported,
        created_at: u64::MAX,
        sealed_label: blob(limits::SEALED_LABEL),
    };
    Answer::Listed { items: vec![item; limits::LIST_PAGE], more: true }
}

fn audited() -> Answer {
    let event = Event::Operation {
        action: Action::DeleteAccount,
        outcome: OperationOutcome::Refused,
        secret: Nullable(Some(SecretId([0xff; 16]))),
        session: SessionId([0xff; 48]),
        frame: u32::MAX,
        seen: head(),
        owner_tag: Bytes([0xff; 32]),
    };
    let entry = LoggedEntry { salt: Bytes([0xff; 16]), entry: Blob(Entry { at: u64::MAX, event }.encode()) };
    Answer::Audited(AuditPage {
        head: Nullable(Some(head())),
        from: u64::MAX,
        before: Bytes([0xff; 32]),
        entries: vec![entry; limits::AUDIT_PAGE],
    })
}

fn answers() -> Vec<(&'static str, Answer)> {
    let code = problem::ALL.into_iter().map(problem::Problem::code).max_by_key(|code| code.len()).unwrap();
    vec![
        ("a problem", Answer::Problem { code: code.to_owned() }),
        ("done", Answer::Done),
        ("stored", Answer::Stored { created_at: u64::MAX }),
        ("retrieved", retrieved()),
        ("listed", listed()),
        ("audited", audited()),
        ("change of password begun", Answer::PasswordChangeBegun { response: Bytes([0xff; 64]) }),
        ("links", Answer::Links { leaves: blob(32 * limits::LINKS) }),
    ]
}

fn client_messages() -> Vec<(&'static str, ClientMessage)> {
    let commit = Continuation::CommitPasswordChange {
        upload: Bytes([0xff; 192]),
        sealed_storage_key: blob(limits::SEALED_STORAGE_KEY),
        generation: u64::MAX,
        seen: head(),
        owner_tag: Bytes([0xff; 32]),
    };
    vec![
        ("store", ClientMessage::Request(largest_store())),
        ("commit change of password", ClientMessage::Continuation(commit)),
    ]
}

fn channels() -> (ClientChannel, ServerChannel) {
    let keys = ChannelKeys::from_bytes(&Key::init(|bytes| *bytes = [7; 128]));
    let session = SessionId([0xff; 48]);
    (ClientChannel::new(keys.clone(), session), ServerChannel::new(keys, session))
}

fn welcome(answer: Option<Answer>) -> Vec<u8> {
    cbor::encode(&Welcome {
        kind: SessionKind::Request,
        user_id: UserId([0xff; 32]),
        generation: u64::MAX,
        sealed_storage_key: Nullable(Some(blob(limits::SEALED_STORAGE_KEY))),
        limits: SessionLimits { operations: u32::MAX, idle: u32::MAX, total: u32::MAX },
        head: head(),
        leaves: blob(32 * limits::WELCOME_LEAVES),
        device_cookie: Bytes([0xff; 64]),
        answer: Nullable(answer),
    })
}

fn hello() -> Vec<u8> {
    cbor::encode(&Hello { seen: Nullable(Some(head())), request: Nullable(Some(largest_store())) })
}

#[test]
fn the_largest_hello_and_the_largest_welcome_with_each_answer_fit_a_frame() {
    for (what, answer) in answers().into_iter().filter(|(what, _)| *what != "links") {
        let (mut client, server) = channels();
        let sent = client.seal(&mut OsRng, hello().into()).unwrap();
        let opened = server.open(sent.as_bytes()).unwrap();
        let frame = server.answer(&mut OsRng, &opened, welcome(Some(answer)).into());
        assert!(frame.is_ok_and(|frame| frame.len() <= limits::FRAME), "{what}");
    }
}

#[test]
fn the_largest_message_of_each_kind_and_each_reply_fit_a_frame() {
    for (what, message) in client_messages() {
        let (mut client, _) = channels();
        assert!(client.seal(&mut OsRng, cbor::encode(&message).into()).is_ok(), "{what}");
    }
    for (what, answer) in answers() {
        let (mut client, server) = channels();
        let sent = client.seal(&mut OsRng, b"".to_vec().into()).unwrap();
        let opened = server.open(sent.as_bytes()).unwrap();
        let reply = cbor::encode(&Reply { answer, leaves: blob(32) });
        assert!(server.answer(&mut OsRng, &opened, reply.into()).is_ok(), "{what}");
    }
}

#[test]
fn the_largest_frame_fits_a_body_with_what_the_finish_puts_around_it() {
    let finish = SessionFinish { login_id: SessionId([0xff; 48]), ke3: Bytes([0xff; 64]), frame: blob(limits::FRAME) };
    assert!(cbor::encode(&finish).len() <= limits::BODY);
}

#[test]
fn the_largest_bodies_outside_the_channel_are_small() {
    let name = "n".repeat(limits::ACCOUNT_NAME);
    let ticket = Nullable(Some(blob(limits::TICKET)));
    let bodies = [
        cbor::encode(&RegistrationStart { name: name.clone(), request: Bytes([0; 32]), ticket: ticket.clone() }),
        cbor::encode(&RegistrationFinish { registration_id: blob(limits::REGISTRATION_ID), upload: Bytes([0; 192]) }),
        cbor::encode(&SessionStart { name, ke1: Bytes([0; 96]), device_cookie: Bytes([0; 64]), ticket }),
    ];
    assert!(bodies.iter().all(|body| body.len() < 2_048));
}

#[test]
fn a_payload_one_byte_larger_than_a_frame_holds_is_refused_before_it_is_sent() {
    // docs/protocol.md, section 6.2.
    let largest = 65_377;
    let (mut client, server) = channels();
    let sent = client.seal(&mut OsRng, vec![0; largest].into()).unwrap();
    let opened = server.open(sent.as_bytes()).unwrap();
    assert_eq!(server.answer(&mut OsRng, &opened, vec![0; largest].into()).unwrap().len(), limits::FRAME);
    assert!(server.answer(&mut OsRng, &opened, vec![0; largest + 1].into()).is_err());
    assert!(client.seal(&mut OsRng, vec![0; largest + 1].into()).is_err());
}
