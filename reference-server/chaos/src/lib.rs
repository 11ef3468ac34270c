//! Kills key servers, databases and clients at random moments, and looks whether anything was lost or done twice.
//!
//! A [`run`] has a real server process on a database of its own, clients that are processes too (of the library that apps
//! use), and two strangers who guess at a name all the while. Then the faults of its [`schedule`] come, each a moment after
//! the work went on. Each client notes before and after each call what it asks for and what it was told ([`journal`]). At
//! the end [`check`] opens every account on its own device (every third person has two, which work at the same time) and
//! holds it against its [`ledger`]:
//!
//! - what was acknowledged is there, and stands in the audit log exactly once;
//! - what failed in a way that says that nothing happened has not happened;
//! - what may have happened has happened once or not at all;
//! - the log verifies, every account opens, and takes another secret;
//! - the guess budget has answered no guess too many.
//!
//! What is random follows from the seed of a run, as far as the schedule of faults and the clients' decisions go; the moment
//! in which a process is hit does not. A run that finds something prints the seed, and the history of the account.
//!
//! ```sh
//! cargo build --workspace --bins
//! target/debug/lock-keeper-chaos run --kills 2000
//! ```

pub mod check;
pub mod client;
pub mod clients;
pub mod cluster;
pub mod disk;
pub mod exhaustion;
pub mod guesser;
pub mod history;
pub mod journal;
pub mod ledger;
mod line;
pub mod plan;
pub mod postgres_link;
pub mod proxy;
pub mod report;
pub mod run;
pub mod schedule;
pub mod server;
pub mod site;
