//! Typing in an editor that is always a little behind: it sends what was typed into the text it shows, and gets back what
//! others wrote meanwhile.

use std::sync::Arc;

use jiff::Timestamp;
use kontor_protocol::Subject;
use loro::Frontiers;

use super::doc::NoteDoc;
use super::{Edit, EditProblem, Writing};
use crate::delta::{self, Delta};
use crate::subject::hex;
use crate::{Collab, Result, row};

/// One change of a text: takes out and puts in. Places count Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splice {
    /// Where.
    pub at: usize,
    /// How much to take out.
    pub delete: usize,
    /// What to put in.
    pub insert: String,
}

impl From<(usize, usize, String)> for Splice {
    fn from((at, delete, insert): (usize, usize, String)) -> Self {
        Self { at, delete, insert }
    }
}

/// What others wrote into a note, for an editor that shows the text before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What the note is about.
    pub subject: Subject,
    /// Names the text before it.
    pub from: String,
    /// The text after it, and what brings it there.
    pub typed: Typed,
}

/// What an editor does to catch up, and what it stands on then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Names the text after `splices`; for the next call.
    pub revision: String,
    /// One after the other, they bring the editor's text (what it showed and what was typed) to the newest.
    pub splices: Vec<Splice>,
    /// The note's version.
    pub version: u64,
}

impl Collab {
    /// Writes what was typed into the text of `revision` (empty: into nothing), each splice on the text after the one
    /// before; one operation, durable when it answers. Without splices it only catches up.
    ///
    /// # Errors
    /// [`EditProblem::Revision`] when no such text is known here any more, [`EditProblem::Range`] when a splice does not fit.
    pub async fn type_note(
        &self,
        subject: &Subject,
        revision: &str,
        splices: Vec<Splice>,
        now: Timestamp,
    ) -> Result<Typed> {
        let (inner, subject, revision) = (
            Arc::clone(&self.inner),
            subject.clone(),
            revision.to_owned(),
        );
        if splices.is_empty() {
            let caught_up = self.store().read(|r| {
                let doc = NoteDoc::load(r, &subject.to_string(), &inner.ids)?;
                Ok(doc.typed(&revision, &[]).map(|(_, typed)| typed))
            })?;
            return Ok(caught_up?);
        }
        let now = row::whole_millis(now);
        let write = self.store().write_durable(now.into(), move |w| {
            let mut writing = Writing::begin(w, &inner, &subject, now)?;
            let (edit, mut typed) = match writing.doc.typed(&revision, &splices) {
                Ok(both) => both,
                Err(problem) => {
                    writing.end(w)?;
                    return Ok(Err(problem));
                }
            };
            let done = writing.edit(w, &edit)?;
            typed.revision = writing.doc.revision();
            typed.version = writing.doc.version;
            writing.end(w)?;
            Ok(done.map(|_| typed))
        });
        Ok(write.await??)
    }

    /// Names the text a note has now, for [`Self::type_note`], with that text and its version.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn typing(&self, subject: &Subject) -> Result<(String, Typed)> {
        Ok(self.store().read(|r| {
            let doc = NoteDoc::load(r, &subject.to_string(), &self.inner.ids)?;
            let typed = Typed {
                revision: doc.revision(),
                splices: Vec::new(),
                version: doc.version,
            };
            Ok((doc.text(), typed))
        })?)
    }
}

impl NoteDoc {
    /// Names the text as it is: the ids of its last changes.
    pub(crate) fn revision(&self) -> String {
        let heads = self.doc().state_frontiers().encode();
        heads.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// What was typed into an earlier text as an edit of this one, and what whoever typed it is to do.
    fn typed(&self, revision: &str, splices: &[Splice]) -> Result<(Edit, Typed), EditProblem> {
        let mut remote = self.since_revision(revision)?;
        let mut edits = Vec::new();
        for splice in splices {
            let own = delta::of_splice(splice.at, splice.delete, &splice.insert);
            // At the same place the others' words come first: they were there before.
            edits.extend(delta::splices(&delta::over(&remote, &own, true)));
            remote = delta::over(&own, &remote, false);
        }
        let splices = delta::splices(&remote).into_iter();
        let typed = Typed {
            revision: self.revision(),
            splices: splices.map(Splice::from).collect(),
            version: self.version,
        };
        Ok((Edit::Several(edits), typed))
    }

    /// What changed since an earlier text.
    fn since_revision(&self, revision: &str) -> Result<Delta, EditProblem> {
        let unknown = || EditProblem::Revision;
        let heads = match revision {
            "" => Frontiers::default(),
            text => Frontiers::decode(&hex(text).ok_or_else(unknown)?)
                .map_err(|_unreadable| unknown())?,
        };
        let now = self.doc().state_frontiers();
        if heads == now {
            return Ok(Delta::new());
        }
        if heads
            .iter()
            .any(|id| !self.doc().oplog_vv().includes_id(id))
        {
            return Err(unknown());
        }
        let changes = self
            .doc()
            .diff(&heads, &now)
            .map_err(|_unknown| unknown())?;
        let mut delta = Delta::new();
        for (_, change) in changes.iter() {
            let loro::event::Diff::Text(parts) = change else {
                continue;
            };
            delta.extend(parts.iter().map(delta::part));
        }
        Ok(delta)
    }
}
