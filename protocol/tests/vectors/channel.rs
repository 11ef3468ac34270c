use lock_keeper_protocol::channel::{ChannelKeys, ClientChannel, ServerChannel, Transcript, digest};
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::key::Key64;
use serde_json::{Value, json};

use crate::given::Given;
use crate::vector_file::{check, fixed};

/// Client frame *n* and the server's answer to it.
fn exchange(client: &mut ClientChannel, server: &ServerChannel, said: &str, answered: &str) -> Value {
    let n = client.next_sequence();
    let client_nonce = fixed::<24>(&format!("nonce of client frame {n}"));
    let server_nonce = fixed::<24>(&format!("nonce of server frame {n}"));
    let sent = client.seal(&mut Given::of(&[&client_nonce]), said.as_bytes().to_vec().into()).unwrap();
    let opened = server.open(sent.as_bytes()).unwrap();
    assert_eq!((opened.sequence, opened.payload.as_slice()), (n, said.as_bytes()));
    let answer = server.answer(&mut Given::of(&[&server_nonce]), &opened, answered.as_bytes().to_vec().into()).unwrap();
    assert_eq!(client.open(&sent, &answer).unwrap().as_slice(), answered.as_bytes());
    json!({
        "sequence": n,
        "client": {
            "nonce": hex::encode(client_nonce),
            "payload": hex::encode(said),
            "frame": hex::encode(sent.as_bytes()),
            "digest": hex::encode(digest(sent.as_bytes())),
        },
        "server": {
            "nonce": hex::encode(server_nonce),
            "payload": hex::encode(answered),
            "frame": hex::encode(&answer),
        },
    })
}

#[test]
fn keys_and_frames_are_those_of_the_vectors() {
    let session_key = Key64::init(|key| *key = fixed("session key"));
    let session = SessionId(fixed("session id"));
    let (ke1, ke2, ke3) = (fixed::<96>("KE1"), fixed::<320>("KE2"), fixed::<64>("KE3"));
    let transcript = Transcript::of(&ke1, &ke2);
    let keys = ChannelKeys::derive(&session_key, &session, &transcript, &ke3);
    let bytes = keys.to_bytes();
    let key = |n: usize| hex::encode(&bytes.expose()[n * 32..(n + 1) * 32]);
    let mut client = ClientChannel::new(keys.clone(), session);
    let server = ServerChannel::new(keys, session);
    check(
        "channel",
        &json!({
            "protocol": "docs/protocol.md, sections 6.1 and 6.2",
            "what": "the channel's keys, and two frames in each direction; payloads are text here, not messages",
            "session_key": hex::encode(session_key.expose()),
            "session_id": hex::encode(session.0),
            "ke1": hex::encode(ke1),
            "ke2": hex::encode(ke2),
            "ke3": hex::encode(ke3),
            "hash_of_ke1_and_ke2": hex::encode(transcript.0),
            "keys": {
                "client_encryption": key(0),
                "client_mac": key(1),
                "server_encryption": key(2),
                "server_mac": key(3),
            },
            "exchanges": [
                exchange(&mut client, &server, "hello", "welcome"),
                exchange(&mut client, &server, "", "an answer to an empty payload"),
            ],
        }),
    );
}
