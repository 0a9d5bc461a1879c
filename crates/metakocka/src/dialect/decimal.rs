//! Prices and amounts, exactly.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Decimal places that are kept. Net prices worked out of gross ones come with six.
const PLACES: u32 = 8;
const ONE: i128 = 100_000_000;
/// A million billions: larger numbers are no money, and with this bound sums of millions of them cannot overflow.
const LIMIT: i128 = ONE * 1_000_000_000_000_000;
/// Digits after the separator that are looked at; the rest cannot change what is kept.
const FRACTION: usize = 20;

/// A price, amount, rate or sum: exact, with eight decimal places, at most ±10¹⁵. Never a floating-point number.
///
/// Prints and serialises the way requests want it: a dot, no thousands, no zeros at the end.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i128);

/// How a dot alone is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dot {
    /// Decimal, as nearly everywhere.
    Decimal,
    /// Between thousands where it stands so, as in the amounts of `mark_paid`: `1.895` is 1895 there, `12.50` stays 12.50.
    Thousands,
}

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `units` of 1/10^`places`: `from_units(1250, 2)` is 12.50. `None` for more than eight places or a number too large.
    #[must_use]
    pub fn from_units(units: i64, places: u32) -> Option<Self> {
        let one = 10_i128.checked_pow(PLACES.checked_sub(places)?)?;
        Self::bounded(i128::from(units).checked_mul(one)?)
    }

    /// The number in units of 1/10^`places`, half a unit rounded away from zero: 12.345 is 1235 in two places. `None` for
    /// more than eight places or a number an `i64` cannot hold.
    #[must_use]
    pub fn to_units(self, places: u32) -> Option<i64> {
        let unit = 10_i128.checked_pow(PLACES.checked_sub(places)?)?;
        i64::try_from(divided(self.0, unit)?).ok()
    }

    /// The sum, unless it is too large.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::bounded(self.0.checked_add(other.0)?)
    }

    /// The difference, unless it is too large.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::bounded(self.0.checked_sub(other.0)?)
    }

    /// The product, rounded to eight places, unless it is too large.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        Self::bounded(divided(self.0.checked_mul(other.0)?, ONE)?)
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// True for 0.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// True below 0.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }

    fn bounded(raw: i128) -> Option<Self> {
        (raw.checked_abs()? <= LIMIT).then_some(Self(raw))
    }

    /// Reads a number as the service writes it: `24.8`, `7,3`, `1.895,01`, `1,895.01`, `1 895,01`, `-5`, `1e3`.
    pub(crate) fn read(text: &str, dot: Dot) -> Option<Self> {
        let text = text.trim();
        let (text, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = split(text, dot)?;
        let whole = ungrouped(whole)?;
        if (whole.is_empty() && fraction.is_empty())
            || !fraction.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let fraction: String = fraction.chars().take(FRACTION).collect();
        let digits = format!("0{whole}{fraction}").parse::<i128>().ok()?;
        let places = i32::try_from(fraction.len()).ok()?;
        let shift = i32::try_from(PLACES)
            .ok()?
            .checked_sub(places)?
            .checked_add(exponent)?;
        let factor = 10_i128.checked_pow(shift.unsigned_abs().min(38))?;
        let raw = if shift >= 0 {
            digits.checked_mul(factor)?
        } else {
            divided(digits, factor)?
        };
        Self::bounded(if negative { raw.checked_neg()? } else { raw })
    }
}

/// Quotient, half rounded away from zero.
fn divided(number: i128, by: i128) -> Option<i128> {
    let quotient = number.checked_div(by)?;
    let rest = number.checked_rem(by)?;
    if rest.checked_abs()?.checked_mul(2)? < by {
        return Some(quotient);
    }
    quotient.checked_add(number.signum())
}

/// The part before and the part after the decimal separator.
fn split(text: &str, dot: Dot) -> Option<(&str, &str)> {
    let dots = text.matches('.').count();
    let commas = text.matches(',').count();
    match (dots, commas) {
        (0, 0) => Some((text, "")),
        (0, 1) => text.split_once(','),
        (1, 0) if dot == Dot::Thousands && text.contains('.') && ungrouped(text).is_some() => {
            Some((text, ""))
        }
        (1, 0) => text.split_once('.'),
        // More than one of a kind and none of the other: these are thousands.
        (0, _) | (_, 0) => Some((text, "")),
        _ => {
            // The last one is the decimal separator, and there is only one of it.
            let at = text.rfind(['.', ','])?;
            let (whole, fraction) = text.split_at_checked(at)?;
            let separator = fraction.chars().next()?;
            (!whole.contains(separator)).then(|| (whole, fraction.get(1..).unwrap_or_default()))
        }
    }
}

/// Digits without the marks between thousands; `None` where these do not stand between groups of three, or something
/// else is among them.
fn ungrouped(whole: &str) -> Option<String> {
    let marks = |c: char| matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}' | '\'');
    let mut groups = whole.split(marks);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    if rest.is_empty() {
        return digits(first).then(|| first.to_owned());
    }
    let fits = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    (fits && digits(first) && rest.iter().all(|group| digits(group)))
        .then(|| format!("{first}{}", rest.concat()))
}

impl From<i32> for Decimal {
    fn from(whole: i32) -> Self {
        Self(i128::from(whole).saturating_mul(ONE))
    }
}

/// A text that is no number, or one too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This is not a number. Write it with digits and one decimal separator.")]
pub struct NotANumber;

impl FromStr for Decimal {
    type Err = NotANumber;

    /// Reads `12.5` and `12,5`; with both separators the last one is the decimal one.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        Self::read(text, Dot::Decimal).ok_or(NotANumber)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        let raw = self.0.unsigned_abs();
        let one = ONE.unsigned_abs();
        let whole = raw.checked_div(one).unwrap_or_default();
        let rest = raw.checked_rem(one).unwrap_or_default();
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{rest:08}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
#[path = "decimal_tests.rs"]
mod tests;
