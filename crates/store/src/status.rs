//! What is here, what is missing, what waits: the numbers `status` shows and the work lists backfill goes by.

use kontor_model::{AccountId, FolderId, MessageId, Millis};
use rusqlite::params;

use crate::{Read, Result, identity};

/// The profile in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StoreStatus {
    /// Messages some folder shows.
    pub messages: u64,
    /// Of these, with the raw message here and searchable.
    pub bodies: u64,
    /// Operations the servers do not have yet.
    pub operations: u64,
    /// Outgoing messages on their way (queued, sending).
    pub outbox: u64,
    /// Outgoing messages a person must decide on.
    pub unknown: u64,
    /// Bytes of the store's files.
    pub bytes: u64,
}

impl StoreStatus {
    /// Returns the share of messages whose bodies are searchable, 0 to 1; 1 when there are none.
    #[must_use]
    pub fn coverage(&self) -> f64 {
        share(self.bodies, self.messages)
    }
}

/// A message whose body is to be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingBody {
    /// Which message.
    pub message: MessageId,
    /// A folder it can be fetched from.
    pub folder: FolderId,
    /// Its UID there.
    pub uid: u32,
    /// Bytes on the server.
    pub size: u64,
    /// Its date.
    pub date: Millis,
    /// Ask with this to go on behind it.
    pub key: i64,
}

#[expect(clippy::cast_precision_loss, reason = "a share is shown in per cent")]
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

impl Read<'_> {
    /// Returns the profile in numbers. Every one of them is kept, none is counted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn status(&self) -> Result<StoreStatus> {
        let (messages, bodies) = self
            .conn
            .prepare_cached("SELECT coalesce(sum(messages), 0), coalesce(sum(bodies), 0) FROM account WHERE removing = 0")?
            .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let count = |sql: &str| -> Result<u64> {
            Ok(self.conn.prepare_cached(sql)?.query_row([], |r| r.get(0))?)
        };
        Ok(StoreStatus {
            messages,
            bodies,
            operations: count("SELECT count(*) FROM operation WHERE state = 'pending'")?,
            outbox: count("SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')")?,
            unknown: count("SELECT count(*) FROM outbox WHERE state = 'unknown'")?,
            bytes: count(
                "SELECT page_count * page_size + (SELECT coalesce(sum(length), 0) FROM pack) FROM pragma_page_count, pragma_page_size",
            )?,
        })
    }

    /// Returns how many envelopes and bodies of an account are still at the server only.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn backlog(&self, account: AccountId) -> Result<(u64, u64)> {
        let envelopes = self
            .conn
            .prepare_cached(
                "SELECT coalesce(sum(max(0, remote_total - total)), 0) FROM folder WHERE account_id = ?1 AND removing = 0",
            )?
            .query_row([account.0], |r| r.get(0))?;
        let bodies = self
            .conn
            .prepare_cached("SELECT max(0, messages - bodies - failed) FROM account WHERE id = ?1")?
            .query_row([account.0], |r| r.get(0))?;
        Ok((envelopes, bodies))
    }

    /// Returns messages of an account whose body is missing, newest first: after `key` of the last one, at most `limit`,
    /// none older than `since`. A message the server gave no UID for is not among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn missing_bodies(
        &self,
        account: AccountId,
        after: Option<i64>,
        since: Option<Millis>,
        limit: u32,
    ) -> Result<Vec<MissingBody>> {
        let before = after.unwrap_or(i64::MAX);
        let from = since.map_or(i64::MIN, identity::first_doc);
        let mut statement = self.conn.prepare_cached(
            "SELECT m.id, p.folder_id, p.uid, m.size, m.date, m.doc FROM message m
             JOIN placement p ON p.id = (SELECT min(q.id) FROM placement q WHERE q.message_id = m.id AND q.uid IS NOT NULL AND q.hidden = 0)
             WHERE m.account_id = ?1 AND m.body = 0 AND m.doc < ?2 AND m.doc >= ?3 ORDER BY m.doc DESC LIMIT ?4",
        )?;
        let rows = statement.query_map(params![account.0, before, from, limit], |r| {
            Ok(MissingBody {
                message: MessageId(r.get(0)?),
                folder: FolderId(r.get(1)?),
                uid: r.get(2)?,
                size: r.get(3)?,
                date: Millis(r.get(4)?),
                key: r.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
