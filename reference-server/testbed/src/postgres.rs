//! A Postgres database for one test.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::{Connection, QueryableByName, RunQueryDsl};
use lock_keeper_server::store::Store;
use lock_keeper_server::store::postgres::{PostgresSettings, PostgresStore};

/// The environment variable with the cluster's URL, of a role that may make databases.
pub const URL_VARIABLE: &str = "LOCK_KEEPER_TEST_POSTGRES";

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/postgres");
/// The advisory lock under which the template is made: "template" in ASCII.
const TEMPLATE_LOCK: i64 = 0x7465_6d70_6c61_7465;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A fresh, migrated database, dropped with this value.
pub struct Database {
    name: String,
}

impl Database {
    /// Clones the template, which the first caller makes.
    ///
    /// # Panics
    /// Where no cluster can be reached: a test of Postgres must not pass without one.
    pub fn new() -> Self {
        let mut cluster = connect(&cluster_url());
        let template = template();
        make_template(&mut cluster, &template);
        Self::create(&mut cluster, &format!("TEMPLATE {template}"))
    }

    /// A database without any table.
    ///
    /// # Panics
    /// As [`Database::new`].
    pub fn empty() -> Self {
        Self::create(&mut connect(&cluster_url()), "")
    }

    fn create(cluster: &mut PgConnection, from: &str) -> Self {
        let name = format!("lk_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(cluster, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        run(cluster, &format!("CREATE DATABASE {name} {from}"));
        Self { name }
    }

    /// The URL of this database.
    pub fn url(&self) -> String {
        url_of(&self.name)
    }

    /// Settings for a store in this database.
    pub fn settings(&self, pool_size: usize) -> PostgresSettings {
        PostgresSettings::new(self.url().into(), pool_size)
    }

    /// A connection of the test's own.
    ///
    /// # Panics
    /// Where the database can't be reached.
    pub fn connect(&self) -> PgConnection {
        connect(&self.url())
    }

    /// Ends all connections to this database, as a restart of Postgres would.
    ///
    /// # Panics
    /// Where the cluster can't be reached.
    pub fn disconnect_all(&self) {
        let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", self.name);
        run(&mut connect(&cluster_url()), &end);
    }

    /// Lets nobody in from now on, or everybody again.
    ///
    /// # Panics
    /// Where the cluster can't be reached.
    pub fn allow_connections(&self, allow: bool) {
        run(&mut connect(&cluster_url()), &format!("ALTER DATABASE {} ALLOW_CONNECTIONS {allow}", self.name));
    }
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The cluster goes after the tests in any case, and a second panic here would hide the first one.
        if let Ok(mut cluster) = PgConnection::establish(&cluster_url()) {
            let _ = cluster.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}

/// The template's name has that of the newest migration in it, as a cluster may outlive a schema.
fn template() -> String {
    let folders = std::fs::read_dir(MIGRATIONS).expect("the migrations can be listed");
    let names = folders.flatten().map(|folder| folder.file_name().to_string_lossy().into_owned());
    format!("lock_keeper_template_{}", names.max().expect("there is a migration"))
}

/// Makes the template under another name first, so that one that was left half made is never cloned.
fn make_template(cluster: &mut PgConnection, template: &str) {
    run(cluster, &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"));
    if !exists(cluster, template) {
        let unfinished = format!("{template}_unfinished");
        run(cluster, &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"));
        run(cluster, &format!("CREATE DATABASE {unfinished}"));
        migrate(&url_of(&unfinished));
        run(cluster, &format!("ALTER DATABASE {unfinished} RENAME TO {template}"));
    }
    run(cluster, &format!("SELECT pg_advisory_unlock({TEMPLATE_LOCK})"));
}

fn migrate(url: &str) {
    let settings = PostgresSettings::new(url.to_owned().into(), 1);
    let store = PostgresStore::open(&settings).expect("the template can be opened");
    store.administration().migrate().expect("the template can be migrated");
}

fn exists(cluster: &mut PgConnection, template: &str) -> bool {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        found: bool,
    }
    let query = format!("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{template}') AS found");
    let row: Found = diesel::sql_query(query).get_result(cluster).expect("the cluster answers");
    row.found
}

fn run(connection: &mut PgConnection, sql: &str) {
    connection.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap_or_else(|error| panic!("{URL_VARIABLE} leads to no database: {error}"))
}

fn cluster_url() -> String {
    std::env::var(URL_VARIABLE).unwrap_or_else(|_| {
        panic!("the tests on Postgres need a cluster of their own: run them with `make test`, which starts a private cluster")
    })
}

/// The cluster's URL with another database.
fn url_of(database: &str) -> String {
    let url = cluster_url();
    let (server, _) = url.rsplit_once('/').expect("the cluster's URL ends with a database");
    format!("{server}/{database}")
}
