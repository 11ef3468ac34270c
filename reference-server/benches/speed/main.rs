//! How fast the key server is, over floors that are measured in the same run: `make bench`.
//!
//! | section | what | floor |
//! |---|---|---|
//! | `sessions` | sessions per second of the server process, on this disk and on a slow one | its own SQL without a server |
//! | `sqlite` | the same on SQLite, on this disk | pairs of commits |
//! | `opaque` | the server's processor time of a login | `opaque-ke` alone |
//! | `growth` | pages and time of a session in a larger database | the same session in a small one |
//! | `device` | what the client waits for and sends | Argon2id alone |
//! | `sizes` | the stripped binaries | |
//!
//! Machines are shared and noisy, so the ratios count and not the times. `docs/performance.md` explains them.

mod cluster;
mod cpu;
mod device;
mod embedded;
mod floor;
mod generator;
mod growth;
mod load;
mod opaque;
mod relay;
mod sessions;
mod site;
mod sizes;
mod table;
mod under;

use serde_json::json;

use cluster::Cluster;
use sessions::Disk;
use table::{Figures, Table, heading, remark};

fn main() {
    if std::env::args().any(|argument| argument == load::ARGUMENT) {
        return load::run();
    }
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let wanted = |section: &str| only.as_deref().is_none_or(|only| only == section);
    table::begin_anew();
    let mut figures = Figures::default();
    let this = Disk { name: "this disk", cluster: Cluster::on_this_disk(), aim: 0.5 };
    if wanted("sessions") {
        let fast = sessions::measure(&this);
        let slow = Disk { name: "a disk that syncs 1.6 ms longer", cluster: Cluster::on_a_slow_disk(), aim: 0.85 };
        let slow = sessions::measure(&slow);
        print_memory(&fast["resident_bytes"]);
        figures.note("sessions", json!({ "this_disk": fast, "slow_disk": slow }));
    }
    if wanted("sqlite") {
        figures.note("sqlite", embedded::measure());
    }
    if wanted("opaque") {
        figures.note("login", opaque::measure(&this.cluster));
    }
    if wanted("growth") {
        figures.note("growth", growth::measure(&this.cluster));
    }
    if wanted("device") {
        figures.note("device", device::measure());
    }
    if wanted("sizes") {
        figures.note("sizes", sizes::measure());
    }
    let file = figures.write("figures.json");
    remark(&format!("The same figures for programs: {}; the tables for a page: tables.md beside it", file.display()));
}

fn print_memory(resident: &serde_json::Value) {
    heading("The server's memory", "What the process holds (resident set), on Postgres with a pool of 16 connections.");
    let mut table = Table::new(&["when", "MiB"]);
    for (when, name) in [("at rest", "at_rest"), ("after 64 clients at full load", "at_64_clients")] {
        let bytes = resident[name].as_f64().unwrap_or_default();
        table.row(vec![when.to_owned(), format!("{:.1}", bytes / f64::from(1 << 20))]);
    }
    table.print();
}
