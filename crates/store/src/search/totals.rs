//! Exact totals, remembered while nothing changes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rusqlite::params;

use crate::{Read, Result, identity};

use super::Plan;

/// Totals remembered; beyond, the memory is emptied.
const KEPT: usize = 256;

/// Totals of queries at one state of the store.
#[derive(Debug, Default)]
pub(crate) struct Totals(Mutex<(i64, BTreeMap<String, u64>)>);

impl Read<'_> {
    /// Returns how many messages match, exactly.
    pub(crate) fn total(&self, plan: &Plan) -> Result<u64> {
        if plan.is_range() {
            return self.total_of_range(plan);
        }
        let state = self.change_seq()?;
        let key = plan.key();
        {
            let mut totals = self
                .shared
                .totals
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if totals.0 != state {
                *totals = (state, BTreeMap::new());
            }
            if let Some(total) = totals.1.get(&key) {
                return Ok(*total);
            }
        }
        let mut total = plan.count(self.conn)?;
        if !plan.expression.is_empty() {
            total = total.saturating_sub(self.orphans_among(plan)?);
        }
        let mut totals = self
            .shared
            .totals
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if totals.0 == state {
            if totals.1.len() >= KEPT {
                totals.1.clear();
            }
            totals.1.insert(key, total);
        }
        drop(totals);
        Ok(total)
    }

    /// Matches that no folder shows any more and that are still indexed: usually none.
    fn orphans_among(&self, plan: &Plan) -> Result<u64> {
        let mut total = 0_u64;
        let mut statement = self.conn.prepare_cached(
            "SELECT doc FROM message WHERE places = 0 AND body = 1 AND doc >= ?1 AND doc < ?2",
        )?;
        let mut rows = statement.query([plan.from, plan.until])?;
        while let Some(row) = rows.next()? {
            let doc: i64 = row.get(0)?;
            let one = Plan {
                from: doc,
                until: doc.saturating_add(1),
                ..plan.clone()
            };
            total = total.saturating_add(one.count(self.conn)?);
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
