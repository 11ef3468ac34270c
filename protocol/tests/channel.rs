//! The channel's keys and frames, apart from the login that leads to them.

use std::collections::HashSet;

use lock_keeper_protocol::channel::{ChannelKeys, ClientChannel, FrameRefused, ServerChannel, Transcript};
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::key::Key64;
use rand::rngs::OsRng;

const SESSION: SessionId = SessionId([7; 48]);

fn derived(session_key: u8, session: SessionId, messages: u8, ke3: u8) -> ChannelKeys {
    let session_key = Key64::init(|bytes| *bytes = [session_key; 64]);
    ChannelKeys::derive(&session_key, &session, &Transcript([messages; 64]), &[ke3; 64])
}

fn keys() -> ChannelKeys {
    derived(1, SESSION, 2, 3)
}

#[test]
fn each_session_direction_and_purpose_has_keys_of_its_own() {
    let sessions = [
        keys(),
        derived(9, SESSION, 2, 3),
        derived(1, SessionId([8; 48]), 2, 3),
        derived(1, SESSION, 9, 3),
        derived(1, SESSION, 2, 9),
    ];
    let all: Vec<[u8; 128]> = sessions.iter().map(|keys| *keys.to_bytes().expose()).collect();
    let different: HashSet<&[u8]> = all.iter().flat_map(|bytes| bytes.chunks(32)).collect();
    assert_eq!(different.len(), 4 * sessions.len(), "keys that differ");
}

#[test]
fn a_frame_shows_nothing_of_its_payload() {
    let (mut client, server) = (ClientChannel::new(keys(), SESSION), ServerChannel::new(keys(), SESSION));
    let payload = b"what is said inside the channel";
    let shown = |frame: &[u8]| frame.windows(8).any(|window| payload.windows(8).any(|said| said == window));
    let sent = client.seal(&mut OsRng, payload.to_vec().into()).unwrap();
    assert!(!shown(sent.as_bytes()), "the request");
    let frame = server.open(sent.as_bytes()).unwrap();
    let answer = server.answer(&mut OsRng, &frame, payload.to_vec().into()).unwrap();
    assert!(!shown(&answer), "the answer");
    assert_eq!(client.open(&sent, &answer).unwrap().as_slice(), payload);
}

#[test]
fn an_answer_to_another_frame_of_the_same_number_is_refused() {
    let server = ServerChannel::new(keys(), SESSION);
    // Before a backup was restored the client had said something else with this number.
    let (mut before, mut now) = (ClientChannel::new(keys(), SESSION), ClientChannel::new(keys(), SESSION));
    let old = before.seal(&mut OsRng, b"old".to_vec().into()).unwrap();
    let new = now.seal(&mut OsRng, b"new".to_vec().into()).unwrap();
    let old_answer = server.answer(&mut OsRng, &server.open(old.as_bytes()).unwrap(), Vec::new().into()).unwrap();
    assert_eq!(now.open(&new, &old_answer).err(), Some(FrameRefused));
    assert!(before.open(&old, &old_answer).is_ok());
}
