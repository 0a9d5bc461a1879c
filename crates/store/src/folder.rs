//! Table `folder`: the folders of the accounts, their cursors and their counts.
//!
//! `total` and `unread` are kept in the transaction that changes a placement and are never counted when read.

use kontor_model::{AccountId, Change, Folder, FolderId, Role};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::{Error, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 folder",
    sql: "
CREATE TABLE folder (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account(id),
  wire TEXT NOT NULL,                           -- the server's own spelling: the key
  path TEXT NOT NULL,
  delimiter TEXT,
  role TEXT,
  selectable INTEGER NOT NULL DEFAULT 1,
  uidvalidity INTEGER NOT NULL DEFAULT 0,
  uidnext INTEGER NOT NULL DEFAULT 0,
  highestmodseq INTEGER NOT NULL DEFAULT 0,
  listed INTEGER NOT NULL DEFAULT 0,            -- 1: its newest 200 envelopes are stored
  remote_total INTEGER NOT NULL DEFAULT 0,      -- messages on the server when last looked
  total INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  removing INTEGER NOT NULL DEFAULT 0,          -- 1: gone from the server, its rows are being deleted
  UNIQUE (account_id, wire)
) STRICT;
",
};

/// A folder as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFolder {
    /// Name on the wire: the key within the account.
    pub wire: String,
    /// Name decoded to UTF-8.
    pub path: String,
    /// Hierarchy delimiter.
    pub delimiter: Option<char>,
    /// What it is for.
    pub role: Option<Role>,
    /// False for a name that only holds other folders.
    pub selectable: bool,
}

/// A folder with how far its first sync has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderRow {
    /// The folder.
    pub folder: Folder,
    /// True once its newest 200 envelopes are stored.
    pub listed: bool,
    /// Messages on the server when last looked.
    pub remote_total: u64,
}

const COLUMNS: &str = "id, account_id, wire, path, delimiter, role, selectable, uidvalidity, uidnext, highestmodseq, total, unread, listed, remote_total";

impl Read<'_> {
    /// Returns the folders of one account or of all, by account and path.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folders(&self, account: Option<AccountId>) -> Result<Vec<FolderRow>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM folder
             WHERE removing = 0 AND (?1 IS NULL OR account_id = ?1)
               AND account_id IN (SELECT id FROM account WHERE removing = 0)
             ORDER BY account_id, path"
        ))?;
        let rows = statement.query_map([account.map(|a| a.0)], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns one folder.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub fn folder(&self, id: FolderId) -> Result<FolderRow> {
        self.conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM folder WHERE id = ?1"))?
            .query_row([id.0], read)
            .optional()?
            .ok_or_else(|| Error::Missing(format!("folder {id}")))
    }

    /// Returns the folder with this name on the wire.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folder_by_wire(&self, account: AccountId, wire: &str) -> Result<Option<FolderRow>> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM folder WHERE account_id = ?1 AND wire = ?2 AND removing = 0"
            ))?
            .query_row(params![account.0, wire], read)
            .optional()?)
    }

    /// Returns the folders of this role over all accounts: what a unified list shows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folders_by_role(&self, role: Role) -> Result<Vec<FolderRow>> {
        let mut folders = self.folders(None)?;
        folders.retain(|f| f.folder.role == Some(role));
        Ok(folders)
    }
}

impl Write<'_> {
    /// Stores the server's folder list: adds, renames, changes roles; what is missing from it is marked for removal
    /// and returned, to be deleted in batches by [`Self::remove_folder_some`]. Answers whether anything changed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn put_folders(
        &mut self,
        account: AccountId,
        listed: &[NewFolder],
    ) -> Result<(bool, Vec<FolderId>)> {
        let before = self.folders(Some(account))?;
        let mut changed = false;
        for new in listed {
            let same = before.iter().any(|b| {
                let f = &b.folder;
                f.wire == new.wire
                    && f.path == new.path
                    && f.delimiter == new.delimiter
                    && f.role == new.role
                    && f.selectable == new.selectable
            });
            if same {
                continue;
            }
            changed = true;
            self.tx.execute(
                "INSERT INTO folder (account_id, wire, path, delimiter, role, selectable)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (account_id, wire) DO UPDATE SET path = excluded.path, delimiter = excluded.delimiter,
                   role = excluded.role, selectable = excluded.selectable, removing = 0",
                params![
                    account.0,
                    new.wire,
                    new.path,
                    new.delimiter.map(String::from),
                    new.role.map(Role::as_str),
                    new.selectable
                ],
            )?;
        }
        let mut gone = Vec::new();
        for old in before {
            if !listed.iter().any(|new| new.wire == old.folder.wire) {
                self.tx.execute(
                    "UPDATE folder SET removing = 1 WHERE id = ?1",
                    [old.folder.id.0],
                )?;
                gone.push(old.folder.id);
            }
        }
        changed |= !gone.is_empty();
        if changed {
            self.log(&Change::Folders { account })?;
        }
        Ok((changed, gone))
    }

    /// Stores where to go on from in a folder. Call it in the transaction that stores what the cursor covers.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_cursor(
        &mut self,
        folder: FolderId,
        uidvalidity: u32,
        uidnext: u32,
        highestmodseq: u64,
    ) -> Result<()> {
        self.tx
            .prepare_cached(
                "UPDATE folder SET uidvalidity = ?2, uidnext = ?3, highestmodseq = ?4 WHERE id = ?1",
            )?
            .execute(params![
                folder.0,
                uidvalidity,
                uidnext,
                i64::try_from(highestmodseq).unwrap_or(i64::MAX)
            ])?;
        Ok(())
    }

    /// Stores how many messages the server holds in a folder: what the backlog is counted from.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_remote_total(&mut self, folder: FolderId, messages: u64) -> Result<()> {
        self.tx
            .prepare_cached(
                "UPDATE folder SET remote_total = ?2 WHERE id = ?1 AND remote_total <> ?2",
            )?
            .execute(params![folder.0, messages])?;
        Ok(())
    }

    /// Marks a folder's newest 200 envelopes as stored; says so once.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_listed(&mut self, folder: FolderId, count: u64) -> Result<()> {
        let news = self.tx.execute(
            "UPDATE folder SET listed = 1 WHERE id = ?1 AND listed = 0",
            [folder.0],
        )?;
        if news > 0 {
            self.log(&Change::Listed { folder, count })?;
        }
        Ok(())
    }

    /// Goes on deleting folders that are gone from their server; true when there was something to do.
    pub(crate) fn remove_gone_folders(&mut self, limit: u32) -> Result<bool> {
        let gone: Option<i64> = self
            .tx
            .query_row(
                "SELECT id FROM folder WHERE removing = 1 LIMIT 1",
                [],
                |r| r.get(0),
            )
            .optional()?;
        match gone {
            Some(id) => self.remove_folder_some(FolderId(id), limit).map(|_| true),
            None => Ok(false),
        }
    }

    /// Deletes up to `limit` placements of a folder that is gone, then the folder itself; false when it is gone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remove_folder_some(&mut self, folder: FolderId, limit: u32) -> Result<bool> {
        let Some(account) = self
            .tx
            .query_row(
                "SELECT account_id FROM folder WHERE id = ?1",
                [folder.0],
                |r| r.get(0),
            )
            .optional()?
            .map(AccountId)
        else {
            return Ok(false);
        };
        self.tx
            .execute("UPDATE folder SET removing = 1 WHERE id = ?1", [folder.0])?;
        if self.drop_placements(folder, false, limit)? > 0 {
            return Ok(true);
        }
        // Counts of the placements just dropped may still wait to be written to this row: write them first.
        self.settle()?;
        self.tx
            .execute("DELETE FROM thread_folder WHERE folder_id = ?1", [folder.0])?;
        self.tx
            .execute("DELETE FROM folder WHERE id = ?1", [folder.0])?;
        self.log(&Change::Folders { account })?;
        Ok(false)
    }
}

pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<FolderRow> {
    let delimiter: Option<String> = row.get(4)?;
    let role: Option<String> = row.get(5)?;
    let modseq: i64 = row.get(9)?;
    Ok(FolderRow {
        folder: Folder {
            id: FolderId(row.get(0)?),
            account: AccountId(row.get(1)?),
            wire: row.get(2)?,
            path: row.get(3)?,
            delimiter: delimiter.and_then(|d| d.chars().next()),
            role: role.and_then(|r| Role::parse(&r)),
            selectable: row.get(6)?,
            uidvalidity: row.get(7)?,
            uidnext: row.get(8)?,
            highestmodseq: u64::try_from(modseq).unwrap_or(0),
            total: row.get(10)?,
            unread: row.get(11)?,
        },
        listed: row.get(12)?,
        remote_total: row.get(13)?,
    })
}
