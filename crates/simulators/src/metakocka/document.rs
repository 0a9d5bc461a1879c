//! A document as the simulator keeps it, and its sums.

use std::collections::BTreeMap;

use super::calendar::{Day, Moment};
use super::money::{Amount, Money, share};
use super::register::{Kind, NO_STATUS, Tax};

/// One sales document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) kind: Kind,
    /// The number people see.
    pub(crate) code: String,
    pub(crate) day: Day,
    /// Number of the partner.
    pub(crate) partner: u32,
    /// Which of the partner's contacts, as a place in its list.
    pub(crate) contact: usize,
    /// Where it goes, when not to the partner.
    pub(crate) receiver: Option<u32>,
    pub(crate) currency: &'static str,
    /// Of the register; 0 for none.
    pub(crate) status: u8,
    pub(crate) title: String,
    pub(crate) buyer_order: String,
    pub(crate) warehouse: String,
    pub(crate) delivery: String,
    pub(crate) method_of_payment: String,
    pub(crate) notes: String,
    pub(crate) notes_header: String,
    pub(crate) lines: Vec<Line>,
    /// Of the whole document, in per cent.
    pub(crate) discount: Amount,
    /// Taken off the whole document, without tax.
    pub(crate) off: Money,
    pub(crate) payments: Vec<Payment>,
    /// When a bill is due, an offer ends, an order is to be delivered.
    pub(crate) until: Option<Day>,
    pub(crate) service_to: Option<Day>,
    pub(crate) shipped: Option<Day>,
    /// When a bill was issued; those from outside are not.
    pub(crate) issued: Option<Moment>,
    /// Ids of documents it came from or led to.
    pub(crate) links: Vec<u64>,
    pub(crate) extra: Vec<(String, String)>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) history: Vec<Change>,
    pub(crate) created: Moment,
    pub(crate) changed: Moment,
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its own id.
    pub(crate) row: u64,
    /// Number of the product.
    pub(crate) product: u32,
    /// The words of the document, when they are not the product's.
    pub(crate) words: String,
    pub(crate) amount: Amount,
    pub(crate) price: Money,
    /// The price has the tax in it.
    pub(crate) with_tax: bool,
    /// In per cent.
    pub(crate) discount: Amount,
    pub(crate) tax: &'static Tax,
}

/// Money that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) kind: String,
    pub(crate) day: Day,
    pub(crate) sum: Money,
    pub(crate) notes: String,
}

/// A file at a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    /// Where it can be fetched.
    pub(crate) url: String,
}

/// A line of the change log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// `NEW`, `CHANGE`, `CUSTOM`, `DOCUMENT_STATUS_CHANGE`.
    pub(crate) operation: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) who: String,
    pub(crate) at: Moment,
}

/// What a document comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sums {
    pub(crate) basic: Money,
    pub(crate) discount: Money,
    /// By code.
    pub(crate) taxes: BTreeMap<&'static str, Money>,
    pub(crate) all: Money,
    pub(crate) paid: Money,
}

impl Line {
    /// Without tax, before discounts.
    fn net(&self) -> Money {
        let sum = self.price.times(self.amount);
        if self.with_tax {
            let whole = self.tax.rate.saturating_add(1000);
            Money(share(sum.0, 1000, whole))
        } else {
            sum
        }
    }
}

impl Document {
    /// An empty one.
    pub(crate) fn new(kind: Kind, code: String, partner: u32, day: Day) -> Self {
        let made = day.at(9 * 3600);
        Self {
            kind,
            code,
            day,
            partner,
            contact: 0,
            receiver: None,
            currency: "EUR",
            status: NO_STATUS,
            title: String::new(),
            buyer_order: String::new(),
            warehouse: "CE".into(),
            delivery: String::new(),
            method_of_payment: String::new(),
            notes: String::new(),
            notes_header: String::new(),
            lines: Vec::new(),
            discount: Amount(0),
            off: Money(0),
            payments: Vec::new(),
            until: None,
            service_to: None,
            shipped: None,
            issued: None,
            links: Vec::new(),
            extra: Vec::new(),
            attachments: Vec::new(),
            history: Vec::new(),
            created: made,
            changed: made,
        }
    }

    pub(crate) fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        let lefts = self.lines.iter().map(|line| self.left(line));
        let whole = lefts.fold(Money(0), Money::plus);
        let mut off_left = self.off;
        for (n, line) in (1_usize..).zip(&self.lines) {
            let net = line.net();
            let left = self.left(line);
            // What is taken off the whole is spread over the lines; the last one takes the rest.
            let own = if n == self.lines.len() {
                off_left
            } else {
                Money(share(self.off.0, left.0, whole.0.max(1)))
            };
            off_left = off_left.minus(own);
            let left = left.minus(own);
            let off = net.minus(left);
            let tax = Money(share(left.0, line.tax.rate, 1000));
            sums.basic = sums.basic.plus(net);
            sums.discount = sums.discount.plus(off);
            sums.all = sums.all.plus(left).plus(tax);
            let of_code = sums.taxes.entry(line.tax.code).or_default();
            *of_code = of_code.plus(tax);
        }
        sums.paid = self
            .payments
            .iter()
            .fold(Money(0), |sum, p| sum.plus(p.sum));
        sums
    }

    /// A line without tax, after its discount and that of the document in per cent.
    fn left(&self, line: &Line) -> Money {
        let net = line.net();
        let left = net.minus(net.percent(line.discount));
        left.minus(left.percent(self.discount))
    }

    /// Nothing is owed by it any more.
    pub(crate) fn is_paid(&self) -> bool {
        let sums = self.sums();
        sums.paid >= sums.all
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn line(amount: i64, price: i64) -> Line {
        Line {
            row: 1,
            product: 0,
            words: String::new(),
            amount: Amount(amount),
            price: Money(price),
            with_tax: false,
            discount: Amount(0),
            tax: Tax::USUAL,
        }
    }

    #[rstest]
    #[case::plain(line(1000, 119_343), 119_343, 0, 145_598)]
    #[case::part_of_a_unit(line(7300, 1000), 7300, 0, 8906)]
    #[case::discount_of_the_line(Line { discount: Amount(10_000), ..line(1000, 1000) }, 1000, 100, 1098)]
    #[case::tax_in_the_price(Line { with_tax: true, ..line(1000, 1220) }, 1000, 0, 1220)]
    fn sums_follow_from_lines(
        #[case] line: Line,
        #[case] basic: i64,
        #[case] discount: i64,
        #[case] all: i64,
    ) {
        let mut document = Document::new(Kind::Domestic, "1".into(), 0, Day(20_000));
        document.lines.push(line);
        let sums = document.sums();
        assert_eq!(
            (sums.basic, sums.discount, sums.all),
            (Money(basic), Money(discount), Money(all)),
            "{sums:?}"
        );
        assert!(!document.is_paid(), "nothing came yet");
    }
}
