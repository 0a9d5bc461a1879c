//! Names of things in Metakocka.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Metakocka's own id of a document, partner, address, product or warehouse.
///
/// Text, not a number: ids of twelve digits exist, and nothing is ever counted with them. Different kinds of things share
/// one form, and the service never says which kind an id is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MkId(String);

impl MkId {
    /// Takes an id as the service or a person wrote it, without the white space around it.
    #[must_use]
    pub fn new(id: impl AsRef<str>) -> Self {
        Self(id.as_ref().trim().to_owned())
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a document is.
///
/// The types of sales and purchase by name, everything else as the service writes it: papers of the warehouse and others can
/// be read, too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocType {
    /// An offer: `sales_offer`.
    SalesOffer,
    /// An order of a customer: `sales_order`.
    SalesOrder,
    /// An invoice within the country: `sales_bill_domestic`.
    SalesBillDomestic,
    /// An invoice abroad: `sales_bill_foreign`. The partner decides which of the two it is.
    SalesBillForeign,
    /// A bill of a shop: `sales_bill_retail`.
    SalesBillRetail,
    /// An invoice for a prepayment: `sales_bill_prepaid`.
    SalesBillPrepaid,
    /// A credit note: `sales_bill_credit_note`.
    SalesBillCreditNote,
    /// An order at a supplier: `purchase_order`.
    PurchaseOrder,
    /// A supplier's invoice within the country: `purchase_bill_domestic`.
    PurchaseBillDomestic,
    /// A supplier's invoice from abroad: `purchase_bill_foreign`.
    PurchaseBillForeign,
    /// A supplier's invoice for a prepayment: `purchase_bill_prepaid`.
    PurchaseBillPrepaid,
    /// A supplier's credit note: `purchase_bill_credit_note`.
    PurchaseBillCreditNote,
    /// Any other type, as the service writes it.
    Other(String),
}

impl DocType {
    /// All types of sales documents.
    pub const SALES: [Self; 7] = [
        Self::SalesOffer,
        Self::SalesOrder,
        Self::SalesBillDomestic,
        Self::SalesBillForeign,
        Self::SalesBillRetail,
        Self::SalesBillPrepaid,
        Self::SalesBillCreditNote,
    ];

    /// All types of purchase documents: what the company itself orders and owes.
    pub const PURCHASE: [Self; 5] = [
        Self::PurchaseOrder,
        Self::PurchaseBillDomestic,
        Self::PurchaseBillForeign,
        Self::PurchaseBillPrepaid,
        Self::PurchaseBillCreditNote,
    ];

    /// The service's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::SalesOffer => "sales_offer",
            Self::SalesOrder => "sales_order",
            Self::SalesBillDomestic => "sales_bill_domestic",
            Self::SalesBillForeign => "sales_bill_foreign",
            Self::SalesBillRetail => "sales_bill_retail",
            Self::SalesBillPrepaid => "sales_bill_prepaid",
            Self::SalesBillCreditNote => "sales_bill_credit_note",
            Self::PurchaseOrder => "purchase_order",
            Self::PurchaseBillDomestic => "purchase_bill_domestic",
            Self::PurchaseBillForeign => "purchase_bill_foreign",
            Self::PurchaseBillPrepaid => "purchase_bill_prepaid",
            Self::PurchaseBillCreditNote => "purchase_bill_credit_note",
            Self::Other(word) => word,
        }
    }

    /// True for all five kinds of sales bills, credit notes among them.
    #[must_use]
    pub fn is_bill(&self) -> bool {
        matches!(
            self,
            Self::SalesBillDomestic
                | Self::SalesBillForeign
                | Self::SalesBillRetail
                | Self::SalesBillPrepaid
                | Self::SalesBillCreditNote
        )
    }
}

impl From<&str> for DocType {
    fn from(word: &str) -> Self {
        let word = word.trim();
        Self::SALES
            .into_iter()
            .chain(Self::PURCHASE)
            .find(|known| known.as_str() == word)
            .unwrap_or_else(|| Self::Other(word.to_owned()))
    }
}

impl FromStr for DocType {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(Self::from(word))
    }
}

impl fmt::Display for DocType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::DocType;

    #[test]
    fn every_type_is_found_by_its_own_word() {
        for known in DocType::SALES.into_iter().chain(DocType::PURCHASE) {
            assert_eq!(DocType::from(known.as_str()), known);
            let ours = known.as_str().starts_with("sales_bill");
            assert_eq!(known.is_bill(), ours, "only bills of sales: {known}");
        }
        assert_eq!(
            DocType::from("workorder"),
            DocType::Other("workorder".to_owned()),
            "what we have no name for keeps the service's"
        );
    }
}
