//! What a login and a message cost on Postgres: round trips, and no scan of a table.

use std::thread;

use diesel::{PgConnection, QueryableByName, RunQueryDsl};
use lock_keeper_server::store::{AccountKey, Change, Charge};

use crate::fixture::Fixture;
use crate::samples::{DEVICE_LIMITS, delete, insert, key};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

fn number(connection: &mut PgConnection, sql: &str) -> i64 {
    let row: Number = diesel::sql_query(sql).get_result(connection).unwrap();
    row.number
}

/// Statements that this database's clients have run so far, but for the counting itself.
fn statements(connection: &mut PgConnection) -> i64 {
    number(
        connection,
        "SELECT coalesce(sum(calls), 0)::bigint AS number FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
         WHERE d.datname = current_database() AND query NOT LIKE '%pg_stat_statements%'",
    )
}

#[test]
fn a_login_and_a_message_take_two_round_trips_for_each_exchange() {
    let f = Fixture::postgres_with(1);
    f.behind_its_back("CREATE EXTENSION pg_stat_statements");
    let mut watcher = f.database().connect();
    // The first of each prepares its statements.
    f.active(key(1), 1);
    f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
    let mut counted = vec![statements(&mut watcher)];
    let mut step = || counted.push(statements(&mut watcher));
    assert_eq!(f.start_in(&key(1), 2, [1; 32], DEVICE_LIMITS), Ok(Charge::Granted));
    step();
    f.finish_with(&key(1), 2, 1, |login| login.secret = Some(insert(2))).unwrap();
    step();
    f.message(&key(1), 2, Change::Secret(insert(3))).unwrap();
    step();
    let taken: Vec<i64> = counted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(taken, [2, 2, 2]);
}

#[test]
fn a_login_takes_as_many_statements_for_a_name_that_is_unknown_as_for_one_that_is_registered() {
    let f = Fixture::postgres_with(1);
    f.behind_its_back("CREATE EXTENSION pg_stat_statements");
    let mut watcher = f.database().connect();
    f.active(key(1), 1);
    let taken = [1, 2].map(|name| {
        let before = statements(&mut watcher);
        assert_eq!(f.start(&key(name), 2), Charge::Granted);
        f.run(&key(name), |c| c.read_finish(&key(name), &[2; 16])).unwrap();
        statements(&mut watcher) - before
    });
    assert_eq!(taken, [3, 3]);
}

/// On tables that are as long as those of a server in use, with the statistics that Postgres makes of them. Each statement runs
/// so often that Postgres has made the plan that it keeps.
#[test]
fn no_statement_of_a_login_or_a_message_scans_a_table() {
    let f = Fixture::postgres_with(1);
    f.behind_its_back(TWENTY_THOUSAND_ACCOUNTS);
    f.behind_its_back("VACUUM ANALYZE");
    let before = scans(&f);
    for account in 1..=7 {
        use_all_statements(&f, &key(account));
    }
    let after = scans(&f);
    assert!(after.of_indexes - before.of_indexes > 7 * 20);
    assert_eq!(after.of_tables - before.of_tables, 0);
}

/// Runs what logins and messages run.
pub(crate) fn use_all_statements(f: &Fixture, account: &AccountKey) {
    f.active(*account, 1);
    f.login(account, 2);
    for attempt in 10..17 {
        f.start(account, attempt);
    }
    f.finish_with(account, 10, 3, |login| login.clear_refusals = true).unwrap();
    f.message(account, 1, Change::Secret(insert(1))).unwrap();
    let now = f.now();
    f.run(account, |c| {
        c.read_registration(account)?;
        c.ended_attempts(account, now, 10)?;
        c.fail_attempt(account, &[11; 16])?;
        c.secret(account, &[1; 16])?;
        c.secrets(account, None, 10)?;
        c.audit_entries(account, 3, 10)?;
        c.leaves(account, 0, 10).map(|_| ())
    })
    .unwrap();
    f.message(account, 1, Change::Secret(delete(1))).unwrap();
    let (sealed_record, sealed_storage_key) = (vec![8; 232], vec![8; 100]);
    f.message(account, 1, Change::Password { sealed_record, sealed_storage_key, generation: 1 }).unwrap();
    f.message(account, 1, Change::Delete).unwrap();
}

struct Scans {
    of_tables: i64,
    of_indexes: i64,
}

/// How often a table was read from end to end so far, and how often by an index; but for the table that has one row.
fn scans(f: &Fixture) -> Scans {
    f.database().disconnect_all();
    let mut watcher = f.database().connect();
    // Postgres counts a connection's scans at the latest when it ends.
    while number(&mut watcher, OTHERS) > 0 {
        thread::yield_now();
    }
    let mut sum = |counted: &str| {
        let sum = format!(
            "SELECT coalesce(sum({counted}), 0)::bigint AS number FROM pg_stat_user_tables WHERE relname <> 'server_state'"
        );
        number(&mut watcher, &sum)
    };
    Scans { of_tables: sum("seq_scan"), of_indexes: sum("idx_scan") }
}

/// With a device, two entries, two secrets, an attempt, a session and a tombstone each.
const TWENTY_THOUSAND_ACCOUNTS: &str =
    "CREATE TEMPORARY TABLE others AS SELECT sha256(int4send(n)) AS k, sha256('once ' || int4send(n)) AS u,
       decode(repeat('a1', 100), 'hex') AS sealed FROM generate_series(1, 20000) n;
     INSERT INTO account SELECT k, u, 1, 1, 0, 0, u, sealed, sealed, sealed, sealed, sealed, 'first' FROM others;
     INSERT INTO account_head SELECT k, 2, u, 0, 2, 200 FROM others;
     INSERT INTO attempt_budget SELECT k, bucket, 0, 0, 0, 0, 0, 0, 0, 0 FROM others, (VALUES ('a'::bytea), ('b')) b (bucket);
     INSERT INTO audit_entry SELECT k, n, sealed, u FROM others, generate_series(0, 1) n;
     INSERT INTO secret SELECT k, id, 1, 1, 1, 0, sealed, sealed FROM others, (VALUES ('a'::bytea), ('b')) s (id);
     INSERT INTO attempt SELECT k, 'a', 0, 60000, k, u, 0, 'a', 1, NULL FROM others;
     INSERT INTO session SELECT k, 'a', 1, u, 0, 1, 0, 0, 0, 0, 0, 1, true, sealed, u, u, sealed, 0, 0 FROM others;
     INSERT INTO tombstone SELECT k, u, 2, u, 0 FROM others;";

const OTHERS: &str = "SELECT count(*) AS number FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
