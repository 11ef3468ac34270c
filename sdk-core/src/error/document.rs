//! `docs/errors.md`, written from the catalogue.

use std::fmt::Write;

use super::catalogue::CATALOGUE;
use super::{Advice, Code};

/// The whole text of `docs/errors.md`.
///
/// The test `errors_document` compares it with the file, and writes it there when `UPDATE_DOCS=1` is set.
#[must_use]
pub fn errors_document() -> String {
    let mut text = String::from(HEAD);
    advice_table(&mut text);
    text.push_str(CODES_HEAD);
    for code in CATALOGUE.map(|entry| entry.code) {
        code_row(&mut text, code);
    }
    text
}

const HEAD: &str = "\
# Errors

This page is made from `sdk-core/src/error/catalogue.rs`; `make docs` writes it anew, and a test fails when it has drifted.

A call fails with one type, in every language. It has:

| field | meaning |
|---|---|
| `code` | what went wrong, as a stable string. The set is open: later releases add codes |
| `advice` | what to do now. The set is closed: switch on this |
| `retry_after` | how long to wait before the call can succeed, where it is known |
| `may_have_happened` | the request may have reached the server and taken effect, although no answer came |
| `request_id` | names the request in the server's log, where there is one; give it to support |

No error holds a name, a password, a secret, a key or text from the server. An unknown name and a wrong password are one code.

## Advice and exit codes

`lock-keeper`, the command, ends with the exit code of the advice. 0 is success, 2 is wrong usage of the command.

| advice | exit code | what the caller does |
|---|---|---|
";

const CODES_HEAD: &str = "
## Codes

| code | advice | meaning | what the caller does |
|---|---|---|---|
";

fn advice_table(text: &mut String) {
    for advice in Advice::ALL {
        let (name, exit, does) = (advice.name(), advice.exit_code(), advice.sentence());
        // Writing into a String can't fail.
        let _ = writeln!(text, "| `{name}` | {exit} | {does} |");
    }
}

fn code_row(text: &mut String, code: Code) {
    let entry = code.entry();
    let _ = writeln!(text, "| `{}` | `{}` | {} | {} |", entry.name, entry.advice.name(), entry.meaning, entry.action);
}
