//! Who writes for the first time: an address that is in one conversation only.
//!
//! Of one address its own posting list tells. Of all of them the index is read through once, address after address: some
//! hundred thousand short lists are looked up slower than they are read. The answer is kept until mail comes or moves, or
//! an address of a customer does: reading, flagging and deleting mail change nothing of it, nor do papers and money.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use kontor_model::Change;
use kontor_model::query::Strangers;
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, params};

use super::address_token;
use crate::message::parse_people;
use crate::{Read, Result, identity};

/// Which word stands where in the index: a view of it, without rows of its own.
pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-22 search words",
    sql: "CREATE VIRTUAL TABLE search_instance USING fts5vocab (search, instance);",
};

/// Mails that tell whether an address is in more than one conversation.
const FEW_MAILS: usize = 24;

/// What whole addresses begin with in the index, and the first word behind them all.
const ADDRESSES: &str = "zaddr";
const BEHIND: &str = "zadds";

/// Changes looked through to see whether an answer still holds.
const CHANGES: u32 = 5000;

/// The last answer.
#[derive(Debug, Default)]
pub(crate) struct KnownStrangers(Mutex<Option<Known>>);

/// An answer, and what it was worked out from.
#[derive(Debug)]
struct Known {
    to: Strangers,
    /// The version of the search index, and of customers' addresses.
    versions: (i64, i64),
    /// No change up to this one changes it.
    seq: i64,
    docs: Arc<[i64]>,
}

/// The mails of one address: key, and whether it wrote them.
type Mails = Vec<(i64, bool)>;

impl Read<'_> {
    /// Returns in how many conversations an address (lower case) is in From, To or Cc; counted up to the newest few mails.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn conversations_with(&self, address: &str) -> Result<u64> {
        let any = format!("{{sender recipients}} : \"{}\"", address_token(address));
        let n: i64 = self
            .conn
            .prepare_cached(
                "SELECT count(DISTINCT thread_id) FROM message
                 WHERE doc IN (SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT ?2)",
            )?
            .query_row(params![any, i64::try_from(FEW_MAILS).unwrap_or(0)], |r| r.get(0))?;
        Ok(u64::try_from(n).unwrap_or(0))
    }

    /// Returns the keys of mails from addresses that are no customer's and in one conversation only, ascending.
    pub(super) fn docs_of_strangers(
        &self,
        strangers: &Strangers,
        from: i64,
        until: i64,
    ) -> Result<Vec<i64>> {
        if until.saturating_sub(from) == 1 {
            let of_stranger = self.is_of_stranger(strangers, from)?;
            return Ok(of_stranger.then_some(from).into_iter().collect());
        }
        let docs = self.docs_of_all_strangers(strangers)?;
        let hidden = self.hidden_docs(from, until)?;
        let docs = docs
            .iter()
            .copied()
            .filter(|doc| (from..until).contains(doc));
        Ok(docs.filter(|doc| !hidden.contains(doc)).collect())
    }

    /// Returns the keys of mails that no folder shows, within a range: usually few.
    pub(crate) fn hidden_docs(&self, from: i64, until: i64) -> Result<BTreeSet<i64>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT doc FROM message WHERE places = 0 AND doc >= ?1 AND doc < ?2",
        )?;
        let rows = statement.query_map([from, until], |r| r.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The keys of strangers' mails of all time, also of those that no folder shows; remembered.
    fn docs_of_all_strangers(&self, strangers: &Strangers) -> Result<Arc<[i64]>> {
        let lock = || {
            let known = &self.shared.strangers.0;
            known.lock().unwrap_or_else(PoisonError::into_inner)
        };
        let versions = (self.index_version()?, self.customer_addresses_version()?);
        let seq = self.change_seq()?;
        let known = lock()
            .as_ref()
            .filter(|known| known.to == *strangers && known.versions == versions)
            .map(|known| (known.seq, Arc::clone(&known.docs)));
        if let Some((before, docs)) = known
            && self.is_untouched_since(before)?
        {
            let mut known = lock();
            if let Some(known) = known.as_mut().filter(|k| Arc::ptr_eq(&k.docs, &docs)) {
                known.seq = known.seq.max(seq);
            }
            drop(known);
            return Ok(docs);
        }
        let docs = self.find_strangers(strangers)?;
        *lock() = Some(Known {
            to: strangers.clone(),
            versions,
            seq,
            docs: Arc::clone(&docs),
        });
        Ok(docs)
    }

    /// Whether nothing that changed since then tells of another conversation.
    fn is_untouched_since(&self, seq: i64) -> Result<bool> {
        let changes = self.changes_after(seq, CHANGES)?;
        let all_seen = changes.seq == self.change_seq()?;
        let touches = |change: &Change| {
            !matches!(
                change,
                Change::Flags { .. }
                    | Change::Removed { .. }
                    | Change::State { .. }
                    | Change::Outbox { .. }
                    | Change::Team
                    | Change::Notes
                    | Change::Presence
                    | Change::Customers
                    | Change::Told { .. }
            )
        };
        let touched = changes.entries.iter().any(|(_, change)| touches(change));
        Ok(all_seen && !changes.reset && !touched)
    }

    /// The same, worked out anew.
    fn find_strangers(&self, strangers: &Strangers) -> Result<Arc<[i64]>> {
        let unknown = self.unknown_addresses(strangers)?;
        let mut statement = self.conn.prepare_cached(
            "SELECT term, doc, col FROM search_instance WHERE term >= ?1 AND term < ?2 ORDER BY term",
        )?;
        let mut rows = statement.query([ADDRESSES, BEHIND])?;
        let (mut address, mut mails, mut docs) = (None, Mails::new(), BTreeSet::new());
        while let Some(row) = rows.next()? {
            let term = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let hash = hash_of(term).filter(|hash| unknown.contains(hash));
            if hash != address {
                docs.extend(self.if_first(&mut mails)?);
                address = hash;
            }
            // A body may have such a word, too: of whatever a stranger thought of.
            let column = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            if hash.is_some() && matches!(column, "sender" | "recipients") {
                mails.push((row.get(1)?, column == "sender"));
            }
        }
        docs.extend(self.if_first(&mut mails)?);
        Ok(docs.into_iter().collect())
    }

    /// The same of one mail: only its own sender's list is read.
    fn is_of_stranger(&self, strangers: &Strangers, doc: i64) -> Result<bool> {
        let people: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT people FROM message WHERE doc = ?1 AND places > 0 AND body = 1",
            )?
            .query_row([doc], |r| r.get(0))
            .optional()?;
        let [from, ..] = parse_people(&people.unwrap_or_default());
        let mut known = self
            .conn
            .prepare_cached("SELECT 1 FROM customer_address WHERE address = ?1")?;
        for person in from {
            let address = person.key();
            let domain = crate::crm::customer::domain(&address);
            let excepted = strangers.except.contains(&address)
                || strangers.domains.iter().any(|known| known == domain);
            if !excepted && !known.exists([&address])? && self.conversations_with(&address)? == 1 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The hashes of the addresses in mail here that no customer has, but for those that are known all the same.
    fn unknown_addresses(&self, strangers: &Strangers) -> Result<BTreeSet<i64>> {
        let except: BTreeSet<&str> = strangers.except.iter().map(String::as_str).collect();
        let domains: BTreeSet<&str> = strangers.domains.iter().map(String::as_str).collect();
        let mut statement = self.conn.prepare_cached(
            "SELECT address FROM mail_address m
             WHERE NOT EXISTS (SELECT 1 FROM customer_address c WHERE c.address = m.address)",
        )?;
        let mut rows = statement.query([])?;
        let mut unknown = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let address = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            let domain = crate::crm::customer::domain(address);
            if !except.contains(address) && !domains.contains(domain) {
                unknown.insert(identity::hash64(address));
            }
        }
        Ok(unknown)
    }

    /// The mails an address wrote, where all of its newest are one conversation; empties `mails`.
    fn if_first(&self, mails: &mut Mails) -> Result<Vec<i64>> {
        let mut mails = std::mem::take(mails);
        if !mails.iter().any(|(_, wrote)| *wrote) {
            return Ok(Vec::new());
        }
        mails.sort_unstable();
        let mut newest: Vec<i64> = mails.iter().map(|(doc, _)| *doc).collect();
        newest.dedup();
        let mut statement = self
            .conn
            .prepare_cached("SELECT thread_id FROM message WHERE doc = ?1")?;
        let mut conversation: Option<i64> = None;
        for doc in newest.iter().rev().take(FEW_MAILS) {
            let thread: Option<i64> = statement.query_row([doc], |r| r.get(0)).optional()?;
            if thread.is_some() && conversation.is_some() && thread != conversation {
                return Ok(Vec::new());
            }
            conversation = conversation.or(thread);
        }
        let wrote = mails.into_iter().filter(|(_, wrote)| *wrote);
        Ok(wrote.map(|(doc, _)| doc).collect())
    }
}

/// The hash in the word a whole address is indexed as.
fn hash_of(term: &str) -> Option<i64> {
    let hash = term.strip_prefix(ADDRESSES).filter(|hex| hex.len() == 16)?;
    u64::from_str_radix(hash, 16).ok().map(u64::cast_signed)
}
