//! The normative text names everything that the code has: whoever builds from the text alone misses nothing.

use lock_keeper_protocol::message::{self, path};
use lock_keeper_protocol::{limits, opaque, problem};

fn document() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/protocol.md");
    std::fs::read_to_string(file).unwrap()
}

/// The cells of the table row that begins with `name` in backticks, after that cell.
fn row<'a>(document: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let line = document.lines().find(|line| line.starts_with(&format!("| `{name}` |")))?;
    Some(line.split('|').skip(2).map(str::trim).collect())
}

#[test]
fn every_problem_has_a_row_with_its_status() {
    let document = document();
    for problem in problem::ALL {
        let cells = row(&document, problem.code()).unwrap_or_else(|| panic!("{} has no row", problem.code()));
        let status = if problem.status() == 0 { "inside".to_owned() } else { problem.status().to_string() };
        assert_eq!(cells[0], status, "{}", problem.code());
        assert!(!cells[1].is_empty() && !cells[2].is_empty(), "{} has a meaning and an advice", problem.code());
    }
}

/// Every `pub const NAME: type =` of `limits.rs`, so that a new limit can't be forgotten here.
#[test]
fn every_limit_has_a_row_with_its_value() {
    let values: Vec<(&str, u64)> = vec![
        ("PROTOCOL_VERSION", limits::PROTOCOL_VERSION.into()),
        ("FRAME", limits::FRAME as u64),
        ("BODY", limits::BODY as u64),
        ("ACCOUNT_NAME", limits::ACCOUNT_NAME as u64),
        ("REALM", limits::REALM as u64),
        ("PASSWORD", limits::PASSWORD as u64),
        ("SECRET", limits::SECRET as u64),
        ("EXPORTABLE_SECRET", limits::EXPORTABLE_SECRET as u64),
        ("LABEL", limits::LABEL as u64),
        ("SEALING_OVERHEAD", limits::SEALING_OVERHEAD as u64),
        ("SEALED_SECRET", limits::SEALED_SECRET as u64),
        ("SEALED_LABEL", limits::SEALED_LABEL as u64),
        ("SEALED_STORAGE_KEY", limits::SEALED_STORAGE_KEY as u64),
        ("DEVICE_COOKIE", limits::DEVICE_COOKIE as u64),
        ("REGISTRATION_ID", limits::REGISTRATION_ID as u64),
        ("TICKET", limits::TICKET as u64),
        ("WELCOME_LEAVES", limits::WELCOME_LEAVES as u64),
        ("LINKS", limits::LINKS as u64),
        ("LIST_PAGE", limits::LIST_PAGE as u64),
        ("AUDIT_PAGE", limits::AUDIT_PAGE as u64),
        ("CONTINUATIONS", limits::CONTINUATIONS.into()),
        ("LOGIN_LIFETIME", limits::LOGIN_LIFETIME.into()),
        ("REGISTRATION_ID_LIFETIME", limits::REGISTRATION_ID_LIFETIME.into()),
        ("PENDING_LIFETIME", limits::PENDING_LIFETIME.into()),
        ("FINISH_AGAIN", limits::FINISH_AGAIN.into()),
        ("SESSION_LIFETIME", limits::SESSION_LIFETIME.into()),
    ];
    let source = include_str!("../src/limits.rs");
    let declared: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(values.iter().map(|(name, _)| *name).collect::<Vec<_>>(), declared);

    let document = document();
    for (name, value) in values {
        let cells = row(&document, name).unwrap_or_else(|| panic!("{name} has no row"));
        assert_eq!(cells[0], value.to_string(), "{name}");
    }
}

/// Every string literal of the sources that is a label: it is hashed, or is associated data.
#[test]
fn every_label_stands_in_the_text() {
    let document = document();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut found = 0;
    for directory in ["protocol/src", "sdk-core/src/vault", "sdk-core/src/device.rs", "reference-server/src/service"] {
        for file in sources(&format!("{root}/{directory}")) {
            for label in labels(&std::fs::read_to_string(&file).unwrap()) {
                assert!(document.contains(&label), "{label:?} of {} is missing", file.display());
                found += 1;
            }
        }
    }
    assert!(found >= 16, "only {found} labels were found");
    for label in ["client encryption", "client MAC", "server encryption", "server MAC"] {
        assert!(document.contains(&format!("\"{label}\"")), "{label}");
    }
}

fn sources(path: &str) -> Vec<std::path::PathBuf> {
    let path = std::path::PathBuf::from(path);
    if path.is_file() {
        return vec![path];
    }
    let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|entry| sources(entry.to_str().unwrap())).filter(|file| file.extension().is_some()).collect()
}

fn labels(source: &str) -> Vec<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let literals = code.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    literals.filter(|text| text.contains("Lock Keeper")).collect()
}

#[test]
fn every_path_media_type_and_size_of_opaque_stands_in_the_text() {
    let document = document();
    for text in [
        path::REGISTRATION_START,
        path::REGISTRATION_FINISH,
        path::SESSION_START,
        path::SESSION_FINISH,
        path::SESSION_MESSAGE,
        path::SERVER,
        message::CBOR,
        message::FRAME,
        message::PROBLEM,
    ] {
        assert!(document.contains(&format!("`{text}`")), "{text}");
    }
    for (name, size) in [
        ("registration request", opaque::REGISTRATION_REQUEST),
        ("registration response", opaque::REGISTRATION_RESPONSE),
        ("registration record (the upload)", opaque::RECORD),
        ("KE1", opaque::KE1),
        ("KE2", opaque::KE2),
        ("KE3", opaque::KE3),
    ] {
        assert!(document.contains(&format!("| {name} | {size} |")), "{name}");
    }
}

/// What the code's documentation refers to is there.
#[test]
fn every_section_that_the_sources_name_exists() {
    let document = document();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for directory in ["protocol/src", "sdk-core/src", "reference-server/src"] {
        for file in sources(&format!("{root}/{directory}")) {
            let source = std::fs::read_to_string(&file).unwrap();
            for (_, rest) in source
                .match_indices("docs/protocol.md`, section ")
                .map(|(at, found)| source[at..].split_at(found.len()))
            {
                let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                let number = number.trim_end_matches('.');
                let heading = |line: &str| {
                    let line = line.trim_start_matches('#').trim_start();
                    line.starts_with(&format!("{number} ")) || line.starts_with(&format!("{number}. "))
                };
                let exists = document.lines().any(|line| line.starts_with('#') && heading(line));
                assert!(exists, "section {number}, named in {}", file.display());
            }
        }
    }
}
