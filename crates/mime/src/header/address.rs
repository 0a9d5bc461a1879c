//! People in From, To, Cc and Reply-To (RFC 5322 §3.4) as mailers write them.
//!
//! mail-parser's reading loses names with raw 8-bit bytes or split characters, and takes an unquoted `Novak, Janez
//! <j@x>` for two people; here a field is cut first and its words are decoded afterwards.

use kontor_model::Address;
use memchr::memchr;

use super::words;
use crate::flaws::Flaws;
use crate::scan::{after, before};

/// No field names more people than this; the rest is left out.
const MAX_PEOPLE: usize = 10_000;

/// No address is longer than this (RFC 5321 §4.5.3.1 allows 254 bytes); a longer one is cut.
const MAX_ADDRESS: usize = 2048;

/// Reads an address list. Groups give their members, empty groups nothing.
pub(crate) fn list(value: &[u8], flaws: &mut Flaws) -> Vec<Address> {
    let mut reader = Reader {
        flaws,
        people: Vec::new(),
        now: Mailbox::default(),
        held: None,
        open_quote: false,
    };
    let mut rest = value;
    while let Some((&byte, tail)) = rest.split_first() {
        if reader.people.len() >= MAX_PEOPLE {
            break;
        }
        rest = reader.step(byte, tail);
    }
    reader.finish(false);
    reader.release();
    reader.people
}

/// One mailbox while it is read.
#[derive(Default)]
struct Mailbox {
    /// Words outside brackets: the name, or the address itself. Folds and spaces as they stand.
    phrase: Vec<u8>,
    /// Something of the phrase was quoted, so it is no address.
    quoted: bool,
    /// The phrase begins with a quoted local part: `"a b"@c`.
    quoted_local: bool,
    comment: Vec<u8>,
    /// What stands in angle brackets.
    angle: Option<Vec<u8>>,
}

struct Reader<'f> {
    flaws: &'f mut Flaws,
    people: Vec<Address>,
    now: Mailbox,
    /// Words before a comma that may be the family name of the next mailbox.
    held: Option<Vec<u8>>,
    /// A quote was met that is never closed, so none after it is either: not to be looked for again.
    open_quote: bool,
}

impl Reader<'_> {
    /// Takes one byte and what it opens; returns what is left to read.
    fn step<'a>(&mut self, byte: u8, tail: &'a [u8]) -> &'a [u8] {
        match byte {
            b'"' if self.open_quote => tail,
            b'"' => match closing_quote(tail) {
                Some(end)
                    if tail.get(end.saturating_add(1)) == Some(&b'@')
                        && self.now.phrase.trim_ascii().is_empty() =>
                {
                    self.now.quoted_local = true;
                    self.now.phrase.push(byte);
                    self.now
                        .phrase
                        .extend_from_slice(before(tail, end.saturating_add(1)));
                    after(tail, end.saturating_add(1))
                }
                Some(end) => {
                    self.now.quoted = true;
                    unescape(before(tail, end), &mut self.now.phrase);
                    after(tail, end.saturating_add(1))
                }
                None => {
                    self.open_quote = true;
                    tail
                }
            },
            b'(' => {
                let end = closing_paren(tail);
                if !self.now.comment.is_empty() {
                    self.now.comment.push(b' ');
                }
                unescape(before(tail, end), &mut self.now.comment);
                self.now.phrase.push(b' ');
                after(tail, end.saturating_add(1))
            }
            b'<' => self.angle(tail),
            b',' => {
                self.finish(true);
                tail
            }
            b';' => {
                self.finish(false);
                tail
            }
            b':' if self.now.angle.is_none() && memchr(b'@', &self.now.phrase).is_none() => {
                self.release();
                self.now = Mailbox::default(); // the name of a group
                tail
            }
            b'>' => tail,
            _ => {
                self.now.phrase.push(byte);
                tail
            }
        }
    }

    /// Reads what stands in angle brackets; an unclosed one ends where the mailbox does.
    fn angle<'a>(&mut self, tail: &'a [u8]) -> &'a [u8] {
        let tail = tail.strip_prefix(b"<").unwrap_or(tail);
        // A quoted local part may hold anything, `>` and `,` too.
        let inside = tail.trim_ascii_start();
        let quoted = match inside.strip_prefix(b"\"").and_then(closing_quote) {
            Some(end) => tail
                .len()
                .saturating_sub(inside.len())
                .saturating_add(end)
                .saturating_add(2),
            None => 0,
        };
        let open = before(after(tail, quoted), MAX_ADDRESS);
        let (end, skip) = match (memchr(b'>', open), memchr::memchr2(b',', b'<', open)) {
            // `<@a,@b:c@d>` is the one comma that belongs inside.
            (Some(close), Some(stop))
                if stop < close && !open.trim_ascii_start().starts_with(b"@") =>
            {
                (stop, 0)
            }
            (Some(close), _) => (close, 1),
            (None, Some(stop)) => (stop, 0),
            (None, None) => (open.len(), 0),
        };
        let end = end.saturating_add(quoted);
        if self.now.angle.is_none() {
            self.now.angle = Some(before(tail, end).to_vec());
        }
        after(tail, end.saturating_add(skip))
    }

    /// Ends the mailbox; `comma` tells that another may follow which these words belong to.
    fn finish(&mut self, comma: bool) {
        let now = std::mem::take(&mut self.now);
        let Some(angle) = now.angle else {
            let phrase = now.phrase.trim_ascii();
            let word = memchr(b'@', phrase).is_none() && !phrase.is_empty();
            if comma && word && !now.quoted && now.comment.is_empty() && self.held.is_none() {
                self.held = Some(phrase.to_vec());
                return;
            }
            self.release();
            self.bare(phrase, &now);
            return;
        };
        let mut phrase = now.phrase;
        if let Some(mut held) = self.held.take() {
            if now.quoted || phrase.trim_ascii().is_empty() {
                self.held = Some(held);
                self.release();
            } else {
                held.extend_from_slice(b", ");
                held.extend_from_slice(phrase.trim_ascii());
                phrase = held;
            }
        }
        let name = words::decode(&phrase, self.flaws);
        let address = self.address(&angle);
        if !name.is_empty() || !address.is_empty() {
            self.people.push(Address { name, address });
        }
    }

    /// Words held back for the next mailbox were one themselves.
    fn release(&mut self) {
        if let Some(held) = self.held.take() {
            self.bare(&held, &Mailbox::default());
        }
    }

    /// A mailbox without brackets: `a@b`, `a@b (Name)`, `Name a@b`, `local`, or only a name.
    fn bare(&mut self, phrase: &[u8], mailbox: &Mailbox) {
        if phrase.is_empty() {
            return; // a comment alone is nobody
        }
        let comment = words::decode(&mailbox.comment, self.flaws);
        let mut parts = phrase
            .split(u8::is_ascii_whitespace)
            .filter(|w| !w.is_empty());
        let address = match (parts.next(), parts.next()) {
            _ if mailbox.quoted_local => Some(phrase),
            (Some(word), None) if !mailbox.quoted && !word.starts_with(b"=?") => Some(word),
            _ => None,
        };
        if let Some(word) = address {
            let address = self.address(word);
            self.people.push(Address {
                name: comment,
                address,
            });
        } else if memchr(b'@', phrase).is_some() && !mailbox.quoted {
            self.spread(phrase, comment);
        } else {
            let name = words::decode(phrase, self.flaws);
            if !name.is_empty() {
                self.people.push(Address {
                    name,
                    address: String::new(),
                });
            }
        }
    }

    /// `user @ host`, `Name user@host`: spaces around `@` and dots belong to the address, other words to the name.
    fn spread(&mut self, phrase: &[u8], comment: String) {
        let mut tight: Vec<u8> = Vec::with_capacity(phrase.len());
        for word in phrase
            .split(u8::is_ascii_whitespace)
            .filter(|w| !w.is_empty())
        {
            let joins = matches!(word.first(), Some(b'@' | b'.'))
                || matches!(tight.last(), None | Some(b'@' | b'.'));
            if !joins {
                tight.push(b' ');
            }
            tight.extend_from_slice(word);
        }
        let is_address = |w: &&[u8]| memchr(b'@', w).is_some();
        let address = tight
            .split(|b| *b == b' ')
            .find(is_address)
            .unwrap_or_default();
        let address = self.address(address);
        let mut name = Vec::new();
        let mut found = false;
        for word in tight.split(|b| *b == b' ') {
            if !found && is_address(&word) {
                found = true;
                continue;
            }
            name.extend_from_slice(word);
            name.push(b' ');
        }
        let name = words::decode(&name, self.flaws);
        self.people.push(Address {
            name: if name.is_empty() { comment } else { name },
            address,
        });
    }

    /// Cleans an address: no folds, comments, source route (`@a,@b:`) or `mailto:`.
    fn address(&mut self, raw: &[u8]) -> String {
        let mut raw = before(raw.trim_ascii(), MAX_ADDRESS);
        if raw.starts_with(b"@")
            && let Some(colon) = memchr(b':', raw)
        {
            raw = after(raw, colon.saturating_add(1));
        }
        if raw
            .get(..7)
            .is_some_and(|p| p.eq_ignore_ascii_case(b"mailto:"))
        {
            raw = after(raw, 7);
        }
        if raw.starts_with(b"=?") {
            return words::decode(raw, self.flaws);
        }
        let quoted = memchr(b'"', raw).is_some();
        let mut address = words::raw(raw, self.flaws);
        if !quoted {
            strip_comments(&mut address);
            address.retain(|c| c != ' ');
        }
        address
    }
}

fn strip_comments(address: &mut String) {
    while let Some(open) = address.find('(') {
        let close = address.get(open..).and_then(|tail| tail.find(')'));
        let end = close.map_or(address.len(), |close| {
            open.saturating_add(close).saturating_add(1)
        });
        address.replace_range(open..end, "");
    }
}

/// Finds the quote that ends a quoted string, minding `\"`.
fn closing_quote(tail: &[u8]) -> Option<usize> {
    let mut escaped = false;
    tail.iter().position(|b| {
        let ends = *b == b'"' && !escaped;
        escaped = *b == b'\\' && !escaped;
        ends
    })
}

/// Finds the end of a comment, minding nesting and `\)`; all of it when it is never closed.
fn closing_paren(tail: &[u8]) -> usize {
    let mut depth = 1_u32;
    let mut escaped = false;
    let end = tail.iter().position(|b| {
        match b {
            b'(' if !escaped => depth = depth.saturating_add(1),
            b')' if !escaped => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = *b == b'\\' && !escaped;
        depth == 0
    });
    end.unwrap_or(tail.len())
}

fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut escaped = false;
    for &byte in text {
        if byte == b'\\' && !escaped {
            escaped = true;
            continue;
        }
        escaped = false;
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::bare("a@b.si", &[("", "a@b.si")])]
    #[case::angle("<a@b.si>", &[("", "a@b.si")])]
    #[case::named("Ana Novak <a@b.si>", &[("Ana Novak", "a@b.si")])]
    #[case::quoted("\"Novak, Ana\" <a@b.si>", &[("Novak, Ana", "a@b.si")])]
    #[case::escaped("\"Ana \\\"N\\\" Novak\" <a@b.si>", &[("Ana \"N\" Novak", "a@b.si")])]
    #[case::comment("a@b.si (Ana Novak)", &[("Ana Novak", "a@b.si")])]
    #[case::comment_and_name("Ana (at home) <a@b.si>", &[("Ana", "a@b.si")])]
    #[case::several("a@b.si, Ana <c@d.si>;e@f.si", &[("", "a@b.si"), ("Ana", "c@d.si"), ("", "e@f.si")])]
    #[case::folded("Ana\r\n Novak <a@b.si>,\r\n\tc@d.si", &[("Ana Novak", "a@b.si"), ("", "c@d.si")])]
    #[case::group("Team: a@b.si, Ana <c@d.si>;, e@f.si", &[("", "a@b.si"), ("Ana", "c@d.si"), ("", "e@f.si")])]
    #[case::empty_group("undisclosed-recipients:;", &[])]
    #[case::unquoted_comma("Novak, Ana <a@b.si>", &[("Novak, Ana", "a@b.si")])]
    #[case::word_then_mailbox("ana, <a@b.si>", &[("", "ana"), ("", "a@b.si")])]
    #[case::words("=?utf-8?Q?=C5=BDan?= =?utf-8?Q?_Kos?= <z@b.si>", &[("Žan Kos", "z@b.si")])]
    #[case::words_in_quotes("\"=?utf-8?Q?=C5=BDan?=\" <z@b.si>", &[("Žan", "z@b.si")])]
    #[case::split_word("=?utf-8?Q?=C5?= =?utf-8?Q?=BDan?= <z@b.si>", &[("Žan", "z@b.si")])]
    #[case::comma_in_word("=?utf-8?Q?Kos,_=C5=BDan?= <z@b.si>", &[("Kos, Žan", "z@b.si")])]
    #[case::open_quote("\"Ana <a@b.si>", &[("Ana", "a@b.si")])]
    #[case::open_angle("Ana <a@b.si, c@d.si", &[("Ana", "a@b.si"), ("", "c@d.si")])]
    #[case::double_angle("Ana <<a@b.si>>", &[("Ana", "a@b.si")])]
    #[case::route("<@x.si,@y.si:a@b.si>", &[("", "a@b.si")])]
    #[case::spaces("a @ b . si", &[("", "a@b.si")])]
    #[case::name_without_brackets("Ana Novak a@b.si", &[("Ana Novak", "a@b.si")])]
    #[case::local("postmaster", &[("", "postmaster")])]
    #[case::only_name("Mail Delivery System", &[("Mail Delivery System", "")])]
    #[case::name_empty_angle("MAILER-DAEMON <>", &[("MAILER-DAEMON", "")])]
    #[case::empty_angle("<>", &[])]
    #[case::quoted_local("\"a b\"@c.si", &[("", "\"a b\"@c.si")])]
    #[case::quoted_local_in_angle("Ana <\"a>b\"@c.si>", &[("Ana", "\"a>b\"@c.si")])]
    #[case::mailto("<mailto:a@b.si>", &[("", "a@b.si")])]
    #[case::commas(",,a@b.si,,", &[("", "a@b.si")])]
    #[case::idn("Ana <a@šola.si>", &[("Ana", "a@šola.si")])]
    #[case::comment_after_angle("<a@b.si> (Ana)", &[("", "a@b.si")])]
    #[case::comment_alone("(the end)", &[])]
    #[case::nothing("", &[])]
    fn reads(#[case] raw: &str, #[case] want: &[(&str, &str)]) {
        let want: Vec<Address> = want.iter().map(|(n, a)| Address::new(*n, *a)).collect();
        assert_eq!(list(raw.as_bytes(), &mut Flaws::default()), want, "{raw}");
    }

    #[test]
    fn raw_bytes_are_guessed() {
        let people = list(b"\x8Eiga \xC8u\xE8ek <z@b.si>", &mut Flaws::default());
        assert_eq!(
            people,
            [Address::new("Žiga Čuček", "z@b.si")],
            "raw windows-1250"
        );
    }
}
