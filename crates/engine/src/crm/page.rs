//! Everything about one customer: all its documents, what was billed in each month, what was bought for how much.

use std::sync::Arc;

use kontor_crm::months::months;
use kontor_crm::products::products;
use kontor_crm::ships::DONE;
use kontor_store::{DocumentFilter, PaperKind, PaperState};

use super::dossier::{LOOKED_THROUGH, Reckoning, bought, day, document, looked_at};
use super::family;
use super::view::{ChartsView, DocumentsView, MonthView, SoldView};
use crate::context::blocking;
use crate::engine::Engine;
use crate::error::{Error, Result};

/// Months a chart shows.
const MONTHS: usize = 24;
/// Products a chart shows.
const PRODUCTS: usize = 200;

/// Which documents of a customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentsAsked {
    /// Of one kind; bills with their credit notes.
    pub kind: Option<PaperKind>,
    /// In one state.
    pub state: Option<PaperState>,
    /// Of this day or later.
    pub from: Option<jiff::civil::Date>,
    /// Of this day or earlier.
    pub until: Option<jiff::civil::Date>,
}

impl DocumentsAsked {
    /// Adds a stretch of time: from a day on, up to a day, YYYY-MM-DD.
    ///
    /// # Errors
    /// [`crate::Code::Usage`] when a text is no day.
    pub fn within(self, from: Option<&str>, until: Option<&str>) -> Result<Self> {
        let day = |text: &str| {
            text.parse().map_err(|_unreadable| {
                Error::usage(format!("“{text}” is no day such as 2026-11-20."))
            })
        };
        Ok(Self {
            from: from.map(day).transpose()?,
            until: until.map(day).transpose()?,
            ..self
        })
    }

    pub(super) fn filter(&self, reckoning: &Reckoning) -> DocumentFilter {
        DocumentFilter {
            kind: self.kind,
            state: self.state,
            from: self.from.map(|day| day.to_string()),
            until: self.until.map(|day| day.to_string()),
            today: reckoning.today.to_string(),
            done: DONE.iter().map(|&word| word.to_owned()).collect(),
        }
    }
}

impl Engine {
    /// Returns a page of a customer's documents, newest first; `after` is the `next` of the page before.
    ///
    /// # Errors
    /// When the store cannot be read, or the cursor is not one of ours.
    pub async fn document_page(
        &self,
        customer: &str,
        asked: DocumentsAsked,
        after: Option<String>,
        limit: u32,
    ) -> Result<DocumentsView> {
        let strange = |cursor: &str| {
            let row = cursor.split_once('/').map(|(row, _)| row.parse::<i64>());
            !matches!(row, Some(Ok(_)))
        };
        if let Some(cursor) = after.as_deref().filter(|cursor| strange(cursor)) {
            return Err(Error::usage(format!(
                "“{cursor}” is not a place to go on from; take it from the “next” of the page before."
            )));
        }
        let ctx = Arc::clone(&self.ctx);
        let id = customer.to_owned();
        blocking(move || {
            let members = looked_at(&ctx, &family::families(&ctx)?, &id)?;
            let (now, moment) = (ctx.clock.now(), ctx.moment());
            Ok(ctx.store.read(|r| {
                let reckoning = Reckoning::of(r, now, moment)?;
                let filter = asked.filter(&reckoning);
                let page = r.document_page(&members, &filter, after.as_deref(), limit)?;
                let rows = page.rows.into_iter();
                Ok(DocumentsView {
                    documents: rows.map(|row| document(row, &reckoning)).collect(),
                    next: page.next,
                    total: page.total,
                })
            })?)
        })
        .await
    }

    /// Returns what a customer's charts draw: the last 24 months, and what was bought of each product; both per currency.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn customer_charts(&self, customer: &str) -> Result<ChartsView> {
        let ctx = Arc::clone(&self.ctx);
        let id = customer.to_owned();
        blocking(move || {
            let (now, moment) = (ctx.clock.now(), ctx.moment());
            let members = family::families(&ctx)?.members(&id);
            Ok(ctx.store.read(|r| {
                let reckoning = Reckoning::of(r, now, moment)?;
                let figures = family::figures(r, &members)?;
                let newest = family::documents(r, &members, None, LOOKED_THROUGH)?;
                let of_months = months(&figures, reckoning.today, MONTHS);
                let of_months = of_months.into_iter().flat_map(|(currency, months)| {
                    months.into_iter().map(move |month| MonthView {
                        currency: currency.clone(),
                        begins: month.begins,
                        billed: month.billed.to_f64(),
                        open: month.open.to_f64(),
                    })
                });
                let of_products = products(bought(&newest), PRODUCTS).into_iter();
                let sold = of_products.flat_map(|product| {
                    let last_at = day(product.last_at);
                    let worths = product.worth.into_iter();
                    let one = worths.map(move |(currency, worth)| SoldView {
                        currency,
                        worth: worth.to_f64(),
                        code: product.code.clone(),
                        name: product.name.clone(),
                        amount: product.amount.to_f64(),
                        unit: product.unit.clone(),
                        last_at: last_at.clone(),
                    });
                    one.collect::<Vec<_>>()
                });
                let mut products: Vec<SoldView> = sold.collect();
                products.sort_by(|a, b| b.worth.total_cmp(&a.worth));
                Ok(ChartsView {
                    months: of_months.collect(),
                    products,
                })
            })?)
        })
        .await
    }
}
