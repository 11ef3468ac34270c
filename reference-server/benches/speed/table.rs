//! Tables for people, and the same figures for programs.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// A table that is printed when it is full.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(heads: &[&str]) -> Self {
        Self { rows: vec![heads.iter().map(|&head| head.to_owned()).collect()] }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.rows[0].len(), "a row has a cell for each head");
        self.rows.push(cells);
    }

    /// Prints it as Markdown, and keeps it for the page that explains it. The first column is words, the others are numbers.
    pub(crate) fn print(&self) {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            text += &line(cells.collect());
            if number == 0 {
                let rule = |(column, width): (usize, &usize)| match column {
                    0 => "-".repeat(*width),
                    _ => format!("{:->1$}", ":", (*width).max(2)),
                };
                text += &line(widths.iter().enumerate().map(rule).collect());
            }
        }
        keep(&text);
    }
}

/// What was measured, by section.
#[derive(Default)]
pub(crate) struct Figures(Map<String, Value>);

impl Figures {
    pub(crate) fn note(&mut self, section: &str, value: Value) {
        self.0.insert(section.to_owned(), value);
    }

    /// Writes them where the plots are made from. What was not measured now stays as it was measured last.
    pub(crate) fn write(self, name: &str) -> PathBuf {
        let folder = folder();
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let file = folder.join(name);
        let mut figures: Map<String, Value> =
            fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        figures.extend(self.0);
        let text = serde_json::to_string_pretty(&Value::Object(figures)).expect("figures can be written");
        fs::write(&file, text + "\n").expect("the target folder can be written");
        file
    }
}

/// `target/bench`.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it lies in the target folder").join("bench")
}

/// The file in which everything stands that is printed.
fn tables() -> PathBuf {
    folder().join("tables.md")
}

/// Forgets what an earlier run has kept of its tables.
pub(crate) fn begin_anew() {
    fs::create_dir_all(folder()).expect("the target folder can be written");
    fs::write(tables(), "").expect("the target folder can be written");
}

/// Prints a text, and keeps it for the page.
#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
fn keep(text: &str) {
    print!("{text}");
    let mut file =
        OpenOptions::new().append(true).create(true).open(tables()).expect("the target folder can be written");
    file.write_all(text.as_bytes()).expect("the target folder can be written");
}

/// Prints a heading, and a sentence that says what the table below it shows.
pub(crate) fn heading(title: &str, sentence: &str) {
    keep(&format!("\n## {title}\n\n{sentence}\n\n"));
}

/// Prints a sentence below a table.
pub(crate) fn remark(sentence: &str) {
    keep(&format!("\n{sentence}\n"));
}

/// A measured value beside what it should be: with a tick where it is reached.
pub(crate) fn against(value: f64, aim: f64, at_least: bool) -> String {
    let reached = if at_least { value >= aim } else { value <= aim };
    format!("{value:.2} {}", if reached { '✓' } else { '✗' })
}
