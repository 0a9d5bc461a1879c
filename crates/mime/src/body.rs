//! Which leaf is what a reader sees, and its text.

use std::borrow::Cow;

use memchr::memchr;

use crate::charset;
use crate::flaws::Flaws;
use crate::flowed;
use crate::header::ids;
use crate::header::params::Params;
use crate::scan::{after, before, is};
use crate::walk::{Entity, Parent};

/// What a part is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The text shown.
    Text,
    /// The HTML shown.
    Html,
    /// Anything else.
    Attachment { inline: bool },
}

/// Hands out the roles while the parts go by: the first text and the first HTML that are no attachments are shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Roles {
    text: bool,
    html: bool,
}

impl Roles {
    /// Returns the role of a part of the message itself (not of one attached to it).
    pub(crate) fn of(&mut self, entity: &Entity<'_>) -> Role {
        if is_shown(entity) {
            if entity.media.is(b"text", b"html") && !self.html {
                self.html = true;
                return Role::Html;
            }
            if is_plain(entity) && !self.text {
                self.text = true;
                return Role::Text;
            }
        }
        Role::Attachment {
            inline: is_inline(entity),
        }
    }
}

/// True for plain text, and for a multipart that could not be cut: its source is better than nothing.
pub(crate) fn is_plain(entity: &Entity<'_>) -> bool {
    entity.media.is(b"text", b"plain") || entity.media.is_kind(b"multipart")
}

/// True when a text part belongs to what is read, not to what is opened.
///
/// A text part with a file name is a file, unless it is the first part: some mailers name the body.
pub(crate) fn is_shown(entity: &Entity<'_>) -> bool {
    match disposition(entity) {
        Disposition::Attachment => false,
        Disposition::Inline => true,
        Disposition::None => {
            entity.index == 0 || file_name(entity, &mut Flaws::default()).is_none()
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Disposition {
    None,
    Inline,
    Attachment,
}

fn disposition(entity: &Entity<'_>) -> Disposition {
    let Some(field) = entity.head.disposition else {
        return Disposition::None;
    };
    let value = Params::new(field).value;
    if value.is_empty() {
        Disposition::None
    } else if is(value, b"inline") {
        Disposition::Inline
    } else {
        Disposition::Attachment // RFC 2183 §2.8: unknown ones too
    }
}

/// True when a part is shown with the body or is machinery: a person would not say that it was attached.
fn is_inline(entity: &Entity<'_>) -> bool {
    let media = &entity.media;
    let picture_or_text =
        media.is_kind(b"image") || media.is_kind(b"text") || media.is_kind(b"message");
    let related = entity.parent == Parent::Related && entity.head.content_id.is_some();
    match disposition(entity) {
        Disposition::Attachment => false,
        // A PDF that Apple Mail calls inline is a document all the same.
        Disposition::Inline => picture_or_text || related,
        Disposition::None => match entity.parent {
            Parent::Related => related,
            Parent::Alternative | Parent::Report => true,
            Parent::Signed => entity.index > 0,
            Parent::Encrypted => media.is(b"application", b"pgp-encrypted"),
            Parent::Message | Parent::Digest | Parent::Mixed => {
                media.is_kind(b"text") && file_name(entity, &mut Flaws::default()).is_none()
            }
        },
    }
}

/// Returns the file name: of Content-Disposition, else of Content-Type. Folders before it are cut off.
pub(crate) fn file_name(entity: &Entity<'_>, flaws: &mut Flaws) -> Option<String> {
    let disposition = entity
        .head
        .disposition
        .and_then(|field| Params::new(field).text(b"filename", flaws));
    disposition
        .or_else(|| entity.params.text(b"name", flaws))
        .and_then(base_name)
}

/// Cuts off folders: a name is shown and proposed for saving, never a path.
pub(crate) fn base_name(name: String) -> Option<String> {
    let base = match name
        .rsplit(['/', '\\'])
        .find(|part| !part.trim().is_empty())
    {
        Some(base) if base.len() < name.len() => base.trim().to_owned(),
        _ => name,
    };
    Some(base).filter(|base| !matches!(base.as_str(), "" | "." | ".."))
}

/// Returns the Content-ID without angle brackets.
pub(crate) fn content_id(entity: &Entity<'_>) -> Option<String> {
    entity.head.content_id.and_then(ids::one)
}

/// Reads a plain text part: characters, line ends as LF, soft breaks resolved.
pub(crate) fn plain(entity: &Entity<'_>, bytes: &[u8], flaws: &mut Flaws) -> String {
    let label = entity.params.get(b"charset");
    let text = charset::decode(label.as_deref(), bytes, flaws);
    let text = lf(text);
    let param = |name: &[u8], value: &[u8]| {
        entity
            .params
            .get(name)
            .is_some_and(|v| is(v.trim_ascii(), value))
    };
    if param(b"format", b"flowed") {
        return flowed::unfold(&text, param(b"delsp", b"yes"));
    }
    text
}

/// Reads an HTML part; without a label the document's own `<meta charset>` counts.
pub(crate) fn html(entity: &Entity<'_>, bytes: &[u8], flaws: &mut Flaws) -> String {
    let label = entity.params.get(b"charset");
    let label = label.as_deref().or_else(|| meta_charset(bytes));
    lf(charset::decode(label, bytes, flaws))
}

/// Looks for `charset=` in the first kilobyte, as browsers do.
fn meta_charset(bytes: &[u8]) -> Option<&[u8]> {
    let head = before(bytes, 1024);
    let at = head
        .windows(8)
        .position(|w| w.eq_ignore_ascii_case(b"charset="))?;
    let value = after(head, at.saturating_add(8));
    let value = value
        .strip_prefix(b"\"")
        .or_else(|| value.strip_prefix(b"'"))
        .unwrap_or(value);
    let end = value
        .iter()
        .position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'_' | b':' | b'.'));
    Some(before(value, end.unwrap_or(value.len()))).filter(|label| !label.is_empty())
}

/// Turns CRLF and CR into LF, and drops a byte order mark and NULs.
fn lf(text: Cow<'_, str>) -> String {
    let text = match text.strip_prefix('\u{FEFF}') {
        Some(rest) => Cow::Owned(rest.to_owned()),
        None => text,
    };
    if memchr::memchr2(b'\r', 0, text.as_bytes()).is_none() {
        return text.into_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let line = if lines.peek().is_some() {
            line.strip_suffix('\r').unwrap_or(line)
        } else {
            line
        };
        if memchr::memchr2(b'\r', 0, line.as_bytes()).is_some() {
            out.extend(
                line.chars()
                    .filter(|c| *c != '\0')
                    .map(|c| if c == '\r' { '\n' } else { c }),
            );
        } else {
            out.push_str(line);
        }
        if lines.peek().is_some() {
            out.push('\n');
        }
    }
    out
}

/// Calls `each` with the pieces of `bytes` as they are once CRLF and CR have become LF.
pub(crate) fn lf_pieces(bytes: &[u8], mut each: impl FnMut(&[u8])) {
    let mut rest = bytes;
    while let Some(at) = memchr(b'\r', rest) {
        each(before(rest, at));
        rest = after(rest, at.saturating_add(1));
        if !rest.starts_with(b"\n") {
            each(b"\n");
        }
    }
    each(rest);
}
