//! Products as they are written.

use serde_json::{Map, Value, json};

use super::body::Body;
use super::{LinePrice, LineTax};
use crate::dialect::Decimal;
use crate::error::Error;
use crate::id::MkId;

/// What the service reads as “empty this text”: an empty one changes nothing.
const REMOVE: &str = "$REMOVE_STRING_VALUE$";
/// The longest code, name and number the service keeps, in characters.
const LONGEST: [(&str, usize); 3] = [("code", 20), ("name", 200), ("number", 30)];

/// A product to be added (fact sheet, section 9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductDraft {
    /// By which lines name it; at most 20 characters.
    pub code: String,
    /// At most 200 characters.
    pub name: String,
    /// Unit it is sold in.
    pub unit: String,
    /// Its number; the service counts on where there is none. At most 30 characters.
    pub count_code: Option<String>,
    /// Its description, may be HTML.
    pub name_desc: Option<String>,
    /// Bar code.
    pub barcode: Option<String>,
    /// A service: has no stock.
    pub service: bool,
    /// Is sold.
    pub sales: bool,
    /// Is bought.
    pub purchasing: bool,
    /// Its categories, each a path from the widest on.
    pub categories: Vec<Vec<String>>,
    /// Its prices, by price list.
    pub price_lists: Vec<PriceListDraft>,
    /// Who sells it to the company.
    pub supplier: Option<MkId>,
}

/// A product's prices in one list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceListDraft {
    /// The list's number.
    pub count_code: String,
    /// The prices, by amount.
    pub prices: Vec<PriceDraft>,
}

/// A price, from an amount on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceDraft {
    /// From this amount; none is from the first on.
    pub amount_from: Option<Decimal>,
    /// Of one.
    pub price: LinePrice,
    /// Its tax.
    pub tax: LineTax,
}

/// Changes of a product; what is `None` stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductUpdate {
    /// Which one.
    pub mk_id: MkId,
    /// Another code.
    pub code: Option<String>,
    /// Another name.
    pub name: Option<String>,
    /// Another unit.
    pub unit: Option<String>,
    /// Another description; an empty one empties it.
    pub name_desc: Option<String>,
    /// Another bar code; an empty one takes it away.
    pub barcode: Option<String>,
    /// Is sold, or no more.
    pub sales: Option<bool>,
    /// In use, or no more.
    pub active: Option<bool>,
    /// Prices to be added.
    pub price_lists: Vec<PriceListDraft>,
    /// The prices it has go before those are added.
    pub replaces_prices: bool,
}

impl ProductDraft {
    /// Says what the service would refuse or cut.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (what, text) in [
            ("code", &self.code),
            ("name", &self.name),
            ("unit", &self.unit),
        ] {
            if text.trim().is_empty() {
                return Err(wrong(&format!("it has no {what}")));
            }
        }
        let number = self.count_code.as_deref().unwrap_or_default();
        lengths([&self.code, &self.name, number])
    }

    pub(crate) fn body(&self) -> Map<String, Value> {
        // A path of one is written as its only element, as the vendor's samples have it.
        let category = |path: &Vec<String>| match path.as_slice() {
            [only] => json!({ "category": only }),
            path => json!({ "category": path }),
        };
        let supplier = self.supplier.as_ref();
        Body::default()
            .text("code", self.code.trim())
            .text("name", self.name.trim())
            .text("unit", self.unit.trim())
            .maybe("count_code", self.count_code.clone())
            .maybe("name_desc", self.name_desc.clone())
            .maybe("barcode", self.barcode.clone())
            .text("service", self.service.to_string())
            .text("sales", self.sales.to_string())
            .text("purchasing", self.purchasing.to_string())
            .list("categories", self.categories.iter().map(category))
            .list(
                "pricelist",
                self.price_lists.iter().map(PriceListDraft::json),
            )
            .object(
                "supplier_info",
                supplier.map(|id| Body::default().text("partner_id", id.as_str()).done()),
            )
            .done()
    }
}

impl ProductUpdate {
    /// A change of nothing yet.
    #[must_use]
    pub fn of(mk_id: MkId) -> Self {
        Self {
            mk_id,
            code: None,
            name: None,
            unit: None,
            name_desc: None,
            barcode: None,
            sales: None,
            active: None,
            price_lists: Vec::new(),
            replaces_prices: false,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        for (what, text) in [
            ("code", &self.code),
            ("name", &self.name),
            ("unit", &self.unit),
        ] {
            // The service takes an empty one for none.
            if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
                return Err(wrong(&format!("its {what} cannot be emptied")));
            }
        }
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        lengths([&text(&self.code), &text(&self.name), ""])
    }

    pub(crate) fn body(&self) -> Map<String, Value> {
        let emptied = |text: &Option<String>| {
            let text = text.as_ref()?;
            let gone = text.trim().is_empty();
            Some(if gone {
                REMOVE.to_owned()
            } else {
                text.clone()
            })
        };
        let replaces = self.replaces_prices.then_some("true");
        Body::default()
            .text("mk_id", self.mk_id.as_str())
            .maybe("code", self.code.clone())
            .maybe("name", self.name.clone())
            .maybe("unit", self.unit.clone())
            .maybe("name_desc", emptied(&self.name_desc))
            .maybe("barcode", emptied(&self.barcode))
            .maybe("sales", self.sales.map(|yes| yes.to_string()))
            .maybe("activated", self.active.map(|yes| yes.to_string()))
            .maybe("pricelist_remove_product_before_add", replaces)
            .list(
                "pricelist",
                self.price_lists.iter().map(PriceListDraft::json),
            )
            .done()
    }
}

impl PriceListDraft {
    fn json(&self) -> Value {
        let prices = self.prices.iter().map(|price| {
            let amount = price.amount_from.map(|amount| amount.to_string());
            let body = Body::default().maybe("amount_from", amount);
            Value::Object(body.priced(price.price, &price.tax).done())
        });
        let body = Body::default()
            .text("count_code", &self.count_code)
            .list("price_def", prices);
        Value::Object(body.done())
    }
}

fn lengths(texts: [&str; 3]) -> Result<(), Error> {
    for ((what, most), text) in LONGEST.into_iter().zip(texts) {
        if text.trim().chars().count() > most {
            return Err(wrong(&format!(
                "its {what} is longer than {most} characters"
            )));
        }
    }
    Ok(())
}

fn wrong(why: &str) -> Error {
    Error::Settings(format!("This product cannot be written: {why}."))
}
