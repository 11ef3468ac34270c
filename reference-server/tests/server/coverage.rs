//! Every route and every operation has tests of its own, by name.
//!
//! A new route, operation or continuation makes this test fail until it has a row here. What has no test is on a list
//! that may only become shorter.

use std::path::Path;

/// What is open to whoever can send bytes, and the tests of it: sent again; the same for every name; malformed or out of
/// place; in the audit log.
struct Defence {
    what: &'static str,
    again: &'static [&'static str],
    same: &'static [&'static str],
    bad: &'static [&'static str],
    logged: &'static [&'static str],
}

const DEFENCES: &[Defence] = &[
    Defence {
        what: "/v1/registration/start",
        again: &["two_starts_for_one_name_give_unrelated_answers"],
        same: &[],
        bad: &["a_malformed_registration_start_is_refused", "names_of_every_bad_form_are_refused"],
        logged: &["guesses_from_before_the_registration_are_not_in_the_log"],
    },
    Defence {
        what: "/v1/registration/finish",
        again: &["the_same_body_within_a_minute_gets_the_same_answer_and_later_does_not"],
        same: &[],
        bad: &["a_malformed_registration_finish_is_refused", "a_forged_registration_id_is_refused"],
        logged: &[],
    },
    Defence {
        what: "/v1/session/start",
        again: &["each_start_gets_a_login_of_its_own"],
        same: &[
            "a_name_that_is_registered_and_one_that_is_not_get_the_same_answers",
            "the_same_ke1_gets_the_same_evaluation_for_either_name",
            "a_name_that_is_not_registered_is_charged_the_same",
            "a_refusal_of_the_budget_is_the_same",
        ],
        bad: &["a_malformed_session_start_is_refused_and_not_charged"],
        logged: &["guesses_and_refusals_of_strangers_are_in_the_log_after_the_next_login"],
    },
    Defence {
        what: "/v1/session/finish",
        again: &[
            "the_same_body_twice_in_a_row_gets_the_same_bytes_and_logs_in_once",
            "the_same_body_in_parallel_gets_the_same_bytes",
        ],
        same: &[
            "a_name_that_is_registered_and_one_that_is_not_get_the_same_answers",
            "a_login_id_of_either_name_finds_nothing_but_its_own_login",
        ],
        bad: &["a_malformed_session_finish_is_refused_and_uses_nothing_up", "forged_login_ids_are_refused"],
        logged: &["everything_that_the_owner_did_is_in_the_log_and_verifies"],
    },
    Defence {
        what: "/v1/session/message",
        again: &[
            "a_frame_that_is_sent_again_gets_the_same_bytes_and_acts_once",
            "a_frame_that_is_sent_in_parallel_acts_once",
        ],
        same: &["a_frame_for_a_session_of_either_name_is_refused_the_same"],
        bad: &[
            "a_frame_that_was_changed_cut_or_extended_is_refused_and_the_session_goes_on",
            "a_malformed_message_is_declined_inside_the_channel_and_its_number_stays_free",
        ],
        logged: &["everything_that_the_owner_did_is_in_the_log_and_verifies"],
    },
    Defence {
        what: "/v1/server",
        again: &["its_key_is_the_same_after_a_restart_and_on_each_server_of_one_database"],
        same: &[],
        bad: &["another_method_finds_nothing"],
        logged: &[],
    },
    Defence {
        what: "Operation::CompleteRegistration",
        again: &["a_completion_that_is_sent_again_gets_the_same_answer"],
        same: &[],
        bad: &["a_storage_key_of_another_size_completes_nothing", "a_registration_is_completed_once"],
        logged: &["a_completion_that_is_sent_again_gets_the_same_answer"],
    },
    Defence {
        what: "Operation::Store",
        again: &["a_frame_that_is_sent_again_gets_the_same_bytes_and_acts_once"],
        same: &[],
        bad: &["a_secret_or_a_label_of_an_impossible_size_is_refused"],
        logged: &["everything_that_the_owner_did_is_in_the_log_and_verifies"],
    },
    Defence {
        what: "Operation::Retrieve",
        again: &["a_retrieval_that_is_sent_again_is_logged_once"],
        same: &[],
        bad: &["an_unknown_purpose_is_malformed", "nobody_retrieves_anothers_secret"],
        logged: &["the_purpose_goes_into_the_log"],
    },
    Defence {
        what: "Operation::List",
        again: &["a_page_that_is_sent_again_is_the_same_page"],
        same: &[],
        bad: &["a_page_of_an_impossible_size_is_refused"],
        logged: &["everything_that_the_owner_did_is_in_the_log_and_verifies"],
    },
    Defence {
        what: "Operation::Audit",
        again: &["a_page_of_the_log_that_is_sent_again_is_the_same_page"],
        same: &[],
        bad: &["a_page_of_the_log_from_a_place_that_is_not_there_is_refused"],
        logged: &["the_log_shows_itself_being_read"],
    },
    Defence {
        what: "Operation::Delete",
        again: &["a_delete_that_is_sent_again_gets_the_same_answer"],
        same: &[],
        bad: &["what_is_not_there_is_not_deleted_and_the_log_says_that_it_was_tried"],
        logged: &["what_is_not_there_is_not_deleted_and_the_log_says_that_it_was_tried"],
    },
    Defence {
        what: "Operation::BeginPasswordChange",
        again: &["a_begin_that_is_sent_again_gets_the_same_response"],
        same: &[],
        bad: &["a_bad_password_change_is_refused_and_changes_nothing"],
        logged: &["a_password_change_is_in_the_log_as_begun_and_as_done"],
    },
    Defence {
        what: "Operation::DeleteAccount",
        again: &["the_closing_answer_can_be_fetched_for_15_minutes"],
        same: &[],
        bad: &["an_account_is_not_deleted_beside_ke3"],
        logged: &[],
    },
    Defence {
        what: "Continuation::List",
        again: &["a_page_that_is_sent_again_is_the_same_page"],
        same: &[],
        bad: &[
            "a_page_of_an_impossible_size_is_refused",
            "a_continuation_goes_on_with_the_operation_that_is_open_and_no_other",
        ],
        logged: &[],
    },
    Defence {
        what: "Continuation::Audit",
        again: &["a_page_of_the_log_that_is_sent_again_is_the_same_page"],
        same: &[],
        bad: &["a_page_of_the_log_from_a_place_that_is_not_there_is_refused"],
        logged: &[],
    },
    Defence {
        what: "Continuation::CommitPasswordChange",
        again: &["a_commit_that_is_sent_again_gets_the_same_answer_and_changes_nothing_more"],
        same: &[],
        bad: &["a_commit_without_its_begin_is_refused", "a_commit_for_another_generation_is_refused"],
        logged: &["a_password_change_is_in_the_log_as_begun_and_as_done"],
    },
    Defence {
        what: "Continuation::Links",
        again: &["links_that_are_not_there_are_refused"],
        same: &[],
        bad: &["links_that_are_not_there_are_refused"],
        logged: &[],
    },
];

/// What is mounted and has no row: where it stands, and why.
const OUTSIDE: &[(&str, &str)] = &[
    ("/v1/{rest:.*}", "turns away: `paths_that_are_not_there_and_other_versions_are_told_apart`"),
    ("/v{version:[0-9]+}/{rest:.*}", "turns away: `paths_that_are_not_there_and_other_versions_are_told_apart`"),
    ("/health/live", "on the operator's socket, takes nothing: `health_and_metrics_are_not_where_clients_are`"),
    ("/health/ready", "on the operator's socket, takes nothing: `health_and_metrics_are_not_where_clients_are`"),
    ("/metrics", "on the operator's socket, takes nothing: `health_and_metrics_are_not_where_clients_are`"),
];

/// What has no test of a kind, and why. This list may only become shorter: its length is [`MOST_EXCUSED`].
const EXCUSED: &[(&str, Kind, &str)] = &[
    ("/v1/registration/start", Kind::Same, "whoever may register learns that a name is taken (RFC 9807, section 10.9)"),
    ("/v1/registration/finish", Kind::Same, "the same"),
    ("/v1/server", Kind::Same, "it says nothing of an account"),
    ("/v1/registration/finish", Kind::Logged, "a registration begins the log"),
    ("/v1/server", Kind::Logged, "it says nothing of an account"),
    ("Operation::DeleteAccount", Kind::Logged, "no log is left"),
    ("Continuation::List", Kind::Logged, "a page belongs to the operation that is in the log"),
    ("Continuation::Audit", Kind::Logged, "the same"),
    ("Continuation::Links", Kind::Logged, "the same"),
];
/// Whoever makes it greater takes a test away.
const MOST_EXCUSED: usize = 9;

/// A kind of test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Again,
    Same,
    Bad,
    Logged,
}

impl Defence {
    fn tests(&self, kind: Kind) -> &'static [&'static str] {
        match kind {
            Kind::Again => self.again,
            Kind::Same => self.same,
            Kind::Bad => self.bad,
            Kind::Logged => self.logged,
        }
    }

    /// The kinds that it needs. After a login there is no other name to be told from.
    fn needs(&self) -> &'static [Kind] {
        if self.what.starts_with("/v1/") {
            &[Kind::Again, Kind::Same, Kind::Bad, Kind::Logged]
        } else {
            &[Kind::Again, Kind::Bad, Kind::Logged]
        }
    }
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The variants of an enum, from its source.
fn variants(source: &str, name: &str) -> Vec<String> {
    let (_, body) = source.split_once(&format!("pub enum {name} {{\n")).expect("the enum is there");
    let (body, _) = body.split_once("\n}\n").expect("the enum ends");
    let variant = |line: &str| {
        let word = line.strip_prefix("    ")?.split([' ', ',', '(', '{']).next()?;
        word.starts_with(|first: char| first.is_ascii_uppercase()).then(|| format!("{name}::{word}"))
    };
    body.lines().filter_map(variant).collect()
}

/// The routes that the server mounts, from its own sources, in which each stands beside its handler.
///
/// # Panics
/// Where a route is mounted in a way that this does not know.
fn mounted() -> Vec<String> {
    const METHODS: [&str; 6] = ["get()", "post()", "put()", "patch()", "delete()", "route()"];
    let constants = read("../protocol/src/message.rs");
    let of_constant = |name: &str| {
        let (_, value) = constants.split_once(&format!("pub const {name}: &str = \"")).expect("the constant is there");
        value.split_once('"').expect("the text ends").0.to_owned()
    };
    let literal = |text: &str| text.split('"').nth(1).expect("the text ends").to_owned();
    let mut routes = Vec::new();
    for source in sources("src") {
        for other in ["scope(", "#[get(", "#[post(", "#[put(", "#[patch(", "#[delete(", "#[route(", "Resource::new("] {
            assert!(!source.contains(other), "{other} mounts a route that this test does not see");
        }
        // A path and the method that it is for, wherever they stand.
        let pieces: Vec<&str> = source.split(", web::").collect();
        for (before, after) in pieces.iter().zip(&pieces[1..]) {
            let path = before.rsplit('(').next().expect("there is a part");
            if METHODS.iter().any(|method| after.starts_with(method)) {
                routes.push(path.strip_prefix("path::").map_or_else(|| literal(path), of_constant));
            }
        }
        for after in source.split("web::resource(").skip(1) {
            match after.strip_prefix("path)") {
                Some(of_a_pair) => assert!(of_a_pair.starts_with(".route(route)"), "{of_a_pair:.40}"),
                None => routes.push(literal(after)),
            }
        }
    }
    routes
}

/// All sources below a directory of this crate.
fn sources(directory: &str) -> Vec<String> {
    let mut found = Vec::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    for entry in std::fs::read_dir(path).expect("it is a directory") {
        let entry = entry.expect("it can be read");
        let path = format!("{directory}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(sources(&path));
        } else {
            found.push(read(&path));
        }
    }
    found
}

/// All that is open, from the sources of the protocol.
fn open() -> Vec<String> {
    let messages = read("../protocol/src/message.rs");
    let routes = messages.split('"').filter(|text| text.starts_with("/v1/")).map(str::to_owned);
    let operations = read("../protocol/src/message/operation.rs");
    routes.chain(variants(&operations, "Operation")).chain(variants(&operations, "Continuation")).collect()
}

/// The tests of this binary and of those with a process, from their sources.
fn tests() -> Vec<String> {
    let mut names = Vec::new();
    for source in sources("tests/server").into_iter().chain(sources("tests/attacks")) {
        let named = source.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split_once('('));
        names.extend(named.map(|(name, _)| name.to_owned()));
    }
    names
}

#[test]
fn every_route_and_every_operation_has_a_row() {
    let open = open();
    assert_eq!(open.len(), 6 + 8 + 4, "{open:?}");
    let rows: Vec<&str> = DEFENCES.iter().map(|defence| defence.what).collect();
    assert_eq!(rows, open);
}

#[test]
fn every_route_that_the_server_mounts_has_a_row_or_is_named_as_outside() {
    let mut mounted = mounted();
    let rows = DEFENCES.iter().map(|defence| defence.what).filter(|what| what.starts_with('/'));
    let mut known: Vec<&str> = rows.chain(OUTSIDE.iter().map(|(route, _)| *route)).collect();
    mounted.sort();
    known.sort_unstable();
    assert_eq!(mounted, known);
}

#[test]
fn every_test_that_a_row_names_is_there() {
    let tests = tests();
    for (route, why) in OUTSIDE {
        let named = why.split('`').nth(1).expect("it names a test");
        assert!(tests.iter().any(|test| test == named), "{route} names {named}");
    }
    for defence in DEFENCES {
        for name in defence.needs().iter().flat_map(|kind| defence.tests(*kind)) {
            assert!(tests.iter().any(|test| test == name), "{} names {name}", defence.what);
        }
    }
}

#[test]
fn what_is_open_has_a_test_of_every_kind_that_it_needs() {
    for defence in DEFENCES {
        for kind in defence.needs() {
            let excused = EXCUSED.iter().any(|(what, of, _)| *what == defence.what && of == kind);
            assert_eq!(defence.tests(*kind).is_empty(), excused, "{}: {kind:?}", defence.what);
        }
    }
}

#[test]
fn the_list_of_what_has_no_test_does_not_grow() {
    assert!(EXCUSED.len() <= MOST_EXCUSED, "{} are excused", EXCUSED.len());
    for (what, kind, _) in EXCUSED {
        let needed = DEFENCES.iter().any(|defence| defence.what == *what && defence.needs().contains(kind));
        assert!(needed, "{what} needs no excuse for {kind:?}");
    }
}
