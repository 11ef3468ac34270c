//! What the server answers when it fails: at rows that don't open, and with a database that is not there or takes nothing.

use std::sync::Arc;

use lock_keeper_core::{
    Call, Code, Env, LockKeeperClient, MemoryStore, Purpose, ServerConfig, Session, SessionOptions, password,
};
use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::message::{CBOR, FRAME, SessionStarted, path};
use lock_keeper_testbed::residue::Person;
use lock_keeper_testbed::{Program, Reply};

use super::said::Requests;

/// A session that is open, on a device that has not been there yet.
pub(super) fn open(person: &Person, program: &Program) -> Session {
    let config = ServerConfig::from_connect_json(program.connect_json().as_bytes()).unwrap();
    let client = LockKeeperClient::new(config.clone(), Env::new(&config, Arc::new(MemoryStore::default())));
    let typed = password(&person.new_password).unwrap();
    client.open_session(&person.name, typed, SessionOptions::default(), &Call::default()).unwrap()
}

/// Provokes failures on each route that reads what is sealed; answers those of which the body is in the clear. The account is as it was
/// before, but for its sessions and its secret.
pub(super) fn at_rows_that_do_not_open(program: &Program, session: &Session, requests: &Requests) -> Vec<Reply> {
    let (http, call) = (program.client(), Call::default());
    let fails = |code| assert_eq!(code, Some(Code::ServerFailed));
    program.execute("UPDATE session SET sealed_keys = finish_digest");
    fails(session.list(None, 10, &call).err().map(|error| error.code));
    let id = session.list(None, 10, &call).unwrap()[0].id;
    program.execute("UPDATE secret SET sealed_secret = sealed_label WHERE sealed_label IS NOT NULL");
    fails(session.retrieve(id, Purpose::Unspecified, &call).err().map(|error| error.code));

    program.execute("CREATE TABLE kept AS SELECT * FROM account; UPDATE account SET sealed_record = sealed_name");
    let start = http.post(path::SESSION_START, CBOR, &requests.session_start());
    program.execute("UPDATE account SET sealed_record = (SELECT sealed_record FROM kept WHERE kept.account_key = account.account_key)",
    );
    let started = http.post(path::SESSION_START, CBOR, &requests.session_start());
    program.execute("UPDATE attempt SET sealed_state = decoded");
    let login: SessionStarted = cbor::decode(started.success()).unwrap();
    let finish = cbor::encode(&(login.login_id, Bytes([7u8; 64]), Blob(requests.name().into())));
    vec![start, http.post(path::SESSION_FINISH, CBOR, &finish)]
}

/// The answers while the database turns the server away, or takes no attempt to log in.
pub(super) fn without_a_database(program: &Program, requests: &Requests) -> Vec<Reply> {
    let http = program.client();
    let start = || http.post(path::SESSION_START, CBOR, &requests.session_start());
    let Some(database) = program.database() else {
        program.execute(
            "CREATE TRIGGER full BEFORE INSERT ON attempt BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
        );
        let reply = start();
        program.execute("DROP TRIGGER full");
        return vec![reply];
    };
    database.allow_connections(false);
    database.disconnect_all();
    // What can be a frame, as far as anybody can tell who has no keys.
    let mut frame = [&[1, 1, 2], requests.name().as_bytes()].concat();
    frame.resize(300, 7);
    let replies = vec![
        start(),
        http.post(path::REGISTRATION_START, CBOR, &requests.registration_start()),
        http.post(path::SESSION_MESSAGE, FRAME, &frame),
    ];
    database.allow_connections(true);
    replies
}
