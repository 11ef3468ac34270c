//! A private Postgres cluster with its databases, and what it counts.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Double, Integer};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};

use crate::cpu;

/// A cluster that nobody else uses.
pub(crate) struct Cluster {
    url: String,
    postmaster: u32,
    /// The folder of a cluster that was started here, and is stopped here.
    folder: Option<tempfile::TempDir>,
}

/// What a cluster has written and waited for since it began.
#[derive(Clone, Copy, QueryableByName)]
pub(crate) struct Written {
    /// Bytes of its write-ahead log.
    #[diesel(sql_type = BigInt)]
    pub(crate) wal_bytes: i64,
    #[diesel(sql_type = BigInt)]
    syncs: i64,
    #[diesel(sql_type = Double)]
    sync_milliseconds: f64,
}

impl Written {
    /// How long one sync took on average since then.
    pub(crate) fn sync_since(&self, before: &Self) -> Duration {
        let syncs = (self.syncs - before.syncs).max(1) as f64;
        Duration::from_secs_f64((self.sync_milliseconds - before.sync_milliseconds) / syncs / 1_000.0)
    }
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    id: i32,
}

impl Cluster {
    /// The one that `make bench` has started, on this machine's disk as it is.
    pub(crate) fn on_this_disk() -> Self {
        let variable = lock_keeper_testbed::postgres::URL_VARIABLE;
        let url = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: run `make bench`"));
        Self::at(url, None)
    }

    /// One of its own, whose syncs take 1.6 ms longer (`floor/slow_sync.c`).
    pub(crate) fn on_a_slow_disk() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        // The user that Postgres runs as must get through.
        run(Command::new("chmod").arg("755").arg(folder.path()));
        let library = folder.path().join("slow_sync.so");
        let source = in_this_crate("benches/floor/slow_sync.c");
        run(Command::new("gcc").args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(source));
        let mut start = Command::new("bash");
        start.arg(in_this_crate("testbed/postgres.sh")).arg("start").arg(folder.path().join("cluster"));
        let output = start.env("LD_PRELOAD", &library).stderr(Stdio::inherit()).output().expect("bash is there");
        let said = String::from_utf8(output.stdout).expect("the script writes text");
        Self::at(said.lines().last().expect("the script ends with the address").to_owned(), Some(folder))
    }

    fn at(url: String, folder: Option<tempfile::TempDir>) -> Self {
        let mut connection = connect(&url);
        execute(&mut connection, "ALTER SYSTEM SET track_wal_io_timing = on");
        execute(&mut connection, "SELECT pg_reload_conf()");
        let backend: Backend = one(&mut connection, "SELECT pg_backend_pid() AS id");
        let postmaster = cpu::parent(u32::try_from(backend.id).expect("an id is positive"));
        Self { url, postmaster, folder }
    }

    /// A new, empty database.
    pub(crate) fn database(&self, name: &str) -> Database<'_> {
        let mut connection = connect(&self.url);
        let name = format!("bench_{name}");
        execute(&mut connection, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        execute(&mut connection, &format!("CREATE DATABASE {name}"));
        Database { cluster: self, name }
    }

    /// What all its processes have used.
    pub(crate) fn cpu(&self) -> Duration {
        cpu::of_family(self.postmaster)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let mut stop = Command::new("bash");
            stop.arg(in_this_crate("testbed/postgres.sh")).arg("stop").arg(folder.path().join("cluster"));
            // It goes with its folder in any case.
            let _ = stop.status();
        }
    }
}

/// A database, dropped with this value.
pub(crate) struct Database<'a> {
    pub(crate) cluster: &'a Cluster,
    name: String,
}

impl Database<'_> {
    pub(crate) fn url(&self) -> String {
        let (server, _) = self.cluster.url.rsplit_once('/').expect("the address ends with a database");
        format!("{server}/{}", self.name)
    }

    pub(crate) fn connect(&self) -> PgConnection {
        connect(&self.url())
    }

    pub(crate) fn execute(&self, sql: &str) {
        execute(&mut self.connect(), sql);
    }

    pub(crate) fn one<T: QueryableByName<diesel::pg::Pg> + 'static>(&self, sql: &str) -> T {
        one(&mut self.connect(), sql)
    }

    pub(crate) fn written(&self) -> Written {
        self.one(
            "SELECT (pg_current_wal_lsn() - '0/0')::bigint AS wal_bytes, wal_sync AS syncs,
               wal_sync_time AS sync_milliseconds FROM pg_stat_wal",
        )
    }

    /// Writes out what is dirty, so that a run does not pay for the one before it.
    pub(crate) fn checkpoint(&self) {
        self.execute("CHECKPOINT");
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        // The cluster goes soon after, and a second panic would hide the first one.
        if let Ok(mut connection) = PgConnection::establish(&self.cluster.url) {
            let _ = connection.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

/// A file of this crate.
pub(crate) fn in_this_crate(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a program to its good end, and answers what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("programs print text")
}

fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).expect("the cluster answers")
}

fn execute(connection: &mut PgConnection, sql: &str) {
    connection.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn one<T: QueryableByName<diesel::pg::Pg> + 'static>(connection: &mut PgConnection, sql: &str) -> T {
    sql_query(sql).get_result(connection).unwrap_or_else(|error| panic!("{sql}: {error}"))
}
