//! What one FETCH answer says of a message (RFC 3501 §7.4.2), and what its BODYSTRUCTURE shows.
//!
//! This is the hot path: a first synchronisation reads it once for every message, so it borrows from the answer's bytes
//! and builds no tree but the structure's.

use std::borrow::Cow;

use kontor_model::{Flags, Millis};

use crate::date;
use crate::scan::Scan;
use crate::structure;

/// One FETCH answer; what was not said is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fetch<'a> {
    pub(crate) uid: Option<u32>,
    pub(crate) flags: Option<Flags>,
    pub(crate) internal_date: Option<Millis>,
    pub(crate) size: Option<u64>,
    /// The bytes of whichever section was asked for: the header fields, the whole message or a piece of it.
    pub(crate) body: Option<Cow<'a, [u8]>>,
    /// Where the piece begins, for an answer to `BODY[]<o.n>`.
    pub(crate) origin: Option<u64>,
    /// From BODYSTRUCTURE.
    pub(crate) has_attachment: Option<bool>,
}

impl<'a> Fetch<'a> {
    /// Reads the list after `FETCH`; `None` where it ends before its bracket.
    pub(crate) fn parse(mut scan: Scan<'a>) -> Option<Self> {
        let mut fetch = Self::default();
        scan.eat(b'(')?;
        loop {
            scan.blanks();
            match scan.peek()? {
                b')' => return Some(fetch),
                // Domino wraps some items in brackets of their own; their values are read as if it had not.
                b'(' => {
                    let mut inner = scan;
                    if let Some(more) = Self::parse(inner) {
                        fetch.take_over(more);
                    }
                    inner.skip_value()?;
                    scan = inner;
                }
                _ => fetch.item(&mut scan)?,
            }
        }
    }

    fn item(&mut self, scan: &mut Scan<'a>) -> Option<()> {
        let name = scan.item_name()?;
        scan.blanks();
        let is = |word: &[u8]| name.eq_ignore_ascii_case(word);
        if is(b"UID") {
            self.uid = u32::try_from(scan.number()?).ok();
        } else if is(b"FLAGS") {
            self.flags = Some(flags(scan)?);
        } else if is(b"INTERNALDATE") {
            self.internal_date = date::parse(&scan.nstring()?.unwrap_or_default());
        } else if is(b"RFC822.SIZE") {
            self.size = Some(scan.number()?);
        } else if is(b"BODYSTRUCTURE") {
            let start = *scan;
            self.has_attachment = scan.value().and_then(|v| structure::has_attachment(&v));
            // A structure that does not follow the grammar must not take the rest of the answer along.
            if self.has_attachment.is_none() {
                *scan = start;
                scan.skip_value()?;
            }
        } else if is(b"RFC822") || is(b"RFC822.HEADER") {
            self.body = scan.nstring()?;
        } else if name
            .get(..5)
            .is_some_and(|n| n.eq_ignore_ascii_case(b"BODY["))
        {
            self.origin = origin(name);
            self.body = scan.nstring()?;
        } else {
            // Keywords, MODSEQ (even negative), EMAILID, ENVELOPE, whatever a server adds.
            scan.skip_value()?;
        }
        Some(())
    }

    fn take_over(&mut self, more: Self) {
        self.uid = self.uid.or(more.uid);
        self.flags = self.flags.take().or(more.flags);
        self.internal_date = self.internal_date.or(more.internal_date);
        self.size = self.size.or(more.size);
        self.body = self.body.take().or(more.body);
        self.origin = self.origin.or(more.origin);
        self.has_attachment = self.has_attachment.or(more.has_attachment);
    }
}

fn origin(section: &[u8]) -> Option<u64> {
    let at = section.iter().rposition(|b| *b == b'<')?;
    let digits = section.get(at.checked_add(1)?..)?.strip_suffix(b">")?;
    crate::scan::number(digits)
}

fn flags(scan: &mut Scan<'_>) -> Option<Flags> {
    scan.eat(b'(')?;
    let mut flags = Flags::default();
    loop {
        scan.blanks();
        if scan.eat(b')').is_some() {
            return Some(flags);
        }
        let name = scan.atom()?;
        match std::str::from_utf8(name) {
            Ok(name) => flags.insert(name),
            Err(_) => flags.insert(&String::from_utf8_lossy(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Answer;
    use rstest::rstest;

    fn read(raw: &str) -> Fetch<'_> {
        match Answer::parse(raw.as_bytes()) {
            Answer::Fetch(f) => f,
            other => panic!("{raw:?} reads as {other:?}"),
        }
    }

    #[test]
    fn reads_every_item_we_ask_for() {
        let raw = "* 12 FETCH (UID 900 FLAGS (\\Seen $Forwarded) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" \
            RFC822.SIZE 4286 MODSEQ (12121231000) BODY[HEADER.FIELDS (DATE FROM)] {6}\r\nA: b\r\n \
            BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92))\r\n";
        let fetch = read(raw);
        assert_eq!(fetch.uid, Some(900));
        assert_eq!(
            fetch.flags,
            Some(Flags::from_names(["\\Seen", "$Forwarded"]))
        );
        assert_eq!(fetch.internal_date, Some(Millis(837_596_665_000)));
        assert_eq!(fetch.size, Some(4286));
        assert_eq!(fetch.body.as_deref(), Some(b"A: b\r\n".as_slice()));
        assert_eq!(fetch.has_attachment, Some(false));
        assert_eq!(fetch.origin, None, "not a piece");
    }

    #[rstest]
    #[case::piece("* 1 FETCH (UID 1 BODY[]<4096> {3}\r\nabc)", Some(4096), Some("abc"))]
    #[case::whole_as_piece("* 1 FETCH (UID 1 BODY[]<0> \"abc\")", Some(0), Some("abc"))]
    #[case::quoted_header(
        "* 1 FETCH (BODY[HEADER.FIELDS (\"DATE\")] \"a\\\"b\" UID 1)",
        None,
        Some("a\"b")
    )]
    #[case::gone("* 1 FETCH (UID 1 BODY[] NIL)", None, None)]
    #[case::empty("* 1 FETCH (BODY[] {0}\r\n UID 1)", None, Some(""))]
    #[case::lower_case("* 1 fetch (uid 1 body[] {2}\r\nxy)", None, Some("xy"))]
    #[case::rfc822("* 1 FETCH (RFC822 {2}\r\nxy UID 1)", None, Some("xy"))]
    fn reads_bodies(#[case] raw: &str, #[case] origin: Option<u64>, #[case] body: Option<&str>) {
        let fetch = read(raw);
        assert_eq!(fetch.uid, Some(1));
        assert_eq!(fetch.origin, origin);
        assert_eq!(fetch.body.as_deref(), body.map(str::as_bytes));
    }

    #[rstest]
    #[case::negative_modseq("* 1 FETCH (MODSEQ (-5) UID 7)")]
    #[case::extra_brackets("* 2 FETCH (UID 7 (ENVELOPE (NIL NIL)) X 1)")]
    #[case::uid_in_extra_brackets("* 2 FETCH ((UID 7) RFC822.SIZE 1)")]
    #[case::literal_in_unknown("* 1 FETCH (X-LIST (A {3}\r\n)\"( B (C)) UID 7)")]
    #[case::gmail(
        "* 1 FETCH (X-GM-LABELS (\"\\\\Inbox\" \"a b\") X-GM-MSGID 1278455344230334865 UID 7)"
    )]
    #[case::broken_structure("* 1 FETCH (BODYSTRUCTURE (\"TEXT\" NIL) UID 7)")]
    #[case::nil_thread("* 1 FETCH (THREADID NIL UID 7)")]
    fn oddities_do_not_hide_the_rest(#[case] raw: &str) {
        assert_eq!(read(raw).uid, Some(7), "{raw:?}");
    }

    #[rstest]
    #[case("* 1 FETCH (UID 7")]
    #[case("* 1 FETCH UID 7)")]
    #[case("* 1 FETCH (BODY[] {9}\r\nab)")]
    fn a_broken_answer_is_passed_over(#[case] raw: &str) {
        assert_eq!(Answer::parse(raw.as_bytes()), Answer::Other, "{raw:?}");
    }
}
