//! From a script to the mails of one thread: people, dates, Message-IDs, flags.

use super::dates::{Local, moment};
use super::letter::{File, Letter};
use super::people::{Lang, Person, Role, person};
use super::script::{Script, Turn};
use super::{Account, account};
use crate::{Mail, Rng};

/// Who plays, when, and what stands in the braces.
#[derive(Debug)]
pub(crate) struct Cast<'a> {
    pub(crate) account: &'a Account,
    /// The other side, where the script says `them`.
    pub(crate) them: Option<&'static Person>,
    /// Who of us writes, where the script says `me`.
    pub(crate) me: &'static Person,
    pub(crate) folder: String,
    /// Words in braces and what they become.
    pub(crate) words: Vec<(&'static str, String)>,
    /// One moment for every turn to be played.
    pub(crate) times: Vec<i64>,
    /// The day `{+1}` counts from.
    pub(crate) today: i64,
}

/// One mail of a thread, and whether it is the last one and came in: those can be unread.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) mail: Mail,
    pub(crate) waiting: bool,
}

/// The mails of the thread, oldest first.
pub(crate) fn play(script: &Script, cast: &Cast<'_>, rng: &mut Rng) -> Vec<Played> {
    let lang = language(script, cast);
    let fill = |text: &str| filled(text, &cast.words, cast.today, lang);
    let subject = fill(&script.subject);
    let mut references: Vec<String> = Vec::new();
    let mut said: Option<(String, String, i64)> = None;
    let mut played = Vec::new();
    let count = cast.times.len().min(script.turns.len());
    for (n, (turn, &at)) in script.turns.iter().zip(&cast.times).enumerate() {
        let from = sender(turn, cast);
        let mut letter = Letter::new(
            &from,
            &recipients(&turn.to, turn, cast),
            &reply_subject(&subject, n, turn, lang, rng),
            at,
        );
        letter.cc = turn.cc.iter().filter_map(|k| address(k)).collect();
        letter.lang = lang;
        letter.message_id = format!("{:016x}@{}", rng.next_u64(), from.domain());
        letter.references.clone_from(&references);
        letter.body = words(turn, &fill(&turn.body), &from, said.as_ref(), lang);
        letter.html = turn.is("html");
        letter.images = turn.images;
        letter.tracker = turn.is("tracker");
        letter.files = turn
            .files
            .iter()
            .map(|f| File {
                name: fill(&f.name),
                ..f.clone()
            })
            .collect();
        letter.headers = if turn.outgoing() {
            Vec::new()
        } else {
            transport(turn, &from, cast.account, at, rng)
        };
        references.push(letter.message_id.clone());
        said = Some((fill(&turn.body), from.name.to_owned(), at));

        let mut mail = Mail::new(letter.bytes()).received(at);
        let last = n.saturating_add(1) == count;
        let answered = script
            .turns
            .get(n.saturating_add(1))
            .is_some_and(Turn::outgoing)
            && !last;
        mail.folder = if turn.outgoing() {
            "Sent".to_owned()
        } else {
            cast.folder.clone()
        };
        for (flag, set) in [
            ("\\Seen", !turn.is("unread")),
            (
                "\\Answered",
                turn.is("answered") || (answered && !turn.outgoing()),
            ),
            ("\\Flagged", turn.is("flagged")),
        ] {
            if set {
                mail.flags.push(flag.to_owned());
            }
        }
        played.push(Played {
            mail,
            waiting: last && !turn.outgoing(),
        });
    }
    played
}

/// The moments of a script whose turns carry their own days and hours.
pub(crate) fn written_times(script: &Script, now: i64, last: i64) -> Vec<i64> {
    script
        .turns
        .iter()
        .map(|t| {
            t.when
                .map_or(now, |(days, minutes)| moment(now, days, minutes, last))
        })
        .collect()
}

/// The language of the other side; ours among ourselves.
fn language(script: &Script, cast: &Cast<'_>) -> Lang {
    let named = || {
        let keys = script
            .turns
            .iter()
            .flat_map(|t| std::iter::once(&t.from).chain(&t.to));
        keys.filter_map(|k| person(k))
            .find(|p| p.role != Role::Colleague)
    };
    cast.them.or_else(named).map_or(Lang::Sl, |p| p.lang)
}

fn sender(turn: &Turn, cast: &Cast<'_>) -> Person {
    if !turn.outgoing() {
        return *person(&turn.from).or(cast.them).unwrap_or(cast.me);
    }
    let me = turn
        .from
        .strip_prefix("me=")
        .and_then(person)
        .unwrap_or(cast.me);
    Person {
        address: cast.account.address,
        ..*me
    }
}

fn recipients(keys: &[String], turn: &Turn, cast: &Cast<'_>) -> Vec<(String, String)> {
    let named: Vec<_> = keys.iter().filter_map(|k| address(k)).collect();
    if !named.is_empty() {
        return named;
    }
    let other = if turn.outgoing() { cast.them } else { None };
    vec![other.map_or_else(
        || (String::new(), cast.account.address.to_owned()),
        |p| (p.name.to_owned(), p.address.to_owned()),
    )]
}

/// A person, or one of our shared addresses.
fn address(key: &str) -> Option<(String, String)> {
    if let Some(p) = person(key) {
        return Some((p.name.to_owned(), p.address.to_owned()));
    }
    account(key).map(|a| (String::new(), a.address.to_owned()))
}

/// The prefixes of the programs people use.
fn reply_subject(subject: &str, n: usize, turn: &Turn, lang: Lang, rng: &mut Rng) -> String {
    if n == 0 || turn.is("same") {
        return subject.to_owned();
    }
    let prefix = match lang {
        Lang::De => "AW",
        Lang::Sl if rng.chance(12) => "Odg",
        Lang::Sl | Lang::En => "Re",
    };
    format!("{prefix}: {subject}")
}

/// The words of a mail: its own, our signature, sometimes the mail it answers.
fn words(
    turn: &Turn,
    own: &str,
    from: &Person,
    said: Option<&(String, String, i64)>,
    lang: Lang,
) -> String {
    let mut text = own.to_owned();
    if turn.from == "me" {
        let close = match lang {
            Lang::Sl => "Lep pozdrav,",
            Lang::En => "Kind regards,",
            Lang::De => "Mit freundlichen Grüßen",
        };
        text.push_str(&format!(
            "\n\n{close}\n{}\n\n-- \nHrast & Vijak d.o.o.\nLesna ulica 12, 3000 Celje\nhttps://www.hrastvijak.example",
            from.name
        ));
    }
    if let Some((quoted, name, at)) = said.filter(|_| turn.is("quote")) {
        let when = Local::of(*at).above_quote(lang);
        let line = match lang {
            Lang::Sl => format!("Dne {when} je {name} napisal(-a):"),
            Lang::En => format!("On {when}, {name} wrote:"),
            Lang::De => format!("Am {when} schrieb {name}:"),
        };
        let quoted: Vec<String> = quoted
            .lines()
            .map(|l| format!("> {}", l.replace('|', " ")))
            .collect();
        text.push_str(&format!("\n\n{line}\n\n{}", quoted.join("\n")));
    }
    text
}

/// What the servers on the way wrote on top.
fn transport(turn: &Turn, from: &Person, account: &Account, at: i64, rng: &mut Rng) -> Vec<String> {
    let (domain, verdict) = (
        from.domain(),
        if turn.is("failed") { "fail" } else { "pass" },
    );
    let mut lines = vec![
        format!("Return-Path: <{}>", from.address),
        format!(
            "Received: from mail.{domain} (mail.{domain} [192.0.2.{}])\r\n\tby mx.hrastvijak.example with ESMTPS id {:08x}\r\n\tfor <{}>; {}",
            rng.between(2, 250),
            rng.below(u64::from(u32::MAX)),
            account.address,
            Local::of(at.saturating_add(2)).rfc5322()
        ),
        format!(
            "Authentication-Results: mx.hrastvijak.example;\r\n\tspf={verdict} smtp.mailfrom={domain};\r\n\tdkim={verdict} header.d={domain};\r\n\tdmarc={verdict} header.from={domain}"
        ),
    ];
    if turn.is("newsletter") {
        lines.push(format!("List-Id: <novice.{domain}>"));
        lines.push(format!(
            "List-Unsubscribe: <https://www.{domain}/odjava/{:08x}>,\r\n\t<mailto:odjava@{domain}>",
            rng.below(u64::from(u32::MAX))
        ));
        lines.push("List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned());
        lines.push("Precedence: bulk".to_owned());
    }
    lines
}

/// Puts words and dates into the braces.
fn filled(text: &str, words: &[(&'static str, String)], today: i64, lang: Lang) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, inside)| Some((before, inside.split_once('}')?)))
    {
        out.push_str(before);
        out.push_str(&one(name, words, today, lang));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn one(name: &str, words: &[(&'static str, String)], today: i64, lang: Lang) -> String {
    let (with_weekday, number) = name.strip_prefix("do").map_or((false, name), |n| (true, n));
    if let Ok(days) = number.parse::<i64>() {
        let mut day = Local::of(today.saturating_add(days.saturating_mul(86_400)));
        // Nobody delivers at the weekend.
        let shift = if days > 0 {
            day.weekday.saturating_sub(4).max(0)
        } else {
            0
        };
        if shift > 0 {
            let days = days.saturating_add(3).saturating_sub(shift);
            day = Local::of(today.saturating_add(days.saturating_mul(86_400)));
        }
        return if with_weekday {
            day.with_weekday(lang)
        } else {
            day.in_words(lang)
        };
    }
    words
        .iter()
        .find(|(n, _)| *n == name)
        .map_or_else(String::new, |(_, w)| w.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_filled() {
        let words = [("order", "NAR-1".to_owned())];
        let now = 1_795_093_200; // Thursday, 19 November 2026
        for (text, lang, want) in [
            (
                "{order} do {do+15}",
                Lang::Sl,
                "NAR-1 do petka, 4. decembra",
            ),
            (
                "until {+1} or {-1}",
                Lang::En,
                "until 20 November or 18 November",
            ),
            ("{unknown}!", Lang::En, "!"),
            ("open {", Lang::En, "open {"),
        ] {
            assert_eq!(filled(text, &words, now, lang), want, "{text}");
        }
    }
}
