//! Whether a session costs more when there are more accounts, a longer log, or more secrets.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::cpu;
use crate::generator::Generator;
use crate::load::{Order, Until, Work};
use crate::site::{Quota, Site};
use crate::table::{Table, heading};
use crate::under::Under;

const AIM: f64 = 1.3;
/// Real accounts among the others, so that a session seldom finds its pages where the last one left them.
const PEOPLE: u64 = 128;
/// Accounts whose logs and secrets grow.
const FEW: u64 = 8;
const SESSIONS_EACH: u64 = 6;
/// Room for the secrets that an account gets here, and the default in bytes: a log of 10,000 entries could stand for more, so that
/// whoever counts the secrets rather than keep their count shows it.
const QUOTA: Quota = Quota { secrets: 20_000, bytes: 64 << 20 };

/// What a session cost in one state of the database.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// Pages that it touched; none where the engine does not count them.
    pub(crate) pages: Option<f64>,
    /// Time in the database, ms; none where it is the server's own.
    pub(crate) database_ms: Option<f64>,
    /// KiB that the server process read, from files and sockets.
    pub(crate) read_kib: f64,
    /// Processor time of the server process, µs.
    pub(crate) server_us: f64,
    /// From KE1 to the answer, ms: half of the sessions took no longer.
    pub(crate) latency_ms: f64,
}

/// One server, one client, so many people.
struct Stand<'a> {
    under: Under<'a>,
    site: Site,
    generator: Generator,
    people: u64,
}

/// Measures on both engines; answers the figures.
pub(crate) fn measure(cluster: &Cluster) -> Value {
    heading(
        "The same session in a larger database",
        "A login with a store, one client. Pages are shared buffers of Postgres, hit or read, as its statements counted them.\n\
         Aim: at most 1.3 times, for pages and for time in the database.",
    );
    let mut table = Table::new(&[
        "state",
        "pages",
        "ratio",
        "in database, ms",
        "ratio",
        "server reads, KiB",
        "server CPU, µs",
        "session, ms",
    ]);
    let postgres = states(|name| Under::postgres(cluster, name), &mut table);
    let sqlite = states(|_| Under::sqlite(), &mut table);
    table.print();
    json!({ "aim": AIM, "postgres": postgres, "sqlite": sqlite })
}

fn states<'a>(fresh: impl Fn(&str) -> Under<'a>, table: &mut Table) -> Value {
    let mut stand = Stand::new(fresh("accounts"), PEOPLE);
    stand.under.add_accounts(1_000 - PEOPLE);
    let few_accounts = stand.cost(2);
    stand.under.add_accounts(199_000);
    let many_accounts = stand.cost(2);
    let engine = stand.under.engine();
    drop(stand);

    let mut stand = Stand::new(fresh("entries"), FEW);
    let small = stand.cost(SESSIONS_EACH);
    stand.under.add_entries(10_000);
    let long_log = stand.cost(SESSIONS_EACH);
    stand.under.add_secrets(10_000);
    let many_secrets = stand.cost(SESSIONS_EACH);

    let mut figures = Vec::new();
    let mut row = |state: &str, cost: Cost, base: Cost| {
        table.row(cells(&format!("{engine}, {state}"), &cost, &base));
        figures.push(figure(state, &cost, &base));
    };
    row("1,000 accounts", few_accounts, few_accounts);
    row("200,000 accounts", many_accounts, few_accounts);
    row("10 entries, 10 secrets", small, small);
    row("10,000 entries, 10 secrets", long_log, small);
    row("10,000 entries, 10,000 secrets", many_secrets, small);
    Value::Array(figures)
}

impl<'a> Stand<'a> {
    fn new(under: Under<'a>, people: u64) -> Self {
        let site = Site::serve(&under.url(), QUOTA);
        let accounts = usize::try_from(people).expect("it is small");
        let mut generator = Generator::start(&site, 1, accounts);
        // Logs and secrets as they are after some days.
        generator.order(&sessions(6 * people));
        Self { under, site, generator, people }
    }

    fn cost(&mut self, each: u64) -> Cost {
        let count = each * self.people;
        // Each account's device has to see the log as it is now, and statements are prepared.
        self.generator.order(&sessions(self.people));
        self.under.count_from_here();
        let before = (cpu::bytes_read(self.site.process()), cpu::of_process(self.site.process()));
        let outcome = self.generator.order(&sessions(count));
        let counted = self.under.counted();
        let each = |value: f64| value / count as f64;
        Cost {
            pages: counted.as_ref().map(|counted| each(counted.pages as f64)),
            database_ms: counted.as_ref().map(|counted| each(counted.milliseconds)),
            read_kib: each((cpu::bytes_read(self.site.process()) - before.0) as f64 / 1_024.0),
            server_us: each((cpu::of_process(self.site.process()) - before.1).as_secs_f64() * 1e6),
            latency_ms: outcome.latency[0],
        }
    }
}

/// KE1s are made ahead, so that the latency is the server's.
fn sessions(count: u64) -> Order {
    let ahead = usize::try_from(count).expect("it is small");
    Order { clients: 1, work: Work::LoginAndStore, until: Until::Done(count), rate: None, ahead }
}

fn cells(state: &str, cost: &Cost, base: &Cost) -> Vec<String> {
    let ratio = |value: Option<f64>, base: Option<f64>| match (value, base) {
        (Some(value), Some(base)) => crate::table::against(value / base, AIM, false),
        _ => "–".to_owned(),
    };
    let number = |value: Option<f64>, digits| value.map_or("–".to_owned(), |value| format!("{value:.digits$}"));
    vec![
        state.to_owned(),
        number(cost.pages, 0),
        ratio(cost.pages, base.pages),
        number(cost.database_ms, 2),
        ratio(cost.database_ms, base.database_ms),
        format!("{:.1}", cost.read_kib),
        format!("{:.0}", cost.server_us),
        format!("{:.2}", cost.latency_ms),
    ]
}

fn figure(state: &str, cost: &Cost, base: &Cost) -> Value {
    let ratio = |value: Option<f64>, base: Option<f64>| value.zip(base).map(|(value, base)| value / base);
    json!({
        "state": state,
        "pages": cost.pages,
        "pages_ratio": ratio(cost.pages, base.pages),
        "database_ms": cost.database_ms,
        "database_ratio": ratio(cost.database_ms, base.database_ms),
        "read_kib": cost.read_kib,
        "server_us": cost.server_us,
        "latency_ms": cost.latency_ms,
        "latency_ratio": cost.latency_ms / base.latency_ms,
    })
}
