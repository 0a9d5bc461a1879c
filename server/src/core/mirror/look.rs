//! The look for changes: what the ERP says has changed, where it can say that, else the documents of the last weeks.

use jiff::SignedDuration;
use kontor_metakocka as mk;
use kontor_metakocka::{DocType, Filter, Order, Search};
use kontor_protocol::FactKind;

use super::shown::window;
use super::translate;
use super::walk::WANTED;
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

/// So far before the newest change that was seen: changes may be numbered late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);
/// Pages of one type a look reads; what is behind them is the sweep's.
const MOST_PAGES: u32 = 50;
/// Customers whose cards are read again because one of their documents changed.
const FRESHENED: usize = 5;

impl<S: Storage> Worker<S> {
    /// Looks once for what changed since the last look.
    pub(super) async fn look(&mut self) -> Result<(), Problem> {
        let began = self.house.clock.now();
        let mut changed = Vec::new();
        for doc_type in LOOKED_AT.iter().flat_map(|(_, types)| *types) {
            self.look_at(doc_type, &mut changed).await?;
        }
        self.freshen(changed).await?;
        self.memo.looked = Some(began);
        self.keep(FactsBatch::default()).await.map(drop)
    }

    async fn look_at(
        &mut self,
        doc_type: &DocType,
        changed: &mut Vec<String>,
    ) -> Result<(), Problem> {
        let Some(mut search) = self.search_for_changes(doc_type)? else {
            return Ok(());
        };
        for _ in 0..MOST_PAGES {
            let page = match self.line()?.client.search(&search).await {
                Ok(page) => page,
                Err(mk::Error::Refused { message, .. }) => {
                    tracing::debug!(org = %self.org, %doc_type, "not looked at: {message}");
                    return Ok(());
                }
                Err(e) => return Err(e.into()),
            };
            let seen_at = self.house.clock.now();
            let (mut batch, unplaced) = translate::batch(&page.items, seen_at);
            self.tell_unplaced(unplaced, &page.defects);
            let customers: Vec<_> = batch.documents.iter().map(|d| d.customer.clone()).collect();
            batch.sweep = (!self.memo.walk.whole).then_some(self.memo.walk.number);
            self.note_newest(doc_type.as_str(), &page.items);
            if self.keep(batch).await?.changed > 0 {
                changed.extend(customers);
            } else if search.filters.is_empty() {
                // Nothing new among the newest: older ones were here before.
                return Ok(());
            }
            match page.next_offset() {
                Some(next) => search = search.from(next),
                None => return Ok(()),
            }
        }
        tracing::warn!(org = %self.org, %doc_type, "more has changed than one look reads; the next sweep takes the rest");
        Ok(())
    }

    /// How changes of a type are found; `None` where the ERP does not have it.
    fn search_for_changes(&self, doc_type: &DocType) -> Result<Option<Search>, Problem> {
        let Some(discovery) = &self.line()?.discovery else {
            return Ok(None);
        };
        let search = Search::of(doc_type.clone()).show(WANTED);
        let newest = self.memo.newest.get(doc_type.as_str());
        if discovery.knows(doc_type, "last_change_from")
            && let Some(from) = newest.and_then(|at| at.checked_sub(OVERLAP).ok())
        {
            return Ok(Some(search.filter(Filter::ChangedFrom(from))));
        }
        let search = search.order(Order::NewestFirst);
        if discovery.knows(doc_type, "doc_date_from") {
            let from = window(self.house.clock.now());
            return Ok(Some(search.filter(Filter::DateFrom(from))));
        }
        Ok(Some(search))
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
