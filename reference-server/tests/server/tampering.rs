//! Rows that somebody changed in the database: the server notices, and hands out nothing that is another's.

use lock_keeper_protocol::audit::{self, AuditTampered, ChainHead};
use lock_keeper_protocol::message::Answer;
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Engine, Server, Settings, each_engine, each_engine_with};

use crate::audit::{page, verifier};
use crate::samples::{PASSWORD, audit, id, list, retrieve, store};

/// Bytes as the engine's SQL writes them.
pub(crate) fn sql(server: &Server, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match server.engine() {
        Engine::Sqlite => format!("X'{hex}'"),
        Engine::Postgres => format!("'\\x{hex}'::bytea"),
    }
}

/// The key of an account, which its login ids embed.
fn account_key(server: &Server, device: &Device) -> String {
    sql(server, &device.start_login().login_id.0[..32])
}

/// Copies a column from one row to another.
fn copy(server: &Server, table: &str, column: &str, from: &str, to: &str) {
    copy_across(server, table, (column, column), from, to);
}

fn copy_across(server: &Server, table: &str, (from_column, to_column): (&str, &str), from: &str, to: &str) {
    server.execute(&format!(
        "UPDATE {table} SET {to_column} = (SELECT {from_column} FROM {table} WHERE {from}) WHERE {to}"
    ));
}

/// The rows of a device's account.
pub(crate) fn of(server: &Server, device: &Device) -> String {
    format!("account_key = {}", account_key(server, device))
}

#[test]
fn a_record_of_another_account_is_noticed_before_there_is_a_ke2() {
    each_engine(|server| {
        let (ada, bob) = (Device::register(server, "ada", PASSWORD), Device::register(server, "bob", PASSWORD));
        let (of_ada, of_bob) = (of(server, &ada), of(server, &bob));
        copy(server, "account", "sealed_record", &of_bob, &of_ada);
        ada.guess().assert_refused(Problem::Internal);
        // Bob's own row was not touched.
        let _ = bob.start_login();
    });
}

#[test]
fn a_credential_identifier_of_another_account_is_noticed_before_there_is_a_ke2() {
    each_engine(|server| {
        let (ada, bob) = (Device::register(server, "ada", PASSWORD), Device::register(server, "bob", PASSWORD));
        copy(server, "account", "sealed_credential_id", &of(server, &bob), &of(server, &ada));
        ada.guess().assert_refused(Problem::Internal);
    });
}

#[test]
fn a_storage_key_or_a_data_key_of_another_account_is_noticed() {
    each_engine(|server| {
        let bob = Device::register(server, "bob", PASSWORD);
        for column in ["sealed_storage_key", "wrapped_data_key"] {
            let ada = Device::register(server, column, PASSWORD);
            copy(server, "account", column, &of(server, &bob), &of(server, &ada));
            let login = ada.start_login();
            ada.send_finish(&login).assert_refused(Problem::Internal);
        }
    });
}

#[test]
fn a_record_from_before_a_password_change_is_noticed() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let of_ada = of(server, &ada);
        server.execute("CREATE TABLE kept AS SELECT * FROM account");
        crate::change_password::change(&mut ada, "new password");
        server.execute(&format!(
            "UPDATE account SET sealed_record = (SELECT k.sealed_record FROM kept k WHERE k.{of_ada}) WHERE {of_ada}"
        ));
        ada.guess().assert_refused(Problem::Internal);
        // With its generation put back as well, it no longer fits the head that serialises the account.
        server.execute(&format!("UPDATE account SET generation = 0 WHERE {of_ada}"));
        ada.use_password(PASSWORD);
        let login = ada.start_login();
        ada.send_finish(&login).assert_refused(Problem::LoginRefused);
    });
}

#[test]
fn secrets_and_labels_that_were_swapped_are_noticed() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let (mut ada, mut bob) = (Device::register(server, "ada", PASSWORD), Device::register(server, "bob", PASSWORD));
        let (of_ada, of_bob) = (of(server, &ada), of(server, &bob));
        let _ = bob.login_with(store(1));
        let mut session = ada.login();
        for byte in 1..=4 {
            let _ = session.request(store(byte));
        }
        let row = |account: &str, byte: u8| format!("{account} AND secret = {}", sql(server, &id(byte).0));
        copy(server, "secret", "sealed_secret", &row(&of_ada, 4), &row(&of_ada, 1));
        copy(server, "secret", "sealed_secret", &row(&of_bob, 1), &row(&of_ada, 2));
        copy_across(server, "secret", ("sealed_label", "sealed_secret"), &row(&of_ada, 3), &row(&of_ada, 3));
        for byte in 1..=3 {
            let frame = session.seal(retrieve(byte));
            session.send(&frame).assert_refused(Problem::Internal);
            // Nothing happened: the number is still free.
            session.take_back_the_last_number();
        }
        assert!(matches!(session.request(retrieve(4)), Answer::Retrieved(_)));
        assert!(matches!(session.request(list(10)), Answer::Listed { .. }), "the labels are whole");
        copy(server, "secret", "sealed_label", &row(&of_ada, 4), &row(&of_ada, 3));
        let frame = session.seal(list(10));
        session.send(&frame).assert_refused(Problem::Internal);
        let mut bobs = bob.login();
        assert!(matches!(bobs.request(retrieve(1)), Answer::Retrieved(_)));
    });
}

#[test]
fn session_keys_of_another_session_are_noticed() {
    each_engine_with(&Settings::with_operations(4), |server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let (mut one, two) = (ada.login(), ada.login());
        let row = |session: &lock_keeper_testbed::Session| format!("session = {}", sql(server, &session.id().0[32..]));
        copy(server, "session", "sealed_keys", &row(&two), &row(&one));
        let frame = one.seal(list(1));
        one.send(&frame).assert_refused(Problem::Internal);
    });
}

#[test]
fn a_login_state_of_another_attempt_is_noticed() {
    each_engine(|server| {
        let ada = Device::register(server, "ada", PASSWORD);
        let (one, two) = (ada.start_login(), ada.start_login());
        let row = |login: &lock_keeper_testbed::Login| format!("attempt = {}", sql(server, &login.login_id.0[32..]));
        copy(server, "attempt", "sealed_state", &row(&two), &row(&one));
        ada.send_finish(&one).assert_refused(Problem::Internal);
        let _ = ada.send_finish(&two).success();
    });
}

#[test]
fn audit_entries_that_were_swapped_or_dropped_are_noticed() {
    each_engine_with(&Settings::with_operations(4), |server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let of_ada = of(server, &ada);
        let mut session = ada.login();
        copy(server, "audit_entry", "sealed_entry", &format!("{of_ada} AND n = 0"), &format!("{of_ada} AND n = 1"));
        let frame = session.seal(audit(100));
        session.send(&frame).assert_refused(Problem::Internal);
        session.take_back_the_last_number();
        server.execute(&format!("DELETE FROM audit_entry WHERE {of_ada} AND n = 1"));
        let frame = session.seal(audit(100));
        session.send(&frame).assert_refused(Problem::Internal);

        // The oldest one leaves no gap between two others.
        let mut bob = Device::register(server, "bob", PASSWORD);
        server.execute(&format!("DELETE FROM audit_entry WHERE {} AND n = 0", of(server, &bob)));
        let mut session = bob.login();
        let frame = session.seal(audit(100));
        session.send(&frame).assert_refused(Problem::Internal);
    });
}

#[test]
fn a_leaf_hash_that_was_changed_is_noticed_by_the_client() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let seen = ada.seen.expect("it logged in");
        let _ = ada.another(server).login();
        server.execute(&format!("UPDATE audit_entry SET leaf = {} WHERE n = {}", sql(server, &[9; 32]), seen.size));
        let welcome = ada.login().welcome;
        assert_ne!(audit::extend(seen, &welcome.leaves.0), Ok(welcome.head));
    });
}

#[test]
fn a_log_that_was_rolled_back_is_noticed_by_the_client() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let of_ada = of(server, &ada);
        let early = ada.seen.expect("it logged in");
        for _ in 0..3 {
            let _ = ada.login();
        }
        let seen = ada.seen.expect("it logged in");
        roll_back(server, &of_ada, &early);
        let mut session = ada.login();
        // Neither the welcome nor the log leads from what this device saw to what the server says.
        assert_ne!(audit::extend(seen, &session.welcome.leaves.0), Ok(session.welcome.head));
        session.welcome.head = seen;
        let mut verifier = verifier(&ada, &session);
        assert_eq!(verifier.page(&page(session.request(audit(100)))), Err(AuditTampered::DoesNotExtend));
    });
}

/// What a restored backup would do to one account's log.
fn roll_back(server: &Server, account: &str, to: &ChainHead) {
    server.execute(&format!("DELETE FROM audit_entry WHERE {account} AND n >= {}", to.size));
    server.execute(&format!(
        "UPDATE account_head SET size = {}, chain = {} WHERE {account}",
        to.size,
        sql(server, &to.chain.0)
    ));
}
