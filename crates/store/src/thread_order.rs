//! Lists of threads in another order than by date: by the weight of the customer a thread is with.
//!
//! Who weighs what changes with the facts and the day, so no table has it: whoever asks gives the weights of addresses, gets
//! those of threads, keeps them, has changed threads weighed again, and gives them with each page.

use std::collections::{BTreeMap, BTreeSet};

use kontor_model::{FolderId, ThreadId};
use rusqlite::{OptionalExtension as _, params};

use crate::message::parse_people;
use crate::search::address_token;
use crate::{Page, Read, Result, ThreadRow};

mod weights;

pub use weights::ThreadWeights;

/// What each address (lower case) of a customer weighs, also those of customers that weigh nothing: they may be whom a
/// thread is with.
pub type AddressWeights = BTreeMap<String, i64>;

/// Addresses the search index is asked for at once.
const TOGETHER: usize = 64;

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
    /// Which mail is whose the search index tells, for many addresses at once; in which thread a mail is, one walk over the
    /// index of threads. No row of a mail is read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn thread_weights(&self, addresses: &AddressWeights) -> Result<ThreadWeights> {
        let threads = self.threads_by_doc()?;
        let own = any_of(self.own_addresses()?.iter());
        let mut alike: BTreeMap<i64, Vec<&String>> = BTreeMap::new();
        for (address, weight) in addresses {
            alike.entry(*weight).or_default().push(address);
        }
        let mut found: BTreeMap<ThreadId, Found> = BTreeMap::new();
        for (weight, addresses) in &alike {
            for some in addresses.chunks(TOGETHER) {
                let any = any_of(some.iter().copied());
                for doc in self.docs_matching(&format!("sender : ({any})"))? {
                    if let Some(found) = of_doc(&threads, &mut found, doc) {
                        found.written = found.written.max(Some((doc, *weight)));
                    }
                }
                let sent = format!("recipients : ({any}) AND sender : ({own})");
                for doc in self.docs_matching(&sent)? {
                    if let Some(found) = of_doc(&threads, &mut found, doc) {
                        found.sent = found.sent.max(Some((doc, *weight)));
                    }
                }
            }
        }
        let weigh = |(id, found): (ThreadId, Found)| {
            let (_, weight) = found.written.or(found.sent)?;
            (weight > 0).then_some((id, weight))
        };
        let weights: BTreeMap<ThreadId, i64> = found.into_iter().filter_map(weigh).collect();
        self.with_places(&weights)
    }

    /// The same with the folders each stands in: one walk over the index of all lists.
    fn with_places(&self, weights: &BTreeMap<ThreadId, i64>) -> Result<ThreadWeights> {
        let mut statement = self.conn.prepare_cached(
            "SELECT thread_id, folder_id, newest FROM thread_folder INDEXED BY thread_folder_list",
        )?;
        let mut rows = statement.query([])?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            let thread = ThreadId(row.get(0)?);
            if let Some(weight) = weights.get(&thread) {
                places.push((thread, *weight, FolderId(row.get(1)?), row.get(2)?));
            }
        }
        Ok(places.into_iter().collect())
    }

    /// Returns the threads with a mail from or to one of these addresses (lower case); mails whose texts are not here are not
    /// looked through.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn threads_with(&self, addresses: &[&String]) -> Result<BTreeSet<ThreadId>> {
        let mut threads = BTreeSet::new();
        let mut statement = self
            .conn
            .prepare_cached("SELECT thread_id FROM message WHERE doc = ?1")?;
        for some in addresses.chunks(TOGETHER) {
            let any = any_of(some.iter().copied());
            for doc in self.docs_matching(&format!("{{sender recipients}} : ({any})"))? {
                let thread = statement.query_row([doc], |r| r.get(0).map(ThreadId));
                threads.extend(thread.optional()?);
            }
        }
        Ok(threads)
    }

    /// Weighs one thread again, as its mails and folders are now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn weigh_again(
        &self,
        weights: &mut ThreadWeights,
        thread: ThreadId,
        addresses: &AddressWeights,
    ) -> Result<()> {
        let weight = self.thread_weight(thread, addresses)?;
        let mut statement = self
            .conn
            .prepare_cached("SELECT folder_id, newest FROM thread_folder WHERE thread_id = ?1")?;
        let rows = statement.query_map([thread.0], |r| Ok((FolderId(r.get(0)?), r.get(1)?)))?;
        let places = rows.collect::<rusqlite::Result<_>>()?;
        weights.set(thread, weight, places);
        Ok(())
    }

    /// The thread of each mail that a folder shows, by the mail's key, ascending.
    fn threads_by_doc(&self) -> Result<Vec<(i64, ThreadId)>> {
        let gone = self.hidden_docs(i64::MIN, i64::MAX)?;
        let mut statement = self
            .conn
            .prepare_cached("SELECT doc, thread_id FROM message INDEXED BY message_thread")?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, ThreadId(r.get(1)?))))?;
        let mut threads: Vec<(i64, ThreadId)> = rows.collect::<rusqlite::Result<_>>()?;
        if !gone.is_empty() {
            threads.retain(|(doc, _)| !gone.contains(doc));
        }
        threads.sort_unstable();
        Ok(threads)
    }

    fn docs_matching(&self, expression: &str) -> Result<Vec<i64>> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1")?;
        let rows = statement.query_map([expression], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What one thread weighs, from its newest mails; 0 for nothing.
    fn thread_weight(&self, thread: ThreadId, addresses: &AddressWeights) -> Result<i64> {
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
        for (weight, newest, thread) in weights.before(&scope, after) {
            if page.rows.len() >= limit_rows {
                page.next = Some(cursor(last));
                return Ok(page);
            }
            let sum = self.thread_sum(thread, &scope)?;
            page.rows.extend(self.thread_row(thread, &sum, &own)?);
            last = (weight, newest);
        }
        let before = if after.0 > 0 { i64::MAX } else { after.1 };
        let left = limit_rows.saturating_sub(page.rows.len());
        let light = self.threads_before(
            folders,
            before,
            u32::try_from(left).unwrap_or(limit),
            |thread| !weights.stands_in(thread, &scope),
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
}

/// Any of these addresses, as the search index asks for it; never nothing, which would be no expression.
fn any_of<'a>(addresses: impl Iterator<Item = &'a String>) -> String {
    let tokens: Vec<String> = addresses
        .map(|address| format!("\"{}\"", address_token(address)))
        .collect();
    if tokens.is_empty() {
        return format!("\"{}\"", address_token(""));
    }
    tokens.join(" OR ")
}

/// What is known of the thread of a mail that a folder shows.
fn of_doc<'f>(
    threads: &[(i64, ThreadId)],
    found: &'f mut BTreeMap<ThreadId, Found>,
    doc: i64,
) -> Option<&'f mut Found> {
    let at = threads.binary_search_by_key(&doc, |(doc, _)| *doc).ok()?;
    let (_, thread) = threads.get(at)?;
    Some(found.entry(*thread).or_default())
}

/// `WEIGHT.NEWEST` of the last row.
fn cursor((weight, newest): (i64, i64)) -> String {
    format!("{weight}.{newest}")
}

fn read_cursor(text: &str) -> Option<(i64, i64)> {
    let (weight, newest) = text.split_once('.')?;
    Some((weight.parse().ok()?, newest.parse().ok()?))
}
