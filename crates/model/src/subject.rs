//! The base subject of a message (RFC 5256 §2.1), with the reply and forward prefixes our customers' clients write.

/// Words that mean "answer", in lower case: English, Slovenian/Croatian/Serbian (odg), German (aw), Scandinavian (sv, vs,
/// ang), Italian (r, rif), Portuguese (res), Polish (odp, od), Dutch (antw), French (réf), Finnish (bls), Turkish (ynt).
const ANSWERS: [&str; 15] = [
    "re", "odg", "aw", "sv", "vs", "ang", "r", "rif", "ref", "res", "odp", "od", "antw", "bls",
    "ynt",
];

/// Words that mean "forwarded": English, Slovenian (pos, posl, pre), German (wg), Scandinavian (vb), Italian (i), French
/// (tr), Spanish (rv), Portuguese (enc), Polish (pd), Dutch (doorst).
const FORWARDS: [&str; 13] = [
    "fw", "fwd", "pos", "posl", "pre", "wg", "vb", "i", "tr", "rv", "enc", "pd", "doorst",
];

/// A subject without what replying and forwarding added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The subject left, white space folded; may be empty.
    pub text: String,
    /// True when a reply or forward mark was removed.
    pub marked: bool,
    /// True when one of these marks means "answer".
    pub answer: bool,
}

/// Returns the base subject (RFC 5256 §2.1).
///
/// Single-letter marks (`R:`, `I:` of Italian Outlook) count only in upper case, so that `i: a plan` stays whole.
#[must_use]
pub fn base(subject: &str) -> Base {
    let mut text = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut marked, mut answer) = (false, false);
    loop {
        let before = text.len();
        while let Some(rest) = strip_trailer(&text) {
            text = rest.to_owned();
            marked = true;
        }
        loop {
            if let Some((is_answer, rest)) = strip_leader(&text) {
                text = rest.to_owned();
                marked = true;
                answer |= is_answer;
            } else if let Some(rest) = strip_blob(&text).filter(|rest| !rest.is_empty()) {
                text = rest.to_owned();
            } else {
                break;
            }
        }
        if let Some(inner) = strip_forward_header(&text) {
            text = inner.to_owned();
            marked = true;
        }
        if text.len() == before {
            return Base {
                text,
                marked,
                answer,
            };
        }
    }
}

/// Returns the subject without the answer mark it begins with (`Re:`, `RE[2]:`, `Odg (3) :`); `None` when there is none.
/// Forward marks stay: they say something about the mail.
#[must_use]
pub fn strip_answer(subject: &str) -> Option<&str> {
    strip_mark(subject)
        .filter(|(is_answer, _)| *is_answer)
        .map(|(_, rest)| rest)
}

/// `… (fwd)`
fn strip_trailer(text: &str) -> Option<&str> {
    let cut = text.len().checked_sub(5)?;
    let tail = text.get(cut..)?;
    tail.eq_ignore_ascii_case("(fwd)")
        .then(|| text.get(..cut).unwrap_or_default().trim_end())
}

/// `[list] Re[2]: …`: blobs, then a mark.
fn strip_leader(text: &str) -> Option<(bool, &str)> {
    let mut rest = text;
    while let Some(after) = strip_blob(rest) {
        rest = after;
    }
    strip_mark(rest)
}

/// A mark's word, perhaps a count (`[2]`, `(2)`, `^2`, `*2`), a colon. Tells whether it means "answer".
fn strip_mark(text: &str) -> Option<(bool, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_alphabetic())?;
    let (word, after) = text.split_at_checked(end)?;
    let lower = word.to_lowercase().replace('é', "e");
    let answer = ANSWERS.contains(&lower.as_str());
    let single = word.chars().count() == 1;
    if (!answer && !FORWARDS.contains(&lower.as_str())) || (single && word == lower) {
        return None;
    }
    let mut after = after.trim_start();
    if let Some(blob) = strip_blob(after) {
        after = blob;
    } else if after.starts_with(['(', '^', '*']) {
        after = after
            .trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '(' | ')' | '^' | '*'))
            .trim_start();
    }
    let rest = after
        .strip_prefix(':')
        .or_else(|| after.strip_prefix('：'))?;
    Some((answer, rest.trim_start()))
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
    #[case::plain("ponudba", "ponudba", "")]
    #[case::reply("Re: ponudba", "ponudba", "answer")]
    #[case::slovenian("Odg: Re: ponudba", "ponudba", "answer")]
    #[case::counted("RE[2]: ponudba", "ponudba", "answer")]
    #[case::counted_otherwise("Re (3) : ponudba", "ponudba", "answer")]
    #[case::counted_by_lotus("Re^2: ponudba", "ponudba", "answer")]
    #[case::spaced("Re : ponudba", "ponudba", "answer")]
    #[case::forward("WG: Angebot", "Angebot", "mark")]
    #[case::both("AW: WG: Angebot", "Angebot", "answer")]
    #[case::list_blob("[okovje] Re: [okovje] vijaki", "vijaki", "answer")]
    #[case::forward_brackets("[Fwd: račun]", "račun", "mark")]
    #[case::trailer("račun (fwd)", "račun", "mark")]
    #[case::only_blob("[nujno]", "[nujno]", "")]
    #[case::spaces("  Re:   a \t b ", "a b", "answer")]
    #[case::not_a_mark("Rezultat: 5", "Rezultat: 5", "")]
    #[case::a_time("10:30 meeting", "10:30 meeting", "")]
    #[case::lower_single("i: a plan", "i: a plan", "")]
    #[case::italian("R: ordine", "ordine", "answer")]
    #[case::empty("", "", "")]
    #[case::only_mark("Re:", "", "answer")]
    fn base_subject(#[case] raw: &str, #[case] text: &str, #[case] mark: &str) {
        let (marked, answer) = (!mark.is_empty(), mark == "answer");
        assert_eq!(
            base(raw),
            Base {
                text: text.to_owned(),
                marked,
                answer
            },
            "of {raw:?}"
        );
    }

    #[test]
    fn an_answer_mark_is_taken_off_and_a_forward_mark_stays() {
        assert_eq!(strip_answer("Odg (3) : ponudba"), Some("ponudba"));
        assert_eq!(strip_answer("Fwd: ponudba"), None);
    }
}
