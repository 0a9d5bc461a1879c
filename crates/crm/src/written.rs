//! Money, amounts and days as people write them, in Slovenian and English.

use jiff::civil::Date;
use kontor_model::{Amount, MONTHS};

use crate::check::Said;

/// A language mails are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `€1,234.50`, `12 March 2026`.
    #[default]
    English,
    /// `1.234,50 €`, `12. 3. 2026`.
    Slovenian,
}

impl Language {
    /// Returns the stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Slovenian => "sl",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        [Self::English, Self::Slovenian]
            .into_iter()
            .find(|language| language.as_str() == name)
    }
}

/// Writes money: `1.234,50 €`, `€1,234.50`; other currencies by their code.
#[must_use]
pub fn money(amount: Amount, currency: &str, language: Language) -> String {
    let number = number(amount, 2, language);
    match (language, currency) {
        (Language::Slovenian, "EUR") => format!("{number}\u{a0}€"),
        (Language::English, "EUR") => signed("€", &number),
        (Language::English, "GBP") => signed("£", &number),
        (Language::English, "USD") => signed("$", &number),
        (Language::Slovenian | Language::English, code) => format!("{number}\u{a0}{code}"),
    }
}

/// A minus stands before the currency's sign.
fn signed(sign: &str, number: &str) -> String {
    match number.strip_prefix('-') {
        Some(rest) => format!("-{sign}{rest}"),
        None => format!("{sign}{number}"),
    }
}

/// Writes an amount with its unit; decimals only where there are some.
#[must_use]
pub fn quantity(amount: Amount, unit: &str, language: Language) -> String {
    let number = number(amount, 0, language);
    if unit.is_empty() {
        number
    } else {
        format!("{number}\u{a0}{unit}")
    }
}

/// Writes a day: `12. 3. 2026`, `12 March 2026`.
#[must_use]
pub fn day(date: Date, language: Language) -> String {
    let (day, month, year) = (date.day(), date.month(), date.year());
    match language {
        Language::Slovenian => format!("{day}.\u{a0}{month}.\u{a0}{year}"),
        Language::English => format!("{day} {} {year}", month_name(month)),
    }
}

fn month_name(month: i8) -> &'static str {
    let at = usize::try_from(month).unwrap_or(1).saturating_sub(1);
    MONTHS.get(at).copied().unwrap_or_default()
}

/// A number with thousands apart and at least so many decimals; rounded to two where it has more.
fn number(amount: Amount, decimals: usize, language: Language) -> String {
    let cents = amount.ten_thousandths().unsigned_abs().saturating_add(50) / 100;
    let sign = if amount.ten_thousandths() < 0 && cents > 0 {
        "-"
    } else {
        ""
    };
    let (thousands, point) = match language {
        Language::English => (',', '.'),
        Language::Slovenian => ('.', ','),
    };
    let (whole, part) = (cents / 100, cents % 100);
    let grouped = grouped(&whole.to_string(), thousands);
    if decimals == 0 && part == 0 {
        format!("{sign}{grouped}")
    } else {
        format!("{sign}{grouped}{point}{part:02}")
    }
}

fn grouped(digits: &str, sign: char) -> String {
    let mut out = String::with_capacity(digits.len().saturating_mul(2));
    for (at, c) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) {
            out.push(sign);
        }
        out.push(c);
    }
    out
}

/// Writes what a document says the way the text wrote what it said before: `€1,120.00` becomes `€1,234.50`, `1120 €`
/// becomes `1.234,50 €`. `None` where there is nothing to write.
#[must_use]
pub fn in_place_of(text: &str, said: &Said) -> Option<String> {
    match said {
        Said::Number(number) => Some(number.clone()),
        Said::Gone => None,
        Said::Day(date) => Some(like_day(text, *date)),
        Said::Money(amount, _) => Some(like_number(text, *amount, 2)),
        Said::Quantity(amount, _) => Some(like_number(text, *amount, 0)),
    }
}

fn like_day(text: &str, date: Date) -> String {
    let dotted = text.contains('.') && !text.contains(char::is_alphabetic);
    let with_year = |text: String, year: String, has: bool| if has { text + &year } else { text };
    let long = text
        .split(|c: char| !c.is_ascii_digit())
        .any(|d| d.len() == 4);
    let (day, month, year) = (date.day(), date.month(), date.year());
    if dotted && text.contains([' ', '\u{a0}']) {
        with_year(format!("{day}. {month}."), format!(" {year}"), long)
    } else if dotted && (text.starts_with('0') || text.contains(".0")) {
        with_year(format!("{day:02}.{month:02}."), year.to_string(), long)
    } else if dotted {
        with_year(format!("{day}.{month}."), year.to_string(), true)
    } else if text.contains('/') {
        format!("{day:02}/{month:02}/{year}")
    } else if text.contains(char::is_alphabetic) && text.contains('.') {
        self::day(date, Language::Slovenian)
    } else if text.contains(char::is_alphabetic) {
        with_year(
            format!("{day} {}", month_name(month)),
            format!(" {year}"),
            long,
        )
    } else {
        date.to_string()
    }
}

/// The same text with another number in it.
fn like_number(text: &str, amount: Amount, decimals: usize) -> String {
    let digit = |c: char| c.is_ascii_digit();
    let (Some(from), Some(to)) = (text.find(digit), text.rfind(digit)) else {
        return text.to_owned();
    };
    // `m2` behind a quantity has a digit, too.
    let numeric =
        |c: char| digit(c) || matches!(c, '.' | ',' | ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}');
    let rest = text.get(from..).unwrap_or_default();
    let run = rest.find(|c| !numeric(c)).unwrap_or(rest.len());
    let core = rest.get(..run).unwrap_or_default();
    let end = core.rfind(digit).map_or(to, |at| from.saturating_add(at));
    let core = text.get(from..=end).unwrap_or_default();
    let language = match (core.rfind(','), core.rfind('.')) {
        (Some(comma), Some(point)) if comma < point => Language::English,
        (None, Some(_)) if core.rsplit('.').next().is_some_and(|d| d.len() != 3) => {
            Language::English
        }
        (Some(_), None) if core.rsplit(',').next().is_some_and(|d| d.len() == 3) => {
            Language::English
        }
        (None, None) if text.starts_with(['€', '£', '$']) => Language::English,
        _ => Language::Slovenian,
    };
    let (head, tail) = (
        text.get(..from).unwrap_or_default(),
        text.get(end.saturating_add(1)..).unwrap_or_default(),
    );
    format!("{head}{}{tail}", number(amount, decimals, language))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("1234.5", "EUR", "1.234,50\u{a0}€", "€1,234.50")]
    #[case("-7", "GBP", "-7,00\u{a0}GBP", "-£7.00")]
    #[case("1000000.005", "RSD", "1.000.000,01\u{a0}RSD", "1,000,000.01\u{a0}RSD")]
    #[case("-0.001", "EUR", "0,00\u{a0}€", "€0.00")]
    fn money_is_written_by_language(
        #[case] text: &str,
        #[case] currency: &str,
        #[case] sl: &str,
        #[case] en: &str,
    ) {
        assert_eq!(money(amount(text), currency, Language::Slovenian), sl);
        assert_eq!(money(amount(text), currency, Language::English), en);
    }

    #[rstest]
    #[case("€1,120.00", "€1,234.50")]
    #[case("1.120,00 €", "1.234,50 €")]
    #[case("1120 EUR", "1.234,50 EUR")]
    #[case("€999", "€1,234.50")]
    #[case("EUR 1,120", "EUR 1,234.50")]
    #[case("1 120,00\u{a0}EUR", "1.234,50\u{a0}EUR")]
    fn money_is_written_as_it_was(#[case] before: &str, #[case] want: &str) {
        let said = Said::Money(amount("1234.5"), "EUR".to_owned());
        assert_eq!(
            in_place_of(before, &said).as_deref(),
            Some(want),
            "{before}"
        );
    }

    #[rstest]
    #[case("10. 3. 2026", "2. 4. 2026")]
    #[case("10.03.2026", "02.04.2026")]
    #[case("10.3.2026", "2.4.2026")]
    #[case("10. 3.", "2. 4.")]
    #[case("2026-03-10", "2026-04-02")]
    #[case("10/03/2026", "02/04/2026")]
    #[case("March 10", "2 April")]
    #[case("10 March 2026", "2 April 2026")]
    #[case("10. marca 2026", "2.\u{a0}4.\u{a0}2026")]
    fn days_are_written_as_they_were(#[case] before: &str, #[case] want: &str) {
        let said = Said::Day("2026-04-02".parse().unwrap());
        assert_eq!(
            in_place_of(before, &said).as_deref(),
            Some(want),
            "{before}"
        );
    }

    #[rstest]
    #[case("200 kos", "240 kos")]
    #[case("38 m2", "240 m2")]
    fn quantities_keep_their_unit(#[case] before: &str, #[case] want: &str) {
        let said = Said::Quantity(amount("240"), "kos".to_owned());
        assert_eq!(in_place_of(before, &said).as_deref(), Some(want));
        assert_eq!(in_place_of(before, &Said::Gone), None);
    }
}
