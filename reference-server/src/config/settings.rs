//! The settings, as they are written. Their doc comments are what `docs/configuration.md` says.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::period::Period;

/// Everything that a configuration file may say.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where the key server listens, and who it is.
    pub server: ServerSettings,
    /// The certificate that it shows. TLS 1.3 only.
    pub tls: TlsSettings,
    /// Where it keeps everything.
    pub database: DatabaseSettings,
    /// The keys that encrypt what the database holds.
    pub keys: KeySettings,
    /// How much a request, a connection and an account may take.
    pub limits: LimitSettings,
    /// How long a session lives, and how much it may do.
    pub sessions: SessionSettings,
    /// Who may make an account.
    pub registration: RegistrationSettings,
    /// What the people who run the server see: health, metrics, logs.
    pub operations: OperationsSettings,
}

/// Where the key server listens, and who it is.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// Address and port of the key server.
    pub listen: SocketAddr,
    /// The server's identity in OPAQUE (RFC 9807, section 6.1), 1 to 253 bytes: a name of yours that will never change, such
    /// as your domain. Every record is bound to it: **change it and nobody can log in any more.** Required.
    pub realm: String,
    /// The address that apps use, beginning with `https://`. It is told in the log, and nothing hangs on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Threads that take requests; 0 means one for each processor.
    pub workers: usize,
    /// After a stop signal: how long the server still takes requests while it says that it is not ready, so that a load
    /// balancer notices.
    pub stop_grace: Period,
    /// After that: how long requests in flight may take to end.
    pub drain: Period,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8443)),
            realm: String::new(),
            public_url: None,
            workers: 0,
            stop_grace: Period::seconds(5),
            drain: Period::seconds(25),
        }
    }
}

/// The certificate that the server shows. Both files are read again on SIGHUP and when they change; a pair that does not fit
/// is logged, and the one before stays in use.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TlsSettings {
    /// PEM file with the certificate and its chain, the server's own first. Required.
    pub certificate_file: PathBuf,
    /// PEM file with the certificate's private key (PKCS #8, SEC1 or PKCS #1). It may be readable for its owner and, with
    /// mode 0440 or 0640, for a group; a file that others can read is refused. Required.
    pub key_file: PathBuf,
}

/// Where the server keeps everything.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSettings {
    /// `postgres://user@host/database`, or `sqlite:PATH` for one process with an embedded database. A password does not
    /// belong into this file: use `url_file` or the environment variable. One of `url` and `url_file` is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A file that holds the URL, password included. Readable as `tls.key_file` may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_file: Option<PathBuf>,
    /// Connections to the database of this process, 1 to 500. A request that finds none free for 250 ms gets a 503.
    pub pool_size: u32,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self { url: None, url_file: None, pool_size: 16 }
    }
}

/// The key-encryption keys. They wrap the data key of each account and the server's own keys. **Lose them and every
/// account is lost;** keep them apart from the database's backups.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeySettings {
    /// The keys that this process knows. To rotate: add a new one everywhere, make it `active` everywhere, run
    /// `lock-keeper-server keys rotate`, then take the old one away. At least one is required.
    pub key_encryption_keys: Vec<KeyEncryptionKeySettings>,
    /// The `id` of the key that wraps what is new. Required.
    pub active: String,
    /// The fingerprint of the OPAQUE setup, 32 hex digits, as `serve` logs it. Where it is given, the server
    /// refuses to start on a database with another setup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setup_fingerprint: Option<String>,
}

/// One key-encryption key: an id, and where its 32 bytes are.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeyEncryptionKeySettings {
    /// Its id in the database: 1 to 64 characters of `A-Z a-z 0-9 . _ -`. Never give a new key an old id.
    pub id: String,
    /// A file with 32 bytes: raw, as 64 hex digits, or as base64url; `lock-keeper-server keys generate` makes one.
    /// Readable as `tls.key_file` may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Or: the name of an environment variable that holds it, as hex digits or base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
}

/// How much a request, a connection and an account may take.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// Bytes of a request's body. The largest of the protocol is 65792, which is also the least that is allowed here.
    pub body_bytes: usize,
    /// How long a client may take for the TLS handshake, and again for the head of a request. A connection that is kept
    /// after an answer may wait 5 s longer for the next one.
    pub head_timeout: Period,
    /// How long a client may take to send the body of a request.
    pub body_timeout: Period,
    /// How long a request may take in all.
    pub request_timeout: Period,
    /// Connections that are open at once, over all workers. Each takes two file descriptors.
    pub connections: usize,
    /// Secrets that one account may hold.
    pub max_secrets: u32,
    /// Bytes that the sealed secrets of one account may take.
    pub max_bytes: u64,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            body_bytes: lock_keeper_protocol::limits::BODY,
            head_timeout: Period::seconds(5),
            body_timeout: Period::seconds(10),
            request_timeout: Period::seconds(20),
            connections: 10_000,
            max_secrets: 1_000,
            max_bytes: 64 << 20,
        }
    }
}

/// How long a session lives, and how much it may do.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SessionSettings {
    /// Operations that one request session may do, 1 to 64. One is what the specification says; 16 is better for apps in
    /// which a person does several things in a row, since each session costs a login.
    pub requests_per_session: u32,
    /// How long a session may lie idle.
    pub idle: Period,
    /// How long it lives in all, at most 15 minutes.
    pub total: Period,
    /// Sessions that one account may have open, 1 to 64. One too many ends the one that was idle the longest.
    pub open_per_user: u32,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self { requests_per_session: 1, idle: Period::seconds(120), total: Period::seconds(900), open_per_user: 4 }
    }
}

/// Who may make an account.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RegistrationSettings {
    /// `open`: whoever reaches the server. `closed`: nobody; who has an account keeps it.
    pub admission: Admission,
}

/// Who may make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Admission {
    /// Whoever reaches the server.
    #[default]
    Open,
    /// Nobody.
    Closed,
}

/// What the people who run the server see.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OperationsSettings {
    /// Address and port of `/health/live`, `/health/ready` and `/metrics`: plain HTTP, so keep it off the internet.
    pub listen: SocketAddr,
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,lock_keeper_server=debug`.
    pub log_level: String,
    /// `json`: one object per line. `text`: for a person at a terminal.
    pub log_format: LogFormat,
}

impl Default for OperationsSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)),
            log_level: "info".to_owned(),
            log_format: LogFormat::Json,
        }
    }
}

/// The form of the logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum LogFormat {
    /// One object per line.
    #[default]
    Json,
    /// For a person at a terminal.
    Text,
}
