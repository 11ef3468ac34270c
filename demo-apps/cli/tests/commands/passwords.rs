use std::io::{Read, Write};
use std::process::{Command, Stdio};

use crate::fixture::{House, PASSWORD, id};

#[test]
fn a_password_comes_from_a_file_or_from_the_first_line_of_standard_input() {
    let house = House::new();
    let phone = house.phone();
    let file = house.file("password", format!("{PASSWORD}\r\nanother line\n"));
    let by_file = phone.run_with(&["--json", "--password-file", &file, "list", "ada"], "");
    assert_eq!(by_file.code, 0, "{by_file:?}");
    let by_line = phone.run_with(&["--json", "list", "ada"], PASSWORD);
    assert_eq!(by_line.code, 0, "the last line needs no end: {by_line:?}");
}

#[test]
fn a_secret_may_follow_the_password_on_standard_input() {
    let house = House::new();
    let phone = house.phone();
    let piped = phone.run_with(&["--json", "import", "ada", "-"], format!("{PASSWORD}\nline one\nline two"));
    assert_eq!(piped.code, 0, "{piped:?}");
    let got = phone.json(&["retrieve", "ada", &id(&piped.object())]);
    assert_eq!(got["secret"], "bGluZSBvbmUKbGluZSB0d28");

    let file = house.file("password", PASSWORD);
    let piped = phone.run_with(&["--json", "--password-file", &file, "import", "ada", "-"], "all of it");
    assert_eq!(piped.object()["length"], 9);
}

#[test]
fn a_password_that_cannot_be_read_is_said_so() {
    let house = House::new();
    let phone = house.device("phone");
    let missing = house.path("missing").to_str().unwrap().to_owned();
    for (arguments, input, code) in [
        (&["--password-file", &missing, "list", "ada"][..], &b""[..], "password_unreadable"),
        (&["list", "ada"], b"", "password_unreadable"),
        (&["list", "ada"], b"\n", "password_invalid"),
        (&["list", "ada"], b"\xff\xfe\n", "password_invalid"),
        (&["change-password", "ada"], b"only one line\n", "password_unreadable"),
    ] {
        let (exit, error) = phone.error(arguments, input);
        assert_eq!((exit, error["code"].as_str()), (10, Some(code)), "{arguments:?}");
    }
}

#[test]
fn a_weak_password_is_warned_of_and_taken() {
    let house = House::new();
    let outcome = house.device("phone").run_with(&["register", "ada"], "hunter2\n");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.err.starts_with("warning: "), "{}", outcome.err);
    assert!(!outcome.err.contains("hunter2"));
    let outcome = house.device("phone").run_with(&["register", "bob"], format!("{PASSWORD}\n"));
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""));
}

#[test]
fn after_a_change_the_new_password_opens_every_secret_and_the_old_one_opens_nothing() {
    let house = House::new();
    let phone = house.phone();
    let made = id(&phone.json(&["generate", "ada"]));
    let lines = format!("{PASSWORD}\nanother long password\n");
    assert_eq!(phone.run_with(&["change-password", "ada"], &lines).code, 0);
    assert_eq!(phone.run_with(&["retrieve", "ada", &made], "another long password\n").code, 0);
    let (exit, error) = phone.error(&["retrieve", "ada", &made], format!("{PASSWORD}\n"));
    assert_eq!((exit, error["code"].as_str()), (11, Some("wrong_name_or_password")));
}

#[test]
fn an_account_is_not_deleted_unasked() {
    let house = House::new();
    let phone = house.phone();
    let (exit, error) = phone.error(&["delete-account", "ada"], format!("{PASSWORD}\n"));
    assert_eq!((exit, error["code"].as_str()), (10, Some("not_confirmed")));
    phone.json(&["list", "ada"]);
}

/// On a terminal of its own, which `script` makes.
#[test]
fn at_a_terminal_a_new_password_is_asked_for_twice_without_echo_and_the_work_is_shown() {
    let house = House::new();
    let phone = house.device("phone");
    let command = format!("{:?}", phone.command(&["register", "ada"]));
    // `Debug` of a command is its line with every word quoted, and its changes of the environment before it.
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).env("TERM", "xterm");
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut keyboard, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut seen = String::new();
    for prompt in ["New password for ada: ", "The same once more: "] {
        read_until(&mut screen, &mut seen, prompt);
        keyboard.write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    }
    read_until(&mut screen, &mut seen, "Remember the password");
    assert!(child.wait().unwrap().success());
    assert!(seen.contains("stretching the password…") && seen.contains("ada is registered."), "{seen}");
    assert!(seen.contains("\u{1b}[32m"), "a terminal has colours: {seen}");
    assert!(!seen.contains(PASSWORD), "it was typed without echo");
    phone.json(&["list", "ada"]);
}

fn read_until(screen: &mut impl Read, seen: &mut String, expected: &str) {
    let mut byte = [0; 1];
    let mut bytes = Vec::new();
    while !String::from_utf8_lossy(&bytes).contains(expected) {
        assert_eq!(screen.read(&mut byte).unwrap(), 1, "{expected} never came: {seen}");
        bytes.push(byte[0]);
    }
    seen.push_str(&String::from_utf8_lossy(&bytes));
}

#[test]
fn ctrl_c_at_a_prompt_ends_the_command_and_gives_the_terminal_back() {
    let house = House::new();
    let command = format!("{:?}", house.device("phone").command(&["register", "ada"]));
    let mut script = Command::new("script");
    script.args(["--quiet", "--command", &format!("{command}; echo ended with $?; stty -a"), "/dev/null"]);
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut keyboard, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut seen = String::new();
    read_until(&mut screen, &mut seen, "New password for ada: ");
    keyboard.write_all(b"half a pass\x03").unwrap();
    screen.read_to_string(&mut seen).unwrap();
    child.wait().unwrap();
    assert!(seen.contains("The call was cancelled") && seen.contains("ended with 13"), "{seen}");
    let modes: Vec<_> = seen.split_whitespace().collect();
    assert!(["echo", "isig", "icanon"].iter().all(|mode| modes.contains(mode)), "{seen}");
    assert!(!seen.contains("half a pass"), "{seen}");
}
