//! Takes from a running server what a machine can run out of, and gives it back: as root and as a user.

use std::fs;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::server::program;

/// The server's program so that a file that may not grow is an error to it, as a full disk is, and not its end.
#[must_use]
pub fn ignoring_file_limits() -> Command {
    let mut command = Command::new("sh");
    // What is ignored stays ignored in the program that the shell becomes.
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program());
    command
}

/// No file of the process grows beyond so many bytes from now on: what it writes beyond that fails. `None` lets it grow again.
///
/// # Panics
/// Where the kernel refuses.
pub fn limit_files(process: u32, bytes: Option<u64>) {
    limit(process, Resource::Fsize, bytes);
}

/// The process opens no descriptor from this number on. `None` lets it open as many as the hard limit allows.
///
/// # Panics
/// Where the kernel refuses.
pub fn limit_descriptors(process: u32, below: Option<u64>) {
    limit(process, Resource::Nofile, below);
}

/// The lowest number that a process has no descriptor of: its next one.
///
/// # Panics
/// Where the process has ended.
#[must_use]
pub fn next_descriptor(process: u32) -> u64 {
    let open = fs::read_dir(Path::new("/proc").join(process.to_string()).join("fd")).expect("it runs");
    let open: Vec<u64> = open.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    (0..).find(|number| !open.contains(number)).expect("there are fewer than numbers")
}

/// Sets the soft limit alone, which its owner may raise again.
fn limit(process: u32, resource: Resource, current: Option<u64>) {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw).expect("a process has an id");
    let maximum = rustix::process::getrlimit(resource).maximum;
    let current = current.or(maximum);
    prlimit(Some(process), resource, Rlimit { current, maximum }).expect("it is our own process");
}
