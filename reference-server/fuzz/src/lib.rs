//! One function for each decoder: it takes any bytes, and panics where the decoder breaks a promise.
//!
//! Two drivers call the same functions: `tests/targets.rs` under proptest, for seconds in `make test`, and
//! `libfuzzer/decoder.rs` under libFuzzer, for minutes in `make fuzz`. `docs/fuzzing.md` says what they found.
//!
//! What a target promises is more than that nothing panics. Where bytes are authenticated it holds one genuine input, made from
//! fixed keys, and nothing else may be taken. Where they are not, what was taken must be written as the same bytes again.

#![forbid(unsafe_code)]

mod at_rest;
mod audit;
mod channel;
mod configuration;
mod connect_file;
mod device_record;
mod device_unlock;
mod fixed;
mod key_server;
mod messages;
mod names;
mod opaque;
mod problem_document;
mod vault;

/// What reads one kind of bytes.
pub struct Target {
    /// Its name, that of its folder in `corpus/`.
    pub name: &'static str,
    /// Gives it bytes.
    pub run: fn(&[u8]),
    /// Inputs that get far into it; they are in the corpus.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: [Target; 20] = [
    Target { name: "messages", run: messages::run, seeds: messages::seeds },
    Target { name: "client_frames", run: channel::run_client, seeds: channel::client_seeds },
    Target { name: "server_frames", run: channel::run_server, seeds: channel::server_seeds },
    Target { name: "opaque_server", run: opaque::run_server, seeds: opaque::server_seeds },
    Target { name: "opaque_client", run: opaque::run_client, seeds: opaque::client_seeds },
    Target { name: "audit_pages", run: audit::run, seeds: audit::seeds },
    Target { name: "names", run: names::run, seeds: names::seeds },
    Target { name: "sealed_secrets", run: vault::run_secrets, seeds: vault::secret_seeds },
    Target { name: "sealed_storage_keys", run: vault::run_storage_keys, seeds: vault::storage_key_seeds },
    Target { name: "exported_secrets", run: vault::run_exported, seeds: vault::exported_seeds },
    Target { name: "connect_files", run: connect_file::run, seeds: connect_file::seeds },
    Target { name: "device_records", run: device_record::run, seeds: device_record::seeds },
    Target { name: "problem_documents", run: problem_document::run, seeds: problem_document::seeds },
    Target { name: "configurations", run: configuration::run, seeds: configuration::seeds },
    Target { name: "registration_ids", run: key_server::run_registration_id, seeds: key_server::seeds },
    Target { name: "login_ids", run: key_server::run_login_id, seeds: key_server::seeds },
    Target { name: "device_cookies", run: key_server::run_device_cookie, seeds: key_server::seeds },
    Target { name: "device_unlocks", run: device_unlock::run, seeds: device_unlock::seeds },
    Target { name: "values_at_rest", run: at_rest::run_values, seeds: at_rest::value_seeds },
    Target { name: "key_files", run: at_rest::run_key_files, seeds: at_rest::key_file_seeds },
];

/// The target of that name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
