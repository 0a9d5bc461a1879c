//! How operations go from one state to the next.

use rusqlite::{OptionalExtension as _, Row, params};

use super::signed;
use crate::{NewTeamOp, Result, Write};

/// What [`Write::touch_op`] asks for.
pub(super) fn kind_and_what(row: &Row<'_>) -> rusqlite::Result<(String, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

impl Write<'_> {
    /// Notes that the server has an operation of ours. False when that was known.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn acknowledge_team_op(&mut self, op_id: &str, seq: u64) -> Result<bool> {
        let changed = self
            .tx
            .prepare_cached(
                "UPDATE team_op SET state = 'accepted', reason = '', seq = ?2, received_at = ?3 WHERE op_id = ?1 AND seq IS NULL
                 RETURNING kind, what",
            )?
            .query_row(params![op_id, signed(seq), self.now.0], kind_and_what)
            .optional()?;
        if let Some((kind, what)) = &changed {
            self.touch_op(kind, what);
        }
        Ok(changed.is_some())
    }

    /// Writes what an event says of an operation that is here: its number and author.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn accept_team_op(&mut self, id: i64, event: &NewTeamOp) -> Result<()> {
        self.touch_op(&event.kind, &event.what);
        self.tx
            .prepare_cached(
                "UPDATE team_op SET state = 'accepted', reason = '', seq = ?2, org = ?3, member = ?4, device = ?5,
                   received_at = coalesce(received_at, ?6) WHERE id = ?1",
            )?
            .execute(params![
                id,
                event.seq.map(signed),
                event.org,
                event.member,
                event.device,
                self.now.0
            ])?;
        Ok(())
    }

    /// Takes an operation back: the server will not have it. False when it does not wait (any more).
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn reject_team_op(&mut self, op_id: &str, reason: &str) -> Result<bool> {
        self.touch_team();
        let changed = self
            .tx
            .prepare_cached(
                "UPDATE team_op SET state = 'rejected', reason = ?2, received_at = ?3 WHERE op_id = ?1 AND state = 'waiting'",
            )?
            .execute(params![op_id, reason, self.now.0])?;
        Ok(changed > 0)
    }

    /// Says what an operation turned out to be, for the activity list: a set that opened a conflict.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_team_op_what(&mut self, op_id: &str, what: &str) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE team_op SET what = ?2 WHERE op_id = ?1")?
            .execute([op_id, what])?;
        Ok(())
    }

    /// Says anew what kind an operation is: an edit that counts among a note's versions, or one that does not.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_team_op_kind(&mut self, op_id: &str, kind: &str) -> Result<()> {
        self.touch_team();
        self.tx
            .prepare_cached("UPDATE team_op SET kind = ?2 WHERE op_id = ?1")?
            .execute([op_id, kind])?;
        Ok(())
    }

    /// The server's store has another life: numbers are void, and what we had in it waits again. The operations of others
    /// stay known. What came by a snapshot is loose until it was compared with what the server has, see
    /// [`crate::Read::loose_note_bases`].
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn renumber_team_ops(&mut self, org: &str, member: &str) -> Result<()> {
        self.tx.execute(
            "UPDATE team_op SET seq = NULL, state = CASE WHEN member = ?2 AND kind <> 'member' THEN 'waiting' ELSE state END
             WHERE org = ?1 AND state = 'accepted'",
            [org, member],
        )?;
        self.loosen_note_bases(org)
    }
}
