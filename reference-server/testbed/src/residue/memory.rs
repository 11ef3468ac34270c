use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::process::Command;
use std::time::{Duration, Instant};

use super::needles::{Findings, Needles, PIECE, Pieces};

/// How long something may take that should happen at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that does not move while it is looked at.
struct Stopped(u32);

impl Stopped {
    fn new(process: u32) -> Self {
        signal(process, "STOP");
        let stopped = Self(process);
        let until = Instant::now() + PATIENCE;
        while !has_stopped(process) {
            assert!(Instant::now() < until, "process {process} does not stop");
            std::thread::yield_now();
        }
        stopped
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal(self.0, "CONT");
    }
}

fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
    assert!(sent.expect("kill is there").success(), "process {process} is gone");
}

/// Whether every thread has stopped: a signal reaches them one after the other.
fn has_stopped(process: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("the process is there");
    threads.map_while(Result::ok).all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        // `pid (name) state …`; the name may hold anything.
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['T', 't', 'Z', 'X']))
    })
}

/// What of it is in the memory of a process, which is stopped meanwhile, and where: in all that it can write to, so heap, stacks and
/// data. A finding reads `the password (base64) in [heap]`.
///
/// # Panics
/// Where the process can't be read: it has to be a child of this one, or this one has to be root.
#[must_use]
pub fn search_memory(process: u32, needles: &Needles) -> Findings {
    let _stopped = Stopped::new(process);
    let memory = File::open(format!("/proc/{process}/mem")).unwrap_or_else(|error| {
        panic!("the memory of process {process} can't be read ({error}): it takes root, or a parent that may trace its child")
    });
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).expect("the process is there");
    let mut findings = Findings::new();
    let mut bytes = 0;
    for (begin, end, name) in maps.lines().filter_map(writable) {
        let mut pieces = Pieces::new(needles);
        let mut buffer = vec![0; PIECE];
        let mut at = begin;
        while at < end {
            let length = PIECE.min(usize::try_from(end - at).unwrap_or(PIECE));
            let read = memory.read_at(&mut buffer[..length], at);
            let read = read.unwrap_or_else(|error| panic!("{at:x} of process {process}: {error}"));
            assert_ne!(read, 0, "{at:x} of process {process} ends early");
            pieces.look_at(&buffer[..read]);
            at += read as u64;
        }
        bytes += end - begin;
        findings.extend(pieces.findings.iter().map(|finding| format!("{finding} in {name}")));
    }
    assert!(bytes > 1 << 20, "process {process} has only {bytes} bytes to be read");
    findings
}

/// The same, again until nothing is found any more or it has taken too long: what a server does after its last answer (closing a
/// connection, say) takes a moment.
///
/// # Panics
/// As [`search_memory`].
#[must_use]
pub fn search_memory_until_clean(process: u32, needles: &Needles) -> Findings {
    let until = Instant::now() + PATIENCE / 3;
    loop {
        let findings = search_memory(process, needles);
        if findings.is_empty() || Instant::now() > until {
            return findings;
        }
    }
}

/// Begin, end and name of a mapping that the process can write to.
fn writable(line: &str) -> Option<(u64, u64, &str)> {
    let mut fields = line.split_ascii_whitespace();
    let (range, rights) = (fields.next()?, fields.next()?);
    let name = fields.nth(3).unwrap_or("memory without a name");
    if !rights.starts_with("rw") || name.starts_with("/dev/") {
        return None;
    }
    let (begin, end) = range.split_once('-')?;
    Some((u64::from_str_radix(begin, 16).ok()?, u64::from_str_radix(end, 16).ok()?, name))
}
