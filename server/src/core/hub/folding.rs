//! Bringing the snapshots of the organisations up to date that have desks on this node.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::core::hub::Hub;
use crate::core::hub::room::Room;
use crate::core::snapshot;
use crate::core::storage::Storage;

impl<S: Storage> Hub<S> {
    /// Folds an organisation whenever enough has happened in it, until the hub is closed. Nobody waits for it.
    pub(super) async fn fold(self, room: Arc<Room<S>>, stop: CancellationToken) {
        let every = self.inner.limits.fold_every.max(1);
        let mut head = room.head();
        let mut folded = None;
        loop {
            let known = *head.borrow_and_update();
            let due = folded.is_none_or(|upto| known.saturating_sub(upto) >= every);
            if known >= every && due {
                let folding = self.fold_up(&room, known);
                let done = stop.run_until_cancelled(folding).await;
                match done {
                    Some(Ok(upto)) => folded = Some(upto),
                    Some(Err(e)) => {
                        // Tried again when as much has happened once more.
                        tracing::warn!(org = %room.org, "folding its events: {e}");
                        folded = Some(known);
                    }
                    None => return,
                }
            }
            tokio::select! {
                changed = head.changed() => if changed.is_err() { return },
                () = stop.cancelled() => return,
            }
        }
    }

    /// Folds up to a head, where enough is new there.
    async fn fold_up(
        &self,
        room: &Room<S>,
        head: u64,
    ) -> Result<u64, crate::core::storage::StorageError> {
        let inner = &self.inner;
        let mut upto = inner.storage.snapshot_head(room.org).await?.upto;
        if head.saturating_sub(upto) < inner.limits.fold_every {
            return Ok(upto);
        }
        let _folding = inner.folders.acquire().await;
        while upto < head {
            let at = snapshot::step(&inner.storage, room.org, inner.limits.fold_edits).await?;
            if at.upto == upto {
                break;
            }
            upto = at.upto;
        }
        Ok(upto)
    }
}
