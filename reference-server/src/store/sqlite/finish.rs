//! What the end of a login reads on SQLite.

use super::link::Link;
use super::message;
use crate::store::rows::read::{AttemptColumns, NumberColumns};
use crate::store::statement::Statement;
use crate::store::{AccountKey, FinishRow, Millis, OpenAttempt, Refusals, StoreError};

pub(super) fn read(link: &mut Link, account: &AccountKey, attempt: &[u8; 16]) -> Result<FinishRow, StoreError> {
    let now = link.now()?;
    let epoch = Statement::new("SELECT epoch AS number FROM server_state");
    let epoch: NumberColumns = link.first(epoch)?.ok_or(StoreError::Corrupt("the server has no epoch"))?;
    let open: Option<AttemptColumns> = link.first(open_attempt(account, attempt, now))?;
    let session = message::read(link, account, attempt)?.map(|row| row.session);
    Ok(FinishRow {
        now,
        epoch: epoch.number,
        attempt: open.map(OpenAttempt::from),
        session,
        ended: ended(link, account, now)?,
        refusals: refusals(link, account)?,
    })
}

fn open_attempt(account: &AccountKey, attempt: &[u8; 16], now: Millis) -> Statement {
    Statement::new(
        "SELECT t.at, t.bucket, t.decoded, t.user_id, t.generation, t.sealed_state,
           a.user_id AS account_user_id, a.state, a.sealed_name, a.sealed_credential_id, a.sealed_storage_key,
           a.wrapped_data_key, a.kek_id, h.size, h.chain, h.generation AS head_generation, h.secrets, h.secret_bytes
         FROM attempt t
           LEFT JOIN account a ON a.account_key = t.decoded LEFT JOIN account_head h ON h.account_key = t.decoded
         WHERE t.account_key = $1 AND t.attempt = $2 AND t.outcome = 0 AND t.sealed_state IS NOT NULL AND t.expires_at > $3",
    )
    .bytes(account)
    .bytes(attempt)
    .integer(now)
}

/// Whether there is one, not how many there are: this is read before KE3 is judged, and only an account's attempts wait.
fn ended(link: &mut Link, account: &AccountKey, now: Millis) -> Result<bool, StoreError> {
    let found = Statement::new(
        "SELECT 1 AS number FROM attempt WHERE account_key = $1 AND (outcome <> 0 OR expires_at <= $2) LIMIT 1",
    )
    .bytes(account)
    .integer(now);
    let found: Option<NumberColumns> = link.first(found)?;
    Ok(found.is_some())
}

fn refusals(link: &mut Link, account: &AccountKey) -> Result<Refusals, StoreError> {
    let sum = Statement::new(
        "SELECT coalesce(sum(refused_count), 0) AS count, coalesce(min(refused_first), 0) AS first,
           coalesce(max(refused_last), 0) AS last FROM attempt_budget WHERE account_key = $1 AND refused_count > 0",
    )
    .bytes(account);
    link.first(sum)?.ok_or(StoreError::Internal("a sum answered nothing"))
}
