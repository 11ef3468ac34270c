//! Guesses that come to two processes at once.

use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Engine, Program, ProgramSettings, RawClient};

use crate::BINARY;

/// Guesses until there is an answer; answers whether it was a KE2.
fn gets_an_answer(program: &Program, http: RawClient) -> bool {
    let stranger = Device::over(http, program.realm(), "ada", "a guess");
    loop {
        match stranger.guess().problem() {
            // More came at once than there are connections to the database.
            Some(Problem::Busy) => {}
            Some(problem) => {
                assert_eq!(problem, Problem::TooManyAttempts);
                return false;
            }
            None => return true,
        }
    }
}

fn five_of_a_hundred_get_an_answer(engine: Engine) {
    let first = Program::start(BINARY, engine, &ProgramSettings::default());
    let second = first.beside(BINARY);
    let _owner = Device::over(first.client(), first.realm(), "ada", "correct horse").registered();
    let answered = std::thread::scope(|scope| {
        let (first, second) = (&first, &second);
        let guessing: Vec<_> = (0..100)
            .map(|n| {
                let http = if n % 2 == 0 { first.client() } else { second.client() };
                scope.spawn(move || gets_an_answer(first, http))
            })
            .collect();
        guessing.into_iter().map(|one| one.join().unwrap()).filter(|answered| *answered).count()
    });
    assert_eq!(answered, 5);
}

#[test]
fn of_a_hundred_guesses_at_two_processes_on_sqlite_five_get_an_answer() {
    five_of_a_hundred_get_an_answer(Engine::Sqlite);
}

#[test]
fn of_a_hundred_guesses_at_two_processes_on_postgres_five_get_an_answer() {
    five_of_a_hundred_get_an_answer(Engine::Postgres);
}
