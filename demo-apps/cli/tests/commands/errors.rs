use std::net::TcpListener;

use serde_json::{Value, json};

use crate::fixture::{Device, House, PASSWORD};

const NOBODYS: &str = "00000000000000000000000000000000";

/// Exit code and code of a command that fails, with the right password at hand.
fn fails(device: &Device, arguments: &[&str]) -> (i32, String) {
    let (exit, error) = device.error(arguments, format!("{PASSWORD}\n"));
    (exit, error["code"].as_str().unwrap().to_owned())
}

/// A device whose connect.json has another value in one field.
fn misled(house: &House, field: &str, value: Value) -> Device {
    let mut connect: Value = serde_json::from_str(&house.server.connect_json()).unwrap();
    connect[field] = value;
    house.file("misled.json", connect.to_string());
    Device { connect: house.path("misled.json"), ..house.device("misled") }
}

#[test]
fn a_wrong_password_ends_with_11_and_says_what_a_script_must_know() {
    let house = House::new();
    let phone = house.phone();
    let (exit, error) = phone.error(&["list", "ada"], "wrong\n");
    assert_eq!(exit, 11);
    assert_eq!(
        error,
        json!({
            "code": "wrong_name_or_password",
            "advice": "ask_password",
            "retry_after": null,
            "may_have_happened": false,
            "request_id": null,
            "message": "The account name or the password is wrong.",
        })
    );
    let told = phone.run_with(&["list", "ada"], "wrong\n");
    assert_eq!((told.code, told.out.as_str()), (11, ""));
    assert!(told.err.starts_with("error: The account name or the password is wrong.\n  Check both"), "{}", told.err);
}

#[test]
fn an_unknown_account_is_told_in_the_same_words_as_a_wrong_password() {
    let house = House::new();
    let phone = house.phone();
    let known = phone.run_with(&["--json", "list", "ada"], "wrong\n");
    let unknown = phone.run_with(&["--json", "list", "bob"], "wrong\n");
    assert_eq!((known.code, known.out), (unknown.code, unknown.out));
}

#[test]
fn too_many_guesses_end_with_12_and_the_seconds_to_wait() {
    let house = House::new();
    let stranger = house.device("stranger");
    for _ in 0..5 {
        assert_eq!(stranger.error(&["list", "ada"], "guess\n").0, 11, "five guesses are free");
    }
    let (exit, error) = stranger.error(&["list", "ada"], "guess\n");
    assert_eq!((exit, &error["code"]), (12, &json!("too_many_attempts")));
    assert!(error["retry_after"].as_u64().unwrap() > 0);
}

#[test]
fn a_secret_that_is_not_there_or_no_more_is_said_so() {
    let house = House::new();
    let phone = house.phone();
    assert_eq!(fails(&phone, &["retrieve", "ada", NOBODYS]), (10, "secret_not_found".into()));
    phone.json(&["generate", "ada", "--id", NOBODYS]);
    phone.json(&["delete", "ada", NOBODYS]);
    assert_eq!(fails(&phone, &["retrieve", "ada", NOBODYS]), (10, "secret_deleted".into()));
}

#[test]
fn a_taken_name_a_bad_name_and_what_is_too_large_are_refused() {
    let house = House::new();
    let phone = house.phone();
    assert_eq!(fails(&house.device("other"), &["register", "ada"]), (10, "account_name_taken".into()));
    assert_eq!(fails(&phone, &["register", "two words"]), (10, "account_name_invalid".into()));
    assert_eq!(fails(&phone, &["generate", "ada", "--bytes", "32769"]), (10, "secret_too_large".into()));
    let long = "x".repeat(257);
    assert_eq!(fails(&phone, &["generate", "ada", "--label", &long]), (10, "label_too_long".into()));
    phone.json(&["generate", "ada", "--bytes", "256", "--id", NOBODYS]);
    let out = house.path("out").to_str().unwrap().to_owned();
    assert_eq!(fails(&phone, &["export", "ada", NOBODYS, "--out", &out]), (10, "too_large_to_export".into()));
    assert!(!house.path("out").exists());
}

#[test]
fn a_connect_json_that_is_wrong_is_refused_and_says_what_is_wrong() {
    let house = House::new();
    let plain = misled(&house, "url", json!(house.server.url().replace("https", "http")));
    let (exit, error) = plain.error(&["register", "ada"], "");
    assert_eq!((exit, &error["code"]), (10, &json!("config_invalid")));
    assert!(error["message"].as_str().unwrap().contains("url"), "{error}");

    house.file("connect.json", "{ not json");
    let (_, error) = house.device("phone").error(&["register", "ada"], "");
    assert!(error["message"].as_str().unwrap().contains("not JSON"), "{error}");

    let missing = Device { connect: house.path("nothing.json"), ..house.device("phone") };
    assert_eq!(fails(&missing, &["register", "ada"]), (10, "connect_unreadable".into()));
}

#[test]
fn a_server_with_another_key_or_another_authority_is_not_trusted() {
    let house = House::new();
    let other_key = misled(&house, "server_public_keys", json!(["AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"]));
    assert_eq!(fails(&other_key, &["register", "ada"]), (18, "server_identity_changed".into()));
    let other: Value = serde_json::from_str(&House::new().server.connect_json()).unwrap();
    let other_authority = misled(&house, "ca_pem", other["ca_pem"].clone());
    assert_eq!(fails(&other_authority, &["register", "ada"]), (18, "server_untrusted".into()));
}

#[test]
fn a_server_that_is_not_there_ends_with_14() {
    let house = House::new();
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let lost = misled(&house, "url", json!(format!("https://localhost:{port}")));
    assert_eq!(fails(&lost, &["register", "ada"]), (14, "offline".into()));
}

#[test]
fn wrong_usage_ends_with_2_in_either_form() {
    let house = House::new();
    let device = house.device("phone");
    for arguments in [&["bogus"][..], &["list"], &["retrieve", "ada", "xyz"], &["audit", "ada", "--after", "soon"]] {
        assert_eq!(fails(&device, arguments), (2, "usage".into()), "{arguments:?}");
        let told = device.run(arguments);
        assert_eq!((told.code, told.out.as_str()), (2, ""), "{arguments:?}");
        assert!(told.err.starts_with("error: "), "{}", told.err);
    }
    let mut nowhere = std::process::Command::new(env!("CARGO_BIN_EXE_lock-keeper"));
    let output = nowhere.env_remove("LOCK_KEEPER_CONNECT").args(["list", "ada"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--connect"));
}
