//! `docs/errors.md` says what the code says.

use std::path::Path;

use lock_keeper_core::error::errors_document;

#[test]
fn the_errors_page_is_what_the_catalogue_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
    let wanted = errors_document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, &wanted).expect("docs/errors.md can be written");
    }
    let found = std::fs::read_to_string(&page).expect("docs/errors.md is there");
    assert!(found == wanted, "docs/errors.md has drifted; run the tests once with UPDATE_DOCS=1");
}
