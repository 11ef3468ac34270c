use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::output::Report;

pub(super) fn run(shell: Shell) -> Report {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "lock-keeper", &mut script);
    Report::Completions(String::from_utf8_lossy(&script).into_owned())
}
