//! Migrations: dated, append-only, applied in order, each in its own transaction.
//!
//! What was applied is kept with its full text. A text that differs from the applied one is an error. An applied
//! migration this program does not know is fine: a newer program was here, and since new columns have defaults and
//! nothing is ever renamed or dropped, yesterday's program still works on the file.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::{Error, Result};

/// One step of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Date and subject, `2026-11-21 message`: unique, never changed.
    pub name: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// Applies what is missing. Two processes may do this at once: the second finds the work done.
pub(crate) fn apply(conn: &mut Connection, migrations: &[Migration]) -> Result<()> {
    if migrations.is_empty() || is_current(conn, migrations)? {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
           id INTEGER PRIMARY KEY AUTOINCREMENT,
           name TEXT NOT NULL UNIQUE,
           sql TEXT NOT NULL
         ) STRICT",
    )?;
    for migration in migrations {
        match applied(&tx, migration.name)? {
            Some(sql) if sql == migration.sql => {}
            Some(_) => return Err(Error::ChangedMigration(migration.name.to_owned())),
            None => {
                tracing::info!(name = migration.name, "The mail store gets a migration.");
                tx.execute_batch(migration.sql)?;
                tx.execute(
                    "INSERT INTO migration (name, sql) VALUES (?1, ?2)",
                    params![migration.name, migration.sql],
                )?;
            }
        }
    }
    tx.commit()?;
    Ok(())
}

/// True when nothing is to be done, found out without a write lock: opening must not wait for a busy writer.
fn is_current(conn: &Connection, migrations: &[Migration]) -> Result<bool> {
    if !conn.table_exists(None, "migration")? {
        return Ok(false);
    }
    for migration in migrations {
        match applied(conn, migration.name)? {
            Some(sql) if sql == migration.sql => {}
            Some(_) => return Err(Error::ChangedMigration(migration.name.to_owned())),
            None => return Ok(false),
        }
    }
    Ok(true)
}

fn applied(conn: &Connection, name: &str) -> Result<Option<String>> {
    Ok(conn
        .query_row("SELECT sql FROM migration WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .optional()?)
}
