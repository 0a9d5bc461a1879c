//! Warehouses, and what is in them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::dialect::{Decimal, Reader};
use crate::id::MkId;
use crate::page::REGISTER_LIMIT;

/// A warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warehouse {
    /// Its id, which stock rows name.
    pub mk_id: MkId,
    /// Its mark, which documents name.
    pub mark: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// In use.
    pub active: Option<bool>,
    /// The main one.
    pub main: Option<bool>,
}

/// Stock of a product at one place. A product has several rows in a warehouse where lots or shelves are kept apart:
/// [`summed`] adds them up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// The product's id.
    pub product: MkId,
    /// The warehouse's id.
    pub warehouse: Option<MkId>,
    /// The product's number.
    pub count_code: Option<String>,
    /// The product's code.
    pub code: Option<String>,
    /// The product's name.
    pub title: Option<String>,
    /// The shelf.
    pub microlocation: Option<String>,
    /// Unit of the amounts.
    pub unit: Option<String>,
    /// How much is there; may be negative.
    pub amount: Option<Decimal>,
    /// How much of it is promised. Only where the installation keeps reservations.
    pub reserved: Option<Decimal>,
    /// How much of it is free. Only where the installation keeps reservations.
    pub free: Option<Decimal>,
}

/// Stock of a product in a warehouse, shelves and lots added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    /// How much is there; may be negative.
    pub amount: Decimal,
    /// How much of it is promised; `None` where no row says so.
    pub reserved: Option<Decimal>,
    /// How much of it is free; `None` where no row says so.
    pub free: Option<Decimal>,
}

impl Warehouse {
    pub(crate) fn read(row: Reader<'_>, mk_id: MkId) -> Self {
        Self {
            mk_id,
            mark: row.text("mark"),
            name: row.text("name"),
            active: row.flag("active"),
            main: row.flag("main_warehouse"),
        }
    }
}

impl StockRow {
    pub(crate) fn read(row: Reader<'_>, product: MkId) -> Self {
        Self {
            product,
            warehouse: row.id("warehouse_id"),
            count_code: row.text("count_code"),
            code: row.text("code"),
            title: row.text("title"),
            microlocation: row.text("microlocation"),
            unit: row.text("unit"),
            amount: row.decimal("amount"),
            reserved: row.decimal("reserved_amount"),
            free: row.decimal("free_amount"),
        }
    }
}

/// Adds rows up, by product and warehouse. An amount that leaves the range of [`Decimal`] stays where it was.
#[must_use]
pub fn summed(rows: &[StockRow]) -> BTreeMap<(MkId, Option<MkId>), Stock> {
    let mut sums: BTreeMap<(MkId, Option<MkId>), Stock> = BTreeMap::new();
    for row in rows {
        let sum = sums
            .entry((row.product.clone(), row.warehouse.clone()))
            .or_default();
        let more = row.amount.unwrap_or_default();
        sum.amount = sum.amount.checked_add(more).unwrap_or(sum.amount);
        sum.reserved = added(sum.reserved, row.reserved);
        sum.free = added(sum.free, row.free);
    }
    sums
}

fn added(sum: Option<Decimal>, more: Option<Decimal>) -> Option<Decimal> {
    match (sum, more) {
        (Some(sum), Some(more)) => Some(sum.checked_add(more).unwrap_or(sum)),
        (one, other) => one.or(other),
    }
}

/// What of the stock is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockQuery {
    /// In these warehouses; none means all.
    pub warehouses: Vec<MkId>,
    /// Of these products; none means all.
    pub products: Vec<MkId>,
    /// Rows to leave out at the beginning.
    pub offset: u64,
    /// Rows on a page; 0 means the most there can be, [`REGISTER_LIMIT`].
    pub limit: u32,
}

impl StockQuery {
    pub(crate) fn limit(&self) -> u32 {
        match self.limit {
            0 => REGISTER_LIMIT,
            limit => limit.min(REGISTER_LIMIT),
        }
    }

    pub(crate) fn body(&self) -> Map<String, Value> {
        let list = |ids: &[MkId]| {
            let ids: Vec<&str> = ids.iter().map(MkId::as_str).collect();
            (!ids.is_empty()).then(|| ids.join(","))
        };
        let texts = [
            ("wh_id_list", list(&self.warehouses)),
            ("product_mk_id_list", list(&self.products)),
            ("offset", Some(self.offset.to_string())),
            ("limit", Some(self.limit().to_string())),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), json!(text?))));
        texts.collect()
    }
}
