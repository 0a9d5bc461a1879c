//! Facts of the ERP: the directory of all customers and the products page by page, and what is new of the customers that
//! are followed.
//!
//! Asked for only when all events were read and all of ours told, one page of the directory and one batch of customers at a
//! time: a colleague's note never waits behind facts. What is wanted stands in the store, so that another process of this
//! profile wants by writing there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kontor_protocol::{
    ClientFrame, CustomersPage, Document, DocumentKind, DocumentLine, DossierPage, FactsState,
    Payment, ProductRow, ProductsPage, WantedDossier,
};
use kontor_store::{
    CustomerCardRow, CustomerRow, DocumentRow, FactsRow, Figure, PaperKind,
    ProductRow as KeptProduct, Write,
};
use serde::{Deserialize, Serialize};

use super::{Desk, Side};
use crate::Result;
use crate::row::active;

/// Customers asked for at once: enough that their answers fill the way, few enough that a note is not long behind them.
const AT_ONCE: u32 = 20;

/// What is under way, and what the server said of itself on this connection.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// Of the last state; `None` before one came, or where no ERP is connected: nothing is asked.
    life: Option<String>,
    /// The newest version there, of the last state.
    newest: u64,
    /// The cursor a page of the directory was asked for with.
    directory: Option<u64>,
    /// The directory has been read as far as the server had it then.
    level: u64,
    /// The newest version of any product there, of the last state.
    newest_product: u64,
    /// The cursor a page of the products was asked for with.
    products: Option<u64>,
    /// The products have been read as far as the server had them then.
    products_level: u64,
    /// Customers asked for and not answered yet, with what the directory had of them then.
    dossiers: BTreeMap<String, u64>,
}

/// What stands on a document, as the store keeps it beside the figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentBody {
    /// The ERP's own word for the type.
    #[serde(default)]
    pub doc_type: String,
    /// The state as people see it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_label: String,
    /// The customer's own number for it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub their_number: String,
    /// What it is called; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What stands on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<DocumentLine>,
    /// What was paid and when.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// Numbers of documents it belongs with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub belongs_with: Vec<String>,
}

impl Desk {
    /// The next question about facts; `None` while something goes first, enough is under way, or all is here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_ask(&mut self) -> Result<Option<ClientFrame>> {
        let Some(life) = self.facts.life.clone() else {
            return Ok(None);
        };
        let level = self.tell_from.is_some_and(|from| self.cursor >= from);
        if !level || !self.in_flight.is_empty() {
            return Ok(None);
        }
        if let Some(ask) = self.ask_directory(&life)? {
            return Ok(Some(ask));
        }
        if let Some(ask) = self.ask_dossiers()? {
            return Ok(Some(ask));
        }
        self.ask_products(&life)
    }

    fn ask_directory(&mut self, life: &str) -> Result<Option<ClientFrame>> {
        let asking = &mut self.facts;
        if asking.directory.is_some() || asking.level >= asking.newest {
            return Ok(None);
        }
        let Some(after) = self.known(life)?.map(|row| row.directory) else {
            return Ok(None);
        };
        let asking = &mut self.facts;
        if after >= asking.newest {
            asking.level = after;
            return Ok(None);
        }
        asking.directory = Some(after);
        Ok(Some(ClientFrame::Customers { after }))
    }

    fn ask_products(&mut self, life: &str) -> Result<Option<ClientFrame>> {
        let asking = &mut self.facts;
        if asking.products.is_some() || asking.products_level >= asking.newest_product {
            return Ok(None);
        }
        let Some(after) = self.known(life)?.map(|row| row.products) else {
            return Ok(None);
        };
        let asking = &mut self.facts;
        if after >= asking.newest_product {
            asking.products_level = after;
            return Ok(None);
        }
        asking.products = Some(after);
        Ok(Some(ClientFrame::Products { after }))
    }

    /// How far facts of this life were read.
    fn known(&self, life: &str) -> Result<Option<FactsRow>> {
        let read = self.collab.store().read(|r| r.facts())?;
        Ok(read.filter(|row| row.life == life))
    }

    fn ask_dossiers(&mut self) -> Result<Option<ClientFrame>> {
        if !self.facts.dossiers.is_empty() {
            return Ok(None);
        }
        let rows = self.collab.store().read(|r| {
            let rows = r.wanted_customers(AT_ONCE)?;
            let mut wanted = Vec::with_capacity(rows.len());
            for row in rows {
                let newest = r.customer(&row.customer)?.map_or(0, |c| c.version);
                wanted.push((row, newest));
            }
            Ok(wanted)
        })?;
        let mut wanted = Vec::with_capacity(rows.len());
        for (row, newest) in rows {
            self.facts.dossiers.insert(row.customer.clone(), newest);
            let (customer, after) = (row.customer, row.held);
            wanted.push(WantedDossier { customer, after });
        }
        Ok((!wanted.is_empty()).then_some(ClientFrame::Dossiers { wanted }))
    }

    /// The server says how its mirror stands.
    pub(super) async fn facts_state(&mut self, state: &FactsState, now: Timestamp) -> Result<()> {
        let Ok(text) = serde_json::to_string(state) else {
            return Ok(());
        };
        let life = state.life.clone();
        if self.facts.life.as_ref() != Some(&life) {
            self.facts = Asking::default();
        }
        self.facts.newest = state.version;
        self.facts.newest_product = state.products;
        let (kept, side) = (life.clone(), self.side);
        let write = self.collab.store().write(now.into(), move |w| {
            // Joined or left meanwhile: what this server says of facts is of no use any more.
            if active(w)?.is_some() == (side == Side::Team) {
                w.put_facts_state(&kept, &text)?;
            }
            Ok(())
        });
        write.await?;
        self.facts.life = (!life.is_empty()).then_some(life);
        Ok(())
    }

    /// A page of the directory and how far it was read, in one transaction.
    pub(super) async fn directory(&mut self, page: CustomersPage, now: Timestamp) -> Result<()> {
        let asked = self.facts.directory.take();
        if asked != Some(page.after) || self.facts.life.as_ref() != Some(&page.life) {
            return Ok(());
        }
        let newest = self.facts.newest;
        let write = self
            .collab
            .store()
            .write(now.into(), move |w| take_directory(w, page));
        let (upto, more) = write.await?;
        // Without more there, asking again would bring the same: the next state says when there is.
        if !more || asked == Some(upto) {
            self.facts.level = newest;
        }
        Ok(())
    }

    /// A page of the products and how far they were read, in one transaction.
    pub(super) async fn products(&mut self, page: ProductsPage, now: Timestamp) -> Result<()> {
        let asked = self.facts.products.take();
        if asked != Some(page.after) || self.facts.life.as_ref() != Some(&page.life) {
            return Ok(());
        }
        let newest = self.facts.newest_product;
        let write = self
            .collab
            .store()
            .write(now.into(), move |w| take_products(w, page));
        let (upto, more) = write.await?;
        if !more || asked == Some(upto) {
            self.facts.products_level = newest;
        }
        Ok(())
    }

    /// What is new of a customer and up to which version it is here, in one transaction.
    pub(super) async fn dossier(&mut self, page: DossierPage, now: Timestamp) -> Result<()> {
        if self.facts.life.as_ref() != Some(&page.life) {
            return Ok(());
        }
        let Some(asked) = self.facts.dossiers.remove(&page.customer) else {
            return Ok(());
        };
        let write = self
            .collab
            .store()
            .write(now.into(), move |w| take_dossier(w, page, asked));
        Ok(write.await?)
    }
}

fn take_directory(w: &mut Write<'_>, page: CustomersPage) -> kontor_store::Result<(u64, bool)> {
    let known = w.facts()?;
    let follows = known.is_some_and(|row| row.life == page.life && row.directory == page.after);
    if !follows {
        // Forgotten or read on meanwhile.
        return Ok((page.after, false));
    }
    for row in page.rows {
        let addresses: Vec<String> = row
            .addresses
            .iter()
            .map(|address| address.trim().to_lowercase())
            .filter(|address| !address.is_empty())
            .collect();
        let customer = CustomerRow {
            id: row.id,
            version: row.version,
            name: row.name,
            gone: row.gone,
        };
        w.put_customer(&customer, &addresses)?;
        w.put_customer_clues(&customer.id, &row.tax_number, &row.place)?;
    }
    let upto = page.upto.max(page.after);
    w.set_directory_cursor(upto)?;
    Ok((upto, page.more))
}

fn take_products(w: &mut Write<'_>, page: ProductsPage) -> kontor_store::Result<(u64, bool)> {
    let known = w.facts()?;
    let follows = known.is_some_and(|row| row.life == page.life && row.products == page.after);
    if !follows {
        return Ok((page.after, false));
    }
    for row in page.rows {
        if row.gone {
            w.remove_product(&row.id)?;
        } else {
            w.put_product(&kept_product(row)?)?;
        }
    }
    let upto = page.upto.max(page.after);
    w.set_products_cursor(upto)?;
    Ok((upto, page.more))
}

fn kept_product(row: ProductRow) -> kontor_store::Result<KeptProduct> {
    Ok(KeptProduct {
        body: json("a product", &row)?,
        id: row.id,
        version: row.version,
        code: row.code,
        number: row.number,
        name: row.name,
    })
}

fn take_dossier(w: &mut Write<'_>, page: DossierPage, asked: u64) -> kontor_store::Result<()> {
    let known = w.facts()?;
    let held = w.followed(&page.customer)?;
    let follows = known.is_some_and(|row| row.life == page.life)
        && held.is_some_and(|row| row.held == page.after);
    if !follows {
        return Ok(());
    }
    if let Some(card) = &page.card {
        let text = json("a customer's card", card)?;
        let row = CustomerCardRow {
            seen_at: card.seen_at.into(),
            card: text,
        };
        w.put_customer_card(&page.customer, &row)?;
    }
    for document in page.documents {
        if document.gone {
            w.remove_document(&document.id, &page.customer)?;
        } else {
            w.put_document(&kept(document, &page.customer)?)?;
        }
    }
    let upto = page.upto.max(page.after);
    // A page that goes no further would be asked for for ever.
    let more = page.more && upto > page.after;
    w.hold_customer(&page.customer, upto, more, asked)
}

fn kept(document: Document, customer: &str) -> kontor_store::Result<DocumentRow> {
    let body = DocumentBody {
        doc_type: document.doc_type,
        status_label: document.status_label,
        their_number: document.their_number.clone(),
        title: document.title,
        lines: document.lines,
        payments: document.payments,
        belongs_with: document.belongs_with,
    };
    let figure = Figure {
        kind: match document.kind {
            DocumentKind::Offer => PaperKind::Offer,
            DocumentKind::Order => PaperKind::Order,
            DocumentKind::Invoice => PaperKind::Invoice,
            DocumentKind::CreditNote => PaperKind::CreditNote,
        },
        date: document.date.map(|d| d.to_string()).unwrap_or_default(),
        due: document.due.map(|d| d.to_string()),
        currency: document.currency,
        total: document.total,
        paid: document.paid,
        issued: document.issued,
        seen_at: document.seen_at.into(),
    };
    Ok(DocumentRow {
        body: json("a document", &body)?,
        id: document.id,
        customer: customer.to_owned(),
        version: document.version,
        number: document.number,
        their_number: document.their_number,
        status: document.status,
        figure,
    })
}

fn json(what: &'static str, value: &impl Serialize) -> kontor_store::Result<String> {
    serde_json::to_string(value).map_err(|e| kontor_store::Error::Unreadable {
        what,
        why: e.to_string(),
    })
}
