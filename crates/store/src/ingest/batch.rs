//! What a batch of incoming mail asks of the tables once instead of with every mail.

use std::collections::{BTreeMap, BTreeSet};

use kontor_model::{AccountId, FolderId, PlacementId};
use rusqlite::{OptionalExtension as _, params};

use super::Arrival;
use crate::{Error, Result, Write};

/// A batch's UIDs are read beforehand where they lie closer together than this, on average.
const SPREAD: usize = 8;

/// What is read once for a batch into one folder.
pub(super) struct Batch {
    pub(super) folder: FolderId,
    pub(super) account: AccountId,
    pub(super) owner: String,
    pub(super) departing: BTreeMap<u32, PlacementId>,
    /// Something is on its way out of here under a UID nobody knows yet.
    pub(super) departing_unknown: bool,
    /// Some placements here wait for their UID.
    pub(super) awaiting: bool,
    /// Some messages are in no folder just now.
    pub(super) orphans: bool,
    /// UIDs that have placements, as far as the batch may meet them; `None`: the table is asked for each.
    held: Option<BTreeSet<u32>>,
    pub(super) arrival: Option<Arrival>,
}

impl Batch {
    /// False where this UID has no placement for sure; from now on it may have one.
    pub(super) fn may_hold(&mut self, uid: u32) -> bool {
        self.held.as_mut().is_none_or(|held| !held.insert(uid))
    }
}

impl Write<'_> {
    /// Reads once what would be asked for every mail, mostly to hear that there is nothing.
    pub(super) fn batch(
        &self,
        folder: FolderId,
        arrival: Option<Arrival>,
        uids: impl ExactSizeIterator<Item = u32> + Clone,
    ) -> Result<Batch> {
        let (account, owner): (i64, String) = self
            .tx
            .prepare_cached(
                "SELECT f.account_id, lower(a.email) FROM folder f JOIN account a ON a.id = f.account_id WHERE f.id = ?1",
            )?
            .query_row([folder.0], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?
            .ok_or_else(|| Error::Missing(format!("folder {folder}")))?;
        let awaiting = self
            .tx
            .prepare_cached("SELECT 1 FROM placement WHERE folder_id = ?1 AND uid IS NULL LIMIT 1")?
            .exists([folder.0])?;
        let orphans = self
            .tx
            .prepare_cached("SELECT 1 FROM message WHERE places = 0 LIMIT 1")?
            .exists([])?;
        Ok(Batch {
            folder,
            account: AccountId(account),
            owner,
            departing: self.departing(folder)?,
            departing_unknown: self.departs_unknown(folder)?,
            awaiting,
            orphans,
            held: self.held_uids(folder, uids)?,
            arrival,
        })
    }

    /// The UIDs among and between these that have placements; `None` where that might be far more than these.
    fn held_uids(
        &self,
        folder: FolderId,
        uids: impl ExactSizeIterator<Item = u32> + Clone,
    ) -> Result<Option<BTreeSet<u32>>> {
        let few = uids.len().saturating_mul(SPREAD);
        let (Some(first), Some(last)) = (uids.clone().min(), uids.max()) else {
            return Ok(Some(BTreeSet::new()));
        };
        if usize::try_from(last.saturating_sub(first)).unwrap_or(usize::MAX) > few {
            return Ok(None);
        }
        let mut statement = self.tx.prepare_cached(
            "SELECT uid FROM placement WHERE folder_id = ?1 AND uid BETWEEN ?2 AND ?3",
        )?;
        let rows = statement.query_map(params![folder.0, first, last], |r| r.get(0))?;
        Ok(Some(rows.collect::<rusqlite::Result<_>>()?))
    }
}
