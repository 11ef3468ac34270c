//! The JSON object with which an app connects to a key server.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;

use super::{ServerConfig, Trust, invalid};
use crate::error::{LockKeeperError, Result};

/// Bytes of the object at most.
const MAX_BYTES: usize = 65_536;

/// The fields as any JSON value, so that each wrong one can be named.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Connect {
    url: Option<Value>,
    realm: Option<Value>,
    server_public_keys: Option<Value>,
    ca_pem: Option<Value>,
}

pub(super) fn read(json: &[u8]) -> Result<ServerConfig> {
    if json.len() > MAX_BYTES {
        return Err(invalid("the JSON object is longer than 64 KiB"));
    }
    let connect: Connect = serde_json::from_slice(json).map_err(|error| refused(&error))?;
    let url = text(connect.url.as_ref(), "url must be there and be a string")?;
    let realm = text(connect.realm.as_ref(), "realm must be there and be a string")?;
    let keys = public_keys(connect.server_public_keys.as_ref())?;
    let trust = match connect.ca_pem {
        None | Some(Value::Null) => Trust::platform(),
        some => Trust::private_cas_pem(text(some.as_ref(), "ca_pem must be a string")?)?,
    };
    ServerConfig::new(url, realm, &keys, trust)
}

fn refused(error: &serde_json::Error) -> LockKeeperError {
    match error.classify() {
        Category::Data => invalid("the JSON has a field that is unknown or there twice, or is no object"),
        Category::Io | Category::Syntax | Category::Eof => invalid("it is not JSON"),
    }
}

fn text<'a>(value: Option<&'a Value>, detail: &'static str) -> Result<&'a str> {
    value.and_then(Value::as_str).ok_or_else(|| invalid(detail))
}

fn public_keys(value: Option<&Value>) -> Result<Vec<Vec<u8>>> {
    let list = value.and_then(Value::as_array);
    let list = list.ok_or_else(|| invalid("server_public_keys must be there and be a list"))?;
    list.iter().map(public_key).collect()
}

fn public_key(value: &Value) -> Result<Vec<u8>> {
    const DETAIL: &str = "server_public_keys has an entry that is not base64url without padding";
    URL_SAFE_NO_PAD.decode(text(Some(value), DETAIL)?).map_err(|_| invalid(DETAIL))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    fn good() -> Value {
        serde_json::json!({ "url": "https://keys.example", "realm": "example", "server_public_keys": [KEY] })
    }

    fn detail(value: &Value) -> &'static str {
        read(value.to_string().as_bytes()).expect_err("it is not valid").detail.expect("a detail")
    }

    #[test]
    fn the_object_of_a_provider_with_a_public_certificate_is_read() {
        let config = read(good().to_string().as_bytes()).expect("it is valid");
        assert_eq!(config.url(), "https://keys.example");
        assert_eq!(config.realm().as_str(), "example");
        assert_eq!(config.server_public_keys(), [[1; 32]]);
        assert_eq!(config.trust(), &Trust::platform());
    }

    #[test]
    fn each_wrong_field_is_named() {
        for (field, wrong) in [
            ("url", Value::Null),
            ("url", "http://keys.example".into()),
            ("realm", 7.into()),
            ("server_public_keys", KEY.into()),
            ("server_public_keys", serde_json::json!(["AQ=="])),
            ("server_public_keys", serde_json::json!(["AQ"])),
            ("server_public_keys", serde_json::json!([7])),
            ("server_public_keys", serde_json::json!([])),
            ("ca_pem", true.into()),
            ("ca_pem", "no certificate".into()),
        ] {
            let mut value = good();
            value[field] = wrong;
            assert!(detail(&value).starts_with(field), "{field}: {}", detail(&value));
        }
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let mut value = good();
        value["insecure"] = true.into();
        assert!(detail(&value).contains("unknown"));
    }

    #[test]
    fn what_is_not_json_or_too_long_is_refused() {
        assert_eq!(read(b"{").expect_err("cut off").detail, Some("it is not JSON"));
        assert!(read(&vec![b' '; MAX_BYTES + 1]).expect_err("too long").detail.is_some());
    }
}
