//! What changed at the server: the first listing, arrivals, flags, disappearances. Layers 1 to 3 meet here.

mod first;

use std::collections::BTreeSet;

use kontor_mail::plan;
use kontor_mail::provider::{
    Changes, Cursor, Depth, Fault, Fetched, Poke, Provider as _, RemoteFolder, RemoteStatus,
};
use kontor_model::{Folder, FolderId, Layer, Millis};
use kontor_store::{Arrival, FolderRow, NewFolder, Write};
use tokio::sync::mpsc;

use first::{finish, newest};

use super::{Life, making};
use crate::error::Error;
use crate::ingest::{self, Goal, Pipeline};
use crate::line::Line;

/// More arrivals than this at once come as envelopes first, their bodies with the backfill.
const BODIES_AT_ONCE: usize = 300;

/// Placements removed in one transaction: a person's change waits for one at most.
const REMOVED_TOGETHER: u32 = 500;

/// What a look found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    /// Messages that appeared.
    pub(crate) arrived: u64,
    /// Messages that went.
    pub(crate) removed: u64,
    /// Messages whose flags changed.
    pub(crate) changed: u64,
}

impl Looked {
    fn add(&mut self, other: Self) {
        self.arrived = self.arrived.saturating_add(other.arrived);
        self.removed = self.removed.saturating_add(other.removed);
        self.changed = self.changed.saturating_add(other.changed);
    }

    fn found(self) -> u64 {
        self.arrived
            .saturating_add(self.removed)
            .saturating_add(self.changed)
    }
}

/// Notes the counters at which all changes so far are here.
fn keep_counters(
    w: &mut Write<'_>,
    folder: FolderId,
    status: &RemoteStatus,
) -> kontor_store::Result<()> {
    w.set_cursor(
        folder,
        status.uidvalidity,
        status.uidnext,
        status.highestmodseq,
    )?;
    w.set_remote_total(folder, u64::from(status.messages))
}

/// Turns a failure of our own store into the end of the line: without a store there is nothing to sync.
pub(super) fn broken_store(e: &Error) -> Fault {
    Fault::Offline(format!("The mail store cannot be written: {e}"))
}

/// Looks at all folders; with `full`, compares everything whatever the counters say (layer 3).
pub(crate) async fn look_at_all(
    life: &Life,
    line: &mut Line,
    layer: Layer,
    full: bool,
) -> Result<Looked, Fault> {
    // Counters tell what changed. Where nothing was ever seen nothing did, and the newest mails need not wait for them.
    let counters = folders(life).await?.iter().any(|row| row.listed);
    let remote = line.folders(counters).await?;
    // The counters just read announce whatever is found now.
    let at = life.ctx.clock.now();
    put_folders(life, &remote).await?;
    let mut rows = folders(life).await?;
    rows.retain(|row| row.folder.selectable);
    by_interest(&mut rows);
    let mut looked = Looked::default();
    // Of a folder never seen before the newest are read and written while the next is asked for.
    let mut storing = None;
    for row in rows {
        // What is only planned here is not there to be looked at.
        let Some(there) = remote.iter().find(|r| r.wire == row.folder.wire) else {
            continue;
        };
        let status = there.status;
        let how = How { layer, at, full };
        let look = async {
            if row.listed {
                let found = look_at_known(life, line, &row, status, how).await?;
                return Ok((found, None));
            }
            let newest = newest(life, line, &row).await?;
            Ok((Looked::default(), Some(newest)))
        };
        let (found, stored) = tokio::join!(look, finish(storing.take()));
        stored?;
        match found {
            Ok((found, newest)) => {
                looked.add(found);
                storing = newest;
            }
            // It went between the listing and now; the next listing knows.
            Err(Fault::Gone(_)) => {}
            Err(Fault::Refused(why)) => tracing::warn!(
                folder = row.folder.id.0,
                "the server refuses the folder: {why}"
            ),
            Err(fault) => return Err(fault),
        }
    }
    finish(storing).await?;
    let (id, found) = (life.id(), looked.found());
    life.ctx
        .write(move |w| w.layer_looked(id, layer, found))
        .await
        .map_err(|e| broken_store(&e))?;
    Ok(looked)
}

async fn folders(life: &Life) -> Result<Vec<FolderRow>, Fault> {
    let id = life.id();
    life.ctx
        .read(move |r| r.folders(Some(id)))
        .await
        .map_err(|e| broken_store(&e))
}

/// Stores the server's list. Folders that went lose their mail at once: where it went to, it is recognised by what we
/// hold, and a rename downloads nothing.
async fn put_folders(life: &Life, remote: &[RemoteFolder]) -> Result<(), Fault> {
    let id = life.id();
    let mut listed: Vec<NewFolder> = remote.iter().map(new_folder).collect();
    for planned in making::planned(life).await? {
        if !listed.iter().any(|l| l.wire == planned.wire) {
            listed.push(planned);
        }
    }
    let (_, gone) = life
        .ctx
        .write(move |w| w.put_folders(id, &listed))
        .await
        .map_err(|e| broken_store(&e))?;
    for folder in gone {
        while life
            .ctx
            .write_bulk(move |w| w.remove_folder_some(folder, REMOVED_TOGETHER))
            .await
            .map_err(|e| broken_store(&e))?
        {}
    }
    Ok(())
}

fn new_folder(remote: &RemoteFolder) -> NewFolder {
    NewFolder {
        wire: remote.wire.clone(),
        path: remote.path.clone(),
        delimiter: remote.delimiter,
        role: remote.role,
        selectable: remote.selectable,
    }
}

fn by_interest(rows: &mut [FolderRow]) {
    rows.sort_by(|a, b| {
        plan::interest(&a.folder)
            .cmp(&plan::interest(&b.folder))
            .then_with(|| a.folder.path.cmp(&b.folder.path))
    });
}

/// Why and when a folder is looked at.
#[derive(Clone, Copy, Debug)]
struct How {
    layer: Layer,
    at: Millis,
    full: bool,
}

/// Looks at the folders that poked, several pokes of one folder as one.
pub(super) async fn look_at_poked(
    life: &Life,
    line: &mut Line,
    wire: &str,
    at: Millis,
    poked: &mut mpsc::Receiver<Poke>,
) -> Result<(), Fault> {
    let mut seen = BTreeSet::new();
    let mut next = Some((wire.to_owned(), at));
    while let Some((wire, at)) = next.take() {
        if seen.insert(wire.clone()) {
            look_at_wire(life, line, &wire, at).await?;
        }
        while let Ok(poke) = poked.try_recv() {
            if let Poke::Folder { wire, at } = poke {
                // What came while we looked may be newer than what we saw.
                seen.remove(&wire);
                next = Some((wire, at));
                break;
            }
        }
    }
    Ok(())
}

async fn look_at_wire(life: &Life, line: &mut Line, wire: &str, at: Millis) -> Result<(), Fault> {
    let (id, name) = (life.id(), wire.to_owned());
    let row = life
        .ctx
        .read(move |r| r.folder_by_wire(id, &name))
        .await
        .map_err(|e| broken_store(&e))?;
    let Some(row) = row else { return Ok(()) };
    let how = How {
        layer: Layer::Push,
        at,
        full: false,
    };
    let looked = match look_at_folder(life, line, &row, None, how).await {
        Err(Fault::Gone(_) | Fault::Refused(_)) => Looked::default(),
        other => other?,
    };
    let found = looked.found();
    life.ctx
        .write_bulk(move |w| w.layer_looked(id, Layer::Push, found))
        .await
        .map_err(|e| broken_store(&e))
}

/// Looks at one folder now, whatever its counters say.
pub(super) async fn look_at_folder_id(
    life: &Life,
    line: &mut Line,
    folder: FolderId,
) -> Result<(), Fault> {
    let row = life
        .ctx
        .read(move |r| r.folder(folder))
        .await
        .map_err(|e| Fault::Gone(e.message))?;
    let how = How {
        layer: Layer::Poll,
        at: life.ctx.clock.now(),
        full: true,
    };
    look_at_folder(life, line, &row, None, how)
        .await
        .map(|_| ())
}

async fn look_at_folder(
    life: &Life,
    line: &mut Line,
    row: &FolderRow,
    status: Option<RemoteStatus>,
    how: How,
) -> Result<Looked, Fault> {
    if !row.listed {
        newest(life, line, row).await?.await?;
        return Ok(Looked::default());
    }
    look_at_known(life, line, row, status, how).await
}

/// Looks at a folder that has been listed before.
async fn look_at_known(
    life: &Life,
    line: &mut Line,
    row: &FolderRow,
    status: Option<RemoteStatus>,
    how: How,
) -> Result<Looked, Fault> {
    if !how.full && status.is_some_and(|s| plan::unchanged(&row.folder, row.remote_total, &s)) {
        return Ok(Looked::default());
    }
    let vanished_told = line.capabilities().vanished;
    let cursor = cursor(life, row, how.full || !vanished_told).await?;
    let changes = line.changes(&row.folder.wire, &cursor, how.full).await?;
    if changes.status.uidvalidity != row.folder.uidvalidity {
        return new_validity(life, line, row, changes).await;
    }
    take_in(life, line, row, changes, how).await
}

async fn cursor(life: &Life, row: &FolderRow, with_known: bool) -> Result<Cursor, Fault> {
    let folder = row.folder.id;
    // Where the server tells what vanished, the UIDs we hold are read only for the full comparison.
    let known = if with_known {
        life.ctx
            .read(move |r| r.known_uids(folder))
            .await
            .map_err(|e| broken_store(&e))?
    } else {
        Vec::new()
    };
    Ok(Cursor {
        uidvalidity: row.folder.uidvalidity,
        uidnext: row.folder.uidnext,
        highestmodseq: row.folder.highestmodseq,
        known,
    })
}

/// The server renumbered the folder: what we hold is matched again by message, never downloaded again.
async fn new_validity(
    life: &Life,
    line: &mut Line,
    row: &FolderRow,
    changes: Changes,
) -> Result<Looked, Fault> {
    let folder = row.folder.id;
    life.ctx
        .write(move |w| w.void_uids(folder))
        .await
        .map_err(|e| broken_store(&e))?;
    let wire = &row.folder.wire;
    for batch in plan::newest_first(&changes.new, plan::ENVELOPE_BATCH) {
        let envelopes = fetch_envelopes(line, wire, batch).await?;
        life.ctx
            .write(move |w| w.put_envelopes(folder, &envelopes, None))
            .await
            .map_err(|e| broken_store(&e))?;
    }
    while life
        .ctx
        .write(move |w| w.drop_void(folder, 500))
        .await
        .map_err(|e| broken_store(&e))?
    {}
    let status = changes.status;
    life.ctx
        .write(move |w| keep_counters(w, folder, &status))
        .await
        .map_err(|e| broken_store(&e))?;
    Ok(Looked {
        changed: u64::try_from(changes.new.len()).unwrap_or(u64::MAX),
        ..Looked::default()
    })
}

async fn take_in(
    life: &Life,
    line: &mut Line,
    row: &FolderRow,
    changes: Changes,
    how: How,
) -> Result<Looked, Fault> {
    let folder = row.folder.id;
    let mut looked = Looked::default();
    // Older ones we do not hold yet are the backfill's; it takes them newest first.
    let (older, new): (Vec<u32>, Vec<u32>) = changes
        .new
        .iter()
        .partition(|uid| **uid < row.folder.uidnext);
    let (flags, vanished) = (changes.flags, changes.vanished);
    if !flags.is_empty() || !vanished.is_empty() {
        let (changed, removed) = life
            .ctx
            .write(move |w| {
                Ok((
                    w.apply_flags(folder, &flags)?,
                    w.apply_vanished(folder, &vanished)?.len(),
                ))
            })
            .await
            .map_err(|e| broken_store(&e))?;
        looked.changed = u64::try_from(changed).unwrap_or(u64::MAX);
        looked.removed = u64::try_from(removed).unwrap_or(u64::MAX);
    }
    looked.arrived = arrivals(life, line, &row.folder, &new, how).await?;
    let status = changes.status;
    life.ctx
        .write(move |w| keep_counters(w, folder, &status))
        .await
        .map_err(|e| broken_store(&e))?;
    if !older.is_empty() {
        life.backfill.notify_one();
    }
    Ok(looked)
}

/// Brings new messages here: whole when there are few, else as envelopes whose bodies the backfill brings. Answers how
/// many were new: what we moved ourselves is not.
async fn arrivals(
    life: &Life,
    line: &mut Line,
    folder: &Folder,
    new: &[u32],
    how: How,
) -> Result<u64, Fault> {
    if new.is_empty() {
        return Ok(0);
    }
    let arrival = Arrival {
        layer: how.layer,
        announced_at: how.at,
    };
    if new.len() <= BODIES_AT_ONCE {
        let mut pipeline = Pipeline::arrivals(std::sync::Arc::clone(&life.ctx), arrival);
        let goals = new
            .iter()
            .map(|uid| (*uid, Goal::Mail(folder.id)))
            .collect();
        let fetched = ingest::fetch_into(line, &folder.wire, &goals, &mut pipeline).await;
        // What has come is kept, however the line fared.
        pipeline.finish().await.map_err(|e| broken_store(&e))?;
        return fetched.map(|()| pipeline.fresh);
    }
    let mut arrived = 0u64;
    for batch in plan::newest_first(new, plan::ENVELOPE_BATCH) {
        let envelopes = fetch_envelopes(line, &folder.wire, batch).await?;
        let id = folder.id;
        let stored = life
            .ctx
            .write(move |w| w.put_envelopes(id, &envelopes, Some(arrival)))
            .await
            .map_err(|e| broken_store(&e))?;
        arrived = arrived.saturating_add(ingest::fresh(&stored));
    }
    life.backfill.notify_one();
    Ok(arrived)
}

/// Fetches envelopes of one batch and reads them.
async fn fetch_envelopes(
    line: &mut Line,
    wire: &str,
    uids: &[u32],
) -> Result<Vec<kontor_store::NewEnvelope>, Fault> {
    Ok(ingest::envelopes(fetch_heads(line, wire, uids).await?))
}

/// Fetches envelopes of one batch as they come.
pub(super) async fn fetch_heads(
    line: &mut Line,
    wire: &str,
    uids: &[u32],
) -> Result<Vec<Fetched>, Fault> {
    let (sink, mut source) = mpsc::channel::<Fetched>(plan::ENVELOPE_BATCH.saturating_add(1));
    let mut fetched = Vec::with_capacity(uids.len());
    let collect = async {
        while let Some(one) = source.recv().await {
            fetched.push(one);
        }
    };
    let fetch = async {
        let answer = line.fetch(wire, uids, Depth::Envelope, &sink).await;
        drop(sink);
        answer
    };
    let (answer, ()) = tokio::join!(fetch, collect);
    answer?;
    Ok(fetched)
}

/// True while a folder's older envelopes are missing.
pub(super) fn incomplete(row: &FolderRow) -> bool {
    row.folder.selectable && row.listed && row.folder.total < row.remote_total
}

/// A folder's id and wire name.
pub(super) fn key(row: &FolderRow) -> (FolderId, String) {
    (row.folder.id, row.folder.wire.clone())
}
