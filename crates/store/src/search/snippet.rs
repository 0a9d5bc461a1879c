//! The piece of text around the first match, with the matched words marked.

use kontor_model::query::Words;

use crate::fold::{fold_word, spans};
use crate::{MATCH_END, MATCH_START};

/// Bytes of text before the first match, about four words.
const BEFORE: usize = 40;

/// Bytes of a snippet, about two lines.
const LENGTH: usize = 180;

/// Returns the text around the first match; `None` when nothing matches.
pub(crate) fn cut(text: &str, wanted: &[Words]) -> Option<String> {
    let found = matches(text, wanted);
    let first = found.first()?.0;
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
fn matches(text: &str, wanted: &[Words]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut recent: Vec<(usize, usize, String)> = Vec::new();
    let longest = wanted.iter().map(|w| w.words.len()).max().unwrap_or(0);
    for (start, word) in spans(text) {
        if found
            .first()
            .is_some_and(|(first, _)| start > first.saturating_add(LENGTH))
        {
            break;
        }
        let mut folded = if recent.len() >= longest && !recent.is_empty() {
            let mut old = recent.remove(0).2;
            old.clear();
            old
        } else {
            String::new()
        };
        fold_word(word, &mut folded);
        recent.push((start, start.saturating_add(word.len()), folded));
        for phrase in wanted {
            let skip = recent.len().checked_sub(phrase.words.len());
            let Some(tail) = skip.and_then(|n| recent.get(n..)) else {
                continue;
            };
            if is_match(tail, phrase) {
                found.extend(tail.iter().map(|(from, to, _)| (*from, *to)));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn is_match(tail: &[(usize, usize, String)], phrase: &Words) -> bool {
    let last = phrase.words.len().saturating_sub(1);
    tail.iter()
        .zip(&phrase.words)
        .enumerate()
        .all(|(n, ((.., have), want))| {
            if n == last && phrase.prefix {
                have.starts_with(want.as_str())
            } else {
                have == want
            }
        })
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
        let got = super::cut(text, &words(query)).unwrap_or_default();
        let got = got
            .replace(crate::MATCH_START, "[")
            .replace(crate::MATCH_END, "]");
        assert_eq!(got, want, "{query} in {text}");
    }

    #[test]
    fn a_far_match_is_cut_out_at_character_boundaries() {
        let text = format!("{} igla {}", "čšž ".repeat(200), "čšž ".repeat(200));
        let got = super::cut(&text, &words("igla")).unwrap_or_default();
        assert!(got.starts_with('…') && got.ends_with('…'), "{got}");
        assert!(got.contains("\u{E000}igla\u{E001}"), "{got}");
        assert_eq!(
            super::cut(&text, &words("none")),
            None,
            "no match, no snippet"
        );
    }
}
