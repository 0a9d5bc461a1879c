//! A header block as fields, without copying.

pub(crate) mod address;
pub(crate) mod date;
pub(crate) mod envelope;
pub(crate) mod ids;
pub(crate) mod params;
pub(crate) mod words;

use memchr::memchr;

use crate::flaws::Flaws;
use crate::message::DefectKind;
use crate::scan::{after, before, is, line, no_line_end};

/// A header field as it stands: the name without colon, the value with its folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: &'a [u8],
}

/// The fields of one header block; afterwards [`Fields::body`] is what follows it.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    done: bool,
    /// Lines that are no field were left out, or the header ended without its blank line.
    pub(crate) bad_line: bool,
}

impl<'a> Fields<'a> {
    /// Starts at the first byte of a header block.
    pub(crate) fn new(raw: &'a [u8]) -> Self {
        Self {
            rest: raw,
            done: false,
            bad_line: false,
        }
    }

    /// Returns what follows the header; call it when the iterator has ended.
    pub(crate) fn body(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        while !self.done {
            let (first, mut next) = line(self.rest);
            if first.is_empty() {
                self.rest = next;
                self.done = true;
                return None;
            }
            let Some(name) = field_name(first) else {
                // Mail systems of all times have put lines into headers that are no fields. The header goes on when
                // the next line is a field; else its blank line is missing and this is the body, and so it is when
                // a multipart begins.
                self.bad_line = true;
                let (second, _) = line(next);
                let broken = matches!(first.first(), Some(b' ' | b'\t' | b':'));
                if broken || (field_name(second).is_some() && !first.starts_with(b"--")) {
                    self.rest = next;
                    continue;
                }
                self.done = true;
                return None;
            };
            while matches!(next.first(), Some(b' ' | b'\t')) {
                next = line(next).1;
            }
            let whole = before(self.rest, self.rest.len().saturating_sub(next.len()));
            let colon = memchr(b':', whole).unwrap_or(whole.len());
            self.rest = next;
            return Some(Field {
                name,
                value: no_line_end(after(whole, colon.saturating_add(1))),
            });
        }
        None
    }
}

/// Returns the name of a line that begins a field. White space before the colon is forgiven.
fn field_name(first: &[u8]) -> Option<&[u8]> {
    let name = before(first, memchr(b':', first)?).trim_ascii_end();
    (!name.is_empty() && name.iter().all(u8::is_ascii_graphic)).then_some(name)
}

/// The fields of one entity that reading it needs. Of repeated fields the first counts, people are added up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head<'a> {
    pub(crate) content_type: Option<&'a [u8]>,
    pub(crate) encoding: Option<&'a [u8]>,
    pub(crate) disposition: Option<&'a [u8]>,
    pub(crate) content_id: Option<&'a [u8]>,
    pub(crate) subject: Option<&'a [u8]>,
    pub(crate) message_id: Option<&'a [u8]>,
    pub(crate) date: Option<&'a [u8]>,
    pub(crate) in_reply_to: Option<&'a [u8]>,
    pub(crate) references: Option<&'a [u8]>,
    pub(crate) from: Option<&'a [u8]>,
    pub(crate) to: Option<&'a [u8]>,
    pub(crate) cc: Option<&'a [u8]>,
    pub(crate) reply_to: Option<&'a [u8]>,
    /// Further From, To, Cc and Reply-To fields, which no message should have and some do.
    pub(crate) more_people: Vec<Field<'a>>,
    pub(crate) flaws: Flaws,
}

impl<'a> Head<'a> {
    /// Reads the header block at the start of `raw`; returns it and the body after it.
    pub(crate) fn read(raw: &'a [u8]) -> (Self, &'a [u8]) {
        let mut head = Self::default();
        let mut fields = Fields::new(raw);
        let mut any = false;
        for field in &mut fields {
            any = true;
            head.take(field);
        }
        if fields.bad_line {
            head.flaws.add(DefectKind::BadHeaderLine);
        }
        if !any {
            head.flaws.add(DefectKind::NoHeader);
        }
        (head, fields.body())
    }

    fn take(&mut self, field: Field<'a>) {
        let slot = match field.name.len() {
            2 if is(field.name, b"to") => &mut self.to,
            2 if is(field.name, b"cc") => &mut self.cc,
            4 if is(field.name, b"from") => &mut self.from,
            4 if is(field.name, b"date") => &mut self.date,
            7 if is(field.name, b"subject") => &mut self.subject,
            8 if is(field.name, b"reply-to") => &mut self.reply_to,
            10 if is(field.name, b"message-id") => &mut self.message_id,
            10 if is(field.name, b"references") => &mut self.references,
            10 if is(field.name, b"content-id") => &mut self.content_id,
            11 if is(field.name, b"in-reply-to") => &mut self.in_reply_to,
            12 if is(field.name, b"content-type") => &mut self.content_type,
            19 if is(field.name, b"content-disposition") => &mut self.disposition,
            25 if is(field.name, b"content-transfer-encoding") => &mut self.encoding,
            _ => return,
        };
        if slot.is_none() {
            *slot = Some(field.value);
        } else if [&b"from"[..], b"to", b"cc", b"reply-to"]
            .iter()
            .any(|name| is(field.name, name))
        {
            self.more_people.push(field);
        }
    }
}

/// Finds the header of the message in what was given: a byte order mark, blank lines and an mbox separator before it
/// are skipped.
pub(crate) fn start(raw: &[u8]) -> &[u8] {
    let mut rest = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    while matches!(rest.first(), Some(b'\r' | b'\n')) {
        rest = after(rest, 1);
    }
    while rest.starts_with(b"From ") || rest.starts_with(b">From ") {
        rest = line(rest).1;
    }
    rest
}
