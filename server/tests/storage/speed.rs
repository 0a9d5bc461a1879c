//! How fast operations go to the disk.

use std::time::Instant;

use kontor_server::core::storage::Storage as _;

use crate::stage::{Stage, notes, team};

const BATCHES: usize = 40;

/// The target is for a release build on a quiet machine; a debug build beside other tests must come to a fifth of it.
pub(crate) async fn batches_are_fast_enough(stage: &impl Stage) {
    let storage = stage.open().await;
    let one = team(&storage, "hrast").await;
    let batches: Vec<_> = (0..BATCHES).map(|_| notes(one, 256)).collect();
    let begun = Instant::now();
    for batch in batches {
        storage.append(one.org, batch).await.unwrap();
    }
    let rate = (BATCHES * 256) as f64 / begun.elapsed().as_secs_f64();
    println!(
        "{rate:.0} operations a second, {:.0} wanted of a release build",
        stage.must_take()
    );
    let part = if cfg!(debug_assertions) { 0.2 } else { 1.0 };
    assert!(
        rate >= stage.must_take() * part,
        "{rate:.0} operations a second"
    );
}
