//! The database under a server of either engine: made larger behind the server's back, and asked what it counted.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Double};
use diesel::{Connection, QueryableByName, SqliteConnection};

use crate::cluster::{Cluster, Database};

/// One engine's database.
pub(crate) enum Under<'a> {
    Postgres(Database<'a>),
    Sqlite(tempfile::TempDir),
}

/// What the statements of the server's own sessions added up to.
#[derive(QueryableByName)]
pub(crate) struct Counted {
    #[diesel(sql_type = BigInt)]
    pub(crate) pages: i64,
    #[diesel(sql_type = Double)]
    pub(crate) milliseconds: f64,
}

impl<'a> Under<'a> {
    pub(crate) fn postgres(cluster: &'a Cluster, name: &str) -> Self {
        let database = cluster.database(name);
        database.execute("CREATE EXTENSION pg_stat_statements");
        Self::Postgres(database)
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    pub(crate) fn engine(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "Postgres",
            Self::Sqlite(_) => "SQLite",
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Postgres(database) => database.url(),
            Self::Sqlite(folder) => format!("sqlite:{}", file(folder)),
        }
    }

    /// Accounts that nobody logs in to, with two entries and a secret each.
    pub(crate) fn add_accounts(&self, count: u64) {
        let (key, id) = (self.random(2), self.random(1));
        let columns = [60, 72, 232, 100, 72].map(|length| self.zeros(length)).join(", ");
        let [entry, secret, label, hash] = [160, 150, 130, 32].map(|length| self.zeros(length));
        self.execute(&format!(
            "CREATE TEMPORARY TABLE others AS {numbers} SELECT {key} AS k, {key} AS u FROM numbers;
             INSERT INTO account (account_key, user_id, state, suite, generation, created_at, finish_digest, sealed_name,
                 sealed_credential_id, sealed_record, sealed_storage_key, wrapped_data_key, kek_id)
               SELECT k, u, 1, 1, 0, 0, {hash}, {columns}, 'bench' FROM others ORDER BY k;
             INSERT INTO account_head (account_key, size, chain, generation, secrets, secret_bytes)
               SELECT k, 2, {hash}, 0, 1, 150 FROM others ORDER BY k;
             INSERT INTO attempt_budget (account_key, bucket, short_level, short_at, level, level_at, refused_count,
                 refused_first, refused_last, used_at)
               SELECT k, {hash}, 0, 0, 0, 0, 0, 0, 0, 0 FROM others ORDER BY k;
             INSERT INTO audit_entry (account_key, n, sealed_entry, leaf) SELECT k, 0, {entry}, {hash} FROM others ORDER BY k;
             INSERT INTO audit_entry (account_key, n, sealed_entry, leaf) SELECT k, 1, {entry}, {hash} FROM others ORDER BY k;
             INSERT INTO secret (account_key, secret, origin, kind, version, created_at, sealed_secret, sealed_label)
               SELECT k, {id}, 1, 1, 1, 0, {secret}, {label} FROM others ORDER BY k;
             DROP TABLE others;",
            numbers = numbers(count),
        ));
        self.settle();
    }

    /// Entries at the end of each real account's log.
    pub(crate) fn add_entries(&self, count: u64) {
        let [entry, leaf] = [160, 32].map(|length| self.zeros(length));
        self.execute(&format!(
            "{numbers} INSERT INTO audit_entry (account_key, n, sealed_entry, leaf)
               SELECT account_key, size + number - 1, {entry}, {leaf} FROM account_head, numbers WHERE size > 0;
             UPDATE account_head SET size = size + {count} WHERE size > 0;",
            numbers = numbers(count),
        ));
        self.settle();
    }

    /// Secrets of each real account.
    pub(crate) fn add_secrets(&self, count: u64) {
        let id = self.random(1);
        let [secret, label] = [150, 130].map(|length| self.zeros(length));
        self.execute(&format!(
            "{numbers} INSERT INTO secret (account_key, secret, origin, kind, version, created_at, sealed_secret, sealed_label)
               SELECT account_key, {id}, 1, 1, 1, 0, {secret}, {label} FROM account_head, numbers WHERE size > 0;
             UPDATE account_head SET secrets = secrets + {count}, secret_bytes = secret_bytes + 150 * {count} WHERE size > 0;",
            numbers = numbers(count),
        ));
        self.settle();
    }

    /// From here on is counted what the server's statements touch.
    pub(crate) fn count_from_here(&self) {
        if let Self::Postgres(database) = self {
            database.execute("SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)");
        }
    }

    /// What they touched, without what the server does each minute.
    pub(crate) fn counted(&self) -> Option<Counted> {
        let Self::Postgres(database) = self else { return None };
        Some(database.one(
            "SELECT sum(shared_blks_hit + shared_blks_read)::bigint AS pages, sum(total_exec_time) AS milliseconds
             FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
             WHERE d.datname = current_database() AND calls > 10",
        ))
    }

    fn execute(&self, sql: &str) {
        match self {
            Self::Postgres(database) => database.execute(sql),
            Self::Sqlite(folder) => {
                let mut connection = SqliteConnection::establish(&file(folder)).expect("the file can be opened");
                let settings = "PRAGMA busy_timeout = 60000; PRAGMA cache_size = -200000; PRAGMA temp_store = MEMORY;";
                let sql = format!("{settings} BEGIN IMMEDIATE; {sql} COMMIT; PRAGMA wal_checkpoint(TRUNCATE);");
                connection.batch_execute(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            }
        }
    }

    /// As it would be some time later: statistics made, pages written out.
    fn settle(&self) {
        if let Self::Postgres(database) = self {
            database.execute("VACUUM ANALYZE");
            database.checkpoint();
        }
    }

    /// So many times 16 random bytes.
    fn random(&self, times: usize) -> String {
        match self {
            Self::Postgres(_) => vec!["uuid_send(gen_random_uuid())"; times].join(" || "),
            Self::Sqlite(_) => format!("randomblob({})", 16 * times),
        }
    }

    fn zeros(&self, length: usize) -> String {
        match self {
            Self::Postgres(_) => format!("decode(repeat('00', {length}), 'hex')"),
            Self::Sqlite(_) => format!("zeroblob({length})"),
        }
    }
}

fn file(folder: &tempfile::TempDir) -> String {
    folder.path().join("store").display().to_string()
}

/// The numbers from 1 to that.
fn numbers(count: u64) -> String {
    format!(
        "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {count})"
    )
}
