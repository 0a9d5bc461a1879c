//! The small grammar every answer is made of (RFC 3501 §9): atoms, numbers, quoted strings, literals, lists.
//!
//! A [`Scan`] walks over the bytes of one answer, literals included as they came over the wire. It is lenient where
//! servers are sloppy (any byte but the structural ones makes an atom) and never fails loudly: what cannot be read is
//! `None`, and the caller decides whether that matters.

use std::borrow::Cow;

/// Nesting beyond this is refused: no honest structure comes near it, and a hostile one shall not eat the stack.
const DEPTH: usize = 64;

/// One value of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// `NIL`
    Nil,
    /// Anything unquoted: a word, a number, a flag.
    Atom(&'a [u8]),
    /// A quoted string (escapes resolved) or a literal.
    Text(Cow<'a, [u8]>),
    /// `( … )`
    List(Vec<Self>),
}

impl<'a> Value<'a> {
    /// Returns the bytes of an atom or a string, `None` for NIL and lists.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Atom(a) => Some(a),
            Self::Text(t) => Some(t),
            Self::Nil | Self::List(_) => None,
        }
    }

    /// Returns the members of a list, `None` for anything else.
    pub(crate) fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(l) => Some(l),
            Self::Nil | Self::Atom(_) | Self::Text(_) => None,
        }
    }

    /// True when this is the word, whatever its case.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.bytes()
            .is_some_and(|b| b.eq_ignore_ascii_case(word.as_bytes()))
    }
}

/// A reading position in one answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scan<'a> {
    rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Returns what has not been read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn advance(&mut self, n: usize) {
        self.rest = self.rest.get(n..).unwrap_or_default();
    }

    /// Reads this byte, if it is next.
    pub(crate) fn eat(&mut self, byte: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        (*first == byte).then(|| self.rest = rest)
    }

    /// Skips blanks, however many.
    pub(crate) fn blanks(&mut self) {
        while self.eat(b' ').is_some() {}
    }

    /// Reads a word, whatever its case, if it is next.
    pub(crate) fn word(&mut self, word: &str) -> Option<()> {
        let head = self.rest.get(..word.len())?;
        head.eq_ignore_ascii_case(word.as_bytes())
            .then(|| self.advance(word.len()))
    }

    /// Reads everything up to the next structural byte.
    pub(crate) fn atom(&mut self) -> Option<&'a [u8]> {
        let end = self
            .rest
            .iter()
            .position(|b| matches!(b, b' ' | b'(' | b')' | b'\r' | b'\n'))
            .unwrap_or(self.rest.len());
        if end == 0 {
            return None;
        }
        let (atom, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(atom)
    }

    /// Reads the name of a FETCH item: an atom whose `[…]` may hold blanks and lists.
    pub(crate) fn item_name(&mut self) -> Option<&'a [u8]> {
        let mut open = false;
        let end = self
            .rest
            .iter()
            .position(|b| match b {
                b'[' => {
                    open = true;
                    false
                }
                b']' => {
                    open = false;
                    false
                }
                b'\r' | b'\n' => true,
                b' ' | b'(' | b')' => !open,
                _ => false,
            })
            .unwrap_or(self.rest.len());
        if end == 0 {
            return None;
        }
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(name)
    }

    /// Reads a number; one that does not fit reads as the largest.
    pub(crate) fn number(&mut self) -> Option<u64> {
        let end = self
            .rest
            .iter()
            .position(|b| !b.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end)?;
        let n = number(digits)?;
        self.rest = rest;
        Some(n)
    }

    /// Reads a quoted string or a literal.
    pub(crate) fn string(&mut self) -> Option<Cow<'a, [u8]>> {
        match self.peek()? {
            b'"' => self.quoted(),
            b'{' | b'~' => self.literal().map(Cow::Borrowed),
            _ => None,
        }
    }

    fn quoted(&mut self) -> Option<Cow<'a, [u8]>> {
        let body = self.rest.get(1..)?;
        let mut i = 0usize;
        let mut plain = true;
        loop {
            match body.get(i)? {
                b'"' => break,
                b'\\' => {
                    plain = false;
                    i = i.saturating_add(2);
                }
                // A quoted string never crosses a line end; without this a stray quote would swallow the literal after it.
                b'\n' => return None,
                _ => i = i.saturating_add(1),
            }
        }
        let (raw, rest) = body.split_at_checked(i)?;
        self.rest = rest.get(1..)?;
        Some(if plain {
            Cow::Borrowed(raw)
        } else {
            Cow::Owned(unescape(raw))
        })
    }

    fn literal(&mut self) -> Option<&'a [u8]> {
        let mut at = *self;
        let _binary = at.eat(b'~');
        at.eat(b'{')?;
        let n = usize::try_from(at.number()?).ok()?;
        let _non_sync = at.eat(b'+');
        at.eat(b'}')?;
        let _cr = at.eat(b'\r');
        at.eat(b'\n')?;
        let (body, rest) = at.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(body)
    }

    /// Reads a string, or the bytes of an atom (`astring`).
    pub(crate) fn astring(&mut self) -> Option<Cow<'a, [u8]>> {
        match self.peek()? {
            b'"' | b'{' => self.string(),
            _ => self.atom().map(Cow::Borrowed),
        }
    }

    /// Reads a string or NIL; the inner `None` is NIL.
    pub(crate) fn nstring(&mut self) -> Option<Option<Cow<'a, [u8]>>> {
        match self.peek()? {
            b'"' | b'{' | b'~' => self.string().map(Some),
            _ => self
                .atom()
                .and_then(|a| a.eq_ignore_ascii_case(b"NIL").then_some(None)),
        }
    }

    /// Reads any value.
    pub(crate) fn value(&mut self) -> Option<Value<'a>> {
        self.value_at(0)
    }

    fn value_at(&mut self, depth: usize) -> Option<Value<'a>> {
        match self.peek()? {
            b'(' => {
                if depth >= DEPTH {
                    return None;
                }
                self.advance(1);
                let mut members = Vec::new();
                loop {
                    self.blanks();
                    if self.eat(b')').is_some() {
                        return Some(Value::List(members));
                    }
                    members.push(self.value_at(depth.saturating_add(1))?);
                }
            }
            b'"' | b'{' => self.string().map(Value::Text),
            _ => self.item_name().map(|a| {
                if a.eq_ignore_ascii_case(b"NIL") {
                    Value::Nil
                } else {
                    Value::Atom(a)
                }
            }),
        }
    }

    /// Passes over any value without building it.
    pub(crate) fn skip_value(&mut self) -> Option<()> {
        let mut open = 0usize;
        loop {
            self.blanks();
            match self.peek()? {
                b'(' => {
                    self.advance(1);
                    open = open.saturating_add(1);
                }
                b')' => {
                    open = open.checked_sub(1)?;
                    self.advance(1);
                }
                b'"' => self.skip_quoted()?,
                b'{' => self.literal().map(drop)?,
                _ => self.item_name().map(drop)?,
            }
            if open == 0 {
                return Some(());
            }
        }
    }

    fn skip_quoted(&mut self) -> Option<()> {
        let body = self.rest.get(1..)?;
        let mut i = 0usize;
        loop {
            match body.get(i)? {
                b'"' => break,
                b'\\' => i = i.saturating_add(2),
                b'\n' => return None,
                _ => i = i.saturating_add(1),
            }
        }
        self.rest = body.get(i.saturating_add(1)..)?;
        Some(())
    }
}

/// Reads a run of digits; empty or foreign bytes are `None`, too large is the largest.
pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    let mut n = 0u64;
    for d in digits {
        if !d.is_ascii_digit() {
            return None;
        }
        n = n
            .saturating_mul(10)
            .saturating_add(u64::from(d.wrapping_sub(b'0')));
    }
    Some(n)
}

fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter();
    while let Some(b) = bytes.next() {
        match b {
            b'\\' => out.extend(bytes.next()),
            _ => out.push(*b),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn text(t: &str) -> Value<'_> {
        Value::Text(Cow::Borrowed(t.as_bytes()))
    }

    #[rstest]
    #[case::nil("NIL", Some(Value::Nil))]
    #[case::word("hello ", Some(Value::Atom(b"hello")))]
    #[case::quoted(r#""a b""#, Some(text("a b")))]
    #[case::escapes(r#""a \"q\" \\Inbox""#, Some(text(r#"a "q" \Inbox"#)))]
    #[case::literal("{3}\r\na\"b)", Some(text("a\"b")))]
    #[case::literal_plus("{1+}\r\nx", Some(text("x")))]
    #[case::short_literal("{9}\r\nabc", None)]
    #[case::open_quote("\"abc\r\n", None)]
    #[case::open_list("(a b", None)]
    #[case::stray_close(")", None)]
    #[case::nothing("", None)]
    fn reads_values(#[case] raw: &str, #[case] want: Option<Value<'_>>) {
        assert_eq!(Scan::new(raw.as_bytes()).value(), want, "{raw:?}");
    }

    #[test]
    fn reads_nested_lists_and_passes_over_them() {
        let raw = br#"(a (b "c)" NIL) {2}
)( d) rest"#;
        let raw: Vec<u8> = raw
            .iter()
            .flat_map(|b| {
                if *b == b'\n' {
                    b"\r\n".to_vec()
                } else {
                    vec![*b]
                }
            })
            .collect();
        let mut scan = Scan::new(&raw);
        let mut skip = scan;
        let value = scan.value().expect("a list");
        assert_eq!(value.list().map(<[_]>::len), Some(4), "four members");
        skip.skip_value().expect("the same list");
        assert_eq!(
            skip.rest(),
            scan.rest(),
            "building and skipping end at the same byte"
        );
        assert_eq!(scan.rest(), b" rest");
    }

    #[test]
    fn a_hostile_depth_is_refused() {
        let deep = "(".repeat(100_000);
        assert_eq!(Scan::new(deep.as_bytes()).value(), None);
        assert_eq!(
            Scan::new(deep.as_bytes()).skip_value(),
            None,
            "no end of it"
        );
    }

    #[rstest]
    #[case("BODY[HEADER.FIELDS (X Y)]<0> {3}", "BODY[HEADER.FIELDS (X Y)]<0>")]
    #[case("BODY ((", "BODY")]
    #[case("FLAGS (\\Seen)", "FLAGS")]
    #[case("BODY[ (x\r\n", "BODY[ (x")]
    fn item_names(#[case] raw: &str, #[case] want: &str) {
        assert_eq!(Scan::new(raw.as_bytes()).item_name(), Some(want.as_bytes()));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(raw: Vec<u8>) {
            let mut scan = Scan::new(&raw);
            while scan.value().is_some() { scan.blanks(); }
            let mut scan = Scan::new(&raw);
            while scan.skip_value().is_some() { scan.blanks(); }
        }
    }
}
