//! What waits for the process that talks to servers, as marks to compare: a mark that rose means that somebody left work.

use std::collections::BTreeMap;

use kontor_model::{AccountId, Millis};
use rusqlite::OptionalExtension as _;

use crate::{Read, Result};

/// The newest of what waits of one account; 0 where nothing does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkMark {
    /// Newest operation the server does not have yet.
    pub operation: i64,
    /// Newest open wish.
    pub request: i64,
    /// When a queued mail last changed.
    pub outgoing: i64,
    /// When a draft the server does not have was last saved.
    pub draft: i64,
}

impl WorkMark {
    /// True when something came since `before`. What was done since lowers a mark, which is no news.
    #[must_use]
    pub fn rose_since(&self, before: &Self) -> bool {
        self.operation > before.operation
            || self.request > before.request
            || self.outgoing > before.outgoing
            || self.draft > before.draft
    }
}

impl Read<'_> {
    /// Returns the marks of all accounts for which something waits. Four looks into small indexes: microseconds.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_marks(&self) -> Result<BTreeMap<AccountId, WorkMark>> {
        let mut marks: BTreeMap<AccountId, WorkMark> = BTreeMap::new();
        let mut gather = |sql: &str, set: fn(&mut WorkMark, i64)| -> Result<()> {
            let mut statement = self.conn.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                set(
                    marks.entry(AccountId(row.get(0)?)).or_default(),
                    row.get(1)?,
                );
            }
            Ok(())
        };
        gather(
            "SELECT account_id, max(id) FROM operation WHERE state = 'pending' GROUP BY account_id",
            |m, n| m.operation = n,
        )?;
        gather(
            "SELECT account_id, max(id) FROM sync_request WHERE done_at IS NULL AND account_id IS NOT NULL GROUP BY account_id",
            |m, n| m.request = n,
        )?;
        gather(
            "SELECT account_id, max(changed_at) FROM outbox WHERE state = 'queued' GROUP BY account_id",
            |m, n| m.outgoing = n,
        )?;
        gather(
            "SELECT account_id, max(updated_at) FROM draft WHERE updated_at <> mirrored_at GROUP BY account_id",
            |m, n| m.draft = n,
        )?;
        Ok(marks)
    }

    /// Returns when the next queued mail of one account is due.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_due_of(&self, account: AccountId) -> Result<Option<Millis>> {
        let due: Option<Option<i64>> = self
            .conn
            .prepare_cached(
                "SELECT min(due) FROM outbox WHERE state = 'queued' AND account_id = ?1",
            )?
            .query_row([account.0], |r| r.get(0))
            .optional()?;
        Ok(due.flatten().map(Millis))
    }
}
