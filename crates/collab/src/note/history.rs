//! What a note was.

use kontor_protocol::Subject;
use kontor_store::TeamOpState;

use super::rebuild::replayed;
use super::{Note, NoteVersion};
use crate::row::active;
use crate::within::standing;
use crate::{Collab, Result, row};

impl Collab {
    /// Returns the versions of a note, oldest first; refused edits last, without a number. Of a note that came with a
    /// snapshot, only the later ones.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_history(&self, subject: &Subject) -> Result<Vec<NoteVersion>> {
        let name = subject.to_string();
        let (rows, base, alone) = self.store().read(|r| {
            let alone = active(r)?.is_none();
            Ok((r.note_history(&name)?, r.note_base_edits(&name)?, alone))
        })?;
        let mut versions = Vec::with_capacity(rows.len());
        for (number, op) in (base.saturating_add(1)..).zip(rows) {
            let (state, seq) = standing(&op, alone);
            versions.push(NoteVersion {
                version: (op.state != TeamOpState::Rejected).then_some(number),
                op_id: row::id(&op.op.op_id)?,
                seq,
                member: op.op.member.as_deref().map(row::id).transpose()?,
                occurred_at: row::moment(op.op.occurred_at),
                added: op.op.added,
                removed: op.op.removed,
                excerpt: op.op.excerpt,
                state,
                reason: op.reason,
            });
        }
        Ok(versions)
    }

    /// A note as it was: its first edits, replayed.
    pub(super) fn note_version(&self, subject: &Subject, version: u64) -> Result<Option<Note>> {
        let name = subject.to_string();
        let (base, ops, last) = self.store().read(|r| {
            let base = r.note_base(&name)?;
            let later = version.saturating_sub(base.as_ref().map_or(0, |base| base.edits));
            let ops = r.note_versions(&name, later)?;
            let last = match ops.last() {
                Some(op) => r.team_op(&op.op_id)?,
                None => None,
            };
            Ok((base, ops, last))
        })?;
        let Some(last) = last else { return Ok(None) };
        let edits = base.as_ref().map_or(0, |base| base.edits);
        if edits.saturating_add(u64::try_from(ops.len()).unwrap_or(0)) < version {
            return Ok(None);
        }
        let document = base.map(|base| base.document);
        Ok(Some(Note {
            subject: subject.clone(),
            text: replayed(document.as_ref(), &ops, &self.inner).text(),
            version,
            updated_at: row::moment(last.op.occurred_at),
            updated_by: last.op.member.as_deref().map(row::id).transpose()?,
        }))
    }
}
