//! Drafts as the service wants them: strings, its own spellings, nothing that is empty.

use serde_json::{Map, Value, json};

use super::{
    Changes, DocumentDiscount, DocumentDraft, FileDraft, LineDraft, LinePrice, LineTax, PartnerRef,
    PaymentMode, Trace, Transaction,
};
use crate::dialect::Decimal;
use crate::dialect::time::wire_date;
use crate::document::ExtraColumn;
use crate::id::{DocType, MkId};

/// An object under construction.
#[derive(Default)]
pub(crate) struct Body(Map<String, Value>);

impl Body {
    pub(crate) fn text(mut self, field: &str, text: impl Into<String>) -> Self {
        self.0.insert(field.to_owned(), Value::String(text.into()));
        self
    }

    pub(crate) fn maybe(self, field: &str, text: Option<impl Into<String>>) -> Self {
        match text {
            Some(text) => self.text(field, text),
            None => self,
        }
    }

    /// A list, unless it is empty.
    pub(crate) fn list(mut self, field: &str, list: impl Iterator<Item = Value>) -> Self {
        let list: Vec<Value> = list.collect();
        if !list.is_empty() {
            self.0.insert(field.to_owned(), Value::Array(list));
        }
        self
    }

    pub(crate) fn object(mut self, field: &str, object: Option<Map<String, Value>>) -> Self {
        if let Some(object) = object {
            self.0.insert(field.to_owned(), Value::Object(object));
        }
        self
    }

    /// A price and its tax, as lines and price lists have them.
    pub(crate) fn priced(self, price: LinePrice, tax: &LineTax) -> Self {
        let (net, gross) = match price {
            LinePrice::Net(price) => (Some(price), None),
            LinePrice::Gross(price) => (None, Some(price)),
        };
        let (code, factor) = match tax {
            LineTax::Code(code) => (Some(code.clone()), None),
            LineTax::Factor(factor) => (None, Some(*factor)),
        };
        self.maybe("price", net.map(text))
            .maybe("price_with_tax", gross.map(text))
            .maybe("tax", code)
            .maybe("tax_factor", factor.map(text))
    }

    pub(crate) fn done(self) -> Map<String, Value> {
        self.0
    }
}

pub(crate) fn document_body(draft: &DocumentDraft, trace: &Trace) -> Map<String, Value> {
    let number = |code: &String| json!({ "count_code": code });
    let (percent, value) = match draft.discount {
        Some(DocumentDiscount::Percent(percent)) => (Some(percent), None),
        Some(DocumentDiscount::Value(value)) => (None, Some(value)),
        None => (None, None),
    };
    let credits = draft.credits.as_ref();
    Body::default()
        .text("doc_type", draft.doc_type.as_str())
        .text("doc_date", wire_date(draft.doc_date))
        .text("document_change_log_notes", trace.as_str())
        .object("partner", Some(partner(&draft.partner)))
        .object("receiver", draft.receiver.as_ref().map(partner))
        .list(
            "product_list",
            draft.lines.iter().map(|l| Value::Object(line(l).done())),
        )
        .maybe("mk_id", draft.replaces.as_ref().map(MkId::as_str))
        .maybe("count_code", draft.count_code.clone())
        .maybe("currency_code", draft.currency_code.clone())
        .maybe("status_code", draft.status_code.clone())
        .maybe("title", draft.title.clone())
        .maybe("buyer_order", draft.buyer_order.clone())
        .maybe("warehouse", draft.warehouse.clone())
        .maybe("delivery_type", draft.delivery_type.clone())
        .maybe("method_of_payment", draft.method_of_payment.clone())
        .maybe("notes_header", draft.notes_header.clone())
        .maybe("notes", draft.notes.clone())
        .maybe("delivery_deadline", draft.delivery_deadline.map(wire_date))
        .maybe("service_to_date", draft.service_to.map(wire_date))
        .maybe("duo_payment", draft.due.map(wire_date))
        .maybe("valid_days", draft.valid_days.map(|days| days.to_string()))
        .maybe("valid_to", draft.valid_to.map(wire_date))
        .maybe("discount_percent", percent.map(text))
        .maybe("discount_value", value.map(text))
        .list("offer_list", draft.offers.iter().map(number))
        .list("sales_order_list", draft.orders.iter().map(number))
        .maybe("credit_note_type", credits.map(|c| c.kind.clone()))
        .maybe("credit_note_bill", credits.and_then(|c| c.bill.clone()))
        .list("extra_column", extra_columns(&draft.extra_columns))
        .list("attachment_list", draft.attachments.iter().map(file))
        .done()
}

pub(crate) fn changes_body(
    doc_type: &DocType,
    mk_id: &MkId,
    changes: &Changes,
    trace: Option<&Trace>,
) -> Map<String, Value> {
    let added = changes.lines.iter().filter(|(row, _)| row.is_none());
    let added = added.map(|(_, draft)| Value::Object(line(draft).done()));
    let changed = changes.lines.iter().filter_map(|(row, draft)| {
        let row = row.as_ref()?.as_str();
        Some(Value::Object(line(draft).text("mk_row_id", row).done()))
    });
    let removed = changes
        .remove
        .iter()
        .map(|row| json!({ "mk_row_id": row.as_str() }));
    Body::default()
        .text("doc_type", doc_type.as_str())
        .text("mk_id", mk_id.as_str())
        .maybe("document_change_log_notes", trace.map(Trace::as_str))
        .maybe("status_code", changes.status_code.clone())
        .maybe("delivery_type", changes.delivery_type.clone())
        .maybe("tracking_code", changes.tracking_code.clone())
        .maybe("shipped_date", changes.shipped.map(wire_date))
        .maybe("discount_value", changes.discount_value.map(text))
        .maybe("warehouse", changes.warehouse.clone())
        .maybe("notes_header", changes.notes_header.clone())
        .maybe("notes", changes.notes.clone())
        .list("extra_column", extra_columns(&changes.extra_columns))
        .list("product_add", added)
        .list("product_list", changed)
        .list("product_remove", removed)
        .list("clear", changes.clear.iter().map(|field| json!(field)))
        .done()
}

pub(crate) fn transaction_body(payment: &Transaction) -> Map<String, Value> {
    let mode = match payment.mode {
        PaymentMode::Payment => "payment",
        PaymentMode::Prepayment => "prepayment",
        PaymentMode::Return => "return",
    };
    Body::default()
        .text("doc_type", paid_type(&payment.doc_type))
        .text("mk_id", payment.document.as_str())
        .text("payment_mode", mode)
        .text("payment_type", payment.payment_type.clone())
        .text("date", wire_date(payment.date))
        .text("price", payment.amount.to_string())
        .maybe("cash_register", payment.cash_register.clone())
        .maybe("notes", payment.notes.clone())
        .done()
}

pub(crate) fn files_body(
    doc_type: &DocType,
    mk_id: &MkId,
    files: Vec<FileDraft>,
) -> Map<String, Value> {
    Body::default()
        .text("doc_type", doc_type.as_str())
        .text("mk_id", mk_id.as_str())
        .list("attachment_list", files.into_iter().map(sent))
        .done()
}

/// Bills the call has no word of their own for are plain bills to it.
fn paid_type(doc_type: &DocType) -> &str {
    match doc_type {
        DocType::SalesBillPrepaid | DocType::SalesBillCreditNote => "bill",
        other => other.as_str(),
    }
}

fn partner(partner: &PartnerRef) -> Map<String, Value> {
    Body::default()
        .text("mk_id", partner.mk_id.as_str())
        .maybe(
            "mk_address_id",
            partner.mk_address_id.as_ref().map(MkId::as_str),
        )
        .done()
}

fn line(line: &LineDraft) -> Body {
    Body::default()
        .text("code", line.code.trim())
        .text("amount", line.amount.to_string())
        .priced(line.price, &line.tax)
        .maybe("discount", line.discount.map(text))
        .maybe("doc_desc", line.doc_desc.clone())
}

fn extra_columns(columns: &[ExtraColumn]) -> impl Iterator<Item = Value> {
    columns
        .iter()
        .map(|column| json!({ "name": column.name, "value": column.value }))
}

fn file(file: &FileDraft) -> Value {
    json!({ "file_name": file.name, "data_b64": file.data() })
}

/// As [`file`], without another copy.
fn sent(file: FileDraft) -> Value {
    let (name, data) = file.into_parts();
    let fields = [("file_name", name), ("data_b64", data)];
    Value::Object(
        fields
            .map(|(field, text)| (field.to_owned(), Value::String(text)))
            .into_iter()
            .collect(),
    )
}

fn text(decimal: Decimal) -> String {
    decimal.to_string()
}
