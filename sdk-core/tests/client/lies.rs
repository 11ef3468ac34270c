//! Servers that lie. Each lie has its own error, and nothing of it reaches the app.

#![allow(clippy::type_complexity, reason = "each lie is a name and what it does")]

use lock_keeper_core::{Code, NewSecret, Origin, Purpose, SecretId, Session};
use lock_keeper_protocol::cbor::{Blob, Nullable};
use lock_keeper_protocol::identity::UserId;
use lock_keeper_protocol::message::{Answer, SessionKind};
use lock_keeper_protocol::opaque::ServerSetup;
use lock_keeper_testbed::{Engine, Server, each_engine};
use rand::rngs::OsRng;

use crate::fixture::{Device, call, code, error, generate, import, one_engine, retrieve, secret};
use crate::liar::Liar;
use crate::wire::{Wire, config};

const PASSWORD: &str = "correct horse";

/// An account with two secrets.
fn account(liar: &std::sync::Arc<Liar>) -> (Device, Session, SecretId, SecretId) {
    let device = liar.device();
    let session = device.register("ada", PASSWORD).unwrap();
    let label = |text: &str| NewSecret { label: Some(text.to_owned()), ..NewSecret::default() };
    let one = session.generate(label("one"), &call()).unwrap().info.id;
    let other = session.generate(label("other"), &call()).unwrap().info.id;
    (device, session, one, other)
}

#[test]
fn the_liar_is_a_good_server_as_long_as_it_is_honest() {
    let liar = Liar::new();
    let (device, session, one, other) = account(&liar);
    assert_eq!(session.list(None, 10, &call()).unwrap().len(), 2);
    session.change_password(secret(PASSWORD), secret("a new horse"), &call()).unwrap();
    let again = device.open("ada", "a new horse").unwrap();
    assert_eq!(retrieve(&again, one).unwrap().info.label.as_deref(), Some("one"));
    assert_eq!(retrieve(&session, other).unwrap().info.label.as_deref(), Some("other"));
    assert!(crate::fixture::log(&again).unwrap().len() > 5);
}

#[test]
fn secrets_that_were_swapped_or_changed_are_noticed() {
    let liar = Liar::new();
    let (_, session, one, other) = account(&liar);
    let imported = import(&session, b"brought").unwrap().id;
    let honest = liar.back_up();
    let swaps: [&dyn Fn(&mut crate::liar::Kept); 6] = [
        &|kept| {
            let secret = kept.secrets[&other].clone();
            kept.secrets.insert(one, secret);
        },
        &|kept| kept.secrets.get_mut(&one).unwrap().origin = Origin::Imported,
        &|kept| {
            let secret = kept.secrets[&other].sealed_secret.clone();
            kept.secrets.get_mut(&one).unwrap().sealed_secret = secret;
        },
        &|kept| {
            let label = kept.secrets[&other].sealed_label.clone();
            kept.secrets.get_mut(&one).unwrap().sealed_label = label;
        },
        &|kept| kept.secrets.get_mut(&one).unwrap().sealed_secret.0[40] ^= 1,
        &|kept| kept.secrets.get_mut(&one).unwrap().sealed_secret = Blob(Vec::new()),
    ];
    for swap in swaps {
        liar.change(swap);
        assert_eq!(code(session.retrieve(one, Purpose::LocalOnly, &call())), Code::DataTampered);
        assert_eq!(code(session.export(one, &call())), Code::DataTampered);
        // What was not touched still opens.
        retrieve(&session, imported).unwrap();
        let secrets = honest.secrets.clone();
        liar.change(|kept| kept.secrets = secrets);
    }
}

#[test]
fn a_list_with_labels_that_were_swapped_is_noticed() {
    let liar = Liar::new();
    let (_, session, one, other) = account(&liar);
    liar.change(|kept| {
        let label = kept.secrets[&other].sealed_label.clone();
        kept.secrets.get_mut(&one).unwrap().sealed_label = label;
    });
    assert_eq!(code(session.list(None, 10, &call())), Code::DataTampered);
}

#[test]
fn a_list_that_goes_in_circles_is_noticed() {
    let liar = Liar::new();
    let (_, session, ..) = account(&liar);
    liar.lie_in_answers(|answer| {
        if let Answer::Listed { items, more } = answer {
            items.reverse();
            *more = true;
        }
    });
    assert_eq!(code(session.list(None, 10, &call())), Code::ProtocolViolation);
}

#[test]
fn an_answer_to_another_question_is_noticed_and_a_call_that_acts_says_so() {
    let liar = Liar::new();
    let (_, session, one, _) = account(&liar);
    liar.lie_in_answers(|answer| *answer = Answer::Done);
    let failed = error(retrieve(&session, one));
    assert_eq!((failed.code, failed.may_have_happened), (Code::ProtocolViolation, false));
    assert_eq!(code(session.list(None, 10, &call())), Code::ProtocolViolation);
    let failed = error(generate(&session));
    assert_eq!((failed.code, failed.may_have_happened), (Code::ProtocolViolation, true));
}

#[test]
fn a_storage_key_that_is_missing_or_changed_opens_nothing() {
    let liar = Liar::new();
    let (_, session, ..) = account(&liar);
    drop(session);
    liar.lie_in_welcomes(|welcome| welcome.sealed_storage_key = Nullable(None));
    assert_eq!(code(liar.device().open("ada", PASSWORD)), Code::ProtocolViolation);
    liar.lie_in_welcomes(|welcome| welcome.sealed_storage_key.0.as_mut().unwrap().0[50] ^= 1);
    assert_eq!(code(liar.device().open("ada", PASSWORD)), Code::DataTampered);
    // It is bound to the account and the generation that it was sealed for.
    liar.lie_in_welcomes(|welcome| welcome.user_id = UserId([9; 32]));
    assert_eq!(code(liar.device().open("ada", PASSWORD)), Code::DataTampered);
    liar.lie_in_welcomes(|welcome| welcome.generation += 1);
    assert_eq!(code(liar.device().open("ada", PASSWORD)), Code::DataTampered);
}

#[test]
fn a_backup_that_was_restored_is_noticed_by_every_device_that_saw_more() {
    let liar = Liar::new();
    let (device, session, ..) = account(&liar);
    let old = liar.back_up();
    generate(&session).unwrap();
    drop(session);
    liar.restore(old);
    assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
    // Still so at the next attempt: nothing was overwritten.
    assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
    // A new device cannot know.
    liar.device().open("ada", PASSWORD).unwrap();
}

#[test]
fn a_session_that_is_unlocked_notices_a_restored_backup_with_its_next_login() {
    let liar = Liar::new();
    let (_, session, ..) = account(&liar);
    let old = liar.back_up();
    generate(&session).unwrap();
    liar.restore(old);
    // A session of the protocol takes sixteen requests.
    let asked: Vec<_> = (0..17).map(|_| session.list(None, 1, &call()).map(drop)).collect();
    assert_eq!(asked.into_iter().find_map(Result::err).map(|error| error.code), Some(Code::RolledBack));
}

#[test]
fn the_old_password_of_a_restored_backup_is_a_roll_back() {
    let liar = Liar::new();
    let (device, session, ..) = account(&liar);
    let old = liar.back_up();
    session.change_password(secret(PASSWORD), secret("a new horse"), &call()).unwrap();
    drop(session);
    // The old record comes back, with a log that goes on as if nothing had been.
    let log = liar.back_up().log;
    liar.restore(old);
    liar.change(|kept| kept.log = log);
    assert_eq!(code(device.open("ada", "a new horse")), Code::WrongNameOrPassword);
    assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
}

#[test]
fn an_account_that_was_active_and_is_pending_again_is_a_roll_back_and_gets_no_new_key() {
    let liar = Liar::new();
    let (device, session, ..) = account(&liar);
    drop(session);
    liar.change(|kept| kept.sealed_storage_key = None);
    assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
    assert_eq!(code(device.register("ada", PASSWORD)), Code::RolledBack);
    assert!(liar.back_up().sealed_storage_key.is_none());
}

#[test]
fn a_log_with_another_past_is_a_roll_back() {
    let liar = Liar::new();
    let (device, session, ..) = account(&liar);
    drop(session);
    let honest = liar.back_up();
    liar.change(|kept| kept.log[1].salt.0[0] ^= 1);
    assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
    liar.restore(honest.clone());
    liar.lie_in_welcomes(|welcome| welcome.leaves = Blob(welcome.leaves.0[..31].to_vec()));
    assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
    liar.lie_in_welcomes(|welcome| welcome.head.size += 1);
    assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
    liar.lie_in_welcomes(|welcome| welcome.kind = SessionKind::Registration);
    assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
    liar.restore(honest);
    liar.lie_in_welcomes(|_| {});
    device.open("ada", PASSWORD).unwrap();
}

#[test]
fn an_account_that_was_deleted_and_registered_anew_elsewhere_is_not_the_one_that_this_device_knows() {
    one_engine(|server| {
        let (phone, tablet) = (Device::new(server), Device::new(server));
        let session = phone.register("ada", PASSWORD).unwrap();
        tablet.open("ada", PASSWORD).unwrap();
        session.delete_account(secret(PASSWORD), &call()).unwrap();
        phone.register("ada", PASSWORD).unwrap();
        assert_eq!(code(tablet.open("ada", PASSWORD)), Code::RolledBack);
        tablet.client.forget("ada").unwrap();
        tablet.open("ada", PASSWORD).unwrap();
    });
}

#[test]
fn a_database_that_was_set_back_is_noticed_on_both_engines() {
    each_engine(|server| {
        let device = Device::new(server);
        let session = device.register("ada", PASSWORD).unwrap();
        let kept = generate(&session).unwrap();
        let tables = ["account", "account_head", "secret", "audit_entry"];
        for table in tables {
            server.execute(&format!("CREATE TABLE before_{table} AS SELECT * FROM {table}"));
        }
        generate(&session).unwrap();
        server.execute("DELETE FROM session; DELETE FROM attempt");
        for table in tables.iter().rev() {
            server.execute(&format!("DELETE FROM {table}"));
        }
        for table in tables {
            server.execute(&format!("INSERT INTO {table} SELECT * FROM before_{table}"));
        }
        assert_eq!(code(retrieve(&session, kept.info.id)), Code::RolledBack);
        assert_eq!(code(device.open("ada", PASSWORD)), Code::RolledBack);
        // A device that saw no more than the backup has, and one that saw nothing, cannot know.
        let session = Device::new(server).open("ada", PASSWORD).unwrap();
        assert_eq!(retrieve(&session, kept.info.id).unwrap(), kept);
    });
}

#[test]
fn what_an_operator_changed_in_the_database_is_a_failure_of_the_server_and_nothing_to_wait_for() {
    each_engine(|server| {
        let device = Device::new(server);
        let session = device.register("ada", PASSWORD).unwrap();
        let labelled = NewSecret { label: Some("one".to_owned()), ..NewSecret::default() };
        let kept = session.generate(labelled, &call()).unwrap();
        server.execute("UPDATE secret SET sealed_secret = sealed_label");
        let failed = error(session.retrieve(kept.info.id, Purpose::Unspecified, &call()));
        assert_eq!((failed.code, failed.advice), (Code::ServerFailed, lock_keeper_core::Advice::ContactSupport));
        assert!(failed.request_id.is_some() && failed.retry_after.is_none());
        assert_eq!(session.list(None, 10, &call()).unwrap().len(), 1, "what is whole is still served");
    });
}

#[test]
fn another_servers_opaque_key_is_refused_before_anything_is_proven_or_uploaded() {
    let (server, other) = (Server::start(Engine::Sqlite), Server::start(Engine::Sqlite));
    Device::new(&server).register("ada", PASSWORD).unwrap();
    let key = |server: &Server| {
        let json: serde_json::Value = serde_json::from_str(&server.connect_json()).unwrap();
        json["server_public_keys"][0].as_str().unwrap().to_owned()
    };
    let mixed = server.connect_json().replace(&key(&server), &key(&other));
    let mixed = lock_keeper_core::ServerConfig::from_connect_json(mixed.as_bytes()).unwrap();
    let wire = Wire::to(&server);
    let env = lock_keeper_core::Env {
        transport: wire.clone(),
        ..lock_keeper_core::Env::new(&config(&server), std::sync::Arc::new(lock_keeper_core::MemoryStore::new()))
    };
    let device = Device::with(mixed, env);

    let (refused, exchanges) = wire.exchanges(|| device.register("bob", PASSWORD));
    assert_eq!(code(refused), Code::ServerIdentityChanged);
    assert_eq!(exchanges, ["registration/start"]);
    let (refused, exchanges) = wire.exchanges(|| device.open("ada", PASSWORD));
    assert_eq!(code(refused), Code::ServerIdentityChanged);
    assert_eq!(exchanges, ["session/start"]);
    Device::new(&server).register("bob", "the name is still free").unwrap();
}

#[test]
fn another_key_in_a_change_of_password_is_refused_before_anything_is_committed() {
    let liar = Liar::new();
    let (device, session, one, _) = account(&liar);
    let other = ServerSetup::random(&mut OsRng).public_key();
    liar.lie_in_answers(move |answer| {
        if let Answer::PasswordChangeBegun { response } = answer {
            response.0[32..].copy_from_slice(&other);
        }
    });
    let changed = session.change_password(secret(PASSWORD), secret("a new horse"), &call());
    assert_eq!(code(changed), Code::ServerIdentityChanged);
    let again = device.open("ada", PASSWORD).unwrap();
    assert_eq!(retrieve(&again, one).unwrap().info.label.as_deref(), Some("one"));
}

#[test]
fn bytes_that_were_changed_on_the_way_are_never_taken() {
    let server = Server::start(Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", PASSWORD).unwrap();
    let kept = generate(&session).unwrap();
    // In KE2 (whose MAC covers all of it), in the welcome, at its end, and a byte too many.
    let changes: [(usize, fn(&mut Vec<u8>)); 6] = [
        (0, |body| *body.last_mut().unwrap() ^= 1),
        (0, |body| body[60] ^= 1),
        (0, |body| body.push(0)),
        (1, |body| body[100] ^= 1),
        (1, |body| *body.last_mut().unwrap() ^= 1),
        (1, |body| body.truncate(200)),
    ];
    for (n, change) in changes {
        wire.change(n, move |reply| change(&mut reply.body));
        let session = device.open("ada", PASSWORD);
        assert!(session.is_err(), "exchange {n}");
        wire.mend();
    }
    wire.change(1, |reply| *reply.body.last_mut().unwrap() ^= 1);
    let failed = error(generate(&session));
    assert_eq!((failed.code, failed.may_have_happened), (Code::ProtocolViolation, true));
    wire.mend();
    assert_eq!(retrieve(&session, kept.info.id).unwrap(), kept);
}

#[test]
fn a_web_page_in_place_of_an_answer_is_no_answer() {
    let server = Server::start(Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", PASSWORD).unwrap();
    for (status, expected) in [
        (200, Code::ProtocolViolation),
        (404, Code::ProtocolViolation),
        (429, Code::ServerBusy),
        (500, Code::ServerFailed),
    ] {
        wire.change(0, move |reply| {
            reply.status = status;
            reply.content_type = "text/html".to_owned();
            reply.body = b"<html>log in to this hotel's network</html>".to_vec();
        });
        assert_eq!(code(generate(&session)), expected, "{status}");
        wire.mend();
    }
    generate(&session).unwrap();
}
