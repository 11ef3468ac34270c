//! A store for one test, and short words for what most tests do with it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, QueryableByName, RunQueryDsl, SqliteConnection};
use lock_keeper_server::store::postgres::PostgresStore;
use lock_keeper_server::store::sqlite::SqliteStore;
use lock_keeper_server::store::{
    self, AccountKey, BucketLimits, Change, Charge, Connection, Head, LoginCommit, MessageCommit, NewAttempt, SENTINEL,
    STRANGERS, SessionRow, Store, StoreError, Usage,
};
use lock_keeper_testbed::postgres::Database;

use crate::samples::{
    ATTEMPT_LIVES, DEVICE_LIMITS, STRANGER_LIMITS, entries, new_account, new_session, next_chain, server_key,
};

/// One engine's store, with what lies under it.
pub(crate) struct Fixture {
    pub(crate) store: Box<dyn Store>,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) place: Place,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

/// Where the store keeps its data; removed with the fixture.
pub(crate) enum Place {
    Sqlite(tempfile::TempDir),
    Postgres(Database),
}

/// Runs a test on both engines.
pub(crate) fn each_engine(test: impl Fn(&Fixture)) {
    test(&Fixture::sqlite());
    test(&Fixture::postgres());
}

impl Drop for Fixture {
    #[expect(clippy::print_stdout, reason = "a test that fails says on which engine")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let engine = match self.place {
                Place::Sqlite(_) => "SQLite",
                Place::Postgres(_) => "Postgres",
            };
            println!("this happened on {engine}");
        }
    }
}

impl Fixture {
    pub(crate) fn sqlite() -> Self {
        let place = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        let store = open_sqlite(&place.path().join("store"), &clock);
        store.administration().migrate().unwrap();
        Self::ready(Box::new(store), clock, Place::Sqlite(place))
    }

    pub(crate) fn postgres() -> Self {
        Self::postgres_with(3)
    }

    pub(crate) fn postgres_with(pool_size: usize) -> Self {
        Self::postgres_in(Database::new(), pool_size)
    }

    fn postgres_in(database: Database, pool_size: usize) -> Self {
        let mut settings = database.settings(pool_size);
        let clock = Arc::new(AtomicI64::new(0));
        settings.clock_offset = Arc::clone(&clock);
        let store = PostgresStore::open(&settings).unwrap();
        Self::ready(Box::new(store), clock, Place::Postgres(database))
    }

    fn ready(store: Box<dyn Store>, clock: Arc<AtomicI64>, place: Place) -> Self {
        let sentinel = new_account(SENTINEL, 0xff, 0);
        assert!(store.administration().insert_first_keys(&[server_key("root")], &sentinel).unwrap());
        Self { store, clock, place }
    }

    /// A second server process on the same data.
    pub(crate) fn another_process(&self) -> Box<dyn Store> {
        match &self.place {
            Place::Sqlite(place) => Box::new(open_sqlite(&place.path().join("store"), &self.clock)),
            Place::Postgres(database) => {
                let mut settings = database.settings(1);
                settings.clock_offset = Arc::clone(&self.clock);
                Box::new(PostgresStore::open(&settings).unwrap())
            }
        }
    }

    pub(crate) fn pass(&self, milliseconds: i64) {
        self.clock.fetch_add(milliseconds, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> i64 {
        self.store.administration().now().unwrap()
    }

    /// Runs work as the service does, and waits where the store is busy.
    pub(crate) fn run<T>(
        &self,
        account: &AccountKey,
        mut work: impl FnMut(&mut dyn Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        loop {
            match store::run(self.store.as_ref(), "test", account, &mut work) {
                Err(StoreError::Busy) => {}
                answer => return answer,
            }
        }
    }

    /// A pending account of the key.
    pub(crate) fn register(&self, account: AccountKey) {
        let new = new_account(account, account[0], self.now());
        self.run(&account, |c| c.insert_account(&new, None)).unwrap();
    }

    /// Starts a login in a bucket; the attempt's id is one byte, sixteen times.
    pub(crate) fn start_in(
        &self,
        account: &AccountKey,
        attempt: u8,
        bucket: [u8; 32],
        limits: BucketLimits,
    ) -> Result<Charge, StoreError> {
        self.start_as(account, [attempt; 16], bucket, limits)
    }

    pub(crate) fn start_as(
        &self,
        account: &AccountKey,
        attempt: [u8; 16],
        bucket: [u8; 32],
        limits: BucketLimits,
    ) -> Result<Charge, StoreError> {
        self.run(account, |c| {
            let row = c.read_start(account, &bucket)?;
            c.charge(&NewAttempt {
                account: *account,
                attempt,
                now: row.now,
                expires_at: row.now + ATTEMPT_LIVES,
                decoded: row.decoded,
                user_id: row.user_id,
                generation: row.generation,
                bucket,
                limits,
                sealed_state: vec![4; 168],
            })
        })
    }

    /// Starts a login as a stranger.
    pub(crate) fn start(&self, account: &AccountKey, attempt: u8) -> Charge {
        self.start_in(account, attempt, STRANGERS, STRANGER_LIMITS).unwrap()
    }

    /// Finishes a login that a stranger started, on a device; changes the commit before it happens.
    pub(crate) fn finish_with(
        &self,
        account: &AccountKey,
        attempt: u8,
        device: u8,
        change: impl Fn(&mut LoginCommit),
    ) -> Result<SessionRow, StoreError> {
        self.run(account, |c| {
            let row = c.read_finish(account, &[attempt; 16])?;
            let open = row.attempt.ok_or(StoreError::AttemptTaken)?;
            let found = open.account.ok_or(StoreError::AttemptTaken)?;
            let mut login = LoginCommit {
                account: *account,
                now: row.now,
                head: found.head,
                chain: next_chain(&found.head, 1),
                attempt: [attempt; 16],
                charged: (open.bucket, if open.bucket == STRANGERS { STRANGER_LIMITS } else { DEVICE_LIMITS }),
                device: [device; 32],
                clear_refusals: false,
                logged: Vec::new(),
                entries: entries(&found.head, 1),
                session: new_session(attempt, found.user_id, found.head.generation, row.epoch, row.now),
                other_sessions: 3,
                secret: None,
            };
            change(&mut login);
            c.commit_login(&login)?;
            Ok(login.session)
        })
    }

    /// Starts and finishes a login.
    pub(crate) fn login(&self, account: &AccountKey, attempt: u8) -> SessionRow {
        assert_eq!(self.start(account, attempt), Charge::Granted);
        self.finish_with(account, attempt, attempt, |_| ()).unwrap()
    }

    /// Sends a message in a session: one entry, and a change.
    pub(crate) fn message(&self, account: &AccountKey, session: u8, change: Change) -> Result<(), StoreError> {
        self.run(account, |c| {
            let row = c.read_message(account, &[session; 16])?.ok_or(StoreError::AttemptTaken)?;
            let head = row.account.ok_or(StoreError::AttemptTaken)?.head;
            let mut next = row.session;
            next.next_seq += 1;
            next.used_at = row.now;
            next.last_answer = vec![9; 40];
            c.commit_message(&MessageCommit {
                account: *account,
                now: row.now,
                head,
                chain: next_chain(&head, 1),
                entries: entries(&head, 1),
                session: next,
                change: change.clone(),
            })
        })
    }

    /// An active account with a session, whose id is one byte.
    pub(crate) fn active(&self, account: AccountKey, session: u8) {
        self.register(account);
        self.login(&account, session);
        self.message(&account, session, Change::Complete { sealed_storage_key: vec![5; 100] }).unwrap();
    }

    /// The database under the store.
    pub(crate) fn database(&self) -> &Database {
        match &self.place {
            Place::Postgres(database) => database,
            Place::Sqlite(_) => panic!("this fixture is on SQLite"),
        }
    }

    /// The file under the store, over a connection of its own.
    pub(crate) fn file(&self) -> SqliteConnection {
        match &self.place {
            Place::Sqlite(place) => SqliteConnection::establish(place.path().join("store").to_str().unwrap()).unwrap(),
            Place::Postgres(_) => panic!("this fixture is on Postgres"),
        }
    }

    /// What the account's head says that the account holds.
    pub(crate) fn usage(&self, account: &AccountKey, session: u8) -> Usage {
        let row = self.run(account, |c| c.read_message(account, &[session; 16])).unwrap().unwrap();
        row.account.unwrap().usage
    }

    /// Heads that say anything else than what a sum over the secrets says.
    pub(crate) fn heads_that_count_wrong(&self) -> i64 {
        let sum = diesel::sql_query(
            "SELECT count(*) AS number FROM account_head h
             WHERE secrets <> (SELECT count(sealed_secret) FROM secret s WHERE s.account_key = h.account_key)
               OR secret_bytes <> (SELECT coalesce(sum(length(sealed_secret)), 0) FROM secret s WHERE s.account_key = h.account_key)",
        );
        let row: Number = match &self.place {
            Place::Sqlite(_) => sum.get_result(&mut self.file()).unwrap(),
            Place::Postgres(database) => sum.get_result(&mut database.connect()).unwrap(),
        };
        row.number
    }

    /// Writes to the database behind the store's back.
    pub(crate) fn behind_its_back(&self, sql: &str) {
        match &self.place {
            Place::Sqlite(_) => self.file().batch_execute(sql).unwrap(),
            Place::Postgres(database) => database.connect().batch_execute(sql).unwrap(),
        }
    }

    pub(crate) fn head(&self, account: &AccountKey, session: u8) -> Head {
        let row = self.run(account, |c| c.read_message(account, &[session; 16])).unwrap().unwrap();
        row.account.unwrap().head
    }
}

pub(crate) fn open_sqlite(path: &Path, clock: &Arc<AtomicI64>) -> SqliteStore {
    SqliteStore::open(path, Arc::clone(clock)).unwrap()
}
