//! Products with their prices.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::dialect::{Decimal, Reader, scalar};
use crate::document::ExtraColumn;
use crate::id::MkId;
use crate::page::REGISTER_LIMIT;

/// A product of the register (fact sheet, section 9). Prices, stock and categories are filled as far as the
/// [query](ProductQuery) asked for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub mk_id: MkId,
    /// Its number in the register.
    pub count_code: Option<String>,
    /// Its code, by which lines of new documents name it.
    pub code: Option<String>,
    /// Bar code.
    pub barcode: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its description as the installation keeps it, often HTML: make it safe before showing it.
    pub name_desc: Option<String>,
    /// Unit it is sold in.
    pub unit: Option<String>,
    /// A service: has no stock, and may stand on documents with a negative amount.
    pub service: Option<bool>,
    /// Is sold.
    pub sales: Option<bool>,
    /// In use.
    pub active: Option<bool>,
    /// In stock, all warehouses together.
    pub amount: Option<Decimal>,
    /// In stock and not reserved.
    pub free_amount: Option<Decimal>,
    /// In stock, by warehouse.
    pub stock: Vec<ProductStock>,
    /// Labels of its categories, the wider ones first.
    pub categories: Vec<String>,
    /// Its prices, by price list.
    pub price_lists: Vec<PriceList>,
    /// Its names in other languages.
    pub localised: Vec<Localised>,
    /// The installation's own fields.
    pub extra_columns: Vec<ExtraColumn>,
}

/// Stock of a product in one warehouse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductStock {
    /// Mark of the warehouse, as documents name it.
    pub warehouse_mark: Option<String>,
    /// Its name.
    pub warehouse_name: Option<String>,
    /// How much; may be negative.
    pub amount: Option<Decimal>,
}

/// A product in a price list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceList {
    /// The list's number.
    pub count_code: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Whether it is for selling or buying, in the service's word.
    pub sales_purchase: Option<String>,
    /// Currency, three letters.
    pub currency_code: Option<String>,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
    /// The buyer it is for; none means everyone.
    pub buyer: Option<String>,
    /// The prices, by amount.
    pub prices: Vec<Price>,
}

/// A price, from an amount on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// From this amount.
    pub amount_from: Option<Decimal>,
    /// Up to this amount.
    pub amount_to: Option<Decimal>,
    /// Of one, without tax.
    pub price: Option<Decimal>,
    /// Of one, with tax.
    pub price_with_tax: Option<Decimal>,
    /// Tax as the register's code.
    pub tax: Option<String>,
    /// Tax in per cent, as text: `22`.
    pub tax_desc: Option<String>,
    /// Tax as a factor: `0.22`.
    pub tax_factor: Option<Decimal>,
    /// Discount in per cent.
    pub discount: Option<Decimal>,
}

/// A product's name in another language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Localised {
    /// The language.
    pub language: Option<String>,
    /// Its name there.
    pub name: Option<String>,
    /// Its description there, often HTML.
    pub name_desc: Option<String>,
}

impl Product {
    pub(crate) fn read(row: Reader<'_>, mk_id: MkId) -> Self {
        let mut categories = row.texts("categories");
        labels(row, &mut categories);
        Self {
            mk_id,
            count_code: row.text("count_code"),
            code: row.text("code"),
            barcode: row.text("barcode"),
            name: row.text("name"),
            name_desc: row.text("name_desc"),
            unit: row.text("unit"),
            service: row.flag("service"),
            sales: row.flag("sales"),
            active: row.flag("activated"),
            amount: row.decimal("amount"),
            free_amount: row.decimal("free_amount"),
            stock: row.many("amount_detail").map(ProductStock::read).collect(),
            categories,
            price_lists: row.many("pricelist").map(PriceList::read).collect(),
            localised: row.many("localization").map(Localised::read).collect(),
            extra_columns: row
                .many("extra_column")
                .filter_map(ExtraColumn::read)
                .collect(),
        }
    }
}

/// Labels of a tree of categories, a node before its children. The tree is no deeper than the JSON reader allows.
fn labels(node: Reader<'_>, found: &mut Vec<String>) {
    for field in ["category_tree_list", "tree_node_list"] {
        for child in node.many(field) {
            found.extend(child.text("tree_node_label"));
            labels(child, found);
        }
    }
}

impl ProductStock {
    fn read(row: Reader<'_>) -> Self {
        Self {
            warehouse_mark: row.text("warehouse_mark"),
            warehouse_name: row.text("warehouse_name"),
            amount: row.decimal("amount"),
        }
    }
}

impl PriceList {
    fn read(row: Reader<'_>) -> Self {
        Self {
            count_code: row.text("count_code"),
            title: row.text("title"),
            sales_purchase: row.text("sales_purchase"),
            currency_code: row.text("currency_code"),
            valid_from: row.date("valid_from"),
            valid_to: row.date("valid_to"),
            buyer: row.value("buyer").and_then(scalar),
            prices: row.many("price_def").map(Price::read).collect(),
        }
    }
}

impl Price {
    fn read(row: Reader<'_>) -> Self {
        Self {
            amount_from: row.decimal("amount_from"),
            amount_to: row.decimal("amount_to"),
            price: row.decimal("price"),
            price_with_tax: row.decimal("price_with_tax"),
            tax: row.text("tax"),
            tax_desc: row.text("tax_desc"),
            tax_factor: row.decimal("tax_factor"),
            discount: row.decimal("discount"),
        }
    }
}

impl Localised {
    fn read(row: Reader<'_>) -> Self {
        Self {
            language: row.text("language"),
            name: row.text("name"),
            name_desc: row.text("name_desc"),
        }
    }
}

/// What of the register of products is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductQuery {
    /// The product with exactly this code.
    pub code: Option<String>,
    /// The product with exactly this number.
    pub count_code: Option<String>,
    /// Products whose title holds this.
    pub title_like: Option<String>,
    /// Products that are sold, or that are not.
    pub sales: Option<bool>,
    /// Products in use, or not.
    pub active: Option<bool>,
    /// With price lists and tax factors.
    pub with_prices: bool,
    /// With stock by warehouse.
    pub with_stock: bool,
    /// With categories.
    pub with_categories: bool,
    /// Rows to leave out at the beginning.
    pub offset: u64,
    /// Rows on a page; 0 means the most there can be, [`REGISTER_LIMIT`].
    pub limit: u32,
}

impl ProductQuery {
    pub(crate) fn limit(&self) -> u32 {
        match self.limit {
            0 => REGISTER_LIMIT,
            limit => limit.min(REGISTER_LIMIT),
        }
    }

    pub(crate) fn body(&self) -> Map<String, Value> {
        let texts = [
            ("code", self.code.clone()),
            ("count_code", self.count_code.clone()),
            ("title", self.title_like.clone()),
            (
                "search_with_like",
                self.title_like.as_ref().map(|_| "true".to_owned()),
            ),
            ("sales", self.sales.map(|yes| yes.to_string())),
            ("active", self.active.map(|yes| yes.to_string())),
            ("offset", Some(self.offset.to_string())),
            ("limit", Some(self.limit().to_string())),
        ];
        let switches = [
            (self.with_prices, "return_pricelist"),
            (self.with_prices, "show_tax_factor"),
            (self.with_stock, "return_warehause_stock"),
            (self.with_stock, "return_free_amount"),
            (self.with_categories, "return_category"),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), json!(text?))));
        let switches = switches
            .into_iter()
            .filter(|(on, _)| *on)
            .map(|(_, name)| (name.to_owned(), json!("true")));
        texts.chain(switches).collect()
    }
}

#[cfg(test)]
#[path = "product_tests.rs"]
mod tests;
