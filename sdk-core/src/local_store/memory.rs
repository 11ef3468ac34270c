//! A store that forgets: for tests, previews, and apps that keep nothing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{LocalStore, StoreFailure};

/// Keeps slots in memory until it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<String, Vec<u8>>>);

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The map is whole after every step, so a panic elsewhere leaves nothing broken behind.
    fn with<R>(&self, work: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl LocalStore for MemoryStore {
    fn get(&self, slot: &str) -> Result<Option<Vec<u8>>, StoreFailure> {
        Ok(self.with(|slots| slots.get(slot).cloned()))
    }

    fn put(&self, slot: &str, value: &[u8]) -> Result<(), StoreFailure> {
        self.with(|slots| slots.insert(slot.to_owned(), value.to_vec()));
        Ok(())
    }

    fn remove(&self, slot: &str) -> Result<(), StoreFailure> {
        self.with(|slots| slots.remove(slot));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_has_what_was_put_last_until_it_is_removed() {
        let store = MemoryStore::new();
        assert_eq!(store.get("a"), Ok(None));
        store.put("a", b"one").unwrap();
        store.put("a", b"two").unwrap();
        assert_eq!(store.get("a"), Ok(Some(b"two".to_vec())));
        store.remove("a").unwrap();
        store.remove("a").unwrap();
        assert_eq!(store.get("a"), Ok(None));
    }
}
