//! How fast operations go to the disk.

use std::time::{Duration, Instant};

use kontor_server::core::storage::{Storage, StorageError};

use crate::stage::{PostgresStage, SqliteStage, Stage, Team, notes, team};

const BATCH: usize = 256;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_takes_ten_thousand_a_second() {
    batches_are_fast_enough(&SqliteStage::new(), 10_000.0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_takes_six_thousand_a_second() {
    batches_are_fast_enough(&PostgresStage::durable(), 6_000.0).await;
}

/// The wanted rate is for a release build on a quiet machine; a debug build beside other tests must come to a tenth of it.
async fn batches_are_fast_enough(stage: &impl Stage, wanted: f64) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let batch = middle(&storage, one, BATCH, 40).await.unwrap();
    let single = middle(&storage, one, 1, 100).await.unwrap();
    let begun = Instant::now();
    let page = storage.events(one.org, 5000, BATCH).await.unwrap();
    let (read, count) = (begun.elapsed(), page.len());
    let rate = BATCH as f64 / batch.as_secs_f64();
    println!(
        "{rate:.0} operations a second, {wanted:.0} wanted; one alone {single:?}; {count} read in {read:?}"
    );
    let part = if cfg!(debug_assertions) { 0.1 } else { 1.0 };
    assert!(rate >= wanted * part, "{rate:.0} operations a second");
}

/// The middle of the times that batches of a size take, one after another: the disk has its moments.
async fn middle(
    storage: &impl Storage,
    one: Team,
    size: usize,
    times: usize,
) -> Result<Duration, StorageError> {
    let mut taken = Vec::new();
    for _ in 0..times {
        let batch = notes(one, size);
        let begun = Instant::now();
        storage.append(one.org, batch).await?;
        taken.push(begun.elapsed());
    }
    taken.sort();
    Ok(taken[times / 2])
}
