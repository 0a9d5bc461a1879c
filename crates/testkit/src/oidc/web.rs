//! Just enough of HTTP/1.1: a request, an answer, goodbye.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Nobody says more.
const MAX_BODY: u64 = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    headers: BTreeMap<String, String>,
    /// Of the query or of the form.
    fields: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(super) enum Answer {
    Json(u16, Value),
    Redirect(String),
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(super) fn field(&self, name: &str) -> Result<&str> {
        let value = self.fields.get(name).filter(|value| !value.is_empty());
        Ok(value.with_context(|| format!("{name} is missing"))?)
    }
}

pub(super) fn converse(stream: TcpStream, answer: impl FnOnce(&Request) -> Answer) -> Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let request = read(&mut reader)?;
    let (status, head, body) = match answer(&request) {
        Answer::Json(status, value) => {
            let head = "content-type: application/json".to_owned();
            (status, head, value.to_string())
        }
        Answer::Redirect(url) => (302, format!("location: {url}"), String::new()),
    };
    let answer = format!(
        "HTTP/1.1 {status} \r\n{head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = stream;
    Ok(stream.write_all(answer.as_bytes())?)
}

fn read(reader: &mut BufReader<TcpStream>) -> Result<Request> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let method = words.next().context("no method")?.to_owned();
    let target = words.next().context("no target")?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or("0", String::as_str);
    let mut body = String::new();
    let length = length.parse::<u64>()?.min(MAX_BODY);
    reader.take(length).read_to_string(&mut body)?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let fields = if body.is_empty() { query } else { &body };
    let fields = fields.split('&').filter_map(|pair| pair.split_once('='));
    Ok(Request {
        method,
        path: path.to_owned(),
        headers,
        fields: fields
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect(),
    })
}

/// Out of `application/x-www-form-urlencoded`.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |b: Option<u8>| char::from(b.unwrap_or(b'0')).to_digit(16).unwrap_or(0);
                let (high, low) = (digit(rest.next()), digit(rest.next()));
                u8::try_from((high << 4) | low).unwrap_or(b'?')
            }
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Into it.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
