//! The connection to the ERP, and what is counted of its facts. Its row is the lock under which they are numbered.

use kontor_protocol::{FactsState, OrgId};
use sqlx::PgConnection;

use super::super::Result;
use super::super::facts::{ErpRow, FACTS, Leaving, NewErp};
use super::super::rows::{KeptErp, instant, new_epoch, plain};
use super::super::weighing::{Tally, read_state};
use super::convert::count;
use super::migration::{Migration, guarded};
use super::{act, audit, org};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 erp",
    sql: guarded!(
        "erp",
        "CREATE TABLE erp (
          org_id UUID PRIMARY KEY,
          base_url TEXT NOT NULL,
          company_id TEXT NOT NULL,
          sealed_key BYTEA NOT NULL,           -- by the server's key
          connected_at TEXT NOT NULL,
          life TEXT NOT NULL,                  -- of the facts: another after a restore or for another company
          version BIGINT NOT NULL DEFAULT 0,   -- the newest of any fact
          customers BIGINT NOT NULL DEFAULT 0, -- that are here
          documents BIGINT NOT NULL DEFAULT 0, -- that are here
          asked_at TEXT,                       -- somebody wanted a look at once
          memo TEXT NOT NULL DEFAULT '',       -- the mirror's own
          state TEXT NOT NULL DEFAULT '',      -- JSON, as desks are told; empty before the first look
          leader TEXT NOT NULL DEFAULT '',     -- the node that mirrors
          leader_until BIGINT NOT NULL DEFAULT 0 -- milliseconds since 1970
        )"
    ),
};

pub(super) async fn connect(tx: &mut PgConnection, org: OrgId, erp: &NewErp) -> Result<()> {
    // Two admins at once come one after the other.
    org::lock(tx, org).await?;
    let kept = sqlx::query(
        "UPDATE erp SET sealed_key = $4, connected_at = $5
         WHERE org_id = $1::uuid AND base_url = $2 AND company_id = $3",
    )
    .bind(org.to_string())
    .bind(plain(&erp.base_url))
    .bind(plain(&erp.company_id))
    .bind(&erp.sealed_key)
    .bind(erp.at.to_string())
    .execute(&mut *tx)
    .await?;
    if kept.rows_affected() > 0 {
        return Ok(());
    }
    // Where nothing was connected nobody will ever look for what an act has done.
    let anyway = row(tx, org).await?.is_none();
    act::leave_behind(tx, org, anyway, erp.at).await?;
    // The row first: a look that is being taken over holds it, and ends before its facts are forgotten.
    insert(tx, org, &KeptErp::new(erp), &erp.life).await?;
    forget(tx, org, &FACTS).await
}

pub(super) async fn disconnect(
    tx: &mut PgConnection,
    org: OrgId,
    mut leaving: Leaving,
) -> Result<bool> {
    org::lock(tx, org).await?;
    // Held first, as above.
    if lock(tx, org, &leaving.life).await?.is_none() {
        return Ok(false);
    }
    let left = act::leave_behind(tx, org, leaving.anyway, leaving.audit.at).await?;
    leaving.leave(&left);
    forget(tx, org, &["erp"]).await?;
    forget(tx, org, &FACTS).await?;
    audit::add(tx, &leaving.audit).await?;
    Ok(true)
}

async fn forget(tx: &mut PgConnection, org: OrgId, tables: &[&str]) -> Result<()> {
    for table in tables {
        sqlx::query(&format!("DELETE FROM {table} WHERE org_id = $1::uuid"))
            .bind(org.to_string())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// In place of what was connected before; whoever leads the mirror goes on leading.
async fn insert(tx: &mut PgConnection, org: OrgId, erp: &KeptErp, life: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO erp (org_id, base_url, company_id, sealed_key, connected_at, life, sealed_webhook)
         VALUES ($1::uuid, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (org_id) DO UPDATE
           SET base_url = excluded.base_url, company_id = excluded.company_id,
               sealed_key = excluded.sealed_key, connected_at = excluded.connected_at,
               life = excluded.life, sealed_webhook = excluded.sealed_webhook,
               version = 0, customers = 0, documents = 0, products = 0, newest_product = 0,
               asked_at = NULL, memo = '', state = ''",
    )
    .bind(org.to_string())
    .bind(&erp.base_url)
    .bind(&erp.company_id)
    .bind(&erp.sealed_key)
    .bind(&erp.connected_at)
    .bind(life)
    .bind(&erp.sealed_webhook)
    .execute(tx)
    .await?;
    Ok(())
}

/// Out of a backup, with a life of its own: the facts are read again.
pub(super) async fn insert_kept(tx: &mut PgConnection, org: OrgId, erp: &KeptErp) -> Result<()> {
    insert(tx, org, erp, &new_epoch()).await
}

type RawKept = (String, String, Vec<u8>, String, Vec<u8>);

/// For a backup.
pub(super) async fn kept(tx: &mut PgConnection, org: OrgId) -> Result<Option<KeptErp>> {
    let raw: Option<RawKept> = sqlx::query_as(
        "SELECT base_url, company_id, sealed_key, connected_at, sealed_webhook FROM erp WHERE org_id = $1::uuid",
    )
    .bind(org.to_string())
    .fetch_optional(tx)
    .await?;
    Ok(raw.map(
        |(base_url, company_id, sealed_key, connected_at, sealed_webhook)| KeptErp {
            base_url,
            company_id,
            sealed_key,
            connected_at,
            sealed_webhook,
        },
    ))
}

type Raw = (
    String,
    String,
    Vec<u8>,
    String,
    Option<String>,
    String,
    Vec<u8>,
);

pub(super) async fn row(tx: &mut PgConnection, org: OrgId) -> Result<Option<ErpRow>> {
    let raw: Option<Raw> = sqlx::query_as(
        "SELECT base_url, company_id, sealed_key, life, asked_at, memo, sealed_webhook
         FROM erp WHERE org_id = $1::uuid",
    )
    .bind(org.to_string())
    .fetch_optional(tx)
    .await?;
    let Some((base_url, company_id, sealed_key, life, asked_at, memo, webhook)) = raw else {
        return Ok(None);
    };
    Ok(Some(ErpRow {
        base_url,
        company_id,
        sealed_key,
        life,
        asked_at: asked_at.as_deref().map(instant).transpose()?,
        memo,
        sealed_webhook: Some(webhook).filter(|sealed| !sealed.is_empty()),
    }))
}

pub(super) async fn keep_webhook(
    tx: &mut PgConnection,
    org: OrgId,
    sealed: Vec<u8>,
) -> Result<bool> {
    let kept = sqlx::query("UPDATE erp SET sealed_webhook = $2 WHERE org_id = $1::uuid")
        .bind(org.to_string())
        .bind(sealed)
        .execute(tx)
        .await?;
    Ok(kept.rows_affected() > 0)
}

/// Life, version, customers, documents, products, newest product, state.
type Told = (String, i64, i64, i64, i64, i64, String);

const TOLD: &str = "SELECT life, version, customers, documents, products, newest_product, state
     FROM erp WHERE org_id = $1::uuid";

pub(super) async fn state(tx: &mut PgConnection, org: OrgId) -> Result<FactsState> {
    let raw: Option<Told> = sqlx::query_as(TOLD)
        .bind(org.to_string())
        .fetch_optional(tx)
        .await?;
    match raw {
        Some(raw) => {
            let tally = tally(&raw);
            read_state(raw.0, tally, &raw.6)
        }
        None => Ok(FactsState::default()),
    }
}

/// What is counted in this life, held until the transaction ends; `None` where it is another by now.
pub(super) async fn lock(tx: &mut PgConnection, org: OrgId, life: &str) -> Result<Option<Tally>> {
    let raw: Option<Told> = sqlx::query_as(&format!("{TOLD} FOR UPDATE"))
        .bind(org.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(raw.filter(|raw| raw.0 == life).map(|raw| tally(&raw)))
}

fn tally((_, version, customers, documents, products, newest_product, _): &Told) -> Tally {
    Tally {
        version: count(*version),
        customers: count(*customers),
        documents: count(*documents),
        products: count(*products),
        newest_product: count(*newest_product),
    }
}
