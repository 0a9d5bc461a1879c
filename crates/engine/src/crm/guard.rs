//! What changed in the ERP while a mail was written: asked about before it leaves.
//!
//! What counts are documents the mail names, and what is open of the customers it goes to. Everything is read from local
//! rows: what this desk has not heard of cannot be told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kontor_collab::DocumentBody;
use kontor_crm::check::{Paper, Sheet};
use kontor_crm::written::{Language, day, money};
use kontor_model::Millis;
use kontor_store::{Outgoing, PastDocument};

use super::check::{Held, Writing, held, past_sheet};
use super::dossier::moment;
use crate::composing::DraftForm;
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::Result;

/// A mail that waited for the network waits so long for the ERP's news; a team's server that is away holds no mail up.
const HEARING: Duration = Duration::from_secs(10);

/// What of a document changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedPart {
    /// All of it.
    Total,
    /// What is to be paid of it.
    Open,
    /// The day it is due, promised or runs out.
    Due,
    /// Where it stands.
    Status,
    /// What stands on it.
    Lines,
    /// It is no longer there.
    Gone,
}

/// A document that changed while a mail was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentChange {
    /// Its number.
    pub number: String,
    /// What of it.
    pub part: ChangedPart,
    /// What it said when the mail was begun; empty for nothing.
    pub before: String,
    /// What it says now; empty for nothing.
    pub after: String,
    /// What the company calls the states of a [`ChangedPart::Status`], then and now; empty where it does not say, and for
    /// other parts.
    pub labels: [String; 2],
    /// When this desk came to know.
    pub at: Timestamp,
    /// The mail names it.
    pub named: bool,
}

impl Engine {
    /// Returns what changed of the documents a draft names, and of the open ones of those it goes to, since it was begun;
    /// values in a language. Empty without an ERP.
    ///
    /// # Errors
    /// When there is no such draft.
    pub async fn changes_since_draft(
        &self,
        draft: i64,
        language: Language,
    ) -> Result<Vec<DocumentChange>> {
        let row = self.ctx.read(move |r| r.draft(draft)).await?;
        let began = crate::composing::began(&row).unwrap_or(row.updated_at);
        let DraftForm {
            to,
            cc,
            bcc,
            subject,
            text,
            ..
        } = crate::composing::form(&row);
        let writing = Writing {
            people: [to, cc, bcc].concat(),
            subject,
            text,
        };
        let ctx = Arc::clone(&self.ctx);
        blocking(move || changes(&ctx, &writing, began, language, true)).await
    }

    /// Returns what changed of the documents a mail in the outbox names since its author last decided about it.
    ///
    /// # Errors
    /// When there is no such mail.
    pub async fn changes_since_asked(
        &self,
        outgoing: &Outgoing,
        language: Language,
    ) -> Result<Vec<DocumentChange>> {
        let (Some(asked), Some(blob)) = (outgoing.asked_at, outgoing.blob) else {
            return Ok(Vec::new());
        };
        let ctx = Arc::clone(&self.ctx);
        blocking(move || {
            if !ctx.store.read(|r| Ok(r.facts()?.is_some()))? {
                return Ok(Vec::new());
            }
            let raw = ctx.store.read(|r| r.blob(blob))?;
            let writing = super::check::writing_of(&raw, &std::collections::BTreeSet::new());
            changes(&ctx, &writing, asked, language, false)
        })
        .await
    }

    /// Says why a mail is to stay here: a document it names changed while it waited.
    pub(crate) async fn outdated(&self, outgoing: &Outgoing) -> Option<String> {
        if !outgoing.error.is_empty() && outgoing.asked_at.is_some() {
            // After an outage the ERP's news come first, in time or not: what is known then decides.
            let mirrored = self.ctx.read(|r| r.facts()).await;
            if mirrored.is_ok_and(|facts| facts.is_some()) {
                let heard = self.crm_sync(HEARING).await.unwrap_or(false);
                tracing::debug!(heard, "a mail that waited leaves");
            }
        }
        // The values stand in the window's question; the sentence names what changed.
        match self.changes_since_asked(outgoing, Language::English).await {
            Ok(found) => found.first().map(|first| {
                format!(
                    "{} changed in Metakocka while your mail waited. It was not sent: send it anyway, or take it back.",
                    first.number
                )
            }),
            Err(e) => {
                tracing::warn!("a mail leaves without looking at its documents: {e}");
                None
            }
        }
    }
}

fn changes(
    ctx: &Context,
    writing: &Writing,
    began: Millis,
    language: Language,
    open: bool,
) -> Result<Vec<DocumentChange>> {
    let held = held(ctx, writing)?;
    let named: Vec<&Paper> = held.papers.iter().take(held.named).collect();
    let past = ctx.store.read(|r| {
        let mut past = Vec::new();
        for paper in &named {
            past.extend(r.past_of_document(&paper.id)?);
        }
        for customer in held.customers.iter().filter(|_| open) {
            past.extend(r.past_of_customer(customer, began)?);
        }
        Ok(past)
    })?;
    // The oldest state that ended since is the one the author could know.
    let mut then: BTreeMap<String, PastDocument> = BTreeMap::new();
    for state in past.into_iter().filter(|state| state.until >= began) {
        then.entry(state.document.clone()).or_insert(state);
    }
    let statuses = ctx.store.read(|r| {
        let mut statuses = BTreeMap::new();
        for state in then.values() {
            let rows = r.documents_numbered(&kontor_store::number_key(&state.number))?;
            let row = rows.into_iter().find(|row| row.id == state.document);
            statuses.extend(row.map(|row| (row.id, (row.status, label(&row.body)))));
        }
        Ok(statuses)
    })?;
    let mut found = Vec::new();
    for state in then.into_values() {
        let status = statuses.get(&state.document);
        found.extend(changed(&state, status, &held, language));
    }
    found.sort_by_key(|change| (!change.named, change.number.clone()));
    Ok(found)
}

/// What of one document changed.
fn changed(
    state: &PastDocument,
    status: Option<&(String, String)>,
    held: &Held,
    language: Language,
) -> Vec<DocumentChange> {
    let place = held.papers.iter().position(|p| p.id == state.document);
    let paper = place.and_then(|at| held.papers.get(at));
    let named = place.is_some_and(|at| at < held.named);
    let change = |part, before, after| DocumentChange {
        number: state.number.clone(),
        part,
        before,
        after,
        labels: Default::default(),
        at: moment(state.until),
        named,
    };
    let before = past_sheet(state);
    let Some(now) = paper.and_then(|paper| paper.now.as_ref()) else {
        // One of the customer's older documents that is not looked at is not gone.
        let gone = status.is_none();
        let value = money(before.total, &before.currency, language);
        return Vec::from_iter(gone.then(|| change(ChangedPart::Gone, value, String::new())));
    };
    let mut found = Vec::new();
    let worth = |sheet: &Sheet| money(sheet.total, &sheet.currency, language);
    let open = |sheet: &Sheet| money(sheet.total.minus(sheet.paid), &sheet.currency, language);
    let due = |sheet: &Sheet| sheet.due.map_or_else(String::new, |due| day(due, language));
    if (before.total, &before.currency) != (now.total, &now.currency) {
        found.push(change(ChangedPart::Total, worth(&before), worth(now)));
    } else if before.paid != now.paid {
        found.push(change(ChangedPart::Open, open(&before), open(now)));
    }
    if before.due != now.due {
        found.push(change(ChangedPart::Due, due(&before), due(now)));
    }
    if let Some((status, called)) = status.filter(|(status, _)| *status != state.status) {
        found.push(DocumentChange {
            labels: [label(&state.body), called.clone()],
            ..change(ChangedPart::Status, state.status.clone(), status.clone())
        });
    }
    // Lines that were not here yet when the mail was begun are no change of the document.
    let lines = before.lines != now.lines && !before.lines.is_empty();
    if found.is_empty() && lines {
        found.push(change(ChangedPart::Lines, String::new(), String::new()));
    }
    found
}

/// What the company calls a document's state.
fn label(body: &str) -> String {
    serde_json::from_str::<DocumentBody>(body)
        .map_or_else(|_| String::new(), |body| body.status_label)
}
