//! The piece of text around the first match, with the matched words marked.

use kontor_model::query::Words;

use crate::fold::{fold_word, spans};
use crate::{MATCH_END, MATCH_START};

/// Bytes of text before the first match, about four words.
const BEFORE: usize = 40;

/// Bytes of a snippet, about two lines.
const LENGTH: usize = 180;

/// Returns the text around the first match; `None` when nothing matches, or less than `room` bytes stand behind it.
pub(crate) fn cut(text: &str, wanted: &[Words], room: usize) -> Option<String> {
    let found = matches(text, wanted);
    let first = found.first()?.0;
    if text.len().saturating_sub(first) < room {
        return None;
    }
    let start = floor(text, first.saturating_sub(BEFORE));
    let end = floor(text, start.saturating_add(LENGTH));
    let mut out = String::with_capacity(LENGTH.saturating_add(32));
    if start > 0 {
        out.push('…');
    }
    let mut at = start;
    for (from, to) in found.into_iter().filter(|(_, to)| *to <= end) {
        if from < at {
            continue;
        }
        out.push_str(text.get(at..from)?);
        out.push(MATCH_START);
        out.push_str(text.get(from..to)?);
        out.push(MATCH_END);
        at = to;
    }
    out.push_str(text.get(at..end)?);
    if end < text.len() {
        out.push('…');
    }
    Some(out)
}

/// Matched words in order, as byte ranges; stops when a snippet's worth is behind the first one.
///
/// Few words are folded: most are told apart by their first letter.
fn matches(text: &str, wanted: &[Words]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut read: Vec<(usize, &str)> = Vec::new();
    let mut scratch = String::new();
    for (start, word) in spans(text) {
        if found
            .first()
            .is_some_and(|(first, _)| start > first.saturating_add(LENGTH))
        {
            break;
        }
        read.push((start, word));
        for phrase in wanted {
            let last = read.len().checked_sub(phrase.words.len());
            let last = last.and_then(|from| read.get(from..)).unwrap_or_default();
            if is_phrase(last, phrase, &mut scratch) {
                found.extend(
                    last.iter()
                        .map(|(at, word)| (*at, at.saturating_add(word.len()))),
                );
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// True when these words are the phrase.
fn is_phrase(have: &[(usize, &str)], phrase: &Words, scratch: &mut String) -> bool {
    let mut prefix = phrase.prefix;
    !have.is_empty()
        && have
            .iter()
            .rev()
            .zip(phrase.words.iter().rev())
            .all(|((_, have), want)| is_word(have, want, std::mem::take(&mut prefix), scratch))
}

/// True when a word as it stands folds to the wanted one, or to one that begins so.
fn is_word(have: &str, want: &str, prefix: bool, scratch: &mut String) -> bool {
    if let (Some(h), Some(w)) = (have.bytes().next(), want.bytes().next())
        && h.is_ascii()
        && h.to_ascii_lowercase() != w
    {
        return false;
    }
    scratch.clear();
    fold_word(have, scratch);
    if prefix {
        scratch.starts_with(want)
    } else {
        scratch == want
    }
}

/// The nearest character boundary at or before a byte.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    at
}

#[cfg(test)]
mod tests {
    use kontor_model::query::Words;
    use rstest::rstest;

    fn words(text: &str) -> Vec<Words> {
        text.split('|')
            .map(|w| Words {
                words: crate::words(w),
                prefix: w.ends_with('*'),
            })
            .collect()
    }

    #[rstest]
    #[case::word("Plačan je Račun 12.", "racun", "Plačan je [Račun] 12.")]
    #[case::prefix("Plačan je Računovodja.", "racun*", "Plačan je [Računovodja].")]
    #[case::phrase("the end of the invoice", "the invoice", "the end of [the] [invoice]")]
    #[case::two("red apple, green pear", "pear|red", "[red] apple, green [pear]")]
    #[case::whole_words("prices price", "price", "prices [price]")]
    fn marks(#[case] text: &str, #[case] query: &str, #[case] want: &str) {
        let got = super::cut(text, &words(query), 0).unwrap_or_default();
        let got = got
            .replace(crate::MATCH_START, "[")
            .replace(crate::MATCH_END, "]");
        assert_eq!(got, want, "{query} in {text}");
    }

    #[test]
    fn a_far_match_is_cut_out_at_character_boundaries() {
        let text = format!("{} igla {}", "čšž ".repeat(200), "čšž ".repeat(200));
        let got = super::cut(&text, &words("igla"), 0).unwrap_or_default();
        assert!(got.starts_with('…') && got.ends_with('…'), "{got}");
        assert!(got.contains("\u{E000}igla\u{E001}"), "{got}");
        assert_eq!(
            super::cut(&text, &words("none"), 0),
            None,
            "no match, no snippet"
        );
    }
}
