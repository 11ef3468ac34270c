//! `lock-keeper` as it was built, as a person and as a script use it, against a real key server.

mod errors;
mod files;
mod fixture;
mod interrupt;
mod operations;
mod passwords;
#[path = "../../examples/cutting_proxy/proxy.rs"]
mod proxy;
mod resending;
