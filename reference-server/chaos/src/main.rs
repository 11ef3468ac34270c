//! `lock-keeper-chaos`: see the library's first lines.

use std::io::{IsTerminal, Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{Parser, Subcommand, ValueEnum};
use lock_keeper_chaos::client::{self, Who};
use lock_keeper_chaos::clients::exit_code;
use lock_keeper_chaos::run::{Settings, run};
use lock_keeper_testbed::Engine;
use rustix::process::{Signal, set_parent_process_death_signal};
use signal_hook::consts::{SIGINT, SIGTERM};

/// Kills key servers, databases and clients at random moments, and looks whether anything was lost or done twice.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Does it. A first Ctrl-C ends the faults early, and what has happened so far is checked.
    Run {
        /// Processes to kill on each engine.
        #[arg(long, default_value_t = 1_000)]
        kills: usize,
        /// Clients that work at once.
        #[arg(long, default_value_t = 6)]
        clients: usize,
        /// What everything is drawn from; a random one where none is given.
        #[arg(long)]
        seed: Option<u64>,
        /// One engine alone.
        #[arg(long)]
        engine: Option<On>,
    },
    /// One client; the run starts it.
    #[command(hide = true)]
    Client {
        /// The account's name.
        name: String,
        /// What its decisions are drawn from.
        seed: u64,
        /// Its directory.
        home: PathBuf,
        /// The file with which it connects.
        connect: PathBuf,
        /// Where it is a second device: the directory of the first.
        #[arg(long)]
        second_of: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum On {
    Sqlite,
    Postgres,
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Client { name, seed, home, connect, second_of } => {
            // A client does not outlive the run that started it, however that ends.
            let _ = set_parent_process_death_signal(Some(Signal::KILL));
            ExitCode::from(exit_code(client::work(Who { home, name, connect, seed, second_of })))
        }
        Command::Run { kills, clients, seed, engine } => {
            let engines = [(On::Sqlite, Engine::Sqlite), (On::Postgres, Engine::Postgres)];
            let chosen = engines.into_iter().filter(|(on, _)| engine.is_none_or(|only| only == *on));
            let stop = Arc::new(AtomicBool::new(false));
            for signal in [SIGINT, SIGTERM] {
                // A second one ends the process at once.
                let registered = signal_hook::flag::register_conditional_default(signal, Arc::clone(&stop))
                    .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop)));
                if let Err(error) = registered {
                    say(&format!("signals end the run at once: {error}"));
                }
            }
            let seed = seed.unwrap_or_else(rand::random);
            let mut good = true;
            for (_, engine) in chosen {
                let Ok(program) = std::env::current_exe() else { return ExitCode::FAILURE };
                let settings = Settings { engine, seed, kills, clients, program, stop: Arc::clone(&stop) };
                say(&format!("{engine:?}, seed {seed}: {kills} kills"));
                let report = run(&settings, &progress);
                say(&format!("\n{report}"));
                report.findings.iter().for_each(|finding| say(finding));
                good &= report.findings.is_empty();
            }
            if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}

/// On a terminal a line that changes; elsewhere a line for each hundred.
fn progress(done: usize, of: usize) {
    if stdout().is_terminal() {
        let _ = write!(stdout(), "\r{done} of {of} faults").and_then(|()| stdout().flush());
    } else if done.is_multiple_of(100) || done == of {
        say(&format!("{done} of {of} faults"));
    }
}

fn say(line: &str) {
    // Whoever reads it may have gone.
    let _ = writeln!(stdout(), "{line}").and_then(|()| stdout().flush());
}
