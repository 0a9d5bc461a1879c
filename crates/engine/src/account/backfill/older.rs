//! Older messages on a quick line: whole at once, without a pass for their envelopes.
//!
//! A list that is complete after seconds is worth a pass of its own where the bodies take minutes. Where everything is
//! here within half a minute anyway, that pass makes the server read every mail twice and us write every row twice, and
//! all of it comes later.

use std::sync::Arc;
use std::time::Duration;

use kontor_mail::provider::Fault;
use kontor_store::FolderRow;
use tokio::time::Instant;

use super::{Life, Line, broken_store, fetch_window, missing_uids, wires};
use crate::account::listing::key;
use crate::ingest::{self, Goal, Pipeline};

/// What is here within this time needs no list beforehand.
const SOON: Duration = Duration::from_secs(30);

/// The newest bodies the pace is told by: a few first, because they may take long.
const SAMPLES: [u32; 3] = [20, 60, 180];

/// A sample that takes longer is the last one.
const PATIENCE: Duration = Duration::from_secs(1);

/// Messages brought of a folder before the next has its turn; each turn is four times the one before, because selecting
/// a folder costs a look at all of it.
const TURN: usize = 500;

/// Brings the newest bodies of what is listed, and answers whether all older messages would come soon at their pace.
pub(super) async fn come_soon(
    life: &Life,
    line: &mut Line,
    rows: &[FolderRow],
) -> Result<bool, Fault> {
    let older = rows
        .iter()
        .map(|row| row.remote_total.saturating_sub(row.folder.total))
        .fold(0, u64::saturating_add);
    // Where old bodies are not wanted here, their envelopes are.
    if older == 0 || life.bodies_since().is_some() {
        return Ok(false);
    }
    let wires = wires(life).await?;
    let id = life.id();
    for sample in SAMPLES {
        let newest = life
            .ctx
            .read(move |r| r.missing_bodies(id, None, None, sample))
            .await
            .map_err(|e| broken_store(&e))?;
        let Ok(count @ 1..) = u32::try_from(newest.len()) else {
            return Ok(false);
        };
        let begun = Instant::now();
        let mut pipeline = Pipeline::backfill(Arc::clone(&life.ctx));
        let brought = fetch_window(life, line, &wires, &newest, &mut pipeline).await;
        pipeline.finish().await.map_err(|e| broken_store(&e))?;
        brought?;
        let took = begun.elapsed();
        if soon(older, count, took) {
            return Ok(true);
        }
        if took > PATIENCE {
            return Ok(false);
        }
    }
    Ok(false)
}

/// True when `older` messages are here soon, at the pace of `count` in `took`.
fn soon(older: u64, count: u32, took: Duration) -> bool {
    let all = took.as_secs_f64() * f64::from(u32::try_from(older).unwrap_or(u32::MAX));
    all <= SOON.as_secs_f64() * f64::from(count)
}

/// Brings the older messages of these folders, whole, newest first. What does not come is left to the ordinary ways.
pub(super) async fn messages(
    life: &Life,
    line: &mut Line,
    rows: &[FolderRow],
) -> Result<(), Fault> {
    let mut left = Vec::with_capacity(rows.len());
    for row in rows {
        match missing_uids(life, line, row).await {
            Ok(uids) => left.push((key(row), uids)),
            Err(Fault::Gone(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    let mut pipeline = Pipeline::backfill(Arc::clone(&life.ctx)).paced(life.id());
    let mut turn = TURN;
    while !left.is_empty() {
        for ((folder, wire), uids) in &mut left {
            let newest = uids.split_off(uids.len().saturating_sub(turn));
            let goals = newest
                .into_iter()
                .map(|uid| (uid, Goal::Mail(*folder)))
                .collect();
            match ingest::fetch_into(line, wire, &goals, &mut pipeline).await {
                Ok(()) => {}
                // The folder went, or the server does not give what it lists: the pass for envelopes looks again.
                Err(Fault::Gone(_) | Fault::Refused(_)) => uids.clear(),
                Err(fault) => {
                    // What has come is kept.
                    pipeline.finish().await.map_err(|e| broken_store(&e))?;
                    return Err(fault);
                }
            }
        }
        left.retain(|(_, uids)| !uids.is_empty());
        turn = turn.saturating_mul(4);
    }
    life.ctx.paces.end(life.id());
    pipeline.finish().await.map_err(|e| broken_store(&e))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::quick(20_000, 180, 100, true)]
    #[case::as_many_as_there_is_time_for(300, 10, 1000, true)]
    #[case::one_more(301, 10, 1000, false)]
    #[case::a_hotel(20_000, 20, 4000, false)]
    #[case::a_large_mailbox_on_a_quick_line(1_000_000, 180, 100, false)]
    #[case::more_than_can_be(u64::MAX, 180, 1, false)]
    fn what_comes_soon(
        #[case] older: u64,
        #[case] count: u32,
        #[case] ms: u64,
        #[case] want: bool,
    ) {
        let took = Duration::from_millis(ms);
        assert_eq!(
            soon(older, count, took),
            want,
            "{older} at {count} in {took:?}"
        );
    }
}
