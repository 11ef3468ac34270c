//! A request's body, which leaves only if the call was not cancelled.

use std::io::{self, Read};

use super::Request;
use crate::call::StartedCall;

/// Hands out the bytes of a body. The first read is the moment of sending: only the head was sent until then, on
/// which a server cannot act.
pub(super) struct GuardedBody<'a> {
    rest: &'a [u8],
    acts: bool,
    call: &'a StartedCall,
    begun: bool,
}

impl<'a> GuardedBody<'a> {
    pub(super) fn new(request: &Request<'a>, call: &'a StartedCall) -> Self {
        Self { rest: request.body.unwrap_or_default(), acts: request.acts, call, begun: false }
    }

    /// Whether any byte was handed out.
    pub(super) fn was_begun(&self) -> bool {
        self.begun
    }
}

impl Read for GuardedBody<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.begun {
            let may_send = if self.acts { self.call.begin_sending() } else { !self.call.is_void() };
            if !may_send {
                return Err(io::Error::other("cancelled"));
            }
            self.begun = true;
        }
        self.rest.read(buffer)
    }
}
