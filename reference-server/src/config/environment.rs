//! Environment variables that override the file: `LOCK_KEEPER_<SECTION>_<KEY>`.

use std::collections::BTreeMap;

use super::problem::{Problem, Source};
use super::reference::{Setting, settings};

/// The variables of a process, by name.
pub type Environment = BTreeMap<String, String>;

/// A setting that an environment variable gives.
pub(super) struct Override {
    pub(super) variable: String,
    pub(super) section: String,
    pub(super) key: String,
    pub(super) value: String,
    /// The setting is a text: the value needs no quotes.
    pub(super) is_text: bool,
}

/// This process's environment, without what is not Unicode.
pub fn process_environment() -> Environment {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The overrides in `environment`.
pub(super) fn overrides(environment: &Environment) -> Vec<Override> {
    settings()
        .into_iter()
        .filter(|setting| setting.overridable)
        .filter_map(|Setting { section, key, variable, is_text, .. }| {
            let value = environment.get(&variable)?.clone();
            Some(Override { variable, section, key, value, is_text })
        })
        .collect()
}

/// Variables that look like a setting's and are none: most likely misspelt. `named` are those that the
/// configuration itself names.
pub(super) fn unknown_variables(environment: &Environment, named: &[&str]) -> Vec<Problem> {
    let all = settings();
    let known = |name: &str| all.iter().any(|setting| setting.overridable && setting.variable == name);
    let of_a_section = |name: &str| {
        all.iter().any(|setting| name.starts_with(&format!("LOCK_KEEPER_{}_", setting.section.to_uppercase())))
    };
    environment
        .keys()
        .filter(|name| of_a_section(name) && !known(name) && !named.contains(&name.as_str()))
        .map(|name| Problem {
            source: Source::Environment(name.clone()),
            key: String::new(),
            message: "there is no such setting (docs/configuration.md lists the variables)".to_owned(),
        })
        .collect()
}
