//! What an operator prepares: a directory with a certificate, a key-encryption key and a configuration.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::process::{Process, done};

/// Directory and configuration.
pub(crate) struct Site(tempfile::TempDir);

impl Site {
    /// Everything on SQLite, not yet migrated. The ports are picked at each start.
    pub(crate) fn new() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        site.renew_certificate();
        done(&["keys", "generate", &site.file("kek-1")]);
        site.configure(&["kek-1"], "kek-1");
        site
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn config(&self) -> String {
        self.file("server.toml")
    }

    pub(crate) fn migrated() -> Self {
        let site = Self::new();
        done(&["migrate", "--config", &site.config()]);
        site
    }

    /// Writes the configuration with these key-encryption keys, named as their files.
    pub(crate) fn configure(&self, keys: &[&str], active: &str) {
        let keys: Vec<String> =
            keys.iter().map(|key| format!("{{ id = \"{key}\", file = \"{}\" }}", self.file(key))).collect();
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\nrealm = \"keys.test\"\nstop_grace = \"0s\"\nworkers = 1\n\
             [tls]\ncertificate_file = \"{certificate}\"\nkey_file = \"{key}\"\n\
             [database]\nurl = \"sqlite:{database}\"\n\
             [keys]\nactive = \"{active}\"\nkey_encryption_keys = [{keys}]\n\
             [operations]\nlisten = \"127.0.0.1:0\"\n",
            certificate = self.file("certificate.pem"),
            key = self.file("key.pem"),
            database = self.file("database"),
            keys = keys.join(", "),
        );
        fs::write(self.config(), text).unwrap();
    }

    /// Replaces a part of the configuration.
    pub(crate) fn edit(&self, old: &str, new: &str) {
        let text = fs::read_to_string(self.config()).unwrap();
        assert!(text.contains(old));
        fs::write(self.config(), text.replacen(old, new, 1)).unwrap();
    }

    /// Serves it, and answers the addresses of health and metrics and of the key server.
    pub(crate) fn serve(&self) -> (Process, String, String) {
        let server = Process::start(&["serve", "--config", &self.config()]);
        let address = |line: String| {
            serde_json::from_str::<serde_json::Value>(&line).unwrap()["address"].as_str().unwrap().to_owned()
        };
        let operations = address(server.wait_for("health and metrics"));
        let serving = address(server.wait_for("serving"));
        (server, operations, serving)
    }

    pub(crate) fn renew_certificate(&self) {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        self.replace("key.pem", &key.serialize_pem());
        self.replace("certificate.pem", &params.self_signed(&key).unwrap().pem());
    }

    pub(crate) fn replace(&self, name: &str, text: &str) {
        let path = PathBuf::from(self.file(name));
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}
