//! Which products of a batch are other than before, and which versions they get: what `weighing` is for customers and
//! documents. Decides only; the databases act.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kontor_protocol::ProductRow;

use super::Result;
use super::facts::FoundStock;
use super::rows::{instant, plain};
use super::weighing::{Tally, json, parse, sum};

/// The products of a batch, by id, and what was read of their stock alone.
#[derive(Debug, Default)]
pub(super) struct Goods {
    products: BTreeMap<String, ProductText>,
    stocks: BTreeMap<String, FoundStock>,
    /// 0: none.
    pub(super) round: u64,
}

#[derive(Debug)]
struct ProductText {
    body: String,
    sum: String,
    seen_at: String,
    stock_at: String,
    gone: bool,
}

/// A product's row: as it is there, or as it is to be put.
#[derive(Clone, Debug)]
pub(super) struct KeptProduct {
    pub(super) id: String,
    pub(super) version: u64,
    /// JSON, as summed.
    pub(super) body: String,
    pub(super) sum: String,
    pub(super) seen_at: String,
    pub(super) stock_at: String,
    pub(super) gone: bool,
    /// The last round it was seen in.
    pub(super) round: u64,
    /// Says by another number than 0 that its stock is to be read.
    pub(super) news: u64,
}

/// What the organisation counts of its products, before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ProductTally {
    /// The newest version of any fact.
    pub(super) version: u64,
    /// That of any product.
    pub(super) newest: u64,
    /// Products that are here.
    pub(super) products: u64,
    /// Rows that were new or other than before.
    pub(super) changed: u64,
}

impl Tally {
    /// What is counted on from for products.
    pub(super) fn of_products(self) -> ProductTally {
        ProductTally {
            version: self.version,
            newest: self.newest_product,
            products: self.products,
            changed: 0,
        }
    }

    /// What has come of it.
    pub(super) fn with_products(self, counted: ProductTally) -> Self {
        Self {
            version: counted.version,
            newest_product: counted.newest,
            products: counted.products,
            ..self
        }
    }
}

impl ProductTally {
    fn next(&mut self) -> u64 {
        self.version = self.version.saturating_add(1);
        self.changed = self.changed.saturating_add(1);
        self.newest = self.version;
        self.version
    }
}

impl Goods {
    pub(super) fn of(
        products: Vec<ProductRow>,
        stocks: Vec<FoundStock>,
        round: Option<u64>,
    ) -> Result<Self> {
        let stocks = stocks.into_iter().map(|s| (plain(&s.product), s));
        Ok(Self {
            products: products.into_iter().map(text).collect::<Result<_>>()?,
            stocks: stocks.collect(),
            round: round.unwrap_or_default(),
        })
    }

    /// The products whose rows are to be known.
    pub(super) fn ids(&self) -> Vec<String> {
        let ids: BTreeSet<&String> = self.products.keys().chain(self.stocks.keys()).collect();
        ids.into_iter().cloned().collect()
    }

    /// The rows to be put in place of those that are known, counting on from `tally`.
    ///
    /// # Errors
    /// When a row cannot be read.
    pub(super) fn weigh(
        self,
        mut known: BTreeMap<String, KeptProduct>,
        mut tally: ProductTally,
    ) -> Result<(Vec<KeptProduct>, ProductTally)> {
        let mut put = BTreeMap::new();
        for (id, found) in self.products {
            let before = known.remove(&id);
            let Some(mut row) = weighed(&id, found, before, &mut tally) else {
                continue;
            };
            row.round = row.round.max(self.round);
            put.insert(id, row);
        }
        for (id, found) in self.stocks {
            let Some(mut row) = put.remove(&id).or_else(|| known.remove(&id)) else {
                continue;
            };
            take_stock(&mut row, &found, &mut tally)?;
            put.insert(id, row);
        }
        Ok((put.into_values().collect(), tally))
    }
}

/// `None` where something is gone that never was here.
fn weighed(
    id: &str,
    found: ProductText,
    before: Option<KeptProduct>,
    tally: &mut ProductTally,
) -> Option<KeptProduct> {
    let was_here = before.as_ref().is_some_and(|row| !row.gone);
    if found.gone {
        let mut row = before?;
        if was_here {
            row.gone = true;
            row.version = tally.next();
            tally.products = tally.products.saturating_sub(1);
        }
        row.seen_at = found.seen_at;
        return Some(row);
    }
    if !was_here {
        tally.products = tally.products.saturating_add(1);
    }
    let same = before
        .as_ref()
        .filter(|row| !row.gone && row.sum == found.sum);
    let version = match same {
        Some(row) => row.version,
        None => tally.next(),
    };
    Some(KeptProduct {
        id: id.to_owned(),
        version,
        body: found.body,
        sum: found.sum,
        seen_at: found.seen_at,
        stock_at: found.stock_at,
        gone: false,
        round: before.as_ref().map_or(0, |row| row.round),
        news: before.map_or(0, |row| row.news),
    })
}

fn take_stock(row: &mut KeptProduct, found: &FoundStock, tally: &mut ProductTally) -> Result<()> {
    if row.news == found.news {
        row.news = 0;
    }
    if row.gone {
        return Ok(());
    }
    let mut product: ProductRow = parse(&row.body)?;
    (product.stock, product.free) = (found.stock, found.free);
    row.body = json(&product)?;
    row.stock_at = found.at.to_string();
    let sum = sum(&row.body);
    if row.sum != sum {
        row.sum = sum;
        row.version = tally.next();
    }
    Ok(())
}

fn text(product: ProductRow) -> Result<(String, ProductText)> {
    let (id, gone) = (plain(&product.id), product.gone);
    let (seen_at, stock_at) = (product.seen_at.to_string(), product.stock_at.to_string());
    let body = json(&ProductRow {
        version: 0,
        gone: false,
        seen_at: Timestamp::UNIX_EPOCH,
        stock_at: Timestamp::UNIX_EPOCH,
        ..product
    })?;
    let text = ProductText {
        sum: sum(&body),
        body,
        seen_at,
        stock_at,
        gone,
    };
    Ok((id, text))
}

/// A product out of its row.
pub(super) fn read_product(row: KeptProduct) -> Result<ProductRow> {
    let product: ProductRow = parse(&row.body)?;
    Ok(ProductRow {
        id: row.id,
        version: row.version,
        gone: row.gone,
        seen_at: instant(&row.seen_at)?,
        stock_at: instant(&row.stock_at)?,
        ..product
    })
}
