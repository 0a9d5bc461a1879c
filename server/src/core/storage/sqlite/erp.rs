//! The connection to the ERP, and what is counted of its facts.

use kontor_protocol::{FactsState, OrgId};
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::Result;
use super::super::facts::{ErpRow, FACTS, Leaving, NewErp};
use super::super::numbering::no_org;
use super::super::rows::{KeptErp, instant, new_epoch, plain};
use super::super::weighing::{Tally, read_state};
use super::convert::{Count, Id};
use super::{act, audit};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 erp",
    sql: "CREATE TABLE erp (
      org_id BLOB NOT NULL PRIMARY KEY,
      base_url TEXT NOT NULL,
      company_id TEXT NOT NULL,
      sealed_key BLOB NOT NULL,             -- by the server's key
      connected_at TEXT NOT NULL,
      life TEXT NOT NULL,                   -- of the facts below: another after a restore or for another company
      version INTEGER NOT NULL DEFAULT 0,   -- the newest of any fact
      customers INTEGER NOT NULL DEFAULT 0, -- that are here
      documents INTEGER NOT NULL DEFAULT 0, -- that are here
      asked_at TEXT,                        -- somebody wanted a look at once
      memo TEXT NOT NULL DEFAULT '',        -- the mirror's own
      state TEXT NOT NULL DEFAULT '',       -- JSON, as desks are told; empty before the first look
      leader TEXT NOT NULL DEFAULT '',      -- the node that mirrors
      leader_until INTEGER NOT NULL DEFAULT 0 -- milliseconds since 1970
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE erp_customer (
      org_id BLOB NOT NULL,
      customer_id TEXT NOT NULL,
      version INTEGER NOT NULL,             -- the newest of its card and its documents
      card_version INTEGER NOT NULL,
      bare INTEGER NOT NULL,                -- only documents told of it
      name TEXT NOT NULL,
      addresses TEXT NOT NULL,              -- JSON
      told TEXT NOT NULL,                   -- addresses only documents told, JSON
      card TEXT NOT NULL,                   -- JSON; empty: nothing is known but that it has documents
      seen_at TEXT NOT NULL,                -- when the card was
      PRIMARY KEY (org_id, customer_id)
    ) STRICT;
    CREATE INDEX erp_customer_version ON erp_customer (org_id, version);
    CREATE INDEX erp_customer_bare ON erp_customer (org_id, customer_id) WHERE bare = 1;
    CREATE TABLE erp_document (
      org_id BLOB NOT NULL,
      document_id TEXT NOT NULL,
      customer_id TEXT NOT NULL,            -- one that was another's before has a row of either, gone there
      version INTEGER NOT NULL,
      kind TEXT NOT NULL,
      body TEXT NOT NULL,                   -- JSON, as summed
      sum TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      gone INTEGER NOT NULL DEFAULT 0,
      sweep INTEGER NOT NULL,               -- the last one it was seen in
      PRIMARY KEY (org_id, document_id, customer_id)
    ) STRICT;
    CREATE INDEX erp_document_customer ON erp_document (org_id, customer_id, version);
    CREATE INDEX erp_document_sweep ON erp_document (org_id, sweep) WHERE gone = 0",
};

pub(super) const PRODUCTS: Migration = Migration {
    name: "2026-11-22 erp_product",
    sql: "ALTER TABLE erp ADD COLUMN products INTEGER NOT NULL DEFAULT 0; -- that are here
    ALTER TABLE erp ADD COLUMN newest_product INTEGER NOT NULL DEFAULT 0; -- the newest version of any
    ALTER TABLE erp ADD COLUMN sealed_webhook BLOB NOT NULL DEFAULT x''; -- what news are signed with; empty: none come
    ALTER TABLE erp_customer ADD COLUMN gone INTEGER NOT NULL DEFAULT 0; -- no longer in the register
    CREATE INDEX erp_customer_seen ON erp_customer (org_id, seen_at) WHERE bare = 0;
    CREATE TABLE erp_product (
      org_id BLOB NOT NULL,
      product_id TEXT NOT NULL,
      version INTEGER NOT NULL,
      body TEXT NOT NULL,                   -- JSON, as summed
      sum TEXT NOT NULL,
      seen_at TEXT NOT NULL,
      stock_at TEXT NOT NULL,
      gone INTEGER NOT NULL,
      round INTEGER NOT NULL,               -- the last one it was seen in
      news INTEGER NOT NULL DEFAULT 0,      -- not 0: its stock is to be read
      PRIMARY KEY (org_id, product_id)
    ) STRICT;
    CREATE INDEX erp_product_version ON erp_product (org_id, version);
    CREATE INDEX erp_product_news ON erp_product (org_id, product_id) WHERE news > 0",
};

pub(super) fn connect(tx: &Connection, org: OrgId, erp: &NewErp) -> Result<()> {
    let key = Id::from(org);
    if !tx
        .prepare_cached("SELECT 1 FROM org WHERE org_id = ?1")?
        .exists([key])?
    {
        return Err(no_org(org));
    }
    let kept = tx
        .prepare_cached(
            "UPDATE erp SET sealed_key = ?4, connected_at = ?5
             WHERE org_id = ?1 AND base_url = ?2 AND company_id = ?3",
        )?
        .execute(params![
            key,
            plain(&erp.base_url),
            plain(&erp.company_id),
            erp.sealed_key,
            erp.at.to_string()
        ])?;
    if kept > 0 {
        return Ok(());
    }
    // Where nothing was connected nobody will ever look for what an act has done.
    let anyway = row(tx, org)?.is_none();
    act::leave_behind(tx, org, anyway, erp.at)?;
    forget(tx, org, &FACTS)?;
    insert(tx, org, &KeptErp::new(erp), &erp.life)
}

pub(super) fn disconnect(tx: &Connection, org: OrgId, mut leaving: Leaving) -> Result<bool> {
    if row(tx, org)?.is_none_or(|erp| erp.life != leaving.life) {
        return Ok(false);
    }
    let left = act::leave_behind(tx, org, leaving.anyway, leaving.audit.at)?;
    leaving.leave(&left);
    forget(tx, org, &FACTS)?;
    forget(tx, org, &["erp"])?;
    audit::add(tx, &leaving.audit)?;
    Ok(true)
}

fn forget(tx: &Connection, org: OrgId, tables: &[&str]) -> Result<()> {
    for table in tables {
        tx.execute(
            &format!("DELETE FROM {table} WHERE org_id = ?1"),
            [Id::from(org)],
        )?;
    }
    Ok(())
}

/// In place of what was connected before; whoever leads the mirror goes on leading.
fn insert(tx: &Connection, org: OrgId, erp: &KeptErp, life: &str) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO erp (org_id, base_url, company_id, sealed_key, connected_at, life, sealed_webhook)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (org_id) DO UPDATE
           SET base_url = excluded.base_url, company_id = excluded.company_id,
               sealed_key = excluded.sealed_key, connected_at = excluded.connected_at,
               life = excluded.life, sealed_webhook = excluded.sealed_webhook,
               version = 0, customers = 0, documents = 0, products = 0, newest_product = 0,
               asked_at = NULL, memo = '', state = ''",
    )?
    .execute(params![
        Id::from(org),
        erp.base_url,
        erp.company_id,
        erp.sealed_key,
        erp.connected_at,
        life,
        erp.sealed_webhook
    ])?;
    Ok(())
}

/// Out of a backup, with a life of its own: the facts are read again.
pub(super) fn insert_kept(tx: &Connection, org: OrgId, erp: &KeptErp) -> Result<()> {
    insert(tx, org, erp, &new_epoch())
}

/// For a backup.
pub(super) fn kept(conn: &Connection, org: OrgId) -> Result<Option<KeptErp>> {
    Ok(conn
        .prepare_cached(
            "SELECT base_url, company_id, sealed_key, connected_at, sealed_webhook FROM erp WHERE org_id = ?1",
        )?
        .query_row([Id::from(org)], |row| {
            Ok(KeptErp {
                base_url: row.get(0)?,
                company_id: row.get(1)?,
                sealed_key: row.get(2)?,
                connected_at: row.get(3)?,
                sealed_webhook: row.get(4)?,
            })
        })
        .optional()?)
}

pub(super) fn row(conn: &Connection, org: OrgId) -> Result<Option<ErpRow>> {
    let found = conn
        .prepare_cached(
            "SELECT base_url, company_id, sealed_key, life, memo, asked_at, sealed_webhook
             FROM erp WHERE org_id = ?1",
        )?
        .query_row([Id::from(org)], |row| {
            let erp = ErpRow {
                base_url: row.get(0)?,
                company_id: row.get(1)?,
                sealed_key: row.get(2)?,
                life: row.get(3)?,
                asked_at: None,
                memo: row.get(4)?,
                sealed_webhook: Some(row.get(6)?).filter(|sealed: &Vec<u8>| !sealed.is_empty()),
            };
            Ok((erp, row.get::<_, Option<String>>(5)?))
        })
        .optional()?;
    let Some((erp, asked_at)) = found else {
        return Ok(None);
    };
    let asked_at = asked_at.as_deref().map(instant).transpose()?;
    Ok(Some(ErpRow { asked_at, ..erp }))
}

pub(super) fn keep_webhook(tx: &Connection, org: OrgId, sealed: &[u8]) -> Result<bool> {
    let kept = tx
        .prepare_cached("UPDATE erp SET sealed_webhook = ?2 WHERE org_id = ?1")?
        .execute(params![Id::from(org), sealed])?;
    Ok(kept > 0)
}

/// The life, the counts and the state; `None` where nothing is connected.
pub(super) fn told(conn: &Connection, org: OrgId) -> Result<Option<(String, Tally, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT life, version, customers, documents, state, products, newest_product
             FROM erp WHERE org_id = ?1",
        )?
        .query_row([Id::from(org)], |row| {
            let tally = Tally {
                version: row.get::<_, Count>(1)?.0,
                customers: row.get::<_, Count>(2)?.0,
                documents: row.get::<_, Count>(3)?.0,
                products: row.get::<_, Count>(5)?.0,
                newest_product: row.get::<_, Count>(6)?.0,
            };
            Ok((row.get(0)?, tally, row.get(4)?))
        })
        .optional()?)
}

pub(super) fn state(conn: &Connection, org: OrgId) -> Result<FactsState> {
    match told(conn, org)? {
        Some((life, tally, state)) => read_state(life, tally, &state),
        None => Ok(FactsState::default()),
    }
}
