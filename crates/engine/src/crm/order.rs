//! Lists in the order of business: whose customer owes longest, or buys most, goes first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use kontor_crm::sums;
use kontor_model::{Amount, Change, Millis, ThreadId};
use kontor_protocol::CUSTOMER_OF;
use kontor_store::{AddressWeights, Changes, Read, ThreadWeights};

use super::badges::{own_addresses, standing};
use super::dossier::Reckoning;
use super::family;
use crate::context::Context;
use crate::error::Result;
use crate::lists::thread_of;

/// In which order a list stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListOrder {
    /// By date.
    #[default]
    Newest,
    /// By how many days the oldest unpaid bill of the conversation's customer is late; then by date.
    Overdue,
    /// By what the conversation's customer bought in twelve months; then by date.
    Value,
}

/// While facts stream in, weights are this old at most, milliseconds: rows must not jump about all the time.
const REST: i64 = 5000;
/// The same while older mail comes in bulk.
const BULK: i64 = 60_000;
/// More changed conversations than this are not weighed one by one.
const FEW: usize = 500;
/// Of more addresses that weigh something else the conversations are not looked up.
const FEW_ADDRESSES: usize = 20;
/// Changes looked through.
const CHANGES: u32 = 5000;

/// What conversations weigh in each order, as last worked out. Who asks holds its order's until the page is read: nobody
/// weighs the same twice, and nothing is copied.
#[derive(Debug, Default)]
pub(crate) struct Weights {
    overdue: Mutex<Option<Known>>,
    value: Mutex<Option<Known>>,
}

#[derive(Debug)]
struct Known {
    /// YYYY-MM-DD: overdue days count from it.
    today: String,
    /// Changes up to this one are in it.
    seq: i64,
    /// When all were weighed.
    weighed_at: Millis,
    /// When the facts were looked at.
    looked_at: Millis,
    /// Mail came in bulk since: it is not told one by one.
    bulk: bool,
    addresses: AddressWeights,
    threads: ThreadWeights,
}

/// Reads a page with what conversations weigh in an order, `None` by date; what changed since the last time is weighed anew.
pub(crate) fn with_weights<T>(
    ctx: &Context,
    order: ListOrder,
    page: impl FnOnce(Option<&ThreadWeights>) -> Result<T>,
) -> Result<T> {
    let kept = match order {
        ListOrder::Newest => return page(None),
        ListOrder::Overdue => &ctx.weights.overdue,
        ListOrder::Value => &ctx.weights.value,
    };
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let (now, moment) = (ctx.clock.now(), ctx.moment());
    let reckoning = ctx.store.read(|r| Reckoning::of(r, now, moment))?;
    let today = reckoning.today.to_string();
    // Out of its place while it changes: half of a change is not kept.
    let known = kept.take().filter(|known| known.today == today);
    let fresh = match known {
        Some(known) => touched_up(ctx, order, &reckoning, known, now)?,
        None => None,
    };
    let fresh = match fresh {
        Some(fresh) => fresh,
        None => weighed(ctx, order, &reckoning, now)?,
    };
    page(Some(&kept.insert(fresh).threads))
}

/// The same with the conversations weighed anew that changed; `None` where that is not all that changed.
fn touched_up(
    ctx: &Context,
    order: ListOrder,
    reckoning: &Reckoning,
    mut known: Known,
    now: Millis,
) -> Result<Option<Known>> {
    let Changes {
        entries,
        seq,
        reset,
    } = ctx.store.read(|r| r.changes_after(known.seq, CHANGES))?;
    let any = |wanted: fn(&Change) -> bool| entries.iter().any(|(_, change)| wanted(change));
    known.bulk |= any(|change| matches!(change, Change::Folders { .. }));
    let all = any(|change| {
        matches!(
            change,
            Change::Accounts | Change::Listed { .. } | Change::Synced { .. }
        )
    });
    if reset || all || (known.bulk && now.since(known.weighed_at) >= BULK) {
        return Ok(None);
    }
    let mut touched: BTreeSet<ThreadId> =
        entries.iter().filter_map(|(_, c)| thread_of(c)).collect();
    let facts = any(|change| matches!(change, Change::Customers));
    let rested = now.since(known.looked_at) >= REST;
    if facts && rested {
        let addresses = address_weights(ctx, order, reckoning)?;
        let other = unlike(&known.addresses, &addresses);
        if other.len() > FEW_ADDRESSES {
            return Ok(None);
        }
        touched.extend(ctx.store.read(|r| r.threads_with(&other))?);
        (known.looked_at, known.addresses) = (now, addresses);
    }
    if touched.len() > FEW {
        return Ok(None);
    }
    ctx.store.read(|r| {
        for thread in touched {
            r.weigh_again(&mut known.threads, thread, &known.addresses)?;
        }
        Ok::<(), kontor_store::Error>(())
    })?;
    // What facts changed stays to be seen to.
    if !facts || rested {
        known.seq = seq;
    }
    Ok(Some(known))
}

/// The addresses that weigh something else, or that only one of the two has.
fn unlike<'a>(before: &'a AddressWeights, now: &'a AddressWeights) -> Vec<&'a String> {
    let gone = before.keys().filter(|address| !now.contains_key(*address));
    let other = now
        .iter()
        .filter(|(address, weight)| before.get(*address) != Some(weight));
    gone.chain(other.map(|(address, _)| address)).collect()
}

fn weighed(ctx: &Context, order: ListOrder, reckoning: &Reckoning, now: Millis) -> Result<Known> {
    let seq = ctx.store.read(|r| r.change_seq())?;
    let addresses = address_weights(ctx, order, reckoning)?;
    Ok(Known {
        today: reckoning.today.to_string(),
        seq,
        weighed_at: now,
        looked_at: now,
        bulk: false,
        threads: ctx.store.read(|r| r.thread_weights(&addresses))?,
        addresses,
    })
}

/// What each address of a customer weighs in an order.
fn address_weights(
    ctx: &Context,
    order: ListOrder,
    reckoning: &Reckoning,
) -> Result<AddressWeights> {
    let told = ctx.collab.of_addresses(CUSTOMER_OF, None)?;
    let families = family::families(ctx)?;
    Ok(ctx.store.read(|r| {
        let days = family::days(&families, r.customer_days(None)?);
        let ids: Vec<String> = days.iter().map(|days| days.customer.clone()).collect();
        let ids = families.expand(&ids);
        let mut weights: BTreeMap<String, i64> = match order {
            ListOrder::Newest => BTreeMap::new(),
            ListOrder::Overdue => {
                let late = days.iter().filter_map(|days| {
                    let (_, late) = standing(days, reckoning);
                    Some((days.customer.clone(), i64::from(late?)))
                });
                late.collect()
            }
            ListOrder::Value => turnovers(r, &ids, reckoning, |id| families.main(id))?,
        };
        let mut whose: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (address, customer) in r.writing_addresses(&ids)? {
            let mains = whose.entry(address).or_default();
            mains.insert(families.main(&customer));
        }
        whose.retain(|address, mains| mains.len() == 1 && !told.contains_key(address));
        for (address, customer) in told {
            whose.insert(address, BTreeSet::from([families.main(&customer)]));
        }
        for own in own_addresses(r)? {
            whose.remove(&own);
        }
        weights.retain(|_, weight| *weight > 0);
        let weight = |(address, mains): (String, BTreeSet<String>)| {
            let customer = mains.first()?;
            Some((address, weights.get(customer).copied().unwrap_or(0)))
        };
        Ok::<_, kontor_store::Error>(whose.into_iter().filter_map(weight).collect())
    })?)
}

/// What each customer bought in twelve months, in about ten-thousandths of a euro.
fn turnovers(
    r: &Read<'_>,
    ids: &[String],
    reckoning: &Reckoning,
    main: impl Fn(&str) -> String,
) -> kontor_store::Result<BTreeMap<String, i64>> {
    let today = reckoning.today.to_string();
    let since = sums::year_before(reckoning.today).to_string();
    let mut billed: BTreeMap<String, BTreeMap<String, Amount>> = BTreeMap::new();
    for bill in r.billed_since(ids, &since, &today)? {
        let of_customer = billed.entry(main(&bill.customer)).or_default();
        let sum = of_customer.entry(bill.word).or_default();
        *sum = sum.plus(bill.amount);
    }
    let euros = |(customer, amounts): (String, BTreeMap<String, Amount>)| {
        let amounts: Vec<(String, Amount)> = amounts.into_iter().collect();
        (customer, sums::about_euros(&amounts).ten_thousandths())
    };
    Ok(billed.into_iter().map(euros).collect())
}
