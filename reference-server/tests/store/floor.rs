//! What `make bench` runs as the floor is the server's own SQL.

use std::cell::RefCell;
use std::collections::BTreeMap;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use crate::fixture::Fixture;
use crate::samples::{DEVICE_LIMITS, insert, key};

const SCRIPT: &str = include_str!("../../benches/floor/login_and_store.pgb");

thread_local! {
    /// What the connections that this thread opened have run; other tests' connections are not watched.
    static RECORDED: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

fn watch_this_thread() {
    RECORDED.set(Some(Vec::new()));
    set_default_instrumentation(|| {
        let watched = RECORDED.with_borrow(Option::is_some);
        watched.then(|| Box::new(record) as Box<dyn Instrumentation>)
    })
    .unwrap();
}

fn record(event: InstrumentationEvent<'_>) {
    if let InstrumentationEvent::StartQuery { query, .. } = event {
        let text = query.to_string();
        let sql = text.split(" -- binds: ").next().unwrap_or_default().to_owned();
        RECORDED.with_borrow_mut(|recorded| recorded.iter_mut().for_each(|statements| statements.push(sql.clone())));
    }
}

/// A statement's words, and its parameters in the order of their places.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    words: String,
    parameters: Vec<String>,
}

/// The server's statements number their parameters.
fn numbered(sql: &str) -> Shape {
    shape(sql, |rest| {
        let digits = rest.strip_prefix('$')?.bytes().take_while(u8::is_ascii_digit).count();
        Some(1 + digits)
    })
}

/// The script's parameters are variables of pgbench, and expressions that stand for what pgbench has no variables for.
fn named(sql: &str) -> Shape {
    let expressions = ["sha256(int4send(:account))", "ARRAY[:size, :second]::bigint[]", "NULL::bytea"];
    shape(sql, |rest| {
        if let Some(expression) = expressions.iter().find(|expression| rest.starts_with(**expression)) {
            return Some(expression.len());
        }
        let name = name_length(rest.strip_prefix(':')?)?;
        let cast = rest[1 + name..].strip_prefix("::").and_then(name_length).map_or(0, |cast| {
            let array = if rest[1 + name + 2 + cast..].starts_with("[]") { 2 } else { 0 };
            2 + cast + array
        });
        Some(1 + name + cast)
    })
}

fn name_length(text: &str) -> Option<usize> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    (length > 0).then_some(length)
}

fn shape(sql: &str, parameter: impl Fn(&str) -> Option<usize>) -> Shape {
    let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut words, mut parameters) = (String::new(), Vec::new());
    let mut rest = sql.as_str();
    while let Some(next) = rest.chars().next() {
        // The two colons of a cast of the server's own are no parameter's.
        if rest.starts_with("::") {
            words.push_str("::");
            rest = &rest[2..];
        } else if let Some(length) = parameter(rest) {
            words.push('$');
            parameters.push(rest[..length].to_owned());
            rest = &rest[length..];
        } else {
            words.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    Shape { words, parameters }
}

/// The script without what pgbench itself does.
fn script_statements() -> Vec<Shape> {
    let lines = SCRIPT.lines().filter(|line| !line.starts_with("--") && !line.starts_with("\\set "));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split("\\gset").filter(|part| !part.trim().is_empty()).map(named).collect()
}

/// Whether each of the server's parameters is one and the same of the script's, wherever it stands.
fn assert_same_parameters(servers: &[String], scripts: &[String]) {
    let mut meant = BTreeMap::new();
    for (server, script) in servers.iter().zip(scripts) {
        let bare = script.split("::").next().unwrap();
        assert_eq!(*meant.entry(server).or_insert(bare), bare, "{server} has two meanings in the script");
    }
}

#[test]
fn the_scripts_of_the_floor_are_the_statements_of_a_login_and_a_store() {
    watch_this_thread();
    let f = Fixture::postgres_with(1);
    f.active(key(1), 1);
    f.start_in(&key(1), 2, [1; 32], DEVICE_LIMITS).unwrap();
    let before = RECORDED.with_borrow(|recorded| recorded.as_ref().map_or(0, Vec::len));
    f.start_in(&key(1), 3, [1; 32], DEVICE_LIMITS).unwrap();
    f.finish_with(&key(1), 3, 1, |login| login.secret = Some(insert(1))).unwrap();
    let run = RECORDED.take().unwrap().split_off(before);

    let script = script_statements();
    assert_eq!((run.len(), script.len()), (4, 4), "the server ran {run:#?}");
    for (server, script) in run.iter().map(|sql| numbered(sql)).zip(&script) {
        assert_eq!(server.words, script.words);
        assert_same_parameters(&server.parameters, &script.parameters);
    }
}
