//! Each target on its corpus, on what is made of the corpus by small changes, and on random bytes: seconds in `make test`.
//! `UPDATE_CORPUS=1` writes the targets' seeds into the corpus.

use std::fs;
use std::path::PathBuf;

use lock_keeper_fuzz::{TARGETS, Target, target};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

fn folder(target: &Target) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name)
}

/// The inputs of a target's corpus, in the order of their names.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder(target)).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// A small change of an input.
#[derive(Clone, Debug)]
enum Edit {
    Set(Index, u8),
    Insert(Index, u8),
    Cut(Index),
    LeaveOut(Index, Index),
    Double(Index, Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => any::<(Index, u8)>().prop_map(|(place, byte)| Edit::Set(place, byte)),
        2 => any::<(Index, u8)>().prop_map(|(place, byte)| Edit::Insert(place, byte)),
        1 => any::<Index>().prop_map(Edit::Cut),
        1 => any::<(Index, Index)>().prop_map(|(from, to)| Edit::LeaveOut(from, to)),
        1 => any::<(Index, Index)>().prop_map(|(from, to)| Edit::Double(from, to)),
    ]
}

impl Edit {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let end = bytes.len() + 1;
        let piece = |from: &Index, to: &Index| {
            let (from, to) = (from.index(end), to.index(end));
            from.min(to)..from.max(to)
        };
        match self {
            Self::Set(place, byte) => {
                if let Some(place) = bytes.get_mut(place.index(end)) {
                    *place = *byte;
                }
            }
            Self::Insert(place, byte) => bytes.insert(place.index(end), *byte),
            Self::Cut(place) => bytes.truncate(place.index(end)),
            Self::LeaveOut(from, to) => drop(bytes.drain(piece(from, to))),
            Self::Double(from, to) => {
                let piece = piece(from, to);
                let doubled = bytes[piece.clone()].to_vec();
                bytes.splice(piece.start..piece.start, doubled);
            }
        }
    }
}

fn inputs(corpus: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changed = (prop::sample::select(corpus), prop::collection::vec(edit(), 1..4)).prop_map(|(mut bytes, edits)| {
        edits.iter().for_each(|edit| edit.apply(&mut bytes));
        bytes
    });
    prop_oneof![3 => changed, 1 => prop::collection::vec(any::<u8>(), 0..512)]
}

/// Gives a target its corpus, and then what proptest makes of it.
fn give(name: &str) {
    let target = target(name).unwrap();
    let corpus = corpus(target);
    corpus.iter().for_each(|bytes| (target.run)(bytes));
    // What fails is printed; it belongs into the corpus.
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let given = TestRunner::new(config).run(&inputs(corpus), |bytes| {
        (target.run)(&bytes);
        Ok(())
    });
    given.unwrap_or_else(|failure| panic!("{name}: {failure}"));
}

#[test]
fn each_corpus_holds_its_targets_seeds_and_is_small() {
    for target in &TARGETS {
        let folder = folder(target);
        if std::env::var_os("UPDATE_CORPUS").is_some() {
            fs::create_dir_all(&folder).unwrap();
            for (n, seed) in (target.seeds)().iter().enumerate() {
                fs::write(folder.join(format!("seed-{n:02}")), seed).unwrap();
            }
        }
        let corpus = corpus(target);
        for (n, seed) in (target.seeds)().iter().enumerate() {
            assert!(corpus.contains(seed), "{}: seed {n} is not in the corpus; UPDATE_CORPUS=1 writes it", target.name);
        }
        let bytes: usize = corpus.iter().map(Vec::len).sum();
        assert!(bytes <= 16_384, "{}: {bytes} bytes", target.name);
    }
}

#[test]
fn a_message_is_refused_or_read_whole() {
    give("messages");
}

#[test]
fn a_server_opens_the_clients_frames_and_no_others() {
    give("client_frames");
}

#[test]
fn a_client_opens_the_answer_to_its_frame_and_no_other() {
    give("server_frames");
}

#[test]
fn what_a_server_reads_of_opaque_is_refused_or_good() {
    give("opaque_server");
}

#[test]
fn what_a_client_reads_of_opaque_is_refused_or_good() {
    give("opaque_client");
}

#[test]
fn a_page_of_the_log_holds_no_operation_that_nobody_asked_for() {
    give("audit_pages");
}

#[test]
fn a_prepared_name_stays_as_it_is() {
    give("names");
}

#[test]
fn a_sealed_secret_opens_as_it_was_sealed_or_not_at_all() {
    give("sealed_secrets");
}

#[test]
fn a_sealed_storage_key_opens_as_it_was_sealed_or_not_at_all() {
    give("sealed_storage_keys");
}

#[test]
fn an_exported_secret_is_read_to_its_last_byte() {
    give("exported_secrets");
}

#[test]
fn a_connect_file_is_refused_or_names_a_server_by_https() {
    give("connect_files");
}

#[test]
fn a_device_record_is_corrupt_or_its_cookie_goes_out_and_it_is_never_overwritten() {
    give("device_records");
}

#[test]
fn a_problem_document_ends_a_call_with_an_error() {
    give("problem_documents");
}

#[test]
fn a_configuration_is_taken_or_refused_with_lines_that_are_there() {
    give("configurations");
}

#[test]
fn a_registration_id_that_was_changed_is_refused() {
    give("registration_ids");
}

#[test]
fn a_login_id_that_was_changed_leads_nowhere() {
    give("login_ids");
}

#[test]
fn a_device_cookie_that_was_changed_is_a_strangers() {
    give("device_cookies");
}

#[test]
fn a_device_unlock_is_refused_or_read_whole() {
    give("device_unlocks");
}

#[test]
fn a_value_at_rest_opens_as_it_was_sealed_or_not_at_all() {
    give("values_at_rest");
}

#[test]
fn a_key_file_is_refused_or_holds_a_key() {
    give("key_files");
}
