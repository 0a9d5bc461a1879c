//! What came back, sorted: an answer, an application's error under status 200, somebody else's page, rubbish.

use serde_json::{Map, Value};

use crate::dialect::{html, is_fine, scalar};
use crate::error::Error;
use crate::secret::SecretKey;

/// An answer as it came over the line.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    pub(crate) json: bool,
    pub(crate) bytes: Vec<u8>,
}

/// An error, and whether the request may have been acted on all the same.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) maybe_done: bool,
}

impl Failure {
    /// The service certainly has done nothing.
    pub(crate) fn clean(error: Error) -> Self {
        Self {
            error,
            maybe_done: false,
        }
    }

    /// Nobody knows.
    pub(crate) fn open(error: Error) -> Self {
        Self {
            error,
            maybe_done: true,
        }
    }

    /// True when this is the service failing, not a refusal. Only these count for the circuit breaker.
    pub(crate) fn is_of_the_service(&self) -> bool {
        matches!(
            self.error,
            Error::Unreachable { .. }
                | Error::TimedOut { .. }
                | Error::Garbled { .. }
                | Error::NotMetakocka { .. }
        )
    }
}

/// The object of an answer.
pub(crate) fn object(raw: &Raw, key: &SecretKey) -> Result<Map<String, Value>, Failure> {
    by_status(raw, key)?;
    let text = without_mark(&raw.bytes);
    if text.starts_with(b"<") {
        return Err(page(raw.status));
    }
    let value = serde_json::from_slice::<Value>(text);
    let map = match (value, raw.status) {
        (Ok(Value::Object(map)), _) => map,
        (_, 404 | 405) => return Err(page(raw.status)),
        (Ok(_), _) => return Err(garbled("it is no JSON object")),
        (Err(e), _) => {
            let (line, column) = (e.line(), e.column());
            return Err(garbled(format!(
                "it stops being JSON at line {line}, column {column}"
            )));
        }
    };
    match map.get("opr_code").and_then(scalar) {
        Some(code) if is_fine(&code) => Ok(map),
        Some(code) => Err(Failure::clean(refusal(code, &words(&map), key))),
        None if (200..300).contains(&raw.status) => Ok(map),
        None if matches!(raw.status, 404 | 405) => Err(page(raw.status)),
        None => Err(Failure::clean(refusal(
            raw.status.to_string(),
            &words(&map),
            key,
        ))),
    }
}

/// The file of an answer; one in JSON is an error.
pub(crate) fn file(raw: Raw, key: &SecretKey) -> Result<Vec<u8>, Failure> {
    let start = without_mark(&raw.bytes);
    let is_file = start.starts_with(b"%PDF");
    if (200..300).contains(&raw.status) && is_file && !raw.json {
        return Ok(raw.bytes);
    }
    object(&raw, key)?;
    Err(garbled("it is no PDF"))
}

/// The bytes of a file of any sort; `None` where there is none.
pub(crate) fn bytes(raw: Raw, key: &SecretKey) -> Result<Option<Vec<u8>>, Failure> {
    by_status(&raw, key)?;
    Ok((200..300).contains(&raw.status).then_some(raw.bytes))
}

fn by_status(raw: &Raw, key: &SecretKey) -> Result<(), Failure> {
    match raw.status {
        401 | 403 => {
            let map = serde_json::from_slice::<Map<String, Value>>(without_mark(&raw.bytes));
            let said = map.map(|map| words(&map)).unwrap_or_default();
            Err(Failure::clean(Error::Credentials {
                said: key.scrub(&html::plain(&said)),
            }))
        }
        300..=399 => Err(Failure::clean(Error::NotMetakocka {
            found: format!("it points elsewhere (status {})", raw.status),
        })),
        // Turned away at the door.
        429 => Err(Failure::clean(Error::Unreachable {
            why: "it asks for a pause, status 429".to_owned(),
        })),
        500.. => Err(Failure::open(Error::Unreachable {
            why: format!("it is out of order, status {}", raw.status),
        })),
        _ => Ok(()),
    }
}

/// A web page. Under a good status it may stand in for an answer that was lost on the way.
fn page(status: u16) -> Failure {
    Failure {
        error: Error::NotMetakocka {
            found: format!("a web page answers (status {status})"),
        },
        maybe_done: (200..300).contains(&status),
    }
}

pub(crate) fn garbled(why: impl Into<String>) -> Failure {
    Failure::open(Error::Garbled { why: why.into() })
}

/// `opr_desc`; a few calls say it in `error_desc`.
fn words(map: &Map<String, Value>) -> String {
    ["opr_desc", "error_desc", "message", "error"]
        .iter()
        .find_map(|field| map.get(*field).and_then(scalar))
        .unwrap_or_default()
}

fn refusal(code: String, words: &str, key: &SecretKey) -> Error {
    let message = key.scrub(&html::plain(words));
    let lower = message.to_lowercase();
    if KEY_WORDS.iter().any(|word| lower.contains(word)) {
        return Error::Credentials { said: message };
    }
    if MISSING_WORDS.iter().any(|word| lower.contains(word)) {
        return Error::NotFound { message };
    }
    let message = message.trim_end_matches('.').to_owned();
    Error::Refused { code, message }
}

/// How a wrong key may be said; the service's own words are not published.
const KEY_WORDS: &[&str] = &[
    "secret_key",
    "secret key",
    "company_id",
    "company id",
    "api key",
    "access key",
    "authenticat",
    "authoriz",
    "authoris",
    "credential",
    "napačen ključ",
    "neveljaven ključ",
    "dostopni ključ",
    "ključ za dostop",
];

const MISSING_WORDS: &[&str] = &[
    "not found",
    "cannot find",
    "can not find",
    "can't find",
    "does not exist",
    "doesn't exist",
    "no partner with",
    "no such ",
    "ne obstaja",
    "ni najden",
    "ne najdem",
];

/// The bytes without the mark of UTF-8 and white space before them.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start()
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
