use std::fs;

use serde_json::{Value, json};

use crate::fixture::{House, PASSWORD, id};

#[test]
fn a_script_gets_one_object_from_every_command() {
    let house = House::new();
    let phone = house.device("phone");
    assert_eq!(phone.json(&["register", "Ada"]), json!({ "account": "ada", "registered": true }));

    let made = phone.json(&["generate", "ada", "--bytes", "16", "--label", "disk key"]);
    assert_eq!(
        (&made["label"], &made["origin"], &made["length"]),
        (&json!("disk key"), &json!("generated"), &json!(16))
    );
    assert_eq!(made.get("secret"), None, "nobody asked for the secret");

    let file = house.file("codes", "one\ntwo\n");
    let brought = phone.json(&["import", "ada", &file]);
    assert_eq!(
        (&brought["label"], &brought["origin"], &brought["length"]),
        (&Value::Null, &json!("imported"), &json!(8))
    );

    let listed = phone.json(&["list", "ada"]);
    let mut both = [made.clone(), brought.clone()];
    both.sort_by_key(id);
    assert_eq!(listed["secrets"], json!(both));

    let got = phone.json(&["retrieve", "ada", &id(&brought), "--purpose", "local-only"]);
    assert_eq!(got["secret"], json!("b25lCnR3bwo"), "base64url without padding");

    let out = house.path("exported");
    let exported = phone.json(&["export", "ada", &id(&made), "--out", out.to_str().unwrap()]);
    assert_eq!((&exported["bytes"], &exported["secret_length"]), (&json!(16 + 74 + 2), &json!(16)));

    assert_eq!(phone.json(&["delete", "ada", &id(&made)]), json!({ "id": id(&made), "deleted": true }));
    let changed = phone.run_with(&["--json", "change-password", "ada"], format!("{PASSWORD}\nanother long password\n"));
    assert_eq!(changed.object(), json!({ "account": "ada", "password_changed": true }));

    let audited = phone.run_with(&["--json", "audit", "ada", "--kind", "secret"], "another long password\n").object();
    assert_eq!(audited["verified"], json!(true));
    let actions: Vec<_> = audited["entries"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["delete", "retrieve_for_export", "retrieve_local_only", "list", "import", "generate"]);

    let deleted = phone.run_with(&["--json", "delete-account", "ada", "--yes"], "another long password\n");
    assert_eq!(deleted.object(), json!({ "account": "ada", "account_deleted": true }));
    assert_eq!(phone.json(&["forget", "ada"]), json!({ "account": "ada", "forgotten": true }));
}

#[test]
fn a_person_reads_what_every_command_has_done() {
    let house = House::new();
    let phone = house.device("phone");
    assert_eq!(phone.text(&["register", "ada"]), "✓ ada is registered.\n");
    assert!(phone.text(&["list", "ada"]).contains("no secrets yet"));
    assert!(
        phone.text(&["generate", "ada", "--label", "disk key"]).starts_with("✓ Made and stored a secret of 32 bytes.")
    );
    let file = house.file("codes", "one two");
    let text = phone.text(&["import", "ada", &file]);
    assert!(text.starts_with("✓ Stored your secret of 7 bytes."));
    let id = text.lines().find_map(|line| line.strip_prefix("  id")).unwrap().trim();

    let list = phone.text(&["list", "ada"]);
    assert!(list.contains("disk key") && list.contains(id) && list.ends_with("2 secrets\n"), "{list}");
    assert!(!phone.text(&["retrieve", "ada", id]).contains("one two"));
    let shown = phone.text(&["retrieve", "ada", id, "--show"]);
    assert!(shown.contains("b25lIHR3bw") && shown.contains("one two"), "{shown}");
    let out = house.path("exported");
    let exported = phone.text(&["export", "ada", id, "--out", out.to_str().unwrap()]);
    assert!(exported.contains("Wrote 83 bytes") && exported.contains("the secret's length: 7"), "{exported}");
    assert!(phone.text(&["delete", "ada", id]).contains("is deleted"));

    let log = phone.text(&["audit", "ada"]);
    for expected in
        ["login from a known device", "generate", "retrieve for export", "succeeded", id, "The whole log is verified"]
    {
        assert!(log.contains(expected), "{expected}: {log}");
    }
    let changed = phone.run_with(&["change-password", "ada"], format!("{PASSWORD}\nanother long password\n"));
    assert!(changed.out.contains("has a new password"), "{changed:?}");
    let deleted = phone.run_with(&["delete-account", "ada", "--yes"], "another long password\n");
    assert!(deleted.out.contains("is deleted, with its secrets and its log"), "{deleted:?}");
    assert!(phone.text(&["forget", "ada"]).contains("knows nothing of ada"));
    assert!(!log.contains('\x1b'), "no colours where there is no terminal");
}

#[test]
fn what_one_device_stores_another_lists_retrieves_and_sees_in_its_log() {
    let house = House::new();
    let phone = house.phone();
    let file = house.file("codes", "from the phone");
    let brought = phone.json(&["import", "ada", &file, "--label", "codes"]);

    let tablet = house.device("tablet");
    assert_eq!(tablet.json(&["list", "ada"])["secrets"], json!([brought]));
    let out = house.path("back");
    let got = tablet.json(&["retrieve", "ada", &id(&brought), "--out", out.to_str().unwrap()]);
    assert_eq!(got["out"], json!(out.to_str().unwrap()));
    assert_eq!(fs::read(out).unwrap(), b"from the phone");
    let log = tablet.json(&["audit", "ada", "--secret", &id(&brought)]);
    let actions: Vec<_> = log["entries"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["retrieve", "import"]);
    let logins = tablet.json(&["audit", "ada", "--kind", "login"]);
    assert!(logins["entries"].as_array().unwrap().iter().any(|entry| entry["known_device"] == json!(false)));
}

#[test]
fn the_log_is_filtered_by_time() {
    let house = House::new();
    let phone = house.phone();
    assert_ne!(phone.json(&["audit", "ada", "--after", "2020-01-01"])["entries"], json!([]));
    assert_eq!(phone.json(&["audit", "ada", "--before", "2020-01-01T00:00:00+01:00"])["entries"], json!([]));
    assert!(phone.text(&["audit", "ada", "--before", "2020-01-01"]).starts_with("✓ 0 entries shown."));
}

#[test]
fn the_same_generate_again_with_the_same_id_stores_one_secret() {
    let house = House::new();
    let phone = house.phone();
    let chosen = "0123456789abcdef0123456789abcdef";
    let first = phone.json(&["generate", "ada", "--id", chosen]);
    assert_eq!(phone.json(&["generate", "ada", "--id", chosen]), first);
    assert_eq!(phone.json(&["list", "ada"])["secrets"], json!([first]));
}

#[test]
fn help_and_completions_need_no_server() {
    let house = House::new();
    let nowhere = house.device("nowhere");
    let help = nowhere.run(&["--help"]);
    assert_eq!(help.code, 0);
    for expected in ["Examples:", "Exit codes:", "change-password", "--password-file"] {
        assert!(help.out.contains(expected), "{expected}");
    }
    assert!(nowhere.text(&["completions", "bash"]).contains("lock-keeper"));
    assert!(!nowhere.state.exists());
}
