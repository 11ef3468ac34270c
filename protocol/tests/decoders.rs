//! Whatever bytes come, a decoder refuses them or has read exactly them: no panic, and no second encoding of a message.

use lock_keeper_protocol::audit::Entry;
use lock_keeper_protocol::cbor;
use lock_keeper_protocol::channel::{ChannelKeys, ServerChannel, frame_session};
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::key::Key;
use lock_keeper_protocol::message::{
    ClientMessage, Hello, RegistrationFinish, RegistrationFinished, RegistrationStart, RegistrationStarted, Reply,
    ServerInfo, SessionFinish, SessionStart, SessionStarted, Welcome,
};
use lock_keeper_protocol::opaque::RegistrationRecord;
use minicbor::{Decode, Encode};
use proptest::prelude::*;

/// Whether `T` reads the bytes; if it does, it writes the same ones.
fn reads<T: Encode<()> + for<'b> Decode<'b, ()>>(bytes: &[u8]) -> bool {
    let Ok(value) = cbor::decode::<T>(bytes) else { return false };
    assert_eq!(cbor::encode(&value), bytes, "a message has one encoding");
    true
}

/// How many of the messages read the bytes.
fn readers(bytes: &[u8]) -> usize {
    let all = [
        reads::<RegistrationStart>(bytes),
        reads::<RegistrationStarted>(bytes),
        reads::<RegistrationFinish>(bytes),
        reads::<RegistrationFinished>(bytes),
        reads::<SessionStart>(bytes),
        reads::<SessionStarted>(bytes),
        reads::<SessionFinish>(bytes),
        reads::<ServerInfo>(bytes),
        reads::<Hello>(bytes),
        reads::<Welcome>(bytes),
        reads::<ClientMessage>(bytes),
        reads::<Reply>(bytes),
        reads::<Entry>(bytes),
    ];
    all.into_iter().filter(|read| *read).count()
}

/// Every message of the vectors.
fn messages() -> Vec<Vec<u8>> {
    let file: serde_json::Value = serde_json::from_str(include_str!("../../docs/vectors/messages.json")).unwrap();
    let messages = file["messages"].as_array().unwrap();
    messages.iter().map(|message| hex::decode(message["cbor"].as_str().unwrap()).unwrap()).collect()
}

#[test]
fn each_message_of_the_vectors_is_read_by_exactly_one_decoder() {
    for (n, bytes) in messages().iter().enumerate() {
        assert_eq!(readers(bytes), 1, "message {n}");
    }
}

#[test]
fn a_message_that_is_cut_or_lengthened_is_read_by_none() {
    for (n, bytes) in messages().iter().enumerate() {
        for length in 0..bytes.len() {
            assert_eq!(readers(&bytes[..length]), 0, "message {n}, cut at {length}");
        }
        assert_eq!(readers(&[bytes.as_slice(), &[0]].concat()), 0, "message {n}, one byte longer");
    }
}

proptest! {
    #[test]
    fn random_bytes_are_refused_or_read_whole(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        readers(&bytes);
        let _ = RegistrationRecord::from_bytes(&bytes);
        let _ = frame_session(&bytes);
    }

    #[test]
    fn a_message_with_bytes_changed_is_refused_or_read_whole(
        n in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let messages = messages();
        let mut bytes = n.get(&messages).clone();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        readers(&bytes);
    }

    #[test]
    fn a_message_with_a_piece_doubled_or_left_out_is_refused_or_read_whole(
        n in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        doubled in any::<bool>(),
    ) {
        let messages = messages();
        let bytes = n.get(&messages);
        let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
        let (from, to) = (from.min(to), from.max(to));
        let piece = if doubled { &bytes[from..] } else { &bytes[to..] };
        let rest = if doubled { &bytes[..to] } else { &bytes[..from] };
        readers(&[rest, piece].concat());
    }

    #[test]
    fn random_frames_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let keys = ChannelKeys::from_bytes(&Key::init(|key| *key = [7; 128]));
        prop_assert!(ServerChannel::new(keys, SessionId([1; 48])).open(&bytes).is_err());
    }
}
