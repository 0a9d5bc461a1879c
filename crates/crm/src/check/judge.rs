//! Facts of a text held against documents.

use std::collections::BTreeSet;
use std::ops::Range;

use super::places::{before, from, meet, of_no_facts, paragraph, sentence};
use super::values::{Value, values};
use super::{Fact, Kind, Paper, Said, State};
use crate::numbers::{Spot, spots};

mod slots;

/// What a text is held against.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Documents of those it goes to, newest first, and those it names.
    pub papers: &'a [Paper],
    /// Those its subject names, by their places in `papers`.
    pub topics: &'a [usize],
    /// What a customer owes in all, per currency.
    pub sums: &'a [(String, kontor_model::Amount)],
}

/// How close a document is named to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Near {
    /// In the same sentence.
    Sentence,
    /// In the same paragraph, or it is what the mail is about.
    Text,
}

/// What is around a value.
#[derive(Debug)]
pub(super) struct Around<'a> {
    /// The sentence.
    pub(super) sentence: &'a str,
    /// The same up to the value.
    pub(super) head: &'a str,
    /// The document named beside it.
    pub(super) beside: Option<(usize, Near)>,
    /// Documents the mail names.
    pub(super) named: &'a BTreeSet<usize>,
    /// Values of its kind in the sentence, itself among them.
    pub(super) alike: usize,
}

/// A value held against documents.
pub(super) type Judged = (Kind, State, Option<Said>, Option<usize>);

/// Finds the facts of a text and says whether they hold, in the order of the text.
#[must_use]
pub fn check(text: &str, known: &Known<'_>) -> Vec<Fact> {
    let spots = spots(text);
    let none = of_no_facts(text);
    let bound = bound(text, &spots, &none, known.papers);
    let taken: Vec<Range<usize>> = bound.iter().map(|(at, _)| at.clone()).collect();
    let found = values(text, &taken);
    let mut named: BTreeSet<usize> = known.topics.iter().copied().collect();
    named.extend(bound.iter().map(|(_, paper)| *paper));
    let mut facts: Vec<Fact> = bound
        .iter()
        .map(|(at, paper)| of_number(at.clone(), *paper, known.papers))
        .collect();
    for one in &found {
        let place = sentence(text, &one.at);
        let alike = found
            .iter()
            .filter(|other| meet(&other.at, &place) && same_kind(&other.value, &one.value));
        let around = Around {
            sentence: text.get(place.clone()).unwrap_or_default(),
            head: text.get(place.start..one.at.start).unwrap_or_default(),
            beside: beside(text, &one.at, &bound, &named),
            named: &named,
            alike: alike.count(),
        };
        let (kind, state, value, paper) = slots::judge(&one.value, &around, known);
        facts.push(Fact {
            kind,
            at: one.at.clone(),
            state,
            value,
            paper,
        });
    }
    facts.extend(unbound(text, spots, &none, &facts, known.papers));
    facts.sort_by_key(|fact| fact.at.start);
    facts
}

fn same_kind(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

/// Numbers that documents have, each place once.
fn bound(
    text: &str,
    spots: &[Spot],
    none: &[Range<usize>],
    papers: &[Paper],
) -> Vec<(Range<usize>, usize)> {
    let mut bound: Vec<(Range<usize>, usize)> = Vec::new();
    // What is money or a day by its form is no number because some document has the same one.
    let other = values(text, &[]);
    for spot in spots {
        let has = |paper: &Paper| paper.keys.contains(&spot.key);
        let Some(paper) = papers.iter().position(has) else {
            continue;
        };
        let free = bound.iter().all(|(at, _)| !meet(at, &spot.at));
        let plain = other.iter().all(|found| !meet(&found.at, &spot.at)) || spot.named;
        let allowed = none.iter().all(|at| !meet(at, &spot.at)) || spot.named;
        if free && plain && allowed {
            bound.push((spot.at.clone(), paper));
        }
    }
    bound
}

fn of_number(at: Range<usize>, paper: usize, papers: &[Paper]) -> Fact {
    let found = papers.get(paper);
    let gone = found.is_some_and(|paper| paper.now.is_none());
    Fact {
        kind: Kind::Number,
        at,
        state: if gone { State::Stale } else { State::Matched },
        value: found.map(|paper| {
            if gone {
                Said::Gone
            } else {
                Said::Number(paper.number.clone())
            }
        }),
        paper: Some(paper),
    }
}

/// Numbers no document has: those behind a word that says so, and those that look like one of the documents here.
fn unbound(
    text: &str,
    spots: Vec<Spot>,
    none: &[Range<usize>],
    facts: &[Fact],
    papers: &[Paper],
) -> Vec<Fact> {
    let shapes: BTreeSet<String> = papers
        .iter()
        .flat_map(|paper| &paper.keys)
        .map(|key| shape(key))
        .filter(|shape| shape.contains('-') && shape.matches('9').count() >= 4)
        .collect();
    let mut found: Vec<Fact> = Vec::new();
    for spot in spots {
        let free = facts
            .iter()
            .chain(&found)
            .all(|fact| !meet(&fact.at, &spot.at))
            && none.iter().all(|at| !meet(at, &spot.at));
        let named = spot.named && is_telling(text, &spot);
        let alike = shapes.contains(&shape(&spot.key)) && !are_years(&spot.key);
        if free && (named || alike) {
            found.push(Fact {
                kind: Kind::Number,
                at: spot.at,
                state: State::Unknown,
                value: None,
                paper: None,
            });
        }
    }
    found
}

/// A number with all digits alike: `ra-2026-0012` looks like `ra-9999-9999`.
fn shape(key: &str) -> String {
    key.chars()
        .map(|c| if c.is_ascii_digit() { '9' } else { c })
        .collect()
}

/// `2025-2026`: a season, not a number.
fn are_years(key: &str) -> bool {
    let year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    key.split('-').all(year)
}

/// Whether the word before a number really says that it is a document's: "po 2025" and "no 300" do not.
fn is_telling(text: &str, spot: &Spot) -> bool {
    let head = before(text, spot.at.start);
    let bare = head.trim_end_matches([' ', '\u{a0}']);
    let stop = bare.ends_with(['.', '#', ':']);
    let word = super::places::last_word(bare);
    let vague = matches!(word, "po" | "no" | "Po" | "No" | "nr" | "st");
    let year = are_years(&spot.key);
    let follows = from(text, spot.at.end).chars().next();
    let whole = !matches!(follows, Some(',' | '.' | ':')) || !next_is_digit(text, spot.at.end);
    (stop || !vague) && !year && whole && follows.is_none_or(|c| c != '%')
}

fn next_is_digit(text: &str, at: usize) -> bool {
    from(text, at)
        .chars()
        .nth(1)
        .is_some_and(|c| c.is_ascii_digit())
}

/// The document that is named beside a place: in its sentence, in its paragraph, or the only one the mail names.
fn beside(
    text: &str,
    at: &Range<usize>,
    bound: &[(Range<usize>, usize)],
    named: &BTreeSet<usize>,
) -> Option<(usize, Near)> {
    let nearest = |place: Range<usize>| {
        let distance = |of: &Range<usize>| {
            if of.start < at.start {
                at.start.saturating_sub(of.end)
            } else {
                // What stands behind names a value less often than what stands before.
                of.start.saturating_sub(at.end).saturating_mul(2)
            }
        };
        bound
            .iter()
            .filter(|(of, _)| meet(of, &place))
            .min_by_key(|(of, _)| distance(of))
            .map(|(_, paper)| *paper)
    };
    if let Some(paper) = nearest(sentence(text, at)) {
        return Some((paper, Near::Sentence));
    }
    let only = || named.first().copied().filter(|_| named.len() == 1);
    let paper = nearest(paragraph(text, at)).or_else(only)?;
    Some((paper, Near::Text))
}
