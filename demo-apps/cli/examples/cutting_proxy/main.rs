//! A bad line for the demo: forwards TCP to a key server, and cuts one connection just when a large request is answered.
//!
//! `cutting_proxy PORT` prints the port on which it listens, and a line when it has cut.

mod proxy;

use std::io::{Write, stdout};
use std::process::ExitCode;

use proxy::CuttingProxy;

fn main() -> ExitCode {
    let Some(port) = std::env::args().nth(1).and_then(|port| port.parse().ok()) else {
        return ExitCode::from(2);
    };
    let Ok(proxy) = CuttingProxy::before(port) else {
        return ExitCode::FAILURE;
    };
    say(&proxy.port().to_string());
    proxy.run(|| say("cut"));
    ExitCode::SUCCESS
}

fn say(line: &str) {
    // Whoever reads it may have gone.
    let _ = writeln!(stdout(), "{line}").and_then(|()| stdout().flush());
}
