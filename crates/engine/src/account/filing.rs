//! Imported mail on its way to the server: appended once, however often the line breaks.

use kontor_mail::provider::{Fault, Provider as _};
use kontor_model::OperationId;
use kontor_store::{Operation, Outcome};

use super::listing::{self, broken_store};
use super::operations::{Run, TRIES, later, undo};
use super::{Life, making};
use crate::line::Line;

/// Files messages of one folder, one after the other.
pub(super) async fn file(
    life: &Life,
    line: &mut Line,
    batch: Vec<Operation>,
    run: &mut Run,
) -> Result<(), Fault> {
    for op in batch {
        let (id, tries) = (op.id, op.attempts);
        life.ctx
            .write_bulk(move |w| w.claim_operations(&[id]))
            .await
            .map_err(|e| broken_store(&e))?;
        match one(life, line, &op).await {
            Ok(outcome) => {
                run.done = run.done.saturating_add(1);
                life.ctx
                    .write_bulk(move |w| w.complete_operation(id, outcome))
                    .await
                    .map_err(|e| broken_store(&e))?;
            }
            Err(Fault::Gone(why)) if tries < TRIES => {
                run.put_off.insert(id);
                later(life, vec![id], why).await?;
            }
            Err(Fault::Refused(why) | Fault::Gone(why)) => undo(life, vec![id], why).await?,
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

async fn one(life: &Life, line: &mut Line, op: &Operation) -> Result<Outcome, Fault> {
    let (folder, message, placement) = (op.folder, op.message, op.placement);
    if op.attempts > 0 {
        // The answer to an earlier try may have got lost: a look finds what is there already.
        match listing::look_at_folder_id(life, line, folder).await {
            Ok(()) | Err(Fault::Gone(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    if op.uid.is_some() || has_uid(life, op.id).await? {
        return Ok(Outcome::Done(None));
    }
    let read = move |r: &kontor_store::Read<'_>| {
        let places = r.placements(message)?;
        let Some(place) = places.into_iter().find(|p| p.id == placement) else {
            return Ok(None);
        };
        let date = r.message(message)?.row.internal_date;
        Ok(Some((
            r.folder(folder)?,
            r.raw(message)?,
            place.flags,
            date,
        )))
    };
    let found = life.ctx.read(read).await;
    // Deleted here before the server had it: it never needs to know.
    let Some((row, raw, flags, date)) = found.map_err(|e| Fault::Gone(e.message))? else {
        return Ok(Outcome::Missing);
    };
    let raw = raw.ok_or_else(|| Fault::Refused("Its text is no longer here.".into()))?;
    making::make(line, &row).await?;
    let filed = line.append(&row.folder.wire, &flags, date, &raw).await?;
    Ok(Outcome::Done(filed))
}

async fn has_uid(life: &Life, id: OperationId) -> Result<bool, Fault> {
    life.ctx
        .read(move |r| Ok(r.operation(id)?.uid.is_some()))
        .await
        .map_err(|e| broken_store(&e))
}
