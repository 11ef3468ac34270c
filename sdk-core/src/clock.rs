//! The two clocks that the client needs.

use std::time::{Duration, SystemTime};

/// Where the client gets the time from. A test hands in one of its own.
pub trait Clock: Send + Sync {
    /// Time since the device started, **counted while it sleeps too**: a session locks after a time of no use even
    /// when the phone spent that time in a pocket.
    fn since_boot(&self) -> Duration;

    /// The time of day, as the person set it.
    fn wall(&self) -> SystemTime;
}

/// The clocks of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn since_boot(&self) -> Duration {
        since_boot()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }
}

#[cfg(unix)]
fn since_boot() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    // Apple's CLOCK_MONOTONIC counts while the device sleeps; on Linux and Android only CLOCK_BOOTTIME does.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: ClockId = ClockId::Monotonic;

    let now = clock_gettime(CLOCK);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let nanoseconds = u32::try_from(now.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanoseconds)
}

#[cfg(not(unix))]
fn since_boot() -> Duration {
    use std::sync::LazyLock;
    use std::time::Instant;

    // Windows' performance counter, behind Instant, counts while the machine sleeps.
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_since_boot_never_goes_back() {
        let earlier = SystemClock.since_boot();
        assert!(SystemClock.since_boot() >= earlier);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_time_since_boot_is_the_kernels() {
        let uptime = std::fs::read_to_string("/proc/uptime").expect("Linux has it");
        let seconds: f64 = uptime.split(' ').next().expect("two numbers").parse().expect("a number");
        assert!((SystemClock.since_boot().as_secs_f64() - seconds).abs() < 5.0);
    }
}
