//! Whose mail the rows of a list are, a page at once: a handful of questions to narrow indexes, none a row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_crm::same::Families;
use kontor_crm::ships::is_to_ship;
use kontor_crm::whose::telling_domain;
use kontor_crm::{Standing, sums};
use kontor_model::Amount;
use kontor_protocol::{CUSTOMER_OF, NO_CUSTOMER};
use kontor_store::{CustomerDays, Read};

use super::dossier::Reckoning;
use super::family;
use super::view::{BadgeView, BadgesView};
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::Result;

/// Addresses of one page; beyond, the rest is left out.
const MOST: usize = 500;

impl Engine {
    /// Returns what lists say beside these addresses: whose they are, by the rules a dossier goes by, and which of them
    /// wrote for the first time. Addresses of nobody that is known, our own, and colleagues' are in neither.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn badges(&self, addresses: Vec<String>) -> Result<BadgesView> {
        let ctx = Arc::clone(&self.ctx);
        blocking(move || badges(&ctx, addresses)).await
    }
}

fn badges(ctx: &Context, addresses: Vec<String>) -> Result<BadgesView> {
    let asked: BTreeSet<String> = addresses
        .into_iter()
        .map(|address| address.trim().to_lowercase())
        .filter(|address| !address.is_empty())
        .take(MOST)
        .collect();
    let told = ctx.collab.of_addresses(CUSTOMER_OF, Some(&asked))?;
    let (now, moment) = (ctx.clock.now(), ctx.moment());
    let families = family::families(ctx)?;
    Ok(ctx.store.read(|r| {
        let reckoning = Reckoning::of(r, now, moment)?;
        let own = own_addresses(r)?;
        let asked: Vec<String> = asked.into_iter().filter(|a| !own.contains(a)).collect();
        let Whose { customers, unknown } = whose(r, &asked, &told, &families)?;
        let ids: BTreeSet<String> = customers.values().cloned().collect();
        let ids: Vec<String> = ids.into_iter().collect();
        let standings = standings(r, &ids, &families, &reckoning)?;
        let known = customers.into_iter().filter_map(|(address, id)| {
            let standing = standings.get(&id)?.clone();
            Some(BadgeView {
                address,
                ..standing
            })
        });
        let known = known.collect();
        let mut first = Vec::new();
        if reckoning.connected {
            let colleagues: BTreeSet<&str> = own.iter().filter_map(|a| telling_domain(a)).collect();
            for address in unknown {
                let is_colleague = telling_domain(&address).is_some_and(|d| colleagues.contains(d));
                if !is_colleague && r.conversations_with(&address)? == 1 {
                    first.push(address);
                }
            }
        }
        Ok(BadgesView { known, first })
    })?)
}

/// Lower case.
pub(super) fn own_addresses(r: &Read<'_>) -> kontor_store::Result<BTreeSet<String>> {
    let accounts = r.accounts()?.into_iter();
    Ok(accounts
        .map(|row| row.account.email.to_lowercase())
        .collect())
}

struct Whose {
    /// Customers by address.
    customers: BTreeMap<String, String>,
    /// Addresses the ERP has nobody for, and nobody said anything of.
    unknown: Vec<String>,
}

/// The rule of `kontor_crm::whose` over many addresses: by hand, else the only customer with exactly this address.
fn whose(
    r: &Read<'_>,
    asked: &[String],
    told: &BTreeMap<String, String>,
    families: &Families,
) -> kontor_store::Result<Whose> {
    let mut exact: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (address, row) in r.customers_of_addresses(asked)? {
        let (customers, main) = (exact.entry(address).or_default(), families.main(&row.id));
        if !customers.contains(&main) {
            customers.push(main);
        }
    }
    let mut found = Whose {
        customers: BTreeMap::new(),
        unknown: Vec::new(),
    };
    for address in asked {
        let by_hand = told.get(address).map(String::as_str);
        match (by_hand, exact.get(address).map(Vec::as_slice)) {
            (Some(NO_CUSTOMER), _) => {}
            (Some(id), _) => {
                found.customers.insert(address.clone(), families.main(id));
            }
            (None, Some([only])) => {
                found.customers.insert(address.clone(), only.clone());
            }
            (None, Some(_)) => {}
            (None, None) => found.unknown.push(address.clone()),
        }
    }
    Ok(found)
}

/// What is said of each of these customers that is in the directory; the address is left empty.
fn standings(
    r: &Read<'_>,
    ids: &[String],
    families: &Families,
    reckoning: &Reckoning,
) -> kontor_store::Result<BTreeMap<String, BadgeView>> {
    let ids = families.expand(ids);
    let ids = ids.as_slice();
    let today = reckoning.today.to_string();
    let since = sums::year_before(reckoning.today).to_string();
    let mut billed: BTreeMap<String, BTreeMap<String, Amount>> = BTreeMap::new();
    for bill in r.billed_since(ids, &since, &today)? {
        let of_customer = billed.entry(families.main(&bill.customer)).or_default();
        let sum = of_customer.entry(bill.word).or_default();
        *sum = sum.plus(bill.amount);
    }
    let orders = r.orders_due(ids, &today)?.into_iter();
    let ships: BTreeSet<String> = orders
        .filter(|order| is_to_ship(&order.word))
        .map(|order| families.main(&order.customer))
        .collect();
    let mut standings = BTreeMap::new();
    for days in family::days(families, r.customer_days(Some(ids))?) {
        let Some(row) = r.customer(&days.customer)? else {
            continue;
        };
        let (status, overdue_days) = standing(&days, reckoning);
        let turnover = billed.remove(&days.customer).unwrap_or_default();
        let turnover: Vec<(String, Amount)> = turnover.into_iter().collect();
        let badge = BadgeView {
            address: String::new(),
            name: row.name,
            rank: sums::rank(&turnover, &reckoning.rules),
            status,
            overdue_days,
            ships_today: ships.contains(&days.customer),
            customer: days.customer.clone(),
        };
        standings.insert(days.customer, badge);
    }
    Ok(standings)
}

/// How a customer stands, and how many days its latest bill is late.
pub(super) fn standing(days: &CustomerDays, reckoning: &Reckoning) -> (Standing, Option<u32>) {
    let day = |text: &Option<String>| text.as_deref().and_then(sums::day);
    let late = day(&days.unpaid).and_then(|due| sums::late_days(due, reckoning.today));
    if late.is_some() {
        return (Standing::Overdue, late);
    }
    let bought = day(&days.first).zip(day(&days.last));
    let standing = sums::standing_of(bought, reckoning.today, &reckoning.rules);
    (standing, None)
}
