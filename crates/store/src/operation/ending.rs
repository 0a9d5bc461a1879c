//! How an operation ends: done at the server, refused for good, or taken back by the person.

use kontor_model::{Action, FolderId, OperationId, OperationState, PlacementId};
use rusqlite::{OptionalExtension as _, params};

use super::{Outcome, apply};
use crate::placement::Place;
use crate::{Error, NewEnvelope, Result, Write, identity};

impl Write<'_> {
    /// The server has carried an operation out.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such operation. One that is done already is no error.
    pub fn complete_operation(&mut self, id: OperationId, outcome: Outcome) -> Result<()> {
        let operation = self.operation(id)?;
        if operation.state != OperationState::Pending {
            return Ok(());
        }
        self.end_operation(id, OperationState::Done, "")?;
        let Some(place) = self.place(operation.placement)? else {
            return Ok(());
        };
        match (&operation.action, outcome) {
            (Action::Flags { .. }, Outcome::Done(_)) => {
                let mut server = place.server.clone();
                apply(&mut server, &operation.action);
                self.set_server_flags(&place, &server)?;
                Ok(())
            }
            (Action::Flags { .. }, Outcome::Missing) => Ok(()),
            (Action::Move { to }, Outcome::Done(uid)) => self.arrive(&place, *to, uid),
            (Action::File, Outcome::Done(uid)) => self.arrive(&place, operation.folder, uid),
            (Action::Move { .. } | Action::Delete, Outcome::Missing) => self.drop_placement(&place),
            (Action::File, Outcome::Missing) => {
                // Nothing of it is at the server, so nothing is left to do there.
                self.tx.execute(
                    "UPDATE operation SET state = 'done', done_at = ?2 WHERE placement_id = ?1 AND state = 'pending'",
                    params![place.id.0, self.now.0],
                )?;
                self.drop_placement(&place)
            }
            (Action::Delete, Outcome::Done(_)) => {
                self.tx
                    .execute("DELETE FROM placement WHERE id = ?1", [place.id.0])?;
                Ok(())
            }
        }
    }

    /// A moved message got its UID in the target, perhaps after a look at the target had found it.
    fn arrive(&mut self, place: &Place, to: FolderId, uid: Option<(u32, u32)>) -> Result<()> {
        let Some((uidvalidity, uid)) = uid else {
            return Ok(());
        };
        let known = self.folder(to)?.folder.uidvalidity;
        if known != 0 && known != uidvalidity {
            return Ok(());
        }
        if place.folder != to || place.uid.is_some() {
            // Moved on meanwhile: the next operation learns where the server has it.
            return self.tell_operations(place.id, to, uid);
        }
        if let Some(found) = self.place_by_uid(to, uid)? {
            self.drop_placement(&found)?;
        }
        self.tx
            .prepare_cached("UPDATE placement SET uid = ?2 WHERE id = ?1")?
            .execute(params![place.id.0, uid])?;
        self.tell_operations(place.id, to, uid)
    }

    /// Gives later operations on a placement the UID they wait for.
    pub(crate) fn tell_operations(
        &mut self,
        placement: PlacementId,
        folder: FolderId,
        uid: u32,
    ) -> Result<()> {
        self.tx
            .prepare_cached(
                "UPDATE operation SET uid = ?3 WHERE placement_id = ?1 AND folder_id = ?2 AND uid IS NULL AND state = 'pending'",
            )?
            .execute(params![placement.0, folder.0, uid])?;
        Ok(())
    }

    /// True when an incoming message is one that an operation without UID will take out of this folder; the operation
    /// learns its UID.
    pub(crate) fn recognise_departing(
        &mut self,
        folder: FolderId,
        mail: &NewEnvelope,
    ) -> Result<bool> {
        let found: Option<i64> = self
            .tx
            .prepare_cached(
                "SELECT o.placement_id FROM operation o JOIN message m ON m.id = o.message_id
                 WHERE o.folder_id = ?1 AND o.state = 'pending' AND o.kind IN ('move', 'delete') AND o.uid IS NULL
                   AND m.key = ?2 AND m.size = ?3 AND m.internal_date = ?4 LIMIT 1",
            )?
            .query_row(
                params![folder.0, identity::message_key(&mail.envelope), mail.size, mail.internal_date.0],
                |r| r.get(0),
            )
            .optional()?;
        if let Some(placement) = found {
            self.tell_operations(PlacementId(placement), folder, mail.uid)?;
        }
        Ok(found.is_some())
    }

    /// The server refuses an operation for good: what it did here is undone, and `reason` kept for the person.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such operation. One that is not pending is no error.
    pub fn undo_operation(&mut self, id: OperationId, reason: &str) -> Result<()> {
        let operation = self.operation(id)?;
        if operation.state != OperationState::Pending {
            return Ok(());
        }
        self.end_operation(id, OperationState::Undone, reason)?;
        let Some(place) = self.place(operation.placement)? else {
            return Ok(());
        };
        match &operation.action {
            Action::Flags { .. } => {
                let shown = self.with_pending(place.id, place.server.clone())?;
                self.set_shown_flags(&place, &shown)?;
                Ok(())
            }
            Action::Move { to } => {
                // Later operations expected the message in the target: the server still has it in the source.
                self.tx.execute(
                    "UPDATE operation SET folder_id = ?3, uid = ?4
                     WHERE placement_id = ?1 AND folder_id = ?2 AND uid IS NULL AND state = 'pending'",
                    params![place.id.0, to.0, operation.folder.0, operation.uid],
                )?;
                if place.folder == *to && place.uid.is_none() {
                    let uid = self.free_uid(operation.folder, operation.uid)?;
                    self.relocate(&place, operation.folder, uid)?;
                }
                Ok(())
            }
            Action::Delete => {
                let uid = self.free_uid(operation.folder, operation.uid)?;
                self.relocate(&place, operation.folder, uid)
            }
            Action::File => self.drop_placement(&place),
        }
    }

    /// The UID unless another placement has it by now.
    fn free_uid(&self, folder: FolderId, uid: Option<u32>) -> Result<Option<u32>> {
        match uid {
            Some(uid) if self.place_by_uid(folder, uid)?.is_none() => Ok(Some(uid)),
            _ => Ok(None),
        }
    }

    /// The person takes operations back, newest first: one that has not left is undone, one that has gets an inverse
    /// operation. Returns the inverse ones. What cannot be taken back (a deletion for good) is passed over.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn cancel_operations(&mut self, ids: &[OperationId]) -> Result<Vec<OperationId>> {
        let mut inverse = Vec::new();
        for id in ids.iter().rev() {
            let (operation, claimed) = match self.operation_and_claim(*id) {
                Err(Error::Missing(_)) => continue,
                found => found?,
            };
            match operation.state {
                OperationState::Undone => {}
                OperationState::Pending if !claimed => self.undo_operation(*id, "")?,
                OperationState::Pending | OperationState::Done => {
                    let back = match operation.action {
                        Action::Flags { add, remove } => Action::Flags {
                            add: remove,
                            remove: add,
                        },
                        Action::Move { .. } => Action::Move {
                            to: operation.folder,
                        },
                        Action::Delete | Action::File => continue,
                    };
                    inverse.extend(self.journal(&back, &[operation.placement])?);
                }
            }
        }
        Ok(inverse)
    }
}
