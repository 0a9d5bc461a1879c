//! The first look at a folder: its newest envelopes.

use std::pin::Pin;

use kontor_mail::plan;
use kontor_mail::provider::{Fault, Provider as _};
use kontor_store::FolderRow;

use super::{broken_store, keep_counters};
use crate::account::Life;
use crate::ingest;
use crate::line::Line;

/// What has come, on its way into the store.
pub(super) type Storing<'a> = Pin<Box<dyn Future<Output = Result<(), Fault>> + Send + 'a>>;

/// Waits until it is there.
pub(super) async fn finish(storing: Option<Storing<'_>>) -> Result<(), Fault> {
    match storing {
        Some(storing) => storing.await,
        None => Ok(()),
    }
}

/// Asks for the newest envelopes of a folder never seen before, in one go: what a person sees first.
pub(super) async fn newest<'a>(
    life: &'a Life,
    line: &mut Line,
    row: &FolderRow,
) -> Result<Storing<'a>, Fault> {
    let (status, newest) = line.newest(&row.folder.wire, plan::LISTED).await?;
    let folder = row.folder.id;
    Ok(Box::pin(async move {
        let envelopes = ingest::envelopes(newest);
        life.ctx
            .write(move |w| {
                w.put_envelopes(folder, &envelopes, None)?;
                keep_counters(w, folder, &status)?;
                w.set_listed(folder, u64::from(status.messages))
            })
            .await
            .map_err(|e| broken_store(&e))?;
        life.backfill.notify_one();
        Ok(())
    }))
}
