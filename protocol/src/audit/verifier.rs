use std::collections::{HashMap, HashSet};

use super::owner_tag::{Tagged, verifies};
use super::{ChainHead, Entry, Event, chain};
use crate::cbor::Bytes;
use crate::identity::{Realm, UserId};
use crate::key::Key32;
use crate::message::AuditPage;

/// The log is not the owner's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditTampered {
    /// A page does not connect: an entry was changed, dropped, added or moved.
    #[error("the chain does not connect")]
    ChainBroken,
    /// The log does not contain what this device saw before: it was cut back or forked.
    #[error("the log does not extend what was seen before")]
    DoesNotExtend,
    /// An operation carries a tag that the owner did not make.
    #[error("an operation was not asked for by the owner")]
    NotTheOwner,
    /// One tag stands under two operations.
    #[error("an operation stands in the log twice")]
    TagRepeated,
    /// An entry can't be read.
    #[error("an entry is malformed")]
    Malformed,
}

/// An entry that verified, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedEntry {
    /// Its place in the log, from 0.
    pub n: u64,
    /// What it says.
    pub entry: Entry,
}

/// Follows a log from its newest page to older ones and checks everything that can be checked.
pub struct AuditVerifier {
    realm: Realm,
    user_id: UserId,
    tag_key: Key32,
    /// The head that the next page must lead up to; none before the first page.
    expected: Option<ChainHead>,
    /// What must be the value of the chain at a size: seen before by this device, or claimed by an entry's tag.
    anchors: HashMap<u64, [u8; 32]>,
    tags: HashSet<[u8; 32]>,
}

impl AuditVerifier {
    /// A verifier for the log of an account; `seen` is the head that this device trusts.
    #[must_use]
    pub fn new(realm: Realm, user_id: UserId, tag_key: Key32, seen: ChainHead) -> Self {
        let mut anchors = HashMap::from([(seen.size, seen.chain.0)]);
        anchors.insert(0, chain::first(&realm, &user_id));
        Self { realm, user_id, tag_key, expected: None, anchors, tags: HashSet::new() }
    }

    /// The place before which the next page ends; none before the first page.
    #[must_use]
    pub fn next_before(&self) -> Option<u64> {
        self.expected.map(|head| head.size)
    }

    /// Checks the next older page and answers its entries, newest first.
    ///
    /// # Errors
    /// [`AuditTampered`]. Nothing of such a page may be shown as true.
    pub fn page(&mut self, page: &AuditPage) -> Result<Vec<VerifiedEntry>, AuditTampered> {
        let head = match (self.expected, page.head.0) {
            (Some(expected), None) => expected,
            (None, Some(head)) => head,
            _ => return Err(AuditTampered::ChainBroken),
        };
        if page.entries.is_empty() && head.size != 0 {
            return Err(AuditTampered::ChainBroken);
        }
        self.check_beginning(head)?;
        self.check_links(page, head)?;
        let entries = self.check_entries(page, head.size)?;
        self.expected = Some(ChainHead { size: page.from, chain: page.before });
        Ok(entries)
    }

    /// The first page must reach at least as far as this device has seen.
    fn check_beginning(&mut self, head: ChainHead) -> Result<(), AuditTampered> {
        let reaches = self.anchors.keys().all(|size| *size <= head.size);
        if self.expected.is_some() || reaches { Ok(()) } else { Err(AuditTampered::DoesNotExtend) }
    }

    fn check_links(&mut self, page: &AuditPage, head: ChainHead) -> Result<(), AuditTampered> {
        if page.from.checked_add(page.entries.len() as u64) != Some(head.size) {
            return Err(AuditTampered::ChainBroken);
        }
        let mut value = page.before.0;
        self.check_anchor(page.from, &value)?;
        for (n, logged) in (page.from..head.size).zip(page.entries.iter().rev()) {
            value = chain::next(&value, &chain::leaf(&logged.salt.0, &logged.entry.0));
            self.check_anchor(n + 1, &value)?;
        }
        if value == head.chain.0 { Ok(()) } else { Err(AuditTampered::ChainBroken) }
    }

    fn check_anchor(&self, size: u64, value: &[u8; 32]) -> Result<(), AuditTampered> {
        match self.anchors.get(&size) {
            Some(anchor) if anchor != value => Err(AuditTampered::DoesNotExtend),
            _ => Ok(()),
        }
    }

    fn check_entries(&mut self, page: &AuditPage, end: u64) -> Result<Vec<VerifiedEntry>, AuditTampered> {
        let chain_at = values(page, end);
        let mut verified = Vec::with_capacity(page.entries.len());
        for (n, logged) in (page.from..end).rev().zip(&page.entries) {
            let entry = Entry::decode(&logged.entry.0).map_err(|_| AuditTampered::Malformed)?;
            self.check_event(n, &entry.event, &chain_at)?;
            verified.push(VerifiedEntry { n, entry });
        }
        Ok(verified)
    }

    fn check_event(&mut self, n: u64, event: &Event, chain_at: &HashMap<u64, [u8; 32]>) -> Result<(), AuditTampered> {
        let Event::Operation { action, secret, session, frame, seen, owner_tag, .. } = event else { return Ok(()) };
        let tagged = Tagged {
            realm: &self.realm,
            user_id: &self.user_id,
            session,
            frame: *frame,
            action: *action,
            secret: secret.0,
            seen: *seen,
        };
        if !verifies(&self.tag_key, &tagged, &owner_tag.0) {
            return Err(AuditTampered::NotTheOwner);
        }
        if !self.tags.insert(owner_tag.0) {
            return Err(AuditTampered::TagRepeated);
        }
        self.check_seen(n, *seen, chain_at)
    }

    /// What the device had seen when it asked must be a beginning of this very log, else the log was forked and joined again.
    fn check_seen(&mut self, n: u64, seen: ChainHead, chain_at: &HashMap<u64, [u8; 32]>) -> Result<(), AuditTampered> {
        if seen.size > n {
            return Err(AuditTampered::DoesNotExtend);
        }
        let known = chain_at.get(&seen.size).or_else(|| self.anchors.get(&seen.size));
        match known {
            Some(value) if *value != seen.chain.0 => Err(AuditTampered::DoesNotExtend),
            Some(_) => Ok(()),
            None => {
                self.anchors.insert(seen.size, seen.chain.0);
                Ok(())
            }
        }
    }
}

/// The values of the chain at every size that the page covers, which ends before the place `end`.
fn values(page: &AuditPage, end: u64) -> HashMap<u64, [u8; 32]> {
    let mut value = page.before.0;
    let mut values = HashMap::from([(page.from, value)]);
    for (n, logged) in (page.from..end).zip(page.entries.iter().rev()) {
        value = chain::next(&value, &chain::leaf(&logged.salt.0, &logged.entry.0));
        values.insert(n + 1, value);
    }
    values
}

/// The head that `leaves` (32 bytes each) lead to from `seen`.
///
/// # Errors
/// [`AuditTampered::Malformed`] where the bytes are not whole leaves.
pub fn extend(seen: ChainHead, leaves: &[u8]) -> Result<ChainHead, AuditTampered> {
    if !leaves.len().is_multiple_of(32) {
        return Err(AuditTampered::Malformed);
    }
    let mut head = seen;
    for leaf in leaves.chunks_exact(32) {
        let leaf: [u8; 32] = leaf.try_into().map_err(|_| AuditTampered::Malformed)?;
        head.chain = Bytes(chain::next(&head.chain.0, &leaf));
        head.size = head.size.checked_add(1).ok_or(AuditTampered::Malformed)?;
    }
    Ok(head)
}
