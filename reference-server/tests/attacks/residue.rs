//! After real work on the real binary, nothing that a person keeps from the server is anywhere that its operator could look, and in the
//! server's own memory is nothing of what has ended.
//!
//! What is done is in `work.rs`. What is searched is all that there is: the files of the database and its logs, a dump, what the server
//! says (logs, errors, metrics), and its memory. Each place first has to show something that must be there.

mod failures;
mod files;
mod memory;
mod said;
mod work;

use lock_keeper_testbed::{Engine, Program, ProgramSettings};

use crate::BINARY;

/// Everything that can be heard of the server and of the libraries beneath it.
const MOST_TALKATIVE: &str =
    "trace,actix_http=trace,actix_server=trace,actix_web=trace,diesel=trace,mio=trace,rustls=trace";

fn serve(engine: Engine) -> Program {
    let settings = ProgramSettings { log_level: MOST_TALKATIVE.to_owned(), ..ProgramSettings::default() };
    Program::start(BINARY, engine, &settings)
}
