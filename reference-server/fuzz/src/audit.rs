use lock_keeper_protocol::audit::{
    self, Action, AuditVerifier, ChainHead, Entry, Event, OperationOutcome, Tagged, owner_tag,
};
use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::identity::{SecretId, SessionId, UserId};
use lock_keeper_protocol::key::Key32;
use lock_keeper_protocol::message::{AuditPage, LoggedEntry};

use crate::fixed::realm;

const USER: UserId = UserId([3; 32]);
const ENTRIES: usize = 4;

fn tag_key() -> Key32 {
    Key32::init(|key| *key = [1; 32])
}

/// A log of four retrievals as an honest server keeps it, and the values of its chain.
struct Log {
    entries: Vec<LoggedEntry>,
    heads: Vec<ChainHead>,
}

impl Log {
    fn honest() -> Self {
        let first = ChainHead { size: 0, chain: Bytes(audit::first(&realm(), &USER)) };
        let mut log = Self { entries: Vec::new(), heads: vec![first] };
        for frame in 0..ENTRIES as u32 {
            let seen = log.heads[frame as usize];
            let logged = LoggedEntry {
                salt: Bytes([9; 16]),
                entry: Blob(Entry { at: 7, event: retrieval(frame, seen) }.encode()),
            };
            log.heads.push(extended(seen, &logged));
            log.entries.push(logged);
        }
        log
    }

    fn page(&self, from: usize, to: usize) -> AuditPage {
        AuditPage {
            head: Nullable((to == ENTRIES).then(|| self.heads[to])),
            from: from as u64,
            before: self.heads[from].chain,
            entries: self.entries[from..to].iter().rev().cloned().collect(),
        }
    }
}

fn extended(head: ChainHead, logged: &LoggedEntry) -> ChainHead {
    let leaf = audit::leaf(&logged.salt.0, &logged.entry.0);
    ChainHead { size: head.size + 1, chain: Bytes(audit::next(&head.chain.0, &leaf)) }
}

fn retrieval(frame: u32, seen: ChainHead) -> Event {
    let (action, session, secret) = (Action::Retrieve, SessionId([4; 48]), Some(SecretId([5; 16])));
    let (realm, tag_key) = (realm(), tag_key());
    let tagged = Tagged { realm: &realm, user_id: &USER, session: &session, frame, action, secret, seen };
    let owner_tag = Bytes(owner_tag(&tag_key, &tagged));
    let secret = Nullable(secret);
    Event::Operation { action, outcome: OperationOutcome::Done, secret, session, frame, seen, owner_tag }
}

/// A device that has seen the log takes its pages and no other; one that has seen nothing takes no operation that is not in it.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(page) = cbor::decode::<AuditPage>(bytes) else { return };
    let log = Log::honest();
    for seen in [log.heads[0], log.heads[2], log.heads[ENTRIES]] {
        let mut verifier = AuditVerifier::new(realm(), USER, tag_key(), seen);
        if verifier.page(&page).is_ok() {
            assert!(page.entries.iter().all(|logged| is_honest(&log, logged)), "an operation that nobody asked for");
        }
        let mut verifier = AuditVerifier::new(realm(), USER, tag_key(), seen);
        verifier.page(&log.page(2, ENTRIES)).expect("the first page is the log's");
        assert!(verifier.page(&page).is_err() || page == log.page(page.from as usize, 2), "another older page");
    }
    relinked(&log, page);
}

/// The page with a head that fits it: what a server shows that links anew what it has changed.
fn relinked(log: &Log, mut page: AuditPage) {
    let Some(size) = page.from.checked_add(page.entries.len() as u64) else { return };
    let before = ChainHead { size: page.from, chain: page.before };
    let head = page.entries.iter().rev().fold(before, extended);
    page.head = Nullable(Some(ChainHead { size, chain: head.chain }));
    let mut verifier = AuditVerifier::new(realm(), USER, tag_key(), log.heads[0]);
    if verifier.page(&page).is_ok() {
        assert!(page.entries.iter().all(|logged| is_honest(log, logged)), "an operation that nobody asked for");
    }
}

/// What the owner asked for, or no operation: a server may invent attempts.
fn is_honest(log: &Log, logged: &LoggedEntry) -> bool {
    let operation = |logged: &LoggedEntry| match Entry::decode(&logged.entry.0).ok()?.event {
        Event::Operation { owner_tag, .. } => Some(owner_tag),
        _ => None,
    };
    operation(logged).is_none_or(|tag| log.entries.iter().any(|honest| operation(honest) == Some(tag)))
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let log = Log::honest();
    [(0, ENTRIES), (2, ENTRIES), (0, 2)].map(|(from, to)| cbor::encode(&log.page(from, to))).to_vec()
}
