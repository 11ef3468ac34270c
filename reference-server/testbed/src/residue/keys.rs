//! The keys of an account's sessions and its data key, which the server uses while it answers: read from the database with the server's
//! own keys.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};

use diesel::sql_types::{Binary, Text};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use lock_keeper_server::keys::{DataKey, KeyEncryptionKey, KeyError, KeyWrapper, LocalKeys, Place, ServerKeys};
use lock_keeper_server::store::Store;
use lock_keeper_server::store::postgres::PostgresStore;
use lock_keeper_server::store::sqlite::SqliteStore;
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use super::needles::Needle;
use crate::postgres::Database;
use crate::program::Program;
use crate::server::Server;

const SESSIONS: &str = "SELECT account_key, session, sealed_keys FROM session";
const ACCOUNTS: &str = "SELECT account_key, user_id, wrapped_data_key, kek_id FROM account WHERE state = 1";

#[derive(QueryableByName)]
struct SealedSession {
    #[diesel(sql_type = Binary)]
    account_key: Vec<u8>,
    #[diesel(sql_type = Binary)]
    session: Vec<u8>,
    #[diesel(sql_type = Binary)]
    sealed_keys: Vec<u8>,
}

#[derive(QueryableByName)]
struct WrappedAccount {
    #[diesel(sql_type = Binary)]
    account_key: Vec<u8>,
    #[diesel(sql_type = Binary)]
    user_id: Vec<u8>,
    #[diesel(sql_type = Binary)]
    wrapped_data_key: Vec<u8>,
    #[diesel(sql_type = Text)]
    kek_id: String,
}

/// Where a server keeps the keys of people, and what opens them.
pub struct KeptKeys<'a> {
    database: Option<&'a Database>,
    file: PathBuf,
    wrapper: Arc<dyn KeyWrapper>,
}

impl<'a> From<&'a Program> for KeptKeys<'a> {
    fn from(program: &'a Program) -> Self {
        let key = KeyEncryptionKey::parse(&fs::read(program.key_file()).expect("the file is this test's own"))
            .expect("the file is this test's own");
        let keys = LocalKeys::new([("first".to_owned(), key)], "first").expect("the key is among them");
        Self { database: program.database(), file: program.sqlite_file(), wrapper: Arc::new(keys) }
    }
}

impl<'a> From<&'a Server> for KeptKeys<'a> {
    fn from(server: &'a Server) -> Self {
        Self { database: server.database(), file: server.file(), wrapper: server.key_wrapper() }
    }
}

/// A data key shows itself to nobody; whoever unwraps it sees it.
struct Watching {
    inner: Arc<dyn KeyWrapper>,
    unwrapped: Mutex<Vec<Zeroizing<Vec<u8>>>>,
}

impl KeyWrapper for Watching {
    fn active(&self) -> &str {
        self.inner.active()
    }

    fn knows(&self, id: &str) -> bool {
        self.inner.knows(id)
    }

    fn wrap(&self, key: &[u8], context: &[u8], rng: &mut dyn CryptoRngCore) -> Result<Vec<u8>, KeyError> {
        self.inner.wrap(key, context, rng)
    }

    fn unwrap(&self, id: &str, wrapped: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let key = self.inner.unwrap(id, wrapped, context)?;
        self.unwrapped.lock().expect("nobody panics with it").push(key.clone());
        Ok(key)
    }
}

struct Rows {
    store: Arc<dyn Store>,
    sessions: Vec<SealedSession>,
    accounts: Vec<WrappedAccount>,
}

fn read(kept: &KeptKeys<'_>) -> Rows {
    if let Some(database) = kept.database {
        let mut connection = database.connect();
        Rows {
            store: Arc::new(PostgresStore::open(&database.settings(1)).expect("the database is this test's own")),
            sessions: sql_query(SESSIONS).load(&mut connection).expect("the database is this test's own"),
            accounts: sql_query(ACCOUNTS).load(&mut connection).expect("the database is this test's own"),
        }
    } else {
        let mut connection = SqliteConnection::establish(kept.file.to_str().expect("the database is this test's own"))
            .expect("the database is this test's own");
        Rows {
            store: Arc::new(
                SqliteStore::open(&kept.file, Arc::<AtomicI64>::default()).expect("the database is this test's own"),
            ),
            sessions: sql_query(SESSIONS).load(&mut connection).expect("the database is this test's own"),
            accounts: sql_query(ACCOUNTS).load(&mut connection).expect("the database is this test's own"),
        }
    }
}

/// The key-encryption key, which the server holds as long as it runs.
///
/// # Panics
/// Where its file can't be read.
#[must_use]
pub fn key_encryption_key(program: &Program) -> Needle {
    let text = fs::read_to_string(program.key_file()).expect("the database is this test's own");
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("it is in hex digits")).collect();
    Needle::bytes("the key-encryption key", &bytes)
}

/// The keys of every session that is kept, and the data key of every account.
///
/// # Panics
/// Where the database can't be read, or no session is kept.
#[must_use]
pub fn keys_of_people<'a>(of: impl Into<KeptKeys<'a>>) -> Vec<Needle> {
    let kept = of.into();
    let rows = read(&kept);
    let wrapper = Arc::new(Watching { inner: kept.wrapper, unwrapped: Mutex::default() });
    let keys = ServerKeys::load(rows.store.administration(), Arc::clone(&wrapper) as Arc<dyn KeyWrapper>)
        .expect("the database is this test's own");
    let own = wrapper.unwrapped.lock().expect("nobody panics with it").len();
    let mut needles = Vec::new();
    for row in &rows.sessions {
        let account: [u8; 32] = row.account_key.as_slice().try_into().expect("the database is this test's own");
        let place = Place { table: "session", column: "sealed_keys", account: &account, row: &row.session, version: 0 };
        let opened = keys.open(&place, &row.sealed_keys).expect("the database is this test's own");
        needles.extend(opened.chunks(32).map(|key| Needle::bytes("a key of a session", key)));
    }
    assert!(!needles.is_empty(), "sessions are kept for a quarter of an hour");
    for row in &rows.accounts {
        let account = row.account_key.as_slice().try_into().expect("the database is this test's own");
        let user_id = row.user_id.as_slice().try_into().expect("the database is this test's own");
        let _ = DataKey::unwrap(&*wrapper, &row.kek_id, &row.wrapped_data_key, &account, &user_id)
            .expect("the database is this test's own");
    }
    // The server's own keys were unwrapped first, and stay in its memory.
    let data_keys = &wrapper.unwrapped.lock().expect("nobody panics with it")[own..];
    assert_eq!(data_keys.len(), rows.accounts.len());
    needles.extend(data_keys.iter().map(|key| Needle::bytes("a data key", key)));
    needles
}
