//! What a server could do to a log, and how the verifier notices. Each test is a server that lies in one way.

use lock_keeper_protocol::audit::{
    self, Action, AttemptOutcome, AuditTampered, AuditVerifier, ChainHead, Entry, Event, OperationOutcome, Tagged,
    VerifiedEntry, owner_tag,
};
use lock_keeper_protocol::cbor::{Blob, Bytes, Nullable};
use lock_keeper_protocol::identity::{Realm, SecretId, SessionId, UserId};
use lock_keeper_protocol::key::Key32;
use lock_keeper_protocol::message::{AuditPage, LoggedEntry};

const PAGE: usize = 4;

fn realm() -> Realm {
    Realm::new("keys.example").unwrap()
}

fn tag_key(byte: u8) -> Key32 {
    Key32::init(|key| *key = [byte; 32])
}

/// A log as a server keeps it.
#[derive(Clone)]
struct Log {
    entries: Vec<LoggedEntry>,
    /// The value of the chain at each size.
    chain: Vec<[u8; 32]>,
}

impl Log {
    fn empty() -> Self {
        Self { entries: Vec::new(), chain: vec![audit::first(&realm(), &UserId([3; 32]))] }
    }

    /// A log of `n` operations, one for each frame, each asked for with the head before it.
    fn of(n: u32) -> Self {
        let mut log = Self::empty();
        (0..n).for_each(|frame| log.ask(frame));
        log
    }

    fn head(&self) -> ChainHead {
        self.head_at(self.entries.len())
    }

    fn head_at(&self, size: usize) -> ChainHead {
        ChainHead { size: size as u64, chain: Bytes(self.chain[size]) }
    }

    fn append(&mut self, event: Event) {
        let salt = [self.entries.len() as u8; 16];
        self.append_raw(LoggedEntry { salt: Bytes(salt), entry: Blob(Entry { at: 7, event }.encode()) });
    }

    fn append_raw(&mut self, logged: LoggedEntry) {
        let leaf = audit::leaf(&logged.salt.0, &logged.entry.0);
        self.chain.push(audit::next(&self.chain[self.entries.len()], &leaf));
        self.entries.push(logged);
    }

    /// The owner asks for a retrieval, having seen the whole log.
    fn ask(&mut self, frame: u32) {
        self.append(operation(&tag_key(1), frame, self.head()));
    }

    /// The page that ends before `end`, as an honest server hands it out.
    fn page(&self, end: usize, with_head: bool) -> AuditPage {
        let from = end.saturating_sub(PAGE);
        AuditPage {
            head: Nullable(with_head.then(|| self.head_at(end))),
            from: from as u64,
            before: Bytes(self.chain[from]),
            entries: self.entries[from..end].iter().rev().cloned().collect(),
        }
    }

    /// The same entries, linked anew: what a server does that changes its log and hides it.
    fn relinked(entries: Vec<LoggedEntry>) -> Self {
        let mut log = Self::empty();
        entries.into_iter().for_each(|logged| log.append_raw(logged));
        log
    }

    /// What the owner's device, which trusts `seen`, finds when it reads the whole log.
    fn read(&self, seen: ChainHead) -> Result<Vec<VerifiedEntry>, AuditTampered> {
        let mut verifier = verifier(seen);
        let mut entries = verifier.page(&self.page(self.entries.len(), true))?;
        while let Some(before) = verifier.next_before().filter(|before| *before > 0) {
            entries.extend(verifier.page(&self.page(before as usize, false))?);
        }
        Ok(entries)
    }
}

fn operation(key: &Key32, frame: u32, seen: ChainHead) -> Event {
    let (action, session) = (Action::Retrieve, SessionId([4; 48]));
    let secret = Some(SecretId([5; 16]));
    let tagged = Tagged { realm: &realm(), user_id: &UserId([3; 32]), session: &session, frame, action, secret, seen };
    let tag = owner_tag(key, &tagged);
    Event::Operation {
        action,
        outcome: OperationOutcome::Done,
        secret: Nullable(secret),
        session,
        frame,
        seen,
        owner_tag: Bytes(tag),
    }
}

fn attempt() -> Event {
    Event::Attempt { outcome: AttemptOutcome::NeverFinished, known_device: false, session: Nullable(None) }
}

fn verifier(seen: ChainHead) -> AuditVerifier {
    AuditVerifier::new(realm(), UserId([3; 32]), tag_key(1), seen)
}

fn nothing_seen() -> ChainHead {
    Log::empty().head()
}

#[test]
fn an_honest_log_is_read_to_its_beginning_newest_first() {
    let mut log = Log::of(9);
    log.append(attempt());
    let entries = log.read(log.head_at(5)).unwrap();
    let places: Vec<u64> = entries.iter().map(|entry| entry.n).collect();
    assert_eq!(places, (0..10).rev().collect::<Vec<_>>());
    assert_eq!(entries[0].entry.event, attempt());
}

#[test]
fn an_empty_log_is_one_too() {
    let page =
        AuditPage { head: Nullable(Some(nothing_seen())), from: 0, before: nothing_seen().chain, entries: Vec::new() };
    assert_eq!(verifier(nothing_seen()).page(&page), Ok(Vec::new()));
}

#[test]
fn an_entry_that_was_changed_in_place_is_noticed() {
    for place in 0..9 {
        let mut log = Log::of(9);
        log.entries[place].salt.0[0] ^= 1;
        assert_eq!(log.read(nothing_seen()), Err(AuditTampered::ChainBroken), "entry {place}");
    }
}

#[test]
fn an_entry_that_was_changed_below_what_the_device_saw_is_noticed_even_when_all_is_linked_anew() {
    let honest = Log::of(9);
    let mut entries = honest.entries.clone();
    entries[2] = LoggedEntry { salt: Bytes([0; 16]), entry: Blob(Entry { at: 8, event: attempt() }.encode()) };
    assert_eq!(Log::relinked(entries).read(honest.head_at(7)), Err(AuditTampered::DoesNotExtend));
}

#[test]
fn a_dropped_entry_is_noticed_by_a_device_that_saw_nothing_before() {
    // Each operation says what its device had seen, so the log without one of them contradicts those after it.
    for place in 0..8 {
        let mut entries = Log::of(9).entries;
        entries.remove(place);
        assert_eq!(Log::relinked(entries).read(nothing_seen()), Err(AuditTampered::DoesNotExtend), "entry {place}");
    }
}

#[test]
fn two_entries_that_were_exchanged_are_noticed() {
    let mut entries = Log::of(9).entries;
    entries.swap(3, 4);
    assert_eq!(Log::relinked(entries).read(nothing_seen()), Err(AuditTampered::DoesNotExtend));
}

#[test]
fn a_log_that_was_cut_back_is_noticed_by_the_device_that_saw_more() {
    let honest = Log::of(9);
    let cut = Log::relinked(honest.entries[..6].to_vec());
    assert_eq!(cut.read(honest.head()), Err(AuditTampered::DoesNotExtend));
    assert!(cut.read(honest.head_at(6)).is_ok(), "who saw no more cannot know");
}

#[test]
fn a_fork_is_noticed_by_each_device_that_is_shown_the_others_branch() {
    let common = Log::of(5);
    let (mut one, mut other) = (common.clone(), common);
    one.ask(100);
    other.ask(200);
    assert!(one.read(one.head()).is_ok());
    assert_eq!(other.read(one.head()), Err(AuditTampered::DoesNotExtend));
    other.ask(201);
    assert_eq!(other.read(one.head()), Err(AuditTampered::DoesNotExtend));
}

#[test]
fn a_fork_that_is_joined_again_is_noticed_by_a_device_that_saw_neither_branch() {
    let mut one = Log::of(5);
    let mut other = one.clone();
    one.ask(100);
    one.ask(101);
    other.append(attempt());
    other.ask(200);
    // The second operation of one branch, with its tag and all, put behind the other branch.
    other.append_raw(one.entries[6].clone());
    assert_eq!(other.read(nothing_seen()), Err(AuditTampered::DoesNotExtend));
}

#[test]
fn an_operation_that_claims_to_have_seen_its_own_future_is_refused() {
    // The second lies beyond the end of the log: so it looks when a log was cut back below what its device had seen.
    for size in [4, 10] {
        let mut log = Log::of(3);
        log.append(operation(&tag_key(1), 50, ChainHead { size, chain: Bytes([9; 32]) }));
        assert_eq!(log.read(nothing_seen()), Err(AuditTampered::DoesNotExtend), "a head of size {size}");
    }
}

#[test]
fn an_operation_that_the_owner_did_not_ask_for_is_refused() {
    let mut log = Log::of(3);
    log.append(operation(&tag_key(2), 50, log.head()));
    assert_eq!(log.read(nothing_seen()), Err(AuditTampered::NotTheOwner));
}

#[test]
fn an_operation_whose_entry_says_something_else_than_its_tag_is_refused() {
    let honest = operation(&tag_key(1), 50, nothing_seen());
    let Event::Operation { outcome, secret: Nullable(secret), session, frame, seen, owner_tag, .. } = honest else {
        unreachable!()
    };
    let other = |action, secret, session, frame, seen| {
        let mut log = Log::empty();
        log.append(Event::Operation { action, outcome, secret: Nullable(secret), session, frame, seen, owner_tag });
        log.read(nothing_seen()).map(|_| ())
    };
    assert_eq!(other(Action::Retrieve, secret, session, frame, seen), Ok(()));
    for (what, read) in [
        ("action", other(Action::Delete, secret, session, frame, seen)),
        ("secret", other(Action::Retrieve, Some(SecretId([6; 16])), session, frame, seen)),
        ("no secret", other(Action::Retrieve, None, session, frame, seen)),
        ("session", other(Action::Retrieve, secret, SessionId([7; 48]), frame, seen)),
        ("frame", other(Action::Retrieve, secret, session, 51, seen)),
    ] {
        assert_eq!(read, Err(AuditTampered::NotTheOwner), "{what}");
    }
}

#[test]
fn an_operation_whose_entry_says_that_its_device_had_seen_something_else_is_refused() {
    // Both heads are beginnings of this very log, so that only the tag tells which one the device had seen.
    let mut log = Log::of(2);
    let honest = operation(&tag_key(1), 50, log.head_at(1));
    let Event::Operation { action, outcome, secret, session, frame, owner_tag, .. } = honest else { unreachable!() };
    log.append(Event::Operation { action, outcome, secret, session, frame, seen: log.head_at(2), owner_tag });
    assert_eq!(log.read(nothing_seen()), Err(AuditTampered::NotTheOwner));
}

#[test]
fn an_operation_of_another_account_or_realm_is_refused() {
    let log = Log::of(1);
    let other = |realm: &str, user: u8| {
        let realm = Realm::new(realm).unwrap();
        let user_id = UserId([user; 32]);
        // Such a log begins elsewhere, so that its very first value is another one.
        let seen = ChainHead { size: 0, chain: Bytes(audit::first(&realm, &user_id)) };
        AuditVerifier::new(realm, user_id, tag_key(1), seen).page(&log.page(1, true)).map(|_| ())
    };
    assert_eq!(other("keys.example", 3), Ok(()));
    assert_eq!(other("other.example", 3), Err(AuditTampered::DoesNotExtend));
    assert_eq!(other("keys.example", 4), Err(AuditTampered::DoesNotExtend));
}

#[test]
fn an_operation_that_stands_in_the_log_twice_is_refused_on_one_page_and_on_two() {
    for distance in [0, 6] {
        let mut log = Log::of(2);
        let twice = operation(&tag_key(1), 50, log.head());
        log.append(twice.clone());
        (0..distance).for_each(|_| log.append(attempt()));
        log.append(twice);
        assert_eq!(log.read(nothing_seen()), Err(AuditTampered::TagRepeated), "{distance} entries between");
    }
}

#[test]
fn a_page_that_does_not_end_where_the_one_before_it_began_is_refused() {
    let log = Log::of(12);
    for end in [7, 9, 12] {
        let mut verifier = verifier(nothing_seen());
        verifier.page(&log.page(12, true)).unwrap();
        assert_eq!(verifier.page(&log.page(end, false)), Err(AuditTampered::ChainBroken), "ends before {end}");
    }
}

#[test]
fn a_page_that_skips_an_entry_inside_is_refused() {
    let log = Log::of(8);
    let mut page = log.page(8, true);
    page.entries.remove(1);
    assert_eq!(verifier(nothing_seen()).page(&page), Err(AuditTampered::ChainBroken));
    page.from += 1;
    assert_eq!(verifier(nothing_seen()).page(&page), Err(AuditTampered::ChainBroken));
}

#[test]
fn a_later_page_with_a_head_and_a_first_page_without_one_are_refused() {
    let log = Log::of(8);
    assert_eq!(verifier(nothing_seen()).page(&log.page(8, false)), Err(AuditTampered::ChainBroken));
    let mut verifier = verifier(nothing_seen());
    verifier.page(&log.page(8, true)).unwrap();
    assert_eq!(verifier.page(&log.page(4, true)), Err(AuditTampered::ChainBroken));
}

#[test]
fn a_page_without_entries_does_not_end_the_log_early() {
    let log = Log::of(8);
    let page = AuditPage { head: Nullable(Some(log.head())), from: 8, before: log.head().chain, entries: Vec::new() };
    assert_eq!(verifier(nothing_seen()).page(&page), Err(AuditTampered::ChainBroken));
}

#[test]
fn a_log_that_does_not_begin_with_its_own_account_is_refused() {
    let mut log = Log::empty();
    log.chain[0] = [8; 32];
    log.append(attempt());
    assert_eq!(log.read(nothing_seen()), Err(AuditTampered::DoesNotExtend));
}

#[test]
fn an_entry_that_is_no_entry_is_refused() {
    let mut log = Log::of(2);
    log.append_raw(LoggedEntry { salt: Bytes([0; 16]), entry: Blob(vec![0xff]) });
    assert_eq!(log.read(nothing_seen()), Err(AuditTampered::Malformed));
}

#[test]
fn places_at_the_end_of_all_numbers_are_refused_and_do_not_overflow() {
    let logged = LoggedEntry { salt: Bytes([0; 16]), entry: Blob(Entry { at: 7, event: attempt() }.encode()) };
    let before = [1; 32];
    let chain = audit::next(&before, &audit::leaf(&logged.salt.0, &logged.entry.0));
    let head = ChainHead { size: u64::MAX, chain: Bytes(chain) };
    let page = |from, entries| AuditPage { head: Nullable(Some(head)), from, before: Bytes(before), entries };
    // One entry at the last place of all connects; it is the pages before it that nobody has.
    assert!(verifier(nothing_seen()).page(&page(u64::MAX - 1, vec![logged.clone()])).is_ok());
    let refused = verifier(nothing_seen()).page(&page(u64::MAX, vec![logged]));
    assert_eq!(refused, Err(AuditTampered::ChainBroken));
    assert_eq!(audit::extend(head, &[0; 32]), Err(AuditTampered::Malformed));
}

#[test]
fn leaves_lead_a_device_from_what_it_saw_to_the_new_head_and_nowhere_else() {
    let log = Log::of(9);
    let leaves = |from: usize| -> Vec<u8> {
        log.entries[from..].iter().flat_map(|logged| audit::leaf(&logged.salt.0, &logged.entry.0)).collect()
    };
    assert_eq!(audit::extend(log.head_at(4), &leaves(4)), Ok(log.head()));
    assert_ne!(audit::extend(log.head_at(4), &leaves(5)), Ok(log.head()), "a leaf is missing");
    assert_ne!(audit::extend(log.head_at(3), &leaves(4)), Ok(log.head()), "another beginning");
    assert_eq!(audit::extend(log.head_at(4), &leaves(4)[1..]), Err(AuditTampered::Malformed));
}
