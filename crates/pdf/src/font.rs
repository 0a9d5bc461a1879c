//! What the bytes of shown texts stand for, and how wide they are, font by font (ISO 32000-1, 9.6, 9.7 and 9.10).

use std::collections::BTreeMap;

use crate::MOST_TEXT;
use crate::cmap::ToUnicode;
use crate::file::File;
use crate::object::{Dict, Object};
use crate::work::OBJECT;

/// A `ToUnicode` program is no longer, bytes.
const PROGRAM: usize = 1 << 20;
/// Widths of one font.
const WIDTHS: usize = 65_536;
/// A letter of which nothing is said is about so wide, in thousandths of its size.
const GUESS: f64 = 550.0;

/// How a font's bytes are read.
#[derive(Debug)]
pub(crate) struct Font {
    /// As its own table says.
    table: Option<ToUnicode>,
    /// Bytes of a code: one, or two of a composite font.
    width: usize,
    /// Codes of glyphs: without a table nothing says of which letters.
    composite: bool,
    /// As Windows writes western text, but for these codes.
    named: BTreeMap<u8, char>,
    /// Thousandths of the size, by code.
    widths: BTreeMap<u32, f64>,
    /// Of what has none of its own; `None`: it is not said.
    other: Option<f64>,
}

/// A letter, or letters, of one code.
pub(crate) struct Shape {
    /// Thousandths of the size.
    pub(crate) width: f64,
    /// The code 32 of one byte: the space that words are stretched at.
    pub(crate) is_space: bool,
}

impl Font {
    pub(crate) fn read(file: &File<'_>, dict: &Dict) -> Self {
        let kind = dict.get(b"Subtype".as_slice()).and_then(Object::name);
        let composite = kind == Some(b"Type0");
        let table = table(file, dict);
        let told = table.as_ref().map_or(0, |table| table.width);
        let mut font = Self {
            width: match (composite, told) {
                (false, _) | (true, 1) => 1,
                (true, _) => 2,
            },
            table,
            composite,
            named: BTreeMap::new(),
            widths: BTreeMap::new(),
            other: None,
        };
        if composite {
            font.read_composite(file, dict);
        } else {
            font.read_simple(file, dict);
        }
        font
    }

    /// True when it is known how wide its letters are.
    pub(crate) fn is_measured(&self) -> bool {
        self.other.is_some() || !self.widths.is_empty()
    }

    /// What a text's bytes stand for, appended; and each code's shape.
    pub(crate) fn letters(&self, bytes: &[u8], out: &mut String, mut shape: impl FnMut(Shape)) {
        for code in bytes.chunks(self.width) {
            if out.len() >= MOST_TEXT {
                return;
            }
            let number = code
                .iter()
                .fold(0_u32, |sum, b| sum.wrapping_shl(8) | u32::from(*b));
            let told = self.table.as_ref().and_then(|table| table.letter(number));
            match (told, code) {
                (Some(letters), _) => out.push_str(letters),
                (None, [byte]) if !self.composite => {
                    let named = self.named.get(byte).copied();
                    out.push(named.unwrap_or_else(|| western(*byte)));
                }
                (None, _) if self.table.is_some() => out.push('\u{fffd}'),
                (None, _) => {}
            }
            let width = self.widths.get(&number).copied();
            shape(Shape {
                width: width.or(self.other).unwrap_or(GUESS),
                is_space: code == [b' '],
            });
        }
    }

    fn read_simple(&mut self, file: &File<'_>, dict: &Dict) {
        if let Some(encoding) = file.dict(dict, "Encoding")
            && let Some(Object::Array(differences)) = file.get(&encoding, "Differences")
        {
            self.named = named(&differences);
        }
        let first = file.get(dict, "FirstChar").and_then(|first| first.count());
        let Some(Object::Array(widths)) = file.get(dict, "Widths") else {
            return;
        };
        let first = first.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        for (code, width) in (first..).zip(widths.iter().take(256)) {
            self.widths
                .extend(width.number().map(|width| (code, width)));
        }
    }

    fn read_composite(&mut self, file: &File<'_>, dict: &Dict) {
        let Some(Object::Array(below)) = file.get(dict, "DescendantFonts") else {
            return;
        };
        let Some(Object::Dict(below)) = below.first().and_then(|b| file.follow(b)) else {
            return;
        };
        self.other = file.get(&below, "DW").and_then(|w| w.number());
        self.other = self.other.or(Some(1000.0));
        let Some(Object::Array(widths)) = file.get(&below, "W") else {
            return;
        };
        // `first [w w w]` or `first last w` (9.7.4.3).
        let mut widths = widths.iter();
        while let Some(first) = widths.next() {
            let Some(first) = first.count().and_then(|n| u32::try_from(n).ok()) else {
                return;
            };
            match widths.next().and_then(|next| file.follow(next)) {
                Some(Object::Array(each)) => {
                    for (code, width) in (first..).zip(&each) {
                        self.put_width(code, width);
                    }
                }
                Some(last) => {
                    let last = last.count().and_then(|n| u32::try_from(n).ok());
                    let (Some(last), Some(width)) = (last, widths.next()) else {
                        return;
                    };
                    for code in (first..=last).take(WIDTHS) {
                        if self.widths.len() >= WIDTHS || file.work.take(OBJECT).is_none() {
                            return;
                        }
                        self.put_width(code, width);
                    }
                }
                None => return,
            }
        }
    }

    fn put_width(&mut self, code: u32, width: &Object) {
        if self.widths.len() < WIDTHS {
            self.widths
                .extend(width.number().map(|width| (code, width)));
        }
    }
}

fn table(file: &File<'_>, dict: &Dict) -> Option<ToUnicode> {
    let Object::Ref(number) = dict.get(b"ToUnicode".as_slice())? else {
        return None;
    };
    let program = file.unpack(&file.stream(*number)?)?;
    let program = program.get(..PROGRAM.min(program.len()))?;
    // Its pieces take more room than it does.
    file.work.bytes(program.len().saturating_mul(8))?;
    let program = String::from_utf8_lossy(program);
    Some(ToUnicode::read(&program, &file.work))
}

/// Codes and the glyphs that stand there: a code, then names of it and those behind it.
fn named(differences: &[Object]) -> BTreeMap<u8, char> {
    let mut found = BTreeMap::new();
    let mut code = 0_usize;
    for object in differences.iter().take(1024) {
        if let Some(first) = object.count() {
            code = first;
        } else if let Some(name) = object.name() {
            let letter = std::str::from_utf8(name).ok().and_then(glyph);
            found.extend(u8::try_from(code).ok().zip(letter));
            code = code.saturating_add(1);
        }
    }
    found
}

/// The letter of a glyph's name, of those that numbers and their words are written with (Adobe Glyph List).
fn glyph(name: &str) -> Option<char> {
    const NAMES: &[(&str, char)] = &[
        ("zero", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
        ("space", ' '),
        ("hyphen", '-'),
        ("minus", '-'),
        ("endash", '–'),
        ("slash", '/'),
        ("backslash", '\\'),
        ("period", '.'),
        ("comma", ','),
        ("colon", ':'),
        ("underscore", '_'),
        ("numbersign", '#'),
        ("parenleft", '('),
        ("parenright", ')'),
        ("ccaron", 'č'),
        ("Ccaron", 'Č'),
        ("scaron", 'š'),
        ("Scaron", 'Š'),
        ("zcaron", 'ž'),
        ("Zcaron", 'Ž'),
    ];
    let mut chars = name.chars();
    if let (Some(only), None) = (chars.next(), chars.next()) {
        return Some(only);
    }
    if let Some((_, letter)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*letter);
    }
    let code = name
        .strip_prefix("uni")
        .or_else(|| name.strip_prefix('u'))?;
    let code = u32::from_str_radix(code, 16).ok()?;
    char::from_u32(code)
}

/// Windows-1252, as far as words and numbers need it.
fn western(byte: u8) -> char {
    match byte {
        0x80 => '€',
        0x8A => 'Š',
        0x8E => 'Ž',
        0x96 | 0x97 => '–',
        0x9A => 'š',
        0x9E => 'ž',
        0..=0x1F | 0x7F..=0x9F => ' ',
        other => char::from(other),
    }
}
