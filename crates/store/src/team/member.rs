//! Table `team_member`: who belongs to the team, as its events told.

use kontor_sqlite::Migration;
use rusqlite::params;

use crate::{Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 team_member",
    sql: "
CREATE TABLE team_member (
  member TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  active INTEGER NOT NULL                       -- 0: removed; their words stay
) STRICT, WITHOUT ROWID;
",
};

/// A member of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMember {
    /// Their id.
    pub member: String,
    /// As shown to colleagues.
    pub name: String,
    /// The address signed in with.
    pub email: String,
    /// What they may do.
    pub role: String,
    /// False after an admin removed them.
    pub active: bool,
}

impl Read<'_> {
    /// Returns everybody who is or was in the team, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team_members(&self) -> Result<Vec<TeamMember>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT member, name, email, role, active FROM team_member ORDER BY name, member",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(TeamMember {
                member: r.get(0)?,
                name: r.get(1)?,
                email: r.get(2)?,
                role: r.get(3)?,
                active: r.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Stores a member as they are now.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_team_member(&mut self, member: &TeamMember) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO team_member (member, name, email, role, active) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                member.member,
                member.name,
                member.email,
                member.role,
                member.active
            ])?;
        Ok(())
    }

    /// Forgets all members: another team comes.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn clear_team_members(&mut self) -> Result<()> {
        self.tx.execute("DELETE FROM team_member", [])?;
        Ok(())
    }
}
