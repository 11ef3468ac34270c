//! A session that is open.

use lock_keeper_protocol::audit::{Action, ChainHead, Tagged, owner_tag};
use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::channel::{ChannelKeys, ClientChannel, SentFrame};
use lock_keeper_protocol::identity::{Realm, SecretId, SessionId, UserId};
use lock_keeper_protocol::key::Key32;
use lock_keeper_protocol::message::{
    self, Answer, ClientMessage, Continuation, FRAME, Operation, Request, Welcome, path,
};
use rand::rngs::OsRng;

use crate::raw::{RawClient, Reply};

/// Whose operations they are.
pub(crate) struct Owner {
    pub(crate) realm: Realm,
    pub(crate) user_id: UserId,
    pub(crate) tag_key: Key32,
}

impl Owner {
    fn tag(
        &self,
        session: &SessionId,
        frame: u32,
        action: Action,
        secret: Option<SecretId>,
        seen: ChainHead,
    ) -> [u8; 32] {
        let tagged = Tagged { realm: &self.realm, user_id: &self.user_id, session, frame, action, secret, seen };
        owner_tag(&self.tag_key, &tagged)
    }

    pub(crate) fn request(&self, session: &SessionId, frame: u32, seen: ChainHead, operation: Operation) -> Request {
        let tag = self.tag(session, frame, operation.action(), operation.secret(), seen);
        Request { seen, owner_tag: Bytes(tag), operation }
    }
}

/// A session after its welcome. Each frame can be sealed, sent and opened apart, so that it can be sent again, late,
/// elsewhere or changed.
pub struct Session {
    /// The connection that its frames go over.
    pub http: RawClient,
    /// What the server said first.
    pub welcome: Welcome,
    owner: Owner,
    keys: ChannelKeys,
    channel: ClientChannel,
}

impl Session {
    pub(crate) fn open(
        http: RawClient,
        owner: Owner,
        keys: ChannelKeys,
        channel: ClientChannel,
        welcome: Welcome,
    ) -> Self {
        Self { http, welcome, owner, keys, channel }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.channel.session()
    }

    /// The answer to the first request, where one rode with KE3.
    ///
    /// # Panics
    /// Where there was none.
    #[must_use]
    pub fn first_answer(&self) -> &Answer {
        self.welcome.answer.0.as_ref().expect("a first request was sent")
    }

    /// The owner tag of a request in the next frame, with what this device has seen.
    #[must_use]
    pub fn next_tag(&self, action: Action, secret: Option<SecretId>) -> [u8; 32] {
        self.owner.tag(&self.id(), self.channel.next_sequence(), action, secret, self.welcome.head)
    }

    /// What the next frame would say to ask for an operation.
    #[must_use]
    pub fn next_request(&self, operation: Operation) -> ClientMessage {
        let sequence = self.channel.next_sequence();
        ClientMessage::Request(self.owner.request(&self.id(), sequence, self.welcome.head, operation))
    }

    /// Seals a request into the next frame.
    #[must_use]
    pub fn seal(&mut self, operation: Operation) -> SentFrame {
        self.seal_payload(cbor::encode(&self.next_request(operation)))
    }

    /// Seals a continuation into the next frame.
    #[must_use]
    pub fn seal_continuation(&mut self, continuation: Continuation) -> SentFrame {
        self.seal_payload(cbor::encode(&ClientMessage::Continuation(continuation)))
    }

    /// Seals any bytes into the next frame.
    ///
    /// # Panics
    /// Where they don't fit.
    #[must_use]
    pub fn seal_payload(&mut self, payload: Vec<u8>) -> SentFrame {
        self.channel.seal(&mut OsRng, payload.into()).expect("the payload fits into a frame")
    }

    /// Gives the number of the last frame to the next one, as somebody would who has the session's keys.
    ///
    /// # Panics
    /// Where no frame was sealed.
    pub fn take_back_the_last_number(&mut self) {
        let last = self.channel.next_sequence().checked_sub(1).expect("a frame was sealed");
        self.channel = ClientChannel::new(self.keys.clone(), self.id());
        for _ in 0..last {
            let _ = self.seal_payload(Vec::new());
        }
    }

    /// Sends a frame. It may be one that was sent before.
    #[must_use]
    pub fn send(&self, frame: &SentFrame) -> Reply {
        self.send_bytes(frame.as_bytes())
    }

    /// Sends bytes where a frame belongs.
    #[must_use]
    pub fn send_bytes(&self, bytes: &[u8]) -> Reply {
        self.http.post(path::SESSION_MESSAGE, FRAME, bytes)
    }

    /// Opens the answer to a frame.
    ///
    /// # Panics
    /// Where it does not verify as the answer to just this frame.
    #[must_use]
    pub fn read(&self, frame: &SentFrame, reply: &Reply) -> Answer {
        let payload = self.channel.open(frame, reply.success()).expect("the server's frame verifies");
        cbor::decode::<message::Reply>(&payload).expect("it is a reply").answer
    }

    /// Asks for an operation.
    ///
    /// # Panics
    /// Where the server does not take the frame.
    pub fn request(&mut self, operation: Operation) -> Answer {
        let frame = self.seal(operation);
        let reply = self.send(&frame);
        self.read(&frame, &reply)
    }

    /// Goes on with the operation that is open.
    ///
    /// # Panics
    /// As [`Self::request`].
    pub fn go_on(&mut self, continuation: Continuation) -> Answer {
        let frame = self.seal_continuation(continuation);
        let reply = self.send(&frame);
        self.read(&frame, &reply)
    }
}
