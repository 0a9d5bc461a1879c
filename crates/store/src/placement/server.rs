//! What a server says of a folder we hold: flags, removals, a new UIDVALIDITY.

use kontor_model::{Change, Flags, FolderId, MessageId};
use rusqlite::params;

use super::Place;
use crate::{Result, Write};

impl Write<'_> {
    /// Deletes up to `limit` placements of a folder, or only those void since UIDVALIDITY changed; says how many.
    pub(crate) fn drop_placements(
        &mut self,
        folder: FolderId,
        stale_only: bool,
        limit: u32,
    ) -> Result<usize> {
        let tail = if stale_only {
            "WHERE p.folder_id = ?1 AND p.stale = 1 AND p.uid IS NULL LIMIT ?2"
        } else {
            "WHERE p.folder_id = ?1 LIMIT ?2"
        };
        let places = self.places(tail, params![folder.0, limit])?;
        for place in &places {
            self.drop_placement(place)?;
        }
        Ok(places.len())
    }

    /// The server no longer has these UIDs: their placements go. Returns what went.
    ///
    /// A message without any placement is kept for a while (see [`Self::sweep`]), so that it is recognised when it
    /// turns up in another folder.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn apply_vanished(
        &mut self,
        folder: FolderId,
        uids: &[u32],
    ) -> Result<Vec<(u32, MessageId)>> {
        let mut gone = Vec::new();
        for uid in uids {
            if let Some(place) = self.place_by_uid(folder, *uid)? {
                self.drop_placement(&place)?;
                gone.push((*uid, place.message));
            }
        }
        Ok(gone)
    }

    /// Stores the server's flags. What the person changed since and the server does not know yet stays shown.
    /// Returns how many placements look different now.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn apply_flags(&mut self, folder: FolderId, flags: &[(u32, Flags)]) -> Result<usize> {
        let departing = self.departing(folder)?;
        let mut changed = 0_usize;
        for (uid, server) in flags {
            let place = match departing.get(uid) {
                Some(id) => self.place(*id)?,
                None => self.place_by_uid(folder, *uid)?,
            };
            if let Some(place) = place
                && self.set_server_flags(&place, server)?
            {
                changed = changed.saturating_add(1);
            }
        }
        Ok(changed)
    }

    /// Takes the server's word for a placement's flags; true when what is shown changes.
    pub(crate) fn set_server_flags(&mut self, place: &Place, server: &Flags) -> Result<bool> {
        if place.server != *server {
            self.tx
                .prepare_cached(
                    "UPDATE placement SET server_flags = ?2, server_keywords = ?3 WHERE id = ?1",
                )?
                .execute(params![place.id.0, server.bits, server.keywords.join(" ")])?;
        }
        let shown = self.with_pending(place.id, server.clone())?;
        self.set_shown_flags(place, &shown)
    }

    /// Changes what is shown of a placement's flags; true when that is a change.
    pub(crate) fn set_shown_flags(&mut self, place: &Place, shown: &Flags) -> Result<bool> {
        if place.shown == *shown {
            return Ok(false);
        }
        self.tx
            .prepare_cached("UPDATE placement SET flags = ?2, keywords = ?3 WHERE id = ?1")?
            .execute(params![place.id.0, shown.bits, shown.keywords.join(" ")])?;
        if !place.hidden {
            let has = |flags: &Flags, bit: u8| i64::from(flags.bits & bit != 0);
            let delta = |bit: u8| has(shown, bit).saturating_sub(has(&place.shown, bit));
            let unread = delta(Flags::SEEN).saturating_neg();
            let (flagged, answered) = (delta(Flags::FLAGGED), delta(Flags::ANSWERED));
            self.tally_folder(place.folder, 0, unread);
            self.tx
                .prepare_cached(
                    "UPDATE thread_folder SET unread = unread + ?3, flagged = flagged + ?4, answered = answered + ?5
                     WHERE folder_id = ?1 AND thread_id = ?2",
                )?
                .execute(params![place.folder.0, place.thread.0, unread, flagged, answered])?;
            self.log(&Change::Flags {
                folder: place.folder,
                message: place.message,
                thread: place.thread,
                flags: shown.clone(),
            })?;
        }
        Ok(true)
    }

    /// UIDVALIDITY changed: all UIDs of a folder are void. The messages stay; [`Write::put_envelopes`] and
    /// [`Write::put_mails`] recognise them, and [`Self::drop_void`] then drops those that did not come back.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn void_uids(&mut self, folder: FolderId) -> Result<()> {
        self.tx.execute(
            "UPDATE placement SET uid = NULL, stale = 1 WHERE folder_id = ?1 AND uid IS NOT NULL",
            [folder.0],
        )?;
        self.tx.execute(
            "UPDATE operation SET uid = NULL WHERE folder_id = ?1 AND state = 'pending'",
            [folder.0],
        )?;
        Ok(())
    }

    /// Drops up to `limit` placements whose UID became void and which were not recognised; true when more are left.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn drop_void(&mut self, folder: FolderId, limit: u32) -> Result<bool> {
        Ok(self.drop_placements(folder, true, limit)?
            >= usize::try_from(limit).unwrap_or(usize::MAX))
    }
}
