//! Older messages on a quick line: whole at once, without a pass for their envelopes.
//!
//! A list that is complete after seconds is worth a pass of its own where the bodies take minutes. Where everything is
//! here within half a minute anyway, that pass makes the server read every mail twice and us write every row twice, and
//! all of it comes later.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kontor_mail::provider::Fault;
use kontor_model::FolderId;
use kontor_store::{FolderRow, MissingBody};
use tokio::time::Instant;

use super::{Life, Line, broken_store, fetch_window, missing_uids, wires};
use crate::account::listing::key;
use crate::ingest::{self, Goal, Pipeline};

/// What is here within this time needs no list beforehand.
const SOON: Duration = Duration::from_secs(30);

/// The newest bodies the pace is told by: a few first, because they may take long.
const SAMPLES: [usize; 3] = [20, 60, 180];

/// A sample that takes longer is the last one.
const PATIENCE: Duration = Duration::from_secs(1);

/// Older messages brought of a folder before the next has its turn; each turn is eight times the one before, because
/// selecting a folder costs a look at all of it.
const TURN: usize = 500;

/// Listed messages without a body that are asked of the store at a time.
const LISTED: u32 = 20_000;

/// Brings the newest bodies of the folder a person wants to see first, and answers whether all older messages would come
/// soon at their pace. One folder only: where the line is quick, going from folder to folder is what takes the time.
pub(super) async fn come_soon(
    life: &Life,
    line: &mut Line,
    rows: &[FolderRow],
) -> Result<bool, Fault> {
    let older = older_than_listed(rows);
    // Where old bodies are not wanted here, their envelopes are.
    if older == 0 || life.bodies_since().is_some() {
        return Ok(false);
    }
    let wires = wires(life).await?;
    for sample in SAMPLES {
        let mut newest = listed(life).await?;
        let Some(first) = rows
            .iter()
            .map(|row| row.folder.id)
            .find(|folder| newest.iter().any(|m| m.folder == *folder))
        else {
            return Ok(false);
        };
        newest.retain(|missing| missing.folder == first);
        newest.truncate(sample);
        let Ok(count) = u32::try_from(newest.len()) else {
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

/// How many messages are older than all that is listed.
fn older_than_listed(rows: &[FolderRow]) -> u64 {
    rows.iter()
        .map(|row| row.remote_total.saturating_sub(row.folder.total))
        .fold(0, u64::saturating_add)
}

/// What is listed without a body, newest first.
async fn listed(life: &Life) -> Result<Vec<MissingBody>, Fault> {
    let id = life.id();
    life.ctx
        .read(move |r| r.missing_bodies(id, None, None, LISTED))
        .await
        .map_err(|e| broken_store(&e))
}

/// True when `older` messages are here soon, at the pace of `count` in `took`.
fn soon(older: u64, count: u32, took: Duration) -> bool {
    let all = took.as_secs_f64() * f64::from(u32::try_from(older).unwrap_or(u32::MAX));
    all <= SOON.as_secs_f64() * f64::from(count)
}

/// What is still to come of one folder.
struct Left {
    folder: FolderId,
    wire: String,
    /// Listed, without a body.
    listed: BTreeMap<u32, Goal>,
    /// Older than all that is listed, ascending; `None` while nobody has asked the server.
    older: Option<Vec<u32>>,
}

impl Left {
    fn is_over(&self) -> bool {
        self.listed.is_empty() && self.older.as_ref().is_some_and(Vec::is_empty)
    }

    fn give_up(&mut self) {
        self.listed.clear();
        self.older = Some(Vec::new());
    }

    /// The newest of these, taken out: all that is listed, and as many older ones as make a turn.
    fn turn(&mut self, most: usize) -> BTreeMap<u32, Goal> {
        let mut goals = std::mem::take(&mut self.listed);
        let older = self.older.get_or_insert_default();
        let newest = older.split_off(older.len().saturating_sub(most));
        goals.extend(newest.into_iter().map(|uid| (uid, Goal::Mail(self.folder))));
        goals
    }
}

/// Brings the bodies of what is listed and the older messages of these folders, whole, newest first folder by folder. What
/// does not come is left to the ordinary ways.
pub(super) async fn messages(
    life: &Life,
    line: &mut Line,
    rows: &[FolderRow],
) -> Result<(), Fault> {
    let mut left = everything(life, rows).await?;
    let listed: usize = left.iter().map(|one| one.listed.len()).sum();
    let expected =
        listed.saturating_add(usize::try_from(older_than_listed(rows)).unwrap_or(usize::MAX));
    let mut pipeline = Pipeline::backfill(Arc::clone(&life.ctx))
        .paced(life.id())
        .expecting(expected);
    let mut turn = TURN;
    while !left.is_empty() {
        for one in &mut left {
            match bring(life, line, rows, (one, turn), &mut pipeline).await {
                Ok(()) => {}
                // The folder went, or the server does not give what it lists: the pass for envelopes looks again.
                Err(Fault::Gone(_) | Fault::Refused(_)) => one.give_up(),
                Err(fault) => {
                    // What has come is kept.
                    pipeline.finish().await.map_err(|e| broken_store(&e))?;
                    return Err(fault);
                }
            }
        }
        left.retain(|one| !one.is_over());
        turn = turn.saturating_mul(8);
    }
    life.ctx.paces.end(life.id());
    pipeline.finish().await.map_err(|e| broken_store(&e))
}

/// Brings one turn of a folder; in the first the server is asked what there is, so that the folder is selected once.
async fn bring(
    life: &Life,
    line: &mut Line,
    rows: &[FolderRow],
    (left, turn): (&mut Left, usize),
    pipeline: &mut Pipeline,
) -> Result<(), Fault> {
    if left.older.is_none() {
        let row = rows.iter().find(|row| row.folder.id == left.folder);
        left.older = Some(match row {
            Some(row) => missing_uids(life, line, row).await?,
            None => Vec::new(),
        });
    }
    let goals = left.turn(turn);
    if goals.is_empty() {
        return Ok(());
    }
    ingest::fetch_into(line, &left.wire, &goals, pipeline).await
}

/// All folders of which something is missing, those of `rows` first and in their order.
async fn everything(life: &Life, rows: &[FolderRow]) -> Result<Vec<Left>, Fault> {
    let mut by_folder: BTreeMap<FolderId, BTreeMap<u32, Goal>> = BTreeMap::new();
    for missing in listed(life).await? {
        by_folder
            .entry(missing.folder)
            .or_default()
            .insert(missing.uid, Goal::Body(missing.message));
    }
    let mut left: Vec<Left> = rows
        .iter()
        .map(|row| {
            let (folder, wire) = key(row);
            let listed = by_folder.remove(&folder).unwrap_or_default();
            Left {
                folder,
                wire,
                listed,
                older: None,
            }
        })
        .collect();
    let wires = wires(life).await?;
    for (folder, listed) in by_folder {
        if let Some(wire) = wires.get(&folder) {
            let (wire, older) = (wire.clone(), None);
            left.push(Left {
                folder,
                wire,
                listed,
                older,
            });
        }
    }
    Ok(left)
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
