//! What both engines' connections can do, for the steps that are the same on both.

use super::StoreError;
use super::statement::Statement;

/// A connection that runs statements.
pub(super) trait Execute {
    /// Runs a statement that writes; answers how many rows it touched.
    fn execute(&mut self, statement: Statement) -> Result<usize, StoreError>;
}

/// Whether a statement touched the one row that it was meant for; else somebody was there first.
///
/// # Errors
/// [`StoreError::HeadMoved`].
pub(super) fn one_row(rows: usize) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::HeadMoved) }
}
