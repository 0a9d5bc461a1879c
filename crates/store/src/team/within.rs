//! Table `team_within`: our place at the server inside this program, which has what is written while there is no team.
//!
//! What belongs to which team is not touched by it: an operation that was told there waits for a team all the same. Only
//! `team_op.within` says that it lies in a second file, too, and under which number.

use kontor_model::Millis;
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use super::op;
use super::op_state::kind_and_what;
use super::{signed, unsigned};
use crate::{Read, Result, TeamOp, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 team_within",
    sql: "
CREATE TABLE team_within (
  id INTEGER PRIMARY KEY CHECK (id = 1),        -- one such server
  org TEXT NOT NULL,                            -- its organisation of one
  member TEXT NOT NULL,
  device TEXT NOT NULL,
  token TEXT NOT NULL,                          -- opens nothing but the file beside this one
  epoch TEXT,                                   -- that file's life; NULL before the first welcome
  cursor INTEGER NOT NULL DEFAULT 0,            -- last event of it that was read
  head INTEGER NOT NULL DEFAULT 0               -- last event known to exist
) STRICT;
-- The number there; 0: to be told; NULL: told to a team's server, or another's.
ALTER TABLE team_op ADD COLUMN within INTEGER;
CREATE INDEX team_op_within ON team_op (id) WHERE within = 0;
UPDATE team_op SET within = 0 WHERE kind <> 'member' AND state <> 'rejected'
  AND (org IS NULL OR EXISTS (
    SELECT 1 FROM team WHERE team.left_at IS NOT NULL AND team.org = team_op.org AND team.member = team_op.member));
",
};

/// Our place there.
#[derive(Clone, PartialEq, Eq)]
pub struct WithinRow {
    /// The organisation of one.
    pub org: String,
    /// Who we are there.
    pub member: String,
    /// What the token belongs to.
    pub device: String,
    /// What is said at the door. Never logged.
    pub token: String,
    /// The file's life; `None` before the first welcome.
    pub epoch: Option<String>,
    /// The last event of it that was read.
    pub cursor: u64,
    /// The last event known to exist.
    pub head: u64,
}

impl std::fmt::Debug for WithinRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WithinRow")
            .field("org", &self.org)
            .field("epoch", &self.epoch)
            .field("cursor", &self.cursor)
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

impl Read<'_> {
    /// Returns our place at the server inside this program; `None` before it was first needed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn within(&self) -> Result<Option<WithinRow>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT org, member, device, token, epoch, cursor, head FROM team_within",
            )?
            .query_row([], |r| {
                Ok(WithinRow {
                    org: r.get(0)?,
                    member: r.get(1)?,
                    device: r.get(2)?,
                    token: r.get(3)?,
                    epoch: r.get(4)?,
                    cursor: unsigned(r.get(5)?),
                    head: unsigned(r.get(6)?),
                })
            })
            .optional()?)
    }

    /// Returns at most `limit` operations that are to be told there, behind row `after`, in the order they were made.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn untold_within(&self, after: i64, limit: u32) -> Result<Vec<TeamOp>> {
        op::of(
            self,
            "WHERE within = 0 AND id > ?1 ORDER BY id LIMIT ?2",
            params![after, limit],
        )
    }

    /// True when something is to be told there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_untold_within(&self) -> Result<bool> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT 1 FROM team_op WHERE within = 0 LIMIT 1")?;
        Ok(statement.exists([])?)
    }

    /// Returns how many operations are to be told there, and when the oldest of them was stored.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn within_queue(&self) -> Result<(u64, Option<Millis>)> {
        let (length, oldest): (i64, Option<i64>) = self
            .conn
            .prepare_cached(
                "SELECT count(*), (SELECT stored_at FROM team_op WHERE within = 0 ORDER BY id LIMIT 1)
                 FROM team_op WHERE within = 0",
            )?
            .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok((unsigned(length), oldest.map(Millis)))
    }
}

impl Write<'_> {
    /// Stores our place there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_within(&mut self, row: &WithinRow) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO team_within (id, org, member, device, token, epoch, cursor, head)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                row.org,
                row.member,
                row.device,
                row.token,
                row.epoch,
                signed(row.cursor),
                signed(row.head)
            ])?;
        Ok(())
    }

    /// Notes an operation's number there. False when that was known, or there is no such operation.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep_within(&mut self, op_id: &str, seq: u64) -> Result<bool> {
        let changed = self
            .tx
            .prepare_cached(
                "UPDATE team_op SET within = ?2 WHERE op_id = ?1 AND coalesce(within, 0) = 0 RETURNING kind, what",
            )?
            .query_row(params![op_id, signed(seq)], kind_and_what)
            .optional()?;
        if let Some((kind, what)) = &changed {
            self.touch_op(kind, what);
        }
        Ok(changed.is_some())
    }

    /// An operation is not told there any more: it will not have it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn spare_within(&mut self, op_id: &str) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE team_op SET within = NULL WHERE op_id = ?1 AND within = 0")?
            .execute([op_id])?;
        Ok(())
    }

    /// The file there has another life: everything that was told is told again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn void_within(&mut self) -> Result<()> {
        self.tx
            .execute("UPDATE team_op SET within = 0 WHERE within > 0", [])?;
        Ok(())
    }

    /// A team is left: what this member wrote in it is told there, too. What colleagues wrote is not.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn bring_within(&mut self, org: &str, member: &str) -> Result<()> {
        self.tx.execute(
            "UPDATE team_op SET within = 0
             WHERE within IS NULL AND org = ?1 AND member = ?2 AND kind <> 'member' AND state <> 'rejected'",
            [org, member],
        )?;
        Ok(())
    }

    /// Moves the cursor there; the head moves with it where it is behind.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_within_cursor(&mut self, cursor: u64) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE team_within SET cursor = ?1, head = max(head, ?1)")?
            .execute([signed(cursor)])?;
        Ok(())
    }

    /// Notes that an event of this number exists there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn raise_within_head(&mut self, head: u64) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE team_within SET head = ?1 WHERE head < ?1")?
            .execute([signed(head)])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kontor_sqlite::{Database, Lane, Options};

    use super::*;
    use crate::Store;
    use crate::schema::MIGRATIONS;

    /// A profile from before: three operations, the first made in no team, the others in one.
    fn check(team: &'static str, want: &[&str]) {
        let dir = tempfile::tempdir().unwrap();
        let before = MIGRATIONS.iter().position(|m| m.name == MIGRATION.name);
        let before = MIGRATIONS.get(..before.unwrap()).unwrap();
        let db = Database::open(&dir.path().join("store.db"), &Options::default(), before).unwrap();
        db.write_blocking::<_, crate::Error, _>(Lane::Durable, move |tx| {
            tx.execute_batch(team)?;
            for (id, org, member, state) in [
                ("alone", None, None, "waiting"),
                ("ours", Some("hrast"), Some("ana"), "accepted"),
                ("theirs", Some("hrast"), Some("bor"), "accepted"),
                ("refused", Some("hrast"), Some("ana"), "rejected"),
            ] {
                tx.execute(
                    "INSERT INTO team_op (op_id, org, subject, kind, what, body, checksum, occurred_at, stored_at, member, state)
                     VALUES (?1, ?2, 'customer:1', 'note', 'note', '{}', '00', 1, 1, ?3, ?4)",
                    params![id, org, member, state],
                )?;
            }
            Ok(())
        })
        .unwrap();
        drop(db);
        let store = Store::open(dir.path()).unwrap();
        let untold = store.read(|r| r.untold_within(0, 10)).unwrap();
        let untold: Vec<_> = untold.iter().map(|op| op.op.op_id.as_str()).collect();
        assert_eq!(untold, want, "{team}");
    }

    #[test]
    fn a_profile_from_before_moves_over_by_itself() {
        const LEFT: &str =
            "INSERT INTO team (id, server, org, name, thread_key, member, device, joined_at, left_at)
             VALUES (1, 'wss://ekipa.example', 'hrast', 'Hrast', '', 'ana', 'miza', 1, 2)";
        const JOINED: &str =
            "INSERT INTO team (id, server, org, name, thread_key, member, device, joined_at)
             VALUES (1, 'wss://ekipa.example', 'hrast', 'Hrast', '', 'ana', 'miza', 1)";
        check("", &["alone"]);
        check(LEFT, &["alone", "ours"]);
        check(JOINED, &["alone"]);
    }
}
