//! Which segments FTS5's index consists of: the record it calls "structure" (`fts5_index.c`, "FTS5_STRUCTURE_ROWID").

use super::varint;
use crate::{Error, Result};

/// What stands behind the cookie of tables that delete without content.
const SECOND_FORM: [u8; 4] = [0xFF, 0, 0, 1];

/// FTS5 has no more segments, and no higher number of one.
const MOST: u64 = 2000;

/// Levels of segments: new ones at the first, merged ones further up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Structure {
    /// Which configuration it was written under.
    cookie: [u8; 4],
    write_counter: u64,
    levels: Vec<Level>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Level {
    /// How many of the segments are being merged.
    merging: u64,
    segments: Vec<Segment>,
}

/// A sorted piece of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) id: u64,
    pub(super) first_page: u64,
    pub(super) last_page: u64,
    /// The flushes whose rows it has: a row that is deleted is looked for by the one it came with.
    pub(super) first_origin: u64,
    pub(super) last_origin: u64,
    pub(super) tombstone_pages: u64,
    pub(super) tombstones: u64,
    pub(super) rows: u64,
}

impl Structure {
    /// Reads the record.
    ///
    /// # Errors
    /// When it is none of a table that deletes without content.
    pub(super) fn read(record: &[u8]) -> Result<Self> {
        Self::parse(record)
            .ok_or_else(|| Error::unreadable("the search index", "its list of segments"))
    }

    fn parse(record: &[u8]) -> Option<Self> {
        let (cookie, rest) = record.split_first_chunk()?;
        let mut rest = rest.strip_prefix(SECOND_FORM.as_slice())?;
        let rest = &mut rest;
        let (levels, segments) = (varint::take(rest)?, varint::take(rest)?);
        if levels > MOST || segments > MOST {
            return None;
        }
        let mut structure = Self {
            cookie: *cookie,
            write_counter: varint::take(rest)?,
            levels: Vec::new(),
        };
        for _ in 0..levels {
            let mut level = Level {
                merging: varint::take(rest)?,
                segments: Vec::new(),
            };
            for _ in 0..varint::take(rest).filter(|n| *n <= MOST)? {
                level.segments.push(Segment::take(rest)?);
            }
            structure.levels.push(level);
        }
        (u64::try_from(structure.segments().count()).ok() == Some(segments)).then_some(structure)
    }

    /// Returns the record.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = [self.cookie, SECOND_FORM].concat();
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        varint::put(&mut out, count(self.levels.len()));
        varint::put(&mut out, count(self.segments().count()));
        varint::put(&mut out, self.write_counter);
        for level in &self.levels {
            varint::put(&mut out, level.merging);
            varint::put(&mut out, count(level.segments.len()));
            for segment in &level.segments {
                segment.put(&mut out);
            }
        }
        out
    }

    fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.levels.iter().flat_map(|level| &level.segments)
    }

    /// The origin of the next flush.
    pub(super) fn next_origin(&self) -> u64 {
        let last = self.segments().map(|segment| segment.last_origin).max();
        last.unwrap_or(0).saturating_add(1)
    }

    /// The lowest number no segment has; `None` when there are as many as there may be.
    pub(super) fn free_id(&self) -> Option<u64> {
        (1..=MOST).find(|id| self.segments().all(|segment| segment.id != *id))
    }

    /// Adds a new segment.
    pub(super) fn add(&mut self, segment: Segment) {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        if let Some(level) = self.levels.first_mut() {
            level.segments.push(segment);
        }
    }

    /// Counts new pages: FTS5 sets the pace of its own merges by them.
    pub(super) fn wrote(&mut self, pages: u64) {
        self.write_counter = self.write_counter.wrapping_add(pages);
    }

    /// True when a level has so many segments.
    pub(super) fn has_level_of(&self, many: usize) -> bool {
        self.levels.iter().any(|level| level.segments.len() >= many)
    }

    /// True when a merge has begun and is not done.
    pub(super) fn is_merging(&self) -> bool {
        self.levels.iter().any(|level| level.merging > 0)
    }
}

impl Segment {
    fn take(rest: &mut &[u8]) -> Option<Self> {
        let mut next = || varint::take(rest);
        Some(Self {
            id: next()?,
            first_page: next()?,
            last_page: next()?,
            first_origin: next()?,
            last_origin: next()?,
            tombstone_pages: next()?,
            tombstones: next()?,
            rows: next()?,
        })
    }

    fn put(&self, out: &mut Vec<u8>) {
        for n in [
            self.id,
            self.first_page,
            self.last_page,
            self.first_origin,
            self.last_origin,
            self.tombstone_pages,
            self.tombstones,
            self.rows,
        ] {
            varint::put(out, n);
        }
    }
}
