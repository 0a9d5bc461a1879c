//! Folding: what the events of an organisation have come to, kept beside them for desks that join late.
//!
//! ```text
//!   events (folded, head] ──► folds of the subjects they are about ──► put, where the head still is `folded`
//! ```
//! In steps of some hundred events, behind everybody's back: a step reads, works on a thread of its own and writes once.
//! Any number of nodes may do it at the same time; of two that did the same step one is stored.

mod note;

use std::collections::BTreeMap;

use kontor_protocol::{Event, Fold, OrgId, SnapshotRow, Subject};

use crate::core::storage::{SnapshotHead, Storage, StorageError};

/// Events of a step: few enough that the write at its end keeps nobody waiting.
const STEP: usize = 512;
/// Bytes of bodies after which a step takes no further page in.
const STEP_BYTES: usize = 8 << 20;
/// Events read at a time.
const PAGE: usize = 64;

/// Folds the next events of an organisation. Answers how far the folds go; the same as before where nothing is new.
///
/// A fold that cannot be read makes all of the organisation begin anew.
///
/// # Errors
/// When the storage does not answer, or an event cannot be read.
pub async fn step<S: Storage>(
    storage: &S,
    org: OrgId,
    edits: usize,
) -> Result<SnapshotHead, StorageError> {
    let head = storage.snapshot_head(org).await?;
    let events = next(storage, org, head.upto).await?;
    let Some(upto) = events.last().map(|event| event.seq) else {
        return Ok(head);
    };
    let mut news: BTreeMap<Subject, Vec<Event>> = BTreeMap::new();
    for event in events {
        let about = news.entry(event.op.subject.clone()).or_default();
        about.push(event);
    }
    let known = storage.folds(org, news.keys().cloned().collect()).await?;
    let folding = tokio::task::spawn_blocking(move || fold_all(news, &known, upto, edits)).await;
    let rows = folding
        .map_err(|e| StorageError::Unreachable(format!("folding ended early: {e}")))
        .flatten();
    let rows = match rows {
        Ok(rows) => rows,
        Err(e) => {
            tracing::error!(%org, "The snapshot is made anew: {e}.");
            storage.forget_folds(org).await?;
            return storage.snapshot_head(org).await;
        }
    };
    // Where another node was faster, its folds are as good.
    storage.put_folds(org, head, upto, rows).await?;
    storage.snapshot_head(org).await
}

async fn next<S: Storage>(storage: &S, org: OrgId, after: u64) -> Result<Vec<Event>, StorageError> {
    let mut events: Vec<Event> = Vec::new();
    let mut bytes = 0_usize;
    while events.len() < STEP && bytes < STEP_BYTES {
        let last = events.last().map_or(after, |event| event.seq);
        let page = storage.events(org, last, PAGE).await?;
        if page.is_empty() {
            break;
        }
        let sizes = page.iter().map(|event| match &event.op.body {
            kontor_protocol::Body::Note { update, .. } => update.len(),
            _ => 0,
        });
        bytes = sizes.fold(bytes, usize::saturating_add);
        events.extend(page);
    }
    Ok(events)
}

fn fold_all(
    news: BTreeMap<Subject, Vec<Event>>,
    known: &[SnapshotRow],
    upto: u64,
    edits: usize,
) -> Result<Vec<SnapshotRow>, StorageError> {
    let mut folds: BTreeMap<&Subject, Fold> = BTreeMap::new();
    for row in known {
        let fold = row.read().ok_or_else(|| {
            StorageError::Damaged(format!("the fold of {} cannot be read", row.subject))
        })?;
        folds.insert(&row.subject, fold);
    }
    let mut rows = Vec::with_capacity(news.len());
    for (subject, events) in news {
        let mut fold = folds.remove(&subject).unwrap_or_default();
        for event in events {
            fold.take(event);
        }
        fold.tidy();
        note::compact(&mut fold, edits)?;
        rows.push(SnapshotRow::new(subject, upto, &fold));
    }
    Ok(rows)
}
