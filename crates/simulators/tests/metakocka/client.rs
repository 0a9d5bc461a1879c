//! A plain client: posts JSON, pages through searches.

use kontor_simulators::{Metakocka, Options};
use serde_json::{Map, Value, json};

/// The service and somebody who asks it.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) service: Metakocka,
    pub(crate) web: reqwest::Client,
}

/// HTTP status, type and body.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) sort: String,
    pub(crate) body: Vec<u8>,
}

impl Raw {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }
}

pub(crate) fn web() -> reqwest::Client {
    // Whoever came first has installed the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().unwrap()
}

impl Client {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            service: Metakocka::start(options).unwrap(),
            web: web(),
        }
    }

    pub(crate) fn small() -> Self {
        Self::new(Options::small())
    }

    /// Asks without judging the answer.
    pub(crate) async fn raw(&self, path: &str, body: &Value) -> Result<Raw, reqwest::Error> {
        let mut body = body.clone();
        let key = [
            ("secret_key", self.service.secret_key()),
            ("company_id", self.service.company_id()),
        ];
        for (name, value) in key {
            if body.get(name).is_none() {
                body[name] = value.into();
            }
        }
        let url = format!("{}/rest/eshop/{path}", self.service.base_url());
        read(self.web.post(url).json(&body).send().await?).await
    }

    pub(crate) async fn ask(&self, path: &str, body: Value) -> Value {
        self.raw(path, &body).await.unwrap().json()
    }

    /// Asks and expects success, said or unsaid.
    pub(crate) async fn ok(&self, path: &str, body: Value) -> Value {
        let answer = self.ask(path, body).await;
        let code = answer.get("opr_code").map_or("0", |c| c.as_str().unwrap());
        assert_eq!(code, "0", "{path}: {answer}");
        answer
    }

    /// Asks and expects this code and these words in the error.
    pub(crate) async fn refused(&self, path: &str, body: Value, code: &str, words: &str) {
        let answer = self.ask(path, body).await;
        assert_eq!(answer["opr_code"], code, "{path}: {answer}");
        let said = answer["opr_desc"].as_str().unwrap();
        assert!(said.contains(words), "{path} says {said}");
    }

    /// One page of a search.
    pub(crate) async fn search(&self, doc_type: &str, more: Value) -> Value {
        let mut body = json!({ "doc_type": doc_type });
        let more: Map<String, Value> = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        self.ok("v1/search", body).await
    }

    /// Everything a search finds, page by page.
    pub(crate) async fn walk(&self, doc_type: &str, more: Value) -> Vec<Value> {
        let mut found = Vec::new();
        loop {
            let mut page = more.clone();
            page["offset"] = found.len().into();
            let answer = self.search(doc_type, page).await;
            let rows = many(&answer["result"]);
            found.extend(rows);
            let total: usize = text(&answer, "result_all_records").parse().unwrap();
            if found.len() >= total {
                return found;
            }
        }
    }

    pub(crate) async fn document(&self, doc_type: &str, id: &str) -> Value {
        let body = json!({ "doc_type": doc_type, "doc_id": id, "show_payment_detail": "true",
            "show_product_detail": "true", "show_attachments": "true", "return_document_info": "true" });
        self.ok("v1/get_document", body).await
    }

    /// The customer of the sample company with this address.
    pub(crate) async fn partner(&self, email: &str) -> Value {
        let found = self
            .ok("v1/get_partner", json!({ "partner_email": email }))
            .await;
        many(&found["partner_list"]).remove(0)
    }
}

pub(crate) async fn read(response: reqwest::Response) -> Result<Raw, reqwest::Error> {
    let status = response.status().as_u16();
    let sort = response.headers().get("content-type");
    let sort = sort.map_or("", |v| v.to_str().unwrap()).to_owned();
    let body = response.bytes().await?.to_vec();
    Ok(Raw { status, sort, body })
}

/// One or many, as many.
pub(crate) fn many(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        Value::String(empty) => {
            assert_eq!(empty, "", "an empty list may be an empty text");
            Vec::new()
        }
        one => vec![one.clone()],
    }
}

/// A field that is a string, as scalars are here.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    let found = &value[name];
    found
        .as_str()
        .unwrap_or_else(|| panic!("{name} is {found} in {value}"))
}

/// A sum or an amount with whatever separator, in hundredths.
pub(crate) fn cents(text: &str) -> i64 {
    let number: f64 = text.replace(',', ".").parse().unwrap();
    (number * 100.0).round() as i64
}
