//! Taking a page of a snapshot: each subject in place of what came of it before, and how far was read, in one transaction.
//!
//! Only a desk that never had anything of the organisation reads one (`Collab::join` decides), and until its end nothing is
//! told: so all accepted rows are the snapshot's own, and a subject may be taken as often as it comes.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use kontor_protocol::{Body, Event, Fold, OpId, SnapshotPage, SnapshotPlace};
use kontor_store::{NoteBase, TeamRow, Write};

use super::page::{Done, put_field, put_member};
use super::{Desk, Taken};
use crate::collab::Inner;
use crate::note::{doc::NoteDoc, put, rebuild::rebuild};
use crate::row::{self, PAST, active};
use crate::{Error, Result};

/// The place in the team's row; the beginning where it cannot be read.
pub(super) fn place(text: &str) -> SnapshotPlace {
    serde_json::from_str(text).unwrap_or_default()
}

impl Desk {
    pub(super) async fn snapshot(
        &mut self,
        mut page: SnapshotPage,
        taken: &mut Taken,
        now: Timestamp,
    ) -> Result<()> {
        if self.tell_from.is_none() {
            return Err(Error::Foreign(
                "the server sent a snapshot before its welcome".to_owned(),
            ));
        }
        self.put_together(&mut page)?;
        let mut folds = Vec::with_capacity(page.rows.len());
        for row in &page.rows {
            folds.push(row.read().ok_or(Error::Damaged(row.upto))?);
        }
        let inner = Arc::clone(&self.collab.inner);
        let write = self
            .collab
            .store()
            .write(now.into(), move |w| apply(w, &inner, &page, folds));
        let done = write.await??;
        self.cursor = done.cursor;
        taken.subjects = done.subjects;
        taken.members = done.members;
        taken.events = done.events;
        Ok(())
    }

    /// Puts pieces together; the beginning of a row waits for its end.
    fn put_together(&mut self, page: &mut SnapshotPage) -> Result<()> {
        let mut whole = Vec::with_capacity(page.rows.len());
        for mut row in std::mem::take(&mut page.rows) {
            if let Some(mut begun) = self.piece.take() {
                if begun.subject != row.subject || begun.upto != row.upto {
                    return Err(Error::Damaged(row.upto));
                }
                begun.fold.push_str(&row.fold);
                row.fold = begun.fold;
            }
            if row.more {
                self.piece = Some(row);
            } else {
                whole.push(row);
            }
        }
        page.rows = whole;
        Ok(())
    }
}

fn apply(
    w: &mut Write<'_>,
    inner: &Inner,
    page: &SnapshotPage,
    folds: Vec<Fold>,
) -> kontor_store::Result<Result<Done>> {
    let Some(team) = active(w)? else {
        return Ok(Err(Error::NoTeam));
    };
    let mut done = Done {
        cursor: team.cursor,
        ..Done::default()
    };
    let Some(here) = team.snapshot.as_deref().map(place) else {
        // Another process of this profile was faster.
        return Ok(Ok(done));
    };
    if page.after != here && !page.after.is_start() {
        return Ok(Err(Error::Gap {
            have: here.upto,
            got: page.after.upto,
        }));
    }
    for (row, fold) in page.rows.iter().zip(folds) {
        let about = About {
            inner,
            org: &team.org,
            subject: row.subject.to_string(),
        };
        about.take(w, fold, &mut done)?;
        done.subjects.insert(row.subject.clone());
    }
    for event in &page.recent {
        past(w, &team, event)?;
    }
    if let Some(end) = page.end {
        w.set_team_snapshot(None)?;
        w.set_team_cursor(end)?;
        done.cursor = end;
    } else {
        let place =
            serde_json::to_string(&page.place).map_err(|e| kontor_store::Error::Unreadable {
                what: "the place in a snapshot",
                why: e.to_string(),
            })?;
        w.set_team_snapshot(Some(&place))?;
    }
    Ok(Ok(done))
}

/// A subject whose fold is taken.
struct About<'a> {
    inner: &'a Inner,
    org: &'a str,
    subject: String,
}

impl About<'_> {
    fn take(&self, w: &mut Write<'_>, mut fold: Fold, done: &mut Done) -> kontor_store::Result<()> {
        w.clear_snapshot_of(self.org, &self.subject)?;
        for (field, state) in &fold.fields {
            put_field(w, &self.subject, field, state)?;
        }
        let conflicts = fold.fields.values().filter_map(|f| f.conflict.as_ref());
        let open: BTreeSet<OpId> = conflicts.map(|conflict| conflict.id).collect();
        let mut note = self.note(w, std::mem::take(&mut fold.note), fold.edits)?;
        for event in &fold.events {
            done.events = done.events.saturating_add(1);
            let mut new = row::foreign(event, self.org);
            if open.contains(&event.op.op_id) {
                "conflict".clone_into(&mut new.what);
            }
            if let Some(known) = w.team_op(&new.op_id)? {
                w.accept_team_op(known.id, &new)?;
                note.anew |= known.op.kind == "note";
                continue;
            }
            match &event.op.body {
                Body::Note { update, .. } => note.edit(w, event, update, new)?,
                Body::Member { .. } => {
                    w.add_team_op(&new)?;
                    put_member(w, &event.op.body)?;
                    done.members = true;
                }
                Body::Record { .. } | Body::Resolve { .. } | Body::Replied { .. } => {
                    w.add_team_op(&new)?;
                }
            }
        }
        note.end(w, self)
    }

    fn note(&self, w: &mut Write<'_>, document: Vec<u8>, edits: u64) -> kontor_store::Result<Note> {
        let mut known = Vec::new();
        if !document.is_empty() {
            let base = NoteBase {
                subject: self.subject.clone(),
                edits,
                document,
            };
            w.put_note_base(self.org, &base)?;
            known.push(base.document);
        }
        let mut doc = NoteDoc::of(&known, &self.inner.ids);
        doc.version = edits;
        let state = w.note_state(&self.subject)?;
        Ok(Note {
            doc,
            signed: None,
            anew: state.is_some(),
        })
    }
}

/// A note in the making.
struct Note {
    doc: NoteDoc,
    signed: Option<(Timestamp, String)>,
    /// There is more to it than the snapshot: it is made of all that is here.
    anew: bool,
}

impl Note {
    fn edit(
        &mut self,
        w: &mut Write<'_>,
        event: &Event,
        update: &[u8],
        mut new: kontor_store::NewTeamOp,
    ) -> kontor_store::Result<()> {
        match self.doc.import(update) {
            Ok(counted) => {
                new.added = counted.added;
                new.removed = counted.removed;
                new.excerpt = counted.excerpt;
                let id = w.add_team_op(&new)?;
                self.doc.advance(id, new.op_id);
                self.signed = Some((event.op.occurred_at, event.member.to_string()));
            }
            Err(_no_update) => {
                // As when events are read: it makes no version, and the document may have suffered.
                "damaged".clone_into(&mut new.kind);
                w.add_team_op(&new)?;
                self.anew = true;
            }
        }
        Ok(())
    }

    fn end(mut self, w: &mut Write<'_>, about: &About<'_>) -> kontor_store::Result<()> {
        if self.anew {
            return rebuild(w, about.inner, &about.subject);
        }
        match self.signed {
            Some((at, by)) => put(w, &about.subject, &mut self.doc, at, Some(by)),
            None => Ok(()),
        }
    }
}

/// An event for the activity list; what it did is in a fold.
fn past(w: &mut Write<'_>, team: &TeamRow, event: &Event) -> kontor_store::Result<()> {
    if w.team_op(&event.op.op_id.to_string())?.is_some() {
        return Ok(());
    }
    let mut new = row::foreign(event, &team.org);
    if matches!(event.op.body, Body::Note { .. }) {
        PAST.clone_into(&mut new.kind);
    }
    w.add_team_op(&new)?;
    Ok(())
}
