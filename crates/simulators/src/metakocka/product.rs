//! A product as the simulator keeps it.

use super::money::{Amount, Money};
use super::register::Tax;

/// The first product's id.
pub(crate) const FIRST_PRODUCT: u64 = 1_500_000_000;

/// Something the company sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) no: u32,
    pub(crate) code: String,
    pub(crate) count_code: String,
    pub(crate) name: String,
    /// HTML is possible.
    pub(crate) description: String,
    pub(crate) barcode: String,
    pub(crate) unit: String,
    pub(crate) price: Money,
    pub(crate) tax: &'static Tax,
    pub(crate) category: String,
    pub(crate) service: bool,
    pub(crate) sales: bool,
    pub(crate) purchasing: bool,
    pub(crate) active: bool,
    pub(crate) shop: bool,
    /// In kilograms.
    pub(crate) weight: Amount,
    /// By warehouse; several rows of one warehouse are lots.
    pub(crate) stock: Vec<Stock>,
}

/// What lies in a warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stock {
    /// The warehouse's mark.
    pub(crate) warehouse: &'static str,
    /// Negative when more went out than came in.
    pub(crate) amount: Amount,
    pub(crate) reserved: Amount,
    /// A place in the warehouse, for some.
    pub(crate) place: String,
}

impl Product {
    pub(crate) fn id(&self) -> u64 {
        product_id(self.no)
    }

    /// Of all warehouses.
    pub(crate) fn amount(&self) -> Amount {
        sum(self.stock.iter().map(|s| s.amount))
    }

    pub(crate) fn reserved(&self) -> Amount {
        sum(self.stock.iter().map(|s| s.reserved))
    }
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Amount {
    Amount(amounts.fold(0, |sum, a| sum.saturating_add(a.0)))
}

/// The id of a product.
pub(crate) fn product_id(no: u32) -> u64 {
    FIRST_PRODUCT.saturating_add(no.into())
}

/// The number of the product with this id.
pub(crate) fn product_no(id: u64) -> Option<u32> {
    u32::try_from(id.checked_sub(FIRST_PRODUCT)?).ok()
}
