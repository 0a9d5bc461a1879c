//! Table `operation`: the journal of changes made here on their way to the servers.
//!
//! An operation is applied to the tables in the transaction that journals it: flags change, a moved message lies in its
//! target without a UID, a deleted one is hidden. `folder_id` and `uid` say where the server has the message; an
//! operation on a message whose move is still on its way has no UID yet and gets it when the move is done.

mod ending;

use std::collections::BTreeMap;

use kontor_model::{
    AccountId, Action, Flags, FolderId, MessageId, Millis, OperationId, OperationState, PlacementId,
};
use kontor_sqlite::Migration;
use rusqlite::{Row, params};

use crate::placement::Place;
use crate::{Error, Read, Result, Write};

pub(crate) const MIGRATION: Migration = Migration {
    name: "2026-11-21 operation",
    sql: "
CREATE TABLE operation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- the order they are carried out in, per account
  account_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  placement_id INTEGER NOT NULL,
  folder_id INTEGER NOT NULL,                   -- where the server has it
  uid INTEGER,                                  -- NULL: an earlier operation moves it there
  action TEXT NOT NULL,                         -- JSON of model::Action
  kind TEXT NOT NULL,                           -- flags, move, delete
  to_folder_id INTEGER,
  state TEXT NOT NULL DEFAULT 'pending',
  claimed INTEGER NOT NULL DEFAULT 0,           -- 1: being carried out just now
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT;
CREATE INDEX operation_pending ON operation (account_id, id) WHERE state = 'pending';
CREATE INDEX operation_placement ON operation (placement_id, id) WHERE state = 'pending';
CREATE INDEX operation_folder ON operation (folder_id) WHERE state = 'pending';
",
};

/// One journalled change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The row.
    pub id: OperationId,
    /// Whose.
    pub account: AccountId,
    /// On which message.
    pub message: MessageId,
    /// On which placement.
    pub placement: PlacementId,
    /// The folder the server has it in.
    pub folder: FolderId,
    /// Its UID there; `None` until an earlier move is done and its target was looked at.
    pub uid: Option<u32>,
    /// What is to be done.
    pub action: Action,
    /// Where it stands.
    pub state: OperationState,
    /// How often it was tried.
    pub attempts: u32,
    /// Not before this moment.
    pub next_at: Millis,
    /// Why the last try failed, or why it was undone; empty otherwise.
    pub error: String,
    /// When it was made.
    pub created_at: Millis,
}

/// What a server made of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done. For a move: the target's UIDVALIDITY and the new UID, where the server says (COPYUID).
    Done(Option<(u32, u32)>),
    /// The message was not there any more: nothing to do.
    Missing,
}

const COLUMNS: &str = "id, account_id, message_id, placement_id, folder_id, uid, action, state, attempts, next_at, error, created_at, claimed";

fn read(row: &Row<'_>) -> Result<(Operation, bool)> {
    let action = row.get_ref(6)?.as_str().map_err(rusqlite::Error::from)?;
    let state: String = row.get(7)?;
    let operation = Operation {
        id: OperationId(row.get(0)?),
        account: AccountId(row.get(1)?),
        message: MessageId(row.get(2)?),
        placement: PlacementId(row.get(3)?),
        folder: FolderId(row.get(4)?),
        uid: row.get(5)?,
        action: serde_json::from_str(action).map_err(|e| Error::unreadable("an operation", e))?,
        state: OperationState::parse(&state).unwrap_or(OperationState::Done),
        attempts: row.get(8)?,
        next_at: Millis(row.get(9)?),
        error: row.get(10)?,
        created_at: Millis(row.get(11)?),
    };
    Ok((operation, row.get(12)?))
}

impl Read<'_> {
    /// Returns the operations of an account the server does not have yet, in the order they are to be carried out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn pending_operations(&self, account: AccountId) -> Result<Vec<Operation>> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM operation WHERE account_id = ?1 AND state = 'pending' ORDER BY id"
        ))?;
        let mut rows = statement.query([account.0])?;
        let mut operations = Vec::new();
        while let Some(row) = rows.next()? {
            operations.push(read(row)?.0);
        }
        Ok(operations)
    }

    /// Returns one operation; done ones are forgotten after a week.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is none.
    pub fn operation(&self, id: OperationId) -> Result<Operation> {
        Ok(self.operation_and_claim(id)?.0)
    }

    pub(crate) fn operation_and_claim(&self, id: OperationId) -> Result<(Operation, bool)> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM operation WHERE id = ?1"))?;
        let mut rows = statement.query([id.0])?;
        match rows.next()? {
            Some(row) => read(row),
            None => Err(Error::Missing(format!("operation {id}"))),
        }
    }

    /// UIDs of a folder whose message was moved or deleted here and not yet at the server, with the placement.
    pub(crate) fn departing(&self, folder: FolderId) -> Result<BTreeMap<u32, PlacementId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT uid, placement_id FROM operation
             WHERE folder_id = ?1 AND state = 'pending' AND kind IN ('move', 'delete') AND uid IS NOT NULL",
        )?;
        let rows = statement.query_map([folder.0], |r| Ok((r.get(0)?, PlacementId(r.get(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// True when a message is on its way out of a folder whose UID nobody knows yet.
    pub(crate) fn departs_unknown(&self, folder: FolderId) -> Result<bool> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT 1 FROM operation
                 WHERE folder_id = ?1 AND state = 'pending' AND kind IN ('move', 'delete') AND uid IS NULL LIMIT 1",
            )?
            .exists([folder.0])?)
    }

    /// Applies what waits for the server to the flags the server told.
    pub(crate) fn with_pending(&self, placement: PlacementId, mut flags: Flags) -> Result<Flags> {
        let mut statement = self.conn.prepare_cached(
            "SELECT action FROM operation WHERE placement_id = ?1 AND state = 'pending' AND kind = 'flags' ORDER BY id",
        )?;
        let mut rows = statement.query([placement.0])?;
        while let Some(row) = rows.next()? {
            let action = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            if let Ok(action) = serde_json::from_str(action) {
                apply(&mut flags, &action);
            }
        }
        Ok(flags)
    }
}

pub(crate) fn apply(flags: &mut Flags, action: &Action) {
    if let Action::Flags { add, remove } = action {
        for name in add {
            flags.insert(name);
        }
        for name in remove {
            flags.remove(name);
        }
    }
}

impl Write<'_> {
    /// Journals one action on each of these placements and applies it here. Placements that are gone, or for which the
    /// action changes nothing, are passed over.
    ///
    /// # Errors
    /// [`Error::NotNow`] for a move to another account; [`Error::Missing`] when the target folder is gone.
    pub fn journal(
        &mut self,
        action: &Action,
        placements: &[PlacementId],
    ) -> Result<Vec<OperationId>> {
        let mut ids = Vec::with_capacity(placements.len());
        for placement in placements {
            let Some(place) = self.place(*placement)?.filter(|p| !p.hidden) else {
                continue;
            };
            ids.extend(self.journal_one(action, &place)?);
        }
        Ok(ids)
    }

    fn journal_one(&mut self, action: &Action, place: &Place) -> Result<Option<OperationId>> {
        match action {
            Action::Flags { add, remove } => {
                let has = |name: &String| {
                    let mut with = place.shown.clone();
                    with.insert(name);
                    with == place.shown
                };
                let action = Action::Flags {
                    add: add.iter().filter(|n| !has(n)).cloned().collect(),
                    remove: remove.iter().filter(|n| has(n)).cloned().collect(),
                };
                let mut shown = place.shown.clone();
                apply(&mut shown, &action);
                if shown == place.shown {
                    return Ok(None);
                }
                let id = self.insert_operation(&action, place, ("flags", None))?;
                self.set_shown_flags(place, &shown)?;
                Ok(Some(id))
            }
            Action::Move { to } => {
                if *to == place.folder {
                    return Ok(None);
                }
                if self.folder(*to)?.folder.account != place.account {
                    return Err(Error::NotNow(
                        "a message cannot be moved to another account; copy or forward it instead"
                            .to_owned(),
                    ));
                }
                let id = self.insert_operation(action, place, ("move", Some(*to)))?;
                self.relocate(place, *to, None)?;
                Ok(Some(id))
            }
            Action::Delete => {
                let id = self.insert_operation(action, place, ("delete", None))?;
                self.count_out(place)?;
                self.tx
                    .prepare_cached("UPDATE placement SET hidden = 1, uid = NULL WHERE id = ?1")?
                    .execute([place.id.0])?;
                self.log_removed(place)?;
                Ok(Some(id))
            }
            // What lies in a folder has been filed.
            Action::File => Ok(None),
        }
    }

    pub(crate) fn insert_operation(
        &mut self,
        action: &Action,
        place: &Place,
        (kind, to): (&str, Option<FolderId>),
    ) -> Result<OperationId> {
        let json =
            serde_json::to_string(action).map_err(|e| Error::unreadable("an operation", e))?;
        self.tx
            .prepare_cached(
                "INSERT INTO operation (account_id, message_id, placement_id, folder_id, uid, action, kind, to_folder_id, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                place.account.0,
                place.message.0,
                place.id.0,
                place.folder.0,
                place.uid,
                json,
                kind,
                to.map(|f| f.0),
                self.now.0
            ])?;
        Ok(OperationId(self.tx.last_insert_rowid()))
    }

    /// Puts a placement into another folder, counts and lists included.
    pub(crate) fn relocate(&mut self, place: &Place, to: FolderId, uid: Option<u32>) -> Result<()> {
        if !place.hidden {
            self.count_out(place)?;
        }
        self.tx
            .prepare_cached("UPDATE placement SET folder_id = ?2, uid = ?3, stale = 0, hidden = 0 WHERE id = ?1")?
            .execute(params![place.id.0, to.0, uid])?;
        let moved = Place {
            folder: to,
            uid,
            hidden: false,
            ..place.clone()
        };
        self.count_in(&moved)?;
        if place.folder != to {
            self.log_removed(place)?;
        }
        self.log(&kontor_model::Change::Thread {
            thread: place.thread,
        })
    }

    /// Marks operations as being carried out, so that taking one back makes an inverse one instead.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn claim_operations(&mut self, ids: &[OperationId]) -> Result<()> {
        for id in ids {
            self.tx
                .prepare_cached("UPDATE operation SET claimed = 1, attempts = attempts + 1 WHERE id = ?1 AND state = 'pending'")?
                .execute([id.0])?;
        }
        Ok(())
    }

    /// An operation failed for now: it is tried again, not before `next_at`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn retry_operation(&mut self, id: OperationId, next_at: Millis, why: &str) -> Result<()> {
        self.tx.execute(
            "UPDATE operation SET claimed = 0, next_at = ?2, error = ?3 WHERE id = ?1 AND state = 'pending'",
            params![id.0, next_at.0, why],
        )?;
        Ok(())
    }

    /// Releases what a process that is gone had claimed. Carrying an operation out twice does no harm.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn release_operations(&mut self, account: AccountId) -> Result<()> {
        self.tx.execute(
            "UPDATE operation SET claimed = 0 WHERE account_id = ?1 AND state = 'pending'",
            [account.0],
        )?;
        Ok(())
    }

    /// Forgets operations that ended before a moment; for idle time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn forget_operations(&mut self, before: Millis) -> Result<()> {
        self.tx.execute(
            "DELETE FROM operation WHERE state <> 'pending' AND done_at < ?1",
            [before.0],
        )?;
        Ok(())
    }

    pub(crate) fn end_operation(
        &mut self,
        id: OperationId,
        state: OperationState,
        error: &str,
    ) -> Result<()> {
        self.tx
            .prepare_cached("UPDATE operation SET state = ?2, error = ?3, claimed = 0, done_at = ?4 WHERE id = ?1")?
            .execute(params![id.0, state.as_str(), error, self.now.0])?;
        Ok(())
    }
}
