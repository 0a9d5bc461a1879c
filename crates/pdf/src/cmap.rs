//! `ToUnicode`: which letters the codes of a font stand for (ISO 32000-1, 9.10.3, after Adobe's technical note 5411).

use std::collections::BTreeMap;

use crate::work::{OBJECT, Work};

/// Codes one font has at most.
const CODES: usize = 65_536;
/// Codes that are told, some of them again and again.
const TOLD: usize = 2 * CODES;
/// What one code stands for, bytes: more than any ligature.
const LETTERS: usize = 24;

/// What codes stand for.
#[derive(Debug, Default)]
pub(crate) struct ToUnicode {
    letters: BTreeMap<u32, String>,
    /// How many codes were told.
    told: usize,
    /// Bytes of a code: one or two.
    pub(crate) width: usize,
}

/// A piece of the program.
#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Hex(Vec<u8>),
    Open,
    Close,
    Word(&'a str),
}

impl ToUnicode {
    /// Reads the program of a font. What cannot be read is left out, and what is too much.
    pub(crate) fn read(program: &str, work: &Work) -> Self {
        let mut map = Self {
            letters: BTreeMap::new(),
            told: 0,
            width: 1,
        };
        let mut tokens = tokens(program).into_iter().peekable();
        while let Some(token) = tokens.next() {
            let section = match token {
                Token::Word("begincodespacerange") => Section::Space,
                Token::Word("beginbfchar") => Section::Letters,
                Token::Word("beginbfrange") => Section::Ranges,
                Token::Word(_) | Token::Hex(_) | Token::Open | Token::Close => continue,
            };
            let inside: Vec<Token<'_>> =
                std::iter::from_fn(|| tokens.next_if(|t| !matches!(t, Token::Word(_)))).collect();
            map.section(&section, inside, work);
        }
        map
    }

    /// What a code stands for; `None` where the font does not say.
    pub(crate) fn letter(&self, code: u32) -> Option<&str> {
        self.letters.get(&code).map(String::as_str)
    }

    fn section(&mut self, section: &Section, inside: Vec<Token<'_>>, work: &Work) {
        let mut inside = inside.into_iter();
        while let Some(Token::Hex(first)) = inside.next() {
            let before = self.told;
            match section {
                Section::Space => {
                    self.width = first.len().clamp(1, 2);
                    inside.next();
                }
                Section::Letters => {
                    if let Some(Token::Hex(letter)) = inside.next() {
                        self.put(number(&first), utf16(&letter));
                    }
                }
                Section::Ranges => {
                    let (Some(Token::Hex(last)), Some(to)) = (inside.next(), inside.next()) else {
                        return;
                    };
                    self.range(number(&first), number(&last), to, &mut inside);
                }
            }
            let told = u64::try_from(self.told.saturating_sub(before)).unwrap_or(u64::MAX);
            if work.take(told.saturating_mul(OBJECT)).is_none() {
                return;
            }
        }
    }

    fn range<'a>(
        &mut self,
        first: u32,
        last: u32,
        to: Token<'a>,
        rest: &mut impl Iterator<Item = Token<'a>>,
    ) {
        let codes = (first..=last).take(TOLD.saturating_sub(self.told));
        match to {
            Token::Hex(letter) => {
                let start = utf16(&letter);
                let Some(base) = start.chars().next_back().map(u32::from) else {
                    return;
                };
                let head = start.strip_suffix(|_: char| true).unwrap_or_default();
                if head.len() > LETTERS {
                    return;
                }
                for (code, n) in codes.zip(0_u32..) {
                    let letter = char::from_u32(base.saturating_add(n));
                    self.put(
                        code,
                        letter.map_or_else(String::new, |c| format!("{head}{c}")),
                    );
                }
            }
            Token::Open => {
                let letters = rest.take_while(|token| *token != Token::Close);
                for (code, token) in codes.zip(letters.collect::<Vec<_>>()) {
                    if let Token::Hex(letter) = token {
                        self.put(code, utf16(&letter));
                    }
                }
            }
            Token::Close | Token::Word(_) => {}
        }
    }

    fn put(&mut self, code: u32, letter: String) {
        self.told = self.told.saturating_add(1);
        let fits = self.letters.len() < CODES && self.told <= TOLD;
        if fits && (1..=LETTERS).contains(&letter.len()) {
            self.letters.insert(code, letter);
        }
    }
}

enum Section {
    Space,
    Letters,
    Ranges,
}

fn tokens(program: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = program;
    while let Some(at) = rest.find(|c: char| !c.is_whitespace()) {
        rest = rest.get(at..).unwrap_or_default();
        let mut chars = rest.chars();
        let first = chars.next();
        let behind = chars.as_str();
        match first {
            Some('<') if !behind.starts_with('<') => {
                let (inside, after) = behind.split_once('>').unwrap_or((behind, ""));
                tokens.push(Token::Hex(hex(inside)));
                rest = after;
            }
            Some('[') => {
                tokens.push(Token::Open);
                rest = behind;
            }
            Some(']') => {
                tokens.push(Token::Close);
                rest = behind;
            }
            Some('<' | '>') => rest = behind,
            _ => {
                let end = behind.find(|c: char| c.is_whitespace() || "<>[]".contains(c));
                let first = first.map_or(0, char::len_utf8);
                let end = end.map_or(rest.len(), |end| end.saturating_add(first));
                tokens.push(Token::Word(rest.get(..end).unwrap_or_default()));
                rest = rest.get(end..).unwrap_or_default();
            }
        }
    }
    tokens
}

fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .chars()
        .filter_map(|c| c.to_digit(16))
        .filter_map(|n| u8::try_from(n).ok())
        .collect();
    let byte = |pair: &[u8]| pair.iter().fold(0_u8, |sum, n| sum.wrapping_shl(4) | n);
    digits.chunks(2).map(byte).collect()
}

fn number(bytes: &[u8]) -> u32 {
    let fold = |sum: u32, b: &u8| sum.wrapping_shl(8) | u32::from(*b);
    bytes.iter().take(4).fold(0, fold)
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        [one] => u16::from(*one),
        _ => 0,
    });
    char::decode_utf16(units).filter_map(Result::ok).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::ToUnicode;
    use crate::work::Work;

    const PROGRAM: &str = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap
        1 begincodespacerange <0000> <FFFF> endcodespacerange
        2 beginbfchar <0003> <0020> <0004> <00660069> endbfchar
        2 beginbfrange <0013> <001C> <0030> <0020> <0021> [<010C> <0161>] endbfrange endcmap";

    #[rstest]
    #[case::letter(3, Some(" "))]
    #[case::two_letters(4, Some("fi"))]
    #[case::first_of_a_range(0x13, Some("0"))]
    #[case::last_of_a_range(0x1C, Some("9"))]
    #[case::each_of_a_list(0x21, Some("š"))]
    #[case::not_said(0x30, None)]
    fn codes_stand_for_letters(#[case] code: u32, #[case] want: Option<&str>) {
        let map = ToUnicode::read(PROGRAM, &Work::new());
        assert_eq!((map.letter(code), map.width), (want, 2));
    }

    #[rstest]
    #[case::cut("1 beginbfrange <00")]
    #[case::words("beginbfchar beginbfchar endbfchar")]
    #[case::endless("1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange")]
    #[case::nothing("")]
    fn whatever_stands_there_is_read(#[case] program: &str) {
        assert!(ToUnicode::read(program, &Work::new()).letters.len() <= super::CODES);
    }
}
