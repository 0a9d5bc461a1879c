//! Transfer encodings: base64, quoted-printable, uuencode. Lenient: what can be read is read.
//!
//! mail-parser gives up on the first foreign byte and then returns the encoded text; these go on and tell.

use std::borrow::Cow;

use memchr::memchr;

use crate::flaws::Flaws;
use crate::message::DefectKind;
use crate::scan::{after, before, is, line, starts};

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Base64,
    QuotedPrintable,
    Uuencode,
    /// Unknown: taken as it is.
    Unknown,
}

impl Encoding {
    /// Reads Content-Transfer-Encoding, forgiving quotes, comments and parameters.
    pub(crate) fn of(field: Option<&[u8]>) -> Self {
        let junk =
            |b: &u8| b.is_ascii_whitespace() || matches!(b, b';' | b'"' | b'\'' | b'(' | b',');
        let word = field
            .unwrap_or_default()
            .split(junk)
            .find(|w| !w.is_empty())
            .unwrap_or_default();
        if word.is_empty() || is(word, b"7bit") || is(word, b"8bit") || is(word, b"binary") {
            Self::Identity
        } else if is(word, b"base64") {
            Self::Base64
        } else if is(word, b"quoted-printable") {
            Self::QuotedPrintable
        } else if [&b"x-uuencode"[..], b"uuencode", b"x-uue", b"uue"]
            .iter()
            .any(|n| is(word, n))
        {
            Self::Uuencode
        } else {
            Self::Unknown
        }
    }

    /// Decodes a body; bytes that need no decoding are borrowed.
    pub(crate) fn decode<'a>(self, body: &'a [u8], flaws: &mut Flaws) -> Cow<'a, [u8]> {
        let mut out = Vec::new();
        match self {
            Self::Identity => return Cow::Borrowed(body),
            Self::Unknown => {
                flaws.add(DefectKind::UnknownEncoding);
                return Cow::Borrowed(body);
            }
            Self::Base64 => {
                out.reserve(
                    body.len()
                        .checked_div(4)
                        .unwrap_or_default()
                        .saturating_add(1)
                        .saturating_mul(3),
                );
                if !base64(body, &mut out) {
                    flaws.add(DefectKind::BadBase64);
                }
            }
            Self::QuotedPrintable => {
                out.reserve(body.len());
                if !quoted_printable(body, &mut out) {
                    flaws.add(DefectKind::BadQuotedPrintable);
                }
            }
            Self::Uuencode => match uu_find(body) {
                Some(block) => {
                    uu_decode(block.data, &mut out);
                }
                None => {
                    flaws.add(DefectKind::BadBase64);
                    return Cow::Borrowed(body);
                }
            },
        }
        Cow::Owned(out)
    }
}

const FOREIGN: u8 = 0xFF;

const SEXTETS: [u8; 256] = {
    let mut table = [FOREIGN; 256];
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut n = 0;
    while n < 64 {
        #[expect(
            clippy::indexing_slicing,
            reason = "evaluated by the compiler, which checks the bounds"
        )]
        {
            table[letters[n] as usize] = n as u8;
        }
        n += 1;
    }
    table
};

/// Returns the six bits a base64 letter stands for.
#[inline]
pub(crate) fn sextet(byte: u8) -> Option<u8> {
    SEXTETS
        .get(usize::from(byte))
        .copied()
        .filter(|value| *value != FOREIGN)
}

#[inline]
fn raw_sextet(byte: u8) -> u8 {
    SEXTETS.get(usize::from(byte)).copied().unwrap_or(FOREIGN)
}

/// Decodes base64 onto `out`; false when there were foreign bytes or it was cut short.
///
/// Foreign bytes are skipped. After padding only more base64 is read (some mailers encode in chunks): list software
/// appends plain footers to base64 bodies, which are no data.
pub(crate) fn base64(data: &[u8], out: &mut Vec<u8>) -> bool {
    let mut clean = true;
    let mut rest = data;
    let mut bits = 0_u32;
    let mut held = 0_u8;
    let mut padded = false;
    loop {
        if held == 0 {
            rest = base64_quads(rest, out);
        }
        let Some((&byte, tail)) = rest.split_first() else {
            break;
        };
        rest = tail;
        match raw_sextet(byte) {
            FOREIGN if byte == b'=' => {
                clean &= base64_rest(bits, held, out);
                held = 0;
                bits = 0;
                if !padded {
                    padded = true;
                    rest = base64_after_padding(rest);
                }
            }
            FOREIGN => clean &= byte.is_ascii_whitespace(),
            value => {
                bits = (bits << 6) | u32::from(value);
                held = held.saturating_add(1);
                if held == 4 {
                    let [_, a, b, c] = bits.to_be_bytes();
                    out.extend_from_slice(&[a, b, c]);
                    held = 0;
                    bits = 0;
                }
            }
        }
    }
    let tail_is_whole = base64_rest(bits, held, out);
    clean && tail_is_whole && held == 0
}

/// The hot path: groups of four letters, line ends between them.
fn base64_quads<'a>(data: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let mut rest = data;
    loop {
        while let Some((&[a, b, c, d], tail)) = rest.split_first_chunk::<4>() {
            let (a, b, c, d) = (raw_sextet(a), raw_sextet(b), raw_sextet(c), raw_sextet(d));
            if (a | b | c | d) == FOREIGN {
                break;
            }
            out.extend_from_slice(&[(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d]);
            rest = tail;
        }
        match rest {
            [b'\r', b'\n', tail @ ..] | [b'\n', tail @ ..] => rest = tail,
            _ => return rest,
        }
    }
}

/// Writes what an incomplete group of letters holds; false when a single letter is left over.
fn base64_rest(bits: u32, held: u8, out: &mut Vec<u8>) -> bool {
    match held {
        2 => out.extend((bits >> 4).to_be_bytes().last()),
        3 => out.extend(
            (bits >> 2)
                .to_be_bytes()
                .last_chunk::<2>()
                .into_iter()
                .flatten(),
        ),
        _ => {}
    }
    held != 1
}

/// Returns what is still base64 after padding: all of it or nothing.
fn base64_after_padding(rest: &[u8]) -> &[u8] {
    let more = |b: &u8| raw_sextet(*b) != FOREIGN || *b == b'=' || b.is_ascii_whitespace();
    let rest = rest.trim_ascii_start();
    if rest.iter().all(more) { rest } else { &[] }
}

/// Reads two hex digits, and returns what follows them.
pub(crate) fn hex_pair(text: &[u8]) -> Option<(u8, &[u8])> {
    let [a, b, tail @ ..] = text else {
        return None;
    };
    let digit = |b: &u8| {
        char::from(*b)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    Some(((digit(a)? << 4) | digit(b)?, tail))
}

/// Decodes quoted-printable onto `out`; false when there were escapes that are none (they stay as they stand).
pub(crate) fn quoted_printable(data: &[u8], out: &mut Vec<u8>) -> bool {
    let mut clean = true;
    let mut rest = data;
    while let Some(at) = memchr(b'=', rest) {
        out.extend_from_slice(before(rest, at));
        let tail = after(rest, at.saturating_add(1));
        rest = if let Some((byte, tail)) = hex_pair(tail) {
            out.push(byte);
            tail
        } else if let Some(tail) = soft_break(tail) {
            tail
        } else {
            clean = false;
            out.push(b'=');
            tail
        };
    }
    out.extend_from_slice(rest);
    clean
}

/// A soft line break: white space a mailer left, then the line's end or the end of all.
fn soft_break(tail: &[u8]) -> Option<&[u8]> {
    let spaces = tail
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    match after(tail, spaces) {
        [] => Some(&[]),
        [b'\r', b'\n', tail @ ..] | [b'\n', tail @ ..] => Some(tail),
        _ => None,
    }
}

/// A uuencoded file inside text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UuBlock<'a> {
    pub(crate) name: &'a [u8],
    /// The lines between `begin` and `end`.
    pub(crate) data: &'a [u8],
    /// Where `begin` stands, and what follows `end`.
    pub(crate) at: usize,
    pub(crate) rest: &'a [u8],
}

/// Finds the first uuencoded file: a `begin MODE NAME` line, encoded lines, `end`.
pub(crate) fn uu_find(text: &[u8]) -> Option<UuBlock<'_>> {
    let mut from = 0_usize;
    while let Some(found) = memchr::memmem::find(after(text, from), b"begin ") {
        let at = from.saturating_add(found);
        from = at.saturating_add(6);
        if at > 0 && text.get(at.saturating_sub(1)) != Some(&b'\n') {
            continue;
        }
        let (first, data) = line(after(text, at));
        let mode_and_name = after(first, 6).trim_ascii();
        let digits = mode_and_name
            .iter()
            .take_while(|b| matches!(b, b'0'..=b'7'))
            .count();
        let name = after(mode_and_name, digits).trim_ascii();
        if !(3..=4).contains(&digits) || name.is_empty() {
            continue;
        }
        let mut rest = data;
        loop {
            let (first, tail) = line(rest);
            if starts(first, b"end") && first.trim_ascii().len() == 3 {
                let data = before(data, data.len().saturating_sub(rest.len()));
                return Some(UuBlock {
                    name,
                    data,
                    at,
                    rest: tail,
                });
            }
            if tail.is_empty() || !uu_line_fits(first) {
                break; // prose that begins with "begin 644 …"
            }
            rest = tail;
        }
    }
    None
}

/// True when a line has the length its first letter announces, or less (some strip trailing spaces).
fn uu_line_fits(line: &[u8]) -> bool {
    let Some(n) = uu_length(line) else {
        return line.is_empty();
    };
    let letters = n.div_ceil(3).saturating_mul(4);
    line.len() <= letters.saturating_add(3) && line.iter().all(|b| (b' '..=b'`').contains(b))
}

fn uu_length(line: &[u8]) -> Option<usize> {
    line.first()
        .filter(|b| (b' '..=b'`').contains(*b))
        .map(|b| usize::from(b.wrapping_sub(b' ') & 0x3F))
}

/// Decodes the lines of a uuencoded file onto `out`.
pub(crate) fn uu_decode(data: &[u8], out: &mut Vec<u8>) {
    let mut rest = data;
    while !rest.is_empty() {
        let (text, tail) = line(rest);
        rest = tail;
        let n = uu_length(text).unwrap_or_default();
        let start = out.len();
        for quad in after(text, 1).chunks(4) {
            let mut six = quad
                .iter()
                .map(|b| b.wrapping_sub(b' ') & 0x3F)
                .chain(std::iter::repeat(0));
            let mut next = || six.next().unwrap_or_default();
            let (a, b, c, d) = (next(), next(), next(), next());
            out.extend_from_slice(&[(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d]);
        }
        out.resize(start.saturating_add(n), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::whole("aGVsbG8h", "hello!", true)]
    #[case::padded("aGVsbG8=", "hello", true)]
    #[case::lines("aGVs\r\nbG8h\r\n", "hello!", true)]
    #[case::odd_lines("aGV\nsbG8\nh", "hello!", true)]
    #[case::unpadded("aGVsbG8", "hello", false)]
    #[case::chunks("aGVsbG8=\r\naGVsbG8=", "hellohello", true)]
    #[case::footer("aGVsbG8=\r\n\r\n____\r\nlist footer", "hello", true)]
    #[case::foreign("aGV*sbG8h", "hello!", false)]
    #[case::single("aGVsb", "hel", false)]
    #[case::empty("", "", true)]
    fn reads_base64(#[case] data: &str, #[case] want: &str, #[case] clean: bool) {
        let mut out = Vec::new();
        assert_eq!(base64(data.as_bytes(), &mut out), clean, "{data}");
        assert_eq!(String::from_utf8_lossy(&out), want, "{data}");
    }

    #[rstest::rstest]
    #[case::escapes("=C4=8d=20x", "č x", true)]
    #[case::soft("ab=\r\nc=\nd", "abcd", true)]
    #[case::soft_with_spaces("ab= \t\r\nc", "abc", true)]
    #[case::soft_at_end("ab=", "ab", true)]
    #[case::hard("ab\r\nc", "ab\r\nc", true)]
    #[case::broken("a=b 1=2Z", "a=b 1=2Z", false)]
    fn reads_quoted_printable(#[case] data: &str, #[case] want: &str, #[case] clean: bool) {
        let mut out = Vec::new();
        assert_eq!(quoted_printable(data.as_bytes(), &mut out), clean, "{data}");
        assert_eq!(String::from_utf8_lossy(&out), want, "{data}");
    }

    #[test]
    fn finds_and_reads_uuencode() {
        let text = b"Hi\nbegin 644 the file.txt\n%:&5L;&\\\n`\nend\nBye\n";
        let block = uu_find(text).expect("there is one");
        assert_eq!(
            (block.name, block.at, block.rest),
            (&b"the file.txt"[..], 3, &b"Bye\n"[..]),
            "its place"
        );
        let mut out = Vec::new();
        uu_decode(block.data, &mut out);
        assert_eq!(out, b"hello", "its bytes");
        assert_eq!(
            uu_find(b"begin 644 prose is not\nuuencoded at all\nend of story\n"),
            None,
            "prose is prose"
        );
    }
}
