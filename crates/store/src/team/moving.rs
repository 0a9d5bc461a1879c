//! How operations go from no team into one, from one into another, and back.

use rusqlite::params;

use super::op;
use crate::{Read, Result, TeamOp, Write};

impl Read<'_> {
    /// Returns what the operations are about that belong to no team.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unshared_subjects(&self) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT DISTINCT subject FROM team_op WHERE org IS NULL AND state <> 'left' ORDER BY subject",
        )?;
        let rows = statement.query_map([], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the operations about a subject that belong to no team.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unshared_team_ops(&self, subject: &str) -> Result<Vec<TeamOp>> {
        op::of(
            self,
            "WHERE subject = ?1 AND org IS NULL ORDER BY id",
            [subject],
        )
    }
}

impl Write<'_> {
    /// Gives an operation no server has seen another subject, and the sum that goes with it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn rename_team_op(&mut self, id: i64, subject: &str, checksum: &str) -> Result<()> {
        self.tx
            .prepare_cached(
                "UPDATE team_op SET subject = ?2, checksum = ?3 WHERE id = ?1 AND org IS NULL",
            )?
            .execute(params![id, subject, checksum])?;
        Ok(())
    }

    /// Hands operations made before any team was joined to this one: they wait to be told there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn author_team_ops(&mut self, org: &str, member: &str, device: &str) -> Result<()> {
        self.tx.execute(
            "UPDATE team_op SET org = ?1, member = ?2, device = ?3 WHERE org IS NULL",
            [org, member, device],
        )?;
        Ok(())
    }

    /// Puts the operations of a team aside: another one is joined.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn part_team_ops(&mut self, org: &str) -> Result<()> {
        self.tx.execute(
            "UPDATE team_op SET state = 'left', seq = NULL WHERE org = ?1 AND state IN ('waiting', 'accepted')",
            [org],
        )?;
        Ok(())
    }

    /// Brings back what was put aside when this team was left: what is ours waits, the rest is known.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn return_team_ops(&mut self, org: &str, member: &str) -> Result<()> {
        self.tx.execute(
            "UPDATE team_op SET seq = NULL, state = CASE WHEN member = ?2 AND kind <> 'member' THEN 'waiting' ELSE 'accepted' END
             WHERE org = ?1 AND state = 'left'",
            [org, member],
        )?;
        Ok(())
    }
}
