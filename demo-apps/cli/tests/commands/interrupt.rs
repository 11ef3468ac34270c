use std::net::TcpListener;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::fixture::{Device, House};

#[test]
fn ctrl_c_cancels_the_call_and_says_that_nothing_happened() {
    let house = House::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut connect: Value = serde_json::from_str(&house.server.connect_json()).unwrap();
    connect["url"] = json!(format!("https://127.0.0.1:{}", silent.local_addr().unwrap().port()));
    house.file("silent.json", connect.to_string());
    let password = house.file("password", "a long enough password\n");
    let phone = Device { connect: house.path("silent.json"), ..house.device("phone") };

    let mut command = phone.command(&["--json", "--password-file", &password, "register", "ada"]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _connection = silent.accept().unwrap();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();

    assert_eq!(output.status.code(), Some(13));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["error"]["code"], json!("cancelled"));
    assert_eq!(object["error"]["may_have_happened"], json!(false));
}
