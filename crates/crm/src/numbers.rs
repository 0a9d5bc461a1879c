//! Numbers of documents in a text: what may be one, by its form. Only what a document here has is bound to it.

use std::collections::BTreeSet;
use std::ops::Range;

use kontor_store::number_key;

/// What may be a document's number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// As it stands in the text.
    pub text: String,
    /// As documents are looked up.
    pub key: String,
}

/// Where something that may be a document's number stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Bytes.
    pub at: Range<usize>,
    /// As documents are looked up.
    pub key: String,
    /// A word such as "invoice" stands before it.
    pub named: bool,
}

/// A text names no more: what is longer is a list that was pasted in.
const MOST: usize = 2000;
/// Places looked at; a number may be named often.
const SPOTS: usize = 10_000;
/// Pieces of one number: `RA-2026/0012` has three.
const PIECES: usize = 6;
/// Numbers are no longer, bytes.
const LONGEST: usize = 40;

/// Words before a short number that say it is one, folded.
const NAMED: &[&str] = &[
    "dobropis",
    "dobropisa",
    "fakt",
    "faktura",
    "fakture",
    "inv",
    "invoice",
    "nalog",
    "narocila",
    "narocilo",
    "narocilu",
    "no",
    "nr",
    "number",
    "offer",
    "order",
    "po",
    "ponudba",
    "ponudbe",
    "ponudbi",
    "ponudbo",
    "predracun",
    "predracuna",
    "quote",
    "rac",
    "racun",
    "racuna",
    "racunu",
    "st",
    "stevilka",
];

/// A run of digits, or of letters.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: usize,
    to: usize,
    digits: bool,
    /// What stands between it and the one before.
    gap: Gap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// Nothing: letters and digits in one word.
    None,
    /// One sign that numbers have inside.
    Sign,
    /// One space.
    Space,
    /// `#`, alone or after a space.
    Hash,
    /// Anything else.
    Wide,
}

/// Finds what may be the number of a document, each once, in the order of the text.
#[must_use]
pub fn candidates(text: &str) -> Vec<Candidate> {
    let mut seen = BTreeSet::new();
    let mut found = spots(text);
    found.retain(|spot| seen.insert(spot.key.clone()));
    let candidate = |spot: Spot| Candidate {
        text: text.get(spot.at).unwrap_or_default().to_owned(),
        key: spot.key,
    };
    found.into_iter().take(MOST).map(candidate).collect()
}

/// Finds every place that may be the number of a document, those that begin together longest first. Places may overlap.
#[must_use]
pub fn spots(text: &str) -> Vec<Spot> {
    let pieces = pieces(text);
    let mut found = Vec::new();
    for start in 0..pieces.len() {
        found.extend(from(text, &pieces, start));
        if found.len() >= SPOTS {
            break;
        }
    }
    found
}

/// Those that begin with a piece, longest first.
fn from(text: &str, pieces: &[Piece], start: usize) -> Vec<Spot> {
    let Some(first) = pieces.get(start).filter(|p| p.gap != Gap::None) else {
        return Vec::new();
    };
    let before = start.checked_sub(1).and_then(|n| pieces.get(n));
    let mut found = Vec::new();
    let mut digits = 0_usize;
    let rest = pieces.get(start..).unwrap_or_default();
    let spaced = rest.get(1).is_some_and(|p| p.gap == Gap::Space);
    for (n, piece) in rest.iter().enumerate().take(PIECES) {
        let last = n.checked_sub(1).and_then(|n| rest.get(n));
        let joined = match piece.gap {
            Gap::None | Gap::Sign => true,
            // `PO 4711`, but not `12 kos`.
            Gap::Space | Gap::Hash => n == 1 && piece.digits && last.is_some_and(|p| !p.digits),
            Gap::Wide => false,
        };
        if n > 0 && !joined {
            break;
        }
        if piece.to.saturating_sub(first.from) > LONGEST {
            break;
        }
        if piece.digits {
            digits = digits.saturating_add(piece.to.saturating_sub(piece.from));
        }
        let ends = rest
            .get(n.saturating_add(1))
            .is_none_or(|p| p.gap != Gap::None);
        let enough = if n == 0 {
            digits >= 6 || (digits >= 3 && is_named(text, first, before))
        } else {
            // `PO-471`, but not `ob 9.30`.
            digits >= 4 || (digits >= 3 && !first.digits && !spaced)
        };
        if ends && enough {
            let stands = text.get(first.from..piece.to).unwrap_or_default();
            let key = number_key(stands);
            if !key.is_empty() {
                let named = is_named(text, first, before);
                let at = first.from..piece.to;
                found.push(Spot { at, key, named });
            }
        }
    }
    found.reverse();
    found
}

/// True when what stands before a number says that it is one.
fn is_named(text: &str, piece: &Piece, before: Option<&Piece>) -> bool {
    if piece.gap == Gap::Hash {
        return true;
    }
    let Some(before) = before.filter(|b| !b.digits) else {
        return false;
    };
    let between = text.get(before.to..piece.from).unwrap_or_default();
    let near = between.chars().all(|c| " .:\u{a0}".contains(c)) && between.len() <= 4;
    let word = text.get(before.from..before.to).unwrap_or_default();
    near && NAMED.contains(&kontor_store::fold(word).as_str())
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut open: Option<Piece> = None;
    let mut end = None;
    for (at, c) in text.char_indices() {
        let next = at.saturating_add(c.len_utf8());
        if !c.is_alphanumeric() {
            pieces.extend(open.take());
            continue;
        }
        let digits = c.is_ascii_digit();
        match &mut open {
            Some(piece) if piece.digits == digits => piece.to = next,
            _ => {
                pieces.extend(open.take());
                let gap = match end {
                    None => Gap::Wide,
                    Some(end) => gap(text.get(end..at).unwrap_or_default()),
                };
                open = Some(Piece {
                    from: at,
                    to: next,
                    digits,
                    gap,
                });
            }
        }
        end = Some(next);
    }
    pieces.extend(open);
    pieces
}

fn gap(between: &str) -> Gap {
    match between {
        "" => Gap::None,
        "-" | "/" | "." | "_" | "–" | "\\" => Gap::Sign,
        " " | "\u{a0}" => Gap::Space,
        _ if between.ends_with('#') => Gap::Hash,
        _ => Gap::Wide,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::subject("Re: Naročilo 2026-1184", "2026-1184")]
    #[case::full_stop("glede 2026-1184.", "2026-1184")]
    #[case::brackets("(RA-2026/0012)", "ra-2026-0012")]
    #[case::prefix_glued("po PO4711 prosim", "po-4711")]
    #[case::prefix_apart("po PO 4711 prosim", "po-4711")]
    #[case::named("Račun št. 451 je", "451")]
    #[case::hash("order #451", "order-451")]
    #[case::bare_long("vaš 00451234", "00451234")]
    fn numbers_are_found(#[case] text: &str, #[case] want: &str) {
        let found = candidates(text);
        assert!(found.iter().any(|c| c.key == want), "{text:?}: {found:?}");
    }

    #[rstest]
    #[case::pieces("12 kos po 30 EUR")]
    #[case::short("ob 9.30 v sobi 12")]
    #[case::post_code("1000 Ljubljana, 10000 Zagreb")]
    #[case::words("brez številk")]
    #[case::nothing("")]
    fn plain_prose_names_nothing(#[case] text: &str) {
        assert_eq!(candidates(text), [], "{text:?}");
    }

    #[test]
    fn each_once_and_the_longest_first() {
        let found = candidates("RA-2026/0012, ra 2026/0012");
        let keys: Vec<&str> = found.iter().map(|c| c.key.as_str()).collect();
        assert_eq!(keys.first(), Some(&"ra-2026-0012"));
        let unique: BTreeSet<&&str> = keys.iter().collect();
        assert_eq!(unique.len(), keys.len(), "{keys:?}");
        assert_eq!(found.first().map(|c| c.text.as_str()), Some("RA-2026/0012"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,200}|([A-Za-zčšž0-9]{1,6}[-/._ #]){0,40}") {
            for candidate in candidates(&text) {
                prop_assert!(text.contains(&candidate.text));
                prop_assert_eq!(number_key(&candidate.text), candidate.key);
            }
        }
    }
}
