//! A schedule at work: each request goes to a real service, and what comes of it is held against the model.

use lock_keeper_protocol::cbor;
use lock_keeper_protocol::identity::{AccountName, Realm, SessionId};
use lock_keeper_protocol::message::{Answer, SessionStarted};
use lock_keeper_protocol::opaque::Identities;
use lock_keeper_protocol::problem::Problem;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::device::{Device, Machine, Took, is_wrong_password};
use crate::model::{Expected, Model, Outcome};
use crate::network::{About, Given, Network, Sent};
use crate::servers::Servers;
use crate::step::{Fate, Schedule, Step, Wish};

pub(crate) struct World<'a> {
    pub(crate) servers: &'a Servers,
    pub(crate) model: Model,
    pub(crate) identities: [Identities; 2],
    devices: [Device; 4],
    network: Network,
    passwords: u32,
    /// What arrived, and what the server said: for whoever reads a failure.
    story: Vec<String>,
}

impl<'a> World<'a> {
    pub(crate) fn new(servers: &'a Servers) -> Self {
        let number = servers.next_world();
        let identities = ["ada", "bob"].map(|name| Identities {
            realm: Realm::new("keys.test").expect("it is one"),
            account: AccountName::prepare(&format!("{name}-{number}")).expect("it is one"),
        });
        let device = |n: usize| Device::new(identities[n / 2].clone(), servers.public_key());
        let devices = [device(0), device(1), device(2), device(3)];
        Self {
            servers,
            model: Model::default(),
            identities,
            devices,
            network: Network::default(),
            passwords: 0,
            story: Vec::new(),
        }
    }

    /// Takes the steps, and then looks at what is there.
    ///
    /// # Errors
    /// What is not as the model has it, and all that arrived before.
    pub(crate) fn live(&mut self, schedule: &Schedule) -> Result<(), TestCaseError> {
        let lived = schedule.0.iter().try_for_each(|step| self.take(step)).and_then(|()| self.everybody_looks());
        lived.map_err(|why| TestCaseError::fail(format!("{why}\n  {}\n", self.story.join("\n  "))))
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Acts { device, wish, fate, process } => self.acts(device, wish, fate, process),
            Step::OldRequest { back, process } => match self.network.sent.len().checked_sub(back + 1) {
                Some(number) => self.deliver(number, process).map(|_| ()),
                None => Ok(()),
            },
            Step::OldAnswer { back, device } => match self.network.given.len().checked_sub(back + 1) {
                Some(number) => self.old_answer(device, &self.network.given[number].clone()),
                None => Ok(()),
            },
            Step::DeviceDies(device) => {
                self.devices[device].die();
                Ok(())
            }
            Step::ProcessDies(process) => {
                self.servers.kill(process);
                Ok(())
            }
            Step::SecondsPass(seconds) => {
                self.servers.pass(seconds);
                Ok(())
            }
        }
    }

    fn acts(&mut self, device: usize, wish: Wish, fate: Fate, process: usize) -> Result<(), TestCaseError> {
        let number = self.next_exchange(device, wish);
        match fate {
            Fate::IsLost => Ok(()),
            Fate::AnswerIsLost => self.deliver(number, process).map(|_| ()),
            Fate::Arrives => {
                let answer = self.deliver(number, process)?;
                self.answered(device, number, wish, answer)
            }
            Fate::ArrivesTwice => {
                let answer = self.deliver(number, process)?;
                self.deliver(number, 1 - process).map(|_| ())?;
                self.answered(device, number, wish, answer)
            }
        }
    }

    /// The request that the device sends now: what was not answered again, or the next one.
    fn next_exchange(&mut self, device: usize, wish: Wish) -> usize {
        let registered = self.model.accounts[device / 2].is_some();
        let waits = &mut self.devices[device];
        match waits.waits_for {
            // Each KE1 that arrives is charged, so a client does not send it again.
            Some(number) if !matches!(self.network.sent[number].about, About::SessionStart) => return number,
            _ => {}
        }
        let (about, body) = match waits.machine {
            Machine::Open(_) => {
                self.passwords += 1;
                waits.ask(wish, self.passwords)
            }
            Machine::Registered => waits.log_in(),
            // The tablet does not know what the phone has done.
            _ if !registered || (wish == Wish::Register && device % 2 == 1) => waits.register(),
            _ => waits.log_in(),
        };
        self.send(device, about, body)
    }

    fn send(&mut self, device: usize, about: About, body: Vec<u8>) -> usize {
        let number = self.network.send(Sent { person: device / 2, about, body });
        self.devices[device].waits_for = Some(number);
        number
    }

    /// A request arrives at a process, which must do what the model says.
    fn deliver(&mut self, number: usize, process: usize) -> Result<Result<Given, Problem>, TestCaseError> {
        let sent = self.network.sent[number].clone();
        if matches!(sent.about, About::SessionStart) {
            self.servers.forget_guesses(self.identities[sent.person].account.as_str());
        }
        let now = self.servers.now();
        let expected = self.model.expect(number, &sent, now);
        let answer = self.servers.handle(process, sent.about.route(), &sent.body).map_err(|refused| refused.problem);
        let said = answer.as_ref().map_or_else(|why| why.code(), |_| "an answer");
        self.story.push(format!("{:?} arrives at process {process}: {said}", sent.about));
        match (&expected, &answer) {
            (Expected::Answered, Ok(bytes)) => {
                let login = cbor::decode(bytes).map(|started: SessionStarted| started.login_id).ok();
                self.model.took(number, &sent, bytes, login, now);
            }
            (Expected::SameBytes(before), Ok(bytes)) => prop_assert!(bytes == before, "the same request, other bytes"),
            (Expected::Closed, Ok(_)) => {}
            (Expected::Refused(problem), Err(why)) if problem == why => {
                if let About::SessionFinish { session, .. } = &sent.about {
                    self.model.failed(session);
                }
            }
            _ => prop_assert!(false, "{:?}: expected {}, got {said}", sent.about, in_words(&expected)),
        }
        Ok(answer.map(|body| {
            let given = Given { to: number, at: now, body };
            self.network.given.push(given.clone());
            given
        }))
    }

    /// The device takes what came of the request that it waits for.
    fn answered(
        &mut self,
        device: usize,
        number: usize,
        wish: Wish,
        answer: Result<Given, Problem>,
    ) -> Result<(), TestCaseError> {
        let about = self.network.sent[number].about;
        let waits = &mut self.devices[device];
        let Ok(given) = answer else {
            waits.die();
            return Ok(());
        };
        waits.waits_for = None;
        match about {
            About::RegistrationStart => {
                let (about, body) = waits.finish_registration(&given.body, given.at);
                self.send(device, about, body);
            }
            About::RegistrationFinish { .. } => waits.machine = Machine::Registered,
            About::SessionStart => self.proves(device, &given.body, wish)?,
            About::SessionFinish { session, .. } => {
                let took = waits.welcome(&given.body);
                self.welcomed(number, &session, took)?;
            }
            About::Frame { .. } => {
                let took = waits.reply(&given.body);
                self.told(device, number, took)?;
            }
        }
        Ok(())
    }

    fn proves(&mut self, device: usize, answer: &[u8], wish: Wish) -> Result<(), TestCaseError> {
        let started: SessionStarted = cbor::decode(answer).expect("a server sends messages");
        let waits = &mut self.devices[device];
        let right = self.model.was_right(&started.login_id, waits.password);
        match waits.prove(answer, wish) {
            Ok((about, body)) => {
                prop_assert!(right, "a wrong password made a KE3");
                self.send(device, about, body);
            }
            Err(ended) => {
                prop_assert!(!right && is_wrong_password(&ended), "the right password made no KE3: {ended}");
                // The person remembers the new one.
                waits.password = self.model.accounts[device / 2].as_ref().map_or(0, |account| account.password);
            }
        }
        Ok(())
    }

    fn welcomed(&self, number: usize, session: &SessionId, took: Took) -> Result<(), TestCaseError> {
        let Took::Welcomed { kind, generation, first } = took else {
            return Err(TestCaseError::fail("the welcome was refused"));
        };
        prop_assert_eq!(self.model.session(session), Some((kind, generation)));
        match first {
            Some(answer) => says(self.model.outcome(number), &answer),
            None => Ok(()),
        }
    }

    fn told(&mut self, device: usize, number: usize, took: Took) -> Result<(), TestCaseError> {
        let Took::Told(_, answer) = took else { return Err(TestCaseError::fail("the answer was refused")) };
        if answer == problem(Problem::SessionClosed) {
            prop_assert_eq!(self.model.outcome(number), None, "a closed session took it");
            self.devices[device].die();
            return Ok(());
        }
        says(self.model.outcome(number), &answer)
    }

    /// Only the answer to its own request is taken.
    fn old_answer(&mut self, device: usize, given: &Given) -> Result<(), TestCaseError> {
        let Some(number) = self.devices[device].waits_for else { return Ok(()) };
        if given.to == number {
            return self.answered(device, number, Wish::LogIn, Ok(given.clone()));
        }
        let waits = &mut self.devices[device];
        match waits.machine {
            // A registration's answer is authenticated by TLS alone.
            Machine::Idle | Machine::Registering(_) | Machine::Registered => {}
            Machine::Starting(_) => {
                prop_assert!(waits.prove(&given.body, Wish::LogIn).is_err(), "another login's KE2 was taken");
                waits.die();
            }
            Machine::Opening(_) => {
                prop_assert_eq!(waits.welcome(&given.body), Took::Refused, "another login's welcome was taken");
                waits.die();
            }
            Machine::Open(_) => {
                prop_assert_eq!(waits.reply(&given.body), Took::Refused, "another frame's answer was taken");
            }
        }
        Ok(())
    }
}

fn problem(problem: Problem) -> Answer {
    Answer::Problem { code: problem.code().to_owned() }
}

fn says(outcome: Option<Outcome>, answer: &Answer) -> Result<(), TestCaseError> {
    match (outcome, answer) {
        (Some(Outcome::Problem(why)), answer) => prop_assert_eq!(answer, &problem(why)),
        (Some(Outcome::Done), Answer::Problem { code }) => {
            prop_assert!(false, "it was done, and the answer says {code}")
        }
        (Some(Outcome::Done), _) => {}
        (None, answer) => prop_assert!(false, "what was not taken is answered with {answer:?}"),
    }
    Ok(())
}

/// Without the bytes.
fn in_words(expected: &Expected) -> String {
    match expected {
        Expected::SameBytes(_) => "the same bytes".to_owned(),
        other => format!("{other:?}"),
    }
}
