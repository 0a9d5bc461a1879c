//! The base subject of a message (RFC 5256 §2.1), with the reply and forward prefixes our customers' clients write.

/// Reply and forward prefixes in lower case, without the colon: English, Slovenian/Croatian/Serbian (odg, fwd, pre, pro),
/// German (aw, wg), Scandinavian (sv, vs, vb), Italian (r, rif, i), French (tr), Spanish and Portuguese (rv, res, enc),
/// Polish (odp, pd), Dutch (antw, doorst).
const PREFIXES: [&str; 23] = [
    "re", "fw", "fwd", "odg", "pre", "pro", "aw", "wg", "sv", "vs", "vb", "r", "rif", "i", "tr",
    "rv", "res", "enc", "odp", "pd", "antw", "doorst", "posl",
];

/// A subject without what replying and forwarding added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The subject left, white space folded; may be empty.
    pub text: String,
    /// True when a reply or forward mark was removed.
    pub reply: bool,
}

/// Returns the base subject (RFC 5256 §2.1).
///
/// Single-letter prefixes (`R:`, `I:` of Italian Outlook) count only in upper case, so that `i: a plan` stays whole.
#[must_use]
pub fn base(subject: &str) -> Base {
    let mut text = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut reply = false;
    loop {
        let before = text.len();
        while let Some(rest) = strip_trailer(&text) {
            text = rest.to_owned();
            reply = true;
        }
        loop {
            let (rest, was_reply) = match strip_leader(&text) {
                Some(rest) => (rest.to_owned(), true),
                None => match strip_blob(&text).filter(|rest| !rest.is_empty()) {
                    Some(rest) => (rest.to_owned(), false),
                    None => break,
                },
            };
            text = rest;
            reply |= was_reply;
        }
        if let Some(inner) = strip_forward_header(&text) {
            text = inner.to_owned();
            reply = true;
        }
        if text.len() == before {
            return Base { text, reply };
        }
    }
}

/// `… (fwd)`
fn strip_trailer(text: &str) -> Option<&str> {
    let cut = text.len().checked_sub(5)?;
    let tail = text.get(cut..)?;
    tail.eq_ignore_ascii_case("(fwd)")
        .then(|| text.get(..cut).unwrap_or_default().trim_end())
}

/// `[list] Re[2]: …`: blobs, a prefix word, an optional count or blob, a colon.
fn strip_leader(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(after) = strip_blob(rest) {
        rest = after;
    }
    let end = rest.find(|c: char| !c.is_alphabetic())?;
    let (word, mut after) = rest.split_at_checked(end)?;
    let lower = word.to_lowercase();
    let single = word.chars().count() == 1;
    if !PREFIXES.contains(&lower.as_str()) || (single && word == lower) {
        return None;
    }
    after = after.trim_start();
    if let Some(blob) = strip_blob(after) {
        after = blob;
    }
    after
        .strip_prefix(':')
        .or_else(|| after.strip_prefix('：'))
        .map(str::trim_start)
}

/// `[anything] …`
fn strip_blob(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    inner.get(end..)?.strip_prefix(']').map(str::trim_start)
}

/// `[Fwd: …]`
fn strip_forward_header(text: &str) -> Option<&str> {
    let head = text.get(..5)?;
    let inner = text.strip_suffix(']')?.get(5..)?;
    head.eq_ignore_ascii_case("[fwd:").then(|| inner.trim())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("ponudba", "ponudba", false)]
    #[case::reply("Re: ponudba", "ponudba", true)]
    #[case::slovenian("Odg: Re: ponudba", "ponudba", true)]
    #[case::counted("RE[2]: ponudba", "ponudba", true)]
    #[case::german("AW: WG: Angebot", "Angebot", true)]
    #[case::list_blob("[okovje] Re: [okovje] vijaki", "vijaki", true)]
    #[case::forward_brackets("[Fwd: račun]", "račun", true)]
    #[case::trailer("račun (fwd)", "račun", true)]
    #[case::only_blob("[nujno]", "[nujno]", false)]
    #[case::spaces("  Re:   a \t b ", "a b", true)]
    #[case::not_a_prefix("Rezultat: 5", "Rezultat: 5", false)]
    #[case::lower_single("i: a plan", "i: a plan", false)]
    #[case::italian("R: ordine", "ordine", true)]
    #[case::empty("", "", false)]
    #[case::only_prefix("Re:", "", true)]
    fn base_subject(#[case] raw: &str, #[case] text: &str, #[case] reply: bool) {
        assert_eq!(
            base(raw),
            Base {
                text: text.to_owned(),
                reply
            },
            "of {raw:?}"
        );
    }
}
