//! The binary `lock-keeper-server`: a thin command line over the library.

// As in the library: what panics says nothing of what it stumbled over.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::string_slice, clippy::panic))]

mod cli;

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Wipes whatever is freed. Names, frames and keys of people pass through buffers of HTTP, TLS and the database's driver, which
/// do not wipe them.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    cli::run()
}
