//! Everything at once, on few accounts: nobody waits for each other in a circle, and no chain breaks.

use std::thread;

use lock_keeper_server::store::{Change, Charge, STRANGERS, StoreError, Usage};

use crate::fixture::{Fixture, each_engine};
use crate::samples::{STRANGER_LIMITS, insert, key};

const CLIENTS: u8 = 8;
const ROUNDS: u8 = 12;

/// A client that logs in, stores a secret and fails to log in, on two accounts in turn.
fn client(f: &Fixture, client: u8) {
    for round in 0..ROUNDS {
        let account = key(1 + round % 2);
        let id = client * ROUNDS + round + 10;
        // Others may have spent the strangers' budget for the moment.
        while f.start_as(&account, [id; 16], STRANGERS, STRANGER_LIMITS) != Ok(Charge::Granted) {
            f.store.administration().unlock(&account).unwrap_or_default();
        }
        f.finish_with(&account, id, id, |login| login.clear_refusals = true).unwrap();
        again(|| f.message(&account, id, Change::Secret(insert(id))));
        f.run(&account, |c| c.fail_attempt(&account, &[id; 16])).unwrap();
        let _ = f.store.administration().sweep(i64::MAX / 4, 10);
    }
}

/// The account may be moved more often than the store tries by itself.
fn again(message: impl Fn() -> Result<(), StoreError>) {
    while message() == Err(StoreError::HeadMoved) {}
}

#[test]
fn clients_on_the_same_accounts_neither_deadlock_nor_break_a_chain() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.active(key(2), 1);
        thread::scope(|scope| {
            for number in 0..CLIENTS {
                scope.spawn(move || client(f, number));
            }
        });
        for account in [key(1), key(2)] {
            let head = f.run(&account, |c| c.read_message(&account, &[1; 16])).unwrap().unwrap().account.unwrap().head;
            let done = i64::from(CLIENTS) * i64::from(ROUNDS) / 2;
            assert_eq!(head.size, 2 + 2 * done);
            let leaves = f.run(&account, |c| c.leaves(&account, 0, 1000)).unwrap();
            assert_eq!(leaves, (0..head.size).map(|n| [n as u8; 32]).collect::<Vec<_>>());
            assert_eq!(f.usage(&account, 1), Usage { secrets: done, bytes: 100 * done });
        }
        assert_eq!(f.store.counters().retries(), 0, "no deadlock");
    });
}
