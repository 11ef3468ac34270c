//! How guesses are counted: a bucket's two levels, and what they allow.
//!
//! On Postgres a charge is one upsert that does this arithmetic itself (`postgres/budget.rs`): a select and then an
//! update let 68 of 320 parallel guesses through instead of 5. SQLite has one writer, so there it is done here. What a
//! refused caller is told is worked out here for both.
//!
//! `models/src/guess_budget.rs` calls this very code for every order in which guesses, logins and crashes can come.

use diesel::QueryableByName;
use diesel::sql_types::BigInt;

use super::BucketLimits;

/// A bucket's two levels, in milliseconds of draining, and when each was last raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, QueryableByName)]
pub struct Budget {
    /// The short counter: milliseconds where it decays, else attempts.
    #[diesel(sql_type = BigInt)]
    pub(super) short_level: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) short_at: i64,
    /// The 30-day level.
    #[diesel(sql_type = BigInt)]
    pub(super) level: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) level_at: i64,
}

impl Budget {
    /// A bucket that nobody has charged.
    #[must_use]
    pub fn empty(now: i64) -> Self {
        Self { short_level: 0, short_at: now, level: 0, level_at: now }
    }

    /// Milliseconds until the bucket may be charged again; 0 when it may be now.
    #[must_use]
    pub fn wait(&self, limits: &BucketLimits, now: i64) -> i64 {
        self.short_wait(limits, now).max(self.level_wait(limits, now))
    }

    /// The bucket after one more attempt. Its times never go back, so that a clock that does grants nothing.
    #[must_use]
    pub fn charged(&self, limits: &BucketLimits, now: i64) -> Self {
        Self {
            short_level: self.short_now(limits, now) + limits.short_unit(),
            short_at: self.short_at.max(now),
            level: self.level_now(now) + limits.drain,
            level_at: self.level_at.max(now),
        }
    }

    /// The bucket after an attempt that was charged to it has proven itself. The charge is taken back by its amount. The times stay:
    /// what drains afterwards is the same either way.
    #[must_use]
    pub fn given_back(&self, limits: &BucketLimits) -> Self {
        Self {
            short_level: (self.short_level - limits.short_unit()).max(0),
            level: (self.level - limits.drain).max(0),
            ..*self
        }
    }

    /// A device's bucket after a good login of that device: its failures in a row are forgotten, those of the 30 days are not.
    #[must_use]
    pub fn forgiven(&self) -> Self {
        Self { short_level: 0, ..*self }
    }

    fn short_wait(&self, limits: &BucketLimits, now: i64) -> i64 {
        let unit = limits.short_unit();
        let count = (self.short_now(limits, now) + unit - 1) / unit;
        if count < limits.free {
            return 0;
        }
        let doubled = limits.first_wait << (count - limits.free).min(16);
        (self.short_at + doubled.min(limits.longest_wait) - now).max(0)
    }

    fn level_wait(&self, limits: &BucketLimits, now: i64) -> i64 {
        (self.level_now(now) + limits.drain - limits.capacity()).max(0)
    }

    fn short_now(&self, limits: &BucketLimits, now: i64) -> i64 {
        if limits.short_decay > 0 { drained(self.short_level, self.short_at, now) } else { self.short_level }
    }

    fn level_now(&self, now: i64) -> i64 {
        drained(self.level, self.level_at, now)
    }
}

fn drained(level: i64, at: i64, now: i64) -> i64 {
    (level - (now - at).max(0)).max(0)
}

#[cfg(test)]
mod tests {
    use super::{BucketLimits, Budget};

    const LIMITS: BucketLimits = BucketLimits {
        free: 5,
        short_decay: 3_600_000,
        first_wait: 30_000,
        longest_wait: 900_000,
        drain: 51_840_000,
        burst: 50,
    };

    fn after(attempts: usize, now: i64) -> Budget {
        (0..attempts).fold(Budget::empty(now), |budget, _| budget.charged(&LIMITS, now))
    }

    #[test]
    fn waits_double_from_the_first_to_the_longest() {
        let waits: Vec<i64> = (4..12).map(|attempts| after(attempts, 0).wait(&LIMITS, 0) / 1000).collect();
        assert_eq!(waits, [0, 30, 60, 120, 240, 480, 900, 900]);
    }

    #[test]
    fn fifty_attempts_fill_the_level() {
        let full = after(50, 0);
        assert_eq!(full.wait(&LIMITS, 900_000), LIMITS.drain - 900_000);
        assert_eq!(full.wait(&LIMITS, LIMITS.drain), 0);
    }

    #[test]
    fn a_clock_that_goes_backwards_grants_nothing() {
        let budget = after(6, 1_000_000);
        assert!(budget.wait(&LIMITS, 0) > budget.wait(&LIMITS, 1_000_000));
        assert_eq!(budget.charged(&LIMITS, 0).short_at, 1_000_000);
    }
}
