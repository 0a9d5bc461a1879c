//! What became of a write whose answer did not come.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::Client;
use super::lookups::{PartnerKey, document};
use crate::dialect::Decimal;
use crate::document::{Document, Payment};
use crate::draft::{PartnerDraft, Trace, Transaction};
use crate::error::Error;
use crate::id::{DocType, MkId};
use crate::partner::Partner;
use crate::search::{Filter, Order, Search, Show};

/// Pages of a search looked at; where there are more, nobody can tell.
const PAGES: usize = 10;
/// Documents of one partner and day whose change log is read; where there are more, nobody can tell.
const CANDIDATES: usize = 50;
/// Sums that differ by less are the same: the service rounds lines, we do not know how.
const ROUNDING: i32 = 1;
/// Documents entered longer before the write than this are not the one. The service's clock and ours may differ.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_mins(30);

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It happened; this is what it wrote.
    Written(T),
    /// It has not happened so far. A write still running there may happen yet: leave it a few minutes and ask once more
    /// before writing anew.
    NotWritten,
    /// One of these may be it, or it cannot be looked for: a person has to decide.
    CannotTell(Vec<T>),
}

/// A document that may have been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// What it would be.
    pub doc_type: DocType,
    /// The trace it was written with.
    pub trace: Trace,
    /// Its partner.
    pub partner: MkId,
    /// Its day.
    pub date: Date,
    /// Its sum with tax, as far as known.
    pub total: Option<Decimal>,
    /// When it was first tried to be written.
    pub since: Option<Timestamp>,
}

impl Client {
    /// Looks for a document by its trace, among those of its partner and day.
    ///
    /// # Errors
    /// As [`Error`] has them: then nothing is known, ask again.
    pub async fn find_written(&self, sought: &Sought) -> Result<Outcome<Document>, Error> {
        let Some(mut candidates) = self.candidates(sought).await? else {
            return Ok(Outcome::CannotTell(Vec::new()));
        };
        // The likeliest first.
        candidates.sort_by_key(|document| !same_total(document, sought.total));
        let mut unsure = Vec::new();
        let too_many = candidates.len() > CANDIDATES;
        for candidate in candidates.into_iter().take(CANDIDATES) {
            let answer = self
                .document_answer(&sought.doc_type, &candidate.mk_id, &[Show::Changes])
                .await;
            let answer = match answer {
                Ok(answer) => answer,
                // Gone since the search.
                Err(Error::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            match trace_in(&answer, &sought.trace) {
                Traced::Ours => {
                    let (document, _defects) = document(&answer, &sought.doc_type)?;
                    return Ok(Outcome::Written(document));
                }
                Traced::Another => {}
                Traced::Unknown if same_total(&candidate, sought.total) => unsure.push(candidate),
                Traced::Unknown => {}
            }
        }
        Ok(if unsure.is_empty() && !too_many {
            Outcome::NotWritten
        } else {
            Outcome::CannotTell(unsure)
        })
    }

    /// Looks for a partner by the exact tax number, else the exact e-mail address, else the exact name.
    ///
    /// # Errors
    /// As [`Error`] has them: then nothing is known, ask again.
    pub async fn find_added_partner(
        &self,
        draft: &PartnerDraft,
    ) -> Result<Outcome<Partner>, Error> {
        let tax = draft.tax_number.as_deref().filter(|t| !t.trim().is_empty());
        let contact = draft.contact.as_ref();
        let email = contact
            .and_then(|c| c.email.as_deref())
            .filter(|e| !e.trim().is_empty());
        let (key, certain) = match (tax, email) {
            (Some(tax), _) => (PartnerKey::TaxNumber(tax.to_owned()), true),
            (None, Some(email)) => (PartnerKey::Email(email.to_owned()), true),
            (None, None) => (PartnerKey::Name(draft.name.clone()), false),
        };
        let found = self.get_partner(&key).await?.items;
        let mut same: Vec<Partner> = found
            .into_iter()
            .filter(|partner| is_exactly(partner, &key))
            .collect();
        // Several companies share a bookkeeper's address; the name decides.
        if same.len() > 1 {
            let named = |p: &Partner| p.name.as_deref().is_some_and(|n| alike(n, &draft.name));
            if same.iter().filter(|p| named(p)).count() == 1 {
                same.retain(named);
            }
        }
        Ok(match (same.pop(), same.is_empty()) {
            (None, _) => Outcome::NotWritten,
            (Some(only), true) if certain => Outcome::Written(only),
            (Some(last), _) => {
                same.push(last);
                Outcome::CannotTell(same)
            }
        })
    }

    /// Looks whether a payment was noted, by comparing with the payments from before.
    ///
    /// # Errors
    /// As [`Error`] has them: then nothing is known, ask again.
    pub async fn find_payment(
        &self,
        payment: &Transaction,
        before: &[Payment],
    ) -> Result<Outcome<Payment>, Error> {
        let now = self.payments(&payment.doc_type, &payment.document).await?;
        Ok(compared(payment, before, now))
    }

    /// Documents of the partner and day, by whatever filters the installation offers; `None` where there are too many.
    async fn candidates(&self, sought: &Sought) -> Result<Option<Vec<Document>>, Error> {
        let known = self.discovery().await?;
        let filters = [
            Filter::Partner(sought.partner.clone()),
            Filter::DateFrom(sought.date),
            Filter::DateTo(sought.date),
        ];
        let offered = filters
            .into_iter()
            .filter(|filter| known.knows(&sought.doc_type, filter.name()));
        let mut search = Search::of(sought.doc_type.clone()).order(Order::NewestFirst);
        search.filters.extend(offered);
        let mut walk = self.walk::<Document>(search);
        let mut found = Vec::new();
        for _page in 0..PAGES {
            let Some(step) = walk.next().await? else {
                return Ok(Some(found));
            };
            // Newest first: before it, everything is older still.
            let past = step
                .items
                .last()
                .is_some_and(|last| is_before(last, sought));
            found.extend(step.items.into_iter().filter(|d| is_candidate(d, sought)));
            if past {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

fn is_candidate(document: &Document, sought: &Sought) -> bool {
    let partner = document.partner.as_ref().and_then(|p| p.mk_id.as_ref());
    let same_day = document.doc_date.is_none_or(|day| day == sought.date);
    partner.is_none_or(|id| *id == sought.partner) && same_day && !is_before(document, sought)
}

/// True for a document entered before the write was tried.
fn is_before(document: &Document, sought: &Sought) -> bool {
    let (Some(created), Some(since)) = (document.created, sought.since) else {
        return false;
    };
    since.checked_sub(SKEW).is_ok_and(|since| created < since)
}

/// Unknown sums are the same.
fn same_total(document: &Document, total: Option<Decimal>) -> bool {
    let (Some(theirs), Some(ours)) = (document.sums.all, total) else {
        return true;
    };
    let apart = theirs.checked_sub(ours).map(Decimal::abs);
    apart.is_some_and(|apart| apart < Decimal::from(ROUNDING))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Traced {
    Ours,
    /// Another write of the same writer.
    Another,
    Unknown,
}

/// Looks for a trace in the change log, wherever the service puts it there. The log is read as it came: which of its
/// fields takes the note is not documented.
fn trace_in(answer: &Map<String, Value>, trace: &Trace) -> Traced {
    let mut traced = Traced::Unknown;
    let mut open: Vec<&Value> = answer.get("document_info").into_iter().collect();
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if holds(text, trace.as_str()) => return Traced::Ours,
            Value::String(text) if !trace.writer().is_empty() && text.contains(trace.writer()) => {
                traced = Traced::Another;
            }
            Value::Array(list) => open.extend(list),
            Value::Object(map) => open.extend(map.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    traced
}

/// True where the trace stands by itself: `k:1` is not in `k:17`.
fn holds(text: &str, trace: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
    let mut words = text.split(|c| !part(c));
    words.any(|word| word == trace)
}

fn is_exactly(partner: &Partner, key: &PartnerKey) -> bool {
    match key {
        PartnerKey::Id(id) => partner.mk_id == *id,
        PartnerKey::Email(email) => partner.has_email(email),
        PartnerKey::Name(name) => partner
            .name
            .as_deref()
            .is_some_and(|their| alike(their, name)),
        PartnerKey::TaxNumber(tax) => partner
            .tax_number
            .as_deref()
            .is_some_and(|their| same_tax(their, tax)),
        PartnerKey::Phone(_) => false,
    }
}

fn alike(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// `SI12345678`, `SI 12345678` and `12345678` are one number.
fn same_tax(one: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let text: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        text.to_ascii_uppercase()
    };
    let (one, other) = (bare(one), bare(other));
    let stripped = |text: &str| {
        let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        // Two letters of a country, or none.
        let letters = text.len().saturating_sub(digits.len());
        matches!(letters, 0 | 2).then(|| digits.to_owned())
    };
    one == other
        || (one.len() != other.len()
            && stripped(&one).is_some()
            && stripped(&one) == stripped(&other))
}

fn compared(payment: &Transaction, before: &[Payment], now: Vec<Payment>) -> Outcome<Payment> {
    let same = |p: &Payment| p.amount == Some(payment.amount) && p.date == Some(payment.date);
    let (was, mut is): (usize, Vec<Payment>) = (
        before.iter().filter(|p| same(p)).count(),
        now.into_iter().filter(same).collect(),
    );
    match is.len().cmp(&was) {
        std::cmp::Ordering::Greater => match is.pop() {
            Some(last) => Outcome::Written(last),
            None => Outcome::NotWritten,
        },
        std::cmp::Ordering::Equal => Outcome::NotWritten,
        // Somebody took payments off meanwhile.
        std::cmp::Ordering::Less => Outcome::CannotTell(is),
    }
}

#[cfg(test)]
#[path = "traces_tests.rs"]
mod tests;
