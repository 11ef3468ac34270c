use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::channel::Transcript;
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::key::Key;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{SessionStart, SessionStarted};
use lock_keeper_protocol::opaque::{self, RECORD, RegistrationRecord};
use lock_keeper_protocol::problem::Problem;
use rand::RngCore;
use rand::rngs::OsRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::cookie::{self, Holder};
use super::{Refused, Service, at_rest, budget};
use crate::store::{AccountKey, Charge, NewAttempt, STRANGERS, StartRow, StoreError};

/// Bytes of what is kept between KE2 and KE3: the key exchange's state and the hash of KE1 and KE2.
pub(super) const KEPT_STATE: usize = opaque::LOGIN_STATE + 64;

/// What the name leads to: its own record, or a decoy that is handled like one.
struct Credentials {
    credential_id: [u8; 32],
    record: RegistrationRecord,
}

impl Service {
    /// `session/start`: answers KE1 once the attempt has been charged (`docs/protocol.md`, section 5.1).
    ///
    /// A name that is registered and one that is not take the same path: the same queries, the same writes, the same
    /// computations. Where the row that was read is a neighbour's, the answer is made from a decoy record.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn start_login(&self, body: &[u8]) -> Result<Vec<u8>, Refused> {
        let start: SessionStart = cbor::decode(body)?;
        let name = Self::name(&start.name)?;
        if start.ticket.0.is_some() {
            return Err(Refused::new(Problem::TicketRefused));
        }
        let account = self.keys.derived().account_key(name.as_str().as_bytes());
        let identities = self.identities(name);
        let (charge, started) = self.run("session/start", &account, |connection| {
            let row = connection.read_start(&account, &cookie::device(&start.device_cookie.0))?;
            let credentials = self.credentials(&account, &row)?;
            let login = opaque::answer_login(
                &mut OsRng,
                &self.setup,
                &credentials.record,
                &start.ke1.0,
                &credentials.credential_id,
                &identities,
            )?;
            let attempt = self.attempt(&account, &row, &start, &login);
            let charge = connection.charge(&attempt)?;
            let login_id = login_id(&account, &attempt.attempt);
            Ok((charge, SessionStarted { login_id, ke2: Bytes(login.ke2) }))
        })?;
        match charge {
            Charge::Granted => Ok(cbor::encode(&started)),
            Charge::Refused { wait } => Err(Refused::wait(Problem::TooManyAttempts, wait)),
        }
    }

    /// Opens the row that was read and takes from it what belongs to the name, or the decoy, without a branch on which.
    fn credentials(&self, account: &AccountKey, row: &StartRow) -> Result<Credentials, Refused> {
        let place = at_rest::credential_id(&row.decoded, &row.user_id);
        let credential_id = self.keys.open(&place, &row.sealed_credential_id)?;
        let place = at_rest::record(&row.decoded, &row.user_id, row.generation);
        let record = self.keys.open(&place, &row.sealed_record)?;
        let known = row.decoded.ct_eq(account);
        let decoy_id = self.keys.derived().decoy_credential_identifier(account);
        let credential_id = select(known, &decoy_id, &credential_id)?;
        let record: [u8; RECORD] = select(known, self.decoy.as_bytes(), &record)?;
        Ok(Credentials { credential_id, record: RegistrationRecord::from_bytes(&record)? })
    }

    fn attempt(
        &self,
        account: &AccountKey,
        row: &StartRow,
        start: &SessionStart,
        login: &opaque::StartedLogin,
    ) -> NewAttempt {
        let mut attempt = [0; 16];
        OsRng.fill_bytes(&mut attempt);
        let transcript = Transcript::of(&start.ke1.0, &login.ke2);
        let state = Key::<KEPT_STATE>::init(|kept| {
            kept[..opaque::LOGIN_STATE].copy_from_slice(login.state.expose());
            kept[opaque::LOGIN_STATE..].copy_from_slice(&transcript.0);
        });
        let bucket = self.bucket(row, &start.device_cookie.0);
        NewAttempt {
            account: *account,
            attempt,
            now: row.now,
            expires_at: row.now + i64::from(limits::LOGIN_LIFETIME) * 1_000,
            decoded: row.decoded,
            user_id: row.user_id,
            generation: row.generation,
            bucket,
            limits: budget::limits(&bucket),
            sealed_state: self.keys.seal(&at_rest::login_state(account, &attempt), state.expose(), &mut OsRng),
        }
    }

    /// A device's own bucket where its cookie is good and the bucket is still kept; else the strangers'. For a name that is not
    /// registered the cookie is held against the neighbour, whose device has no bucket under this name.
    fn bucket(&self, row: &StartRow, cookie: &[u8; 64]) -> [u8; 32] {
        let holder = Holder { realm: &self.realm, user_id: &row.user_id, generation: row.generation };
        let verifies = cookie::verifies(self.keys.derived().cookie(), &holder, cookie);
        if verifies & row.device_known { cookie::device(cookie) } else { STRANGERS }
    }
}

/// The id of a login: account key and attempt. Opaque to the client.
pub(super) fn login_id(account: &AccountKey, attempt: &[u8; 16]) -> SessionId {
    let mut id = [0; 48];
    id[..32].copy_from_slice(account);
    id[32..].copy_from_slice(attempt);
    SessionId(id)
}

/// The two halves of a login's or session's id.
pub(super) fn split_id(id: &SessionId) -> (AccountKey, [u8; 16]) {
    let mut account = [0; 32];
    let mut attempt = [0; 16];
    account.copy_from_slice(&id.0[..32]);
    attempt.copy_from_slice(&id.0[32..]);
    (account, attempt)
}

fn select<const N: usize>(known: Choice, decoy: &[u8; N], own: &[u8]) -> Result<[u8; N], Refused> {
    let own: &[u8; N] = own.try_into().map_err(|_| StoreError::Corrupt("a sealed value has another length"))?;
    let mut selected = *decoy;
    for (byte, own) in selected.iter_mut().zip(own) {
        byte.conditional_assign(own, known);
    }
    Ok(selected)
}
