//! Facts for a desk: how the mirror stands, and pages of what it asks for, one a turn, so that events go on between them.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::{Sink, Stream};
use kontor_protocol::{
    CustomersPage, Document, DossierPage, FactsState, MAX_CUSTOMERS, MAX_DOSSIERS, MAX_PRODUCTS,
    ProductsPage, RejectCode, ServerFrame, Subject, SubjectKind, WantedDossier,
};
use serde::Serialize;

use super::{Heard, LineProblem, Session, too_fast};
use crate::core::hub::facts::Ear;
use crate::core::session::line::End;
use crate::core::storage::Storage;

/// About how many bytes a page has at most; a single row may be larger.
const PAGE_BYTES: usize = 900_000;

/// What a desk hears of facts, and what it has asked.
#[derive(Debug)]
pub(super) struct Facts {
    ear: Option<Ear>,
    asked: VecDeque<Asked>,
}

/// A question that is not answered yet.
#[derive(Debug)]
pub(super) enum Asked {
    /// The directory behind a version.
    Directory(u64),
    /// The products behind a version.
    Products(u64),
    /// A customer.
    Dossier(WantedDossier),
}

/// What there is to do.
#[derive(Debug)]
pub(super) enum Turn {
    Told(Arc<FactsState>),
    Asked(Asked),
}

impl Facts {
    /// `ear` where the desk wants to be told.
    pub(super) fn new(ear: Option<Ear>) -> Self {
        Self {
            ear,
            asked: VecDeque::new(),
        }
    }

    /// So much is asked already that nothing more is heard until some is answered.
    pub(super) fn is_busy(&self) -> bool {
        self.asked.len() > MAX_DOSSIERS
    }

    /// Resolves when there is something to do. May be dropped and asked again.
    pub(super) async fn next(&mut self) -> Turn {
        if let Some(asked) = self.asked.pop_front() {
            return Turn::Asked(asked);
        }
        match &mut self.ear {
            Some(ear) => Turn::Told(ear.next().await),
            None => std::future::pending().await,
        }
    }
}

impl<S: Storage, I, O> Session<'_, S, I, O>
where
    I: Stream<Item = Result<Heard, LineProblem>> + Send + Unpin,
    O: Sink<String> + Send + Unpin,
{
    /// Takes the question for a page of the directory.
    pub(super) fn ask_customers(&mut self, after: u64) -> Result<(), End> {
        self.count()?;
        self.facts.asked.push_back(Asked::Directory(after));
        Ok(())
    }

    /// Takes the question for a page of the products.
    pub(super) fn ask_products(&mut self, after: u64) -> Result<(), End> {
        self.count()?;
        self.facts.asked.push_back(Asked::Products(after));
        Ok(())
    }

    /// Takes the question for some customers.
    pub(super) fn ask_dossiers(&mut self, wanted: Vec<WantedDossier>) -> Result<(), End> {
        if wanted.len() > MAX_DOSSIERS {
            let message = format!("at most {MAX_DOSSIERS} customers are asked for at once");
            return Err(End::refuse(RejectCode::Malformed, &message));
        }
        let is_one = |id: &str| Subject::new(SubjectKind::Customer, id).is_ok();
        if !wanted.iter().all(|wanted| is_one(&wanted.customer)) {
            let message = "an id of a customer has 1 to 300 bytes and no control characters";
            return Err(End::refuse(RejectCode::Malformed, message));
        }
        // Each costs as much as an operation does.
        if !self.buckets.take_ops(wanted.len()) {
            return Err(too_fast());
        }
        self.facts
            .asked
            .extend(wanted.into_iter().map(Asked::Dossier));
        Ok(())
    }

    /// Does one thing.
    pub(super) async fn tell_facts(&mut self, turn: Turn) -> Result<(), End> {
        let frame = match turn {
            Turn::Told(state) => ServerFrame::Facts(Box::new((*state).clone())),
            Turn::Asked(Asked::Directory(after)) => {
                ServerFrame::Customers(Box::new(self.directory(after).await?))
            }
            Turn::Asked(Asked::Products(after)) => {
                ServerFrame::Products(Box::new(self.products(after).await?))
            }
            Turn::Asked(Asked::Dossier(wanted)) => {
                ServerFrame::Dossier(Box::new(self.dossier(wanted).await?))
            }
        };
        self.line.say(&frame).await
    }

    async fn directory(&self, after: u64) -> Result<CustomersPage, End> {
        let inner = &self.hub.inner;
        let (storage, org) = (&inner.storage, self.who.org);
        let _reading = inner.readers.acquire().await;
        // The state before the rows: what is numbered up to there is among them.
        let state = storage.facts_state(org).await;
        let state = state.map_err(|e| End::unstored(&e))?;
        let most = MAX_CUSTOMERS.saturating_add(1);
        let rows = storage.customers_after(org, after, most).await;
        let rows = rows.map_err(|e| End::unstored(&e))?;
        let (rows, more) = bearable(rows, MAX_CUSTOMERS, 0);
        let last = rows.last().map(|row| row.version);
        Ok(CustomersPage {
            upto: upto(after, last, state.version, more),
            life: state.life,
            after,
            rows,
            more,
        })
    }

    async fn products(&self, after: u64) -> Result<ProductsPage, End> {
        let inner = &self.hub.inner;
        let (storage, org) = (&inner.storage, self.who.org);
        let _reading = inner.readers.acquire().await;
        let state = storage.facts_state(org).await;
        let state = state.map_err(|e| End::unstored(&e))?;
        let most = MAX_PRODUCTS.saturating_add(1);
        let rows = storage.products_after(org, after, most).await;
        let rows = rows.map_err(|e| End::unstored(&e))?;
        let (rows, more) = bearable(rows, MAX_PRODUCTS, 0);
        let last = rows.last().map(|row| row.version);
        Ok(ProductsPage {
            upto: upto(after, last, state.products, more),
            life: state.life,
            after,
            rows,
            more,
        })
    }

    async fn dossier(&self, wanted: WantedDossier) -> Result<DossierPage, End> {
        let inner = &self.hub.inner;
        let (storage, org) = (&inner.storage, self.who.org);
        let WantedDossier { customer, after } = wanted;
        let _reading = inner.readers.acquire().await;
        let state = storage.facts_state(org).await;
        let state = state.map_err(|e| End::unstored(&e))?;
        let most = MAX_DOSSIERS.saturating_add(1);
        let found = storage.dossier_after(org, customer.clone(), after, most);
        let (card, documents) = found.await.map_err(|e| End::unstored(&e))?;
        let (documents, more): (Vec<Document>, bool) =
            bearable(documents, MAX_DOSSIERS, size(&card));
        let last = documents.last().map(|document| document.version);
        Ok(DossierPage {
            upto: upto(after, last, state.version, more),
            life: state.life,
            customer,
            after,
            card,
            documents,
            more,
        })
    }
}

/// The version to go on from: where all was told, everything that was numbered when it was read.
fn upto(after: u64, last: Option<u64>, newest: u64, more: bool) -> u64 {
    let last = last.unwrap_or(after);
    if more { last } else { last.max(newest) }
}

/// As many rows as a frame bears, `bytes` of which are used, and whether some are left.
fn bearable<T: Serialize>(rows: Vec<T>, most: usize, mut bytes: usize) -> (Vec<T>, bool) {
    let all = rows.len();
    let mut kept = Vec::with_capacity(all.min(most));
    for row in rows {
        bytes = bytes.saturating_add(size(&row));
        if kept.len() == most || (bytes > PAGE_BYTES && !kept.is_empty()) {
            break;
        }
        kept.push(row);
    }
    let more = kept.len() < all;
    (kept, more)
}

fn size(value: &impl Serialize) -> usize {
    // Our own values: they cannot fail to serialise.
    serde_json::to_vec(value).map_or(0, |json| json.len())
}
