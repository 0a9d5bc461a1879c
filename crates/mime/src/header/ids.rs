//! Message ids.

use memchr::memchr;

use crate::scan::{after, before};

/// A chain longer than this is cut in the middle: its root and its newest ids decide threading.
const MAX_IDS: usize = 1000;

/// Reads a Message-ID or Content-ID: the first id, without angle brackets; `None` when there is none.
pub(crate) fn one(value: &[u8]) -> Option<String> {
    bracketed(value)
        .map(|(id, _)| id)
        .or_else(|| bare(value).next())
        .filter(|id| !id.is_empty())
}

/// Reads In-Reply-To or References: all ids in order.
///
/// RFC 822 allowed phrases there (`Your message of Monday <id>`): with brackets around, only what they hold counts;
/// without any, each word that can be an id.
pub(crate) fn all(value: &[u8]) -> Vec<String> {
    let mut ids = Vec::new();
    let mut rest = value;
    let mut brackets = false;
    while let Some((id, tail)) = bracketed(rest) {
        brackets = true;
        rest = tail;
        if !id.is_empty() {
            ids.push(id);
        }
    }
    if !brackets {
        let words = bare(value).count();
        ids.extend(bare(value).filter(|word| words == 1 || word.contains('@')));
    }
    if ids.len() > MAX_IDS {
        let cut = ids.len().saturating_sub(MAX_IDS).saturating_add(1);
        ids.drain(1..cut);
    }
    ids
}

/// Returns the next `<…>`, folds inside it removed, and what follows. An unclosed one ends at the next `<`.
fn bracketed(value: &[u8]) -> Option<(String, &[u8])> {
    let inside = after(value, memchr(b'<', value)?.saturating_add(1));
    let end = memchr::memchr2(b'>', b'<', inside).unwrap_or(inside.len());
    let id = before(inside, end);
    let closed = inside.get(end) == Some(&b'>');
    Some((
        clean(id),
        after(inside, if closed { end.saturating_add(1) } else { end }),
    ))
}

fn bare(value: &[u8]) -> impl Iterator<Item = String> {
    value
        .split(|b| b.is_ascii_whitespace() || *b == b',')
        .filter(|w| !w.is_empty())
        .map(clean)
}

fn clean(id: &[u8]) -> String {
    let mut id = String::from_utf8_lossy(id).into_owned();
    if id.bytes().any(|b| b <= b' ') {
        id.retain(|c| c > ' ');
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::usual("<a@b>", &["a@b"])]
    #[case::chain("<a@b> <c@d>\r\n <e@f>", &["a@b", "c@d", "e@f"])]
    #[case::glued("<a@b><c@d>", &["a@b", "c@d"])]
    #[case::commas("<a@b>, <c@d>", &["a@b", "c@d"])]
    #[case::folded_inside("<a\r\n @b>", &["a@b"])]
    #[case::phrase("Your message of \"Mon\" <a@b>", &["a@b"])]
    #[case::bare("a@b", &["a@b"])]
    #[case::bare_word("0002", &["0002"])]
    #[case::bare_words("a@b in c@d", &["a@b", "c@d"])]
    #[case::unclosed("<a@b <c@d>", &["a@b", "c@d"])]
    #[case::empty("<>", &[])]
    #[case::nothing("", &[])]
    fn reads(#[case] raw: &str, #[case] want: &[&str]) {
        assert_eq!(all(raw.as_bytes()), want, "{raw}");
        assert_eq!(
            one(raw.as_bytes()).as_deref(),
            want.first().copied(),
            "the first of {raw}"
        );
    }

    #[test]
    fn a_very_long_chain_keeps_its_ends() {
        let raw: String = (0..3000).map(|n| format!("<{n}@x> ")).collect();
        let ids = all(raw.as_bytes());
        assert_eq!(ids.len(), MAX_IDS, "cut to the limit");
        assert_eq!(
            (ids[0].as_str(), ids[MAX_IDS - 1].as_str()),
            ("0@x", "2999@x"),
            "root and parent are kept"
        );
    }
}
