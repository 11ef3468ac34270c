//! What a login costs the database, counted in pages and in records of its log: whoever shares the machine could tell more by that
//! than by any answer.

use std::fs;

use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};
use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::message::{CBOR, SessionStarted, path};
use lock_keeper_testbed::{Device, Engine, Program, ProgramSettings};

use crate::BINARY;

/// A name with an account, one whose registration was not completed, and one that nobody has.
const KINDS: [&str; 3] = ["registered", "pending", "unknown"];
const LOGINS: u64 = 10;
/// Of a page of SQLite: less than that in each login, bytes.
const HALF: u64 = 2_048;
/// A name has five free guesses, the first of which is not counted here.
const ROUNDS: usize = 3;

/// What one statement has cost, each time that it ran.
#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Cost {
    #[diesel(sql_type = Text)]
    statement: String,
    #[diesel(sql_type = BigInt)]
    calls: i64,
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = BigInt)]
    pages: i64,
    #[diesel(sql_type = BigInt)]
    wal: i64,
}

/// Statements about an account, but for those of the sweeper, which runs when it will.
const COSTS: &str = "
    SELECT left(query, 60) AS statement, calls, rows, shared_blks_hit + shared_blks_read AS pages,
      wal_records AS wal
    FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
    WHERE query LIKE '%account_key%' AND query NOT LIKE '%SKIP LOCKED%'
    ORDER BY query";

fn start_and_finish(program: &Program, name: &str) {
    let guesser = Device::over(program.client(), program.realm(), name, "a guess");
    let login: SessionStarted = cbor::decode(guesser.guess().success()).unwrap();
    let body = cbor::encode(&(login.login_id, Bytes([7u8; 64]), Blob(vec![8; 300])));
    assert_eq!(guesser.http.post(path::SESSION_FINISH, CBOR, &body).status, 403);
}

/// What ten logins cost that are refused at their end, statement by statement.
fn costs(program: &Program, connection: &mut PgConnection, kind: &str) -> Vec<Cost> {
    sql_query("SELECT pg_stat_statements_reset()").execute(connection).unwrap();
    names(kind).iter().for_each(|name| start_and_finish(program, name));
    sql_query(COSTS).load(connection).unwrap()
}

fn names(kind: &str) -> Vec<String> {
    (0..LOGINS).map(|n| format!("{kind}{n}")).collect()
}

/// The least that each statement has cost in a round: a table that has to grow just then costs more.
fn least(rounds: Vec<Vec<Cost>>) -> Vec<Cost> {
    let fewer = |one: Cost, other: Cost| Cost { pages: one.pages.min(other.pages), wal: one.wal.min(other.wal), ..one };
    let both =
        |one: Vec<Cost>, other: Vec<Cost>| one.into_iter().zip(other).map(|(one, other)| fewer(one, other)).collect();
    rounds.into_iter().reduce(both).unwrap()
}

/// Less than one for each login: Postgres tidies a page up at times when it reads it.
fn same(one: i64, other: i64) -> bool {
    one.abs_diff(other) < LOGINS
}

#[test]
fn a_login_touches_as_many_pages_and_writes_as_much_for_either_name() {
    let before = "CREATE EXTENSION pg_stat_statements".to_owned();
    let program = Program::start(BINARY, Engine::Postgres, &ProgramSettings { before, ..ProgramSettings::default() });
    let mut connection = program.database().unwrap().connect();
    register(&program);
    // The first time statements are prepared, and rows of the budget made.
    let _ = KINDS.map(|kind| costs(&program, &mut connection, kind));
    let rounds = in_turns(|kind| costs(&program, &mut connection, kind));
    let [registered, pending, unknown] = rounds.map(least);
    assert_eq!(registered.len(), 4, "a read and a write for each of the two exchanges: {registered:?}");
    for others in [pending, unknown] {
        assert_eq!(others.len(), 4, "{others:?}");
        for (one, other) in registered.iter().zip(&others) {
            assert_eq!((&one.statement, one.calls, one.rows), (&other.statement, other.calls, other.rows));
            assert!(same(one.pages, other.pages) && same(one.wal, other.wal), "{one:?} {other:?}");
        }
    }
}

/// SQLite is in the server's own process, so what that reads and writes tells what a login costs: answers, the log, and the files.
#[test]
fn a_server_on_sqlite_reads_and_writes_as_much_for_either_name() {
    let program = Program::start(BINARY, Engine::Sqlite, &ProgramSettings::default());
    register(&program);
    let moved = |kind: &str| {
        let before = bytes_moved(program.id());
        names(kind).iter().for_each(|name| start_and_finish(&program, name));
        let after = bytes_moved(program.id());
        [after[0] - before[0], after[1] - before[1]]
    };
    let _ = KINDS.map(moved);
    let rounds = in_turns(moved);
    let fewest = |rounds: &Vec<[u64; 2]>| [0, 1].map(|part| rounds.iter().map(|round| round[part]).min().unwrap());
    let [registered, pending, unknown] = [0, 1, 2].map(|kind: usize| fewest(&rounds[kind]));
    for others in [pending, unknown] {
        for (one, other) in registered.iter().zip(others) {
            assert!(one.abs_diff(other) < LOGINS * HALF, "{registered:?} {others:?}");
        }
    }
}

/// Bytes that a process has read and written so far, of files and sockets alike.
fn bytes_moved(process: u32) -> [u64; 2] {
    let text = fs::read_to_string(format!("/proc/{process}/io")).unwrap();
    ["rchar: ", "wchar: "].map(|what| text.lines().find_map(|line| line.strip_prefix(what)).unwrap().parse().unwrap())
}

fn register(program: &Program) {
    let device = |name: &String| Device::over(program.client(), program.realm(), name, "correct horse");
    names("registered").iter().for_each(|name| drop(device(name).registered()));
    names("pending").iter().for_each(|name| device(name).register_pending());
}

/// The kinds of names take turns, so that what else the machine does meets them all.
fn in_turns<T>(mut measure: impl FnMut(&str) -> T) -> [Vec<T>; 3] {
    let mut rounds = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (kind, rounds) in KINDS.into_iter().zip(&mut rounds) {
            rounds.push(measure(kind));
        }
    }
    rounds
}
