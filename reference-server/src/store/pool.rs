//! A pool of connections: a semaphore of its size, and a stack of those that are idle.
//!
//! Connections are made by whoever needs one, on its own thread, so that a database that comes back is used at
//! once. They are not tested when they are taken: a broken one shows in its first statement, and is then dropped.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::StoreError;
use super::counters::StoreCounters;

/// How long a caller waits for a connection before the answer is [`StoreError::Busy`].
const LONGEST_WAIT: Duration = Duration::from_millis(250);

/// Room for some connections.
pub(super) struct Pool<C> {
    state: Mutex<State<C>>,
    freed: Condvar,
}

struct State<C> {
    idle: Vec<C>,
    free: usize,
}

impl<C> Pool<C> {
    /// A pool with room for `size` connections, at least one; none is made yet.
    pub(super) fn new(size: usize) -> Self {
        Self { state: Mutex::new(State { idle: Vec::new(), free: size.max(1) }), freed: Condvar::new() }
    }

    /// Room for one connection, and one that is idle if there is any.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when there was no room in time.
    pub(super) fn take(&self, counters: &StoreCounters) -> Result<Lease<'_, C>, StoreError> {
        let mut state = self.lock();
        if state.free == 0 {
            counters.pool_waited();
            let waited = self.freed.wait_timeout_while(state, LONGEST_WAIT, |state| state.free == 0);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.free == 0 {
            counters.was_busy();
            return Err(StoreError::Busy);
        }
        state.free -= 1;
        let connection = state.idle.pop();
        Ok(Lease { pool: self, connection })
    }

    /// Drops the connections that are idle: after one was lost, the others of the same age most likely are too.
    #[cfg(feature = "postgres")]
    pub(super) fn drop_idle(&self) {
        let idle = std::mem::take(&mut self.lock().idle);
        drop(idle);
    }

    fn lock(&self) -> MutexGuard<'_, State<C>> {
        // The state is whole between any two statements below, so a panic elsewhere does not harm it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Room for one connection, given back when it is dropped.
pub(super) struct Lease<'a, C> {
    pool: &'a Pool<C>,
    connection: Option<C>,
}

impl<C> Lease<'_, C> {
    /// The connection to work with: one that was idle, or a new one. It is the caller's until [`Lease::keep`].
    pub(super) fn connection(&mut self, connect: impl FnOnce() -> Result<C, StoreError>) -> Result<C, StoreError> {
        self.connection.take().map_or_else(connect, Ok)
    }

    /// Gives a connection that works back to the pool.
    pub(super) fn keep(&mut self, connection: C) {
        self.connection = Some(connection);
    }
}

impl<C> Drop for Lease<'_, C> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        state.free += 1;
        state.idle.extend(self.connection.take());
        drop(state);
        self.pool.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::{Pool, StoreCounters, StoreError};

    #[test]
    fn a_connection_that_was_kept_is_used_again() {
        let (pool, counters) = (Pool::new(1), StoreCounters::default());
        let mut lease = pool.take(&counters).unwrap();
        let connection = lease.connection(|| Ok(7)).unwrap();
        lease.keep(connection);
        drop(lease);
        let again = pool.take(&counters).unwrap().connection(|| Err(StoreError::Busy));
        assert_eq!(again, Ok(7));
    }

    #[test]
    fn a_connection_that_was_not_kept_makes_room_for_a_new_one() {
        let (pool, counters) = (Pool::new(1), StoreCounters::default());
        pool.take(&counters).unwrap().connection(|| Ok(7)).unwrap();
        assert_eq!(pool.take(&counters).unwrap().connection(|| Ok(8)), Ok(8));
    }

    #[test]
    fn whoever_finds_no_room_in_time_is_told_so() {
        let (pool, counters) = (Pool::<u8>::new(1), StoreCounters::default());
        let _lease = pool.take(&counters).unwrap();
        assert_eq!(pool.take(&counters).map(|_| ()), Err(StoreError::Busy));
        assert_eq!((counters.pool_waits(), counters.busy()), (1, 1));
    }
}
