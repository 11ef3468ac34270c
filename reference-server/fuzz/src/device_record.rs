use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use lock_keeper_core::call::StartedCall;
use lock_keeper_core::transport::{Cause, Reply, Request, Transport, TransportFailure};
use lock_keeper_core::{
    Call, Code, Env, LocalStore, LockKeeperClient, ServerConfig, SessionOptions, StoreFailure, SystemClock, Trust,
};
use lock_keeper_protocol::audit::ChainHead;
use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::identity::UserId;
use lock_keeper_protocol::message::SessionStart;

use crate::fixed;

/// A device on which somebody has written.
struct Written {
    record: Vec<u8>,
    overwritten: AtomicBool,
}

impl LocalStore for Written {
    fn get(&self, slot: &str) -> Result<Option<Vec<u8>>, StoreFailure> {
        Ok(slot.starts_with("account.").then(|| self.record.clone()))
    }

    fn put(&self, _: &str, _: &[u8]) -> Result<(), StoreFailure> {
        self.overwritten.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn remove(&self, slot: &str) -> Result<(), StoreFailure> {
        self.put(slot, &[])
    }
}

/// Keeps what is sent, and answers nothing.
#[derive(Default)]
struct Silent(Mutex<Vec<Vec<u8>>>);

impl Transport for Silent {
    fn exchange(&self, request: &Request<'_>, _: &StartedCall) -> Result<Reply, TransportFailure> {
        let body = request.body.unwrap_or_default().to_vec();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(body);
        Err(TransportFailure::unknown(Cause::NotHttp))
    }
}

/// A record that is none is said to be corrupt before anything is sent; of one that is, the cookie goes out. It is never overwritten
/// before a server has proven itself.
pub(crate) fn run(bytes: &[u8]) {
    let store = Arc::new(Written { record: bytes.to_vec(), overwritten: AtomicBool::new(false) });
    let transport = Arc::new(Silent::default());
    let config = ServerConfig::new("https://keys.example", "keys.example", &[[1; 32]], Trust::platform());
    let env = Env { store: store.clone(), transport: transport.clone(), clock: Arc::new(SystemClock), observer: None };
    let client = LockKeeperClient::new(config.expect("it is one"), env);
    let opened = client.open_session("ada", fixed::password(), SessionOptions::default(), &Call::default());
    let code = opened.expect_err("nobody answers").code;
    let sent = transport.0.lock().unwrap_or_else(PoisonError::into_inner);
    match sent.first() {
        None => assert_eq!(code, Code::StoreCorrupt),
        Some(body) => {
            let start: SessionStart = cbor::decode(body).expect("a client sends messages");
            assert!(
                bytes.windows(64).any(|window| window == start.device_cookie.0),
                "a cookie that is not the record's"
            );
        }
    }
    assert!(!store.overwritten.load(Ordering::Relaxed), "the record was overwritten");
}

/// A record as the client writes it; the MAC is looked at only when a vault is open.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let head = ChainHead { size: 7, chain: Bytes([2; 32]) };
    let record = cbor::encode(&(1u8, UserId([1; 32]), 3u64, head, Bytes([4; 64])));
    vec![[record.as_slice(), &[0; 32]].concat()]
}
