//! Customers that only look like one: a suggestion waved away for the whole team, and taken back.
//!
//! What is said stands in shared records, as merging does ([`super::family`]): a field of the smaller of both for each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_crm::same::{Apart, ordered};
use kontor_protocol::{APART, Subject, SubjectKind};
use kontor_store::Read;

use super::family::{families, reason};
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Error, Result};

/// What is said of two customers, the smaller one first: the reasons for which they only look like one, `None` for nothing.
pub type ApartSaid = (String, String, Option<String>);

/// Customers that look like one that are read: more share nothing that tells.
const MOST: u32 = 1_000;

impl Engine {
    /// Says for the whole team that two customers are not the same, for the reasons for which they are suggested now; with
    /// another reason the suggestion comes back. Of those that are merged it is said of each that looks like the other.
    /// Answers what was said before, for [`Engine::say_apart`] to take it back.
    ///
    /// # Errors
    /// [`crate::Code::Usage`] when they are not suggested.
    pub async fn dismiss_duplicate(&self, one: &str, other: &str) -> Result<Vec<ApartSaid>> {
        let (ctx, pair) = (Arc::clone(&self.ctx), (one.to_owned(), other.to_owned()));
        let (before, said) = blocking(move || {
            let families = families(&ctx)?;
            let (ones, others) = (families.members(&pair.0), families.members(&pair.1));
            let alike = ctx.store.read(|r| alike(r, &ones, &others))?;
            if alike.is_empty() || families.are_one(&pair.0, &pair.1) {
                return Err(Error::usage("These two are not suggested as one customer."));
            }
            let now = said(&ctx)?;
            let before: Vec<ApartSaid> = alike
                .keys()
                .map(|(one, other)| {
                    let value = now.get(&(one.clone(), other.clone())).cloned();
                    (one.clone(), other.clone(), value)
                })
                .collect();
            let said: Vec<ApartSaid> = alike
                .into_iter()
                .map(|((one, other), reasons)| (one, other, Some(reasons)))
                .collect();
            Ok((before, said))
        })
        .await?;
        self.say_apart(said).await?;
        Ok(before)
    }

    /// Takes back that two customers are not the same, and what was said of those merged with either.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn suggest_again(&self, one: &str, other: &str) -> Result<()> {
        let (ctx, pair) = (Arc::clone(&self.ctx), (one.to_owned(), other.to_owned()));
        let said = blocking(move || {
            let families = families(&ctx)?;
            let is_between =
                |a: &str, b: &str| families.are_one(a, &pair.0) && families.are_one(b, &pair.1);
            let all = said(&ctx)?.into_keys();
            let theirs = all.filter(|(a, b)| is_between(a, b) || is_between(b, a));
            Ok(theirs.map(|(a, b)| (a, b, None)).collect())
        })
        .await?;
        self.say_apart(said).await
    }

    /// Says of each two customers why they only look like one, or nothing: takes a dismissal back.
    ///
    /// # Errors
    /// [`crate::Code::Usage`] when an id is none.
    pub async fn say_apart(&self, said: Vec<ApartSaid>) -> Result<()> {
        for (one, other, reasons) in said {
            let (of, from) = ordered(&one, &other);
            let subject = Subject::new(SubjectKind::Customer, of)
                .map_err(|_unfit| Error::usage(format!("“{of}” is no customer's id.")))?;
            let field = (format!("{APART}{from}"), reasons);
            self.set_fields(&subject, vec![field]).await?;
        }
        Ok(())
    }
}

/// Who only looks like whom, as everybody said by now.
pub(super) fn apart(ctx: &Context) -> Result<Apart> {
    let said = said(ctx)?;
    let said = said.iter();
    Ok(Apart::new(said.map(|((a, b), reasons)| {
        (a.as_str(), b.as_str(), reasons.as_str())
    })))
}

fn said(ctx: &Context) -> Result<BTreeMap<(String, String), String>> {
    let fields = ctx.collab.all_of_customers(APART)?.into_iter();
    let pairs = fields.filter_map(|((one, field), reasons)| {
        let other = field.strip_prefix(APART)?.to_owned();
        Some(((one, other), reasons))
    });
    Ok(pairs.collect())
}

/// Which of these look like which of those, the smaller id first, and why.
fn alike(
    r: &Read<'_>,
    ones: &[String],
    others: &[String],
) -> kontor_store::Result<BTreeMap<(String, String), String>> {
    let mut found = BTreeMap::new();
    for one in ones {
        for (row, whys) in r.likely_same(one, MOST)? {
            if others.contains(&row.id) {
                let (a, b) = ordered(one, &row.id);
                let reasons: Vec<&str> = whys.into_iter().map(reason).collect();
                found.insert((a.to_owned(), b.to_owned()), reasons.join(","));
            }
        }
    }
    Ok(found)
}
