//! `notes edit --stdin`: edits line by line, each answered when it is durable here and again when the server has it.

use std::collections::VecDeque;
use std::thread;

use anyhow::Result;
use kontor_engine::collab::{Activity, Edit};
use kontor_engine::protocol::{OpId, Subject};
use kontor_engine::{Code, Error};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::commands::App;
use crate::commands::following::Following;
use crate::commands::team::moment;
use crate::{lines, output};

/// Edits that came while the disk was busy are stored together, at most so many.
const TOGETHER: usize = 256;

/// Lines read ahead; beyond, whoever writes them waits.
const AHEAD: usize = 4096;

/// One line.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Typed {
    Append(String),
    Splice(usize, usize, String),
}

/// Reads edits until stdin ends or it is time to go. What was answered as stored is safe, whatever happens then.
pub(super) async fn run(app: &App, subject: Subject) -> Result<()> {
    let mut following = Following::begin(app)?;
    let mut typing = Typing {
        app,
        subject,
        waiting: VecDeque::new(),
    };
    let mut edits = typed();
    let mut batch = Vec::new();
    loop {
        tokio::select! {
            biased;
            count = edits.recv_many(&mut batch, TOGETHER) => {
                if count == 0 || !typing.store(std::mem::take(&mut batch)).await? {
                    break;
                }
            }
            on = following.next() => {
                if !on || !typing.acknowledge().await? {
                    break;
                }
            }
        }
    }
    // What the server has by now is told; the rest waits for the next one who has a line.
    typing.acknowledge().await?;
    following.end().await
}

/// The lines of stdin, read on a thread of their own.
fn typed() -> mpsc::Receiver<Result<Typed, Value>> {
    let (sender, edits) = mpsc::channel(AHEAD);
    // Ends with stdin, or with the program.
    let _reading = thread::spawn(move || {
        for line in lines::stdin() {
            let Ok(line) = line else { return };
            let want = r#"an edit: {"append":T} or {"splice":[at,del,T]}"#;
            let read = serde_json::from_str(&line).map_err(|e| lines::unreadable(&line, want, &e));
            if sender.blocking_send(read).is_err() {
                return;
            }
        }
    });
    edits
}

struct Typing<'a> {
    app: &'a App,
    subject: Subject,
    /// Stored and not acknowledged, in the order of the queue.
    waiting: VecDeque<OpId>,
}

impl Typing<'_> {
    /// Stores edits in one durable step; false once nobody reads the answers.
    async fn store(&mut self, batch: Vec<Result<Typed, Value>>) -> Result<bool> {
        let mut edits = Vec::with_capacity(batch.len());
        let mut refusals = Vec::new();
        for line in batch {
            match line {
                Ok(Typed::Append(text)) => edits.push(Edit::Append(text)),
                Ok(Typed::Splice(at, delete, insert)) => {
                    edits.push(Edit::Splice { at, delete, insert });
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        let done = self.app.engine.edit_note_all(&self.subject, edits).await?;
        for one in done {
            let line = match one {
                Ok(edited) => {
                    self.waiting.extend(edited.op_id);
                    json!({
                        "op_id": edited.op_id.map(|id| id.to_string()),
                        "version": edited.version,
                        "stored_at": self.app.engine.clock().now().to_string(),
                    })
                }
                Err(e) => lines::refusal(&Value::Null, e.code, &e.message),
            };
            if !output::json(&line) {
                return Ok(false);
            }
        }
        Ok(refusals.iter().all(output::json))
    }

    /// Tells what the server has taken, or refused, since the last time. It answers in the order of the queue.
    async fn acknowledge(&mut self) -> Result<bool> {
        while let Some(first) = self.waiting.front() {
            let now = self.app.engine.activity_of(*first).await?;
            let at = self.app.engine.clock().now().to_string();
            let Some(line) = now.and_then(|now| told(&now, &at)) else {
                return Ok(true);
            };
            self.waiting.pop_front();
            if !output::json(&line) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What to say of an operation that does not wait any more.
fn told(now: &Activity, at: &str) -> Option<Value> {
    if !now.reason.is_empty() {
        let error = Error::new(Code::Refused, now.reason.clone());
        return Some(
            json!({ "op_id": now.op_id.to_string(), "error": { "code": error.code.as_str(), "message": error.message } }),
        );
    }
    let seq = now.seq?;
    let acked_at = now.received_at.map_or_else(|| at.to_owned(), moment);
    Some(json!({ "op_id": now.op_id.to_string(), "acked_at": acked_at, "seq": seq }))
}
