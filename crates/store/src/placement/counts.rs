//! Keeping every count in step with what is visible.

use kontor_model::{AccountId, Flags, FolderId};
use rusqlite::params;

use super::Place;
use crate::{Result, Write, identity};

impl Write<'_> {
    /// Counts a placement that became visible.
    pub(crate) fn count_in(&mut self, place: &Place) -> Result<()> {
        self.list_in_folder(place)?;
        let places: i64 = self
            .tx
            .prepare_cached(
                "UPDATE message SET places = places + 1 WHERE id = ?1 RETURNING places",
            )?
            .query_row([place.message.0], |r| r.get(0))?;
        if places == 1 {
            self.tx
                .prepare_cached("UPDATE message SET orphaned_at = NULL WHERE id = ?1 AND orphaned_at IS NOT NULL")?
                .execute([place.message.0])?;
            self.count_message(place, 1);
            self.thread_gains(place)?;
        }
        Ok(())
    }

    /// Counts the first placement of a message that was inserted with it, so its row says one already.
    pub(crate) fn count_first(&mut self, place: &Place) -> Result<()> {
        self.list_in_folder(place)?;
        self.count_message(place, 1);
        self.thread_gains(place)
    }

    fn list_in_folder(&mut self, place: &Place) -> Result<()> {
        self.tally_folder(place.folder, 1, i64::from(!place.shown.seen()));
        self.tx
            .prepare_cached(
                "INSERT INTO thread_folder (folder_id, thread_id, newest, count, unread, flagged, answered, attachments)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7)
                 ON CONFLICT (folder_id, thread_id) DO UPDATE SET newest = max(newest, excluded.newest), count = count + 1,
                   unread = unread + excluded.unread, flagged = flagged + excluded.flagged,
                   answered = answered + excluded.answered, attachments = attachments + excluded.attachments",
            )?
            .execute(params![
                place.folder.0,
                place.thread.0,
                place.doc,
                !place.shown.seen(),
                place.shown.bits & Flags::FLAGGED != 0,
                place.shown.bits & Flags::ANSWERED != 0,
                place.has_attachment,
            ])?;
        Ok(())
    }

    /// Counts a placement that is no longer visible.
    pub(crate) fn count_out(&mut self, place: &Place) -> Result<()> {
        self.tally_folder(
            place.folder,
            -1,
            i64::from(!place.shown.seen()).saturating_neg(),
        );
        self.tally.threads.insert(place.thread);
        let places: i64 = self
            .tx
            .prepare_cached(
                "UPDATE message SET places = places - 1 WHERE id = ?1 RETURNING places",
            )?
            .query_row([place.message.0], |r| r.get(0))?;
        if places == 0 {
            self.tx
                .prepare_cached("UPDATE message SET orphaned_at = ?2 WHERE id = ?1")?
                .execute(params![place.message.0, self.now.0])?;
            self.count_message(place, -1);
        }
        Ok(())
    }

    fn count_message(&mut self, place: &Place, sign: i64) {
        let body = if place.body == 1 { sign } else { 0 };
        let failed = if place.body == 2 { sign } else { 0 };
        self.tally_account(place.account, (sign, body, failed));
        let day = self
            .tally
            .days
            .entry(identity::day_of(place.doc))
            .or_default();
        *day = day.saturating_add(sign);
    }

    pub(crate) fn tally_folder(&mut self, folder: FolderId, total: i64, unread: i64) {
        let entry = self.tally.folders.entry(folder).or_default();
        entry.0 = entry.0.saturating_add(total);
        entry.1 = entry.1.saturating_add(unread);
    }

    pub(crate) fn tally_account(
        &mut self,
        account: AccountId,
        (messages, bodies, failed): (i64, i64, i64),
    ) {
        let entry = self.tally.accounts.entry(account).or_default();
        entry.0 = entry.0.saturating_add(messages);
        entry.1 = entry.1.saturating_add(bodies);
        entry.2 = entry.2.saturating_add(failed);
    }
}
