//! Facts of a mail held against what the ERP told: who it goes to, which documents it names, what those say and said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use kontor_collab::DocumentBody;
use kontor_crm::check::{self, Fact, Kind, Known, Line, Paper, Said, Sheet, State};
use kontor_crm::whose::Whose;
use kontor_crm::{age, numbers, sums, written};
use kontor_mime::{html, reply};
use kontor_model::{Address, Amount, MessageId, Millis};
use kontor_store::{DocumentRow, PastDocument, Read, number_key};
use serde::Serialize;

use super::dossier::{Reckoning, looked_at, moment};
use super::family;
use super::whose::of_person;
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::Result;

/// Newest documents of a customer a mail is held against.
const LOOKED_AT: u32 = 200;
/// People of a mail whose customers are looked at.
const PEOPLE: usize = 10;

/// A fact of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactView {
    /// `price`, `total`, `date`, `quantity` or `number`.
    pub kind: &'static str,
    /// As it stands in the text.
    pub text: String,
    /// Where it begins, in UTF-16 units as a window counts; its end is `text` further.
    pub at: u32,
    /// `matched`, `stale` or `unknown`.
    pub state: &'static str,
    /// What the document says now: `1234.50 EUR`, `2026-03-12`, `240 kos`, a number, or `gone`. `None` of unknown ones.
    pub value: Option<String>,
    /// The same, written as the text wrote its own; `None` too where there is nothing to write in its place.
    pub instead: Option<String>,
    /// The document's number; `None` of unknown ones, and of what several come to.
    pub document: Option<String>,
    /// When the document was last known to say so.
    pub as_of: Option<Timestamp>,
}

/// A mail being written, as far as its facts go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writing {
    /// Who it goes to.
    pub people: Vec<Address>,
    /// Its subject.
    pub subject: String,
    /// What its author wrote.
    pub text: String,
}

/// Whom a mail goes to, and the documents it is held against.
pub(super) struct Held {
    pub(super) customers: BTreeSet<String>,
    /// Documents by their id, those the text names first.
    pub(super) papers: Vec<Paper>,
    /// How many of them the mail names.
    pub(super) named: usize,
    topics: Vec<usize>,
    sums: Vec<(String, Amount)>,
}

impl Engine {
    /// Returns the facts of a text that is being written, in its order. Quoted mail and a signature have none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn check_writing(&self, writing: Writing) -> Result<Vec<FactView>> {
        let ctx = Arc::clone(&self.ctx);
        blocking(move || facts_of(&ctx, &writing)).await
    }

    /// Returns the facts of a finished message: of what its author wrote in it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn check_raw(&self, raw: Vec<u8>) -> Result<Vec<FactView>> {
        let ours: BTreeSet<String> = self
            .accounts()
            .await?
            .into_iter()
            .map(|row| row.account.email.to_lowercase())
            .collect();
        let ctx = Arc::clone(&self.ctx);
        blocking(move || facts_of(&ctx, &writing_of(&raw, &ours))).await
    }

    /// Returns the facts of a message that is here.
    ///
    /// # Errors
    /// When there is no such message, or its text cannot be had now.
    pub async fn check_message(&self, message: MessageId) -> Result<Vec<FactView>> {
        let raw = self.raw(message).await?;
        self.check_raw(raw.to_vec()).await
    }
}

/// What a message says, and who it is with: everybody in it but ourselves.
pub(super) fn writing_of(raw: &[u8], ours: &BTreeSet<String>) -> Writing {
    let mail = kontor_mime::parse(raw);
    let sender = mail.envelope.from.first().cloned().unwrap_or_default();
    let text = match (&mail.text, &mail.html) {
        (Some(text), _) => text.clone(),
        (None, Some(body)) => html::to_text(body),
        (None, None) => String::new(),
    };
    let mut people = mail.envelope.to;
    people.extend(mail.envelope.cc);
    people.extend(mail.envelope.from);
    people.retain(|person| !ours.contains(&person.key()));
    Writing {
        people,
        subject: mail.envelope.subject,
        text: reply::split_by(&text, &sender).text,
    }
}

fn facts_of(ctx: &Context, writing: &Writing) -> Result<Vec<FactView>> {
    let own = own_part(&writing.text);
    let held = held(ctx, writing)?;
    let known = Known {
        papers: &held.papers,
        topics: &held.topics,
        sums: &held.sums,
    };
    let facts = check::check(own, &known);
    Ok(facts.iter().map(|fact| view(own, fact, &held)).collect())
}

/// The text up to where quoted mail or a signature begins.
fn own_part(text: &str) -> &str {
    let split = reply::split(text);
    let begin = text.len().saturating_sub(text.trim_start().len());
    let end = begin.saturating_add(split.text.trim().len());
    match text.get(begin..end) {
        Some(own) if own == split.text.trim() => text.get(..end).unwrap_or(text),
        _ => text,
    }
}

/// Whom a mail goes to, and the documents it is held against. Customers whose facts are not here are noted as looked at.
pub(super) fn held(ctx: &Context, writing: &Writing) -> Result<Held> {
    let families = family::families(ctx)?;
    let (mut customers, mut mains) = (BTreeSet::new(), BTreeSet::new());
    for person in writing.people.iter().take(PEOPLE) {
        if let Whose::Customer(id) = of_person(ctx, person)?.whose {
            customers.extend(looked_at(ctx, &families, &id)?);
            mains.insert(id);
        }
    }
    let (now, at) = (ctx.clock.now(), ctx.moment());
    let topics = keys(&writing.subject);
    let named = keys(&format!("{}\n{}", writing.subject, own_part(&writing.text)));
    Ok(ctx.store.read(|r| {
        let reckoning = Reckoning::of(r, now, at)?;
        let mut papers: Vec<Paper> = Vec::new();
        for key in &named {
            for row in super::refs::documents(r, key, &customers)? {
                let theirs = (number_key(&row.number) != *key).then(|| key.clone());
                match papers.iter_mut().find(|paper| paper.id == row.id) {
                    Some(paper) => paper.keys.extend(theirs),
                    None => papers.push(paper(r, row, theirs, &reckoning)?),
                }
            }
            if !papers.iter().any(|paper| paper.keys.contains(key)) {
                papers.extend(gone(&r.past_numbered(key)?));
            }
        }
        let named = papers.len();
        let mut sums = Vec::new();
        for customer in &customers {
            add_customer(r, customer, &reckoning, &mut papers)?;
        }
        for main in &mains {
            let figures = family::figures(r, &families.members(main))?;
            let totals = sums::totals(&figures, reckoning.today).into_iter();
            sums.extend(totals.flat_map(|t| {
                let (open, overdue) = (t.open, t.overdue);
                [(t.currency.clone(), open), (t.currency, overdue)]
            }));
        }
        sums.retain(|(_, sum)| *sum != Amount::ZERO);
        let is_topic = |paper: &Paper| paper.keys.iter().any(|key| topics.contains(key));
        let topics = papers.iter().take(named).enumerate();
        let topics = topics
            .filter(|(_, paper)| is_topic(paper))
            .map(|(at, _)| at);
        Ok(Held {
            topics: topics.collect(),
            customers: customers.clone(),
            named,
            papers,
            sums,
        })
    })?)
}

fn keys(text: &str) -> BTreeSet<String> {
    numbers::candidates(text)
        .into_iter()
        .map(|c| c.key)
        .collect()
}

fn add_customer(
    r: &Read<'_>,
    customer: &str,
    reckoning: &Reckoning,
    papers: &mut Vec<Paper>,
) -> kontor_store::Result<()> {
    let mut before: BTreeMap<String, Vec<Sheet>> = BTreeMap::new();
    for past in r.past_of_customer(customer, Millis(0))? {
        let sheet = past_sheet(&past);
        before.entry(past.document).or_default().push(sheet);
    }
    for row in r.documents(customer, None, LOOKED_AT)? {
        if papers.iter().all(|paper| paper.id != row.id) {
            let past = before.remove(&row.id).unwrap_or_default();
            papers.push(of_row(row, past, None, reckoning));
        }
    }
    Ok(())
}

fn paper(
    r: &Read<'_>,
    row: DocumentRow,
    theirs: Option<String>,
    reckoning: &Reckoning,
) -> kontor_store::Result<Paper> {
    let before = r.past_of_document(&row.id)?;
    let before = before.iter().map(past_sheet).collect();
    Ok(of_row(row, before, theirs, reckoning))
}

fn of_row(
    row: DocumentRow,
    before: Vec<Sheet>,
    theirs: Option<String>,
    reckoning: &Reckoning,
) -> Paper {
    let as_of = age::of_document(&row.figure, &reckoning.fresh);
    let body: DocumentBody = serde_json::from_str(&row.body).unwrap_or_default();
    let mut now = sheet(body);
    now.currency = row.figure.currency;
    (now.total, now.paid) = (row.figure.total, row.figure.paid);
    now.date = date(&row.figure.date);
    now.due = row.figure.due.as_deref().and_then(date);
    let mut keys = vec![number_key(&row.number)];
    keys.extend(theirs);
    Paper {
        id: row.id,
        number: row.number,
        keys,
        now: Some(now),
        before,
        as_of,
    }
}

/// A document that is no longer in the ERP, by what it said last.
fn gone(past: &[PastDocument]) -> Option<Paper> {
    let last = past.last()?;
    Some(Paper {
        id: last.document.clone(),
        number: last.number.clone(),
        keys: vec![number_key(&last.number)],
        now: None,
        before: past.iter().map(past_sheet).collect(),
        as_of: last.until,
    })
}

fn sheet(body: DocumentBody) -> Sheet {
    let line = |line: kontor_protocol::DocumentLine| Line {
        name: line.name,
        amount: line.amount,
        unit: line.unit,
        price: line.price,
        discount: line.discount,
    };
    Sheet {
        lines: body.lines.into_iter().map(line).collect(),
        payments: body
            .payments
            .into_iter()
            .map(|p| (p.date, p.amount))
            .collect(),
        ..Sheet::default()
    }
}

/// What a document said.
pub(super) fn past_sheet(past: &PastDocument) -> Sheet {
    let body: DocumentBody = serde_json::from_str(&past.body).unwrap_or_default();
    Sheet {
        currency: past.currency.clone(),
        total: past.total,
        paid: past.paid,
        date: date(&past.date),
        due: past.due.as_deref().and_then(date),
        ..sheet(body)
    }
}

fn date(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn view(text: &str, fact: &Fact, held: &Held) -> FactView {
    let stands = text.get(fact.at.clone()).unwrap_or_default();
    let head = text.get(..fact.at.start).unwrap_or_default();
    let paper = fact.paper.and_then(|at| held.papers.get(at));
    let instead = fact.value.as_ref().and_then(|said| {
        let stale = fact.state == State::Stale || fact.kind == Kind::Number;
        stale.then(|| written::in_place_of(stands, said)).flatten()
    });
    FactView {
        kind: fact.kind.as_str(),
        text: stands.to_owned(),
        at: u32::try_from(head.encode_utf16().count()).unwrap_or(u32::MAX),
        state: fact.state.as_str(),
        value: fact.value.as_ref().map(plain),
        instead,
        document: paper.map(|paper| paper.number.clone()),
        as_of: paper.map(|paper| moment(paper.as_of)),
    }
}

fn plain(said: &Said) -> String {
    match said {
        Said::Money(amount, currency) => format!("{amount} {currency}"),
        Said::Day(day) => day.to_string(),
        Said::Quantity(amount, unit) => {
            let text = amount.to_string();
            let short = text.trim_end_matches('0').trim_end_matches('.');
            format!("{short} {unit}").trim_end().to_owned()
        }
        Said::Number(number) => number.clone(),
        Said::Gone => "gone".to_owned(),
    }
}
