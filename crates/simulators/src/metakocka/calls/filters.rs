//! What documents can be searched by: the filter table of the fact sheet, as far as the installation offers it.

use std::collections::BTreeSet;

use super::Offered;
use crate::metakocka::calendar::{Day, Moment};
use crate::metakocka::dialect::{Fields, Refusal, commas};
use crate::metakocka::register::{Kind, NO_STATUS, country_name, status_named};
use crate::metakocka::world::World;

/// A condition on a document.
#[derive(Debug)]
pub(super) enum Filter {
    Partners(BTreeSet<u32>),
    From(Day),
    To(Day),
    ChangedFrom(Moment),
    ChangedTo(Moment),
    Statuses(BTreeSet<u8>),
    Paid(bool),
    Delivery(String),
    ProfitCenter(String),
    Products(BTreeSet<u32>),
    CustomerOrder(String),
    Words(String, BTreeSet<u32>),
    Nothing,
}

/// Name, label and what to give, of a filter.
type Description = (&'static str, &'static str, &'static str);

const PARTNERS: &[Description] = &[
    ("partner_mk_id", "Partner ID", "mk_id"),
    ("partner_code", "Koda partnerja", "count_code"),
    ("partner_query", "Partner", "text"),
    ("partner_tax_num", "ID za DDV", "text"),
];
const DATES: &[Description] = &[
    ("doc_date_from", "Datum od", "yyyy-MM-dd+HH:mm"),
    ("doc_date_to", "Datum do", "yyyy-MM-dd+HH:mm"),
];
const CHANGES: &[Description] = &[
    ("last_change_from", "Zadnja sprememba od", "ISO timestamp"),
    ("last_change_to", "Zadnja sprememba do", "ISO timestamp"),
];
const ORDERS: &[Description] = &[
    ("partner_recipient_name", "Prejemnik", "text"),
    ("partner_recipient_email", "E-pošta prejemnika", "text"),
    ("partner_recipient_phone", "Telefon prejemnika", "text"),
    ("customer_order", "Naročilo kupca", "text"),
    ("status_list", "Status", "list"),
    ("partner_country", "Država", "text"),
    ("delivery_type", "Način dostave", "text"),
    ("profit_center", "Profitni center", "text"),
    (
        "status_change_from",
        "Sprememba statusa od",
        "ISO timestamp",
    ),
    ("status_change_to", "Sprememba statusa do", "ISO timestamp"),
    ("status_change_list", "Sprememba v status", "list"),
    ("product_id_list", "Izdelki (mk_id)", "list"),
    ("product_code_list", "Izdelki (koda)", "list"),
    (
        "tracking_last_event_date_from",
        "Sledenje od",
        "ISO timestamp",
    ),
    (
        "tracking_last_event_date_to",
        "Sledenje do",
        "ISO timestamp",
    ),
];
const BILLS: &[Description] = &[
    ("status_id_list", "Status (id)", "list, -2 = brez"),
    ("payment_status", "Plačano", "true, false"),
];

/// The filters documents of this type have.
pub(super) fn offered(kind: Kind, installed: Offered) -> impl Iterator<Item = Description> {
    let order = kind == Kind::Order;
    [
        (PARTNERS, installed.partner),
        // Offers have none: the real one answers an error.
        (DATES, kind != Kind::Offer),
        (CHANGES, order && installed.last_change),
        (ORDERS, order),
        (BILLS, kind.is_bill()),
    ]
    .into_iter()
    .filter(|(_, there)| *there)
    .flat_map(|(filters, _)| filters.iter().copied())
}

impl Filter {
    /// All conditions of `query_advance`.
    pub(super) fn all(
        world: &World,
        kind: Kind,
        fields: Fields<'_>,
        installed: Offered,
    ) -> Result<Vec<Self>, Refusal> {
        let asked = fields
            .objects("query_advance")
            .iter()
            .map(|f| Ok((f.needed("type")?, f.text("value").unwrap_or_default())))
            .collect::<Result<Vec<_>, Refusal>>()?;
        let has = |name: &str| asked.iter().any(|(n, _)| n == name);
        for (name, _) in &asked {
            if !offered(kind, installed).any(|(n, ..)| n == name) {
                return Err(Refusal::bad(format!("cannot get beQueryParam : {name}")));
            }
        }
        let of_change = [
            "status_change_from",
            "status_change_to",
            "status_change_list",
        ];
        let n_change = of_change.iter().filter(|n| has(n)).count();
        if n_change != 0 && n_change != of_change.len() {
            let text = "status_change_from, status_change_to and status_change_list go together";
            return Err(Refusal::bad(text));
        }
        if has("product_id_list") && has("product_code_list") {
            let text = "Only one of product_id_list and product_code_list";
            return Err(Refusal::bad(text));
        }
        asked
            .iter()
            .map(|(name, value)| Self::one(world, kind, name, value))
            .collect()
    }

    fn one(world: &World, kind: Kind, name: &str, value: &str) -> Result<Self, Refusal> {
        let wrong = || Refusal::bad(format!("Wrong value of {name} : {value}"));
        let moment = || Moment::parse(value).ok_or_else(wrong);
        let day = || Day::parse(value).ok_or_else(wrong);
        Ok(match name {
            "partner_mk_id" => {
                let id = value.trim().parse().map_err(|_no_id| wrong())?;
                Self::Partners(world.partner_with(id).into_iter().collect())
            }
            "partner_code" => Self::partners(world, value, |p| p.code == value),
            "partner_tax_num" => Self::partners(world, value, |p| p.tax_number == value),
            "partner_query" => Self::Partners(world.partners_like(value).into_iter().collect()),
            "partner_recipient_name" => Self::partners(world, value, |p| has(&p.name, value)),
            "partner_recipient_email" => Self::partners(world, value, |p| {
                p.contacts.iter().any(|c| same(&c.email, value))
            }),
            "partner_recipient_phone" => Self::partners(world, value, |p| {
                p.contacts
                    .iter()
                    .any(|c| has(&c.gsm, value) || has(&c.phone, value))
            }),
            "partner_country" => {
                let name = country_name(value);
                let all = 0..world.n_partners();
                let there = |no: &u32| {
                    let country = world.partner(*no).map(|p| p.country.clone());
                    country.is_some_and(|c| c == value || c == name)
                };
                Self::Partners(all.filter(there).collect())
            }
            "customer_order" => Self::CustomerOrder(value.to_owned()),
            "doc_date_from" => Self::From(day()?),
            "doc_date_to" => Self::To(day()?),
            "last_change_from" | "status_change_from" => Self::ChangedFrom(moment()?),
            "last_change_to" | "status_change_to" => Self::ChangedTo(moment()?),
            "status_list" | "status_change_list" => Self::Statuses(statuses(kind, value).collect()),
            "status_id_list" => {
                let ids = commas(value).into_iter();
                Self::Statuses(ids.filter_map(|id| status_id(&id)).collect())
            }
            "payment_status" => Self::Paid(value == "true"),
            "delivery_type" => Self::Delivery(value.to_owned()),
            "profit_center" => Self::ProfitCenter(value.to_owned()),
            "product_id_list" => {
                let ids = commas(value).into_iter().filter_map(|id| id.parse().ok());
                Self::Products(ids.filter_map(|id| world.product_with(id)).collect())
            }
            "product_code_list" => {
                let codes = commas(value).into_iter();
                Self::Products(codes.filter_map(|c| world.product_coded(&c)).collect())
            }
            // Nobody delivers with tracking events here.
            _ => Self::Nothing,
        })
    }

    fn partners(
        world: &World,
        value: &str,
        fits: impl Fn(&crate::metakocka::partner::Partner) -> bool,
    ) -> Self {
        let likely = world.partners_like(value).into_iter();
        let found = likely.filter(|no| world.partner(*no).is_some_and(|p| fits(&p)));
        Self::Partners(found.collect())
    }

    /// Free text, as in the app's search box: a number, the customer's number, a title, a partner.
    pub(super) fn words(world: &World, words: &str) -> Self {
        let partners = world.partners_like(words).into_iter().collect();
        Self::Words(words.to_lowercase(), partners)
    }

    /// Whether the document at a place meets it.
    pub(super) fn fits(&self, world: &World, place: u32) -> bool {
        let Some(row) = world.row(place) else {
            return false;
        };
        let document = || world.document(place);
        match self {
            Self::Partners(partners) => partners.contains(&row.partner),
            Self::From(day) => row.day >= *day,
            Self::To(day) => row.day <= *day,
            Self::ChangedFrom(moment) => row.changed >= *moment,
            Self::ChangedTo(moment) => row.changed <= *moment,
            Self::Statuses(ids) => ids.contains(&row.status),
            Self::Paid(paid) => row.paid == *paid,
            Self::Delivery(name) => document().is_some_and(|d| d.delivery == *name),
            Self::ProfitCenter(name) => name == "Celje",
            Self::Products(products) => {
                document().is_some_and(|d| d.lines.iter().any(|l| products.contains(&l.product)))
            }
            Self::CustomerOrder(number) => world.codes(place).1 == *number,
            Self::Words(words, partners) => {
                let (code, buyer) = world.codes(place);
                partners.contains(&row.partner)
                    || code.to_lowercase().contains(words)
                    || buyer.to_lowercase().contains(words)
                    || world.title_has(place, words)
            }
            Self::Nothing => false,
        }
    }
}

fn has(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn same(text: &str, other: &str) -> bool {
    text.to_lowercase() == other.trim().to_lowercase()
}

fn statuses(kind: Kind, list: &str) -> impl Iterator<Item = u8> {
    commas(list)
        .into_iter()
        .filter_map(move |key| status_named(kind, &key))
}

/// `-2` is "without a status".
fn status_id(id: &str) -> Option<u8> {
    match id {
        "-2" => Some(NO_STATUS),
        id => id.parse().ok(),
    }
}
