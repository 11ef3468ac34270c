//! How to reach the database.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

/// What libpq is told beside the caller's address, unless the address says it itself. A connection to a machine that
/// died without a word is noticed after about half a minute.
const DEFAULTS: [(&str, &str); 7] = [
    ("connect_timeout", "5"),
    ("keepalives", "1"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "15000"),
    ("application_name", "lock-keeper-server"),
];

/// How to reach the database, and how long to wait for it.
#[derive(Clone)]
pub struct PostgresSettings {
    /// The address as libpq takes it: `postgres://user:password@host/database?sslmode=verify-full`, or `key=value` pairs.
    pub url: SecretString,
    /// The most connections that are open at once, at least 1.
    pub pool_size: usize,
    /// How long one statement may take.
    pub statement_timeout: Duration,
    /// How long one statement may wait for a lock.
    pub lock_timeout: Duration,
    /// Milliseconds that are added to the database's time: 0 but for a test's clock.
    pub clock_offset: Arc<AtomicI64>,
}

impl PostgresSettings {
    /// Settings with the usual timeouts: 10 s for a statement, 5 s for a lock.
    pub fn new(url: SecretString, pool_size: usize) -> Self {
        Self {
            url,
            pool_size,
            statement_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(5),
            clock_offset: Arc::default(),
        }
    }

    /// The address with what it leaves open.
    pub(super) fn connection_string(&self) -> SecretString {
        let mut text = self.url.expose_secret().to_owned();
        let is_url = text.contains("://");
        for (key, value) in DEFAULTS {
            if text.contains(&format!("{key}=")) {
                continue;
            }
            let separator = match (is_url, text.contains('?')) {
                (true, true) => '&',
                (true, false) => '?',
                (false, _) => ' ',
            };
            text.push_str(&format!("{separator}{key}={value}"));
        }
        text.into()
    }

    /// What each connection is set to. Where the database does not wait for its disk by default, it does for us.
    pub(super) fn session(&self) -> String {
        format!(
            "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = 10000;
             SET default_transaction_isolation = 'read committed';
             SELECT set_config('synchronous_commit', 'on', false)
               WHERE current_setting('synchronous_commit') IN ('off', 'local');",
            self.statement_timeout.as_millis(),
            self.lock_timeout.as_millis()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{ExposeSecret, PostgresSettings};

    fn completed(url: &str) -> String {
        PostgresSettings::new(url.into(), 1).connection_string().expose_secret().to_owned()
    }

    #[test]
    fn an_address_gets_what_it_leaves_open() {
        assert!(completed("postgres://h/d").starts_with("postgres://h/d?connect_timeout=5&keepalives=1&"));
        assert!(completed("host=h dbname=d").starts_with("host=h dbname=d connect_timeout=5 keepalives=1 "));
    }

    #[test]
    fn what_an_address_says_itself_stays() {
        let text = completed("postgres://h/d?connect_timeout=1");
        assert_eq!(text.matches("connect_timeout").count(), 1);
        assert!(text.contains("connect_timeout=1&keepalives=1"));
    }
}
