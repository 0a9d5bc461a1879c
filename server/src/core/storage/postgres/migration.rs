//! The schema, in dated steps that are only ever added to.

use sqlx::{Executor as _, PgPool};

use super::super::{Result, StorageError};
use super::{
    act, audit, company, device, erp, event, facts, file, invitation, member, org, presence, slip,
    snapshot,
};

/// Held by a node that migrates or makes an organisation, so that no two do at once: "kontor" in ASCII.
pub(super) const LOCK: i64 = 0x6b6f_6e74_6f72;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Migration {
    /// Date and subject: unique, never changed.
    pub(super) name: &'static str,
    /// The statements.
    pub(super) sql: &'static str,
}

/// In the order they are applied; append only.
const MIGRATIONS: &[Migration] = &[
    org::MIGRATION,
    member::MIGRATION,
    device::MIGRATION,
    invitation::MIGRATION,
    event::MIGRATION,
    audit::MIGRATION,
    company::MIGRATION,
    slip::MIGRATION,
    presence::MIGRATION,
    presence::NODES,
    snapshot::MIGRATION,
    snapshot::HEAD_MIGRATION,
    file::MIGRATION,
    file::PARTS,
    erp::MIGRATION,
    event::POLICY_MIGRATION,
    facts::CUSTOMERS,
    facts::DOCUMENTS,
    act::MIGRATION,
    facts::PRODUCTS,
];

/// A table's statements, and behind them what keeps organisations apart: rows are seen and written in a transaction that
/// named their organisation, and seen (never written) in one that said `system`. The selects in brackets are run once a
/// statement, not once a row.
macro_rules! guarded {
    ($table:literal, $sql:literal) => {
        concat!(
            $sql,
            "; ALTER TABLE ",
            $table,
            " ENABLE ROW LEVEL SECURITY; ALTER TABLE ",
            $table,
            " FORCE ROW LEVEL SECURITY; CREATE POLICY own ON ",
            $table,
            " USING (org_id = (SELECT CASE WHEN current_setting('kontor.org', true) ~ '^[0-9a-f-]{36}$'
                THEN current_setting('kontor.org', true)::uuid END));
              CREATE POLICY system ON ",
            $table,
            " FOR SELECT USING ((SELECT current_setting('kontor.org', true)) = 'system')"
        )
    };
}
pub(super) use guarded;

/// Applies what is missing, all or nothing. A step this program does not know is fine: a newer program was here, and
/// nothing is ever renamed or dropped.
pub(super) async fn apply(pool: &PgPool) -> Result<()> {
    let mut tx = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *tx)
        .await?;
    // Asked first, because CREATE … IF NOT EXISTS wants the right to create even where it does nothing.
    let fresh: bool = sqlx::query_scalar("SELECT to_regclass('kontor_migration') IS NULL")
        .fetch_one(&mut *tx)
        .await?;
    if fresh {
        let table = "CREATE TABLE kontor_migration (
            number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            sql TEXT NOT NULL
        )";
        sqlx::query(table).execute(&mut *tx).await?;
    }
    for migration in MIGRATIONS {
        let applied: Option<String> =
            sqlx::query_scalar("SELECT sql FROM kontor_migration WHERE name = $1")
                .bind(migration.name)
                .fetch_optional(&mut *tx)
                .await?;
        match applied {
            Some(sql) if sql == migration.sql => {}
            Some(_) => {
                return Err(StorageError::Damaged(format!(
                    "the server's database was made by another program: its step “{}” differs",
                    migration.name
                )));
            }
            None => {
                tracing::info!(name = migration.name, "The server's database gets a step.");
                // Without values, so PostgreSQL takes several statements at once.
                (&mut *tx).execute(migration.sql).await?;
                sqlx::query("INSERT INTO kontor_migration (name, sql) VALUES ($1, $2)")
                    .bind(migration.name)
                    .bind(migration.sql)
                    .execute(&mut *tx)
                    .await?;
            }
        }
    }
    Ok(tx.commit().await?)
}
