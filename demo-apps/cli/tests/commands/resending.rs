use std::sync::mpsc;
use std::thread;

use serde_json::{Value, json};

use crate::fixture::{Device, House, id};
use crate::proxy::CuttingProxy;

#[test]
fn a_secret_whose_answer_was_lost_on_the_way_is_stored_once() {
    let house = House::new();
    let phone = house.phone();
    let proxy = CuttingProxy::before(house.server.address().port()).unwrap();
    let mut connect: Value = serde_json::from_str(&house.server.connect_json()).unwrap();
    connect["url"] = json!(format!("https://localhost:{}", proxy.port()));
    house.file("bad-line.json", connect.to_string());
    let (cut, was_cut) = mpsc::channel();
    thread::spawn(move || proxy.run(move || cut.send(()).unwrap()));

    let on_a_bad_line = Device { connect: house.path("bad-line.json"), ..phone.clone() };
    let made = on_a_bad_line.json(&["generate", "ada", "--bytes", "24000"]);
    assert!(was_cut.try_recv().is_ok(), "the answer was lost");

    assert_eq!(phone.json(&["list", "ada"])["secrets"], json!([made]));
    let log = phone.json(&["audit", "ada", "--secret", &id(&made)]);
    let actions: Vec<_> = log["entries"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["generate"]);
}
