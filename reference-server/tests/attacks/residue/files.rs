//! What an operator has on disk: the files of the database, its log, a dump.

use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use lock_keeper_testbed::residue::{Findings, Needle, Needles, Person, key_encryption_key, keys_of_people};
use lock_keeper_testbed::{Engine, Program, ProgramSettings};

use super::MOST_TALKATIVE;
use super::work::works;
use crate::BINARY;

/// What somebody puts into the database in the clear.
const PLANTED: &str = "planted where everybody can see it";
const PLANT: &str = "CREATE TABLE planted AS SELECT 'planted where everybody can see it' AS text";

/// Every statement and every value in it, and whatever else Postgres can say of a connection.
const LOG_ALL: &str = "
    DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET log_statement = ''all''', current_database());
      EXECUTE format('ALTER DATABASE %I SET log_parameter_max_length = -1', current_database());
      EXECUTE format('ALTER DATABASE %I SET log_parameter_max_length_on_error = -1', current_database());
      EXECUTE format('ALTER DATABASE %I SET log_error_verbosity = verbose', current_database());
      EXECUTE format('ALTER DATABASE %I SET log_min_messages = debug2', current_database());
      EXECUTE format('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    END $$";

/// Looks for what was planted, and then for what must not be there.
struct Search {
    planted: Needles,
    secret: Needles,
}

impl Search {
    /// After a person's work.
    fn new(program: &Program) -> Self {
        let person = Person::random();
        let mut secret = works(&person, program);
        secret.extend(keys_of_people(program));
        secret.push(key_encryption_key(program));
        secret.push(person.name_needle());
        Self { planted: Needles::new(&[Needle::text("planted", PLANTED)]), secret: Needles::new(&secret) }
    }

    fn finds_only_what_was_planted(&self, place: &str, look: impl Fn(&Needles) -> Findings) {
        assert!(!look(&self.planted).is_empty(), "{place}: what was planted is not found");
        assert_eq!(look(&self.secret), Findings::new(), "{place}");
    }
}

fn nowhere(_: &Path) -> bool {
    false
}

#[test]
fn the_files_of_sqlite_hold_no_secret_no_name_and_no_key() {
    let settings = ProgramSettings { log_level: MOST_TALKATIVE.to_owned(), ..ProgramSettings::default() };
    let mut program = Program::start(BINARY, Engine::Sqlite, &settings);
    let search = Search::new(&program);
    let directory = program.sqlite_directory();
    let mut connection = SqliteConnection::establish(directory.join("store").to_str().unwrap()).unwrap();
    connection.batch_execute(&format!("PRAGMA busy_timeout = 5000; {PLANT}")).unwrap();
    let log = directory.join("store-wal");
    search.finds_only_what_was_planted("the write-ahead log", |needles| needles.in_file(&log));
    drop(connection);
    program.stop();
    assert!(!log.exists(), "the log goes into the file when the server ends");
    search.finds_only_what_was_planted("the files", |needles| needles.in_directory(&directory, &nowhere));
}

#[test]
fn the_files_the_log_and_a_dump_of_postgres_hold_no_secret_no_name_and_no_key() {
    let settings = ProgramSettings { before: LOG_ALL.to_owned(), ..ProgramSettings::default() };
    let program = Program::start(BINARY, Engine::Postgres, &settings);
    let search = Search::new(&program);
    let database = program.database().unwrap();
    let mut connection = database.connect();
    connection.batch_execute(&format!("{PLANT}; CHECKPOINT")).unwrap();

    let cluster = PathBuf::from(told(&mut connection, "current_setting('data_directory')"));
    let own = told(&mut connection, "(SELECT oid::text FROM pg_database WHERE datname = current_database())");
    let log = cluster.with_file_name("log");
    search.finds_only_what_was_planted("the log", |needles| needles.in_file(&log));
    let write_ahead = cluster.join("pg_wal");
    search.finds_only_what_was_planted("the write-ahead log", |needles| needles.in_directory(&write_ahead, &nowhere));
    // The databases of other tests are beside this one.
    let others = |path: &Path| {
        path == write_ahead || path.parent().is_some_and(|parent| parent.ends_with("base")) && !path.ends_with(&own)
    };
    search.finds_only_what_was_planted("the files", |needles| needles.in_directory(&cluster, &others));
    let dump = Command::new("pg_dump").arg(format!("--dbname={}", database.url())).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    search.finds_only_what_was_planted("a dump", |needles| needles.in_bytes(&dump.stdout));
}

fn told(connection: &mut PgConnection, what: &str) -> String {
    #[derive(QueryableByName)]
    struct Told {
        #[diesel(sql_type = Text)]
        told: String,
    }
    let row: Told = sql_query(format!("SELECT {what} AS told")).get_result(connection).unwrap();
    row.told
}
