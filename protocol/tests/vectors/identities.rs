use lock_keeper_protocol::cbor;
use lock_keeper_protocol::identity::{AccountName, Password, Realm};
use minicbor::bytes::ByteSlice;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

use crate::vector_file::check;

fn name(typed: &str) -> Value {
    let prepared = AccountName::prepare(typed).ok();
    json!({ "typed": typed, "prepared": prepared.as_ref().map(AccountName::as_str) })
}

/// `prepared` is worked out by hand, so that the vector does not only repeat what the code says.
fn password(realm: &str, account: &str, typed: &str, prepared: &str) -> Value {
    let name = AccountName::from_prepared(account).unwrap();
    let input = Password::prepare(typed).unwrap().input(&Realm::new(realm).unwrap(), &name);
    let message = cbor::encode(&("Lock Keeper password", 1u8, realm, account, <&ByteSlice>::from(prepared.as_bytes())));
    assert_eq!(input.0.expose().as_slice(), Sha512::digest(&message).as_slice());
    json!({
        "realm": realm,
        "account_name": account,
        "typed": typed,
        "prepared": hex::encode(prepared),
        "hashed": hex::encode(&message),
        "password_input": hex::encode(input.0.expose()),
    })
}

#[test]
fn names_and_passwords_prepare_as_the_vectors_say() {
    let long = "a".repeat(254);
    let too_long = "a".repeat(255);
    let names = [
        "ada",
        "Ada",
        "ADA@Example.ORG",
        "ａｄａ",
        "cafe\u{301}",
        "Ελένη",
        "a.b-c_d+e",
        &long,
        &too_long,
        "",
        "two words",
        "tab\there",
        "nul\0",
        "smile\u{1f600}",
        "zero\u{200b}width",
        "\u{202e}abc",
    ];
    check(
        "identities",
        &json!({
            "protocol": "docs/protocol.md, sections 2.1 to 2.3",
            "what": "names: prepared is null where the name is refused; passwords: prepared and hashed are the bytes in hexadecimal",
            "names": names.map(name),
            "passwords": [
                password("keys.example", "ada", "correct horse battery staple", "correct horse battery staple"),
                password("keys.example", "ada", "cafe\u{301}", "caf\u{e9}"),
                password("keys.example", "ada", "a\u{2003}b", "a b"),
                password("keys.example", "ada", "Correct Horse", "Correct Horse"),
                password("other.example", "bob", "correct horse battery staple", "correct horse battery staple"),
            ],
        }),
    );
}
