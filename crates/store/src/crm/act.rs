//! Table `act`: what somebody wants written into the ERP, from the first thought until they know what became of it.
//!
//! Nothing in here is sent by itself: `wants` is set by a person's look or yes, and a line that comes back only asks what
//! became of what was said yes to before.

use kontor_model::Millis;
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 act",
    sql: "
CREATE TABLE act (
  id TEXT PRIMARY KEY NOT NULL,                 -- UUIDv7; the trace in the ERP
  act TEXT NOT NULL,                            -- JSON of protocol's Act
  about TEXT NOT NULL DEFAULT '',               -- the conversation it came from; empty: none
  state TEXT NOT NULL DEFAULT 'planned',        -- of the outcome
  wants TEXT NOT NULL DEFAULT '',               -- preview, do or ask: to be told to the server
  seen TEXT NOT NULL DEFAULT '',                -- token of the preview somebody said yes to
  outcome TEXT NOT NULL DEFAULT '',             -- JSON of protocol's ActOutcome; empty: nothing was told
  made_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX act_wants ON act (made_at) WHERE wants <> '';
",
};

/// Something to be written into the ERP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRow {
    /// UUIDv7.
    pub id: String,
    /// JSON of the protocol's `Act`.
    pub act: String,
    /// The conversation it came from; may be empty.
    pub about: String,
    /// The word of the protocol's `ActState`.
    pub state: String,
    /// What the server is to be told: `preview`, `do`, `ask`, or nothing.
    pub wants: String,
    /// The token of the preview somebody said yes to last, until it is known what became of that.
    pub seen: String,
    /// JSON of the protocol's `ActOutcome`; empty while nothing was told.
    pub outcome: String,
    /// When it was planned.
    pub made_at: Millis,
    /// When anything of it changed last.
    pub changed_at: Millis,
}

const SELECT: &str =
    "SELECT id, act, about, state, wants, seen, outcome, made_at, changed_at FROM act";

fn read(row: &Row<'_>) -> rusqlite::Result<ActRow> {
    Ok(ActRow {
        id: row.get(0)?,
        act: row.get(1)?,
        about: row.get(2)?,
        state: row.get(3)?,
        wants: row.get(4)?,
        seen: row.get(5)?,
        outcome: row.get(6)?,
        made_at: Millis(row.get(7)?),
        changed_at: Millis(row.get(8)?),
    })
}

impl Read<'_> {
    /// Returns an act; `None` where there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn act(&self, id: &str) -> Result<Option<ActRow>> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
            .query_row([id], read)
            .optional()?)
    }

    /// Returns at most `limit` acts, the newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn acts(&self, limit: u32) -> Result<Vec<ActRow>> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{SELECT} ORDER BY made_at DESC, id DESC LIMIT ?1"))?;
        let rows = statement.query_map([limit], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns at most `limit` acts the server is to be told of, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn wanted_acts(&self, limit: u32) -> Result<Vec<ActRow>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{SELECT} WHERE wants <> '' ORDER BY made_at, id LIMIT ?1"
        ))?;
        let rows = statement.query_map([limit], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Keeps a new act; one whose id is here already stays as it is.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn plan_act(&mut self, id: &str, act: &str, about: &str) -> Result<()> {
        self.touch_customers();
        self.tx
            .prepare_cached(
                "INSERT INTO act (id, act, about, wants, made_at, changed_at)
                 VALUES (?1, ?2, ?3, 'preview', ?4, ?4) ON CONFLICT DO NOTHING",
            )?
            .execute(params![id, act, about, self.now.0])?;
        Ok(())
    }

    /// Sets what the server is to be told of an act: `preview` to look at it (anew), `do` when somebody said yes to the
    /// preview `seen`. A look leaves an earlier yes known. False where it is under way or over.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_act(&mut self, id: &str, wants: &str, seen: &str) -> Result<bool> {
        self.touch_customers();
        let state = if wants == "do" {
            "confirmed"
        } else {
            "planned"
        };
        let changed = self
            .tx
            .prepare_cached(
                "UPDATE act SET wants = ?2, seen = CASE ?2 WHEN 'do' THEN ?3 ELSE seen END, state = ?4,
                   changed_at = ?5
                 WHERE id = ?1 AND state IN ('planned', 'refused', 'not_written')",
            )?
            .execute(params![id, wants, seen, state, self.now.0])?;
        Ok(changed > 0)
    }

    /// Keeps what the server told of an act; what was told to it, `asked`, is no longer wanted. A yes is known until
    /// something is told that ends it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn tell_act(&mut self, id: &str, state: &str, outcome: &str, asked: &str) -> Result<()> {
        self.touch_customers();
        self.tx
            .prepare_cached(
                "UPDATE act SET state = ?2, outcome = ?3, changed_at = ?5,
                   wants = CASE wants WHEN ?4 THEN '' ELSE wants END,
                   seen = CASE WHEN ?2 IN ('planned', 'confirmed', 'sent') THEN seen ELSE '' END
                 WHERE id = ?1",
            )?
            .execute(params![id, state, outcome, asked, self.now.0])?;
        Ok(())
    }

    /// A line begins: of what was said yes to on an earlier one it is asked what became of it, and nothing is sent.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn resume_acts(&mut self) -> Result<()> {
        let resumed = self
            .tx
            .prepare_cached(
                "UPDATE act SET wants = 'ask' WHERE state IN ('confirmed', 'sent') AND wants <> 'ask'",
            )?
            .execute([])?;
        if resumed > 0 {
            self.touch_customers();
        }
        Ok(())
    }

    /// Forgets an act that is not under way. False where it is, or where there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn drop_act(&mut self, id: &str) -> Result<bool> {
        self.touch_customers();
        let gone = self
            .tx
            .prepare_cached("DELETE FROM act WHERE id = ?1 AND state NOT IN ('confirmed', 'sent')")?
            .execute([id])?;
        Ok(gone > 0)
    }
}
