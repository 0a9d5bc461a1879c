//! What a search asks about customers becomes terms the store answers: addresses, and the ways a number is written.

use std::collections::{BTreeMap, BTreeSet};

use kontor_crm::Standing;
use kontor_crm::whose::telling_domain;
use kontor_mail::search::{AskedStatus, OfFacts};
use kontor_model::Term;
use kontor_model::query::{Named, Strangers, Words};
use kontor_protocol::CUSTOMER_OF;
use kontor_store::{Read, number_key};

use super::badges::{own_addresses, standing};
use super::dossier::Reckoning;
use super::family;
use crate::context::Context;
use crate::error::Result;

/// Customers a name may mean in a search; who means fewer types more of it.
const NAMED: u32 = 500;

/// Answers each with a term, or with one and a sentence where nobody is meant.
pub(crate) fn terms(ctx: &Context, asked: Vec<OfFacts>) -> Result<(Vec<Term>, Vec<String>)> {
    let (mut terms, mut problems) = (Vec::new(), Vec::new());
    for of_facts in asked {
        terms.push(term(ctx, of_facts, &mut problems)?);
    }
    Ok((terms, problems))
}

fn term(ctx: &Context, of_facts: OfFacts, problems: &mut Vec<String>) -> Result<Term> {
    match of_facts {
        OfFacts::Document { number, begins } => Ok(naming(&number, begins)),
        OfFacts::Customer(name) => {
            let ids = ctx.store.read(|r| meant(r, &name))?;
            if ids.is_empty() {
                problems.push(format!("“customer:” finds no customer called {name}."));
            }
            with(ctx, &ids)
        }
        OfFacts::Status(status) => {
            let wanted = standing_asked(status);
            with(ctx, &who(ctx, |standing, _| standing == wanted)?)
        }
        OfFacts::Overdue(days) => {
            let late = |_, overdue: Option<u32>| overdue.is_some_and(|n| n > u32::from(days));
            with(ctx, &who(ctx, late)?)
        }
        OfFacts::FirstContact => first_contact(ctx),
        OfFacts::Not(of_facts) => Ok(Term::Not(vec![term(ctx, *of_facts, problems)?])),
    }
}

/// Mails of strangers, as [`Engine::badges`](crate::Engine::badges) tells them: nobody's by the ERP and by hand, nor
/// colleagues. Without an ERP everybody would be one: nobody is.
fn first_contact(ctx: &Context) -> Result<Term> {
    let told = ctx.collab.of_addresses(CUSTOMER_OF, None)?;
    let (now, moment) = (ctx.clock.now(), ctx.moment());
    Ok(ctx.store.read(|r| {
        if !Reckoning::of(r, now, moment)?.connected {
            return Ok(Term::With(Vec::new()));
        }
        let own = own_addresses(r)?;
        let domains: BTreeSet<&str> = own.iter().filter_map(|a| telling_domain(a)).collect();
        let domains = domains.into_iter().map(str::to_owned).collect();
        let except = told.into_keys().chain(own.iter().cloned()).collect();
        Ok(Term::FirstFrom(Strangers { except, domains }))
    })?)
}

/// Mails that name a document. Search knows words: `PO-4711` and `PO4711` are two of them and one.
pub(super) fn naming(number: &str, begins: bool) -> Term {
    let key = number_key(number);
    let apart: Vec<String> = key.split('-').map(str::to_owned).collect();
    let mut ways = vec![apart.clone()];
    if let [letters, rest @ ..] = apart.as_slice()
        && letters.chars().all(char::is_alphabetic)
        && let [digits, tail @ ..] = rest
    {
        let glued = format!("{letters}{digits}");
        ways.push(std::iter::once(glued).chain(tail.iter().cloned()).collect());
    }
    let words = |words: Vec<String>| Words {
        words,
        prefix: begins,
    };
    Term::Names(Named {
        ways: ways.into_iter().map(words).collect(),
        key,
        begins,
    })
}

/// The customers a word means: the one with this id, those with this number, else those of this name.
fn meant(r: &Read<'_>, name: &str) -> kontor_store::Result<Vec<String>> {
    if let Some(row) = r.customer(name)? {
        return Ok(vec![row.id]);
    }
    let numbered = r.customers_numbered(name)?;
    if !numbered.is_empty() {
        return Ok(numbered);
    }
    let named = r.customers_named(name, NAMED)?;
    Ok(named.into_iter().map(|row| row.id).collect())
}

fn standing_asked(status: AskedStatus) -> Standing {
    match status {
        AskedStatus::Prospect => Standing::Prospect,
        AskedStatus::New => Standing::New,
        AskedStatus::Active => Standing::Active,
        AskedStatus::Sleeping => Standing::Sleeping,
        AskedStatus::Overdue => Standing::Overdue,
    }
}

/// Those of the customers whose facts are here that stand so; of those that are one, who stands for them.
fn who(ctx: &Context, is: impl Fn(Standing, Option<u32>) -> bool) -> Result<Vec<String>> {
    let (now, moment) = (ctx.clock.now(), ctx.moment());
    let families = family::families(ctx)?;
    Ok(ctx.store.read(|r| {
        let reckoning = Reckoning::of(r, now, moment)?;
        let days = family::days(&families, r.customer_days(None)?).into_iter();
        let standing_so = days.filter(|days| {
            let (status, overdue) = standing(days, &reckoning);
            is(status, overdue)
        });
        Ok(standing_so.map(|days| days.customer).collect())
    })?)
}

/// Mails with an address of these customers, or of who is one with them: those of the ERP that are nobody else's, and those
/// tied by hand; not those tied to somebody else, nor our own.
fn with(ctx: &Context, customers: &[String]) -> Result<Term> {
    let told = ctx.collab.of_addresses(CUSTOMER_OF, None)?;
    let families = family::families(ctx)?;
    let customers = families.expand(customers);
    let (exact, own) = ctx
        .store
        .read(|r| Ok((r.writing_addresses(&customers)?, own_addresses(r)?)))?;
    let mut whose: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (address, customer) in exact {
        let mains = whose.entry(address).or_default();
        mains.insert(families.main(&customer));
    }
    whose.retain(|address, mains| mains.len() == 1 && !told.contains_key(address));
    let mut addresses: BTreeSet<String> = whose.into_keys().collect();
    let wanted: BTreeSet<&String> = customers.iter().collect();
    let tied = told.into_iter().filter(|(_, id)| wanted.contains(id));
    addresses.extend(tied.map(|(address, _)| address));
    addresses.retain(|address| !own.contains(address));
    Ok(Term::With(addresses.into_iter().collect()))
}
