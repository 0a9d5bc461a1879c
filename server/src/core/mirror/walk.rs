//! The walk over everything, newest first, and the filling up of customers after it.

use kontor_metakocka as mk;
use kontor_metakocka::{DocType, Order, Search, Show};
use kontor_protocol::DocumentKind;

use super::translate;
use super::worker::{Next, Problem, Worker};
use crate::core::storage::{FactsBatch, FoundCustomer, Storage};

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
/// Customers asked for in a step.
const FILLED_AT_ONCE: usize = 10;

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
        let page = match self.line()?.client.search(&search).await {
            Ok(page) => page,
            // A type this installation does not have is read to its end.
            Err(mk::Error::Refused { message, .. }) => {
                tracing::warn!(org = %self.org, doc_type = word, "not mirrored: {message}");
                self.memo.walk.read(&word, 0, 1, Some(0));
                return self.keep(FactsBatch::default()).await.map(drop);
            }
            Err(e) => return Err(e.into()),
        };
        let seen_at = self.house.clock.now();
        self.note_newest(&word, &page.items);
        let limit = u64::from(mk::SEARCH_LIMIT);
        self.memo.walk.read(&word, page.returned, limit, page.total);
        let (mut batch, unplaced) = translate::batch(&page.items, seen_at);
        self.tell_unplaced(unplaced, &page.defects);
        batch.sweep = Some(self.memo.walk.number);
        let sweeping = !self.memo.is_first();
        let put = self.keep(batch).await?;
        if sweeping {
            self.memo.drift = self.memo.drift.saturating_add(put.changed);
        }
        Ok(())
    }

    /// Asks one by one for what the walk has not met: it may be gone, or have moved over the edge of a page.
    async fn look_after_missed(&mut self) -> Result<(), Problem> {
        let number = self.memo.walk.number;
        let storage = &self.house.storage;
        let missed = storage
            .unswept(self.org, KINDS.to_vec(), number, MISSED_AT_ONCE)
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
            self.memo.drift = self.memo.drift.saturating_add(put.changed);
        }
        Ok(())
    }

    /// Asks who some customers are of whom only documents told.
    pub(super) async fn fill(&mut self) -> Result<Next, Problem> {
        let storage = &self.house.storage;
        let bare = storage.bare_customers(self.org, FILLED_AT_ONCE).await?;
        if bare.is_empty() {
            return Ok(Next::Rest);
        }
        let mut batch = FactsBatch::default();
        for id in bare {
            let seen_at = self.house.clock.now();
            match self.partner(&id).await? {
                Some(partner) => batch.customers.push(translate::customer(&partner, seen_at)),
                // On documents, and not in the register: what documents say is all there is.
                None => batch.customers.extend(self.as_told(id).await?),
            }
        }
        self.keep(batch).await?;
        Ok(Next::Go)
    }

    /// What the register says of a customer.
    pub(super) async fn partner(&self, id: &str) -> Result<Option<mk::Partner>, Problem> {
        let id = mk::MkId::new(id);
        let key = mk::PartnerKey::Id(id.clone());
        let page = self.line()?.client.get_partner(&key).await?;
        Ok(page.items.into_iter().find(|partner| partner.mk_id == id))
    }

    /// A customer as documents told of it.
    async fn as_told(&self, id: String) -> Result<Option<FoundCustomer>, Problem> {
        let storage = &self.house.storage;
        let (card, _) = storage.dossier_after(self.org, id.clone(), 0, 0).await?;
        Ok(card.map(|card| FoundCustomer {
            id,
            addresses: translate::addresses(&card.contacts),
            card,
            bare: false,
        }))
    }

    pub(super) fn tell_unplaced(&self, unplaced: u64, defects: &[mk::Defect]) {
        if unplaced > 0 || !defects.is_empty() {
            let defects = defects.len();
            tracing::warn!(org = %self.org, unplaced, defects, "documents that could not be taken over whole");
        }
    }

    /// The ERP's own time of the newest change.
    pub(super) fn note_newest(&mut self, doc_type: &str, documents: &[mk::Document]) {
        if let Some(newest) = documents.iter().filter_map(|d| d.last_change).max() {
            let known = self
                .memo
                .newest
                .entry(doc_type.to_owned())
                .or_insert(newest);
            *known = newest.max(*known);
        }
    }
}
