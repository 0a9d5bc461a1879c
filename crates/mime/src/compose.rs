//! Outgoing mail: drafts to bytes, and the draft a reply starts from.
//!
//! Nothing here takes the time or makes ids by itself: the same [`Draft`] gives the same bytes, so a mail sent after a
//! crash is the mail that was saved before it.

mod build;
mod respond;

use kontor_model::{Address, Millis};

pub use build::build;
pub use respond::{Language, Original, reply_subject, reply_to};

/// A mail as its author sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Who sends.
    pub from: Address,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// Recipients nobody else sees: part of the envelope, never of the bytes.
    pub bcc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// The plain text; made from `html` when empty and `html` is given.
    pub text: String,
    /// The same as HTML (a fragment or a document), for a mail with formatting.
    pub html: Option<String>,
    /// Message-ID of the mail this answers, without angle brackets.
    pub in_reply_to: Option<String>,
    /// Message-IDs of the conversation, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// Its own Message-ID, without angle brackets, see [`message_id`].
    pub message_id: String,
    /// The Date header.
    pub date: Millis,
    /// Files that come along.
    pub attachments: Vec<Attachment>,
}

/// A file in an outgoing mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// File name as the reader sees it.
    pub name: String,
    /// Media type; `application/octet-stream` when empty.
    pub content_type: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// Content-ID without angle brackets when `html` shows it (`cid:`), else `None`.
    pub content_id: Option<String>,
}

/// Makes a Message-ID from 128 random bits and the sender's domain, without angle brackets.
///
/// The domain is the one of the sender's address, never this computer's name; where it is no host name
/// (RFC 5322 §3.6.4 wants one) `kontor.invalid` stands in.
#[must_use]
pub fn message_id(domain: &str, random: [u8; 16]) -> String {
    let number = u128::from_be_bytes(random);
    format!("{number:032x}@{}", build::host(domain))
}

/// Returns the subject without reply and forward marks of the clients we meet (RFC 5256 §2.1): what threads compare.
#[must_use]
pub fn base_subject(subject: &str) -> String {
    kontor_model::subject::base(subject).text
}
