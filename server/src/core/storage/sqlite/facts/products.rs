//! Products: rows of the ERP's register, and the news of their stock.

use std::collections::BTreeMap;

use kontor_protocol::{OrgId, ProductRow};
use rusqlite::{Connection, OptionalExtension as _, Params, Row, params};

use super::super::super::Result;
use super::super::super::goods::{KeptProduct, read_product};
use super::super::super::rows::plain;
use super::super::convert::{Count, Id, limit};

const SELECT: &str =
    "SELECT product_id, version, body, sum, seen_at, stock_at, gone, round, news FROM erp_product";

fn read(row: &Row<'_>) -> rusqlite::Result<KeptProduct> {
    Ok(KeptProduct {
        id: row.get(0)?,
        version: row.get::<_, Count>(1)?.0,
        body: row.get(2)?,
        sum: row.get(3)?,
        seen_at: row.get(4)?,
        stock_at: row.get(5)?,
        gone: row.get(6)?,
        round: row.get::<_, Count>(7)?.0,
        news: row.get::<_, Count>(8)?.0,
    })
}

pub(super) fn known(
    tx: &Connection,
    org: OrgId,
    ids: Vec<String>,
) -> Result<BTreeMap<String, KeptProduct>> {
    let mut find = tx.prepare_cached(&format!("{SELECT} WHERE org_id = ?1 AND product_id = ?2"))?;
    let mut known = BTreeMap::new();
    for id in ids {
        let row = find
            .query_row(params![Id::from(org), id], read)
            .optional()?;
        known.extend(row.map(|row| (id, row)));
    }
    Ok(known)
}

pub(super) fn put(tx: &Connection, org: OrgId, rows: &[KeptProduct]) -> Result<()> {
    let mut put = tx.prepare_cached(
        "INSERT OR REPLACE INTO erp_product
           (org_id, product_id, version, body, sum, seen_at, stock_at, gone, round, news)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for row in rows {
        put.execute(params![
            Id::from(org),
            row.id,
            Count(row.version),
            row.body,
            row.sum,
            row.seen_at,
            row.stock_at,
            row.gone,
            Count(row.round),
            Count(row.news)
        ])?;
    }
    Ok(())
}

pub(super) fn after(
    conn: &Connection,
    org: OrgId,
    after: u64,
    most: usize,
) -> Result<Vec<ProductRow>> {
    let wanted = "WHERE org_id = ?1 AND version > ?2 ORDER BY version LIMIT ?3";
    rows(
        conn,
        wanted,
        params![Id::from(org), Count(after), limit(most)],
    )
}

pub(super) fn unmet(
    conn: &Connection,
    org: OrgId,
    round: u64,
    most: usize,
) -> Result<Vec<ProductRow>> {
    let wanted = "WHERE org_id = ?1 AND gone = 0 AND round < ?2 ORDER BY product_id LIMIT ?3";
    rows(
        conn,
        wanted,
        params![Id::from(org), Count(round), limit(most)],
    )
}

fn rows(conn: &Connection, wanted: &str, with: impl Params) -> Result<Vec<ProductRow>> {
    let mut rows = conn.prepare_cached(&format!("{SELECT} {wanted}"))?;
    let rows: Vec<KeptProduct> = rows
        .query_map(with, read)?
        .collect::<rusqlite::Result<_>>()?;
    rows.into_iter().map(read_product).collect()
}

pub(super) fn news(tx: &Connection, org: OrgId, products: &[String]) -> Result<u64> {
    let mut mark = tx.prepare_cached(
        "UPDATE erp_product SET news = news + 1 WHERE org_id = ?1 AND product_id = ?2 AND gone = 0",
    )?;
    let mut marked = 0_u64;
    for product in products {
        let rows = mark.execute(params![Id::from(org), plain(product)])?;
        marked = marked.saturating_add(u64::try_from(rows).unwrap_or(0));
    }
    Ok(marked)
}

pub(super) fn wanted(conn: &Connection, org: OrgId, most: usize) -> Result<Vec<(String, u64)>> {
    let mut rows = conn.prepare_cached(
        "SELECT product_id, news FROM erp_product WHERE org_id = ?1 AND news > 0
         ORDER BY product_id LIMIT ?2",
    )?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, Count>(1)?.0));
    let rows = rows.query_map(params![Id::from(org), limit(most)], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
