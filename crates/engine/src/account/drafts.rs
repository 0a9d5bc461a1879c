//! Drafts at the server: a copy of what is being written, in Drafts, for the person's other devices.
//!
//! A draft keeps its Message-ID from the first save on, so that a copy of an earlier save is recognised by it, even when a
//! crash came between filing the new one and noting it: drafts never multiply.

use std::collections::BTreeSet;
use std::time::Duration;

use kontor_mail::provider::{Fault, Provider as _, RemoteAction};
use kontor_model::{AccountId, Action, Flags, FolderId, Millis, Role};
use kontor_store::{Draft, DraftMirror, Write};
use tokio::time::Instant;

use super::listing::{self, broken_store};
use super::{Life, Put, carry_out, making};
use crate::composing;
use crate::line::Line;
use crate::sending::queued_drafts;

/// A server that refuses a draft (quota, no such folder) is asked again after this.
const REFUSED: Duration = Duration::from_secs(600);

/// Files the drafts that were left alone for a while; answers when the next one is due.
pub(super) async fn mirror(life: &Life, line: &mut Line) -> Result<Option<Instant>, Fault> {
    let pause = i64::try_from(life.ctx.rhythm.draft_pause.as_millis()).unwrap_or(i64::MAX);
    file(
        life,
        line,
        life.ctx.clock.now().plus(pause.saturating_neg()),
    )
    .await
}

/// Files every draft the server does not have as it is.
pub(super) async fn mirror_all(life: &Life, line: &mut Line) -> Result<(), Fault> {
    file(life, line, Millis(i64::MAX)).await.map(|_| ())
}

/// Files the drafts that were last saved by `until`.
async fn file(life: &Life, line: &mut Line, until: Millis) -> Result<Option<Instant>, Fault> {
    let mut next: Option<i64> = None;
    for draft in unfiled(life).await? {
        let early = draft.updated_at.since(until);
        if early > 0 {
            next = Some(next.map_or(early, |n| n.min(early)));
            continue;
        }
        match one(life, line, &draft).await {
            Ok(()) => {}
            Err(fault @ (Fault::Refused(_) | Fault::Gone(_))) => {
                tracing::warn!(draft = draft.id, "the server refuses the draft: {fault}");
                return Ok(Instant::now().checked_add(REFUSED));
            }
            Err(fault) => return Err(fault),
        }
    }
    let wait = next.and_then(|ms| u64::try_from(ms).ok());
    Ok(wait.and_then(|ms| Instant::now().checked_add(Duration::from_millis(ms))))
}

async fn unfiled(life: &Life) -> Result<Vec<Draft>, Fault> {
    let (id, now) = (life.id(), life.ctx.clock.now());
    life.ctx
        .read(move |r| {
            let leaving = queued_drafts(r, now)?;
            let mut drafts = r.drafts()?;
            drafts.retain(|d| {
                d.draft.account == id && d.updated_at != d.mirrored_at && !leaving.contains(&d.id)
            });
            Ok(drafts)
        })
        .await
        .map_err(|e| broken_store(&e))
}

async fn one(life: &Life, line: &mut Line, draft: &Draft) -> Result<(), Fault> {
    let row = making::folder_of(life, line, Role::Drafts).await?;
    let (folder, wire) = (row.folder.id, row.folder.wire);
    let raw = composing::draft_bytes(&life.ctx, draft)
        .await
        .map_err(|e| Fault::Refused(e.message))?;
    let old = line.find_message_id(&wire, &draft.draft.message_id).await?;
    let flags = Flags {
        bits: Flags::DRAFT | Flags::SEEN,
        keywords: Vec::new(),
    };
    let filed = line.append(&wire, &flags, draft.updated_at, &raw).await?;
    // Only now, when the new copy is there, may the old one go.
    if !old.is_empty() {
        line.apply(&wire, &old, &RemoteAction::Delete).await?;
    }
    match listing::look_at_folder_id(life, line, folder).await {
        Ok(()) | Err(Fault::Gone(_)) => {}
        Err(fault) => return Err(fault),
    }
    let mirror = filed.map(|(uidvalidity, uid)| DraftMirror {
        folder,
        uidvalidity,
        uid,
    });
    let (id, account, saved) = (draft.id, life.id(), draft.updated_at);
    let message_id = draft.draft.message_id.clone();
    life.ctx
        .write(move |w| {
            if w.draft(id).is_ok() {
                return w.set_draft_mirror(id, saved, mirror);
            }
            // Sent or thrown away while we filed it.
            forget_copy(w, account, &message_id)
        })
        .await
        .map_err(|e| broken_store(&e))?;
    carry_out(life, line, Put::Any).await.map(|_| ())
}

/// Journals the removal of a draft's copies in Drafts: it was sent, or thrown away.
pub(crate) fn forget_copy(
    w: &mut Write<'_>,
    account: AccountId,
    message_id: &str,
) -> kontor_store::Result<()> {
    let drafts: BTreeSet<FolderId> = w
        .folders(Some(account))?
        .into_iter()
        .filter(|f| f.folder.role == Some(Role::Drafts))
        .map(|f| f.folder.id)
        .collect();
    let mut copies = Vec::new();
    for message in w.messages_by_mid(message_id)? {
        let places = w.placements(message)?;
        copies.extend(
            places
                .into_iter()
                .filter(|p| drafts.contains(&p.folder))
                .map(|p| p.id),
        );
    }
    w.journal(&Action::Delete, &copies).map(|_| ())
}
