//! `kontorctl mime …`: messages without a profile.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kontor_engine::Code;
use kontor_engine::mail::mbox;
use kontor_engine::mail::threads::{self, Entry, Merge, Node};
use kontor_engine::mime::{self, html, reply};
use kontor_engine::model::Millis;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::args::{BodyForm, MimeCommand, MimeInput};
use crate::lines::{self, Text};
use crate::output;

/// Runs one of the `mime` commands.
pub(crate) fn run(command: &MimeCommand, as_json: bool) -> Result<()> {
    match command {
        MimeCommand::Parse(input) => each(
            input,
            |raw| serde_json::to_value(mime::parse(raw)).map_err(Into::into),
            |v| pretty(v, as_json),
        ),
        MimeCommand::Sanitise { input, remote } => each(
            input,
            |raw| Ok(sanitise(raw, *remote)),
            |v| {
                if as_json {
                    v.to_string()
                } else {
                    text_of(v, "html")
                }
            },
        ),
        MimeCommand::ReplyText { input, form } => each(
            input,
            |raw| Ok(reply_text(raw, *form)),
            |v| {
                if as_json {
                    v.to_string()
                } else {
                    text_of(v, "text")
                }
            },
        ),
        MimeCommand::Threads { mbox } => {
            let value = json!({ "threads": thread_file(mbox)? });
            let _read = output::line(&pretty(&value, as_json));
            Ok(())
        }
    }
}

/// One file, or a line each of stdin.
fn each(
    input: &MimeInput,
    work: impl Fn(&[u8]) -> Result<Value>,
    show: impl Fn(&Value) -> String,
) -> Result<()> {
    let Some(path) = &input.file else {
        for line in lines::stdin() {
            let line = line.context("read stdin")?;
            let answer = jsonl(&line, &work);
            if !output::line(&answer.to_string()) {
                break;
            }
        }
        return Ok(());
    };
    let _read = output::line(&show(&work(&read(path)?)?));
    Ok(())
}

#[derive(Deserialize)]
struct Line {
    id: Value,
    #[serde(rename = "in")]
    text: Option<Text>,
    in_base64: Option<String>,
}

fn jsonl(line: &str, work: impl Fn(&[u8]) -> Result<Value>) -> Value {
    let parsed: Line = match serde_json::from_str(line) {
        Ok(parsed) => parsed,
        Err(e) => return lines::unreadable(line, "{\"id\",\"in\"}", &e),
    };
    let raw = match (parsed.text, parsed.in_base64) {
        (Some(text), _) => Ok(text.0.into_bytes()),
        (None, Some(coded)) => STANDARD
            .decode(coded.trim())
            .map_err(|e| format!("in_base64 cannot be read: {e}")),
        (None, None) => Err("the line has neither \"in\" nor \"in_base64\"".to_owned()),
    };
    match raw.and_then(|raw| work(&raw).map_err(|e| e.to_string())) {
        Ok(Value::Object(mut fields)) => {
            fields.insert("id".into(), parsed.id);
            Value::Object(fields)
        }
        Ok(other) => other,
        Err(message) => lines::refusal(&parsed.id, Code::Usage, &message),
    }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    if path == Path::new("-") {
        io::stdin()
            .lock()
            .read_to_end(&mut raw)
            .context("read stdin")?;
    } else {
        File::open(path)
            .and_then(|mut f| f.read_to_end(&mut raw))
            .with_context(|| format!("read {}", path.display()))?;
    }
    Ok(raw)
}

fn sanitise(raw: &[u8], remote: bool) -> Value {
    let options = html::Options {
        remote: if remote {
            html::Remote::Kept
        } else {
            html::Remote::Blocked
        },
        ..html::Options::default()
    };
    let safe = html::sanitise(&String::from_utf8_lossy(raw), &options);
    let links: Vec<Value> = safe
        .links
        .iter()
        .map(|l| json!({ "text": l.text, "href": l.href, "lies": l.lies }))
        .collect();
    json!({ "html": safe.html, "removed": safe.removed, "remote": safe.remote, "trackers": safe.trackers, "links": links })
}

fn reply_text(raw: &[u8], form: Option<BodyForm>) -> Value {
    let body = String::from_utf8_lossy(raw);
    let found = match form {
        Some(BodyForm::Text) => reply::split(&body),
        Some(BodyForm::Html) => reply::split_html(&body),
        None => {
            let message = mime::parse(raw);
            let author = message.envelope.from.first().cloned().unwrap_or_default();
            match (&message.text, &message.html) {
                (Some(text), _) => reply::split_by(text, &author),
                (None, Some(html)) => reply::split_html_by(html, &author),
                (None, None) => reply::Reply::default(),
            }
        }
    };
    json!({ "text": found.text, "quoted": found.quoted, "signature": found.signature })
}

fn thread_file(path: &Path) -> Result<Vec<Value>> {
    let mut file: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(path).with_context(|| format!("read {}", path.display()))?;
        Box::new(BufReader::new(file))
    };
    let reading = || format!("read {}", path.display());
    let mut entries = Vec::new();
    let mut add = |raw: &[u8], received: Option<Millis>| {
        let envelope = mime::headers(raw);
        entries.push(Entry {
            id: envelope.message_id,
            references: envelope.references,
            in_reply_to: envelope.in_reply_to,
            subject: envelope.subject,
            date: envelope.date.or(received).unwrap_or_default(),
        });
    };
    if is_mbox(&mut file).with_context(reading)? {
        for mail in mbox::Reader::new(file) {
            let mail = mail.with_context(reading)?;
            add(&mail.raw, mail.received);
        }
    } else {
        let mut raw = Vec::new();
        file.read_to_end(&mut raw).with_context(reading)?;
        add(&raw, None);
    }
    let names = names(&entries);
    Ok(threads::threads(&entries, Merge::Subjects)
        .iter()
        .map(|n| tree(n, &names))
        .collect())
}

/// Passes over blank lines, then says whether messages of an mbox follow (or nothing at all); what does not begin as one
/// is a single message.
fn is_mbox(file: &mut impl BufRead) -> io::Result<bool> {
    while let Some(b'\r' | b'\n') = file.fill_buf()?.first() {
        file.consume(1);
    }
    let head = file.fill_buf()?;
    Ok(head.iter().zip(b"From ").all(|(a, b)| a == b))
}

/// The id a tree shows: the Message-ID, or `#N` for a message without one and for a later copy of one.
fn names(entries: &[Entry]) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let name = |(n, entry): (usize, &Entry)| match &entry.id {
        Some(id) if seen.insert(id.clone()) => id.clone(),
        _ => format!("#{}", n.saturating_add(1)),
    };
    entries.iter().enumerate().map(name).collect()
}

fn tree(node: &Node, names: &[String]) -> Value {
    let id = node
        .entry
        .and_then(|n| names.get(n))
        .map_or(Value::Null, |name| Value::String(name.clone()));
    Value::Array(
        std::iter::once(id)
            .chain(node.children.iter().map(|c| tree(c, names)))
            .collect(),
    )
}

fn text_of(value: &Value, field: &str) -> String {
    value
        .get(field)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn pretty(value: &impl Serialize, as_json: bool) -> String {
    let text = if as_json {
        serde_json::to_string(value)
    } else {
        serde_json::to_string_pretty(value)
    };
    text.unwrap_or_default()
}
