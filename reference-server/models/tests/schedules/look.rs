//! What a new device of each person finds at the end.

use std::collections::BTreeSet;

use lock_keeper_protocol::audit::{AuditVerifier, ChainHead, Event, first};
use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::identity::{SecretId, SessionId};
use lock_keeper_protocol::message::{Answer, AuditPage, ClientMessage, Continuation, Reply, SessionKind};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rand::rngs::OsRng;

use crate::device::{Conversation, Device, Machine, Took, operation, secret_id, tag_key};
use crate::model::Account;
use crate::network::{Asked, Route};
use crate::step::Wish;
use crate::world::World;

/// A page of the log.
const PAGE: u16 = 100;

impl World<'_> {
    /// Each account is there with what was acknowledged and nothing else, and its log shows each operation once.
    pub(crate) fn everybody_looks(&self) -> Result<(), TestCaseError> {
        self.model.accounts.iter().zip(0..).try_for_each(|(account, person)| match account {
            Some(account) => self.looks(person, account),
            None => Ok(()),
        })
    }

    fn looks(&self, person: usize, account: &Account) -> Result<(), TestCaseError> {
        let mut device = Device::new(self.identities[person].clone(), self.servers.public_key());
        device.password = account.password;
        let kind = self.log_in(&mut device)?;
        prop_assert_eq!(kind == SessionKind::Request, account.active);
        if !account.active {
            return Ok(());
        }
        let Answer::Listed { items, .. } = self.ask(&mut device, Asked::List) else {
            return Err(TestCaseError::fail("no list"));
        };
        let found: BTreeSet<SecretId> = items.iter().map(|item| item.id).collect();
        let there = account.secrets.iter().filter(|(_, there)| **there).map(|(n, _)| secret_id(*n)).collect();
        prop_assert_eq!(found, there);
        let logged = self.read_log(&mut device)?;
        // Behind those of the schedule come this device's own two.
        prop_assert_eq!(&logged[..logged.len() - 2], &account.log[..]);
        Ok(())
    }

    fn log_in(&self, device: &mut Device) -> Result<SessionKind, TestCaseError> {
        self.servers.forget_guesses(device.identities.account.as_str());
        let (_, body) = device.log_in();
        let answer = self.servers.handle(0, Route::SessionStart, &body).expect("nobody waits");
        let (_, body) = device.prove(&answer, Wish::LogIn).expect("the password is right");
        let answer = self.servers.handle(0, Route::SessionFinish, &body).expect("KE3 is good");
        match device.welcome(&answer) {
            Took::Welcomed { kind, .. } => Ok(kind),
            other => Err(TestCaseError::fail(format!("{other:?}"))),
        }
    }

    fn ask(&self, device: &mut Device, asked: Asked) -> Answer {
        let talk = talk(device);
        let (session, sequence) = (talk.channel.session(), talk.channel.next_sequence());
        let request = device.request(session, sequence, operation(asked, None));
        self.say(device, &ClientMessage::Request(request))
    }

    fn say(&self, device: &mut Device, message: &ClientMessage) -> Answer {
        let talk = talk(device);
        let sent = talk.channel.seal(&mut OsRng, cbor::encode(message).into()).expect("it fits into a frame");
        let answer = self.servers.handle(1, Route::SessionMessage, sent.as_bytes()).expect("the session is open");
        let payload = talk.channel.open(&sent, &answer).expect("it is the answer");
        let reply: Reply = cbor::decode(&payload).expect("a server sends messages");
        reply.answer
    }

    /// Session and frame of each operation in the log, oldest first, once all of it has verified.
    fn read_log(&self, device: &mut Device) -> Result<Vec<(SessionId, u32)>, TestCaseError> {
        let realm = device.identities.realm.clone();
        let user_id = device.user_id.expect("it was welcomed");
        let nothing = ChainHead { size: 0, chain: Bytes(first(&realm, &user_id)) };
        let mut verifier = AuditVerifier::new(realm, user_id, tag_key(), nothing);
        let mut logged = Vec::new();
        let mut page = audited(self.ask(device, Asked::Audit))?;
        loop {
            let entries = verifier.page(&page).map_err(|tampered| TestCaseError::fail(tampered.to_string()))?;
            logged.extend(entries.iter().filter_map(|entry| match entry.entry.event {
                Event::Operation { session, frame, .. } => Some((session, frame)),
                _ => None,
            }));
            if page.from == 0 {
                break;
            }
            let next = Continuation::Audit { before: page.from, limit: PAGE };
            page = audited(self.say(device, &ClientMessage::Continuation(next)))?;
        }
        logged.reverse();
        Ok(logged)
    }
}

fn talk(device: &mut Device) -> &mut Conversation {
    match &mut device.machine {
        Machine::Open(talk) => talk,
        _ => unreachable!("it has logged in"),
    }
}

fn audited(answer: Answer) -> Result<AuditPage, TestCaseError> {
    match answer {
        Answer::Audited(page) => Ok(page),
        other => Err(TestCaseError::fail(format!("{other:?}"))),
    }
}
