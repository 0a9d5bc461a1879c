//! Hundreds of plausible threads from a dozen stories: the same seed writes the same mail, byte for byte.

use super::dates::Local;
use super::people::{Lang, PEOPLE, Person, Role, person};
use super::script::{Script, parse};
use super::story::{Cast, Played, play};
use super::{ACCOUNTS, Account};
use crate::{Mail, Rng};

const DAY: i64 = 86_400;

/// Product, unit and price in cents, by language.
const PRODUCTS: &[([&str; 3], [&str; 3], u64)] = &[
    (
        [
            "hrastova plošča 26 mm",
            "oak board 26 mm",
            "Eichenplatte 26 mm",
        ],
        ["m²", "m²", "m²"],
        6450,
    ),
    (
        [
            "bukova plošča 19 mm",
            "beech board 19 mm",
            "Buchenplatte 19 mm",
        ],
        ["m²", "m²", "m²"],
        4820,
    ),
    (
        [
            "spona 110° z dušilcem",
            "hinge 110° soft close",
            "Scharnier 110° gedämpft",
        ],
        ["kos", "pcs", "Stk"],
        385,
    ),
    (
        ["vodilo 500 mm", "drawer runner 500 mm", "Auszug 500 mm"],
        ["par", "pairs", "Paar"],
        3120,
    ),
    (
        [
            "robni trak hrast 23 mm",
            "oak edging 23 mm",
            "Umleimer Eiche 23 mm",
        ],
        ["kolut", "rolls", "Rollen"],
        6200,
    ),
    (
        [
            "ročaj črn 160 mm",
            "handle black 160 mm",
            "Griff schwarz 160 mm",
        ],
        ["kos", "pcs", "Stk"],
        740,
    ),
    (
        [
            "konstrukcijski vijak 6 × 120",
            "timber screw 6 × 120",
            "Holzschraube 6 × 120",
        ],
        ["zavoj", "boxes", "Pakete"],
        2890,
    ),
    (
        ["jesenov furnir", "ash veneer", "Eschenfurnier"],
        ["m²", "m²", "m²"],
        1190,
    ),
    (
        [
            "stopniščna obloga hrast",
            "oak stair tread",
            "Treppenstufe Eiche",
        ],
        ["kos", "pcs", "Stk"],
        5840,
    ),
    (
        [
            "nastavljiva noga 100 mm",
            "levelling foot 100 mm",
            "Stellfuß 100 mm",
        ],
        ["kos", "pcs", "Stk"],
        190,
    ),
];

/// How many threads each account gets besides those of the pictures.
const THREADS: &[(&str, u64)] = &[
    ("maja", 120),
    ("prodaja", 130),
    ("info", 55),
    ("servis", 25),
];

/// Which of the newest waiting threads of an account are unread; the rest has been read.
const UNREAD: &[(&str, &[usize])] = &[("maja", &[0, 2, 3, 6]), ("prodaja", &[0, 1, 3, 4, 7, 9])];

/// The stories that repeat.
pub(crate) fn templates() -> Vec<Script> {
    parse(include_str!("templates.txt"))
}

/// The older mail of one account.
pub(crate) fn older(account: &Account, now: i64) -> Vec<Mail> {
    let mut rng = Rng::new(account.seed());
    let templates = templates();
    let count = THREADS
        .iter()
        .find(|(k, _)| *k == account.key)
        .map_or(0, |(_, n)| *n);
    let mut threads = Vec::new();
    for n in 0..count {
        if let Some(script) = choose(&templates, account, &mut rng) {
            let age = days_back(n, count);
            threads.push(thread(script, account, now, age, &mut rng));
        }
    }
    mark_unread(&mut threads, account);
    threads.into_iter().flatten().map(|p| p.mail).collect()
}

/// Half of everything is from the last five weeks, the rest reaches back more than a year.
const fn days_back(n: u64, count: u64) -> i64 {
    let share = match n.saturating_mul(1000).checked_div(count) {
        Some(share) => share,
        None => 0,
    };
    let days = share.saturating_mul(share).saturating_mul(420) / 1_000_000;
    2_i64.saturating_add_unsigned(days)
}

/// Customers write most; suppliers only to people, spam and newsletters to everybody.
fn choose<'a>(templates: &'a [Script], account: &Account, rng: &mut Rng) -> Option<&'a Script> {
    let role = match rng.below(100) {
        0..=77 => "customer",
        78..=87 if account.key == "maja" => "supplier",
        78..=87 => "customer",
        _ => "sender",
    };
    let fitting: Vec<&Script> = templates
        .iter()
        .filter(|s| {
            s.place
                .first()
                .is_some_and(|p| p.split('=').next() == Some(role))
        })
        .collect();
    rng.pick(&fitting).copied()
}

fn thread(script: &Script, account: &Account, now: i64, age: i64, rng: &mut Rng) -> Vec<Played> {
    let start = working_time(now, age, rng);
    let yesterday = now
        .saturating_sub(Local::of(now).second)
        .saturating_sub(DAY);
    let folder = folder(script, account, age, rng);
    let turns = if rng.chance(25) { rng.between(1, 2) } else { 9 };
    let mut times = Vec::new();
    let mut at = start;
    while times.len() < script.turns.len().min(usize::try_from(turns).unwrap_or(9))
        && at < yesterday
    {
        times.push(at);
        let pause = rng.between(40, 1500);
        at = office_hours(at.saturating_add_unsigned(pause.saturating_mul(60)));
    }
    let Some(mut cast) = cast(script, account, folder, rng) else {
        return Vec::new();
    };
    cast.today = start;
    cast.times = times;
    let mut script = script.clone();
    for turn in script.turns.iter_mut().skip(1) {
        if rng.chance(55) {
            turn.words.push("quote".to_owned());
        }
        if rng.chance(4) {
            turn.words.push("flagged".to_owned());
        }
    }
    play(&script, &cast, rng)
}

/// People and words for one story; `None` when nobody can play it.
pub(crate) fn cast<'a>(
    script: &Script,
    account: &'a Account,
    folder: String,
    rng: &mut Rng,
) -> Option<Cast<'a>> {
    let them = other_side(script, rng)?;
    let ours: Vec<&'static Person> = ["maja", "ana", "bor", "luka"]
        .iter()
        .filter(|k| account.key != "maja" || **k == "maja")
        .filter_map(|k| person(k))
        .collect();
    let me = rng.pick(&ours).copied().unwrap_or(them);
    let words = vocabulary(them, me, rng);
    Some(Cast {
        account,
        them: Some(them),
        me,
        folder,
        words,
        times: Vec::new(),
        today: 0,
    })
}

fn other_side(script: &Script, rng: &mut Rng) -> Option<&'static Person> {
    let role = script.place.first().map_or("", String::as_str);
    if let Some((_, key)) = role.split_once('=') {
        return person(key);
    }
    let role = if role == "supplier" {
        Role::Supplier
    } else {
        Role::Customer
    };
    let lang = match script.place.get(1).map(String::as_str) {
        Some("en") => Lang::En,
        Some("de") => Lang::De,
        _ => Lang::Sl,
    };
    let fitting: Vec<&'static Person> = PEOPLE
        .iter()
        .filter(|p| p.role == role && p.lang == lang)
        .collect();
    rng.pick(&fitting).copied()
}

fn vocabulary(them: &Person, me: &Person, rng: &mut Rng) -> Vec<(&'static str, String)> {
    let lang = match them.lang {
        Lang::Sl => 0,
        Lang::En => 1,
        Lang::De => 2,
    };
    let (names, units, cents) =
        rng.pick(PRODUCTS)
            .copied()
            .unwrap_or((["", "", ""], ["", "", ""], 100));
    let quantity = rng
        .between(2, 40)
        .saturating_mul(if cents < 1000 { 20 } else { 2 });
    let at = |list: [&'static str; 3]| list.get(lang).copied().unwrap_or_default().to_owned();
    vec![
        ("first", them.first().to_owned()),
        ("name", them.name.to_owned()),
        ("company", them.company.to_owned()),
        ("me", me.first().to_owned()),
        ("product", at(names)),
        ("unit", at(units)),
        ("qty", quantity.to_string()),
        ("qty2", rng.between(2, 9).to_string()),
        ("price", money(cents, them.lang)),
        ("sum", money(cents.saturating_mul(quantity), them.lang)),
        ("invoice", format!("2026-{:04}", rng.between(400, 1180))),
        ("offer", format!("PN-2026-{:04}", rng.between(40, 417))),
        ("order", format!("NAR-2026-{:04}", rng.between(60, 700))),
    ]
}

/// `2.451,00 €`, in English `2,451.00 €`.
fn money(cents: u64, lang: Lang) -> String {
    let whole = (cents / 100).to_string();
    let (thousands, comma) = if lang == Lang::En {
        (',', '.')
    } else {
        ('.', ',')
    };
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && whole.len().saturating_sub(i) % 3 == 0 {
            grouped.push(thousands);
        }
        grouped.push(digit);
    }
    format!("{grouped}{comma}{:02} €", cents % 100)
}

/// A folder of the story that exists in the account; what is older than three weeks has left INBOX.
fn folder(script: &Script, account: &Account, age: i64, rng: &mut Rng) -> String {
    let choices: Vec<&String> = script
        .place
        .iter()
        .skip(2)
        .filter(|f| *f != "Naročila" || account.key != "info")
        .collect();
    match rng.pick(&choices).map(|f| f.as_str()) {
        Some("INBOX") | None if age > 21 => "Archive".to_owned(),
        Some(folder) => folder.to_owned(),
        None => "INBOX".to_owned(),
    }
}

fn working_time(now: i64, age: i64, rng: &mut Rng) -> i64 {
    let midnight = now.saturating_sub(Local::of(now).second);
    let minutes = rng.between(7 * 60 + 20, 16 * 60 + 50);
    office_hours(
        midnight
            .saturating_sub(age.saturating_mul(DAY))
            .saturating_add_unsigned(minutes.saturating_mul(60)),
    )
}

/// Evenings become the next morning, weekends the Friday before.
fn office_hours(at: i64) -> i64 {
    let local = Local::of(at);
    let at = match local.second {
        s if s > 17 * 3600 => at.saturating_add(14 * 3600),
        s if s < 7 * 3600 => at.saturating_add(7 * 3600),
        _ => at,
    };
    match Local::of(at).weekday {
        5 => at.saturating_sub(DAY),
        6 => at.saturating_add(DAY),
        _ => at,
    }
}

fn mark_unread(threads: &mut [Vec<Played>], account: &Account) {
    let wanted = UNREAD
        .iter()
        .find(|(k, _)| *k == account.key)
        .map_or(&[][..], |(_, w)| w);
    let mut waiting: Vec<&mut Mail> = threads
        .iter_mut()
        .flatten()
        .filter(|p| p.waiting && p.mail.folder == "INBOX")
        .map(|p| &mut p.mail)
        .collect();
    waiting.sort_by_key(|m| std::cmp::Reverse(m.received));
    for (n, mail) in waiting.into_iter().enumerate() {
        if wanted.contains(&n) {
            mail.flags.retain(|f| f != "\\Seen");
        }
    }
}

/// An account with mail of its own, for arrivals.
pub(crate) fn any_account(rng: &mut Rng) -> Option<&'static Account> {
    let busy: Vec<&Account> = ACCOUNTS.iter().filter(|a| a.live).collect();
    rng.pick(&busy).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_by_language() {
        for (cents, lang, want) in [
            (245_100, Lang::Sl, "2.451,00 €"),
            (385, Lang::De, "3,85 €"),
            (123_456_789, Lang::En, "1,234,567.89 €"),
        ] {
            assert_eq!(money(cents, lang), want, "{cents}");
        }
    }

    #[test]
    fn nobody_writes_at_night() {
        for hours in 0..(24 * 14) {
            let local = Local::of(office_hours(1_795_093_200 + hours * 3600));
            assert!(
                local.weekday < 5 && (7 * 3600..=17 * 3600).contains(&local.second),
                "hour {hours}: {local:?}"
            );
        }
    }
}
