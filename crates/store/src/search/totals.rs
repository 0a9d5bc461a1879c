//! Exact totals, and the whole answers of queries that words alone do not answer.
//!
//! A total of words costs some 50 ns a match to count, so it is remembered, in two parts: of the newest few thousand
//! messages and of the rest. The index keeps a version for each stretch of time; new mail changes the newest one only,
//! and after it only the small part is counted again. Of several words that few messages have in common the messages
//! themselves are remembered: they cost as much to find as to count.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{OptionalExtension as _, params};

use crate::{Read, Result, Write, identity};

use super::Plan;

/// Totals remembered; beyond, the memory is emptied.
const KEPT: usize = 256;

/// Whole answers remembered, and keys in them (8 bytes each).
const KEPT_ANSWERS: usize = 32;
const KEPT_DOCS: usize = 500_000;

/// The newest messages, counted apart from the rest.
const NEWEST: u32 = 2000;

/// More matches than this are counted, not remembered one by one; 8 bytes each.
const FEW_DOCS: u32 = 5000;

/// Bits of a search key within one stretch of time: 2^22 seconds, seven weeks.
const STRETCH: u32 = 28;

/// Fewer orphans are looked up one by one.
const FEW: usize = 32;

/// What is remembered of the answers to queries.
#[derive(Debug, Default)]
pub(crate) struct Totals(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    words: BTreeMap<String, Parts>,
    /// The newest change and the version of the index that `answers` belong to: what nothing refers to is swept out of the
    /// index without a change.
    state: (i64, i64),
    answers: BTreeMap<String, Arc<Vec<i64>>>,
}

/// A part of time, its version, and the matches in it.
#[derive(Clone, Debug, Default)]
struct Part {
    version: i64,
    matches: u64,
    /// The keys of all matches, newest first, where they are few and hard to find.
    docs: Option<Arc<[i64]>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    border: i64,
    older: Part,
    newer: Part,
}

impl Parts {
    fn matches(&self) -> u64 {
        self.older.matches.saturating_add(self.newer.matches)
    }

    /// All keys, newest first, where they are remembered.
    pub(crate) fn docs(&self) -> Option<impl Iterator<Item = i64> + '_> {
        let (older, newer) = (self.older.docs.as_deref()?, self.newer.docs.as_deref()?);
        Some(newer.iter().chain(older).copied())
    }
}

impl Totals {
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read<'_> {
    /// Returns how many messages match, exactly, and what is remembered of them. For plans without conditions; with
    /// them, see [`Self::answer`].
    pub(crate) fn total(&self, plan: &Plan) -> Result<(u64, Parts)> {
        if plan.is_range() {
            return Ok((self.total_of_range(plan)?, Parts::default()));
        }
        let parts = self.parts(plan)?;
        let total = parts.matches().saturating_sub(self.orphans_among(plan)?);
        Ok((total, parts))
    }

    fn parts(&self, plan: &Plan) -> Result<Parts> {
        let key = plan.key();
        let known = self.shared.totals.lock().words.get(&key).cloned();
        let known = match known {
            Some(parts) => parts,
            None => Parts {
                border: self.border()?,
                ..Parts::default()
            },
        };
        let border = known.border;
        let (before, since) = self.versions(border)?;
        let parts = Parts {
            border,
            older: self.part(known.older, before, &plan.within(i64::MIN, border))?,
            newer: self.part(known.newer, since, &plan.within(border, i64::MAX))?,
        };
        let mut memory = self.shared.totals.lock();
        if memory.words.len() >= KEPT {
            memory.words.clear();
        }
        memory.words.insert(key, parts.clone());
        drop(memory);
        Ok(parts)
    }

    fn part(&self, known: Part, version: i64, plan: &Plan) -> Result<Part> {
        if known.version == version && (version != 0 || known.docs.is_some()) {
            return Ok(known);
        }
        let empty = plan.from >= plan.until || version == 0;
        if empty || plan.tokens > 1 {
            let docs = if empty {
                Vec::new()
            } else {
                self.docs(plan, i64::MAX, FEW_DOCS.saturating_add(1))?
            };
            let matches = u64::try_from(docs.len()).unwrap_or(u64::MAX);
            if matches <= u64::from(FEW_DOCS) {
                return Ok(Part {
                    version,
                    matches,
                    docs: Some(docs.into()),
                });
            }
        }
        Ok(Part {
            version,
            matches: self.count_words(plan)?,
            docs: None,
        })
    }

    /// The first key of the stretch in which the newest messages begin.
    fn border(&self) -> Result<i64> {
        let doc: Option<i64> = self
            .conn
            .prepare_cached("SELECT doc FROM message ORDER BY doc DESC LIMIT 1 OFFSET ?1")?
            .query_row([NEWEST], |r| r.get(0))
            .optional()?;
        Ok((doc.unwrap_or(0) >> STRETCH) << STRETCH)
    }

    /// Versions of the index before and from a key on; 0 where nothing was ever indexed.
    fn versions(&self, border: i64) -> Result<(i64, i64)> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT coalesce(sum(version) FILTER (WHERE id < ?1), 0), coalesce(sum(version) FILTER (WHERE id >= ?1), 0)
                 FROM search_stretch",
            )?
            .query_row([border >> STRETCH], |r| Ok((r.get(0)?, r.get(1)?)))?)
    }

    /// A number that grows whenever anything in the index changes.
    pub(super) fn index_version(&self) -> Result<i64> {
        let (before, since) = self.versions(0)?;
        Ok(before.saturating_add(since))
    }

    /// Mails of a plan's range that no folder shows any more and that are still indexed, ascending: usually none.
    fn orphans(&self, plan: &Plan) -> Result<Vec<i64>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT doc FROM message WHERE places = 0 AND body = 1 AND doc >= ?1 AND doc < ?2 ORDER BY doc",
        )?;
        let rows = statement.query_map([plan.from, plan.until], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many of them match.
    fn orphans_among(&self, plan: &Plan) -> Result<u64> {
        let orphans = self.orphans(plan)?;
        let (Some(first), Some(last)) = (orphans.first(), orphans.last()) else {
            return Ok(0);
        };
        if orphans.len() >= FEW {
            let docs = self.docs(
                &plan.within(*first, last.saturating_add(1)),
                i64::MAX,
                u32::MAX,
            )?;
            let found = docs
                .iter()
                .filter(|d| orphans.binary_search(d).is_ok())
                .count();
            return Ok(u64::try_from(found).unwrap_or(0));
        }
        let mut total = 0_u64;
        for doc in &orphans {
            let one = plan.within(*doc, doc.saturating_add(1));
            total = total.saturating_add(self.count_words(&one)?);
        }
        Ok(total)
    }

    /// Ranges of time are summed from the counts of whole days and counted only at their ends.
    fn total_of_range(&self, plan: &Plan) -> Result<u64> {
        let whole = |from: i64, until: i64| -> Result<u64> {
            Ok(self
                .conn
                .prepare_cached(
                    "SELECT coalesce(sum(messages), 0) FROM day WHERE id >= ?1 AND id < ?2",
                )?
                .query_row([from, until], |r| r.get(0))?)
        };
        let part = |from: i64, until: i64| -> Result<u64> {
            Ok(self
                .conn
                .prepare_cached(
                    "SELECT count(*) FROM message WHERE doc >= ?1 AND doc < ?2 AND places > 0",
                )?
                .query_row(params![from, until], |r| r.get(0))?)
        };
        if plan.from >= plan.until {
            return Ok(0);
        }
        let (first, first_doc) = next_day(plan.from);
        let (last, last_doc) = if plan.until == i64::MAX {
            (i64::MAX, i64::MAX)
        } else {
            let day = identity::day_of(plan.until.max(0));
            (day, identity::first_doc_of_day(day))
        };
        if first >= last {
            return part(plan.from, plan.until);
        }
        let head = if plan.from < first_doc {
            part(plan.from, first_doc)?
        } else {
            0
        };
        let tail = if last_doc < plan.until {
            part(last_doc, plan.until)?
        } else {
            0
        };
        Ok(whole(first, last)?
            .saturating_add(head)
            .saturating_add(tail))
    }

    /// Returns all keys that match a plan with conditions or refusals, ascending: the sets of its parts, intersected.
    pub(crate) fn answer(&self, plan: &Plan) -> Result<Arc<Vec<i64>>> {
        let state = (self.change_seq()?, self.index_version()?);
        let key = plan.key();
        {
            let mut memory = self.shared.totals.lock();
            if memory.state != state {
                memory.state = state;
                memory.answers.clear();
            }
            if let Some(answer) = memory.answers.get(&key) {
                return Ok(Arc::clone(answer));
            }
        }
        let answer = Arc::new(self.keys_of(plan)?);
        let mut memory = self.shared.totals.lock();
        if memory.state == state && answer.len() <= KEPT_DOCS {
            let kept: usize = memory.answers.values().map(|a| a.len()).sum();
            if memory.answers.len() >= KEPT_ANSWERS || kept.saturating_add(answer.len()) > KEPT_DOCS
            {
                memory.answers.clear();
            }
            memory.answers.insert(key, Arc::clone(&answer));
        }
        drop(memory);
        Ok(answer)
    }

    /// As [`Self::answer`], worked out.
    pub(super) fn keys_of(&self, plan: &Plan) -> Result<Vec<i64>> {
        let mut sets = Vec::new();
        for condition in &plan.conditions {
            sets.push(self.docs_where(condition, plan.from, plan.until)?);
        }
        sets.sort_by_key(Vec::len);
        let mut sets = sets.into_iter();
        let Some(mut answer) = sets.next() else {
            return self.but_without(plan, self.shown_docs(plan)?);
        };
        for set in sets {
            answer.retain(|doc| set.binary_search(doc).is_ok());
        }
        if !plan.expression.is_empty() {
            let words = self.all_docs(&around(plan, &answer))?;
            answer.retain(|doc| words.binary_search(doc).is_ok());
        }
        self.but_without(plan, answer)
    }

    /// Takes away what the plan's refusals find.
    fn but_without(&self, plan: &Plan, mut answer: Vec<i64>) -> Result<Vec<i64>> {
        for refused in &plan.without {
            let refused = around(refused, &answer);
            let found = if refused.is_plain() {
                self.all_docs(&refused)?
            } else {
                self.keys_of(&refused)?
            };
            answer.retain(|doc| found.binary_search(doc).is_err());
        }
        Ok(answer)
    }

    /// The keys a plan's words and range find, ascending; those that no folder shows any more among them.
    fn all_docs(&self, plan: &Plan) -> Result<Vec<i64>> {
        let mut docs = self.docs(plan, i64::MAX, u32::MAX)?;
        docs.reverse();
        Ok(docs)
    }

    /// The same without those that no folder shows.
    fn shown_docs(&self, plan: &Plan) -> Result<Vec<i64>> {
        let mut docs = self.all_docs(plan)?;
        if !plan.expression.is_empty() {
            let orphans = self.orphans(plan)?;
            docs.retain(|doc| orphans.binary_search(doc).is_err());
        }
        Ok(docs)
    }
}

/// A plan within the range of these keys (ascending).
pub(super) fn around(plan: &Plan, docs: &[i64]) -> Plan {
    let (first, last) = (docs.first(), docs.last());
    let until = last.map_or(i64::MIN, |last| last.saturating_add(1));
    plan.within(first.copied().unwrap_or(i64::MIN), until)
}

impl Write<'_> {
    /// Notes that the index changes around these keys (ascending).
    pub(crate) fn touch_stretches(&self, docs: impl Iterator<Item = i64>) -> Result<()> {
        let mut last = None;
        for doc in docs {
            let stretch = doc >> STRETCH;
            if last.replace(stretch) != Some(stretch) {
                self.tx
                    .prepare_cached(
                        "INSERT INTO search_stretch (id, version) VALUES (?1, 1)
                         ON CONFLICT (id) DO UPDATE SET version = version + 1",
                    )?
                    .execute([stretch])?;
            }
        }
        Ok(())
    }
}

/// The first day that begins at or after a key.
fn next_day(doc: i64) -> (i64, i64) {
    if doc <= 0 {
        return (0, 0);
    }
    let day = identity::day_of(doc);
    if identity::first_doc_of_day(day) == doc {
        return (day, doc);
    }
    let next = day.saturating_add(1);
    (next, identity::first_doc_of_day(next))
}
