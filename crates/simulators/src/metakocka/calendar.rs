//! Days and moments as Metakocka writes them: `2015-05-07+02:00`, `2015-05-07T12:53:27+02:00`, `07.05.2015`.
//!
//! Central European time by its rule, without a time zone database.

use jiff::civil::Date;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// A day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) i32);

/// A moment, in seconds of Unix time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Day {
    /// Out of year, month and day; 1970-01-01 when there is no such day.
    pub(crate) fn new(year: i16, month: i8, day: i8) -> Self {
        Date::new(year, month, day).map_or(Self(0), Self::of)
    }

    pub(crate) fn of(date: Date) -> Self {
        let since = date.since(Date::constant(1970, 1, 1));
        Self(since.map_or(0, |span| span.get_days()))
    }

    /// Reads `2026-11-19`, with or without an offset or a time behind it, and `19.11.2026`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((day, rest)) = text.split_once('.') {
            let (month, year) = rest.split_once('.')?;
            let date = Date::new(
                year.trim().parse().ok()?,
                month.trim().parse().ok()?,
                day.trim().parse().ok()?,
            );
            return date.ok().map(Self::of);
        }
        let date = text.get(..10)?;
        let rest = text.get(10..)?;
        let known = rest.is_empty() || rest.starts_with(['T', ' ', '+', '-', 'Z']);
        date.parse::<Date>().ok().filter(|_| known).map(Self::of)
    }

    pub(crate) const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    pub(crate) fn date(self) -> Date {
        let span = jiff::Span::new().try_days(self.0).unwrap_or_default();
        let start = Date::constant(1970, 1, 1);
        start.checked_add(span).unwrap_or(start)
    }

    pub(crate) fn year(self) -> i16 {
        self.date().year()
    }

    /// `2015-05-07`.
    pub(crate) fn iso(self) -> String {
        self.date().to_string()
    }

    /// `2015-05-07+02:00`: the offset is the one of that day's midnight.
    pub(crate) fn with_offset(self) -> String {
        let zone = if self.summer() { "+02:00" } else { "+01:00" };
        format!("{}{zone}", self.date())
    }

    /// `07.05.2015`.
    pub(crate) fn dotted(self) -> String {
        let date = self.date();
        format!("{:02}.{:02}.{}", date.day(), date.month(), date.year())
    }

    /// The moment so many seconds after local midnight.
    pub(crate) fn at(self, seconds: i64) -> Moment {
        let offset = if self.summer() { 7200 } else { 3600 };
        let midnight = i64::from(self.0).saturating_mul(DAY);
        Moment(midnight.saturating_add(seconds).saturating_sub(offset))
    }

    /// Whether summer time holds when the day begins in Ljubljana.
    fn summer(self) -> bool {
        let date = self.date();
        let change = |month| Self(last_sunday(date.year(), month).0);
        // The clocks change at 02:00 and 03:00 of these Sundays: their midnights still have the offset of before.
        self > change(3) && self <= change(10)
    }
}

/// The last Sunday of March or October.
fn last_sunday(year: i16, month: i8) -> Day {
    let last = Day::new(year, month, 31);
    // 1970-01-04 was a Sunday.
    let past = last.0.saturating_add(4).rem_euclid(7);
    Day(last.0.saturating_sub(past))
}

impl Moment {
    /// Reads an ISO timestamp with an offset; one without counts as Ljubljana's, a mere day as its midnight.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
            return Some(Self(stamp.as_second()));
        }
        let day = Day::parse(text)?;
        let Some((_, clock)) = text.split_once(['T', ' ']) else {
            return Some(day.at(0));
        };
        let time: jiff::civil::Time = clock.parse().ok()?;
        let seconds = [(time.hour(), 3600), (time.minute(), 60), (time.second(), 1)]
            .iter()
            .map(|(n, unit)| i64::from(*n).saturating_mul(*unit))
            .fold(0, i64::saturating_add);
        Some(day.at(seconds))
    }

    /// The day on the wall in Ljubljana.
    pub(crate) fn day(self) -> Day {
        let local = self.0.saturating_add(self.offset());
        Day(i32::try_from(local.div_euclid(DAY)).unwrap_or_default())
    }

    /// `2015-05-07T12:53:27+02:00`.
    pub(crate) fn with_offset(self) -> String {
        let offset = self.offset();
        let second = self.0.saturating_add(offset).rem_euclid(DAY);
        format!(
            "{}T{:02}:{:02}:{:02}+{:02}:00",
            self.day().date(),
            second.div_euclid(3600),
            second.rem_euclid(3600).div_euclid(60),
            second.rem_euclid(60),
            offset.div_euclid(3600)
        )
    }

    /// `Thu, 19 Nov 2026 13:00:00 GMT` (RFC 9110 section 5.6.7).
    pub(crate) fn http(self) -> String {
        jiff::Timestamp::from_second(self.0)
            .map(|t| t.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
            .unwrap_or_default()
    }

    pub(crate) const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds east of UTC: the clocks change at 01:00 UTC.
    fn offset(self) -> i64 {
        let day = Day(i32::try_from(self.0.div_euclid(DAY)).unwrap_or_default());
        let year = day.year();
        let change = |month| {
            i64::from(last_sunday(year, month).0)
                .saturating_mul(DAY)
                .saturating_add(3600)
        };
        if (change(3)..change(10)).contains(&self.0) {
            7200
        } else {
            3600
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::summer(2015, 5, 7, "2015-05-07+02:00")]
    #[case::winter(2026, 11, 19, "2026-11-19+01:00")]
    #[case::clocks_forward_at_two(2026, 3, 29, "2026-03-29+01:00")]
    #[case::the_day_after(2026, 3, 30, "2026-03-30+02:00")]
    #[case::clocks_back_at_three(2026, 10, 25, "2026-10-25+02:00")]
    #[case::and_after(2026, 10, 26, "2026-10-26+01:00")]
    fn a_day_has_the_offset_of_its_date(
        #[case] year: i16,
        #[case] month: i8,
        #[case] day: i8,
        #[case] want: &str,
    ) {
        let day = Day::new(year, month, day);
        assert_eq!(day.with_offset(), want, "the offset of that date");
        assert_eq!(
            day.at(0).with_offset().split_at(10).1,
            format!("T00:00:00{}", want.split_at(10).1),
            "its midnight says the same"
        );
        assert_eq!(Day::parse(want), Some(day), "read back");
        assert_eq!(
            Day::parse(&day.dotted()),
            Some(day),
            "the other way to write it"
        );
    }

    #[rstest]
    #[case("2015-05-07T12:53:27+02:00", "2015-05-07T12:53:27+02:00")]
    #[case("2026-11-19T13:00:00Z", "2026-11-19T14:00:00+01:00")]
    #[case("2026-11-19T14:00:00", "2026-11-19T14:00:00+01:00")]
    #[case("2026-11-19+01:00", "2026-11-19T00:00:00+01:00")]
    #[case("2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00")]
    fn moments_are_read(#[case] text: &str, #[case] want: &str) {
        let moment = Moment::parse(text).unwrap();
        assert_eq!(moment.with_offset(), want, "{text}");
    }

    #[rstest]
    #[case("")]
    #[case("2026-13-01")]
    #[case("yesterday, I think")]
    #[case("31.02.2026")]
    #[case("2026-11-19čšž")]
    fn what_is_no_day_is_refused(#[case] text: &str) {
        assert_eq!(Day::parse(text), None, "{text}");
    }
}
