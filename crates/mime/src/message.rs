//! A message as the window and `kontorctl mime parse` show it.

use std::fmt;

use kontor_model::{Address, Envelope};
use serde::ser::{Serialize as _, Serializer};

/// A message, read: who, what, which parts, and what was wrong with it.
///
/// Serialises to exactly the fields of KONTORCTL.md, "mime.".
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Message {
    /// The header fields lists and threads need; printed flat, the date as RFC 3339 in UTC or null.
    #[serde(flatten, serialize_with = "envelope_fields")]
    pub envelope: Envelope,
    /// The first plain text a reader sees, format=flowed resolved (RFC 3676); `None` when there is none.
    pub text: Option<String>,
    /// The first HTML a reader sees, unsanitised; `None` when there is none.
    pub html: Option<String>,
    /// Everything else that can be opened or saved, in the order of the message.
    pub attachments: Vec<Attachment>,
    /// The root of the MIME tree.
    pub parts: Part,
    /// What was wrong with the bytes, in the order it was met, each kind once a part, 200 at
    /// most.
    pub defects: Vec<Defect>,
}

/// One thing that can be opened or saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Attachment {
    /// Its number in this message, from 1: what [`crate::attachment`] takes.
    pub n: u32,
    /// File name as the sender wrote it, decoded, folders cut off; `None` when it has none.
    pub name: Option<String>,
    /// Media type, lower case.
    pub content_type: String,
    /// Bytes after transfer decoding (for text after CRLF and CR became LF).
    pub size: u64,
    /// Content-ID without angle brackets.
    pub content_id: Option<String>,
    /// True when it is part of what the body shows or machinery (cid images, signatures, further text parts), not
    /// something the sender attached.
    pub inline: bool,
    /// SHA-256 in lower-case hex of the bytes `size` counts.
    pub sha256: String,
}

/// One node of the MIME tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Part {
    /// IMAP section (RFC 3501 §6.4.5): `1`, `2.1`; a multipart that is the whole of a message has no number and is
    /// `TEXT` (`2.TEXT` in an attached message).
    pub section: String,
    /// Media type, lower case; `text/plain` when the header gives none.
    pub content_type: String,
    /// The charset label as given, lower case; `None` when there is none.
    pub charset: Option<String>,
    /// File name, decoded.
    pub name: Option<String>,
    /// Bytes after transfer decoding; text and message leaves count after CRLF and CR became LF.
    pub size: u64,
    /// SHA-256 of these bytes in lower-case hex; `None` for nodes with children.
    pub sha256: Option<String>,
    /// Children of multipart/* and message/rfc822.
    pub parts: Vec<Self>,
}

/// Something wrong with the bytes, and where.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Defect {
    /// What.
    pub kind: DefectKind,
    /// IMAP section of the part; `None` for the message's own header.
    pub section: Option<String>,
}

/// What can be wrong with a message. The message is shown all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DefectKind {
    /// No header field at all.
    NoHeader,
    /// A line in the header that is no field.
    BadHeaderLine,
    /// The Date header cannot be read.
    BadDate,
    /// The header has bytes above 127 outside UTF-8 (RFC 6532), their charset was guessed.
    RawHeaderBytes,
    /// A multipart without a boundary, shown as text.
    NoBoundary,
    /// A multipart whose boundary never occurs, shown as text.
    BoundaryNotFound,
    /// A multipart that ends without its closing boundary.
    NoClosingBoundary,
    /// Base64 or uuencode with foreign characters, or cut short.
    BadBase64,
    /// Quoted-printable with broken escapes.
    BadQuotedPrintable,
    /// An unknown Content-Transfer-Encoding, taken as it is.
    UnknownEncoding,
    /// An unknown charset label, the charset was guessed.
    UnknownCharset,
    /// The text is not in the charset its label says, the charset was guessed.
    WrongCharset,
    /// Nested deeper or with more parts than are read (limits at [`parse`]).
    TooComplex,
    /// A winmail.dat that cannot be read to its end.
    BadTnef,
    /// Text cut at the limit of [`crate::digest()`].
    TextCut,
}

impl DefectKind {
    pub(crate) const ALL: [Self; 15] = [
        Self::NoHeader,
        Self::BadHeaderLine,
        Self::BadDate,
        Self::RawHeaderBytes,
        Self::NoBoundary,
        Self::BoundaryNotFound,
        Self::NoClosingBoundary,
        Self::BadBase64,
        Self::BadQuotedPrintable,
        Self::UnknownEncoding,
        Self::UnknownCharset,
        Self::WrongCharset,
        Self::TooComplex,
        Self::BadTnef,
        Self::TextCut,
    ];
}

impl fmt::Display for DefectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoHeader => "The message has no header.",
            Self::BadHeaderLine => "A line in the header is no header field and was left out.",
            Self::BadDate => "The date cannot be read.",
            Self::RawHeaderBytes => {
                "The header has unencoded characters; their charset was guessed."
            }
            Self::NoBoundary => "A multipart names no boundary and is shown as text.",
            Self::BoundaryNotFound => {
                "A multipart's boundary does not occur and it is shown as text."
            }
            Self::NoClosingBoundary => {
                "A multipart ends without its closing boundary; the mail may be cut off."
            }
            Self::BadBase64 => "An attachment's base64 is damaged; what could be read is shown.",
            Self::BadQuotedPrintable => {
                "Quoted-printable escapes are damaged and shown as they are."
            }
            Self::UnknownEncoding => {
                "The transfer encoding is unknown; the bytes are shown as they are."
            }
            Self::UnknownCharset => "The charset is unknown and was guessed.",
            Self::WrongCharset => {
                "The text is not in the charset it claims; the charset was guessed."
            }
            Self::TooComplex => {
                "The message is nested too deeply or has too many parts; the rest is not shown."
            }
            Self::BadTnef => "The winmail.dat is damaged; what could be read is shown.",
            Self::TextCut => "The text is very long and only its beginning can be searched.",
        })
    }
}

/// The envelope as KONTORCTL.md prints it: the subject null when there is none, the date readable.
fn envelope_fields<S: Serializer>(envelope: &Envelope, to: S) -> Result<S::Ok, S::Error> {
    #[derive(serde::Serialize)]
    struct Fields<'a> {
        message_id: Option<&'a str>,
        subject: Option<&'a str>,
        from: &'a [Address],
        to: &'a [Address],
        cc: &'a [Address],
        reply_to: &'a [Address],
        date: Option<String>,
        in_reply_to: &'a [String],
        references: &'a [String],
    }
    Fields {
        message_id: envelope.message_id.as_deref(),
        subject: Some(envelope.subject.as_str()).filter(|s| !s.is_empty()),
        from: &envelope.from,
        to: &envelope.to,
        cc: &envelope.cc,
        reply_to: &envelope.reply_to,
        date: envelope.date.map(|d| d.to_string()),
        in_reply_to: &envelope.in_reply_to,
        references: &envelope.references,
    }
    .serialize(to)
}
