//! The connection to the ERP, and what is counted of its facts.

use kontor_protocol::{FactsState, OrgId};
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::Result;
use super::super::facts::{ErpRow, NewErp};
use super::super::numbering::no_org;
use super::super::rows::{KeptErp, instant, new_epoch, plain};
use super::super::weighing::{Tally, read_state};
use super::convert::{Count, Id};

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
    for table in ["erp_document", "erp_customer"] {
        tx.execute(&format!("DELETE FROM {table} WHERE org_id = ?1"), [key])?;
    }
    insert(tx, org, &KeptErp::new(erp), &erp.life)
}

/// In place of what was connected before; whoever leads the mirror goes on leading.
fn insert(tx: &Connection, org: OrgId, erp: &KeptErp, life: &str) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO erp (org_id, base_url, company_id, sealed_key, connected_at, life)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (org_id) DO UPDATE
           SET base_url = excluded.base_url, company_id = excluded.company_id,
               sealed_key = excluded.sealed_key, connected_at = excluded.connected_at,
               life = excluded.life, version = 0, customers = 0, documents = 0,
               asked_at = NULL, memo = '', state = ''",
    )?
    .execute(params![
        Id::from(org),
        erp.base_url,
        erp.company_id,
        erp.sealed_key,
        erp.connected_at,
        life
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
            "SELECT base_url, company_id, sealed_key, connected_at FROM erp WHERE org_id = ?1",
        )?
        .query_row([Id::from(org)], |row| {
            Ok(KeptErp {
                base_url: row.get(0)?,
                company_id: row.get(1)?,
                sealed_key: row.get(2)?,
                connected_at: row.get(3)?,
            })
        })
        .optional()?)
}

pub(super) fn row(conn: &Connection, org: OrgId) -> Result<Option<ErpRow>> {
    let found = conn
        .prepare_cached(
            "SELECT base_url, company_id, sealed_key, life, memo, asked_at FROM erp WHERE org_id = ?1",
        )?
        .query_row([Id::from(org)], |row| {
            let erp = ErpRow {
                base_url: row.get(0)?,
                company_id: row.get(1)?,
                sealed_key: row.get(2)?,
                life: row.get(3)?,
                asked_at: None,
                memo: row.get(4)?,
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

/// The life, the counts and the state; `None` where nothing is connected.
pub(super) fn told(conn: &Connection, org: OrgId) -> Result<Option<(String, Tally, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT life, version, customers, documents, state FROM erp WHERE org_id = ?1",
        )?
        .query_row([Id::from(org)], |row| {
            let tally = Tally {
                version: row.get::<_, Count>(1)?.0,
                customers: row.get::<_, Count>(2)?.0,
                documents: row.get::<_, Count>(3)?.0,
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
