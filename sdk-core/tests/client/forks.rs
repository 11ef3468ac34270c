//! A server that shows each device another continuation of the log, and one that lies of what an answer appended to it.

use std::sync::Arc;

use lock_keeper_core::{Code, Session};
use lock_keeper_protocol::cbor::Blob;
use lock_keeper_protocol::message::Reply;

use crate::fixture::{Device, call, code, error, generate, log};
use crate::liar::{Kept, Liar};

const PASSWORD: &str = "correct horse";

/// Two devices, each of which knows a branch that the other one has not seen. The server shows the second branch.
struct Fork {
    liar: Arc<Liar>,
    phone: (Device, Session),
    tablet: (Device, Session),
    phones: Kept,
    tablets: Kept,
}

fn fork() -> Fork {
    let liar = Liar::new();
    let (phone, tablet) = (liar.device(), liar.device());
    generate(&phone.register("ada", PASSWORD).unwrap()).unwrap();
    drop(tablet.open("ada", PASSWORD).unwrap());
    let trunk = liar.back_up();

    let work = |device: &Device| {
        let session = device.open("ada", PASSWORD).unwrap();
        generate(&session).unwrap();
        session
    };
    let on_phone = work(&phone);
    let phones = liar.back_up();
    liar.restore(trunk);
    let on_tablet = work(&tablet);
    let tablets = liar.back_up();
    Fork { liar, phone: (phone, on_phone), tablet: (tablet, on_tablet), phones, tablets }
}

#[test]
fn a_fork_is_a_roll_back_for_each_device_that_is_shown_the_others_branch() {
    let Fork { liar, phone, tablet, phones, tablets } = fork();
    // Both branches are as long, so that no length tells them apart.
    assert_eq!(phones.log.len(), tablets.log.len());
    assert_eq!(code(phone.0.open("ada", PASSWORD)), Code::RolledBack);
    liar.restore(phones.clone());
    assert_eq!(code(tablet.0.open("ada", PASSWORD)), Code::RolledBack);
    // Each goes on with its own.
    liar.restore(phones);
    phone.0.open("ada", PASSWORD).unwrap();
    liar.restore(tablets);
    tablet.0.open("ada", PASSWORD).unwrap();
}

#[test]
fn a_session_that_is_shown_another_branch_says_so_when_it_reads_the_log() {
    let Fork { liar, phone, tablet, phones, .. } = fork();
    assert_eq!(code(log(&phone.1)), Code::AuditTampered);
    liar.restore(phones);
    assert_eq!(code(log(&tablet.1)), Code::AuditTampered);
}

#[test]
fn branches_that_are_joined_again_are_noticed_by_a_device_that_saw_neither() {
    let Fork { liar, tablet, phones, .. } = fork();
    liar.restore(phones);
    log(&liar.device().open("ada", PASSWORD).unwrap()).unwrap();
    // The tablet works on, on what the server says is its branch; its entry names a head that is not in the other one.
    generate(&tablet.1).unwrap();
    let session = liar.device().open("ada", PASSWORD).unwrap();
    assert_eq!(code(log(&session)), Code::AuditTampered);
}

/// What follows an answer that came with such leaves: the next page of the log, and the next login.
fn after(lie: impl Fn(&mut Reply) + Send + Sync + 'static) -> (Code, Code) {
    let liar = Liar::new();
    let device = liar.device();
    let session = device.register("ada", PASSWORD).unwrap();
    session.list(None, 10, &call()).unwrap();
    liar.lie_in_replies(lie);
    generate(&session).unwrap();
    liar.lie_in_replies(|_| {});
    (code(log(&session)), code(device.open("ada", PASSWORD)))
}

#[test]
fn lies_of_what_an_answer_appended_are_noticed_in_the_log_and_at_the_next_login() {
    let noticed = (Code::AuditTampered, Code::RolledBack);
    assert_eq!(after(|reply| reply.leaves.0[0] ^= 1), noticed, "another entry");
    assert_eq!(after(|reply| reply.leaves.0.extend([7; 32])), noticed, "one more than there is");
    assert_eq!(after(|reply| reply.leaves = Blob(vec![7; 64])), noticed, "others");
}

#[test]
fn broken_leaves_are_a_violation_and_a_call_that_acts_says_that_it_may_have_happened() {
    let liar = Liar::new();
    let session = liar.device().register("ada", PASSWORD).unwrap();
    session.list(None, 10, &call()).unwrap();
    for length in [1, 31, 33] {
        liar.lie_in_replies(move |reply| reply.leaves = Blob(vec![7; length]));
        let failed = error(generate(&session));
        assert_eq!((failed.code, failed.may_have_happened), (Code::ProtocolViolation, true), "{length} bytes");
        // The next one logs in, and its answer is in the welcome, of which nothing is a lie.
        session.list(None, 10, &call()).unwrap();
    }
    liar.lie_in_replies(|_| {});
    log(&session).unwrap();
}

#[test]
fn an_answer_that_says_nothing_of_what_it_appended_is_caught_up_with_at_the_next_login() {
    let liar = Liar::new();
    let device = liar.device();
    let session = device.register("ada", PASSWORD).unwrap();
    session.list(None, 10, &call()).unwrap();
    liar.lie_in_replies(|reply| reply.leaves = Blob(Vec::new()));
    generate(&session).unwrap();
    let before = liar.back_up();
    device.open("ada", PASSWORD).unwrap();
    // From then on the device has seen it.
    liar.restore(before);
    liar.change(|kept| drop(kept.log.pop()));
    assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
}
