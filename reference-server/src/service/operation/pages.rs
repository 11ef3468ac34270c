use lock_keeper_protocol::audit::ChainHead;
use lock_keeper_protocol::cbor::{Blob, Bytes, Nullable};
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, AuditPage, SecretListed};
use lock_keeper_protocol::problem::Problem;

use super::{Caller, NotDone, Performed, secret};
use crate::service::at_rest;
use crate::service::log::{Log, Logged, chain_head};
use crate::service::refusal::Stop;
use crate::store::{Connection, SecretListing, StoreError};

impl Caller<'_> {
    pub(super) fn list(
        &self,
        connection: &mut dyn Connection,
        after: Option<&SecretId>,
        limit: u16,
    ) -> Result<Performed, NotDone> {
        let limit = page_size(limit, limits::LIST_PAGE)?;
        // One more than is shown tells whether there are more.
        let mut rows = connection.secrets(self.account, after.map(|id| &id.0), limit as i64 + 1)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let items = rows.iter().map(|row| self.listed(row)).collect::<Result<_, Stop>>()?;
        Ok(Performed::answered(Answer::Listed { items, more }))
    }

    fn listed(&self, row: &SecretListing) -> Result<SecretListed, Stop> {
        let sealed_label = self.data_key.open(&at_rest::label(self.account, &row.id), &row.sealed_label)?;
        Ok(SecretListed {
            id: SecretId(row.id),
            origin: secret::origin(row.origin)?,
            created_at: row.created_at.unsigned_abs(),
            sealed_label: Blob(sealed_label.to_vec()),
        })
    }

    /// The newest page: what this transaction appended, and then what the store keeps.
    pub(super) fn first_audit_page(
        &self,
        connection: &mut dyn Connection,
        log: &mut Log<'_>,
        limit: u16,
    ) -> Result<Answer, Stop> {
        // The entry is in the log already: a bad limit gets the nearest good one.
        let limit = usize::from(limit).clamp(1, limits::AUDIT_PAGE);
        let head = log.head;
        let mut entries = log.take_newest(limit);
        let missing = limit - entries.len();
        if missing > 0 {
            entries.extend(self.kept_entries(connection, log, self.row.head.size.unsigned_abs(), missing)?);
        }
        page(Some(head), entries)
    }

    pub(super) fn next_audit_page(
        &self,
        connection: &mut dyn Connection,
        log: &Log<'_>,
        before: u64,
        limit: u16,
    ) -> Result<Performed, NotDone> {
        let limit = page_size(limit, limits::AUDIT_PAGE)?;
        if before == 0 || before > log.head.size {
            return Err(Problem::Malformed.into());
        }
        let entries = self.kept_entries(connection, log, before, limit)?;
        Ok(Performed::answered(page(None, entries)?))
    }

    /// At most `limit` entries before a place, newest first, without a gap.
    fn kept_entries(
        &self,
        connection: &mut dyn Connection,
        log: &Log<'_>,
        before: u64,
        limit: usize,
    ) -> Result<Vec<Logged>, Stop> {
        let wanted = usize::try_from(before).unwrap_or(usize::MAX).min(limit);
        let rows = connection.audit_entries(self.account, before as i64, wanted as i64)?;
        let whole =
            rows.len() == wanted && rows.iter().zip((0..before).rev()).all(|(row, n)| row.n.unsigned_abs() == n);
        if !whole {
            return Err(StoreError::Corrupt("the audit log has a gap").into());
        }
        rows.iter().map(|row| log.open(row)).collect()
    }

    pub(super) fn links(&self, connection: &mut dyn Connection, from: u64, limit: u16) -> Result<Performed, NotDone> {
        let limit = page_size(limit, limits::LINKS)?;
        if from > chain_head(&self.row.head).size {
            return Err(Problem::Malformed.into());
        }
        let leaves = connection.leaves(self.account, from as i64, limit as i64)?;
        Ok(Performed::answered(Answer::Links { leaves: Blob(leaves.concat()) }))
    }
}

fn page_size(asked: u16, most: usize) -> Result<usize, NotDone> {
    let asked = usize::from(asked);
    if (1..=most).contains(&asked) { Ok(asked) } else { Err(Problem::Malformed.into()) }
}

fn page(head: Option<ChainHead>, entries: Vec<Logged>) -> Result<Answer, Stop> {
    let oldest = entries.last().ok_or(StoreError::Corrupt("the audit log is empty"))?;
    let (from, before) = (oldest.n, Bytes(oldest.before));
    let entries = entries.into_iter().map(|logged| logged.entry).collect();
    Ok(Answer::Audited(AuditPage { head: Nullable(head), from, before, entries }))
}
