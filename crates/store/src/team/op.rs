//! Table `team_op`: what was done in the team, here and elsewhere. The queue and the log are one table: an operation
//! waits, and then it is accepted where it stands.

use kontor_model::Millis;
use kontor_sqlite::Migration;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, params, params_from_iter};

use super::{signed, unsigned};
use crate::{Error, Page, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 team_op",
    sql: "
CREATE TABLE team_op (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- the order in which this profile came to know them
  op_id TEXT NOT NULL UNIQUE,
  org TEXT,                                     -- NULL: made before any team was joined
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,                           -- of the body
  what TEXT NOT NULL,                           -- kind as the activity list has it: mention, assign, conflict, …
  body TEXT NOT NULL,                           -- JSON, exactly as summed
  checksum TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,                 -- nanoseconds since 1970: they are summed, too
  stored_at INTEGER NOT NULL,
  member TEXT,                                  -- NULL before any team was joined
  device TEXT,
  seq INTEGER,                                  -- the server's number
  received_at INTEGER,                          -- when the server's word came
  state TEXT NOT NULL,                          -- waiting, accepted, rejected, left (with its team)
  reason TEXT NOT NULL DEFAULT '',              -- of a rejection
  added INTEGER NOT NULL DEFAULT 0,             -- characters a note's edit added
  removed INTEGER NOT NULL DEFAULT 0,
  excerpt TEXT NOT NULL DEFAULT ''              -- how what was added begins
) STRICT;
CREATE INDEX team_op_waiting ON team_op (id) WHERE state = 'waiting';
CREATE INDEX team_op_subject ON team_op (subject, kind);
CREATE INDEX team_op_seq ON team_op (seq) WHERE seq IS NOT NULL;
CREATE INDEX team_op_occurred ON team_op (occurred_at);
",
};

/// Where an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TeamOpState {
    /// Only here.
    Waiting,
    /// The server has it.
    Accepted,
    /// The server refused it for good.
    Rejected,
    /// It belongs to a team that was left for another one.
    Left,
}

/// An operation to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTeamOp {
    /// Its id.
    pub op_id: String,
    /// The organisation; `None` before any was joined.
    pub org: Option<String>,
    /// What it is about.
    pub subject: String,
    /// The body's kind.
    pub kind: String,
    /// The kind as the activity list has it.
    pub what: String,
    /// JSON, exactly as summed.
    pub body: String,
    /// The sum.
    pub checksum: String,
    /// Nanoseconds since 1970.
    pub occurred_at: i64,
    /// Who; `None` before any team was joined.
    pub member: Option<String>,
    /// From where.
    pub device: Option<String>,
    /// The server's number, of an event.
    pub seq: Option<u64>,
    /// Characters a note's edit added.
    pub added: u64,
    /// Characters it removed.
    pub removed: u64,
    /// How what was added begins.
    pub excerpt: String,
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamOp {
    /// The row: the order in which this profile came to know them.
    pub id: i64,
    /// What it does.
    pub op: NewTeamOp,
    /// When this profile stored it.
    pub stored_at: Millis,
    /// When the server's word about it came.
    pub received_at: Option<Millis>,
    /// Where it stands.
    pub state: TeamOpState,
    /// Why it was rejected; else empty.
    pub reason: String,
    /// Its number at the server inside this program; 0 while it is to be told there.
    pub within: Option<u64>,
}

/// One edit of a note, as needed to make its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteOp {
    /// The row.
    pub id: i64,
    /// Its id.
    pub op_id: String,
    /// JSON.
    pub body: String,
}

/// Which operations a list shows. Empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamOpFilter {
    /// Not before this, nanoseconds since 1970.
    pub since: Option<i64>,
    /// Of this kind, as in [`NewTeamOp::what`].
    pub what: Option<String>,
    /// By this member.
    pub member: Option<String>,
    /// About this subject.
    pub subject: Option<String>,
}

const SELECT: &str = "SELECT id, op_id, org, subject, kind, what, body, checksum, occurred_at, stored_at, member, device, seq,
  received_at, state, reason, added, removed, excerpt, within FROM team_op";

impl TeamOpState {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Left => "left",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "waiting" => Self::Waiting,
            "accepted" => Self::Accepted,
            "rejected" => Self::Rejected,
            // A state of a newer version is not shown by this one.
            _ => Self::Left,
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<TeamOp> {
    let state: String = row.get(14)?;
    Ok(TeamOp {
        id: row.get(0)?,
        op: NewTeamOp {
            op_id: row.get(1)?,
            org: row.get(2)?,
            subject: row.get(3)?,
            kind: row.get(4)?,
            what: row.get(5)?,
            body: row.get(6)?,
            checksum: row.get(7)?,
            occurred_at: row.get(8)?,
            member: row.get(10)?,
            device: row.get(11)?,
            seq: row.get::<_, Option<i64>>(12)?.map(unsigned),
            added: unsigned(row.get(16)?),
            removed: unsigned(row.get(17)?),
            excerpt: row.get(18)?,
        },
        stored_at: Millis(row.get(9)?),
        received_at: row.get::<_, Option<i64>>(13)?.map(Millis),
        state: TeamOpState::parse(&state),
        reason: row.get(15)?,
        within: row.get::<_, Option<i64>>(19)?.map(unsigned),
    })
}

/// The operations a condition finds.
pub(super) fn of(r: &Read<'_>, tail: &str, bind: impl rusqlite::Params) -> Result<Vec<TeamOp>> {
    let mut statement = r.conn.prepare_cached(&format!("{SELECT} {tail}"))?;
    let rows = statement.query_map(bind, read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

impl Read<'_> {
    fn team_ops_where(&self, tail: &str, bind: impl rusqlite::Params) -> Result<Vec<TeamOp>> {
        of(self, tail, bind)
    }

    /// Returns an operation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team_op(&self, op_id: &str) -> Result<Option<TeamOp>> {
        Ok(self
            .team_ops_where("WHERE op_id = ?1", [op_id])?
            .into_iter()
            .next())
    }

    /// Returns at most `limit` operations that wait, behind row `after`, in the order they were made.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn waiting_team_ops(&self, after: i64, limit: u32) -> Result<Vec<TeamOp>> {
        self.team_ops_where(
            "WHERE state = 'waiting' AND id > ?1 ORDER BY id LIMIT ?2",
            params![after, limit],
        )
    }

    /// Returns how many operations wait, and when the oldest of them was stored.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team_queue(&self) -> Result<(u64, Option<Millis>)> {
        let (length, oldest): (i64, Option<i64>) = self
            .conn
            .prepare_cached(
                "SELECT count(*), (SELECT stored_at FROM team_op WHERE state = 'waiting' ORDER BY id LIMIT 1)
                 FROM team_op WHERE state = 'waiting'",
            )?
            .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok((unsigned(length), oldest.map(Millis)))
    }

    /// Returns the sets and choices no event has brought back yet, in the order they were made: those waiting, and those
    /// accepted under a `seq` behind `cursor`. Of one subject, or of all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unfolded_record_ops(&self, subject: Option<&str>, cursor: u64) -> Result<Vec<TeamOp>> {
        let cursor = signed(cursor);
        match subject {
            Some(subject) => self.team_ops_where(
                "WHERE subject = ?1 AND kind IN ('record', 'resolve')
                   AND (state = 'waiting' OR (state = 'accepted' AND seq > ?2)) ORDER BY id",
                params![subject, cursor],
            ),
            None => self.team_ops_where(
                "WHERE id IN (SELECT id FROM team_op WHERE state = 'waiting' UNION ALL SELECT id FROM team_op WHERE seq > ?1)
                   AND kind IN ('record', 'resolve') AND state IN ('waiting', 'accepted') ORDER BY id",
                [cursor],
            ),
        }
    }

    /// Returns the edits of a note behind row `after`, in the order they came to be known here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_ops_after(&self, subject: &str, after: i64) -> Result<Vec<NoteOp>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, op_id, body FROM team_op WHERE subject = ?1 AND kind = 'note' AND id > ?2
               AND state IN ('waiting', 'accepted') ORDER BY id",
        )?;
        let rows = statement.query_map(params![subject, after], |r| {
            Ok(NoteOp {
                id: r.get(0)?,
                op_id: r.get(1)?,
                body: r.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns how many edits a note has.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count_note_ops(&self, subject: &str) -> Result<u64> {
        Ok(unsigned(self
            .conn
            .prepare_cached("SELECT count(*) FROM team_op WHERE subject = ?1 AND kind = 'note' AND state IN ('waiting', 'accepted')")?
            .query_row([subject], |r| r.get(0))?))
    }

    /// Returns the id of the edit in this row, where it stands: a document that ends with it is still one of this file.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_op_id(&self, id: i64) -> Result<Option<String>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT op_id FROM team_op WHERE id = ?1 AND state IN ('waiting', 'accepted')",
            )?
            .query_row([id], |r| r.get(0))
            .optional()?)
    }

    /// Returns the first `count` edits of a note in the order all desks agree on (the server's numbers; then what
    /// waits), with bodies.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_versions(&self, subject: &str, count: u64) -> Result<Vec<NoteOp>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, op_id, body FROM team_op WHERE subject = ?1 AND kind = 'note' AND state IN ('waiting', 'accepted')
             ORDER BY seq IS NULL, seq, id LIMIT ?2",
        )?;
        let rows = statement.query_map(params![subject, signed(count)], |r| {
            Ok(NoteOp {
                id: r.get(0)?,
                op_id: r.get(1)?,
                body: r.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the edits of a note in the order of its versions, refused ones last; bodies are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn note_history(&self, subject: &str) -> Result<Vec<TeamOp>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, op_id, org, subject, kind, what, '', checksum, occurred_at, stored_at, member, device, seq,
               received_at, state, reason, added, removed, excerpt, within
             FROM team_op WHERE subject = ?1 AND kind = 'note' AND state <> 'left'
             ORDER BY state = 'rejected', seq IS NULL, seq, id",
        )?;
        let rows = statement.query_map([subject], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns subjects whose note has edits of a team that is gone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn noted_subjects(&self) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT subject FROM note UNION SELECT DISTINCT subject FROM team_op WHERE kind = 'note' AND state IN ('waiting', 'accepted')
             ORDER BY 1",
        )?;
        let rows = statement.query_map([], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// True when an operation about the subject belongs to this organisation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_subject_of(&self, subject: &str, org: &str) -> Result<bool> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT 1 FROM team_op WHERE subject = ?1 AND org = ?2 AND state <> 'left' LIMIT 1",
            )?
            .exists([subject, org])?)
    }

    /// Returns a page of operations, last done first.
    ///
    /// # Errors
    /// [`Error::NotNow`] when `page` is none of ours.
    pub fn team_ops(
        &self,
        filter: &TeamOpFilter,
        page: Option<&str>,
        limit: u32,
    ) -> Result<Page<TeamOp>> {
        let mut sql = format!("{SELECT} WHERE state <> 'left'");
        let mut bind: Vec<Value> = Vec::new();
        for (condition, value) in [
            ("occurred_at >= ?", filter.since.map(Value::Integer)),
            ("what = ?", filter.what.clone().map(Value::Text)),
            ("member = ?", filter.member.clone().map(Value::Text)),
            ("subject = ?", filter.subject.clone().map(Value::Text)),
        ] {
            if let Some(value) = value {
                sql.push_str(" AND ");
                sql.push_str(condition);
                bind.push(value);
            }
        }
        if let Some(page) = page {
            let (at, id) = parse_page(page)?;
            sql.push_str(" AND (occurred_at, id) < (?, ?)");
            bind.extend([Value::Integer(at), Value::Integer(id)]);
        }
        sql.push_str(" ORDER BY occurred_at DESC, id DESC LIMIT ?");
        bind.push(Value::Integer(i64::from(limit).saturating_add(1)));
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(bind), read)?;
        let mut rows: Vec<TeamOp> = rows.collect::<rusqlite::Result<_>>()?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = rows
            .last()
            .filter(|_| more)
            .map(|last| format!("{}.{}", last.op.occurred_at, last.id));
        Ok(Page { rows, next })
    }

    /// Returns at most `limit` operations this profile came to know behind row `after`, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team_ops_after(&self, after: i64, limit: u32) -> Result<Vec<TeamOp>> {
        self.team_ops_where(
            "WHERE id > ?1 AND state <> 'left' ORDER BY id LIMIT ?2",
            params![after, limit],
        )
    }

    /// Returns the last row's number, 0 before the first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_team_op(&self) -> Result<i64> {
        Ok(self
            .conn
            .prepare_cached("SELECT coalesce(max(id), 0) FROM team_op")?
            .query_row([], |r| r.get(0))?)
    }
}

fn parse_page(page: &str) -> Result<(i64, i64)> {
    page.split_once('.')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)))
        .ok_or_else(|| Error::NotNow("this page is not one of the activity list's".to_owned()))
}

impl Write<'_> {
    /// Keeps an operation and returns its row: as accepted where it has a `seq`, else as waiting. Without a team it is to
    /// be told to the server inside this program, too.
    ///
    /// # Errors
    /// When the store cannot be written, or holds an operation of this id.
    pub fn add_team_op(&mut self, op: &NewTeamOp) -> Result<i64> {
        self.touch_op(&op.kind, &op.what);
        let state = match op.seq {
            Some(_) => TeamOpState::Accepted,
            None => TeamOpState::Waiting,
        };
        self.tx
            .prepare_cached(
                "INSERT INTO team_op (op_id, org, subject, kind, what, body, checksum, occurred_at, stored_at, member, device,
                   seq, received_at, state, added, removed, excerpt, within)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                   CASE WHEN ?12 IS NULL AND NOT EXISTS (SELECT 1 FROM team WHERE left_at IS NULL) THEN 0 END)",
            )?
            .execute(params![
                op.op_id,
                op.org,
                op.subject,
                op.kind,
                op.what,
                op.body,
                op.checksum,
                op.occurred_at,
                self.now.0,
                op.member,
                op.device,
                op.seq.map(signed),
                op.seq.map(|_| self.now.0),
                state.as_str(),
                signed(op.added),
                signed(op.removed),
                op.excerpt
            ])?;
        Ok(self.tx.last_insert_rowid())
    }
}
