//! Folding: what search compares by. One function for the index, the query and the snippet, so that they cannot differ.
//!
//! A **word** is a run of letters and digits. Folding makes it lower case and takes its diacritics off: `Račun` =
//! `racun`, `ё` = `е`, `ά` = `α`; strokes and ligatures go too: `đ` = `d`, `ł` = `l`, `ø` = `o`, `ß` = `ss`, `æ` = `ae`;
//! full-width letters are the plain ones. Marks of other scripts (Devanagari vowels, Japanese voicing) mean another
//! letter and stay. A run of Chinese or Japanese is one word: it is found whole or by its beginning (`会議*`).

use std::sync::LazyLock;

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// Longer words are cut here, in the index and in queries alike: nobody types base64.
const LONGEST: usize = 64;

const DECOMPOSITION: CanonicalDecompositionBorrowed<'static> =
    CanonicalDecompositionBorrowed::new();

/// Returns the words of a text, folded, with one space between them.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Returns the words of a text, folded.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(' ')
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Appends the folded words of a text to `out`, each after a space unless `out` is empty.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    // The same as folding each of `spans`: this runs over every text of every mail. Most of those are ASCII words with
    // one space between, which are taken over as they stand, many at a time, and made lower case in the end.
    let before = out.len();
    out.reserve(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, next) = plain_words(rest);
        if !plain.is_empty() {
            separate(out);
            out.push_str(plain);
        }
        rest = fold_one(next, out);
    }
    if let Some(added) = out.get_mut(before..) {
        added.make_ascii_lowercase();
    }
}

fn separate(out: &mut String) {
    if !out.is_empty() {
        out.push(' ');
    }
}

/// What a byte is to a text's words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// An ASCII letter or digit.
    Plain,
    /// The rest of ASCII.
    Separator,
    /// Part of a character that must be looked at.
    Other,
}

/// By byte: a look at a table costs less than comparing with ranges.
#[expect(
    clippy::indexing_slicing,
    reason = "worked out by the compiler, which would refuse"
)]
const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        classes[byte as usize] = if byte.is_ascii_alphanumeric() {
            Class::Plain
        } else {
            Class::Separator
        };
        byte += 1;
    }
    classes
};

/// Splits off what a text begins with: separators, which are left out, and ASCII words with one space between. What is
/// left begins with something else, with a word that must be cut, or with a separator.
fn plain_words(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let run = |from: usize, of: Class| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter()
            .position(|byte| CLASSES.get(usize::from(*byte)) != Some(&of))
            .unwrap_or(rest.len())
    };
    let start = run(0, Class::Separator);
    let mut end = start;
    loop {
        let length = run(end, Class::Plain);
        let at = end.saturating_add(length);
        match bytes.get(at) {
            next if length > LONGEST || next.is_some_and(|byte| !byte.is_ascii()) => break,
            Some(b' ') if length > 0 => end = at.saturating_add(1),
            _ => {
                end = at;
                break;
            }
        }
    }
    let words = text.get(start..end).unwrap_or_default();
    (words.trim_ascii_end(), text.get(end..).unwrap_or_default())
}

/// Appends the word a text begins with, if it does, and returns what is behind it and the character that ends it.
fn fold_one<'t>(text: &'t str, out: &mut String) -> &'t str {
    let (mut inside, mut room) = (false, LONGEST);
    for (at, c) in text.char_indices() {
        let continues = match (c.is_ascii(), inside) {
            (true, _) => c.is_ascii_alphanumeric(),
            (false, false) => is_letter(c),
            (false, true) => continues_word(c),
        };
        if !continues {
            let next = at.saturating_add(c.len_utf8());
            return text.get(next..).unwrap_or_default();
        }
        if !inside {
            inside = true;
            separate(out);
        }
        if room > 0 {
            room = room.saturating_sub(1);
            if c.is_ascii() {
                out.push(c);
            } else {
                fold_char(c, out);
            }
        }
    }
    ""
}

/// Returns the words of a text as they stand, with where they begin (bytes).
pub(crate) fn spans(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = find(text, at, starts_word)?;
        at = find(text, start, |c| !continues_word(c)).unwrap_or(text.len());
        Some((start, text.get(start..at)?))
    })
}

/// Where the first such character stands, from a byte on. As `str::find`, quicker where the text is ASCII.
#[inline]
fn find(text: &str, mut at: usize, wanted: impl Fn(char) -> bool) -> Option<usize> {
    loop {
        let byte = *text.as_bytes().get(at)?;
        let (c, length) = if byte.is_ascii() {
            (char::from(byte), 1)
        } else {
            let c = text.get(at..)?.chars().next()?;
            (c, c.len_utf8())
        };
        if wanted(c) {
            return Some(at);
        }
        at = at.saturating_add(length);
    }
}

/// Appends one word, folded and cut.
pub(crate) fn fold_word(word: &str, out: &mut String) {
    let mut room = LONGEST;
    for c in word.chars() {
        if room == 0 {
            break;
        }
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            fold_char(c, out);
        }
        room = room.saturating_sub(1);
    }
}

#[inline]
fn starts_word(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else {
        is_letter(c)
    }
}

/// As `char::is_alphanumeric`, quicker for the letters most of our mail has.
fn is_letter(c: char) -> bool {
    matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{24F}' | 'Ѐ'..='ҁ' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='\u{9FFF}')
        || c.is_alphanumeric()
}

#[inline]
fn continues_word(c: char) -> bool {
    starts_word(c) || (!c.is_ascii() && (is_mark(c) || matches!(c, '\u{3099}' | '\u{309A}')))
}

/// Combining marks that fold to nothing.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20F0}' | '\u{FE20}'..='\u{FE2F}')
}

fn fold_char(c: char, out: &mut String) {
    /// The folded letters of Europe: Latin, Greek and Cyrillic, up to U+052F.
    static EUROPE: LazyLock<Vec<String>> = LazyLock::new(|| {
        let fold = |c| {
            let mut out = String::new();
            fold_any(c, &mut out);
            out
        };
        ('\0'..='\u{52F}').map(fold).collect()
    });
    let place = usize::try_from(u32::from(c)).unwrap_or(usize::MAX);
    match EUROPE.get(place) {
        Some(folded) => out.push_str(folded),
        None => fold_any(c, out),
    }
}

fn fold_any(c: char, out: &mut String) {
    match c {
        'đ' | 'Đ' => out.push('d'),
        'ł' | 'Ł' => out.push('l'),
        'ø' | 'Ø' | 'ǿ' | 'Ǿ' => out.push('o'),
        'ħ' | 'Ħ' => out.push('h'),
        'ŧ' | 'Ŧ' => out.push('t'),
        'ı' | 'İ' => out.push('i'),
        'ß' | 'ẞ' => out.push_str("ss"),
        'æ' | 'Æ' | 'ǽ' | 'Ǽ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        'ς' => out.push('σ'),
        '\u{FF01}'..='\u{FF5E}' => {
            // Full-width forms lie in the order of ASCII.
            let plain = u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32);
            out.push(plain.unwrap_or(c).to_ascii_lowercase());
        }
        '一'..='\u{9FFF}' => out.push(c),
        c if is_mark(c) => {}
        c if u32::from(c) < 0x530 || ('\u{1E00}'..='\u{1FFF}').contains(&c) => {
            out.extend(base(c).to_lowercase().filter(|c| !is_mark(*c)));
        }
        c => out.extend(c.to_lowercase()),
    }
}

/// Takes the marks off a letter: `ǟ` is `ä` and a macron, `ä` is `a` and two dots.
fn base(mut c: char) -> char {
    // No letter decomposes more than four times.
    for _ in 0..4 {
        match DECOMPOSITION.decompose(c) {
            Decomposed::Expansion(first, mark) if is_mark(mark) => c = first,
            Decomposed::Singleton(same) => c = same,
            Decomposed::Expansion(..) | Decomposed::Default => break,
        }
    }
    c
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};
    use rstest::rstest;

    #[rstest]
    #[case::slovenian("Račun št. 12/2026", "racun st 12 2026")]
    #[case::decomposed("Rac\u{30C}un", "racun")]
    #[case::strokes("Đorđe Łódź Ødegård", "dorde lodz odegard")]
    #[case::german("Großmann MÜLLER STRAẞE", "grossmann muller strasse")]
    #[case::turkish("İstanbul ılık", "istanbul ilik")]
    #[case::cyrillic("Ещё Счёт", "еще счет")]
    #[case::greek("Άλφα λόγος", "αλφα λογοσ")]
    #[case::vietnamese("Nguyễn", "nguyen")]
    #[case::full_width("ＡＢＣ１２３", "abc123")]
    #[case::japanese("会議室、ガイド", "会議室 ガイド")]
    #[case::address("Ana.Novak+x@hrast.si", "ana novak x hrast si")]
    #[case::nothing("--- !? \u{30C}", "")]
    #[case::underscore("snake_case", "snake case")]
    fn folds(#[case] raw: &str, #[case] want: &str) {
        assert_eq!(super::fold(raw), want, "{raw}");
        assert_eq!(super::fold(want), want, "folding twice changes nothing");
    }

    #[test]
    fn every_letter_folds_the_same_alone_and_in_a_text() {
        for c in '\0'..='\u{FFFF}' {
            let text = format!("a{c}b {c}x");
            let mut one_by_one = String::new();
            for (_, word) in super::spans(&text) {
                if !one_by_one.is_empty() {
                    one_by_one.push(' ');
                }
                super::fold_word(word, &mut one_by_one);
            }
            assert_eq!(super::fold(&text), one_by_one, "{c:?}");
            assert_eq!(
                super::is_letter(c),
                c.is_alphanumeric(),
                "the short cut knows {c:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_text_folds_as_its_words_do(text in "([a-zA-Z0-9]{0,70}[ ]{0,2}|[čŠß\u{30C}会.,\\n]{0,3}|\\PC{0,5}){0,12}", before in "|a") {
            let mut want = before.clone();
            for (_, word) in super::spans(&text) {
                super::separate(&mut want);
                super::fold_word(word, &mut want);
            }
            let mut folded = before;
            super::fold_into(&text, &mut folded);
            prop_assert_eq!(folded, want, "{:?}", text);
        }
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(
            super::fold(&"a".repeat(1000)).len(),
            super::LONGEST,
            "nobody types base64"
        );
    }
}
