//! Outlook's compressed RTF (\[MS-OXRTFCP\]), and the text in it.

use crate::charset;
use crate::flaws::Flaws;
use crate::scan::{after, before};
use crate::transfer::hex_pair;

/// What the dictionary holds before the first byte.
const PREFILL: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor \
MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// A body longer than this is cut: compressed, a few bytes can claim gigabytes.
const MAX_SIZE: usize = 16 * 1024 * 1024;

/// Unpacks compressed RTF; `None` when it is none. Ends where the input or its end mark does.
pub(super) fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let field = |at: usize| {
        after(bytes, at)
            .first_chunk::<4>()
            .map(|b| u32::from_le_bytes(*b))
    };
    let raw_size = usize::try_from(field(4)?).ok()?.min(MAX_SIZE);
    match field(8)? {
        0x414C_454D => return Some(before(after(bytes, 16), raw_size).to_vec()), // "MELA": stored
        0x7546_5A4C => {}                                                        // "LZFu"
        _ => return None,
    }
    let mut dictionary = Dictionary::new();
    let mut out = Vec::new();
    let mut input = after(bytes, 16).iter().copied();
    'all: while out.len() < raw_size {
        let Some(control) = input.next() else {
            break;
        };
        for bit in 0..8 {
            if control & (1 << bit) == 0 {
                let Some(byte) = input.next() else {
                    break 'all;
                };
                out.push(byte);
                dictionary.push(byte);
                continue;
            }
            let (Some(high), Some(low)) = (input.next(), input.next()) else {
                break 'all;
            };
            let reference = u16::from_be_bytes([high, low]);
            let from = usize::from(reference >> 4);
            if from == dictionary.at {
                break 'all; // the end mark
            }
            for step in 0..usize::from(reference & 0xF).saturating_add(2) {
                let byte = dictionary.get(from.saturating_add(step));
                out.push(byte);
                dictionary.push(byte);
            }
        }
    }
    out.truncate(raw_size);
    Some(out)
}

struct Dictionary {
    bytes: [u8; 4096],
    at: usize,
}

impl Dictionary {
    fn new() -> Self {
        let mut dictionary = Self {
            bytes: [0; 4096],
            at: 0,
        };
        for byte in PREFILL {
            dictionary.push(*byte);
        }
        dictionary
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.at) {
            *slot = byte;
        }
        self.at = self.at.saturating_add(1) & 0xFFF;
    }

    fn get(&self, at: usize) -> u8 {
        self.bytes.get(at & 0xFFF).copied().unwrap_or_default()
    }
}

/// Returns the visible text of RTF; of RTF made from HTML too, whose tags sit in groups a reader skips.
pub(super) fn text(rtf: &[u8]) -> String {
    let mut reader = Reader {
        out: Vec::new(),
        text: String::new(),
        page: "windows-1252".to_owned(),
        groups: Vec::new(),
    };
    let mut group = Group::default();
    let mut rest = rtf;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'{' => reader.groups.push(group),
            b'}' => group = reader.groups.pop().unwrap_or_default(),
            b'\\' => rest = reader.control(tail, &mut group),
            b'\r' | b'\n' | 0 => {}
            _ if group.hidden() => {}
            _ => reader.out.push(byte),
        }
    }
    reader.flush();
    reader.text
}

/// What holds for the group being read.
#[derive(Clone, Copy, Default)]
struct Group {
    /// A destination that is no text: fonts, colours, pictures.
    skip: bool,
    /// `\htmlrtf`: there for readers that know no HTML.
    rtf_only: bool,
    /// Bytes after `\u` that stand in for the character.
    fallback: usize,
}

impl Group {
    fn hidden(self) -> bool {
        self.skip || self.rtf_only
    }
}

struct Reader {
    /// Bytes of the code page, not yet characters.
    out: Vec<u8>,
    text: String,
    page: String,
    groups: Vec<Group>,
}

impl Reader {
    fn flush(&mut self) {
        charset::decode_into(
            &mut self.text,
            Some(self.page.as_bytes()),
            &self.out,
            &mut Flaws::default(),
        );
        self.out.clear();
    }

    /// Reads a control word or symbol after its backslash; returns what follows.
    fn control<'a>(&mut self, tail: &'a [u8], group: &mut Group) -> &'a [u8] {
        let letters = tail.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        if letters == 0 {
            return self.symbol(tail, group);
        }
        let word = before(tail, letters);
        let tail = after(tail, letters);
        let digits = tail
            .iter()
            .enumerate()
            .take_while(|(n, b)| b.is_ascii_digit() || (*n == 0 && **b == b'-'))
            .count();
        let number = std::str::from_utf8(before(tail, digits))
            .ok()
            .and_then(|n| n.parse::<i32>().ok());
        let tail = after(tail, digits);
        let tail = tail.strip_prefix(b" ").unwrap_or(tail);
        match word {
            b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object" => {
                group.skip = true;
            }
            b"htmlrtf" => group.rtf_only = number != Some(0),
            b"ansicpg" => self.page = format!("windows-{}", number.unwrap_or(1252)),
            b"uc" => group.fallback = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1),
            b"par" | b"line" if !group.hidden() => self.out.push(b'\n'),
            b"tab" if !group.hidden() => self.out.push(b'\t'),
            b"u" if !group.hidden() => {
                self.flush();
                let unit = number
                    .and_then(|n| u32::try_from(n & 0xFFFF).ok())
                    .and_then(char::from_u32);
                self.text.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
                return skip_fallback(tail, group.fallback.max(1));
            }
            _ => {}
        }
        tail
    }

    fn symbol<'a>(&mut self, tail: &'a [u8], group: &mut Group) -> &'a [u8] {
        let Some((&symbol, rest)) = tail.split_first() else {
            return &[];
        };
        match symbol {
            b'\'' => {
                let Some((byte, rest)) = hex_pair(rest) else {
                    return rest;
                };
                if !group.hidden() {
                    self.out.push(byte);
                }
                return rest;
            }
            b'*' => group.skip = true,
            b'~' if !group.hidden() => self.out.push(b' '),
            b'\\' | b'{' | b'}' if !group.hidden() => self.out.push(symbol),
            _ => {}
        }
        rest
    }
}

/// Skips what stands for readers that know no Unicode: characters or `\'hh`.
fn skip_fallback(mut tail: &[u8], count: usize) -> &[u8] {
    for _ in 0..count.min(16) {
        tail = match tail {
            [b'\\', b'\'', _, _, rest @ ..] => rest,
            [b'\\' | b'{' | b'}', ..] | [] => return tail,
            [_, rest @ ..] => rest,
        };
    }
    tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacks_the_example_of_the_specification() {
        let bytes = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 3, 0,
            0x0a, 0, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68,
            0x65, 0x6c, 0x09, 0, 0x20, 0x62, 0x77, 5, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
            0xa0,
        ];
        let rtf = decompress(&bytes).expect("it is compressed RTF");
        assert_eq!(
            rtf, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
            "[MS-OXRTFCP] §3.1.1"
        );
        assert_eq!(text(&rtf), "hello world", "its text");
        for end in 0..bytes.len() {
            drop(decompress(&bytes[..end])); // cut anywhere, it ends
        }
    }

    #[rstest::rstest]
    #[case::characters(r"{\rtf1\ansi\ansicpg1250 Ra\'e8un\par 5 \{x\}}", "Račun\n5 {x}")]
    #[case::unicode(r"{\rtf1\uc1 \u269?a\u382\'9e}", "čaž")]
    #[case::tables(r"{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator x;}text}", "text")]
    #[case::from_html(
        r"{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf \par \htmlrtf0 text{\*\htmltag72 </p>}}",
        "text"
    )]
    fn reads_text(#[case] rtf: &str, #[case] want: &str) {
        assert_eq!(text(rtf.as_bytes()), want, "{rtf}");
    }
}
