use lock_keeper_core::{Code, ServerConfig};

/// A connection file is refused as such, or names a server by HTTPS and at least one key.
pub(crate) fn run(bytes: &[u8]) {
    match ServerConfig::from_connect_json(bytes) {
        Ok(config) => {
            assert!(config.url().starts_with("https://"), "{}", config.url());
            assert!(!config.server_public_keys().is_empty());
        }
        Err(error) => assert_eq!(error.code, Code::ConfigInvalid),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
    let public = serde_json::json!({ "url": "https://keys.example", "realm": "example", "server_public_keys": [key] });
    let mut private = public.clone();
    private["url"] = "https://[::1]:8443".into();
    private["ca_pem"] = include_str!("ca.pem").into();
    [public, private].map(|json| json.to_string().into_bytes()).to_vec()
}
