//! `docs/configuration.md` is made from the settings' own doc comments.

use lock_keeper_server::config::reference;

#[test]
fn the_page_on_configuration_says_what_the_settings_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    let wanted = reference::document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &wanted).expect("the page can be written");
    }
    let found = std::fs::read_to_string(path).expect("the page is there");
    assert!(found == wanted, "docs/configuration.md has drifted; run the tests once with UPDATE_DOCS=1");
}
