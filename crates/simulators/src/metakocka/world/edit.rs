//! Changes of the books.

use super::{Clock, World, document_id, row};
use crate::metakocka::calendar::Moment;
use crate::metakocka::document::{Change, Document};
use crate::metakocka::partner::Partner;
use crate::metakocka::product::Product;
use crate::metakocka::register::Kind;

/// A change of a document, for its log.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) operation: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) who: String,
}

impl Entry {
    /// A change without values.
    pub(crate) fn new(operation: &'static str, who: &str) -> Self {
        Self {
            operation,
            before: String::new(),
            after: String::new(),
            who: who.to_owned(),
        }
    }
}

impl World {
    /// An id nothing has.
    pub(crate) const fn next_id(&mut self) -> u64 {
        self.later = self.later.saturating_add(1);
        self.later
    }

    /// The moment of a write; a clock that stands moves on by a second, so that no two writes are of one moment.
    pub(crate) fn tick(&mut self) -> Moment {
        let Clock { stands, .. } = &mut self.clock;
        if let Some(moment) = stands {
            *moment = moment.plus(1);
        }
        self.now()
    }

    /// Keeps a new document with the moment and the log of its making; answers its id.
    pub(crate) fn create(&mut self, mut document: Document, entries: Vec<Entry>) -> u64 {
        let now = self.tick();
        document.created = now;
        document.changed = now;
        log(&mut document, entries, now);
        let place = self.append(document);
        document_id(place)
    }

    /// Changes a document that exists and writes down when; answers whether there is one.
    pub(crate) fn change(
        &mut self,
        place: u32,
        entries: Vec<Entry>,
        change: impl FnOnce(&mut Document),
    ) -> bool {
        let Some(mut document) = self.document(place).map(std::borrow::Cow::into_owned) else {
            return false;
        };
        let now = self.tick();
        change(&mut document);
        document.changed = now;
        log(&mut document, entries, now);
        let changed = row(&document);
        if let Some(row) = usize::try_from(place)
            .ok()
            .and_then(|p| self.rows.get_mut(p))
        {
            *row = changed;
        }
        self.documents.insert(place, document);
        true
    }

    /// Takes a document out; answers whether there was one.
    pub(crate) fn delete(&mut self, place: u32) -> bool {
        let Some(kind) = self.document(place).map(|d| d.kind) else {
            return false;
        };
        self.tick();
        if let Some(list) = self.lists.get_mut(&kind)
            && let Ok(at) = list.binary_search(&place)
        {
            list.remove(at);
        }
        self.deleted.insert(place)
    }

    /// The number a new document of this type gets: the next one of its series.
    pub(crate) fn next_code(&self, kind: Kind) -> String {
        let year = self.now().day().year();
        let mut number = self.rows.len().saturating_add(2000);
        loop {
            let code = format!("{}{year}-{number:04}", kind.prefix());
            if self.coded(kind, &code).is_none() {
                return code;
            }
            number = number.saturating_add(1);
        }
    }

    /// Keeps a new partner; answers its number.
    pub(crate) fn add_partner(&mut self, make: impl FnOnce(u32) -> Partner) -> u32 {
        let no = self.n_partners;
        self.n_partners = no.saturating_add(1);
        self.tick();
        self.partners.insert(no, make(no));
        no
    }

    /// Changes a partner; answers whether there is one.
    pub(crate) fn change_partner(&mut self, no: u32, change: impl FnOnce(&mut Partner)) -> bool {
        let Some(mut partner) = self.partner(no).map(std::borrow::Cow::into_owned) else {
            return false;
        };
        self.tick();
        change(&mut partner);
        self.partners.insert(no, partner);
        true
    }

    /// Takes a partner out of the register.
    pub(crate) fn remove_partner(&mut self, no: u32) {
        self.tick();
        self.removed_partners.insert(no);
    }

    /// Keeps a new product; answers its number.
    pub(crate) fn add_product(&mut self, make: impl FnOnce(u32) -> Product) -> u32 {
        let no = self.n_products;
        self.n_products = no.saturating_add(1);
        self.tick();
        self.products.insert(no, make(no));
        no
    }

    /// Changes a product; answers whether there is one.
    pub(crate) fn change_product(&mut self, no: u32, change: impl FnOnce(&mut Product)) -> bool {
        let Some(mut product) = self.product(no).map(std::borrow::Cow::into_owned) else {
            return false;
        };
        self.tick();
        change(&mut product);
        self.products.insert(no, product);
        true
    }

    /// Takes a product out.
    pub(crate) fn remove_product(&mut self, no: u32) {
        self.tick();
        self.removed_products.insert(no);
    }
}

fn log(document: &mut Document, entries: Vec<Entry>, at: Moment) {
    document.history.extend(entries.into_iter().map(|e| Change {
        operation: e.operation,
        before: e.before,
        after: e.after,
        who: e.who,
        at,
    }));
}
