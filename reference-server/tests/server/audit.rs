//! *Audit*: the log of an account, in pages that a client verifies.

use lock_keeper_protocol::audit::{
    self, Action, AttemptOutcome, AuditTampered, AuditVerifier, ChainHead, Event, OperationOutcome, VerifiedEntry,
};
use lock_keeper_protocol::cbor::{Bytes, Nullable};
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::message::{Answer, AuditPage, Continuation, Operation};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Session, Settings, each_engine, each_engine_with};

use crate::samples::{HOUR, MINUTE, PASSWORD, audit, list, problem, retrieve, store};

pub(crate) fn page(answer: Answer) -> AuditPage {
    match answer {
        Answer::Audited(page) => page,
        other => panic!("not a page of the log: {other:?}"),
    }
}

/// A verifier that trusts what the device saw when it logged in.
pub(crate) fn verifier(device: &Device, session: &Session) -> AuditVerifier {
    let realm = device.identities.realm.clone();
    AuditVerifier::new(realm, session.welcome.user_id, device.tag_key.clone(), session.welcome.head)
}

/// Logs in and reads the log page by page, newest entry first.
///
/// # Panics
/// Where it does not verify.
pub(crate) fn whole_log(device: &mut Device) -> Vec<VerifiedEntry> {
    let mut session = device.login();
    let mut verifier = verifier(device, &session);
    let mut entries = verifier.page(&page(session.request(audit(100)))).expect("the newest page verifies");
    while let Some(before @ 1..) = verifier.next_before() {
        let next = session.go_on(Continuation::Audit { before, limit: 100 });
        entries.extend(verifier.page(&page(next)).expect("an older page verifies"));
    }
    entries
}

/// What the owner asked for, newest first.
pub(crate) fn operations(log: &[VerifiedEntry]) -> Vec<(Action, OperationOutcome, Option<SecretId>)> {
    let operation = |entry: &VerifiedEntry| match &entry.entry.event {
        Event::Operation { action, outcome, secret, .. } => Some((*action, *outcome, secret.0)),
        _ => None,
    };
    log.iter().filter_map(operation).collect()
}

/// Who tried to log in, newest first: what came of it, and whether the device was known.
pub(crate) fn attempts(log: &[VerifiedEntry]) -> Vec<(AttemptOutcome, bool)> {
    let attempt = |entry: &VerifiedEntry| match &entry.entry.event {
        Event::Attempt { outcome, known_device, .. } => Some((*outcome, *known_device)),
        _ => None,
    };
    log.iter().filter_map(attempt).collect()
}

#[test]
fn everything_that_the_owner_did_is_in_the_log_and_verifies() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut other = device.another(server);
        let _ = device.login_with(store(1));
        let _ = other.login_with(retrieve(1));
        let _ = device.login().request(list(10));
        let log = whole_log(&mut other);
        let done = |action, secret| (action, OperationOutcome::Done, secret);
        let id = Some(crate::samples::id(1));
        assert_eq!(
            operations(&log),
            [
                done(Action::Audit, None),
                done(Action::List, None),
                done(Action::Retrieve, id),
                done(Action::Generate, id),
                done(Action::CompleteRegistration, None),
            ]
        );
        assert_eq!(attempts(&log).len(), 5);
        assert!(attempts(&log).iter().all(|(outcome, _)| *outcome == AttemptOutcome::Succeeded));
    });
}

#[test]
fn the_log_shows_itself_being_read() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let session = device.login_with(audit(1));
        let head = session.welcome.head;
        let answer = session.first_answer().clone();
        let page = page(answer);
        assert_eq!(page.head.0, Some(head));
        assert_eq!(page.from, head.size - 1);
        let newest = verifier(&device, &session).page(&page).unwrap().remove(0);
        assert!(matches!(newest.entry.event, Event::Operation { action: Action::Audit, .. }));
    });
}

#[test]
fn a_log_is_read_in_pages_of_any_size() {
    each_engine_with(&Settings::with_operations(16), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        for byte in 1..=6 {
            let _ = session.request(store(byte));
        }
        let mut session = device.login();
        let mut verifier = verifier(&device, &session);
        let mut places = Vec::new();
        let mut answer = session.request(audit(4));
        loop {
            let entries = verifier.page(&page(answer)).unwrap();
            places.extend(entries.iter().map(|entry| entry.n));
            match verifier.next_before() {
                Some(before @ 1..) => answer = session.go_on(Continuation::Audit { before, limit: 3 }),
                _ => break,
            }
        }
        let size = session.welcome.head.size + 1;
        assert_eq!(places, (0..size).rev().collect::<Vec<_>>());
    });
}

#[test]
fn guesses_and_refusals_of_strangers_are_in_the_log_after_the_next_login() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let stranger = Device::new(server, "ada", "a guess");
        for _ in 0..5 {
            let _ = stranger.guess().success();
        }
        for _ in 0..3 {
            stranger.guess().assert_refused(Problem::TooManyAttempts);
        }
        let mut wrong = device.start_login();
        wrong.ke3[0] ^= 1;
        device.send_finish(&wrong).assert_refused(Problem::LoginRefused);
        server.advance(2 * MINUTE);
        let log = whole_log(&mut device);
        let attempts = attempts(&log);
        // Newest first: the login that reads the log; the wrong KE3; five guesses; the two logins of the registration.
        assert_eq!(attempts[0], (AttemptOutcome::Succeeded, true));
        assert_eq!(attempts[1], (AttemptOutcome::Refused, true));
        assert_eq!(attempts[2..7], [(AttemptOutcome::NeverFinished, false); 5]);
        let refusals: Vec<u64> = log
            .iter()
            .filter_map(|entry| match entry.entry.event {
                Event::Refusals { count, .. } => Some(count),
                _ => None,
            })
            .collect();
        assert_eq!(refusals, [3]);
        // And there they stay, once.
        assert_eq!(operations(&whole_log(&mut device)).len(), 3);
        let again: Vec<_> = whole_log(&mut device);
        assert_eq!(again.iter().filter(|entry| matches!(entry.entry.event, Event::Refusals { .. })).count(), 1);
    });
}

#[test]
fn guesses_from_before_the_registration_are_not_in_the_log() {
    each_engine(|server| {
        let stranger = Device::new(server, "ada", "a guess");
        let _ = stranger.guess().success();
        server.advance(HOUR);
        let mut device = Device::register(server, "ada", PASSWORD);
        server.advance(HOUR);
        let log = whole_log(&mut device);
        assert!(attempts(&log).iter().all(|(outcome, _)| *outcome == AttemptOutcome::Succeeded));
    });
}

#[test]
fn the_welcome_proves_that_the_log_extends_what_the_device_saw() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let seen = device.seen.expect("it logged in");
        let mut other = device.another(server);
        for byte in 1..=3 {
            let _ = other.login_with(store(byte));
        }
        let welcome = device.login().welcome;
        assert_eq!(audit::extend(seen, &welcome.leaves.0), Ok(welcome.head));
        // A new device has nothing to compare with, and is sent nothing.
        assert!(device.another(server).login().welcome.leaves.0.is_empty());
    });
}

#[test]
fn a_device_that_is_far_behind_pages_the_links() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let seen = device.seen.expect("it logged in");
        let mut other = device.another(server);
        for byte in 1..=4 {
            let _ = other.login_with(store(byte));
        }
        let mut session = device.login();
        let mut head = seen;
        while head.size < session.welcome.head.size {
            let Answer::Links { leaves } = session.go_on(Continuation::Links { from: head.size, limit: 3 }) else {
                panic!("no links")
            };
            assert!(!leaves.0.is_empty() && leaves.0.len() <= 96);
            head = audit::extend(head, &leaves.0).unwrap();
        }
        assert_eq!(head, session.welcome.head);
        // Paging links is no operation: the one that the session may do is still there.
        assert!(matches!(session.request(list(1)), Answer::Listed { .. }));
    });
}

#[test]
fn links_that_are_not_there_are_refused() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let size = session.welcome.head.size;
        for (from, limit) in [(size + 1, 1), (u64::MAX, 1), (0, 0), (0, 1_501)] {
            assert_eq!(session.go_on(Continuation::Links { from, limit }), problem(Problem::Malformed));
        }
        let frame = session.seal_continuation(Continuation::Links { from: 0, limit: 1_500 });
        assert_eq!(session.send(&frame).success(), session.send(&frame).success());
    });
}

#[test]
fn a_page_of_the_log_from_a_place_that_is_not_there_is_refused() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        for before in [0, 1_000, u64::MAX] {
            let operation = Operation::Audit { before: Nullable(Some(before)), limit: 10 };
            assert_eq!(session.request(operation), problem(Problem::Malformed));
        }
        let _ = session.request(audit(1));
        for (before, limit) in [(0, 1), (1_000, 1), (1, 0), (1, 101), (u64::MAX, 1)] {
            assert_eq!(session.go_on(Continuation::Audit { before, limit }), problem(Problem::Malformed));
        }
    });
}

#[test]
fn a_page_of_the_log_that_is_sent_again_is_the_same_page() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let frame = session.seal(audit(1));
        let first = session.send(&frame);
        let _ = device.login();
        assert_eq!(session.send(&frame).success(), first.success());
        let frame = session.seal_continuation(Continuation::Audit { before: 2, limit: 2 });
        assert_eq!(session.send(&frame).success(), session.send(&frame).success());
    });
}

#[test]
fn an_operation_with_a_tag_of_another_key_is_noticed_by_whoever_reads_the_log() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        // The server keeps the tag and can't check it; nor could it make one.
        let good =
            std::mem::replace(&mut device.tag_key, lock_keeper_protocol::key::Key32::random(&mut rand::rngs::OsRng));
        let _ = device.login_with(store(1));
        device.tag_key = good;
        let mut session = device.login();
        let mut verifier = verifier(&device, &session);
        assert_eq!(verifier.page(&page(session.request(audit(100)))), Err(AuditTampered::NotTheOwner));
    });
}

#[test]
fn a_log_that_lost_what_a_device_saw_is_noticed() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let newest = page(session.request(audit(100)));
        let realm = device.identities.realm.clone();
        let seen = ChainHead { size: session.welcome.head.size + 5, chain: Bytes([9; 32]) };
        let mut verifier = AuditVerifier::new(realm, session.welcome.user_id, device.tag_key.clone(), seen);
        assert_eq!(verifier.page(&newest), Err(AuditTampered::DoesNotExtend));
    });
}
