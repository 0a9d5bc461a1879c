//! A draft to RFC 5322 bytes.

use std::borrow::Cow;

use ammonia::url::Host;
use kontor_model::Address;
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address as Mailboxes;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::text::Text;
use mail_builder::mime::{BodyPart, MimePart};
use sha2::{Digest as _, Sha256};

use super::{Attachment, Draft};

/// References keep the first id, which names the conversation, and this many of the last.
const LAST_REFERENCES: usize = 20;

/// Longest line SMTP carries, without CRLF (RFC 5321 §4.5.3.1.6).
const LONGEST_LINE: usize = 998;

/// Writes a draft as it goes over the wire: CRLF, 7-bit, lines within the limits of RFC 5322, header lines folded.
///
/// Plain text gives `text/plain`, `html` gives `multipart/alternative` with the text first, files give
/// `multipart/related` (shown by the HTML) or `multipart/mixed`. There is never a Bcc header. Control characters in
/// header values are dropped, so nothing typed can add a header. The same draft always gives the same bytes.
#[must_use]
pub fn build(draft: &Draft) -> Vec<u8> {
    let mut builder = MessageBuilder::new()
        .date(Date::new(draft.date.0.div_euclid(1000)))
        .from(mailbox(&draft.from));
    if !draft.to.is_empty() {
        builder = builder.to(mailboxes(&draft.to));
    }
    if !draft.cc.is_empty() {
        builder = builder.cc(mailboxes(&draft.cc));
    }
    builder = builder
        .subject(Text::new(one_line(&draft.subject)))
        .message_id(id(&draft.message_id));
    if let Some(parent) = draft
        .in_reply_to
        .as_deref()
        .map(id)
        .filter(|i| !i.is_empty())
    {
        builder = builder.in_reply_to(parent);
    }
    let references = references(&draft.references);
    if !references.is_empty() {
        builder = builder.header("References", MessageId::new_list(references.into_iter()));
    }
    let mut out = Vec::new();
    builder.body(body(draft)).serialize(&mut out);
    out
}

fn body(draft: &Draft) -> MimePart<'static> {
    let seed = Boundaries::new(draft);
    let (shown, files): (Vec<&Attachment>, Vec<&Attachment>) = draft
        .attachments
        .iter()
        .partition(|a| a.content_id.is_some() && draft.html.is_some());
    let mut body = match &draft.html {
        None => text_part("text/plain", &draft.text),
        Some(html) => {
            let text = if draft.text.trim().is_empty() {
                crate::html::to_text(html)
            } else {
                draft.text.clone()
            };
            let mut rich = text_part("text/html", html);
            if !shown.is_empty() {
                let mut parts = vec![rich];
                parts.extend(shown.into_iter().map(file));
                rich = seed.multipart("related", parts);
            }
            seed.multipart("alternative", vec![text_part("text/plain", &text), rich])
        }
    };
    if !files.is_empty() {
        let mut parts = vec![body];
        parts.extend(files.into_iter().map(file));
        body = seed.multipart("mixed", parts);
    }
    body
}

/// A text part with line ends in one form; the builder chooses the encoding by content.
fn text_part(content_type: &'static str, text: &str) -> MimePart<'static> {
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    MimePart::new(content_type, text.replace('\n', "\r\n"))
}

fn file(attachment: &Attachment) -> MimePart<'static> {
    let declared = one_line(&attachment.content_type);
    let declared = declared.trim().to_ascii_lowercase();
    let whole_message = declared.starts_with("message/");
    let plain = whole_message && is_plain(&attachment.bytes);
    let content_type = if !is_media_type(&declared)
        || declared.starts_with("multipart/")
        || (whole_message && !plain)
    {
        // RFC 2046 §5.2.1 forbids base64 for messages: what is not plain travels as a file.
        "application/octet-stream".to_owned()
    } else {
        declared
    };
    let name = one_line(&attachment.name);
    let content_type = ContentType::new(content_type);
    let content_type = if name.is_empty() {
        content_type
    } else {
        content_type.attribute("name", name.clone())
    };
    let mut part = MimePart::new(
        content_type,
        BodyPart::Binary(Cow::Owned(attachment.bytes.clone())),
    );
    let disposition = ContentType::new(if attachment.content_id.is_some() {
        "inline"
    } else {
        "attachment"
    });
    let disposition = if name.is_empty() {
        disposition
    } else {
        disposition.attribute("filename", name)
    };
    part = part.header("Content-Disposition", HeaderType::from(disposition));
    if let Some(cid) = attachment
        .content_id
        .as_deref()
        .map(id)
        .filter(|i| !i.is_empty())
    {
        part = part.cid(cid);
    }
    if plain {
        part = part.transfer_encoding("7bit");
    } else {
        // Text files too: their bytes must arrive as they are, line ends included.
        let encoded = base64_lines(&attachment.bytes);
        part.contents = BodyPart::Binary(Cow::Owned(encoded));
        part = part.transfer_encoding("base64");
    }
    part
}

/// Base64 in lines of 76 (RFC 2045 §6.8).
fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(
        bytes
            .len()
            .saturating_mul(4)
            .saturating_div(3)
            .saturating_add(64),
    );
    for line in bytes.chunks(57) {
        for group in line.chunks(3) {
            let byte = |n: usize| u32::from(group.get(n).copied().unwrap_or(0));
            let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
            for (n, shift) in [18_u32, 12, 6, 0].into_iter().enumerate() {
                let index = usize::try_from((bits >> shift) & 63).unwrap_or(0);
                let used = n <= group.len();
                out.push(if used {
                    ALPHABET.get(index).copied().unwrap_or(b'=')
                } else {
                    b'='
                });
            }
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn is_media_type(text: &str) -> bool {
    text.split_once('/').is_some_and(|(a, b)| {
        let token = |t: &str| {
            !t.is_empty()
                && t.bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        token(a) && token(b)
    })
}

/// ASCII with CRLF line ends within the limits: can be carried as it is.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.split(|b| *b == b'\n').all(|line| {
        let (text, ended) = match line.split_last() {
            Some((b'\r', text)) => (text, true),
            _ => (line, line.is_empty()),
        };
        ended
            && text.len() <= LONGEST_LINE
            && text.iter().all(|b| b.is_ascii() && *b != b'\r' && *b != 0)
    })
}

/// Boundaries that depend on the draft alone and occur in none of its parts.
struct Boundaries(String);

impl Boundaries {
    fn new(draft: &Draft) -> Self {
        let mut hash = Sha256::new();
        hash.update(draft.message_id.as_bytes());
        hash.update(draft.text.as_bytes());
        hash.update(draft.html.as_deref().unwrap_or("").as_bytes());
        for attachment in &draft.attachments {
            hash.update(&attachment.bytes);
        }
        let hex: String = hash
            .finalize()
            .iter()
            .take(12)
            .map(|b| format!("{b:02x}"))
            .collect();
        Self(hex)
    }

    /// `=_` cannot occur in quoted-printable or base64 (RFC 2045 §6.7), and a hash of the content not in the content.
    fn multipart(&self, kind: &str, parts: Vec<MimePart<'static>>) -> MimePart<'static> {
        let content_type = ContentType::new(format!("multipart/{kind}"))
            .attribute("boundary", format!("=_{kind}_{}", self.0));
        MimePart::new(content_type, BodyPart::Multipart(parts))
    }
}

fn mailboxes(addresses: &[Address]) -> Mailboxes<'static> {
    Mailboxes::new_list(addresses.iter().map(mailbox).collect())
}

fn mailbox(address: &Address) -> Mailboxes<'static> {
    let name = one_line(&address.name);
    let name = name.trim();
    let spec = addr_spec(&address.address);
    Mailboxes::new_address(
        (!name.is_empty() && name != spec).then(|| name.to_owned()),
        spec,
    )
}

/// An address without white space and brackets, an international domain in its ASCII form.
fn addr_spec(address: &str) -> String {
    let clean: String = address
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>' | ','))
        .collect();
    match clean.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => match Host::parse(domain) {
            Ok(ascii) => format!("{local}@{ascii}"),
            Err(_) => clean,
        },
        _ => clean,
    }
}

/// See [`super::message_id`].
pub(super) fn host(domain: &str) -> String {
    let domain = domain.rsplit('@').next().unwrap_or("").trim();
    let name = Host::parse(domain)
        .map(|h| h.to_string())
        .unwrap_or_default();
    let named = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    if name.is_empty() || !named || !name.contains('.') {
        "kontor.invalid".to_owned()
    } else {
        name
    }
}

/// A header value on one line: what was pasted with line breaks or other control characters.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A message id as it may stand between angle brackets.
fn id(raw: &str) -> String {
    raw.chars()
        .filter(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>'))
        .collect()
}

/// Caps the list: the first names the conversation, the last ones its present.
fn references(all: &[String]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for one in all.iter().map(|r| id(r)) {
        // An id longer than a line could not be folded; no client makes one.
        if !one.is_empty() && one.len() < LONGEST_LINE.saturating_sub(20) && !ids.contains(&one) {
            ids.push(one);
        }
    }
    let spare = ids.len().saturating_sub(LAST_REFERENCES.saturating_add(1));
    if spare > 0 {
        ids.drain(1..=spare);
    }
    ids
}
