//! Counters, gauges and one histogram, in the text format of Prometheus. Labels are words from closed sets: never a name, an
//! id or an address.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeLabelValue, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::store::Swept;

/// Upper bounds of the histogram's buckets, in seconds. A login spends some milliseconds; the rest tells where it hurts.
const LATENCY: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// How a login ended, as far as the server can know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub enum LoginOutcome {
    /// A good KE3 came, and opened a session.
    Succeeded,
    /// A KE3 came that proves nothing.
    Failed,
    /// KE1 came, and the budget refused it.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: LoginOutcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SweptLabel {
    what: &'static str,
}

/// What a store counts about itself, as its counters stand now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreReadings {
    /// Somebody else moved an account's head first.
    pub head_misses: u64,
    /// A connection was lost during a commit, so that its outcome had to be read again.
    pub unknown_commits: u64,
    /// No connection was free at once.
    pub pool_waits: u64,
    /// No connection was free in time, which the client saw as a 503.
    pub pool_busy: u64,
    /// Work was done again after a deadlock or a timeout of a lock.
    pub retries: u64,
}

/// Everything that the server counts. One for each process; cheap to share.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latency: Family<RouteLabel, Histogram>,
    logins: Family<OutcomeLabel, Counter>,
    swept: Family<SweptLabel, Counter>,
    budget_refusals: Counter,
    budget_write_failures: Counter,
    sweep_lag: Gauge<f64, AtomicU64>,
    certificate_expiry: Gauge<i64, AtomicI64>,
    clock_skew: Gauge<f64, AtomicU64>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// With everything at zero. `store` is asked at each scrape.
    pub fn new(store: Arc<dyn Fn() -> StoreReadings + Send + Sync>) -> Self {
        let mut registry = Registry::with_prefix("lock_keeper");
        let metrics = Self {
            requests: Family::default(),
            latency: Family::new_with_constructor(|| Histogram::new(LATENCY)),
            logins: Family::default(),
            swept: Family::default(),
            budget_refusals: Counter::default(),
            budget_write_failures: Counter::default(),
            sweep_lag: Gauge::default(),
            certificate_expiry: Gauge::default(),
            clock_skew: Gauge::default(),
            registry: Registry::default(),
        };
        let r = &mut registry;
        r.register("requests", "Requests by route and status", metrics.requests.clone());
        r.register("request_duration_seconds", "How long requests took", metrics.latency.clone());
        r.register(
            "logins",
            "Logins by outcome, answers that were given again too; a wrong password that ends on the client is none",
            metrics.logins.clone(),
        );
        r.register("swept", "Rows that the sweeper removed", metrics.swept.clone());
        r.register("budget_refusals", "Logins that the guess budget refused", metrics.budget_refusals.clone());
        r.register(
            "budget_write_failures",
            "Logins that got no KE2 since the database could not be asked or written",
            metrics.budget_write_failures.clone(),
        );
        r.register(
            "sweep_lag_seconds",
            "Time since the sweeper last had nothing left to remove",
            metrics.sweep_lag.clone(),
        );
        r.register(
            "certificate_expiry_timestamp_seconds",
            "When the certificate in use expires; 0 where unknown",
            metrics.certificate_expiry.clone(),
        );
        r.register("clock_skew_seconds", "This machine's clock minus the database's", metrics.clock_skew.clone());
        r.register_collector(Box::new(StoreCollector(store)));
        Self { registry, ..metrics }
    }

    /// A request was answered. `route` is the route's pattern, never the path that was asked for.
    pub fn request(&self, route: &'static str, status: u16, took: Duration) {
        self.requests.get_or_create(&RequestLabels { route, status }).inc();
        self.latency.get_or_create(&RouteLabel { route }).observe(took.as_secs_f64());
    }

    /// A login ended. [`LoginOutcome::Refused`] counts as a refusal of the budget too.
    pub fn login(&self, outcome: LoginOutcome) {
        self.logins.get_or_create(&OutcomeLabel { outcome }).inc();
        if outcome == LoginOutcome::Refused {
            self.budget_refusals.inc();
        }
    }

    /// A guess could not be counted, so there was no KE2.
    pub fn budget_write_failed(&self) {
        self.budget_write_failures.inc();
    }

    /// The sweeper removed rows.
    pub fn swept(&self, swept: &Swept) {
        for (what, count) in [
            ("sessions", swept.sessions),
            ("pending", swept.pending),
            ("attempts", swept.attempts),
            ("budgets", swept.budgets),
            ("tombstones", swept.tombstones),
        ] {
            self.swept.get_or_create(&SweptLabel { what }).inc_by(count);
        }
    }

    /// How long ago the sweeper last had nothing left to remove: no row that should be gone is older than this and a minute.
    pub fn set_sweep_lag(&self, lag: Duration) {
        self.sweep_lag.set(lag.as_secs_f64());
    }

    /// When the certificate in use expires, in seconds since the Unix epoch.
    pub fn set_certificate_expiry(&self, at: i64) {
        self.certificate_expiry.set(at);
    }

    /// This machine's clock minus the database's, in milliseconds.
    pub fn set_clock_skew(&self, millis: i64) {
        self.clock_skew.set(millis as f64 / 1000.0);
    }

    /// Everything, in the text format of OpenMetrics.
    pub fn encode(&self) -> String {
        let mut text = String::with_capacity(8192);
        prometheus_client::encoding::text::encode(&mut text, &self.registry)
            .expect("writing to a String cannot fail, and our metrics encode nothing that may");
        text
    }
}

struct StoreCollector(Arc<dyn Fn() -> StoreReadings + Send + Sync>);

impl fmt::Debug for StoreCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreCollector")
    }
}

impl Collector for StoreCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let readings = (self.0)();
        for (name, help, count) in [
            ("store_head_misses", "Times that somebody else had moved an account's head first", readings.head_misses),
            ("store_unknown_commits", "Commits whose outcome had to be read again", readings.unknown_commits),
            ("store_pool_waits", "Times that no connection was free at once", readings.pool_waits),
            ("store_pool_busy", "Times that no connection was free in time", readings.pool_busy),
            ("store_retries", "Times that work was done again after a deadlock or a lock's timeout", readings.retries),
        ] {
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            ConstCounter::new(count).encode(metric)?;
        }
        Ok(())
    }
}
