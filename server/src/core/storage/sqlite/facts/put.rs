//! Takes over what a look brought.

use std::collections::BTreeMap;

use kontor_protocol::OrgId;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::super::super::Result;
use super::super::super::facts::PutFacts;
use super::super::super::weighing::{
    Batch, DocumentPut, KeptCustomer, Known, KnownDocument, Parting, Tally,
};
use super::super::convert::{Count, Id};
use super::super::erp;
use super::products;

pub(super) fn put(
    tx: &Connection,
    org: OrgId,
    life: &str,
    batch: Batch,
) -> Result<Option<PutFacts>> {
    let tally = match erp::told(tx, org)? {
        Some((now, tally, _)) if now == life => tally,
        _ => return Ok(None),
    };
    let mut known = Known {
        documents: known_documents(tx, org, batch.weight.documents())?,
        ..Known::default()
    };
    known.customers = known_customers(tx, org, batch.weight.customers(&known.documents))?;
    let mut weighed = batch.weight.weigh(known, tally)?;
    let products = products::known(tx, org, batch.goods.ids())?;
    let (rows, counted) = batch.goods.weigh(products, weighed.tally.of_products())?;
    products::put(tx, org, &rows)?;
    weighed.tally = weighed.tally.with_products(counted);
    let sweep = Count(batch.sweep);
    put_customers(tx, org, &weighed.customers)?;
    part_documents(tx, org, &weighed.partings)?;
    put_documents(tx, org, &weighed.documents, sweep)?;
    let Tally {
        version,
        customers,
        documents,
        products,
        newest_product,
    } = weighed.tally;
    tx.prepare_cached(
        "UPDATE erp SET version = ?2, customers = ?3, documents = ?4,
                        memo = COALESCE(?5, memo), state = COALESCE(?6, state),
                        products = ?7, newest_product = ?8
         WHERE org_id = ?1",
    )?
    .execute(params![
        Id::from(org),
        Count(version),
        Count(customers),
        Count(documents),
        batch.memo,
        batch.state,
        Count(products),
        Count(newest_product)
    ])?;
    Ok(Some(PutFacts {
        version,
        changed: weighed.changed.saturating_add(counted.changed),
        documents: weighed.changed_documents,
    }))
}

fn known_documents(
    tx: &Connection,
    org: OrgId,
    ids: Vec<String>,
) -> Result<BTreeMap<String, KnownDocument>> {
    let mut find = tx.prepare_cached(
        "SELECT customer_id, version, sum FROM erp_document
         WHERE org_id = ?1 AND document_id = ?2 AND gone = 0",
    )?;
    let mut known = BTreeMap::new();
    for id in ids {
        let row = find.query_row(params![Id::from(org), id], |row| {
            Ok(KnownDocument {
                customer: row.get(0)?,
                version: row.get::<_, Count>(1)?.0,
                sum: row.get(2)?,
            })
        });
        known.extend(row.optional()?.map(|row| (id, row)));
    }
    Ok(known)
}

fn known_customers(
    tx: &Connection,
    org: OrgId,
    ids: Vec<String>,
) -> Result<BTreeMap<String, KeptCustomer>> {
    let mut find = tx.prepare_cached(
        "SELECT customer_id, version, card_version, bare, name, addresses, told, card, seen_at, gone
         FROM erp_customer WHERE org_id = ?1 AND customer_id = ?2",
    )?;
    let mut known = BTreeMap::new();
    for id in ids {
        let row = find.query_row(params![Id::from(org), id], |row| {
            Ok(KeptCustomer {
                id: row.get(0)?,
                version: row.get::<_, Count>(1)?.0,
                card_version: row.get::<_, Count>(2)?.0,
                bare: row.get(3)?,
                name: row.get(4)?,
                addresses: row.get(5)?,
                told: row.get(6)?,
                card: row.get(7)?,
                seen_at: row.get(8)?,
                gone: row.get(9)?,
            })
        });
        known.extend(row.optional()?.map(|row| (id, row)));
    }
    Ok(known)
}

fn put_customers(tx: &Connection, org: OrgId, rows: &[KeptCustomer]) -> Result<()> {
    let mut put = tx.prepare_cached(
        "INSERT INTO erp_customer (org_id, customer_id, version, card_version, bare, name, addresses, told, card, seen_at, gone)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (org_id, customer_id) DO UPDATE
           SET version = excluded.version, card_version = excluded.card_version, bare = excluded.bare,
               name = excluded.name, addresses = excluded.addresses, told = excluded.told,
               card = excluded.card, seen_at = excluded.seen_at, gone = excluded.gone",
    )?;
    for row in rows {
        put.execute(params![
            Id::from(org),
            row.id,
            Count(row.version),
            Count(row.card_version),
            row.bare,
            row.name,
            row.addresses,
            row.told,
            row.card,
            row.seen_at,
            row.gone
        ])?;
    }
    Ok(())
}

fn part_documents(tx: &Connection, org: OrgId, partings: &[Parting]) -> Result<()> {
    let mut part = tx.prepare_cached(
        "UPDATE erp_document SET gone = 1, version = ?4
         WHERE org_id = ?1 AND document_id = ?2 AND customer_id = ?3",
    )?;
    for row in partings {
        part.execute(params![
            Id::from(org),
            row.id,
            row.customer,
            Count(row.version)
        ])?;
    }
    Ok(())
}

fn put_documents(tx: &Connection, org: OrgId, rows: &[DocumentPut], sweep: Count) -> Result<()> {
    let mut put = tx.prepare_cached(
        "INSERT INTO erp_document (org_id, document_id, customer_id, version, kind, body, sum, seen_at, gone, sweep)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9)
         ON CONFLICT (org_id, document_id, customer_id) DO UPDATE
           SET version = excluded.version, kind = excluded.kind, body = excluded.body, sum = excluded.sum,
               seen_at = excluded.seen_at, gone = 0, sweep = MAX(sweep, excluded.sweep)",
    )?;
    for row in rows {
        put.execute(params![
            Id::from(org),
            row.id,
            row.customer,
            Count(row.version),
            row.kind,
            row.body,
            row.sum,
            row.seen_at,
            sweep
        ])?;
    }
    Ok(())
}
