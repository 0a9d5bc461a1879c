//! Sending a snapshot: folds in their order, the newest events for the activity list, and then events as to everybody.

use futures::{Sink, Stream};
use kontor_protocol::{OrgId, ServerFrame, SnapshotPage, SnapshotPlace, SnapshotRow};

use super::{FRAME_BYTES, Heard, LineProblem, Session};
use crate::core::session::line::End;
use crate::core::storage::{Storage, StorageError};

/// Events that are sent whole, for the activity list.
const RECENT: u64 = 1000;
/// Folds in a page out of the storage. Grows while pages are small.
const FIRST_PAGE: usize = 16;
/// Most folds in a page.
const MAX_PAGE: usize = 512;

/// How far a desk has been told a snapshot.
#[derive(Debug)]
pub(super) enum Joining {
    /// The folds behind this place are next, so many at a time.
    Folds(SnapshotPlace, usize),
    /// All folds were told, up to `end`; of the newest events those after `after` are next.
    Recent {
        place: SnapshotPlace,
        after: u64,
        end: u64,
    },
}

impl Joining {
    /// What a desk is sent that asks for a snapshot from a place; nothing where there is none.
    pub(super) async fn begin<S: Storage>(
        storage: &S,
        org: OrgId,
        asked: Option<SnapshotPlace>,
    ) -> Result<Option<Self>, StorageError> {
        let Some(place) = asked else { return Ok(None) };
        let head = storage.snapshot_head(org).await?;
        if head.upto == 0 {
            return Ok(None);
        }
        let place = if place.life == head.life {
            place
        } else {
            SnapshotPlace {
                life: head.life,
                ..SnapshotPlace::default()
            }
        };
        Ok(Some(Self::Folds(place, FIRST_PAGE)))
    }
}

impl<S: Storage, I, O> Session<'_, S, I, O>
where
    I: Stream<Item = Result<Heard, LineProblem>> + Send + Unpin,
    O: Sink<String> + Send + Unpin,
{
    /// Sends the next page of a snapshot.
    pub(super) async fn tell_snapshot(&mut self, joining: Joining) -> Result<(), End> {
        match joining {
            Joining::Folds(place, most) => self.tell_folds(place, most).await,
            Joining::Recent { place, after, end } => self.tell_recent(place, after, end).await,
        }
    }

    async fn tell_folds(&mut self, place: SnapshotPlace, most: usize) -> Result<(), End> {
        let inner = &self.hub.inner;
        let page = {
            let _reading = inner.readers.acquire().await;
            let storage = &inner.storage;
            storage
                .snapshot_page(self.who.org, place.clone(), most)
                .await
        };
        let (head, rows) = page.map_err(|e| End::unstored(&e))?;
        if head.life != place.life {
            // Forgotten meanwhile: what was sent so far comes again, or as events.
            return Err(End::refuse(
                kontor_protocol::RejectCode::Internal,
                "the snapshot is being made anew: connect again",
            ));
        }
        if rows.is_empty() {
            self.joining = Some(Joining::Recent {
                place,
                after: head.upto.saturating_sub(RECENT),
                end: head.upto,
            });
            return Ok(());
        }
        if let Some(bad) = rows.iter().find(|row| row.sum() != row.checksum) {
            tracing::error!(org = %self.who.org, subject = %bad.subject, "A fold is damaged; all are made anew.");
            let forgotten = inner.storage.forget_folds(self.who.org).await;
            forgotten.map_err(|e| End::unstored(&e))?;
            return Err(End::unstored(&StorageError::Damaged(
                "a fold did not match its checksum".to_owned(),
            )));
        }
        let bytes: usize = rows.iter().map(|row| row.fold.len()).sum();
        let next = self.send_folds(place, rows).await?;
        let most = if bytes > FRAME_BYTES {
            (most / 2).max(1)
        } else {
            most.saturating_mul(2).min(MAX_PAGE)
        };
        self.joining = Some(Joining::Folds(next, most));
        Ok(())
    }

    /// Sends folds in frames of a bearable size, and answers where the desk is then.
    async fn send_folds(
        &mut self,
        mut place: SnapshotPlace,
        rows: Vec<SnapshotRow>,
    ) -> Result<SnapshotPlace, End> {
        let mut page = SnapshotPage {
            after: place.clone(),
            place: place.clone(),
            ..SnapshotPage::default()
        };
        let mut bytes = 0_usize;
        for row in rows {
            for piece in row.pieces(FRAME_BYTES) {
                if !page.rows.is_empty() && bytes.saturating_add(piece.fold.len()) > FRAME_BYTES {
                    let after = place.clone();
                    let full = std::mem::replace(&mut page, following(after));
                    self.send_page(full).await?;
                    bytes = 0;
                }
                bytes = bytes.saturating_add(piece.fold.len());
                if !piece.more {
                    place.upto = piece.upto;
                    place.subject = piece.subject.to_string();
                    page.place = place.clone();
                }
                page.rows.push(piece);
            }
        }
        self.send_page(page).await?;
        Ok(place)
    }

    async fn tell_recent(&mut self, place: SnapshotPlace, after: u64, end: u64) -> Result<(), End> {
        let mut page = following(place.clone());
        let left = end.saturating_sub(after);
        if left == 0 {
            page.end = Some(end);
            self.sent = end;
            return self.send_page(page).await;
        }
        let inner = &self.hub.inner;
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(self.page);
        let events = {
            let _reading = inner.readers.acquire().await;
            inner.storage.events(self.who.org, after, most).await
        };
        let events = events.map_err(|e| End::unstored(&e))?;
        let after = events.last().map_or(end, |event| event.seq);
        let mut bytes = 0_usize;
        for event in events {
            let size = event.op.body.to_json().len();
            if !page.recent.is_empty() && bytes.saturating_add(size) > FRAME_BYTES {
                let full = std::mem::replace(&mut page, following(place.clone()));
                self.send_page(full).await?;
                bytes = 0;
            }
            bytes = bytes.saturating_add(size);
            page.recent.push(event);
        }
        self.joining = Some(Joining::Recent { place, after, end });
        self.send_page(page).await
    }

    async fn send_page(&mut self, page: SnapshotPage) -> Result<(), End> {
        self.line.say(&ServerFrame::Snapshot(Box::new(page))).await
    }
}

fn following(place: SnapshotPlace) -> SnapshotPage {
    SnapshotPage {
        after: place.clone(),
        place,
        ..SnapshotPage::default()
    }
}
