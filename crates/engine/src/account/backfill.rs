//! Older envelopes, then all bodies, newest first, on a line of its own. Kill -9 costs at most one batch: what is
//! missing is asked of the store, not remembered.

mod older;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use kontor_mail::plan;
use kontor_mail::provider::{Cursor, Fault, Provider as _};
use kontor_model::{Change, FolderId};
use kontor_store::{FolderRow, MissingBody, NewEnvelope};
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use super::Life;
use super::listing::{broken_store, fetch_heads, incomplete, key, look_at_folder_id};
use crate::backoff::Backoff;
use crate::error::Error;
use crate::ingest::{self, Goal, Pipeline};
use crate::line::{self, Line};

/// The newest bodies, over all folders, that come before anything older.
const FIRST: u32 = 200;

/// Bodies brought folder by folder before older ones are looked at. Selecting a folder costs a round trip and a server's
/// look at all of it, so each window is twice the one before: what was just written comes at once, and years of mail in
/// a few long runs.
const WINDOW: u32 = 4000;

/// Envelopes after which the line waits for the writer. Each transaction writes the pages of every index it touches, so
/// on a quick line few large ones cost a fraction of many small ones; on a slow line each batch is written at once.
const WRITE: usize = 2000;

/// Brings what is missing whenever asked, reconnecting by itself; never ends but with the account.
pub(super) async fn run(life: &Life) -> Result<(), Fault> {
    let mut backoff = Backoff::for_lines(life.id().0.unsigned_abs().wrapping_mul(17));
    loop {
        life.backfill.notified().await;
        // The newest of every folder comes first; main rings again when it has seen them all.
        if !life.up.load(Ordering::SeqCst) {
            continue;
        }
        loop {
            match bring(life).await {
                Ok(false) if life.said_synced.load(Ordering::SeqCst) => break,
                Ok(_) => {
                    synced(life).await?;
                    break;
                }
                Err(fault @ (Fault::SignIn(_) | Fault::Tls(_))) => return Err(fault),
                Err(fault) => {
                    tracing::info!(account = life.id().0, "backfill pauses: {fault}");
                    sleep(backoff.next()).await;
                }
            }
        }
        backoff.reset();
        life.complete.send_modify(|n| *n = n.wrapping_add(1));
    }
}

/// Brings what is missing; answers whether anything was.
async fn bring(life: &Life) -> Result<bool, Fault> {
    if !anything_missing(life).await? {
        return Ok(false);
    }
    let mut line = line::connect(&life.ctx, &life.account).await?;
    bring_all(life, &mut line).await?;
    line.logout().await;
    Ok(true)
}

pub(super) async fn anything_missing(life: &Life) -> Result<bool, Fault> {
    let (id, since) = (life.id(), life.bodies_since());
    let missing = life
        .ctx
        .read(move |r| {
            Ok(r.folders(Some(id))?.iter().any(incomplete)
                || !r.missing_bodies(id, None, since, 1)?.is_empty())
        })
        .await;
    missing.map_err(|e| broken_store(&e))
}

/// Brings every older message here, on the given line: envelopes first, then bodies, unless all of it comes soon. What did
/// not come soon after all is looked for again.
pub(crate) async fn bring_all(life: &Life, line: &mut Line) -> Result<(), Fault> {
    let rows = incomplete_folders(life).await?;
    if older::come_soon(life, line, &rows).await? {
        older::messages(life, line, &rows).await?;
    }
    for row in incomplete_folders(life).await? {
        match older_envelopes(life, line, &row).await {
            Err(Fault::Gone(_)) => {}
            other => other?,
        }
    }
    bodies(life, line).await
}

/// The folders of which older messages are missing, the one a person wants to see first before the others.
async fn incomplete_folders(life: &Life) -> Result<Vec<FolderRow>, Fault> {
    let id = life.id();
    let mut rows = life
        .ctx
        .read(move |r| r.folders(Some(id)))
        .await
        .map_err(|e| broken_store(&e))?;
    rows.retain(incomplete);
    rows.sort_by_key(|row| plan::interest(&row.folder));
    Ok(rows)
}

/// The UIDs of a folder that are not here, ascending.
async fn missing_uids(life: &Life, line: &mut Line, row: &FolderRow) -> Result<Vec<u32>, Fault> {
    let (folder, wire) = key(row);
    let known = life
        .ctx
        .read(move |r| r.known_uids(folder))
        .await
        .map_err(|e| broken_store(&e))?;
    // From nothing: every UID, ascending, without the flags of those we hold.
    let all = line.changes(&wire, &Cursor::default(), false).await?;
    if all.status.uidvalidity != row.folder.uidvalidity {
        return Err(Fault::Gone(
            "The folder was made anew at the server.".into(),
        ));
    }
    let unknown = |uid: &u32| known.binary_search(uid).is_err();
    Ok(all.new.into_iter().filter(unknown).collect())
}

/// Everything of one folder that is not here, newest first.
async fn older_envelopes(life: &Life, line: &mut Line, row: &FolderRow) -> Result<(), Fault> {
    let (folder, wire) = key(row);
    let missing = missing_uids(life, line, row).await?;
    // Three at a time: some are fetched, those before are read, and those before them written.
    let (sink, source) = mpsc::channel(WRITE / plan::ENVELOPE_BATCH);
    let fetch = async {
        for batch in plan::newest_first(&missing, plan::ENVELOPE_BATCH) {
            let fetched = fetch_heads(line, &wire, batch).await?;
            let read = life.ctx.workers.run(|| ingest::envelopes(fetched));
            if sink.send(read).await.is_err() {
                break; // Nothing can be written any more.
            }
        }
        drop(sink);
        Ok(())
    };
    let (fetched, written) = tokio::join!(fetch, write_envelopes(life, folder, source));
    written.map_err(|e| broken_store(&e))?;
    fetched?;
    // Whatever was still counted has gone meanwhile.
    let settle = move |w: &mut kontor_store::Write<'_>| {
        let held = w.folder(folder)?.folder.total;
        w.set_remote_total(folder, held)
    };
    life.ctx
        .write_bulk(settle)
        .await
        .map_err(|e| broken_store(&e))
}

/// Stores envelopes as they come: what has come is kept, whatever happens to the line.
async fn write_envelopes(
    life: &Life,
    folder: FolderId,
    mut source: mpsc::Receiver<oneshot::Receiver<Vec<NewEnvelope>>>,
) -> Result<(), Error> {
    while let Some(read) = source.recv().await {
        let mut envelopes = ingest::read(read).await?;
        while envelopes.len() < WRITE
            && let Ok(read) = source.try_recv()
        {
            envelopes.extend(ingest::read(read).await?);
        }
        let job = move |w: &mut kontor_store::Write<'_>| w.put_envelopes(folder, &envelopes, None);
        life.ctx.write_bulk(job).await?;
    }
    Ok(())
}

/// All missing bodies of the account, newest first over all folders.
async fn bodies(life: &Life, line: &mut Line) -> Result<(), Fault> {
    let (id, since) = (life.id(), life.bodies_since());
    let wires = wires(life).await?;
    let mut pipeline = Pipeline::backfill(Arc::clone(&life.ctx)).paced(id);
    let (mut after, mut window) = (None, FIRST);
    loop {
        let missing = life
            .ctx
            .read(move |r| r.missing_bodies(id, after, since, window))
            .await
            .map_err(|e| broken_store(&e))?;
        window = window.saturating_mul(2).min(WINDOW);
        after = missing.last().map(|m| m.key);
        if after.is_none() {
            life.ctx.paces.end(id);
            return pipeline.finish().await.map_err(|e| broken_store(&e));
        }
        if let Err(fault) = fetch_window(life, line, &wires, &missing, &mut pipeline).await {
            // What has come is kept.
            pipeline.finish().await.map_err(|e| broken_store(&e))?;
            return Err(fault);
        }
    }
}

async fn fetch_window(
    life: &Life,
    line: &mut Line,
    wires: &BTreeMap<FolderId, String>,
    window: &[MissingBody],
    pipeline: &mut Pipeline,
) -> Result<(), Fault> {
    let mut by_folder: BTreeMap<FolderId, BTreeMap<u32, Goal>> = BTreeMap::new();
    for missing in window {
        by_folder
            .entry(missing.folder)
            .or_default()
            .insert(missing.uid, Goal::Body(missing.message));
    }
    for (folder, goals) in by_folder {
        let Some(wire) = wires.get(&folder) else {
            continue;
        };
        let asked = pipeline.count;
        let answer = match ingest::fetch_into(line, wire, &goals, pipeline).await {
            // Refused or gone: asked for, not given.
            Err(Fault::Gone(_) | Fault::Refused(_)) | Ok(()) => Ok(()),
            other => other,
        };
        answer?;
        let came = pipeline.count.saturating_sub(asked);
        if came < u64::try_from(goals.len()).unwrap_or(u64::MAX) {
            not_given(life, line, pipeline, (folder, goals)).await?;
        }
    }
    Ok(())
}

/// Sorts out messages that were asked for and did not come: what went from the folder meanwhile goes here too; what the
/// server lists but does not give is noted, so that the rest does not wait for it.
async fn not_given(
    life: &Life,
    line: &mut Line,
    pipeline: &mut Pipeline,
    (folder, goals): (FolderId, BTreeMap<u32, Goal>),
) -> Result<(), Fault> {
    pipeline.finish().await.map_err(|e| broken_store(&e))?;
    match look_at_folder_id(life, line, folder).await {
        Ok(()) | Err(Fault::Gone(_) | Fault::Refused(_)) => {}
        Err(fault) => return Err(fault),
    }
    let record = move |w: &mut kontor_store::Write<'_>| {
        for (uid, goal) in goals {
            let still = w.placement_by_uid(folder, uid)?;
            if let Goal::Body(message) = goal
                && still.is_some_and(|p| p.message == message)
                && !w.message(message)?.row.body
            {
                w.body_failed(message)?;
            }
        }
        Ok(())
    };
    life.ctx
        .write_bulk(record)
        .await
        .map_err(|e| broken_store(&e))
}

async fn wires(life: &Life) -> Result<BTreeMap<FolderId, String>, Fault> {
    let id = life.id();
    let rows = life
        .ctx
        .read(move |r| r.folders(Some(id)))
        .await
        .map_err(|e| broken_store(&e))?;
    Ok(rows.iter().map(key).collect())
}

/// Says that everything is local: once, and again when something had been missing since.
pub(super) async fn synced(life: &Life) -> Result<(), Fault> {
    let account = life.id();
    life.ctx
        .write_bulk(move |w| w.log(&Change::Synced { account }))
        .await
        .map_err(|e| broken_store(&e))?;
    life.said_synced.store(true, Ordering::SeqCst);
    Ok(())
}

impl Life {
    /// The moment from which bodies are kept; `None` for all.
    pub(crate) fn bodies_since(&self) -> Option<kontor_model::Millis> {
        let days = i64::from(self.body_days?);
        Some(self.ctx.clock.now().plus(days.saturating_mul(-86_400_000)))
    }
}
