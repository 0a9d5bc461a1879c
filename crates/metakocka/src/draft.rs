//! What is written: documents, changes of them, payments, files.

mod body;
mod file;
mod partner;
mod product;

use jiff::civil::Date;

pub(crate) use body::{Body, changes_body, document_body, files_body, transaction_body};
pub use file::{FileDraft, GrowingFile};
pub use partner::{AddressDraft, ContactDraft, PartnerDraft, PartnerUpdate};
pub use product::{PriceDraft, PriceListDraft, ProductDraft, ProductUpdate};

use crate::dialect::Decimal;
use crate::document::ExtraColumn;
use crate::error::Error;
use crate::id::{DocType, MkId};

/// The most of a trace the service keeps, in characters.
const TRACE: usize = 50;

/// Our own name for one write. The service keeps it in the document's change log, where it is looked for when nobody knows
/// whether the write happened. Every intention to write has its own, kept before the first try and used for all of them.
///
/// Printable ASCII, at most 50 characters. Up to the last `:` it names who writes: a document that carries another trace of
/// the same writer is certainly not the one looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Trace(String);

impl Trace {
    /// Takes a trace.
    ///
    /// # Errors
    /// [`Error::Settings`] for one that is empty, too long, or has other characters than letters, digits and `-_:.`.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_:.".contains(&b);
        if text.is_empty() || text.len() > TRACE || !text.bytes().all(plain) {
            return Err(Error::Settings(format!(
                "“{text}” cannot be a trace: it takes letters, digits and -_:. only, at most {TRACE} of them."
            )));
        }
        Ok(Self(text))
    }

    /// The trace's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Who writes, with the colon; empty when the trace does not say.
    pub(crate) fn writer(&self) -> &str {
        self.0
            .rfind(':')
            .and_then(|at| self.0.get(..=at))
            .unwrap_or_default()
    }
}

/// A partner a document is for. By its ids only: given by name and address the service silently makes a new partner of
/// whatever does not match in every letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerRef {
    /// The partner.
    pub mk_id: MkId,
    /// One of its addresses; the service chooses where none is given.
    pub mk_address_id: Option<MkId>,
}

/// A document to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentDraft {
    /// What it is. Bills come out as drafts that are not issued, and move no stock.
    pub doc_type: DocType,
    /// Its day.
    pub doc_date: Date,
    /// Whom it is for.
    pub partner: PartnerRef,
    /// Who gets the goods, where that is somebody else.
    pub receiver: Option<PartnerRef>,
    /// What is sold.
    pub lines: Vec<LineDraft>,
    /// Replaces this document as a whole: its lines go, and whatever of it is not said here is lost.
    pub replaces: Option<MkId>,
    /// Its number; the service counts on where there is none. `COUNT_CODE_SELECT#` and a prefix chooses a series of bills.
    pub count_code: Option<String>,
    /// Currency, three letters.
    pub currency_code: Option<String>,
    /// State, as the register's description.
    pub status_code: Option<String>,
    /// Heading.
    pub title: Option<String>,
    /// The buyer's own number of the order. Unique ones help finding a document again.
    pub buyer_order: Option<String>,
    /// Mark of the warehouse.
    pub warehouse: Option<String>,
    /// How it is delivered; one the service does not know is silently left out.
    pub delivery_type: Option<String>,
    /// How it is paid.
    pub method_of_payment: Option<String>,
    /// Text above the lines.
    pub notes_header: Option<String>,
    /// Text below the lines.
    pub notes: Option<String>,
    /// The day an order is promised for.
    pub delivery_deadline: Option<Date>,
    /// Day of the service or delivery; bills must have it.
    pub service_to: Option<Date>,
    /// Day it is due; bills must have it.
    pub due: Option<Date>,
    /// Days an offer holds.
    pub valid_days: Option<u32>,
    /// Last day an offer holds.
    pub valid_to: Option<Date>,
    /// Discount on the whole document.
    pub discount: Option<DocumentDiscount>,
    /// Numbers of the offers it comes from.
    pub offers: Vec<String>,
    /// Numbers of the orders it comes from.
    pub orders: Vec<String>,
    /// What a credit note is for.
    pub credits: Option<Credits>,
    /// The installation's own fields.
    pub extra_columns: Vec<ExtraColumn>,
    /// Files.
    pub attachments: Vec<FileDraft>,
}

/// A discount on a whole document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentDiscount {
    /// In per cent.
    Percent(Decimal),
    /// In the document's currency.
    Value(Decimal),
}

/// What a credit note is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credits {
    /// `financial`, `goods` or `standalone`.
    pub kind: String,
    /// Number of the bill, unless it stands alone.
    pub bill: Option<String>,
}

/// A line to be written. Never with a unit: the service would make a new product of a code it does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDraft {
    /// The product's code.
    pub code: String,
    /// How much of it; negative for services only.
    pub amount: Decimal,
    /// Price of one.
    pub price: LinePrice,
    /// Tax.
    pub tax: LineTax,
    /// Discount in per cent.
    pub discount: Option<Decimal>,
    /// Description on this document.
    pub doc_desc: Option<String>,
}

/// The price of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinePrice {
    /// Without tax.
    Net(Decimal),
    /// With tax.
    Gross(Decimal),
}

/// The tax of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineTax {
    /// As the register's code, such as `EX4`.
    Code(String),
    /// As a factor, such as 0.22.
    Factor(Decimal),
}

/// A change of a document that stays otherwise as it is. Everything for orders; of bills only the state can be changed, of
/// offers nothing is documented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// State, as the register's description; empty clears it.
    pub status_code: Option<String>,
    /// How it is delivered.
    pub delivery_type: Option<String>,
    /// Number by which the parcel is followed.
    pub tracking_code: Option<String>,
    /// The day it left.
    pub shipped: Option<Date>,
    /// Discount on the whole document, in its currency.
    pub discount_value: Option<Decimal>,
    /// Mark of the warehouse.
    pub warehouse: Option<String>,
    /// Text above the lines.
    pub notes_header: Option<String>,
    /// Text below the lines.
    pub notes: Option<String>,
    /// The installation's own fields.
    pub extra_columns: Vec<ExtraColumn>,
    /// New lines, and lines with their row's id that are changed.
    pub lines: Vec<(Option<MkId>, LineDraft)>,
    /// Rows that go.
    pub remove: Vec<MkId>,
    /// Fields that are emptied: `tracking_code`, `notes`, `notes_header`.
    pub clear: Vec<String>,
}

/// A payment to be noted on an order, a bill or an offer. The service takes the same one twice without a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// What the document is.
    pub doc_type: DocType,
    /// The document.
    pub document: MkId,
    /// What it is.
    pub mode: PaymentMode,
    /// How it was paid, in the installation's words.
    pub payment_type: String,
    /// The day.
    pub date: Date,
    /// How much, in the document's currency.
    pub amount: Decimal,
    /// The cash register, for cash where there are several.
    pub cash_register: Option<String>,
    /// Text, at most 100 characters.
    pub notes: Option<String>,
}

/// What a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentMode {
    /// For what was delivered.
    Payment,
    /// Ahead.
    Prepayment,
    /// Money back.
    Return,
}

impl DocumentDraft {
    /// A document without lines or anything else that may be left out.
    #[must_use]
    pub fn new(doc_type: DocType, doc_date: Date, partner: PartnerRef) -> Self {
        Self {
            doc_type,
            doc_date,
            partner,
            receiver: None,
            lines: Vec::new(),
            replaces: None,
            count_code: None,
            currency_code: None,
            status_code: None,
            title: None,
            buyer_order: None,
            warehouse: None,
            delivery_type: None,
            method_of_payment: None,
            notes_header: None,
            notes: None,
            delivery_deadline: None,
            service_to: None,
            due: None,
            valid_days: None,
            valid_to: None,
            discount: None,
            offers: Vec::new(),
            orders: Vec::new(),
            credits: None,
            extra_columns: Vec::new(),
            attachments: Vec::new(),
        }
    }

    /// Says what the service would refuse or take otherwise than meant.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |why: &str| {
            Err(Error::Settings(format!(
                "This document cannot be written: {why}."
            )))
        };
        if self.lines.is_empty() {
            return wrong("it has no lines");
        }
        if self.lines.iter().any(|line| line.code.trim().is_empty()) {
            return wrong("a line has no product code");
        }
        if self.doc_type.is_bill() && (self.service_to.is_none() || self.due.is_none()) {
            return wrong("a bill needs the day of the service and the day it is due");
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
