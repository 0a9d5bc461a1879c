//! The words of one message and where they stand, gathered on any thread, in the form the index keeps them.

use super::varint;
use super::words::Words;

/// Columns of the index: subject, sender, recipients, body, attachments.
pub(super) const COLUMNS: usize = 5;

/// The words of one message's folded texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Postings {
    /// Words in each column.
    pub(super) sizes: [u32; COLUMNS],
    /// Each word once.
    words: Vec<Word>,
    /// Their letters, one behind the other.
    letters: Vec<u8>,
    /// Their places, likewise: FTS5's position lists ("poslist" in `fts5_index.c`), without the length before each.
    places: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Word {
    hash: u64,
    /// Where its letters end.
    letters: u32,
    /// Where its places end.
    places: u32,
}

/// One word of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting<'p> {
    pub(super) hash: u64,
    pub(super) word: &'p [u8],
    /// Where its places begin and end in [`Postings::places`].
    pub(super) places: (u32, u32),
}

impl Postings {
    /// Gathers the words of folded texts, a column each.
    pub(crate) fn of(columns: [&str; COLUMNS]) -> Self {
        let mut gather = Gather::with_room_for(columns.iter().map(|text| text.len()).sum());
        let mut postings = Self::default();
        let sizes = postings.sizes.iter_mut();
        for ((column, size), text) in (0_u8..).zip(sizes).zip(columns) {
            for (hash, word) in Words::of(text).filter(|(_, word)| !word.is_empty()) {
                gather.add((hash, word), (column, *size));
                *size = size.saturating_add(1);
            }
        }
        gather.write(&mut postings);
        postings
    }

    /// Each word once, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Posting<'_>> {
        let mut begin = (0, 0);
        self.words.iter().map(move |word| {
            let (letters, places) = std::mem::replace(&mut begin, (word.letters, word.places));
            Posting {
                hash: word.hash,
                word: part(&self.letters, (letters, word.letters)),
                places: (places, word.places),
            }
        })
    }

    /// How much memory this takes.
    pub(crate) fn bytes(&self) -> usize {
        let words = self.words.len().saturating_mul(size_of::<Word>());
        [words, self.letters.len(), self.places.len()].iter().sum()
    }

    /// How many different words these are.
    pub(super) const fn len(&self) -> usize {
        self.words.len()
    }

    /// The position list of a posting.
    pub(super) fn places(&self, range: (u32, u32)) -> &[u8] {
        part(&self.places, range)
    }
}

fn part(bytes: &[u8], (begin, end): (u32, u32)) -> &[u8] {
    let at = |n| usize::try_from(n).unwrap_or(usize::MAX);
    bytes.get(at(begin)..at(end)).unwrap_or_default()
}

/// No further place.
const LAST: u32 = u32::MAX;

/// Words as they are met, and for each the chain of its places.
#[derive(Default)]
struct Gather<'t> {
    seats: Seats,
    met: Vec<Met<'t>>,
    places: Vec<Place>,
}

struct Met<'t> {
    hash: u64,
    word: &'t [u8],
    first: u32,
    last: u32,
}

struct Place {
    column: u8,
    position: u32,
    next: u32,
}

/// Bytes of text to one word, and to one that was not met before, in most mails.
const WORD: usize = 6;
const NEW_WORD: usize = 16;

impl<'t> Gather<'t> {
    fn with_room_for(text: usize) -> Self {
        Self {
            seats: Seats::default(),
            met: Vec::with_capacity(text / NEW_WORD),
            places: Vec::with_capacity(text / WORD),
        }
    }

    fn add(&mut self, (hash, word): (u64, &'t [u8]), (column, position): (u8, u32)) {
        let at = u32::try_from(self.places.len()).unwrap_or(LAST);
        self.places.push(Place {
            column,
            position,
            next: LAST,
        });
        let met = &self.met;
        let seat = self.seats.find(hash, |n| {
            met.get(n).is_some_and(|m| m.hash == hash && m.word == word)
        });
        if let Some(met) = self.met.get_mut(seat) {
            let before = std::mem::replace(&mut met.last, at);
            if let Some(before) = usize::try_from(before)
                .ok()
                .and_then(|n| self.places.get_mut(n))
            {
                before.next = at;
            }
            return;
        }
        self.met.push(Met {
            hash,
            word,
            first: at,
            last: at,
        });
        self.seats.grow(self.met.iter().map(|met| met.hash));
    }

    fn write(&self, out: &mut Postings) {
        out.words.reserve_exact(self.met.len());
        out.letters
            .reserve_exact(self.met.iter().map(|met| met.word.len()).sum());
        out.places.reserve(self.places.len().saturating_mul(2));
        for met in &self.met {
            out.letters.extend_from_slice(met.word);
            let (mut column, mut before, mut at) = (0, 0, met.first);
            while let Some(place) = usize::try_from(at).ok().and_then(|n| self.places.get(n)) {
                if place.column != column {
                    (column, before) = (place.column, 0);
                    out.places.extend_from_slice(&[1, column]);
                }
                let step = place.position.saturating_sub(before).saturating_add(2);
                varint::put(&mut out.places, u64::from(step));
                (before, at) = (place.position, place.next);
            }
            let end = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            out.words.push(Word {
                hash: met.hash,
                letters: end(&out.letters),
                places: end(&out.places),
            });
        }
    }
}

/// A table from hashes to numbers given one after the other from 0 on; a power of two of seats, half of them free.
#[derive(Debug, Default)]
pub(super) struct Seats {
    /// Number + 1; 0 is free.
    seats: Vec<u32>,
    taken: usize,
}

impl Seats {
    /// Returns the number that `is` the one looked for, or the next new one, which takes a seat: then call [`Self::grow`].
    pub(super) fn find(&mut self, hash: u64, is: impl Fn(usize) -> bool) -> usize {
        if self.seats.is_empty() {
            self.seats.resize(FIRST, 0);
        }
        let mask = self.seats.len().wrapping_sub(1);
        let mut seat = seat_of(hash) & mask;
        loop {
            let Some(held) = self.seats.get_mut(seat) else {
                return usize::MAX;
            };
            match usize::try_from(*held).unwrap_or(0).checked_sub(1) {
                None => {
                    let number = self.taken;
                    self.taken = number.saturating_add(1);
                    *held = u32::try_from(self.taken).unwrap_or(0);
                    return number;
                }
                Some(number) if is(number) => return number,
                Some(_) => seat = seat.wrapping_add(1) & mask,
            }
        }
    }

    /// Makes room where half of the seats are taken; `hashes` of all numbers, in their order.
    pub(super) fn grow(&mut self, hashes: impl Iterator<Item = u64>) {
        if self.taken.saturating_mul(2) <= self.seats.len() {
            return;
        }
        let mut seats = vec![0; self.seats.len().saturating_mul(4)];
        let mask = seats.len().wrapping_sub(1);
        for (number, hash) in (1_u32..).zip(hashes) {
            let mut seat = seat_of(hash) & mask;
            while seats.get(seat).is_some_and(|held| *held != 0) {
                seat = seat.wrapping_add(1) & mask;
            }
            if let Some(free) = seats.get_mut(seat) {
                *free = number;
            }
        }
        self.seats = seats;
    }
}

/// Seats of a new table.
const FIRST: usize = 512;

/// The upper half of a hash is mixed best.
fn seat_of(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(postings: &Postings) -> Vec<(String, Vec<u8>)> {
        let mut shown: Vec<(String, Vec<u8>)> = postings
            .iter()
            .map(|p| {
                let word = String::from_utf8_lossy(p.word).into_owned();
                (word, postings.places(p.places).to_vec())
            })
            .collect();
        shown.sort();
        shown
    }

    #[test]
    fn places_are_steps_within_a_column() {
        let postings = Postings::of(["ponudba za ponudba", "", "za", "ponudba", ""]);
        assert_eq!(postings.sizes, [3, 0, 1, 1, 0]);
        let want = [
            ("ponudba".to_owned(), vec![2, 4, 1, 3, 2]),
            ("za".to_owned(), vec![3, 1, 2, 2]),
        ];
        assert_eq!(shown(&postings), want);
    }

    #[test]
    fn many_words_stay_apart() {
        let text: Vec<String> = (0..5000).map(|n| format!("w{n}")).collect();
        let text = text.join(" ");
        let twice = format!("{text} {text}");
        let postings = Postings::of(["", "", "", &twice, ""]);
        assert_eq!(postings.len(), 5000);
        assert_eq!(postings.sizes, [0, 0, 0, 10_000, 0]);
        let mut want = vec![1, 3];
        for position in [4999_u64, 5000] {
            varint::put(&mut want, position.saturating_add(2));
        }
        let last = shown(&postings)
            .into_iter()
            .find(|(word, _)| word == "w4999");
        assert_eq!(last, Some(("w4999".to_owned(), want)));
    }

    #[test]
    fn nothing_has_no_words() {
        assert_eq!(Postings::of([""; COLUMNS]), Postings::default());
    }
}
