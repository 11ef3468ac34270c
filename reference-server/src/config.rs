//! The configuration: one TOML file, overridden by the environment, checked whole before anything starts.
//!
//! `docs/configuration.md` is generated from the doc comments of [`settings`].

mod check;
mod document;
mod environment;
mod period;
mod problem;
pub mod reference;
pub mod settings;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use lock_keeper_protocol::identity::Realm;
use secrecy::SecretString;

pub use environment::{Environment, process_environment};
pub use period::Period;
pub use problem::{ConfigError, Problem, Source};
pub use settings::Settings;

use crate::keys::LocalKeys;
use document::Document;

/// A configuration that was checked, with the secrets that it points to.
pub struct Config {
    /// The settings as they are written, without `database.url`.
    pub settings: Settings,
    /// What the server calls itself: every account is bound to it, so it never changes.
    pub realm: Realm,
    /// The URL of the database; it may hold a password.
    pub database_url: SecretString,
    /// The key-encryption keys.
    pub key_encryption_keys: Arc<LocalKeys>,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Config {
    /// Reads and checks a file, with `environment` over it.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem that was found.
    pub fn load(path: &Path, environment: &Environment) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
            problems: vec![Problem {
                source: Source::File { path: path.to_owned(), line: None },
                key: String::new(),
                message: format!("the file cannot be read: {error}"),
            }],
        })?;
        Self::parse(path, &text, environment)
    }

    /// As [`Self::load`], for a text that was read from `path`.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem that was found.
    pub fn parse(path: &Path, text: &str, environment: &Environment) -> Result<Self, ConfigError> {
        let overrides = environment::overrides(environment);
        let document = Document::parse(path, text, &overrides).map_err(|problems| ConfigError { problems })?;
        let (settings, mut problems) = document.settings();
        match check::check(settings, &document, environment, &mut problems) {
            Some(config) if problems.is_empty() => Ok(config),
            _ => {
                problems.sort_by_key(|problem| match problem.source {
                    Source::File { line, .. } => line.unwrap_or(0),
                    Source::Environment(_) => usize::MAX,
                });
                Err(ConfigError { problems })
            }
        }
    }
}
