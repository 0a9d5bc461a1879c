//! Numerals and money as people write them: `1.234,50 €`, `€1,234.50`, `1 234,50 EUR`.

use std::ops::Range;

use kontor_model::Amount;

use super::places::{before, first_word, from, is_gap, last_word};
use super::words::{CURRENCIES, meaning};

/// A numeral with what it may mean: `1.234` is one thousand in Ljubljana and one and a bit in London.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Numeral {
    /// Behind its last digit.
    pub(super) end: usize,
    /// What it may mean, the likelier first.
    pub(super) readings: Vec<Amount>,
    /// Decimals written, of the first reading.
    pub(super) decimals: usize,
}

/// Longest run of digits that is an amount.
const LONGEST: usize = 12;

/// Reads the numeral that begins at a digit.
pub(super) fn numeral(text: &str, at: usize) -> Option<Numeral> {
    let head = digits(text, at);
    let mut end = at.saturating_add(head.len());
    let mut parts: Vec<(char, &str)> = Vec::new();
    loop {
        let rest = from(text, end);
        let Some(sign) = rest.chars().next() else {
            break;
        };
        let group = digits(text, end.saturating_add(sign.len_utf8()));
        let grouping = is_gap(sign) || sign == '\'' || sign == '’';
        let same = parts.last().is_none_or(|(before, _)| *before == sign);
        let fits = if grouping {
            group.len() == 3 && head.len() <= 3 && same
        } else {
            matches!(sign, '.' | ',') && !group.is_empty()
        };
        if !fits {
            break;
        }
        parts.push((sign, group));
        end = end
            .saturating_add(sign.len_utf8())
            .saturating_add(group.len());
    }
    let (readings, decimals) = meanings(head, &parts)?;
    Some(Numeral {
        end,
        readings,
        decimals,
    })
}

/// What digits with signs between them mean; `None` where that is no number: a date, a version.
fn meanings(head: &str, parts: &[(char, &str)]) -> Option<(Vec<Amount>, usize)> {
    let whole = |groups: &[(char, &str)]| {
        let mut all = head.to_owned();
        all.extend(groups.iter().map(|(_, group)| *group));
        all
    };
    let read = |whole: &str, part: &str| {
        let fits = whole.len() <= LONGEST;
        let text = format!("{whole}.{part}");
        fits.then(|| text.parse::<Amount>().ok()).flatten()
    };
    let Some(((sign, last), groups)) = parts.split_last() else {
        return Some((vec![read(head, "0")?], 0));
    };
    let three = |groups: &[(char, &str)]| {
        let one = groups.first().map(|(sign, _)| *sign);
        head.len() <= 3 && groups.iter().all(|(s, g)| g.len() == 3 && Some(*s) == one)
    };
    let thousands = three(parts) && !head.starts_with('0');
    let decimal = matches!(sign, '.' | ',')
        && last.len() <= 4
        && groups.iter().all(|(s, _)| s != sign)
        && (groups.is_empty() || three(groups));
    let mut readings = Vec::new();
    if thousands {
        readings.extend(read(&whole(parts), "0"));
    }
    if decimal {
        readings.extend(read(&whole(groups), last));
    }
    let decimals = if thousands { 0 } else { last.len() };
    (!readings.is_empty()).then_some((readings, decimals))
}

/// The digits that stand at a place.
pub(super) fn digits(text: &str, at: usize) -> &str {
    let rest = from(text, at);
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// The money a numeral is: with its currency, and where both stand. `None` without a currency.
pub(super) fn money(
    text: &str,
    at: usize,
    numeral: &Numeral,
) -> Option<(Range<usize>, &'static str)> {
    let rest = from(text, numeral.end);
    // `120,- €`
    let dash = [",-", ",–", ",--"]
        .iter()
        .find_map(|d| rest.strip_prefix(*d));
    let behind = dash.unwrap_or(rest);
    let gap = behind.trim_start_matches(is_gap);
    if let Some((currency, len)) = currency_first(gap) {
        let skipped = rest.len().saturating_sub(gap.len());
        let end = numeral.end.saturating_add(skipped).saturating_add(len);
        return Some((at..end, currency));
    }
    let head = before(text, at);
    let close = head.trim_end_matches(is_gap);
    if head.len().saturating_sub(close.len()) > 3 {
        return None;
    }
    let (currency, len) = currency_last(close)?;
    Some((close.len().saturating_sub(len)..numeral.end, currency))
}

fn sign(c: char) -> Option<&'static str> {
    match c {
        '€' => Some("EUR"),
        '$' => Some("USD"),
        '£' => Some("GBP"),
        _ => None,
    }
}

fn currency_first(text: &str) -> Option<(&'static str, usize)> {
    let first = text.chars().next()?;
    if let Some(currency) = sign(first) {
        return Some((currency, first.len_utf8()));
    }
    let word = first_word(text);
    let ends = from(text, word.len()).chars().next();
    let whole = ends.is_none_or(|c| !c.is_alphanumeric());
    let currency = meaning(CURRENCIES, word).filter(|_| whole)?;
    Some((currency, word.len()))
}

fn currency_last(text: &str) -> Option<(&'static str, usize)> {
    let last = text.chars().next_back()?;
    if let Some(currency) = sign(last) {
        return Some((currency, last.len_utf8()));
    }
    if !last.is_alphabetic() {
        return None;
    }
    let word = last_word(text);
    // Only codes stand before a number: "za evro 120" is none.
    let code = word.len() == 3 && word.chars().all(|c| c.is_ascii_uppercase());
    Some((meaning(CURRENCIES, word).filter(|_| code)?, word.len()))
}
