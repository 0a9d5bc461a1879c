//! Places of a text, and what looks like a fact there and is none.

use std::ops::Range;

/// The text from a byte on; empty behind the end or inside a character.
pub(super) fn from(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// The text before a byte; empty inside a character.
pub(super) fn before(text: &str, at: usize) -> &str {
    text.get(..at).unwrap_or_default()
}

/// True for spaces that stand inside a number or before its unit.
pub(super) fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// The word that begins a text, and how many bytes it has.
pub(super) fn first_word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The word that ends a text; gaps and a full stop behind it do not count.
pub(super) fn last_word(text: &str) -> &str {
    let text = text.trim_end_matches(|c| is_gap(c) || c == '.' || c == ':');
    let begin = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphabetic())
        .last()
        .map_or(text.len(), |(at, _)| at);
    from(text, begin)
}

/// The sentence a place stands in: up to line breaks, and to full stops before a space and a capital letter.
pub(super) fn sentence(text: &str, at: &Range<usize>) -> Range<usize> {
    let start = before(text, at.start);
    let from_byte = start
        .char_indices()
        .rfind(|&(n, c)| ends(text, n, c))
        .map_or(0, |(n, c)| n.saturating_add(c.len_utf8()));
    let rest = from(text, at.end);
    let upto = rest
        .char_indices()
        .map(|(n, c)| (at.end.saturating_add(n), c))
        .find(|&(n, c)| ends(text, n, c))
        .map_or(text.len(), |(n, _)| n);
    from_byte..upto
}

fn ends(text: &str, at: usize, c: char) -> bool {
    match c {
        '\n' => true,
        '.' | '!' | '?' => {
            let mut next = from(text, at.saturating_add(1)).chars();
            let space = next.next().is_some_and(|c| c == ' ' || c == '\n');
            // `12. Marca` has a digit before it, an abbreviation a small letter behind it.
            let digit = before(text, at).ends_with(|c: char| c.is_ascii_digit());
            space && (!digit || c != '.') && next.next().is_some_and(char::is_uppercase)
        }
        _ => false,
    }
}

/// The paragraph a place stands in: up to empty lines.
pub(super) fn paragraph(text: &str, at: &Range<usize>) -> Range<usize> {
    let start = before(text, at.start);
    let from_byte = start.rfind("\n\n").map_or(0, |n| n.saturating_add(2));
    let upto = from(text, at.end)
        .find("\n\n")
        .map_or(text.len(), |n| at.end.saturating_add(n));
    from_byte..upto
}

/// Whether two places have a byte in common.
pub(super) fn meet(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Places that hold no facts: addresses, telephone numbers, tax numbers and accounts.
pub(super) fn of_no_facts(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut said: Option<usize> = None;
    for (at, word) in words(text) {
        let end = at.saturating_add(word.len());
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
        let called = bare.starts_with('+') && digits > 0 || is_local_call(text, at);
        let behind = digits > 0 && said.is_some_and(|said| at.saturating_sub(said) <= 12);
        if word.contains("://") || word.contains('@') || bare.starts_with("www.") {
            places.push(at..end);
        } else if called || behind || is_code(bare) {
            places.push(at..run(text, at));
        }
        let folded = kontor_store::fold(bare);
        if digits == 0 && super::words::NO_FACT_BEHIND.contains(&folded.as_str()) {
            said = Some(end);
        } else if digits > 0 || folded.len() > 3 {
            said = None;
        }
    }
    places
}

/// Words with where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0_usize;
    text.split(|c: char| c.is_whitespace()).map(move |word| {
        let here = at;
        let end = here.saturating_add(word.len());
        let gap = from(text, end).chars().next().map_or(0, char::len_utf8);
        at = end.saturating_add(gap);
        (here, word)
    })
}

/// `SI12345678`, `SI56 1910 …`: two capital letters and eight digits, or the head of an account.
fn is_code(word: &str) -> bool {
    let mut chars = word.chars();
    let letters = chars.by_ref().take(2).all(|c| c.is_ascii_uppercase());
    let rest = chars.as_str();
    let digits = rest.chars().all(|c| c.is_ascii_digit());
    letters && digits && (rest.len() >= 8 || rest.len() == 2)
}

/// A telephone number without a word: groups of digits, the first with a zero in front, eight digits and more.
fn is_local_call(text: &str, at: usize) -> bool {
    let rest = from(text, at);
    let bare = rest.trim_start_matches('(');
    let mut head = bare.chars();
    let zero = head.next() == Some('0') && head.next().is_some_and(|c| c.is_ascii_digit());
    let end = run(text, at);
    let count = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    let all = text.get(at..end).unwrap_or_default();
    // `0012` alone may be a document's, `03/12/2026` is a day, `041 555 012` is neither.
    zero && super::days::day(text, at).is_none()
        && (8..=12).contains(&count(all))
        && all.trim().contains([' ', '/', '-', '\u{a0}'])
}

/// The end of a run of digits, and of the signs telephone numbers and accounts have between them.
fn run(text: &str, at: usize) -> usize {
    let mut end = at;
    let mut letters = 0_u8;
    for (n, c) in from(text, at).char_indices() {
        let inside = match c {
            '0'..='9' | '+' | '/' | '-' | '(' | ')' => true,
            'A'..='Z' if letters < 4 => {
                letters = letters.saturating_add(1);
                true
            }
            _ => is_gap(c) || c == '.',
        };
        if !inside {
            break;
        }
        if c.is_ascii_digit() {
            end = at.saturating_add(n).saturating_add(1);
        }
    }
    end
}
