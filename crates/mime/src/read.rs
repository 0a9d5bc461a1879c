//! From bytes to a [`Message`]: parse, attachment by number, part by Content-ID.

use std::borrow::Cow;

use kontor_model::Envelope;
use sha2::{Digest as _, Sha256};

use crate::body::{self, Role, Roles};
use crate::flaws::Flaws;
use crate::header::{Head, envelope, ids, start, words};
use crate::message::{Attachment, DefectKind, Message, Part};
use crate::scan::{after, lower};
use crate::tnef;
use crate::transfer::{UuBlock, uu_decode, uu_find};
use crate::walk::{self, Entity, Section, Visitor, walk};

/// Reads a message.
///
/// Limits, beyond which parts are leaves or left out with [`DefectKind::TooComplex`]: 64 levels of nesting, 10 000
/// parts. Of a header: 64 KiB of a subject or name, 10 000 people and 1000 ids a field, 16 KiB of a Content-Type.
#[must_use]
pub fn parse(raw: &[u8]) -> Message {
    let mut reader = Reader::new(Want::Everything);
    walk(raw, &mut reader);
    reader.message
}

/// Reads the envelope from a header block alone, as IMAP `HEADER.FIELDS` gives it. Agrees with [`parse`] exactly.
#[must_use]
pub fn headers(header_bytes: &[u8]) -> Envelope {
    let raw = walk::line_ends(header_bytes);
    envelope::envelope(&Head::read(start(&raw)).0, &mut Flaws::default())
}

/// Returns attachment `n` (from 1, as numbered by [`parse`]) with its transfer-decoded bytes, byte for byte.
#[must_use]
pub fn attachment(raw: &[u8], n: u32) -> Option<(Attachment, Vec<u8>)> {
    let mut reader = Reader::new(Want::Attachment(n));
    walk(raw, &mut reader);
    reader.found
}

/// Returns media type and bytes of the part an HTML body names by `cid:`; `cid` with or without angle brackets.
#[must_use]
pub fn part_by_cid(raw: &[u8], cid: &str) -> Option<(String, Vec<u8>)> {
    let id = ids::one(cid.as_bytes())?;
    let mut reader = Reader::new(Want::ContentId(id));
    walk(raw, &mut reader);
    reader
        .found
        .map(|(attachment, bytes)| (attachment.content_type, bytes))
}

/// What the walk is made for.
enum Want {
    Everything,
    Attachment(u32),
    ContentId(String),
}

struct Reader {
    want: Want,
    message: Message,
    /// Open nodes, outermost first.
    open: Vec<Part>,
    roles: Roles,
    found: Option<(Attachment, Vec<u8>)>,
}

/// A part's bytes, once decoded.
struct Leaf<'b> {
    bytes: Cow<'b, [u8]>,
    size: u64,
    sha256: String,
}

impl Visitor for Reader {
    fn message(&mut self, head: &Head<'_>, level: u32) {
        if level == 0 && matches!(self.want, Want::Everything) {
            let mut flaws = head.flaws;
            self.message.envelope = envelope::envelope(head, &mut flaws);
            flaws.tell(&Section::default(), &mut self.message.defects);
        }
    }

    fn open(&mut self, entity: &Entity<'_>) {
        let mut flaws = Flaws::default();
        let is_message = !entity.media.is_kind(b"multipart");
        let part = self.part(entity, &mut flaws);
        match self.want {
            Want::Everything if is_message && entity.level == 0 => {
                let leaf = self.decode(entity, false, &mut flaws);
                if let Role::Attachment { inline } = self.roles.of(entity) {
                    self.attach(entity, inline, part.name.clone(), &leaf);
                }
            }
            Want::Attachment(_) | Want::ContentId(_) if is_message => self.seek(entity, &mut flaws),
            Want::Everything | Want::Attachment(_) | Want::ContentId(_) => {}
        }
        self.defects(flaws, entity.section);
        self.open.push(part);
    }

    fn close(&mut self) {
        if let Some(part) = self.open.pop() {
            self.place(part);
        }
    }

    fn leaf(&mut self, entity: &Entity<'_>) {
        let mut flaws = Flaws::default();
        if !matches!(self.want, Want::Everything) {
            return self.seek(entity, &mut flaws);
        }
        let leaf = self.decode(entity, is_text(entity), &mut flaws);
        let mut part = self.part(entity, &mut flaws);
        part.size = leaf.size;
        if entity.level == 0 {
            match self.roles.of(entity) {
                Role::Text => self.text(entity, &leaf, &mut flaws),
                Role::Html => self.message.html = Some(body::html(entity, &leaf.bytes, &mut flaws)),
                Role::Attachment { inline } => {
                    self.attach(entity, inline, part.name.clone(), &leaf);
                    self.unwrap_tnef(entity, &leaf.bytes, &mut flaws);
                }
            }
        }
        part.sha256 = Some(leaf.sha256);
        self.place(part);
        self.defects(flaws, entity.section);
    }

    fn defects(&mut self, flaws: Flaws, section: &Section) {
        if matches!(self.want, Want::Everything) {
            flaws.tell(section, &mut self.message.defects);
        }
    }

    fn done(&self) -> bool {
        self.found.is_some()
    }
}

impl Reader {
    fn new(want: Want) -> Self {
        Self {
            want,
            message: Message::default(),
            open: Vec::new(),
            roles: Roles::default(),
            found: None,
        }
    }

    fn part(&self, entity: &Entity<'_>, flaws: &mut Flaws) -> Part {
        if !matches!(self.want, Want::Everything) {
            return Part::default();
        }
        Part {
            section: entity.section.to_string(),
            content_type: entity.media.to_string(),
            charset: entity
                .params
                .get(b"charset")
                .map(|c| lower(c.trim_ascii()))
                .filter(|c| !c.is_empty()),
            name: body::file_name(entity, flaws),
            size: entity.body.len().try_into().unwrap_or(u64::MAX),
            sha256: None,
            parts: Vec::new(),
        }
    }

    fn place(&mut self, part: Part) {
        match self.open.last_mut() {
            Some(parent) => parent.parts.push(part),
            None => self.message.parts = part,
        }
    }

    fn decode<'b>(&self, entity: &Entity<'b>, is_text: bool, flaws: &mut Flaws) -> Leaf<'b> {
        let bytes = entity.encoding.decode(entity.body, flaws);
        let (size, sha256) = match self.want {
            Want::Everything => measure(&bytes, is_text),
            Want::Attachment(_) | Want::ContentId(_) => (0, String::new()),
        };
        Leaf {
            bytes,
            size,
            sha256,
        }
    }

    /// The text shown, without the files somebody uuencoded into it.
    fn text(&mut self, entity: &Entity<'_>, leaf: &Leaf<'_>, flaws: &mut Flaws) {
        let mut shown: Cow<'_, [u8]> = Cow::Borrowed(&leaf.bytes);
        for (name, bytes) in uu_files(&mut shown) {
            self.attach_bytes(name, "application/octet-stream".to_owned(), None, &bytes);
        }
        self.message.text = Some(body::plain(entity, &shown, flaws));
    }

    fn attach(&mut self, entity: &Entity<'_>, inline: bool, name: Option<String>, leaf: &Leaf<'_>) {
        self.message.attachments.push(Attachment {
            n: self.next_number(),
            name,
            content_type: entity.media.to_string(),
            size: leaf.size,
            content_id: body::content_id(entity),
            inline,
            sha256: leaf.sha256.clone(),
        });
    }

    /// Adds a file that is no part of its own: uuencoded, or out of a winmail.dat.
    fn attach_bytes(
        &mut self,
        name: Option<String>,
        content_type: String,
        content_id: Option<String>,
        bytes: &[u8],
    ) {
        let (size, sha256) = measure(bytes, false);
        let n = self.next_number();
        let inline = content_id.is_some();
        let attachment = Attachment {
            n,
            name,
            content_type,
            size,
            content_id,
            inline,
            sha256,
        };
        self.message.attachments.push(attachment);
    }

    fn next_number(&self) -> u32 {
        u32::try_from(self.message.attachments.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    }

    fn unwrap_tnef(&mut self, entity: &Entity<'_>, bytes: &[u8], flaws: &mut Flaws) {
        if !tnef::is_tnef(entity) {
            return;
        }
        let tnef = tnef::read(bytes);
        if tnef.damaged {
            flaws.add(DefectKind::BadTnef);
        }
        if let Some(last) = self.message.attachments.last_mut() {
            last.inline = true; // its contents follow
        }
        if self.message.text.is_none() {
            self.message.text = tnef.text;
        }
        if self.message.html.is_none() {
            self.message.html = tnef.html;
        }
        for file in tnef.files {
            self.attach_bytes(file.name, file.content_type, file.content_id, &file.data);
        }
    }

    /// Looks for one attachment without reading the others.
    fn seek(&mut self, entity: &Entity<'_>, flaws: &mut Flaws) {
        let Want::Attachment(wanted) = self.want else {
            return self.by_cid(entity);
        };
        if entity.level > 0 {
            return;
        }
        match self.roles.of(entity) {
            Role::Html => {}
            Role::Text => {
                let leaf = self.decode(entity, false, flaws);
                let mut shown: Cow<'_, [u8]> = Cow::Borrowed(&leaf.bytes);
                for (name, bytes) in uu_files(&mut shown) {
                    self.attach_bytes(name, "application/octet-stream".to_owned(), None, &bytes);
                    self.keep_if_wanted(wanted, bytes);
                }
            }
            Role::Attachment { inline } => {
                let is_tnef = tnef::is_tnef(entity);
                let is_wanted = self.next_number() == wanted;
                if is_wanted || is_tnef {
                    self.seek_here(entity, inline || is_tnef, wanted, flaws);
                } else {
                    self.message.attachments.push(Attachment::default()); // only counted
                }
            }
        }
    }

    fn seek_here(&mut self, entity: &Entity<'_>, inline: bool, wanted: u32, flaws: &mut Flaws) {
        let bytes = entity.encoding.decode(entity.body, flaws);
        let (size, sha256) = measure(&bytes, is_text(entity));
        let leaf = Leaf {
            bytes,
            size,
            sha256,
        };
        let name = body::file_name(entity, flaws);
        self.attach(entity, inline, name, &leaf);
        let files = if tnef::is_tnef(entity) {
            tnef::read(&leaf.bytes).files
        } else {
            Vec::new()
        };
        self.keep_if_wanted(wanted, leaf.bytes.into_owned());
        for file in files {
            self.attach_bytes(file.name, file.content_type, file.content_id, &file.data);
            self.keep_if_wanted(wanted, file.data);
        }
    }

    /// Keeps the attachment counted last when it is the wanted one.
    fn keep_if_wanted(&mut self, wanted: u32, bytes: Vec<u8>) {
        if let Some(last) = self.message.attachments.last().filter(|a| a.n == wanted) {
            self.found = Some((last.clone(), bytes));
        }
    }

    fn by_cid(&mut self, entity: &Entity<'_>) {
        let Want::ContentId(wanted) = &self.want else {
            return;
        };
        if body::content_id(entity).as_deref() == Some(wanted) {
            let bytes = entity
                .encoding
                .decode(entity.body, &mut Flaws::default())
                .into_owned();
            let attachment = Attachment {
                content_type: entity.media.to_string(),
                ..Attachment::default()
            };
            self.found = Some((attachment, bytes));
        } else if tnef::is_tnef(entity) {
            let bytes = entity.encoding.decode(entity.body, &mut Flaws::default());
            let file = tnef::read(&bytes)
                .files
                .into_iter()
                .find(|f| f.content_id.as_ref() == Some(wanted));
            self.found = file.map(|file| {
                (
                    Attachment {
                        content_type: file.content_type,
                        ..Attachment::default()
                    },
                    file.data,
                )
            });
        }
    }
}

/// True for leaves whose line ends are counted as LF (KONTORCTL.md): an attached message keeps its own.
fn is_text(entity: &Entity<'_>) -> bool {
    entity.media.is_kind(b"text")
        || (entity.media.is_kind(b"message") && !entity.media.is(b"message", b"rfc822"))
}

/// Takes uuencoded files out of a text; the text is left without them.
pub(crate) fn uu_files(text: &mut Cow<'_, [u8]>) -> Vec<(Option<String>, Vec<u8>)> {
    let mut files = Vec::new();
    let mut from = 0_usize;
    while let Some(UuBlock {
        name,
        data,
        at,
        rest,
    }) = uu_find(after(text, from))
    {
        let mut bytes = Vec::new();
        uu_decode(data, &mut bytes);
        let name = body::base_name(words::raw(name, &mut Flaws::default()));
        let start = from.saturating_add(at);
        let end = text.len().saturating_sub(rest.len());
        files.push((name, bytes));
        text.to_mut().drain(start.min(end)..end);
        from = start;
    }
    files
}

/// Returns size and SHA-256, for text of the bytes with CRLF and CR as LF.
fn measure(bytes: &[u8], is_text: bool) -> (u64, String) {
    let mut size = 0_usize;
    let mut hash = Sha256::new();
    let mut add = |piece: &[u8]| {
        size = size.saturating_add(piece.len());
        hash.update(piece);
    };
    if is_text {
        body::lf_pieces(bytes, add);
    } else {
        add(bytes);
    }
    (size.try_into().unwrap_or(u64::MAX), hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|b| [digit(b >> 4), digit(b & 0xF)])
        .collect()
}
