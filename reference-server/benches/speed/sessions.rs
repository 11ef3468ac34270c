//! Sessions per second of the server process over the floor, and how long they take at a rate that it can bear.

use std::path::PathBuf;
use std::time::Duration;

use lock_keeper_protocol::identity::Realm;
use lock_keeper_testbed::{Device, RawClient};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use crate::cluster::{Cluster, Database};
use crate::cpu;
use crate::floor::{ACCOUNTS, Floor, FloorRun};
use crate::generator::Generator;
use crate::load::{Order, Outcome, Until, Work};
use crate::site::{Quota, REALM, Site};
use crate::table::{Table, against, heading, remark};

const CLIENTS: [usize; 3] = [1, 8, 64];
/// Floor and server take turns, so that what else the machine does meets both.
const TURNS: u32 = 3;
const TURN: Duration = Duration::from_secs(3);
/// Write-ahead log of a session, bytes.
const WAL_AIM: f64 = 5.0 * 1_024.0;

/// A disk, and what part of the floor the server should reach on it.
pub(crate) struct Disk {
    pub(crate) name: &'static str,
    pub(crate) cluster: Cluster,
    pub(crate) aim: f64,
}

/// A server under load on one disk.
struct Stand<'a> {
    database: Database<'a>,
    site: Site,
    generator: Generator,
}

/// The server's share of one turn.
struct ServerRun {
    outcome: Outcome,
    wal_bytes: f64,
    server_cpu: Duration,
    database_cpu: Duration,
}

/// What one row of the table is made from.
struct Row {
    clients: usize,
    floor: Vec<FloorRun>,
    server: Vec<ServerRun>,
}

/// Measures on a disk; answers the figures.
pub(crate) fn measure(disk: &Disk) -> Value {
    let database = disk.cluster.database("server");
    let site = Site::serve(&database.url(), Quota::FAR);
    let at_rest = cpu::resident_bytes(site.process());
    let generator = Generator::start(&site, CLIENTS[2], ACCOUNTS / CLIENTS[2]);
    let mut stand = Stand { database, site, generator };
    stand.generator.closed(CLIENTS[2], Work::LoginAndStore, Duration::from_secs(1), 0);
    begin_a_login(&stand.site);
    let floor_database = disk.cluster.database("floor");
    let floor = Floor::fill(&floor_database, &stand.database);

    let rows: Vec<Row> = CLIENTS.iter().map(|&clients| row(&mut stand, &floor, clients)).collect();
    let under_load = cpu::resident_bytes(stand.site.process());
    print(disk, &rows);
    let most = rows[2].server_per_second();
    let open = open_loop(&mut stand, most);
    json!({
        "aim": disk.aim,
        "closed": rows.iter().map(Row::figures).collect::<Vec<_>>(),
        "open": open,
        "resident_bytes": { "at_rest": at_rest, "at_64_clients": under_load },
    })
}

/// Somebody asks for KE2 and goes: the row of an attempt stays.
fn begin_a_login(site: &Site) {
    let certificate: PathBuf = site.certificate();
    let authority = CertificateDer::from_pem_file(certificate).expect("the certificate is there");
    let http = RawClient::at(site.address(), authority);
    let realm = Realm::new(REALM).expect("it is one");
    let answer = Device::over(http, realm, "person0x0", "correct horse").guess();
    assert_eq!(answer.status, 200, "{:?}", answer.problem());
}

fn row(stand: &mut Stand<'_>, floor: &Floor<'_>, clients: usize) -> Row {
    let mut row = Row { clients, floor: Vec::new(), server: Vec::new() };
    // How many KE1 a turn will need is only known after one.
    let warming = stand.generator.closed(clients, Work::LoginAndStore, Duration::from_secs(1), 0);
    let mut ahead = (warming.done as f64 * TURN.as_secs_f64() * 1.5) as usize;
    for _ in 0..TURNS {
        stand.database.checkpoint();
        row.floor.push(floor.run(clients, TURN));
        stand.database.checkpoint();
        let run = server_run(stand, clients, ahead);
        ahead = ahead.max((run.outcome.done as f64 * 1.3) as usize);
        row.server.push(run);
    }
    row
}

fn server_run(stand: &mut Stand<'_>, clients: usize, ahead: usize) -> ServerRun {
    // Pages are written to the log whole once after a checkpoint; that is not a session's own.
    stand.generator.closed(clients, Work::LoginAndStore, Duration::from_secs(1), ahead / 3);
    let cluster = stand.database.cluster;
    // The KE1s are made inside the order, but by the generator alone.
    let before = (stand.database.written(), cpu::of_process(stand.site.process()), cluster.cpu());
    let outcome = stand.generator.closed(clients, Work::LoginAndStore, TURN, ahead);
    let done = outcome.done as f64;
    let wal_bytes = (stand.database.written().wal_bytes - before.0.wal_bytes) as f64 / done;
    let server_cpu = (cpu::of_process(stand.site.process()) - before.1).div_f64(done);
    let database_cpu = (cluster.cpu() - before.2).div_f64(done);
    ServerRun { outcome, wal_bytes, server_cpu, database_cpu }
}

/// The latency counts from the moment at which a session should have begun, so that a server that falls behind shows it.
fn open_loop(stand: &mut Stand<'_>, most: f64) -> Vec<Value> {
    let mut table =
        Table::new(&["open loop, 64 clients", "rate/s", "done/s", "half, ms", "90 %, ms", "99 %, ms", "longest, ms"]);
    let mut figures = Vec::new();
    for share in [0.25, 0.5, 0.75] {
        let rate = most * share;
        let ahead = (rate * 4.5) as usize;
        let until = Until::Seconds(4.0);
        let order = Order { clients: 64, work: Work::LoginAndStore, until, rate: Some(rate), ahead };
        let outcome = stand.generator.order(&order);
        let done = outcome.done as f64 / outcome.seconds;
        let [half, nine, ninety_nine, longest] = outcome.latency;
        let milliseconds = [half, nine, ninety_nine, longest].map(|took| format!("{took:.1}"));
        let mut cells =
            vec![format!("{:.0} % of the maximum", share * 100.0), format!("{rate:.0}"), format!("{done:.0}")];
        cells.extend(milliseconds);
        table.row(cells);
        figures.push(
            json!({ "share": share, "rate": rate, "done": done, "busy": outcome.busy, "latency_ms": outcome.latency }),
        );
    }
    remark("");
    table.print();
    figures
}

fn print(disk: &Disk, rows: &[Row]) {
    let sync = rows[0].floor.iter().map(|run| run.sync.as_secs_f64()).sum::<f64>() / f64::from(TURNS);
    heading(
        &format!("Sessions per second on {}", disk.name),
        &format!(
            "A session is a login and a store that rides with KE3; one fdatasync takes {:.2} ms here. The floor is the server's\n\
             own statements without a server. Aim: {} of it.",
            sync * 1_000.0,
            disk.aim
        ),
    );
    let mut table = Table::new(&[
        "clients",
        "floor/s",
        "server/s",
        "ratio",
        "WAL floor, B",
        "WAL server, B",
        "server CPU, µs",
        "Postgres CPU, µs",
        "generator CPU, µs",
        "floor CPU, µs",
        "503",
    ]);
    for row in rows {
        table.row(vec![
            row.clients.to_string(),
            format!("{:.0}", row.floor_per_second()),
            format!("{:.0}", row.server_per_second()),
            against(row.ratio(), disk.aim, true),
            format!("{:.0}", median(row.floor.iter().map(|run| run.wal_bytes))),
            against(row.wal_bytes(), WAL_AIM, false),
            microseconds(row.server.iter().map(|run| run.server_cpu)),
            microseconds(row.server.iter().map(|run| run.database_cpu)),
            microseconds(
                row.server.iter().map(|run| Duration::from_secs_f64(run.outcome.cpu / run.outcome.done as f64)),
            ),
            microseconds(row.floor.iter().map(|run| run.cpu)),
            row.server.iter().map(|run| run.outcome.busy).sum::<u64>().to_string(),
        ]);
    }
    table.print();
}

impl Row {
    fn floor_per_second(&self) -> f64 {
        median(self.floor.iter().map(|run| run.per_second))
    }

    fn server_per_second(&self) -> f64 {
        median(self.server.iter().map(|run| run.outcome.done as f64 / run.outcome.seconds))
    }

    /// The median of the turns' own ratios: each is of two runs that followed each other.
    fn ratio(&self) -> f64 {
        let turns = self.floor.iter().zip(&self.server);
        median(turns.map(|(floor, server)| server.outcome.done as f64 / server.outcome.seconds / floor.per_second))
    }

    fn wal_bytes(&self) -> f64 {
        median(self.server.iter().map(|run| run.wal_bytes))
    }

    fn figures(&self) -> Value {
        json!({
            "clients": self.clients,
            "floor_per_second": self.floor_per_second(),
            "server_per_second": self.server_per_second(),
            "ratio": self.ratio(),
            "floor_wal_bytes": median(self.floor.iter().map(|run| run.wal_bytes)),
            "server_wal_bytes": self.wal_bytes(),
            "sync_ms": 1_000.0 * median(self.floor.iter().map(|run| run.sync.as_secs_f64())),
            "cpu_us": {
                "floor": 1e6 * median(self.floor.iter().map(|run| run.cpu.as_secs_f64())),
                "server": 1e6 * median(self.server.iter().map(|run| run.server_cpu.as_secs_f64())),
                "postgres": 1e6 * median(self.server.iter().map(|run| run.database_cpu.as_secs_f64())),
                "generator": 1e6 * median(self.server.iter().map(|run| run.outcome.cpu / run.outcome.done as f64)),
            },
            "latency_ms": self.server[0].outcome.latency,
            "busy": self.server.iter().map(|run| run.outcome.busy).sum::<u64>(),
        })
    }
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn microseconds(values: impl Iterator<Item = Duration>) -> String {
    format!("{:.0}", 1e6 * median(values.map(|value| value.as_secs_f64())))
}
