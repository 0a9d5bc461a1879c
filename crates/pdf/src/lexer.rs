//! Bytes to values (ISO 32000-1, 7.2 and 7.3).

use crate::object::{Dict, Object};
use crate::work::{OBJECT, Work};

/// Values within values.
const DEPTH: usize = 24;
/// Values of one array or dictionary.
const MOST: usize = 65_536;
/// A name, number or word is no longer, bytes; the rest of it is passed over.
const WORD: usize = 255;

/// Reads values one after another.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(crate) at: usize,
    work: &'a Work,
    /// Two numbers and `R` are a reference: in files, not in programs of pages.
    refs: bool,
}

/// A piece before values are put together.
enum Piece {
    Value(Object),
    Open,
    Close,
    OpenDict,
    CloseDict,
}

impl<'a> Lexer<'a> {
    /// Reads what stands in a file.
    pub(crate) fn new(bytes: &'a [u8], at: usize, work: &'a Work) -> Self {
        Self {
            bytes,
            at,
            work,
            refs: true,
        }
    }

    /// Reads the program of a page.
    pub(crate) fn program(bytes: &'a [u8], work: &'a Work) -> Self {
        Self {
            refs: false,
            ..Self::new(bytes, 0, work)
        }
    }

    /// The next value; `None` at the end, and when it is too much.
    pub(crate) fn value(&mut self) -> Option<Object> {
        loop {
            match self.piece()? {
                Piece::Value(value) => return Some(value),
                Piece::Open => return self.array(DEPTH),
                Piece::OpenDict => return self.dict(DEPTH).map(Object::Dict),
                // Of nothing that is open: passed over.
                Piece::Close | Piece::CloseDict => {}
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Object> {
        let deeper = depth.checked_sub(1)?;
        let mut values = Vec::new();
        loop {
            match self.piece()? {
                Piece::Value(value) => self.put(&mut values, value),
                Piece::Open => values.push(self.array(deeper)?),
                Piece::OpenDict => values.push(Object::Dict(self.dict(deeper)?)),
                Piece::Close => return Some(Object::Array(values)),
                Piece::CloseDict => {}
            }
            if values.len() > MOST {
                return None;
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Dict> {
        let deeper = depth.checked_sub(1)?;
        let mut values = Vec::new();
        loop {
            match self.piece()? {
                Piece::Value(value) => self.put(&mut values, value),
                Piece::Open => values.push(self.array(deeper)?),
                Piece::OpenDict => values.push(Object::Dict(self.dict(deeper)?)),
                Piece::CloseDict => break,
                Piece::Close => {}
            }
            if values.len() > MOST {
                return None;
            }
        }
        let mut dict = Dict::new();
        let mut values = values.into_iter().peekable();
        while let Some(key) = values.next() {
            // What has no name is no entry; the next name goes on.
            if let Object::Name(name) = key
                && let Some(value) = values.next()
            {
                dict.insert(name, value);
            }
        }
        Some(dict)
    }

    /// `12 0 R` is one value.
    fn put(&self, values: &mut Vec<Object>, value: Object) {
        let is_ref = self.refs && matches!(&value, Object::Word(word) if word == b"R");
        if is_ref
            && let [.., number, Object::Number(_)] = values.as_slice()
            && let Some(number) = number.count().and_then(|n| u32::try_from(n).ok())
        {
            values.pop();
            values.pop();
            values.push(Object::Ref(number));
            return;
        }
        values.push(value);
    }

    fn piece(&mut self) -> Option<Piece> {
        self.skip_space()?;
        self.work.take(OBJECT)?;
        let first = self.next()?;
        Some(match first {
            b'[' => Piece::Open,
            b']' => Piece::Close,
            b'<' if self.peek() == Some(b'<') => {
                self.next();
                Piece::OpenDict
            }
            b'>' if self.peek() == Some(b'>') => {
                self.next();
                Piece::CloseDict
            }
            b'<' => Piece::Value(Object::Text(self.hex()?)),
            b'(' => Piece::Value(Object::Text(self.text()?)),
            b'/' => Piece::Value(Object::Name(self.name()?)),
            // Of nothing that is open here.
            b'>' | b')' | b'{' | b'}' => Piece::Value(Object::Null),
            _ => {
                self.at = self.at.saturating_sub(1);
                let word = self.word()?;
                Piece::Value(number(&word).unwrap_or(Object::Word(word)))
            }
        })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.work.take(1)?;
        self.at = self.at.saturating_add(1);
        Some(byte)
    }

    fn skip_space(&mut self) -> Option<()> {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.next().is_some_and(|b| b != b'\n' && b != b'\r') {}
            } else if is_space(byte) {
                self.next()?;
            } else {
                break;
            }
        }
        Some(())
    }

    fn word(&mut self) -> Option<Vec<u8>> {
        let mut word = Vec::new();
        while let Some(byte) = self.peek().filter(|b| !is_space(*b) && !is_sign(*b)) {
            self.next()?;
            if word.len() < WORD {
                word.push(byte);
            }
        }
        Some(word)
    }

    fn name(&mut self) -> Option<Vec<u8>> {
        let raw = self.word()?;
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw.as_slice();
        while let [first, behind @ ..] = rest {
            rest = behind;
            if *first == b'#'
                && let [high, low, after @ ..] = behind
                && let (Some(high), Some(low)) = (digit(*high), digit(*low))
            {
                name.push(high << 4 | low);
                rest = after;
            } else {
                name.push(*first);
            }
        }
        Some(name)
    }

    fn hex(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut half = None;
        loop {
            let byte = self.next()?;
            let digit = digit(byte);
            match (byte, digit, half) {
                (b'>', _, _) => break,
                (_, Some(low), Some(high)) => {
                    bytes.push(high << 4 | low);
                    half = None;
                }
                (_, Some(high), None) => half = Some(high),
                (_, None, _) => {}
            }
        }
        bytes.extend(half.map(|high: u8| high << 4));
        Some(bytes)
    }

    fn text(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut open = 1_u32;
        loop {
            match self.next()? {
                b')' => {
                    open = open.saturating_sub(1);
                    if open == 0 {
                        return Some(bytes);
                    }
                    bytes.push(b')');
                }
                b'(' => {
                    open = open.saturating_add(1);
                    bytes.push(b'(');
                }
                b'\\' => bytes.extend(self.escaped()?),
                byte => bytes.push(byte),
            }
        }
    }

    /// What stands behind a backslash; nothing where it only breaks a line.
    fn escaped(&mut self) -> Option<Option<u8>> {
        Some(Some(match self.next()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'\n' => return Some(None),
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.next();
                }
                return Some(None);
            }
            first @ b'0'..=b'7' => {
                let mut code = first.wrapping_sub(b'0');
                for _ in 0..2 {
                    let Some(next) = self.peek().filter(|b| (b'0'..=b'7').contains(b)) else {
                        break;
                    };
                    self.next();
                    code = code.wrapping_shl(3) | next.wrapping_sub(b'0');
                }
                code
            }
            other => other,
        }))
    }
}

pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

/// The value of a hexadecimal digit.
pub(crate) fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|n| u8::try_from(n).ok())
}

fn number(word: &[u8]) -> Option<Object> {
    let looks = word
        .iter()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'));
    let text = std::str::from_utf8(word).ok().filter(|_| looks)?;
    let number = text.parse::<f64>().ok().filter(|n| n.is_finite())?;
    Some(Object::Number(number))
}
