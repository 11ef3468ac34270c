//! What must hold in every order of events, searched exhaustively in a small world.
//!
//! A model here is the product's own decision code (`Budget` of the store, `ServerSession` of the protocol) with processes, clients,
//! crashes and a clock around it that may do anything. `stateright` visits each state that can be reached. A model that finds
//! nothing wrong proves little by itself, so each one is also run over wrong rules, and must name what they break.
//!
//! What this cannot see: the arithmetic that Postgres does inside its statements, which `tests/store/charge.rs` and
//! `tests/store/give_back.rs` hold against the same code, and that a transaction is one, which is the database's word.

#[cfg(test)]
mod exactly_once;
#[cfg(test)]
mod guess_budget;
#[cfg(test)]
mod search;
