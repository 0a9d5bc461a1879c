//! Table `draft`: what is being written, saved at every pause of the keys, and where the server has a copy.

use kontor_model::{AccountId, FolderId, MessageId, Millis};
use kontor_sqlite::Migration;
use rusqlite::{OptionalExtension as _, Row, params};

use crate::{Error, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 draft",
    sql: "
CREATE TABLE draft (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account(id),
  message_id TEXT NOT NULL,                     -- fixed at the first save
  content TEXT NOT NULL,                        -- the engine's own JSON
  answers INTEGER,                              -- message.id
  updated_at INTEGER NOT NULL,
  mirrored_at INTEGER NOT NULL DEFAULT 0,       -- updated_at of what the server has; 0: nothing
  mirror_folder_id INTEGER,
  mirror_uidvalidity INTEGER NOT NULL DEFAULT 0,
  mirror_uid INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX draft_account ON draft (account_id);
",
};

/// What is saved of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDraft {
    /// Which account sends it.
    pub account: AccountId,
    /// Message-ID it will have; of a draft saved before, the first one stays.
    pub message_id: String,
    /// Everything else, in the engine's own words.
    pub content: String,
    /// The message it answers.
    pub answers: Option<MessageId>,
}

/// Where the server has a copy of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftMirror {
    /// Which folder.
    pub folder: FolderId,
    /// Its UIDVALIDITY then.
    pub uidvalidity: u32,
    /// The UID.
    pub uid: u32,
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The row.
    pub id: i64,
    /// What is written.
    pub draft: NewDraft,
    /// When it was last saved.
    pub updated_at: Millis,
    /// Which save the server has; `Millis(0)` for none.
    pub mirrored_at: Millis,
    /// Where the server has it.
    pub mirror: Option<DraftMirror>,
}

const SELECT: &str = "SELECT id, account_id, message_id, content, answers, updated_at, mirrored_at, mirror_folder_id, mirror_uidvalidity, mirror_uid FROM draft";

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let folder: Option<i64> = row.get(7)?;
    Ok(Draft {
        id: row.get(0)?,
        draft: NewDraft {
            account: AccountId(row.get(1)?),
            message_id: row.get(2)?,
            content: row.get(3)?,
            answers: row.get::<_, Option<i64>>(4)?.map(MessageId),
        },
        updated_at: Millis(row.get(5)?),
        mirrored_at: Millis(row.get(6)?),
        mirror: match folder {
            Some(folder) => Some(DraftMirror {
                folder: FolderId(folder),
                uidvalidity: row.get(8)?,
                uid: row.get(9)?,
            }),
            None => None,
        },
    })
}

impl Read<'_> {
    /// Returns all drafts, last saved first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn drafts(&self) -> Result<Vec<Draft>> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{SELECT} ORDER BY updated_at DESC, id DESC"))?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns one draft.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub fn draft(&self, id: i64) -> Result<Draft> {
        self.conn
            .prepare_cached(&format!("{SELECT} WHERE id = ?1"))?
            .query_row([id], read)
            .optional()?
            .ok_or_else(|| Error::Missing(format!("draft {id}")))
    }
}

impl Write<'_> {
    /// Saves a draft, a new one when `id` is `None`, and returns its number. The Message-ID of the first save stays.
    ///
    /// # Errors
    /// [`Error::Missing`] when the draft was discarded or sent meanwhile.
    pub fn save_draft(&mut self, id: Option<i64>, draft: &NewDraft) -> Result<i64> {
        let answers = draft.answers.map(|m| m.0);
        let Some(id) = id else {
            self.tx.execute(
                "INSERT INTO draft (account_id, message_id, content, answers, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![draft.account.0, draft.message_id, draft.content, answers, self.now.0],
            )?;
            return Ok(self.tx.last_insert_rowid());
        };
        // Two saves within one millisecond are two states to mirror.
        let changed = self.tx.execute(
            "UPDATE draft SET account_id = ?2, content = ?3, answers = ?4, updated_at = max(?5, updated_at + 1) WHERE id = ?1",
            params![id, draft.account.0, draft.content, answers, self.now.0],
        )?;
        if changed == 0 {
            return Err(Error::Missing(format!("draft {id}")));
        }
        Ok(id)
    }

    /// Deletes a draft and returns it, so that its copy at the server can go too; `None` when it is gone already.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn discard_draft(&mut self, id: i64) -> Result<Option<Draft>> {
        let draft = match self.draft(id) {
            Err(Error::Missing(_)) => return Ok(None),
            found => found?,
        };
        self.tx.execute("DELETE FROM draft WHERE id = ?1", [id])?;
        Ok(Some(draft))
    }

    /// Records which save of a draft the server has, and where.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn set_draft_mirror(
        &mut self,
        id: i64,
        saved: Millis,
        mirror: Option<DraftMirror>,
    ) -> Result<()> {
        self.tx.execute(
            "UPDATE draft SET mirrored_at = ?2, mirror_folder_id = ?3, mirror_uidvalidity = ?4, mirror_uid = ?5 WHERE id = ?1",
            params![
                id,
                saved.0,
                mirror.map(|m| m.folder.0),
                mirror.map_or(0, |m| m.uidvalidity),
                mirror.map_or(0, |m| m.uid)
            ],
        )?;
        Ok(())
    }
}
