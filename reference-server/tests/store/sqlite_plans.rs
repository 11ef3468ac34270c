//! What a login and a message cost on SQLite: no scan of a table. SQLite tells of each statement how it would find its rows, and without
//! statistics of its own it does not look at how many there are.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection};

use crate::fixture::Fixture;
use crate::plans::use_all_statements;
use crate::samples::key;

type Statements = Arc<Mutex<BTreeSet<String>>>;

thread_local! {
    /// Where the connections that this thread opens write down what they prepare.
    static PREPARED: RefCell<Option<Statements>> = const { RefCell::new(None) };
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = diesel::sql_types::Text)]
    detail: String,
}

#[test]
fn no_statement_of_a_login_or_a_message_scans_a_table_on_sqlite_either() {
    let prepared = write_down_what_is_prepared();
    let f = Fixture::sqlite();
    // What made the tables is done once in a server's life.
    prepared.lock().unwrap().clear();
    use_all_statements(&f, &key(1));
    let statements = prepared.lock().unwrap().clone();
    assert!(statements.len() > 20, "{statements:#?}");
    let mut connection = f.file();
    let scans: Vec<_> = statements.iter().filter(|sql| scans_a_table(&mut connection, sql)).collect();
    assert!(scans.is_empty(), "{scans:#?}");
    assert!(scans_a_table(&mut connection, "SELECT count(*) FROM attempt WHERE sealed_state = ?"));
}

fn write_down_what_is_prepared() -> Statements {
    let statements = Statements::default();
    PREPARED.set(Some(Arc::clone(&statements)));
    set_default_instrumentation(instrumentation).unwrap();
    statements
}

fn instrumentation() -> Option<Box<dyn Instrumentation>> {
    let statements = PREPARED.with_borrow(Clone::clone)?;
    Some(Box::new(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::CacheQuery { sql, .. } = event {
            statements.lock().unwrap().insert(sql.to_owned());
        }
    }))
}

/// Whether a table is read from end to end, but for the one that has one row, which statements call `e` for short.
fn scans_a_table(connection: &mut SqliteConnection, sql: &str) -> bool {
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(connection).unwrap();
    let one_row = ["SCAN server_state", "SCAN e"];
    steps.iter().any(|step| step.detail.starts_with("SCAN ") && !one_row.contains(&&*step.detail))
}
