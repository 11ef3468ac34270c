use std::path::Path;

use lock_keeper_server::config::{Config, Environment, Source};

/// A configuration is taken, or refused with problems that each stand on a line that is there. What is behind the first zero byte
/// is the value of an environment variable.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (text, variable) = text.split_once('\0').unwrap_or((text, ""));
    let mut environment = Environment::new();
    if !variable.is_empty() {
        environment.insert("LOCK_KEEPER_SERVER_WORKERS".to_owned(), variable.to_owned());
        environment.insert("LOCK_KEEPER_SERVER_REALM".to_owned(), variable.to_owned());
    }
    let Err(error) = Config::parse(Path::new("server.toml"), text, &environment) else { return };
    assert!(!error.problems.is_empty(), "a refusal says why");
    assert!(!error.to_string().is_empty());
    let lines = text.split('\n').count();
    for problem in &error.problems {
        if let Source::File { line: Some(line), .. } = problem.source {
            assert!((1..=lines).contains(&line), "line {line} of {lines}: {}", problem.message);
        }
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let good = "[server]\nrealm = \"keys.example.com\"\nworkers = 2\nstop_grace = \"5s\"\n\n[tls]\ncertificate_file = \"c.pem\"\n\
                key_file = \"k.pem\"\n\n[database]\nurl = \"sqlite:db\"\n\n[keys]\nactive = \"first\"\n\
                key_encryption_keys = [{ id = \"first\", file = \"kek\" }]\n";
    vec![good.into(), format!("{good}\x007").into_bytes(), b"[limits]\nbody_bytes = 1e9\nwords = []\n".to_vec()]
}
