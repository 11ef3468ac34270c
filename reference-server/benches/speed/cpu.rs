//! Time on processors, and memory, as the kernel counts them.

use std::fs;
use std::time::Duration;

/// A tick of the kernel's accounts: a hundredth of a second on Linux, whatever the machine.
const TICK: Duration = Duration::from_millis(10);

/// What one process's line says.
struct Stat {
    parent: u32,
    own: u64,
    /// The part of it in the kernel.
    kernel: u64,
    of_children_that_ended: u64,
}

fn stat(process: &str) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name may hold anything, but the last bracket ends it.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields[index].parse::<u64>().expect("the kernel writes numbers");
    Some(Stat {
        parent: u32::try_from(number(1)).ok()?,
        own: number(11) + number(12),
        kernel: number(12),
        of_children_that_ended: number(13) + number(14),
    })
}

fn ticks(ticks: u64) -> Duration {
    TICK * u32::try_from(ticks).unwrap_or(u32::MAX)
}

/// What a process has used.
pub(crate) fn of_process(id: u32) -> Duration {
    ticks(stat(&id.to_string()).expect("the process runs").own)
}

/// What the kernel has used for a process.
pub(crate) fn in_kernel(id: u32) -> Duration {
    ticks(stat(&id.to_string()).expect("the process runs").kernel)
}

/// What this process has used.
pub(crate) fn of_this_process() -> Duration {
    of_process(std::process::id())
}

/// What a process and its children have used, those that ended too.
pub(crate) fn of_family(id: u32) -> Duration {
    let head = stat(&id.to_string()).expect("the process runs");
    let processes = fs::read_dir("/proc").expect("there is a /proc").flatten();
    let children = processes.filter_map(|entry| stat(entry.file_name().to_str()?)).filter(|found| found.parent == id);
    ticks(head.own + head.of_children_that_ended + children.map(|child| child.own).sum::<u64>())
}

/// Which process started that one.
pub(crate) fn parent(id: u32) -> u32 {
    stat(&id.to_string()).expect("the process runs").parent
}

/// What this thread has used, to the nanosecond.
pub(crate) fn of_this_thread() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("the kernel counts");
    let used = text.split(' ').next().and_then(|field| field.parse().ok());
    Duration::from_nanos(used.expect("the kernel writes numbers"))
}

/// Bytes that a process holds in memory now.
pub(crate) fn resident_bytes(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the kernel counts memory");
    1_024 * line.trim().trim_end_matches(" kB").parse::<u64>().expect("the kernel writes numbers")
}

/// Bytes that a process has read from files and sockets.
pub(crate) fn bytes_read(id: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{id}/io")).expect("the kernel counts");
    let line = text.lines().find_map(|line| line.strip_prefix("rchar: ")).expect("reads are counted");
    line.parse().expect("the kernel writes numbers")
}

/// What the processes have used that this one started and waited for.
pub(crate) fn of_children_that_ended() -> Duration {
    ticks(stat("self").expect("this process runs").of_children_that_ended)
}
