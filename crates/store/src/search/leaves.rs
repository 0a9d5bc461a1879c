//! The pages of one segment of FTS5's index, written as FTS5 writes them (`fts5_index.c`, "PAGE FORMAT" and
//! `fts5FlushOneHash`), byte for byte: it reads them, merges them and deletes from them as from its own.

use rusqlite::{CachedStatement, Connection};

use super::varint;
use crate::Result;

/// A page is full from so many bytes on (FTS5's `pgsz`, which nobody has set).
const PAGE: usize = 4050;

/// Bytes before the first word: where the first row id is, and where the words' offsets begin.
const HEAD: usize = 4;

/// A word that goes on over so many pages without another gets a list of the row ids these begin with.
const LONG: usize = 4;

/// Words of the main index begin so; others would be of prefix indexes.
const MAIN: u8 = b'0';

/// One row of a word: its id and its position list.
pub(super) type Row<'p> = (i64, &'p [u8]);

/// Writes the pages of one segment, word after word.
pub(super) struct Leaves<'c> {
    segment: u64,
    data: CachedStatement<'c>,
    index: CachedStatement<'c>,
    page: Vec<u8>,
    number: u64,
    /// Offsets of the page's words, each less the one before.
    offsets: Vec<u8>,
    last_offset: usize,
    /// The word before, with its prefix.
    word: Vec<u8>,
    no_word: bool,
    no_row: bool,
    /// The page whose entry in the index is still to be written, and the entry's word.
    entry: Option<(u64, Vec<u8>)>,
    /// Pages since then without a word.
    wordless: usize,
    rows: RowIndex,
}

/// The row ids a long word's pages begin with ("doclist index").
#[derive(Default)]
struct RowIndex {
    bytes: Vec<u8>,
    /// The page the word began on.
    page: u64,
    last: i64,
    /// Longer than a page: it is left out, and FTS5 goes from page to page.
    too_long: bool,
}

impl<'c> Leaves<'c> {
    pub(super) fn new(conn: &'c Connection, segment: u64) -> Result<Self> {
        Ok(Self {
            segment,
            data: conn
                .prepare_cached("INSERT OR REPLACE INTO search_data (id, block) VALUES (?1, ?2)")?,
            index: conn
                .prepare_cached("INSERT INTO search_idx (segid, term, pgno) VALUES (?1, ?2, ?3)")?,
            page: vec![0; HEAD],
            number: 1,
            offsets: Vec::new(),
            last_offset: 0,
            word: Vec::new(),
            no_word: true,
            no_row: true,
            entry: Some((1, Vec::new())),
            wordless: 0,
            rows: RowIndex::default(),
        })
    }

    /// Adds a word, greater than all before, with its rows, ascending.
    pub(super) fn add(&mut self, word: &[u8], rows: &[Row<'_>]) -> Result<()> {
        self.begin(word)?;
        let lists: usize = rows.iter().map(|(_, list)| list.len()).sum();
        // A row id and a length take nine bytes at most each; where that may be too much it is looked at closely.
        let most = rows.len().saturating_mul(18).saturating_add(lists);
        let whole = self.room() > most || self.fits(rows);
        let (mut before, mut counted) = (0, Vec::new());
        for (row, list) in rows {
            if self.no_row {
                put_u16(&mut self.page, 0);
                varint::put(&mut self.page, row.cast_unsigned());
                self.no_row = false;
                self.rows.add(*row, self.number);
            } else {
                varint::put(&mut self.page, row.wrapping_sub(before).cast_unsigned());
            }
            before = *row;
            if whole {
                put_list(&mut self.page, list);
                continue;
            }
            counted.clear();
            put_list(&mut counted, list);
            if counted.len() <= self.room() {
                self.page.extend_from_slice(&counted);
            } else {
                self.add_in_parts(&counted)?;
            }
        }
        Ok(())
    }

    /// Writes what is left; answers the number of the last page.
    pub(super) fn finish(mut self) -> Result<u64> {
        if self.page.len() > HEAD {
            self.flush()?;
        }
        self.write_entry()?;
        Ok(self.number.saturating_sub(1))
    }

    fn used(&self) -> usize {
        self.page.len().saturating_add(self.offsets.len())
    }

    fn room(&self) -> usize {
        PAGE.saturating_sub(self.used())
    }

    /// True when all rows of a word go on this page.
    fn fits(&self, rows: &[Row<'_>]) -> bool {
        let (mut numbers, mut lists) = (Vec::new(), 0_usize);
        let mut before = 0_i64;
        for (row, list) in rows {
            varint::put(&mut numbers, row.wrapping_sub(before).cast_unsigned());
            varint::put(&mut numbers, counted(list));
            lists = lists.saturating_add(list.len());
            before = *row;
        }
        self.room() > numbers.len().saturating_add(lists)
    }

    fn begin(&mut self, word: &[u8]) -> Result<()> {
        let mut named = Vec::with_capacity(word.len().saturating_add(1));
        named.push(MAIN);
        named.extend_from_slice(word);
        if self.used().saturating_add(named.len()).saturating_add(2) >= PAGE
            && self.page.len() > HEAD
        {
            self.flush()?;
        }
        let offset = self.page.len();
        put_len(&mut self.offsets, offset.saturating_sub(self.last_offset));
        self.last_offset = offset;
        let common = common(&self.word, &named);
        let shared = if self.no_word {
            if self.number != 1 {
                // As much of it as tells it from all words of earlier pages.
                let told = named.get(..=common).unwrap_or(&named).to_vec();
                self.write_entry()?;
                self.entry = Some((self.number, told));
            }
            0
        } else {
            put_len(&mut self.page, common);
            common
        };
        let rest = named.get(shared..).unwrap_or_default();
        put_len(&mut self.page, rest.len());
        self.page.extend_from_slice(rest);
        self.word = named;
        self.no_word = false;
        self.no_row = false;
        self.rows.page = self.number;
        Ok(())
    }

    /// A position list with its length before it goes over pages between any two of its numbers.
    fn add_in_parts(&mut self, mut list: &[u8]) -> Result<()> {
        while !list.is_empty() {
            let room = self.room();
            let part = if list.len() <= room {
                list.len()
            } else {
                whole_numbers(list, room)
            };
            let (now, later) = list.split_at_checked(part).unwrap_or((list, &[]));
            self.page.extend_from_slice(now);
            if self.room() == 0 {
                self.flush()?;
            }
            list = later;
        }
        Ok(())
    }

    /// Writes the page and begins the next.
    fn flush(&mut self) -> Result<()> {
        put_u16(&mut self.page, 2);
        if self.no_word {
            if self.no_row && !self.rows.bytes.is_empty() {
                varint::put(&mut self.rows.bytes, 0);
            }
            self.wordless = self.wordless.saturating_add(1);
        } else {
            self.page.append(&mut self.offsets);
        }
        let id = self.segment << 37 | self.number;
        self.data.execute((id.cast_signed(), &self.page))?;
        self.page.clear();
        self.page.resize(HEAD, 0);
        self.last_offset = 0;
        self.number = self.number.saturating_add(1);
        self.no_word = true;
        self.no_row = true;
        Ok(())
    }

    /// Writes where the words of a page are found, and the row index of its last one where that is long.
    fn write_entry(&mut self) -> Result<()> {
        let Some((page, word)) = self.entry.take() else {
            return Ok(());
        };
        let rows = std::mem::take(&mut self.rows);
        let long = self.wordless >= LONG && !rows.bytes.is_empty() && !rows.too_long;
        if long {
            let id = self.segment << 37 | 1 << 36 | rows.page;
            self.data.execute((id.cast_signed(), &rows.bytes))?;
        }
        self.wordless = 0;
        let place = page << 1 | u64::from(long);
        self.index
            .execute((self.segment.cast_signed(), word, place.cast_signed()))?;
        Ok(())
    }
}

impl RowIndex {
    /// Notes the first row id of a page.
    fn add(&mut self, row: i64, page: u64) {
        if self.bytes.len() >= PAGE {
            self.too_long = true;
            return;
        }
        if self.bytes.is_empty() {
            varint::put(&mut self.bytes, 0);
            varint::put(&mut self.bytes, page);
            varint::put(&mut self.bytes, row.cast_unsigned());
        } else {
            varint::put(&mut self.bytes, row.wrapping_sub(self.last).cast_unsigned());
        }
        self.last = row;
    }
}

/// The length of a position list as it stands before it: the lowest bit would say that the row is deleted.
fn counted(list: &[u8]) -> u64 {
    u64::try_from(list.len()).unwrap_or(0) << 1
}

fn put_list(out: &mut Vec<u8>, list: &[u8]) {
    varint::put(out, counted(list));
    out.extend_from_slice(list);
}

/// Writes the page's length so far into its head.
fn put_u16(page: &mut [u8], at: usize) {
    let length = u16::try_from(page.len()).unwrap_or(u16::MAX).to_be_bytes();
    for (byte, value) in page.iter_mut().skip(at).zip(length) {
        *byte = value;
    }
}

fn put_len(out: &mut Vec<u8>, length: usize) {
    varint::put(out, u64::try_from(length).unwrap_or(u64::MAX));
}

/// How many bytes two words begin with in common.
fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// How many bytes of a list of numbers fit: at least the first number.
fn whole_numbers(list: &[u8], room: usize) -> usize {
    let mut rest = list;
    let mut fit = 0;
    while varint::take(&mut rest).is_some() {
        let read = list.len().saturating_sub(rest.len());
        if read > room && fit > 0 {
            break;
        }
        fit = read;
    }
    fit.max(1)
}
