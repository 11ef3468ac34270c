use lock_keeper_protocol::audit::{self, ChainHead, Entry};
use lock_keeper_protocol::cbor::{Blob, Bytes};
use lock_keeper_protocol::message::LoggedEntry;
use rand::RngCore;
use rand::rngs::OsRng;

use super::at_rest;
use super::refusal::Stop;
use crate::keys::DataKey;
use crate::store::{AccountKey, AuditRow, Head, NewAuditEntry, StoreError};

/// The audit log of an account as one transaction extends it.
pub(super) struct Log<'a> {
    account: &'a AccountKey,
    data_key: &'a DataKey,
    /// The head with what was appended.
    pub(super) head: ChainHead,
    /// What was appended, oldest first: for the store.
    pub(super) entries: Vec<NewAuditEntry>,
    /// What was appended, oldest first: for whoever reads the log in this same transaction.
    appended: Vec<Logged>,
}

/// An entry with the value of the chain before it.
pub(super) struct Logged {
    pub(super) n: u64,
    pub(super) before: [u8; 32],
    pub(super) entry: LoggedEntry,
}

impl<'a> Log<'a> {
    /// The log as it was read.
    pub(super) fn new(account: &'a AccountKey, data_key: &'a DataKey, head: &Head) -> Self {
        Self { account, data_key, head: chain_head(head), entries: Vec::new(), appended: Vec::new() }
    }

    /// Appends an entry: salts it, hashes it, links it, seals it.
    pub(super) fn append(&mut self, entry: &Entry) {
        let mut salt = [0; 16];
        OsRng.fill_bytes(&mut salt);
        let (n, before) = (self.head.size, self.head.chain.0);
        let encoded = entry.encode();
        let leaf = audit::leaf(&salt, &encoded);
        let plaintext = [salt.as_slice(), &before, &encoded].concat();
        let sealed_entry =
            self.data_key.seal(&at_rest::audit_entry(self.account, &n.to_be_bytes()), &plaintext, &mut OsRng);
        self.head = ChainHead { size: n + 1, chain: Bytes(audit::next(&before, &leaf)) };
        self.entries.push(NewAuditEntry { n: n as i64, sealed_entry, leaf });
        self.appended.push(Logged { n, before, entry: LoggedEntry { salt: Bytes(salt), entry: Blob(encoded) } });
    }

    /// Takes at most `limit` of the entries that were appended, newest first.
    pub(super) fn take_newest(&mut self, limit: usize) -> Vec<Logged> {
        let keep = self.appended.len().saturating_sub(limit);
        let mut newest = self.appended.split_off(keep);
        newest.reverse();
        newest
    }

    /// Opens an entry that the store kept.
    ///
    /// # Errors
    /// [`Stop`] where it does not open or is not whole.
    pub(super) fn open(&self, row: &AuditRow) -> Result<Logged, Stop> {
        let n = row.n.unsigned_abs();
        let plaintext = self.data_key.open(&at_rest::audit_entry(self.account, &n.to_be_bytes()), &row.sealed_entry)?;
        let corrupt = StoreError::Corrupt("an audit entry is cut short");
        let (salt, rest) = plaintext.split_first_chunk::<16>().ok_or(corrupt.clone())?;
        let (before, entry) = rest.split_first_chunk::<32>().ok_or(corrupt)?;
        Ok(Logged { n, before: *before, entry: LoggedEntry { salt: Bytes(*salt), entry: Blob(entry.to_vec()) } })
    }
}

/// The head of the audit chain, of the row that serialises the account.
pub(super) fn chain_head(head: &Head) -> ChainHead {
    ChainHead { size: head.size.unsigned_abs(), chain: Bytes(head.chain) }
}
