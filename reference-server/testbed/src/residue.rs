//! Looks for secrets where none may be: in files, in what a program says, and in the memory of a process.
//!
//! A search proves nothing where it could not have found anything. So each test looks for something that must be there with
//! the same [`Needles`] in the same place first, and only then for what must not.

mod keys;
mod memory;
mod needles;
mod person;

pub use keys::{KeptKeys, key_encryption_key, keys_of_people};
pub use memory::{search_memory, search_memory_until_clean};
pub use needles::{Findings, Needle, Needles};
pub use person::Person;
