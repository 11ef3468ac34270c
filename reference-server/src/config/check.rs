//! What the types of the settings cannot say: ranges, what belongs together, and whether the files are there.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use lock_keeper_protocol::identity::Realm;
use lock_keeper_protocol::limits;
use secrecy::SecretString;

use super::Config;
use super::document::Document;
use super::environment::{Environment, unknown_variables};
use super::period::Period;
use super::problem::Problem;
use super::settings::{KeyEncryptionKeySettings, Settings};
use crate::keys::{KeyEncryptionKey, LocalKeys};
use crate::secret_file::read_secret_file;
use crate::tls;

/// A URL, or 64 hex digits and a line's end, are far below this.
const SECRET_FILE_LIMIT: usize = 4096;

/// Checks everything, and adds what is wrong to `problems`. Answers the configuration where its secrets could be read.
pub(super) fn check(
    mut settings: Settings,
    document: &Document<'_>,
    environment: &Environment,
    problems: &mut Vec<Problem>,
) -> Option<Config> {
    let mut report = Report { document, misfits: problems.iter().map(|p| p.key.clone()).collect(), problems };
    let realm = check_server(&settings, &mut report);
    check_tls(&settings, &mut report);
    check_limits(&settings, &mut report);
    check_sessions(&settings, &mut report);
    check_operations(&settings, &mut report);
    let database_url = check_database(&mut settings, &mut report);
    let key_encryption_keys = check_keys(&settings, environment, &mut report);
    let named: Vec<&str> =
        settings.keys.key_encryption_keys.iter().filter_map(|element| element.env.as_deref()).collect();
    problems.extend(unknown_variables(environment, &named));
    Some(Config { settings, realm: realm?, database_url: database_url?, key_encryption_keys: key_encryption_keys? })
}

struct Report<'r, 'd> {
    document: &'r Document<'d>,
    /// Keys whose value did not fit its type: they hold their default now, which is not to be judged.
    misfits: BTreeSet<String>,
    problems: &'r mut Vec<Problem>,
}

impl Report<'_, '_> {
    fn add(&mut self, key: &str, message: impl Into<String>) {
        let told = self.misfits.iter().any(|misfit| {
            key.strip_prefix(misfit.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        });
        if !told {
            let source = self.document.locate(key);
            self.problems.push(Problem { source, key: key.to_owned(), message: message.into() });
        }
    }

    fn require(&mut self, holds: bool, key: &str, message: &str) {
        if !holds {
            self.add(key, message);
        }
    }

    /// Whether one of the array's elements, or the array, could not be read.
    fn is_misfit(&self, key: &str) -> bool {
        self.misfits.iter().any(|misfit| misfit.starts_with(key))
    }
}

fn check_server(settings: &Settings, report: &mut Report<'_, '_>) -> Option<Realm> {
    let server = &settings.server;
    let realm = Realm::new(&server.realm).ok();
    report.require(
        realm.is_some(),
        "server.realm",
        "is required: 1 to 253 bytes that never change, such as your domain",
    );
    let secure = server.public_url.as_ref().is_none_or(|url| url.len() > 8 && url.starts_with("https://"));
    report.require(secure, "server.public_url", "must begin with https://");
    report.require(server.workers <= 1024, "server.workers", "must be 0 (one for each processor) to 1024");
    let hour = Period::seconds(3600);
    report.require(server.stop_grace <= hour, "server.stop_grace", "must be at most 1h");
    report.require(server.drain <= hour, "server.drain", "must be at most 1h");
    realm
}

fn check_tls(settings: &Settings, report: &mut Report<'_, '_>) {
    let (certificate, key) = (&settings.tls.certificate_file, &settings.tls.key_file);
    let given = |path: &Path| !path.as_os_str().is_empty();
    report.require(given(certificate), "tls.certificate_file", "is required: a PEM file with the certificate chain");
    report.require(given(key), "tls.key_file", "is required: a PEM file with the private key");
    if given(certificate) && given(key) {
        match tls::read_pair(certificate, key) {
            Ok(_) => {}
            Err(tls::PairError::Certificate(message)) => report.add("tls.certificate_file", message),
            Err(tls::PairError::Key(message)) => report.add("tls.key_file", message),
        }
    }
}

fn check_limits(settings: &Settings, report: &mut Report<'_, '_>) {
    let limits = &settings.limits;
    let body = limits::BODY..=16 << 20;
    report.require(body.contains(&limits.body_bytes), "limits.body_bytes", "must be 65792 to 16777216");
    for (key, period) in [
        ("limits.head_timeout", limits.head_timeout),
        ("limits.body_timeout", limits.body_timeout),
        ("limits.request_timeout", limits.request_timeout),
    ] {
        let fits = (Period::seconds(1)..=Period::seconds(300)).contains(&period);
        report.require(fits, key, "must be 1s to 5m");
    }
    let fits = limits.request_timeout >= limits.body_timeout;
    report.require(fits, "limits.request_timeout", "must be at least limits.body_timeout, which is a part of it");
    report.require((1..=1_000_000).contains(&limits.connections), "limits.connections", "must be 1 to 1000000");
    report.require(limits.max_secrets >= 1, "limits.max_secrets", "must be at least 1");
    let one_secret = limits.max_bytes >= limits::SEALED_SECRET as u64 && limits.max_bytes <= 1 << 40;
    report.require(one_secret, "limits.max_bytes", "must be 32841 (the largest sealed secret) to 1099511627776");
}

fn check_sessions(settings: &Settings, report: &mut Report<'_, '_>) {
    let sessions = &settings.sessions;
    let (second, longest) = (Period::seconds(1), Period::seconds(u64::from(limits::SESSION_LIFETIME)));
    let per_session = (1..=64).contains(&sessions.requests_per_session);
    report.require(per_session, "sessions.requests_per_session", "must be 1 to 64");
    report.require((second..=longest).contains(&sessions.total), "sessions.total", "must be 1s to 15m");
    report.require(sessions.idle >= second, "sessions.idle", "must be at least 1s");
    report.require(sessions.idle <= sessions.total, "sessions.idle", "must be at most sessions.total");
    report.require((1..=64).contains(&sessions.open_per_user), "sessions.open_per_user", "must be 1 to 64");
}

fn check_operations(settings: &Settings, report: &mut Report<'_, '_>) {
    let (server, operations) = (settings.server.listen, settings.operations.listen);
    let apart = server != operations || server.port() == 0;
    report.require(
        apart,
        "operations.listen",
        "must not be server.listen: health and metrics have a port of their own",
    );
    if let Err(message) = crate::telemetry::parse_filter(&settings.operations.log_level) {
        report.add("operations.log_level", message);
    }
}

fn check_database(settings: &mut Settings, report: &mut Report<'_, '_>) -> Option<SecretString> {
    let pool = (1..=500).contains(&settings.database.pool_size);
    report.require(pool, "database.pool_size", "must be 1 to 500");
    let (key, url) = match (settings.database.url.take(), &settings.database.url_file) {
        (Some(_), Some(_)) => {
            report.add("database.url_file", "give url or url_file, not both");
            return None;
        }
        (None, None) => {
            report.add("database.url", "is required (or url_file): postgres://user@host/database or sqlite:PATH");
            return None;
        }
        (Some(url), None) => {
            let in_file = matches!(report.document.locate("database.url"), super::Source::File { .. });
            if in_file && has_password(&url) {
                report.add("database.url", "a password does not belong into this file: use url_file or the variable");
            }
            ("database.url", url)
        }
        (None, Some(path)) => match read_text(path) {
            Ok(url) => ("database.url_file", url),
            Err(message) => {
                report.add("database.url_file", message);
                return None;
            }
        },
    };
    if let Err(message) = check_database_url(&url) {
        report.add(key, message);
    }
    Some(SecretString::from(url))
}

fn read_text(path: &Path) -> Result<String, String> {
    let bytes = read_secret_file(path, SECRET_FILE_LIMIT)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("{} is not UTF-8", path.display()))?;
    Ok(text.trim().to_owned())
}

fn has_password(url: &str) -> bool {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
    let in_authority = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    in_authority || url.contains("?password=") || url.contains("&password=")
}

fn check_database_url(url: &str) -> Result<(), &'static str> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return match cfg!(feature = "postgres") {
            true => Ok(()),
            false => Err("this lock-keeper-server was built without Postgres"),
        };
    }
    match url.strip_prefix("sqlite:") {
        Some("" | ":memory:") => Err("sqlite: needs the path of a file, as in sqlite:/var/lib/lock-keeper/db"),
        Some(_) if cfg!(not(feature = "sqlite")) => Err("this lock-keeper-server was built without SQLite"),
        Some(path) => match Path::new(path).parent() {
            Some(directory) if !directory.as_os_str().is_empty() && !directory.is_dir() => {
                Err("the directory of the SQLite file does not exist")
            }
            _ => Ok(()),
        },
        None => Err("must begin with postgres:// or sqlite:"),
    }
}

fn check_keys(settings: &Settings, environment: &Environment, report: &mut Report<'_, '_>) -> Option<Arc<LocalKeys>> {
    let keys = &settings.keys;
    if let Some(fingerprint) = &keys.setup_fingerprint {
        let fits = fingerprint.len() == 32 && fingerprint.bytes().all(|byte| byte.is_ascii_hexdigit());
        report.require(fits, "keys.setup_fingerprint", "must be 32 hex digits, as serve logs them");
    }
    let list = "keys.key_encryption_keys";
    if keys.key_encryption_keys.is_empty() {
        report.add(list, "is required: at least one { id = \"...\", file = \"...\" }");
        return None;
    }
    let before = report.problems.len();
    let mut ids = BTreeSet::new();
    let mut loaded = Vec::new();
    for (index, element) in keys.key_encryption_keys.iter().enumerate() {
        let key = format!("{list}[{index}]");
        check_key_id(&element.id, &mut ids, &format!("{key}.id"), report);
        if let Some(material) = load_key(element, environment, &key, report) {
            loaded.push((element.id.clone(), material));
        }
    }
    if !ids.contains(&keys.active) && !report.is_misfit(list) {
        let message = match keys.active.as_str() {
            "" => "is required: the id of the key that wraps what is new".to_owned(),
            active => format!("no key in key_encryption_keys has the id {active:?}"),
        };
        report.add("keys.active", message);
    }
    if report.problems.len() > before {
        return None;
    }
    LocalKeys::new(loaded, keys.active.clone()).ok().map(Arc::new)
}

fn check_key_id(id: &str, ids: &mut BTreeSet<String>, key: &str, report: &mut Report<'_, '_>) {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if id.is_empty() || id.len() > 64 || !id.bytes().all(allowed) {
        report.add(key, "must be 1 to 64 characters of A-Z a-z 0-9 . _ -");
    } else if !ids.insert(id.to_owned()) {
        report.add(key, format!("the id {id:?} is given twice"));
    }
}

fn load_key(
    element: &KeyEncryptionKeySettings,
    environment: &Environment,
    key: &str,
    report: &mut Report<'_, '_>,
) -> Option<KeyEncryptionKey> {
    let wanted = "32 bytes that are not all zero: raw, as 64 hex digits, or as base64url";
    let (at, found) = match (&element.file, &element.env) {
        (Some(file), None) => {
            let read = read_secret_file(file, SECRET_FILE_LIMIT);
            let parsed = read.and_then(|bytes| {
                KeyEncryptionKey::parse(&bytes).ok_or_else(|| format!("{} does not hold {wanted}", file.display()))
            });
            (format!("{key}.file"), parsed)
        }
        (None, Some(name)) => {
            let parsed = match environment.get(name) {
                None => Err(format!("the environment variable {name} is not set")),
                Some(value) => KeyEncryptionKey::parse(value.as_bytes())
                    .filter(|_| value.len() != 32)
                    .ok_or_else(|| format!("the environment variable {name} does not hold 64 hex digits or base64url")),
            };
            (format!("{key}.env"), parsed)
        }
        _ => (key.to_owned(), Err("give file or env, and not both".to_owned())),
    };
    found.map_err(|message| report.add(&at, message)).ok()
}
