//! `serve` and what an operator runs beside it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::process::{done, get, refused};
use super::site::Site;

#[test]
fn a_new_site_is_checked_migrated_and_served() {
    let site = Site::new();
    assert!(done(&["check-config", "--config", &site.config()]).contains("nothing is wrong"));
    assert!(done(&["migrate", "--config", &site.config()]).contains("OPAQUE setup: "));
    assert!(done(&["migrate", "--config", &site.config()]).contains("up to date"));
    let (server, operations, _) = site.serve();
    assert_eq!(get(&operations, "/health/live").0, 200);
    assert_eq!(get(&operations, "/health/ready"), (200, "ready\n".to_owned()));
    let (status, metrics) = get(&operations, "/metrics");
    assert_eq!(status, 200);
    assert!(metrics.contains("lock_keeper_certificate_expiry_timestamp_seconds"), "{metrics}");
    let (code, took) = server.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "nothing was in flight, yet it took {took:?}");
}

#[test]
fn a_database_that_was_not_migrated_is_not_served() {
    let site = Site::new();
    let said = refused(&["serve", "--config", &site.config()], 1);
    assert!(said.contains("schema"), "{said}");
}

#[test]
fn a_wrong_configuration_is_refused_by_every_command_with_file_line_and_key() {
    let site = Site::new();
    let config = site.config();
    site.edit("keys.test", "");
    for command in [
        &["serve", "--config", &config][..],
        &["migrate", "--config", &config],
        &["check-config", "--config", &config],
        &["keys", "rotate", "--config", &config],
        &["account", "unlock", "alice", "--config", &config],
    ] {
        let said = refused(command, 2);
        assert!(said.contains("server.toml:3: server.realm: "), "{said}");
    }
}

#[test]
fn a_key_that_everybody_can_read_keeps_the_server_from_starting() {
    let site = Site::migrated();
    fs::set_permissions(site.file("kek-1"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(refused(&["serve", "--config", &site.config()], 2).contains("mode 0644"));
}

#[test]
fn the_setup_of_another_database_keeps_every_command_from_running() {
    let site = Site::migrated();
    site.edit("[keys]", &format!("[keys]\nsetup_fingerprint = \"{}\"", "0".repeat(32)));
    let config = site.config();
    for command in [
        &["serve", "--config", &config][..],
        &["keys", "rotate", "--config", &config],
        &["keys", "activate", "--config", &config],
        &["account", "unlock", "alice", "--config", &config],
    ] {
        let said = refused(command, 2);
        assert!(said.contains("setup_fingerprint"), "{said}");
    }
}

#[test]
fn a_database_that_was_made_for_another_realm_keeps_every_command_from_running() {
    let site = Site::migrated();
    site.edit("keys.test", "keys.tset");
    let config = site.config();
    for command in [
        &["serve", "--config", &config][..],
        &["migrate", "--config", &config],
        &["keys", "rotate", "--config", &config],
        &["keys", "add", "--config", &config],
        &["account", "unlock", "alice", "--config", &config],
    ] {
        let said = refused(command, 2);
        assert!(said.contains("made for another realm"), "{said}");
    }
}

#[test]
fn a_new_key_encryption_key_takes_over_and_the_old_one_can_be_thrown_away() {
    let site = Site::migrated();
    done(&["keys", "generate", &site.file("kek-2")]);
    site.configure(&["kek-1", "kek-2"], "kek-2");
    let (server, _, _) = site.serve();
    let said = done(&["keys", "rotate", "--config", &site.config()]);
    assert!(said.contains("1 accounts and 3 server keys"), "{said}");
    assert_eq!(server.stop().0, Some(0));
    site.configure(&["kek-2"], "kek-2");
    let (server, _, _) = site.serve();
    assert_eq!(server.stop().0, Some(0));
    site.configure(&["kek-1"], "kek-1");
    assert!(refused(&["serve", "--config", &site.config()], 2).contains("kek-2"));
}

#[test]
fn a_key_file_that_is_there_is_not_overwritten() {
    let site = Site::new();
    let before = fs::read(site.file("kek-1")).unwrap();
    refused(&["keys", "generate", &site.file("kek-1")], 1);
    assert_eq!(fs::read(site.file("kek-1")).unwrap(), before);
    assert_eq!(fs::metadata(site.file("kek-1")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_sealing_key_is_added_now_and_activated_when_every_process_has_it() {
    let site = Site::migrated();
    assert!(done(&["keys", "activate", "--config", &site.config()]).contains("no sealing key waits"));
    assert!(done(&["keys", "add", "--config", &site.config()]).contains("added sealing-"));
    assert!(refused(&["keys", "activate", "--config", &site.config()], 1).contains("too young"));
}

#[test]
fn a_name_is_unlocked_whether_it_is_registered_or_not_and_is_not_repeated() {
    let site = Site::migrated();
    let said = done(&["account", "unlock", "alice@example.com", "--config", &site.config()]);
    assert!(!said.contains("alice"), "{said}");
}

#[test]
fn a_hang_up_signal_reads_the_certificate_again_and_a_bad_one_changes_nothing() {
    let site = Site::migrated();
    let (server, _, _) = site.serve();
    site.renew_certificate();
    server.signal("HUP");
    server.wait_for("the certificate was replaced");
    site.replace("key.pem", "nonsense");
    server.signal("HUP");
    server.wait_for("the ones before stay in use");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_port_that_is_taken_is_said() {
    let site = Site::migrated();
    let (server, _, address) = site.serve();
    site.edit("127.0.0.1:0", &address);
    assert!(refused(&["serve", "--config", &site.config()], 1).contains("cannot listen on"));
    assert_eq!(server.stop().0, Some(0));
}
