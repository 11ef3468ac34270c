use super::{Bucket, Caller};

/// How guesses are counted: as the product does, or wrongly in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Product,
    /// Select, then update: what lets parallel guesses through.
    DecidesByWhatWasRead,
    /// KE2 leaves first; a crash forgets the charge.
    AnswersBeforeItCharges,
    /// The same KE3 twice takes back two charges.
    GivesBackTwice,
    ChargesRefusals,
    OneBucketForAll,
    /// A device's login takes back all that was charged to it, as if nobody could have its cookie but itself.
    ForgivesADeviceItsMonth,
}

impl Rule {
    pub(super) fn decides_when_it_reads(self) -> bool {
        matches!(self, Self::DecidesByWhatWasRead | Self::AnswersBeforeItCharges)
    }

    pub(super) fn bucket(self, caller: Caller) -> Bucket {
        if self == Self::OneBucketForAll { Bucket::Strangers } else { caller.bucket() }
    }
}
