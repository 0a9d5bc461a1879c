//! Where a mail's text stands in the raw message.
//!
//! It is looked for as any text in any bytes: by its beginning, then byte by byte, one gap of white space as good as
//! another. So no mail is parsed here, and a range that is found says the text by construction. In base64 or another
//! charset it does not look like itself: there the parser says where it is, and what is read there is compared.

use memchr::{memchr, memmem};
use rusqlite::ToSql;
use rusqlite::types::ToSqlOutput;

use super::coded::{Coding, TextSource};
use super::lossy;

/// A text is looked for by so much of its first line, bytes.
const BEGINNING: usize = 32;

/// The first words may stand in the subject as well, short ones anywhere.
const OCCURRENCES: usize = 32;

/// Bytes are compared so many at a time.
const BLOCK: usize = 16;

/// How a text is written in a raw message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// As it is, in UTF-8.
    Plain,
    /// In UTF-8 again, some bytes as `=XX`, some line ends not meant (RFC 2045 §6.7).
    Quoted,
    /// Otherwise.
    Coded(Coding),
}

/// The bytes of a raw message that say its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) form: Form,
    pub(crate) start: u16,
    pub(crate) end: u16,
}

impl ToSql for Form {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Plain => 0_i64,
            Self::Quoted => 1,
            Self::Coded(coding) => coding.number(),
        }))
    }
}

impl Span {
    /// Reads the columns of a row; `None` when they say nothing, or something only a newer program understands.
    pub(super) fn of_row(form: Option<i64>, start: Option<i64>, end: Option<i64>) -> Option<Self> {
        let form = match form? {
            0 => Form::Plain,
            1 => Form::Quoted,
            number => Form::Coded(Coding::of_number(number)?),
        };
        let (start, end) = (u16::try_from(start?).ok()?, u16::try_from(end?).ok()?);
        Some(Self { form, start, end })
    }

    /// Looks for a text, which neither begins nor ends with white space, in the beginning of a raw message.
    pub(super) fn find(text: &str, head: &[u8]) -> Option<Self> {
        let line = text.split(['\r', '\n']).next()?;
        let line = line.get(..line.floor_char_boundary(BEGINNING))?.as_bytes();
        let plain = || Self::find_as(Form::Plain, line, text, head);
        plain().or_else(|| Self::find_as(Form::Quoted, &quote(line), text, head))
    }

    fn find_as(form: Form, beginning: &[u8], text: &str, head: &[u8]) -> Option<Self> {
        memmem::find_iter(head, beginning)
            .take(OCCURRENCES)
            .find_map(|start| {
                let length = length(text, form, head.get(start..)?)?;
                let end = start.saturating_add(length);
                Some(Self {
                    form,
                    start: u16::try_from(start).ok()?,
                    end: u16::try_from(end).ok()?,
                })
            })
    }

    /// A span that may say the text, where [`Self::find`] would look in vain.
    pub(super) fn coded(source: &TextSource, head: &[u8]) -> Option<Self> {
        Some(Self {
            form: Form::Coded(Coding::of(source)?),
            start: u16::try_from(source.bytes.start).ok()?,
            end: u16::try_from(source.bytes.end.min(head.len())).ok()?,
        })
    }

    /// Returns what the bytes say, in the white space they have; `None` when the message ends before.
    pub(super) fn read(self, head: &[u8]) -> Option<String> {
        let bytes = head.get(self.start.into()..self.end.into())?;
        Some(match self.form {
            Form::Coded(coding) => coding.read(bytes),
            Form::Plain => lossy(bytes.to_vec()),
            Form::Quoted => lossy(unquoted(bytes)),
        })
    }
}

/// Returns what quoted-printable says, up to what it does not know.
pub(super) fn unquoted(bytes: &[u8]) -> Vec<u8> {
    let mut said = Vec::with_capacity(bytes.len());
    for piece in (Pieces {
        form: Form::Quoted,
        rest: bytes,
    }) {
        said.extend_from_slice(piece.bytes());
    }
    said
}

/// Returns how many of the first of these bytes say the text; `None` when they say something else.
fn length(text: &str, form: Form, raw: &[u8]) -> Option<usize> {
    let mut text = text.as_bytes();
    let mut pieces = Pieces { form, rest: raw };
    // Behind white space of both any more of it says nothing.
    let mut in_gap = false;
    while let Some(piece) = pieces.next() {
        let mut piece = piece.bytes();
        loop {
            let same = common(text, piece);
            let (before, rest) = text.split_at_checked(same)?;
            in_gap = before.last().map_or(in_gap, u8::is_ascii_whitespace);
            (text, piece) = (rest, piece.get(same..)?);
            if text.is_empty() {
                let left = pieces.rest.len().saturating_add(piece.len());
                return raw.len().checked_sub(left);
            }
            if piece.is_empty() {
                break;
            }
            let (words, piece_words) = (text.trim_ascii_start(), piece.trim_ascii_start());
            match (words.len() < text.len(), piece_words.len() < piece.len()) {
                (true, true) => {}
                (true, false) | (false, true) if in_gap => {}
                _ => return None,
            }
            (text, piece, in_gap) = (words, piece_words, true);
        }
    }
    None
}

/// Returns how many bytes two texts have in common at their beginnings.
fn common(a: &[u8], b: &[u8]) -> usize {
    let (a_blocks, b_blocks) = (a.as_chunks::<BLOCK>().0, b.as_chunks::<BLOCK>().0);
    let blocks = a_blocks.iter().zip(b_blocks).take_while(|(a, b)| a == b);
    let at = blocks.count().saturating_mul(BLOCK);
    let rests = a.get(at..).into_iter().flatten();
    let rests = rests.zip(b.get(at..).into_iter().flatten());
    at.saturating_add(rests.take_while(|(a, b)| a == b).count())
}

/// Writes bytes as quoted-printable has them; what need not be quoted is not.
fn quote(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len().saturating_mul(3));
    for byte in line {
        if byte.is_ascii() && *byte != b'=' {
            out.push(*byte);
        } else {
            out.extend([b'=', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    out
}

fn digit(value: u8) -> u8 {
    if value < 10 {
        value.saturating_add(b'0')
    } else {
        value.saturating_sub(10).saturating_add(b'A')
    }
}

/// What bytes of a raw message say, piece by piece. Ends before what quoted-printable does not know.
struct Pieces<'a> {
    form: Form,
    rest: &'a [u8],
}

enum Piece<'a> {
    Run(&'a [u8]),
    Byte([u8; 1]),
}

impl Piece<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Run(bytes) => bytes,
            Self::Byte(byte) => byte,
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let (piece, rest) = match (self.form, self.rest) {
            (_, []) => return None,
            (Form::Plain | Form::Coded(_), run) => (Piece::Run(run), <&[u8]>::default()),
            (Form::Quoted, [b'=', b'\n', rest @ ..] | [b'=', b'\r', b'\n', rest @ ..]) => {
                (Piece::Run(&[]), rest)
            }
            (Form::Quoted, [b'=', high, low, rest @ ..]) => {
                (Piece::Byte([value(*high)? << 4 | value(*low)?]), rest)
            }
            (Form::Quoted, bytes) => {
                let end = memchr(b'=', bytes).unwrap_or(bytes.len());
                let (run, rest) = bytes.split_at_checked(end).filter(|_| end > 0)?;
                (Piece::Run(run), rest)
            }
        };
        self.rest = rest;
        Some(piece)
    }
}

/// Returns what a hexadecimal digit stands for.
fn value(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};
    use rstest::rstest;

    use super::super::squeeze::squeeze;
    use super::*;

    /// What the bytes that were found say.
    fn said(text: &str, raw: &[u8]) -> Option<(Form, String)> {
        let span = Span::find(text.trim(), raw)?;
        let said = span.read(raw).unwrap();
        Some((span.form, squeeze(&said)))
    }

    #[rstest]
    #[case::line_ends(
        "Živjo,\nkako  si?",
        "X: y\r\n\r\nŽivjo,\r\n kako\tsi?\r\n",
        Some(Form::Plain)
    )]
    #[case::in_the_subject("Re: a b\nc", "Subject: Re: a bc\n\nRe: a b\r\nc", Some(Form::Plain))]
    #[case::within_a_word("ana gre", "banana gredo", Some(Form::Plain))]
    #[case::a_space_more("a\nbc", "a\nb c", None)]
    #[case::a_space_less("a\nb c", "a\nbc", None)]
    #[case::another_letter("a\nčas", "a\nčaj", None)]
    #[case::half_a_letter("a\nč", "a\nď", None)]
    #[case::another_space("a\nb\u{A0}c", "a\nb c", None)]
    #[case::cut_short("a\nbeseda", "a\nbesed", None)]
    #[case::quoted(
        "Račun\nšt. 5",
        "Ra=C4=8Dun\r\n =C5=A1t.=20=\r\n5=0A",
        Some(Form::Quoted)
    )]
    #[case::quoted_small("Račun\nš", "Ra=C4=8Dun\n=c5=a1", Some(Form::Quoted))]
    #[case::quoted_sign("a=b č", "a=3Db =C4=8D", Some(Form::Quoted))]
    #[case::line_ends_not_meant("en\ndva", "en=\n d=\r\nva", Some(Form::Quoted))]
    #[case::looks_quoted("a=3D", "x a=3D", Some(Form::Plain))]
    #[case::badly_quoted("Račun\nč", "Ra=C4=8Dun\n=C4=8", None)]
    #[case::not_quoted("Račun\nček", "Ra=C4=8Dun\n=ček", None)]
    fn a_text_stands_where_its_words_do(
        #[case] text: &str,
        #[case] raw: &str,
        #[case] want: Option<Form>,
    ) {
        let want = want.map(|form| (form, squeeze(text)));
        assert_eq!(said(text, raw.as_bytes()), want, "{text:?} in {raw:?}");
    }

    #[test]
    fn bytes_around_a_text_may_be_anything() {
        let raw = [
            b"From: \xE8\xFF ",
            "Čas".as_bytes(),
            b"\r\nbe\xE8i\0\r\n",
            "Čas beži".as_bytes(),
            b"\x80",
        ];
        let want = Some((Form::Plain, "Čas beži".to_owned()));
        assert_eq!(said("Čas\nbeži", &raw.concat()), want, "the second one");
    }

    proptest! {
        /// Few letters, so that texts that are nearly there come up.
        #[test]
        fn what_is_found_says_the_text(
            raw in "([ab=č]|=C4|=8D|=3D|=20|=\r\n|[ \t]|\r\n|\u{A0}){0,30}",
            text in "([ab=č]|3D|\n|[ \u{A0}]){1,8}",
            damage in 0_usize..90,
        ) {
            let mut bytes = raw.into_bytes();
            if let Some(byte) = bytes.get_mut(damage) {
                *byte = 0xC4;
            }
            if let Some((_, said)) = said(&text, &bytes).filter(|_| !text.trim().is_empty()) {
                prop_assert_eq!(said, squeeze(&text));
            }
        }

        #[test]
        fn a_text_that_stands_there_is_found(
            before in "[a-zž:\r\n ]{0,40}",
            words in proptest::collection::vec("[a-zA-Zč=šž.,]{1,12}", 1..40),
            gaps in proptest::collection::vec(" |  |\t|\n|\n\n|\n ", 40),
            quoted in proptest::bool::ANY,
        ) {
            let mut text = String::new();
            for (word, gap) in words.iter().zip(&gaps) {
                text.push_str(word);
                text.push_str(gap);
            }
            let written = text.replace('\n', "\r\n");
            let written = if quoted { quote(written.as_bytes()) } else { written.into_bytes() };
            let raw = [before.as_bytes(), b"|", &written, b"\r\n"].concat();
            let found = said(&text, &raw).map(|(_, said)| said);
            prop_assert_eq!(found, Some(squeeze(&text)));
        }
    }
}
