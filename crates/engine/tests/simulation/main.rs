//! A team under faults: desks with real profiles, the real server on real databases, and everything between them that can
//! go wrong, drawn from one number.
//!
//! A seed gives a [`plan::Plan`]: edits, fields, choices, and cut, repeated, reordered, damaged or late frames, killed desks
//! and servers, clocks that jump, partitions, backups and restores. [`sim::Sim`] plays it; then everything is connected and
//! left alone, and [`agreement`] asks whether all is well. The same seed is the same plan on every machine; threads and
//! databases are real, so what happens at the same moment may fall otherwise in another run.
//!
//! - `KONTOR_SEED=4711 cargo nextest run -p kontor-engine --test simulation one_seed` plays one again, on both databases.
//! - `KONTOR_SEEDS=10000` plays that many on SQLite and a twelfth on PostgreSQL; `KONTOR_SEEDS=500..900` these.

#![allow(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod agreement;
mod base;
mod found;
mod place;
mod plan;
mod rogue;
mod setup;
mod sim;
mod wire;

use std::any::Any;
use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;
use kontor_testkit::Postgres;

use crate::base::{Base, Databases, Files};
use crate::plan::Plan;
use crate::sim::{FAULTS, Sim};

/// Seeds of an ordinary run on SQLite; a twelfth of them on PostgreSQL.
const SEEDS: Range<u64> = 0..72;
/// Threads that share the seeds: with one a core the machine is idle while one waits for a disk.
const PARTS: u64 = 4;

#[test]
fn desks_survive_on_sqlite() {
    let happened: BTreeSet<_> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..PARTS)
            .map(|part| scope.spawn(move || play_part(part)))
            .collect();
        let all = parts.into_iter().map(|part| part.join());
        all.flat_map(|part| part.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    // Fewer cannot be expected to bring everything; these all together do.
    if seeds().end - seeds().start >= SEEDS.end {
        let missing: Vec<_> = FAULTS
            .iter()
            .filter(|what| !happened.contains(*what))
            .collect();
        assert!(
            missing.is_empty(),
            "these seeds prove little, nothing of this happened: {missing:?}"
        );
    }
}

/// Plays every fourth seed, one after the other, and answers which faults had an effect.
fn play_part(part: u64) -> BTreeSet<&'static str> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut happened = BTreeSet::new();
        for seed in seeds().filter(|seed| seed % PARTS == part) {
            happened.extend(play(Files::new(), &Plan::of(seed)).await);
        }
        happened
    })
}

#[tokio::test]
async fn desks_survive_on_two_nodes_of_postgresql() {
    let server = Postgres::start().unwrap();
    for seed in seeds().step_by(12) {
        play(Databases::new(&server, seed), &Plan::of(seed)).await;
    }
}

#[tokio::test]
async fn one_seed() {
    let seed =
        asked("KONTOR_SEED").map_or(1, |seed| seed.parse().expect("KONTOR_SEED is a number"));
    play(Files::new(), &Plan::of(seed)).await;
    let server = Postgres::start().unwrap();
    play(Databases::new(&server, seed), &Plan::of(seed)).await;
}

/// Plays a plan and answers which faults had an effect. What fails says the seed and the plan.
async fn play<B: Base>(base: B, plan: &Plan) -> BTreeSet<&'static str> {
    let run = async {
        let mut sim = Sim::new(base, plan).await;
        sim.play().await;
        sim.rest().await;
        sim.assert_agreed().await;
        sim.happened()
    };
    // A panic leaves nothing behind that is looked at afterwards.
    AssertUnwindSafe(run)
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| {
            let (name, seed, why) = (B::NAME, plan.seed, words(&*panic));
            panic!("seed {seed} on {name}: {why}\n{plan}\nKONTOR_SEED={seed} plays it again\n")
        })
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("it panicked")
}

fn seeds() -> Range<u64> {
    let number = |text: &str| text.trim().parse().expect("KONTOR_SEEDS is N or A..B");
    match asked("KONTOR_SEEDS") {
        None => SEEDS,
        Some(text) => match text.split_once("..") {
            Some((from, to)) => number(from)..number(to),
            None => 0..number(&text),
        },
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the edge: how long to test is asked once, by the test itself"
)]
fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
