//! What members did, counted where it lies: edits gathered as people think of them, answers, and how long answers took.
//!
//! One pass over few columns in the order of time. Window functions would say the same in SQL and take more than twice as long
//! over a million operations.

use std::collections::BTreeMap;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Row, params, params_from_iter};

use super::op::TeamOpFilter;
use super::unsigned;
use crate::{Read, Result};

/// What was done in a span of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamWork {
    /// Edits of notes: what one person typed into one note without a long pause is one, and belongs to where it began.
    pub notes: u64,
    /// Answers sent.
    pub replies: u64,
    /// How many seconds those took that tell it, the quickest first.
    pub times: Vec<u32>,
}

/// What was done in spans that follow on each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamSpans {
    /// In each of them.
    pub spans: Vec<TeamWork>,
    /// In all of them.
    pub total: TeamWork,
}

/// The same by members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamWorkload {
    /// Who did something; `None`: before any team was joined.
    pub members: BTreeMap<Option<String>, TeamSpans>,
    /// Everybody together.
    pub team: TeamSpans,
}

/// How often somebody did one kind of thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamDeed {
    /// As in [`crate::NewTeamOp::what`].
    pub what: String,
    /// How often.
    pub count: u64,
    /// How many of them tell a mail's subject.
    pub titled: u64,
}

/// How much was done; edits of notes are gathered as a list shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TeamNumbers {
    /// Edits of notes.
    pub notes: u64,
    /// Answers sent.
    pub replies: u64,
    /// Subjects handed to somebody.
    pub assigned: u64,
    /// Subjects and tasks finished.
    pub done: u64,
}

/// Nanoseconds in a second.
const SECOND: i64 = 1_000_000_000;

impl Read<'_> {
    /// Counts what was done between each two neighbours of `borders`, ascending, nanoseconds since 1970. An edit at most
    /// `pause_seconds` after the one before belongs to it, also where that lies before the first border. What was refused or
    /// left with its team is not counted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team_workload(&self, borders: &[i64], pause_seconds: i64) -> Result<TeamWorkload> {
        let (Some(first), Some(last)) = (borders.first(), borders.last()) else {
            return Ok(TeamWorkload::default());
        };
        let pause = pause_seconds.saturating_mul(SECOND);
        let mut statement = self.conn.prepare_cached(
            "SELECT occurred_at, member, subject, kind,
               CASE kind WHEN 'replied' THEN json_extract(body, '$.answered_after_seconds') END
             FROM team_op
             WHERE occurred_at >= ?1 AND occurred_at < ?2 AND kind IN ('note', 'replied') AND state IN ('waiting', 'accepted')
             ORDER BY occurred_at, id",
        )?;
        let mut counting = Counting::new(borders, pause);
        let mut rows = statement.query(params![first.saturating_sub(pause), last])?;
        while let Some(row) = rows.next()? {
            counting.take(row)?;
        }
        Ok(counting.end())
    }

    /// Counts what the team has of somebody, by kind; of `None`, what was done before any team was joined.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team_deeds(&self, member: Option<&str>) -> Result<Vec<TeamDeed>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT what, count(*), sum(kind = 'replied' AND json_extract(body, '$.title') IS NOT NULL) FROM team_op
             WHERE member IS ?1 AND state IN ('waiting', 'accepted') GROUP BY what ORDER BY what",
        )?;
        let rows = statement.query_map([member], |r| {
            Ok(TeamDeed {
                what: r.get(0)?,
                count: unsigned(r.get(1)?),
                titled: unsigned(r.get(2)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns when the first thing was done that is known here, nanoseconds since 1970.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn first_team_op(&self) -> Result<Option<i64>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT occurred_at FROM team_op WHERE state <> 'left' ORDER BY occurred_at LIMIT 1",
        )?;
        let mut rows = statement.query([])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }

    /// Counts what a list with this filter shows. Edits of a note that follow on each other there, by one person and without
    /// a longer pause, are one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team_numbers(&self, filter: &TeamOpFilter, pause_seconds: i64) -> Result<TeamNumbers> {
        let mut sql = String::from(
            "SELECT occurred_at, kind, what, subject, member, state,
               CASE kind WHEN 'record' THEN json_extract(body, '$.value') END
             FROM team_op WHERE state <> 'left'",
        );
        let mut bind = Vec::new();
        for (condition, value) in [
            (" AND occurred_at >= ?", filter.since.map(Value::Integer)),
            (" AND what = ?", filter.what.clone().map(Value::Text)),
            (" AND member = ?", filter.member.clone().map(Value::Text)),
            (" AND subject = ?", filter.subject.clone().map(Value::Text)),
        ] {
            if let Some(value) = value {
                sql.push_str(condition);
                bind.push(value);
            }
        }
        sql.push_str(" ORDER BY occurred_at DESC, id DESC");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(bind))?;
        let mut numbers = TeamNumbers::default();
        // The newer neighbour: when, and the columns that must be the same.
        let mut newer: Option<(i64, [String; IDENTITY.len()])> = None;
        while let Some(row) = rows.next()? {
            let at: i64 = row.get(0)?;
            let goes_on = match &newer {
                Some((then, same)) => {
                    then.saturating_sub(at).saturating_abs() / SECOND <= pause_seconds
                        && is_same(row, same)?
                }
                None => false,
            };
            match text(row.get_ref(1)?) {
                "note" if !goes_on => numbers.notes = numbers.notes.saturating_add(1),
                "replied" => numbers.replies = numbers.replies.saturating_add(1),
                "record" => numbers.set(text(row.get_ref(2)?), row.get_ref(6)?),
                _ => {}
            }
            match &mut newer {
                Some((then, _)) if goes_on => *then = at,
                _ => newer = Some((at, identity(row)?)),
            }
        }
        Ok(numbers)
    }
}

impl TeamNumbers {
    fn set(&mut self, what: &str, value: ValueRef<'_>) {
        match (what, value) {
            ("assign", ValueRef::Text(_)) => self.assigned = self.assigned.saturating_add(1),
            ("status", ValueRef::Text(b"done")) | ("finish", ValueRef::Text(_)) => {
                self.done = self.done.saturating_add(1);
            }
            _ => {}
        }
    }
}

/// Kind, subject, member and state. Not the kind in the list: who names somebody goes on with the same edit.
const IDENTITY: [usize; 4] = [1, 3, 4, 5];

fn is_same(row: &Row<'_>, known: &[String; IDENTITY.len()]) -> Result<bool> {
    for (column, known) in IDENTITY.into_iter().zip(known) {
        if text(row.get_ref(column)?) != known {
            return Ok(false);
        }
    }
    Ok(true)
}

fn identity(row: &Row<'_>) -> Result<[String; IDENTITY.len()]> {
    let mut found: [String; IDENTITY.len()] = Default::default();
    for (column, found) in IDENTITY.into_iter().zip(&mut found) {
        text(row.get_ref(column)?).clone_into(found);
    }
    Ok(found)
}

/// The text of a column; nobody's name is empty, so that NULL may be.
fn text(value: ValueRef<'_>) -> &str {
    value.as_str().unwrap_or_default()
}

/// Counts rows in the order of time.
struct Counting<'a> {
    borders: &'a [i64],
    pause: i64,
    work: TeamWorkload,
    /// When a member last wrote into a note.
    wrote: BTreeMap<String, BTreeMap<String, i64>>,
}

impl<'a> Counting<'a> {
    fn new(borders: &'a [i64], pause: i64) -> Self {
        Self {
            borders,
            pause,
            work: TeamWorkload {
                members: BTreeMap::new(),
                team: blank(borders),
            },
            wrote: BTreeMap::new(),
        }
    }

    fn take(&mut self, row: &Row<'_>) -> Result<()> {
        let at: i64 = row.get(0)?;
        let (member, kind) = (text(row.get_ref(1)?), text(row.get_ref(3)?));
        if kind == "note" && self.goes_on(member, text(row.get_ref(2)?), at) {
            return Ok(());
        }
        let begun = self.borders.partition_point(|border| *border <= at);
        let Some(span) = begun.checked_sub(1) else {
            return Ok(());
        };
        let after: Option<i64> = row.get(4)?;
        let after = after.and_then(|after| u32::try_from(after).ok());
        let who = (!member.is_empty()).then(|| member.to_owned());
        let own = self.work.members.entry(who);
        let own = own.or_insert_with(|| blank(self.borders));
        for of in [own, &mut self.work.team] {
            let here = of.spans.get_mut(span);
            for work in here.into_iter().chain([&mut of.total]) {
                work.add(kind, after);
            }
        }
        Ok(())
    }

    /// Whether an edit belongs to the one before; remembers it for the next.
    fn goes_on(&mut self, member: &str, subject: &str, at: i64) -> bool {
        if !self.wrote.contains_key(member) {
            self.wrote.insert(member.to_owned(), BTreeMap::new());
        }
        let Some(notes) = self.wrote.get_mut(member) else {
            return false;
        };
        match notes.get_mut(subject) {
            Some(last) => at.saturating_sub(std::mem::replace(last, at)) <= self.pause,
            None => {
                notes.insert(subject.to_owned(), at);
                false
            }
        }
    }

    fn end(mut self) -> TeamWorkload {
        let all = self.work.members.values_mut().chain([&mut self.work.team]);
        for of in all {
            for work in of.spans.iter_mut().chain([&mut of.total]) {
                work.times.sort_unstable();
            }
        }
        self.work
    }
}

fn blank(borders: &[i64]) -> TeamSpans {
    TeamSpans {
        spans: vec![TeamWork::default(); borders.len().saturating_sub(1)],
        total: TeamWork::default(),
    }
}

impl TeamWork {
    fn add(&mut self, kind: &str, after: Option<u32>) {
        match kind {
            "note" => self.notes = self.notes.saturating_add(1),
            _ => self.replies = self.replies.saturating_add(1),
        }
        self.times.extend(after);
    }
}
