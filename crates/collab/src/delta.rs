//! Changes of a text as a walk along it, and how two walks that began at the same text are put one after the other.

use loro::TextDelta;

/// A step of a walk. Lengths count Unicode scalar values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Keep(usize),
    Put(String),
    Drop(usize),
}

/// A walk; what is behind its end is kept.
pub(crate) type Delta = Vec<Part>;

/// A step as a document tells it.
pub(crate) fn part(told: &TextDelta) -> Part {
    match told {
        TextDelta::Retain { retain, .. } => Part::Keep(*retain),
        TextDelta::Insert { insert, .. } => Part::Put(insert.clone()),
        TextDelta::Delete { delete } => Part::Drop(*delete),
    }
}

/// The walk of one splice.
pub(crate) fn of_splice(at: usize, delete: usize, insert: &str) -> Delta {
    let mut delta = Delta::new();
    if at > 0 {
        delta.push(Part::Keep(at));
    }
    if !insert.is_empty() {
        delta.push(Part::Put(insert.to_owned()));
    }
    if delete > 0 {
        delta.push(Part::Drop(delete));
    }
    delta
}

/// The splices of a walk, each on the text after the one before: where, how much out, what in.
pub(crate) fn splices(delta: &Delta) -> Vec<(usize, usize, String)> {
    let mut splices: Vec<(usize, usize, String)> = Vec::new();
    let mut at = 0_usize;
    for part in delta {
        match part {
            Part::Keep(n) => at = at.saturating_add(*n),
            Part::Put(text) => {
                splices.push((at, 0, text.clone()));
                at = at.saturating_add(text.chars().count());
            }
            Part::Drop(n) => splices.push((at, *n, String::new())),
        }
    }
    splices
}

/// `later`, as it is to be walked when `done` has been walked before. Both began at the same text. Where both put something
/// at one place, `done_first` says whose comes first.
pub(crate) fn over(done: &Delta, later: &Delta, done_first: bool) -> Delta {
    let (mut done, mut later) = (Walk::new(done), Walk::new(later));
    let mut moved = Delta::new();
    loop {
        match (done.next(), later.next()) {
            (Some(Part::Put(text)), Some(Part::Put(own))) => {
                let skip = Part::Keep(text.chars().count());
                let own = Part::Put(own.clone());
                moved.extend(if done_first { [skip, own] } else { [own, skip] });
                done.skip_part();
                later.skip_part();
            }
            (Some(Part::Put(text)), _) => {
                moved.push(Part::Keep(text.chars().count()));
                done.skip_part();
            }
            (_, Some(Part::Put(text))) => {
                moved.push(Part::Put(text.clone()));
                later.skip_part();
            }
            (None, Some(_)) => {
                moved.push(later.take(usize::MAX));
            }
            (_, None) => return tidy(moved),
            (Some(_), Some(_)) => {
                let length = done.left().min(later.left());
                let gone = matches!(done.take(length), Part::Drop(_));
                let own = later.take(length);
                // What is gone already is neither kept nor dropped again.
                if !gone {
                    moved.push(own);
                }
            }
        }
    }
}

/// A place on a walk.
struct Walk<'a> {
    parts: std::slice::Iter<'a, Part>,
    now: Option<&'a Part>,
    /// How much of a kept or dropped part lies behind.
    used: usize,
}

impl<'a> Walk<'a> {
    fn new(delta: &'a Delta) -> Self {
        let mut parts = delta.iter();
        let now = parts.next();
        Self {
            parts,
            now,
            used: 0,
        }
    }

    fn next(&self) -> Option<&'a Part> {
        self.now
    }

    fn skip_part(&mut self) {
        self.now = self.parts.next();
        self.used = 0;
    }

    /// What is left of a kept or dropped part.
    fn left(&self) -> usize {
        match self.now {
            Some(Part::Keep(n) | Part::Drop(n)) => n.saturating_sub(self.used),
            Some(Part::Put(_)) | None => 0,
        }
    }

    /// Walks at most `length` of a kept or dropped part.
    fn take(&mut self, length: usize) -> Part {
        let taken = self.left().min(length);
        let part = match self.now {
            Some(Part::Drop(_)) => Part::Drop(taken),
            _ => Part::Keep(taken),
        };
        self.used = self.used.saturating_add(taken);
        if self.left() == 0 {
            self.skip_part();
        }
        part
    }
}

/// Joins neighbours of one kind and leaves out what does nothing.
fn tidy(parts: Delta) -> Delta {
    let mut tidy = Delta::new();
    for part in parts {
        match (tidy.last_mut(), part) {
            (_, Part::Keep(0) | Part::Drop(0)) => {}
            (Some(Part::Keep(n)), Part::Keep(more)) | (Some(Part::Drop(n)), Part::Drop(more)) => {
                *n = n.saturating_add(more);
            }
            (_, part) => tidy.push(part),
        }
    }
    while matches!(tidy.last(), Some(Part::Keep(_))) {
        tidy.pop();
    }
    tidy
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "places in short texts")]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::{Delta, of_splice, over, splices};

    fn walked(text: &str, delta: &Delta) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, delete, insert) in splices(delta) {
            chars.splice(at..at + delete, insert.chars());
        }
        chars.into_iter().collect()
    }

    #[rstest]
    #[case::before((0, 0, "ab"), (3, 0, "X"), "abčšžXd")]
    #[case::behind((3, 0, "ab"), (1, 0, "X"), "čXšžabd")]
    #[case::same_place((1, 0, "ab"), (1, 0, "X"), "čabXšžd")]
    #[case::into_what_went((0, 3, ""), (2, 0, "X"), "Xd")]
    #[case::both_take_it((1, 2, ""), (0, 3, ""), "d")]
    #[case::put_into_what_goes((2, 0, "ab"), (1, 2, ""), "čabd")]
    fn what_was_typed_lands_where_it_was_meant(
        #[case] done: (usize, usize, &str),
        #[case] later: (usize, usize, &str),
        #[case] want: &str,
    ) {
        let done = of_splice(done.0, done.1, done.2);
        let later = of_splice(later.0, later.1, later.2);
        let text = walked("čšžd", &done);
        assert_eq!(walked(&text, &over(&done, &later, true)), want);
    }

    fn deltas() -> impl Strategy<Value = (String, Delta, Delta)> {
        (
            "[a-zč😀]{0,12}",
            any::<[(u8, u8); 2]>(),
            "[A-Z]{0,3}",
            "[0-9]{0,3}",
        )
            .prop_map(|(text, places, one, two)| {
                let len = text.chars().count();
                let splice = |(at, delete): (u8, u8), insert: &str| {
                    let at = usize::from(at) % (len + 1);
                    of_splice(at, usize::from(delete) % (len - at + 1), insert)
                };
                let (done, later) = (splice(places[0], &one), splice(places[1], &two));
                (text, done, later)
            })
    }

    proptest! {
        #[test]
        fn either_order_comes_to_the_same((text, one, two) in deltas()) {
            let first = walked(&walked(&text, &one), &over(&one, &two, true));
            let second = walked(&walked(&text, &two), &over(&two, &one, false));
            prop_assert_eq!(first, second);
        }
    }
}
