use lock_keeper_protocol::audit::{
    self, Action, AttemptOutcome, ChainHead, Entry, Event, OperationOutcome, Tagged, owner_tag,
};
use lock_keeper_protocol::cbor::{Bytes, Nullable};
use lock_keeper_protocol::identity::{Realm, SecretId, SessionId, UserId};
use lock_keeper_protocol::key::Key32;
use serde_json::{Value, json};

use crate::vector_file::{check, fixed};

/// One owner whose log the vector is.
struct Owner {
    realm: Realm,
    user_id: UserId,
    session: SessionId,
    tag_key: Key32,
}

impl Owner {
    fn operation(&self, action: Action, secret: Option<SecretId>, frame: u32, seen: ChainHead) -> Event {
        let (realm, user_id, session) = (&self.realm, &self.user_id, &self.session);
        let tagged = Tagged { realm, user_id, session, frame, action, secret, seen };
        Event::Operation {
            action,
            outcome: OperationOutcome::Done,
            secret: Nullable(secret),
            session: self.session,
            frame,
            seen,
            owner_tag: Bytes(owner_tag(&self.tag_key, &tagged)),
        }
    }
}

/// What is appended as entry `n`, and the head after it.
fn appended(head: ChainHead, event: Event) -> (Value, ChainHead) {
    let n = head.size;
    let entry = Entry { at: 1_700_000_000_000 + n, event };
    let salt = fixed::<16>(&format!("salt of entry {n}"));
    let leaf = audit::leaf(&salt, &entry.encode());
    let chain = audit::next(&head.chain.0, &leaf);
    assert_eq!(Entry::decode(&entry.encode()), Ok(entry.clone()));
    let value = json!({
        "n": n,
        "salt": hex::encode(salt),
        "entry": hex::encode(entry.encode()),
        "leaf": hex::encode(leaf),
        "chain_after": hex::encode(chain),
    });
    (value, ChainHead { size: n + 1, chain: Bytes(chain) })
}

#[test]
fn entries_chain_and_owner_tags_are_those_of_the_vectors() {
    let owner = Owner {
        realm: Realm::new("keys.example").unwrap(),
        user_id: UserId(fixed("user id")),
        session: SessionId(fixed("session id")),
        tag_key: Key32::init(|key| *key = fixed("owner-tag key")),
    };
    let secret = SecretId(fixed("secret id"));
    let first = audit::first(&owner.realm, &owner.user_id);
    let mut head = ChainHead { size: 0, chain: Bytes(first) };
    let succeeded = Event::Attempt {
        outcome: AttemptOutcome::Succeeded,
        known_device: false,
        session: Nullable(Some(owner.session)),
    };
    let failed = Event::Attempt { outcome: AttemptOutcome::NeverFinished, known_device: true, session: Nullable(None) };
    let refusals = Event::Refusals { count: 7, first: 1_699_999_000_000, last: 1_699_999_500_000 };
    let mut entries = Vec::new();
    for (n, event) in [succeeded, failed, refusals].into_iter().enumerate() {
        assert_eq!(n as u64, head.size);
        let (value, next) = appended(head, event);
        entries.push(value);
        head = next;
    }
    for (frame, action, secret) in
        [(1, Action::CompleteRegistration, None), (2, Action::Import, Some(secret)), (3, Action::Audit, None)]
    {
        let (value, next) = appended(head, owner.operation(action, secret, frame, head));
        entries.push(value);
        head = next;
    }
    check(
        "audit",
        &json!({
            "protocol": "docs/protocol.md, sections 8.1, 8.2 and 8.4",
            "what": "a log of six entries; entry is the encoded CBOR. The last three are operations, whose owner tags \
                     stand in them",
            "realm": owner.realm.as_str(),
            "user_id": hex::encode(owner.user_id.0),
            "owner_tag_key": hex::encode(owner.tag_key.expose()),
            "chain_of_an_empty_log": hex::encode(first),
            "entries": entries,
        }),
    );
}
