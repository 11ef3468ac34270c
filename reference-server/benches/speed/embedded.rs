//! Sessions per second on SQLite, over the commits that they need.

use std::path::Path;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::{Value, json};

use crate::cpu;
use crate::generator::Generator;
use crate::load::Work;
use crate::sessions::median;
use crate::site::{Quota, Site};
use crate::table::{Table, heading};
use crate::under::Under;

const CLIENTS: [usize; 3] = [1, 8, 64];
/// Floor and server take turns, so that what else the machine does meets both.
const TURNS: usize = 3;
const TURN: Duration = Duration::from_secs(2);

/// What one turn of the server's came to.
struct Run {
    per_second: f64,
    server_us: f64,
}

/// Measures; answers the figures.
pub(crate) fn measure() -> Value {
    let under = Under::sqlite();
    let site = Site::serve(&under.url(), Quota::FAR);
    let mut generator = Generator::start(&site, CLIENTS[2], 2);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut floor = Pairs::open(&folder.path().join("floor"));
    heading(
        "Sessions per second on SQLite",
        "A session is a login and a store that rides with KE3. The floor is two durable commits of one small row each, one after\n\
         the other on one connection, as SQLite has one writer.",
    );
    let mut table = Table::new(&["clients", "pairs of commits/s", "server/s", "ratio", "server CPU, µs"]);
    let mut figures = Vec::new();
    for clients in CLIENTS {
        let warming = generator.closed(clients, Work::LoginAndStore, Duration::from_secs(1), 0);
        let ahead = (warming.done as f64 * TURN.as_secs_f64() * 1.5) as usize;
        let turns: Vec<(f64, Run)> =
            (0..TURNS).map(|_| (floor.per_second(), run(&site, &mut generator, clients, ahead))).collect();
        let pairs = median(turns.iter().map(|(floor, _)| *floor));
        let sessions = median(turns.iter().map(|(_, run)| run.per_second));
        let ratio = median(turns.iter().map(|(floor, run)| run.per_second / floor));
        let server_us = median(turns.iter().map(|(_, run)| run.server_us));
        table.row(vec![
            clients.to_string(),
            format!("{pairs:.0}"),
            format!("{sessions:.0}"),
            format!("{ratio:.2}"),
            format!("{server_us:.0}"),
        ]);
        figures.push(json!({
            "clients": clients, "floor_per_second": pairs, "server_per_second": sessions, "ratio": ratio,
            "server_us": server_us,
        }));
    }
    table.print();
    Value::Array(figures)
}

fn run(site: &Site, generator: &mut Generator, clients: usize, ahead: usize) -> Run {
    let before = cpu::of_process(site.process());
    let outcome = generator.closed(clients, Work::LoginAndStore, TURN, ahead);
    let used = cpu::of_process(site.process()) - before;
    Run { per_second: outcome.done as f64 / outcome.seconds, server_us: used.as_secs_f64() * 1e6 / outcome.done as f64 }
}

/// A database of its own, set as the server sets its.
struct Pairs(SqliteConnection);

impl Pairs {
    fn open(file: &Path) -> Self {
        let mut connection = SqliteConnection::establish(&file.display().to_string()).expect("the file can be made");
        connection
            .batch_execute(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
                 CREATE TABLE kept (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
            )
            .expect("a table can be made");
        Self(connection)
    }

    fn per_second(&mut self) -> f64 {
        let commit = "BEGIN IMMEDIATE; INSERT INTO kept (bytes) VALUES (zeroblob(100)); COMMIT;";
        let (began, mut pairs) = (Instant::now(), 0_u32);
        while began.elapsed() < TURN {
            (0..2).for_each(|_| self.0.batch_execute(commit).expect("a row can be kept"));
            pairs += 1;
        }
        f64::from(pairs) / began.elapsed().as_secs_f64()
    }
}
