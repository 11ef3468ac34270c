//! All that was ever sent and answered: any of it may come again.

use lock_keeper_protocol::identity::SessionId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    RegistrationStart,
    RegistrationFinish,
    SessionStart,
    SessionFinish,
    SessionMessage,
}

/// What is asked for inside the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Complete,
    Store(u8),
    Delete(u8),
    List,
    Audit,
    BeginChange,
    /// Replaces the record of this generation by that of a password.
    CommitChange {
        generation: u64,
        password: u32,
    },
}

/// What the model has to know of a request: who sent it knows it, the server reads it from the body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About {
    RegistrationStart,
    RegistrationFinish { id_made_at: i64, password: u32 },
    SessionStart,
    SessionFinish { session: SessionId, first: Option<Asked> },
    Frame { session: SessionId, sequence: u32, asked: Asked },
}

impl About {
    pub(crate) fn route(&self) -> Route {
        match self {
            Self::RegistrationStart => Route::RegistrationStart,
            Self::RegistrationFinish { .. } => Route::RegistrationFinish,
            Self::SessionStart => Route::SessionStart,
            Self::SessionFinish { .. } => Route::SessionFinish,
            Self::Frame { .. } => Route::SessionMessage,
        }
    }
}

/// A request that was sent at least once.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) person: usize,
    pub(crate) about: About,
    pub(crate) body: Vec<u8>,
}

/// A good answer, and when it was given.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// The number of the request that it answers.
    pub(crate) to: usize,
    pub(crate) at: i64,
    pub(crate) body: Vec<u8>,
}

#[derive(Default)]
pub(crate) struct Network {
    pub(crate) sent: Vec<Sent>,
    pub(crate) given: Vec<Given>,
}

impl Network {
    /// Keeps a request, and answers its number.
    pub(crate) fn send(&mut self, sent: Sent) -> usize {
        self.sent.push(sent);
        self.sent.len() - 1
    }
}
