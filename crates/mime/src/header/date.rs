//! The Date header.

use jiff::civil;
use kontor_model::Millis;

/// Reads a date as RFC 5322 §3.3 writes it and as mailers do: obsolete zone names, two-digit years, a missing zone
/// (taken for UTC), missing weekday, `GMT+0100`, ISO 8601. `None` when no date can be made of it.
pub(crate) fn parse(value: &[u8]) -> Option<Millis> {
    let mut date = Reading::default();
    let mut depth = 0_u32;
    let comment = |b: &u8| {
        match b {
            b'(' => depth = depth.saturating_add(1),
            b')' => {
                depth = depth.saturating_sub(1);
                return true;
            }
            _ => {}
        }
        depth > 0 || b.is_ascii_whitespace() || matches!(b, b',' | b';' | b'"')
    };
    // More words than any date has are no date; the bound is for hostile headers.
    for word in value.split(comment).filter(|w| !w.is_empty()).take(16) {
        date.word(word);
    }
    date.finish()
}

/// What has been recognised so far.
#[derive(Default)]
struct Reading {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<(i8, i8, i8)>,
    /// Seconds east of UTC.
    offset: Option<i64>,
    pm: Option<bool>,
}

impl Reading {
    fn word(&mut self, word: &[u8]) {
        let Ok(word) = std::str::from_utf8(word) else {
            return;
        };
        if word.contains(':') {
            self.clock(word);
        } else if word.bytes().all(|b| b.is_ascii_digit()) {
            self.number(word);
        } else if let Some(offset) = self.time.and_then(|_| zone(word)) {
            self.offset = self.offset.or(Some(offset));
        } else if let Some(month) = month(word) {
            self.month = self.month.or(Some(month));
        } else if word.contains(['-', '/', '.']) {
            self.dashed(word);
        } else if word.eq_ignore_ascii_case("pm") || word.eq_ignore_ascii_case("am") {
            self.pm = Some(word.eq_ignore_ascii_case("pm"));
        }
    }

    /// `21:45`, `21:45:07.123`, `2026-11-21T21:45:07+01:00`, `21:45:07+0100`.
    fn clock(&mut self, word: &str) {
        let word = match word.split_once(['T', 't']) {
            Some((day, time)) if day.contains('-') => {
                self.dashed(day);
                time
            }
            _ => word,
        };
        let (time, rest) = word
            .split_at_checked(word.find(['+', '-', 'Z', 'z']).unwrap_or(word.len()))
            .unwrap_or((word, ""));
        if self.time.is_some() {
            return;
        }
        let mut parts = time.split([':', '.']);
        let mut next = || parts.next().map(str::parse::<i8>);
        if let (Some(Ok(hour)), Some(Ok(minute))) = (next(), next()) {
            let second = match next() {
                Some(Ok(second)) => second,
                Some(Err(_)) | None => 0,
            };
            self.time = Some((hour, minute, second));
            self.offset = zone(rest);
        }
    }

    /// A bare number is the day when it can be and none is known, else the year.
    fn number(&mut self, word: &str) {
        let Ok(number) = word.parse::<i16>() else {
            return;
        };
        match (self.day, i8::try_from(number)) {
            (None, Ok(day @ 1..=31)) if word.len() <= 2 => self.day = Some(day),
            _ if self.year.is_none() => self.year = full_year(number, word.len()),
            _ => {}
        }
    }

    /// `21-Nov-2026`, `21.11.2026`, `2026-11-21`, `2026/11/21`, `11/21/2026`.
    fn dashed(&mut self, word: &str) {
        let parts: Vec<&str> = word
            .split(['-', '/', '.'])
            .filter(|p| !p.is_empty())
            .take(4)
            .collect();
        let [a, b, c] = parts.as_slice() else {
            return;
        };
        let (year, month_word, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
        let (month_word, day) = if word.contains('/') && a.len() != 4 {
            (day, month_word)
        } else {
            (month_word, day)
        };
        let year = year
            .parse::<i16>()
            .ok()
            .and_then(|y| full_year(y, year.len()));
        let month = month(month_word).or_else(|| month_word.parse().ok());
        if let (Some(year), Some(month), Ok(day)) = (year, month, day.parse::<i8>()) {
            (self.year, self.month, self.day) = (Some(year), Some(month), Some(day));
        }
    }

    fn finish(self) -> Option<Millis> {
        let (mut hour, minute, second) = self.time.unwrap_or_default();
        match self.pm {
            Some(true) if hour < 12 => hour = hour.saturating_add(12),
            Some(false) if hour == 12 => hour = 0,
            _ => {}
        }
        // A leap second is shown as the second before: jiff, like POSIX, knows none.
        let second = if second == 60 { 59 } else { second };
        let day = civil::Date::new(self.year?, self.month?, self.day?).ok()?;
        let time = civil::Time::new(hour, minute, second, 0).ok()?;
        let utc = day
            .to_datetime(time)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?;
        let seconds = utc
            .timestamp()
            .as_second()
            .checked_sub(self.offset.unwrap_or(0))?;
        Some(Millis(seconds.checked_mul(1000)?))
    }
}

/// RFC 5322 §4.3: two digits below 50 are 20xx, others and three digits count from 1900.
fn full_year(year: i16, digits: usize) -> Option<i16> {
    match digits {
        2 if year < 50 => year.checked_add(2000),
        2 | 3 => year.checked_add(1900),
        4 => Some(year),
        _ => None,
    }
}

fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let head = word.get(..3)?;
    let at = NAMES
        .iter()
        .position(|name| head.eq_ignore_ascii_case(name))?;
    word.bytes()
        .all(|b| b.is_ascii_alphabetic() || b == b'.')
        .then_some(i8::try_from(at).ok()?.checked_add(1)?)
}

/// Returns seconds east of UTC. Unknown and military names are 0, as RFC 5322 §4.3 wants it for the latter.
fn zone(word: &str) -> Option<i64> {
    let hours = match word.to_ascii_uppercase().as_str() {
        "" => return None,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" | "MET" | "BST" | "MEZ" => 1,
        "CEST" | "MEST" | "EET" | "MESZ" => 2,
        "MSK" => 3,
        "JST" => 9,
        "UTC" | "UT" | "GMT" | "Z" => 0,
        _ => return numeric_zone(word),
    };
    Some(3600_i64.saturating_mul(hours))
}

/// `+0100`, `+01:00`, `+100`, `GMT+1`.
fn numeric_zone(word: &str) -> Option<i64> {
    let sign_at = word.find(['+', '-'])?;
    let (name, number) = word.split_at_checked(sign_at)?;
    if !name.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let negative = number.starts_with('-');
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let value = digits.parse::<i64>().ok()?;
    let (hours, minutes) = match digits.len() {
        1 | 2 => (value, 0),
        3 | 4 => (value.checked_div(100)?, value.checked_rem(100)?),
        _ => return Some(0),
    };
    // Offsets beyond a day are nonsense; the clock time alone is the best guess then.
    if hours > 24 || minutes > 59 {
        return Some(0);
    }
    let seconds = hours
        .saturating_mul(3600)
        .saturating_add(minutes.saturating_mul(60));
    Some(if negative {
        seconds.saturating_neg()
    } else {
        seconds
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::usual("Sat, 21 Nov 2026 10:00:00 +0100", "2026-11-21T09:00:00.000Z")]
    #[case::comment("Sat, 21 Nov 2026 10:00:00 +0100 (CET)", "2026-11-21T09:00:00.000Z")]
    #[case::comment_inside(
        "Sat (a (b) c), 21 Nov 2026 10:00:00 +0100",
        "2026-11-21T09:00:00.000Z"
    )]
    #[case::no_weekday("21 Nov 2026 10:00 +0000", "2026-11-21T10:00:00.000Z")]
    #[case::two_digits("21 Nov 26 10:00:00 GMT", "2026-11-21T10:00:00.000Z")]
    #[case::two_digits_old("21 Nov 99 10:00:00 GMT", "1999-11-21T10:00:00.000Z")]
    #[case::three_digits("21 Nov 126 10:00:00 GMT", "2026-11-21T10:00:00.000Z")]
    #[case::named_zone("Fri, 21 Nov 1997 09:55:06 EST", "1997-11-21T14:55:06.000Z")]
    #[case::gmt_plus("Fri, 21 Nov 1997 09:55:06 GMT+0100", "1997-11-21T08:55:06.000Z")]
    #[case::glued_zone("Fri, 21 Nov 1997 09:55:06+0100", "1997-11-21T08:55:06.000Z")]
    #[case::no_zone("Fri, 21 Nov 1997 09:55:06", "1997-11-21T09:55:06.000Z")]
    #[case::asctime("Fri Nov 21 09:55:06 1997", "1997-11-21T09:55:06.000Z")]
    #[case::iso("2026-11-21T10:00:00+01:00", "2026-11-21T09:00:00.000Z")]
    #[case::iso_z("2026-11-21T10:00:00.5Z", "2026-11-21T10:00:00.000Z")]
    #[case::iso_space("2026-11-21 10:00:00 +0100", "2026-11-21T09:00:00.000Z")]
    #[case::dashes("21-Nov-2026 10:00:00 +0100", "2026-11-21T09:00:00.000Z")]
    #[case::dots("21.11.2026 10:00:00", "2026-11-21T10:00:00.000Z")]
    #[case::american("11/21/2026 10:00:00 PM", "2026-11-21T22:00:00.000Z")]
    #[case::leap_second("Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59.000Z")]
    #[case::negative("Fri, 21 Nov 1997 20:00:00 -0730", "1997-11-22T03:30:00.000Z")]
    #[case::folded("Fri,\r\n 21 Nov 1997\r\n 20:00:00 -0000", "1997-11-21T20:00:00.000Z")]
    fn reads(#[case] raw: &str, #[case] want: &str) {
        assert_eq!(
            parse(raw.as_bytes()).map(|d| d.to_string()).as_deref(),
            Some(want),
            "{raw}"
        );
    }

    #[rstest::rstest]
    #[case("")]
    #[case("yesterday")]
    #[case("31 Feb 2026 10:00:00 +0000")]
    #[case("21 Nov 2026 25:00:00 +0000")]
    #[case("10:00:00 +0000")]
    fn refuses(#[case] raw: &str) {
        assert_eq!(parse(raw.as_bytes()), None, "{raw:?} is no date");
    }
}
