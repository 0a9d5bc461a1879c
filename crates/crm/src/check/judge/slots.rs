//! Values of documents, by what they say: a total stays a total when it changes.

use jiff::civil::Date;
use kontor_model::Amount;

use super::{Around, Judged, Known, Near};
use crate::check::places::last_word;
use crate::check::values::Value;
use crate::check::words::{OPEN, PAID, PART, PROMISED, UNITS, has, meaning};
use crate::check::{Kind, Line, Said, Sheet, State};

/// Which value of a document; those of lines have the line's name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Slot {
    Total,
    Open,
    Paid,
    Price(String),
    LineTotal(String),
    Quantity(String),
    Payment(usize),
    Day,
    Due,
    PaymentDay(usize),
}

/// What a slot holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Held {
    Money(Amount),
    Day(Date),
    Quantity(Amount, String),
}

/// Holds one value against what is known.
pub(super) fn judge(value: &Value, around: &Around<'_>, known: &Known<'_>) -> Judged {
    let now = |at: usize| matched(value, around, known, at, true);
    let was = |at: usize| former(value, around, known, at, true);
    let named = || around.named.iter().copied();
    let all = || 0..known.papers.len();
    let near = around.beside.map(|(at, _)| at);
    near.and_then(now)
        .or_else(|| named().find_map(now))
        .or_else(|| near.and_then(was))
        .or_else(|| differs(value, around, known))
        .or_else(|| all().find_map(|at| matched(value, around, known, at, false)))
        .or_else(|| sum(value, known))
        .or_else(|| named().find_map(was))
        .or_else(|| all().find_map(|at| former(value, around, known, at, false)))
        .unwrap_or((kind_of(value), State::Unknown, None, None))
}

/// The value of a document that is what is written. Of a document that is not `named` quantities count only where the
/// sentence tells of what.
fn matched(
    value: &Value,
    around: &Around<'_>,
    known: &Known<'_>,
    at: usize,
    named: bool,
) -> Option<Judged> {
    let sheet = known.papers.get(at)?.now.as_ref()?;
    let (slot, held) = fitting(value, sheet, around, named)?;
    let kind = kind_in(kind_of(value), &slot);
    Some((kind, State::Matched, Some(said(held, sheet)), Some(at)))
}

/// The same for what a document said before; answers what it says now in its place.
fn former(
    value: &Value,
    around: &Around<'_>,
    known: &Known<'_>,
    at: usize,
    named: bool,
) -> Option<Judged> {
    let paper = known.papers.get(at)?;
    let mut before = paper.before.iter().rev();
    let (slot, held) = before.find_map(|sheet| fitting(value, sheet, around, named))?;
    let kind = kind_in(kind_of(value), &slot);
    let Some(sheet) = &paper.now else {
        return Some((kind, State::Stale, Some(Said::Gone), Some(at)));
    };
    let now = at_slot(sheet, &slot).filter(|now| *now != held)?;
    Some((kind, State::Stale, Some(said(now, sheet)), Some(at)))
}

/// What a customer owes in all.
fn sum(value: &Value, known: &Known<'_>) -> Option<Judged> {
    let Value::Money {
        amounts, currency, ..
    } = value
    else {
        return None;
    };
    let is = |(of, sum): &&(String, Amount)| of == currency && amounts.contains(sum);
    let (currency, sum) = known.sums.iter().find(is)?;
    let value = Said::Money(*sum, currency.clone());
    Some((Kind::Total, State::Matched, Some(value), None))
}

fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Money { each: true, .. } => Kind::Price,
        Value::Money { each: false, .. } => Kind::Total,
        Value::Day(_) => Kind::Date,
        Value::Quantity { .. } => Kind::Quantity,
    }
}

fn kind_in(kind: Kind, slot: &Slot) -> Kind {
    match (kind, slot) {
        (Kind::Total | Kind::Price, Slot::Price(_)) => Kind::Price,
        (Kind::Total | Kind::Price, _) => Kind::Total,
        (kind, _) => kind,
    }
}

fn said(held: Held, sheet: &Sheet) -> Said {
    match held {
        Held::Money(amount) => Said::Money(amount, sheet.currency.clone()),
        Held::Day(day) => Said::Day(day),
        Held::Quantity(amount, unit) => Said::Quantity(amount, unit),
    }
}

fn fitting(value: &Value, sheet: &Sheet, around: &Around<'_>, named: bool) -> Option<(Slot, Held)> {
    match value {
        Value::Money {
            amounts,
            decimals,
            currency,
            each,
        } => {
            if sheet.currency != *currency {
                return None;
            }
            let mut slots = money_slots(sheet);
            if *each {
                slots.sort_by_key(|(slot, _)| !matches!(slot, Slot::Price(_)));
            }
            let fits = |amount: Amount| amounts.iter().any(|a| same(*a, amount, *decimals));
            let found = slots.into_iter().find(|(_, amount)| fits(*amount));
            found.map(|(slot, amount)| (slot, Held::Money(amount)))
        }
        Value::Day(days) => {
            let is = |date: &Date| days.iter().any(|day| day.is(*date));
            let found = day_slots(sheet).into_iter().find(|(_, date)| is(date));
            found.map(|(slot, date)| (slot, Held::Day(date)))
        }
        Value::Quantity { amounts, unit } => {
            let lines = sheet.lines.iter().filter(|line| of_unit(line, unit));
            let mut lines = lines.filter(|line| named || is_told(line, around.sentence));
            let line = lines.find(|line| amounts.contains(&line.amount))?;
            Some((Slot::Quantity(line.name.clone()), quantity(line)))
        }
    }
}

fn quantity(line: &Line) -> Held {
    Held::Quantity(line.amount, line.unit.clone())
}

/// Whether an amount is the one that is written, at the decimals that are written, two at least.
fn same(written: Amount, amount: Amount, decimals: usize) -> bool {
    let far = written.minus(amount).ten_thousandths().saturating_abs();
    // Half of the last decimal up or down: programs round it either way.
    match decimals {
        0 => far == 0,
        1 | 2 => far <= 50,
        3 => far <= 5,
        _ => far == 0,
    }
}

fn open(sheet: &Sheet) -> Amount {
    sheet.total.minus(sheet.paid)
}

fn money_slots(sheet: &Sheet) -> Vec<(Slot, Amount)> {
    let mut slots = vec![
        (Slot::Total, sheet.total),
        (Slot::Open, open(sheet)),
        (Slot::Paid, sheet.paid),
    ];
    for line in &sheet.lines {
        let name = || line.name.clone();
        let reduced = reduced(line.price, line.discount);
        slots.push((Slot::Price(name()), line.price));
        slots.push((Slot::Price(name()), reduced));
        slots.push((Slot::LineTotal(name()), times(reduced, line.amount)));
        slots.push((Slot::LineTotal(name()), times(line.price, line.amount)));
    }
    let payments = sheet.payments.iter().enumerate();
    slots.extend(payments.map(|(n, (_, amount))| (Slot::Payment(n), *amount)));
    slots.retain(|(_, amount)| *amount != Amount::ZERO);
    slots
}

fn day_slots(sheet: &Sheet) -> Vec<(Slot, Date)> {
    let mut slots: Vec<(Slot, Date)> = Vec::new();
    slots.extend(sheet.due.map(|day| (Slot::Due, day)));
    slots.extend(sheet.date.map(|day| (Slot::Day, day)));
    let payments = sheet.payments.iter().enumerate();
    slots.extend(payments.filter_map(|(n, (day, _))| Some((Slot::PaymentDay(n), (*day)?))));
    slots
}

/// What a document holds in a place; `None` where it has no such place.
fn at_slot(sheet: &Sheet, slot: &Slot) -> Option<Held> {
    let line = |name: &String| sheet.lines.iter().find(|line| line.name == *name);
    Some(match slot {
        Slot::Total => Held::Money(sheet.total),
        Slot::Open => Held::Money(open(sheet)),
        Slot::Paid => Held::Money(sheet.paid),
        Slot::Price(name) => Held::Money(line(name)?.price),
        Slot::LineTotal(name) => {
            let line = line(name)?;
            Held::Money(times(reduced(line.price, line.discount), line.amount))
        }
        Slot::Quantity(name) => quantity(line(name)?),
        Slot::Payment(n) => Held::Money(sheet.payments.get(*n)?.1),
        Slot::Day => Held::Day(sheet.date?),
        Slot::Due => Held::Day(sheet.due?),
        Slot::PaymentDay(n) => Held::Day(sheet.payments.get(*n)?.0?),
    })
}

/// A price less so many percent.
fn reduced(price: Amount, percent: Amount) -> Amount {
    price.minus(scaled(price, percent, 1_000_000))
}

fn times(price: Amount, amount: Amount) -> Amount {
    scaled(price, amount, 10_000)
}

fn scaled(amount: Amount, by: Amount, over: i128) -> Amount {
    let by = i128::from(by.ten_thousandths());
    let product = i128::from(amount.ten_thousandths()).saturating_mul(by);
    let value = product.checked_div(over).unwrap_or(0);
    Amount::from_ten_thousandths(i64::try_from(value).unwrap_or(i64::MAX))
}

fn of_unit(line: &Line, unit: &str) -> bool {
    line.unit.is_empty() || meaning(UNITS, &line.unit).is_none_or(|meant| meant == unit)
}

/// Whether a sentence names the thing of a line: the beginning of one of its longer words.
fn is_told(line: &Line, sentence: &str) -> bool {
    let (words, names) = (kontor_store::fold(sentence), kontor_store::fold(&line.name));
    let stem = |word: &str| word.chars().take(4).collect::<String>();
    names
        .split(' ')
        .filter(|name| name.chars().count() >= 4 && name.chars().all(char::is_alphabetic))
        .any(|name| words.split(' ').any(|word| word.starts_with(&stem(name))))
}

/// A value that stands beside a document in one sentence and is none of its values: what the document says, where it is
/// clear which of its values is meant.
fn differs(value: &Value, around: &Around<'_>, known: &Known<'_>) -> Option<Judged> {
    let (at, Near::Sentence) = around.beside? else {
        return None;
    };
    let sheet = known.papers.get(at)?.now.as_ref()?;
    let slot = match value {
        Value::Money { currency, each, .. } if sheet.currency == *currency => {
            meant_money(sheet, around, *each)?
        }
        Value::Money { .. } => return None,
        Value::Day(_) => meant_day(sheet, around)?,
        Value::Quantity { unit, .. } => {
            let of_unit = |line: &&Line| of_unit(line, unit);
            Slot::Quantity(only_line(sheet, around, of_unit)?.name.clone())
        }
    };
    let held = at_slot(sheet, &slot)?;
    let kind = kind_in(kind_of(value), &slot);
    Some((kind, State::Stale, Some(said(held, sheet)), Some(at)))
}

/// The one line that is meant: the only one the sentence tells of, or the only one there is.
fn only_line<'a>(
    sheet: &'a Sheet,
    around: &Around<'_>,
    fits: impl Fn(&&Line) -> bool,
) -> Option<&'a Line> {
    let lines: Vec<&Line> = sheet.lines.iter().filter(fits).collect();
    let mut told = lines.iter().filter(|line| is_told(line, around.sentence));
    match (told.next(), told.next(), lines.as_slice()) {
        (Some(line), None, _) => Some(line),
        (None, _, [line]) if around.alike == 1 => Some(line),
        _ => None,
    }
}

fn meant_money(sheet: &Sheet, around: &Around<'_>, each: bool) -> Option<Slot> {
    if each {
        let line = only_line(sheet, around, |_| true)?;
        return Some(Slot::Price(line.name.clone()));
    }
    if around.alike > 1 || has(around.sentence, PART) {
        return None;
    }
    Some(if has(around.sentence, OPEN) {
        Slot::Open
    } else if has(around.sentence, PAID) {
        Slot::Paid
    } else {
        Slot::Total
    })
}

fn meant_day(sheet: &Sheet, around: &Around<'_>) -> Option<Slot> {
    let word = kontor_store::fold(last_word(around.head));
    let dated = matches!(word.as_str(), "dne" | "dated" | "of" | "from");
    if dated {
        return sheet.date.map(|_| Slot::Day);
    }
    let promised = around.alike == 1 && has(around.sentence, PROMISED);
    sheet.due.filter(|_| promised).map(|_| Slot::Due)
}
