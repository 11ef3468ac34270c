use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::SessionLimits;

/// What an operator decides (`docs/configuration.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whether names may be registered.
    pub registration_open: bool,
    /// What a request session may do.
    pub request_session: SessionLimits,
    /// Open sessions of one account at most; one more ends the idlest.
    pub sessions_per_account: usize,
    /// Live secrets of one account at most.
    pub secrets_per_account: i64,
    /// Bytes of sealed secrets of one account at most.
    pub bytes_per_account: i64,
}

impl Default for Policy {
    /// What the mission's text says: a request session does one request.
    fn default() -> Self {
        Self {
            registration_open: true,
            request_session: SessionLimits { operations: 1, idle: 120, total: limits::SESSION_LIFETIME },
            sessions_per_account: 4,
            secrets_per_account: 1_000,
            bytes_per_account: 64 << 20,
        }
    }
}

/// What a registration session may do: one operation within a minute.
pub(super) const REGISTRATION_SESSION: SessionLimits =
    SessionLimits { operations: 1, idle: 60, total: limits::SESSION_LIFETIME };
/// Ended attempts that one login moves into the log at most.
pub(super) const ENDED_ATTEMPTS: i64 = 200;
/// Rows of each kind that one pass of the sweeper removes at most.
pub(super) const SWEEP_BATCH: i64 = 1_000;
