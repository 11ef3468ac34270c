//! What the budget promises, said without its arithmetic: by counting answers.

use lock_keeper_server::store::{BucketLimits, Budget};

use super::{Attempt, Bucket, LOGIN_LIFETIME, World};

/// Every stretch of answers of a bucket, oldest first, from each one to each later one.
fn stretches(answers: &[Attempt]) -> impl Iterator<Item = &[Attempt]> {
    let count = answers.len();
    (0..count).flat_map(move |from| (from + 1..=count).map(move |to| &answers[from..to]))
}

fn answers(world: &World, bucket: Bucket) -> Vec<Attempt> {
    let mut answers: Vec<Attempt> = world.answered.iter().filter(|answer| answer.bucket == bucket).copied().collect();
    answers.sort_by_key(|answer| (answer.at, answer.logins));
    answers
}

fn length(stretch: &[Attempt]) -> i64 {
    stretch[stretch.len() - 1].at - stretch[0].at
}

/// Those beyond the free ones, and those that were forgotten meanwhile, each came after a wait.
pub(super) fn answers_in_a_row(world: &World) -> bool {
    [Bucket::Strangers, Bucket::Device].into_iter().all(|bucket| {
        let (limits, lent) = (bucket.limits(), lent(world, bucket));
        stretches(&answers(world, bucket)).all(|stretch| {
            let forgotten = if limits.short_decay > 0 { (length(stretch) + lent) / limits.short_decay } else { 0 };
            let free = limits.free + forgotten;
            let [.., before, last] = stretch else { return true };
            // A device's failures are forgotten with each of its logins.
            let forgiven = bucket == Bucket::Device && stretch[0].logins != last.logins;
            forgiven || stretch.len() as i64 <= free || last.at - before.at >= limits.first_wait
        })
    })
}

/// What the level holds, and what drains in the time.
pub(super) fn answers_in_any_window(world: &World) -> bool {
    [Bucket::Strangers, Bucket::Device].into_iter().all(|bucket| {
        let (limits, lent) = (bucket.limits(), lent(world, bucket));
        stretches(&answers(world, bucket))
            .all(|stretch| (stretch.len() as i64 - limits.burst) * limits.drain <= length(stretch) + lent)
    })
}

/// What good logins have lent to the others of their bucket: the whole charge is taken back, although it has drained for as long as
/// the login took. With the product's numbers that is a minute of an hour for each login, and nobody but the owner logs in.
fn lent(world: &World, bucket: Bucket) -> i64 {
    i64::from(world.logins[bucket as usize]) * LOGIN_LIFETIME
}

/// Whether a device that is refused has itself (or who stole its cookie) to thank for it.
pub(super) fn device_has_spent_its_own(world: &World) -> bool {
    let limits = Bucket::Device.limits();
    let since_the_last_login =
        world.charged_to(Bucket::Device).filter(|attempt| attempt.logins == world.logins[Bucket::Device as usize]);
    since_the_last_login.count() as i64 >= limits.free
        || world.charged_to(Bucket::Device).count() as i64 >= limits.burst
}

/// Whoever waits as long as they are told is let in, if nobody else came; a moment before they are not.
pub(super) fn wait_is_true(budget: &Budget, limits: &BucketLimits, clock: i64) -> bool {
    let wait = budget.wait(limits, clock);
    let longest = limits.longest_wait.max(limits.drain);
    wait <= longest && budget.wait(limits, clock + wait) == 0 && budget.wait(limits, clock + wait - 1) > 0
}

/// So many are charged that only draining helps.
pub(super) fn level_is_full(world: &World) -> bool {
    world.charged_to(Bucket::Strangers).count() as i64 >= Bucket::Strangers.limits().burst
}
