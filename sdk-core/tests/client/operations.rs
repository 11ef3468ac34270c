use lock_keeper_core::vault::ExportedSecret;
use lock_keeper_core::{Code, NewSecret, Origin, Purpose, SecretBytes};
use lock_keeper_testbed::each_engine;

use crate::fixture::{Device, actions, call};

#[test]
fn what_one_device_stores_the_other_retrieves_lists_exports_and_sees_in_a_log_that_verifies() {
    each_engine(|server| {
        let phone = Device::new(server).register("ada", "correct horse").unwrap();
        let new = NewSecret { label: Some("backup key".into()), ..NewSecret::default() };
        let made = phone.generate(new, &call()).unwrap();
        let brought = phone.import_secret(SecretBytes::from(&b"from elsewhere"[..]), None, None, &call()).unwrap();

        let tablet = Device::new(server).open("ADA", "correct horse").unwrap();
        let found = tablet.retrieve(made.info.id, Purpose::LocalOnly, &call()).unwrap();
        assert_eq!(found.bytes, made.bytes);
        assert_eq!(found.info.label.as_deref(), Some("backup key"));

        let mut listed = tablet.list(None, 100, &call()).unwrap();
        listed.sort_by_key(|info| info.origin == Origin::Imported);
        assert_eq!(listed, [made.info.clone(), brought.clone()]);

        let exported = tablet.export(brought.id, &call()).unwrap();
        let exported = ExportedSecret::parse(exported.expose()).unwrap();
        assert_eq!(exported.secret.expose(), b"from elsewhere");

        tablet.delete(made.info.id, &call()).unwrap();
        let gone = phone.retrieve(made.info.id, Purpose::Unspecified, &call());
        assert_eq!(gone.map_err(|error| error.code).err(), Some(Code::SecretDeleted));

        let log = actions(&phone);
        assert_eq!(
            log.iter().filter(|action| **action != "login").copied().collect::<Vec<_>>(),
            [
                "complete_registration",
                "generate",
                "import",
                "retrieve_local_only",
                "list",
                "retrieve_for_export",
                "delete",
                "retrieve",
                "audit",
            ]
        );
    });
}
