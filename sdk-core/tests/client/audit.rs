//! The person's own log: filtered by the client, read in pages, and noticed where it was tampered with.

use std::sync::Arc;
use std::time::Duration;

use lock_keeper_core::{AuditCursor, AuditEntry, AuditFilter, AuditKind, Code, Outcome, Purpose, Session};
use lock_keeper_protocol::audit::Event;
use lock_keeper_protocol::cbor::Bytes;
use lock_keeper_protocol::message::Answer;
use lock_keeper_testbed::{Settings, each_engine, each_engine_with};

use crate::fixture::{Device, call, code, each_engine_and_length, generate, log, retrieve};
use crate::liar::{Kept, Liar};

fn filtered(session: &Session, filter: &AuditFilter) -> Vec<AuditEntry> {
    let page = session.audit(filter, AuditCursor::newest(), &call()).unwrap();
    assert!(page.next.is_none());
    page.entries
}

fn actions(entries: &[AuditEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.action).collect()
}

#[test]
fn the_log_is_filtered_by_kind_secret_and_time() {
    each_engine(|server| {
        let session = Device::new(server).register("ada", "correct horse").unwrap();
        let one = generate(&session).unwrap().info.id;
        let other = generate(&session).unwrap().info.id;
        server.advance(Duration::from_secs(3600));
        retrieve(&session, one).unwrap();
        session.export(other, &call()).unwrap();
        assert_eq!(code(retrieve(&session, session.new_secret_id())), Code::SecretNotFound);

        let about = AuditFilter { secrets: vec![one], ..AuditFilter::default() };
        assert_eq!(actions(&filtered(&session, &about)), ["retrieve", "generate"]);
        let both = AuditFilter { secrets: vec![one, other], ..AuditFilter::default() };
        assert_eq!(filtered(&session, &both).len(), 4);
        let kind = |kind| AuditFilter { kind: Some(kind), ..AuditFilter::default() };
        let secrets = filtered(&session, &kind(AuditKind::Secret));
        assert_eq!(actions(&secrets), ["retrieve", "retrieve_for_export", "retrieve", "generate", "generate"]);
        assert_eq!(secrets[0].outcome, Outcome::Refused);
        let account = filtered(&session, &kind(AuditKind::Account));
        assert_eq!(account.last().map(|entry| entry.action), Some("complete_registration"));
        assert!(filtered(&session, &kind(AuditKind::Login)).iter().all(|entry| entry.action == "login"));

        let later = secrets[2].at;
        let after = AuditFilter { after: Some(later), ..kind(AuditKind::Secret) };
        assert_eq!(filtered(&session, &after), secrets[..3]);
        let before = AuditFilter { before: Some(later), ..kind(AuditKind::Secret) };
        assert_eq!(filtered(&session, &before), secrets[3..]);
        let nothing = AuditFilter { after: Some(later), before: Some(later), ..AuditFilter::default() };
        assert!(filtered(&session, &nothing).is_empty());
    });
}

#[test]
fn the_log_says_what_each_entry_is() {
    each_engine(|server| {
        let phone = Device::new(server);
        let session = phone.register("ada", "correct horse").unwrap();
        assert_eq!(code(Device::new(server).open("ada", "wrong horse")), Code::WrongNameOrPassword);
        server.advance(Duration::from_secs(61));
        session.retrieve(generate(&session).unwrap().info.id, Purpose::LocalOnly, &call()).unwrap();
        let log = log(&session).unwrap();
        let numbers: Vec<u64> = log.iter().map(|entry| entry.n).rev().collect();
        assert_eq!(numbers, (0..log.len() as u64).collect::<Vec<_>>());
        let logins: Vec<_> = log.iter().filter(|entry| entry.kind == AuditKind::Login).collect();
        let wrong: Vec<_> = logins.iter().filter(|entry| entry.outcome == Outcome::NeverFinished).collect();
        assert_eq!((wrong.len(), wrong[0].known_device), (1, Some(false)), "the guess that was wrong");
        assert_eq!(logins.last().unwrap().known_device, Some(false), "the first login of the first device");
        assert_eq!(logins[0].known_device, Some(true));
    });
}

#[test]
fn a_long_log_is_read_in_pages_with_other_calls_between_them() {
    each_engine_and_length(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        // A session of one request writes a login beside each of them.
        let operations = server.settings().policy.request_session.operations;
        for _ in 0..if operations == 1 { 106 } else { 211 } {
            session.list(None, 1, &call()).unwrap();
        }
        let (entries, exchanges) = wire.exchanges(|| log(&session).unwrap());
        assert!(entries.len() > 210);
        let logins = exchanges.iter().filter(|path| *path == "session/finish").count();
        assert!(logins <= 1, "all pages are one operation");

        let newest = session.audit(&AuditFilter::default(), AuditCursor::newest(), &call()).unwrap();
        assert_eq!(newest.entries.len(), 100);
        generate(&session).unwrap();
        let older = session.audit(&AuditFilter::default(), newest.next.unwrap(), &call()).unwrap();
        assert_eq!(older.entries[0].n + 1, newest.entries[99].n);
        let elsewhere = device.open("ada", "correct horse").unwrap();
        generate(&elsewhere).unwrap();
        let oldest = session.audit(&AuditFilter::default(), older.next.unwrap(), &call()).unwrap();
        assert_eq!(oldest.entries[0].n + 1, older.entries[99].n);
    });
}

#[test]
fn a_device_that_is_far_behind_follows_the_log_before_it_believes_anything() {
    each_engine_with(&Settings::with_operations(64), |server| {
        let (tablet, wire) = Device::wired(server);
        let session = Device::new(server).register("ada", "correct horse").unwrap();
        let late = tablet.open("ada", "correct horse").unwrap();
        for _ in 0..530 {
            session.list(None, 1, &call()).unwrap();
        }
        // The session was idle meanwhile, so that it logs in anew: 500 entries come with the welcome, the others after it.
        server.advance(Duration::from_secs(121));
        let (entries, exchanges) = wire.exchanges(|| log(&late).unwrap());
        assert!(entries.len() > 530);
        assert_eq!(exchanges[..3], ["session/message", "session/start", "session/finish"]);
        let pages = entries.len().div_ceil(100);
        assert_eq!(exchanges.len(), 3 + 1 + pages - 1, "one exchange for the links that the welcome could not hold");
    });
}

/// What a new device says of a log that its server has changed.
fn read_changed(liar: &Arc<Liar>, honest: &Kept, change: impl FnOnce(&mut Kept)) -> Code {
    liar.restore(honest.clone());
    liar.change(change);
    let session = liar.device().open("ada", "correct horse").unwrap();
    code(log(&session))
}

#[test]
fn a_log_that_its_server_has_changed_is_noticed_even_by_a_new_device() {
    let liar = Liar::new();
    let session = liar.device().register("ada", "correct horse").unwrap();
    for _ in 0..3 {
        generate(&session).unwrap();
    }
    let honest = liar.back_up();
    let generated = honest.log.len() - 2;
    let event = honest.event(generated);
    assert!(matches!(event, Event::Operation { .. }));

    // Taken out, in the middle of it.
    assert_eq!(read_changed(&liar, &honest, |kept| drop(kept.log.remove(generated - 1))), Code::AuditTampered);
    // Put into another order.
    assert_eq!(read_changed(&liar, &honest, |kept| kept.log.swap(generated, generated - 1)), Code::AuditTampered);
    // Told twice.
    let again = event.clone();
    assert_eq!(read_changed(&liar, &honest, |kept| kept.append(again)), Code::AuditTampered);
    // Told otherwise, or as something that the owner never asked for.
    for change in [
        |event: &mut Event| {
            if let Event::Operation { action, .. } = event {
                *action = lock_keeper_protocol::audit::Action::Delete;
            }
        },
        |event: &mut Event| {
            if let Event::Operation { secret, .. } = event {
                secret.0 = None;
            }
        },
        |event: &mut Event| {
            if let Event::Operation { owner_tag, .. } = event {
                *owner_tag = Bytes([0; 32]);
            }
        },
        |event: &mut Event| {
            if let Event::Operation { frame, .. } = event {
                *frame += 1;
            }
        },
    ] {
        let mut changed = event.clone();
        change(&mut changed);
        assert_eq!(read_changed(&liar, &honest, |kept| kept.set_event(generated, changed)), Code::AuditTampered);
    }
    // Not changed at all, for comparison.
    liar.restore(honest);
    log(&liar.device().open("ada", "correct horse").unwrap()).unwrap();
}

#[test]
fn a_log_that_was_cut_back_is_a_roll_back_for_the_device_that_saw_it() {
    let liar = Liar::new();
    let device = liar.device();
    let session = device.register("ada", "correct horse").unwrap();
    generate(&session).unwrap();
    drop(session);
    liar.change(|kept| drop(kept.log.pop()));
    // The login that follows makes it as long as it was.
    assert_eq!(code(device.open("ada", "correct horse")), Code::RolledBack);
}

#[test]
fn a_page_that_was_changed_is_not_shown() {
    let liar = Liar::new();
    let session = liar.device().register("ada", "correct horse").unwrap();
    generate(&session).unwrap();
    let lies: [fn(&mut lock_keeper_protocol::message::AuditPage); 6] = [
        |page| drop(page.entries.pop()),
        |page| drop(page.entries.remove(0)),
        |page| page.entries[0].salt.0[0] ^= 1,
        |page| page.from += 1,
        |page| page.before.0[0] ^= 1,
        |page| page.head.0.as_mut().unwrap().chain.0[0] ^= 1,
    ];
    for lie in lies {
        liar.lie_in_answers(move |answer| {
            if let Answer::Audited(page) = answer {
                lie(page);
            }
        });
        assert_eq!(code(log(&session)), Code::AuditTampered);
    }
    liar.lie_in_answers(|_| {});
    log(&session).unwrap();
}
