//! Every sealed column, with every other sealed value in its place: the server notices, and as soon as the row is as it was, it goes on.
//!
//! The columns are read from the schema. A new one makes these tests fail until it is here.

use std::path::Path;

use lock_keeper_protocol::problem::Problem;
use lock_keeper_server::keys::ServerKeys;
use lock_keeper_server::service::load_or_create_keys;
use lock_keeper_testbed::{Device, Login, Reply, Server, Session, Settings, each_engine, each_engine_with};

use crate::samples::{PASSWORD, audit, id, list, retrieve, store};
use crate::tampering::sql;

/// Bytes in the clear: keys of rows, hashes, numbers that were drawn, frames. The account key and what is beside it in a key are
/// associated data of everything that is sealed in the row.
const NOT_SEALED: [&str; 19] = [
    "account.account_key",
    "account.user_id",
    "account.finish_digest",
    "account_head.account_key",
    "account_head.chain",
    "secret.account_key",
    "secret.secret",
    "audit_entry.account_key",
    "audit_entry.leaf",
    "attempt.account_key",
    "attempt.attempt",
    "attempt.decoded",
    "attempt.user_id",
    "attempt.bucket",
    "session.account_key",
    "session.session",
    "session.user_id",
    "session.finish_digest",
    "session.last_frame",
];
/// The same in tables without a sealed column; and the last answer, a frame of the session that its client verifies.
const NOT_SEALED_ELSEWHERE: [&str; 6] = [
    "session.last_answer",
    "attempt_budget.account_key",
    "attempt_budget.bucket",
    "tombstone.account_key",
    "tombstone.user_id",
    "tombstone.chain",
];

/// Each sealed column, and which request reads it.
pub(crate) const SEALED: [(&str, &str, Read); 11] = [
    ("account", "sealed_name", Read::Finish),
    ("account", "sealed_credential_id", Read::Start),
    ("account", "sealed_record", Read::Start),
    ("account", "sealed_storage_key", Read::Finish),
    ("account", "wrapped_data_key", Read::Finish),
    ("secret", "sealed_secret", Read::Retrieve),
    ("secret", "sealed_label", Read::List),
    ("audit_entry", "sealed_entry", Read::Audit),
    ("attempt", "sealed_state", Read::Finish),
    ("session", "sealed_keys", Read::List),
    ("server_key", "wrapped", Read::AtStart),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Start,
    Finish,
    Retrieve,
    List,
    Audit,
    AtStart,
}

/// The columns that a schema has: table, column, type.
pub(crate) fn columns(engine: &str) -> Vec<(String, String, String)> {
    const TYPES: [&str; 8] = ["BLOB", "INTEGER", "TEXT", "bytea", "bigint", "smallint", "boolean", "text"];
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut columns = Vec::new();
    for migration in std::fs::read_dir(path).expect("there are migrations") {
        let text = std::fs::read_to_string(migration.expect("it can be listed").path().join("up.sql")).unwrap();
        let mut table = "";
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("CREATE TABLE ") {
                table = name.trim_end_matches(" (");
            }
            let mut words = line.split_whitespace();
            if line.contains("ADD COLUMN") {
                let added = line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN "));
                let (altered, column) = added.filter(|(_, column)| !column.contains(',')).expect("one column a line");
                (table, words) = (altered, column.split_whitespace());
            }
            if let (Some(column), Some(kind)) = (words.next(), words.next().map(|kind| kind.trim_end_matches(',')))
                && TYPES.contains(&kind)
            {
                columns.push((table.to_owned(), column.to_owned(), kind.to_owned()));
            }
        }
    }
    columns.sort();
    columns
}

/// The columns of bytes among them, as `table.column`.
fn columns_of_bytes(engine: &str, bytes: &str) -> Vec<String> {
    let columns = columns(engine).into_iter().filter(|(.., kind)| kind == bytes);
    let mut named: Vec<String> = columns.map(|(table, column, _)| format!("{table}.{column}")).collect();
    named.sort();
    named
}

#[test]
fn every_column_of_bytes_is_sealed_and_tested_or_known_to_be_in_the_clear() {
    let sealed = SEALED.iter().map(|(table, column, _)| format!("{table}.{column}"));
    let clear = NOT_SEALED.iter().chain(&NOT_SEALED_ELSEWHERE).map(ToString::to_string);
    let mut known: Vec<String> = sealed.chain(clear).collect();
    known.sort();
    assert_eq!(columns_of_bytes("postgres", "bytea"), known);
    assert_eq!(columns_of_bytes("sqlite", "BLOB"), known);
}

/// A person with one row in every table.
pub(crate) struct Rows {
    pub(crate) device: Device,
    pub(crate) session: Session,
    pub(crate) login: Login,
}

impl Rows {
    pub(crate) fn new(server: &Server, name: &str) -> Self {
        let mut device = Device::register(server, name, PASSWORD);
        let session = device.login_with(store(1));
        let login = device.start_login();
        Self { device, session, login }
    }

    /// A session and a login that are young enough for what comes.
    fn renew(&mut self, server: &Server) {
        server.service().unlock(self.device.identities.account.as_str()).expect("the database is there");
        self.session = self.device.login();
        self.login = self.device.start_login();
    }

    /// The person's row of a table, as a condition.
    pub(crate) fn row(&self, server: &Server, table: &str, role: &str) -> String {
        let account = sql(server, &self.login.login_id.0[..32]);
        match table {
            "account" | "account_head" => format!("account_key = {account}"),
            "attempt_budget" => {
                format!("account_key = {account} AND bucket = {}", sql(server, &self.device.cookie[..32]))
            }
            "secret" => format!("account_key = {account} AND secret = {}", sql(server, &id(1).0)),
            "audit_entry" => format!("account_key = {account} AND n = 1"),
            "attempt" => format!("attempt = {}", sql(server, &self.login.login_id.0[32..])),
            "session" => format!("session = {}", sql(server, &self.session.id().0[32..])),
            "server_key" => format!("role = '{role}'"),
            other => panic!("{other} is nobody's"),
        }
    }

    /// Sends the request that reads a column.
    pub(crate) fn read(&mut self, server: &Server, read: Read) -> Reply {
        let operation = match read {
            Read::Start => return self.device.guess(),
            Read::Finish => return self.device.send_finish(&self.login),
            Read::Retrieve => retrieve(1),
            Read::List => list(10),
            Read::Audit => audit(100),
            Read::AtStart => unreachable!("{:?} reads it before there are requests", server.engine()),
        };
        let frame = self.session.seal(operation);
        let reply = self.session.send(&frame);
        if reply.status != 200 {
            self.session.take_back_the_last_number();
        }
        reply
    }

    fn assert_noticed(&mut self, server: &Server, read: Read, what: &str) {
        if read == Read::AtStart {
            let loaded = ServerKeys::load(server.service().store().administration(), server.key_wrapper());
            assert!(loaded.is_err(), "{what}");
            return;
        }
        let reply = self.read(server, read);
        assert_eq!(reply.problem(), Some(Problem::Internal), "{what}");
    }
}

/// Keeps a copy of every table, so that a row can be put back.
fn keep(server: &Server, kept: &str) {
    for (table, _, _) in SEALED {
        server.execute(&format!(
            "DROP TABLE IF EXISTS {kept}_{table}; CREATE TABLE {kept}_{table} AS SELECT * FROM {table}"
        ));
    }
}

fn put_back(server: &Server, kept: &str, table: &str, column: &str, row: &str) {
    server.execute(&format!(
        "UPDATE {table} SET {column} = (SELECT k.{column} FROM {kept}_{table} k WHERE {row}) WHERE {row}"
    ));
}

#[test]
fn no_sealed_value_passes_for_another_of_any_column_or_person() {
    each_engine_with(&Settings::with_operations(64), |server| {
        let (mut ada, bob) = (Rows::new(server, "ada"), Rows::new(server, "bob"));
        for (table, column, read) in SEALED {
            ada.renew(server);
            keep(server, "kept");
            let row = ada.row(server, table, "root");
            for (from_table, from_column, _) in SEALED {
                // Of another column it is ada's own: account and row are the same, as far as they can be. Of this column it is bob's.
                let (whose, from) =
                    if (from_table, from_column) == (table, column) { ("bob", &bob) } else { ("ada", &ada) };
                let from = from.row(server, from_table, "sealing");
                server.execute(&format!(
                    "UPDATE {table} SET {column} = (SELECT k.{from_column} FROM kept_{from_table} k WHERE {from}) WHERE {row}"
                ));
                ada.assert_noticed(server, read, &format!("{from_table}.{from_column} of {whose} as {table}.{column}"));
            }
            put_back(server, "kept", table, column, &row);
        }
        // All is as it was, and nothing was used up.
        for read in [Read::Retrieve, Read::List, Read::Audit, Read::Start, Read::Finish] {
            assert_eq!(ada.read(server, read).status, 200);
        }
        load_or_create_keys(server.service().store().administration(), server.key_wrapper(), &server.realm()).unwrap();
    });
}

#[test]
fn a_value_from_before_a_password_change_does_not_pass_for_the_new_one() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        keep(server, "old");
        crate::change_password::change(&mut ada, "new password");
        let account = format!("account_key = {}", sql(server, &ada.start_login().login_id.0[..32]));
        keep(server, "new");
        for (column, read) in [("sealed_record", Read::Start), ("sealed_storage_key", Read::Finish)] {
            let login = ada.start_login();
            put_back(server, "old", "account", column, &account);
            let reply = if read == Read::Start { ada.guess() } else { ada.send_finish(&login) };
            assert_eq!(reply.problem(), Some(Problem::Internal), "{column}");
            put_back(server, "new", "account", column, &account);
        }
        let _ = ada.login();
    });
}
