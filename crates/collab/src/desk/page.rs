//! Taking a page of events: every effect and the cursor in one transaction, each note read and written once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kontor_protocol::field::{self, Field};
use kontor_protocol::{APART, Ack, Body, CUSTOMER_OF, Event, MemberId, SAME_AS, Subject};
use kontor_store::{RecordFieldRow, TeamMember, TeamOp, TeamOpState, TeamRow, Write};

use super::{Mention, same, stands};
use crate::collab::Inner;
use crate::note::{Splice, Typed, Written};
use crate::note::{doc::NoteDoc, put, rebuild::rebuild};
use crate::row::{self, active};
use crate::{Error, record};

/// With more splices than this an editor had better ask what they come to.
const TOLD: usize = 64;

/// What a page changed.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) cursor: u64,
    pub(super) subjects: BTreeSet<Subject>,
    pub(super) written: Vec<Written>,
    pub(super) acked: Vec<Ack>,
    pub(super) mentions: Vec<Mention>,
    pub(super) members: bool,
    pub(super) events: u64,
}

struct Taking<'a> {
    inner: &'a Inner,
    team: TeamRow,
    me: Option<MemberId>,
    /// Notes this page adds to.
    notes: BTreeMap<String, NoteDoc>,
    /// What this page did to them: the text before it, and splices.
    written: BTreeMap<String, (String, Vec<Splice>)>,
    /// Who made the last edit of a note, by the server's order.
    signed: BTreeMap<String, (Timestamp, MemberId)>,
    /// Notes to be made anew.
    void: BTreeSet<String>,
    fields: BTreeMap<(String, String), Field>,
    done: Done,
}

pub(super) fn apply(
    w: &mut Write<'_>,
    inner: &Inner,
    events: &[Event],
) -> kontor_store::Result<Result<Done, Error>> {
    let Some(mut team) = active(w)? else {
        return Ok(Err(Error::NoTeam));
    };
    let mut cursor = team.cursor;
    let mut new = Vec::with_capacity(events.len());
    for event in events.iter().filter(|event| event.seq > team.cursor) {
        // Looked at before anything is written: what was written would stay.
        if event.seq != cursor.saturating_add(1) {
            return Ok(Err(Error::Gap {
                have: cursor,
                got: event.seq,
            }));
        }
        cursor = event.seq;
        new.push(event);
    }
    if !new.is_empty() && team.snapshot.is_some() {
        // The server has none, or none any more. What a part of one brought is known, but not how far.
        w.renumber_team_ops(&team.org, &team.member)?;
        w.clear_record_fields()?;
        w.set_team_snapshot(None)?;
        team.snapshot = None;
    }
    let mut taking = Taking {
        inner,
        me: team.member.parse().ok(),
        team,
        notes: BTreeMap::new(),
        written: BTreeMap::new(),
        signed: BTreeMap::new(),
        void: BTreeSet::new(),
        fields: BTreeMap::new(),
        done: Done {
            cursor,
            ..Done::default()
        },
    };
    for event in new {
        taking.event(w, event)?;
    }
    taking.end(w).map(Ok)
}

impl Taking<'_> {
    fn event(&mut self, w: &mut Write<'_>, event: &Event) -> kontor_store::Result<()> {
        let known = w.team_op(&event.op.op_id.to_string())?;
        let mut new = row::foreign(event, &self.team.org);
        match &known {
            Some(known) if same(&event.op, known) => {
                w.accept_team_op(known.id, &new)?;
                self.returned(event, known);
                if known.op.kind == row::PAST {
                    w.set_team_op_kind(&new.op_id, "note")?;
                    self.void.insert(new.subject.clone());
                }
            }
            Some(known) => {
                tracing::error!(
                    seq = event.seq,
                    "An event has the id of another operation; ours stays."
                );
                w.accept_team_op(known.id, &new)?;
            }
            None => {
                if let Body::Note { update, .. } = &event.op.body {
                    self.note(w, event, update, &mut new)?;
                } else {
                    w.add_team_op(&new)?;
                }
                self.mention(event);
            }
        }
        if let Some(field) = event.op.body.field() {
            self.fold(w, event, field)?;
        }
        if let Body::Member { .. } = &event.op.body {
            put_member(w, &event.op.body)?;
            self.done.members = true;
        }
        self.done.subjects.insert(event.op.subject.clone());
        self.done.events = self.done.events.saturating_add(1);
        Ok(())
    }

    /// An operation that was here came back, with its number.
    fn returned(&mut self, event: &Event, known: &TeamOp) {
        if known.state == TeamOpState::Waiting {
            self.done.acked.push(Ack {
                op_id: event.op.op_id,
                seq: event.seq,
            });
        }
        if known.op.kind != "note" {
            return;
        }
        self.sign(event);
        if !stands(known.state) {
            self.void.insert(known.op.subject.clone());
        }
    }

    fn note(
        &mut self,
        w: &mut Write<'_>,
        event: &Event,
        update: &[u8],
        new: &mut kontor_store::NewTeamOp,
    ) -> kontor_store::Result<()> {
        let mut doc = match self.notes.remove(&new.subject) {
            Some(doc) => doc,
            None => self.inner.shelf.take(w, &new.subject, &self.inner.ids)?,
        };
        let from = doc.revision();
        match doc.import(update) {
            Ok(counted) => {
                let written = self.written.entry(new.subject.clone());
                let (_, splices) = written.or_insert_with(|| (from, Vec::new()));
                splices.extend(doc.take_splices());
                new.added = counted.added;
                new.removed = counted.removed;
                new.excerpt = counted.excerpt;
                let id = w.add_team_op(new)?;
                doc.advance(id, new.op_id.clone());
                self.notes.insert(new.subject.clone(), doc);
                self.sign(event);
            }
            Err(_no_update) => {
                // Every desk comes to the same: bytes that are no edit make no version. The document may have suffered
                // and is made anew.
                new.kind = "damaged".to_owned();
                w.add_team_op(new)?;
                drop(doc);
                rebuild(w, self.inner, &new.subject)?;
            }
        }
        Ok(())
    }

    fn sign(&mut self, event: &Event) {
        let signature = (event.op.occurred_at, event.member);
        self.signed.insert(event.op.subject.to_string(), signature);
    }

    fn mention(&mut self, event: &Event) {
        if let (Body::Note { mentions, .. }, Some(me)) = (&event.op.body, self.me)
            && mentions.contains(&me)
            && event.member != me
        {
            self.done.mentions.push(Mention {
                op_id: event.op.op_id,
                subject: event.op.subject.clone(),
                by: event.member,
                occurred_at: event.op.occurred_at,
            });
        }
    }

    fn fold(&mut self, w: &mut Write<'_>, event: &Event, name: &str) -> kontor_store::Result<()> {
        if field::check(name, None).is_err() {
            return Ok(());
        }
        if let (CUSTOMER_OF, Body::Record { value, .. }) = (name, &event.op.body) {
            w.follow_tied(event.op.subject.id(), value.as_deref())?;
        }
        if let (SAME_AS, Body::Record { value, .. }) = (name, &event.op.body) {
            w.follow_same(event.op.subject.id(), value.as_deref())?;
        }
        if name.starts_with(APART) {
            w.touch_customers();
        }
        let key = (event.op.subject.to_string(), name.to_owned());
        let mut state = match self.fields.remove(&key) {
            Some(state) => state,
            None => match w.record_field(&key.0, &key.1)? {
                Some(row) => record::folded(&row)?,
                None => Field::default(),
            },
        };
        field::fold(&mut state, &event.op, event.member, event.policy);
        if state
            .conflict
            .as_ref()
            .is_some_and(|c| c.id == event.op.op_id)
        {
            w.set_team_op_what(&event.op.op_id.to_string(), "conflict")?;
        }
        self.fields.insert(key, state);
        Ok(())
    }

    fn end(mut self, w: &mut Write<'_>) -> kontor_store::Result<Done> {
        for (subject, mut doc) in std::mem::take(&mut self.notes) {
            if let Some((at, by)) = self.signed.remove(&subject)
                && !self.void.contains(&subject)
            {
                put(w, &subject, &mut doc, at, Some(by.to_string()))?;
                let written = self.written.remove(&subject);
                self.done
                    .written
                    .extend(written.and_then(|w| told(&doc, &subject, w)));
                self.inner.shelf.put(subject, doc);
            }
        }
        for (subject, (at, by)) in &self.signed {
            w.sign_note(subject, (*at).into(), &by.to_string())?;
        }
        for subject in &self.void {
            rebuild(w, self.inner, subject)?;
        }
        for ((subject, field), state) in &self.fields {
            put_field(w, subject, field, state)?;
        }
        w.set_team_cursor(self.done.cursor)?;
        Ok(self.done)
    }
}

/// What was done to a note as an editor can do it after us.
fn told(doc: &NoteDoc, subject: &str, (from, splices): (String, Vec<Splice>)) -> Option<Written> {
    let few = (1..=TOLD).contains(&splices.len());
    let subject = subject.parse().ok().filter(|_| few)?;
    let typed = Typed {
        revision: doc.revision(),
        splices,
        version: doc.version,
    };
    Some(Written {
        subject,
        from,
        typed,
    })
}

pub(super) fn put_field(
    w: &mut Write<'_>,
    subject: &str,
    field: &str,
    state: &Field,
) -> kontor_store::Result<()> {
    let folded = serde_json::to_string(state).map_err(|e| kontor_store::Error::Unreadable {
        what: "a shared field",
        why: e.to_string(),
    })?;
    w.put_record_field(&RecordFieldRow {
        subject: subject.to_owned(),
        field: field.to_owned(),
        folded,
        conflict: state.conflict.as_ref().map(|c| c.id.to_string()),
    })
}

pub(super) fn put_member(w: &mut Write<'_>, body: &Body) -> kontor_store::Result<()> {
    let Body::Member {
        member,
        name,
        email,
        role,
        active,
    } = body
    else {
        return Ok(());
    };
    w.put_team_member(&TeamMember {
        member: member.to_string(),
        name: name.clone(),
        email: email.clone(),
        role: role.as_str().to_owned(),
        active: *active,
    })
}
