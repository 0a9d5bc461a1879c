//! What documents are made of.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::dialect::{Decimal, Reader, scalar};
use crate::id::{DocType, MkId};

/// A line of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The product's id.
    pub product: Option<MkId>,
    /// The line's own id, which partial updates want. Asked for by [`Show::Lines`](crate::Show::Lines).
    pub row_id: Option<MkId>,
    /// The product's number in the register.
    pub count_code: Option<String>,
    /// The product's code, by which new lines name it.
    pub code: Option<String>,
    /// The product's name.
    pub name: Option<String>,
    /// The product's description.
    pub name_desc: Option<String>,
    /// The description on this document.
    pub doc_desc: Option<String>,
    /// Unit of the amount.
    pub unit: Option<String>,
    /// How much of it.
    pub amount: Option<Decimal>,
    /// Price of one, without tax.
    pub price: Option<Decimal>,
    /// Price of one, with tax. A document has one of the two prices.
    pub price_with_tax: Option<Decimal>,
    /// Discount in per cent.
    pub discount: Option<Decimal>,
    /// Tax as the register's code, such as `EX4`.
    pub tax: Option<String>,
    /// Tax as a factor, `0.22`. Asked for by [`Show::TaxFactor`](crate::Show::TaxFactor).
    pub tax_factor: Option<Decimal>,
}

/// The sums of a document, in its currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Before discount and tax.
    pub basic: Option<Decimal>,
    /// Discount.
    pub discount: Option<Decimal>,
    /// Tax by the register's code in small letters, such as `ex4`.
    pub taxes: BTreeMap<String, Decimal>,
    /// Prepaid.
    pub prepayment: Option<Decimal>,
    /// To be paid, with tax.
    pub all: Option<Decimal>,
    /// Paid so far; often missing where it is nothing.
    pub paid: Option<Decimal>,
}

/// Another document this one belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocLink {
    /// Its id.
    pub mk_id: Option<MkId>,
    /// Its number shown to people.
    pub count_code: Option<String>,
    /// What it is.
    pub doc_type: Option<DocType>,
}

/// A field the installation added to documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraColumn {
    /// Its name, such as `tracking_number`.
    pub name: String,
    /// What is in it, may be empty.
    pub value: String,
}

/// A payment noted on a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payment {
    /// How it was paid, in the installation's words.
    pub payment_type: Option<String>,
    /// The day.
    pub date: Option<Date>,
    /// How much, in the document's currency.
    pub amount: Option<Decimal>,
    /// Payment, prepayment or return; the service calls this field `payment_tip`.
    pub kind: Option<String>,
    /// The cash register.
    pub cash_register: Option<String>,
    /// Text.
    pub notes: Option<String>,
}

/// A part of a bill that is paid on its own day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instalment {
    /// The day.
    pub date: Option<Date>,
    /// How much.
    pub amount: Option<Decimal>,
    /// Whether it was paid; installations send a flag or a sum here, which stays as it comes.
    pub paid: Option<String>,
}

/// A file on a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub file_name: Option<String>,
    /// Where it lies. Everyone who has this address can read the file.
    pub source_url: Option<String>,
}

/// Something somebody did to a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// `NEW`, `CHANGE`, `CUSTOM`, `DOCUMENT_STATUS_CHANGE`.
    pub operation: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// E-mail address of who did it.
    pub user_email: Option<String>,
    /// Their name and surname.
    pub user_name: Option<String>,
    /// What was there before.
    pub before: Option<String>,
    /// What is there since.
    pub after: Option<String>,
}

impl Line {
    pub(super) fn read(row: Reader<'_>) -> Self {
        Self {
            product: row.id("mk_id"),
            row_id: row.id("mk_row_id"),
            count_code: row.text("count_code"),
            code: row.text("code"),
            name: row.text("name"),
            name_desc: row.text("name_desc"),
            doc_desc: row.text("doc_desc"),
            unit: row.text("unit"),
            amount: row.decimal("amount"),
            price: row.decimal("price"),
            price_with_tax: row.decimal("price_with_tax"),
            discount: row.decimal("discount"),
            tax: row.text("tax"),
            tax_factor: row.decimal("tax_factor"),
        }
    }
}

impl Sums {
    pub(super) fn read(row: Reader<'_>) -> Self {
        let taxes = row.entries().filter_map(|(name, value)| {
            let code = name.strip_prefix("sum_tax_")?;
            Some((code.to_owned(), scalar(value)?.parse().ok()?))
        });
        Self {
            basic: row.decimal("sum_basic"),
            discount: row.decimal("sum_discount"),
            taxes: taxes.collect(),
            prepayment: row.decimal("sum_prepayment"),
            all: row.decimal("sum_all"),
            paid: row.decimal("sum_paid"),
        }
    }
}

impl DocLink {
    pub(super) fn read(row: Reader<'_>) -> Self {
        Self {
            mk_id: row.id("mk_id"),
            count_code: row.text("count_code"),
            doc_type: row
                .text("doc_type")
                .map(|word| DocType::from(word.as_str())),
        }
    }
}

impl ExtraColumn {
    pub(crate) fn read(row: Reader<'_>) -> Option<Self> {
        Some(Self {
            name: row.text("name")?,
            value: row.text("value").unwrap_or_default(),
        })
    }
}

impl Payment {
    pub(super) fn read(row: Reader<'_>) -> Self {
        Self {
            payment_type: row.text("payment_type"),
            date: row.date("date"),
            amount: row.paid_amount("amount"),
            kind: row.text("payment_tip"),
            cash_register: row.text("cashRegister"),
            notes: row.text("notes"),
        }
    }
}

impl Instalment {
    pub(super) fn read(row: Reader<'_>) -> Self {
        Self {
            date: row.date("installment_date"),
            amount: row.decimal("installment_amount"),
            paid: row.text("installment_payed"),
        }
    }
}

impl Attachment {
    pub(super) fn read(row: Reader<'_>) -> Self {
        Self {
            file_name: row.text("file_name"),
            source_url: row.text("source_url"),
        }
    }
}

impl Change {
    pub(super) fn read(row: Reader<'_>) -> Self {
        let names = [row.text("name"), row.text("surname")];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Self {
            operation: row.text("operation_type"),
            at: row.timestamp("operation_time"),
            user_email: row.text("user_email"),
            user_name: (!name.is_empty()).then_some(name),
            before: row.text("value_previous"),
            after: row.text("value_new"),
        }
    }
}
