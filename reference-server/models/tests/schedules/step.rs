//! What may happen, as sentences.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;

/// What a person wants done on a device. One step is one exchange on the way there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Register,
    LogIn,
    Store(u8),
    Delete(u8),
    ChangePassword,
}

/// What the network does with a request and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives,
    AnswerIsLost,
    ArrivesTwice,
    IsLost,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Device `device` does its next exchange towards a wish, or sends again what was not answered.
    Acts {
        device: usize,
        wish: Wish,
        fate: Fate,
        process: usize,
    },
    /// Something that was sent before arrives (again): the newest, the one before it, ...
    OldRequest {
        back: usize,
        process: usize,
    },
    /// An answer that was given before comes to the device that is waiting for another.
    OldAnswer {
        back: usize,
        device: usize,
    },
    DeviceDies(usize),
    ProcessDies(usize),
    SecondsPass(i64),
}

/// Steps one after the other.
#[derive(Clone)]
pub(crate) struct Schedule(pub(crate) Vec<Step>);

/// Ada's phone and tablet, and Bob's.
pub(crate) const DEVICES: [&str; 4] = ["ada's phone", "ada's tablet", "bob's phone", "bob's tablet"];

impl Arbitrary for Schedule {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        vec(step(), 1..80).prop_map(Self).boxed()
    }
}

fn step() -> impl Strategy<Value = Step> {
    let wish = prop_oneof![
        4 => Just(Wish::Register),
        2 => Just(Wish::LogIn),
        6 => (0..3u8).prop_map(Wish::Store),
        3 => (0..3u8).prop_map(Wish::Delete),
        3 => Just(Wish::ChangePassword),
    ];
    let fate = prop_oneof![
        8 => Just(Fate::Arrives),
        2 => Just(Fate::AnswerIsLost),
        1 => Just(Fate::ArrivesTwice),
        1 => Just(Fate::IsLost),
    ];
    // Most is done by one device, so that it gets somewhere.
    let device = prop_oneof![5 => Just(0), 3 => Just(1), 1 => Just(2), 1 => Just(3)];
    prop_oneof![
        20 => (device.clone(), wish, fate, 0..2usize)
            .prop_map(|(device, wish, fate, process)| Step::Acts { device, wish, fate, process }),
        4 => (0..10usize, 0..2usize).prop_map(|(back, process)| Step::OldRequest { back, process }),
        2 => (0..10usize, device.clone()).prop_map(|(back, device)| Step::OldAnswer { back, device }),
        1 => device.prop_map(Step::DeviceDies),
        1 => (0..2usize).prop_map(Step::ProcessDies),
        1 => prop_oneof![4 => Just(61), 2 => Just(121), 1 => Just(901)].prop_map(Step::SecondsPass),
    ]
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Register => write!(f, "to register"),
            Self::LogIn => write!(f, "to log in"),
            Self::Store(n) => write!(f, "to store secret {n}"),
            Self::Delete(n) => write!(f, "to delete secret {n}"),
            Self::ChangePassword => write!(f, "to change the password"),
        }
    }
}

fn newest(back: usize) -> String {
    if back == 0 { "last".to_owned() } else { format!("{back} before the last") }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Acts { device, wish, fate, process } => {
                let fate = match fate {
                    Fate::Arrives => "",
                    Fate::AnswerIsLost => ", and the answer is lost",
                    Fate::ArrivesTwice => ", and it arrives twice",
                    Fate::IsLost => ", and it is lost on the way",
                };
                write!(f, "{} goes on {wish}, at process {process}{fate}", DEVICES[*device])
            }
            Self::OldRequest { back, process } => {
                write!(f, "what was sent {} arrives, at process {process}", newest(*back))
            }
            Self::OldAnswer { back, device } => {
                write!(f, "the answer that was given {} comes to {}", newest(*back), DEVICES[*device])
            }
            Self::DeviceDies(device) => write!(f, "{} is killed", DEVICES[*device]),
            Self::ProcessDies(process) => write!(f, "process {process} is killed and starts again"),
            Self::SecondsPass(seconds) => write!(f, "{seconds} seconds pass"),
        }
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().zip(1..).try_for_each(|(step, n)| write!(f, "\n  {n}. {step}"))
    }
}
