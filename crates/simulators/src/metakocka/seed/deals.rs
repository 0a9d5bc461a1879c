//! Documents by their number: deals from offer to bill, spread over four years, the newest last.
//!
//! Twenty documents are a block of ten deals. What a search needs of a document is its [`Head`], cheap enough to make for a
//! million of them at start; the rest is made when the document is asked for.

use kontor_testkit::Rng;

use super::{DEALS, DOCUMENTS, one_of, partners, products, rng};
use crate::metakocka::calendar::{Day, Moment};
use crate::metakocka::document::{Change, Document, Line, Payment};
use crate::metakocka::money::{Amount, Money, share};
use crate::metakocka::register::{DELIVERIES, Kind, NO_STATUS, PAYMENTS, Tax, status_named};

/// The books begin so many days before the newest day.
const SPAN: i32 = 1460;
/// Documents of a block.
const BLOCK: u32 = 20;
/// Numbers people see begin here: below lie those that mails of the sample company name.
const FIRST_NUMBER: u32 = 2000;
/// The first id of a seeded line.
const FIRST_ROW: u64 = 700_000_000_000;

/// What a place of the block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Offer,
    Order,
    Bill,
    Retail,
    Prepaid,
    Credit,
}

/// Slot, deal, days before the end of the block, the place it came from.
type Place = (Slot, u8, i32, Option<u8>);

const PATTERN: [Place; 20] = [
    (Slot::Offer, 0, 16, None),
    (Slot::Order, 0, 8, Some(0)),
    (Slot::Bill, 0, 2, Some(1)),
    (Slot::Order, 1, 7, None),
    (Slot::Bill, 1, 1, Some(3)),
    (Slot::Offer, 2, 5, None),
    (Slot::Offer, 3, 20, None),
    (Slot::Order, 3, 15, Some(6)),
    (Slot::Prepaid, 3, 14, Some(7)),
    (Slot::Bill, 3, 6, Some(7)),
    (Slot::Order, 4, 12, None),
    (Slot::Bill, 4, 4, Some(10)),
    (Slot::Retail, 5, 3, None),
    (Slot::Order, 6, 18, None),
    (Slot::Bill, 6, 11, Some(13)),
    (Slot::Credit, 6, 2, Some(14)),
    (Slot::Offer, 7, 9, None),
    (Slot::Order, 7, 3, Some(16)),
    (Slot::Order, 8, 0, None),
    (Slot::Retail, 9, 0, None),
];

/// What there is to make, and how much of it.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// Partners with mail in the sample company; they have documents of their own.
    pub(crate) sample_partners: u32,
    /// All partners.
    pub(crate) partners: u32,
    pub(crate) products: u32,
    pub(crate) documents: u32,
    pub(crate) today: Day,
}

/// What a search needs to know of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: Kind,
    pub(crate) partner: u32,
    pub(crate) day: Day,
    pub(crate) status: u8,
    pub(crate) paid: Paid,
    pub(crate) changed: Moment,
    terms: i32,
}

/// How much of a bill has been paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paid {
    Nothing,
    Part,
    All,
}

impl Plan {
    /// What a search needs of the document with this number.
    pub(crate) fn head(&self, n: u32) -> Head {
        let (slot, deal, before, _) = place(n);
        let mut own = rng(self.seed, DOCUMENTS, n.into());
        let dice = own.next_u64();
        let (mut deal, day) = (
            self.deal(n, deal),
            self.end(n).plus(before.saturating_neg()),
        );
        let partner = self.partner(&mut deal);
        let terms = *deal.pick(&[8, 15, 21, 30, 60]).unwrap_or(&30);
        let kind = match slot {
            Slot::Offer => Kind::Offer,
            Slot::Order => Kind::Order,
            Slot::Bill if partners::foreign(self.seed, partner) => Kind::Foreign,
            Slot::Bill => Kind::Domestic,
            Slot::Retail => Kind::Retail,
            Slot::Prepaid => Kind::Prepaid,
            Slot::Credit => Kind::CreditNote,
        };
        let age = self.today.0.saturating_sub(day.0);
        let paid = paid(slot, age, terms, dice);
        let status = status(n, slot, age, paid == Paid::Nothing && age > terms, dice);
        let mut head = Head {
            kind,
            partner,
            day,
            status,
            paid,
            changed: day.at(office(dice)),
            terms,
        };
        let last = if kind == Kind::Order {
            head.shipped(self.today)
        } else {
            head.pay_day(self.today, dice)
        };
        if let Some(last) = last {
            head.changed = last.at(office(dice));
        }
        head
    }

    /// The number people see.
    pub(crate) fn code(&self, n: u32, head: &Head) -> String {
        let number = n.saturating_add(FIRST_NUMBER);
        format!("{}{}-{number:04}", head.kind.prefix(), head.day.year())
    }

    /// The customer's own number of an order, for those that have one.
    pub(crate) fn buyer_order(&self, n: u32, head: &Head) -> String {
        if head.kind == Kind::Order && n.rem_euclid(3) != 0 {
            format!("PO-{n}")
        } else {
            String::new()
        }
    }

    /// Numbers of the documents this one came from and led to.
    fn related(&self, n: u32) -> Vec<u32> {
        let slot = n.rem_euclid(BLOCK);
        let start = n.saturating_sub(slot);
        let (.., from) = place(n);
        let led = (0_u32..)
            .zip(&PATTERN)
            .filter_map(|(other, (.., from))| (from.map(u32::from) == Some(slot)).then_some(other));
        from.map(u32::from)
            .into_iter()
            .chain(led)
            .map(|other| start.saturating_add(other))
            .filter(|other| *other < self.documents)
            .collect()
    }

    /// The whole document; `id` gives the ids of those it is linked with.
    pub(crate) fn document(&self, n: u32, id: impl Fn(u32) -> u64) -> Document {
        let head = self.head(n);
        let (slot, deal, ..) = place(n);
        let mut deal = self.deal(n, deal);
        // As the head drew them.
        self.partner(&mut deal);
        deal.next_u64();
        let mut own = rng(self.seed, DOCUMENTS, n.into());
        let dice = own.next_u64();
        let code = self.code(n, &head);
        let mut document = Document::new(head.kind, code, head.partner, head.day);
        let partner = partners::partner(self.seed, head.partner);
        document.currency = partner.currency;
        document.status = head.status;
        document.lines = self.lines(n, slot, partner.flags.foreign, &mut deal);
        document.links = self.related(n).into_iter().map(id).collect();
        document.created = head.day.at(office(dice));
        document.changed = head.changed;
        document.buyer_order = self.buyer_order(n, &head);
        self.dress(&mut document, &head, dice, &mut own);
        document.history.push(Change {
            operation: "NEW",
            before: String::new(),
            after: String::new(),
            who: "maja@hrastvijak.example".into(),
            at: document.created,
        });
        document
    }

    /// What is particular to each type.
    fn dress(&self, document: &mut Document, head: &Head, dice: u64, own: &mut Rng) {
        match document.kind {
            Kind::Offer => document.until = Some(head.day.plus(18)),
            Kind::Order => {
                document.until = Some(head.day.plus(10));
                document.shipped = head.shipped(self.today);
                document.delivery = one_of(own, DELIVERIES).into();
                document.method_of_payment = one_of(own, PAYMENTS).into();
                if document.shipped.is_some() && document.delivery == "Kurir" {
                    let number = own.between(10_000_000, 99_999_999);
                    let tracking = ("tracking_number".into(), format!("HV{number}SI"));
                    document.extra.push(tracking);
                }
            }
            _ => {
                document.until = Some(head.day.plus(head.terms));
                document.service_to = Some(head.day);
                document.issued = Some(document.created.plus(600));
                let sums = document.sums();
                let sum = match head.paid {
                    Paid::Nothing => None,
                    Paid::Part => Some(Money(share(sums.all.0, 40, 100))),
                    Paid::All => Some(sums.all),
                };
                if let (Some(sum), Some(day)) = (sum, head.pay_day(self.today, dice)) {
                    document.payments.push(Payment {
                        kind: one_of(own, PAYMENTS).into(),
                        day,
                        sum,
                        notes: String::new(),
                    });
                }
            }
        }
        if own.chance(6) {
            document.notes = "Dostava samo dopoldne, dvorišče je ozko.".into();
        }
    }

    /// The same for all documents of a deal.
    fn lines(&self, n: u32, slot: Slot, foreign: bool, deal: &mut Rng) -> Vec<Line> {
        let count = match slot {
            Slot::Credit | Slot::Prepaid => 1,
            Slot::Offer | Slot::Order | Slot::Bill | Slot::Retail => deal.between(1, 5),
        };
        if matches!(slot, Slot::Credit | Slot::Prepaid) {
            deal.next_u64();
        }
        (0..count)
            .map(|place| {
                let no = u32::try_from(deal.below(self.products.max(1).into())).unwrap_or(0);
                let product = products::product(self.seed, no);
                let pieces = if product.price.0 < 1000 { 20 } else { 1 };
                let amount = deal.between(1, 40).saturating_mul(pieces);
                let mut amount = Amount::whole(i64::try_from(amount).unwrap_or(1));
                if matches!(product.unit.as_str(), "m²" | "l") && deal.chance(40) {
                    amount.0 = amount.0.saturating_add(300);
                }
                if slot == Slot::Credit {
                    amount.0 = (amount.0 / 2).max(1000);
                }
                let with_tax = slot == Slot::Retail;
                let tax = if foreign { Tax::NONE } else { product.tax };
                let whole = tax.rate.saturating_add(1000);
                Line {
                    row: row_id(n, place),
                    product: no,
                    words: String::new(),
                    amount,
                    price: if with_tax {
                        Money(share(product.price.0, whole, 1000))
                    } else {
                        product.price
                    },
                    with_tax,
                    discount: Amount::whole(if deal.chance(15) { 5 } else { 0 }),
                    tax,
                }
            })
            .collect()
    }

    fn deal(&self, n: u32, deal: u8) -> Rng {
        let block = u64::from(n.div_euclid(BLOCK));
        let number = block.saturating_mul(16).saturating_add(deal.into());
        rng(self.seed, DEALS, number)
    }

    /// Few customers buy much, many buy little; the first one buys most of all.
    fn partner(&self, deal: &mut Rng) -> u32 {
        const FINE: u64 = 1_000_000;
        let own = u64::from(self.partners.saturating_sub(self.sample_partners));
        let drawn = deal.below(FINE);
        if drawn < FINE / 80 {
            return self.sample_partners.min(self.partners.saturating_sub(1));
        }
        let squared = drawn.saturating_mul(drawn) / FINE;
        let place = own.saturating_mul(squared) / FINE;
        let place = u32::try_from(place).unwrap_or(0);
        self.sample_partners
            .saturating_add(place)
            .min(self.partners.saturating_sub(1))
    }

    /// The last day of the block.
    fn end(&self, n: u32) -> Day {
        let blocks = i64::from(self.documents.div_ceil(BLOCK).max(1));
        let block = i64::from(n.div_euclid(BLOCK)).saturating_add(1);
        let days = block.saturating_mul(SPAN.into()).checked_div(blocks);
        let days = i32::try_from(days.unwrap_or(0)).unwrap_or(0);
        self.today.plus(days.saturating_sub(SPAN))
    }
}

impl Head {
    fn shipped(&self, today: Day) -> Option<Day> {
        let shipped = status_named(Kind::Order, "shipped") == Some(self.status);
        shipped.then(|| self.day.plus(6).min(today))
    }

    fn pay_day(&self, today: Day, dice: u64) -> Option<Day> {
        if self.paid == Paid::Nothing {
            return None;
        }
        let at_once = matches!(self.kind, Kind::Retail | Kind::Prepaid | Kind::CreditNote);
        let late = i32::try_from((dice >> 24) % 17)
            .unwrap_or(0)
            .saturating_sub(6);
        let after = if at_once {
            0
        } else {
            self.terms.saturating_add(late).max(0)
        };
        Some(self.day.plus(after).min(today))
    }
}

/// The id of a seeded line.
pub(crate) fn row_id(n: u32, place: u64) -> u64 {
    let own = u64::from(n).saturating_mul(10).saturating_add(place);
    FIRST_ROW.saturating_add(own)
}

/// The number behind a code people see, as far as the seed made it.
pub(crate) fn numbered(code: &str) -> Option<u32> {
    let (_, number) = code.rsplit_once('-')?;
    number.parse::<u32>().ok()?.checked_sub(FIRST_NUMBER)
}

fn place(n: u32) -> Place {
    let slot = usize::try_from(n.rem_euclid(BLOCK)).unwrap_or(0);
    let otherwise = (Slot::Retail, 0, 0, None);
    PATTERN.get(slot).copied().unwrap_or(otherwise)
}

/// Seconds after midnight, between eight and four.
fn office(dice: u64) -> i64 {
    let second = i64::try_from((dice >> 40) % 28_800).unwrap_or(0);
    second.saturating_add(8 * 3600)
}

fn paid(slot: Slot, age: i32, terms: i32, dice: u64) -> Paid {
    let dice = dice % 100;
    match slot {
        Slot::Offer | Slot::Order => Paid::Nothing,
        Slot::Retail | Slot::Prepaid | Slot::Credit => Paid::All,
        Slot::Bill => {
            let (all, part) = if age > terms.saturating_add(30) {
                (95, 97)
            } else if age > terms {
                (60, 70)
            } else {
                (15, 20)
            };
            match dice {
                d if d < all => Paid::All,
                d if d < part => Paid::Part,
                _ => Paid::Nothing,
            }
        }
    }
}

fn status(n: u32, slot: Slot, age: i32, overdue: bool, dice: u64) -> u8 {
    let slot_number = n.rem_euclid(BLOCK);
    let dice = (dice >> 8) % 100;
    let billed = matches!(slot_number, 1 | 3 | 7 | 10 | 13);
    let key = match slot {
        Slot::Order if billed && age > 4 => "shipped",
        Slot::Order if age > 30 && dice < 30 => "canceled",
        Slot::Order if age > 30 && dice < 32 => "lost",
        Slot::Order if age > 30 && dice < 34 => "damaged",
        Slot::Order if age > 30 => "shipped",
        Slot::Order if dice < 50 => "ready_to_ship",
        Slot::Order if dice < 60 => "draft",
        Slot::Order => "created",
        Slot::Offer if slot_number != 5 => "accepted",
        Slot::Offer if age > 40 => "rejected",
        Slot::Offer => "sent",
        Slot::Bill if overdue && dice < 50 => "reminded",
        Slot::Bill if dice == 99 => "disputed",
        Slot::Bill | Slot::Retail | Slot::Prepaid | Slot::Credit => return NO_STATUS,
    };
    let kind = match slot {
        Slot::Order => Kind::Order,
        Slot::Offer => Kind::Offer,
        Slot::Bill | Slot::Retail | Slot::Prepaid | Slot::Credit => Kind::Domestic,
    };
    status_named(kind, key).unwrap_or(NO_STATUS)
}
