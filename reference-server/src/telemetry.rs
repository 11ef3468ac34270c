//! What the people who run the server see: logs, metrics, health. None of it holds names, secrets, or ids of accounts.

mod logs;
mod metrics;
mod operations;

pub use logs::{parse_filter, start_logs};
pub use metrics::{LoginOutcome, Metrics, StoreReadings};
pub use operations::{NotReady, Readiness, operations_routes};
