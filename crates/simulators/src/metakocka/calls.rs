//! The calls: where each is, what it knows, what it does.

mod documents;
mod filters;
mod partners;
mod products;
mod search;

use serde_json::{Map, Value};

use super::dialect::{Fields, Refusal};
use super::world::World;

pub(crate) use search::KindAsked;

/// What a call answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// Fields of a JSON object.
    Json(Map<String, Value>),
    /// A file: its type and its bytes.
    File(&'static str, Vec<u8>),
}

impl From<super::dialect::Object> for Answer {
    fn from(object: super::dialect::Object) -> Self {
        Self::Json(object.map())
    }
}

/// What the installation offers; it differs from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offered {
    /// Sales documents can be searched by their partner.
    pub(crate) partner: bool,
    /// Orders can be searched by when they last changed.
    pub(crate) last_change: bool,
}

/// What a call works on.
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) offered: Offered,
    /// Where the simulator is reached, for the addresses it hands out.
    pub(crate) url: &'a str,
}

type Handler = fn(&mut Desk<'_>, Fields<'_>) -> Result<Answer, Refusal>;

/// A call of the contract.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) path: &'static str,
    pub(crate) handler: Handler,
    /// The fields it knows; `partner.name` is a field of `partner`, in a list or not.
    pub(crate) fields: &'static [&'static str],
}

/// Credentials and who acts: in every body.
const ALWAYS: &[&str] = &["secret_key", "company_id", "api_user_email"];

const SWITCHES: &[&str] = &[
    "show_payment_detail",
    "show_product_detail",
    "show_tax_factor",
    "return_delivery_service_events",
    "show_tracking_url",
    "show_sum_credit",
    "return_credit_note_for_invoice",
    "show_product_metadata",
    "return_purchase_price",
    "return_stickers_url",
    "show_attachments",
    "return_document_info",
];

const fn call(path: &'static str, handler: Handler, fields: &'static [&'static str]) -> Call {
    Call {
        path,
        handler,
        fields,
    }
}

/// All calls, by their paths: three families, not interchangeable.
pub(crate) const CALLS: &[Call] = &[
    call(
        "/rest/eshop/v1/search",
        search::search,
        &[
            "doc_type",
            "query",
            "query_advance",
            "query_advance.type",
            "query_advance.value",
            "limit",
            "offset",
            "result_type",
            "order_direction",
            "show_status_code",
        ],
    ),
    call(
        "/rest/eshop/v1/search_query_advance_discovery",
        search::discovery,
        &["doc_type"],
    ),
    call(
        "/rest/eshop/v1/get_document",
        documents::get,
        &["doc_type", "doc_id", "buyer_order"],
    ),
    call(
        "/rest/eshop/v1/get_partner",
        partners::get,
        &[
            "partner_id",
            "partner_name",
            "partner_tax_number",
            "partner_email",
            "partner_phone_number",
            "show_partner_discount",
        ],
    ),
    call(
        "/rest/eshop/v1/json/product_list",
        products::list,
        &[
            "count_code",
            "mk_id",
            "code",
            "title",
            "category",
            "sales",
            "purchase",
            "service",
            "work",
            "active",
            "eshop_sync",
            "search_with_like",
            "return_warehause_stock",
            "return_free_amount",
            "return_warehouse_reservation",
            "return_category",
            "return_pricelist",
            "show_tax_factor",
            "return_product_partner_info",
            "return_expect_order_delivery_date",
            "return_web_shop_link",
            "return_product_compound",
            "return_last_purchase_price",
            "limit",
            "offset",
        ],
    ),
    call(
        "/rest/eshop/v1/json/warehouse_list",
        products::warehouses,
        &[],
    ),
    call(
        "/rest/eshop/v1/json/warehouse_stock",
        products::stock,
        &[
            "wh_id_list",
            "product_code_list",
            "product_mk_id_list",
            "eshop_sync",
            "offset",
            "limit",
        ],
    ),
];

/// The call at this path.
pub(crate) fn at(path: &str) -> Option<&'static Call> {
    CALLS.iter().find(|c| c.path == path)
}

impl Call {
    /// Its last word.
    pub(crate) fn name(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether searches of a company that run one after the other have to wait for it.
    pub(crate) fn is_search(&self) -> bool {
        self.name() == "search"
    }

    /// The fields of a body that the call does not know, as paths.
    pub(crate) fn unknown(&self, body: &Map<String, Value>) -> Vec<String> {
        let mut found = Vec::new();
        self.collect("", body, &mut found);
        found
    }

    fn collect(&self, above: &str, body: &Map<String, Value>, found: &mut Vec<String>) {
        for (name, value) in body {
            let path = if above.is_empty() {
                name.clone()
            } else {
                format!("{above}.{name}")
            };
            if !self.knows(&path) {
                found.push(path);
                continue;
            }
            let below = match value {
                Value::Object(_) => std::slice::from_ref(value),
                Value::Array(items) => items,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => &[],
            };
            for inner in below.iter().filter_map(Value::as_object) {
                self.collect(&path, inner, found);
            }
        }
    }

    fn knows(&self, path: &str) -> bool {
        let switch = matches!(self.name(), "search" | "get_document") && SWITCHES.contains(&path);
        switch || ALWAYS.contains(&path) || self.fields.contains(&path)
    }
}
