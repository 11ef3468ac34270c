//! Tables for people, and the same figures for programs.

use std::fs;
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

    /// The first column is words, the others are numbers.
    #[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
    pub(crate) fn print(&self) {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).enumerate();
            let line: Vec<String> = cells
                .map(
                    |(column, (cell, width))| {
                        if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
                    },
                )
                .collect();
            println!("  {}", line.join("  ").trim_end());
            if number == 0 {
                println!("  {}", "─".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1)));
            }
        }
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

/// Prints a heading, and a sentence that says what the table below it shows.
#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
pub(crate) fn heading(title: &str, sentence: &str) {
    println!("\n{title}\n{}\n{sentence}\n", "═".repeat(title.chars().count()));
}

/// Prints a sentence below a table.
#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
pub(crate) fn remark(sentence: &str) {
    println!("\n  {sentence}");
}

/// A measured value beside what it should be: with a tick where it is reached.
pub(crate) fn against(value: f64, aim: f64, at_least: bool) -> String {
    let reached = if at_least { value >= aim } else { value <= aim };
    format!("{value:.2} {}", if reached { '✓' } else { '✗' })
}
