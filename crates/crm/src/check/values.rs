//! What may be a fact in a text, by its form alone.

use std::ops::Range;

use kontor_model::Amount;

use super::days::{Day, day};
use super::money::{digits, money, numeral};
use super::places::{before, from, is_gap, meet, of_no_facts};
use super::words::{EACH, UNITS, has, meaning};

/// Something that may be a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands, bytes.
    pub at: Range<usize>,
    /// What it is.
    pub value: Value,
}

/// What may be a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Money.
    Money {
        /// What it may be, the likelier first.
        amounts: Vec<Amount>,
        /// Decimals that are written.
        decimals: usize,
        /// ISO 4217.
        currency: &'static str,
        /// The words around say that it is for one.
        each: bool,
    },
    /// A day, with what it may be.
    Day(Vec<Day>),
    /// How much of something.
    Quantity {
        /// What it may be.
        amounts: Vec<Amount>,
        /// Of what: the one name of all ways to write it.
        unit: &'static str,
    },
}

/// A text is looked at up to here, bytes: what is longer was pasted in.
const LONGEST: usize = 200_000;
/// Most facts of one text.
const MOST: usize = 500;

/// Finds days, money and quantities, in the order of the text; `taken` places are left out.
#[must_use]
pub fn values(text: &str, taken: &[Range<usize>]) -> Vec<Found> {
    let none = of_no_facts(text);
    let mut found: Vec<Found> = Vec::new();
    let mut end = 0_usize;
    for (at, c) in text.char_indices() {
        if at > LONGEST || found.len() >= MOST {
            break;
        }
        if at < end || !c.is_ascii_digit() || !begins(text, at) {
            continue;
        }
        let here = at..at.saturating_add(1);
        if none.iter().chain(taken).any(|place| meet(place, &here)) {
            continue;
        }
        let free = |found: &Found| {
            found.at.start >= end && !none.iter().chain(taken).any(|place| meet(place, &found.at))
        };
        if let Some(one) = of_day(text, at)
            .or_else(|| of_amount(text, at))
            .filter(free)
        {
            end = one.at.end;
            found.push(one);
        }
    }
    found
}

/// Whether a number begins here, and not the middle of one.
fn begins(text: &str, at: usize) -> bool {
    let mut head = before(text, at).chars().rev();
    match head.next() {
        None => true,
        Some(c) if c.is_alphanumeric() || c == '_' => false,
        Some('.' | ',' | '-' | '/' | ':' | '#' | '–') => {
            !head.next().is_some_and(char::is_alphanumeric)
        }
        Some(_) => true,
    }
}

fn of_day(text: &str, at: usize) -> Option<Found> {
    let (place, days) = day(text, at)?;
    Some(Found {
        at: place,
        value: Value::Day(days),
    })
}

fn of_amount(text: &str, at: usize) -> Option<Found> {
    let mut number = numeral(text, at)?;
    if let Some((place, currency)) = money(text, at, &number) {
        let each = is_each(text, &place);
        return Some(Found {
            at: place,
            value: Value::Money {
                amounts: number.readings,
                decimals: number.decimals,
                currency,
                each,
            },
        });
    }
    let (unit, end) = unit(text, number.end).or_else(|| {
        // `2026 20 kos`: the gap was none.
        let short = digits(text, at);
        let end = at.saturating_add(short.len());
        number = numeral(short, 0)?;
        unit(text, end)
    })?;
    Some(Found {
        at: at..end,
        value: Value::Quantity {
            amounts: number.readings,
            unit,
        },
    })
}

/// The unit behind a number, and where it ends.
fn unit(text: &str, at: usize) -> Option<(&'static str, usize)> {
    let rest = from(text, at);
    let close = rest.trim_start_matches(is_gap);
    let gap = rest.len().saturating_sub(close.len());
    let len = close
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(close.len());
    let word = close.get(..len)?;
    let meant = meaning(UNITS, word)?;
    let speed = from(close, len).starts_with('/');
    let end = at.saturating_add(gap).saturating_add(len);
    (gap <= 3 && !speed).then_some((meant, end))
}

/// Whether an amount is for one: `po 3,85 €`, `3,85 €/kos`, `€3.85 each`.
fn is_each(text: &str, place: &Range<usize>) -> bool {
    let behind = from(text, place.end);
    let close = behind.trim_start_matches(is_gap);
    let word = super::places::first_word(close.strip_prefix('/').unwrap_or(close));
    let after = matches!(
        kontor_store::fold(word).as_str(),
        "each" | "kos" | "per" | "pc" | "na"
    );
    let slash = close.starts_with('/') && meaning(UNITS, word).is_some();
    let head = before(text, place.start);
    let tail = head
        .char_indices()
        .rev()
        .find(|(_, c)| matches!(c, '\n' | ',' | ';' | '(') || c.is_ascii_digit())
        .map_or(0, |(at, c)| at.saturating_add(c.len_utf8()));
    let near: Vec<&str> = from(head, tail).split_whitespace().rev().take(2).collect();
    after || slash || near.iter().any(|word| has(word, EACH))
}
