use lock_keeper_protocol::cbor::{self, Blob};
use lock_keeper_protocol::channel::{
    ChannelKeys, Kind, OpenedFrame, Refusal, ServerChannel, ServerSession, Verdict, frame_session,
};
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::key::Key;
use lock_keeper_protocol::message::{ClientMessage, Continuation, Operation, Reply, SessionKind};
use lock_keeper_protocol::problem::Problem;
use rand::rngs::OsRng;

use super::log::{Log, chain_head};
use super::login::split_id;
use super::operation::{AUDIT, CHANGE_PASSWORD, Caller, LIST, Performed, number, problem};
use super::refusal::Stop;
use super::{Refused, Service, at_rest};
use crate::keys::DataKey;
use crate::store::{AccountRow, Change, Connection, MessageCommit, MessageRow, SessionRow, StoreError};

impl Service {
    /// `session/message`: takes the next frame of a session, or answers the last one again (`docs/protocol.md`, section 6.4).
    ///
    /// # Errors
    /// [`Refused`]; `frame-refused` for whatever is not a frame of a session that lives.
    pub fn message(&self, frame: &[u8]) -> Result<Vec<u8>, Refused> {
        let session = frame_session(frame)?;
        let (account, _) = split_id(&session);
        let mut id_taken = false;
        loop {
            let answered = self
                .run("session/message", &account, |connection| self.take_frame(connection, session, frame, id_taken));
            match answered {
                Err(Stop::Store(StoreError::SecretExists)) if !id_taken => id_taken = true,
                answered => return Ok(answered?),
            }
        }
    }

    fn take_frame(
        &self,
        connection: &mut dyn Connection,
        session: SessionId,
        bytes: &[u8],
        id_taken: bool,
    ) -> Result<Vec<u8>, Stop> {
        let (account, session_id) = split_id(&session);
        let row = connection.read_message(&account, &session_id)?.ok_or_else(refused)?;
        let keys = self.keys.open(&at_rest::session_keys(&account, &session_id), &row.session.sealed_keys)?;
        let keys = Key::from_slice(&keys).ok_or(StoreError::Corrupt("a session's keys have another length"))?;
        let channel = ServerChannel::new(ChannelKeys::from_bytes(&keys), session);
        let frame = channel.open(bytes)?;
        let state = state(&row.session)?;
        if frame.kind == Kind::Opening || row.session.epoch != row.epoch {
            return Err(refused());
        }
        match state.judge(frame.sequence, &frame.digest, row.now) {
            Ok(Verdict::Again) if answers_again(&row) => return Ok(row.session.last_answer),
            Ok(Verdict::Next) => {}
            _ => return Err(refused()),
        }
        let owner = row.account.as_ref().filter(|owner| is_current(&row.session, owner)).ok_or_else(refused)?;
        let turn = Turn { service: self, session, row: &row, owner, channel: &channel, frame: &frame, id_taken };
        turn.take(connection, state)
    }
}

/// A frame that is the session's next.
struct Turn<'a> {
    service: &'a Service,
    session: SessionId,
    row: &'a MessageRow,
    owner: &'a AccountRow,
    channel: &'a ServerChannel,
    frame: &'a OpenedFrame,
    id_taken: bool,
}

impl Turn<'_> {
    fn take(&self, connection: &mut dyn Connection, mut state: ServerSession) -> Result<Vec<u8>, Stop> {
        let Ok(message) = cbor::decode::<ClientMessage>(&self.frame.payload) else {
            return self.decline(Problem::Malformed);
        };
        if admit(&mut state, &message, self.row.now).is_err() {
            return self.decline(Problem::SessionClosed);
        }
        let (account, _) = split_id(&self.session);
        let owner = self.owner;
        let wrapper = self.service.keys.wrapper();
        let data_key = DataKey::unwrap(wrapper, &owner.kek_id, &owner.wrapped_data_key, &account, &owner.user_id)?;
        let mut log = Log::new(&account, &data_key, &owner.head);
        let caller = Caller {
            service: self.service,
            account: &account,
            row: owner,
            data_key: &data_key,
            kind: kind(&self.row.session)?,
            session: self.session,
            frame: self.frame.sequence,
            now: self.row.now,
            id_taken: self.id_taken,
        };
        let performed = match &message {
            ClientMessage::Request(request) => caller.perform(connection, &mut log, request)?,
            ClientMessage::Continuation(continuation) => caller.go_on(connection, &mut log, continuation)?,
        };
        if !continues(&message) {
            state.end();
        }
        let leaves = self.leaves(&message, &log);
        self.commit(connection, &state, log, performed, leaves)
    }

    /// What this frame appends, where it follows right on what the device had seen.
    fn leaves(&self, message: &ClientMessage, log: &Log<'_>) -> Blob {
        let seen = match message {
            ClientMessage::Request(request) => Some(request.seen),
            ClientMessage::Continuation(Continuation::CommitPasswordChange { seen, .. }) => Some(*seen),
            ClientMessage::Continuation(_) => None,
        };
        if seen == Some(chain_head(&self.owner.head)) {
            Blob(log.entries.iter().flat_map(|entry| entry.leaf).collect())
        } else {
            Blob::default()
        }
    }

    /// Tells the client why its frame has no effect. The frame is not taken: nothing changes, and it may be sent again.
    fn decline(&self, why: Problem) -> Result<Vec<u8>, Stop> {
        self.seal(Reply { answer: problem(why), leaves: Blob::default() })
    }

    fn seal(&self, reply: Reply) -> Result<Vec<u8>, Stop> {
        Ok(self.channel.answer(&mut OsRng, self.frame, cbor::encode(&reply).into())?)
    }

    fn commit(
        &self,
        connection: &mut dyn Connection,
        state: &ServerSession,
        log: Log<'_>,
        performed: Performed,
        leaves: Blob,
    ) -> Result<Vec<u8>, Stop> {
        let (account, _) = split_id(&self.session);
        let answer = self.seal(Reply { answer: performed.answer, leaves })?;
        let generation = match &performed.change {
            Change::Password { generation, .. } => *generation,
            _ => self.row.session.generation,
        };
        let session = SessionRow {
            generation,
            used_at: self.row.now,
            idle_at: self.idle_at()?,
            operations_left: i64::from(state.operations_left),
            next_seq: self.row.session.next_seq + 1,
            closed: state.closed,
            last_frame: self.frame.digest,
            last_answer: answer.clone(),
            operation: state.operation.map_or(0, i16::from),
            continuations: i64::from(state.continuations),
            ..self.row.session.clone()
        };
        connection.commit_message(&MessageCommit {
            account,
            now: self.row.now,
            head: self.owner.head,
            chain: log.head.chain.0,
            entries: log.entries,
            session,
            change: performed.change,
        })?;
        Ok(answer)
    }

    fn idle_at(&self) -> Result<i64, Stop> {
        let limits = self.service.session_limits(kind(&self.row.session)?);
        Ok(self.row.now + i64::from(limits.idle) * 1_000)
    }
}

fn refused() -> Stop {
    Refused::new(Problem::FrameRefused).into()
}

/// What of a session decides on its next frame.
fn state(row: &SessionRow) -> Result<ServerSession, StoreError> {
    let corrupt = || StoreError::Corrupt("a session's numbers are out of range");
    Ok(ServerSession {
        next: u32::try_from(row.next_seq).map_err(|_| corrupt())?,
        last_frame: row.last_frame,
        operations_left: u32::try_from(row.operations_left).map_err(|_| corrupt())?,
        closed: row.closed,
        operation: if row.operation == 0 { None } else { Some(u8::try_from(row.operation).map_err(|_| corrupt())?) },
        continuations: u32::try_from(row.continuations).map_err(|_| corrupt())?,
        idle_at: row.idle_at,
        expires_at: row.expires_at,
    })
}

fn kind(row: &SessionRow) -> Result<SessionKind, StoreError> {
    match row.kind {
        0 => Ok(SessionKind::Registration),
        1 => Ok(SessionKind::Request),
        _ => Err(StoreError::Corrupt("a session is of an unknown kind")),
    }
}

/// A session that a password change has ended answers nothing more; of a deleted account only the closing answer is left.
fn answers_again(row: &MessageRow) -> bool {
    row.account.as_ref().is_none_or(|owner| owner.user_id != row.session.user_id || is_current(&row.session, owner))
}

fn is_current(session: &SessionRow, owner: &AccountRow) -> bool {
    session.user_id == owner.user_id && session.generation == owner.head.generation
}

fn admit(state: &mut ServerSession, message: &ClientMessage, now: i64) -> Result<(), Refusal> {
    match message {
        ClientMessage::Request(request) => state.begin(number(&request.operation), now),
        ClientMessage::Continuation(Continuation::List { .. }) => state.go_on(LIST, now),
        ClientMessage::Continuation(Continuation::Audit { .. }) => state.go_on(AUDIT, now),
        ClientMessage::Continuation(Continuation::CommitPasswordChange { .. }) => state.go_on(CHANGE_PASSWORD, now),
        ClientMessage::Continuation(Continuation::Links { .. }) => state.page_links(now),
    }
}

/// Whether more frames of the same operation may follow.
fn continues(message: &ClientMessage) -> bool {
    match message {
        ClientMessage::Request(request) => matches!(
            request.operation,
            Operation::List { .. } | Operation::Audit { .. } | Operation::BeginPasswordChange { .. }
        ),
        ClientMessage::Continuation(continuation) => !matches!(continuation, Continuation::CommitPasswordChange { .. }),
    }
}
