//! The little of WebDriver (<https://www.w3.org/TR/webdriver2/>) a test needs, over plain HTTP on loopback.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// The key under which WebDriver names an element.
pub(crate) const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One session: one running window.
#[derive(Debug)]
pub(crate) struct Session {
    port: u16,
    id: String,
}

impl Session {
    /// Lets the driver on `port` start the program with these arguments.
    pub(crate) fn start(port: u16, program: &Path, args: &[&str]) -> Result<Self> {
        let options = json!({ "binary": program, "args": args });
        let wanted =
            json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let answer = request(port, "POST", "/session", &wanted).context("start the window")?;
        let id = answer
            .get("sessionId")
            .and_then(Value::as_str)
            .context("the driver gave no session")?;
        Ok(Self {
            port,
            id: id.to_owned(),
        })
    }

    /// One command of this session; `path` starts after the session's id.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        request(
            self.port,
            "POST",
            &format!("/session/{}{path}", self.id),
            body,
        )
    }

    /// Ends the program.
    pub(crate) fn end(&self) -> Result<()> {
        request(
            self.port,
            "DELETE",
            &format!("/session/{}", self.id),
            &Value::Null,
        )
        .map(drop)
    }
}

/// True once the driver takes sessions.
pub(crate) fn is_ready(port: u16) -> bool {
    request(port, "GET", "/status", &Value::Null).is_ok()
}

fn request(port: u16, method: &str, path: &str, body: &Value) -> Result<Value> {
    let mut stream =
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("the WebDriver is not there")?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw)?;
    answer(&String::from_utf8_lossy(&raw))
}

/// The `value` of an answer, or its error in words.
fn answer(raw: &str) -> Result<Value> {
    let (head, body) = raw
        .split_once("\r\n\r\n")
        .context("the WebDriver hung up")?;
    let value = serde_json::from_str::<Value>(body)
        .ok()
        .and_then(|mut v| v.get_mut("value").map(Value::take));
    let value = value.unwrap_or(Value::Null);
    if head.starts_with("HTTP/1.1 200") {
        return Ok(value);
    }
    let word = |key| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    bail!("{}: {}", word("error"), word("message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_errors_are_told_apart() {
        let good = answer("HTTP/1.1 200 OK\r\nX: y\r\n\r\n{\"value\":{\"a\":1}}").unwrap();
        assert_eq!(good, json!({"a": 1}), "the value alone");
        let bad = answer(
            "HTTP/1.1 404 Not Found\r\n\r\n{\"value\":{\"error\":\"no such element\",\"message\":\"m\"}}",
        );
        assert_eq!(
            bad.unwrap_err().to_string(),
            "no such element: m",
            "in words"
        );
        assert!(answer("").is_err(), "a driver that died");
    }
}
