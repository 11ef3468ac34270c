//! What the key server's tests stand on.
//!
//! [`postgres::Database`] is a fresh database in the private cluster that `make test` starts. Each test has its own,
//! cloned from a template that was migrated once, so that tests run in parallel and none sees another's rows.
//! `postgres.sh`, beside this crate's manifest, starts and stops such a cluster by hand.

pub mod postgres;
