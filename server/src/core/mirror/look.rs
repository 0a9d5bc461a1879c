//! The look for changes: what the ERP says has changed, where it can say that, else the documents of the last weeks.

use jiff::{SignedDuration, Timestamp};
use kontor_metakocka as mk;
use kontor_metakocka::DocType;
use kontor_protocol::FactKind;

use super::looked::{Asks, OVERLAP, Open};
use super::shown::window;
use super::translate;
use super::worker::{Problem, Worker};
use crate::core::storage::{FactsBatch, Storage};

/// What looks look at, by kind.
pub(super) const LOOKED_AT: &[(FactKind, &[DocType])] = &[
    (FactKind::Order, &[DocType::SalesOrder]),
    (FactKind::Offer, &[DocType::SalesOffer]),
    (
        FactKind::Invoice,
        &[
            DocType::SalesBillDomestic,
            DocType::SalesBillForeign,
            DocType::SalesBillRetail,
            DocType::SalesBillPrepaid,
            DocType::SalesBillCreditNote,
        ],
    ),
];

/// Customers whose cards are read again because one of their documents changed.
const FRESHENED: usize = 5;

impl<S: Storage> Worker<S> {
    /// Looks once for what changed since the last look.
    pub(super) async fn look(&mut self) -> Result<(), Problem> {
        let began = self.house.clock.now();
        let mut changed = Vec::new();
        for doc_type in LOOKED_AT.iter().flat_map(|(_, types)| *types) {
            self.look_at(doc_type, began, &mut changed).await?;
        }
        self.freshen(changed).await?;
        self.memo.looked = Some(began);
        self.keep(FactsBatch::default()).await.map(drop)
    }

    async fn look_at(
        &mut self,
        doc_type: &DocType,
        began: Timestamp,
        changed: &mut Vec<String>,
    ) -> Result<(), Problem> {
        let word = doc_type.as_str();
        if self.lacks(doc_type) {
            return Ok(());
        }
        let stopped = self.memo.looks.get(word).and_then(|look| look.open.clone());
        let asks = self.asks(doc_type);
        let mut open = stopped.unwrap_or_else(|| Open::new(began, asks));
        for _ in 0..self.house.pace.look_pages {
            // Before it is asked: an answer may be long on its way.
            let seen_at = self.house.clock.now();
            let page = match self.line()?.client.search(&open.search(doc_type)).await {
                Ok(page) => page,
                Err(mk::Error::Refused { message, .. }) => {
                    tracing::debug!(org = %self.org, %doc_type, "not looked at: {message}");
                    self.hear_clock();
                    self.memo.refuse(word, &message);
                    self.memo.looks.entry(word.to_owned()).or_default().open = None;
                    return Ok(());
                }
                Err(e) => return Err(e.into()),
            };
            self.hear_clock();
            self.memo.admit(word);
            if let Some(earlier) = self.set_back(word, &open) {
                open = Open::new(open.began, Asks::ChangedFrom(earlier));
                self.note_look(word, &open, false);
            } else if self
                .take_page((word, &page), seen_at, &mut open, changed)
                .await?
            {
                self.end_look(word, &open);
                return Ok(());
            }
        }
        tracing::info!(org = %self.org, %doc_type, "more has changed than one look reads; the next one goes on");
        Ok(())
    }

    /// Takes over a page of a look, with where the look is; true at its end.
    async fn take_page(
        &mut self,
        (word, page): (&str, &mk::Page<mk::Document>),
        seen_at: Timestamp,
        open: &mut Open,
        changed: &mut Vec<String>,
    ) -> Result<bool, Problem> {
        let (mut batch, unplaced) = translate::batch(&page.items, seen_at);
        self.tell_unplaced(unplaced, &page.defects);
        let customers: Vec<_> = batch.documents.iter().map(|d| d.customer.clone()).collect();
        batch.sweep = (!self.memo.walk.whole).then_some(self.memo.walk.number);
        let ended = open.read(page);
        self.note_look(word, open, ended);
        let put = self.keep(batch).await?;
        for document in &page.items {
            if put.documents.iter().any(|id| id == document.mk_id.as_str()) {
                open.note(document.last_change);
            }
        }
        if put.changed > 0 {
            changed.extend(customers);
        }
        // Nothing new among the newest: older ones were here before.
        Ok(ended || (open.asks == Asks::Newest && put.changed == 0))
    }

    /// Listens to the ERP's clock, as it said with its last answer. What changes there is dated by it: where it was set back,
    /// changes since have earlier moments on them than what was taken over before, and are asked for from there.
    pub(super) fn hear_clock(&mut self) {
        let says = self
            .line
            .as_ref()
            .and_then(|line| line.client.service_clock());
        let now = self.house.clock.now();
        let since = self
            .memo
            .heard
            .map_or(SignedDuration::ZERO, |heard| now.duration_since(heard));
        let Some(earliest) = says.and_then(|says| says.checked_sub(since).ok()) else {
            return;
        };
        self.memo.heard = Some(now);
        for newest in self.memo.newest.values_mut() {
            // So much is asked for anyway.
            if newest.duration_since(earliest) > OVERLAP {
                *newest = earliest;
            }
        }
    }

    /// Where a look that has just begun is to ask from instead, after its first answer said that the clock was set back.
    fn set_back(&self, word: &str, open: &Open) -> Option<Timestamp> {
        let Asks::ChangedFrom(from) = open.asks else {
            return None;
        };
        let newest = self.memo.newest.get(word)?;
        let earlier = newest.checked_sub(OVERLAP).ok()?;
        (open.offset == 0 && earlier < from).then_some(earlier)
    }

    /// Where a look is, so that it goes on there; what it has covered, once it has ended.
    fn note_look(&mut self, word: &str, open: &Open, ended: bool) {
        let look = self.memo.looks.entry(word.to_owned()).or_default();
        if ended {
            look.covered = open.covers();
        }
        look.open = (!ended && open.asks != Asks::Newest).then(|| open.clone());
    }

    /// The next look asks from the newest change this one has taken over, whether that is later or, after the ERP's clock
    /// was set back, earlier than before.
    fn end_look(&mut self, word: &str, open: &Open) {
        if let Some(newest) = open.newest {
            self.memo.newest.insert(word.to_owned(), newest);
        }
    }

    /// How changes of a type are found.
    pub(super) fn asks(&self, doc_type: &DocType) -> Asks {
        let known = |filter| {
            let discovery = self.line.as_ref().and_then(|line| line.discovery.as_ref());
            discovery.is_some_and(|discovery| discovery.knows(doc_type, filter))
        };
        let newest = self.memo.newest.get(doc_type.as_str());
        if known("last_change_from")
            && let Some(from) = newest.and_then(|at| at.checked_sub(OVERLAP).ok())
        {
            return Asks::ChangedFrom(from);
        }
        if known("doc_date_from") {
            return Asks::DatedFrom(window(self.house.clock.now()));
        }
        Asks::Newest
    }

    /// The installation does not have this type: it names no filter for it, and refused it.
    pub(super) fn lacks(&self, doc_type: &DocType) -> bool {
        let discovery = self.line.as_ref().and_then(|line| line.discovery.as_ref());
        let named = discovery.is_none_or(|d| d.filters.contains_key(doc_type));
        !named && self.memo.refused.contains_key(doc_type.as_str())
    }

    /// Reads the cards of a few customers again whose documents changed: their people change with them.
    async fn freshen(&mut self, mut changed: Vec<String>) -> Result<(), Problem> {
        changed.sort();
        changed.dedup();
        // Many at once are an import, and the sweep's.
        if changed.is_empty() || changed.len() > FRESHENED {
            return Ok(());
        }
        let mut batch = FactsBatch::default();
        for id in changed {
            let seen_at = self.house.clock.now();
            if let Some(partner) = self.partner(&id).await? {
                batch.customers.push(translate::customer(&partner, seen_at));
            }
        }
        self.keep(batch).await.map(drop)
    }
}
