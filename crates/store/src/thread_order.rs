//! Lists of threads in another order than by date: by the weight of the customer a thread is with.
//!
//! Who weighs what changes with the facts and the day, so no table has it: whoever asks gives the weights of addresses, gets
//! those of threads, keeps them, and gives them with each page.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use kontor_model::{FolderId, ThreadId};
use rusqlite::{OptionalExtension as _, params};

use crate::message::parse_people;
use crate::search::address_token;
use crate::{Page, Read, Result, ThreadRow};

/// What each address (lower case) of a customer weighs, also those of customers that weigh nothing: they may be whom a
/// thread is with.
pub type AddressWeights = BTreeMap<String, i64>;

/// What each thread weighs; those that weigh nothing are left out.
pub type ThreadWeights = BTreeMap<ThreadId, i64>;

/// Newest mails of a thread whose people are looked at.
const MAILS: u32 = 30;

/// The newest mail of a thread that a customer wrote, and the newest that we wrote to one: its key and the weight.
#[derive(Default)]
struct Found {
    written: Option<(i64, i64)>,
    sent: Option<(i64, i64)>,
}

impl Read<'_> {
    /// Returns what all threads weigh: each as much as the sender of its newest mail that is a customer's; of mails of our own
    /// the recipients count.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn thread_weights(&self, addresses: &AddressWeights) -> Result<ThreadWeights> {
        let own = self.own_addresses()?;
        let mut ours = BTreeSet::new();
        for address in &own {
            self.each_mail_with(address, |doc, wrote| {
                if wrote {
                    ours.insert(doc);
                }
                Ok(())
            })?;
        }
        let mut thread = self
            .conn
            .prepare_cached("SELECT thread_id FROM message WHERE doc = ?1 AND places > 0")?;
        let mut found: BTreeMap<ThreadId, Found> = BTreeMap::new();
        for (address, weight) in addresses {
            self.each_mail_with(address, |doc, wrote| {
                if !wrote && !ours.contains(&doc) {
                    return Ok(());
                }
                let id: Option<i64> = thread.query_row([doc], |r| r.get(0)).optional()?;
                if let Some(id) = id {
                    let found = found.entry(ThreadId(id)).or_default();
                    let place = if wrote {
                        &mut found.written
                    } else {
                        &mut found.sent
                    };
                    *place = (*place).max(Some((doc, *weight)));
                }
                Ok(())
            })?;
        }
        let weigh = |(id, found): (ThreadId, Found)| {
            let (_, weight) = found.written.or(found.sent)?;
            (weight > 0).then_some((id, weight))
        };
        Ok(found.into_iter().filter_map(weigh).collect())
    }

    /// Tells each mail with an address, and whether it wrote it.
    fn each_mail_with(
        &self,
        address: &str,
        mut tell: impl FnMut(i64, bool) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT doc, col FROM search_instance WHERE term = ?1")?;
        let mut rows = statement.query([address_token(address)])?;
        while let Some(row) = rows.next()? {
            match row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)? {
                "sender" => tell(row.get(0)?, true)?,
                "recipients" => tell(row.get(0)?, false)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns what one thread weighs, from its newest mails; 0 for nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn thread_weight(&self, thread: ThreadId, addresses: &AddressWeights) -> Result<i64> {
        let own = self.own_addresses()?;
        let mut statement = self.conn.prepare_cached(
            "SELECT people FROM message WHERE thread_id = ?1 AND places > 0 ORDER BY doc DESC LIMIT ?2",
        )?;
        let mut rows = statement.query(params![thread.0, MAILS])?;
        let mut sent = None;
        while let Some(row) = rows.next()? {
            let people = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let [from, to, copies, _] = parse_people(people);
            let weight = |people: &[kontor_model::Address]| {
                let known = people
                    .iter()
                    .filter_map(|person| addresses.get(&person.key()));
                known.max().copied()
            };
            if let Some(weight) = weight(&from) {
                return Ok(weight);
            }
            if from.iter().any(|person| own.contains(&person.key())) {
                sent = sent.or(weight(&to).max(weight(&copies)));
            }
        }
        Ok(sent.unwrap_or(0))
    }

    /// Returns the threads of these folders, those that weigh most first, of equals the newest; the others behind them, newest
    /// first. `after` is a page's `next`.
    ///
    /// # Errors
    /// When the store cannot be read. A cursor that makes no sense begins at the first.
    pub fn threads_by_weight(
        &self,
        folders: &[FolderId],
        weights: &ThreadWeights,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<ThreadRow>> {
        let after = after.and_then(read_cursor).unwrap_or((i64::MAX, i64::MAX));
        let scope: BTreeSet<FolderId> = folders.iter().copied().collect();
        let mut page = Page {
            rows: Vec::new(),
            next: None,
        };
        let limit_rows = usize::try_from(limit).unwrap_or(usize::MAX);
        let own = self.own_addresses()?;
        let mut last = after;
        if after.0 > 0 {
            let mut heavy = self.heavy_threads(&scope, weights)?;
            heavy.retain(|(weight, newest, _)| (*weight, *newest) < after);
            heavy.sort_unstable_by_key(|row| Reverse(*row));
            for (weight, newest, thread) in heavy {
                if page.rows.len() >= limit_rows {
                    page.next = Some(cursor(last));
                    return Ok(page);
                }
                let sum = self.thread_sum(thread, &scope)?;
                page.rows.extend(self.thread_row(thread, &sum, &own)?);
                last = (weight, newest);
            }
        }
        let before = if after.0 > 0 { i64::MAX } else { after.1 };
        let left = limit_rows.saturating_sub(page.rows.len());
        let light = self.threads_before(
            folders,
            before,
            u32::try_from(left).unwrap_or(limit),
            |thread| !weights.contains_key(&thread),
        )?;
        // Of no row at all nothing tells where it goes on: behind the last that weighs something.
        let next = light.next.and_then(|newest| newest.parse().ok());
        page.next = next.map(|newest| {
            if left == 0 {
                cursor(last)
            } else {
                cursor((0, newest))
            }
        });
        page.rows.extend(light.rows);
        Ok(page)
    }

    /// The threads of these folders that weigh something: weight, newest mail here, thread.
    fn heavy_threads(
        &self,
        scope: &BTreeSet<FolderId>,
        weights: &ThreadWeights,
    ) -> Result<Vec<(i64, i64, ThreadId)>> {
        let mut newest: BTreeMap<ThreadId, i64> = BTreeMap::new();
        let mut statement = self
            .conn
            .prepare_cached("SELECT newest, thread_id FROM thread_folder WHERE folder_id = ?1")?;
        for folder in scope {
            let mut rows = statement.query([folder.0])?;
            while let Some(row) = rows.next()? {
                let thread = ThreadId(row.get(1)?);
                if weights.contains_key(&thread) {
                    let known = newest.entry(thread).or_insert(i64::MIN);
                    *known = (*known).max(row.get(0)?);
                }
            }
        }
        let row = |(thread, newest): (ThreadId, i64)| {
            let weight = weights.get(&thread)?;
            Some((*weight, newest, thread))
        };
        Ok(newest.into_iter().filter_map(row).collect())
    }
}

/// `WEIGHT.NEWEST` of the last row.
fn cursor((weight, newest): (i64, i64)) -> String {
    format!("{weight}.{newest}")
}

fn read_cursor(text: &str) -> Option<(i64, i64)> {
    let (weight, newest) = text.split_once('.')?;
    Some((weight.parse().ok()?, newest.parse().ok()?))
}
