//! Recognises signatures: separators, device lines, the closing block of a known sender.

use kontor_model::Address;

use super::words::{DEVICE_STARTS, DEVICES};

/// What kind of separator a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// `-- `, the separator of signatures (RFC 3676 §4.3), or what people and programs write for it.
    Signature,
    /// A line of underscores, as Outlook and list servers draw it.
    Underscores,
    /// Another drawn line.
    Rule,
}

/// Judges a line that may separate.
pub(super) fn separator(line: &str) -> Option<Separator> {
    let core = line.trim();
    let first = core.chars().next()?;
    if !matches!(
        first,
        '-' | '_' | '=' | '~' | '*' | '#' | '+' | '—' | '–' | 'ᐧ' | '\u{2500}' | '━'
    ) {
        return None;
    }
    let count = core.chars().count();
    if matches!(
        core,
        "--" | "—" | "––" | "ᐧ" | "–" | "- -" | "__" | "—-" | "-—"
    ) {
        return Some(Separator::Signature);
    }
    let drawn = core.chars().all(|c| {
        c == first || matches!(c, ' ' | '-' | '_' | '=' | '~' | '*' | '#' | '+' | '—' | '–')
    });
    if !drawn || count < 3 {
        return None;
    }
    Some(if core.chars().all(|c| c == '_') {
        Separator::Underscores
    } else {
        Separator::Rule
    })
}

/// Characters in the longest of [`DEVICE_STARTS`].
const LONGEST_START: usize = 32;

const MOBILE: &str = "mobile";

/// True for "Sent from my iPhone" and its like.
pub(super) fn device(line: &str) -> bool {
    let core = line
        .trim()
        .trim_start_matches(['(', '<', '*', '_', '['])
        .trim_start();
    if core.is_empty() || core.len() > 200 {
        return false;
    }
    // Most lines are text: look at the beginning before lowering the whole.
    let begin: String = core
        .chars()
        .take(LONGEST_START)
        .collect::<String>()
        .to_lowercase();
    let start = DEVICE_STARTS.iter().find(|s| begin.starts_with(**s));
    let mobile = core
        .len()
        .checked_sub(MOBILE.len())
        .and_then(|at| core.get(at..))
        .is_some_and(|end| end.to_ascii_lowercase().contains("mobile"));
    if start.is_none() && !mobile {
        return false;
    }
    let lower = core.to_lowercase();
    let bare = lower.trim_end_matches(['.', ')', '>', '*', '_', ' ']);
    if bare.ends_with(" from mobile") && bare.split_whitespace().count() == 3 {
        return true;
    }
    if bare == "via mobile" {
        return true;
    }
    let Some(start) = start else {
        return false;
    };
    let rest = lower.get(start.len()..).unwrap_or("");
    // A sentence with a verb of its own is text: "Sent from my desk, is much easier than my phone."
    if [" is ", " was ", " are ", " were ", " je ", " ist "]
        .iter()
        .any(|v| rest.contains(v))
    {
        return false;
    }
    if bare.split_whitespace().count() > 14 {
        return false;
    }
    let outlook = start.contains("outlook");
    let mine = start.ends_with("my ") || rest.starts_with(" my ") || start.starts_with("sent from");
    let few = bare.split_whitespace().count() <= 9;
    outlook
        || DEVICES.iter().any(|d| lower.contains(d))
        || (mine && few && lower.split_whitespace().count() >= 3 && !lower.contains(". "))
}

/// Words of list servers and company footers.
const FOOTER_WORDS: &[&str] = &[
    "unsubscribe",
    "mailing list",
    "http://",
    "https://",
    "www.",
    "odjava",
    "abmelden",
    "@",
    "tel",
    "phone",
    "gsm",
    "fax",
];

/// True when the lines behind a drawn line look like a footer: few, short, with contact details.
pub(super) fn is_footer<'a>(lines: impl Iterator<Item = &'a str>) -> bool {
    const MOST: usize = 14;
    let written: Vec<&str> = lines
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .take(MOST.saturating_add(1))
        .collect();
    written.len() <= MOST
        && written.iter().all(|l| l.chars().count() <= 90)
        && written.iter().any(|l| {
            let lower = l.to_lowercase();
            FOOTER_WORDS.iter().any(|w| lower.contains(w))
        })
}

/// Longest line of a signature block.
const LONGEST: usize = 60;
/// Most lines with text in one.
const MOST: usize = 12;

/// Returns where the closing block of this sender begins: from there on, lines are signature.
///
/// The block is the last paragraph(s) of short lines in which the sender's name or address stands, with text above
/// it. `None` when there is no such block or the sender is unknown.
pub(super) fn closing_block(lines: &[&str], sender: &Address) -> Option<usize> {
    let names = names_of(sender);
    if names.is_empty() {
        return None;
    }
    let mut written = 0_usize;
    let mut named: Option<usize> = None;
    let mut rule: Option<usize> = None;
    for (at, line) in lines.iter().enumerate().rev() {
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        written = written.saturating_add(1);
        if written > MOST || text.chars().count() > LONGEST {
            break;
        }
        if separator(text).is_some() {
            rule = named.map(|_| at).or(rule);
        }
        let lower = text.to_lowercase();
        let short = text.split_whitespace().count() <= 5;
        if names.iter().any(|n| lower.contains(n.as_str())) && (short || lower.contains('@')) {
            named = Some(at);
        }
    }
    let named = named?;
    if let Some(rule) = rule {
        return Some(rule).filter(|at| has_text(lines, *at));
    }
    // Up to the beginning of the paragraph: "Thanks," belongs to the name below it.
    let mut start = named;
    while let Some(above) = start.checked_sub(1) {
        match lines.get(above) {
            Some(l) if !l.trim().is_empty() && l.trim().chars().count() <= LONGEST => start = above,
            // A paragraph that begins with a long line is text with a name in it.
            Some(l) if !l.trim().is_empty() => return None,
            _ => break,
        }
    }
    Some(start).filter(|at| has_text(lines, *at))
}

fn has_text(lines: &[&str], before: usize) -> bool {
    lines
        .iter()
        .take(before)
        .any(|l| !l.trim().is_empty() && !l.trim_start().starts_with('>'))
}

/// The sender's name, its first word, the address: lower case.
fn names_of(sender: &Address) -> Vec<String> {
    let mut names = Vec::new();
    let name = sender.name.trim().to_lowercase();
    let (words, address) = if name.contains('@') || name.is_empty() {
        (
            String::new(),
            if sender.address.is_empty() {
                name
            } else {
                sender.key()
            },
        )
    } else {
        (name, sender.key())
    };
    if words.chars().count() >= 3 {
        if let Some(first) = words.split_whitespace().next()
            && first.chars().count() >= 3
        {
            names.push(first.to_owned());
        }
        names.push(words);
    }
    if address.contains('@') {
        names.push(address);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices() {
        for line in [
            "Sent from my iPhone",
            "Poslano iz mojega iPhona",
            "Poslano z Outlook za Android",
            "Von meinem iPhone gesendet",
            "Envoyé depuis mon iPhone",
            "(Sent from mobile device)",
            "<<sent by galaxy>>",
            "Get [Outlook for Android](https://aka.ms/x)",
            "从我的 iPhone 发送",
            "Someone from mobile",
            "From My Iphone 6",
            "Sent from my TI-85",
            "Sent from a magnificent torch of pixels",
            "Sent from my cell, please excuse any typos.",
            "Отправлено с iPhone",
            "Sendt fra min iPhone",
        ] {
            assert!(device(line), "{line}");
        }
        for line in [
            "Sent from my desk, is much easier then my mobile phone.",
            "Sent by post on Monday, please confirm receipt to our office in Celje.",
            "From my point of view the price and the delivery date both look right to me.",
            "Poslano: 21. 11. 2025",
            "",
        ] {
            assert!(!device(line), "{line}");
        }
    }

    #[test]
    fn closing() {
        let ana = Address::new("Ana Kovač", "ana@hrast.si");
        let check = |text: &str, want: Option<usize>| {
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(closing_block(&lines, &ana), want, "{text:?}");
        };
        check(
            "Cena je 5 €.\n\nLep pozdrav,\nAna Kovač\nHrast & Vijak",
            Some(2),
        );
        check("Cena je 5 €.\n\nAna", Some(2));
        check("Ana", None);
        check(
            "Prosim, pošljite ponudbo še Ani, ker jo bo potrebovala za jutrišnji sestanek z direktorjem.",
            None,
        );
        check("Pozdrav,\nBor", None);
        check("Tekst.\n\n-----\nAna Kovač\n\n031 123 456", Some(2));
        let nobody = Address::default();
        assert_eq!(
            closing_block(&["a", "", "b"], &nobody),
            None,
            "an unknown sender signs nothing"
        );
    }
}
