//! The documents of the notes in use. Only the writer's thread takes them, one transaction at a time; what is not put
//! back (the transaction failed) is read anew from the file.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use kontor_store::Read;

use super::doc::NoteDoc;
use crate::ids::Ids;

/// Documents kept: what a desk works on within an hour.
const KEPT: usize = 32;

#[derive(Debug, Default)]
pub(crate) struct Shelf(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    docs: BTreeMap<String, (u64, NoteDoc)>,
    /// Counts the uses.
    tick: u64,
}

impl Shelf {
    /// The document of a subject as the file has it, taken off the shelf.
    pub(crate) fn take(
        &self,
        read: &Read<'_>,
        subject: &str,
        ids: &Ids,
    ) -> kontor_store::Result<NoteDoc> {
        let kept = self.lock().docs.remove(subject);
        if let Some((_, mut doc)) = kept
            && doc.is_valid(read, subject)?
        {
            doc.catch_up(read, subject)?;
            return Ok(doc);
        }
        NoteDoc::load(read, subject, ids)
    }

    /// Puts a document back, after all it has was written in this transaction. Should the transaction fail now, the
    /// document's last edit is not in the file, and it is not used again.
    pub(crate) fn put(&self, subject: String, doc: NoteDoc) {
        let mut kept = self.lock();
        kept.tick = kept.tick.wrapping_add(1);
        let tick = kept.tick;
        kept.docs.insert(subject, (tick, doc));
        if kept.docs.len() > KEPT {
            let oldest = kept.docs.iter().min_by_key(|(_, (used, _))| *used);
            let oldest = oldest.map(|(subject, _)| subject.clone());
            let gone = oldest.and_then(|subject| kept.docs.remove(&subject));
            drop(kept);
            drop(gone);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
