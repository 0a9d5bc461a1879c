//! After the server's store got another life: what this desk has of notes only as one document, from a snapshot of the
//! life before, is compared with what the server has. What it lacks is told as an edit of ours; then the document goes.

use std::sync::Arc;

use jiff::Timestamp;
use kontor_protocol::{Body, Op, Subject};
use kontor_store::{NoteBase, Read, TeamOpState, Write};

use super::Desk;
use crate::Result;
use crate::collab::Inner;
use crate::note::rebuild::{rebuild, replayed};
use crate::row::{self, Author, Counted, PAST, active};

/// Notes compared in one transaction.
const AT_ONCE: u32 = 16;

impl Desk {
    /// Compares, once everything was read that was there when the conversation began.
    pub(super) async fn settle(&self, now: Timestamp) -> Result<()> {
        if self.tell_from.is_none_or(|from| self.cursor < from) {
            return Ok(());
        }
        while self.collab.store().read(is_loose)? {
            let inner = Arc::clone(&self.collab.inner);
            let now = row::whole_millis(now);
            let write = self.collab.store().write(now.into(), move |w| {
                let Some(team) = active(w)? else {
                    return Ok(());
                };
                for base in w.loose_note_bases(&team.org, AT_ONCE)? {
                    compare(w, &inner, &team.org, &base, now)?;
                }
                Ok(())
            });
            write.await?;
        }
        Ok(())
    }
}

fn is_loose(read: &Read<'_>) -> kontor_store::Result<bool> {
    let Some(team) = active(read)? else {
        return Ok(false);
    };
    Ok(!read.loose_note_bases(&team.org, 1)?.is_empty())
}

fn compare(
    w: &mut Write<'_>,
    inner: &Inner,
    org: &str,
    base: &NoteBase,
    now: Timestamp,
) -> kontor_store::Result<()> {
    let ops = w.note_versions(&base.subject, u64::MAX)?;
    let (mut there, mut lost) = (Vec::new(), Vec::new());
    for op in &ops {
        let row = w.team_op(&op.op_id)?;
        // What is another's and came with the document may be nowhere else any more.
        let known = row.is_none_or(|r| r.op.seq.is_some() || r.state == TeamOpState::Waiting);
        (if known { &mut there } else { &mut lost }).push(op.clone());
    }
    let without = replayed(None, &there, inner);
    let whole = replayed(Some(&base.document), &ops, inner);
    if whole.state() != without.state() {
        let op = base.subject.parse::<Subject>().ok().and_then(|subject| {
            let update = whole.since(&without.state()).ok()?;
            let mentions = Vec::new();
            let body = Body::Note { update, mentions };
            Some(Op::new(inner.ids.op(now), now, subject, body))
        });
        let Some(op) = op.filter(|op| op.check().is_ok()) else {
            tracing::error!(
                "What the server lost of a note is too much to be told; it stays here."
            );
            return w.fasten_note_base(org, &base.subject);
        };
        let author = Author::of(w, &base.subject)?;
        w.add_team_op(&row::own(&op, &author, Counted::default()))?;
    }
    for op in lost {
        // In our edit now. Told by its author after all, it counts again.
        w.set_team_op_kind(&op.op_id, PAST)?;
    }
    w.remove_note_base(org, &base.subject)?;
    rebuild(w, inner, &base.subject)
}
