use proptest::prelude::*;

use super::{Cursor, Seen};
use crate::id::MkId;

/// Something that happens to the rows while a walk is on its way.
#[derive(Clone, Debug)]
enum Event {
    Nothing,
    /// A row goes; the number says how far down.
    Delete(usize),
    /// A row comes at the end, as with the oldest first.
    Append,
    /// A row comes at the beginning, as with the newest first.
    Prepend,
}

struct Outcome {
    given: Vec<u32>,
    pages: usize,
    said_shifted: bool,
}

/// Walks through rows to which one event happens before every page after the first.
fn walk(rows: &mut Vec<u32>, events: &[Event], with_total: bool, limit: usize) -> Outcome {
    let mut cursor = Cursor::new(0, limit as u64);
    let mut outcome = Outcome {
        given: Vec::new(),
        pages: 0,
        said_shifted: false,
    };
    let mut new = 10_000;
    let mut events = events.iter();
    while let Some(offset) = cursor.next {
        assert!(outcome.pages < 2000, "a walk ends");
        if outcome.pages > 0 {
            new = u32::saturating_add(new, 1);
            match events.next().unwrap_or(&Event::Nothing) {
                Event::Nothing => {}
                Event::Delete(_) if rows.is_empty() => {}
                Event::Delete(at) => {
                    let _gone = rows.remove(at.checked_rem(rows.len()).unwrap_or_default());
                }
                Event::Append => rows.push(new),
                Event::Prepend => rows.insert(0, new),
            }
        }
        outcome.pages = outcome.pages.saturating_add(1);
        let page: Vec<u32> = rows
            .iter()
            .skip(offset as usize)
            .take(limit)
            .copied()
            .collect();
        let id = |row: &u32| MkId::new(row.to_string());
        let fresh: Vec<u32> = page
            .iter()
            .filter(|row| cursor.note(&id(row)))
            .copied()
            .collect();
        outcome.said_shifted |= cursor.take(&Seen {
            offset,
            returned: page.len() as u64,
            total: with_total.then_some(rows.len() as u64),
            first: page.first().map(id),
            last: page.last().map(id),
            fresh: !fresh.is_empty(),
        });
        outcome.given.extend(fresh);
    }
    outcome
}

#[test]
fn rows_that_stay_cost_one_page_in_a_hundred_more() {
    let mut rows: Vec<u32> = (0..42).collect();
    let outcome = walk(&mut rows, &[], true, 5);
    assert_eq!(outcome.given, rows, "each once, in order");
    assert_eq!(outcome.pages, 11, "one row of every page is the one before");
    assert!(!outcome.said_shifted);
}

#[test]
fn a_last_full_page_is_the_last_when_the_total_says_so() {
    let mut rows: Vec<u32> = (0..5).collect();
    assert_eq!(walk(&mut rows, &[], true, 5).pages, 1);
    assert_eq!(
        walk(&mut rows, &[], false, 5).pages,
        2,
        "without a total one must look"
    );
}

#[test]
fn a_page_may_be_a_single_row() {
    let mut rows: Vec<u32> = (0..20).collect();
    let outcome = walk(&mut rows, &[], true, 1);
    assert_eq!((outcome.given, outcome.pages), (rows, 20));
}

#[test]
fn going_back_over_known_rows_is_no_turning_in_circles() {
    use Event::{Append, Delete, Nothing, Prepend};
    let mut rows: Vec<u32> = (0..42).collect();
    let events = [
        Nothing,
        Nothing,
        Delete(0),
        Append,
        Delete(7),
        Nothing,
        Delete(11),
        Nothing,
        Nothing,
        Delete(17),
        Delete(0),
        Prepend,
        Delete(0),
        Prepend,
        Prepend,
    ];
    let outcome = walk(&mut rows, &events, false, 3);
    let mut stayed = rows.iter().filter(|row| **row < 42);
    assert!(
        stayed.all(|row| outcome.given.contains(row)),
        "{:?}",
        outcome.given
    );
}

#[test]
fn a_deletion_makes_no_row_missed() {
    let mut rows: Vec<u32> = (0..20).collect();
    let outcome = walk(&mut rows, &[Event::Delete(0), Event::Delete(0)], true, 5);
    assert_eq!(
        outcome.given,
        (0..20).collect::<Vec<u32>>(),
        "the first two were given before they went"
    );
    assert!(outcome.said_shifted, "and it is said");
}

#[test]
fn a_service_that_turns_in_circles_is_left() {
    let mut cursor = Cursor::new(0, 2);
    let mut pages = 0;
    while let Some(offset) = cursor.next {
        pages = i32::saturating_add(pages, 1);
        assert!(pages < 100, "a walk ends");
        let ids = [MkId::new("1"), MkId::new("2")];
        let fresh = ids.iter().filter(|id| cursor.note(id)).count() > 0;
        let [first, last] = ids.map(Some);
        cursor.take(&Seen {
            offset,
            returned: 2,
            total: None,
            first,
            last,
            fresh,
        });
    }
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => Just(Event::Nothing),
        3 => any::<usize>().prop_map(Event::Delete),
        1 => Just(Event::Append),
        1 => Just(Event::Prepend),
    ]
}

proptest! {
    #[test]
    fn a_row_that_was_there_all_the_time_is_given_once(
        many in 0_u32..60,
        events in proptest::collection::vec(event(), 0..30),
        with_total in any::<bool>(),
        limit in 3_usize..8,
    ) {
        let mut rows: Vec<u32> = (0..many).collect();
        let outcome = walk(&mut rows, &events, with_total, limit);
        for row in rows.iter().filter(|row| **row < many) {
            let times = outcome.given.iter().filter(|given| *given == row).count();
            prop_assert_eq!(times, 1, "row {} of {:?}", row, outcome.given);
        }
        let mut all = outcome.given.clone();
        all.sort_unstable();
        all.dedup();
        prop_assert_eq!(all.len(), outcome.given.len(), "none is given twice");
    }
}
