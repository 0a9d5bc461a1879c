//! Documents: offers, orders, bills and whatever else is searched for.

mod parts;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

pub use parts::{Attachment, Change, DocLink, ExtraColumn, Instalment, Line, Payment, Sums};

use crate::dialect::{Decimal, Reader};
use crate::id::{DocType, MkId};
use crate::partner::DocPartner;

/// A document as the service has it (fact sheet, section 6). Fields it does not have are empty; what of it is filled
/// depends on its type and on what was asked to be [shown](crate::Show).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub mk_id: MkId,
    /// What it is.
    pub doc_type: DocType,
    /// The number shown to people, such as `360-2-2/2026`.
    pub count_code: Option<String>,
    /// Its day.
    pub doc_date: Option<Date>,
    /// Whom it is for.
    pub partner: Option<DocPartner>,
    /// Who gets the goods, where that is somebody else.
    pub receiver: Option<DocPartner>,
    /// Currency of all its sums, three letters.
    pub currency_code: Option<String>,
    /// Its state as shown to people, in the installation's language: `Novo naročilo`.
    pub status_code: Option<String>,
    /// Its state in the register: `new_order`. The stable one of the two; older installations do not send it.
    pub status_desc: Option<String>,
    /// Its heading.
    pub title: Option<String>,
    /// The buyer's own number of the order.
    pub buyer_order: Option<String>,
    /// Mark of the warehouse.
    pub warehouse: Option<String>,
    /// How it is delivered.
    pub delivery_type: Option<String>,
    /// How it is paid.
    pub method_of_payment: Option<String>,
    /// Text below the lines.
    pub notes: Option<String>,
    /// Text above the lines.
    pub notes_header: Option<String>,
    /// What is sold.
    pub lines: Vec<Line>,
    /// Its sums, in its currency.
    pub sums: Sums,
    /// Documents made from it or it was made from.
    pub links: Vec<DocLink>,
    /// Numbers of the offers it was made from.
    pub offers: Vec<String>,
    /// The installation's own fields.
    pub extra_columns: Vec<ExtraColumn>,
    /// Notes of web shops, by key.
    pub meta_data: BTreeMap<String, String>,
    /// When it was entered.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub last_change: Option<Timestamp>,
    /// What only orders have.
    pub order: OrderPart,
    /// What only bills have.
    pub bill: BillPart,
    /// What only offers have.
    pub offer: OfferPart,
    /// Payments noted on it. Asked for by [`Show::Payments`](crate::Show::Payments).
    pub payments: Vec<Payment>,
    /// Files on it. Asked for by [`Show::Attachments`](crate::Show::Attachments).
    pub attachments: Vec<Attachment>,
    /// Who changed what. Asked for by [`Show::Changes`](crate::Show::Changes).
    pub changes: Vec<Change>,
}

/// What only orders have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderPart {
    /// When the buyer ordered.
    pub ordered: Option<Timestamp>,
    /// The day it was promised for.
    pub delivery_deadline: Option<Date>,
    /// The day it was finished.
    pub finished: Option<Date>,
    /// The day it left.
    pub shipped: Option<Date>,
    /// The web shop it came from.
    pub eshop_name: Option<String>,
    /// The bank's reference.
    pub bank_reference: Option<String>,
    /// Profit centre.
    pub profit_center: Option<String>,
}

/// What only bills have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillPart {
    /// Day of the service or delivery.
    pub service_to: Option<Date>,
    /// Day it is due; the service spells it `duo_payment`.
    pub due: Option<Date>,
    /// When it was issued; empty as long as it is a draft.
    pub issued: Option<Timestamp>,
    /// The issuer's mark of the fiscal register.
    pub furs_zoi: Option<String>,
    /// The fiscal register's mark.
    pub furs_eor: Option<String>,
    /// Instalments agreed on.
    pub instalments: Vec<Instalment>,
    /// The day it was paid in full.
    pub fully_paid: Option<Date>,
    /// The day of the last payment.
    pub last_paid: Option<Date>,
    /// The last payment.
    pub last_paid_sum: Option<Decimal>,
    /// Sum of its credit notes.
    pub credited: Option<Decimal>,
    /// Its credit notes.
    pub credit_notes: Vec<DocLink>,
}

/// What only offers have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfferPart {
    /// Days it holds.
    pub valid_days: Option<u64>,
    /// Last day it holds.
    pub valid_to: Option<Date>,
    /// The buyer's number of the inquiry.
    pub inquiry: Option<String>,
    /// Prepayment asked for.
    pub prepayment: Option<Decimal>,
}

impl Document {
    pub(crate) fn read(row: Reader<'_>, mk_id: MkId, asked: &DocType) -> Self {
        let doc_type = row
            .text("doc_type")
            .map_or_else(|| asked.clone(), |word| DocType::from(word.as_str()));
        Self {
            mk_id,
            doc_type,
            count_code: row.text("count_code"),
            doc_date: row.date("doc_date"),
            partner: row.one("partner").map(DocPartner::read),
            receiver: row.one("receiver").map(DocPartner::read),
            currency_code: row.text("currency_code"),
            status_code: row.text("status_code"),
            status_desc: row.text("status_desc"),
            title: row.text("title"),
            buyer_order: row.text("buyer_order"),
            warehouse: row.text("warehouse"),
            delivery_type: row.text("delivery_type"),
            method_of_payment: row.text("method_of_payment"),
            notes: row.text("notes"),
            notes_header: row.text("notes_header"),
            lines: row.many("product_list").map(Line::read).collect(),
            sums: Sums::read(row),
            links: row.many("doc_link_list").map(DocLink::read).collect(),
            offers: row
                .many("offer_list")
                .filter_map(|offer| offer.text("count_code"))
                .collect(),
            extra_columns: row
                .many("extra_column")
                .filter_map(ExtraColumn::read)
                .collect(),
            meta_data: row
                .many("meta_data")
                .filter_map(|entry| {
                    Some((
                        entry.text("key")?,
                        entry.text("value_string").unwrap_or_default(),
                    ))
                })
                .collect(),
            created: row.timestamp("created_ts"),
            last_change: row.timestamp("last_change_ts"),
            order: OrderPart::read(row),
            bill: BillPart::read(row),
            offer: OfferPart::read(row),
            payments: row.many("mark_paid").map(Payment::read).collect(),
            attachments: row.many("attachment_list").map(Attachment::read).collect(),
            changes: row.many("document_info").map(Change::read).collect(),
        }
    }

    /// What is still to be paid: sum less payments, in the document's currency; `None` without a sum. A missing `sum_paid`
    /// means nothing was paid.
    #[must_use]
    pub fn open_sum(&self) -> Option<Decimal> {
        self.sums
            .all?
            .checked_sub(self.sums.paid.unwrap_or_default())
    }
}

impl OrderPart {
    fn read(row: Reader<'_>) -> Self {
        Self {
            ordered: row.timestamp("order_create_ts"),
            delivery_deadline: row.date("delivery_deadline"),
            finished: row.date("finish_date"),
            shipped: row.date("shipped_date"),
            eshop_name: row.text("eshop_name"),
            bank_reference: row.text("bank_ref_number"),
            profit_center: row.text("profit_center"),
        }
    }
}

impl BillPart {
    fn read(row: Reader<'_>) -> Self {
        Self {
            service_to: row.date("service_to_date"),
            due: row.date("duo_payment"),
            issued: row.timestamp("publish_ts"),
            furs_zoi: row.text("furs_zoi"),
            furs_eor: row.text("furs_eor"),
            instalments: row.many("installment_list").map(Instalment::read).collect(),
            fully_paid: row.date("sum_full_paid_when"),
            last_paid: row.date("last_paid_date"),
            last_paid_sum: row.decimal("last_paid_sum"),
            credited: row.decimal("sum_creditnote"),
            credit_notes: row.many("credit_note_list").map(DocLink::read).collect(),
        }
    }
}

impl OfferPart {
    fn read(row: Reader<'_>) -> Self {
        Self {
            valid_days: row.count("valid_days"),
            valid_to: row.date("valid_to"),
            inquiry: row.text("inquiry_num"),
            prepayment: row.decimal("prepayment_value"),
        }
    }
}

#[cfg(test)]
#[path = "document_tests.rs"]
mod tests;
