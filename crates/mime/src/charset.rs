//! Bytes to characters, also where the label lies.
//!
//! encoding_rs knows the labels of the web; mail-parser's table adds those only mail has met (IBM code pages, long
//! IANA names). UTF-7 is ours: mail-parser's decoder swallows the character that ends a shift and what is pending at
//! the end.

use std::borrow::Cow;

use encoding_rs::Encoding;
use mail_parser::decoders::charsets::map::charset_decoder;

use crate::flaws::Flaws;
use crate::message::DefectKind;
use crate::scan::{after, before, is, lower};

/// Reads `bytes` in the charset of `label`.
///
/// Labels lie in known ways, which are mended: bytes that are valid UTF-8 are UTF-8 whatever single-byte charset the
/// label names; iso-8859-2 with bytes only windows-1250 has is windows-1250; an unknown label is guessed.
pub(crate) fn decode<'a>(label: Option<&[u8]>, bytes: &'a [u8], flaws: &mut Flaws) -> Cow<'a, str> {
    let charset = Charset::of(label.unwrap_or_default());
    match charset {
        // Their bytes are valid UTF-8 and mean something else.
        Charset::Utf7 => return Cow::Owned(utf7(bytes)),
        Charset::Iso2022Kr => return Cow::Owned(iso2022_kr(bytes)),
        Charset::Web(encoding) if !encoding.is_ascii_compatible() => {
            return web(encoding, bytes, flaws);
        }
        Charset::Unknown => flaws.add(DefectKind::UnknownCharset),
        Charset::Utf8 | Charset::Unlabelled | Charset::Web(_) | Charset::Table(_) => {}
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => match charset {
            Charset::Web(encoding) if !text.is_ascii() => {
                let fits =
                    !encoding.is_single_byte() && !encoding.decode_without_bom_handling(bytes).1;
                if fits || !is_convincing(text) {
                    return web(encoding, bytes, flaws);
                }
                flaws.add(DefectKind::WrongCharset);
                Cow::Borrowed(text)
            }
            Charset::Table(_) if !text.is_ascii() && is_convincing(text) => {
                flaws.add(DefectKind::WrongCharset);
                Cow::Borrowed(text)
            }
            Charset::Table(decoder) if !text.is_ascii() => Cow::Owned(decoder(bytes)),
            _ => Cow::Borrowed(text),
        },
        Err(_) => match charset {
            Charset::Web(encoding) => web(encoding, bytes, flaws),
            Charset::Table(decoder) => Cow::Owned(decoder(bytes)),
            Charset::Unknown => guess(bytes),
            Charset::Utf8 | Charset::Unlabelled | Charset::Utf7 | Charset::Iso2022Kr => {
                flaws.add(DefectKind::WrongCharset);
                damaged_utf8(bytes)
            }
        },
    }
}

/// Appends `bytes`, read in the charset of `label`, to `out`.
pub(crate) fn decode_into(out: &mut String, label: Option<&[u8]>, bytes: &[u8], flaws: &mut Flaws) {
    out.push_str(&decode(label, bytes, flaws));
}

/// The web's name of the charset [`decode`] most probably reads such a part in; `None` where the web has none.
pub(crate) fn name(label: Option<&[u8]>) -> Option<&'static str> {
    match Charset::of(label.unwrap_or_default()) {
        Charset::Utf8 | Charset::Unlabelled => Some(encoding_rs::UTF_8.name()),
        Charset::Web(encoding) => Some(encoding.name()),
        Charset::Unknown | Charset::Utf7 | Charset::Iso2022Kr | Charset::Table(_) => None,
    }
}

/// Reads bytes nobody labelled and that are not valid UTF-8.
pub(crate) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    likely(bytes).decode_without_bom_handling(bytes).0
}

/// What a label means.
#[derive(Clone, Copy)]
enum Charset {
    Utf8,
    /// No label, or one that says nothing (`us-ascii` for 8-bit bytes, `unknown-8bit`).
    Unlabelled,
    Unknown,
    Utf7,
    Iso2022Kr,
    Web(&'static Encoding),
    Table(fn(&[u8]) -> String),
}

impl Charset {
    fn of(label: &[u8]) -> Self {
        const SAY_NOTHING: [&[u8]; 12] = [
            b"us-ascii",
            b"ascii",
            b"ansi_x3.4-1968",
            b"iso646-us",
            b"unknown-8bit",
            b"x-unknown",
            b"unknown",
            b"default",
            b"_autodetect",
            b"binary",
            b"8bit",
            b"7bit",
        ];
        let label = label.trim_ascii();
        let label = label
            .split(|b| matches!(b, b'"' | b'\'' | b';'))
            .find(|l| !l.is_empty())
            .unwrap_or_default();
        if is(label, b"utf-8") || is(label, b"utf8") {
            return Self::Utf8;
        }
        if label.is_empty() || SAY_NOTHING.iter().any(|name| is(label, name)) {
            return Self::Unlabelled;
        }
        if is(label, b"utf-7") || is(label, b"unicode-1-1-utf-7") {
            return Self::Utf7;
        }
        if is(label, b"iso-2022-kr") {
            return Self::Iso2022Kr;
        }
        match Encoding::for_label(code_page(label)) {
            Some(encoding) if encoding == encoding_rs::UTF_8 => Self::Utf8,
            Some(encoding) if encoding == encoding_rs::REPLACEMENT => Self::Unknown,
            Some(encoding) => Self::Web(encoding),
            None => charset_decoder(lower(label).as_bytes()).map_or(Self::Unknown, Self::Table),
        }
    }
}

/// True when text that happens to be valid UTF-8 is so by intent: `čšž` in windows-1250 is one valid Chinese character.
fn is_convincing(text: &str) -> bool {
    let mut foreign = text
        .chars()
        .filter(|c| !matches!(c, '\0'..='\u{24F}' | '\u{2000}'..='\u{2122}'));
    foreign.next().is_none() || foreign.nth(1).is_some()
}

/// Code pages by the number alone, which the web's table lacks for the East.
fn code_page(label: &[u8]) -> &[u8] {
    const PAGES: [(&[u8], &[u8]); 5] = [
        (b"932", b"shift_jis"),
        (b"936", b"gbk"),
        (b"949", b"euc-kr"),
        (b"950", b"big5"),
        (b"874", b"windows-874"),
    ];
    let number = label
        .iter()
        .position(u8::is_ascii_digit)
        .map_or(&[][..], |at| after(label, at));
    let prefix = before(label, label.len().saturating_sub(number.len()));
    let known = [&b"cp"[..], b"ms", b"x-cp", b"x-ms-cp", b"windows-"]
        .iter()
        .any(|p| is(prefix, p));
    PAGES
        .iter()
        .find(|(page, _)| known && *page == number)
        .map_or(label, |(_, name)| name)
}

/// Drops escapes of iso-2022-jp that another escape follows at once: two encoded words that were joined, or a mailer
/// that could not decide. The decoder of the web takes that for an attack.
fn tidy_escapes(bytes: &[u8]) -> Cow<'_, [u8]> {
    const ASCII_THEN: &[u8] = b"\x1B(B\x1B";
    if memchr::memmem::find(bytes, ASCII_THEN).is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, ASCII_THEN) {
        out.extend_from_slice(before(rest, at));
        rest = after(rest, at.saturating_add(3));
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

fn web<'a>(encoding: &'static Encoding, bytes: &'a [u8], flaws: &mut Flaws) -> Cow<'a, str> {
    let mut encoding = encoding;
    if encoding == encoding_rs::ISO_8859_2 && bytes.iter().any(|b| (0x80..=0x9F).contains(b)) {
        // C1 controls in iso-8859-2, Š Ž š ž and quotes in windows-1250: Windows mailers mislabelled for years.
        encoding = encoding_rs::WINDOWS_1250;
        flaws.add(DefectKind::WrongCharset);
    } else if encoding == encoding_rs::UTF_16LE && bytes.starts_with(&[0xFE, 0xFF]) {
        encoding = encoding_rs::UTF_16BE;
    }
    if encoding == encoding_rs::ISO_2022_JP
        && let Cow::Owned(tidy) = tidy_escapes(bytes)
    {
        return Cow::Owned(encoding.decode_without_bom_handling(&tidy).0.into_owned());
    }
    let (text, wrong) = encoding.decode_with_bom_removal(bytes);
    if wrong {
        flaws.add(DefectKind::WrongCharset);
    }
    text
}

/// UTF-8 with mistakes: where some of it is UTF-8 the rest is damage, else the label was wrong.
fn damaged_utf8(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii()) {
        String::from_utf8_lossy(bytes)
    } else {
        guess(bytes)
    }
}

/// Guesses a charset from which bytes occur. Central European wins ties: that is who Kontor is for.
fn likely(bytes: &[u8]) -> &'static Encoding {
    let (mut central, mut western, mut low, mut high, mut ascii) =
        (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for byte in bytes {
        let counter = match byte {
            0x8A | 0x8E | 0x9A | 0x9E | 0xC8 | 0xE8 | 0xC6 | 0xE6 | 0xD0 | 0xF0 => &mut central,
            // à ã å ê ñ õ ø À Ã Å Ñ Ø: letters of Western Europe that are rare where windows-1250 was used
            0xE0 | 0xE3 | 0xE5 | 0xEA | 0xF1 | 0xF5 | 0xF8 | 0xC0 | 0xC3 | 0xC5 | 0xD1 | 0xD8 => {
                &mut western
            }
            b'a'..=b'z' | b'A'..=b'Z' => &mut ascii,
            _ => &mut low,
        };
        *counter = counter.saturating_add(1);
        if *byte >= 0xE0 {
            high = high.saturating_add(1);
        }
    }
    let letters = bytes.iter().filter(|b| **b >= 0xC0).count();
    let letters = u32::try_from(letters).unwrap_or(u32::MAX);
    if letters > 4 && letters > ascii {
        // Mostly non-Latin: Cyrillic, whose small letters are the upper half of windows-1251 and the lower of koi8-r.
        return if high >= letters.saturating_sub(high) {
            encoding_rs::WINDOWS_1251
        } else {
            encoding_rs::KOI8_R
        };
    }
    if western > central {
        encoding_rs::WINDOWS_1252
    } else {
        encoding_rs::WINDOWS_1250
    }
}

/// UTF-7 (RFC 2152).
fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'+' {
            out.push(if byte.is_ascii() {
                char::from(byte)
            } else {
                char::REPLACEMENT_CHARACTER
            });
            continue;
        }
        let (mut bits, mut n) = (0_u32, 0_u32);
        let mut shifted = 0_usize;
        while let Some((value, tail)) = rest
            .split_first()
            .and_then(|(b, t)| Some((crate::transfer::sextet(*b)?, t)))
        {
            rest = tail;
            shifted = shifted.saturating_add(1);
            bits = (bits << 6) | u32::from(value);
            n = n.saturating_add(6);
            if n >= 16 {
                n = n.saturating_sub(16);
                units.push(
                    u16::try_from(bits.checked_shr(n).unwrap_or_default() & 0xFFFF)
                        .unwrap_or_default(),
                );
            }
        }
        let ends = rest.strip_prefix(b"-");
        if shifted == 0 {
            out.push('+'); // `+-` is a plus; a lone `+` is one too
        }
        rest = ends.unwrap_or(rest);
        out.extend(
            char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
        );
    }
    out
}

/// ISO-2022-KR (RFC 1557): EUC-KR without the high bits, between SO and SI.
fn iso2022_kr(bytes: &[u8]) -> String {
    let mut shifted = false;
    let mut euc = Vec::with_capacity(bytes.len());
    let text = bytes.strip_prefix(b"\x1B$)C").unwrap_or(bytes);
    for &byte in text {
        match byte {
            0x0E => shifted = true,
            0x0F => shifted = false,
            b'\n' => {
                shifted = false;
                euc.push(byte);
            }
            0x21..=0x7E if shifted => euc.push(byte | 0x80),
            _ => euc.push(byte),
        }
    }
    encoding_rs::EUC_KR
        .decode_without_bom_handling(&euc)
        .0
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::utf8("utf-8", "č".as_bytes(), "č", None)]
    #[case::cp1250("windows-1250", b"\xE8\x9A\x9E \x8A", "čšž Š", None)]
    #[case::cp1250_alias("cp1250", b"\xE8", "č", None)]
    #[case::latin2("ISO-8859-2", b"\xE8\xB9\xBE", "čšž", None)]
    #[case::cp1250_as_latin2("iso-8859-2", b"\xE8\x9A\x9E", "čšž", Some(DefectKind::WrongCharset))]
    #[case::koi8("koi8-r", b"\xF0\xD2\xC9\xD7\xC5\xD4", "Привет", None)]
    #[case::jp("iso-2022-jp", b"\x1B$BF|K\\8l\x1B(B", "日本語", None)]
    #[case::kr("iso-2022-kr", b"\x1B$)C\x0EGQ1[\x0F ok", "한글 ok", None)]
    #[case::gb("gb18030", b"\xC4\xE3\xBA\xC3", "你好", None)]
    #[case::gb2312("gb2312", b"\xC4\xE3\xBA\xC3", "你好", None)]
    #[case::big5("big5", b"\xA7A\xA6n", "你好", None)]
    #[case::sjis("shift_jis", b"\x93\xFA\x96{", "日本", None)]
    #[case::utf16("utf-16", b"\xFE\xFF\x01\x0D", "č", None)]
    #[case::utf16_le("utf-16le", b"\x0D\x01", "č", None)]
    #[case::utf7("utf-7", b"Ra+AQ0-un +- +AWE", "Račun + š", None)]
    #[case::utf7_implicit_end("utf-7", b"+AQ0 a", "č a", None)]
    #[case::ibm("ibm850", b"\x84", "ä", None)]
    #[case::utf8_as_latin1("iso-8859-1", "č".as_bytes(), "č", Some(DefectKind::WrongCharset))]
    #[case::utf8_as_ascii("us-ascii", "č".as_bytes(), "č", None)]
    #[case::cp1250_as_ascii("us-ascii", b"Ra\xE8un", "Račun", Some(DefectKind::WrongCharset))]
    #[case::cp1250_as_utf8("utf-8", b"Ra\xE8un \x9At", "Račun št", Some(DefectKind::WrongCharset))]
    #[case::damaged_utf8(
        "utf-8",
        b"\xC4\x8D \xC4 x",
        "č \u{FFFD} x",
        Some(DefectKind::WrongCharset)
    )]
    #[case::unknown_utf8("x-foo", "č".as_bytes(), "č", Some(DefectKind::UnknownCharset))]
    #[case::unknown_cp1250("x-foo", b"\x8Ei\x9E", "Žiž", Some(DefectKind::UnknownCharset))]
    #[case::unlabelled_french(
        "",
        b"Voil\xE0 la f\xEAte",
        "Voilà la fête",
        Some(DefectKind::WrongCharset)
    )]
    #[case::unlabelled_russian(
        "",
        b"\xCF\xF0\xE8\xE2\xE5\xF2 \xEC\xE8\xF0",
        "Привет мир",
        Some(DefectKind::WrongCharset)
    )]
    #[case::unlabelled_koi8(
        "",
        b"\xF0\xD2\xC9\xD7\xC5\xD4 \xCD\xC9\xD2",
        "Привет мир",
        Some(DefectKind::WrongCharset)
    )]
    #[case::quoted_label("\"utf-8\"", "č".as_bytes(), "č", None)]
    fn reads(
        #[case] label: &str,
        #[case] bytes: &[u8],
        #[case] want: &str,
        #[case] defect: Option<DefectKind>,
    ) {
        let mut flaws = Flaws::default();
        assert_eq!(
            decode(Some(label.as_bytes()), bytes, &mut flaws),
            want,
            "{label}"
        );
        assert_eq!(flaws.kinds().next(), defect, "{label}");
    }
}
