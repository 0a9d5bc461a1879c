//! News of stock, pushed and signed (fact sheet section 11).

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::Value;

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A push of the stock of some products.
#[derive(Debug, Clone)]
pub struct StockPush {
    /// Where to: `http://host:port/path`.
    pub url: String,
    /// What both sides know, for the signature.
    pub secret: String,
    /// Codes of the products.
    pub codes: Vec<String>,
    /// `X-MetaKocka-Id`; a new one unless given.
    pub id: Option<String>,
    /// HTTP Basic, as `user:password`, if the receiver wants it.
    pub basic: Option<String>,
    /// The pause before each of the two repetitions; a minute with the real one.
    pub pause: Duration,
    /// Signs with another secret.
    pub forged: bool,
}

impl StockPush {
    /// A push of these products, repeated at once if it fails.
    #[must_use]
    pub fn new(url: &str, secret: &str, codes: &[&str]) -> Self {
        Self {
            url: url.to_owned(),
            secret: secret.to_owned(),
            codes: codes.iter().map(|c| (*c).to_owned()).collect(),
            id: None,
            basic: None,
            pause: Duration::ZERO,
            forged: false,
        }
    }
}

/// How the tries went: for each the HTTP status and the body, or what broke. The last one is the one that counts.
pub type Tries = Vec<Result<(u16, String), String>>;

/// Sends it, and twice more if the receiver does not say `{"status":"ok"}`.
pub(crate) fn push(what: &StockPush, id: &str, body: &Value) -> Tries {
    let body = body.to_string();
    let mut tries = Tries::new();
    for n in 0..3 {
        if n > 0 {
            std::thread::sleep(what.pause);
        }
        let answer = post(what, id, &body).map_err(|e| format!("{}: {e}", what.url));
        let taken = answer.as_ref().is_ok_and(|(status, body)| {
            let said: Option<Value> = serde_json::from_str(body).ok();
            let said = said.as_ref().and_then(|v| v.get("status")?.as_str());
            *status == 200 && said == Some("ok")
        });
        tries.push(answer);
        if taken {
            break;
        }
    }
    tries
}

fn signature(secret: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, body.as_bytes()))
}

fn post(what: &StockPush, id: &str, body: &str) -> std::io::Result<(u16, String)> {
    let broken = |text: &str| std::io::Error::other(text.to_owned());
    let rest = what.url.strip_prefix("http://");
    let rest = rest.ok_or_else(|| broken("only http:// is spoken"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let secret = if what.forged { "forged" } else { &what.secret };
    let basic = what.basic.as_ref().map_or_else(String::new, |pair| {
        format!("Authorization: Basic {}\r\n", STANDARD.encode(pair))
    });
    let head = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         X-MetaKocka-Event: warehouse_product_stock_update\r\nX-MetaKocka-Id: {id}\r\n\
         X-MetaKocka-Signature: {}\r\n{basic}Content-Length: {}\r\nConnection: close\r\n\r\n",
        signature(secret, body),
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .ok_or_else(|| broken("the receiver gave no answer"))?;
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    let status = status.ok_or_else(|| broken("the receiver gave no status"))?;
    Ok((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_signature_is_hmac_sha1_in_base64() {
        // RFC 2202 section 3, test case 2.
        assert_eq!(
            super::signature("Jefe", "what do ya want for nothing?"),
            "7/zfauXrL6LSdBbV8YTfnCWafHk=",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
    }
}
