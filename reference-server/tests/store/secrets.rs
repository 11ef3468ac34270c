//! Secrets are written once, and deleted for good.

use lock_keeper_server::store::{Change, SecretChange, StoreError, Usage};

use crate::fixture::each_engine;
use crate::samples::{delete, insert, key};

#[test]
fn a_secret_is_kept_as_it_came() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
        let secret = f.run(&key(1), |c| c.secret(&key(1), &[1; 16])).unwrap().unwrap();
        assert_eq!((secret.origin, secret.kind, secret.version), (1, 1, 1));
        assert_eq!(secret.sealed, Some((vec![1; 100], vec![1; 30])));
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[2; 16])).unwrap().is_none());
    });
}

#[test]
fn an_id_is_used_once() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
        assert_eq!(f.message(&key(1), 1, Change::Secret(insert(1))), Err(StoreError::SecretExists));
        assert_eq!(f.head(&key(1), 1).size, 3);
        f.active(key(2), 1);
        f.message(&key(2), 1, Change::Secret(insert(1))).unwrap();
    });
}

#[test]
fn a_deleted_secret_leaves_a_tombstone_that_holds_its_id() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
        f.message(&key(1), 1, Change::Secret(delete(1))).unwrap();
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[1; 16])).unwrap().unwrap().sealed.is_none());
        assert_eq!(f.message(&key(1), 1, Change::Secret(insert(1))), Err(StoreError::SecretExists));
    });
}

#[test]
fn only_a_live_secret_can_be_deleted() {
    each_engine(|f| {
        f.active(key(1), 1);
        let delete = || f.message(&key(1), 1, Change::Secret(delete(1)));
        assert_eq!(delete(), Err(StoreError::HeadMoved));
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
        assert_eq!(delete(), Ok(()));
        assert_eq!(delete(), Err(StoreError::HeadMoved));
        assert_eq!(f.head(&key(1), 1).size, 4);
    });
}

#[test]
fn a_list_goes_on_after_an_id_and_leaves_out_what_was_deleted() {
    each_engine(|f| {
        f.active(key(1), 1);
        for id in [3, 1, 2, 4] {
            f.message(&key(1), 1, Change::Secret(insert(id))).unwrap();
        }
        f.message(&key(1), 1, Change::Secret(delete(2))).unwrap();
        let ids = |after: Option<[u8; 16]>, limit| {
            let page = f.run(&key(1), |c| c.secrets(&key(1), after.as_ref(), limit)).unwrap();
            page.iter().map(|item| (item.id[0], item.sealed_label[0], item.sealed_length)).collect::<Vec<_>>()
        };
        assert_eq!(ids(None, 2), [(1, 1, 100), (3, 3, 100)]);
        assert_eq!(ids(Some([3; 16]), 2), [(4, 4, 100)]);
    });
}

#[test]
fn what_an_account_holds_is_counted_with_each_store_and_each_delete() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.active(key(2), 1);
        assert_eq!(f.usage(&key(1), 1), Usage { secrets: 0, bytes: 0 });
        for id in 1..=3 {
            f.message(&key(1), 1, Change::Secret(insert(id))).unwrap();
        }
        assert!(f.message(&key(1), 1, Change::Secret(insert(3))).is_err());
        assert_eq!(f.usage(&key(1), 1), Usage { secrets: 3, bytes: 300 });
        f.message(&key(1), 1, Change::Secret(delete(2))).unwrap();
        assert!(f.message(&key(1), 1, Change::Secret(delete(2))).is_err());
        assert_eq!(f.usage(&key(1), 1), Usage { secrets: 2, bytes: 200 });
        // Beside KE3 too.
        f.start(&key(1), 2);
        f.finish_with(&key(1), 2, 2, |login| login.secret = Some(insert(4))).unwrap();
        f.start(&key(1), 3);
        f.finish_with(&key(1), 3, 3, |login| login.secret = Some(delete(1))).unwrap();
        assert_eq!(f.usage(&key(1), 1), Usage { secrets: 2, bytes: 200 });
        assert_eq!(f.usage(&key(2), 1), Usage::default());
        assert_eq!(f.heads_that_count_wrong(), 0);
    });
}

#[test]
fn a_delete_that_would_count_wrong_does_not_happen() {
    each_engine(|f| {
        f.active(key(1), 1);
        f.message(&key(1), 1, Change::Secret(insert(1))).unwrap();
        let wrong = SecretChange::Delete { id: [1; 16], sealed_length: 99 };
        assert_eq!(f.message(&key(1), 1, Change::Secret(wrong.clone())), Err(StoreError::HeadMoved));
        f.start(&key(1), 2);
        let login = f.finish_with(&key(1), 2, 2, |login| login.secret = Some(wrong.clone()));
        assert_eq!(login.err(), Some(StoreError::HeadMoved));
        assert_eq!(f.heads_that_count_wrong(), 0);
    });
}
