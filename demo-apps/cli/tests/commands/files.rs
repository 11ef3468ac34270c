use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::fixture::{House, id, mode};

#[test]
fn what_a_device_keeps_is_its_owners_alone() {
    let house = House::new();
    let phone = house.phone();
    assert_eq!(mode(&phone.state), 0o700);
    let files: Vec<_> = fs::read_dir(&phone.state).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn an_empty_state_directory_is_closed_and_a_shared_one_is_refused_and_left_as_it_is() {
    let house = House::new();
    let phone = house.device("phone");
    fs::create_dir(&phone.state).unwrap();
    fs::set_permissions(&phone.state, fs::Permissions::from_mode(0o755)).unwrap();
    phone.json(&["register", "ada"]);
    assert_eq!(mode(&phone.state), 0o700);

    fs::set_permissions(&phone.state, fs::Permissions::from_mode(0o755)).unwrap();
    let (exit, error) = phone.error(&["list", "ada"], "");
    assert_eq!((exit, error["code"].as_str()), (16, Some("store_unavailable")));
    assert_eq!(mode(&phone.state), 0o755);
}

#[test]
fn an_exported_file_has_the_layout_of_the_text_and_is_never_written_over() {
    let house = House::new();
    let phone = house.phone();
    let file = house.file("codes", "seventeen bytes!!");
    let brought = id(&phone.json(&["import", "ada", &file]));
    let out = house.path("exported");
    let arguments = ["export", "ada", &brought, "--out", out.to_str().unwrap()];
    phone.json(&arguments);
    assert_eq!(mode(&out), 0o600);
    let bytes = fs::read(&out).unwrap();
    assert_eq!((bytes[0], &bytes[1..18], bytes[18]), (17, &b"seventeen bytes!!"[..], 74));
    assert_eq!(bytes.len(), 1 + 17 + 1 + 74);

    let before = phone.json(&["audit", "ada", "--secret", &brought])["entries"].as_array().unwrap().len();
    let (exit, error) = phone.error(&arguments, "");
    assert_eq!((exit, error["code"].as_str()), (10, Some("file_exists")));
    assert_eq!(fs::read(&out).unwrap(), bytes);
    let after = phone.json(&["audit", "ada", "--secret", &brought])["entries"].as_array().unwrap().len();
    assert_eq!(before, after, "the server was not asked");
}

#[test]
fn a_file_that_cannot_be_imported_is_said_so_and_nothing_is_sent() {
    let house = House::new();
    let phone = house.phone();
    let missing = house.path("missing").to_str().unwrap().to_owned();
    let (exit, error) = phone.error(&["import", "ada", &missing], "");
    assert_eq!((exit, error["code"].as_str()), (10, Some("file_unreadable")));
    let large = house.file("large", vec![7; 32_769]);
    let (exit, error) = phone.error(&["import", "ada", &large], "a password that is never sent\n");
    assert_eq!((exit, error["code"].as_str()), (10, Some("secret_too_large")));
    let largest = house.file("largest", vec![7; 32_768]);
    assert_eq!(phone.json(&["import", "ada", &largest])["length"], 32_768);
}

#[test]
fn a_label_from_elsewhere_cannot_act_on_the_terminal() {
    let house = House::new();
    let phone = house.phone();
    phone.json(&["generate", "ada", "--label", "\u{1b}[2Jwiped"]);
    let list = phone.text(&["list", "ada"]);
    assert!(list.contains("\\u{1b}[2Jwiped") && !list.contains('\u{1b}'), "{list}");
}
