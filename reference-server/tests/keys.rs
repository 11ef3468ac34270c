//! Encryption at rest: what was sealed for one place opens nowhere else, and keys are replaced while the server serves.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use lock_keeper_protocol::identity::Realm;
use lock_keeper_server::keys::{
    DataKey, KeyEncryptionKey, KeyError, KeyWrapper, LocalKeys, Place, SETTLING_TIME, ServerKeys, rotate,
};
use lock_keeper_server::service::load_or_create_keys;
use lock_keeper_server::store::sqlite::SqliteStore;
use lock_keeper_server::store::{NewAccount, ServerKeyRow, Store, run};
use rand::rngs::OsRng;

const HEX: [&str; 3] = ["11", "22", "33"];

/// Key-encryption keys `a`, `b`, `c`, as many as `known`, with one of them active.
fn wrapper(known: &[&str], active: &str) -> Arc<LocalKeys> {
    let keys = known.iter().map(|id| {
        let at = ["a", "b", "c"].iter().position(|known| known == id).unwrap();
        ((*id).to_owned(), KeyEncryptionKey::parse(HEX[at].repeat(32).as_bytes()).unwrap())
    });
    Arc::new(LocalKeys::new(keys, active).unwrap())
}

/// A database with a clock that the test moves.
struct Database {
    store: SqliteStore,
    clock: Arc<AtomicI64>,
    _dir: tempfile::TempDir,
}

impl Database {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        let store = open(dir.path(), &clock);
        store.administration().migrate().unwrap();
        Self { store, clock, _dir: dir }
    }

    fn load_or_create(&self, wrapper: Arc<LocalKeys>) -> Result<ServerKeys, KeyError> {
        load_or_create_keys(self.store.administration(), wrapper, &Realm::new("keys.test").unwrap())
    }

    fn add_account(&self, wrapper: &dyn KeyWrapper, number: u8) {
        let (account, user_id) = ([number; 32], [number; 32]);
        let wrapped = DataKey::generate(&mut OsRng).wrap(wrapper, &account, &user_id, &mut OsRng).unwrap();
        let new = NewAccount {
            account,
            user_id,
            suite: 1,
            sealed_name: vec![1],
            sealed_credential_id: vec![1],
            sealed_record: vec![1],
            wrapped_data_key: wrapped.wrapped,
            kek_id: wrapped.kek_id,
            chain: [0; 32],
            finish_digest: [0; 32],
            now: 0,
        };
        run(&self.store, "test", &account, |connection| connection.insert_account(&new, None)).unwrap();
    }

    fn left_under_others_than(&self, id: &str) -> usize {
        let server_keys = self.store.administration().server_keys().unwrap();
        let accounts = self.store.administration().accounts_not_under(id, None, 1_000).unwrap();
        accounts.len() + server_keys.iter().filter(|row| row.kek_id != id).count()
    }
}

fn open(dir: &Path, clock: &Arc<AtomicI64>) -> SqliteStore {
    SqliteStore::open(&dir.join("db"), Arc::clone(clock)).unwrap()
}

const PLACE: Place<'static> =
    Place { table: "secret", column: "sealed_secret", account: &[1; 32], row: &[2; 16], version: 3 };

/// The place with one thing about it changed, each in turn.
fn other_places() -> [Place<'static>; 5] {
    [
        Place { table: "account", ..PLACE },
        Place { column: "sealed_label", ..PLACE },
        Place { account: &[9; 32], ..PLACE },
        Place { row: &[9; 16], ..PLACE },
        Place { version: 4, ..PLACE },
    ]
}

#[test]
fn a_sealed_value_opens_only_in_its_own_table_column_account_row_and_version() {
    let database = Database::new();
    let server = database.load_or_create(wrapper(&["a"], "a")).unwrap();
    let data = DataKey::generate(&mut OsRng);
    let by_data = data.seal(&PLACE, b"treasure", &mut OsRng);
    let by_server = server.seal(&PLACE, b"treasure", &mut OsRng);
    assert_eq!(data.open(&PLACE, &by_data).unwrap().as_slice(), b"treasure");
    assert_eq!(server.open(&PLACE, &by_server).unwrap().as_slice(), b"treasure");
    for place in other_places() {
        assert!(matches!(data.open(&place, &by_data), Err(KeyError::Open { .. })), "{place:?}");
        assert!(matches!(server.open(&place, &by_server), Err(KeyError::Open { .. })), "{place:?}");
    }
}

#[test]
fn a_sealed_value_that_was_changed_or_cut_anywhere_does_not_open() {
    let data = DataKey::generate(&mut OsRng);
    let sealed = data.seal(&PLACE, b"treasure", &mut OsRng);
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(data.open(&PLACE, &changed).is_err(), "byte {at}");
        assert!(data.open(&PLACE, &sealed[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn sealing_adds_the_lengths_that_the_documentation_says() {
    let server = Database::new().load_or_create(wrapper(&["a"], "a")).unwrap();
    let data = DataKey::generate(&mut OsRng);
    for length in [0, 1, 192] {
        let plaintext = vec![0; length];
        assert_eq!(data.seal(&PLACE, &plaintext, &mut OsRng).len(), length + 41);
        assert_eq!(server.seal(&PLACE, &plaintext, &mut OsRng).len(), length + 49);
    }
    assert_eq!(data.wrap(&*wrapper(&["a"], "a"), &[0; 32], &[0; 32], &mut OsRng).unwrap().wrapped.len(), 73);
}

#[test]
fn a_data_key_unwraps_only_for_its_own_account_and_user_id() {
    let wrapper = wrapper(&["a", "b"], "a");
    let key = DataKey::generate(&mut OsRng);
    let wrapped = key.wrap(&*wrapper, &[1; 32], &[2; 32], &mut OsRng).unwrap();
    let unwrap = |id: &str, account, user| DataKey::unwrap(&*wrapper, id, &wrapped.wrapped, account, user);
    assert!(unwrap("a", &[1; 32], &[2; 32]).is_ok());
    assert!(matches!(unwrap("a", &[9; 32], &[2; 32]), Err(KeyError::Unwrap(_))));
    assert!(matches!(unwrap("a", &[1; 32], &[9; 32]), Err(KeyError::Unwrap(_))));
    assert!(matches!(unwrap("b", &[1; 32], &[2; 32]), Err(KeyError::Unwrap(_))));
    assert!(matches!(unwrap("z", &[1; 32], &[2; 32]), Err(KeyError::UnknownKeyEncryptionKey(_))));
}

#[test]
fn keys_do_not_print_themselves() {
    let server = Database::new().load_or_create(wrapper(&["a"], "a")).unwrap();
    let shown = format!("{:?} {:?}", DataKey::generate(&mut OsRng), KeyEncryptionKey::generate(&mut OsRng));
    assert_eq!(shown, "DataKey(..) KeyEncryptionKey(..)");
    assert_eq!(format!("{server:?}"), format!("ServerKeys({})", server.fingerprint()));
}

#[test]
fn the_servers_keys_are_made_once_and_the_same_for_every_process() {
    let database = Database::new();
    let none = ServerKeys::load(database.store.administration(), wrapper(&["a"], "a"));
    assert!(matches!(none, Err(KeyError::NoServerKeys)));
    let all: Vec<ServerKeys> = std::thread::scope(|scope| {
        let makers: Vec<_> =
            (0..4).map(|_| scope.spawn(|| database.load_or_create(wrapper(&["a"], "a")).unwrap())).collect();
        makers.into_iter().map(|maker| maker.join().unwrap()).collect()
    });
    let sealed = all[0].seal(&PLACE, b"treasure", &mut OsRng);
    for keys in &all {
        assert_eq!(keys.fingerprint(), all[0].fingerprint());
        assert_eq!(keys.opaque_setup(), all[0].opaque_setup());
        assert_eq!(keys.derived().account_key(b"alice"), all[0].derived().account_key(b"alice"));
        assert_eq!(keys.open(&PLACE, &sealed).unwrap().as_slice(), b"treasure");
    }
    assert_eq!(database.store.administration().server_keys().unwrap().len(), 3);
}

#[test]
fn the_derived_keys_differ_from_each_other() {
    let keys = Database::new().load_or_create(wrapper(&["a"], "a")).unwrap();
    let derived = keys.derived();
    assert_ne!(derived.cookie(), derived.registration());
    assert_ne!(derived.account_key(b"alice"), derived.account_key(b"bob"));
    let account = derived.account_key(b"alice");
    assert_ne!(derived.decoy_credential_identifier(&account), account);
}

#[test]
fn the_fingerprint_of_another_database_is_refused() {
    let (here, there) = (Database::new(), Database::new());
    let keys = here.load_or_create(wrapper(&["a"], "a")).unwrap();
    let other = there.load_or_create(wrapper(&["a"], "a")).unwrap();
    assert!(keys.check_fingerprint(None).is_ok());
    assert!(keys.check_fingerprint(Some(&keys.fingerprint().to_uppercase())).is_ok());
    let refused = keys.check_fingerprint(Some(&other.fingerprint()));
    assert!(matches!(refused, Err(KeyError::Fingerprint { .. })));
}

#[test]
fn a_server_key_that_was_changed_or_put_in_the_place_of_another_is_refused() {
    let database = Database::new();
    database.load_or_create(wrapper(&["a"], "a")).unwrap();
    let rows = database.store.administration().server_keys().unwrap();
    let role = |role: &str| rows.iter().find(|row| row.role == role).unwrap().clone();
    let load = || ServerKeys::load(database.store.administration(), wrapper(&["a"], "a"));
    let root = role("root");
    let swapped = ServerKeyRow { wrapped: role("sealing").wrapped, ..root.clone() };
    database.store.administration().put_server_key(&swapped).unwrap();
    assert!(matches!(load(), Err(KeyError::Unwrap(_))));
    database.store.administration().put_server_key(&root).unwrap();
    assert!(load().is_ok());
}

#[test]
fn a_server_without_the_key_that_wrapped_its_keys_says_which_one_is_missing() {
    let database = Database::new();
    database.load_or_create(wrapper(&["a"], "a")).unwrap();
    let error = ServerKeys::load(database.store.administration(), wrapper(&["b"], "b")).unwrap_err();
    assert!(error.to_string().contains("\"a\""), "{error}");
}

#[test]
fn a_rotation_wraps_everything_under_the_new_key_and_the_old_one_can_go() {
    let database = Database::new();
    let before = database.load_or_create(wrapper(&["a"], "a")).unwrap();
    (1..=25).for_each(|number| database.add_account(&*wrapper(&["a"], "a"), number));
    let both = wrapper(&["a", "b"], "b");
    let mut reports = 0;
    let progress = rotate(database.store.administration(), &*both, 10, &mut OsRng, &mut |_| {
        reports += 1;
        ControlFlow::Continue(())
    })
    .unwrap();
    // 25 accounts and the sentinel: three batches, and the report that nothing is left.
    assert_eq!((progress.accounts, progress.server_keys, progress.done, reports), (26, 3, true, 4));
    assert_eq!(database.left_under_others_than("b"), 0);
    let after = ServerKeys::load(database.store.administration(), wrapper(&["b"], "b")).unwrap();
    let sealed = before.seal(&PLACE, b"treasure", &mut OsRng);
    assert_eq!(after.open(&PLACE, &sealed).unwrap().as_slice(), b"treasure");
    assert_eq!(after.fingerprint(), before.fingerprint());
}

#[test]
fn a_rotation_that_was_stopped_goes_on_where_it_was_and_a_third_key_may_come_between() {
    let database = Database::new();
    database.load_or_create(wrapper(&["a"], "a")).unwrap();
    (1..=25).for_each(|number| database.add_account(&*wrapper(&["a"], "a"), number));
    let rotate_with = |wrapper: Arc<LocalKeys>, stop: bool| {
        let flow = |_: &_| if stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        rotate(database.store.administration(), &*wrapper, 10, &mut OsRng, &mut { flow }).unwrap()
    };
    let stopped = rotate_with(wrapper(&["a", "b"], "b"), true);
    assert_eq!((stopped.accounts, stopped.done), (10, false));
    let all = wrapper(&["a", "b", "c"], "c");
    let rest = rotate_with(all, false);
    assert_eq!((rest.accounts, rest.done), (26, true));
    assert_eq!(database.left_under_others_than("c"), 0);
    assert_eq!(rotate_with(wrapper(&["c"], "c"), false).accounts, 0);
}

#[test]
fn accounts_that_come_while_a_rotation_runs_are_found_too() {
    let database = Database::new();
    database.load_or_create(wrapper(&["a"], "a")).unwrap();
    (100..=120).for_each(|number| database.add_account(&*wrapper(&["a"], "a"), number));
    let mut late = Some(5);
    let progress = rotate(database.store.administration(), &*wrapper(&["a", "b"], "b"), 10, &mut OsRng, &mut |_| {
        // A process that still has the old key as its active one makes an account behind the cursor.
        if let Some(number) = late.take() {
            database.add_account(&*wrapper(&["a"], "a"), number);
        }
        ControlFlow::Continue(())
    });
    assert!(progress.unwrap().done);
    assert_eq!(database.left_under_others_than("b"), 0);
}

#[test]
fn a_rotation_without_the_old_key_stops_and_changes_nothing() {
    let database = Database::new();
    database.load_or_create(wrapper(&["a"], "a")).unwrap();
    let stopped = rotate(database.store.administration(), &*wrapper(&["b"], "b"), 10, &mut OsRng, &mut |_| {
        ControlFlow::Continue(())
    });
    assert!(matches!(stopped, Err(KeyError::UnknownKeyEncryptionKey(id)) if id == "a"));
    assert!(ServerKeys::load(database.store.administration(), wrapper(&["a"], "a")).is_ok());
}

#[test]
fn a_new_sealing_key_is_loaded_by_all_before_it_seals_and_the_old_one_still_opens() {
    let database = Database::new();
    let administration = database.store.administration();
    let here = database.load_or_create(wrapper(&["a"], "a")).unwrap();
    let there = ServerKeys::load(administration, wrapper(&["a"], "a")).unwrap();
    let old = here.seal(&PLACE, b"old", &mut OsRng);

    assert!(ServerKeys::activate_sealing_key(administration).unwrap().is_none(), "no key waits");
    let id = ServerKeys::add_sealing_key(administration, &*wrapper(&["a"], "a"), &mut OsRng).unwrap();
    let early = ServerKeys::activate_sealing_key(administration);
    assert!(matches!(early, Err(KeyError::NotSettled { seconds: 299..=300 })), "{early:?}");
    there.refresh(administration).unwrap();
    database.clock.fetch_add(SETTLING_TIME.as_millis() as i64, Ordering::SeqCst);
    assert_eq!(ServerKeys::activate_sealing_key(administration).unwrap(), Some(id));

    here.refresh(administration).unwrap();
    let new = here.seal(&PLACE, b"new", &mut OsRng);
    assert_ne!(old[1..9], new[1..9], "the value names the key that sealed it");
    // It has loaded the key, but not yet heard that it is active.
    assert_eq!(there.open(&PLACE, &new).unwrap().as_slice(), b"new");
    assert_eq!(here.open(&PLACE, &old).unwrap().as_slice(), b"old");
}

#[test]
fn a_value_under_a_sealing_key_that_is_not_loaded_is_told_from_a_damaged_one() {
    let database = Database::new();
    let keys = database.load_or_create(wrapper(&["a"], "a")).unwrap();
    let mut sealed = keys.seal(&PLACE, b"treasure", &mut OsRng);
    sealed[3] ^= 1;
    assert!(matches!(keys.open(&PLACE, &sealed), Err(KeyError::UnknownSealingKey { .. })));
}
