//! Days and hours of Slovenian offices, without a time zone database.

use super::people::Lang;

const DAY: i64 = 86_400;

/// A moment, as a clock on the wall in Ljubljana shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Local {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
    /// Seconds since local midnight.
    pub(crate) second: i64,
    /// 0 = Monday.
    pub(crate) weekday: i64,
    /// Seconds east of UTC.
    pub(crate) offset: i64,
}

impl Local {
    /// Reads a Unix time.
    pub(crate) fn of(unix: i64) -> Self {
        let offset = offset(unix);
        let local = unix.saturating_add(offset);
        let days = local.div_euclid(DAY);
        let (year, month, day) = civil(days);
        let weekday = days.saturating_add(3).rem_euclid(7);
        Self {
            year,
            month,
            day,
            second: local.rem_euclid(DAY),
            weekday,
            offset,
        }
    }

    /// `Thu, 19 Nov 2026 09:42:00 +0100` (RFC 5322 section 3.3).
    pub(crate) fn rfc5322(self) -> String {
        let weekday = pick(
            &["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
            self.weekday,
        );
        let month = pick(
            &[
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ],
            self.month.saturating_sub(1),
        );
        let (hour, minute, second) = self.clock();
        let zone = self.offset.div_euclid(3600);
        format!(
            "{weekday}, {} {month} {} {hour:02}:{minute:02}:{second:02} +{zone:02}00",
            self.day, self.year
        )
    }

    /// `19. 11. 2026 ob 09:42`, as mail programs write it above a quote.
    pub(crate) fn above_quote(self, lang: Lang) -> String {
        let (hour, minute, _) = self.clock();
        match lang {
            Lang::Sl => format!(
                "{}. {}. {} ob {hour:02}:{minute:02}",
                self.day, self.month, self.year
            ),
            Lang::En => format!("{} at {hour:02}:{minute:02}", self.in_words(Lang::En)),
            Lang::De => format!(
                "{:02}.{:02}.{} um {hour:02}:{minute:02}",
                self.day, self.month, self.year
            ),
        }
    }

    /// `4. decembra`, `4 December`, `4. Dezember`.
    pub(crate) fn in_words(self, lang: Lang) -> String {
        let month = self.month.saturating_sub(1);
        match lang {
            Lang::Sl => format!("{}. {}", self.day, pick(&MONTHS_SL, month)),
            Lang::En => format!("{} {}", self.day, pick(&MONTHS_EN, month)),
            Lang::De => format!("{}. {}", self.day, pick(&MONTHS_DE, month)),
        }
    }

    /// `petka, 4. decembra` (after "do"), `Friday, 4 December`, `Freitag, 4. Dezember`.
    pub(crate) fn with_weekday(self, lang: Lang) -> String {
        let weekday = match lang {
            Lang::Sl => pick(
                &[
                    "ponedeljka",
                    "torka",
                    "srede",
                    "četrtka",
                    "petka",
                    "sobote",
                    "nedelje",
                ],
                self.weekday,
            ),
            Lang::En => pick(
                &[
                    "Monday",
                    "Tuesday",
                    "Wednesday",
                    "Thursday",
                    "Friday",
                    "Saturday",
                    "Sunday",
                ],
                self.weekday,
            ),
            Lang::De => pick(
                &[
                    "Montag",
                    "Dienstag",
                    "Mittwoch",
                    "Donnerstag",
                    "Freitag",
                    "Samstag",
                    "Sonntag",
                ],
                self.weekday,
            ),
        };
        format!("{weekday}, {}", self.in_words(lang))
    }

    const fn clock(self) -> (i64, i64, i64) {
        (
            self.second.div_euclid(3600),
            self.second.rem_euclid(3600).div_euclid(60),
            self.second.rem_euclid(60),
        )
    }
}

const MONTHS_SL: [&str; 12] = [
    "januarja",
    "februarja",
    "marca",
    "aprila",
    "maja",
    "junija",
    "julija",
    "avgusta",
    "septembra",
    "oktobra",
    "novembra",
    "decembra",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// The moment `days` from the day of `now`, at `minutes` after local midnight.
///
/// Today's mail keeps its distance from the newest one of the day (`last` minutes after midnight), but lies in the
/// past: early in the morning the whole of it moves back, squeezed into what there is of the day.
pub(crate) fn moment(now: i64, days: i64, minutes: i64, last: i64) -> i64 {
    let local = Local::of(now);
    let midnight = now.saturating_sub(local.second);
    if days != 0 {
        let at = midnight.saturating_add(days.saturating_mul(DAY));
        return at.saturating_add(minutes.saturating_mul(60));
    }
    let newest = last
        .saturating_mul(60)
        .min(local.second.saturating_sub(180))
        .max(0);
    let back = last.saturating_sub(minutes).saturating_mul(60);
    let reach = last.saturating_mul(60).max(1);
    // Where the day is too short for the distances, they shrink in proportion.
    let back = if back > newest || newest < reach / 2 {
        back.saturating_mul(newest).div_euclid(reach)
    } else {
        back
    };
    midnight.saturating_add(newest).saturating_sub(back)
}

/// Central European time: summer from the last Sunday of March to the last Sunday of October, 01:00 UTC.
fn offset(unix: i64) -> i64 {
    let (year, ..) = civil(unix.div_euclid(DAY));
    let change = |month| {
        let last = days_to(year, month, 31);
        let weekday = last.saturating_add(4).rem_euclid(7); // 0 = Sunday
        last.saturating_sub(weekday)
            .saturating_mul(DAY)
            .saturating_add(3600)
    };
    if (change(3)..change(10)).contains(&unix) {
        7200
    } else {
        3600
    }
}

/// Days since 1970 to year, month, day (Howard Hinnant, "chrono-compatible low-level date algorithms").
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a published formula; its inputs are days of this century"
)]
const fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + if month <= 2 { 1 } else { 0 }, month, day)
}

/// Year, month, day to days since 1970; the other direction of [`civil`].
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a published formula; its inputs are days of this century"
)]
const fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

fn pick(names: &[&'static str], n: i64) -> &'static str {
    usize::try_from(n)
        .ok()
        .and_then(|n| names.get(n))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thursday, 19 November 2026, 14:00 in Ljubljana.
    const NOW: i64 = 1_795_093_200;

    #[test]
    fn dates_in_headers_and_words() {
        let local = Local::of(NOW);
        assert_eq!(
            local.rfc5322(),
            "Thu, 19 Nov 2026 14:00:00 +0100",
            "winter time"
        );
        assert_eq!(
            Local::of(1_783_600_000).rfc5322(),
            "Thu, 9 Jul 2026 14:26:40 +0200",
            "summer time"
        );
        assert_eq!(local.in_words(Lang::Sl), "19. novembra", "genitive");
        assert_eq!(
            local.with_weekday(Lang::En),
            "Thursday, 19 November",
            "weekday"
        );
        for (year, month, day) in [(2024, 2, 29), (2026, 1, 1), (2026, 12, 31)] {
            assert_eq!(
                civil(days_to(year, month, day)),
                (year, month, day),
                "there and back"
            );
        }
    }

    #[test]
    fn today_lies_in_the_past() {
        let last = 9 * 60 + 42;
        let shown = |now, minutes| Local::of(moment(now, 0, minutes, last)).second / 60;
        assert_eq!(
            shown(NOW, last),
            last,
            "in the afternoon the day looks as it was"
        );
        assert_eq!(shown(NOW, 478), 478, "07:58");
        let early = NOW - 13 * 3600; // 01:00
        let times: Vec<i64> = [last, 571, 552, 478]
            .iter()
            .map(|m| moment(early, 0, *m, last))
            .collect();
        assert!(
            times.is_sorted_by(|a, b| a > b),
            "the order holds: {times:?}"
        );
        assert!(
            times.iter().all(|t| *t < early && Local::of(*t).day == 19),
            "all of it today and over: {times:?}"
        );
        assert_eq!(
            Local::of(moment(NOW, -1, 17 * 60 + 40, last)).rfc5322(),
            "Wed, 18 Nov 2026 17:40:00 +0100",
            "yesterday"
        );
    }
}
