//! A terminal that does not show what is typed.

use std::fs::File;
use std::io;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Puts the terminal into the mode in which `rpassword` reads, until it is dropped: no echo, and Ctrl-C is a character.
///
/// `rpassword` does so too, but only after it has shown its prompt: what is pasted or typed in that moment would stay on the screen,
/// and a Ctrl-C would be lost.
pub(crate) struct QuietTerminal {
    terminal: File,
    before: Termios,
}

impl QuietTerminal {
    pub(crate) fn new() -> io::Result<Self> {
        let terminal = File::options().read(true).write(true).open("/dev/tty")?;
        let before = tcgetattr(&terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(&terminal, OptionalActions::Now, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for QuietTerminal {
    fn drop(&mut self) {
        // A terminal that is gone has nothing to be given back.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}
