//! A configuration file as parsed, with the environment's overrides in it, before anything has judged it.
//!
//! serde stops at the first value that does not fit. To say everything that is wrong at once, each such value is
//! noted and taken out, and the rest is read again.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::environment::Override;
use super::problem::{Problem, Source};
use super::settings::Settings;

pub(super) struct Document<'a> {
    path: PathBuf,
    text: &'a str,
    overrides: &'a [Override],
    root: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    /// Parses `text`, and puts the overrides over it. Their values get spans behind the end of the text, one byte each, so
    /// that an error tells which of them it is about.
    pub(super) fn parse(path: &Path, text: &'a str, overrides: &'a [Override]) -> Result<Self, Vec<Problem>> {
        let (mut root, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let problem = |error: toml::de::Error| Problem {
                source: Source::File {
                    path: path.to_owned(),
                    line: error.span().map(|span| line_of(text, span.start)),
                },
                key: String::new(),
                message: format!("this is not TOML: {}", error.message()),
            };
            return Err(errors.into_iter().map(problem).collect());
        }
        for (index, item) in overrides.iter().enumerate() {
            let span = text.len() + index..text.len() + index + 1;
            insert(root.get_mut(), item, span);
        }
        Ok(Self { path: path.to_owned(), text, overrides, root })
    }

    /// Reads the settings. What does not fit is left at its default and answered as a problem.
    pub(super) fn settings(&self) -> (Settings, Vec<Problem>) {
        let mut root = self.root.clone();
        let mut problems = Vec::new();
        loop {
            let error = match Settings::deserialize(toml::Deserializer::from(root.clone())) {
                Ok(settings) => return (settings, problems),
                Err(error) => error,
            };
            let span = error.span().unwrap_or(0..0);
            let key = remove_at(root.get_mut(), &span, "");
            problems.push(Problem {
                source: self.source_of(&span),
                key: key.clone().unwrap_or_default(),
                message: error.message().to_owned(),
            });
            if key.is_none() {
                return (Settings::default(), problems);
            }
        }
    }

    /// Where `key` (as in `keys.key_encryption_keys[1].file`) was given; else where its section begins.
    pub(super) fn locate(&self, key: &str) -> Source {
        let mut span = None;
        let mut table = Some(self.root.get_ref());
        for part in key.split('.') {
            let (name, index) = match part.split_once('[') {
                Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()),
                None => (part, None),
            };
            let Some((found, value)) = table.and_then(|table| table.get_key_value(name)) else { break };
            let value_span = value.span();
            span = Some(if value_span.start >= self.text.len() { value_span } else { found.span() });
            let element = index.and_then(|index| value.get_ref().as_array()?.get(index));
            if let Some(element) = element {
                span = Some(element.span());
            }
            table = element.unwrap_or(value).get_ref().as_table();
        }
        match span {
            Some(span) => self.source_of(&span),
            None => Source::File { path: self.path.clone(), line: None },
        }
    }

    fn source_of(&self, span: &Range<usize>) -> Source {
        match span.start.checked_sub(self.text.len()).and_then(|index| self.overrides.get(index)) {
            Some(item) => Source::Environment(item.variable.clone()),
            None => Source::File { path: self.path.clone(), line: Some(line_of(self.text, span.start)) },
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

fn insert<'a>(root: &mut DeTable<'a>, item: &'a Override, span: Range<usize>) {
    let key = |name: &'a str| Spanned::new(span.clone(), DeString::Borrowed(name));
    let value = match DeValue::parse(&item.value) {
        Ok(parsed) if !item.is_text => parsed.into_inner(),
        _ => DeValue::String(DeString::Borrowed(&item.value)),
    };
    let section = root
        .entry(key(item.section.as_str()))
        .or_insert_with(|| Spanned::new(span.clone(), DeValue::Table(DeTable::new())));
    // A section that is not a table is refused by what reads it.
    if let DeValue::Table(table) = section.get_mut() {
        // Removed first: an insert over an existing entry would keep the old key with its span.
        table.remove(item.key.as_str());
        table.insert(key(item.key.as_str()), Spanned::new(span.clone(), value));
    }
}

/// Takes the innermost entry that holds `span` out of `table`, and answers its key.
fn remove_at(table: &mut DeTable<'_>, span: &Range<usize>, prefix: &str) -> Option<String> {
    let mut here = None;
    for (name, value) in table.iter_mut() {
        let key = format!("{prefix}{}", name.get_ref());
        let within = holds(&name.span(), span) || holds(&value.span(), span);
        let removed = match value.get_mut() {
            DeValue::Table(inner) => remove_at(inner, span, &format!("{key}.")),
            DeValue::Array(elements) => {
                elements.iter_mut().enumerate().find_map(|(index, element)| match element.get_mut() {
                    DeValue::Table(inner) => remove_at(inner, span, &format!("{key}[{index}].")),
                    _ => None,
                })
            }
            _ => None,
        };
        if removed.is_some() {
            return removed;
        }
        if within && here.is_none() {
            here = Some((name.get_ref().clone().into_owned(), key));
        }
    }
    let (name, key) = here?;
    table.remove(name.as_str());
    Some(key)
}

fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
