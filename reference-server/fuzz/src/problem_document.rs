use std::sync::Arc;

use lock_keeper_core::call::StartedCall;
use lock_keeper_core::transport::{Reply, Request, Transport, TransportFailure};
use lock_keeper_core::{
    Call, Code, Env, LockKeeperClient, MemoryStore, ServerConfig, SessionOptions, SystemClock, Trust,
};
use lock_keeper_protocol::message::PROBLEM;
use lock_keeper_protocol::problem::Problem;

use crate::fixed;

/// Statuses with which a client does not try again by itself.
const STATUSES: [u16; 8] = [400, 403, 404, 409, 413, 418, 429, 500];

/// Answers everything with one problem document.
struct Refusing(Vec<u8>);

impl Transport for Refusing {
    fn exchange(&self, _: &Request<'_>, _: &StartedCall) -> Result<Reply, TransportFailure> {
        let (status, body) = self.0.split_first().unwrap_or((&0, &[]));
        Ok(Reply {
            status: STATUSES[usize::from(*status) % STATUSES.len()],
            content_type: PROBLEM.to_owned(),
            retry_after: None,
            request_id: None,
            body: body.to_vec(),
        })
    }
}

/// Whatever a refusal says, the call ends with an error that an app can act on, and never with text of the server. The first byte
/// is the status.
pub(crate) fn run(bytes: &[u8]) {
    let config = ServerConfig::new("https://keys.example", "keys.example", &[[1; 32]], Trust::platform());
    let env = Env {
        store: Arc::new(MemoryStore::default()),
        transport: Arc::new(Refusing(bytes.to_vec())),
        clock: Arc::new(SystemClock),
        observer: None,
    };
    let client = LockKeeperClient::new(config.expect("it is one"), env);
    let registered = client.register("ada", fixed::password(), None, SessionOptions::default(), &Call::default());
    let error = registered.expect_err("the server refuses");
    assert_ne!(error.code, Code::Internal, "a server's word is no defect of the client");
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let document = |problem: Problem| {
        let json = serde_json::json!({ "type": format!("urn:lock-keeper:problem:{}", problem.code()), "title": problem.title(),
            "status": problem.status(), "code": problem.code(), "retry_after": 30, "request_id": "1f0c5ab2a6f6d0e7" });
        [b"\x06", json.to_string().as_bytes()].concat()
    };
    [Problem::TooManyAttempts, Problem::AccountNameTaken, Problem::Busy].map(document).to_vec()
}
