//! Draws what `make bench` measured (`target/bench/figures.json`) into `docs/images/performance-*.svg`.

mod svg;

use std::fs;
use std::path::Path;

use serde_json::Value;

use svg::{Bar, COLOURS, Group, Picture};

fn main() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it lies in the target folder");
    let text = fs::read_to_string(target.join("bench/figures.json")).expect("the bench has run");
    let figures: Value = serde_json::from_str(&text).expect("the bench writes JSON");
    let pictures = [
        ("sessions", sessions(&figures["sessions"])),
        ("latency", latency(&figures["sessions"])),
        ("login", login(&figures["login"])),
        ("growth", growth(&figures["growth"])),
        ("client", client(&figures["device"])),
    ];
    for (name, picture) in pictures {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/images/performance-{name}.svg"));
        fs::write(file, picture.draw()).expect("the documents can be written");
    }
}

const DISKS: [(&str, &str); 2] = [("this_disk", "this disk"), ("slow_disk", "+1.6 ms a sync")];

fn sessions(figures: &Value) -> Picture {
    let group = |disk: &(&str, &str), row: &Value| {
        let (floor, server) = (number(&row["floor_per_second"]), number(&row["server_per_second"]));
        Group {
            name: format!("{}, {} client{}", disk.1, row["clients"], if row["clients"] == 1 { "" } else { "s" }),
            bars: vec![
                Bar { value: floor, colour: COLOURS[0], words: format!("{floor:.0}") },
                Bar {
                    value: server,
                    colour: COLOURS[1],
                    words: format!("{server:.0}: {:.2} of the floor", number(&row["ratio"])),
                },
            ],
        }
    };
    let groups = DISKS.iter().flat_map(|disk| list(&figures[disk.0]["closed"]).iter().map(move |row| group(disk, row)));
    Picture {
        title: "Sessions per second: a login and a store, durable".to_owned(),
        legend: vec![("the SQL alone (pgbench)", COLOURS[0]), ("the server", COLOURS[1])],
        groups: groups.collect(),
    }
}

fn latency(figures: &Value) -> Picture {
    let names = ["half", "90 %", "99 %"];
    let group = |disk: &(&str, &str), row: &Value| Group {
        name: format!("{}, {:.0} % of the maximum", disk.1, 100.0 * number(&row["share"])),
        bars: (0..3)
            .map(|place| {
                let value = number(&row["latency_ms"][place]);
                Bar { value, colour: COLOURS[place + 1], words: format!("{value:.1} ms") }
            })
            .collect(),
    };
    let groups = DISKS.iter().flat_map(|disk| list(&figures[disk.0]["open"]).iter().map(move |row| group(disk, row)));
    Picture {
        title: "How long a session takes at a fixed rate, counted from its intended start".to_owned(),
        legend: names.iter().zip(&COLOURS[1..]).map(|(&name, &colour)| (name, colour)).collect(),
        groups: groups.collect(),
    }
}

fn login(figures: &Value) -> Picture {
    let raw = number(&figures["raw_us"]);
    let service = number(&figures["service_start_us"]) + number(&figures["service_finish_us"]);
    let (exchanges, whole) = (2.0 * number(&figures["exchange_us"]), number(&figures["login_us"]));
    let parts = [
        ("one login", whole),
        ("OPAQUE alone: KE2 and KE3", raw),
        ("service and store", service - raw),
        ("two exchanges of HTTP and TLS", exchanges),
        ("hand-over and log line", whole - service - exchanges),
        ("apart: a TLS handshake", number(&figures["handshake_us"])),
    ];
    let group = |(place, (name, value)): (usize, &(&str, f64))| Group {
        name: (*name).to_owned(),
        bars: vec![Bar {
            value: value.max(0.0),
            colour: COLOURS[usize::from(place == 0)],
            words: format!("{value:.0} µs, {:.2} of OPAQUE", value / raw),
        }],
    };
    Picture {
        title: "The server's processor, for one login".to_owned(),
        legend: Vec::new(),
        groups: parts.iter().enumerate().map(group).collect(),
    }
}

fn growth(figures: &Value) -> Picture {
    let group = |row: &Value| {
        let pages = number(&row["pages"]);
        let words = format!("{pages:.0} pages, {:.2} times", number(&row["pages_ratio"]));
        let name = row["state"].as_str().unwrap_or_default().to_owned();
        Group { name, bars: vec![Bar { value: pages, colour: COLOURS[1], words }] }
    };
    Picture {
        title: "Pages that a login with a store touches on Postgres".to_owned(),
        legend: Vec::new(),
        groups: list(&figures["postgres"]).iter().map(group).collect(),
    }
}

fn client(figures: &Value) -> Picture {
    let argon2 = number(&figures["argon2_ms"]);
    let bar = |value: f64, colour| Bar { value, colour, words: format!("{value:.1} ms") };
    let mut groups = vec![Group { name: "Argon2id alone".to_owned(), bars: vec![bar(argon2, COLOURS[0])] }];
    groups.extend(list(&figures["operations"]).iter().map(|row| Group {
        name: row["operation"].as_str().unwrap_or_default().to_owned(),
        bars: vec![bar(number(&row["ms"]), COLOURS[1])],
    }));
    Picture { title: "What a person waits for, the network apart".to_owned(), legend: Vec::new(), groups }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
