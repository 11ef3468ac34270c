pub mod store;
pub mod config;
pub mod keys;
pub mod telemetry;
pub mod tls;
