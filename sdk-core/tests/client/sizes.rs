//! How large secrets, labels, lists and exports may be.

use lock_keeper_core::vault::ExportedSecret;
use lock_keeper_core::{Code, NewSecret, Origin, SecretBytes};
use lock_keeper_testbed::{Settings, each_engine, each_engine_with};

use crate::fixture::{Device, call, code, generate, import, retrieve};

#[test]
fn secrets_of_1_to_32768_bytes_come_back_as_they_went() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        for length in [1, 255, 256, 32_768] {
            let bytes: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let info = import(&session, &bytes).unwrap();
            assert_eq!((info.length, info.origin), (length, Origin::Imported));
            let found = retrieve(&session, info.id).unwrap();
            assert_eq!((found.bytes.expose(), &found.info), (&bytes[..], &info));
            let made = session.generate(NewSecret { bytes: length, ..NewSecret::default() }, &call()).unwrap();
            assert_eq!((made.bytes.len(), made.info.length), (length, length));
        }
        let ((), exchanges) = wire.exchanges(|| {
            for length in [0, 32_769, usize::MAX] {
                let new = NewSecret { bytes: length, ..NewSecret::default() };
                assert_eq!(code(session.generate(new, &call())), Code::SecretTooLarge);
            }
            assert_eq!(code(import(&session, &[])), Code::SecretTooLarge);
            assert_eq!(code(import(&session, &[0; 32_769])), Code::SecretTooLarge);
        });
        assert!(exchanges.is_empty());
    });
}

#[test]
fn labels_have_up_to_256_bytes_and_no_label_is_not_an_empty_one() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        let labels = [None, Some(String::new()), Some("a".repeat(256)), Some("🔑".repeat(64))];
        for label in labels {
            let new = NewSecret { label: label.clone(), ..NewSecret::default() };
            let made = session.generate(new, &call()).unwrap();
            assert_eq!(made.info.label, label);
            assert_eq!(retrieve(&session, made.info.id).unwrap(), made);
            assert!(session.list(None, 100, &call()).unwrap().contains(&made.info));
        }
        let ((), exchanges) = wire.exchanges(|| {
            for label in ["a".repeat(257), "🔑".repeat(65)] {
                let bytes = || SecretBytes::from(&b"brought"[..]);
                assert_eq!(code(session.import_secret(bytes(), Some(&label), None, &call())), Code::LabelTooLong);
                let new = NewSecret { label: Some(label), ..NewSecret::default() };
                assert_eq!(code(session.generate(new, &call())), Code::LabelTooLong);
            }
        });
        assert!(exchanges.is_empty());
    });
}

#[test]
fn secrets_of_up_to_255_bytes_can_be_exported() {
    each_engine(|server| {
        let session = Device::new(server).register("ada", "correct horse").unwrap();
        for length in [1, 255] {
            let info = import(&session, &vec![7; length]).unwrap();
            let exported = session.export(info.id, &call()).unwrap();
            let (first, rest) = exported.expose().split_first().unwrap();
            assert_eq!((usize::from(*first), &rest[..length]), (length, &vec![7; length][..]));
            assert_eq!(ExportedSecret::parse(exported.expose()).unwrap().secret.len(), length);
        }
        let info = import(&session, &[7; 256]).unwrap();
        assert_eq!(code(session.export(info.id, &call())), Code::TooLargeToExport);
    });
}

#[test]
fn a_list_is_as_long_as_is_asked_for_and_in_the_order_of_the_ids() {
    each_engine_with(&Settings::with_operations(64), |server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        assert!(session.list(None, 100, &call()).unwrap().is_empty());
        let mut made: Vec<_> = (0..230)
            .map(|_| {
                let new = NewSecret { label: Some("l".repeat(256)), ..NewSecret::default() };
                session.generate(new, &call()).unwrap().info
            })
            .collect();
        made.sort_by_key(|info| info.id);
        let (all, exchanges) = wire.exchanges(|| session.list(None, 1_000, &call()).unwrap());
        assert_eq!(all, made);
        assert!(exchanges.len() <= 4, "three pages, and perhaps a login with the first");
        assert_eq!(session.list(None, 7, &call()).unwrap(), made[..7]);
        assert_eq!(session.list(None, 101, &call()).unwrap(), made[..101]);
        assert_eq!(session.list(Some(made[99].id), 100, &call()).unwrap(), made[100..200]);
        assert!(session.list(Some(made[229].id), 100, &call()).unwrap().is_empty());

        // Also where the session of the protocol is gone between two pages.
        generate(&session).unwrap();
        wire.change(1, |reply| {
            reply.status = 403;
            reply.content_type = "application/problem+json".to_owned();
            reply.body = br#"{"code":"frame-refused"}"#.to_vec();
        });
        made.push(session.list(None, 1_000, &call()).unwrap().into_iter().find(|info| !made.contains(info)).unwrap());
        made.sort_by_key(|info| info.id);
        assert_eq!(session.list(None, 1_000, &call()).unwrap(), made);
    });
}

#[test]
fn an_account_that_is_full_says_so_until_something_is_deleted() {
    let mut settings = Settings::default();
    settings.policy.secrets_per_account = 2;
    each_engine_with(&settings, |server| {
        let session = Device::new(server).register("ada", "correct horse").unwrap();
        let first = generate(&session).unwrap();
        generate(&session).unwrap();
        let full = crate::fixture::error(generate(&session));
        assert_eq!((full.code, full.may_have_happened), (Code::QuotaReached, false));
        session.delete(first.info.id, &call()).unwrap();
        generate(&session).unwrap();
    });
}
