//! Where passwords come from: a prompt, a file, or standard input.

use std::io::{self, IsTerminal, stdin};
use std::path::Path;

use lock_keeper_core::{Code, Password, password};
use zeroize::Zeroizing;

use crate::device::Device;
use crate::failure::{Failure, Trouble};
use crate::quiet_terminal::QuietTerminal;
use crate::standard_input::Source;
use crate::strength;

/// Hands out one password after the other.
pub(crate) enum Passwords {
    /// Asks the person.
    Prompt,
    /// One in each line.
    Lines(Source),
}

impl Passwords {
    /// From the file if there is one, else from the terminal or from standard input.
    pub(crate) fn from(file: Option<&Path>) -> Result<Self, Failure> {
        match file {
            Some(path) => Source::file(path).map(Self::Lines).map_err(|error| unreadable(&error)),
            None if stdin().is_terminal() => Ok(Self::Prompt),
            None => Source::standard().map(Self::Lines).map_err(|error| unreadable(&error)),
        }
    }

    /// The account's password.
    pub(crate) fn current(&mut self, device: &Device<'_>, account: &str) -> Result<Password, Failure> {
        let text = self.text(device, &format!("Password of {account}: "))?;
        prepare(&text)
    }

    /// A new password, typed twice at a prompt. Says what is weak about it.
    pub(crate) fn new_one(&mut self, device: &Device<'_>, account: &str) -> Result<Password, Failure> {
        // Between the two prompts as well.
        let _quiet = self.quiet_terminal(device)?;
        let text = self.text(device, &format!("New password for {account}: "))?;
        if let Some(weakness) = strength::weakness(&text, account) {
            device.output.warn(weakness);
        }
        if matches!(self, Self::Prompt) {
            let again = self.text(device, "The same once more: ")?;
            // Both were typed here, by one person, a moment ago: how long this takes tells nobody anything.
            if *again != *text {
                return Err(Failure::new(Trouble::PasswordsDiffer, "The two passwords differ.")
                    .with_next("Run the command again; nothing was sent."));
            }
        }
        prepare(&text)
    }

    fn quiet_terminal(&self, device: &Device<'_>) -> Result<Option<QuietTerminal>, Failure> {
        if !matches!(self, Self::Prompt) {
            return Ok(None);
        }
        // First: who is killed by Ctrl-C cannot give the terminal back.
        device.interrupt.watch()?;
        QuietTerminal::new().map(Some).map_err(|error| unreadable(&error))
    }

    fn text(&mut self, device: &Device<'_>, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        match self {
            Self::Prompt => {
                let _quiet = self.quiet_terminal(device)?;
                ask(prompt)
            }
            Self::Lines(source) => match source.line().map_err(|error| unreadable(&error))? {
                Some(line) => utf8(line),
                None => Err(Failure::new(Trouble::PasswordUnreadable, "There is no password: the input has ended.")
                    .with_next("One password is one line; change-password takes two, the old one first.")),
            },
        }
    }
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    match rpassword::prompt_password(prompt) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(Code::Cancelled.into()),
        Err(error) => Err(unreadable(&error)),
    }
}

/// Without a copy, and without one in the error where it is not UTF-8.
fn utf8(mut line: Zeroizing<Vec<u8>>) -> Result<Zeroizing<String>, Failure> {
    String::from_utf8(std::mem::take(&mut *line)).map(Zeroizing::new).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        Failure::from(Code::PasswordInvalid)
    })
}

fn prepare(text: &str) -> Result<Password, Failure> {
    password(text).map_err(Failure::from)
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::new(Trouble::PasswordUnreadable, format!("The password cannot be read: {error}."))
        .with_next("Check --password-file, or leave it away to be asked.")
}
