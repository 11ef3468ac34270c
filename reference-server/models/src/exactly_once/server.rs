//! Server processes and their database. What a process decides, [`ServerSession`] decides.

use lock_keeper_protocol::channel::{ServerSession, Verdict};

use super::rule::Rule;
use super::{OPERATIONS, SESSIONS};

/// A client frame. Two sealings are two different frames, whatever is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Frame {
    pub(super) session: usize,
    pub(super) sequence: u32,
    pub(super) operation: u8,
    pub(super) sealing: u8,
}

impl Frame {
    /// Stands for the SHA-256 of its bytes.
    fn digest(self) -> [u8; 32] {
        let mut digest = [0; 32];
        digest[..4].copy_from_slice(&[1, self.session as u8, self.sequence as u8, self.sealing]);
        digest
    }
}

/// A server frame. Each sealing is another number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Answer {
    pub(super) frame: Frame,
    pub(super) sealing: u8,
}

/// One server process; each has one frame in its hands at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Process {
    Idle,
    /// It has read the rows, and worked out what to write.
    Decided {
        frame: Frame,
        read_head: u8,
        read_next: u32,
    },
    /// Under a wrong rule: the number has moved, and the answer is not kept yet.
    Half {
        frame: Frame,
    },
    /// What it has to send.
    Answering(Answer),
}

/// A session's row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Row {
    next: u32,
    last_frame: Option<Frame>,
    last_answer: Option<Answer>,
    operations_left: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Database {
    /// The size of the account's log.
    pub(super) head: u8,
    sessions: [Row; SESSIONS],
    /// How often each operation has had its effect.
    pub(super) acted: [u8; OPERATIONS as usize],
    /// Log entries for each frame number of each session.
    logged: [[u8; 4]; SESSIONS],
    sealings: u8,
}

impl Row {
    /// As the product reads it.
    fn state(&self) -> ServerSession {
        ServerSession {
            next: self.next,
            last_frame: self.last_frame.map_or([0; 32], Frame::digest),
            operations_left: self.operations_left,
            closed: self.operations_left == 0,
            operation: None,
            continuations: 0,
            idle_at: 1,
            expires_at: 2,
        }
    }
}

impl Database {
    pub(super) fn new() -> Self {
        let opened = Row { next: 1, last_frame: None, last_answer: None, operations_left: u32::from(OPERATIONS) };
        Self {
            head: 0,
            sessions: [opened.clone(), opened],
            acted: [0; OPERATIONS as usize],
            logged: [[0; 4]; SESSIONS],
            sealings: 0,
        }
    }

    pub(super) fn has(&self, operation: u8) -> bool {
        self.acted[usize::from(operation)] > 0
    }

    pub(super) fn logged_once(&self) -> bool {
        self.logged.iter().flatten().all(|entries| *entries <= 1)
    }

    /// What a process does with a frame that has verified; none where it is refused.
    pub(super) fn judge(&self, rule: Rule, frame: Frame) -> Option<Process> {
        let row = &self.sessions[frame.session];
        let mut state = row.state();
        match state.judge(frame.sequence, &frame.digest(), 0) {
            Ok(Verdict::Again) if rule == Rule::TakesTheNextNumberOnly => None,
            Ok(Verdict::Again) if rule == Rule::SealsTheAnswerAnew => {
                Some(Process::Answering(Answer { frame, sealing: self.sealings + 1 }))
            }
            Ok(Verdict::Again) => row.last_answer.map(Process::Answering),
            Ok(Verdict::Next) => {
                state.begin(frame.operation + 1, 0).ok()?;
                Some(Process::Decided { frame, read_head: self.head, read_next: row.next })
            }
            Err(_) => None,
        }
    }

    /// Commits what a process has decided, if head and number are still as it read them. If not, it does the work again with the
    /// head locked, so that nobody comes in between.
    pub(super) fn commit(mut self, rule: Rule, process: Process) -> Option<(Self, Process)> {
        match process {
            Process::Half { frame } => {
                let answer = self.keep_answer(frame);
                Some((self, Process::Answering(answer)))
            }
            Process::Decided { frame, read_head, read_next } => {
                let as_read = self.head == read_head && self.sessions[frame.session].next == read_next;
                if as_read || rule == Rule::CommitsWhateverWasRead {
                    let process = self.write(rule, frame, read_next);
                    return Some((self, process));
                }
                match self.judge(rule, frame) {
                    Some(Process::Decided { read_next, .. }) => {
                        let process = self.write(rule, frame, read_next);
                        Some((self, process))
                    }
                    again => Some((self, again.unwrap_or(Process::Idle))),
                }
            }
            Process::Idle | Process::Answering(_) => None,
        }
    }

    /// Everything that one frame changes.
    fn write(&mut self, rule: Rule, frame: Frame, read_next: u32) -> Process {
        self.head += 1;
        self.logged[frame.session][frame.sequence as usize] += 1;
        // The id of a secret is its primary key. Where it is there, the answer says so, and the client finds its own secret.
        let acted = &mut self.acted[usize::from(frame.operation)];
        if *acted == 0 || rule == Rule::StoresAnIdTwice {
            *acted += 1;
        }
        let row = &mut self.sessions[frame.session];
        row.next = read_next + 1;
        row.last_frame = Some(frame);
        row.operations_left = row.operations_left.saturating_sub(1);
        if rule == Rule::KeepsTheAnswerInAnotherCommit {
            row.last_answer = None;
            return Process::Half { frame };
        }
        Process::Answering(self.keep_answer(frame))
    }

    fn keep_answer(&mut self, frame: Frame) -> Answer {
        self.sealings += 1;
        let answer = Answer { frame, sealing: self.sealings };
        self.sessions[frame.session].last_answer = Some(answer);
        answer
    }
}
