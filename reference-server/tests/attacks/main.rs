//! Attacks on the binary as a process of its own, and what is left behind of those who used it.

mod floods;
mod guesses;
mod pages;
mod residue;
mod sockets;

const BINARY: &str = env!("CARGO_BIN_EXE_lock-keeper-server");
