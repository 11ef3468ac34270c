//! The guess budget's numbers (`docs/protocol.md`, section 5.3): 100 guesses of strangers and 25 of each of eight devices in
//! any 30 days, 300 over all.

use crate::store::{BucketLimits, STRANGERS};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
const THIRTY_DAYS: i64 = 30 * 24 * HOUR;

/// The bucket that all share who bring no good device cookie: five free failures, one forgotten in an hour; drains 50 in 30
/// days and holds 50, so that 100 at most fit into any 30 days.
const OF_STRANGERS: BucketLimits = BucketLimits {
    free: 5,
    short_decay: HOUR,
    first_wait: 30 * SECOND,
    longest_wait: 15 * 60 * SECOND,
    drain: THIRTY_DAYS / 50,
    burst: 50,
};

/// A device's bucket: eight free failures, forgotten when a login succeeds; drains 13 in 30 days and holds 12.
const OF_A_DEVICE: BucketLimits = BucketLimits {
    free: 8,
    short_decay: 0,
    first_wait: 30 * SECOND,
    longest_wait: 15 * 60 * SECOND,
    drain: THIRTY_DAYS / 13,
    burst: 12,
};

/// The limits of a bucket.
pub(super) fn limits(bucket: &[u8; 32]) -> BucketLimits {
    if *bucket == STRANGERS { OF_STRANGERS } else { OF_A_DEVICE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_any_thirty_days(limits: &BucketLimits) -> i64 {
        limits.burst + THIRTY_DAYS / limits.drain
    }

    #[test]
    fn a_name_can_be_guessed_at_300_times_in_any_30_days() {
        assert_eq!(in_any_thirty_days(&OF_STRANGERS), 100);
        assert_eq!(in_any_thirty_days(&OF_A_DEVICE), 25);
        let devices = crate::store::DEVICE_BUCKETS as i64;
        assert_eq!(in_any_thirty_days(&OF_STRANGERS) + devices * in_any_thirty_days(&OF_A_DEVICE), 300);
    }
}
