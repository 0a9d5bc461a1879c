//! Shared notes: one Loro text a subject, edited on any desk at any time.
//!
//! A note's version N is its first N edits in the order all desks agree on: the server's numbers, then what waits here.

pub(crate) mod doc;
mod history;
mod mention;
pub(crate) mod rebuild;
mod shelf;
mod typing;

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use kontor_protocol::{Body, MemberId, Op, OpId, Subject};
use kontor_store::{NoteRow, Read, TeamOpState, Write};

use crate::collab::members;
use crate::row::{self, Author};
use crate::{Collab, Error, Member, Result};

use doc::{Made, NoteDoc};
pub(crate) use shelf::Shelf;
pub use typing::{Splice, Typed, Written};

/// A change of a note's text. Places count Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// At the end, whatever stands there.
    Append(String),
    /// Takes out and puts in.
    Splice {
        /// Where.
        at: usize,
        /// How much to take out.
        delete: usize,
        /// What to put in.
        insert: String,
    },
    /// The whole text as it should be; only the difference is an edit, so that others' edits at the same time stay.
    Replace(String),
    /// Several at once, each on the text after the one before: where, how much to take out, what to put in.
    Several(Vec<(usize, usize, String)>),
}

/// Why an edit does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditProblem {
    /// Beyond the end.
    #[error("the note has {len} characters: nothing can be changed at {at} over {delete}")]
    Range {
        /// Where.
        at: usize,
        /// How much.
        delete: usize,
        /// The note's length.
        len: usize,
    },
    /// What was typed was typed into a text that is not known here.
    #[error("the note was put back meanwhile; open it again")]
    Revision,
    /// Too much at once for an operation.
    #[error("{0}; write it in several parts")]
    TooLarge(#[from] kontor_protocol::OpProblem),
    /// The document itself.
    #[error("the note's document refuses the edit ({0})")]
    Document(String),
}

/// What became of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The operation; `None` when the edit changed nothing.
    pub op_id: Option<OpId>,
    /// The note's version with it.
    pub version: u64,
    /// When it was stored.
    pub stored_at: Timestamp,
}

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub subject: Subject,
    /// Its text.
    pub text: String,
    /// How many edits made it.
    pub version: u64,
    /// When the last of them was made.
    pub updated_at: Timestamp,
    /// By whom; `None` before any team was joined.
    pub updated_by: Option<MemberId>,
}

/// One version of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteVersion {
    /// Its number; `None` for an edit the server refused.
    pub version: Option<u64>,
    /// The edit that made it.
    pub op_id: OpId,
    /// The server's number.
    pub seq: Option<u64>,
    /// Who; `None` before any team was joined.
    pub member: Option<MemberId>,
    /// When, by their clock.
    pub occurred_at: Timestamp,
    /// Characters added.
    pub added: u64,
    /// Characters removed.
    pub removed: u64,
    /// How what was added begins.
    pub excerpt: String,
    /// Where the edit stands.
    pub state: TeamOpState,
    /// Why it was refused; else empty.
    pub reason: String,
}

impl Collab {
    /// Edits a note; on the disk when it answers.
    ///
    /// # Errors
    /// [`Error::Edit`] when the edit does not fit, [`Error::Store`] when nothing was stored.
    pub async fn edit_note(&self, subject: &Subject, edit: Edit, now: Timestamp) -> Result<Edited> {
        let done = self.edit_note_all(subject, vec![edit], now).await?;
        let done = done.into_iter().next();
        Ok(done.unwrap_or_else(|| Err(EditProblem::Document("nothing was done".to_owned())))?)
    }

    /// Edits a note several times in one durable transaction; each edit is an operation and a version of its own. An edit
    /// that does not fit is passed over.
    ///
    /// # Errors
    /// When nothing was stored.
    pub async fn edit_note_all(
        &self,
        subject: &Subject,
        edits: Vec<Edit>,
        now: Timestamp,
    ) -> Result<Vec<Result<Edited, EditProblem>>> {
        let (inner, subject) = (Arc::clone(&self.inner), subject.clone());
        let now = row::whole_millis(now);
        let write = self.store().write_durable(now.into(), move |w| {
            let mut writing = Writing::begin(w, &inner, &subject, now)?;
            let done = edits
                .iter()
                .map(|edit| writing.edit(w, edit))
                .collect::<kontor_store::Result<_>>()?;
            writing.end(w)?;
            Ok(done)
        });
        Ok(write.await?)
    }

    /// Puts a note back to one of its versions; that is an edit, too.
    ///
    /// # Errors
    /// [`Error::NoVersion`] when there is none.
    pub async fn restore_note(
        &self,
        subject: &Subject,
        version: u64,
        now: Timestamp,
    ) -> Result<Edited> {
        let note = self.note(subject, Some(version))?;
        let note = note.ok_or_else(|| Error::NoVersion(subject.clone(), version))?;
        self.edit_note(subject, Edit::Replace(note.text), now).await
    }

    /// Returns a note, as it is or was; `None` when there is none (of this version).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note(&self, subject: &Subject, version: Option<u64>) -> Result<Option<Note>> {
        match version {
            Some(version) => self.note_version(subject, version),
            None => Ok(self.store().read(|r| match r.note(&subject.to_string())? {
                Some(row) => Ok(Some(self.as_shown(r, row)?)),
                None => Ok(None),
            })?),
        }
    }

    /// Returns all notes, last changed first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn notes(&self) -> Result<Vec<Note>> {
        Ok(self.store().read(|r| {
            let rows = r.notes()?.into_iter();
            rows.map(|row| self.as_shown(r, row)).collect()
        })?)
    }

    fn as_shown(&self, read: &Read<'_>, row: NoteRow) -> kontor_store::Result<Note> {
        let text = if row.text_head == row.head {
            row.text
        } else {
            NoteDoc::load(read, &row.subject, &self.inner.ids)?.text()
        };
        Ok(Note {
            subject: row::id(&row.subject)?,
            text,
            version: row.version,
            updated_at: row::millis(row.updated_at),
            updated_by: row.updated_by.as_deref().map(row::id).transpose()?,
        })
    }
}

/// Edits of one note within one transaction.
struct Writing<'a> {
    inner: &'a crate::collab::Inner,
    subject: &'a Subject,
    name: String,
    now: Timestamp,
    author: Author,
    doc: NoteDoc,
    members: Vec<Member>,
    /// Who is named in the text before the next edit; `None` where nobody can be.
    named: Option<BTreeSet<MemberId>>,
    changed: bool,
}

impl<'a> Writing<'a> {
    fn begin(
        w: &mut Write<'_>,
        inner: &'a crate::collab::Inner,
        subject: &'a Subject,
        now: Timestamp,
    ) -> kontor_store::Result<Self> {
        let name = subject.to_string();
        Ok(Self {
            author: Author::of(w, &name)?,
            doc: inner.shelf.take(w, &name, &inner.ids)?,
            inner,
            subject,
            name,
            now,
            members: members(w)?,
            named: None,
            changed: false,
        })
    }

    fn edit(
        &mut self,
        w: &mut Write<'_>,
        edit: &Edit,
    ) -> kontor_store::Result<Result<Edited, EditProblem>> {
        if self.named.is_none() && self.doc.at_sign && !self.members.is_empty() {
            self.named = Some(mention::mentioned(&self.doc.text(), &self.members));
        }
        let at_sign = self.doc.at_sign;
        let made = match self.doc.edit(edit) {
            Ok(Some(made)) => made,
            Ok(None) => return Ok(Ok(self.edited(None))),
            Err(problem) => {
                if matches!(problem, EditProblem::Document(_)) {
                    self.read_anew(w)?;
                }
                return Ok(Err(problem));
            }
        };
        if !at_sign && self.doc.at_sign && !self.members.is_empty() {
            // The first @ there is: nobody was named before.
            self.named = Some(BTreeSet::new());
        }
        let mentions = self.newly_named();
        let Made { update, counted } = made;
        let op = Op::new(
            self.inner.ids.op(self.now),
            self.now,
            self.subject.clone(),
            Body::Note { update, mentions },
        );
        if let Err(problem) = op.check() {
            self.read_anew(w)?;
            return Ok(Err(problem.into()));
        }
        let id = w.add_team_op(&row::own(&op, &self.author, counted))?;
        self.doc.advance(id, op.op_id.to_string());
        self.changed = true;
        Ok(Ok(self.edited(Some(op.op_id))))
    }

    /// The document has what is not kept: it goes, and the note is read anew, with what was written before.
    fn read_anew(&mut self, w: &mut Write<'_>) -> kontor_store::Result<()> {
        if self.changed {
            let member = self.author.member.clone();
            put(w, &self.name, &mut self.doc, self.now, member)?;
        }
        self.doc = NoteDoc::load(w, &self.name, &self.inner.ids)?;
        self.named = None;
        Ok(())
    }

    fn edited(&self, op_id: Option<OpId>) -> Edited {
        Edited {
            op_id,
            version: self.doc.version,
            stored_at: self.now,
        }
    }

    /// Who is named now and was not before this edit.
    fn newly_named(&mut self) -> Vec<MemberId> {
        let Some(before) = &self.named else {
            return Vec::new();
        };
        let after = mention::mentioned(&self.doc.text(), &self.members);
        let newly = after.difference(before).copied().collect();
        self.named = Some(after);
        newly
    }

    fn end(mut self, w: &mut Write<'_>) -> kontor_store::Result<()> {
        if self.changed {
            put(w, &self.name, &mut self.doc, self.now, self.author.member)?;
        }
        self.inner.shelf.put(self.name, self.doc);
        Ok(())
    }
}

/// Writes a note's row, and its text and document where it is time.
pub(crate) fn put(
    w: &mut Write<'_>,
    subject: &str,
    doc: &mut NoteDoc,
    updated_at: Timestamp,
    updated_by: Option<String>,
) -> kontor_store::Result<()> {
    let snapshot = doc.due_snapshot();
    let with_text = snapshot.is_some() || doc.is_short();
    let row = NoteRow {
        subject: subject.to_owned(),
        version: doc.version,
        generation: doc.generation,
        head: doc.head,
        text: if with_text { doc.text() } else { String::new() },
        text_head: doc.head,
        updated_at: updated_at.into(),
        updated_by,
    };
    w.put_note(&row, with_text)?;
    if let Some(snapshot) = snapshot {
        w.put_note_snapshot(subject, &snapshot)?;
    }
    Ok(())
}
