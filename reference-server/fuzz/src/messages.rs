use lock_keeper_protocol::audit::Entry;
use lock_keeper_protocol::cbor;
use lock_keeper_protocol::message::{
    AuditPage, ClientMessage, Hello, LoggedEntry, RegistrationFinish, RegistrationFinished, RegistrationStart,
    RegistrationStarted, Reply, ServerInfo, SessionFinish, SessionStart, SessionStarted, Welcome,
};
use minicbor::{Decode, Encode};

/// Each decoder of CBOR refuses the bytes, or has read exactly them.
pub(crate) fn run(bytes: &[u8]) {
    reads::<RegistrationStart>(bytes);
    reads::<RegistrationStarted>(bytes);
    reads::<RegistrationFinish>(bytes);
    reads::<RegistrationFinished>(bytes);
    reads::<SessionStart>(bytes);
    reads::<SessionStarted>(bytes);
    reads::<SessionFinish>(bytes);
    reads::<ServerInfo>(bytes);
    reads::<Hello>(bytes);
    reads::<Welcome>(bytes);
    reads::<ClientMessage>(bytes);
    reads::<Reply>(bytes);
    reads::<AuditPage>(bytes);
    reads::<LoggedEntry>(bytes);
    if let Ok(entry) = Entry::decode(bytes) {
        assert_eq!(entry.encode(), bytes, "an entry has one encoding");
    }
}

fn reads<T: Encode<()> + for<'b> Decode<'b, ()>>(bytes: &[u8]) {
    if let Ok(value) = cbor::decode::<T>(bytes) {
        assert_eq!(cbor::encode(&value), bytes, "a message has one encoding");
    }
}

/// The messages of the vectors.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../../docs/vectors/messages.json")).expect("the vectors are JSON");
    let messages = file["messages"].as_array().expect("the vectors are a list");
    let bytes = |message: &serde_json::Value| hex::decode(message["cbor"].as_str()?).ok();
    messages.iter().map(|message| bytes(message).expect("a vector is hexadecimal")).collect()
}
