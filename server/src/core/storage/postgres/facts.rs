//! Facts. They can be read again from the ERP: only the connection is in a backup.

mod products;
mod put;

use jiff::Timestamp;
use kontor_protocol::{
    CustomerCard, CustomerRow, Document, DocumentKind, FactsState, OrgId, ProductRow,
};
use sqlx::PgConnection;
use tokio::sync::broadcast;

use super::super::Result;
use super::super::facts::{ErpRow, Facts, FactsBatch, FoundDocument, Leaving, NewErp, PutFacts};
use super::super::rows::{instant, plain};
use super::super::weighing::{
    Batch, DocumentHead, kind_word, read_addresses, read_card, read_clues, read_document,
};
use super::convert::{count, id, limit, number};
use super::migration::{Migration, guarded};
use super::{PostgresStorage, Scope, erp, listener};

pub(super) const CUSTOMERS: Migration = Migration {
    name: "2026-11-22 erp_customer",
    sql: guarded!(
        "erp_customer",
        "CREATE TABLE erp_customer (
          org_id UUID NOT NULL,
          customer_id TEXT COLLATE \"C\" NOT NULL,
          version BIGINT NOT NULL,             -- the newest of its card and its documents
          card_version BIGINT NOT NULL,
          bare BOOLEAN NOT NULL,               -- only documents told of it
          name TEXT NOT NULL,
          addresses TEXT NOT NULL,              -- JSON
          told TEXT NOT NULL,                   -- addresses only documents told, JSON
          card TEXT NOT NULL,                   -- JSON; empty: nothing is known but that it has documents
          seen_at TEXT NOT NULL,                -- when the card was
          PRIMARY KEY (org_id, customer_id)
        );
        CREATE INDEX erp_customer_version ON erp_customer (org_id, version);
        CREATE INDEX erp_customer_bare ON erp_customer (org_id, customer_id) WHERE bare"
    ),
};

pub(super) const DOCUMENTS: Migration = Migration {
    name: "2026-11-22 erp_document",
    sql: guarded!(
        "erp_document",
        "CREATE TABLE erp_document (
          org_id UUID NOT NULL,
          document_id TEXT COLLATE \"C\" NOT NULL,
          customer_id TEXT COLLATE \"C\" NOT NULL, -- one that was another's before has a row of either, gone there
          version BIGINT NOT NULL,
          kind TEXT NOT NULL,
          body TEXT NOT NULL,                  -- JSON, as summed
          sum TEXT NOT NULL,
          seen_at TEXT NOT NULL,
          gone BOOLEAN NOT NULL DEFAULT FALSE,
          sweep BIGINT NOT NULL,               -- the last one it was seen in
          PRIMARY KEY (org_id, document_id, customer_id)
        );
        CREATE INDEX erp_document_customer ON erp_document (org_id, customer_id, version);
        CREATE INDEX erp_document_sweep ON erp_document (org_id, sweep) WHERE NOT gone"
    ),
};

pub(super) const PRODUCTS: Migration = Migration {
    name: "2026-11-22 erp_product",
    sql: guarded!(
        "erp_product",
        "ALTER TABLE erp ADD COLUMN products BIGINT NOT NULL DEFAULT 0, -- that are here
          ADD COLUMN newest_product BIGINT NOT NULL DEFAULT 0,         -- the newest version of any
          ADD COLUMN sealed_webhook BYTEA NOT NULL DEFAULT '';         -- what news are signed with; empty: none come
        ALTER TABLE erp_customer ADD COLUMN gone BOOLEAN NOT NULL DEFAULT FALSE; -- no longer in the register
        CREATE INDEX erp_customer_seen ON erp_customer (org_id, seen_at COLLATE \"C\") WHERE NOT bare;
        CREATE TABLE erp_product (
          org_id UUID NOT NULL,
          product_id TEXT COLLATE \"C\" NOT NULL,
          version BIGINT NOT NULL,
          body TEXT NOT NULL,                  -- JSON, as summed
          sum TEXT NOT NULL,
          seen_at TEXT NOT NULL,
          stock_at TEXT NOT NULL,
          gone BOOLEAN NOT NULL,
          round BIGINT NOT NULL,               -- the last one it was seen in
          news BIGINT NOT NULL DEFAULT 0,      -- not 0: its stock is to be read
          PRIMARY KEY (org_id, product_id)
        );
        CREATE INDEX erp_product_version ON erp_product (org_id, version);
        CREATE INDEX erp_product_news ON erp_product (org_id, product_id) WHERE news > 0"
    ),
};

impl Facts for PostgresStorage {
    async fn connect_erp(&self, org: OrgId, new: NewErp) -> Result<()> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        erp::connect(&mut tx, org, &new).await?;
        listener::tell_facts(&mut tx, org, self.inner.node).await?;
        tx.commit().await?;
        self.tell_facts(org);
        Ok(())
    }

    async fn disconnect_erp(&self, org: OrgId, leaving: Leaving) -> Result<bool> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let gone = erp::disconnect(&mut tx, org, leaving).await?;
        if gone {
            listener::tell_facts(&mut tx, org, self.inner.node).await?;
        }
        tx.commit().await?;
        if gone {
            self.tell_facts(org);
        }
        Ok(gone)
    }

    async fn erp(&self, org: OrgId) -> Result<Option<ErpRow>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let row = erp::row(&mut tx, org).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn erps(&self) -> Result<Vec<OrgId>> {
        let mut tx = self.begin(Scope::System).await?;
        let orgs: Vec<String> = sqlx::query_scalar("SELECT org_id::text FROM erp ORDER BY org_id")
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        orgs.iter().map(|org| id(org)).collect()
    }

    async fn keep_webhook(&self, org: OrgId, sealed: Option<Vec<u8>>) -> Result<bool> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let kept = erp::keep_webhook(&mut tx, org, sealed.unwrap_or_default()).await?;
        tx.commit().await?;
        Ok(kept)
    }

    async fn ask_look(&self, org: OrgId, at: Timestamp) -> Result<bool> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let asked = sqlx::query("UPDATE erp SET asked_at = $2 WHERE org_id = $1::uuid")
            .bind(org.to_string())
            .bind(at.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(asked.rows_affected() > 0)
    }

    async fn lead_mirror(
        &self,
        org: OrgId,
        node: String,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let led = sqlx::query(
            "UPDATE erp SET leader = $2, leader_until = $3
             WHERE org_id = $1::uuid AND (leader = $2 OR leader_until <= $4)",
        )
        .bind(org.to_string())
        .bind(plain(&node))
        .bind(until.as_millisecond())
        .bind(now.as_millisecond())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(led.rows_affected() > 0)
    }

    async fn put_facts(
        &self,
        org: OrgId,
        life: String,
        batch: FactsBatch,
    ) -> Result<Option<PutFacts>> {
        let batch = Batch::of(batch)?;
        let mut tx = self.begin(Scope::Org(org)).await?;
        let Some(put) = put::put(&mut tx, org, &life, batch).await? else {
            return Ok(None);
        };
        listener::tell_facts(&mut tx, org, self.inner.node).await?;
        tx.commit().await?;
        self.tell_facts(org);
        Ok(Some(put))
    }

    async fn unswept(
        &self,
        org: OrgId,
        kinds: Vec<DocumentKind>,
        sweep: u64,
        most: usize,
    ) -> Result<Vec<FoundDocument>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let found = unswept(&mut tx, org, &kinds, sweep, most).await?;
        tx.commit().await?;
        Ok(found)
    }

    async fn bare_customers(&self, org: OrgId, most: usize) -> Result<Vec<String>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let ids = sqlx::query_scalar(
            "SELECT customer_id FROM erp_customer WHERE org_id = $1::uuid AND bare
             ORDER BY customer_id LIMIT $2",
        )
        .bind(org.to_string())
        .bind(limit(most))
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(ids)
    }

    async fn stalest_customers(&self, org: OrgId, most: usize) -> Result<Vec<(String, Timestamp)>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rows = stalest(&mut tx, org, most).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn unmet_products(&self, org: OrgId, round: u64, most: usize) -> Result<Vec<ProductRow>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rows = products::unmet(&mut tx, org, round, most).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn stock_news(&self, org: OrgId, products: Vec<String>) -> Result<u64> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let marked = products::news(&mut tx, org, &products).await?;
        tx.commit().await?;
        Ok(marked)
    }

    async fn stock_wanted(&self, org: OrgId, most: usize) -> Result<Vec<(String, u64)>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rows = products::wanted(&mut tx, org, most).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn products_after(&self, org: OrgId, after: u64, most: usize) -> Result<Vec<ProductRow>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rows = products::after(&mut tx, org, after, most).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn facts_state(&self, org: OrgId) -> Result<FactsState> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let state = erp::state(&mut tx, org).await?;
        tx.commit().await?;
        Ok(state)
    }

    async fn customers_after(
        &self,
        org: OrgId,
        after: u64,
        most: usize,
    ) -> Result<Vec<CustomerRow>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rows = directory(&mut tx, org, after, most).await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn dossier_after(
        &self,
        org: OrgId,
        customer: String,
        after: u64,
        most: usize,
    ) -> Result<(Option<CustomerCard>, Vec<Document>)> {
        let customer = plain(&customer);
        let mut tx = self.begin(Scope::Org(org)).await?;
        let card = card(&mut tx, org, &customer, after).await?;
        let documents = dossier(&mut tx, org, &customer, after, most).await?;
        tx.commit().await?;
        Ok((card, documents))
    }

    fn fact_news(&self) -> broadcast::Receiver<OrgId> {
        self.inner.facts.subscribe()
    }
}

impl PostgresStorage {
    /// This node at once; the others hear it from the database.
    pub(super) fn tell_facts(&self, org: OrgId) {
        // Nobody listening is fine.
        drop(self.inner.facts.send(org));
    }
}

/// Id, version, gone, last seen, body.
type Raw = (String, i64, bool, String, String);

async fn unswept(
    tx: &mut PgConnection,
    org: OrgId,
    kinds: &[DocumentKind],
    sweep: u64,
    most: usize,
) -> Result<Vec<FoundDocument>> {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind_word(*kind)).collect();
    let raw: Vec<(String, i64, bool, String, String, String)> = sqlx::query_as(
        "SELECT document_id, version, gone, seen_at, body, customer_id FROM erp_document
         WHERE org_id = $1::uuid AND NOT gone AND sweep < $2 AND kind = ANY($3)
         ORDER BY document_id LIMIT $4",
    )
    .bind(org.to_string())
    .bind(number(sweep))
    .bind(kinds)
    .bind(limit(most))
    .fetch_all(tx)
    .await?;
    raw.into_iter()
        .map(|(id, version, gone, seen_at, body, customer)| {
            let document = read((id, version, gone, seen_at, body))?;
            Ok(FoundDocument { customer, document })
        })
        .collect()
}

async fn directory(
    tx: &mut PgConnection,
    org: OrgId,
    after: u64,
    most: usize,
) -> Result<Vec<CustomerRow>> {
    let raw: Vec<(String, i64, String, String, String, bool, String)> = sqlx::query_as(
        "SELECT customer_id, version, name, addresses, told, gone, card FROM erp_customer
         WHERE org_id = $1::uuid AND version > $2 ORDER BY version LIMIT $3",
    )
    .bind(org.to_string())
    .bind(number(after))
    .bind(limit(most))
    .fetch_all(tx)
    .await?;
    raw.into_iter()
        .map(|(id, version, name, addresses, told, gone, card)| {
            let (tax_number, place) = read_clues(&card)?;
            Ok(CustomerRow {
                id,
                version: count(version),
                name,
                addresses: read_addresses(&addresses, &told)?,
                tax_number,
                place,
                gone,
            })
        })
        .collect()
}

async fn stalest(
    tx: &mut PgConnection,
    org: OrgId,
    most: usize,
) -> Result<Vec<(String, Timestamp)>> {
    let raw: Vec<(String, String)> = sqlx::query_as(
        "SELECT customer_id, seen_at FROM erp_customer WHERE org_id = $1::uuid AND NOT bare
         ORDER BY seen_at COLLATE \"C\" LIMIT $2",
    )
    .bind(org.to_string())
    .bind(limit(most))
    .fetch_all(tx)
    .await?;
    raw.into_iter()
        .map(|(id, seen_at)| Ok((id, instant(&seen_at)?)))
        .collect()
}

async fn card(
    tx: &mut PgConnection,
    org: OrgId,
    customer: &str,
    after: u64,
) -> Result<Option<CustomerCard>> {
    let found: Option<(String, String)> = sqlx::query_as(
        "SELECT card, seen_at FROM erp_customer
         WHERE org_id = $1::uuid AND customer_id = $2 AND card_version > $3",
    )
    .bind(org.to_string())
    .bind(customer)
    .bind(number(after))
    .fetch_optional(tx)
    .await?;
    match found {
        Some((card, seen_at)) => read_card(&card, &seen_at),
        None => Ok(None),
    }
}

async fn dossier(
    tx: &mut PgConnection,
    org: OrgId,
    customer: &str,
    after: u64,
    most: usize,
) -> Result<Vec<Document>> {
    let raw: Vec<Raw> = sqlx::query_as(
        "SELECT document_id, version, gone, seen_at, body FROM erp_document
         WHERE org_id = $1::uuid AND customer_id = $2 AND version > $3 ORDER BY version LIMIT $4",
    )
    .bind(org.to_string())
    .bind(customer)
    .bind(number(after))
    .bind(limit(most))
    .fetch_all(tx)
    .await?;
    raw.into_iter().map(read).collect()
}

fn read((id, version, gone, seen_at, body): Raw) -> Result<Document> {
    let head = DocumentHead {
        id,
        version: count(version),
        gone,
        seen_at,
    };
    read_document(head, &body)
}
