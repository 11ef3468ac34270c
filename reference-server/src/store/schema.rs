//! Whether a release can serve a schema.

use super::StoreError;
use super::rows::read::VersionColumns;

/// A release serves a schema that has all of its own migrations. One that has newer ones as well it serves only if the newest
/// of them says so (`serves`: the oldest release, by the schema it came with): each schema serves its release and the one before.
///
/// # Errors
/// [`StoreError::Schema`].
pub(super) fn check(
    needed: &[String],
    applied: &[VersionColumns],
    serves: Option<&VersionColumns>,
) -> Result<(), StoreError> {
    let newest_needed = needed.iter().max().ok_or(StoreError::Internal("no migrations are embedded"))?;
    let newest_applied = applied.iter().map(|row| &row.version).max();
    let complete = needed.iter().all(|version| applied.iter().any(|row| row.version == *version));
    let known = newest_applied == Some(newest_needed);
    if complete && (known || serves.is_some_and(|oldest| oldest.version <= *newest_needed)) {
        return Ok(());
    }
    Err(StoreError::Schema {
        found: newest_applied.map_or_else(|| "none".to_owned(), Clone::clone),
        needed: newest_needed.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::{VersionColumns, check};

    fn rows(versions: &[&str]) -> Vec<VersionColumns> {
        versions.iter().map(|version| VersionColumns { version: (*version).to_owned() }).collect()
    }

    fn serves(needed: &[&str], applied: &[&str], oldest: &str) -> bool {
        let needed: Vec<String> = needed.iter().map(|version| (*version).to_owned()).collect();
        check(&needed, &rows(applied), rows(&[oldest]).first()).is_ok()
    }

    #[test]
    fn a_release_serves_its_own_schema() {
        assert!(serves(&["0001", "0002"], &["0001", "0002"], "0001"));
    }

    #[test]
    fn a_release_does_not_serve_a_schema_that_lacks_a_migration() {
        assert!(!serves(&["0001", "0002"], &["0001"], "0001"));
    }

    #[test]
    fn a_release_serves_a_newer_schema_only_where_that_says_so() {
        assert!(serves(&["0001"], &["0001", "0002"], "0001"));
        assert!(!serves(&["0001"], &["0001", "0002", "0003"], "0002"));
    }
}
