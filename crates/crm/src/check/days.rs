//! Days as people write them: `12. 3. 2026`, `12.03.2026`, `2026-03-12`, `12/03/2026`, `12. marca`, `March 12th, 2026`.

use std::ops::Range;

use jiff::civil::Date;

use super::money::digits;
use super::places::{before, first_word, from, is_gap, last_word};
use super::words::{BEFORE_DAY, MONTHS, meaning};

/// A day, maybe without its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Where it is written.
    pub year: Option<i16>,
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
}

impl Day {
    /// Whether this is that day; without a year, of any year.
    #[must_use]
    pub fn is(self, date: Date) -> bool {
        self.month == date.month()
            && self.day == date.day()
            && self.year.is_none_or(|year| year == date.year())
    }

    /// The same with numbers as they stand; `None` for days no calendar has.
    fn read(year: Option<&str>, month: &str, day: &str) -> Option<Self> {
        let short = |year: &str| if year.len() == 2 { 2000_i16 } else { 0 };
        let year = match year {
            None => None,
            Some(text) if text.len() == 4 || text.len() == 2 => {
                Some(text.parse::<i16>().ok()?.checked_add(short(text))?)
            }
            Some(_) => return None,
        };
        Self::of(year, month.parse().ok()?, day)
    }

    fn of(year: Option<i16>, month: i8, day: &str) -> Option<Self> {
        if day.len() > 2 {
            return None;
        }
        let day: i8 = day.parse().ok()?;
        // A leap year for those without one: the 29th of February is a day.
        Date::new(year.unwrap_or(2024), month, day).ok()?;
        let sane = year.is_none_or(|year| (1990..=2100).contains(&year));
        sane.then_some(Self { year, month, day })
    }
}

/// The day that begins at a digit, or has its month's name before it: where it stands and what it may be.
pub(super) fn day(text: &str, at: usize) -> Option<(Range<usize>, Vec<Day>)> {
    let first = digits(text, at);
    match first.len() {
        4 => iso(text, at, first),
        1 | 2 => with_signs(text, at, first)
            .or_else(|| month_behind(text, at, first))
            .or_else(|| month_before(text, at, first)),
        _ => None,
    }
}

fn iso(text: &str, at: usize, year: &str) -> Option<(Range<usize>, Vec<Day>)> {
    let (month, end) = behind(text, at.saturating_add(year.len()), '-')?;
    let (day, end) = behind(text, end, '-')?;
    let two = month.len() == 2 && day.len() == 2 && ends(text, end);
    let day = Day::read(Some(year), month, day).filter(|_| two)?;
    Some((at..end, vec![day]))
}

/// The digits behind one sign, and where they end.
fn behind(text: &str, at: usize, sign: char) -> Option<(&str, usize)> {
    let rest = from(text, at);
    let inner = rest.strip_prefix(sign)?;
    let start = at.saturating_add(rest.len().saturating_sub(inner.len()));
    let found = digits(text, start);
    (!found.is_empty()).then(|| (found, start.saturating_add(found.len())))
}

/// The same with a gap behind the sign; says whether there is one.
fn behind_gap(text: &str, at: usize) -> Option<(&str, usize, bool)> {
    let rest = from(text, at);
    let inner = rest.strip_prefix('.')?;
    let close = inner.trim_start_matches(is_gap);
    let gap = inner.len().saturating_sub(close.len());
    let start = at.saturating_add(1).saturating_add(gap);
    let found = digits(text, start);
    let found_end = start.saturating_add(found.len());
    (!found.is_empty() && gap <= 3).then_some((found, found_end, gap > 0))
}

fn ends(text: &str, at: usize) -> bool {
    let mut rest = from(text, at).chars();
    match rest.next() {
        None => true,
        Some('-' | '/') => false,
        Some(':') => !rest.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !c.is_alphanumeric(),
    }
}

fn with_signs(text: &str, at: usize, first: &str) -> Option<(Range<usize>, Vec<Day>)> {
    let begin = at.saturating_add(first.len());
    for sign in ['/', '-'] {
        if let Some((second, end)) = behind(text, begin, sign) {
            let (year, end) = behind(text, end, sign)?;
            let four = year.len() == 4 && ends(text, end);
            let readings = [(second, first), (first, second)];
            let mut days: Vec<Day> = readings
                .iter()
                .filter_map(|(month, day)| Day::read(Some(year), month, day))
                .collect();
            days.dedup();
            return (four && !days.is_empty()).then_some((at..end, days));
        }
    }
    let (second, end, gap) = behind_gap(text, begin)?;
    if let Some((year, year_end, year_gap)) = behind_gap(text, end) {
        let short = year.len() == 2 && !gap && !year_gap;
        if (year.len() == 4 || short) && ends(text, year_end) {
            let day = Day::read(Some(year), second, first)?;
            return Some((at..year_end, vec![day]));
        }
    }
    // Without a year the full stop behind the month is part of it.
    let stop = from(text, end).starts_with('.');
    let after = from(text, end.saturating_add(1)).chars().next();
    let alone = after.is_none_or(|c| !c.is_alphanumeric());
    let word = kontor_store::fold(last_word(before(text, at)));
    let said = BEFORE_DAY.contains(&word.as_str());
    let day = Day::read(None, second, first).filter(|_| stop && alone && (gap || said))?;
    Some((at..end.saturating_add(1), vec![day]))
}

/// `12. marca 2026`, `12 March`, `12th of March 2026`.
fn month_behind(text: &str, at: usize, first: &str) -> Option<(Range<usize>, Vec<Day>)> {
    let mut rest = from(text, at.saturating_add(first.len()));
    for ending in [".", "st", "nd", "rd", "th"] {
        if let Some(inner) = rest.strip_prefix(ending) {
            rest = inner;
            break;
        }
    }
    let gap = rest.trim_start_matches(is_gap);
    let gap = gap.strip_prefix("of ").unwrap_or(gap);
    let name = first_word(gap);
    let month = meaning(MONTHS, name)?;
    let behind = from(gap, name.len());
    let (year, left) = year_behind(behind);
    let end = text.len().saturating_sub(left);
    Some((at..end, vec![Day::of(year, month, first)?]))
}

/// `March 12`, `March 12th, 2026`: with a capital letter, because "may" is a word, too.
fn month_before(text: &str, at: usize, first: &str) -> Option<(Range<usize>, Vec<Day>)> {
    let head = before(text, at).trim_end_matches(is_gap);
    let name = last_word(head);
    let capital = name.starts_with(char::is_uppercase);
    let close = at.saturating_sub(head.len()) == 1;
    let month = meaning(MONTHS, name).filter(|_| capital && close)?;
    let mut rest = from(text, at.saturating_add(first.len()));
    for ending in ["st", "nd", "rd", "th"] {
        rest = rest.strip_prefix(ending).unwrap_or(rest);
    }
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == ':' || c == '%') {
        return None;
    }
    let (year, left) = year_behind(rest);
    let begin = head.trim_end_matches('.').len().saturating_sub(name.len());
    let end = text.len().saturating_sub(left);
    Some((begin..end, vec![Day::of(year, month, first)?]))
}

/// The year that follows a month, and how much of the text is left behind the day.
fn year_behind(text: &str) -> (Option<i16>, usize) {
    let inner = text
        .trim_start_matches(['.', ','])
        .trim_start_matches(is_gap);
    let year = digits(inner, 0);
    let read = year.parse::<i16>().ok();
    let year_long = year.len() == 4 && inner.len() < text.len();
    match read.filter(|year| year_long && (1990..=2100).contains(year)) {
        Some(found) => (Some(found), inner.len().saturating_sub(year.len())),
        None => (None, text.len()),
    }
}
