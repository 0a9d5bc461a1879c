//! Messages that Metakocka sends for the company: SMS, Viber, WhatsApp, e-mail.

use serde_json::{Map, Value};

use super::Client;
use super::lookups::object;
use crate::dialect::{Defects, Reader, html};
use crate::error::Error;
use crate::message::{Message, MessagesAsked, Sent, Thread};
use crate::page::holds;

const SEND_MESSAGE: &str = "/rest/eshop/send_message";
const GET_MESSAGE: &str = "/rest/eshop/get_message";

impl Client {
    /// Gives messages to Metakocka to be sent; what became of each, in their order. They go to its queue: whether one
    /// arrives is not known yet.
    ///
    /// # Errors
    /// [`Error::Settings`] for a message the service would refuse. After [`Error::UnknownOutcome`] they may be on their way,
    /// and there is nothing to look for e-mails by; otherwise as [`Error`] has them.
    pub async fn send_messages(&self, messages: &[Message]) -> Result<Vec<Sent>, Error> {
        for message in messages {
            message.check()?;
        }
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let list: Vec<Value> = messages.iter().map(Message::json).collect();
        let body = object(serde_json::json!({ "message_list": list }));
        let answer = self.write(SEND_MESSAGE, &body).await?;
        outcomes(&answer, messages.len())
    }

    /// What was written to and fro by phone, conversation by conversation.
    ///
    /// # Errors
    /// As [`Error`] has them.
    pub async fn messages(&self, asked: &MessagesAsked) -> Result<Vec<Thread>, Error> {
        let answer = self.read_object(GET_MESSAGE, &asked.body()).await?;
        holds(&answer, "message_list", &["opr_code"])?;
        let defects = Defects::default();
        let reader = Reader::new(&answer, &defects);
        Ok(reader.many("message_list").map(Thread::read).collect())
    }
}

/// One outcome a message, in order: what a message is called is its sender's name for phones, and tells none apart.
fn outcomes(answer: &Map<String, Value>, count: usize) -> Result<Vec<Sent>, Error> {
    let defects = Defects::default();
    let reader = Reader::new(answer, &defects);
    let sent: Vec<Sent> = reader
        .many("message_list")
        .map(|row| match row.id("mk_id") {
            Some(id) if row.text("status").as_deref() == Some("ok") => Sent::Queued(id),
            _ => {
                let why = row.text("error_desc").unwrap_or_default();
                Sent::Refused(html::plain(&why))
            }
        })
        .collect();
    if sent.len() == count {
        return Ok(sent);
    }
    Err(Error::UnknownOutcome {
        why: format!("{count} messages left, and {} are answered", sent.len()),
    })
}
