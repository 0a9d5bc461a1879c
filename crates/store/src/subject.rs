//! Subjects without the prefixes of replies and forwards.

/// Reply prefixes of every client we meet, folded; `aw` German, `odg` Slovenian and Croatian, `sv` Nordic, `vs` Finnish,
/// `r`/`rif` Italian, `odp` Polish, `ang` Swedish, `antw` Dutch, `res` Portuguese, `na` Czech "Na:".
const REPLY: [&str; 12] = [
    "re", "aw", "odg", "sv", "vs", "rif", "odp", "ang", "antw", "res", "r", "od",
];

/// Forward prefixes, folded.
const FORWARD: [&str; 10] = [
    "fw", "fwd", "wg", "tr", "i", "pos", "posl", "vb", "rv", "doorst",
];

/// Returns the subject without prefixes like `Re:`, `Odg:`, `AW[2]:`, `Fwd:`, and whether it began with a reply's.
#[must_use]
pub fn base_subject(subject: &str) -> (&str, bool) {
    let mut rest = subject.trim();
    let mut reply = false;
    while let Some((head, tail)) = rest.split_once(':') {
        let word = head
            .trim_end()
            .trim_end_matches(|c: char| {
                c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '^' | '*')
            })
            .trim_end();
        if word.len() > 8 || word.is_empty() || !word.chars().all(char::is_alphabetic) {
            break;
        }
        let word = crate::fold::fold(word);
        if REPLY.contains(&word.as_str()) {
            reply = true;
        } else if !FORWARD.contains(&word.as_str()) {
            break;
        }
        rest = tail.trim_start();
    }
    (rest, reply)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::plain("Ponudba 12", "Ponudba 12", false)]
    #[case::reply("Re: Ponudba", "Ponudba", true)]
    #[case::slovenian("Odg: Ponudba", "Ponudba", true)]
    #[case::counted("AW[2]: RE: Ponudba", "Ponudba", true)]
    #[case::forward("Fwd: Ponudba", "Ponudba", false)]
    #[case::both("Re: FW: Ponudba", "Ponudba", true)]
    #[case::not_a_prefix("Invoice: 12", "Invoice: 12", false)]
    #[case::a_time("10:30 meeting", "10:30 meeting", false)]
    #[case::only_prefix("Re:", "", true)]
    #[case::spaced("Re : Ponudba", "Ponudba", true)]
    fn strips(#[case] raw: &str, #[case] base: &str, #[case] reply: bool) {
        assert_eq!(super::base_subject(raw), (base, reply), "{raw}");
    }
}
