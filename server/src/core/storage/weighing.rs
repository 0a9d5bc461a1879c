//! Which facts of a batch are other than before, and which versions they get. Decides only; the databases act.
//!
//! A fact lies in its row as JSON without what does not count: its version and when it was last seen have columns of their
//! own. So two looks at the same fact give the same text, and a sum of it tells a change.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kontor_protocol::{CustomerCard, Document, DocumentKind, FactsState, MirrorState};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::facts::{FactsBatch, FoundCustomer, FoundDocument};
use super::goods::Goods;
use super::rows::{hex, instant, plain};
use super::{Result, StorageError};

/// A batch as texts, worked out before the database is asked for anything.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) weight: Weight,
    pub(super) memo: Option<String>,
    /// JSON.
    pub(super) state: Option<String>,
    /// 0: none.
    pub(super) sweep: u64,
    pub(super) goods: Goods,
}

/// Its facts, by id.
#[derive(Debug)]
pub(super) struct Weight {
    customers: BTreeMap<String, CustomerText>,
    documents: BTreeMap<String, DocumentText>,
}

#[derive(Debug)]
struct CustomerText {
    name: String,
    addresses: Vec<String>,
    card: String,
    seen_at: String,
    bare: bool,
    gone: bool,
}

#[derive(Debug)]
struct DocumentText {
    customer: String,
    kind: &'static str,
    body: String,
    seen_at: String,
    sum: String,
    gone: bool,
}

/// What the organisation counts, before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// The newest version.
    pub(super) version: u64,
    /// Customers that are here, bare ones among them.
    pub(super) customers: u64,
    /// Documents that are here.
    pub(super) documents: u64,
    /// Products that are here.
    pub(super) products: u64,
    /// The newest version of any product.
    pub(super) newest_product: u64,
}

/// A customer's row.
#[derive(Clone, Debug)]
pub(super) struct KeptCustomer {
    pub(super) id: String,
    /// The newest of its card and its documents.
    pub(super) version: u64,
    pub(super) card_version: u64,
    /// Only documents told of it.
    pub(super) bare: bool,
    pub(super) name: String,
    /// JSON.
    pub(super) addresses: String,
    /// Addresses only documents told, JSON; kept when its card comes again without them.
    pub(super) told: String,
    /// JSON; empty where nothing is known but that it has documents.
    pub(super) card: String,
    /// When the card was.
    pub(super) seen_at: String,
    /// No longer in the register.
    pub(super) gone: bool,
}

impl KeptCustomer {
    /// One of whom nothing is known yet.
    fn unknown(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            version: 0,
            card_version: 0,
            bare: true,
            name: String::new(),
            addresses: NONE.to_owned(),
            told: NONE.to_owned(),
            card: String::new(),
            seen_at: String::new(),
            gone: false,
        }
    }

    /// All its addresses, each once.
    fn all_addresses(&self) -> Result<Vec<String>> {
        read_addresses(&self.addresses, &self.told)
    }

    /// Takes over a card. True where it was another, or none.
    fn take_card(&mut self, found: CustomerText) -> bool {
        let other = self.card != found.card;
        self.name = found.name;
        self.card = found.card;
        self.seen_at = found.seen_at;
        other
    }
}

/// A list without anything, JSON.
const NONE: &str = "[]";

/// The row of a document that is here.
#[derive(Clone, Debug)]
pub(super) struct KnownDocument {
    pub(super) customer: String,
    pub(super) version: u64,
    pub(super) sum: String,
}

/// What is stored of a batch already, by id.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) customers: BTreeMap<String, KeptCustomer>,
    pub(super) documents: BTreeMap<String, KnownDocument>,
}

/// A document to be put in place of its row.
#[derive(Debug)]
pub(super) struct DocumentPut {
    pub(super) id: String,
    pub(super) customer: String,
    pub(super) version: u64,
    pub(super) kind: &'static str,
    pub(super) body: String,
    pub(super) seen_at: String,
    pub(super) sum: String,
}

/// A document that is no longer this customer's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parting {
    pub(super) id: String,
    pub(super) customer: String,
    pub(super) version: u64,
}

/// What is to be done with a batch.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    /// Customers to be put in place of their rows.
    pub(super) customers: Vec<KeptCustomer>,
    pub(super) documents: Vec<DocumentPut>,
    pub(super) partings: Vec<Parting>,
    pub(super) tally: Tally,
    /// Rows that were new or other than before.
    pub(super) changed: u64,
    /// The documents among them.
    pub(super) changed_documents: Vec<String>,
}

impl Batch {
    pub(super) fn of(batch: FactsBatch) -> Result<Self> {
        let customers = batch.customers.into_iter().map(customer_text);
        let documents = batch.documents.into_iter().map(document_text);
        Ok(Self {
            weight: Weight {
                customers: customers.collect::<Result<_>>()?,
                documents: documents.collect::<Result<_>>()?,
            },
            memo: batch.memo.as_deref().map(plain),
            state: batch.state.as_ref().map(json).transpose()?,
            sweep: batch.sweep.unwrap_or_default(),
            goods: Goods::of(batch.products, batch.stocks, batch.round)?,
        })
    }
}

impl Weight {
    /// The documents whose rows are to be known.
    pub(super) fn documents(&self) -> Vec<String> {
        self.documents.keys().cloned().collect()
    }

    /// The customers whose rows are to be known, once the documents are.
    pub(super) fn customers(&self, documents: &BTreeMap<String, KnownDocument>) -> Vec<String> {
        let mut ids: BTreeSet<&String> = self.customers.keys().collect();
        ids.extend(self.documents.values().map(|found| &found.customer));
        ids.extend(documents.values().map(|known| &known.customer));
        ids.into_iter().cloned().collect()
    }

    /// Goes on counting from `tally`. A customer's row ends at the version of the last of its documents that changed, so
    /// no two rows end at the same.
    ///
    /// # Errors
    /// When the row of a customer cannot be read.
    pub(super) fn weigh(self, known: Known, tally: Tally) -> Result<Weighed> {
        let mut scales = Scales {
            weighed: Weighed {
                tally,
                ..Weighed::default()
            },
            put: BTreeMap::new(),
            moved: BTreeMap::new(),
        };
        for (id, found) in self.customers {
            let row = known.customers.get(&id).cloned();
            scales.customer(&id, found, row)?;
        }
        for (id, found) in self.documents {
            let row = known.documents.get(&id);
            scales.document(id, found, row);
        }
        Ok(scales.settle(known.customers))
    }
}

/// A batch that is being weighed.
#[derive(Debug)]
struct Scales {
    weighed: Weighed,
    put: BTreeMap<String, KeptCustomer>,
    /// The version of the newest document of a customer that changed.
    moved: BTreeMap<String, u64>,
}

impl Scales {
    fn next(&mut self) -> u64 {
        let version = &mut self.weighed.tally.version;
        *version = version.saturating_add(1);
        *version
    }

    fn count_change(&mut self) {
        self.weighed.changed = self.weighed.changed.saturating_add(1);
    }

    fn customer(&mut self, id: &str, found: CustomerText, row: Option<KeptCustomer>) -> Result<()> {
        let mut other = row.is_none();
        let mut row = row.unwrap_or_else(|| self.unknown(id));
        let mut other_card = false;
        if found.bare {
            let known = row.all_addresses()?;
            let mut told: Vec<String> = parse(&row.told)?;
            let before = told.len();
            let new = |address: &&String| !known.contains(address);
            told.extend(found.addresses.iter().filter(new).cloned());
            other |= told.len() > before;
            row.told = json(&told)?;
            other_card = row.card.is_empty() && row.take_card(found);
            other |= other_card;
            if !other {
                return Ok(());
            }
        } else {
            let addresses = json(&found.addresses)?;
            other |= row.bare || row.addresses != addresses || row.gone != found.gone;
            row.bare = false;
            row.gone = found.gone;
            row.addresses = addresses;
            other_card |= row.take_card(found);
            other |= other_card;
        }
        if other {
            row.version = self.next();
            self.count_change();
        }
        if other_card {
            row.card_version = row.version;
        }
        self.put.insert(id.to_owned(), row);
        Ok(())
    }

    /// The row of a customer who was not here.
    fn unknown(&mut self, id: &str) -> KeptCustomer {
        let customers = &mut self.weighed.tally.customers;
        *customers = customers.saturating_add(1);
        KeptCustomer::unknown(id)
    }

    fn document(&mut self, id: String, found: DocumentText, row: Option<&KnownDocument>) {
        if found.gone {
            if let Some(row) = row {
                self.part(&id, row);
                self.count_change();
                self.weighed.changed_documents.push(id);
                let documents = &mut self.weighed.tally.documents;
                *documents = documents.saturating_sub(1);
            }
            return;
        }
        let same = row.filter(|row| row.customer == found.customer && row.sum == found.sum);
        let version = if let Some(same) = same {
            same.version
        } else {
            match row {
                Some(row) if row.customer != found.customer => self.part(&id, row),
                Some(_) => {}
                None => {
                    let documents = &mut self.weighed.tally.documents;
                    *documents = documents.saturating_add(1);
                }
            }
            self.count_change();
            self.weighed.changed_documents.push(id.clone());
            let version = self.next();
            self.moved.insert(found.customer.clone(), version);
            version
        };
        self.weighed.documents.push(DocumentPut {
            id,
            customer: found.customer,
            version,
            kind: found.kind,
            body: found.body,
            seen_at: found.seen_at,
            sum: found.sum,
        });
    }

    /// Its customer has it no longer, and is told so before another one is told that it has it.
    fn part(&mut self, id: &str, row: &KnownDocument) {
        let version = self.next();
        self.moved.insert(row.customer.clone(), version);
        self.weighed.partings.push(Parting {
            id: id.to_owned(),
            customer: row.customer.clone(),
            version,
        });
    }

    /// Customers whose documents changed move on with them.
    fn settle(mut self, mut known: BTreeMap<String, KeptCustomer>) -> Weighed {
        for (id, version) in std::mem::take(&mut self.moved) {
            let row = self.put.remove(&id).or_else(|| known.remove(&id));
            let row = row.unwrap_or_else(|| self.unknown(&id));
            self.put.insert(id, KeptCustomer { version, ..row });
        }
        self.weighed.customers = self.put.into_values().collect();
        self.weighed
    }
}

fn customer_text(found: FoundCustomer) -> Result<(String, CustomerText)> {
    let (name, seen_at) = (plain(&found.card.name), found.card.seen_at.to_string());
    let card = json(&CustomerCard {
        seen_at: Timestamp::UNIX_EPOCH,
        ..found.card
    })?;
    let text = CustomerText {
        name,
        addresses: found.addresses,
        card,
        seen_at,
        bare: found.bare,
        gone: found.gone,
    };
    Ok((plain(&found.id), text))
}

fn document_text(found: FoundDocument) -> Result<(String, DocumentText)> {
    let document = found.document;
    let (id, gone) = (plain(&document.id), document.gone);
    let (kind, seen_at) = (kind_word(document.kind), document.seen_at.to_string());
    let body = json(&Document {
        version: 0,
        seen_at: Timestamp::UNIX_EPOCH,
        ..document
    })?;
    let text = DocumentText {
        customer: plain(&found.customer),
        kind,
        sum: sum(&body),
        body,
        seen_at,
        gone,
    };
    Ok((id, text))
}

/// A kind of document as it stands in its row.
pub(super) fn kind_word(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Offer => "offer",
        DocumentKind::Order => "order",
        DocumentKind::Invoice => "invoice",
        DocumentKind::CreditNote => "credit_note",
    }
}

/// A customer's card out of its row; `None` where nothing is known but that it has documents.
pub(super) fn read_card(card: &str, seen_at: &str) -> Result<Option<CustomerCard>> {
    if card.is_empty() {
        return Ok(None);
    }
    let card: CustomerCard = parse(card)?;
    let seen_at = instant(seen_at)?;
    Ok(Some(CustomerCard { seen_at, ..card }))
}

/// What tells that two customers are one, out of a card: tax number and place; both empty without a card.
pub(super) fn read_clues(card: &str) -> Result<(String, String)> {
    if card.is_empty() {
        return Ok(<(String, String)>::default());
    }
    let card: CustomerCard = parse(card)?;
    let place = card.place().to_owned();
    Ok((card.tax_number, place))
}

/// The addresses of a customer out of its row, each once.
pub(super) fn read_addresses(addresses: &str, told: &str) -> Result<Vec<String>> {
    let mut all: Vec<String> = parse(addresses)?;
    for address in parse::<Vec<String>>(told)? {
        if !all.contains(&address) {
            all.push(address);
        }
    }
    Ok(all)
}

/// A document's row, but for its body.
#[derive(Debug)]
pub(super) struct DocumentHead {
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) gone: bool,
    pub(super) seen_at: String,
}

/// A document out of its row.
pub(super) fn read_document(head: DocumentHead, body: &str) -> Result<Document> {
    let document: Document = parse(body)?;
    Ok(Document {
        id: head.id,
        version: head.version,
        gone: head.gone,
        seen_at: instant(&head.seen_at)?,
        ..document
    })
}

/// The state desks are told; `state` is empty until the mirror has told one.
pub(super) fn read_state(life: String, tally: Tally, state: &str) -> Result<FactsState> {
    let mut told = if state.is_empty() {
        FactsState {
            state: MirrorState::First,
            ..FactsState::default()
        }
    } else {
        parse(state)?
    };
    told.life = life;
    told.version = tally.version;
    told.counts.customers = tally.customers;
    told.counts.documents = tally.documents;
    told.counts.products = tally.products;
    told.products = tally.newest_product;
    Ok(told)
}

/// As it stands in a row.
pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|e| StorageError::Damaged(format!("a fact cannot be written: {e}")))
}

pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text)
        .map_err(|e| StorageError::Damaged(format!("a fact cannot be read: {e}")))
}

pub(super) fn sum(text: &str) -> String {
    hex(&Sha256::digest(text).into())
}
