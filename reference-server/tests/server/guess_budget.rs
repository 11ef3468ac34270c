//! How often a password can be guessed, through `POST /v1/session/start`.

use std::time::Duration;

use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Reply, Server, each_engine};

use crate::samples::{HOUR, PASSWORD};

/// Guesses until the budget ends it, and answers how often that went well.
fn guesses_until_refused(stranger: &Device) -> (usize, Reply) {
    for count in 0..200 {
        let reply = stranger.guess();
        if reply.status != 200 {
            reply.assert_refused(Problem::TooManyAttempts);
            return (count, reply);
        }
    }
    panic!("nobody ended the guessing");
}

fn wait(reply: &Reply) -> Duration {
    Duration::from_secs(reply.retry_after().expect("a refusal says how long to wait"))
}

#[test]
fn five_guesses_are_free_and_then_the_wait_doubles_from_30_seconds_to_15_minutes() {
    each_engine(|server| {
        let _owner = Device::register(server, "ada", PASSWORD);
        let stranger = Device::new(server, "ada", "a guess");
        let (free, mut refused) = guesses_until_refused(&stranger);
        assert_eq!(free, 5);
        for seconds in [30, 60, 120, 240, 480, 900, 900] {
            // Some time passes while the test runs.
            let said = refused.retry_after().unwrap();
            assert!((seconds - 3..=seconds).contains(&said), "{said} s instead of {seconds} s");
            server.advance(wait(&refused));
            let (one, next) = guesses_until_refused(&stranger);
            assert_eq!(one, 1);
            refused = next;
        }
    });
}

#[test]
fn guesses_that_were_refused_are_not_charged() {
    each_engine(|server| {
        let stranger = Device::new(server, "ada", "a guess");
        let (_, refused) = guesses_until_refused(&stranger);
        for _ in 0..10 {
            stranger.guess().assert_refused(Problem::TooManyAttempts);
        }
        server.advance(wait(&refused));
        let _ = stranger.guess().success();
    });
}

#[test]
fn a_name_takes_no_more_than_100_guesses_of_strangers_in_30_days() {
    each_engine(|server| {
        let stranger = Device::new(server, "ada", "a guess");
        let (mut guesses, mut elapsed) = (0, Duration::ZERO);
        while elapsed < 30 * 24 * HOUR {
            let (more, refused) = guesses_until_refused(&stranger);
            guesses += more;
            let pause = wait(&refused);
            server.advance(pause);
            elapsed += pause;
        }
        assert!((95..=100).contains(&guesses), "{guesses} guesses");
    });
}

#[test]
fn a_name_that_is_not_registered_is_charged_the_same() {
    each_engine(|server| {
        let _owner = Device::register(server, "ada", PASSWORD);
        let (known, unknown) = (Device::new(server, "ada", "a guess"), Device::new(server, "nobody", "a guess"));
        let (of_known, mut at_known) = guesses_until_refused(&known);
        let (of_unknown, mut at_unknown) = guesses_until_refused(&unknown);
        assert_eq!(of_known, of_unknown);
        for _ in 0..3 {
            let (known_wait, unknown_wait) = (wait(&at_known), wait(&at_unknown));
            assert!(known_wait.abs_diff(unknown_wait) <= Duration::from_secs(3));
            server.advance(known_wait.max(unknown_wait));
            at_known = guesses_until_refused(&known).1;
            at_unknown = guesses_until_refused(&unknown).1;
        }
    });
}

#[test]
fn a_right_password_takes_its_own_charge_back_and_no_other() {
    each_engine(|server| {
        let owner = Device::register(server, "ada", PASSWORD);
        let stranger = Device::new(server, "ada", "a guess");
        for _ in 0..4 {
            let _ = stranger.guess().success();
        }
        // A new device of the owner shares the strangers' budget.
        for _ in 0..3 {
            let _ = owner.another(server).login();
        }
        assert_eq!(guesses_until_refused(&stranger).0, 1);
    });
}

#[test]
fn a_device_that_has_logged_in_gets_in_while_a_stranger_guesses() {
    each_engine(|server| {
        let mut owner = Device::register(server, "ada", PASSWORD);
        let stranger = Device::new(server, "ada", "a guess");
        guesses_until_refused(&stranger);
        for _ in 0..3 {
            let _ = owner.login();
        }
        // The same person on a new phone has to wait with the strangers.
        owner.another(server).guess().assert_refused(Problem::TooManyAttempts);
        // And the owner's logins told the stranger nothing.
        stranger.guess().assert_refused(Problem::TooManyAttempts);
    });
}

#[test]
fn a_device_has_eight_guesses_of_its_own() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        device.use_password("a guess");
        assert_eq!(guesses_until_refused(&device).0, 8);
        // A stranger's are still all there.
        assert_eq!(guesses_until_refused(&Device::new(server, "ada", "a guess")).0, 5);
    });
}

#[test]
fn a_device_takes_no_more_than_25_guesses_in_30_days_although_its_owner_logs_in_between() {
    each_engine(|server| {
        let mut owner = Device::register(server, "ada", PASSWORD);
        let mut thief = Device::new(server, "ada", "a guess");
        thief.cookie = owner.cookie;
        let (mut guesses, mut elapsed) = (0, Duration::ZERO);
        while elapsed < 30 * 24 * HOUR && guesses <= 25 {
            let (more, refused) = guesses_until_refused(&thief);
            guesses += more;
            let pause = wait(&refused);
            server.advance(pause);
            elapsed += pause;
            // It forgives the failures in a row, and takes back its own charge alone.
            let _ = owner.login();
        }
        assert!((23..=25).contains(&guesses), "{guesses} guesses");
    });
}

#[test]
fn a_login_forgives_a_device_its_failures_up_to_twelve_at_once() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        for _ in 0..2 {
            for _ in 0..5 {
                let _ = device.guess().success();
            }
            let _ = device.login();
        }
        // What drains over 30 days is not forgiven.
        assert_eq!(guesses_until_refused(&device).0, 2);
    });
}

/// Ada, and cookies that were hers, are another's or are forged.
fn owner_and_cookies_that_are_no_good(server: &Server) -> (Device, Vec<[u8; 64]>) {
    let mut owner = Device::register(server, "ada", PASSWORD);
    let bob = Device::register(server, "bob", PASSWORD);
    let old = owner.cookie;
    crate::change_password::change(&mut owner, "new password");
    let _ = owner.login();
    let mut no_good = vec![old, bob.cookie, [0; 64]];
    for position in [0, 31, 32, 63] {
        let mut forged = owner.cookie;
        forged[position] ^= 1;
        no_good.push(forged);
    }
    (owner, no_good)
}

#[test]
fn a_cookie_that_is_forged_or_anothers_or_old_is_a_strangers() {
    each_engine(|server| {
        let (mut owner, no_good) = owner_and_cookies_that_are_no_good(server);
        guesses_until_refused(&Device::new(server, "ada", "a guess"));

        let good = owner.cookie;
        for cookie in no_good {
            owner.cookie = cookie;
            owner.guess().assert_refused(Problem::TooManyAttempts);
        }
        owner.cookie = good;
        let _ = owner.guess().success();
    });
}

#[test]
fn a_device_that_eight_others_have_replaced_is_a_stranger_again() {
    each_engine(|server| {
        let owner = Device::register(server, "ada", PASSWORD);
        for _ in 0..8 {
            let _ = owner.another(server).login();
        }
        guesses_until_refused(&Device::new(server, "ada", "a guess"));
        // Its cookie is still good, but the bucket that it stood for is not kept any more.
        owner.guess().assert_refused(Problem::TooManyAttempts);
    });
}

#[test]
fn a_restart_forgets_no_guess() {
    each_engine(|server| {
        let stranger = Device::new(server, "ada", "a guess");
        for _ in 0..3 {
            let _ = stranger.guess().success();
        }
        server.restart();
        assert_eq!(guesses_until_refused(&stranger).0, 2);
        server.restart();
        stranger.guess().assert_refused(Problem::TooManyAttempts);
    });
}

#[test]
fn a_registration_begins_the_budget_anew() {
    each_engine(|server| {
        guesses_until_refused(&Device::new(server, "ada", "a guess"));
        let _owner = Device::register(server, "ada", PASSWORD);
        assert_eq!(guesses_until_refused(&Device::new(server, "ada", "a guess")).0, 5);
    });
}

#[test]
fn an_operator_can_unlock_a_name() {
    each_engine(|server| {
        let _owner = Device::register(server, "ada", PASSWORD);
        let stranger = Device::new(server, "ada", "a guess");
        guesses_until_refused(&stranger);
        server.service().unlock("ADA").unwrap();
        assert_eq!(guesses_until_refused(&stranger).0, 5);
    });
}

/// Guesses in parallel with random cookies, and answers how many KE2 came back.
fn guesses_in_parallel(servers: &[&Server], guesses: usize) -> usize {
    guesses_with_cookies(servers, guesses, &[])
}

/// The same with these cookies in turn, where there are some.
fn guesses_with_cookies(servers: &[&Server], guesses: usize, cookies: &[[u8; 64]]) -> usize {
    let guess = |n: usize| {
        let mut stranger = Device::new(servers[n % servers.len()], "ada", "a guess");
        if !cookies.is_empty() {
            stranger.cookie = cookies[n % cookies.len()];
        }
        loop {
            match stranger.guess().problem() {
                // More came at once than there are connections to the database.
                Some(Problem::Busy) => {}
                problem => return usize::from(problem.is_none()),
            }
        }
    };
    std::thread::scope(|scope| {
        let guessing: Vec<_> = (0..guesses).map(|n| scope.spawn(move || guess(n))).collect();
        guessing.into_iter().map(|one| one.join().unwrap()).sum()
    })
}

#[test]
fn a_hundred_parallel_guesses_get_five_answers() {
    each_engine(|server| {
        let _owner = Device::register(server, "ada", PASSWORD);
        assert_eq!(guesses_in_parallel(&[server], 100), 5);
    });
}

#[test]
fn parallel_guesses_on_two_servers_of_one_database_get_five_answers() {
    each_engine(|server| {
        let second = Server::beside(server);
        assert_eq!(guesses_in_parallel(&[server, &second], 100), 5);
    });
}

#[test]
fn a_hundred_parallel_guesses_with_cookies_that_are_no_good_get_five_answers() {
    each_engine(|server| {
        let second = Server::beside(server);
        let (mut owner, no_good) = owner_and_cookies_that_are_no_good(server);
        assert_eq!(guesses_with_cookies(&[server, &second], 100, &no_good), 5);
        // None of them was charged to the owner's device.
        owner.use_password("a guess");
        assert_eq!(guesses_until_refused(&owner).0, 8);
    });
}
