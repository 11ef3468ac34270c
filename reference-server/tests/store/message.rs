//! A message happens whole, once, and in its turn.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use lock_keeper_server::store::{Change, MessageCommit, StoreError};

use crate::fixture::{Fixture, each_engine};
use crate::samples::{entries, insert, key, next_chain};

/// A commit that continues what is there now.
fn prepared(f: &Fixture, session: u8) -> MessageCommit {
    let row = f.run(&key(1), |c| c.read_message(&key(1), &[session; 16])).unwrap().unwrap();
    let head = row.account.unwrap().head;
    let mut next = row.session;
    next.next_seq += 1;
    next.last_answer = vec![4; 44];
    MessageCommit {
        account: key(1),
        now: row.now,
        head,
        chain: next_chain(&head, 1),
        entries: entries(&head, 1),
        session: next,
        change: Change::None,
    }
}

fn commit(f: &Fixture, message: &MessageCommit) -> Result<(), StoreError> {
    f.run(&key(1), |c| c.commit_message(message))
}

#[test]
fn a_message_moves_head_and_session_and_keeps_its_answer() {
    each_engine(|f| {
        f.active(key(1), 1);
        let message = prepared(f, 1);
        commit(f, &message).unwrap();
        let row = f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().unwrap();
        assert_eq!((row.session.next_seq, row.session.last_answer), (3, vec![4; 44]));
        let head = row.account.unwrap().head;
        assert_eq!((head.size, head.chain), (3, [3; 32]));
        let log = f.run(&key(1), |c| c.audit_entries(&key(1), 3, 2)).unwrap();
        assert_eq!(log.iter().map(|entry| (entry.n, entry.leaf[0])).collect::<Vec<_>>(), [(2, 2), (1, 1)]);
        assert_eq!(log[0].sealed_entry, vec![2; 160]);
    });
}

#[test]
fn when_the_head_moved_nothing_happens() {
    each_engine(|f| {
        f.active(key(1), 1);
        let mut late = prepared(f, 1);
        late.change = Change::Secret(insert(1));
        f.login(&key(1), 2);
        assert_eq!(commit(f, &late), Err(StoreError::HeadMoved));
        assert_eq!(f.head(&key(1), 1).size, 3);
        let row = f.run(&key(1), |c| c.read_message(&key(1), &[1; 16])).unwrap().unwrap();
        assert_eq!(row.session.next_seq, 2);
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[1; 16])).unwrap().is_none());
    });
}

#[test]
fn when_the_sessions_number_moved_nothing_happens() {
    each_engine(|f| {
        f.active(key(1), 1);
        let mut message = prepared(f, 1);
        message.session.next_seq += 1;
        message.change = Change::Secret(insert(1));
        assert_eq!(commit(f, &message), Err(StoreError::HeadMoved));
        assert_eq!(f.head(&key(1), 1).size, 2);
        assert!(f.run(&key(1), |c| c.secret(&key(1), &[1; 16])).unwrap().is_none());
        assert_eq!(f.run(&key(1), |c| c.leaves(&key(1), 0, 10)).unwrap().len(), 2);
    });
}

#[test]
fn a_continuation_moves_the_session_and_not_the_head() {
    each_engine(|f| {
        f.active(key(1), 1);
        let mut page = prepared(f, 1);
        page.entries.clear();
        page.chain = page.head.chain;
        commit(f, &page).unwrap();
        assert_eq!(f.head(&key(1), 1), page.head);
        assert_eq!(commit(f, &page), Err(StoreError::HeadMoved));
        let mut stale = prepared(f, 1);
        stale.entries.clear();
        stale.chain = stale.head.chain;
        f.login(&key(1), 2);
        assert_eq!(commit(f, &stale), Err(StoreError::HeadMoved));
    });
}

#[test]
fn the_same_frame_from_many_connections_acts_once() {
    each_engine(|f| {
        f.active(key(1), 1);
        let message = prepared(f, 1);
        let won = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| match commit(f, &message) {
                    Ok(()) => won.fetch_add(1, Ordering::Relaxed),
                    Err(StoreError::HeadMoved) => 0,
                    Err(other) => panic!("{other}"),
                });
            }
        });
        assert_eq!(won.into_inner(), 1);
        assert_eq!(f.head(&key(1), 1).size, 3);
    });
}

#[test]
fn parallel_messages_of_several_sessions_make_one_chain() {
    each_engine(|f| {
        f.active(key(1), 1);
        for session in 2..=4 {
            f.login(&key(1), session);
        }
        thread::scope(|scope| {
            for session in 1..=4 {
                scope.spawn(move || {
                    for _ in 0..5 {
                        while f.message(&key(1), session, Change::None) == Err(StoreError::HeadMoved) {}
                    }
                });
            }
        });
        let head = f.head(&key(1), 1);
        assert_eq!((head.size, head.chain), (25, [25; 32]));
        let leaves = f.run(&key(1), |c| c.leaves(&key(1), 0, 100)).unwrap();
        assert_eq!(leaves, (0..25).map(|n| [n; 32]).collect::<Vec<_>>());
    });
}

#[test]
fn two_server_processes_share_one_database() {
    each_engine(|f| {
        f.active(key(1), 1);
        let other = f.another_process();
        let row =
            lock_keeper_server::store::run(other.as_ref(), "test", &key(1), |c| c.read_message(&key(1), &[1; 16]));
        assert_eq!(row.unwrap().unwrap().account.unwrap().head.size, 2);
        let message = prepared(f, 1);
        lock_keeper_server::store::run(other.as_ref(), "test", &key(1), |c| c.commit_message(&message)).unwrap();
        assert_eq!(commit(f, &message), Err(StoreError::HeadMoved));
        assert_eq!(f.head(&key(1), 1).size, 3);
    });
}
