//! The search language (KONTORCTL.md, "Search"): the words a person types become a [`Query`].

mod facts;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use kontor_model::query::Words;
use kontor_model::{Millis, Query, Term};

pub use facts::{AskedStatus, OfFacts};

/// A search as understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// What to ask the store.
    pub query: Query,
    /// What only somebody who knows the customers can turn into terms; each must hold, too.
    pub facts: Vec<OfFacts>,
    /// The operators found, as typed, in order: the window draws them as chips.
    pub operators: Vec<String>,
    /// What was not understood, each a sentence for the person; those pieces are left out of the query.
    pub problems: Vec<String>,
}

/// Reads a search. Every input gives an answer; what makes no sense is named in `problems`.
///
/// Words are runs of letters and digits; all must occur. `"a b"` is a phrase, `abc*` a prefix, `*` alone everything.
/// Operators: `from: to: subject: in: has:attachment is:unread|read|flagged|answered before: after:` and their Slovenian
/// doubles `od: za: zadeva: v: ima:priloga je:neprebrano|prebrano|označeno|odgovorjeno pred: po:`. Of customers:
/// `customer: doc: status:overdue|new|active|sleeping|prospect overdue:DAYS first:contact` and `stranka: dokument: stanje:
/// zapadlo: prvi:stik`. A minus before an operator finds what it does not find. A value in quotes is a phrase. A word with
/// a colon that is no operator is searched as words.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    for piece in pieces(text) {
        parsed.take(&piece);
    }
    parsed
}

/// The fewest letters and digits a word being typed must have to be taken for a beginning: shorter ones begin half of all
/// words, so they take long to find and say little.
const PREFIX_FROM: usize = 3;

/// Reads a search whose last word is still being typed: from its third letter it is a prefix, before that a whole word.
/// An operator that may yet become right (`is:unr`, `before:2026-`) is left out and not complained of.
#[must_use]
pub fn parse_typing(text: &str) -> Parsed {
    let mut pieces = pieces(text);
    let word = text.chars().rev().take_while(|c| is_word(*c));
    // A combining mark belongs to its letter.
    let letters = word.filter(|c| c.is_alphanumeric()).take(PREFIX_FROM);
    let begins = letters.count() == PREFIX_FROM;
    if !text.ends_with(char::is_whitespace)
        && let Some(last) = pieces.last_mut()
    {
        if last.is_unfinished() {
            pieces.pop();
        } else if begins && last.is_of_words() {
            last.value.push('*');
        }
    }
    let mut parsed = Parsed::default();
    for piece in pieces {
        parsed.take(&piece);
    }
    parsed
}

/// One piece between white space, quotes kept together.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    operator: Option<String>,
    /// A minus stands before the operator.
    negated: bool,
    value: String,
    quoted: bool,
    typed: String,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return out;
        }
        let (mut operator, mut value, mut typed, mut quoted) =
            (None, String::new(), String::new(), false);
        let mut negated = false;
        while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
            typed.push(c);
            match c {
                ':' if operator.is_none() && !quoted && names_operator(&value) => {
                    negated = value.starts_with('-');
                    operator = Some(value.trim_start_matches('-').to_owned());
                    value.clear();
                }
                '"' | '“' | '”' | '„' if value.is_empty() => {
                    quoted = true;
                    // A quote never closed reaches to the end: the person is still typing.
                    for c in chars.by_ref() {
                        typed.push(c);
                        if matches!(c, '"' | '“' | '”') {
                            break;
                        }
                        value.push(c);
                    }
                    if let Some(star) = chars.next_if_eq(&'*') {
                        typed.push(star);
                        value.push(star);
                    }
                    break;
                }
                _ => value.push(c),
            }
        }
        out.push(Piece {
            operator,
            negated,
            value,
            quoted,
            typed,
        });
    }
}

/// True for a word of letters, with or without a minus before it.
fn names_operator(word: &str) -> bool {
    let name = word.strip_prefix('-').unwrap_or(word);
    !name.is_empty() && name.chars().all(char::is_alphabetic)
}

/// Letters and digits, combining marks included, so that a decomposed č stays one word.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')
}

fn words(value: &str) -> Vec<String> {
    value
        .split(|c: char| !is_word(c))
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// A phrase is one group of words; unquoted words are a group each, the prefix star belonging to the last.
fn groups(piece: &Piece) -> Vec<Words> {
    let prefix = piece.value.ends_with('*');
    let found = words(&piece.value);
    if piece.quoted {
        return if found.is_empty() {
            Vec::new()
        } else {
            vec![Words {
                words: found,
                prefix,
            }]
        };
    }
    let last = found.len().saturating_sub(1);
    found
        .into_iter()
        .enumerate()
        .map(|(n, w)| Words {
            words: vec![w],
            prefix: prefix && n == last,
        })
        .collect()
}

/// True for `local@domain.tld` and nothing more: then the whole address is meant, not its words.
fn is_address(value: &str) -> bool {
    value.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.contains('.')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && !value.ends_with('*')
            && !domain.contains('@')
    })
}

/// Midnight UTC of a `YYYY-MM-DD`.
fn day(value: &str) -> Option<Date> {
    (value.len() == 10).then(|| value.parse().ok()).flatten()
}

fn midnight(day: Date) -> Option<Millis> {
    day.to_zoned(TimeZone::UTC)
        .ok()
        .map(|z| Millis(z.timestamp().as_millisecond()))
}

impl Piece {
    /// True where the value is words of mails, not a state, a day, a folder or a whole address.
    fn is_of_words(&self) -> bool {
        match self.operator.as_deref().map(str::to_lowercase).as_deref() {
            Some("from" | "od" | "to" | "za") => !is_address(&self.value),
            Some("in" | "v" | "has" | "ima" | "is" | "je" | "before" | "pred" | "after" | "po") => {
                false
            }
            Some(operator) => facts::Operator::read(operator)
                .is_none_or(|operator| operator == facts::Operator::Document),
            None => true,
        }
    }

    /// True for an operator whose value is the beginning of a right one.
    fn is_unfinished(&self) -> bool {
        let value = self.value.to_lowercase();
        let begins = |known: &[&str]| {
            !known.contains(&value.as_str()) && known.iter().any(|k| k.starts_with(&value))
        };
        match self.operator.as_deref().map(str::to_lowercase).as_deref() {
            Some("in" | "v") => value.is_empty(),
            Some("has" | "ima") => begins(&ATTACHED),
            Some("is" | "je") => begins(&STATES),
            Some("before" | "pred" | "after" | "po") => {
                value.len() < 10 && value.chars().all(|c| c.is_ascii_digit() || c == '-')
            }
            Some(operator) => facts::Operator::read(operator)
                .is_some_and(|operator| operator.is_unfinished(&value)),
            None => false,
        }
    }
}

/// The values of `has:`.
const ATTACHED: [&str; 5] = ["attachment", "attachments", "priloga", "priloge", "prilogo"];

/// The values of `is:`.
const STATES: [&str; 10] = [
    "unread",
    "neprebrano",
    "read",
    "prebrano",
    "flagged",
    "starred",
    "označeno",
    "oznaceno",
    "answered",
    "odgovorjeno",
];

impl Parsed {
    fn take(&mut self, piece: &Piece) {
        let mut one = Self::default();
        one.take_as_it_is(piece);
        if piece.negated && !one.operators.is_empty() {
            one.facts = one.facts.into_iter().map(OfFacts::not).collect();
            if !one.query.terms.is_empty() {
                one.query.terms = vec![Term::Not(one.query.terms)];
            }
        }
        self.query.terms.extend(one.query.terms);
        self.facts.extend(one.facts);
        self.operators.extend(one.operators);
        self.problems.extend(one.problems);
    }

    /// As if no minus stood before it.
    fn take_as_it_is(&mut self, piece: &Piece) {
        let Some(operator) = piece.operator.as_deref().map(str::to_lowercase) else {
            self.query
                .terms
                .extend(groups(piece).into_iter().map(Term::Text));
            return;
        };
        let value = piece.value.as_str();
        if let Some(of_facts) = facts::Operator::read(&operator) {
            match of_facts.ask(value) {
                Ok(asked) => {
                    self.operators.push(piece.typed.clone());
                    self.facts.push(asked);
                }
                Err(problem) => self.problems.push(problem),
            }
            return;
        }
        let terms = match operator.as_str() {
            "subject" | "zadeva" => groups(piece).into_iter().map(Term::Subject).collect(),
            "from" | "od" if is_address(value) => vec![Term::FromAddress(value.to_lowercase())],
            "from" | "od" => groups(piece).into_iter().map(Term::From).collect(),
            "to" | "za" if is_address(value) => vec![Term::ToAddress(value.to_lowercase())],
            "to" | "za" => groups(piece).into_iter().map(Term::To).collect(),
            "in" | "v" if !value.is_empty() => vec![Term::In(value.to_lowercase())],
            "has" | "ima" | "is" | "je" => self.state(&operator, &value.to_lowercase()),
            "before" | "pred" => self.date(piece, Term::Before),
            "after" | "po" => self.date(piece, Term::After),
            "in" | "v" => {
                self.problems
                    .push("“in:” wants the name of a folder, such as in:inbox.".into());
                Vec::new()
            }
            _ => {
                let whole = Piece {
                    operator: None,
                    negated: false,
                    value: piece.typed.clone(),
                    quoted: false,
                    typed: String::new(),
                };
                self.query
                    .terms
                    .extend(groups(&whole).into_iter().map(Term::Text));
                return;
            }
        };
        if !terms.is_empty() {
            self.operators.push(piece.typed.clone());
        }
        self.query.terms.extend(terms);
    }

    fn state(&mut self, operator: &str, value: &str) -> Vec<Term> {
        let term = match (operator, value) {
            ("has" | "ima", value) if ATTACHED.contains(&value) => Term::HasAttachment,
            ("is" | "je", "unread" | "neprebrano") => Term::Unread,
            ("is" | "je", "read" | "prebrano") => Term::Read,
            ("is" | "je", "flagged" | "starred" | "označeno" | "oznaceno") => Term::Flagged,
            ("is" | "je", "answered" | "odgovorjeno") => Term::Answered,
            ("has" | "ima", _) => {
                self.problems
                    .push(format!("“{operator}:” knows only {operator}:attachment."));
                return Vec::new();
            }
            _ => {
                self.problems.push(format!(
                    "“{operator}:” knows unread, read, flagged and answered."
                ));
                return Vec::new();
            }
        };
        vec![term]
    }

    fn date(&mut self, piece: &Piece, make: fn(Millis) -> Term) -> Vec<Term> {
        match day(&piece.value).and_then(midnight) {
            Some(at) => vec![make(at)],
            None => {
                let operator = piece.operator.as_deref().unwrap_or_default();
                self.problems.push(format!(
                    "“{operator}:” wants a day such as {operator}:2026-11-20."
                ));
                Vec::new()
            }
        }
    }
}

#[cfg(test)]
#[path = "search/tests.rs"]
mod tests;
