//! The floor: the server's own statements, run by pgbench without a server.

use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use diesel::QueryableByName;
use diesel::sql_types::BigInt;

use crate::cluster::{Database, in_this_crate, run};

/// Accounts in the floor and on the server: 64 clients have four each.
pub(crate) const ACCOUNTS: usize = 256;
/// Entries of each account's log at the start, as after a registration.
const ENTRIES: u32 = 4;
const DEVICE: u8 = 0xdd;
/// The limits of a device's bucket, as the service has them; none of them bites here.
const DRAIN: i64 = 199_384_615;
const BURST: i64 = 12;

/// What pgbench measured.
pub(crate) struct FloorRun {
    /// Logins with a store in a second.
    pub(crate) per_second: f64,
    /// Write-ahead log of each, bytes.
    pub(crate) wal_bytes: f64,
    /// Processor time of Postgres and pgbench for each.
    pub(crate) cpu: Duration,
    /// One sync, on average.
    pub(crate) sync: Duration,
}

/// How long the sealed values of the server's rows are, bytes.
#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Lengths {
    #[diesel(sql_type = BigInt)]
    sealed_name: i64,
    #[diesel(sql_type = BigInt)]
    sealed_credential_id: i64,
    #[diesel(sql_type = BigInt)]
    sealed_record: i64,
    #[diesel(sql_type = BigInt)]
    sealed_storage_key: i64,
    #[diesel(sql_type = BigInt)]
    wrapped_data_key: i64,
    #[diesel(sql_type = BigInt)]
    sealed_entry: i64,
    #[diesel(sql_type = BigInt)]
    sealed_state: i64,
    #[diesel(sql_type = BigInt)]
    sealed_keys: i64,
    #[diesel(sql_type = BigInt)]
    last_answer: i64,
    #[diesel(sql_type = BigInt)]
    sealed_secret: i64,
    #[diesel(sql_type = BigInt)]
    sealed_label: i64,
}

/// A database with accounts for the scripts.
pub(crate) struct Floor<'a> {
    database: &'a Database<'a>,
    variables: Vec<(&'static str, String)>,
}

impl<'a> Floor<'a> {
    /// Fills an empty database with accounts whose rows are as long as those of a server that has done some work, and that has
    /// one attempt that was begun.
    pub(crate) fn fill(database: &'a Database<'a>, server: &Database<'_>) -> Self {
        let lengths = lengths(server);
        database.execute(include_str!("../../migrations/postgres/0001_first/up.sql"));
        database.execute(include_str!("../../migrations/postgres/0002_usage/up.sql"));
        let settings = [
            ("accounts", ACCOUNTS as i64),
            ("entries", i64::from(ENTRIES)),
            ("sealed_name", lengths.sealed_name),
            ("sealed_credential_id", lengths.sealed_credential_id),
            ("sealed_record", lengths.sealed_record),
            ("sealed_storage_key", lengths.sealed_storage_key),
            ("wrapped_data_key", lengths.wrapped_data_key),
            ("sealed_entry", lengths.sealed_entry),
        ];
        let mut psql = Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]);
        for (name, value) in settings {
            psql.arg("--set").arg(format!("{name}={value}"));
        }
        psql.arg("--set").arg(format!("device={}", bytes(DEVICE, 32)));
        run(psql.arg("--file").arg(in_this_crate("benches/floor/fill.sql")).arg(database.url()));
        Self { database, variables: variables(&lengths) }
    }

    /// Runs so many clients for so long, after a warming up.
    pub(crate) fn run(&self, clients: usize, time: Duration) -> FloorRun {
        self.pgbench(clients, Duration::from_secs(1));
        let (written, used) = (self.database.written(), self.database.cluster.cpu());
        let (report, own) = self.pgbench(clients, time);
        let written = (written, self.database.written());
        let done: f64 = number_after(&report, "number of transactions actually processed: ");
        assert!(number_after(&report, "number of failed transactions: ") == 0.0, "{report}");
        FloorRun {
            per_second: number_after(&report, "tps = "),
            wal_bytes: (written.1.wal_bytes - written.0.wal_bytes) as f64 / done,
            cpu: (self.database.cluster.cpu() - used + own).div_f64(done),
            sync: written.1.sync_since(&written.0),
        }
    }

    /// What pgbench reported, and the processor time that it took itself.
    fn pgbench(&self, clients: usize, time: Duration) -> (String, Duration) {
        let mut pgbench = Command::new("pgbench");
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]);
        pgbench.arg(format!("--client={clients}")).arg(format!("--time={}", time.as_secs()));
        for (name, value) in &self.variables {
            pgbench.arg(format!("--define={name}={value}"));
        }
        pgbench.arg("--file").arg(in_this_crate("benches/floor/login_and_store.pgb")).arg(self.database.url());
        let before = crate::cpu::of_children_that_ended();
        let report = run(&mut pgbench);
        (report, crate::cpu::of_children_that_ended() - before)
    }
}

fn lengths(server: &Database<'_>) -> Lengths {
    server.one(
        "SELECT
           (SELECT max(length(sealed_name)) FROM account WHERE state = 1)::bigint AS sealed_name,
           (SELECT max(length(sealed_credential_id)) FROM account)::bigint AS sealed_credential_id,
           (SELECT max(length(sealed_record)) FROM account)::bigint AS sealed_record,
           (SELECT max(length(sealed_storage_key)) FROM account)::bigint AS sealed_storage_key,
           (SELECT max(length(wrapped_data_key)) FROM account)::bigint AS wrapped_data_key,
           (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY length(sealed_entry)) FROM audit_entry)::bigint AS sealed_entry,
           (SELECT max(length(sealed_state)) FROM attempt)::bigint AS sealed_state,
           (SELECT max(length(sealed_keys)) FROM session)::bigint AS sealed_keys,
           (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY length(last_answer)) FROM session)::bigint AS last_answer,
           (SELECT max(length(sealed_secret)) FROM secret)::bigint AS sealed_secret,
           (SELECT max(length(sealed_label)) FROM secret)::bigint AS sealed_label",
    )
}

/// What the script is told beside what it reads.
fn variables(lengths: &Lengths) -> Vec<(&'static str, String)> {
    let pair = |one: String| format!(r#"{{"\{one}","\{one}"}}"#);
    vec![
        ("accounts", ACCOUNTS.to_string()),
        ("offset", "0".to_owned()),
        ("device", bytes(DEVICE, 32)),
        ("strangers", bytes(0, 32)),
        ("unit", "1".to_owned()),
        ("drain", DRAIN.to_string()),
        ("is_stranger", "f".to_owned()),
        ("decays", "0".to_owned()),
        ("free", "8".to_owned()),
        ("first_wait", "30000".to_owned()),
        ("longest_wait", "900000".to_owned()),
        ("capacity", (BURST * DRAIN).to_string()),
        ("sealed_state", bytes(0xb1, lengths.sealed_state)),
        ("added", "2".to_owned()),
        ("next_chain", bytes(0xb2, 32)),
        ("logged", "{}".to_owned()),
        ("other_devices", "7".to_owned()),
        ("other_sessions", "3".to_owned()),
        ("clear_refusals", "f".to_owned()),
        ("kind", "1".to_owned()),
        ("operations_left", "0".to_owned()),
        ("next_seq", "1".to_owned()),
        ("closed", "t".to_owned()),
        ("sealed_keys", bytes(0xb3, lengths.sealed_keys)),
        ("finish_digest", bytes(0xb4, 32)),
        ("last_frame", bytes(0xb5, 32)),
        ("last_answer", bytes(0xb6, lengths.last_answer)),
        ("operation", "2".to_owned()),
        ("continuations", "0".to_owned()),
        ("sealed_entries", pair(bytes(0xb7, lengths.sealed_entry))),
        ("leaves", pair(bytes(0xb8, 32))),
        ("origin", "1".to_owned()),
        ("secret_kind", "1".to_owned()),
        ("version", "1".to_owned()),
        ("stores", "1".to_owned()),
        ("stored_bytes", lengths.sealed_secret.to_string()),
        ("sealed_secret", bytes(0xb9, lengths.sealed_secret)),
        ("sealed_label", bytes(0xba, lengths.sealed_label)),
    ]
}

/// Bytes as Postgres reads them.
fn bytes(byte: u8, length: i64) -> String {
    let mut text = "\\x".to_owned();
    for _ in 0..length {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn number_after(report: &str, words: &str) -> f64 {
    let rest = report.split_once(words).unwrap_or_else(|| panic!("pgbench says nothing of {words:?}: {report}")).1;
    let end = rest.find(|character: char| character != '.' && !character.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().expect("pgbench reports numbers")
}
