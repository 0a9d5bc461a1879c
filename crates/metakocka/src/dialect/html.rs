//! The service's sentences, which may hold HTML, as plain ones.

/// The most of a foreign sentence that is shown.
const LENGTH: usize = 300;

/// One line of plain text: tags and line breaks become spaces, the common entities their characters.
pub(crate) fn plain(text: &str) -> String {
    let mut line = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.find('<').and_then(|at| rest.split_at_checked(at)) {
        line.push_str(before);
        let inside = from.strip_prefix('<').unwrap_or(from);
        let is_tag =
            inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        match inside.split_once('>') {
            Some((_tag, after)) if is_tag => {
                line.push(' ');
                rest = after;
            }
            _ => {
                line.push('<');
                rest = inside;
            }
        }
    }
    line.push_str(rest);
    for (entity, means) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        line = line.replace(entity, means);
    }
    let words = line
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    // A tag often stands between a word and its full stop.
    let line = [" .", " ,"]
        .iter()
        .fold(line, |line, gap| line.replace(gap, gap.trim()));
    line.chars().take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::plain;
    use rstest::rstest;

    #[rstest]
    #[case::none("Unknown document type : X", "Unknown document type : X")]
    #[case::bold("Artikel <b>GUM-17</b> ne obstaja", "Artikel GUM-17 ne obstaja")]
    #[case::before_a_full_stop("Manjka <b>davek</b>.", "Manjka davek.")]
    #[case::lines("a<br/>b\r\n  c", "a b c")]
    #[case::entities("Tr&nbsp;&amp; Co &lt;x&gt;", "Tr & Co <x>")]
    #[case::no_tag("amount < 5 and > 3", "amount < 5 and > 3")]
    #[case::never_closed("a <b", "a <b")]
    #[case::nothing("", "")]
    fn sentences_become_plain(#[case] text: &str, #[case] want: &str) {
        assert_eq!(plain(text), want);
    }

    #[test]
    fn a_page_is_cut() {
        assert_eq!(plain(&"š".repeat(5000)).chars().count(), super::LENGTH);
    }
}
