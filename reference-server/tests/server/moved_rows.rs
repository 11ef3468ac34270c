//! Whole rows of another person, and other values in the columns that are not sealed: who notices, and where nobody does, why that
//! gives nothing away.
//!
//! The columns are read from the schema. A new one makes these tests fail until it is here or among the sealed ones.

use lock_keeper_protocol::audit;
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Reply, Server, Settings, each_engine_with};

use crate::samples::{list, problem};
use crate::sealed_columns::{Read, Rows, SEALED, columns};

/// What is no person's.
const OF_NOBODY: [&str; 3] = ["server_key", "server_state", "schema_serves"];
/// What a row is found by.
const KEYS: [(&str, &str); 7] = [
    ("account", "account_key"),
    ("account_head", "account_key"),
    ("secret", "secret"),
    ("audit_entry", "n"),
    ("attempt", "attempt"),
    ("session", "session"),
    ("attempt_budget", "bucket"),
];
/// Written once and read by no request: it is for the operator.
const NEVER_READ: &str = "tombstone";

/// Who notices another value in a column.
#[derive(Clone, Copy)]
enum Notice {
    /// The server, when it answers this request.
    Server(Read, Problem),
    /// The owner: the server declines what they ask for, inside the channel.
    Declined(Problem),
    /// A client, by what it knows; the server answers. This test of the client shows it.
    Client(&'static str),
    /// Nobody: the server answers.
    Nobody(&'static str),
}
use Notice::{Client, Declined, Nobody, Server as ByServer};

/// Each column in the clear that is no key, another value for it, and who notices that. `other` stands for bob's own value.
const CLEAR: [(&str, &str, &str, Notice); 48] = [
    ("account", "user_id", "finish_digest", ByServer(Read::Start, Problem::Internal)),
    (
        "account",
        "state",
        "0",
        Client("an_account_that_was_active_and_is_pending_again_is_a_roll_back_and_gets_no_new_key"),
    ),
    ("account", "suite", "suite + 1", Nobody("there is one suite, and nobody reads which")),
    ("account", "generation", "generation + 1", ByServer(Read::Start, Problem::Internal)),
    ("account", "created_at", "created_at + 1", Nobody("a pending account lives longer or not as long")),
    ("account", "finish_digest", "other", Nobody("the end of the registration is not answered again")),
    ("account", "kek_id", "'another'", ByServer(Read::Finish, Problem::Internal)),
    ("account_head", "size", "size - 1", ByServer(Read::Finish, Problem::Internal)),
    ("account_head", "chain", "other", Client("a_log_that_was_rolled_back_is_noticed_by_the_client")),
    ("account_head", "generation", "generation + 1", ByServer(Read::Finish, Problem::LoginRefused)),
    ("account_head", "secrets", "secrets + 1", Nobody("the operator says how much an account may hold")),
    ("account_head", "secret_bytes", "secret_bytes + 1", Nobody("the same")),
    ("secret", "origin", "3 - origin", Client("a_server_that_says_another_origin_is_noticed")),
    ("secret", "kind", "kind + 1", Nobody("there is one kind, and nobody reads which")),
    ("secret", "version", "version + 1", Nobody("the same")),
    ("secret", "created_at", "created_at + 1", Nobody("times are what the server says they are")),
    ("audit_entry", "leaf", "other", Client("a_leaf_hash_that_was_changed_is_noticed_by_the_client")),
    ("attempt", "at", "at + 1", Nobody("times are what the server says they are")),
    ("attempt", "expires_at", "expires_at + 1000", Nobody("who waits longer for KE3 guesses no more")),
    ("attempt", "decoded", "other", ByServer(Read::Finish, Problem::LoginRefused)),
    ("attempt", "user_id", "other", ByServer(Read::Finish, Problem::LoginRefused)),
    ("attempt", "generation", "generation + 1", ByServer(Read::Finish, Problem::LoginRefused)),
    ("attempt", "bucket", "other", Nobody("another bucket gets the charge back: who has the database grants guesses")),
    ("attempt", "outcome", "1", ByServer(Read::Finish, Problem::LoginRefused)),
    ("session", "kind", "0", Declined(Problem::OperationNotAllowed)),
    ("session", "user_id", "other", ByServer(Read::List, Problem::FrameRefused)),
    ("session", "generation", "generation + 1", ByServer(Read::List, Problem::FrameRefused)),
    ("session", "epoch", "epoch + 1", ByServer(Read::List, Problem::FrameRefused)),
    ("session", "opened_at", "opened_at + 1", Nobody("times are what the server says they are")),
    ("session", "used_at", "used_at + 1", Nobody("the same")),
    ("session", "idle_at", "idle_at + 1000", Nobody("a session that lives longer is still its owner's alone")),
    ("session", "expires_at", "expires_at + 1000", Nobody("the same")),
    ("session", "operations_left", "operations_left + 1", Nobody("the same")),
    ("session", "next_seq", "next_seq + 1", ByServer(Read::List, Problem::FrameRefused)),
    ("session", "closed", "(1 = 1)", Declined(Problem::SessionClosed)),
    ("session", "finish_digest", "other", Nobody("the login is not answered again")),
    ("session", "last_frame", "other", Nobody("the last frame is not answered again")),
    ("session", "last_answer", "other", Client("an_answer_to_another_frame_of_the_same_number_is_refused")),
    ("session", "operation", "operation + 1", Nobody("the owner goes on with another operation of their own")),
    ("session", "continuations", "continuations + 1", Nobody("the same")),
    (
        "attempt_budget",
        "short_level",
        "short_level + 1",
        Nobody("who has the database grants guesses, and refuses them"),
    ),
    ("attempt_budget", "short_at", "short_at + 1", Nobody("the same")),
    ("attempt_budget", "level", "level + 1", Nobody("the same")),
    ("attempt_budget", "level_at", "level_at + 1", Nobody("the same")),
    ("attempt_budget", "refused_count", "refused_count + 1", Nobody("refusals carry no tag of the owner's")),
    ("attempt_budget", "refused_first", "refused_first + 1", Nobody("the same")),
    ("attempt_budget", "refused_last", "refused_last + 1", Nobody("the same")),
    ("attempt_budget", "used_at", "used_at + 1", Nobody("another device may be dropped first")),
];

fn is_key(table: &str, column: &str) -> bool {
    column == "account_key" || KEYS.contains(&(table, column))
}

/// The columns of a table but its key.
fn columns_of(server: &Server, table: &str) -> Vec<String> {
    let engine = format!("{:?}", server.engine()).to_lowercase();
    let all = columns(&engine).into_iter().filter(|(of, column, _)| of == table && !is_key(table, column));
    all.map(|(_, column, _)| column).collect()
}

#[test]
fn every_column_is_sealed_or_a_key_or_has_somebody_or_nobody_who_notices() {
    for engine in ["sqlite", "postgres"] {
        for (table, column, _) in columns(engine) {
            let sealed = SEALED.iter().any(|(of, sealed, _)| (*of, *sealed) == (&table, &column));
            let clear = CLEAR.iter().any(|(of, clear, ..)| (*of, *clear) == (&table, &column));
            let of_nobody = OF_NOBODY.contains(&table.as_str()) || table == NEVER_READ;
            let places = [sealed, clear, is_key(&table, &column), of_nobody && !sealed];
            let places = places.iter().filter(|place| **place).count();
            assert!(places == 1 || of_nobody, "{table}.{column} has {places} places");
        }
    }
}

/// What each request of a person is answered, with the row as it is now.
fn read_all(server: &Server, ada: &mut Rows) -> Vec<(Read, Reply)> {
    // The start makes an attempt more, and the finish moves the head that the session's frames must still fit.
    let reads = [Read::Retrieve, Read::List, Read::Audit, Read::Start, Read::Finish];
    reads.into_iter().map(|read| (read, ada.read(server, read))).collect()
}

#[test]
fn another_value_in_a_column_in_the_clear_is_noticed_or_gives_nothing_away() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let bob = Rows::new(server, "bob");
        for (n, (table, column, other, notice)) in CLEAR.into_iter().enumerate() {
            let mut ada = Rows::new(server, &format!("ada{n}"));
            let row = ada.row(server, table, "");
            let of_bob = bob.row(server, table, "");
            let bobs = format!("(SELECT b.{column} FROM {table} b WHERE {of_bob})");
            let value = if other == "other" { &bobs } else { other };
            server.execute(&format!("UPDATE {table} SET {column} = {value} WHERE {row}"));
            let what = format!("{table}.{column}");
            match notice {
                ByServer(read, problem) => {
                    assert_eq!(ada.read(server, read).problem(), Some(problem), "{what}");
                }
                Declined(why) => assert_eq!(ada.session.request(list(10)), problem(why), "{what}"),
                Client(why) | Nobody(why) => {
                    for (read, reply) in read_all(server, &mut ada) {
                        assert_eq!(reply.status, 200, "{what}, {read:?} ({why})");
                    }
                }
            }
        }
    });
}

/// Puts bob's whole row in the place of ada's; his own goes, as some columns must not be there twice.
fn move_row(server: &Server, table: &str, bob: &Rows, ada: &Rows) {
    let (of_bob, of_ada) = (bob.row(server, table, ""), ada.row(server, table, ""));
    server.execute(&format!("DROP TABLE IF EXISTS moved; CREATE TABLE moved AS SELECT * FROM {table} WHERE {of_bob}"));
    server.execute(&format!("DELETE FROM {table} WHERE {of_bob}"));
    let columns = columns_of(server, table);
    let set: Vec<String> =
        columns.iter().map(|column| format!("{column} = (SELECT m.{column} FROM moved m)")).collect();
    server.execute(&format!("UPDATE {table} SET {} WHERE {of_ada}", set.join(", ")));
}

#[test]
fn a_row_of_another_person_is_noticed() {
    let noticed = [
        ("account", Read::Start, Problem::Internal),
        // The login and the session were another user's.
        ("account", Read::Finish, Problem::LoginRefused),
        ("account", Read::List, Problem::FrameRefused),
        ("secret", Read::Retrieve, Problem::Internal),
        ("secret", Read::List, Problem::Internal),
        ("audit_entry", Read::Audit, Problem::Internal),
        ("attempt", Read::Finish, Problem::Internal),
        ("session", Read::List, Problem::Internal),
        ("session", Read::Retrieve, Problem::Internal),
    ];
    each_engine_with(&Settings::with_operations(8), |server| {
        for (n, (table, read, problem)) in noticed.into_iter().enumerate() {
            let bob = Rows::new(server, &format!("bob{n}"));
            let mut ada = Rows::new(server, &format!("ada{n}"));
            move_row(server, table, &bob, &ada);
            assert_eq!(ada.read(server, read).problem(), Some(problem), "{table}, {read:?}");
        }
    });
}

#[test]
fn a_head_of_another_person_is_noticed_by_the_server_or_the_client() {
    each_engine_with(&Settings::with_operations(8), |server| {
        // Of a shorter log: the next entry has its place taken.
        let (bob, mut ada) = (Rows::new(server, "bob"), Rows::new(server, "ada"));
        ada.session = ada.device.login();
        ada.login = ada.device.start_login();
        move_row(server, "account_head", &bob, &ada);
        for read in [Read::List, Read::Audit, Read::Finish] {
            assert_eq!(ada.read(server, read).problem(), Some(Problem::Internal), "{read:?}");
        }

        // Of a log as long as this: all is as it should be but the value of the chain, which the client has seen.
        let (carl, mut dora) = (Rows::new(server, "carl"), Rows::new(server, "dora"));
        move_row(server, "account_head", &carl, &dora);
        let seen = dora.device.seen.expect("it logged in");
        let welcome = dora.device.login().welcome;
        assert_ne!(audit::extend(seen, &welcome.leaves.0), Ok(welcome.head));

        // Of a longer one: the log has a gap, which the server notices when it reads that far back.
        let (mut emil, mut fay) = (Rows::new(server, "emil"), Rows::new(server, "fay"));
        emil.session = emil.device.login();
        move_row(server, "account_head", &emil, &fay);
        assert_eq!(fay.read(server, Read::Audit).problem(), Some(Problem::Internal));
    });
}

#[test]
fn the_tests_of_the_client_that_are_named_here_are_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources: String = [
        "sdk-core/tests/client/lies.rs",
        "sdk-core/src/vault/tests.rs",
        "protocol/tests/channel.rs",
        "reference-server/tests/server/tampering.rs",
    ]
    .iter()
    .map(|file| std::fs::read_to_string(root.join(file)).expect("it is there"))
    .collect();
    for (table, column, _, notice) in CLEAR {
        if let Client(test) = notice {
            assert!(sources.contains(&format!("fn {test}(")), "{table}.{column} names {test}");
        }
    }
}
