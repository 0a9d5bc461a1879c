//! The journal at the server: operations in order, retried, undone with a reason when the server refuses for good.

use std::collections::BTreeSet;

use kontor_mail::provider::{Applied, Fault, Provider as _, RemoteAction};
use kontor_model::{Action, OperationId};
use kontor_store::{Operation, Outcome};

use super::listing::{self, broken_store};
use super::{Life, filing, making};
use crate::line::Line;
use crate::notice::{Level, Notice};

/// Operations of one kind in one folder go as one command of this many UIDs.
const TOGETHER: usize = 200;

/// A folder that is not there may be a listing behind; after this many tries it is gone.
pub(super) const TRIES: u32 = 5;

/// Which operations are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// Those whose time has come.
    Due,
    /// Also those put off after a failed try, once each: somebody waits for them.
    Any,
}

/// Carries out what waits; returns how many operations the server has now.
pub(crate) async fn carry_out(life: &Life, line: &mut Line, put: Put) -> Result<u64, Fault> {
    let id = life.id();
    life.ctx
        .write(move |w| w.release_operations(id))
        .await
        .map_err(|e| broken_store(&e))?;
    let mut run = Run::default();
    loop {
        let now = life.ctx.clock.now();
        let waiting = life
            .ctx
            .read(move |r| r.pending_operations(id))
            .await
            .map_err(|e| broken_store(&e))?;
        let due = |op: &Operation| {
            op.next_at <= now || (put == Put::Any && !run.put_off.contains(&op.id))
        };
        let Some(batch) = next_batch(&waiting, &run.alone, due) else {
            return Ok(run.done);
        };
        one_batch(life, line, batch, &mut run).await?;
    }
}

/// What one run through the journal remembers.
#[derive(Default)]
pub(super) struct Run {
    pub(super) done: u64,
    /// Refused together: each for itself now.
    alone: BTreeSet<OperationId>,
    /// Put off in this run: not tried again before their time.
    pub(super) put_off: BTreeSet<OperationId>,
}

async fn one_batch(
    life: &Life,
    line: &mut Line,
    batch: Vec<Operation>,
    run: &mut Run,
) -> Result<(), Fault> {
    if batch.iter().any(|op| op.action == Action::File) {
        return filing::file(life, line, batch, run).await;
    }
    if batch.iter().any(|op| op.uid.is_none()) {
        run.put_off.extend(batch.iter().map(|op| op.id));
        return find_uid(life, line, &batch).await;
    }
    let id = life.id();
    let ids: Vec<OperationId> = batch.iter().map(|op| op.id).collect();
    let claimed = ids.clone();
    life.ctx
        .write(move |w| w.claim_operations(&claimed))
        .await
        .map_err(|e| broken_store(&e))?;
    match apply(life, line, &batch).await {
        Ok(applied) => {
            run.done = run
                .done
                .saturating_add(u64::try_from(ids.len()).unwrap_or_default());
            complete(life, batch, applied).await
        }
        // Renumbered, or another folder by now: a look tells, and the UID it finds is good.
        Err(Fault::Gone(_)) if batch.iter().all(|op| op.attempts == 0) => {
            look(life, line, &batch).await
        }
        // One of many may be the cause: each for itself.
        Err(Fault::Refused(_) | Fault::Gone(_)) if ids.len() > 1 => {
            run.alone.extend(ids);
            life.ctx
                .write(move |w| w.release_operations(id))
                .await
                .map_err(|e| broken_store(&e))
        }
        Err(Fault::Gone(why)) if batch.iter().all(|op| op.attempts < TRIES) => {
            run.put_off.extend(ids.iter().copied());
            later(life, ids, why).await
        }
        Err(Fault::Refused(why) | Fault::Gone(why)) => undo(life, ids, why).await,
        Err(fault) => Err(fault),
    }
}

/// Looks at the folder of a batch; one that is gone is no failure of the line.
async fn look(life: &Life, line: &mut Line, batch: &[Operation]) -> Result<(), Fault> {
    let Some(op) = batch.first() else {
        return Ok(());
    };
    match listing::look_at_folder_id(life, line, op.folder).await {
        Err(Fault::Gone(_) | Fault::Refused(_)) | Ok(()) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// The first operation that may go, with those behind it that go in the same command. Behind one that was put off no
/// other on the same message may go: their order is their meaning.
fn next_batch(
    waiting: &[Operation],
    alone: &BTreeSet<OperationId>,
    due: impl Fn(&Operation) -> bool,
) -> Option<Vec<Operation>> {
    let mut held = BTreeSet::new();
    let free: Vec<&Operation> = waiting
        .iter()
        .filter(|op| {
            let goes = due(op) && !held.contains(&op.placement);
            if !goes {
                held.insert(op.placement);
            }
            goes
        })
        .collect();
    let first = *free.first()?;
    let mut placements = BTreeSet::new();
    let with_first = |op: &&&Operation| {
        let same = op.folder == first.folder
            && op.action == first.action
            && (first.action == Action::File || (op.uid.is_some() && first.uid.is_some()))
            && !alone.contains(&op.id)
            && !alone.contains(&first.id);
        // Two on one message are two commands.
        (op.id == first.id || same) && placements.insert(op.placement)
    };
    Some(
        free.iter()
            .take_while(with_first)
            .take(TOGETHER)
            .map(|op| (*op).clone())
            .collect(),
    )
}

/// An earlier move took the message here and the server did not say its UID: a look at the folder finds it.
async fn find_uid(life: &Life, line: &mut Line, batch: &[Operation]) -> Result<(), Fault> {
    let Some(op) = batch.first().cloned() else {
        return Ok(());
    };
    look(life, line, batch).await?;
    let found = life
        .ctx
        .read(move |r| Ok(r.operation(op.id)?.uid))
        .await
        .map_err(|e| broken_store(&e))?;
    if found.is_some() {
        return Ok(());
    }
    let why = "The message is not in the folder it was moved to.".to_owned();
    if op.attempts < TRIES {
        let tried = op.id;
        life.ctx
            .write(move |w| w.claim_operations(&[tried]))
            .await
            .map_err(|e| broken_store(&e))?;
        later(life, vec![op.id], why).await
    } else {
        undo(life, vec![op.id], why).await
    }
}

async fn apply(life: &Life, line: &mut Line, batch: &[Operation]) -> Result<Applied, Fault> {
    let Some(first) = batch.first() else {
        return Ok(Applied::default());
    };
    let (folder, action) = (first.folder, first.action.clone());
    let to = match &action {
        Action::Move { to } => Some(*to),
        Action::Flags { .. } | Action::Delete | Action::File => None,
    };
    let (source, target_row) = life
        .ctx
        .read(move |r| {
            Ok((
                r.folder(folder)?.folder,
                to.map(|t| r.folder(t)).transpose()?,
            ))
        })
        .await
        .map_err(|e| Fault::Gone(e.message))?;
    let remote = match (action, &target_row) {
        (Action::Flags { add, remove }, _) => RemoteAction::Flags { add, remove },
        (Action::Move { .. }, Some(target)) => RemoteAction::Move {
            to: target.folder.wire.clone(),
        },
        (Action::Move { .. }, None) => {
            return Err(Fault::Gone("The target folder is gone.".into()));
        }
        (Action::Delete, _) => RemoteAction::Delete,
        (Action::File, _) => {
            return Err(Fault::Refused("A message is filed, not applied.".into()));
        }
    };
    if let Some(target) = &target_row {
        making::make(line, target).await?;
    }
    // UIDs of another UIDVALIDITY would hit other mails.
    line.expect_uidvalidity(&source.wire, source.uidvalidity);
    let mut uids: Vec<u32> = batch.iter().filter_map(|op| op.uid).collect();
    uids.sort_unstable();
    line.apply(&source.wire, &uids, &remote).await
}

async fn complete(life: &Life, batch: Vec<Operation>, applied: Applied) -> Result<(), Fault> {
    let record = move |w: &mut kontor_store::Write<'_>| {
        for op in &batch {
            let uid = op.uid.unwrap_or_default();
            let outcome = if applied.missing.contains(&uid) {
                missing(w, op)?
            } else {
                let moved = applied.moved.as_ref();
                Outcome::Done(moved.and_then(|(validity, pairs)| {
                    pairs
                        .iter()
                        .find(|(from, _)| *from == uid)
                        .map(|(_, to)| (*validity, *to))
                }))
            };
            w.complete_operation(op.id, outcome)?;
        }
        Ok(())
    };
    life.ctx.write(record).await.map_err(|e| broken_store(&e))
}

/// What a message that is not where we left it means: moved by us before an answer got lost, it lies in its target by
/// now and a look has found it there; else it is gone.
fn missing(w: &kontor_store::Write<'_>, op: &Operation) -> kontor_store::Result<Outcome> {
    let Action::Move { to } = op.action else {
        return Ok(Outcome::Missing);
    };
    let places = w.placements(op.message)?;
    let arrived = places
        .iter()
        .any(|p| p.id == op.placement && p.folder == to && p.uid.is_some());
    Ok(if arrived {
        Outcome::Done(None)
    } else {
        Outcome::Missing
    })
}

pub(super) async fn later(life: &Life, ids: Vec<OperationId>, why: String) -> Result<(), Fault> {
    let next = life.ctx.clock.now().plus(30_000);
    let record = move |w: &mut kontor_store::Write<'_>| {
        for id in ids {
            w.retry_operation(id, next, &why)?;
        }
        Ok(())
    };
    life.ctx.write(record).await.map_err(|e| broken_store(&e))
}

pub(super) async fn undo(life: &Life, ids: Vec<OperationId>, why: String) -> Result<(), Fault> {
    let n = ids.len();
    let reason = why.clone();
    let record = move |w: &mut kontor_store::Write<'_>| {
        for id in ids {
            w.undo_operation(id, &reason)?;
        }
        Ok(())
    };
    life.ctx.write(record).await.map_err(|e| broken_store(&e))?;
    let text = format!("{n} of your changes were undone because the server refused them: {why}");
    life.ctx.notice(Notice {
        level: Level::Error,
        text,
        account: Some(life.id()),
    });
    Ok(())
}
