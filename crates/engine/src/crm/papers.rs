//! What PDFs that came with mails name: read behind everything else, the newest mails first, and kept in the store
//! ([`kontor_store::PaperNumber`]).
//!
//! Only where an ERP is connected: without documents there is nothing to find. Only mails whose bytes are here. A few mails
//! go into one transaction, so that the end of the program costs as many; then there is a pause as long as they took.
//! Whatever else is written goes first: mail that comes, and what a person does.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kontor_crm::numbers::candidates;
use kontor_mime::Attachment;
use kontor_model::MessageId;
use kontor_store::{Error as StoreError, PaperNumber, Store};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::is_connected;
use crate::context::{Context, blocking};
use crate::error::Result;

/// Mails of one transaction.
const BATCH: u32 = 4;
/// PDFs of one mail that are read.
const OF_MAIL: usize = 8;
/// Numbers of one PDF that count: an invoice has some dozens, a price list thousands and is about none of them.
const NUMBERS: usize = 300;
/// Nothing was written for so long: now is a good time.
const QUIET: Duration = Duration::from_secs(2);
/// Where it is never quiet it goes on all the same after so long, a few mails at a time.
const LOUD: Duration = Duration::from_secs(20);
/// Between looks where nothing is written.
const LOOK: Duration = Duration::from_secs(60);

/// Reads what comes, and what is here, until the engine stops.
pub(crate) async fn run(ctx: Arc<Context>) {
    // Counted below: `commits` tells of one of ours more than once.
    let mut commits = ctx.store.own_commits();
    loop {
        let ended = tokio::select! {
            () = ctx.stop.cancelled() => return,
            ended = look(&ctx, &mut commits) => ended,
        };
        if let Err(e) = ended {
            tracing::warn!("cannot look for numbers in attachments: {e}");
        }
        tokio::select! {
            () = ctx.stop.cancelled() => return,
            // No commit within this time is no reason to end.
            _ = timeout(LOOK, commits.changed()) => {}
        }
    }
}

/// Waits for a quiet moment and reads until nothing is left, or something else is written.
async fn look(ctx: &Arc<Context>, commits: &mut watch::Receiver<u64>) -> Result<()> {
    quiet(commits).await;
    let mut before = i64::MAX;
    // Another process that reads the same mails would do all of it twice.
    while ctx.owner.load(Ordering::SeqCst) {
        let (begun, seen) = (Instant::now(), *commits.borrow_and_update());
        let Some(last) = read_some(ctx, before).await? else {
            return Ok(());
        };
        before = last;
        // One of the commits is ours. Others are somebody's, who goes first; and what came is read first.
        let others = commits.borrow_and_update().wrapping_sub(seen) > 1;
        if others || timeout(begun.elapsed(), commits.changed()).await.is_ok() {
            quiet(commits).await;
            before = i64::MAX;
        }
    }
    Ok(())
}

/// Waits until nothing is written, but not for ever.
async fn quiet(commits: &mut watch::Receiver<u64>) {
    let calm = async { while let Ok(Ok(())) = timeout(QUIET, commits.changed()).await {} };
    tokio::select! {
        () = calm => {}
        () = sleep(LOUD) => {}
    }
}

/// Reads the PDFs of the newest few mails before a place in time that nobody has looked into; answers where to go on,
/// `None` where nothing is left.
pub(super) async fn read_some(ctx: &Arc<Context>, before: i64) -> Result<Option<i64>> {
    let connected = Arc::clone(ctx);
    if !blocking(move || is_connected(&connected)).await? {
        return Ok(None);
    }
    let unread = ctx
        .read(move |r| r.unread_papers(kontor_pdf::READER, before, BATCH))
        .await?;
    let Some(last) = unread.last().map(|mail| mail.doc) else {
        return Ok(None);
    };
    let mut found = Vec::with_capacity(unread.len());
    for mail in unread {
        let store = ctx.store.clone();
        let reading = ctx.workers.run(move || numbers_of(&store, mail.message));
        // A mail that cannot be read now cannot be read later: it names nothing, and is not tried for ever.
        let numbers = reading.await.unwrap_or_else(|_| {
            tracing::error!(
                "the attachments of message {} broke their reader",
                mail.message
            );
            Ok(Vec::new())
        })?;
        found.push((mail.message, numbers));
    }
    ctx.write_bulk(move |w| {
        for (message, numbers) in found {
            w.put_paper_numbers(message, kontor_pdf::READER, &numbers)?;
        }
        Ok(())
    })
    .await?;
    Ok(Some(last))
}

fn numbers_of(store: &Store, message: MessageId) -> Result<Vec<PaperNumber>> {
    let raw = match store.read(|r| r.raw(message)) {
        Ok(Some(raw)) => raw,
        // It went meanwhile, or is damaged: the others are read all the same.
        Ok(None) | Err(StoreError::Missing(_) | StoreError::Unreadable { .. }) => {
            return Ok(Vec::new());
        }
        Err(e) => return Err(e.into()),
    };
    let attachments = kontor_mime::parse(&raw).attachments;
    let mut found = Vec::new();
    for pdf in attachments.iter().filter(|a| is_pdf(a)).take(OF_MAIL) {
        let Some((_, bytes)) = kontor_mime::attachment(&raw, pdf.n) else {
            continue;
        };
        let text = kontor_pdf::text(&bytes).unwrap_or_default();
        let keys = numbers(&text).into_iter();
        found.extend(keys.map(|key| PaperNumber { part: pdf.n, key }));
    }
    Ok(found)
}

/// By its type, or by its name where the sender's program says no more than that it is bytes.
fn is_pdf(attachment: &Attachment) -> bool {
    let name = attachment.name.as_deref().unwrap_or_default();
    let named = name.to_lowercase().ends_with(".pdf");
    let kind = attachment.content_type.as_str();
    attachment.size <= kontor_pdf::MOST_BYTES
        && (kind == "application/pdf" || (named && kind == "application/octet-stream"))
}

/// What may be numbers of documents in a text, as documents are looked up.
fn numbers(text: &str) -> Vec<String> {
    let found = candidates(&without_values(text)).into_iter();
    found.map(|number| number.key).take(NUMBERS).collect()
}

/// A text without its days and amounts: papers are full of them, and numbers of documents are not written so.
fn without_values(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    for line in text.lines() {
        for word in line.split(' ') {
            let inside = word.trim_matches(|c: char| !c.is_alphanumeric());
            // What stood there keeps its neighbours apart.
            rest.push_str(if is_value(inside) { "," } else { word });
            rest.push(' ');
        }
        rest.push('\n');
    }
    rest
}

/// `12.03.2026`, `1.234` and `1.234,50`.
fn is_value(word: &str) -> bool {
    let digits = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = word.split(['.', ',']).collect();
    if !parts.iter().all(digits) {
        return false;
    }
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    match lengths.as_slice() {
        [1 | 2, 1 | 2, 2 | 4] => true,
        [1..=3, thousands @ .., 2] | [1..=3, thousands @ ..] => {
            lengths.len() > 1 && thousands.iter().all(|part| *part == 3)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::numbers;

    #[rstest]
    #[case::among_days_and_amounts(
        "Račun RA-2026/0012 z dne 12.03.2026, rok 2.4.2026: 1.234,50 EUR, skupaj 12.345.678",
        &["ra-2026-0012", "ra-2026", "2026-0012"]
    )]
    #[case::written_with_dots("za 2026.1184", &["za-2026-1184", "za-2026", "2026-1184"])]
    #[case::behind_a_day("računa 12.3.2026 451", &[])]
    #[case::named("Račun št. 451", &["451"])]
    #[case::nothing("12 kos po 30 EUR", &[])]
    fn what_may_be_a_number_is_kept(#[case] text: &str, #[case] want: &[&str]) {
        assert_eq!(numbers(text), want, "{text}");
    }
}
