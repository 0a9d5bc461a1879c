//! Text in header fields: RFC 2047 and its broken kin.
//!
//! mail-parser decodes each encoded word by itself and takes raw bytes for UTF-8. Real mail splits a character over
//! two words, writes raw windows-1250, spaces inside words and words glued to text; so adjacent words of one charset
//! are joined as bytes first, and raw bytes are guessed.

use memchr::memchr;
use memchr::memmem;

use crate::charset;
use crate::flaws::Flaws;
use crate::message::DefectKind;
use crate::scan::{after, before};
use crate::transfer;

/// No subject or name is longer than this; a longer one is cut. It bounds what a hostile header can cost.
const MAX_VALUE: usize = 64 * 1024;

/// No encoded word is longer than this (RFC 2047 allows 75 bytes; some mailers write a whole subject as one).
const MAX_WORD: usize = 8 * 1024;

/// Decodes unstructured text; white space and folds become one space, control characters vanish.
pub(crate) fn decode(value: &[u8], flaws: &mut Flaws) -> String {
    let value = before(value.trim_ascii(), MAX_VALUE);
    if value.is_ascii() && memmem::find(value, b"=?").is_none() {
        return fold(String::from_utf8_lossy(value).into_owned());
    }
    let mut out = String::with_capacity(value.len());
    let mut run = Run::default();
    let mut rest = value;
    while let Some((lead, word, tail)) = next_word(rest) {
        if !(run.open && lead.trim_ascii().is_empty()) {
            run.flush(lead, &mut out);
            push_raw(&mut out, lead, flaws);
        }
        run.add(&word, &mut out);
        rest = tail;
    }
    run.flush(rest, &mut out);
    push_raw(&mut out, rest, flaws);
    fold(out)
}

/// Decodes text that is no place for encoded words: UTF-8, else guessed.
pub(crate) fn raw(value: &[u8], flaws: &mut Flaws) -> String {
    let mut out = String::with_capacity(value.len());
    push_raw(&mut out, value.trim_ascii(), flaws);
    fold(out)
}

/// Turns runs of white space into one space, drops it at both ends, and drops other control characters.
pub(crate) fn fold(text: String) -> String {
    let plain = |text: &str| {
        let mut space = true; // also refuses a leading one
        for byte in text.bytes() {
            if byte < 0x20 || byte == 0x7F || (byte == b' ' && space) {
                return false;
            }
            space = byte == b' ';
        }
        !space || text.is_empty()
    };
    if plain(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ' ' | '\t' | '\r' | '\n') {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if c >= ' ' && c != '\u{7F}' {
            out.push(c);
        }
    }
    out.truncate(out.trim_end_matches(' ').len());
    out
}

/// One encoded word: `=?charset?encoding?data?=`.
struct Word<'a> {
    charset: &'a [u8],
    base64: bool,
    data: &'a [u8],
}

/// Bytes of adjacent words in one charset, not yet characters.
#[derive(Default)]
struct Run<'a> {
    open: bool,
    charset: &'a [u8],
    bytes: Vec<u8>,
}

impl<'a> Run<'a> {
    fn add(&mut self, word: &Word<'a>, out: &mut String) {
        if self.open && !self.charset.eq_ignore_ascii_case(word.charset) {
            self.flush(&[], out);
        }
        self.open = true;
        self.charset = word.charset;
        if word.base64 {
            transfer::base64(word.data, &mut self.bytes);
        } else {
            quoted(word.data, &mut self.bytes);
        }
    }

    /// Ends the run before the text `next`.
    ///
    /// RFC 2047 §5 wants white space after a word, and parsers put it where it lacks. Here only before punctuation:
    /// letters right after a word are what is left of one word of language, and a search should find that.
    fn flush(&mut self, next: &[u8], out: &mut String) {
        if self.open {
            // A wrong label inside a word is met daily and harms nobody: no defect.
            charset::decode_into(out, Some(self.charset), &self.bytes, &mut Flaws::default());
            self.open = false;
            self.bytes.clear();
            if matches!(next.first(), Some(b'.' | b',' | b';' | b':' | b'!' | b'?')) {
                out.push(' ');
            }
        }
    }
}

/// Finds the next encoded word: what stands before it, the word, what follows.
fn next_word(text: &[u8]) -> Option<(&[u8], Word<'_>, &[u8])> {
    let mut from = 0_usize;
    loop {
        let at = memmem::find(after(text, from), b"=?")?.saturating_add(from);
        let inside = after(text, at.saturating_add(2));
        if let Some((word, tail)) = word(inside) {
            return Some((before(text, at), word, tail));
        }
        from = at.saturating_add(2);
    }
}

/// Reads an encoded word after its `=?`.
fn word(inside: &[u8]) -> Option<(Word<'_>, &[u8])> {
    // No charset name is longer than 45 bytes.
    let end = memchr(b'?', before(inside, 64))?;
    let label = before(inside, end);
    if label.is_empty() || !label.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let charset = before(label, memchr(b'*', label).unwrap_or(label.len())); // RFC 2231 §5: charset*language
    let [kind, b'?', data @ ..] = after(inside, end.saturating_add(1)) else {
        return None;
    };
    let base64 = match kind {
        b'b' | b'B' => true,
        b'q' | b'Q' => false,
        _ => return None,
    };
    // `?=` closes the word, yet `?==41` cannot be told from `?=` + `=41`; in Q a `?` must be encoded, so the first wins.
    let close = memmem::find(before(data, MAX_WORD), b"?=")?;
    let tail = after(data, close.saturating_add(2));
    let data = before(data, close);
    memmem::find(data, b"=?").is_none().then_some((
        Word {
            charset,
            base64,
            data,
        },
        tail,
    ))
}

/// The Q encoding: `_` is a space, folds inside a word (forbidden, met) vanish.
fn quoted(data: &[u8], out: &mut Vec<u8>) {
    let mut rest = data;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'_' => out.push(b' '),
            b'\r' | b'\n' => {}
            b'=' => match transfer::hex_pair(tail) {
                Some((value, tail)) => {
                    out.push(value);
                    rest = tail;
                }
                None => out.push(b'='),
            },
            _ => out.push(byte),
        }
    }
}

fn push_raw(out: &mut String, text: &[u8], flaws: &mut Flaws) {
    match std::str::from_utf8(text) {
        Ok(text) => out.push_str(text),
        Err(_) => {
            flaws.add(DefectKind::RawHeaderBytes);
            out.push_str(&charset::guess(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::plain("Ponudba 12", "Ponudba 12")]
    #[case::folded("Ponudba\r\n 12\t 3", "Ponudba 12 3")]
    #[case::q("=?utf-8?Q?Ra=C4=8Dun_=C5=A1t._5?=", "Račun št. 5")]
    #[case::b("=?UTF-8?B?UmHEjXVu?=", "Račun")]
    #[case::cp1250("=?windows-1250?Q?=E8=9A=9E?=", "čšž")]
    #[case::latin2("=?iso-8859-2?Q?=E8=B9=BE?=", "čšž")]
    #[case::cp1250_called_latin2("=?iso-8859-2?Q?=E8=9A=9E?=", "čšž")]
    #[case::koi8("=?koi8-r?B?8NLJ18XU?=", "Привет")]
    #[case::iso2022jp("=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=", "日本語")]
    #[case::gb18030("=?gb18030?B?xOO6ww==?=", "你好")]
    #[case::language("=?utf-8*sl?Q?Ra=C4=8Dun?=", "Račun")]
    #[case::adjacent("=?utf-8?Q?Ra?= =?utf-8?Q?=C4=8Dun?=", "Račun")]
    #[case::adjacent_folded("=?utf-8?Q?Ra?=\r\n =?utf-8?B?xI11bg==?=", "Račun")]
    #[case::split_character("=?utf-8?Q?Ra=C4?= =?utf-8?Q?=8Dun?=", "Račun")]
    #[case::split_base64("=?utf-8?B?UmHE?= =?utf-8?B?jXVu?=", "Račun")]
    #[case::two_charsets("=?utf-8?Q?=C4=8D?= =?windows-1250?Q?=9A?=", "čš")]
    #[case::text_around("Re: =?utf-8?Q?=C4=8D?= in =?utf-8?Q?=C5=A1?= 1", "Re: č in š 1")]
    #[case::glued("[=?utf-8?Q?=C4=8D?=]", "[č]")]
    #[case::glued_letters("ra=?utf-8?Q?=C4=8D?=un", "račun")]
    #[case::glued_punctuation("=?utf-8?Q?=C4=8D?=. a", "č . a")]
    #[case::japanese_twice(
        "=?iso-2022-jp?B?GyRCRnwbKEI=?= =?iso-2022-jp?B?GyRCS1wbKEI=?=",
        "日本"
    )]
    #[case::cp932("=?cp932?B?k/qWew==?=", "日本")]
    #[case::glued_pair("=?utf-8?Q?=C4=8D?==?utf-8?Q?=C5=A1?=", "čš")]
    #[case::spaces_inside("=?utf-8?Q?Ra=C4=8Dun za maj?=", "Račun za maj")]
    #[case::raw_utf8("Račun", "Račun")]
    #[case::unterminated("=?utf-8?Q?Ra", "=?utf-8?Q?Ra")]
    #[case::no_encoding("=?utf-8?X?Ra?=", "=?utf-8?X?Ra?=")]
    #[case::half_escape("=?utf-8?Q?100=?=", "100=")]
    #[case::newline_inside("=?utf-8?Q?a=0D=0ABcc:_x?=", "a Bcc: x")]
    #[case::unpadded("=?utf-8?B?UmHEjXU?=", "Raču")]
    #[case::empty("=?utf-8?Q??=", "")]
    #[case::unknown_charset("=?x-foo?Q?Ra=C4=8Dun?=", "Račun")]
    fn decodes(#[case] raw: &str, #[case] want: &str) {
        assert_eq!(decode(raw.as_bytes(), &mut Flaws::default()), want, "{raw}");
    }

    #[test]
    fn guesses_raw_bytes_and_says_so() {
        let mut flaws = Flaws::default();
        assert_eq!(
            decode(b"Ra\xE8un \x9At. 5", &mut flaws),
            "Račun št. 5",
            "raw windows-1250"
        );
        assert_eq!(
            flaws.kinds().collect::<Vec<_>>(),
            [DefectKind::RawHeaderBytes],
            "and it is told"
        );
    }
}
