//! The configuration: everything wrong with it is said at once, with the file, the line and the key.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use lock_keeper_server::config::{Config, ConfigError, Environment, Period, Source};
use secrecy::ExposeSecret;

/// A directory with a certificate, its key, and a key-encryption key, and a configuration that uses them.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let files = Self(dir);
        files.write("certificate.pem", certificate.pem(), 0o644);
        files.write("key.pem", key.serialize_pem(), 0o600);
        files.write("kek", "ab".repeat(32), 0o600);
        files
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>, mode: u32) {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A configuration that is taken. Line 2 is the realm, 5 and 6 the TLS files, 9 the database, 12 and 13 the keys.
    fn good(&self) -> String {
        format!(
            "[server]\nrealm = \"keys.example.com\"\n\n\
             [tls]\ncertificate_file = \"{dir}/certificate.pem\"\nkey_file = \"{dir}/key.pem\"\n\n\
             [database]\nurl = \"sqlite:{dir}/db\"\n\n\
             [keys]\nactive = \"first\"\nkey_encryption_keys = [{{ id = \"first\", file = \"{dir}/kek\" }}]\n",
            dir = self.0.path().display(),
        )
    }
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    parse_with(text, &[])
}

fn parse_with(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment: Environment =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::parse(Path::new("server.toml"), text, &environment)
}

/// The problems as `line key`, where the line is 0 for a file without the key, or `VARIABLE key`.
fn problems(result: Result<Config, ConfigError>) -> Vec<String> {
    let error = result.expect_err("the configuration is refused");
    let place = |source: &Source| match source {
        Source::File { line, .. } => line.unwrap_or(0).to_string(),
        Source::Environment(name) => name.clone(),
    };
    error.problems.iter().map(|problem| format!("{} {}", place(&problem.source), problem.key)).collect()
}

#[test]
fn a_small_configuration_is_taken_with_the_defaults_of_the_specification() {
    let files = Files::new();
    let config = parse(&files.good()).unwrap();
    assert_eq!(config.settings.sessions.requests_per_session, 1);
    assert_eq!(config.settings.sessions.total, Period::seconds(900));
    assert!(config.database_url.expose_secret().starts_with("sqlite:"));
}

#[test]
fn the_example_of_the_documentation_has_only_settings_that_exist() {
    let page = lock_keeper_server::config::reference::document();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    // Its files are not here; that is all that is wrong with it.
    let error = parse(example).unwrap_err();
    let keys: Vec<&str> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["tls.certificate_file", "database.url_file", "keys.key_encryption_keys[0].file"]);
}

#[test]
fn a_file_that_is_not_toml_is_refused_with_the_line() {
    let error = parse("[server]\nrealm = \n").unwrap_err();
    assert_eq!(error.problems[0].source, Source::File { path: "server.toml".into(), line: Some(2) });
    assert!(error.to_string().contains("server.toml:2: this is not TOML"), "{error}");
}

#[test]
fn an_empty_file_is_told_everything_that_is_required() {
    assert_eq!(
        problems(parse("")),
        ["0 server.realm", "0 tls.certificate_file", "0 tls.key_file", "0 database.url", "0 keys.key_encryption_keys"]
    );
}

#[test]
fn every_problem_is_told_at_once_in_the_order_of_the_file() {
    let files = Files::new();
    let text = files.good().replace("[database]", "[database]\npool_size = \"many\"\ncolour = \"blue\"")
        + "[sessions]\nrequests_per_session = 65\nidle = \"soon\"\n[limits]\nbody_bytes = 100\n[speed]\nfast = true\n";
    let found = problems(parse(&text));
    assert_eq!(
        found,
        [
            "9 database.pool_size",
            "10 database.colour",
            "17 sessions.requests_per_session",
            "18 sessions.idle",
            "20 limits.body_bytes",
            "21 speed"
        ]
    );
}

#[test]
fn a_section_that_is_not_a_table_is_refused() {
    let files = Files::new();
    assert_eq!(problems(parse(&("sessions = 3\n".to_owned() + &files.good()))), ["1 sessions"]);
}

#[test]
fn a_variable_overrides_the_file() {
    let files = Files::new();
    let variables = [
        ("LOCK_KEEPER_SERVER_REALM", "12345"),
        ("LOCK_KEEPER_SESSIONS_REQUESTS_PER_SESSION", "16"),
        ("LOCK_KEEPER_SESSIONS_IDLE", "90s"),
        ("LOCK_KEEPER_REGISTRATION_ADMISSION", "closed"),
        ("LOCK_KEEPER_DATABASE_URL", "postgres://user:hunter2@host/db"),
    ];
    let config = parse_with(&files.good(), &variables).unwrap();
    assert_eq!(config.settings.server.realm, "12345");
    assert_eq!(config.settings.sessions.requests_per_session, 16);
    assert_eq!(config.settings.sessions.idle, Period::seconds(90));
    assert_eq!(config.database_url.expose_secret(), "postgres://user:hunter2@host/db");
    assert!(!format!("{config:?}").contains("hunter2"), "a configuration never prints the password");
}

#[test]
fn a_variable_that_does_not_fit_is_named_itself() {
    let files = Files::new();
    let variables = [("LOCK_KEEPER_SESSIONS_IDLE", "soon"), ("LOCK_KEEPER_LIMITS_CONNECTIONS", "0")];
    let mut found = problems(parse_with(&files.good(), &variables));
    found.sort();
    assert_eq!(found, ["LOCK_KEEPER_LIMITS_CONNECTIONS limits.connections", "LOCK_KEEPER_SESSIONS_IDLE sessions.idle"]);
}

#[test]
fn a_misspelt_variable_is_refused() {
    let files = Files::new();
    let found = problems(parse_with(&files.good(), &[("LOCK_KEEPER_SERVER_RELAM", "x"), ("LOCK_KEEPER_OTHER", "y")]));
    assert_eq!(found, ["LOCK_KEEPER_SERVER_RELAM "]);
}

#[test]
fn a_password_in_the_file_is_refused_and_not_repeated() {
    let files = Files::new();
    for url in ["postgres://user:hunter2@host/db", "postgres://host/db?password=hunter2"] {
        let text = files.good().replace(&format!("sqlite:{}/db", files.0.path().display()), url);
        let error = parse(&text).unwrap_err();
        assert_eq!(error.problems[0].key, "database.url");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn the_url_of_the_database_comes_from_a_file() {
    let files = Files::new();
    files.write("url", "postgres://user:hunter2@host/db\n", 0o640);
    let text = files.good().replace("url = \"sqlite:", "url_file = \"").replace("/db\"", "/url\"");
    let config = parse(&text).unwrap();
    assert_eq!(config.database_url.expose_secret(), "postgres://user:hunter2@host/db");
}

#[test]
fn a_secret_that_others_can_read_is_refused_and_one_for_a_group_is_not() {
    let files = Files::new();
    for (name, key, line) in [("key.pem", "tls.key_file", 6), ("kek", "keys.key_encryption_keys[0].file", 13)] {
        for (mode, taken) in
            [(0o600, true), (0o400, true), (0o440, true), (0o640, true), (0o644, false), (0o660, false)]
        {
            fs::set_permissions(files.path(name), fs::Permissions::from_mode(mode)).unwrap();
            let result = parse(&files.good());
            match taken {
                true => assert!(result.is_ok(), "{name} {mode:o}"),
                false => assert_eq!(problems(result), [format!("{line} {key}")], "{name} {mode:o}"),
            }
        }
        fs::set_permissions(files.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_certificate_and_the_key_of_another_are_refused() {
    let files = Files::new();
    files.write("key.pem", rcgen::KeyPair::generate().unwrap().serialize_pem(), 0o600);
    assert_eq!(problems(parse(&files.good())), ["6 tls.key_file"]);
    files.write("certificate.pem", "-----BEGIN NONSENSE-----", 0o644);
    assert_eq!(problems(parse(&files.good())), ["5 tls.certificate_file"]);
}

#[test]
fn a_key_encryption_key_is_read_in_three_forms_and_no_other() {
    let files = Files::new();
    let hex = "0123456789abcdef".repeat(4);
    for good in [&[7; 32][..], hex.as_bytes(), b"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\n"] {
        files.write("kek", good, 0o600);
        parse(&files.good()).unwrap();
    }
    for bad in [&[0; 32][..], &[7; 31], b"short", "00".repeat(32).as_bytes(), "zz".repeat(32).as_bytes()] {
        files.write("kek", bad, 0o600);
        assert_eq!(problems(parse(&files.good())), ["13 keys.key_encryption_keys[0].file"]);
    }
}

#[test]
fn a_key_encryption_key_comes_from_a_variable_that_the_file_names() {
    let files = Files::new();
    let text = files.good().replace(&format!("file = \"{}/kek\"", files.0.path().display()), "env = \"MY_KEK\"");
    parse_with(&text, &[("MY_KEK", &"ab".repeat(32))]).unwrap();
    assert_eq!(problems(parse(&text)), ["13 keys.key_encryption_keys[0].env"]);
    assert_eq!(problems(parse_with(&text, &[("MY_KEK", "short")])), ["13 keys.key_encryption_keys[0].env"]);
}

#[test]
fn an_active_key_that_is_not_listed_and_ids_that_repeat_are_refused() {
    let files = Files::new();
    assert_eq!(problems(parse(&files.good().replace("\"first\"\n", "\"second\"\n"))), ["12 keys.active"]);
    let kek = format!("{{ id = \"first\", file = \"{}/kek\" }}", files.0.path().display());
    let twice = files.good().replace(&kek, &format!("{kek}, {kek}"));
    assert_eq!(problems(parse(&twice)), ["13 keys.key_encryption_keys[1].id"]);
}

#[test]
fn health_and_metrics_have_a_port_of_their_own() {
    let files = Files::new();
    let text = files.good() + "[operations]\nlisten = \"127.0.0.1:8443\"\nlog_level = \"chatty\"\n";
    assert_eq!(problems(parse(&text)), ["15 operations.listen", "16 operations.log_level"]);
}

#[test]
fn a_length_of_time_is_a_number_and_a_unit() {
    for (text, millis) in [("250ms", 250), ("30s", 30_000), ("2m", 120_000), ("1h", 3_600_000), ("30d", 2_592_000_000)]
    {
        let period: Period = text.parse().unwrap();
        assert_eq!(period.duration().as_millis(), millis);
        assert_eq!(period.to_string(), text);
    }
    for bad in ["", "30", "s", "-1s", "1.5s", "30 s", "30S", "99999999999999999999s", "18446744073709551615d"] {
        assert!(bad.parse::<Period>().is_err(), "{bad}");
    }
}
