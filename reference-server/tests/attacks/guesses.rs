//! Guesses that come to two processes at once.

use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Engine, Program, ProgramSettings};

use crate::BINARY;

/// Guesses until there is an answer; answers whether it was a KE2.
fn gets_an_answer(stranger: &Device) -> bool {
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

/// How many of a hundred guesses at two processes get an answer, with a random cookie each, or all with this one.
fn answers(processes: [&Program; 2], cookie: Option<[u8; 64]>) -> usize {
    std::thread::scope(|scope| {
        let guessing: Vec<_> = (0..100)
            .map(|n| {
                let process = processes[n % 2];
                let mut stranger = Device::over(process.client(), process.realm(), "ada", "a guess");
                stranger.cookie = cookie.unwrap_or(stranger.cookie);
                scope.spawn(move || gets_an_answer(&stranger))
            })
            .collect();
        guessing.into_iter().map(|one| one.join().unwrap()).filter(|answered| *answered).count()
    })
}

fn five_of_a_hundred_get_an_answer(engine: Engine) {
    let first = Program::start(BINARY, engine, &ProgramSettings::default());
    let second = first.beside(BINARY);
    let _owner = Device::over(first.client(), first.realm(), "ada", "correct horse").registered();
    assert_eq!(answers([&first, &second], None), 5);
}

fn eight_of_a_hundred_with_a_stolen_cookie_get_an_answer(engine: Engine) {
    let first = Program::start(BINARY, engine, &ProgramSettings::default());
    let second = first.beside(BINARY);
    let owner = Device::over(first.client(), first.realm(), "ada", "correct horse").registered();
    assert_eq!(answers([&first, &second], Some(owner.cookie)), 8);
    // Strangers have what they had.
    assert_eq!(answers([&first, &second], None), 5);
}

#[test]
fn of_a_hundred_guesses_at_two_processes_on_sqlite_five_get_an_answer() {
    five_of_a_hundred_get_an_answer(Engine::Sqlite);
}

#[test]
fn of_a_hundred_guesses_at_two_processes_on_postgres_five_get_an_answer() {
    five_of_a_hundred_get_an_answer(Engine::Postgres);
}

#[test]
fn of_a_hundred_guesses_with_a_stolen_cookie_at_two_processes_on_sqlite_eight_get_an_answer() {
    eight_of_a_hundred_with_a_stolen_cookie_get_an_answer(Engine::Sqlite);
}

#[test]
fn of_a_hundred_guesses_with_a_stolen_cookie_at_two_processes_on_postgres_eight_get_an_answer() {
    eight_of_a_hundred_with_a_stolen_cookie_get_an_answer(Engine::Postgres);
}
