use subtle::ConstantTimeEq;

use crate::limits;

/// What a server keeps of a session to judge the next frame by (`docs/protocol.md`, section 6.4). Times are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSession {
    /// The number of the next client frame.
    pub next: u32,
    /// SHA-256 of the last client frame that was taken.
    pub last_frame: [u8; 32],
    /// Operations that may still begin.
    pub operations_left: u32,
    /// No new operation begins.
    pub closed: bool,
    /// The operation whose continuation frames are taken.
    pub operation: Option<u8>,
    /// Continuation frames that this operation has used.
    pub continuations: u32,
    /// When it is too long since the last operation for another one.
    pub idle_at: i64,
    /// When nothing is answered any more.
    pub expires_at: i64,
}

/// What to do with a frame that verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Taken before: send the kept answer again and do nothing.
    Again,
    /// The next one.
    Next,
}

/// Why a frame is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Expired, or not the next number: to the outside the same as a frame that does not verify.
    Frame,
    /// The session is closed, idle for too long, or has no operations left.
    Closed,
}

impl ServerSession {
    /// Judges a verified frame by its number and digest.
    ///
    /// # Errors
    /// [`Refusal::Frame`].
    pub fn judge(&self, sequence: u32, frame: &[u8; 32], now: i64) -> Result<Verdict, Refusal> {
        if now >= self.expires_at {
            Err(Refusal::Frame)
        } else if bool::from(frame.ct_eq(&self.last_frame)) {
            Ok(Verdict::Again)
        } else if sequence == self.next {
            Ok(Verdict::Next)
        } else {
            Err(Refusal::Frame)
        }
    }

    /// Takes a new operation, which counts against the session's limit.
    ///
    /// # Errors
    /// [`Refusal::Closed`].
    pub fn begin(&mut self, operation: u8, now: i64) -> Result<(), Refusal> {
        if self.closed || self.operations_left == 0 || now >= self.idle_at {
            return Err(Refusal::Closed);
        }
        self.operations_left -= 1;
        self.closed = self.operations_left == 0;
        self.operation = Some(operation);
        self.continuations = 0;
        Ok(())
    }

    /// Takes a continuation frame of the operation that is open. It does not count as an operation.
    ///
    /// # Errors
    /// [`Refusal::Closed`] where another operation (or none) is open, or it has used up its continuations.
    pub fn go_on(&mut self, operation: u8, now: i64) -> Result<(), Refusal> {
        if self.operation != Some(operation) || self.continuations >= limits::CONTINUATIONS || now >= self.idle_at {
            return Err(Refusal::Closed);
        }
        self.continuations += 1;
        Ok(())
    }

    /// Takes a frame that pages leaf hashes. It may come at any time and uses up a continuation.
    ///
    /// # Errors
    /// [`Refusal::Closed`].
    pub fn page_links(&mut self, now: i64) -> Result<(), Refusal> {
        if self.continuations >= limits::CONTINUATIONS || now >= self.idle_at {
            return Err(Refusal::Closed);
        }
        self.continuations += 1;
        Ok(())
    }

    /// Ends the operation that is open, and the session with it where no further one may begin.
    pub fn end(&mut self) {
        self.operation = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(operations_left: u32) -> ServerSession {
        ServerSession {
            next: 1,
            last_frame: [9; 32],
            operations_left,
            closed: operations_left == 0,
            operation: None,
            continuations: 0,
            idle_at: 100,
            expires_at: 1_000,
        }
    }

    #[test]
    fn the_last_frame_again_gets_its_answer_again_even_when_the_session_is_closed_or_idle() {
        assert_eq!(session(0).judge(0, &[9; 32], 999), Ok(Verdict::Again));
    }

    #[test]
    fn a_frame_that_is_not_the_next_is_refused() {
        assert_eq!(session(1).judge(1, &[1; 32], 0), Ok(Verdict::Next));
        for sequence in [0, 2, u32::MAX] {
            assert_eq!(session(1).judge(sequence, &[1; 32], 0), Err(Refusal::Frame));
        }
    }

    #[test]
    fn an_expired_session_answers_nothing() {
        assert_eq!(session(1).judge(0, &[9; 32], 1_000), Err(Refusal::Frame));
    }

    #[test]
    fn a_session_of_one_operation_is_closed_by_it_and_still_takes_its_continuations() {
        let mut session = session(1);
        assert_eq!(session.begin(4, 0), Ok(()));
        assert!(session.closed);
        assert_eq!(session.begin(4, 0), Err(Refusal::Closed));
        assert_eq!(session.go_on(4, 0), Ok(()));
        assert_eq!(session.go_on(5, 0), Err(Refusal::Closed));
    }

    #[test]
    fn an_operation_has_64_continuations() {
        let mut session = session(2);
        session.begin(4, 0).unwrap();
        for _ in 0..64 {
            assert_eq!(session.go_on(4, 0), Ok(()));
        }
        assert_eq!(session.go_on(4, 0), Err(Refusal::Closed));
        assert_eq!(session.begin(4, 0), Ok(()));
    }

    #[test]
    fn an_idle_session_begins_nothing() {
        assert_eq!(session(3).begin(4, 100), Err(Refusal::Closed));
    }
}
