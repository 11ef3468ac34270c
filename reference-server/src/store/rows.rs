//! The rows: what the store's methods take and answer, one file for each theme.

pub(super) mod account;
pub(super) mod administration;
pub(super) mod audit;
pub(super) mod column;
pub(super) mod finish;
pub(super) mod read;
pub(super) mod registration;
pub(super) mod secret;
pub(super) mod session;
pub(super) mod start;
