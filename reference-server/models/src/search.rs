use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

/// Visits every state, and prints how many there were.
///
/// # Panics
/// Where a property does not hold: with the shortest way there.
pub(crate) fn holds<M>(name: &str, model: M)
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + std::fmt::Debug + std::hash::Hash + PartialEq + Send + Sync,
    M::Action: Clone + std::fmt::Debug + PartialEq + Send + Sync,
{
    let checker = model.checker().spawn_bfs().join();
    checker.assert_properties();
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    writeln_to_output(&format!("{name}: {states} states, {depth} steps deep, no counterexample"));
}

/// The steps to the first state in which `property` does not hold.
///
/// # Panics
/// Where it holds everywhere.
pub(crate) fn counterexample<M>(model: M, property: &'static str) -> Vec<M::Action>
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + std::fmt::Debug + std::hash::Hash + PartialEq + Send + Sync,
    M::Action: Clone + std::fmt::Debug + PartialEq + Send + Sync,
{
    let found = HasDiscoveries::AllOf(BTreeSet::from([property]));
    let checker = model.checker().finish_when(found).spawn_bfs().join();
    let path = checker.discovery(property).unwrap_or_else(|| panic!("the wrong rule breaks \"{property}\" nowhere"));
    path.into_actions()
}

/// Shown by `cargo test -- --nocapture`.
#[expect(clippy::print_stdout, reason = "the size of the space is the test's result")]
fn writeln_to_output(line: &str) {
    println!("{line}");
}
