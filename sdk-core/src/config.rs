//! Which key server, and what makes the client believe that it is the one.

mod address;
mod connect_json;
mod trust;

use std::fmt;

use lock_keeper_protocol::identity::Realm;

use crate::error::{Code, LockKeeperError, Result};

pub(crate) use trust::Roots;
pub use trust::Trust;

/// Bytes of a server's OPAQUE public key: an encoded ristretto255 element (RFC 9807, section 7).
pub const SERVER_PUBLIC_KEY_BYTES: usize = 32;

/// How many OPAQUE public keys may be configured at most; more than one lets a provider move to a new key.
pub const MAX_SERVER_PUBLIC_KEYS: usize = 8;

/// One key server: where it is, what it calls itself, and how it proves that.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerConfig {
    url: String,
    realm: Realm,
    server_public_keys: Vec<[u8; SERVER_PUBLIC_KEY_BYTES]>,
    trust: Trust,
    proxy: ProxyPolicy,
}

impl ServerConfig {
    /// Takes a configuration as the provider gives it.
    ///
    /// `url` is `https://host` or `https://host:port`, with nothing behind it. `realm` is the server's name in the
    /// protocol. `server_public_keys` are the OPAQUE keys that the client accepts, 1 to 8 of 32 bytes each.
    ///
    /// # Errors
    /// [`Code::ConfigInvalid`], naming the field.
    pub fn new(url: &str, realm: &str, server_public_keys: &[impl AsRef<[u8]>], trust: Trust) -> Result<Self> {
        let keys = server_public_keys.iter().map(|key| public_key(key.as_ref())).collect::<Result<Vec<_>>>()?;
        if keys.is_empty() {
            return Err(invalid("server_public_keys has no key"));
        }
        if keys.len() > MAX_SERVER_PUBLIC_KEYS {
            return Err(invalid("server_public_keys has more than 8 keys"));
        }
        Ok(Self {
            url: address::origin(url)?,
            realm: Realm::new(realm).map_err(|_| invalid("realm must be 1 to 253 visible ASCII characters"))?,
            server_public_keys: keys,
            trust,
            proxy: ProxyPolicy::System,
        })
    }

    /// Reads the JSON object that `lock-keeper-server dev` writes as `connect.json`: `url`, `realm`,
    /// `server_public_keys` (base64url) and `ca_pem`. Without `ca_pem` the platform's certificate authorities are
    /// trusted. Up to 64 KiB; an unknown field is refused.
    ///
    /// # Errors
    /// [`Code::ConfigInvalid`], naming the field.
    pub fn from_connect_json(json: &[u8]) -> Result<Self> {
        connect_json::read(json)
    }

    /// The same configuration, with this way to the network.
    #[must_use]
    pub fn with_proxy(mut self, proxy: ProxyPolicy) -> Self {
        self.proxy = proxy;
        self
    }

    /// The same configuration, told which certificate authorities the operating system trusts: 1 to 512 X.509 certificates in
    /// DER, of which those that cannot be read are left out. For Android, which tells them to the app alone. Where the
    /// configuration names authorities itself, nothing changes.
    ///
    /// # Errors
    /// [`Code::ConfigInvalid`], where none can be read, or there are too many.
    pub fn with_platform_cas(self, der: impl IntoIterator<Item = Vec<u8>>) -> Result<Self> {
        Ok(Self { trust: self.trust.with_platform_cas(der)?, ..self })
    }

    /// Where the server is: `https://host` or `https://host:port`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the server calls itself in the protocol.
    #[must_use]
    pub fn realm(&self) -> &Realm {
        &self.realm
    }

    /// The OPAQUE public keys that the client accepts.
    #[must_use]
    pub fn server_public_keys(&self) -> &[[u8; SERVER_PUBLIC_KEY_BYTES]] {
        &self.server_public_keys
    }

    /// Whose certificates are trusted.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Which way the client takes to the network.
    #[must_use]
    pub fn proxy(&self) -> ProxyPolicy {
        self.proxy
    }
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig").field("url", &self.url).field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// Which way the client takes to the network. TLS goes through a proxy end to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProxyPolicy {
    /// The proxy that [`crate::transport::ProxySettings`] name, or else the one of the environment, with HTTP CONNECT:
    /// `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, but not for the hosts in `NO_PROXY`.
    #[default]
    System,
    /// None: straight to the server.
    None,
}

fn public_key(bytes: &[u8]) -> Result<[u8; SERVER_PUBLIC_KEY_BYTES]> {
    bytes.try_into().map_err(|_| invalid("server_public_keys has a key that is not 32 bytes long"))
}

pub(crate) fn invalid(detail: &'static str) -> LockKeeperError {
    LockKeeperError::new(Code::ConfigInvalid).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(result: Result<ServerConfig>) -> &'static str {
        let error = result.expect_err("the configuration is not valid");
        assert_eq!(error.code, Code::ConfigInvalid);
        error.detail.expect("the error names the field")
    }

    #[test]
    fn a_good_configuration_is_taken_with_several_keys() {
        let config = ServerConfig::new("https://keys.example", "example", &[[1; 32], [2; 32]], Trust::platform());
        let config = config.expect("it is valid");
        assert_eq!(config.server_public_keys(), [[1; 32], [2; 32]]);
        assert_eq!(config.proxy(), ProxyPolicy::System);
    }

    #[test]
    fn each_bad_field_is_named() {
        let new = |url, realm, keys: &[Vec<u8>]| ServerConfig::new(url, realm, keys, Trust::platform());
        let good = [vec![1; 32]];
        assert!(detail(new("http://keys.example", "example", &good)).starts_with("url"));
        assert!(detail(new("https://keys.example", "", &good)).starts_with("realm"));
        assert!(detail(new("https://keys.example", "two words", &good)).starts_with("realm"));
        for keys in [vec![], vec![vec![1; 31]], vec![vec![1; 32]; 9]] {
            assert!(detail(new("https://keys.example", "example", &keys)).starts_with("server_public_keys"));
        }
    }
}
