//! What the key server's tests stand on: a real server for each test, and clients that may misbehave.
//!
//! # How to write a test
//!
//! ```no_run
//! use lock_keeper_protocol::message::{Answer, Operation};
//! use lock_keeper_protocol::cbor::Nullable;
//! use lock_keeper_testbed::{Device, each_engine};
//!
//! // #[test]
//! fn a_new_account_has_no_secrets() {
//!     each_engine(|server| {
//!         let mut device = Device::register(server, "ada", "correct horse");
//!         let mut session = device.login();
//!         let answer = session.request(Operation::List { after: Nullable(None), limit: 10 });
//!         assert_eq!(answer, Answer::Listed { items: Vec::new(), more: false });
//!     });
//! }
//! ```
//!
//! [`each_engine`] runs a test on SQLite and then on Postgres. [`Server::start`] starts one server by hand:
//! actix-web over TLS 1.3 on a free port, on threads of its own, over a database that nobody else uses. Both go when the
//! value is dropped, so that tests run in parallel and leave nothing behind. (A database on Postgres that no test had
//! its hands in is emptied for the next one, and dropped with the last server of the process.) What a test can do with a server:
//!
//! | to | call |
//! |---|---|
//! | let time pass, without sleeping | [`Server::advance`] |
//! | restart it on the same port and data | [`Server::restart`] |
//! | start a second process on the same data | [`Server::beside`] |
//! | change what an operator decides | [`Settings`] |
//! | tamper with its database | [`Server::execute`] |
//! | hand it to a client under test | [`Server::connect_json`] |
//!
//! There are two clients. [`RawClient`] sends bytes to a route and answers what came back: for everything that no honest
//! client would send, and for counting exchanges. [`Device`] speaks the protocol over one, with a [`Session`] for what comes
//! after a login; each step can be taken alone, sent again, or changed on the way. Its password costs no Argon2, and what
//! it stores is not really sealed: the server can't tell.
//!
//! [`Program`] is the binary as a process of its own, for what only a process has: memory, logs, an end. What it leaves
//! behind is searched with [`residue`].
//!
//! A test that fails on a status of 500 says why when it runs with `LOCK_KEEPER_TEST_LOG=info`: it then shows its server's log.
//!
//! A test of Postgres needs the private cluster that `make test` starts ([`postgres`]); `postgres.sh`, beside this crate's
//! manifest, starts and stops one by hand.

mod certificate;
mod data;
mod device;
pub mod postgres;
mod program;
mod raw;
pub mod residue;
mod server;
mod session;
mod settings;
mod spare;
mod stretch;

pub use certificate::Certificate;
pub use data::Engine;
pub use device::{Device, Login};
pub use program::{Program, ProgramSettings};
pub use raw::{Held, RawClient, Reply};
pub use server::Server;
pub use session::Session;
pub use settings::Settings;
pub use stretch::Quick;

/// Runs a test on both engines, each time on a server of its own with the settings that a new server has.
///
/// # Panics
/// Where the test fails; it says on which engine.
pub fn each_engine(test: impl Fn(&Server)) {
    each_engine_with(&Settings::default(), test);
}

/// The same with other settings.
///
/// # Panics
/// As [`each_engine`].
pub fn each_engine_with(settings: &Settings, test: impl Fn(&Server)) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        test(&Server::start_with(engine, settings.clone()));
    }
}
