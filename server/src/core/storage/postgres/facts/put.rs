//! Takes over what a look brought: a handful of statements, however many facts there are.

use std::collections::BTreeMap;

use kontor_protocol::OrgId;
use sqlx::PgConnection;

use super::super::super::Result;
use super::super::super::facts::PutFacts;
use super::super::super::weighing::{
    Batch, DocumentPut, KeptCustomer, Known, KnownDocument, Parting,
};
use super::super::convert::{count, number};
use super::super::erp;
use super::products;

pub(super) async fn put(
    tx: &mut PgConnection,
    org: OrgId,
    life: &str,
    batch: Batch,
) -> Result<Option<PutFacts>> {
    let Some(tally) = erp::lock(tx, org, life).await? else {
        return Ok(None);
    };
    let mut known = Known {
        documents: known_documents(tx, org, &batch.weight.documents()).await?,
        ..Known::default()
    };
    let customers = batch.weight.customers(&known.documents);
    known.customers = known_customers(tx, org, &customers).await?;
    let mut weighed = batch.weight.weigh(known, tally)?;
    let products = products::known(tx, org, &batch.goods.ids()).await?;
    let (rows, counted) = batch.goods.weigh(products, weighed.tally.of_products())?;
    products::put(tx, org, &rows).await?;
    weighed.tally = weighed.tally.with_products(counted);
    put_customers(tx, org, &weighed.customers).await?;
    part_documents(tx, org, &weighed.partings).await?;
    put_documents(tx, org, &weighed.documents, batch.sweep).await?;
    sqlx::query(
        "UPDATE erp SET version = $2, customers = $3, documents = $4,
                        memo = COALESCE($5, memo), state = COALESCE($6, state),
                        products = $7, newest_product = $8
         WHERE org_id = $1::uuid",
    )
    .bind(org.to_string())
    .bind(number(weighed.tally.version))
    .bind(number(weighed.tally.customers))
    .bind(number(weighed.tally.documents))
    .bind(batch.memo)
    .bind(batch.state)
    .bind(number(weighed.tally.products))
    .bind(number(weighed.tally.newest_product))
    .execute(tx)
    .await?;
    Ok(Some(PutFacts {
        version: weighed.tally.version,
        changed: weighed.changed.saturating_add(counted.changed),
        documents: weighed.changed_documents,
    }))
}

async fn known_documents(
    tx: &mut PgConnection,
    org: OrgId,
    ids: &[String],
) -> Result<BTreeMap<String, KnownDocument>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let raw: Vec<(String, String, i64, String)> = sqlx::query_as(
        "SELECT document_id, customer_id, version, sum FROM erp_document
         WHERE org_id = $1::uuid AND document_id = ANY($2) AND NOT gone",
    )
    .bind(org.to_string())
    .bind(ids)
    .fetch_all(tx)
    .await?;
    let row = |(id, customer, version, sum)| {
        let version = count(version);
        let known = KnownDocument {
            customer,
            version,
            sum,
        };
        (id, known)
    };
    Ok(raw.into_iter().map(row).collect())
}

type RawCustomer = (
    String,
    i64,
    i64,
    bool,
    String,
    String,
    String,
    String,
    String,
    bool,
);

async fn known_customers(
    tx: &mut PgConnection,
    org: OrgId,
    ids: &[String],
) -> Result<BTreeMap<String, KeptCustomer>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let raw: Vec<RawCustomer> = sqlx::query_as(
        "SELECT customer_id, version, card_version, bare, name, addresses, told, card, seen_at, gone
         FROM erp_customer WHERE org_id = $1::uuid AND customer_id = ANY($2)",
    )
    .bind(org.to_string())
    .bind(ids)
    .fetch_all(tx)
    .await?;
    let row = |raw: RawCustomer| {
        let (id, version, card_version, bare, name, addresses, told, card, seen_at, gone) = raw;
        let kept = KeptCustomer {
            id: id.clone(),
            version: count(version),
            card_version: count(card_version),
            bare,
            name,
            addresses,
            told,
            card,
            seen_at,
            gone,
        };
        (id, kept)
    };
    Ok(raw.into_iter().map(row).collect())
}

async fn put_customers(tx: &mut PgConnection, org: OrgId, rows: &[KeptCustomer]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let texts = |of: fn(&KeptCustomer) -> &String| rows.iter().map(of).collect::<Vec<_>>();
    let numbers =
        |of: fn(&KeptCustomer) -> u64| rows.iter().map(|row| number(of(row))).collect::<Vec<_>>();
    let bare: Vec<bool> = rows.iter().map(|row| row.bare).collect();
    let gone: Vec<bool> = rows.iter().map(|row| row.gone).collect();
    sqlx::query(
        "INSERT INTO erp_customer (org_id, customer_id, version, card_version, bare, name, addresses, told, card, seen_at, gone)
         SELECT $1::uuid, * FROM UNNEST
           ($2::text[], $3::bigint[], $4::bigint[], $5::boolean[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::boolean[])
         ON CONFLICT (org_id, customer_id) DO UPDATE
           SET version = excluded.version, card_version = excluded.card_version, bare = excluded.bare,
               name = excluded.name, addresses = excluded.addresses, told = excluded.told,
               card = excluded.card, seen_at = excluded.seen_at, gone = excluded.gone",
    )
    .bind(org.to_string())
    .bind(texts(|row| &row.id))
    .bind(numbers(|row| row.version))
    .bind(numbers(|row| row.card_version))
    .bind(bare)
    .bind(texts(|row| &row.name))
    .bind(texts(|row| &row.addresses))
    .bind(texts(|row| &row.told))
    .bind(texts(|row| &row.card))
    .bind(texts(|row| &row.seen_at))
    .bind(gone)
    .execute(tx)
    .await?;
    Ok(())
}

async fn part_documents(tx: &mut PgConnection, org: OrgId, partings: &[Parting]) -> Result<()> {
    if partings.is_empty() {
        return Ok(());
    }
    let texts = |of: fn(&Parting) -> &String| partings.iter().map(of).collect::<Vec<_>>();
    let versions: Vec<i64> = partings.iter().map(|row| number(row.version)).collect();
    sqlx::query(
        "UPDATE erp_document d SET gone = TRUE, version = gone.version
         FROM UNNEST ($2::text[], $3::text[], $4::bigint[]) AS gone (id, customer, version)
         WHERE d.org_id = $1::uuid AND d.document_id = gone.id AND d.customer_id = gone.customer",
    )
    .bind(org.to_string())
    .bind(texts(|row| &row.id))
    .bind(texts(|row| &row.customer))
    .bind(versions)
    .execute(tx)
    .await?;
    Ok(())
}

async fn put_documents(
    tx: &mut PgConnection,
    org: OrgId,
    rows: &[DocumentPut],
    sweep: u64,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let texts = |of: fn(&DocumentPut) -> &str| rows.iter().map(of).collect::<Vec<_>>();
    let versions: Vec<i64> = rows.iter().map(|row| number(row.version)).collect();
    sqlx::query(
        "INSERT INTO erp_document (org_id, sweep, document_id, customer_id, version, kind, body, sum, seen_at)
         SELECT $1::uuid, $2, * FROM UNNEST
           ($3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[])
         ON CONFLICT (org_id, document_id, customer_id) DO UPDATE
           SET version = excluded.version, kind = excluded.kind, body = excluded.body, sum = excluded.sum,
               seen_at = excluded.seen_at, gone = FALSE,
               sweep = GREATEST(erp_document.sweep, excluded.sweep)",
    )
    .bind(org.to_string())
    .bind(number(sweep))
    .bind(texts(|row| &row.id))
    .bind(texts(|row| &row.customer))
    .bind(versions)
    .bind(texts(|row| row.kind))
    .bind(texts(|row| &row.body))
    .bind(texts(|row| &row.sum))
    .bind(texts(|row| &row.seen_at))
    .execute(tx)
    .await?;
    Ok(())
}
