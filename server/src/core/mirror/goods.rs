//! Products: the register page by page, and the stock of those the ERP sent news of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kontor_metakocka as mk;
use kontor_protocol::ProductRow;

use super::sweep::is_due;
use super::translate::{amount, product};
use super::worker::{Problem, Worker};
use crate::core::storage::{FactsBatch, FoundStock, Storage};

/// The register of products among what the ERP may refuse to show.
pub(super) const PRODUCTS: &str = "product_list";
/// Products looked for one by one in a step at the end of a round.
const UNMET_AT_ONCE: usize = 10;
/// Products whose stock is asked for at once.
const STOCK_AT_ONCE: usize = 50;

impl<S: Storage> Worker<S> {
    /// True until all products were read once, or the ERP has refused to show them.
    pub(super) fn wants_goods(&self) -> bool {
        let round = &self.memo.goods;
        round.number == 0 || (round.swept.is_none() && !round.whole)
    }

    /// Reads on in the round over all products, or begins one where it is time.
    pub(super) async fn goods(&mut self, now: Timestamp) -> Result<(), Problem> {
        let round = &self.memo.goods;
        if round.number == 0 || round.whole {
            if round.whole && !is_due(round.began, self.house.pace.goods, now) {
                return Ok(());
            }
            self.memo.goods.begin(now);
        }
        if self.memo.goods.read {
            self.unmet_goods().await
        } else {
            self.goods_page().await
        }
    }

    async fn goods_page(&mut self) -> Result<(), Problem> {
        let query = mk::ProductQuery {
            offset: self.memo.goods.offset,
            sales: Some(true),
            active: Some(true),
            ..asked()
        };
        let seen_at = self.house.clock.now();
        let page = match self.line()?.client.product_list(&query).await {
            Ok(page) => page,
            Err(mk::Error::Refused { message, .. }) => {
                tracing::warn!(org = %self.org, "products are not mirrored: {message}");
                self.memo.refuse(PRODUCTS, &message);
                // Asked again in the next round.
                self.memo.goods.whole = true;
                return self.keep(FactsBatch::default()).await.map(drop);
            }
            Err(e) => return Err(e.into()),
        };
        self.memo.admit(PRODUCTS);
        self.tell_unplaced(0, &page.defects);
        let round = &mut self.memo.goods;
        round.offset = round.offset.saturating_add(page.returned);
        round.read = page.next_offset().is_none();
        let number = round.number;
        // One product twice in an answer is one.
        let rows: BTreeMap<_, _> = page.items.iter().map(|p| (&p.mk_id, p)).collect();
        let batch = FactsBatch {
            products: rows.into_values().map(|p| product(p, seen_at)).collect(),
            round: Some(number),
            ..FactsBatch::default()
        };
        self.keep(batch).await.map(drop)
    }

    /// Looks one by one for what the round has not met: it may be gone, or have moved over the edge of a page.
    async fn unmet_goods(&mut self) -> Result<(), Problem> {
        let number = self.memo.goods.number;
        let storage = &self.house.storage;
        let unmet = storage
            .unmet_products(self.org, number, UNMET_AT_ONCE)
            .await?;
        if unmet.is_empty() {
            let round = &mut self.memo.goods;
            round.whole = true;
            round.swept = round.began;
            return self.keep(FactsBatch::default()).await.map(drop);
        }
        let mut batch = FactsBatch {
            round: Some(number),
            ..FactsBatch::default()
        };
        for row in unmet {
            let seen_at = self.house.clock.now();
            let found = self.sold(&row).await?;
            batch.products.push(match found {
                Some(found) => product(&found, seen_at),
                None => ProductRow {
                    gone: true,
                    seen_at,
                    ..row
                },
            });
        }
        self.keep(batch).await.map(drop)
    }

    /// A product that is still sold, by its number or its code.
    async fn sold(&self, row: &ProductRow) -> Result<Option<mk::Product>, Problem> {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let query = mk::ProductQuery {
            count_code: some(&row.number),
            code: some(&row.code).filter(|_| row.number.is_empty()),
            ..asked()
        };
        if query.count_code.is_none() && query.code.is_none() {
            return Ok(None);
        }
        let page = match self.line()?.client.product_list(&query).await {
            Ok(page) => page,
            // The list itself was just shown: it is this product that is not there.
            Err(mk::Error::Refused { .. } | mk::Error::NotFound { .. }) => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let mut found = page.items.into_iter();
        Ok(found.find(|product| {
            let sold = product.sales != Some(false) && product.active != Some(false);
            product.mk_id.as_str() == row.id && sold
        }))
    }

    /// Asks for the stock the ERP sent news of. What the news said does not count: they may come late, twice, or in another
    /// order. False where there are none.
    pub(super) async fn restock(&mut self) -> Result<bool, Problem> {
        let storage = &self.house.storage;
        let wanted = storage.stock_wanted(self.org, STOCK_AT_ONCE).await?;
        if wanted.is_empty() {
            return Ok(false);
        }
        let at = self.house.clock.now();
        let products = wanted.iter().map(|(id, _)| mk::MkId::new(id)).collect();
        let sums = match self.stock_of(products).await {
            Ok(rows) => Some(summed(&rows)),
            // What it will not show is not known; the next round over all products may say it.
            Err(Problem::Erp(mk::Error::Refused { message, .. })) => {
                tracing::warn!(org = %self.org, "stock is not read: {message}");
                None
            }
            Err(e) => return Err(e),
        };
        let stocks = wanted.into_iter().map(|(product, news)| {
            // Without a row nothing is there.
            let of = |sums: &BTreeMap<String, mk::Stock>| sums.get(&product).copied();
            let sum = sums.as_ref().map(|sums| of(sums).unwrap_or_default());
            FoundStock {
                stock: sum.map(|sum| amount(Some(sum.amount))),
                free: sum.and_then(|sum| sum.free).map(|free| amount(Some(free))),
                product,
                at,
                news,
            }
        });
        let batch = FactsBatch {
            stocks: stocks.collect(),
            ..FactsBatch::default()
        };
        self.keep(batch).await?;
        Ok(true)
    }

    async fn stock_of(&self, products: Vec<mk::MkId>) -> Result<Vec<mk::StockRow>, Problem> {
        let mut query = mk::StockQuery {
            products,
            ..mk::StockQuery::default()
        };
        let mut rows = Vec::new();
        loop {
            let page = self.line()?.client.warehouse_stock(&query).await?;
            let next = page.next_offset();
            rows.extend(page.items);
            match next {
                Some(next) => query.offset = next,
                None => return Ok(rows),
            }
        }
    }
}

/// The stock of each product, all warehouses together.
fn summed(rows: &[mk::StockRow]) -> BTreeMap<String, mk::Stock> {
    let mut sums = BTreeMap::<String, mk::Stock>::new();
    for ((product, _), there) in mk::summed(rows) {
        let sum = sums.entry(product.to_string()).or_default();
        sum.amount = sum.amount.checked_add(there.amount).unwrap_or(sum.amount);
        sum.free = match (sum.free, there.free) {
            (Some(sum), Some(more)) => Some(sum.checked_add(more).unwrap_or(sum)),
            (one, other) => one.or(other),
        };
    }
    sums
}

/// What is wanted of every product.
fn asked() -> mk::ProductQuery {
    mk::ProductQuery {
        with_prices: true,
        with_stock: true,
        ..mk::ProductQuery::default()
    }
}
