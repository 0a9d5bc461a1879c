//! Amounts, exact to four decimals: prices have them, sums need them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A sum of money or a quantity, in ten-thousandths; never a float, so that adding up a customer's bills is exact.
///
/// Written and read as a plain decimal with a dot: `1240.50`. Which currency it is in stands beside it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Amount(i64);

/// A text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountProblem;

impl fmt::Display for AmountProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount is a decimal number with a dot, such as 1240.50")
    }
}

impl std::error::Error for AmountProblem {}

/// Ten-thousandths in one.
const ONE: i64 = 10_000;
/// Decimals that are kept.
const DECIMALS: usize = 4;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of so many ten-thousandths.
    #[must_use]
    pub const fn from_ten_thousandths(n: i64) -> Self {
        Self(n)
    }

    /// The amount in ten-thousandths.
    #[must_use]
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// The sum; at the end of the range it stays there.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference; at the end of the range it stays there.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// For charts and JSON numbers; exact up to a hundred billion.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "only for drawing")]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 10_000.0
    }
}

impl fmt::Display for Amount {
    /// At least two decimals, at most four.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        let (whole, part) = (value / 10_000, value % 10_000);
        let digits = format!("{part:04}");
        let short = digits.trim_end_matches('0');
        write!(f, "{sign}{whole}.{short:0<2}")
    }
}

impl FromStr for Amount {
    type Err = AmountProblem;

    /// Decimals behind the fourth are rounded, half away from zero.
    fn from_str(text: &str) -> Result<Self, AmountProblem> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && part.is_empty()) || !plain(whole) || !plain(part) {
            return Err(AmountProblem);
        }
        let whole: i64 = if whole.is_empty() {
            0
        } else {
            whole.parse().map_err(|_ignored| AmountProblem)?
        };
        let mut fraction = 0_i64;
        let mut digits = part.bytes().map(|b| i64::from(b.saturating_sub(b'0')));
        for _ in 0..DECIMALS {
            fraction = fraction
                .saturating_mul(10)
                .saturating_add(digits.next().unwrap_or(0));
        }
        if digits.next().is_some_and(|d| d >= 5) {
            fraction = fraction.saturating_add(1);
        }
        let value = whole
            .checked_mul(ONE)
            .and_then(|n| n.checked_add(fraction))
            .ok_or(AmountProblem)?;
        Ok(Self(if negative {
            value.saturating_neg()
        } else {
            value
        }))
    }
}

impl TryFrom<String> for Amount {
    type Error = AmountProblem;

    fn try_from(text: String) -> Result<Self, AmountProblem> {
        text.parse()
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Amount;

    #[rstest]
    #[case::plain("1240.5", Some("1240.50"))]
    #[case::whole("7", Some("7.00"))]
    #[case::four("0.1251", Some("0.1251"))]
    #[case::rounded("0.12505", Some("0.1251"))]
    #[case::negative("-3.20", Some("-3.20"))]
    #[case::less_than_one("-.5", Some("-0.50"))]
    #[case::comma("3,20", None)]
    #[case::words("ten", None)]
    #[case::nothing("", None)]
    #[case::sign_alone("-", None)]
    #[case::too_large("999999999999999999", None)]
    fn amounts_are_read(#[case] text: &str, #[case] want: Option<&str>) {
        let read = text.parse::<Amount>().ok().map(|a| a.to_string());
        assert_eq!(read.as_deref(), want, "{text:?}");
    }

    #[test]
    fn adding_up_is_exact() {
        let tenth: Amount = "0.1".parse().unwrap();
        let sum = (0..10).fold(Amount::ZERO, |sum, _| sum.plus(tenth));
        assert_eq!(sum.to_string(), "1.00");
        assert_eq!(sum.minus(tenth).to_string(), "0.90");
    }
}
