//! `lock-keeper`: keep secrets on a key server that cannot read them, from the command line.
//!
//! One command is one run: [`arguments`] says what was asked for, [`commands`] does it with the client library, and [`output`]
//! shows the outcome, to a person or (with `--json`) to a script.

mod arguments;
mod commands;
mod device;
mod failure;
mod interrupt;
mod moment;
mod new_file;
mod output;
mod passwords;
mod progress;
mod quiet_terminal;
mod standard_input;
mod strength;

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;
use zeroizing_alloc::ZeroAlloc;

use crate::arguments::Arguments;
use crate::output::Output;

/// Wipes whatever is freed: what was typed, shown, sent and received passes through buffers that their owners do not wipe.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(refused) => return arguments::refuse(&refused),
    };
    let output = Output::new(arguments.json);
    let done = commands::run(&arguments, &output).and_then(|report| output.report(&report));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit_code)
        }
    }
}
