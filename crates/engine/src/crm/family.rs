//! Customers the ERP has twice, made one in the company's own mapping: read as one, merged, parted, found.
//!
//! What is said stands in shared records, a field of `customer:ID` each, so that everybody sees the same, offline too, and
//! what was said before is in their history. The ERP is never told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_crm::same::{Apart, Families, merging, parting};
use kontor_protocol::{CustomerCard, SAME_AS, Subject, SubjectKind};
use kontor_store::{CustomerDays, DocumentRow, Figure, Likeness, PaperKind, Read};

use super::apart::apart;
use super::view::{DuplicateView, LikelySame, PartnerView};
use super::whose::unknown_customer;
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Error, Result};

/// Likely ones shown of a customer.
const LIKELY: usize = 8;
/// Read to find them: some may have been waved away.
const LIKELY_READ: u32 = 64;
/// Pairs read of the whole directory.
const PAIRS: u32 = 10_000;

/// What is said of a customer: whom it counts with, `None` for nobody.
pub type SameSaid = (String, Option<String>);

impl Engine {
    /// Makes two customers of the ERP one for the whole team, in our mapping only: `main` stands for both, and for all that
    /// were one with either. Answers what was said before of each, for [`Engine::say_same`] to take it back.
    ///
    /// # Errors
    /// [`crate::Code::UnknownCustomer`] when the directory lacks one of them, [`crate::Code::Usage`] when they are the same.
    pub async fn merge_customers(&self, main: &str, other: &str) -> Result<Vec<SameSaid>> {
        if main == other {
            return Err(Error::usage("A customer cannot be merged with itself."));
        }
        for id in [main, other] {
            let named = id.to_owned();
            if !self.ctx.write(move |w| w.follow(&named)).await? {
                return Err(unknown_customer(id));
            }
        }
        let (main, other) = (main.to_owned(), other.to_owned());
        self.say(move |families| merging(families, &main, &other))
            .await
    }

    /// Makes a customer one of its own again; those it was one with stay one. Answers what was said before, as
    /// [`Engine::merge_customers`] does; empty where it was one of its own.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn part_customer(&self, customer: &str) -> Result<Vec<SameSaid>> {
        let customer = customer.to_owned();
        self.say(move |families| parting(families, &customer)).await
    }

    /// Says of each customer whom it counts with: takes a merge or a parting back.
    ///
    /// # Errors
    /// [`crate::Code::Usage`] when an id is none.
    pub async fn say_same(&self, said: Vec<SameSaid>) -> Result<()> {
        let now = {
            let ctx = Arc::clone(&self.ctx);
            blocking(move || Ok(ctx.collab.of_customers(SAME_AS)?)).await?
        };
        for (customer, with) in said {
            if now.get(&customer) == with.as_ref() {
                continue;
            }
            let subject = Subject::new(SubjectKind::Customer, &customer)
                .map_err(|_unfit| Error::usage(format!("“{customer}” is no customer's id.")))?;
            self.set_fields(&subject, vec![(SAME_AS.to_owned(), with)])
                .await?;
        }
        Ok(())
    }

    /// Returns customers of the ERP that are likely one and are not merged, each pair once with every reason; the strongest
    /// reasons first. Those somebody said are not the same are among them, and marked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn duplicates(&self) -> Result<Vec<LikelySame>> {
        let ctx = Arc::clone(&self.ctx);
        blocking(move || {
            let (families, apart) = (families(&ctx)?, apart(&ctx)?);
            let mut pairs = ctx.store.read(|r| pairs(r, &families))?;
            for pair in &mut pairs {
                pair.dismissed = apart.covers(&pair.one.id, &pair.other.id, &pair.reasons);
            }
            Ok(pairs)
        })
        .await
    }

    async fn say(
        &self,
        rule: impl FnOnce(&Families) -> Vec<SameSaid> + Send + 'static,
    ) -> Result<Vec<SameSaid>> {
        let ctx = Arc::clone(&self.ctx);
        let (before, said) = blocking(move || {
            let now = ctx.collab.of_customers(SAME_AS)?;
            let mut said = rule(&Families::new(&now));
            said.retain(|(customer, with)| now.get(customer) != with.as_ref());
            let before = said
                .iter()
                .map(|(id, _)| (id.clone(), now.get(id).cloned()));
            Ok((before.collect(), said))
        })
        .await?;
        self.say_same(said).await?;
        Ok(before)
    }
}

/// Who is one with whom, as everybody said by now.
pub(super) fn families(ctx: &Context) -> Result<Families> {
    Ok(Families::new(&ctx.collab.of_customers(SAME_AS)?))
}

fn pairs(r: &Read<'_>, families: &Families) -> kontor_store::Result<Vec<LikelySame>> {
    let mut found: Vec<LikelySame> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (a, b, why) in r.all_likely_same(PAIRS)? {
        if families.are_one(&a, &b) {
            continue;
        }
        let at = *places.entry((a.clone(), b.clone())).or_insert(found.len());
        if let Some(pair) = found.get_mut(at) {
            pair.reasons.push(reason(why));
            continue;
        }
        let (Some(one), Some(other)) = (partner(r, &a)?, partner(r, &b)?) else {
            continue;
        };
        found.push(LikelySame {
            dismissed: false,
            one,
            other,
            reasons: vec![reason(why)],
        });
    }
    Ok(found)
}

/// Those a customer is likely one with, each of their families once; without those somebody said are not the same.
pub(super) fn likely(
    r: &Read<'_>,
    members: &[String],
    (families, apart): (&Families, &Apart),
) -> kontor_store::Result<Vec<DuplicateView>> {
    let mut found: Vec<(DuplicateView, BTreeSet<Likeness>)> = Vec::new();
    for member in members {
        for (row, whys) in r.likely_same(member, LIKELY_READ)? {
            let id = families.main(&row.id);
            let reasons: Vec<&str> = whys.iter().copied().map(reason).collect();
            if members.contains(&row.id) || apart.covers(member, &row.id, &reasons) {
                continue;
            }
            if let Some((_, all)) = found.iter_mut().find(|(view, _)| view.partner.id == id) {
                all.extend(whys);
            } else if let Some(partner) = partner(r, &id)? {
                let view = DuplicateView {
                    partner,
                    reasons: Vec::new(),
                };
                found.push((view, whys.into_iter().collect()));
            }
        }
    }
    found.sort_by(|(_, a), (_, b)| a.iter().min().cmp(&b.iter().min()));
    found.truncate(LIKELY);
    let views = found.into_iter().map(|(view, whys)| DuplicateView {
        reasons: whys.into_iter().map(reason).collect(),
        ..view
    });
    Ok(views.collect())
}

pub(super) fn reason(why: Likeness) -> &'static str {
    match why {
        Likeness::TaxNumber => "tax_number",
        Likeness::NameAndPlace => "name_and_place",
        Likeness::Address => "address",
    }
}

/// A customer as the ERP has it; `None` where the directory lacks it.
pub(super) fn partner(r: &Read<'_>, id: &str) -> kontor_store::Result<Option<PartnerView>> {
    let Some(row) = r.customer(id)? else {
        return Ok(None);
    };
    let card = card(r, id)?.unwrap_or_default();
    let figures = r.document_figures(id)?;
    Ok(Some(PartnerView {
        place: card.place().to_owned(),
        number: card.number,
        documents: u32::try_from(figures.len()).unwrap_or(u32::MAX),
        id: row.id,
        name: row.name,
        gone: row.gone,
    }))
}

/// Who a customer is, where that is here and can be read.
pub(super) fn card(r: &Read<'_>, id: &str) -> kontor_store::Result<Option<CustomerCard>> {
    let kept = r.customer_card(id)?;
    Ok(kept.and_then(|kept| serde_json::from_str(&kept.card).ok()))
}

/// The newest documents of customers that are one.
pub(super) fn documents(
    r: &Read<'_>,
    members: &[String],
    kind: Option<PaperKind>,
    limit: u32,
) -> kontor_store::Result<Vec<DocumentRow>> {
    let mut rows = Vec::new();
    for member in members {
        rows.extend(r.documents(member, kind, limit)?);
    }
    if members.len() > 1 {
        rows.sort_by(|a, b| b.figure.date.cmp(&a.figure.date));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(rows)
}

/// What all documents of customers that are one come to, newest first.
pub(super) fn figures(r: &Read<'_>, members: &[String]) -> kontor_store::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for member in members {
        figures.extend(r.document_figures(member)?);
    }
    if members.len() > 1 {
        figures.sort_by(|a, b| b.date.cmp(&a.date));
    }
    Ok(figures)
}

/// The days of customers that are one as those of who stands for them.
pub(super) fn days(families: &Families, days: Vec<CustomerDays>) -> Vec<CustomerDays> {
    let mut all: BTreeMap<String, CustomerDays> = BTreeMap::new();
    for of in days {
        let main = families.main(&of.customer);
        let Some(known) = all.get_mut(&main) else {
            let customer = main.clone();
            all.insert(main, CustomerDays { customer, ..of });
            continue;
        };
        known.first = earlier(known.first.take(), of.first);
        known.unpaid = earlier(known.unpaid.take(), of.unpaid);
        known.last = known.last.take().max(of.last);
    }
    all.into_values().collect()
}

fn earlier(one: Option<String>, other: Option<String>) -> Option<String> {
    one.into_iter().chain(other).min()
}
