//! Table `team`: the organisation this profile belongs to, and how far it has read there. The token is in the keychain.
//!
//! What the team shares lies beside it: operations (`team_op`), notes, folded fields, members. Ids and bodies are text
//! here: this crate keeps them and knows nothing of the protocol.

pub(crate) mod analytics;
pub(crate) mod base;
pub(crate) mod field;
pub(crate) mod file;
pub(crate) mod member;
mod moving;
pub(crate) mod note;
pub(crate) mod op;
mod op_state;
pub(crate) mod within;

use kontor_model::Millis;
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 team",
    sql: "
CREATE TABLE team (
  id INTEGER PRIMARY KEY CHECK (id = 1),        -- one team at a time
  server TEXT NOT NULL,                         -- its address; empty: the server inside this program
  org TEXT NOT NULL,
  name TEXT NOT NULL,
  thread_key TEXT NOT NULL,
  member TEXT NOT NULL,                         -- who we are there
  device TEXT NOT NULL,
  epoch TEXT,                                   -- the server store's life; NULL before the first welcome
  cursor INTEGER NOT NULL DEFAULT 0,            -- last event stored here
  head INTEGER NOT NULL DEFAULT 0,              -- last event known to exist
  joined_at INTEGER NOT NULL,
  left_at INTEGER
) STRICT;
",
};

pub(crate) const SNAPSHOT_MIGRATION: Migration = Migration {
    name: "2026-11-22 team snapshot",
    sql: "
ALTER TABLE team ADD COLUMN snapshot TEXT;      -- where reading one stands, JSON; empty: it may begin; NULL: events are read
",
};

/// A membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRow {
    /// The server's address.
    pub server: String,
    /// The organisation's id.
    pub org: String,
    /// The organisation's name.
    pub name: String,
    /// Turns root Message-IDs into names of threads, 64 hex digits.
    pub thread_key: String,
    /// Who we are there.
    pub member: String,
    /// What the token belongs to.
    pub device: String,
    /// The server store's life; `None` before the first welcome.
    pub epoch: Option<String>,
    /// The last event stored here.
    pub cursor: u64,
    /// The last event known to exist.
    pub head: u64,
    /// When it was joined.
    pub joined_at: Millis,
    /// When it was left; what it shared stays readable.
    pub left_at: Option<Millis>,
    /// While a snapshot is read instead of events: where that stands (empty before the first page).
    pub snapshot: Option<String>,
}

impl Read<'_> {
    /// Returns the membership, the last one where it was left.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team(&self) -> Result<Option<TeamRow>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT server, org, name, thread_key, member, device, epoch, cursor, head, joined_at, left_at, snapshot FROM team",
            )?
            .query_row([], |r| {
                Ok(TeamRow {
                    server: r.get(0)?,
                    org: r.get(1)?,
                    name: r.get(2)?,
                    thread_key: r.get(3)?,
                    member: r.get(4)?,
                    device: r.get(5)?,
                    epoch: r.get(6)?,
                    cursor: unsigned(r.get(7)?),
                    head: unsigned(r.get(8)?),
                    joined_at: Millis(r.get(9)?),
                    left_at: r.get::<_, Option<i64>>(10)?.map(Millis),
                    snapshot: r.get(11)?,
                })
            })
            .optional()?)
    }
}

impl Write<'_> {
    /// Notes for the change log that something the team shares is to be shown anew. What changes an operation or the
    /// membership notes it by itself.
    pub fn touch_team(&mut self) {
        self.tally.team = true;
    }

    /// The same for an operation by its kind, and by what the activity list has it for: an edit of a note that says nothing
    /// else is told as such.
    pub(crate) fn touch_op(&mut self, kind: &str, what: &str) {
        if kind == "note" && what == "note" {
            self.tally.notes = true;
        } else {
            self.tally.team = true;
        }
    }

    /// The same for who is there and how the line to the team fares.
    pub fn touch_presence(&mut self) {
        self.tally.presence = true;
    }

    /// Stores the membership in place of the one before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_team(&mut self, team: &TeamRow) -> Result<()> {
        self.touch_team();
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO team (id, server, org, name, thread_key, member, device, epoch, cursor, head, joined_at, left_at, snapshot)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(params![
                team.server,
                team.org,
                team.name,
                team.thread_key,
                team.member,
                team.device,
                team.epoch,
                signed(team.cursor),
                signed(team.head),
                team.joined_at.0,
                team.left_at.map(|at| at.0),
                team.snapshot
            ])?;
        Ok(())
    }

    /// Moves the cursor; the head moves with it where it is behind. Call it in the transaction that stores the events.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_team_cursor(&mut self, cursor: u64) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE team SET cursor = ?1, head = max(head, ?1)")?
            .execute([signed(cursor)])?;
        Ok(())
    }

    /// Notes where reading a snapshot stands; `None`: events are read from here on.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_team_snapshot(&mut self, place: Option<&str>) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE team SET snapshot = ?1")?
            .execute([place])?;
        Ok(())
    }

    /// Notes that an event of this number exists.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn raise_team_head(&mut self, head: u64) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE team SET head = ?1 WHERE head < ?1")?
            .execute([signed(head)])?;
        Ok(())
    }
}

/// Numbers of the server count from 1 and fit (it stores them as signed, too).
pub(crate) fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
