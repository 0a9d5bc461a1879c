//! Facts. They can be read again from the ERP: only the connection is in a backup.

mod products;
mod put;

use jiff::Timestamp;
use kontor_protocol::{
    CustomerCard, CustomerRow, Document, DocumentKind, FactsState, OrgId, ProductRow,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use tokio::sync::broadcast;

use super::super::Result;
use super::super::facts::{ErpRow, Facts, FactsBatch, FoundDocument, Leaving, NewErp, PutFacts};
use super::super::rows::{instant, plain};
use super::super::weighing::{
    Batch, DocumentHead, json, kind_word, read_addresses, read_card, read_clues, read_document,
};
use super::convert::{Count, Id, limit};
use super::{SqliteStorage, erp};

impl Facts for SqliteStorage {
    async fn connect_erp(&self, org: OrgId, new: NewErp) -> Result<()> {
        self.write(move |tx| erp::connect(tx, org, &new)).await?;
        self.tell_facts(org);
        Ok(())
    }

    async fn disconnect_erp(&self, org: OrgId, leaving: Leaving) -> Result<bool> {
        let gone = self.write(move |tx| erp::disconnect(tx, org, leaving));
        let gone = gone.await?;
        if gone {
            self.tell_facts(org);
        }
        Ok(gone)
    }

    async fn erp(&self, org: OrgId) -> Result<Option<ErpRow>> {
        self.read(move |c| erp::row(c, org)).await
    }

    async fn erps(&self) -> Result<Vec<OrgId>> {
        self.read(|c| {
            let mut rows = c.prepare_cached("SELECT org_id FROM erp ORDER BY org_id")?;
            let rows = rows.query_map([], |row| Ok(OrgId(row.get::<_, Id>(0)?.0)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn keep_webhook(&self, org: OrgId, sealed: Option<Vec<u8>>) -> Result<bool> {
        let sealed = sealed.unwrap_or_default();
        self.write(move |tx| erp::keep_webhook(tx, org, &sealed))
            .await
    }

    async fn ask_look(&self, org: OrgId, at: Timestamp) -> Result<bool> {
        self.write(move |tx| {
            let asked = tx
                .prepare_cached("UPDATE erp SET asked_at = ?2 WHERE org_id = ?1")?
                .execute(params![Id::from(org), at.to_string()])?;
            Ok(asked > 0)
        })
        .await
    }

    async fn lead_mirror(
        &self,
        org: OrgId,
        node: String,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        self.write(move |tx| {
            let led = tx
                .prepare_cached(
                    "UPDATE erp SET leader = ?2, leader_until = ?3
                     WHERE org_id = ?1 AND (leader = ?2 OR leader_until <= ?4)",
                )?
                .execute(params![
                    Id::from(org),
                    plain(&node),
                    until.as_millisecond(),
                    now.as_millisecond()
                ])?;
            Ok(led > 0)
        })
        .await
    }

    async fn put_facts(
        &self,
        org: OrgId,
        life: String,
        batch: FactsBatch,
    ) -> Result<Option<PutFacts>> {
        let batch = Batch::of(batch)?;
        let put = self
            .write(move |tx| put::put(tx, org, &life, batch))
            .await?;
        if put.is_some() {
            self.tell_facts(org);
        }
        Ok(put)
    }

    async fn unswept(
        &self,
        org: OrgId,
        kinds: Vec<DocumentKind>,
        sweep: u64,
        most: usize,
    ) -> Result<Vec<FoundDocument>> {
        self.read(move |c| unswept(c, org, &kinds, sweep, most))
            .await
    }

    async fn bare_customers(&self, org: OrgId, most: usize) -> Result<Vec<String>> {
        self.read(move |c| {
            let mut rows = c.prepare_cached(
                "SELECT customer_id FROM erp_customer WHERE org_id = ?1 AND bare = 1
                 ORDER BY customer_id LIMIT ?2",
            )?;
            let rows = rows.query_map(params![Id::from(org), limit(most)], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn stalest_customers(&self, org: OrgId, most: usize) -> Result<Vec<(String, Timestamp)>> {
        self.read(move |c| stalest(c, org, most)).await
    }

    async fn unmet_products(&self, org: OrgId, round: u64, most: usize) -> Result<Vec<ProductRow>> {
        self.read(move |c| products::unmet(c, org, round, most))
            .await
    }

    async fn stock_news(&self, org: OrgId, products: Vec<String>) -> Result<u64> {
        self.write(move |tx| products::news(tx, org, &products))
            .await
    }

    async fn stock_wanted(&self, org: OrgId, most: usize) -> Result<Vec<(String, u64)>> {
        self.read(move |c| products::wanted(c, org, most)).await
    }

    async fn products_after(&self, org: OrgId, after: u64, most: usize) -> Result<Vec<ProductRow>> {
        self.read(move |c| products::after(c, org, after, most))
            .await
    }

    async fn facts_state(&self, org: OrgId) -> Result<FactsState> {
        self.read(move |c| erp::state(c, org)).await
    }

    async fn customers_after(
        &self,
        org: OrgId,
        after: u64,
        most: usize,
    ) -> Result<Vec<CustomerRow>> {
        self.read(move |c| directory(c, org, after, most)).await
    }

    async fn dossier_after(
        &self,
        org: OrgId,
        customer: String,
        after: u64,
        most: usize,
    ) -> Result<(Option<CustomerCard>, Vec<Document>)> {
        self.read(move |c| {
            let card = card(c, org, &customer, after)?;
            Ok((card, dossier(c, org, &customer, after, most)?))
        })
        .await
    }

    fn fact_news(&self) -> broadcast::Receiver<OrgId> {
        self.inner.facts.subscribe()
    }
}

impl SqliteStorage {
    pub(super) fn tell_facts(&self, org: OrgId) {
        // Nobody listening is fine.
        drop(self.inner.facts.send(org));
    }
}

type Raw = (DocumentHead, String);

fn unswept(
    conn: &Connection,
    org: OrgId,
    kinds: &[DocumentKind],
    sweep: u64,
    most: usize,
) -> Result<Vec<FoundDocument>> {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind_word(*kind)).collect();
    let mut rows = conn.prepare_cached(
        "SELECT document_id, version, gone, seen_at, body, customer_id FROM erp_document
         WHERE org_id = ?1 AND gone = 0 AND sweep < ?2
           AND kind IN (SELECT value FROM json_each(?3))
         ORDER BY document_id LIMIT ?4",
    )?;
    let wanted = params![Id::from(org), Count(sweep), json(&kinds)?, limit(most)];
    let rows = rows.query_map(wanted, |row| Ok((read(row)?, row.get::<_, String>(5)?)))?;
    let rows: Vec<(Raw, String)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|((head, body), customer)| {
            let document = read_document(head, &body)?;
            Ok(FoundDocument { customer, document })
        })
        .collect()
}

fn directory(conn: &Connection, org: OrgId, after: u64, most: usize) -> Result<Vec<CustomerRow>> {
    let mut rows = conn.prepare_cached(
        "SELECT customer_id, version, name, addresses, told, gone, card FROM erp_customer
         WHERE org_id = ?1 AND version > ?2 ORDER BY version LIMIT ?3",
    )?;
    let rows = rows.query_map(params![Id::from(org), Count(after), limit(most)], |row| {
        let customer = CustomerRow {
            id: row.get(0)?,
            version: row.get::<_, Count>(1)?.0,
            name: row.get(2)?,
            addresses: Vec::new(),
            tax_number: String::new(),
            place: String::new(),
            gone: row.get(5)?,
        };
        Ok((customer, row.get(3)?, row.get(4)?, row.get(6)?))
    })?;
    let rows: Vec<(CustomerRow, String, String, String)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|(row, addresses, told, card)| {
            let (tax_number, place) = read_clues(&card)?;
            Ok(CustomerRow {
                addresses: read_addresses(&addresses, &told)?,
                tax_number,
                place,
                ..row
            })
        })
        .collect()
}

fn stalest(conn: &Connection, org: OrgId, most: usize) -> Result<Vec<(String, Timestamp)>> {
    let mut rows = conn.prepare_cached(
        "SELECT customer_id, seen_at FROM erp_customer WHERE org_id = ?1 AND bare = 0
         ORDER BY seen_at LIMIT ?2",
    )?;
    let rows = rows.query_map(params![Id::from(org), limit(most)], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    let rows: Vec<(String, String)> = rows.collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|(id, seen_at)| Ok((id, instant(&seen_at)?)))
        .collect()
}

fn card(conn: &Connection, org: OrgId, customer: &str, after: u64) -> Result<Option<CustomerCard>> {
    let found: Option<(String, String)> = conn
        .prepare_cached(
            "SELECT card, seen_at FROM erp_customer
             WHERE org_id = ?1 AND customer_id = ?2 AND card_version > ?3",
        )?
        .query_row(params![Id::from(org), customer, Count(after)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match found {
        Some((card, seen_at)) => read_card(&card, &seen_at),
        None => Ok(None),
    }
}

fn dossier(
    conn: &Connection,
    org: OrgId,
    customer: &str,
    after: u64,
    most: usize,
) -> Result<Vec<Document>> {
    let mut rows = conn.prepare_cached(
        "SELECT document_id, version, gone, seen_at, body FROM erp_document
         WHERE org_id = ?1 AND customer_id = ?2 AND version > ?3 ORDER BY version LIMIT ?4",
    )?;
    let wanted = params![Id::from(org), customer, Count(after), limit(most)];
    let rows: Vec<Raw> = rows
        .query_map(wanted, read)?
        .collect::<rusqlite::Result<_>>()?;
    rows.into_iter()
        .map(|(head, body)| read_document(head, &body))
        .collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Raw> {
    let head = DocumentHead {
        id: row.get(0)?,
        version: row.get::<_, Count>(1)?.0,
        gone: row.get(2)?,
        seen_at: row.get(3)?,
    };
    Ok((head, row.get(4)?))
}
