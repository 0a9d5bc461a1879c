//! Sums, amounts and how Metakocka writes them: with a dot, with a comma, with dots between the thousands.

/// A sum in hundredths of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Money(pub(crate) i64);

/// An amount of a product in thousandths of its unit; also per cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Amount(pub(crate) i64);

/// `amount * factor / whole`, rounded half away from zero.
pub(crate) fn share(amount: i64, factor: i64, whole: i64) -> i64 {
    let product = i128::from(amount).saturating_mul(i128::from(factor));
    let whole = i128::from(whole).max(1);
    let half = whole.div_euclid(2);
    let rounded = product
        .abs()
        .saturating_add(half)
        .div_euclid(whole)
        .saturating_mul(product.signum());
    i64::try_from(rounded).unwrap_or_default()
}

impl Money {
    /// The price of so much.
    pub(crate) fn times(self, amount: Amount) -> Self {
        Self(share(self.0, amount.0, 1000))
    }

    /// So many per cent of it.
    pub(crate) fn percent(self, percent: Amount) -> Self {
        Self(share(self.0, percent.0, 100_000))
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(crate) const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// `1895.01`, `24.8`, `12`: zeros at the end are left out.
    pub(crate) fn dotted(self) -> String {
        decimal(self.0, 2, '.')
    }

    /// `1895,01`.
    pub(crate) fn comma(self) -> String {
        decimal(self.0, 2, ',')
    }

    /// `1.895,01`.
    pub(crate) fn thousands(self) -> String {
        let hundredths = self.0.unsigned_abs();
        let whole = hundredths.div_euclid(100).to_string();
        let mut grouped = String::new();
        for (n, digit) in whole.chars().enumerate() {
            if n > 0 && whole.len().saturating_sub(n).rem_euclid(3) == 0 {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{grouped},{:02}", hundredths.rem_euclid(100))
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        parse(text, 2).map(Self)
    }
}

impl Amount {
    /// So many whole ones.
    pub(crate) const fn whole(n: i64) -> Self {
        Self(n.saturating_mul(1000))
    }

    pub(crate) fn dotted(self) -> String {
        decimal(self.0, 3, '.')
    }

    pub(crate) fn comma(self) -> String {
        decimal(self.0, 3, ',')
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        parse(text, 3).map(Self)
    }
}

fn decimal(value: i64, places: u32, separator: char) -> String {
    let unit = 10_u64.saturating_pow(places);
    let size = value.unsigned_abs();
    let (whole, rest) = (
        size.checked_div(unit).unwrap_or(0),
        size.checked_rem(unit).unwrap_or(0),
    );
    let sign = if value < 0 { "-" } else { "" };
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!(
        "{rest:0width$}",
        width = usize::try_from(places).unwrap_or(2)
    );
    format!("{sign}{whole}{separator}{}", digits.trim_end_matches('0'))
}

/// Reads a number with either separator: where both stand, the last one is the decimal one. Further places are rounded.
fn parse(text: &str, places: u32) -> Option<i64> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let decimal = text.rfind(['.', ',']);
    let (whole, rest) = decimal.map_or((text, ""), |at| {
        let (whole, rest) = text.split_at(at);
        (whole, rest.trim_start_matches(['.', ',']))
    });
    let whole: String = whole.chars().filter(|c| !matches!(c, '.' | ',')).collect();
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(&whole) || !all_digits(rest) {
        return None;
    }
    let width = usize::try_from(places).ok()?;
    let mut fraction: String = rest.chars().chain("000000".chars()).take(width).collect();
    let up = rest.chars().nth(width).is_some_and(|c| c >= '5');
    fraction.insert_str(0, &whole);
    let size = fraction.parse::<i64>().ok()?.checked_add(i64::from(up))?;
    Some(if negative {
        size.saturating_neg()
    } else {
        size
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("24.8", 2480)]
    #[case("863,75", 86_375)]
    #[case("1.895,01", 189_501)]
    #[case("1,895.01", 189_501)]
    #[case("-12", -1200)]
    #[case("0.125", 13)]
    fn sums_are_read(#[case] text: &str, #[case] want: i64) {
        assert_eq!(Money::parse(text), Some(Money(want)), "{text}");
    }

    #[rstest]
    #[case("")]
    #[case("a lot")]
    #[case("1e5")]
    #[case(",5")]
    #[case("99999999999999999999")]
    fn what_is_no_number_is_refused(#[case] text: &str) {
        assert_eq!(Money::parse(text), None, "{text}");
    }

    #[test]
    fn sums_are_written_in_three_ways() {
        let sum = Money(189_501);
        assert_eq!(sum.dotted(), "1895.01", "usually");
        assert_eq!(sum.comma(), "1895,01", "in a few fields");
        assert_eq!(sum.thousands(), "1.895,01", "in payments");
        assert_eq!(Money(-5).thousands(), "-0,05", "less than one");
        assert_eq!(Amount(7300).comma(), "7,3", "amounts");
        assert_eq!(Money(2480).dotted(), "24.8", "no zero at the end");
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!(share(5, 1, 10), 1, "up");
        assert_eq!(share(-5, 1, 10), -1, "down");
        assert_eq!(share(i64::MAX, i64::MAX, 1), 0, "too large to say");
    }
}
