//! The documents against the sources: what they name must be there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the crate lies in the repository")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below a directory whose name ends so, without what builds leave behind.
fn files_below(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("the directory can be read") {
        let path = entry.expect("its entries can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}

/// The project's prose, without what other projects left in it.
fn documents() -> Vec<PathBuf> {
    files_below(&root(), "md")
}

/// The names of all tests: each `fn` that follows a `#[test]`.
fn tests() -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for path in files_below(&root(), "rs") {
        let text = read(&path);
        for after in text.split("#[test]").skip(1) {
            let name = after.split_once("fn ").map_or("", |(_, rest)| rest);
            let end = name.find(|character: char| !is_of_a_name(character)).unwrap_or(name.len());
            tests.insert(name[..end].to_owned());
        }
    }
    tests
}

fn is_of_a_name(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
}

/// What stands in backticks, outside blocks of code.
fn quoted(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2)).collect()
}

/// Four lower-case words or more, joined by underscores: in these documents that is the name of a test.
fn is_a_tests_name(word: &str) -> bool {
    word.chars().all(is_of_a_name) && word.split('_').count() >= 4
}

#[test]
fn every_test_that_a_document_names_exists() {
    let tests = tests();
    let docs = root().join("docs");
    for document in ["conformance.md", "threat-model.md", "architecture.md"] {
        for name in quoted(&read(&docs.join(document))).into_iter().filter(|word| is_a_tests_name(word)) {
            assert!(tests.contains(name), "{document} names the test {name}, which does not exist");
        }
    }
}

#[test]
fn every_sentence_of_the_specification_has_a_place_and_a_test() {
    let text = read(&root().join("docs/conformance.md"));
    let (quoting, _) = text.split_once("\n## 4.").expect("the quotations end with section 3");
    // Of a quotation of several lines, only the last one is followed by an empty line.
    let ends: Vec<_> = quoting.split("\n> ").skip(1).filter_map(|line| line.split_once("\n\n")).collect();
    assert!(ends.len() >= 20, "only {} sentences are quoted", ends.len());
    for (sentence, rest) in ends {
        let place = rest.split_once("Where: ").map(|(_, place)| place);
        let (place, named) = place.and_then(|place| place.split_once("\n\nTests: ")).unwrap_or_default();
        assert!(place.contains('`'), "no place is named for: {sentence}");
        assert!(quoted(named).into_iter().any(is_a_tests_name), "no test is named for: {sentence}");
    }
}

#[test]
fn every_metric_that_operators_are_told_to_watch_exists() {
    let metrics = read(&root().join("reference-server/src/telemetry/metrics.rs"));
    let text = read(&root().join("docs/operating.md"));
    let watched: BTreeSet<_> = quoted(&text).into_iter().filter_map(|word| word.strip_prefix("lock_keeper_")).collect();
    assert!(!watched.is_empty());
    for name in watched {
        // The text format adds the ending to every counter.
        let registered = format!("\"{}\"", name.strip_suffix("_total").unwrap_or(name));
        assert!(metrics.contains(&registered), "operating.md names the metric lock_keeper_{name}, which there is not");
    }
}

#[test]
fn every_file_that_a_document_names_is_there() {
    let rooms = ["protocol/", "sdk-core/", "reference-server/", "demo-apps/", "docs/"];
    for document in documents() {
        for word in quoted(&read(&document)) {
            let is_path = rooms.iter().any(|room| word.starts_with(room))
                && !word.contains(|character: char| character.is_whitespace() || "*{<".contains(character));
            assert!(!is_path || root().join(word).exists(), "{} names {word}, which is not there", document.display());
        }
    }
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    for document in documents() {
        let text = read(&document);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            let path = target.split('#').next().unwrap_or_default();
            let outside = target.contains("://") || target.starts_with("mailto:") || path.is_empty();
            let there = outside || document.parent().is_some_and(|beside| beside.join(path).exists());
            assert!(there, "{} links to {target}, which is not there", document.display());
        }
    }
}

#[test]
fn the_readme_shows_the_examples_as_they_are_compiled() {
    let readme = read(&root().join("README.md"));
    for example in ["sdk-core/examples/readme.rs", "reference-server/examples/mount.rs"] {
        let text = read(&root().join(example));
        let shown =
            text.split_once("// README begins here\n").and_then(|(_, rest)| rest.split_once("// README ends here"));
        let (shown, _) = shown.unwrap_or_else(|| panic!("{example} marks what the README shows"));
        assert!(readme.contains(&format!("```rust\n{}\n```", shown.trim_end())), "README.md does not show {example}");
    }
}
