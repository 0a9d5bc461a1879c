//! Products: rows of the ERP's register, and the news of their stock.

use std::collections::BTreeMap;

use kontor_protocol::{OrgId, ProductRow};
use sqlx::PgConnection;

use super::super::super::Result;
use super::super::super::goods::{KeptProduct, read_product};
use super::super::super::rows::plain;
use super::super::convert::{count, limit, number};

const SELECT: &str =
    "SELECT product_id, version, body, sum, seen_at, stock_at, gone, round, news FROM erp_product";

type Raw = (String, i64, String, String, String, String, bool, i64, i64);

fn read(raw: Raw) -> KeptProduct {
    let (id, version, body, sum, seen_at, stock_at, gone, round, news) = raw;
    KeptProduct {
        id,
        version: count(version),
        body,
        sum,
        seen_at,
        stock_at,
        gone,
        round: count(round),
        news: count(news),
    }
}

/// Held until the transaction ends: news of their stock come from elsewhere.
pub(super) async fn known(
    tx: &mut PgConnection,
    org: OrgId,
    ids: &[String],
) -> Result<BTreeMap<String, KeptProduct>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let wanted = format!("{SELECT} WHERE org_id = $1::uuid AND product_id = ANY($2) FOR UPDATE");
    let raw: Vec<Raw> = sqlx::query_as(&wanted)
        .bind(org.to_string())
        .bind(ids)
        .fetch_all(tx)
        .await?;
    let rows = raw.into_iter().map(read);
    Ok(rows.map(|row| (row.id.clone(), row)).collect())
}

pub(super) async fn put(tx: &mut PgConnection, org: OrgId, rows: &[KeptProduct]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let texts = |of: fn(&KeptProduct) -> &String| rows.iter().map(of).collect::<Vec<_>>();
    let numbers =
        |of: fn(&KeptProduct) -> u64| rows.iter().map(|row| number(of(row))).collect::<Vec<_>>();
    let gone: Vec<bool> = rows.iter().map(|row| row.gone).collect();
    sqlx::query(
        "INSERT INTO erp_product (org_id, product_id, version, body, sum, seen_at, stock_at, gone, round, news)
         SELECT $1::uuid, * FROM UNNEST
           ($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::bigint[],
            $10::bigint[])
         ON CONFLICT (org_id, product_id) DO UPDATE
           SET version = excluded.version, body = excluded.body, sum = excluded.sum, seen_at = excluded.seen_at,
               stock_at = excluded.stock_at, gone = excluded.gone, round = excluded.round, news = excluded.news",
    )
    .bind(org.to_string())
    .bind(texts(|row| &row.id))
    .bind(numbers(|row| row.version))
    .bind(texts(|row| &row.body))
    .bind(texts(|row| &row.sum))
    .bind(texts(|row| &row.seen_at))
    .bind(texts(|row| &row.stock_at))
    .bind(gone)
    .bind(numbers(|row| row.round))
    .bind(numbers(|row| row.news))
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn after(
    tx: &mut PgConnection,
    org: OrgId,
    after: u64,
    most: usize,
) -> Result<Vec<ProductRow>> {
    let wanted = "org_id = $1::uuid AND version > $2 ORDER BY version LIMIT $3";
    rows(tx, org, wanted, after, most).await
}

pub(super) async fn unmet(
    tx: &mut PgConnection,
    org: OrgId,
    round: u64,
    most: usize,
) -> Result<Vec<ProductRow>> {
    let wanted = "org_id = $1::uuid AND NOT gone AND round < $2 ORDER BY product_id LIMIT $3";
    rows(tx, org, wanted, round, most).await
}

async fn rows(
    tx: &mut PgConnection,
    org: OrgId,
    wanted: &str,
    bound: u64,
    most: usize,
) -> Result<Vec<ProductRow>> {
    let raw: Vec<Raw> = sqlx::query_as(&format!("{SELECT} WHERE {wanted}"))
        .bind(org.to_string())
        .bind(number(bound))
        .bind(limit(most))
        .fetch_all(tx)
        .await?;
    raw.into_iter().map(|raw| read_product(read(raw))).collect()
}

pub(super) async fn news(tx: &mut PgConnection, org: OrgId, products: &[String]) -> Result<u64> {
    let products: Vec<String> = products.iter().map(|id| plain(id)).collect();
    let marked = sqlx::query(
        "UPDATE erp_product SET news = news + 1
         WHERE org_id = $1::uuid AND product_id = ANY($2) AND NOT gone",
    )
    .bind(org.to_string())
    .bind(products)
    .execute(tx)
    .await?;
    Ok(marked.rows_affected())
}

pub(super) async fn wanted(
    tx: &mut PgConnection,
    org: OrgId,
    most: usize,
) -> Result<Vec<(String, u64)>> {
    let raw: Vec<(String, i64)> = sqlx::query_as(
        "SELECT product_id, news FROM erp_product WHERE org_id = $1::uuid AND news > 0
         ORDER BY product_id LIMIT $2",
    )
    .bind(org.to_string())
    .bind(limit(most))
    .fetch_all(tx)
    .await?;
    let row = |(id, news)| (id, count(news));
    Ok(raw.into_iter().map(row).collect())
}
