//! What the index keeps of a message.

use std::borrow::Cow;
use std::ops::Range;

use kontor_model::Envelope;

use crate::body::{self, Role, Roles};
use crate::charset;
use crate::flaws::Flaws;
use crate::header::{Head, envelope, words};
use crate::html;
use crate::message::{Defect, DefectKind};
use crate::read::uu_files;
use crate::reply;
use crate::tnef;
use crate::transfer::Encoding;
use crate::walk::{Entity, Parent, Section, Visitor, walk};

/// Searchable text of one message is cut here: more is machine output, and a posting list nobody searches.
const MAX_TEXT: usize = 1024 * 1024;

/// Characters of a preview: two lines of a wide list.
const PREVIEW: usize = 200;

/// Bytes that hold a preview of most texts. Finding quotes is what a digest would spend most of its time on, and a text
/// that begins with this much prose needs no search.
const PLAIN: usize = 400;

/// Else quotes and signatures are looked for in the beginning of a text: first in little, which mostly holds a preview,
/// then in more (an answer below its quote), never in a whole log file.
const READ_FOR_PREVIEW: [usize; 2] = [1024, 16 * 1024];

/// A plain alternative shorter than this may only say that there is HTML; then the HTML is searched too.
const STUB: usize = 80;

/// What search and lists need of a message, and nothing more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// As [`crate::parse`] reads it.
    pub envelope: Envelope,
    /// All searchable text, at most 1 MiB: text parts, the visible text of HTML without a text alternative, attached
    /// messages too (their subjects and people included).
    pub text: String,
    /// Where the text begins, as far as it is one part of the message.
    pub source: Option<Source>,
    /// File names of the attachments.
    pub attachment_names: Vec<String>,
    /// True when an attachment has `inline: false`.
    pub has_attachment: bool,
    /// The first 200 or so characters of what the author wrote new, white space folded.
    pub preview: String,
    /// What was wrong with the bytes, as far as they were read.
    pub defects: Vec<Defect>,
}

/// Where a part with text stands, and how it is most probably read: labels lie, and soft line breaks are resolved besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its bytes in the raw message, still encoded.
    pub bytes: Range<usize>,
    /// How they are encoded.
    pub encoding: SourceEncoding,
    /// The charset of what they decode to, by its name in the web's standard (encoding.spec.whatwg.org).
    pub charset: &'static str,
}

/// Content-Transfer-Encoding of a [`Source`] (RFC 2045 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceEncoding {
    /// None.
    Identity,
    /// `quoted-printable`.
    QuotedPrintable,
    /// `base64`.
    Base64,
}

impl Source {
    fn of(raw: &[u8], entity: &Entity<'_>) -> Option<Self> {
        let start = entity
            .body
            .as_ptr()
            .addr()
            .checked_sub(raw.as_ptr().addr())?;
        let end = start.checked_add(entity.body.len())?;
        let encoding = match entity.encoding {
            Encoding::Identity => SourceEncoding::Identity,
            Encoding::QuotedPrintable => SourceEncoding::QuotedPrintable,
            Encoding::Base64 => SourceEncoding::Base64,
            Encoding::Uuencode | Encoding::Unknown => return None,
        };
        let charset = charset::name(entity.params.get(b"charset").as_deref())?;
        (end <= raw.len()).then_some(Self {
            bytes: start..end,
            encoding,
            charset,
        })
    }
}

/// Reads what the index needs: no hashing, no decoding of attachments.
///
/// Text beyond 1 MiB a message is left out, with [`DefectKind::TextCut`]. The limits of [`crate::parse`] hold too.
#[must_use]
pub fn digest(raw: &[u8]) -> Digest {
    let mut indexer = Indexer {
        raw,
        ..Indexer::default()
    };
    walk(raw, &mut indexer);
    indexer.finish()
}

#[derive(Default)]
struct Indexer<'r> {
    raw: &'r [u8],
    digest: Digest,
    roles: Roles,
    /// Open nodes: for an alternative, how much plain text it has given so far.
    open: Vec<Option<usize>>,
    /// Where the text or HTML a reader sees lies in the digest's text.
    shown: Option<(usize, usize)>,
}

impl Visitor for Indexer<'_> {
    fn message(&mut self, head: &Head<'_>, level: u32) {
        let mut flaws = head.flaws;
        let envelope = envelope::envelope(head, &mut flaws);
        if level == 0 {
            self.digest.envelope = envelope;
            flaws.tell(&Section::default(), &mut self.digest.defects);
            return;
        }
        self.add(&envelope.subject);
        for person in envelope.from.iter().chain(&envelope.to).chain(&envelope.cc) {
            self.add(&person.name);
            self.add(&person.address);
        }
    }

    fn open(&mut self, entity: &Entity<'_>) {
        let is_message = !entity.media.is_kind(b"multipart");
        if is_message
            && entity.level == 0
            && let Role::Attachment { inline } = self.roles.of(entity)
        {
            self.attachment(body::file_name(entity, &mut Flaws::default()), inline);
        }
        self.open
            .push(entity.media.is(b"multipart", b"alternative").then_some(0));
    }

    fn close(&mut self) {
        self.open.pop();
    }

    fn leaf(&mut self, entity: &Entity<'_>) {
        let mut flaws = Flaws::default();
        let role = if entity.level == 0 {
            self.roles.of(entity)
        } else {
            Role::Attachment { inline: true }
        };
        match role {
            Role::Text => self.plain(entity, true, &mut flaws),
            Role::Html => self.html(entity, true, &mut flaws),
            Role::Attachment { inline } => {
                let is_tnef = tnef::is_tnef(entity);
                if entity.level == 0 {
                    self.attachment(body::file_name(entity, &mut flaws), inline || is_tnef);
                }
                if is_tnef {
                    self.tnef(entity, &mut flaws);
                } else if body::is_shown(entity) && entity.media.is(b"text", b"html") {
                    self.html(entity, false, &mut flaws);
                } else if body::is_shown(entity) && is_readable(entity) {
                    self.plain(entity, false, &mut flaws);
                }
            }
        }
        self.defects(flaws, entity.section);
    }

    fn defects(&mut self, flaws: Flaws, section: &Section) {
        flaws.tell(section, &mut self.digest.defects);
    }
}

/// Text a person may look for: not keys, signatures and the like.
fn is_readable(entity: &Entity<'_>) -> bool {
    body::is_plain(entity)
        || entity.media.is_kind(b"text")
        || (entity.media.is_kind(b"message") && entity.parent == Parent::Report)
}

impl Indexer<'_> {
    fn attachment(&mut self, name: Option<String>, inline: bool) {
        self.digest.has_attachment |= !inline;
        self.digest.attachment_names.extend(name);
    }

    fn plain(&mut self, entity: &Entity<'_>, is_body: bool, flaws: &mut Flaws) {
        let bytes = entity.encoding.decode(entity.body, flaws);
        let mut shown: Cow<'_, [u8]> = Cow::Borrowed(&bytes);
        if is_body {
            for (name, _) in uu_files(&mut shown) {
                self.attachment(name, false);
            }
        }
        let text = body::plain(entity, &shown, flaws);
        if !text.trim().is_empty() && self.digest.text.trim().is_empty() {
            self.digest.source = Source::of(self.raw, entity);
        }
        if let Some(given) = self.open.iter_mut().rev().find_map(Option::as_mut) {
            *given = given.saturating_add(text.trim().len());
        }
        let at = self.add(&text);
        if is_body && !text.trim().is_empty() {
            self.shown = Some(at);
        }
    }

    fn html(&mut self, entity: &Entity<'_>, is_body: bool, flaws: &mut Flaws) {
        let given = self
            .open
            .iter()
            .rev()
            .find_map(|open| *open)
            .unwrap_or_default();
        if given >= STUB {
            return;
        }
        let bytes = entity.encoding.decode(entity.body, flaws);
        let at = self.add(&html::to_text(&body::html(entity, &bytes, flaws)));
        if is_body && self.shown.is_none() {
            self.shown = Some(at);
        }
    }

    fn tnef(&mut self, entity: &Entity<'_>, flaws: &mut Flaws) {
        let tnef = tnef::read(&entity.encoding.decode(entity.body, flaws));
        if tnef.damaged {
            flaws.add(DefectKind::BadTnef);
        }
        for file in tnef.files {
            let inline = file.content_id.is_some();
            self.attachment(file.name, inline);
        }
        let at = match (tnef.text, tnef.html) {
            (Some(text), _) => self.add(&text),
            (None, Some(html)) => self.add(&html::to_text(&html)),
            (None, None) => return,
        };
        self.shown = self.shown.or(Some(at));
    }

    /// Appends a piece of text on lines of its own; returns where it lies.
    fn add(&mut self, piece: &str) -> (usize, usize) {
        let text = &mut self.digest.text;
        if !text.is_empty() && !text.ends_with('\n') && !piece.is_empty() && text.len() < MAX_TEXT {
            text.push('\n');
        }
        let start = text.len();
        let room = MAX_TEXT.saturating_sub(start);
        if piece.len() > room {
            text.push_str(
                piece
                    .get(..piece.floor_char_boundary(room))
                    .unwrap_or_default(),
            );
            let mut cut = Flaws::default();
            cut.add(DefectKind::TextCut);
            cut.tell(&Section::default(), &mut self.digest.defects);
        } else {
            text.push_str(piece);
        }
        (start, self.digest.text.len())
    }

    fn finish(mut self) -> Digest {
        let shown = self
            .shown
            .and_then(|(start, end)| self.digest.text.get(start..end))
            .unwrap_or_default();
        self.digest.preview = preview(shown);
        self.digest
    }
}

/// Returns the beginning of what the author wrote new; of the whole where nothing is new.
fn preview(text: &str) -> String {
    let plain = beginning(text, PLAIN);
    let out = if is_plainly_new(plain) {
        squeezed(plain)
    } else {
        new_words(text)
    };
    match out.char_indices().nth(PREVIEW) {
        Some((end, _)) => out.get(..end).unwrap_or_default().trim_end().to_owned(),
        None => out,
    }
}

fn new_words(text: &str) -> String {
    for limit in READ_FOR_PREVIEW {
        let start = beginning(text, limit);
        let new = squeezed(&reply::split(start).text);
        let enough = new.chars().nth(PREVIEW).is_some();
        if enough || (start.len() == text.len() && !new.is_empty()) {
            return new;
        }
    }
    squeezed(text)
}

/// True when nothing in a long enough beginning can start a quote or a signature: those lines have a colon (`wrote:`,
/// `From:`, a time), a mark, or a rule of dashes.
fn is_plainly_new(start: &str) -> bool {
    let bytes = start.as_bytes();
    let rule = |pair: &[u8]| matches!(pair, b"--" | b"__" | b"==" | b"**" | b"~~");
    bytes.len() > PLAIN.saturating_sub(100)
        && memchr::memchr3(b':', b'>', b'|', bytes).is_none()
        && !bytes.windows(2).any(rule)
}

/// Returns whole lines from the beginning, as many as fit; of a line longer than that its beginning.
fn beginning(text: &str, limit: usize) -> &str {
    let start = text
        .get(..text.floor_char_boundary(limit))
        .unwrap_or_default();
    if start.len() == text.len() {
        return text;
    }
    start
        .rfind('\n')
        .and_then(|end| start.get(..end))
        .filter(|lines| !lines.trim().is_empty())
        .unwrap_or(start)
}

/// Returns as much as a preview takes, white space folded.
fn squeezed(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > PREVIEW.saturating_mul(4) {
            break; // no character is longer than four bytes
        }
    }
    words::fold(out)
}
