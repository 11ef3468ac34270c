//! The binary `lock-keeper-server`, run as an operator and a script run it.

mod dev;
mod operator;
mod process;
mod site;
mod stopping;
