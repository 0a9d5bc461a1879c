//! The two ways into the tables, and what a writing transaction gathers before it settles.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use kontor_model::{AccountId, FolderId, Millis, ThreadId};
use rusqlite::{Connection, params};

use crate::Result;
use crate::search::Postings;
use crate::store::Shared;

/// One snapshot of the store. Its methods, spread over the tables' files, are the queries.
pub struct Read<'a> {
    pub(crate) conn: &'a Connection,
    pub(crate) shared: &'a Shared,
}

/// One writing transaction. Reads what it has written, except counts and search rows, which are written by
/// [`Write::settle`] at the end.
pub struct Write<'a> {
    pub(crate) tx: &'a Connection,
    pub(crate) now: Millis,
    pub(crate) tally: Tally,
    read: Read<'a>,
}

/// What is written once a transaction instead of once a message.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Total and unread of folders.
    pub(crate) folders: BTreeMap<FolderId, (i64, i64)>,
    /// Messages, bodies and failed bodies of accounts.
    pub(crate) accounts: BTreeMap<AccountId, (i64, i64, i64)>,
    /// Visible messages by day of their search key.
    pub(crate) days: BTreeMap<i64, i64>,
    /// Threads that lost something and are counted anew.
    pub(crate) threads: BTreeSet<ThreadId>,
    /// Search rows to write, by key.
    pub(crate) index: BTreeMap<i64, Postings>,
    /// Dictionaries known to be in the file.
    pub(crate) dictionaries: BTreeSet<i64>,
    /// Search rows to delete.
    pub(crate) unindex: BTreeSet<i64>,
    /// Something of the team's changed: one entry of the change log, however much it was.
    pub(crate) team: bool,
    /// The same for notes' words.
    pub(crate) notes: bool,
    /// The same for who is there.
    pub(crate) presence: bool,
    /// The same for what the ERP told of customers.
    pub(crate) customers: bool,
    /// A customer has other addresses.
    pub(crate) customer_addresses: bool,
    /// A customer is followed that was not.
    pub(crate) followed: bool,
    /// Addresses of the mails that came, lower case, with the date of the newest.
    pub(crate) addresses: BTreeMap<String, Millis>,
}

impl std::fmt::Debug for Read<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Read").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Write<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Write").finish_non_exhaustive()
    }
}

impl<'a> Deref for Write<'a> {
    type Target = Read<'a>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}

impl<'a> Write<'a> {
    pub(crate) fn new(tx: &'a Connection, shared: &'a Shared, now: Millis) -> Self {
        Self {
            tx,
            now,
            tally: Tally::default(),
            read: Read { conn: tx, shared },
        }
    }

    /// Returns the moment this transaction is stamped with.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.now
    }

    /// Writes what was gathered: counts, recounted threads, search rows. Done by itself at the end; call it earlier
    /// only to read counts within the same transaction.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn settle(&mut self) -> Result<()> {
        let notes = std::mem::take(&mut self.tally.notes);
        if std::mem::take(&mut self.tally.team) {
            self.log(&kontor_model::Change::Team)?;
        } else if notes {
            self.log(&kontor_model::Change::Notes)?;
        }
        if std::mem::take(&mut self.tally.presence) {
            self.log(&kontor_model::Change::Presence)?;
        }
        self.settle_addresses()?;
        self.settle_followed()?;
        self.settle_customer_addresses()?;
        if std::mem::take(&mut self.tally.customers) {
            self.log(&kontor_model::Change::Customers)?;
        }
        self.settle_threads()?;
        for (folder, (total, unread)) in std::mem::take(&mut self.tally.folders) {
            self.tx
                .prepare_cached(
                    "UPDATE folder SET total = total + ?2, unread = unread + ?3 WHERE id = ?1",
                )?
                .execute(params![folder.0, total, unread])?;
        }
        for (account, (messages, bodies, failed)) in std::mem::take(&mut self.tally.accounts) {
            self.tx
                .prepare_cached(
                    "UPDATE account SET messages = messages + ?2, bodies = bodies + ?3, failed = failed + ?4 WHERE id = ?1",
                )?
                .execute(params![account.0, messages, bodies, failed])?;
        }
        for (day, messages) in std::mem::take(&mut self.tally.days) {
            self.tx
                .prepare_cached(
                    "INSERT INTO day (id, messages) VALUES (?1, ?2)
                     ON CONFLICT (id) DO UPDATE SET messages = messages + excluded.messages",
                )?
                .execute([day, messages])?;
        }
        self.settle_search()?;
        self.settle_packs()
    }
}
