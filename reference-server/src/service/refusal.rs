use lock_keeper_protocol::cbor::Malformed;
use lock_keeper_protocol::channel::FrameRefused;
use lock_keeper_protocol::problem::Problem;

use crate::keys::KeyError;
use crate::store::StoreError;

/// A request that is answered with a problem document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What the answer says.
    pub problem: Problem,
    /// Seconds after which it makes sense to come again.
    pub retry_after: Option<u32>,
    /// What the log says beside it; holds no value, name or id.
    pub cause: Option<String>,
}

impl Refused {
    /// A refusal that needs no explanation in the log.
    #[must_use]
    pub fn new(problem: Problem) -> Self {
        Self { problem, retry_after: None, cause: None }
    }

    /// A refusal that ends after some milliseconds.
    pub(super) fn wait(problem: Problem, milliseconds: i64) -> Self {
        let seconds = u32::try_from((milliseconds.max(1) + 999) / 1_000).unwrap_or(u32::MAX);
        Self { problem, retry_after: Some(seconds), cause: None }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        let busy = matches!(error, StoreError::Busy | StoreError::Unavailable(_) | StoreError::HeadMoved);
        let problem = if busy { Problem::Busy } else { Problem::Internal };
        Self { problem, retry_after: busy.then(jittered), cause: Some(error.to_string()) }
    }
}

/// One to three seconds, so that clients that were turned away together do not come back together.
fn jittered() -> u32 {
    rand::Rng::gen_range(&mut rand::rngs::OsRng, 1..=3)
}

impl From<KeyError> for Refused {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Store(error) => error.into(),
            KeyError::Unavailable(_) => {
                Self { problem: Problem::Busy, retry_after: Some(jittered()), cause: Some(error.to_string()) }
            }
            _ => Self { problem: Problem::Internal, retry_after: None, cause: Some(error.to_string()) },
        }
    }
}

impl From<Malformed> for Refused {
    fn from(_: Malformed) -> Self {
        Self::new(Problem::Malformed)
    }
}

impl From<FrameRefused> for Refused {
    fn from(_: FrameRefused) -> Self {
        Self::new(Problem::FrameRefused)
    }
}

/// Why work inside a transaction ended early.
pub(super) enum Stop {
    /// The store failed: what the work wrote is undone, and the store may run the work again.
    Store(StoreError),
    /// The request is refused: what the work wrote before stays written.
    Refused(Refused),
}

impl From<Stop> for Refused {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Store(error) => error.into(),
            Stop::Refused(refused) => refused,
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<KeyError> for Stop {
    fn from(error: KeyError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<Malformed> for Stop {
    fn from(error: Malformed) -> Self {
        Self::Refused(error.into())
    }
}

impl From<FrameRefused> for Stop {
    fn from(error: FrameRefused) -> Self {
        Self::Refused(error.into())
    }
}
