//! How much of a text is kept, and in what shape.

/// How much text is kept for snippets, bytes. A match further down is found all the same; its snippet is the preview.
pub(super) const SNIPPET_TEXT: usize = 12 * 1024;

/// Cuts text for snippets: white space to one space, whole words, at most [`SNIPPET_TEXT`] bytes.
pub(super) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(SNIPPET_TEXT));
    let mut rest = text.trim_start();
    while !rest.is_empty() && out.len() < SNIPPET_TEXT {
        let (words, next) = spaced_words(rest);
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(words);
        rest = next;
    }
    if out.len() > SNIPPET_TEXT {
        let room = out.as_bytes().get(..=SNIPPET_TEXT).unwrap_or_default();
        let end = room.iter().rposition(|byte| *byte == b' ');
        out.truncate(end.unwrap_or(0));
    }
    out
}

/// Splits off the words a text begins with that have one space between, no more of them than are wanted; what is left
/// begins with a word.
fn spaced_words(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut at = 0_usize;
    while at <= SNIPPET_TEXT
        && let Some(byte) = bytes.get(at)
    {
        let length = match byte {
            b' ' if bytes
                .get(at.saturating_add(1))
                .is_some_and(u8::is_ascii_graphic) =>
            {
                1
            }
            0x21..=0x7F => 1,
            _ => match text.get(at..).and_then(|rest| rest.chars().next()) {
                Some(c) if !c.is_whitespace() => c.len_utf8(),
                _ => break,
            },
        };
        at = at.saturating_add(length);
    }
    let (words, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    (words, rest.trim_start())
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::{SNIPPET_TEXT, squeeze};

    /// Word by word, as many as fit.
    fn word_by_word(text: &str) -> String {
        let mut out = String::new();
        for word in text.split_whitespace() {
            let space = usize::from(!out.is_empty());
            if [out.len(), space, word.len()].iter().sum::<usize>() > SNIPPET_TEXT {
                break;
            }
            out.push_str(if out.is_empty() { "" } else { " " });
            out.push_str(word);
        }
        out
    }

    proptest! {
        #[test]
        fn white_space_becomes_one_space(text in "([a-zč\u{1}]{0,6}[ \\t\\r\\n\u{B}\u{85}\u{A0}\u{2003}]{0,3}){0,40}") {
            prop_assert_eq!(squeeze(&text), word_by_word(&text), "{:?}", text);
        }

        #[test]
        fn a_long_text_ends_with_a_whole_word(word in "[ač]{1,9}", last in 0_usize..20, gap in "[ ]{1,2}|\n") {
            for length in [SNIPPET_TEXT, SNIPPET_TEXT.saturating_add(last), SNIPPET_TEXT.saturating_sub(last)] {
                let mut text = String::new();
                while text.len() < length {
                    text.push_str(&word);
                    text.push_str(&gap);
                }
                text.push_str(&"a".repeat(last));
                prop_assert_eq!(squeeze(&text), word_by_word(&text), "{:?} {}", word, length);
            }
            let endless = "č".repeat(SNIPPET_TEXT);
            prop_assert_eq!(squeeze(&endless), "", "no word fits");
        }
    }
}
