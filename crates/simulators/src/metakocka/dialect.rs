//! The JSON Metakocka speaks: scalars as strings, a list of one as a bare object, success without a code.

use serde_json::{Map, Value, json};

use super::calendar::Day;
use super::money::{Amount, Money};

/// An error as it goes over the line, under HTTP 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) text: String,
}

impl Refusal {
    /// A bad or missing parameter, an unknown type, an unknown product.
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self {
            code: "2",
            text: text.into(),
        }
    }

    /// Nothing there, or not valid.
    pub(crate) fn missing(text: impl Into<String>) -> Self {
        Self {
            code: "6",
            text: text.into(),
        }
    }

    pub(crate) fn fields(&self) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("opr_code".into(), self.code.into());
        map.insert("opr_desc".into(), self.text.as_str().into());
        map
    }
}

/// An object under construction: what is absent is left out.
#[derive(Debug, Default)]
pub(crate) struct Object(Map<String, Value>);

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A successful reply that says so.
    pub(crate) fn success() -> Self {
        Self::new().text("opr_code", "0")
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a number or a reference, whatever is at hand"
    )]
    pub(crate) fn text(mut self, name: &str, value: impl ToString) -> Self {
        self.0.insert(name.into(), value.to_string().into());
        self
    }

    pub(crate) fn truth(self, name: &str, value: bool) -> Self {
        self.text(name, value)
    }

    pub(crate) fn maybe(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Left out when empty.
    pub(crate) fn unless_empty(self, name: &str, value: &str) -> Self {
        self.maybe(name, Some(value).filter(|v| !v.is_empty()))
    }

    pub(crate) fn value(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// A list as the real one writes it: left out when empty, a bare object when there is one.
    pub(crate) fn list(mut self, name: &str, items: Vec<Value>) -> Self {
        if let Some(list) = one_or_many(items) {
            self.0.insert(name.into(), list);
        }
        self
    }

    pub(crate) fn map(self) -> Map<String, Value> {
        self.0
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

fn one_or_many(mut items: Vec<Value>) -> Option<Value> {
    match items.len() {
        0 => None,
        1 => items.pop(),
        _ => Some(Value::Array(items)),
    }
}

/// The page of a HTML answer, as a proxy or a wrong path gives it.
pub(crate) fn page(status: u16, title: &str) -> String {
    format!(
        "<!doctype html><html><head><title>HTTP Status {status} – {title}</title></head>\
         <body><h1>HTTP Status {status} – {title}</h1></body></html>"
    )
}

/// A request's body, read with the same leniency as the real one: numbers and strings are one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// The field as text; nothing for what is absent, null or no scalar.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        scalar(self.0.get(name)?)
    }

    /// The field as text that is not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<String> {
        self.text(name).filter(|t| !t.is_empty())
    }

    /// The field as text that is not empty, or the refusal that names it.
    pub(crate) fn needed(&self, name: &str) -> Result<String, Refusal> {
        self.filled(name)
            .ok_or_else(|| Refusal::bad(format!("Missing parameter : {name}")))
    }

    pub(crate) fn truth(&self, name: &str) -> bool {
        self.text(name).is_some_and(|t| t == "true")
    }

    pub(crate) fn id(&self, name: &str) -> Option<u64> {
        self.filled(name)?.trim().parse().ok()
    }

    pub(crate) fn number<T: std::str::FromStr>(
        &self,
        name: &str,
        otherwise: T,
    ) -> Result<T, Refusal> {
        match self.filled(name) {
            None => Ok(otherwise),
            Some(text) => text
                .parse()
                .map_err(|_not_a_number| Refusal::bad(format!("Wrong number in {name} : {text}"))),
        }
    }

    pub(crate) fn money(&self, name: &str) -> Result<Option<Money>, Refusal> {
        let wrong = |text| Refusal::bad(format!("Wrong number in {name} : {text}"));
        self.filled(name)
            .map(|text| Money::parse(&text).ok_or_else(|| wrong(text)))
            .transpose()
    }

    pub(crate) fn amount(&self, name: &str) -> Result<Option<Amount>, Refusal> {
        let wrong = |text| Refusal::bad(format!("Wrong number in {name} : {text}"));
        self.filled(name)
            .map(|text| Amount::parse(&text).ok_or_else(|| wrong(text)))
            .transpose()
    }

    pub(crate) fn day(&self, name: &str) -> Result<Option<Day>, Refusal> {
        let wrong = |text| Refusal::bad(format!("Wrong date in {name} : {text}"));
        self.filled(name)
            .map(|text| Day::parse(&text).ok_or_else(|| wrong(text)))
            .transpose()
    }

    pub(crate) fn object(&self, name: &str) -> Option<Self> {
        self.0.get(name)?.as_object().map(Fields)
    }

    /// The objects under a name, however many there are.
    pub(crate) fn objects(&self, name: &str) -> Vec<Self> {
        self.values(name)
            .iter()
            .filter_map(|v| v.as_object().map(Fields))
            .collect()
    }

    /// The texts under a name: one, a list, or several with commas between them.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.values(name)
            .iter()
            .filter_map(scalar)
            .flat_map(|t| commas(&t))
            .collect()
    }

    fn values(&self, name: &str) -> &'a [Value] {
        match self.0.get(name) {
            Some(Value::Array(items)) => items,
            Some(Value::Null) | None => &[],
            Some(one) => std::slice::from_ref(one),
        }
    }
}

/// What stands between the commas.
pub(crate) fn commas(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .map(str::to_owned)
        .collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The bytes of a reply, with the time the call is said to have taken.
pub(crate) fn bytes(mut fields: Map<String, Value>, time: u64) -> Vec<u8> {
    fields.insert("opr_time_ms".into(), time.to_string().into());
    json!(fields).to_string().into_bytes()
}
