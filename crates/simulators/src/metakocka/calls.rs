//! The calls: where each is, what it knows, what it does.

mod documents;
mod files;
mod filters;
mod goods;
mod known;
mod lines;
mod messages;
mod partners;
mod products;
mod put;
mod search;
mod update;

use serde_json::{Map, Value};

use super::dialect::{Fields, Object, Refusal};
use super::world::World;
use known::{CALLS, SWITCHES};
use search::KindAsked;

/// What a call answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// Fields of a JSON object.
    Json(Map<String, Value>),
    /// A file: its type and its bytes.
    File(&'static str, Vec<u8>),
}

impl From<Object> for Answer {
    fn from(object: Object) -> Self {
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
    /// Lanes of searches beside the first one.
    pub(crate) search_groups: u8,
}

/// What a call works on.
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) offered: Offered,
    /// Where the simulator is reached, for the addresses it hands out.
    pub(crate) url: &'a str,
    /// Traces of what was written.
    pub(crate) traces: Vec<String>,
}

impl Desk<'_> {
    /// A document was written under this trace, if it has one.
    fn trace(&mut self, fields: Fields<'_>) {
        self.traces
            .extend(fields.filled("document_change_log_notes"));
    }
}

type Handler = fn(&mut Desk<'_>, Fields<'_>) -> Result<Answer, Refusal>;

/// A call of the contract.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) path: &'static str,
    pub(crate) handler: Handler,
    /// It changes the books.
    pub(crate) writes: bool,
    /// The fields it knows; `partner.name` is a field of `partner`, in a list or not.
    fields: &'static [&'static str],
}

/// Credentials and who acts: in every body.
const ALWAYS: &[&str] = &["secret_key", "company_id", "api_user_email"];

/// The call at this path.
pub(crate) fn at(path: &str) -> Option<&'static Call> {
    CALLS.iter().find(|c| c.path == path)
}

/// The call of this name.
pub(crate) fn named(name: &str) -> Option<&'static Call> {
    CALLS.iter().find(|c| c.name() == name)
}

impl Call {
    /// Its last word.
    pub(crate) fn name(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it stands in the queue of the company's searches.
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
            if !self.knows(above, &path) {
                found.push(path);
                continue;
            }
            let below = match value {
                Value::Object(_) => std::slice::from_ref(value),
                Value::Array(items) => items,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => &[],
            };
            if self.knows_all(&path) {
                continue;
            }
            for inner in below.iter().filter_map(Value::as_object) {
                self.collect(&path, inner, found);
            }
        }
    }

    fn knows(&self, above: &str, path: &str) -> bool {
        let switch = matches!(self.name(), "search" | "get_document") && SWITCHES.contains(&path);
        let always = above.is_empty() && ALWAYS.contains(&path);
        switch || always || self.fields.contains(&path)
    }

    fn knows_all(&self, above: &str) -> bool {
        let wanted = format!("{above}.*");
        self.fields.iter().any(|f| *f == wanted)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_no_contract_knows_are_found_at_any_depth() {
        let body = json!({
            "secret_key": "k", "company_id": "1", "doc_type": "sales_order", "colour": "red",
            "partner": { "mk_id": "1", "anything": "goes" },
            "product_list": [{ "code": "A", "colour": "red" }],
        });
        let call = at("/rest/eshop/v1/put_document").unwrap();
        assert_eq!(
            call.unknown(body.as_object().unwrap()),
            ["colour", "product_list.colour"],
            "whatever else is sent is sent for nothing"
        );
    }

    #[test]
    fn the_three_families_do_not_mix() {
        assert!(
            at("/rest/eshop/v1/json/product_list").is_some(),
            "products have json in their path"
        );
        assert!(at("/rest/eshop/v1/product_list").is_none(), "only there");
        assert!(
            at("/rest/eshop/v1/add_attachment").is_none(),
            "attachments have no version"
        );
    }
}
