//! Content-Type and Content-Disposition: values with parameters (RFC 2045, 2183, 2231).

use std::borrow::Cow;

use memchr::memchr;

use super::words;
use crate::charset;
use crate::flaws::Flaws;
use crate::scan::{after, before, is};
use crate::transfer;

/// No field with parameters is longer than this; a longer one is cut.
const MAX_FIELD: usize = 16 * 1024;

/// A value with parameters, looked up when asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Params<'a> {
    /// What stands before the first semicolon.
    pub(crate) value: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Params<'a> {
    /// Splits a field.
    pub(crate) fn new(field: &'a [u8]) -> Self {
        let field = before(field, MAX_FIELD);
        let end = memchr(b';', field).unwrap_or(field.len());
        let value = before(field, end);
        let value = before(value, memchr(b'(', value).unwrap_or(value.len())).trim_ascii();
        Self {
            value,
            rest: after(field, end.saturating_add(1)),
        }
    }

    /// Returns a parameter's bytes, unquoted; of RFC 2231 forms the text, as [`Params::text`] does.
    pub(crate) fn get(&self, name: &[u8]) -> Option<Cow<'a, [u8]>> {
        if let Some(param) = self.iter().find(|p| is(p.name, name)) {
            return Some(param.unquoted());
        }
        memchr(b'*', self.rest)?;
        let text = self.text(name, &mut Flaws::default())?;
        Some(Cow::Owned(text.into_bytes()))
    }

    /// Returns a parameter as text: RFC 2231 (continuations, charset), else RFC 2047 inside quotes, else raw bytes.
    ///
    /// Where both `name` and `name*` are given the latter counts (RFC 6266 §4.3 says so for HTTP; mailers agree).
    pub(crate) fn text(&self, name: &[u8], flaws: &mut Flaws) -> Option<String> {
        let mut pieces: Vec<(u32, Piece<'a>)> = Vec::new();
        let mut plain = None;
        for param in self.iter() {
            if is(param.name, name) {
                plain = plain.or(Some(param));
            } else if let Some((n, encoded)) = continuation(param.name, name) {
                pieces.push((
                    n,
                    Piece {
                        encoded,
                        value: param.unquoted(),
                    },
                ));
            }
        }
        let text = if pieces.is_empty() {
            words::decode(&plain?.unquoted(), flaws)
        } else {
            pieces.sort_by_key(|(n, _)| *n);
            join(&pieces, flaws)
        };
        Some(text).filter(|t| !t.is_empty())
    }

    fn iter(&self) -> Iter<'a> {
        Iter(self.rest)
    }
}

/// A part of an RFC 2231 value.
struct Piece<'a> {
    encoded: bool,
    value: Cow<'a, [u8]>,
}

/// `name*`, `name*0`, `name*0*`: the number and whether it is percent-encoded.
fn continuation(given: &[u8], name: &[u8]) -> Option<(u32, bool)> {
    let tail = given
        .get(..name.len())
        .filter(|head| is(head, name))
        .map(|_| after(given, name.len()))?;
    let tail = tail.strip_prefix(b"*")?;
    if tail.is_empty() {
        return Some((0, true));
    }
    let (digits, encoded) = tail
        .strip_suffix(b"*")
        .map_or((tail, false), |digits| (digits, true));
    std::str::from_utf8(digits)
        .ok()?
        .parse()
        .ok()
        .map(|n| (n, encoded))
}

/// Puts the pieces together as bytes and decodes them in the charset the first names.
fn join(pieces: &[(u32, Piece<'_>)], flaws: &mut Flaws) -> String {
    let mut label: Option<&[u8]> = None;
    let mut bytes = Vec::new();
    for (at, (_, piece)) in pieces.iter().enumerate() {
        let mut value = &*piece.value;
        if at == 0 && piece.encoded {
            let mut parts = value.splitn(3, |b| *b == b'\'');
            if let (Some(charset), Some(_language), Some(text)) =
                (parts.next(), parts.next(), parts.next())
            {
                label = Some(charset);
                value = text;
            }
        }
        if piece.encoded {
            percent(value, &mut bytes);
        } else {
            bytes.extend_from_slice(value);
        }
    }
    // Mailers put encoded words into continuations, which neither RFC allows.
    if label.is_none() && memchr::memmem::find(&bytes, b"=?").is_some() {
        return words::decode(&bytes, flaws);
    }
    let mut out = String::new();
    charset::decode_into(&mut out, label.filter(|l| !l.is_empty()), &bytes, flaws);
    words::fold(out)
}

fn percent(value: &[u8], out: &mut Vec<u8>) {
    let mut rest = value;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match transfer::hex_pair(tail) {
            Some((decoded, tail)) if byte == b'%' => {
                out.push(decoded);
                rest = tail;
            }
            _ => out.push(byte),
        }
    }
}

/// One parameter as it stands.
#[derive(Clone, Copy)]
struct Param<'a> {
    name: &'a [u8],
    value: &'a [u8],
    quoted: bool,
}

impl<'a> Param<'a> {
    fn unquoted(&self) -> Cow<'a, [u8]> {
        let folded = |b: &u8| matches!(b, b'\r' | b'\n');
        if !self
            .value
            .iter()
            .any(|b| folded(b) || (self.quoted && *b == b'\\'))
        {
            return Cow::Borrowed(self.value);
        }
        let mut out = Vec::with_capacity(self.value.len());
        let mut rest = self.value;
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            match tail.split_first() {
                // Only quote and backslash can be escaped: `C:\new.pdf` stays what the sender meant.
                Some((&next @ (b'"' | b'\\'), tail)) if byte == b'\\' && self.quoted => {
                    out.push(next);
                    rest = tail;
                }
                _ if folded(&byte) => {}
                _ => out.push(byte),
            }
        }
        Cow::Owned(out)
    }
}

struct Iter<'a>(&'a [u8]);

impl<'a> Iterator for Iter<'a> {
    type Item = Param<'a>;

    fn next(&mut self) -> Option<Param<'a>> {
        loop {
            let text = skip(self.0);
            if text.is_empty() {
                return None;
            }
            let end = text
                .iter()
                .position(|b| matches!(b, b'=' | b';'))
                .unwrap_or(text.len());
            let name = before(text, end).trim_ascii();
            let tail = after(text, end);
            let Some(value) = tail.strip_prefix(b"=") else {
                self.0 = after(tail, 1);
                continue;
            };
            let value = value.trim_ascii_start();
            let (value, quoted, rest) = match value.strip_prefix(b"\"") {
                Some(inside) => quoted(inside),
                None => token(value),
            };
            self.0 = rest;
            return Some(Param {
                name,
                value,
                quoted,
            });
        }
    }
}

/// Skips white space, semicolons and comments between parameters.
fn skip(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        match text.first() {
            Some(b';') => text = after(text, 1),
            Some(b'(') => match memchr(b')', text) {
                Some(end) => text = after(text, end.saturating_add(1)),
                None => return &[],
            },
            _ => return text,
        }
    }
}

/// Reads a quoted value after its quote; an unclosed one ends at the line or at the next semicolon.
fn quoted(inside: &[u8]) -> (&[u8], bool, &[u8]) {
    let mut escaped = false;
    let close = inside.iter().position(|b| {
        let ends = *b == b'"' && !escaped;
        escaped = *b == b'\\' && !escaped;
        ends
    });
    match close {
        Some(end) => (
            before(inside, end),
            true,
            after(inside, end.saturating_add(1)),
        ),
        None => {
            let end = inside
                .iter()
                .position(|b| matches!(b, b';' | b'\n'))
                .unwrap_or(inside.len());
            (
                before(inside, end).trim_ascii_end(),
                true,
                after(inside, end),
            )
        }
    }
}

/// Reads an unquoted value. It may hold spaces (`name=my file.pdf`), unless another `name=` or a comment follows.
fn token(value: &[u8]) -> (&[u8], bool, &[u8]) {
    let end = memchr(b';', value).unwrap_or(value.len());
    let whole = before(value, end);
    let mut cut = whole.len();
    let mut word_start = false;
    for (at, byte) in whole.iter().enumerate() {
        if word_start && (*byte == b'(' || looks_like_param(after(whole, at))) {
            cut = at;
            break;
        }
        word_start = byte.is_ascii_whitespace();
    }
    (before(whole, cut).trim_ascii(), false, after(value, cut))
}

/// True for `charset=…`: a word of letters right before an equals sign.
fn looks_like_param(text: &[u8]) -> bool {
    let Some(end) = memchr(b'=', before(text, 64)) else {
        return false;
    };
    let name = before(text, end);
    !name.is_empty()
        && name
            .iter()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'*' | b'0'..=b'9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::token("text/plain; charset=utf-8; name=a.txt", Some("a.txt"))]
    #[case::quoted("text/plain; name=\"a b.txt\"; charset=utf-8", Some("a b.txt"))]
    #[case::escaped("text/plain; name=\"a \\\"b\\\".txt\"", Some("a \"b\".txt"))]
    #[case::windows_path("text/plain; name=\"C:\\new\\a.txt\"", Some("C:\\new\\a.txt"))]
    #[case::spaces("text/plain; name=my file.pdf; x=y", Some("my file.pdf"))]
    #[case::no_semicolon("text/plain; charset=utf-8 name=a.txt", Some("a.txt"))]
    #[case::comment("text/plain; name=a.txt (the file)", Some("a.txt"))]
    #[case::folded("text/plain;\r\n\tname=\"a\r\n b.txt\"", Some("a b.txt"))]
    #[case::encoded_word("text/plain; name=\"=?utf-8?Q?ra=C4=8Dun.pdf?=\"", Some("račun.pdf"))]
    #[case::bare_encoded_word("text/plain; name==?utf-8?Q?ra=C4=8Dun.pdf?=", Some("račun.pdf"))]
    #[case::rfc2231("text/plain; name*=utf-8''ra%C4%8Dun.pdf", Some("račun.pdf"))]
    #[case::rfc2231_cp1250("text/plain; name*=windows-1250'sl'ra%E8un.pdf", Some("račun.pdf"))]
    #[case::continued(
        "text/plain; name*0=\"dolgo \"; name*1=\"ime.pdf\"",
        Some("dolgo ime.pdf")
    )]
    #[case::continued_encoded(
        "text/plain; name*0*=utf-8''ra%C4; name*1*=%8Dun; name*2=.pdf",
        Some("račun.pdf")
    )]
    #[case::continued_unordered("text/plain; name*1=b.pdf; name*0=a", Some("ab.pdf"))]
    #[case::both(
        "text/plain; name=\"racun.pdf\"; name*=utf-8''ra%C4%8Dun.pdf",
        Some("račun.pdf")
    )]
    #[case::both_reversed(
        "text/plain; name*=utf-8''ra%C4%8Dun.pdf; name=\"racun.pdf\"",
        Some("račun.pdf")
    )]
    #[case::no_charset("text/plain; name*=ra%C4%8Dun.pdf", Some("račun.pdf"))]
    #[case::bad_percent("text/plain; name*=utf-8''100%.pdf", Some("100%.pdf"))]
    #[case::words_in_continuation(
        "text/plain; name*0=\"=?utf-8?Q?ra\"; name*1=\"=C4=8Dun?=\"",
        Some("račun")
    )]
    #[case::open_quote("text/plain; name=\"a.txt; charset=utf-8", Some("a.txt"))]
    #[case::upper("text/plain; NAME=a.txt", Some("a.txt"))]
    #[case::spaces_around("text/plain; name = \"a.txt\"", Some("a.txt"))]
    #[case::empty("text/plain; name=\"\"", None)]
    #[case::absent("text/plain; filename=a", None)]
    #[case::double_semicolon("text/plain;; name=a.txt;;", Some("a.txt"))]
    fn reads(#[case] raw: &str, #[case] want: Option<&str>) {
        let params = Params::new(raw.as_bytes());
        assert_eq!(
            params.text(b"name", &mut Flaws::default()).as_deref(),
            want,
            "{raw}"
        );
        assert_eq!(params.value, b"text/plain", "{raw}");
    }

    #[test]
    fn a_long_boundary_may_be_continued() {
        let params = Params::new(b"multipart/mixed; boundary*0=abc; boundary*1=def");
        assert_eq!(
            params.get(b"boundary").as_deref(),
            Some(&b"abcdef"[..]),
            "RFC 2231 is for any parameter"
        );
    }

    #[test]
    fn raw_utf8_and_raw_windows_1250_names() {
        for raw in [
            "a; name=\"ra\u{10D}un.pdf\"".as_bytes(),
            b"a; name=\"ra\xE8un.pdf\"",
        ] {
            let text = Params::new(raw).text(b"name", &mut Flaws::default());
            assert_eq!(
                text.as_deref(),
                Some("račun.pdf"),
                "{}",
                String::from_utf8_lossy(raw)
            );
        }
    }
}
