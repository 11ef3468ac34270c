//! What the store guarantees, on both engines.
//!
//! Each test is written once and run on a fresh SQLite file and then on a fresh Postgres database of its own.

mod administration;
mod charge;
mod delete;
mod failures;
mod fixture;
mod floor;
mod give_back;
mod login;
mod message;
mod parallel;
mod password;
mod plans;
mod registration;
mod rewrap;
mod samples;
mod schema;
mod secrets;
mod sqlite_plans;
mod sweep;
