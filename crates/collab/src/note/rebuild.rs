//! Making a note anew of its edits: some were refused, or belong to a team that was left.

use kontor_store::{NoteOp, TeamOpState, Write};

use super::doc::NoteDoc;
use super::put;
use crate::collab::Inner;
use crate::row;

/// Makes a note anew of the edits that stand. Edits that wait here and build on one that no longer does are refused, too.
pub(crate) fn rebuild(w: &mut Write<'_>, inner: &Inner, subject: &str) -> kontor_store::Result<()> {
    let generation = w
        .note_state(subject)?
        .map_or(0, |(_, generation, _)| generation);
    let (edits, base) = w
        .note_base(subject)?
        .map_or((0, None), |base| (base.edits, Some(base.document)));
    let mut ops = w.note_versions(subject, u64::MAX)?;
    let mut doc = replayed(base.as_ref(), &ops, inner);
    if doc.is_incomplete() {
        refuse_dependents(w, inner, base.as_ref(), &ops)?;
        ops = w.note_versions(subject, u64::MAX)?;
        doc = replayed(base.as_ref(), &ops, inner);
    }
    let Some(last) = ops.last() else {
        return w.remove_note(subject);
    };
    let last = w.team_op(&last.op_id)?;
    doc.generation = generation.saturating_add(1);
    let later = u64::try_from(ops.len()).unwrap_or(u64::MAX);
    doc.version = edits.saturating_add(later);
    if let Some(newest) = ops.iter().max_by_key(|op| op.id) {
        doc.head = newest.id;
        doc.head_op.clone_from(&newest.op_id);
    }
    w.remove_note_snapshot(subject)?;
    if let Some(last) = last {
        let at = row::moment(last.op.occurred_at);
        put(w, subject, &mut doc, at, last.op.member)?;
    }
    inner.shelf.put(subject.to_owned(), doc);
    Ok(())
}

/// The document of what came at once, and of edits.
pub(crate) fn replayed(base: Option<&Vec<u8>>, ops: &[NoteOp], inner: &Inner) -> NoteDoc {
    let edits = ops.iter().filter_map(|op| row::update(&op.body));
    let updates: Vec<_> = base.cloned().into_iter().chain(edits).collect();
    NoteDoc::of(&updates, &inner.ids)
}

fn refuse_dependents(
    w: &mut Write<'_>,
    inner: &Inner,
    base: Option<&Vec<u8>>,
    ops: &[NoteOp],
) -> kontor_store::Result<()> {
    let mut known: Vec<Vec<u8>> = base.cloned().into_iter().collect();
    let mut doc = NoteDoc::of(&known, &inner.ids);
    for op in ops {
        let Some(update) = row::update(&op.body) else {
            continue;
        };
        let complete = doc.import(&update).is_ok() && !doc.is_incomplete();
        if complete {
            known.push(update);
            continue;
        }
        let waits = w
            .team_op(&op.op_id)?
            .is_some_and(|row| row.state == TeamOpState::Waiting);
        if waits {
            w.reject_team_op(&op.op_id, "It builds on an edit that was refused.")?;
        }
        doc = NoteDoc::of(&known, &inner.ids);
    }
    Ok(())
}
