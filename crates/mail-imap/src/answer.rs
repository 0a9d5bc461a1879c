//! One answer of the server, read (RFC 3501 §7 and the extensions we use).
//!
//! Reading never fails: an answer we do not know, or that does not follow the grammar, is [`Answer::Other`] and is
//! passed over. A server may say anything at any time; only what we asked for may be missed, and that shows by its absence.

use std::borrow::Cow;

use crate::fetch_item::Fetch;
use crate::scan::{Scan, Value, number};
use crate::set::UidSet;
use kontor_mail::provider::RemoteStatus;

/// The condition of a status answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

/// What stands in brackets after the condition: `[COPYUID 38505 304,319:320 3956:3958]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code<'a> {
    /// The word, as the server spells it.
    pub(crate) name: &'a [u8],
    /// Everything after it.
    pub(crate) args: &'a [u8],
}

impl Code<'_> {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Returns the first argument as a number.
    pub(crate) fn number(&self) -> Option<u64> {
        Scan::new(self.args).number()
    }
}

/// One line of LIST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed<'a> {
    /// Attributes as spelled (`\Noselect`, `\Sent`).
    pub(crate) attributes: Vec<&'a [u8]>,
    pub(crate) delimiter: Option<char>,
    pub(crate) name: Cow<'a, [u8]>,
}

impl Listed<'_> {
    pub(crate) fn has(&self, attribute: &str) -> bool {
        self.attributes
            .iter()
            .any(|a| a.eq_ignore_ascii_case(attribute.as_bytes()))
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer<'a> {
    /// The end of the command with this tag.
    Tagged(&'a [u8], Condition, Option<Code<'a>>, &'a [u8]),
    /// A condition of its own.
    Status(Condition, Option<Code<'a>>, &'a [u8]),
    /// `+`: the server waits for more; with its text (a SASL challenge).
    Continue(&'a [u8]),
    Exists(u32),
    Recent(u32),
    Expunge(u32),
    Fetch(Fetch<'a>),
    /// `VANISHED`; true for `(EARLIER)`.
    Vanished(bool, UidSet),
    List(Listed<'a>),
    /// STATUS: name and counters.
    Counters(Cow<'a, [u8]>, RemoteStatus),
    /// SEARCH, in the server's order.
    Search(Vec<u32>),
    /// ESEARCH `ALL`; `None` when nothing was found.
    Esearch(Option<UidSet>),
    Capability(Vec<&'a [u8]>),
    Enabled(Vec<&'a [u8]>),
    /// FLAGS: what may be set at all.
    Flags,
    /// ID: names and values in turn.
    Id(Vec<Value<'a>>),
    /// Something we know nothing of, or that does not follow the grammar.
    Other,
}

impl<'a> Answer<'a> {
    /// Reads one whole answer, line end included or not.
    pub(crate) fn parse(raw: &'a [u8]) -> Self {
        let raw = trim_line_end(raw);
        let mut scan = Scan::new(raw);
        if scan.eat(b'+').is_some() {
            scan.blanks();
            return Self::Continue(scan.rest());
        }
        let Some(first) = scan.atom() else {
            return Self::Other;
        };
        scan.blanks();
        if first == b"*" {
            return untagged(scan).unwrap_or(Self::Other);
        }
        tagged(first, scan).unwrap_or(Self::Other)
    }
}

fn trim_line_end(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
    raw.strip_suffix(b"\r").unwrap_or(raw)
}

fn condition(word: &[u8]) -> Option<Condition> {
    Some(match word.to_ascii_uppercase().as_slice() {
        b"OK" => Condition::Ok,
        b"NO" => Condition::No,
        b"BAD" => Condition::Bad,
        b"BYE" => Condition::Bye,
        b"PREAUTH" => Condition::Preauth,
        _ => return None,
    })
}

fn tagged<'a>(tag: &'a [u8], mut scan: Scan<'a>) -> Option<Answer<'a>> {
    let condition = condition(scan.atom()?)?;
    let (code, text) = code_and_text(scan);
    Some(Answer::Tagged(tag, condition, code, text))
}

/// Reads `[CODE args] text`. The arguments may hold quoted strings and parentheses with brackets in them.
fn code_and_text(mut scan: Scan<'_>) -> (Option<Code<'_>>, &[u8]) {
    scan.blanks();
    let whole = scan.rest();
    let Some(inside) = whole.strip_prefix(b"[") else {
        return (None, whole);
    };
    let mut quoted = false;
    let close = inside.iter().position(|b| {
        quoted ^= *b == b'"';
        !quoted && *b == b']'
    });
    // An unbalanced quote hides the bracket: then the first bracket has to do.
    let Some(close) = close.or_else(|| inside.iter().position(|b| *b == b']')) else {
        return (None, whole);
    };
    let (code, rest) = inside.split_at_checked(close).unwrap_or((inside, &[]));
    let split = code.iter().position(|b| *b == b' ').unwrap_or(code.len());
    let (name, args) = code.split_at_checked(split).unwrap_or((code, &[]));
    let text = rest.get(1..).unwrap_or_default().trim_ascii_start();
    let args = args.trim_ascii();
    (Some(Code { name, args }), text)
}

fn untagged(mut scan: Scan<'_>) -> Option<Answer<'_>> {
    let word = scan.atom()?;
    if let Some(n) = number(word) {
        scan.blanks();
        return numbered(u32::try_from(n).ok()?, scan);
    }
    if let Some(condition) = condition(word) {
        let (code, text) = code_and_text(scan);
        return Some(Answer::Status(condition, code, text));
    }
    scan.blanks();
    match word.to_ascii_uppercase().as_slice() {
        b"LIST" | b"LSUB" | b"XLIST" => list(scan).map(Answer::List),
        b"STATUS" => status(scan),
        b"SEARCH" => Some(Answer::Search(search(scan))),
        b"ESEARCH" => esearch(scan),
        b"VANISHED" => vanished(scan),
        b"CAPABILITY" => Some(Answer::Capability(words(scan))),
        b"ENABLED" => Some(Answer::Enabled(words(scan))),
        b"FLAGS" => Some(Answer::Flags),
        b"ID" => Some(Answer::Id(match scan.value()? {
            Value::List(members) => members,
            _ => Vec::new(),
        })),
        _ => None,
    }
}

fn numbered(n: u32, mut scan: Scan<'_>) -> Option<Answer<'_>> {
    match scan.atom()?.to_ascii_uppercase().as_slice() {
        b"EXISTS" => Some(Answer::Exists(n)),
        b"RECENT" => Some(Answer::Recent(n)),
        b"EXPUNGE" => Some(Answer::Expunge(n)),
        b"FETCH" => {
            scan.blanks();
            Fetch::parse(scan).map(Answer::Fetch)
        }
        _ => None,
    }
}

fn words(scan: Scan<'_>) -> Vec<&[u8]> {
    scan.rest()
        .split(|b| *b == b' ')
        .filter(|w| !w.is_empty())
        .collect()
}

fn list(mut scan: Scan<'_>) -> Option<Listed<'_>> {
    scan.eat(b'(')?;
    let mut attributes = Vec::new();
    loop {
        scan.blanks();
        if scan.eat(b')').is_some() {
            break;
        }
        attributes.push(scan.atom()?);
    }
    scan.blanks();
    let delimiter = scan
        .nstring()?
        .and_then(|d| std::str::from_utf8(&d).ok()?.chars().next());
    scan.blanks();
    // A server that knows a folder without a name (the root of `LIST "" ""`) says `""`.
    let name = scan.astring()?;
    Some(Listed {
        attributes,
        delimiter,
        name,
    })
}

fn status(mut scan: Scan<'_>) -> Option<Answer<'_>> {
    let name = scan.astring()?;
    scan.blanks();
    scan.eat(b'(')?;
    let mut counters = RemoteStatus::default();
    loop {
        scan.blanks();
        if scan.eat(b')').is_some() {
            return Some(Answer::Counters(name, counters));
        }
        let item = scan.atom()?;
        scan.blanks();
        let Some(n) = scan.number() else {
            // MAILBOXID (x) and whatever else may come.
            scan.skip_value()?;
            continue;
        };
        let small = u32::try_from(n).unwrap_or(u32::MAX);
        match item.to_ascii_uppercase().as_slice() {
            b"MESSAGES" => counters.messages = small,
            b"UIDNEXT" => counters.uidnext = small,
            b"UIDVALIDITY" => counters.uidvalidity = small,
            b"UNSEEN" => counters.unseen = small,
            b"HIGHESTMODSEQ" => counters.highestmodseq = n,
            _ => {}
        }
    }
}

/// Reads numbers until something else comes (`(MODSEQ 917)`).
fn search(mut scan: Scan<'_>) -> Vec<u32> {
    let mut found = Vec::new();
    loop {
        scan.blanks();
        let Some(n) = scan.number() else { return found };
        found.extend(u32::try_from(n));
    }
}

fn esearch(mut scan: Scan<'_>) -> Option<Answer<'_>> {
    if scan.peek() == Some(b'(') {
        scan.skip_value()?;
    }
    loop {
        scan.blanks();
        let Some(word) = scan.atom() else {
            return Some(Answer::Esearch(None));
        };
        if word.eq_ignore_ascii_case(b"ALL") {
            scan.blanks();
            return Some(Answer::Esearch(Some(UidSet::parse(scan.atom()?)?)));
        }
        if !word.eq_ignore_ascii_case(b"UID") {
            scan.blanks();
            scan.skip_value()?;
        }
    }
}

fn vanished(mut scan: Scan<'_>) -> Option<Answer<'_>> {
    let earlier = scan.word("(EARLIER)").is_some();
    scan.blanks();
    // Nothing vanished: some servers say so with an empty set.
    let set = match scan.atom() {
        Some(set) => UidSet::parse(set)?,
        None => UidSet::default(),
    };
    Some(Answer::Vanished(earlier, set))
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
