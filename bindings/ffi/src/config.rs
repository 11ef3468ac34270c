//! Which key server, and whose certificates are trusted.

use std::sync::Arc;

use lock_keeper_core as core;

use crate::error::Result;
use crate::platform::FfiProxySettings;

/// One key server, checked. Making one does no I/O.
#[derive(uniffi::Object)]
pub struct FfiServerConfig {
    pub(crate) core: core::ServerConfig,
    pub(crate) proxy_settings: Option<Arc<dyn FfiProxySettings>>,
}

#[uniffi::export]
impl FfiServerConfig {
    /// Takes a configuration as the provider gives it: `https://host` or `https://host:port`, the server's name in the protocol,
    /// and 1 to 8 OPAQUE public keys of 32 bytes each. Fails with `config_invalid`, naming the field.
    #[uniffi::constructor]
    pub fn new(
        url: String,
        realm: String,
        server_public_keys: Vec<Vec<u8>>,
        trust: FfiTrust,
        proxy: FfiProxyPolicy,
    ) -> Result<Arc<Self>> {
        let config = core::ServerConfig::new(&url, &realm, &server_public_keys, trust.into_core()?)?;
        Ok(Self::of(config.with_proxy(proxy.into())))
    }

    /// Reads the JSON object that `lock-keeper-server dev` writes as `connect.json`, in UTF-8. Fails with `config_invalid`.
    #[uniffi::constructor]
    pub fn from_connect_json(json: Vec<u8>, proxy: FfiProxyPolicy) -> Result<Arc<Self>> {
        let config = core::ServerConfig::from_connect_json(&json)?;
        Ok(Self::of(config.with_proxy(proxy.into())))
    }

    /// Whether the certificate authorities of the operating system are trusted. On Android a client needs
    /// `with_platform_cas` then.
    pub fn trusts_platform(&self) -> bool {
        self.core.trust().is_platform()
    }

    /// The same configuration, told which certificate authorities the operating system trusts: 1 to 512 in DER, of which those
    /// that cannot be read are left out. Fails with `config_invalid` where none is left.
    pub fn with_platform_cas(&self, der: Vec<Vec<u8>>) -> Result<Arc<Self>> {
        let core = self.core.clone().with_platform_cas(der)?;
        Ok(Arc::new(Self { core, proxy_settings: self.proxy_settings.clone() }))
    }

    /// The same configuration, whose clients ask `settings` for a proxy where the policy is `System`.
    pub fn with_proxy_settings(&self, settings: Arc<dyn FfiProxySettings>) -> Arc<Self> {
        Arc::new(Self { core: self.core.clone(), proxy_settings: Some(settings) })
    }

    /// Where the server is.
    pub fn url(&self) -> String {
        self.core.url().to_owned()
    }

    /// What the server calls itself in the protocol.
    pub fn realm(&self) -> String {
        self.core.realm().as_str().to_owned()
    }
}

impl FfiServerConfig {
    fn of(core: core::ServerConfig) -> Arc<Self> {
        Arc::new(Self { core, proxy_settings: None })
    }
}

/// Whose certificates are trusted, and which keys are pinned.
#[derive(uniffi::Record)]
pub struct FfiTrust {
    /// These certificate authorities and no others, 1 to 32 in DER; none: those of the operating system.
    pub private_cas: Option<Vec<Vec<u8>>>,
    /// SHA-256 hashes of a SubjectPublicKeyInfo in DER, 32 bytes each, 2 to 32 of them; empty: any key.
    pub spki_pins: Vec<Vec<u8>>,
}

impl FfiTrust {
    fn into_core(self) -> core::Result<core::Trust> {
        let trust = match self.private_cas {
            Some(der) => core::Trust::private_cas(der)?,
            None => core::Trust::platform(),
        };
        if self.spki_pins.is_empty() {
            return Ok(trust);
        }
        let pins: Vec<[u8; 32]> = self.spki_pins.into_iter().map(pin).collect::<core::Result<_>>()?;
        trust.pinning(&pins)
    }
}

fn pin(bytes: Vec<u8>) -> core::Result<[u8; 32]> {
    bytes.try_into().map_err(|_| {
        core::LockKeeperError::new(core::Code::ConfigInvalid).with_detail("pins has one that is not 32 bytes long")
    })
}

/// Which way calls take to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FfiProxyPolicy {
    /// The proxy of the settings that the platform has handed over, or else of the environment.
    System,
    /// Straight to the server.
    None,
}

impl From<FfiProxyPolicy> for core::ProxyPolicy {
    fn from(policy: FfiProxyPolicy) -> Self {
        match policy {
            FfiProxyPolicy::System => Self::System,
            FfiProxyPolicy::None => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FfiError;

    fn config(trust: FfiTrust) -> Result<Arc<FfiServerConfig>> {
        let (url, realm) = ("https://keys.example".to_owned(), "example".to_owned());
        FfiServerConfig::new(url, realm, vec![vec![1; 32]], trust, FfiProxyPolicy::None)
    }

    fn platform(spki_pins: Vec<Vec<u8>>) -> FfiTrust {
        FfiTrust { private_cas: None, spki_pins }
    }

    #[test]
    fn a_configuration_crosses_whole() {
        let config = config(platform(vec![vec![1; 32], vec![2; 32]])).expect("it is valid");
        assert_eq!((config.url().as_str(), config.realm().as_str()), ("https://keys.example", "example"));
        assert_eq!(config.core.proxy(), core::ProxyPolicy::None);
        let pinned = core::Trust::platform().pinning(&[[1; 32], [2; 32]]).expect("two pins");
        assert_eq!(config.core.trust(), &pinned);
    }

    #[test]
    fn a_pin_of_the_wrong_length_and_a_certificate_that_is_none_are_refused() {
        for trust in
            [platform(vec![vec![1; 31], vec![2; 32]]), FfiTrust { private_cas: Some(vec![]), spki_pins: vec![] }]
        {
            let Err(FfiError::Failed { code, .. }) = config(trust) else { panic!("it is not valid") };
            assert_eq!(code, "config_invalid");
        }
    }

    #[test]
    fn the_platforms_authorities_are_wanted_where_the_configuration_names_none() {
        let config = config(platform(vec![])).expect("it is valid");
        assert!(config.trusts_platform());
        assert!(config.with_platform_cas(vec![vec![0; 64]]).is_err());
    }

    #[test]
    fn connect_json_crosses_as_bytes() {
        let json = br#"{"url":"https://keys.example","realm":"example","server_public_keys":["AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"]}"#;
        let config = FfiServerConfig::from_connect_json(json.to_vec(), FfiProxyPolicy::System).expect("it is valid");
        assert_eq!(config.realm(), "example");
        assert!(FfiServerConfig::from_connect_json(b"{".to_vec(), FfiProxyPolicy::System).is_err());
    }
}
