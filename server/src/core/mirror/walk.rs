//! The walk over everything, newest first: once as fast as it goes, then slowly and for ever.

use kontor_metakocka as mk;
use kontor_metakocka::{DocType, Order, Search, Show};
use kontor_protocol::DocumentKind;

use super::looked::Asks;
use super::translate;
use super::worker::{Problem, Worker};
use crate::core::storage::{FactsBatch, Storage};

/// What of a document is wanted besides the common fields.
pub(super) const WANTED: [Show; 1] = [Show::Payments];
/// All kinds that are mirrored.
const KINDS: [DocumentKind; 4] = [
    DocumentKind::Offer,
    DocumentKind::Order,
    DocumentKind::Invoice,
    DocumentKind::CreditNote,
];
/// Documents asked for one by one in a step at the end of a sweep.
const MISSED_AT_ONCE: usize = 20;

impl<S: Storage> Worker<S> {
    pub(super) async fn begin_walk(&mut self) -> Result<(), Problem> {
        let types: Vec<&str> = DocType::SALES.iter().map(DocType::as_str).collect();
        self.memo.begin_walk(&types, self.house.clock.now());
        self.keep(FactsBatch::default()).await.map(drop)
    }

    /// Reads the next page, or looks after what was not met.
    pub(super) async fn walk(&mut self) -> Result<(), Problem> {
        let Some((word, offset)) = self.memo.walk.next() else {
            return self.look_after_missed().await;
        };
        let now = self.house.clock.now();
        let done = self.memo.walk.progress().0;
        if let Some(line) = &mut self.line {
            line.walking.get_or_insert((now, done));
        }
        let search = Search::of(DocType::from(word.as_str()))
            .order(Order::NewestFirst)
            .show(WANTED)
            .from(offset);
        // Before it is asked: an answer may be long on its way.
        let seen_at = self.house.clock.now();
        let page = match self.line()?.client.search(&search).await {
            Ok(page) => page,
            // One this installation does not have, or that this key may not see.
            Err(mk::Error::Refused { message, .. }) => {
                tracing::warn!(org = %self.org, doc_type = word, "not mirrored: {message}");
                self.memo.refuse(&word, &message);
                self.memo.walk.skip(&word);
                return self.keep(FactsBatch::default()).await.map(drop);
            }
            Err(e) => return Err(e.into()),
        };
        self.hear_clock();
        self.memo.admit(&word);
        self.begin_newest(&word, &page.items);
        let limit = u64::from(mk::SEARCH_LIMIT);
        self.memo.walk.read(&word, page.returned, limit, page.total);
        let (mut batch, unplaced) = translate::batch(&page.items, seen_at);
        self.tell_unplaced(unplaced, &page.defects);
        batch.sweep = Some(self.memo.walk.number);
        let put = self.keep(batch).await?;
        let changed =
            |document: &&mk::Document| put.documents.iter().any(|id| id == document.mk_id.as_str());
        self.count_drift(page.items.iter().filter(changed));
        Ok(())
    }

    /// Counts what no look would have brought.
    fn count_drift<'a>(&mut self, changed: impl Iterator<Item = &'a mk::Document>) {
        if self.memo.is_first() {
            return;
        }
        let missed = changed.filter(|document| match self.asks(&document.doc_type) {
            Asks::ChangedFrom(from) => document.last_change < Some(from),
            Asks::DatedFrom(day) => document.doc_date < Some(day),
            Asks::Newest => true,
        });
        let missed = u64::try_from(missed.count()).unwrap_or(u64::MAX);
        self.memo.drift = self.memo.drift.saturating_add(missed);
    }

    /// Asks one by one for what the walk has not met: it may be gone, or have moved over the edge of a page.
    async fn look_after_missed(&mut self) -> Result<(), Problem> {
        let number = self.memo.walk.number;
        let kinds = self.kinds_read();
        let storage = &self.house.storage;
        let missed = storage
            .unswept(self.org, kinds, number, MISSED_AT_ONCE)
            .await?;
        if missed.is_empty() {
            self.memo.end_walk();
            return self.keep(FactsBatch::default()).await.map(drop);
        }
        let mut batch = FactsBatch::default();
        for found in missed {
            let seen_at = self.house.clock.now();
            let doc_type = DocType::from(found.document.doc_type.as_str());
            let id = mk::MkId::new(&found.document.id);
            match self
                .line()?
                .client
                .get_document(&doc_type, &id, &WANTED)
                .await
            {
                Ok((document, defects)) => {
                    let (one, unplaced) =
                        translate::batch(std::slice::from_ref(&document), seen_at);
                    self.tell_unplaced(unplaced, &defects);
                    batch.documents.extend(one.documents);
                    for customer in one.customers {
                        if !batch.customers.iter().any(|c| c.id == customer.id) {
                            batch.customers.push(customer);
                        }
                    }
                }
                Err(mk::Error::NotFound { .. }) => {
                    batch.documents.push(translate::gone(found, seen_at));
                }
                Err(e) => return Err(e.into()),
            }
        }
        batch.sweep = Some(number);
        let sweeping = !self.memo.is_first();
        let put = self.keep(batch).await?;
        if sweeping {
            let changed = u64::try_from(put.documents.len()).unwrap_or(u64::MAX);
            self.memo.drift = self.memo.drift.saturating_add(changed);
        }
        Ok(())
    }

    /// Kinds no type of which was refused: of the others nobody can say what is gone.
    fn kinds_read(&self) -> Vec<DocumentKind> {
        let refused = |kind: &DocumentKind| {
            let mut reads = self.memo.walk.reads.iter().filter(|(_, read)| read.refused);
            reads.any(|(word, _)| {
                let doc_type = DocType::from(word.as_str());
                !self.lacks(&doc_type) && translate::kind(&doc_type) == Some(*kind)
            })
        };
        KINDS.into_iter().filter(|kind| !refused(kind)).collect()
    }

    pub(super) fn tell_unplaced(&self, unplaced: u64, defects: &[mk::Defect]) {
        if unplaced > 0 || !defects.is_empty() {
            let defects = defects.len();
            tracing::warn!(org = %self.org, unplaced, defects, "documents that could not be taken over whole");
        }
    }

    /// The ERP's own time of the newest change, as the first page has it: looks begin there.
    fn begin_newest(&mut self, doc_type: &str, documents: &[mk::Document]) {
        if self.memo.newest.contains_key(doc_type) {
            return;
        }
        if let Some(newest) = documents.iter().filter_map(|d| d.last_change).max() {
            self.memo.newest.insert(doc_type.to_owned(), newest);
        }
    }
}
