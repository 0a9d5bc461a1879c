//! Table `account`: the mailbox logins, how they fare, and what is stored of them.

use kontor_model::{Account, AccountId, AccountState, Change, Millis, ServerSettings};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::{Error, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 account",
    sql: "
CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT 'imap',
  settings TEXT NOT NULL DEFAULT '{}',          -- JSON of model::ServerSettings; never a secret
  state TEXT NOT NULL DEFAULT 'connecting',
  why TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL DEFAULT 0,
  removing INTEGER NOT NULL DEFAULT 0,          -- 1: hidden, its rows are being deleted
  messages INTEGER NOT NULL DEFAULT 0,          -- messages with a visible placement
  bodies INTEGER NOT NULL DEFAULT 0,            -- of these, with the raw message here and indexed
  failed INTEGER NOT NULL DEFAULT 0             -- of these, whose body the server does not give
) STRICT;
",
};

/// An account with how it fares and what is stored of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// The account.
    pub account: Account,
    /// How it fares, as last recorded.
    pub state: AccountState,
    /// Why, in a sentence; empty when all is well.
    pub why: String,
    /// When it was added.
    pub created_at: Millis,
    /// Messages stored.
    pub messages: u64,
    /// Of these, with the raw message here and searchable.
    pub bodies: u64,
    /// Of these, whose body the server would not give.
    pub failed: u64,
}

const SELECT: &str =
    "SELECT id, email, name, settings, state, why, created_at, messages, bodies, failed
  FROM account WHERE removing = 0";

impl Read<'_> {
    /// Returns all accounts, oldest first; one that is being removed is not among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn accounts(&self) -> Result<Vec<AccountRow>> {
        let mut statement = self.conn.prepare_cached(&format!("{SELECT} ORDER BY id"))?;
        let mut rows = statement.query([])?;
        let mut accounts = Vec::new();
        while let Some(row) = rows.next()? {
            accounts.push(read(row)?);
        }
        Ok(accounts)
    }

    /// Returns one account.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none, or it is being removed.
    pub fn account(&self, id: AccountId) -> Result<AccountRow> {
        let mut statement = self.conn.prepare_cached(&format!("{SELECT} AND id = ?1"))?;
        let mut rows = statement.query([id.0])?;
        match rows.next()? {
            Some(row) => read(row),
            None => Err(Error::Missing(format!("account {id}"))),
        }
    }
}

impl Write<'_> {
    /// Adds an account. The id in `account` is ignored; the new one is returned.
    ///
    /// # Errors
    /// [`Error::AccountExists`] when the same address at the same server is here already.
    pub fn add_account(
        &mut self,
        email: &str,
        name: &str,
        settings: &ServerSettings,
    ) -> Result<AccountId> {
        for row in self.accounts()? {
            let a = row.account;
            if a.email.eq_ignore_ascii_case(email) && a.settings.imap == settings.imap {
                return Err(Error::AccountExists(email.to_owned()));
            }
        }
        self.tx.execute(
            "INSERT INTO account (email, name, kind, settings, created_at) VALUES (?1, ?2, 'imap', ?3, ?4)",
            params![email, name, json(settings)?, self.now.0],
        )?;
        let id = AccountId(self.tx.last_insert_rowid());
        self.log(&Change::Accounts)?;
        Ok(id)
    }

    /// Changes an account's address, name and servers.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such account.
    pub fn update_account(&mut self, account: &Account) -> Result<()> {
        let changed = self.tx.execute(
            "UPDATE account SET email = ?2, name = ?3, settings = ?4 WHERE id = ?1 AND removing = 0",
            params![account.id.0, account.email, account.name, json(&account.settings)?],
        )?;
        if changed == 0 {
            return Err(Error::Missing(format!("account {}", account.id)));
        }
        self.log(&Change::Accounts)
    }

    /// Records how an account fares; answers whether that is news.
    ///
    /// # Errors
    /// When the store cannot be written. An account that is gone is no error.
    pub fn set_account_state(
        &mut self,
        id: AccountId,
        state: AccountState,
        why: &str,
    ) -> Result<bool> {
        let changed = self.tx.execute(
            "UPDATE account SET state = ?2, why = ?3
             WHERE id = ?1 AND removing = 0 AND (state <> ?2 OR why <> ?3)",
            params![id.0, state.as_str(), why],
        )?;
        if changed > 0 {
            self.log(&Change::State {
                account: id,
                state,
                why: why.to_owned(),
            })?;
        }
        Ok(changed > 0)
    }

    /// Hides an account at once; [`Self::remove_account_some`] then deletes what belongs to it.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such account.
    pub fn begin_remove_account(&mut self, id: AccountId) -> Result<()> {
        let changed = self.tx.execute(
            "UPDATE account SET removing = 1 WHERE id = ?1 AND removing = 0",
            [id.0],
        )?;
        if changed == 0 {
            return Err(Error::Missing(format!("account {id}")));
        }
        self.log(&Change::Accounts)
    }

    /// Deletes up to about `limit` rows of accounts being removed; false when nothing is left to do.
    ///
    /// Call it in transactions of their own, so that nobody waits for the whole.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_account_some(&mut self, limit: u32) -> Result<bool> {
        let account: Option<i64> = self
            .tx
            .query_row(
                "SELECT id FROM account WHERE removing = 1 LIMIT 1",
                [],
                |r| r.get(0),
            )
            .optional()?;
        let Some(account) = account.map(AccountId) else {
            return Ok(false);
        };
        let folder: Option<i64> = self
            .tx
            .query_row(
                "SELECT id FROM folder WHERE account_id = ?1 LIMIT 1",
                [account.0],
                |r| r.get(0),
            )
            .optional()?;
        if let Some(folder) = folder {
            self.remove_folder_some(kontor_model::FolderId(folder), limit)?;
            return Ok(true);
        }
        if self.sweep_account(account, limit)? {
            return Ok(true);
        }
        for sql in [
            "DELETE FROM operation WHERE account_id = ?1",
            "DELETE FROM draft WHERE account_id = ?1",
            "DELETE FROM outbox WHERE account_id = ?1",
            "DELETE FROM layer_stat WHERE account_id = ?1",
            "DELETE FROM account WHERE id = ?1",
        ] {
            self.tx.execute(sql, [account.0])?;
        }
        // Nothing of a mail may stay behind in the list of words or a dictionary once no mail is left.
        let empty: bool =
            self.tx
                .query_row("SELECT NOT EXISTS (SELECT 1 FROM message)", [], |r| {
                    r.get(0)
                })?;
        if empty {
            self.forget_words()?;
            self.forget_dictionaries()?;
        }
        self.log(&Change::Accounts)?;
        Ok(true)
    }
}

fn json(settings: &ServerSettings) -> Result<String> {
    serde_json::to_string(settings).map_err(|e| Error::unreadable("an account's settings", e))
}

fn read(row: &Row<'_>) -> Result<AccountRow> {
    let settings: String = row.get(3)?;
    let state: String = row.get(4)?;
    Ok(AccountRow {
        account: Account {
            id: AccountId(row.get(0)?),
            email: row.get(1)?,
            name: row.get(2)?,
            settings: serde_json::from_str(&settings)
                .map_err(|e| Error::unreadable("an account's settings", e))?,
        },
        state: AccountState::parse(&state).unwrap_or(AccountState::Connecting),
        why: row.get(5)?,
        created_at: Millis(row.get(6)?),
        messages: row.get(7)?,
        bodies: row.get(8)?,
        failed: row.get(9)?,
    })
}
