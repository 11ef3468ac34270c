//! What the store counts about itself, for whoever watches it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the store was opened.
#[derive(Debug, Default)]
pub struct StoreCounters {
    head_misses: AtomicU64,
    unknown_commits: AtomicU64,
    pool_waits: AtomicU64,
    busy: AtomicU64,
    retries: AtomicU64,
}

impl StoreCounters {
    /// How often somebody else had moved an account's head first.
    pub fn head_misses(&self) -> u64 {
        self.head_misses.load(Ordering::Relaxed)
    }

    /// How often a connection was lost while a statement was under way, so that its outcome had to be read again.
    pub fn unknown_commits(&self) -> u64 {
        self.unknown_commits.load(Ordering::Relaxed)
    }

    /// How often no connection was free at once.
    pub fn pool_waits(&self) -> u64 {
        self.pool_waits.load(Ordering::Relaxed)
    }

    /// How often no connection was free in time.
    pub fn busy(&self) -> u64 {
        self.busy.load(Ordering::Relaxed)
    }

    /// How often work was done again after a deadlock or a timeout of a lock.
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    pub(super) fn head_missed(&self) {
        self.head_misses.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "postgres")]
    pub(super) fn outcome_unknown(&self) {
        self.unknown_commits.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn pool_waited(&self) {
        self.pool_waits.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn was_busy(&self) {
        self.busy.fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "postgres")]
    pub(super) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }
}
