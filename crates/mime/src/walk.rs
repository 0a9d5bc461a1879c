//! The one walk over a message: which parts it has, where they stand, how they lie in each other.
//!
//! mail-parser's own walk is not used. It takes `--boundary` in the middle of a line for a delimiter, ends a part at a
//! boundary that merely begins like its own, turns a part with one foreign base64 byte into text, keeps only text for
//! text parts (the bytes a hash or a saved attachment needs are gone), and reads byte by byte: a walk that jumps from
//! delimiter to delimiter takes half its time, hashes included (`examples/parse_speed.rs`).

use std::borrow::Cow;
use std::fmt;

use memchr::{memchr, memmem};

use crate::flaws::Flaws;
use crate::header::params::Params;
use crate::header::{Head, start};
use crate::message::DefectKind;
use crate::scan::{after, before, is, line, lower, no_line_end};
use crate::transfer::Encoding;

/// Deeper entities are leaves. No honest mail comes near: ten forwards of forwards are thirty levels.
const MAX_DEPTH: u32 = 64;

/// Further parts are left out.
const MAX_PARTS: u32 = 10_000;

/// What wants to hear of the parts of a message.
pub(crate) trait Visitor {
    /// A message begins: the one itself at level 0, those attached to it deeper.
    fn message(&mut self, head: &Head<'_>, level: u32);
    /// A node with children begins.
    fn open(&mut self, entity: &Entity<'_>);
    /// The node opened last has no more children.
    fn close(&mut self);
    /// A node without children.
    fn leaf(&mut self, entity: &Entity<'_>);
    /// Something was wrong there.
    fn defects(&mut self, flaws: Flaws, section: &Section);
    /// True when nothing more is wanted.
    fn done(&self) -> bool {
        false
    }
}

/// Where a part stands, in IMAP numbering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    numbers: Vec<u32>,
    /// A multipart that is the whole of a message has no number of its own.
    text: bool,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, number) in self.numbers.iter().enumerate() {
            write!(f, "{}{number}", if at == 0 { "" } else { "." })?;
        }
        match (self.text, self.numbers.is_empty()) {
            (true, true) => f.write_str("TEXT"),
            (true, false) => f.write_str(".TEXT"),
            (false, _) => Ok(()),
        }
    }
}

/// What a part is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// It is a message's body.
    Message,
    Alternative,
    Related,
    Signed,
    Encrypted,
    Report,
    Digest,
    /// Mixed, and every multipart nobody knows (RFC 2046 §5.1.3).
    Mixed,
}

/// One node of the MIME tree.
#[derive(Debug)]
pub(crate) struct Entity<'a> {
    pub(crate) head: &'a Head<'a>,
    /// Content-Type; its parameters.
    pub(crate) params: Params<'a>,
    pub(crate) media: Media<'a>,
    pub(crate) body: &'a [u8],
    pub(crate) encoding: Encoding,
    pub(crate) parent: Parent,
    /// Place among its siblings, from 0.
    pub(crate) index: u32,
    /// How many attached messages it lies in.
    pub(crate) level: u32,
    pub(crate) section: &'a Section,
}

/// A media type in any case; `text/plain` when none or nonsense is given (RFC 2045 §5.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Media<'a> {
    kind: &'a [u8],
    subtype: &'a [u8],
}

impl<'a> Media<'a> {
    fn new(value: &'a [u8], default: &'static [u8]) -> Self {
        let split = |value: &'a [u8]| {
            let slash = memchr(b'/', value)?;
            let (kind, subtype) = (
                before(value, slash).trim_ascii(),
                after(value, slash.saturating_add(1)).trim_ascii(),
            );
            let token =
                |t: &[u8]| !t.is_empty() && t.iter().all(|b| b.is_ascii_graphic() && *b != b'/');
            (token(kind) && token(subtype)).then_some(Self { kind, subtype })
        };
        let fallback = if value.is_empty() {
            default
        } else {
            b"text/plain"
        };
        split(value).or_else(|| split(fallback)).unwrap_or(Self {
            kind: b"text",
            subtype: b"plain",
        })
    }

    /// Compares with a type and subtype in lower case.
    pub(crate) fn is(&self, kind: &[u8], subtype: &[u8]) -> bool {
        is(self.kind, kind) && is(self.subtype, subtype)
    }

    /// Compares with a type in lower case.
    pub(crate) fn is_kind(&self, kind: &[u8]) -> bool {
        is(self.kind, kind)
    }
}

impl fmt::Display for Media<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", lower(self.kind), lower(self.subtype))
    }
}

/// Walks a message.
pub(crate) fn walk(raw: &[u8], visitor: &mut impl Visitor) {
    let raw = line_ends(raw);
    let mut walk = Walk {
        visitor,
        section: Section::default(),
        parts: 0,
    };
    walk.message(
        start(&raw),
        Place {
            parent: Parent::Message,
            index: 0,
            level: 0,
            depth: 0,
            at_end: true,
        },
    );
}

/// Old Macintosh files end lines with CR alone: a message without a single LF is read as one of them.
pub(crate) fn line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\n', raw).is_none() && memchr(b'\r', raw).is_some() {
        Cow::Owned(
            raw.iter()
                .map(|b| if *b == b'\r' { b'\n' } else { *b })
                .collect(),
        )
    } else {
        Cow::Borrowed(raw)
    }
}

struct Walk<'v, V> {
    visitor: &'v mut V,
    section: Section,
    parts: u32,
}

/// Where an entity stands, before it is read.
#[derive(Clone, Copy)]
struct Place {
    parent: Parent,
    index: u32,
    level: u32,
    depth: u32,
    /// It is in no multipart, so it ends where the bytes do.
    at_end: bool,
}

impl<V: Visitor> Walk<'_, V> {
    fn message(&mut self, raw: &[u8], place: Place) {
        let (head, body) = Head::read(raw);
        self.visitor.message(&head, place.level);
        if place.level > 0 {
            self.visitor.defects(head.flaws, &self.section);
        }
        self.entity(&head, body, place);
    }

    fn part(&mut self, raw: &[u8], place: Place) {
        let (mut head, body) = Head::read(raw);
        head.flaws.remove(DefectKind::NoHeader); // allowed for a part
        self.entity(&head, body, place);
        self.visitor.defects(head.flaws, &self.section);
    }

    fn entity(&mut self, head: &Head<'_>, body: &[u8], place: Place) {
        self.parts = self.parts.saturating_add(1);
        let params = Params::new(head.content_type.unwrap_or_default());
        let default: &'static [u8] = if place.parent == Parent::Digest {
            b"message/rfc822"
        } else {
            b"text/plain"
        };
        let media = Media::new(params.value, default);
        let mut flaws = Flaws::default();
        let too_deep = place.depth >= MAX_DEPTH
            && (media.is_kind(b"multipart") || media.is(b"message", b"rfc822"));
        if too_deep {
            flaws.add(DefectKind::TooComplex);
        }
        let children = if media.is_kind(b"multipart") && !too_deep {
            split(&params, body, place.at_end, &mut flaws)
        } else {
            None
        };
        let numbered = place.parent == Parent::Message && children.is_none();
        if numbered {
            self.section.numbers.push(1);
        }
        self.section.text = place.parent == Parent::Message && !numbered;
        let encoding = Encoding::of(head.encoding);
        let Place {
            parent,
            index,
            level,
            ..
        } = place;
        let section = std::mem::take(&mut self.section);
        let entity = Entity {
            head,
            params,
            media,
            body,
            encoding,
            parent,
            index,
            level,
            section: &section,
        };
        let nested = media.is(b"message", b"rfc822") && !too_deep;
        if children.is_some() || nested {
            self.visitor.open(&entity);
        } else {
            self.visitor.leaf(&entity);
        }
        self.section = section;
        self.visitor.defects(flaws, &self.section);
        self.section.text = false;
        if let Some(children) = children {
            self.children(&children, Parent::of(&media), place);
            self.visitor.close();
        } else if nested {
            let mut flaws = Flaws::default();
            let inner = encoding.decode(body, &mut flaws);
            self.visitor.defects(flaws, &self.section);
            let (level, depth) = (level.saturating_add(1), place.depth.saturating_add(1));
            self.message(
                start(&inner),
                Place {
                    parent: Parent::Message,
                    index: 0,
                    level,
                    depth,
                    at_end: place.at_end,
                },
            );
            self.visitor.close();
        }
        if numbered {
            self.section.numbers.pop();
        }
    }

    fn children(&mut self, children: &[&[u8]], parent: Parent, place: Place) {
        for (index, child) in (0_u32..).zip(children) {
            if self.visitor.done() {
                return;
            }
            if self.parts >= MAX_PARTS {
                let mut flaws = Flaws::default();
                flaws.add(DefectKind::TooComplex);
                self.visitor.defects(flaws, &self.section);
                return;
            }
            self.section.numbers.push(index.saturating_add(1));
            let depth = place.depth.saturating_add(1);
            self.part(
                child,
                Place {
                    parent,
                    index,
                    level: place.level,
                    depth,
                    at_end: false,
                },
            );
            self.section.numbers.pop();
        }
    }
}

impl Parent {
    fn of(media: &Media<'_>) -> Self {
        const KNOWN: [(&[u8], Parent); 6] = [
            (b"alternative", Parent::Alternative),
            (b"related", Parent::Related),
            (b"signed", Parent::Signed),
            (b"encrypted", Parent::Encrypted),
            (b"report", Parent::Report),
            (b"digest", Parent::Digest),
        ];
        KNOWN
            .iter()
            .find(|(name, _)| is(media.subtype, name))
            .map_or(Self::Mixed, |(_, parent)| *parent)
    }
}

/// Cuts a multipart body into its parts; `None` when it cannot be cut, and is a leaf then.
fn split<'a>(
    params: &Params<'_>,
    body: &'a [u8],
    at_end: bool,
    flaws: &mut Flaws,
) -> Option<Vec<&'a [u8]>> {
    let boundary = params.get(b"boundary").unwrap_or_default();
    let boundary = boundary.trim_ascii_end();
    if boundary.is_empty() {
        flaws.add(DefectKind::NoBoundary);
        return None;
    }
    let needle = [b"--", boundary].concat();
    let finder = memmem::Finder::new(&needle);
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let mut from = 0_usize;
    while let Some(found) = finder.find(after(body, from)) {
        let at = from.saturating_add(found);
        from = at.saturating_add(needle.len());
        if at > 0 && body.get(at.saturating_sub(1)) != Some(&b'\n') {
            continue;
        }
        let (rest_of_line, next) = line(after(body, from));
        let closing =
            rest_of_line.starts_with(b"--") && after(rest_of_line, 2).trim_ascii().is_empty();
        if !closing && !rest_of_line.trim_ascii().is_empty() {
            continue; // a longer boundary that begins like this one, or prose
        }
        if let Some(start) = open {
            parts.push(no_line_end(after(before(body, at), start)));
        }
        let cut_off = !closing && next.is_empty() && !body.ends_with(b"\n");
        if closing || cut_off {
            if cut_off {
                flaws.add(DefectKind::NoClosingBoundary);
                if parts.is_empty() {
                    parts.push(&[]);
                }
            } else if parts.is_empty() {
                break; // a closing boundary alone cuts nothing
            }
            return Some(parts);
        }
        from = body.len().saturating_sub(next.len());
        open = Some(from);
    }
    let Some(start) = open else {
        flaws.add(DefectKind::BoundaryNotFound);
        return None;
    };
    flaws.add(DefectKind::NoClosingBoundary);
    let last = after(body, start);
    // The line end before a delimiter belongs to the delimiter. Inside a multipart the outer one has taken it already;
    // at the end of the message nobody has.
    parts.push(if at_end { no_line_end(last) } else { last });
    Some(parts)
}
