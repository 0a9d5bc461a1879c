//! What is searched for, and what a page of it is.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::dialect::{Reader, time};
use crate::id::{DocType, MkId};

/// The most rows of documents the service gives at once.
pub const SEARCH_LIMIT: u32 = 100;
/// A search among documents of one type (fact sheet, section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Documents of this type only; the service searches no two at once.
    pub doc_type: DocType,
    /// Free text, as in the service's own search box.
    pub query: Option<String>,
    /// All of these must hold. Which of them a type knows differs between installations: ask [`Discovery`](crate::Discovery) first.
    pub filters: Vec<Filter>,
    /// By id: newest first, oldest first, or as the service likes (oldest first for orders).
    pub order: Option<Order>,
    /// What full documents show beyond the usual.
    pub show: Vec<Show>,
    /// Rows to leave out at the beginning.
    pub offset: u64,
    /// Rows on a page, at most [`SEARCH_LIMIT`].
    pub limit: u32,
}

/// Which end of a search comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The smallest id first.
    OldestFirst,
    /// The largest id first.
    NewestFirst,
}

/// A condition of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Of this partner.
    Partner(MkId),
    /// Of the partner with this tax number.
    PartnerTaxNumber(String),
    /// Orders that go to this e-mail address.
    RecipientEmail(String),
    /// Orders with this number of the buyer.
    CustomerOrder(String),
    /// From this day on. Offers do not know it.
    DateFrom(Date),
    /// Up to this day. Offers do not know it.
    DateTo(Date),
    /// Changed since. Documented for orders and complaints only.
    ChangedFrom(Timestamp),
    /// Changed before. Documented for orders and complaints only.
    ChangedTo(Timestamp),
    /// In one of these states, in the installation's words.
    Status(Vec<String>),
    /// Bills that are not fully paid.
    NotFullyPaid,
    /// Orders with one of these products, by code.
    ProductCodes(Vec<String>),
    /// Any other, as the installation names it.
    Other {
        /// Its `type`.
        name: String,
        /// Its `value`.
        value: String,
    },
}

/// What a full document shows beyond the usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Show {
    /// Payments.
    Payments,
    /// The ids of lines.
    Lines,
    /// Taxes as factors.
    TaxFactor,
    /// What was credited, and by which credit notes.
    CreditNotes,
    /// Files. Only when a single document is fetched.
    Attachments,
    /// Who changed what. Only when a single document is fetched.
    Changes,
}

impl Show {
    pub(crate) fn switches(self) -> &'static [&'static str] {
        match self {
            Self::Payments => &["show_payment_detail"],
            Self::Lines => &["show_product_detail"],
            Self::TaxFactor => &["show_tax_factor"],
            Self::CreditNotes => &["show_sum_credit", "return_credit_note_for_invoice"],
            Self::Attachments => &["show_attachments"],
            Self::Changes => &["return_document_info"],
        }
    }
}

impl Filter {
    /// The service's name of the filter, as [`Discovery`](crate::Discovery) lists it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Partner(_) => "partner_mk_id",
            Self::PartnerTaxNumber(_) => "partner_tax_num",
            Self::RecipientEmail(_) => "partner_recipient_email",
            Self::CustomerOrder(_) => "customer_order",
            Self::DateFrom(_) => "doc_date_from",
            Self::DateTo(_) => "doc_date_to",
            Self::ChangedFrom(_) => "last_change_from",
            Self::ChangedTo(_) => "last_change_to",
            Self::Status(_) => "status_list",
            Self::NotFullyPaid => "payment_status",
            Self::ProductCodes(_) => "product_code_list",
            Self::Other { name, .. } => name,
        }
    }

    fn value(&self) -> String {
        match self {
            Self::Partner(id) => id.to_string(),
            Self::PartnerTaxNumber(text)
            | Self::RecipientEmail(text)
            | Self::CustomerOrder(text)
            | Self::Other { value: text, .. } => text.clone(),
            Self::DateFrom(day) | Self::DateTo(day) => time::wire_date(*day),
            Self::ChangedFrom(moment) | Self::ChangedTo(moment) => time::wire_timestamp(*moment),
            Self::Status(list) | Self::ProductCodes(list) => list.join(","),
            Self::NotFullyPaid => "false".to_owned(),
        }
    }
}

impl Search {
    /// All documents of a type, a hundred at a time.
    #[must_use]
    pub fn of(doc_type: DocType) -> Self {
        Self {
            doc_type,
            query: None,
            filters: Vec::new(),
            order: None,
            show: Vec::new(),
            offset: 0,
            limit: SEARCH_LIMIT,
        }
    }

    /// Adds a condition.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filters.push(filter);
        self
    }

    /// Sets the order.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = Some(order);
        self
    }

    /// Shows more of full documents.
    #[must_use]
    pub fn show(mut self, show: impl IntoIterator<Item = Show>) -> Self {
        self.show.extend(show);
        self
    }

    /// Begins after so many rows.
    #[must_use]
    pub fn from(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    pub(crate) fn body(&self, full: bool) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("doc_type".to_owned(), json!(self.doc_type.as_str()));
        body.insert("offset".to_owned(), json!(self.offset.to_string()));
        body.insert("limit".to_owned(), json!(self.limit().to_string()));
        if let Some(query) = &self.query {
            body.insert("query".to_owned(), json!(query));
        }
        let filters = self
            .filters
            .iter()
            .map(|f| json!({ "type": f.name(), "value": f.value() }));
        let filters: Vec<Value> = filters.collect();
        if !filters.is_empty() {
            body.insert("query_advance".to_owned(), Value::Array(filters));
        }
        if let Some(order) = self.order {
            let word = match order {
                Order::OldestFirst => "asc",
                Order::NewestFirst => "desc",
            };
            body.insert("order_direction".to_owned(), json!(word));
        }
        if full {
            body.insert("result_type".to_owned(), json!("doc"));
            switch_on(&mut body, &self.show);
        } else {
            body.insert("show_status_code".to_owned(), json!("true"));
        }
        body
    }

    pub(crate) fn limit(&self) -> u32 {
        self.limit.clamp(1, SEARCH_LIMIT)
    }
}

pub(crate) fn switch_on(body: &mut Map<String, Value>, show: &[Show]) {
    for switch in show.iter().flat_map(|show| show.switches()) {
        body.insert((*switch).to_owned(), json!("true"));
    }
}

/// A document as a light search has it: enough to see what is there and what is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Light {
    /// Its id.
    pub mk_id: MkId,
    /// The number shown to people.
    pub count_code: Option<String>,
    /// Its state as shown to people.
    pub status_code: Option<String>,
}

impl Light {
    pub(crate) fn read(row: Reader<'_>, mk_id: MkId) -> Self {
        Self {
            mk_id,
            count_code: row.text("count_code"),
            status_code: row.text("status_code"),
        }
    }
}
