//! `lock-keeper-server`: the reference key server as a program. See [`lock_keeper_server::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    lock_keeper_server::cli::run()
}
