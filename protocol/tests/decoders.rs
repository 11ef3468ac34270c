//! Each message is one decoder's, whole. What becomes of any other bytes, `reference-server/fuzz/` tries.

use lock_keeper_protocol::audit::Entry;
use lock_keeper_protocol::cbor;
use lock_keeper_protocol::message::{
    ClientMessage, Hello, RegistrationFinish, RegistrationFinished, RegistrationStart, RegistrationStarted, Reply,
    ServerInfo, SessionFinish, SessionStart, SessionStarted, Welcome,
};
use minicbor::{Decode, Encode};

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
