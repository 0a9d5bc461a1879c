//! Dates and moments as the service writes them, and as it wants them.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

/// Slovenian time by its rule, so that it is the same on computers without a list of time zones.
static SLOVENIA: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC));

/// Whatever of date, time and offset stands in a text.
struct Written {
    date: Date,
    time: Option<Time>,
    offset: Option<Offset>,
}

/// A calendar day: `2015-05-07+02:00`, `2015-05-07`, `06.09.2015`, or the day of a moment. The day is the one written; the
/// offset beside it never moves it.
pub(crate) fn date(text: &str) -> Option<Date> {
    read(text).map(|written| written.date)
}

/// A moment: `2015-05-07T12:53:27+02:00`, with `Z` or fractions of a second, with a space for the `T`. Without an offset
/// it is Slovenian time; without a time it is the day's beginning.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let written = read(text)?;
    let moment = written
        .date
        .to_datetime(written.time.unwrap_or(Time::midnight()));
    match written.offset {
        Some(offset) => offset.to_timestamp(moment).ok(),
        None => SLOVENIA.to_timestamp(moment).ok(),
    }
}

/// `2015-05-07+02:00`: the day with the offset that is in force then in Slovenia.
pub(crate) fn wire_date(date: Date) -> String {
    let noon = date.to_datetime(Time::constant(12, 0, 0, 0));
    let offset = SLOVENIA
        .to_timestamp(noon)
        .map_or(Offset::UTC, |moment| SLOVENIA.to_offset(moment));
    format!("{date}{}", wire_offset(offset))
}

/// `2015-05-07T12:53:27+02:00` in Slovenian time. Fractions of a second go: a search from a moment must not begin late.
pub(crate) fn wire_timestamp(moment: Timestamp) -> String {
    let offset = SLOVENIA.to_offset(moment);
    let local = offset.to_datetime(moment);
    format!(
        "{}T{:02}:{:02}:{:02}{}",
        local.date(),
        local.hour(),
        local.minute(),
        local.second(),
        wire_offset(offset)
    )
}

fn wire_offset(offset: Offset) -> String {
    let minutes = offset.seconds().checked_div(60).unwrap_or_default();
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!(
        "{sign}{:02}:{:02}",
        minutes.checked_div(60).unwrap_or_default(),
        minutes.checked_rem(60).unwrap_or_default()
    )
}

fn read(text: &str) -> Option<Written> {
    let text = text.trim();
    let (date, rest) = read_date(text)?;
    let rest = rest.trim_start();
    let Some(clock) = rest.strip_prefix(['T', 't']).or_else(|| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            .then_some(rest)
    }) else {
        return Some(Written {
            date,
            time: None,
            offset: read_offset(rest)?,
        });
    };
    let ends = clock.find(['+', '-', 'Z', 'z']).unwrap_or(clock.len());
    let (clock, offset) = clock.split_at_checked(ends)?;
    Some(Written {
        date,
        time: Some(read_time(clock.trim())?),
        offset: read_offset(offset)?,
    })
}

fn read_date(text: &str) -> Option<(Date, &str)> {
    if text.chars().nth(4) == Some('-') {
        let (year, rest) = text.split_once('-')?;
        let (month, rest) = rest.split_once('-')?;
        let ends = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (day, rest) = rest.split_at_checked(ends)?;
        return Some((day_of(year, month, day)?, rest));
    }
    let (day, rest) = text.split_once('.')?;
    let (month, rest) = rest.split_once('.')?;
    let rest = rest.trim_start();
    let ends = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (year, rest) = rest.split_at_checked(ends)?;
    Some((day_of(year, month.trim(), day)?, rest))
}

fn day_of(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 {
        return None;
    }
    Date::new(number(year)?, number(month)?, number(day)?).ok()
}

fn read_time(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let hour = number(parts.next()?)?;
    let minute = number(parts.next()?)?;
    let (second, fraction) = match parts.next() {
        Some(part) => match part.split_once(['.', ',']) {
            Some((second, fraction)) => (number(second)?, fraction),
            None => (number(part)?, ""),
        },
        None => (0, ""),
    };
    if parts.next().is_some() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanoseconds: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(9)
        .collect();
    Time::new(hour, minute, second, nanoseconds.parse().ok()?).ok()
}

/// `None` for something that is no offset, `Some(None)` for nothing.
fn read_offset(text: &str) -> Option<Option<Offset>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(None);
    }
    if text.eq_ignore_ascii_case("z") {
        return Some(Some(Offset::UTC));
    }
    let (sign, clock) = match text.strip_prefix('-') {
        Some(clock) => (-60_i32, clock),
        None => (60_i32, text.strip_prefix('+')?),
    };
    let (hours, minutes) = match clock.split_once(':') {
        Some(parts) => parts,
        None if clock.len() == 4 => clock.split_at_checked(2)?,
        None => (clock, "0"),
    };
    let (hours, minutes) = (number::<i32>(hours)?, number::<i32>(minutes)?);
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    Offset::from_seconds(minutes.checked_mul(sign)?)
        .ok()
        .map(Some)
}

/// Digits only: a sign would make `2015--5-7` a date.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{date, timestamp, wire_date, wire_timestamp};
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::summer("2015-05-07+02:00", Some("2015-05-07"))]
    #[case::winter("2015-01-07+01:00", Some("2015-01-07"))]
    #[case::bare("2020-10-24", Some("2020-10-24"))]
    #[case::spoken("06.09.2015", Some("2015-09-06"))]
    #[case::spoken_short("6.9.2015", Some("2015-09-06"))]
    #[case::spoken_wide("6. 9. 2015", Some("2015-09-06"))]
    #[case::day_of_a_moment("2015-05-07T23:59:27+02:00", Some("2015-05-07"))]
    #[case::leap_day("2024-02-29+01:00", Some("2024-02-29"))]
    #[case::no_leap_day("2023-02-29", None)]
    #[case::no_month("2023-13-01", None)]
    #[case::never("0000-00-00", None)]
    #[case::american("05/07/2015", None)]
    #[case::two_digit_year("06.09.15", None)]
    #[case::signs("2015--5-07", None)]
    #[case::more_behind("2015-05-07 jutri", None)]
    #[case::letters("jutri", None)]
    #[case::nothing("", None)]
    fn days_are_read(#[case] text: &str, #[case] want: Option<&str>) {
        assert_eq!(date(text).map(|d| d.to_string()).as_deref(), want, "{text}");
    }

    #[rstest]
    #[case::summer("2015-05-07T12:53:27+02:00", Some("2015-05-07T10:53:27Z"))]
    #[case::winter("2015-01-07T12:53:27+01:00", Some("2015-01-07T11:53:27Z"))]
    #[case::utc("2015-05-07T10:53:27Z", Some("2015-05-07T10:53:27Z"))]
    #[case::fraction("2015-05-07T12:53:27.250+02:00", Some("2015-05-07T10:53:27.25Z"))]
    #[case::no_colon("2015-05-07T12:53:27+0200", Some("2015-05-07T10:53:27Z"))]
    #[case::west("2015-05-07T12:53:27-05:00", Some("2015-05-07T17:53:27Z"))]
    #[case::slovenian_summer("2015-05-07 12:53:27", Some("2015-05-07T10:53:27Z"))]
    #[case::slovenian_winter("2015-12-07T12:53", Some("2015-12-07T11:53:00Z"))]
    #[case::spoken("06.09.2015 12:53", Some("2015-09-06T10:53:00Z"))]
    #[case::day("2015-05-07+02:00", Some("2015-05-06T22:00:00Z"))]
    #[case::no_hour("2015-05-07T25:00:00+02:00", None)]
    #[case::no_offset("2015-05-07T12:00:00+xx", None)]
    #[case::absurd_offset("2015-05-07T12:00:00+99:99", None)]
    fn moments_are_read(#[case] text: &str, #[case] want: Option<&str>) {
        let got = timestamp(text).map(|t| t.to_string());
        assert_eq!(got.as_deref(), want, "{text}");
    }

    #[rstest]
    #[case("2015-05-07", "2015-05-07+02:00")]
    #[case("2015-12-07", "2015-12-07+01:00")]
    #[case::clocks_go_forward("2026-03-29", "2026-03-29+02:00")]
    #[case::clocks_go_back("2026-10-25", "2026-10-25+01:00")]
    fn days_are_written_with_the_offset_of_that_day(#[case] day: &str, #[case] wire: &str) {
        assert_eq!(wire_date(day.parse().expect("a day")), wire);
    }

    proptest! {
        #[test]
        fn moments_survive_the_way_out_and_back(second in 0_i64..4_000_000_000) {
            let moment = jiff::Timestamp::from_second(second).expect("in range");
            prop_assert_eq!(timestamp(&wire_timestamp(moment)), Some(moment));
        }

        #[test]
        fn no_text_panics(text in any::<String>(), likely in "[-+0-9.:TZ ]{0,30}") {
            for text in [text, likely] {
                let _nothing = (date(&text), timestamp(&text));
            }
        }
    }
}
