//! Recognises the lines mail programs put above quoted mail.
//!
//! Structure first, words second: a date, a time and an address in a line that ends in a colon say more than any list
//! of verbs, and hold in languages the lists do not know.

use super::words::{FIELDS, Field, INTROS, INTROS_CJK, TITLES, VERBS, WEEKDAYS};

/// How sure an attribution line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// Counts only directly above a quoted line.
    Weak,
    /// Counts by itself: what follows was not written by the author, quoted or not.
    Strong,
}

/// Longest attribution line, joined: a date, a name and an address with a long list name.
const LONGEST: usize = 400;

/// Judges a line, or several joined by spaces.
pub(super) fn attribution(joined: &str) -> Option<Strength> {
    if joined.len() > LONGEST {
        return None;
    }
    let line = joined.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '|'));
    let line = line.trim_start_matches(['>', '<', '-', '—', ' ']);
    let facts = Facts::of(line);
    facts.judge()
}

/// True when a line could begin an attribution that goes on in the next lines.
pub(super) fn begins(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '>' | '<' | '-' | '*' | '_')
    });
    let lower: String = line.chars().take(24).collect::<String>().to_lowercase();
    starts_with_intro(&lower) || starts_with_date(&lower)
}

/// True when a line could be a whole attribution though nothing ends it: dated at its beginning as programs do.
pub(super) fn dated(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '*', '_', '-']);
    starts_with_iso_date(line)
        || line
            .get(..10)
            .is_some_and(|l| l.eq_ignore_ascii_case("posted by "))
}

/// True when a line could end an attribution.
pub(super) fn ends(line: &str) -> bool {
    let end = line.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | '-' | '>' | '\u{a0}')
    });
    if end.ends_with([':', '：']) {
        return true;
    }
    // Without a colon ("---- On Tue, 22 Dec 2015 … wrote ----") only a line that holds a date as well: most lines do not,
    // and need no closer look.
    if line.len() > LONGEST || !line.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let tail = end.trim_end_matches('.');
    let start = tail
        .char_indices()
        .rev()
        .take(32)
        .last()
        .map_or(0, |(at, _)| at);
    let tail = tail.get(start..).unwrap_or("").to_lowercase();
    verb_at_end(&tail)
}

struct Facts {
    lower: String,
    year: bool,
    date: bool,
    time: bool,
    address: bool,
    colon: bool,
    intro: bool,
    verb_last: bool,
}

impl Facts {
    fn of(line: &str) -> Self {
        let lower = line.to_lowercase();
        let open = lower.trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '>' | '-' | '*' | '_' | '|')
        });
        let colon = open.ends_with([':', '：']);
        let body =
            open.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '：' | '.'));
        let year = has_year(body);
        Self {
            year,
            date: year || has_numeric_date(body),
            time: has_time(body),
            address: has_address(body),
            colon,
            intro: starts_with_intro(body),
            verb_last: verb_at_end(body),
            lower: lower.trim().to_owned(),
        }
    }

    fn judge(&self) -> Option<Strength> {
        let lower = self.lower.as_str();
        let dated = self.date || self.time;
        let strong = |yes: bool| {
            if yes {
                Strength::Strong
            } else {
                Strength::Weak
            }
        };
        if self.intro && self.verb_last && (dated || self.address) {
            // "On 10 May 2019 Ana wrote": date; "In message <…> Ana writes": address.
            return Some(strong(self.date || (self.address && lower.contains('<'))));
        }
        if self.verb_last && self.colon {
            if self.date {
                return Some(strong(self.time || self.address));
            }
            if self.address {
                return Some(strong(lower.contains('<') || lower.contains('(')));
            }
            if lower.contains(" via ") && lower.split_whitespace().count() <= 10 {
                return Some(Strength::Strong);
            }
            if lower.split_whitespace().count() <= 8 {
                return Some(Strength::Weak);
            }
        }
        if self.colon && self.date && (self.time || self.address) && verb_inside(lower) {
            return Some(Strength::Strong);
        }
        if self.date && starts_with_date(lower) {
            if self.address && lower.trim_end().ends_with(">:") {
                return Some(Strength::Strong);
            }
            // An address that is still open goes on in the next line.
            let iso = starts_with_iso_date(lower) && !lower.trim_end().ends_with('<');
            if iso
                && (lower.contains(" gmt") || lower.trim_end().ends_with('>'))
                && (self.time || self.address)
            {
                return Some(Strength::Strong);
            }
        }
        if lower.starts_with("posted by ") && self.date && lower.contains(" on ") {
            return Some(Strength::Strong);
        }
        // Unknown language: a date and an address or time, closed by a colon.
        (self.colon && self.year && (self.time || self.address)).then_some(Strength::Weak)
    }
}

fn starts_with_intro(lower: &str) -> bool {
    INTROS.iter().any(|i| {
        lower
            .strip_prefix(i)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace()))
    }) || INTROS_CJK.iter().any(|i| lower.starts_with(i))
}

fn starts_with_date(lower: &str) -> bool {
    if lower.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let word = lower
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or("");
    !word.is_empty()
        && WEEKDAYS.iter().any(|d| {
            // Short names as they are, long ones by their beginning ("ponedeljek" begins with "pon").
            *d == word
                || (d.chars().count() >= 3 && word.starts_with(d) && word.chars().count() >= 5)
        })
}

fn starts_with_iso_date(lower: &str) -> bool {
    let mut parts = lower.splitn(3, ['-', '/']);
    let year = parts.next().unwrap_or("");
    let month = parts.next().unwrap_or("");
    let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    year.len() == 4 && number(year) && month.len() <= 2 && number(month) && parts.next().is_some()
}

fn has_year(text: &str) -> bool {
    numbers(text).any(|n| n.len() == 4 && (n.starts_with("19") || n.starts_with("20")))
}

fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|n| !n.is_empty())
}

/// `1/3/11`, `01.03.2011`, `2011-03-01`
fn has_numeric_date(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || c == ',')
        .any(|word| {
            ['.', '/', '-'].iter().any(|separator| {
                let parts: Vec<&str> = word.split(*separator).filter(|p| !p.is_empty()).collect();
                parts.len() == 3
                    && parts
                        .iter()
                        .all(|p| p.len() <= 4 && p.bytes().all(|b| b.is_ascii_digit()))
            })
        })
}

/// `9:05`, `18.24`, `18h24`
fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).any(|w| {
        matches!(w, [a, b':' | b'.' | b'h', c, d]
            if a.is_ascii_digit() && c.is_ascii_digit() && d.is_ascii_digit())
    })
}

fn has_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        local.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-')
            && domain.starts_with(|c: char| c.is_alphanumeric())
            && domain
                .split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-'))
                .next()
                .is_some_and(|d| d.contains('.'))
    })
}

fn verb_at_end(lower: &str) -> bool {
    VERBS.iter().any(|verb| {
        lower.strip_suffix(verb).is_some_and(|before| {
            let cjk = !verb.is_ascii() && verb.chars().all(|c| u32::from(c) >= 0x3000);
            cjk || before.is_empty() || !before.ends_with(|c: char| c.is_alphanumeric())
        })
    })
}

fn verb_inside(lower: &str) -> bool {
    VERBS.iter().any(|verb| {
        lower.match_indices(verb).any(|(at, _)| {
            let before = lower.get(..at).and_then(|b| b.chars().next_back());
            let after = lower
                .get(at.saturating_add(verb.len())..)
                .and_then(|a| a.chars().next());
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            edge(before) && edge(after)
        })
    })
}

/// True for `-----Original Message-----`, `Begin forwarded message:` and their translations.
pub(super) fn title(line: &str) -> bool {
    let decoration = |c: char| {
        c.is_whitespace() || matches!(c, '-' | '—' | '–' | '_' | '*' | '=' | '>' | '\u{2500}')
    };
    let dashes = line
        .trim_start_matches([' ', '*', '>'])
        .starts_with(['-', '—', '–', '_', '=', '\u{2500}']);
    let core = line.trim_matches(decoration);
    if core.is_empty() || core.len() > 120 || !(dashes || core.ends_with([':', '：'])) {
        return false;
    }
    let lower = core.to_lowercase();
    let name = lower.trim_end_matches([':', '：', ' ', '\u{a0}']);
    let colon = name.len() < lower.len();
    if TITLES.contains(&name) {
        return dashes || colon;
    }
    // "----- Forwarded by Ana Kovač on 1.2.2020 -----"
    dashes && name.starts_with("forwarded by ")
}

/// What header field a line of a quoted block is, if any.
pub(super) fn field(line: &str) -> Option<Field> {
    let line = line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | '>' | '|' | '\u{200e}' | '\u{200f}')
    });
    let (at, _) = line
        .char_indices()
        .take(26)
        .find(|(_, c)| matches!(c, ':' | '：'))?;
    let name = line
        .get(..at)?
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_'));
    if name.is_empty() || !name.starts_with(char::is_alphabetic) {
        return None;
    }
    let lower = name.to_lowercase();
    FIELDS
        .iter()
        .find(|(_, names)| names.contains(&lower.as_str()))
        .map(|(field, _)| *field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strong_lines() {
        for line in [
            "On Wed, Sep 25, 2013, at 03:57 PM, richard_clark wrote:",
            "On 10/12/15 12:30, Jeff Atwood wrote:",
            "---- On Tue, 22 Dec 2015 14:17:36 +0530 Sam Saffron<info@discourse.org> wrote ----",
            "Op 24 aug. 2013 om 16:48 heeft ven88 <info@example.org> het volgende geschreven:",
            "Le 4 janv. 2016 19:03, \"Neil Lalonde\" <info@example.org> a écrit :",
            "Am 18.09.2013 um 16:24 schrieb codinghorror <info@example.org>:",
            "Den 15. jun. 2016 kl. 20.42 skrev Jeff Atwood <info@example.org>:",
            "søn. 30. apr. 2017 kl. 00.26 skrev David Taylor <meta@example.com>:",
            "Max Mustermann <max@example.com> schrieb am Fr., 28. Apr. 2017 um 11:53 Uhr:",
            "2016-03-03 17:21 GMT+01:00 Some One",
            "2013/10/2 camilohollanda <info@example.org>",
            "вт, 5 янв. 2016 г. в 23:39, Erlend <info@example.org>:",
            "26.06.2014, 14:41, \"Alexander L\" <abc@example.com>:",
            "Thu, 26 Jun 2014 14:00:51 +0400 от Alexander L <abc@example.com>:",
            "Some One <info@example.org> wrote:",
            "rickc@example.com (xxx xxx) writes:",
            "Posted by mpalmer on 01/21/2016",
            "Dne 21. 11. 2025 ob 9.00 je Ana Kovač napisal/a:",
            "Dne pet., 21. nov. 2025 ob 09:00 je oseba Ana Kovač <ana@example.si> napisala:",
            "V pet., 21. nov. 2025 ob 09:00 je oseba Ana Kovač <ana@example.si> napisala:",
            "Dana 21.11.2025. u 9:00, Ana Kovač je napisao/la:",
            "pet, 21. stu 2025. u 09:00 Ana Kovač <ana@example.hr> napisao je:",
            "Il giorno ven 21 nov 2025 alle ore 09:00 Ana <ana@example.it> ha scritto:",
            "W dniu 21.11.2025 o 09:00, Ana pisze:",
            "Dne 21. 11. 2025 v 9:00 Ana napsal(a):",
            "pe 21. marrask. 2025 klo 9.00 Ana (ana@example.fi) kirjoitti:",
            "在 2025年11月21日，09:00，Ana <ana@example.cn> 写道：",
            "2025年11月21日(金) 9:00 Ana <ana@example.jp>:",
            "On 21 November 2025 at 09:00, Ana Kovač wrote:",
            "At 6/16/2016 08:32 PM, you wrote:",
            "In article <1@x.y>, ana@example.com writes:",
        ] {
            assert_eq!(attribution(line), Some(Strength::Strong), "{line}");
            assert!(
                ends(line) || !line.ends_with(':'),
                "recognised from its end: {line}"
            );
        }
    }

    #[test]
    fn weak_lines_and_text() {
        for line in [
            "Ana je napisal/a:",
            "you wrote:",
            "nel 21 zzz 2025 09:00, Ana qqq:",
        ] {
            assert_eq!(attribution(line), Some(Strength::Weak), "{line}");
        }
        for line in [
            "On your remote host you can run:",
            "I wrote something",
            "On this day",
            "Please send 20 pieces by 2025:",
            "Ponudba velja do 21. 11. 2025.",
            "We said yes.",
            "Sestanek je 21. 11. 2025 ob 9:00",
            "",
        ] {
            assert_eq!(attribution(line), None, "{line}");
        }
    }

    #[test]
    fn titles_and_fields() {
        for line in [
            "-----Original Message-----",
            "---------- Forwarded message ---------",
            "*-------- Original Message --------*",
            "Begin forwarded message:",
            "-----Izvirno sporočilo-----",
            "-----Ursprüngliche Nachricht-----",
            "------------------ 原始邮件 ------------------",
            "Début du message réexpédié :",
        ] {
            assert!(title(line), "{line}");
        }
        for line in [
            "original message",
            "the original message:",
            "----------",
            "--- a ---",
        ] {
            assert!(!title(line), "{line}");
        }
        for (line, want) in [
            ("From: a", Some(Field::From)),
            ("*Sent:* b", Some(Field::Date)),
            ("De : c", Some(Field::From)),
            ("Poslano: d", Some(Field::Date)),
            ("Za: e", Some(Field::To)),
            ("Zadeva: f", Some(Field::Subject)),
            ("发件人：g", Some(Field::From)),
            ("Opomba: h", None),
            ("http://x", None),
            (": x", None),
        ] {
            assert_eq!(field(line), want, "{line}");
        }
    }
}
