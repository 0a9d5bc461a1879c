//! Shared fields: what holds, what waits here laid over it, and the questions only a person can answer.
//!
//! Rules of merging are the protocol's (`kontor_protocol::field`); here they are applied, to events for good and to what
//! waits for as long as it does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use kontor_protocol::field::{self, Field, Set};
use kontor_protocol::{
    APART, Body, CUSTOMER_OF, CriticalFields, MemberId, Op, OpId, SAME_AS, Subject, SubjectKind,
};
use kontor_store::{Read, RecordFieldRow, Write};
use uuid::Uuid;

use crate::collab::{Inner, members};
use crate::critical::critical;
use crate::row::{self, Author, Counted, active};
use crate::{Collab, Error, Member, Result};

/// What is known about a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it is about.
    pub subject: Subject,
    /// Its fields, by name; those emptied are left out unless somebody disagrees.
    pub fields: Vec<RecordField>,
}

/// One field as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordField {
    /// Its name.
    pub field: String,
    /// What holds.
    pub value: Option<String>,
    /// How often that changed.
    pub version: u64,
    /// Who set it; `None` before any team was joined, or when nobody did.
    pub member: Option<MemberId>,
    /// When, by their clock.
    pub at: Option<Timestamp>,
    /// True while something of it waits here for the server.
    pub waiting: bool,
    /// The open question about it.
    pub conflict: Option<OpId>,
}

/// Two people set a critical field at once: a person chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Names it; the set that came second.
    pub id: OpId,
    /// What it is about.
    pub subject: Subject,
    /// Which field.
    pub field: String,
    /// All values to choose from.
    pub values: Vec<ConflictValue>,
    /// Ours, where we took part.
    pub mine: Option<ConflictValue>,
    /// The newest of the others'.
    pub theirs: Option<ConflictValue>,
    /// What holds until then.
    pub base: Option<String>,
}

/// One value of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictValue {
    /// The value; `None` empties the field.
    pub value: Option<String>,
    /// Who.
    pub member: MemberId,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// When, by their clock.
    pub at: Timestamp,
}

/// What a person takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One's own value.
    Mine,
    /// The others' newest.
    Theirs,
    /// This one; `None` empties the field.
    Value(Option<String>),
}

/// A field with what waits laid over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) field: Field,
    waiting: bool,
}

impl Collab {
    /// Returns what is known about a subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn record(&self, subject: &Subject) -> Result<Record> {
        let name = subject.to_string();
        let shown = self.store().read(|r| shown(r, &name))?;
        let fields = shown.into_iter().filter_map(|(field, shown)| {
            let current = shown.field.current;
            let value = current.as_ref().and_then(|set| set.value.clone());
            let conflict = shown.field.conflict.map(|c| c.id);
            if value.is_none() && conflict.is_none() {
                return None;
            }
            let author = current.as_ref().map(|set| set.member);
            Some(RecordField {
                field,
                value,
                version: shown.field.version,
                member: author.filter(|member| !member.0.is_nil()),
                at: current.map(|set| set.occurred_at),
                waiting: shown.waiting,
                conflict,
            })
        });
        Ok(Record {
            subject: subject.clone(),
            fields: fields.collect(),
        })
    }

    /// Sets a field, or empties it with `None`; on the disk when it answers.
    ///
    /// # Errors
    /// [`Error::Field`] when name or value cannot be, [`Error::Store`] when nothing was stored.
    pub async fn set_field(
        &self,
        subject: &Subject,
        field: &str,
        value: Option<String>,
        now: Timestamp,
    ) -> Result<OpId> {
        let ids = self
            .set_fields(subject, vec![(field.to_owned(), value)], now)
            .await?;
        ids.into_iter()
            .next()
            .ok_or(Error::Field(field::FieldProblem::Name))
    }

    /// Sets several fields in one durable transaction, an operation each.
    ///
    /// # Errors
    /// As [`Self::set_field`]; then none was set.
    pub async fn set_fields(
        &self,
        subject: &Subject,
        fields: Vec<(String, Option<String>)>,
        now: Timestamp,
    ) -> Result<Vec<OpId>> {
        for (name, value) in &fields {
            field::check(name, value.as_deref())?;
        }
        let (inner, subject, now) = (
            Arc::clone(&self.inner),
            subject.clone(),
            row::whole_millis(now),
        );
        let write = self.store().write_durable(now.into(), move |w| {
            set_fields(w, &inner, &subject, fields, now)
        });
        Ok(write.await?)
    }

    /// Returns the open questions, by subject and field.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn conflicts(&self) -> Result<Vec<Conflict>> {
        Ok(self.store().read(|r| conflicts(r, None))?)
    }

    /// Answers an open question for the whole team.
    ///
    /// # Errors
    /// [`Error::NoConflict`] when it is not open (any more), [`Error::NoSuchValue`] when one of the two took no part.
    pub async fn resolve(&self, conflict: OpId, choice: Choice, now: Timestamp) -> Result<OpId> {
        let now = row::whole_millis(now);
        let found = self.store().read(|r| conflicts(r, Some(conflict)))?;
        let open = found.into_iter().find(|c| c.id == conflict);
        let open = open.ok_or(Error::NoConflict(conflict))?;
        let is_typed = matches!(choice, Choice::Value(_));
        let value = match choice {
            Choice::Mine => open.mine.ok_or(Error::NoSuchValue("yours"))?.value,
            Choice::Theirs => open.theirs.ok_or(Error::NoSuchValue("theirs"))?.value,
            Choice::Value(value) => value,
        };
        field::check(&open.field, value.as_deref())?;
        let id = self.inner.ids.op(now);
        let field = open.field;
        let op = Op::new(
            id,
            now,
            open.subject,
            Body::Resolve {
                conflict,
                field,
                value,
            },
        );
        let put = move |w: &mut Write<'_>| {
            let author = Author::of(w, &op.subject.to_string())?;
            w.add_team_op(&row::own(&op, &author, Counted::default()))
        };
        // One of the two is chosen in a moment: a power cut leaves both and the question. What was typed anew is kept as
        // all writing is.
        if is_typed {
            self.store().write_durable(now.into(), put).await?;
        } else {
            self.store().write(now.into(), put).await?;
        }
        Ok(id)
    }
}

fn set_fields(
    w: &mut Write<'_>,
    inner: &Inner,
    subject: &Subject,
    fields: Vec<(String, Option<String>)>,
    now: Timestamp,
) -> kontor_store::Result<Vec<OpId>> {
    let name = subject.to_string();
    let author = Author::of(w, &name)?;
    let me = author.member_id().unwrap_or(NOBODY);
    let mut shown = shown(w, &name)?;
    let expected = expected(w, &name)?;
    let mut ids = Vec::with_capacity(fields.len());
    for (field, value) in fields {
        let state = shown.entry(field.clone()).or_default();
        let base = base(&state.field, me);
        let id = inner.ids.op(now);
        let op = Op::new(
            id,
            now,
            subject.clone(),
            Body::Record { field, value, base },
        );
        field::fold(&mut state.field, &op, me, expected.stamp(&op.body));
        let name = op.body.field().unwrap_or_default();
        if [CUSTOMER_OF, SAME_AS].contains(&name) || name.starts_with(APART) {
            w.touch_customers();
        }
        w.add_team_op(&row::own(&op, &author, Counted::default()))?;
        ids.push(id);
    }
    Ok(ids)
}

/// The author of what was made before any team was joined.
const NOBODY: MemberId = MemberId(Uuid::nil());

/// What a person has seen who sets the field now: what holds, or their own value in an open conflict.
fn base(field: &Field, me: MemberId) -> Option<OpId> {
    let own = field.conflict.as_ref().and_then(|c| {
        let mut mine = c.values.iter().filter(|set| set.member == me);
        mine.next_back().map(|set| set.op)
    });
    own.or_else(|| field.current.as_ref().map(|set| set.op))
}

pub(crate) fn folded(row: &RecordFieldRow) -> kontor_store::Result<Field> {
    serde_json::from_str(&row.folded).map_err(|e| kontor_store::Error::Unreadable {
        what: "a shared field",
        why: e.to_string(),
    })
}

pub(crate) fn shown(
    read: &Read<'_>,
    subject: &str,
) -> kontor_store::Result<BTreeMap<String, Shown>> {
    let mut fields = BTreeMap::new();
    for row in read.record_fields(subject)? {
        let shown = Shown {
            field: folded(&row)?,
            waiting: false,
        };
        fields.insert(row.field, shown);
    }
    let cursor = active(read)?.map_or(0, |team| team.cursor);
    let waiting = read.unfolded_record_ops(Some(subject), cursor)?;
    if waiting.is_empty() {
        return Ok(fields);
    }
    let expected = expected(read, subject)?;
    for waiting in waiting {
        let Some(op) = row::op(&waiting) else {
            continue;
        };
        let Some(field) = op.body.field() else {
            continue;
        };
        let member = waiting.op.member.as_deref().and_then(|m| m.parse().ok());
        let shown = fields.entry(field.to_owned()).or_default();
        shown.waiting = true;
        let stamp = expected.stamp(&op.body);
        field::fold(&mut shown.field, &op, member.unwrap_or(NOBODY), stamp);
    }
    Ok(fields)
}

/// The list by which the server will take what is written about a subject now.
fn expected(read: &Read<'_>, subject: &str) -> kontor_store::Result<CriticalFields> {
    let about_org = subject
        .parse::<Subject>()
        .is_ok_and(|subject| subject.kind() == SubjectKind::Org);
    if about_org {
        // The list itself is always what was set last.
        return Ok(CriticalFields::default());
    }
    critical(read)
}

/// The open questions; with an id only those where it may be, so that one answer does not look through all.
fn conflicts(read: &Read<'_>, wanted: Option<OpId>) -> kontor_store::Result<Vec<Conflict>> {
    let team = active(read)?;
    let cursor = team.as_ref().map_or(0, |team| team.cursor);
    let me = team
        .and_then(|team| team.member.parse().ok())
        .unwrap_or(NOBODY);
    let wanted = wanted.map(|id| id.to_string());
    let is_wanted = |text: &str| wanted.as_ref().is_none_or(|id| text.contains(id));
    let mut subjects: BTreeSet<String> = BTreeSet::new();
    let open = read.conflicting_fields()?.into_iter();
    let open = open.filter(|row| row.conflict.as_deref().is_some_and(is_wanted));
    subjects.extend(open.map(|row| row.subject));
    // A question is named by the set that opened it.
    let waiting = read.unfolded_record_ops(None, cursor)?.into_iter();
    let waiting = waiting.filter(|op| is_wanted(&op.op.op_id) || is_wanted(&op.op.body));
    subjects.extend(waiting.map(|op| op.op.subject));
    let members = members(read)?;
    let mut found = Vec::new();
    for name in subjects {
        for (field, shown) in shown(read, &name)? {
            let base = shown.field.current.and_then(|set| set.value);
            let Some(open) = shown.field.conflict else {
                continue;
            };
            let newest = |mine: bool| {
                let mut of_side = open.values.iter().filter(|set| (set.member == me) == mine);
                of_side.next_back().map(|set| value(set, &members))
            };
            found.push(Conflict {
                id: open.id,
                subject: row::id(&name)?,
                field,
                values: open.values.iter().map(|set| value(set, &members)).collect(),
                mine: newest(true),
                theirs: newest(false),
                base,
            });
        }
    }
    Ok(found)
}

fn value(set: &Set, members: &[Member]) -> ConflictValue {
    let name = members.iter().find(|m| m.member == set.member);
    ConflictValue {
        value: set.value.clone(),
        member: set.member,
        name: name.map(|m| m.name.clone()),
        at: set.occurred_at,
    }
}
