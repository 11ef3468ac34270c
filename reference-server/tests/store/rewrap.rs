//! Data keys are wrapped anew while the server serves.

use lock_keeper_server::store::WrappedDataKey;

use crate::fixture::{Fixture, each_engine};
use crate::samples::key;

fn left(f: &Fixture, after: Option<[u8; 32]>, limit: i64) -> Vec<WrappedDataKey> {
    f.store.administration().accounts_not_under("second", after.as_ref(), limit).unwrap()
}

#[test]
fn rewrapping_goes_through_all_accounts_and_can_be_resumed() {
    each_engine(|f| {
        (1..=3).for_each(|byte| f.register(key(byte)));
        let page = left(f, None, 2);
        assert_eq!(page.iter().map(|row| row.account).collect::<Vec<_>>(), [key(1), key(2)]);
        for row in &page {
            assert!(f.store.administration().rewrap(row, &[9; 72], "second").unwrap());
        }
        // From the start again: what was done is not seen any more. The sentinel has a data key too.
        let rest = left(f, None, 10);
        assert_eq!(rest.iter().map(|row| row.account).collect::<Vec<_>>(), [key(3), [0xff; 32]]);
        assert_eq!(left(f, Some(key(3)), 10).len(), 1);
    });
}

#[test]
fn a_wrapping_is_replaced_only_if_it_is_the_one_that_was_read() {
    each_engine(|f| {
        f.register(key(1));
        let row = left(f, None, 1).remove(0);
        assert!(f.store.administration().rewrap(&row, &[9; 72], "second").unwrap());
        assert!(!f.store.administration().rewrap(&row, &[8; 72], "third").unwrap());
        f.login(&key(1), 1);
        let account = f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().unwrap().account.unwrap();
        assert_eq!((account.wrapped_data_key, account.kek_id), (vec![9; 72], "second".into()));
    });
}
