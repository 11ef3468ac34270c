//! `dev`.

use std::fs;
use std::path::Path;

use lock_keeper_core::ServerConfig;

use super::process::{Process, refused};

fn start(dir: &Path, more: &[&str]) -> Process {
    let dir = dir.to_str().unwrap();
    Process::start(&[&["dev", "--listen", "127.0.0.1:0", "--data", dir, "--json"], more].concat())
}

fn json(line: &str) -> serde_json::Value {
    serde_json::from_str(line).unwrap()
}

#[test]
fn it_says_how_to_connect_in_one_line_and_in_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), &[]);
    let line = server.line();
    let file = fs::read_to_string(dir.path().join("connect.json")).unwrap();
    assert_eq!(json(&line), json(&file));
    let keys: Vec<String> = json(&line).as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys.len(), 4);
    for key in ["url", "realm", "server_public_keys", "ca_pem"] {
        assert!(keys.iter().any(|found| found == key), "{keys:?}");
    }
    ServerConfig::from_connect_json(line.as_bytes()).expect("the client takes it as it is");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_second_start_has_the_same_keys_and_the_same_ca() {
    let dir = tempfile::tempdir().unwrap();
    let first = start(dir.path(), &[]);
    let before = json(&first.line());
    first.stop();
    let second = start(dir.path(), &[]);
    let after = json(&second.line());
    for key in ["realm", "server_public_keys", "ca_pem"] {
        assert_eq!(before[key], after[key], "{key}");
    }
    assert_eq!(second.stop().0, Some(0));
}

#[test]
fn its_secrets_are_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), &[]);
    server.line();
    for name in ["ca-key.pem", "key.pem", "kek", "lock-keeper.sqlite"] {
        let mode = fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
    server.stop();
}

#[test]
fn without_a_directory_nothing_of_it_stays() {
    let server = Process::start(&["dev", "--listen", "127.0.0.1:0"]);
    let told = std::iter::repeat_with(|| server.line()).find(|line| line.contains("--connect")).unwrap();
    let file = told.split_whitespace().find(|word| word.ends_with("connect.json")).unwrap().to_owned();
    assert!(Path::new(&file).exists());
    assert_eq!(server.stop().0, Some(0));
    assert!(!Path::new(&file).parent().unwrap().exists());
}

#[test]
fn a_directory_that_everybody_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
    refused(&["dev", "--listen", "127.0.0.1:0", "--data", dir.path().to_str().unwrap()], 2);
}

#[test]
fn wrong_usage_is_exit_code_2() {
    refused(&["dev", "--listen", "nowhere"], 2);
    refused(&["dev", "--requests-per-session", "65"], 2);
    refused(&["frobnicate"], 2);
    refused(&["serve"], 2);
}
