use lock_keeper_protocol::audit::ChainHead;
use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::identity::{SecretId, SessionId, UserId};
use lock_keeper_protocol::message::{
    Answer, AuditPage, ClientMessage, Continuation, Hello, LoggedEntry, Operation, Origin, Purpose, RegistrationFinish,
    RegistrationFinished, RegistrationStart, RegistrationStarted, Reply, Request, RetrievedSecret, SecretListed,
    ServerInfo, SessionFinish, SessionKind, SessionLimits, SessionStart, SessionStarted, Welcome,
};
use minicbor::{Decode, Encode};
use serde_json::{Value, json};

use crate::vector_file::{check, fixed};

/// One message in its one encoding.
fn message<T>(name: &str, value: &T) -> Value
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + std::fmt::Debug,
{
    let bytes = cbor::encode(value);
    assert_eq!(cbor::decode::<T>(&bytes).as_ref(), Ok(value), "{name}");
    json!({ "message": name, "cbor": hex::encode(bytes) })
}

fn blob<const N: usize>(what: &str) -> Blob {
    Blob(fixed::<N>(what).to_vec())
}

fn head(size: u64) -> ChainHead {
    ChainHead { size, chain: Bytes(fixed("chain")) }
}

fn secret() -> SecretId {
    SecretId(fixed("secret id"))
}

const LIMITS: SessionLimits = SessionLimits { operations: 16, idle: 120, total: 900 };

fn outside() -> Vec<Value> {
    let login_id = SessionId(fixed("login id"));
    vec![
        message(
            "registration-start",
            &RegistrationStart { name: "ada".into(), request: Bytes(fixed("request")), ticket: Nullable(None) },
        ),
        message(
            "registration-started",
            &RegistrationStarted { registration_id: blob::<80>("registration id"), response: Bytes(fixed("response")) },
        ),
        message(
            "registration-finish",
            &RegistrationFinish { registration_id: blob::<80>("registration id"), upload: Bytes(fixed("upload")) },
        ),
        message("registration-finished", &RegistrationFinished {}),
        message(
            "session-start",
            &SessionStart {
                name: "ada".into(),
                ke1: Bytes(fixed("KE1")),
                device_cookie: Bytes(fixed("device cookie")),
                ticket: Nullable(None),
            },
        ),
        message("session-started", &SessionStarted { login_id, ke2: Bytes(fixed("KE2")) }),
        message("session-finish", &SessionFinish { login_id, ke3: Bytes(fixed("KE3")), frame: blob::<140>("frame 0") }),
        message(
            "server-info",
            &ServerInfo {
                versions: vec![1],
                realm: "keys.example".into(),
                public_keys: vec![Bytes(fixed("public key"))],
                limits: LIMITS,
            },
        ),
    ]
}

fn opening() -> Vec<Value> {
    let request = Request {
        seen: head(24),
        owner_tag: Bytes(fixed("owner tag")),
        operation: Operation::Retrieve { id: secret(), purpose: Purpose::LocalOnly },
    };
    let welcome = Welcome {
        kind: SessionKind::Request,
        user_id: UserId(fixed("user id")),
        generation: 1,
        sealed_storage_key: Nullable(Some(blob::<137>("sealed storage key"))),
        limits: LIMITS,
        head: head(26),
        leaves: blob::<64>("leaves"),
        device_cookie: Bytes(fixed("device cookie")),
        answer: Nullable(Some(Answer::Problem { code: "secret-not-found".into() })),
    };
    let registration = Welcome {
        kind: SessionKind::Registration,
        generation: 0,
        sealed_storage_key: Nullable(None),
        limits: SessionLimits { operations: 1, idle: 60, total: 900 },
        head: head(1),
        leaves: Blob::default(),
        answer: Nullable(None),
        ..welcome.clone()
    };
    vec![
        message("hello of a new device", &Hello { seen: Nullable(None), request: Nullable(None) }),
        message("hello with a request", &Hello { seen: Nullable(Some(head(24))), request: Nullable(Some(request)) }),
        message("welcome to a registration session", &registration),
        message("welcome with an answer", &welcome),
    ]
}

fn requests() -> Vec<Value> {
    let request = |name: &str, operation: Operation| {
        let request = Request { seen: head(300), owner_tag: Bytes(fixed("owner tag")), operation };
        message(&format!("request: {name}"), &ClientMessage::Request(request))
    };
    let store = Operation::Store {
        id: secret(),
        origin: Origin::Generated,
        sealed_secret: blob::<105>("sealed secret"),
        sealed_label: blob::<81>("sealed label"),
    };
    vec![
        request(
            "complete registration",
            Operation::CompleteRegistration { sealed_storage_key: blob::<137>("sealed storage key") },
        ),
        request("store", store),
        request("retrieve", Operation::Retrieve { id: secret(), purpose: Purpose::Export }),
        request("list", Operation::List { after: Nullable(None), limit: 100 }),
        request("audit, the newest page", Operation::Audit { before: Nullable(None), limit: 100 }),
        request("audit, by place", Operation::Audit { before: Nullable(Some(200)), limit: 50 }),
        request("delete", Operation::Delete { id: secret() }),
        request("begin change of password", Operation::BeginPasswordChange { request: Bytes(fixed("request")) }),
        request("delete account", Operation::DeleteAccount),
    ]
}

fn continuations() -> Vec<Value> {
    let go_on = |name: &str, next| message(&format!("continuation: {name}"), &ClientMessage::Continuation(next));
    vec![
        go_on("list", Continuation::List { after: secret(), limit: 20 }),
        go_on("audit", Continuation::Audit { before: 200, limit: 100 }),
        go_on(
            "commit change of password",
            Continuation::CommitPasswordChange {
                upload: Bytes(fixed("upload")),
                sealed_storage_key: blob::<137>("sealed storage key"),
                generation: 1,
                seen: head(301),
                owner_tag: Bytes(fixed("owner tag")),
            },
        ),
        go_on("links", Continuation::Links { from: 500, limit: 1_500 }),
    ]
}

fn replies() -> Vec<Value> {
    let reply =
        |name: &str, answer: Answer| message(&format!("reply: {name}"), &Reply { answer, leaves: blob::<32>("leaf") });
    let created_at = 1_700_000_000_000;
    let item = SecretListed { id: secret(), origin: Origin::Imported, created_at, sealed_label: blob::<81>("label") };
    let retrieved = RetrievedSecret {
        origin: Origin::Generated,
        created_at,
        sealed_secret: blob::<105>("sealed secret"),
        sealed_label: blob::<81>("sealed label"),
    };
    let page = AuditPage {
        head: Nullable(Some(head(301))),
        from: 300,
        before: Bytes(fixed("before")),
        entries: vec![LoggedEntry { salt: Bytes(fixed("salt")), entry: blob::<40>("entry") }],
    };
    vec![
        reply("problem", Answer::Problem { code: "quota-reached".into() }),
        reply("done", Answer::Done),
        reply("stored", Answer::Stored { created_at }),
        reply("retrieved", Answer::Retrieved(retrieved)),
        reply("listed", Answer::Listed { items: vec![item], more: true }),
        reply("audited", Answer::Audited(page)),
        reply("change of password begun", Answer::PasswordChangeBegun { response: Bytes(fixed("response")) }),
        message(
            "reply: links",
            &Reply { answer: Answer::Links { leaves: blob::<64>("leaves") }, leaves: Blob::default() },
        ),
    ]
}

#[test]
fn each_message_has_the_encoding_of_the_vectors() {
    let messages = [outside(), opening(), requests(), continuations(), replies()].concat();
    check(
        "messages",
        &json!({
            "protocol": "docs/protocol.md, sections 1.4, 4, 5 and 7",
            "what": "each message once in its one encoding; byte strings in them are of the right sizes and have no meaning",
            "messages": messages,
        }),
    );
}
