//! Messages that Metakocka sends for the company, and what customers answer by phone (fact sheet, section 10; the vendor's
//! `send_message` and `get_message`).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::dialect::Reader;
use crate::dialect::time::wire_timestamp;
use crate::draft::{Body, FileDraft};
use crate::error::Error;
use crate::id::{DocType, MkId};

/// How a message travels to a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneWay {
    /// A text message.
    Sms,
    /// Viber; some connections take only what follows a template.
    Viber,
    /// WhatsApp; takes only what follows a template that was approved.
    WhatsApp,
}

/// Something to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// To a phone.
    Phone(PhoneMessage),
    /// To addresses.
    Email(EmailMessage),
}

/// A message to a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneMessage {
    /// How.
    pub way: PhoneWay,
    /// To whom.
    pub to: String,
    /// The country of that number, by name or two letters; say it wherever it is known.
    pub country: Option<String>,
    /// What.
    pub text: String,
    /// The sender's name as the phone shows it. Must be registered for Slovenia and Poland; where answers are wanted there
    /// is none.
    pub sender: Option<String>,
    /// Id of the connection it goes through; the newest of its kind where there is none.
    pub connection: Option<MkId>,
    /// It advertises something.
    pub marketing: bool,
}

/// A mail that Metakocka sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailMessage {
    /// The sender's address. One whose domain is not verified there is taken, and the mail is never sent.
    pub from: String,
    /// The sender's name.
    pub sender: Option<String>,
    /// Addresses.
    pub to: Vec<String>,
    /// Addresses for their information.
    pub cc: Vec<String>,
    /// Addresses nobody else sees.
    pub bcc: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Text, as HTML.
    pub html: Option<String>,
    /// Files with their media types.
    pub files: Vec<(String, FileDraft)>,
    /// It advertises something.
    pub marketing: bool,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It waits to be sent, under this id: of the queue of mails or of that of all others.
    Queued(MkId),
    /// It was not taken; the service's words, without HTML.
    Refused(String),
}

/// Which conversations are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagesAsked {
    /// By which way.
    pub way: PhoneWay,
    /// About this document.
    pub document: Option<(DocType, MkId)>,
    /// Those in which something came in since.
    pub came_since: Option<Timestamp>,
}

/// What was written to and fro with one phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// The customer's number.
    pub to: Option<String>,
    /// The company's number or name.
    pub from: Option<String>,
    /// The document it is about.
    pub document: Option<MkId>,
    /// Its number.
    pub count_code: Option<String>,
    /// The messages, in the service's order.
    pub messages: Vec<PhoneText>,
}

/// One message of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhoneText {
    /// What it says.
    pub text: Option<String>,
    /// `waiting`, `sending`, `ok`, `error` or `canceled`; nothing for what came in.
    pub status: Option<String>,
    /// It came in; otherwise it went out.
    pub inbound: bool,
    /// When it was written.
    pub created: Option<Timestamp>,
    /// When it arrived. The vendor's table calls the field `received_time`, its samples `receive_time`.
    pub received: Option<Timestamp>,
    /// When it was seen.
    pub seen: Option<Timestamp>,
}

impl PhoneWay {
    const fn word(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Viber => "viber",
            Self::WhatsApp => "whatsapp",
        }
    }
}

const fn sort(marketing: bool) -> &'static str {
    if marketing {
        "marketing"
    } else {
        "transactional"
    }
}

impl Message {
    /// Says what the service would refuse.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let missing = |what: &str| {
            Err(Error::Settings(format!(
                "This message cannot be sent: it has no {what}."
            )))
        };
        match self {
            Self::Phone(phone) if phone.to.trim().is_empty() => missing("number"),
            Self::Phone(phone) if phone.text.trim().is_empty() => missing("text"),
            Self::Email(mail) if mail.from.trim().is_empty() => missing("sender"),
            Self::Email(mail) if mail.to.is_empty() => missing("recipient"),
            Self::Email(mail) if mail.subject.trim().is_empty() => missing("subject"),
            Self::Phone(_) | Self::Email(_) => Ok(()),
        }
    }

    pub(crate) fn json(&self) -> Value {
        let body = match self {
            Self::Phone(phone) => Body::default()
                .text("type", phone.way.word())
                .text("to_number", phone.to.trim())
                .maybe("receiver_country", phone.country.clone())
                .text("message", phone.text.clone())
                .maybe("sender_message_id", phone.sender.clone())
                .maybe("eshop_sync_id", phone.connection.as_ref().map(MkId::as_str))
                .text("message_type", sort(phone.marketing)),
            Self::Email(mail) => {
                let list = |list: &[String]| (!list.is_empty()).then(|| list.join(","));
                let files = mail.files.iter().map(|(kind, file)| {
                    json!({
                        "file_name": file.name,
                        "content_type": kind,
                        "file_data_base64": file.data(),
                    })
                });
                Body::default()
                    .text("type", "email")
                    .text("email_from", mail.from.trim())
                    .maybe("email_sender_name", mail.sender.clone())
                    .maybe("email_to_list", list(&mail.to))
                    .maybe("email_cc_list", list(&mail.cc))
                    .maybe("email_bc_list", list(&mail.bcc))
                    .text("email_subject", mail.subject.clone())
                    .maybe("email_html_body", mail.html.clone())
                    .text("message_type", sort(mail.marketing))
                    .list("attached_file_list", files)
            }
        };
        Value::Object(body.done())
    }
}

impl MessagesAsked {
    pub(crate) fn body(&self) -> Map<String, Value> {
        let document = self.document.as_ref();
        Body::default()
            .text("type", self.way.word())
            .maybe("doc_type", document.map(|(kind, _)| kind.as_str()))
            .maybe("doc_id", document.map(|(_, id)| id.as_str()))
            .maybe(
                "return_new_inbound_messages_from",
                self.came_since.map(wire_timestamp),
            )
            .done()
    }
}

impl Thread {
    pub(crate) fn read(row: Reader<'_>) -> Self {
        Self {
            to: row.text("to_number"),
            from: row.text("from_number"),
            document: row.id("doc_id"),
            count_code: row.text("doc_count_code"),
            messages: row.many("message_list").map(PhoneText::read).collect(),
        }
    }
}

impl PhoneText {
    fn read(row: Reader<'_>) -> Self {
        let came = row.timestamp("receive_time");
        Self {
            text: row.text("message"),
            status: row.text("status"),
            inbound: row.text("direction").as_deref() == Some("inbound"),
            created: row.timestamp("create_time"),
            received: came.or_else(|| row.timestamp("received_time")),
            seen: row.timestamp("seen_time"),
        }
    }
}
