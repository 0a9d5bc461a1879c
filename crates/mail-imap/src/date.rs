//! INTERNALDATE both ways: `17-Jul-1996 02:44:25 -0700` (RFC 3501 §9 `date-time`).

use kontor_model::Millis;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAY: i64 = 86_400;

/// Reads a date-time; `None` when it is not one. Read for every message of a listing, so it allocates nothing.
pub(crate) fn parse(text: &[u8]) -> Option<Millis> {
    let text = text.trim_ascii();
    let mut parts = text.splitn(3, |b| *b == b' ');
    let mut date = parts.next()?.split(|b| *b == b'-');
    let day = field(date.next()?, 31)?;
    let month = month(date.next()?)?;
    let year = field(date.next()?, 9_999)?;
    let mut clock = parts.next()?.split(|b| *b == b':');
    let hour = field(clock.next()?, 23)?;
    let minute = field(clock.next()?, 59)?;
    let second = field(clock.next()?, 60)?;
    let zone = parts.next().map_or(Some(0), zone)?;
    let seconds = days(year, month, day)
        .checked_mul(DAY)?
        .checked_add(hour.checked_mul(3600)?)?
        .checked_add(minute.checked_mul(60)?)?
        .checked_add(second)?
        .checked_sub(zone)?;
    Some(Millis(seconds.checked_mul(1000)?))
}

/// Writes a date-time in UTC. A year beyond four digits (a broken Date header) is written as 1970.
pub(crate) fn format(at: Millis) -> String {
    let seconds = at.0.div_euclid(1000);
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    if !(1..=9_999).contains(&year) {
        return "01-Jan-1970 00:00:00 +0000".to_owned();
    }
    let of_day = seconds.rem_euclid(DAY);
    let name = usize::try_from(month.saturating_sub(1))
        .ok()
        .and_then(|m| MONTHS.get(m))
        .copied()
        .unwrap_or("Jan");
    let (hour, minute, second) = (
        of_day.div_euclid(3600),
        of_day.div_euclid(60).rem_euclid(60),
        of_day.rem_euclid(60),
    );
    format!("{day:02}-{name}-{year:04} {hour:02}:{minute:02}:{second:02} +0000")
}

fn field(digits: &[u8], most: i64) -> Option<i64> {
    let n = i64::try_from(crate::scan::number(digits.trim_ascii())?).ok()?;
    (n <= most).then_some(n)
}

fn month(name: &[u8]) -> Option<i64> {
    let at = MONTHS
        .iter()
        .position(|m| m.as_bytes().eq_ignore_ascii_case(name))?;
    i64::try_from(at.checked_add(1)?).ok()
}

fn zone(text: &[u8]) -> Option<i64> {
    let (sign, digits) = text.trim_ascii().split_first()?;
    let n = field(digits, 9_999)?;
    let seconds = n
        .div_euclid(100)
        .checked_mul(60)?
        .checked_add(n.rem_euclid(100))?
        .checked_mul(60)?;
    match sign {
        b'+' => Some(seconds),
        b'-' => seconds.checked_neg(),
        _ => None,
    }
}

/// Days from 1970-01-01 of a date in the proleptic Gregorian calendar; years begin in March so that the leap day is last.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "year ≤ 9999, month ≤ 12, day ≤ 31: nothing here can overflow"
)]
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day number; the inverse of [`days`].
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a day number of 64-bit milliseconds is far below what could overflow"
)]
fn civil(day: i64) -> (i64, i64, i64) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let m = (5 * of_year + 2) / 153;
    let month = if m < 10 { m + 3 } else { m - 9 };
    let shift = i64::from(month <= 2);
    (
        year + era * 400 + shift,
        month,
        of_year - (153 * m + 2) / 5 + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::rfc("17-Jul-1996 02:44:25 -0700", Some("1996-07-17T09:44:25.000Z"))]
    #[case::blank_day(" 7-Feb-2024 23:59:60 +0000", Some("2024-02-08T00:00:00.000Z"))]
    #[case::leap_day("29-Feb-2024 12:00:00 +0100", Some("2024-02-29T11:00:00.000Z"))]
    #[case::epoch("01-Jan-1970 00:00:00 +0000", Some("1970-01-01T00:00:00.000Z"))]
    #[case::no_zone("01-Jan-1970 00:00:01", Some("1970-01-01T00:00:01.000Z"))]
    #[case::bad_month("01-Foo-1970 00:00:00 +0000", None)]
    #[case::empty("", None)]
    #[case::hour("01-Jan-1970 24:00:00 +0000", None)]
    fn reads(#[case] text: &str, #[case] want: Option<&str>) {
        let got = parse(text.as_bytes()).map(|m| m.to_string());
        assert_eq!(got.as_deref(), want, "{text:?}");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(seconds in -62_135_596_800i64..253_402_300_799) {
            let at = Millis(seconds.saturating_mul(1000));
            prop_assert_eq!(parse(format(at).as_bytes()), Some(at));
        }

        #[test]
        fn no_time_and_no_bytes_panic(ms: i64, raw: Vec<u8>) {
            format(Millis(ms));
            parse(&raw);
        }
    }
}
