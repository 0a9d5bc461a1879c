//! Texts in base64, or in another charset than UTF-8.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use encoding_rs::UTF_8;

use super::charsets::CHARSETS;
use super::span::unquoted;

/// Padding may be there or not: a text may end in the middle of the encoded bytes.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Where a parser found a text, and how it is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSource {
    /// Its bytes in the raw message, still encoded.
    pub bytes: Range<usize>,
    /// How they are encoded.
    pub encoding: TextEncoding,
    /// The charset of what they decode to, by its name in the web's standard (encoding.spec.whatwg.org).
    pub charset: &'static str,
}

/// Content-Transfer-Encoding of a text (RFC 2045 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    /// None.
    Identity,
    /// `quoted-printable`.
    QuotedPrintable,
    /// `base64`.
    Base64,
}

/// How bytes that are no UTF-8, or do not look like it, are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Coding {
    encoding: TextEncoding,
    /// Index into [`CHARSETS`].
    charset: u8,
}

impl Coding {
    /// `None` for UTF-8 that can be looked for, and for a charset that has no number.
    pub(super) fn of(source: &TextSource) -> Option<Self> {
        let charset = CHARSETS.iter().position(|c| c.name() == source.charset)?;
        let coding = Self {
            encoding: source.encoding,
            charset: u8::try_from(charset).ok()?,
        };
        (coding.number() > 1).then_some(coding)
    }

    /// The number in `message.text_form`: four times that of the charset, and the encoding's. UTF-8 comes first, so 0 and
    /// 1 are the forms that are looked for.
    pub(super) fn number(self) -> i64 {
        let encoding = match self.encoding {
            TextEncoding::Identity => 0,
            TextEncoding::QuotedPrintable => 1,
            TextEncoding::Base64 => 2,
        };
        i64::from(self.charset) << 2 | encoding
    }

    /// `None` for what only a newer program understands.
    pub(super) fn of_number(number: i64) -> Option<Self> {
        let encoding = match number & 3 {
            0 => TextEncoding::Identity,
            1 => TextEncoding::QuotedPrintable,
            2 => TextEncoding::Base64,
            _ => return None,
        };
        let charset = u8::try_from(number >> 2).ok()?;
        CHARSETS
            .get(usize::from(charset))
            .map(|_| Self { encoding, charset })
    }

    /// Reads bytes: letters that cannot be read are shown as such, quoted-printable ends where it is none, base64 with
    /// anything foreign in it says nothing.
    pub(super) fn read(self, bytes: &[u8]) -> String {
        let charset = CHARSETS.get(usize::from(self.charset)).unwrap_or(&UTF_8);
        let decoded = match self.encoding {
            TextEncoding::Identity => return charset.decode_with_bom_removal(bytes).0.into_owned(),
            TextEncoding::QuotedPrintable => unquoted(bytes),
            TextEncoding::Base64 => from_base64(bytes),
        };
        charset.decode_with_bom_removal(&decoded).0.into_owned()
    }
}

/// Returns what base64 says in its lines, as far as all four letters of a group are there.
fn from_base64(bytes: &[u8]) -> Vec<u8> {
    let mut letters = Vec::with_capacity(bytes.len());
    for line in bytes.split(|byte| *byte == b'\n') {
        letters.extend_from_slice(line.trim_ascii());
    }
    letters.truncate(letters.len() & !3);
    BASE64.decode(letters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};
    use rstest::rstest;

    use super::super::span::Span;
    use super::*;

    fn read(encoding: TextEncoding, charset: &'static str, raw: &[u8]) -> Option<String> {
        let source = TextSource {
            bytes: 3..raw.len(),
            encoding,
            charset,
        };
        Span::coded(&source, raw)?.read(raw)
    }

    #[rstest]
    #[case::base64(TextEncoding::Base64, "UTF-8", b"\n\r\nxI1h\r\nxaE=\r\n", Some("čaš"))]
    #[case::base64_cut_short(TextEncoding::Base64, "UTF-8", b"\n\r\nxI1hxa", Some("ča"))]
    #[case::no_base64(TextEncoding::Base64, "UTF-8", b"\n\r\n****", Some(""))]
    #[case::quoted(
        TextEncoding::QuotedPrintable,
        "windows-1250",
        b"\n\r\n=E8a=9A",
        Some("čaš")
    )]
    #[case::eight_bits(TextEncoding::Identity, "ISO-8859-2", b"\n\r\n\xE8a\xB9", Some("čaš"))]
    #[case::is_looked_for(TextEncoding::QuotedPrintable, "UTF-8", b"\n\r\na", None)]
    #[case::unheard_of(TextEncoding::Identity, "EBCDIC", b"\n\r\na", None)]
    fn bytes_are_read_as_they_were_written(
        #[case] encoding: TextEncoding,
        #[case] charset: &'static str,
        #[case] raw: &[u8],
        #[case] want: Option<&str>,
    ) {
        assert_eq!(read(encoding, charset, raw).as_deref(), want);
    }

    #[test]
    fn a_range_beyond_the_message_is_none() {
        let source = TextSource {
            bytes: 5..9,
            encoding: TextEncoding::Base64,
            charset: "UTF-8",
        };
        let span = Span::coded(&source, b"abc").unwrap();
        assert_eq!(span.read(b"abc"), None);
    }

    proptest! {
        #[test]
        fn a_number_names_one_coding(number in -5_i64..200) {
            if let Some(coding) = Coding::of_number(number) {
                prop_assert_eq!(coding.number(), number);
            }
        }

        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>, number in 2_i64..160) {
            if let Some(coding) = Coding::of_number(number) {
                let _read = coding.read(&bytes);
            }
        }
    }
}
