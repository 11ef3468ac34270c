use lock_keeper_protocol::audit::{AttemptOutcome, Entry, Event};
use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::channel::{self, ChannelKeys, OpenedFrame, ServerChannel, Transcript};
use lock_keeper_protocol::identity::{SessionId, UserId};
use lock_keeper_protocol::key::Key;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Hello, SessionFinish, SessionKind, Welcome};
use lock_keeper_protocol::opaque;
use lock_keeper_protocol::problem::Problem;
use rand::RngCore;
use rand::rngs::OsRng;
use subtle::ConstantTimeEq;

use super::cookie::{self, Holder};
use super::log::{Log, chain_head};
use super::login::{KEPT_STATE, split_id};
use super::operation::{Caller, Performed, number};
use super::refusal::Stop;
use super::{Refused, Service, at_rest, budget, policy};
use crate::keys::DataKey;
use crate::store::{
    AccountKey, AccountRow, AccountState, Change, Connection, FinishRow, LoginCommit, OpenAttempt, STRANGERS,
    SessionRow, StoreError,
};

/// A login whose KE3 and frame 0 have verified.
struct Proven<'a> {
    account: AccountKey,
    attempt_id: [u8; 16],
    session: SessionId,
    finish_digest: [u8; 32],
    row: &'a FinishRow,
    attempt: &'a OpenAttempt,
    owner: &'a AccountRow,
    keys: ChannelKeys,
    channel: ServerChannel,
    frame: OpenedFrame,
    hello: Hello,
}

impl Service {
    /// `session/finish`: checks KE3, opens frame 0, opens the session, does the first request (`docs/protocol.md`, section 5.2).
    ///
    /// Answers server frame 0. The same body again within a minute gets the same bytes while no later frame was taken.
    ///
    /// # Errors
    /// [`Refused`]; `login-refused` for whatever is not a good KE3 with a good frame 0 for an open attempt.
    pub fn finish_login(&self, body: &[u8]) -> Result<Vec<u8>, Refused> {
        let finish: SessionFinish = cbor::decode(body)?;
        let digest = channel::digest(body);
        let (account, _) = split_id(&finish.login_id);
        let mut id_taken = false;
        loop {
            let finished =
                self.run("session/finish", &account, |connection| self.finish(connection, &finish, digest, id_taken));
            match finished {
                Err(Stop::Store(StoreError::SecretExists)) if !id_taken => id_taken = true,
                finished => return Ok(finished?),
            }
        }
    }

    fn finish(
        &self,
        connection: &mut dyn Connection,
        finish: &SessionFinish,
        digest: [u8; 32],
        id_taken: bool,
    ) -> Result<Vec<u8>, Stop> {
        let (account, attempt_id) = split_id(&finish.login_id);
        let row = connection.read_finish(&account, &attempt_id)?;
        if let Some(session) = &row.session {
            return answer_again(session, &digest, row.now);
        }
        let attempt = row.attempt.as_ref().ok_or_else(refused)?;
        let Some(proven) = self.prove(&account, attempt_id, finish, digest, &row, attempt)? else {
            connection.fail_attempt(&account, &attempt_id)?;
            return Err(refused());
        };
        match self.open_session(connection, &proven, id_taken) {
            // The same body over another connection was faster, or somebody else's KE3 spent the attempt.
            Err(Stop::Store(StoreError::AttemptTaken)) => Err(StoreError::HeadMoved.into()),
            opened => opened,
        }
    }

    /// Checks KE3 first, in the same way for every name, and only then whose account it is.
    fn prove<'a>(
        &self,
        account: &AccountKey,
        attempt_id: [u8; 16],
        finish: &SessionFinish,
        finish_digest: [u8; 32],
        row: &'a FinishRow,
        attempt: &'a OpenAttempt,
    ) -> Result<Option<Proven<'a>>, Stop> {
        let kept = self.keys.open(&at_rest::login_state(account, &attempt_id), &attempt.sealed_state)?;
        let kept =
            Key::<KEPT_STATE>::from_slice(&kept).ok_or(StoreError::Corrupt("a login state has another length"))?;
        let (state, transcript) = kept.expose().split_at(opaque::LOGIN_STATE);
        let (Some(state), Ok(transcript)) = (Key::from_slice(state), transcript.try_into()) else {
            return Err(StoreError::Corrupt("a login state has another length").into());
        };
        let Ok(session_key) = opaque::finish_login(&state, &finish.ke3.0) else { return Ok(None) };
        // A good KE3 for a record that was replaced, or for an account that went, proves nothing any more.
        let Some(owner) = attempt.account.as_ref().filter(|owner| is_current(attempt, owner, account)) else {
            return Ok(None);
        };
        let keys = ChannelKeys::derive(&session_key, &finish.login_id, &Transcript(transcript), &finish.ke3.0);
        let channel = ServerChannel::new(keys.clone(), finish.login_id);
        let Ok(frame) = channel.open(&finish.frame.0) else { return Ok(None) };
        let Ok(hello) = cbor::decode::<Hello>(&frame.payload) else { return Ok(None) };
        let session = finish.login_id;
        let account = *account;
        Ok((frame.sequence == 0).then_some(Proven {
            account,
            attempt_id,
            session,
            finish_digest,
            row,
            attempt,
            owner,
            keys,
            channel,
            frame,
            hello,
        }))
    }

    /// Everything that a login changes, in one commit.
    fn open_session(
        &self,
        connection: &mut dyn Connection,
        proven: &Proven<'_>,
        id_taken: bool,
    ) -> Result<Vec<u8>, Stop> {
        let Proven { account, row, owner, .. } = proven;
        let data_key =
            DataKey::unwrap(self.keys.wrapper(), &owner.kek_id, &owner.wrapped_data_key, account, &owner.user_id)?;
        // No request needs the name. Were it not looked at here, nobody would notice that it was changed or moved.
        data_key.open(&at_rest::name(account, &owner.user_id), &owner.sealed_name)?;
        let mut log = Log::new(account, &data_key, &owner.head);
        let logged = log_ended_attempts(connection, proven, &mut log)?;
        log.append(&success(proven));
        let kind = kind(owner.state);
        let caller = Caller {
            service: self,
            account,
            row: owner,
            data_key: &data_key,
            kind,
            session: proven.session,
            frame: 0,
            now: row.now,
            id_taken,
        };
        let performed = match &proven.hello.request.0 {
            Some(request) => Some(caller.perform(connection, &mut log, request)?),
            None => None,
        };
        let device = self.device(proven.attempt);
        let welcome = self.welcome(connection, proven, &data_key, &log, device, performed.as_ref())?;
        let answer = proven.channel.answer(&mut OsRng, &proven.frame, cbor::encode(&welcome).into())?;
        let session = self.session_row(proven, kind, answer.clone());
        connection.commit_login(&LoginCommit {
            account: *account,
            now: row.now,
            head: owner.head,
            chain: log.head.chain.0,
            attempt: proven.attempt_id,
            charged: (proven.attempt.bucket, budget::limits(&proven.attempt.bucket)),
            device,
            clear_refusals: row.refusals.count > 0,
            logged,
            entries: log.entries,
            session,
            other_sessions: self.other_sessions(),
            secret: performed.and_then(|performed| match performed.change {
                Change::Secret(change) => Some(change),
                _ => None,
            }),
        })?;
        Ok(answer)
    }

    /// The device's id: that of the cookie that came, or a new one.
    fn device(&self, attempt: &OpenAttempt) -> [u8; 32] {
        let mut device = attempt.bucket;
        if device == STRANGERS {
            OsRng.fill_bytes(&mut device);
        }
        device
    }

    fn welcome(
        &self,
        connection: &mut dyn Connection,
        proven: &Proven<'_>,
        data_key: &DataKey,
        log: &Log<'_>,
        device: [u8; 32],
        performed: Option<&Performed>,
    ) -> Result<Welcome, Stop> {
        let owner = proven.owner;
        let generation = owner.head.generation;
        let sealed_storage_key = match &owner.sealed_storage_key {
            Some(sealed) => {
                let place = at_rest::storage_key(&proven.account, &owner.user_id, generation);
                Some(Blob(data_key.open(&place, sealed)?.to_vec()))
            }
            None => None,
        };
        let holder = Holder { realm: &self.realm, user_id: &owner.user_id, generation };
        let kind = kind(owner.state);
        Ok(Welcome {
            kind,
            user_id: UserId(owner.user_id),
            generation: generation.unsigned_abs(),
            sealed_storage_key: Nullable(sealed_storage_key),
            limits: self.session_limits(kind),
            head: log.head,
            leaves: Blob(leaves_since(connection, proven, log)?.concat()),
            device_cookie: Bytes(cookie::issue(self.keys.derived().cookie(), &holder, &device)),
            answer: Nullable(performed.map(|performed| performed.answer.clone())),
        })
    }

    fn session_row(&self, proven: &Proven<'_>, kind: SessionKind, answer: Vec<u8>) -> SessionRow {
        let session_limits = self.session_limits(kind);
        let first = proven.hello.request.0.as_ref();
        let now = proven.row.now;
        let operations_left = session_limits.operations - u32::from(first.is_some());
        let sealed_keys = self.keys.seal(
            &at_rest::session_keys(&proven.account, &proven.attempt_id),
            proven.keys.to_bytes().expose(),
            &mut OsRng,
        );
        SessionRow {
            session: proven.attempt_id,
            kind: match kind {
                SessionKind::Registration => 0,
                SessionKind::Request => 1,
            },
            user_id: proven.owner.user_id,
            generation: proven.owner.head.generation,
            epoch: proven.row.epoch,
            opened_at: now,
            used_at: now,
            idle_at: now + i64::from(session_limits.idle) * 1_000,
            expires_at: now + i64::from(session_limits.total) * 1_000,
            operations_left: i64::from(operations_left),
            next_seq: 1,
            closed: operations_left == 0,
            sealed_keys,
            finish_digest: proven.finish_digest,
            last_frame: proven.frame.digest,
            last_answer: answer,
            operation: first.map_or(0, |request| i16::from(number(&request.operation))),
            continuations: 0,
        }
    }

    /// How many sessions may stay open beside the new one.
    fn other_sessions(&self) -> i64 {
        i64::try_from(self.policy.sessions_per_account).unwrap_or(i64::MAX).saturating_sub(1).max(0)
    }
}

fn refused() -> Stop {
    Refused::new(Problem::LoginRefused).into()
}

/// The answer that this very body got, while it may still be asked for.
fn answer_again(session: &SessionRow, digest: &[u8; 32], now: i64) -> Result<Vec<u8>, Stop> {
    let same = bool::from(session.finish_digest.ct_eq(digest));
    let in_time = now < session.opened_at + i64::from(limits::FINISH_AGAIN) * 1_000;
    if same && in_time && session.next_seq == 1 { Ok(session.last_answer.clone()) } else { Err(refused()) }
}

/// Whether the row that was decoded at start is the name's own, and still the same registration record.
fn is_current(attempt: &OpenAttempt, owner: &AccountRow, account: &AccountKey) -> bool {
    let own = attempt.decoded.ct_eq(account) & attempt.user_id.ct_eq(&owner.user_id);
    bool::from(own) && attempt.generation == owner.head.generation
}

fn kind(state: AccountState) -> SessionKind {
    match state {
        AccountState::Pending => SessionKind::Registration,
        AccountState::Active => SessionKind::Request,
    }
}

/// Appends what was tried since the last login, oldest first. Answers the attempts that are in the log now.
fn log_ended_attempts(
    connection: &mut dyn Connection,
    proven: &Proven<'_>,
    log: &mut Log<'_>,
) -> Result<Vec<[u8; 16]>, Stop> {
    let row = proven.row;
    let mut logged = Vec::new();
    if row.ended {
        for ended in connection.ended_attempts(&proven.account, row.now, policy::ENDED_ATTEMPTS)? {
            // An attempt on the name from before this account was made is none of its business.
            if ended.user_id == proven.owner.user_id {
                let outcome = if ended.failed { AttemptOutcome::Refused } else { AttemptOutcome::NeverFinished };
                let known_device = ended.bucket != STRANGERS;
                let event = Event::Attempt { outcome, known_device, session: Nullable(None) };
                log.append(&Entry { at: ended.at.unsigned_abs(), event });
            }
            logged.push(ended.attempt);
        }
    }
    if row.refusals.count > 0 {
        let event = Event::Refusals {
            count: row.refusals.count.unsigned_abs(),
            first: row.refusals.first.unsigned_abs(),
            last: row.refusals.last.unsigned_abs(),
        };
        log.append(&Entry { at: row.now.unsigned_abs(), event });
    }
    Ok(logged)
}

fn success(proven: &Proven<'_>) -> Entry {
    let event = Event::Attempt {
        outcome: AttemptOutcome::Succeeded,
        known_device: proven.attempt.bucket != STRANGERS,
        session: Nullable(Some(proven.session)),
    };
    Entry { at: proven.row.now.unsigned_abs(), event }
}

/// The leaf hashes from the size that the device has seen, at most as many as a welcome holds.
fn leaves_since(connection: &mut dyn Connection, proven: &Proven<'_>, log: &Log<'_>) -> Result<Vec<[u8; 32]>, Stop> {
    let Some(seen) = proven.hello.seen.0 else { return Ok(Vec::new()) };
    let kept = chain_head(&proven.owner.head).size;
    let mut leaves = Vec::new();
    if seen.size < kept {
        leaves = connection.leaves(&proven.account, seen.size as i64, limits::WELCOME_LEAVES as i64)?;
    }
    // Entries of this login follow only where nothing is missing before them.
    if seen.size.checked_add(leaves.len() as u64) == Some(kept) {
        leaves.extend(log.entries.iter().map(|entry| entry.leaf));
    }
    leaves.truncate(limits::WELCOME_LEAVES);
    Ok(leaves)
}
