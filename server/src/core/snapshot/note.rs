//! A note's first edits as one document.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use kontor_protocol::{Body, Event, Fold, OpId};
use loro::{ExportMode, LoroDoc};

use crate::core::storage::StorageError;

/// An edit may wait for one before it that its author has not told yet. Then all from it on stay whole, up to so many.
const PATIENCE: usize = 512;

/// Leaves the newest `keep` edits whole and puts those before them into the document, once there are twice as many.
///
/// Bytes that are no edit are left out: they make no version on any desk. What goes into the document is complete, and is
/// what the first versions of the note are: an edit that waits for another stays whole, with those behind it. Where nobody
/// tells the other for too long, only those that wait stay, and count as later versions than they are.
pub(super) fn compact(fold: &mut Fold, keep: usize) -> Result<(), StorageError> {
    let edits = fold.events.iter().filter(|event| update(event).is_some());
    let count = edits.count();
    if count <= keep.saturating_mul(2) {
        return Ok(());
    }
    let mut damaged = BTreeSet::new();
    // A document that bytes made fail may have suffered: it is made again without them. Ends, as they become fewer.
    let (document, taken) = loop {
        match document(fold, keep, &damaged)? {
            Ok(made) => break made,
            Err(bad) => {
                damaged.insert(bad);
            }
        }
    };
    fold.events.retain(|event| {
        let id = event.op.op_id;
        !taken.contains(&id) && !damaged.contains(&id)
    });
    if !taken.is_empty() {
        fold.note = document;
    }
    fold.edits = fold
        .edits
        .saturating_add(u64::try_from(taken.len()).unwrap_or(u64::MAX));
    Ok(())
}

/// The document with what of the first edits goes into it, or an edit that is none.
type Made = Result<(Vec<u8>, BTreeSet<OpId>), OpId>;

fn document(fold: &Fold, keep: usize, damaged: &BTreeSet<OpId>) -> Result<Made, StorageError> {
    let edits = fold.events.iter().filter_map(|event| {
        let id = event.op.op_id;
        (!damaged.contains(&id)).then_some((id, update(event)?))
    });
    let edits: Vec<(OpId, &[u8])> = edits.collect();
    let upto = edits.len().saturating_sub(keep);
    let (first, rest) = edits.split_at_checked(upto).unwrap_or_default();
    if let Some(doc) = at_once(&fold.note, first) {
        return written(&doc, first.iter().map(|(id, _)| *id).collect(), rest);
    }
    one_by_one(&fold.note, &edits, upto)
}

/// The document with all of these edits, where each of them is one and none waits for another: many times quicker than
/// [`one_by_one`], because their places are worked out once.
fn at_once(note: &[u8], edits: &[(OpId, &[u8])]) -> Option<LoroDoc> {
    let doc = LoroDoc::new();
    let all = edits.iter().map(|(_, bytes)| bytes.to_vec());
    let note = (!note.is_empty()).then(|| note.to_vec());
    let all: Vec<Vec<u8>> = note.into_iter().chain(all).collect();
    let taken = catch_unwind(AssertUnwindSafe(|| doc.import_batch(&all)));
    let complete = matches!(taken, Ok(Ok(_))) && matches!(doc.export_pending_updates(), Ok(None));
    complete.then_some(doc)
}

/// The document with what of the first `upto` edits goes into it, found out edit by edit.
fn one_by_one(note: &[u8], edits: &[(OpId, &[u8])], mut upto: usize) -> Result<Made, StorageError> {
    loop {
        let doc = LoroDoc::new();
        if !note.is_empty() {
            guarded(&doc, note).ok_or_else(|| failed("cannot be read"))?;
        }
        let (mut taken, mut waits, mut whole) = (BTreeSet::new(), false, 0);
        for (number, (id, bytes)) in (1..).zip(edits.iter().take(upto)) {
            let Some(complete) = guarded(&doc, bytes) else {
                return Ok(Err(*id));
            };
            if complete {
                taken.insert(*id);
            }
            waits = (waits || !complete) && !matches!(doc.export_pending_updates(), Ok(None));
            if !waits {
                whole = number;
            }
        }
        if waits && edits.len() <= PATIENCE {
            upto = whole;
            continue;
        }
        if !waits {
            taken.extend(edits.iter().take(upto).map(|(id, _)| *id));
        }
        return written(&doc, taken, edits.get(upto..).unwrap_or_default());
    }
}

/// The document's bytes, and what is in it. The `rest` is only looked at: a desk shows who made the last edit, so there must
/// be a good one.
fn written(
    doc: &LoroDoc,
    taken: BTreeSet<OpId>,
    rest: &[(OpId, &[u8])],
) -> Result<Made, StorageError> {
    let document = doc
        .export(ExportMode::Snapshot)
        .map_err(|e| failed(&format!("cannot be written: {e}")))?;
    for (id, bytes) in rest {
        if guarded(doc, bytes).is_none() {
            return Ok(Err(*id));
        }
    }
    Ok(Ok((document, taken)))
}

fn failed(what: &str) -> StorageError {
    StorageError::Damaged(format!("the document of a note {what}"))
}

fn update(event: &Event) -> Option<&[u8]> {
    match &event.op.body {
        Body::Note { update, .. } => Some(update),
        Body::Record { .. } | Body::Resolve { .. } | Body::Replied { .. } | Body::Member { .. } => {
            None
        }
    }
}

/// True when all of it is in the document now; `None` for bytes that are no update. They are a stranger's: what Loro
/// cannot read must not end the server.
fn guarded(doc: &LoroDoc, bytes: &[u8]) -> Option<bool> {
    match catch_unwind(AssertUnwindSafe(|| doc.import(bytes))) {
        Ok(Ok(status)) => Some(status.pending.is_none()),
        Ok(Err(_)) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kontor_protocol::{Body, DeviceId, Event, Fold, MemberId, Op, OpId};
    use loro::{ExportMode, LoroDoc};
    use uuid::Uuid;

    use super::compact;

    fn edit(seq: u64, update: Vec<u8>) -> Event {
        let id = Uuid::from_u128(u128::from(seq));
        let body = Body::Note {
            update,
            mentions: Vec::new(),
        };
        let subject = "customer:7".parse().unwrap();
        Event {
            seq,
            policy: None,
            member: MemberId(id),
            device: DeviceId(id),
            accepted_at: Timestamp::UNIX_EPOCH,
            op: Op::new(OpId(id), Timestamp::UNIX_EPOCH, subject, body),
        }
    }

    /// The updates of somebody who types these words one after the other.
    fn typed(words: &[&str]) -> Vec<Vec<u8>> {
        let doc = LoroDoc::new();
        let text = doc.get_text("note");
        let mut updates = Vec::new();
        for word in words {
            let before = doc.oplog_vv();
            text.insert(text.len_unicode(), word).unwrap();
            doc.commit();
            updates.push(doc.export(ExportMode::updates(&before)).unwrap());
        }
        updates
    }

    fn shown(fold: &Fold) -> String {
        let doc = LoroDoc::new();
        if !fold.note.is_empty() {
            doc.import(&fold.note).unwrap();
        }
        for event in &fold.events {
            if let Body::Note { update, .. } = &event.op.body {
                doc.import(update).unwrap();
            }
        }
        doc.get_text("note").to_string()
    }

    #[test]
    fn what_is_put_together_says_the_same() {
        let updates = typed(&["a", "b", "c", "d", "e", "f", "g"]);
        let mut fold = Fold::default();
        for (seq, update) in (1..).zip(updates) {
            fold.events.push(edit(seq, update));
            compact(&mut fold, 2).unwrap();
            let whole = u64::try_from(fold.events.len()).unwrap();
            assert_eq!(fold.edits.saturating_add(whole), seq, "none is lost");
            assert!(whole <= 4, "at most twice two are kept whole");
        }
        assert_eq!(shown(&fold), "abcdefg");
    }

    #[test]
    fn bytes_that_are_no_edit_go_and_one_that_waits_stays() {
        let mut updates = typed(&["a", "b", "c", "d", "e", "f"]);
        let early = updates.remove(1);
        let mut fold = Fold::default();
        for (seq, update) in (1..).zip(updates) {
            fold.events.push(edit(seq, update));
        }
        fold.events.push(edit(10, b"no update at all".to_vec()));
        fold.events.insert(0, edit(11, vec![0; 40]));
        compact(&mut fold, 1).unwrap();
        let kept: Vec<u64> = fold.events.iter().map(|event| event.seq).collect();
        assert_eq!(kept, [2, 3, 4, 5], "they wait for b");
        assert_eq!(fold.edits, 1);
        fold.events.push(edit(12, early));
        compact(&mut fold, 1).unwrap();
        compact(&mut fold, 1).unwrap();
        assert_eq!(shown(&fold), "abcdef");
    }
}
