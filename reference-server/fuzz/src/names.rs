use lock_keeper_protocol::identity::{AccountName, Password, Realm, SecretId};
use lock_keeper_protocol::limits;

/// A name that was prepared stays as it is, and no input is taken that is longer than the limits.
pub(crate) fn run(bytes: &[u8]) {
    let _ = Password::prepare_utf8(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(name) = AccountName::prepare(text) {
        assert!((1..=limits::ACCOUNT_NAME).contains(&name.as_str().len()));
        assert_eq!(AccountName::from_prepared(name.as_str()).as_ref(), Ok(&name), "a prepared name is not changed");
        assert_eq!(AccountName::prepare(name.as_str()).as_ref(), Ok(&name), "preparation is stable");
    }
    if let Ok(name) = AccountName::from_prepared(text) {
        assert_eq!(name.as_str(), text);
    }
    if let Ok(realm) = Realm::new(text) {
        assert_eq!(realm.as_str(), text);
    }
    if let Ok(id) = text.parse::<SecretId>() {
        assert_eq!(id.to_string(), text);
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "ada",
        "ＡＤＡ",
        "Ådå",
        "ﬁ\u{301}",
        "ς\u{345}",
        "\u{5d0}1",
        "keys.example",
        "0123456789abcdef0123456789abcdef",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
