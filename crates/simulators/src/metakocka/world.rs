//! The company's books: what the seed made, and over it what was changed since.
//!
//! A million documents are kept as rows of a few bytes, by which searches find them; the documents themselves are made anew
//! whenever somebody asks, unless they were changed.

mod edit;
mod files;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::calendar::{Day, Moment};
use super::document::Document;
use super::partner::{Partner, partner_no};
use super::product::{Product, product_no};
use super::register::Kind;
use super::seed::deals::{Paid, Plan};
use super::seed::{deals, partners, products, sample};

pub(crate) use edit::Entry;
use files::Files;
pub(crate) use files::Told;

/// The first document's id.
const FIRST_DOCUMENT: u64 = 400_000_000_000;
/// The first id of anything that comes later: lines, addresses, contacts.
const FIRST_LATER: u64 = 800_000_000_000;

/// What searches know of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) partner: u32,
    pub(crate) day: Day,
    pub(crate) changed: Moment,
    pub(crate) kind: Kind,
    pub(crate) status: u8,
    pub(crate) paid: bool,
}

/// Everything Metakocka knows.
#[derive(Debug)]
pub(crate) struct World {
    plan: Plan,
    rows: Vec<Row>,
    /// The places of a type's documents that exist, in the order they were made.
    lists: BTreeMap<Kind, Vec<u32>>,
    /// Where the sample's documents lie among those of the plan, in order.
    samples: Vec<u32>,
    documents: BTreeMap<u32, Document>,
    deleted: BTreeSet<u32>,
    partners: BTreeMap<u32, Partner>,
    n_partners: u32,
    /// Out of the register; documents name them on.
    removed_partners: BTreeSet<u32>,
    products: BTreeMap<u32, Product>,
    n_products: u32,
    removed_products: BTreeSet<u32>,
    /// What can be looked for in a seeded partner, in small letters; made at the first look.
    index: OnceLock<Vec<Box<str>>>,
    later: u64,
    files: Files,
    clock: Clock,
}

/// The time of the simulated house.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// Standing still between writes; `None` when the caller's clock rules.
    pub(crate) stands: Option<Moment>,
    pub(crate) wall: Option<fn() -> i64>,
    /// Seconds it is wrong by.
    pub(crate) skew: i64,
}

impl Clock {
    fn now(&self) -> Moment {
        let right = match (self.stands, self.wall) {
            (Some(moment), _) => moment,
            (None, Some(wall)) => Moment(wall()),
            (None, None) => Moment(0),
        };
        right.plus(self.skew)
    }
}

impl World {
    /// The books of this plan. Its count of documents is that of all, the sample's included.
    pub(crate) fn new(mut plan: Plan, clock: Clock) -> Self {
        let found = sample::sample(plan.today);
        let n_sample = u32::try_from(found.documents.len()).unwrap_or(0);
        plan.sample_partners = u32::try_from(found.partners.len()).unwrap_or(0);
        plan.partners = plan.partners.max(plan.sample_partners);
        plan.documents = plan.documents.saturating_sub(n_sample);
        let mut world = Self {
            rows: Vec::with_capacity(
                usize::try_from(plan.documents.saturating_add(n_sample)).unwrap_or(0),
            ),
            lists: Kind::ALL.into_iter().map(|k| (k, Vec::new())).collect(),
            samples: Vec::new(),
            documents: BTreeMap::new(),
            deleted: BTreeSet::new(),
            n_partners: plan.partners,
            partners: (0..).zip(found.partners).collect(),
            removed_partners: BTreeSet::new(),
            products: BTreeMap::new(),
            n_products: plan.products,
            removed_products: BTreeSet::new(),
            index: OnceLock::new(),
            later: FIRST_LATER,
            files: Files::default(),
            clock,
            plan,
        };
        world.fill(found.documents);
        world
    }

    /// The sample's documents lie where their day has them among the others.
    fn fill(&mut self, mut drafts: Vec<sample::Draft>) {
        drafts.sort_by_key(|d| d.document.day);
        let mut places: BTreeMap<String, u32> = BTreeMap::new();
        let mut waiting = drafts.into_iter().peekable();
        let total = self.plan.documents;
        for n in 0..=total {
            let head = (n < total).then(|| self.plan.head(n));
            while let Some(draft) = waiting
                .next_if(|d| head.is_none_or(|h| n.rem_euclid(20) == 0 && d.document.day < h.day))
            {
                let place = self.end();
                let mut document = draft.document;
                for from in draft.from.iter().filter_map(|code| places.get(code)) {
                    document.links.push(document_id(*from));
                    if let Some(other) = self.documents.get_mut(from) {
                        other.links.push(document_id(place));
                    }
                }
                places.insert(document.code.clone(), place);
                self.samples.push(place);
                self.append(document);
            }
            if let Some(head) = head {
                let row = Row {
                    partner: head.partner,
                    day: head.day,
                    changed: head.changed,
                    kind: head.kind,
                    status: head.status,
                    paid: head.paid == Paid::All,
                };
                self.push(row);
            }
        }
    }

    fn end(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    fn push(&mut self, row: Row) -> u32 {
        let place = self.end();
        self.rows.push(row);
        self.lists.entry(row.kind).or_default().push(place);
        place
    }

    /// Keeps a new document; answers its place.
    pub(crate) fn append(&mut self, document: Document) -> u32 {
        let place = self.push(row(&document));
        self.documents.insert(place, document);
        place
    }

    /// The time.
    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    pub(crate) const fn clock(&mut self) -> &mut Clock {
        &mut self.clock
    }

    // ---- Documents

    /// The places of this type's documents, oldest first.
    pub(crate) fn list(&self, kind: Kind) -> &[u32] {
        self.lists.get(&kind).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn row(&self, place: u32) -> Option<&Row> {
        self.rows.get(usize::try_from(place).ok()?)
    }

    /// The document at a place, if it still exists.
    pub(crate) fn document(&self, place: u32) -> Option<Cow<'_, Document>> {
        self.row(place).filter(|_| !self.deleted.contains(&place))?;
        if let Some(changed) = self.documents.get(&place) {
            return Some(Cow::Borrowed(changed));
        }
        let made = self
            .plan
            .document(self.number(place)?, |n| document_id(self.place(n)));
        Some(Cow::Owned(made))
    }

    /// The number people see, made without the rest of the document; and the customer's own number.
    pub(crate) fn codes(&self, place: u32) -> (String, String) {
        if let Some(changed) = self.documents.get(&place) {
            return (changed.code.clone(), changed.buyer_order.clone());
        }
        let Some(n) = self.number(place) else {
            return (String::new(), String::new());
        };
        let head = self.plan.head(n);
        let buyer_order = self.plan.buyer_order(n, &head);
        (self.plan.code(n, &head), buyer_order)
    }

    /// Whether the title has these words, in small letters; documents of the plan have none.
    pub(crate) fn title_has(&self, place: u32, words: &str) -> bool {
        let kept = self.documents.get(&place);
        kept.is_some_and(|d| d.title.to_lowercase().contains(words))
    }

    /// The places of documents that were changed or are not of the plan.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (u32, &Document)> {
        let alive = |(place, _): &(&u32, _)| !self.deleted.contains(place);
        self.documents
            .iter()
            .filter(alive)
            .map(|(place, d)| (*place, d))
    }

    /// The document of this type with this number.
    pub(crate) fn coded(&self, kind: Kind, code: &str) -> Option<u32> {
        let kept = self.kept().find(|(_, d)| d.kind == kind && d.code == code);
        let made = || {
            let place = self.place(deals::numbered(code).filter(|n| *n < self.plan.documents)?);
            let alive =
                self.row(place).is_some_and(|r| r.kind == kind) && !self.deleted.contains(&place);
            (alive && self.codes(place).0 == code).then_some(place)
        };
        kept.map(|(place, _)| place).or_else(made)
    }

    /// The order with this number of the customer's own.
    pub(crate) fn bought_as(&self, buyer_order: &str) -> Option<u32> {
        let kept = self
            .kept()
            .find(|(_, d)| d.kind == Kind::Order && d.buyer_order == buyer_order);
        let made = || {
            let n: u32 = buyer_order.strip_prefix("PO-")?.parse().ok()?;
            let place = self.place(Some(n).filter(|n| *n < self.plan.documents)?);
            let alive = !self.deleted.contains(&place);
            (alive && self.codes(place).1 == buyer_order).then_some(place)
        };
        kept.map(|(place, _)| place).or_else(made)
    }

    /// The number in the plan of what lies at a place.
    fn number(&self, place: u32) -> Option<u32> {
        let before = self.samples.partition_point(|s| *s < place);
        let n = place.checked_sub(u32::try_from(before).ok()?)?;
        (n < self.plan.documents && self.samples.binary_search(&place).is_err()).then_some(n)
    }

    /// Where the document with this number of the plan lies.
    fn place(&self, n: u32) -> u32 {
        // The k-th sample lies at `samples[k]`, so `samples[k] - k` documents of the plan stand before it.
        let mut low = 0_usize;
        let mut high = self.samples.len();
        while low < high {
            let middle = low.midpoint(high);
            let at = self.samples.get(middle).copied().unwrap_or(u32::MAX);
            let before = at.saturating_sub(u32::try_from(middle).unwrap_or(0));
            if before <= n {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        n.saturating_add(u32::try_from(low).unwrap_or(0))
    }

    // ---- Partners

    pub(crate) const fn n_partners(&self) -> u32 {
        self.n_partners
    }

    pub(crate) fn partner(&self, no: u32) -> Option<Cow<'_, Partner>> {
        if let Some(changed) = self.partners.get(&no) {
            return Some(Cow::Borrowed(changed));
        }
        (no < self.plan.partners).then(|| Cow::Owned(partners::partner(self.plan.seed, no)))
    }

    /// The number of the partner of the register with this id, if there is one.
    pub(crate) fn partner_with(&self, id: u64) -> Option<u32> {
        let there = |no: &u32| *no < self.n_partners && !self.removed_partners.contains(no);
        partner_no(id).filter(there)
    }

    /// Numbers of the partners of the register of whom something written down contains these words, in any case.
    pub(crate) fn partners_like(&self, words: &str) -> Vec<u32> {
        let words = words.to_lowercase();
        let index = self.index.get_or_init(|| {
            let made = |no| written(&partners::partner(self.plan.seed, no)).into_boxed_str();
            (0..self.plan.partners).map(made).collect()
        });
        let made = (0_u32..)
            .zip(index)
            .filter(|(no, text)| text.contains(&words) && !self.partners.contains_key(no))
            .map(|(no, _)| no);
        let changed = self
            .partners
            .iter()
            .filter(|(_, p)| written(p).contains(&words))
            .map(|(no, _)| *no);
        let mut found: Vec<u32> = made.chain(changed).collect();
        found.retain(|no| !self.removed_partners.contains(no));
        found.sort_unstable();
        found
    }

    // ---- Products

    pub(crate) const fn n_products(&self) -> u32 {
        self.n_products
    }

    pub(crate) fn product(&self, no: u32) -> Option<Cow<'_, Product>> {
        if self.removed_products.contains(&no) {
            return None;
        }
        if let Some(changed) = self.products.get(&no) {
            return Some(Cow::Borrowed(changed));
        }
        (no < self.plan.products).then(|| Cow::Owned(products::product(self.plan.seed, no)))
    }

    /// Whether the seed made it; such products stand on documents.
    pub(crate) const fn is_seeded_product(&self, no: u32) -> bool {
        no < self.plan.products
    }

    pub(crate) fn product_with(&self, id: u64) -> Option<u32> {
        product_no(id).filter(|no| self.product(*no).is_some())
    }

    /// The product with this code.
    pub(crate) fn product_coded(&self, code: &str) -> Option<u32> {
        let changed = self.products.iter().find(|(_, p)| p.code == code);
        let made = || {
            let no = products::numbered(code).filter(|no| *no < self.plan.products)?;
            (!self.products.contains_key(&no)).then_some(no)
        };
        let found = changed.map(|(no, _)| *no).or_else(made)?;
        self.product(found).map(|_| found)
    }

    /// The product with this number on its card.
    pub(crate) fn product_counted(&self, count_code: &str) -> Option<u32> {
        let changed = self
            .products
            .iter()
            .find(|(_, p)| p.count_code == count_code);
        let made = || {
            let no = count_code.parse::<u32>().ok()?.checked_sub(1)?;
            let fits = no < self.plan.products && !self.products.contains_key(&no);
            (fits && self.product(no)?.count_code == count_code).then_some(no)
        };
        let found = changed.map(|(no, _)| *no).or_else(made)?;
        self.product(found).map(|_| found)
    }
}

/// The id of the document at a place.
pub(crate) fn document_id(place: u32) -> u64 {
    FIRST_DOCUMENT.saturating_add(place.into())
}

/// The place of the document with this id.
pub(crate) fn document_place(id: u64) -> Option<u32> {
    u32::try_from(id.checked_sub(FIRST_DOCUMENT)?).ok()
}

fn row(document: &Document) -> Row {
    Row {
        partner: document.partner,
        day: document.day,
        changed: document.changed,
        kind: document.kind,
        status: document.status,
        paid: document.is_paid(),
    }
}

/// What can be looked for in a partner, a line each, in small letters.
fn written(partner: &Partner) -> String {
    let mut text = format!("{}\n{}\n{}", partner.name, partner.code, partner.tax_number);
    for contact in &partner.contacts {
        for word in [&contact.email, &contact.gsm, &contact.phone, &contact.name] {
            text.push('\n');
            text.push_str(word);
        }
    }
    text.to_lowercase()
}
