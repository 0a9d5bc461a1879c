//! What a note was.

use kontor_protocol::Subject;
use kontor_store::TeamOpState;

use super::doc::NoteDoc;
use super::{Note, NoteVersion};
use crate::{Collab, Result, row};

impl Collab {
    /// Returns the versions of a note, oldest first; refused edits last, without a number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_history(&self, subject: &Subject) -> Result<Vec<NoteVersion>> {
        let rows = self
            .store()
            .read(|r| r.note_history(&subject.to_string()))?;
        let mut versions = Vec::with_capacity(rows.len());
        for (number, op) in (1..).zip(rows) {
            versions.push(NoteVersion {
                version: (op.state != TeamOpState::Rejected).then_some(number),
                op_id: row::id(&op.op.op_id)?,
                seq: op.op.seq,
                member: op.op.member.as_deref().map(row::id).transpose()?,
                occurred_at: row::moment(op.op.occurred_at),
                added: op.op.added,
                removed: op.op.removed,
                excerpt: op.op.excerpt,
                state: op.state,
                reason: op.reason,
            });
        }
        Ok(versions)
    }

    /// A note as it was: its first edits, replayed.
    pub(super) fn note_version(&self, subject: &Subject, version: u64) -> Result<Option<Note>> {
        let name = subject.to_string();
        let (ops, last) = self.store().read(|r| {
            let ops = r.note_versions(&name, version)?;
            let last = match ops.last() {
                Some(op) => r.team_op(&op.op_id)?,
                None => None,
            };
            Ok((ops, last))
        })?;
        let Some(last) = last else { return Ok(None) };
        if u64::try_from(ops.len()).unwrap_or(0) < version {
            return Ok(None);
        }
        let updates: Vec<_> = ops.iter().filter_map(|op| row::update(&op.body)).collect();
        Ok(Some(Note {
            subject: subject.clone(),
            text: NoteDoc::of(&updates, &self.inner.ids).text(),
            version,
            updated_at: row::moment(last.op.occurred_at),
            updated_by: last.op.member.as_deref().map(row::id).transpose()?,
        }))
    }
}
