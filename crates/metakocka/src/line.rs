//! The line: an address, a connection, one request.

use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderValue};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::answer::{Failure, Raw, garbled};
use crate::config::Config;
use crate::error::Error;
use crate::secret::SecretKey;

/// Larger answers are not read: a page of a hundred full documents has a few megabytes, a catalogue in PDF some tens.
const LARGEST: usize = 64 << 20;
/// A server that is there takes a connection at once.
const CONNECT: Duration = Duration::from_secs(10);
/// Kept connections go before servers' usual 60 s: a write must not meet one that is just being closed.
const IDLE: Duration = Duration::from_secs(20);

/// Where requests go, and as whom.
pub(crate) struct Line {
    root: Url,
    company_id: String,
    pub(crate) key: SecretKey,
    web: reqwest::Client,
    search_group: Option<u8>,
    /// What the service's clock said last.
    clock: Mutex<Option<Timestamp>>,
}

/// A body with the credentials in front, as every call wants it.
#[derive(Serialize)]
struct Envelope<'a> {
    secret_key: &'a str,
    company_id: &'a str,
    #[serde(flatten)]
    body: &'a Map<String, Value>,
}

impl Line {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let root = root(&config.base_url)?;
        if config.company_id.trim().is_empty() || config.secret_key.is_empty() {
            return Err(Error::Settings(
                "Metakocka wants the company's number and its key. Enter both.".to_owned(),
            ));
        }
        Ok(Self {
            web: web(&root)?,
            search_group: config.search_group,
            root,
            company_id: config.company_id.trim().to_owned(),
            key: config.secret_key.clone(),
            clock: Mutex::default(),
        })
    }

    pub(crate) fn service_clock(&self) -> Option<Timestamp> {
        *self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kept where it is a date of HTTP's usual form (RFC 9110 section 5.6.7).
    fn note_date(&self, header: Option<&HeaderValue>) {
        let said = header.and_then(|header| header.to_str().ok());
        let said = said.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
        if let Some(said) = said {
            let mut clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
            *clock = Some(said.timestamp());
        }
    }

    /// Sends one request and takes its whole answer.
    pub(crate) async fn send(
        &self,
        path: &str,
        body: &Map<String, Value>,
        patience: Duration,
    ) -> Result<Raw, Failure> {
        let envelope = Envelope {
            secret_key: self.key.expose(),
            company_id: &self.company_id,
            body,
        };
        let bytes = serde_json::to_vec(&envelope).map_err(|e| {
            Failure::clean(Error::Settings(format!(
                "This request cannot be written: {e}."
            )))
        })?;
        let mut url = self.root.clone();
        url.set_path(path);
        let mut request = self
            .web
            .post(url)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .timeout(patience)
            .body(bytes);
        if let Some(group) = self.search_group {
            request = request.header("searchGroup", u16::from(group));
        }
        self.take(request, patience).await
    }

    /// Fetches a file from an address the service gave. Without the key: whoever knows the address may have it, and only
    /// this installation's own is asked.
    pub(crate) async fn fetch(&self, address: &str, patience: Duration) -> Result<Raw, Failure> {
        let Some(url) = self.own(address) else {
            return Err(garbled("the file it names lies elsewhere"));
        };
        self.take(self.web.get(url).timeout(patience), patience)
            .await
    }

    /// Whether this is an address of the installation itself.
    pub(crate) fn is_ours(&self, address: &str) -> bool {
        self.own(address).is_some()
    }

    fn own(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok();
        url.filter(|url| url.origin() == self.root.origin())
    }

    /// Takes the whole answer.
    async fn take(
        &self,
        request: reqwest::RequestBuilder,
        patience: Duration,
    ) -> Result<Raw, Failure> {
        let mut answer = request.send().await.map_err(|e| broken(&e, patience))?;
        self.note_date(answer.headers().get(DATE));
        let kind = answer.headers().get(CONTENT_TYPE);
        let json = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        let status = answer.status().as_u16();
        let mut bytes = Vec::new();
        if answer.content_length().is_some_and(|n| n > LARGEST as u64) {
            return Err(too_large());
        }
        while let Some(chunk) = answer.chunk().await.map_err(|e| broken(&e, patience))? {
            if bytes.len().saturating_add(chunk.len()) > LARGEST {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Raw {
            status,
            json,
            bytes,
        })
    }
}

fn too_large() -> Failure {
    garbled(format!("it is larger than {} MB", LARGEST >> 20))
}

/// The root of an installation: `https`, or `http` to this computer itself; no more path than people paste.
fn root(text: &str) -> Result<Url, Error> {
    let wrong = |why: &str| {
        Err(Error::Settings(format!(
            "Metakocka's address cannot be used: {why}. It looks like https://main.metakocka.si."
        )))
    };
    let Ok(mut url) = Url::parse(text.trim()) else {
        return wrong("it is no web address");
    };
    let Some(host) = url.host_str() else {
        return wrong("it has no host");
    };
    let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    if url.scheme() != "https" && !(url.scheme() == "http" && here) {
        return wrong("the key only travels over https");
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return wrong("it holds more than an address");
    }
    let path = url.path().trim_end_matches('/');
    if !matches!(path, "" | "/rest" | "/rest/eshop" | "/rest/eshop/v1") {
        return wrong("it goes on behind the host");
    }
    url.set_path("");
    url.set_fragment(None);
    Ok(url)
}

/// TLS by the system's roots; no redirects, as the key would go along.
fn web(root: &Url) -> Result<reqwest::Client, Error> {
    let not_set_up = |e: &dyn std::fmt::Display| {
        Error::Settings(format!("TLS cannot be set up on this computer ({e})."))
    };
    let mut roots = rustls::RootCertStore::empty();
    if root.scheme() == "https" {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| not_set_up(&e))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(|e| not_set_up(&e))
}

/// A request that broke: before it left, or nobody knows where.
fn broken(e: &reqwest::Error, patience: Duration) -> Failure {
    if e.is_connect() {
        return Failure::clean(Error::Unreachable { why: innermost(e) });
    }
    if e.is_timeout() {
        return Failure::open(Error::TimedOut { after: patience });
    }
    Failure::open(Error::Unreachable { why: innermost(e) })
}

/// The innermost reason is the one a person understands. It never holds a body, so never the key.
fn innermost(e: &reqwest::Error) -> String {
    let Some(mut reason) = e.source() else {
        return "the connection broke".to_owned();
    };
    while let Some(deeper) = reason.source() {
        reason = deeper;
    }
    reason.to_string()
}

#[cfg(test)]
mod tests {
    use super::root;
    use rstest::rstest;

    #[rstest]
    #[case("https://main.metakocka.si")]
    #[case(" https://main.metakocka.si/ ")]
    #[case("https://main.metakocka.si/rest/eshop/v1/")]
    #[case("https://main.metakocka.si/rest/eshop")]
    fn what_people_paste_is_cut_to_the_installation(#[case] text: &str) {
        assert_eq!(
            root(text).expect("good").as_str(),
            "https://main.metakocka.si/"
        );
    }

    #[rstest]
    #[case::http("http://main.metakocka.si", "https")]
    #[case::looks_local("http://localhost.example.com", "https")]
    #[case::no_scheme("main.metakocka.si", "no web address")]
    #[case::file("file:///etc/passwd", "no host")]
    #[case::password("https://a:b@main.metakocka.si", "more than")]
    #[case::query("https://main.metakocka.si/?secret_key=1", "more than")]
    #[case::page("https://main.metakocka.si/app/login", "behind the host")]
    fn other_addresses_are_refused_with_the_reason(#[case] text: &str, #[case] why: &str) {
        let error = root(text).expect_err("refused").to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn this_computer_may_be_asked_without_tls() {
        for local in [
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:9/",
        ] {
            assert!(root(local).is_ok(), "{local}");
        }
    }
}
