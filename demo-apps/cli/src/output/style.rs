//! Calm colours, where there is a terminal and nobody said no.

use std::env;
use std::io::IsTerminal;

/// How to set text off. Without colours it is left as it is.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    colours: bool,
}

impl Style {
    /// `NO_COLOR` says no, `CLICOLOR_FORCE` says yes, else a terminal has colours unless it is a dumb one.
    pub(crate) fn of(stream: &impl IsTerminal) -> Self {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let dumb = set("TERM").is_none_or(|value| value == "dumb");
        Self { colours: set("NO_COLOR").is_none() && (forced || (stream.is_terminal() && !dumb)) }
    }

    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { colours: false }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.set("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.set("2", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.set("1;31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.set("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.set("33", text)
    }

    pub(crate) fn cyan(self, text: &str) -> String {
        self.set("36", text)
    }

    fn set(self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
