//! `crm …`

mod act;
mod erp;
mod merging;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use kontor_engine::protocol::Subject;
use kontor_engine::store::{PaperKind, PaperState};
use kontor_engine::{
    Code, CustomerView, DocumentView, DocumentsAsked, DossierView, DuplicateView, Error,
    TableWords, TotalView,
};
use serde_json::{Value, json};

use super::App;
use super::team::moment;
use crate::args::crm::{CrmCommand, Csv, Kind, State};

pub(super) async fn run(app: &App, command: CrmCommand) -> Result<()> {
    match command {
        CrmCommand::Status => status(app).await,
        CrmCommand::Connect {
            base_url,
            company,
            key_stdin,
        } => erp::connect(app, base_url, company, key_stdin).await,
        CrmCommand::Disconnect { anyway } => erp::disconnect(app, anyway).await,
        CrmCommand::Audit { limit } => erp::audit(app, limit).await,
        CrmCommand::Keep { customers } => {
            app.engine.keep_customers(customers).await?;
            status(app).await
        }
        CrmCommand::Customer { customer, wait } => show(app, &customer, wait).await,
        CrmCommand::Documents {
            customer,
            kind,
            state,
            from,
            until,
            csv,
            limit,
            wait,
        } => {
            let asked = DocumentsAsked {
                kind: kind.map(paper),
                state: state.map(standing),
                ..DocumentsAsked::default()
            };
            let asked = asked.within(from.as_deref(), until.as_deref())?;
            match csv {
                Some(words) => table(app, &customer, asked, words, wait).await,
                None => documents(app, &customer, asked, limit, wait).await,
            }
        }
        CrmCommand::Link { address, customer } => link(app, &address, &customer).await,
        CrmCommand::Unlink { address } => {
            app.engine.unlink(&address).await?;
            tied(app, &address).await
        }
        CrmCommand::Duplicates {
            customer,
            dismissed,
        } => merging::duplicates(app, customer.as_deref(), dismissed).await,
        CrmCommand::Apart { one, other, undo } => merging::apart(app, &one, &other, undo).await,
        CrmCommand::Merge { main, other } => merging::merge(app, &main, &other).await,
        CrmCommand::Unmerge { customer } => merging::unmerge(app, &customer).await,
        CrmCommand::Suggest { address } => suggest(app, &address).await,
        CrmCommand::Badges { addresses } => badges(app, addresses).await,
        CrmCommand::Check { mail } => check(app, &mail).await,
        CrmCommand::Refs { message } => refs(app, &message).await,
        CrmCommand::Act(command) => Box::pin(act::run(app, *command)).await,
        CrmCommand::ThreadOf { number } => thread_of(app, &number).await,
    }
}

async fn status(app: &App) -> Result<()> {
    let known = app.engine.crm_status().await?;
    let state = &known.state;
    let name = serde_json::to_value(state.state)?;
    let text = match (name.as_str().unwrap_or("off"), state.why.as_str()) {
        ("off", "") => "No ERP is connected.".to_owned(),
        (name, "") => format!(
            "{name}: {} customers and {} documents, {} customers known here.",
            state.counts.customers, state.counts.documents, known.known
        ),
        (name, why) => format!("{name}: {why}"),
    };
    let row = json!({
        "state": name,
        "why": (!state.why.is_empty()).then_some(&state.why),
        "last_at": state.last_at.map(moment),
        "age_seconds": known.age_seconds,
        "progress": state.progress,
        "calls": state.counts.calls,
        "errors": state.counts.errors,
        "breaker": state.counts.breaker_open,
        "partners": state.counts.customers,
        "documents": state.counts.documents,
        "products": state.counts.products,
        "drift": state.counts.drift,
        "fresh": state.fresh,
        "told_at": known.told_at.map(moment),
        "known": known.known,
        "followed": known.followed,
        "kept": known.kept,
    });
    app.answer(&row, &text);
    Ok(())
}

/// The customer that is named, and its dossier; what is not here is waited for.
async fn dossier(app: &App, named: &str, wait: f64) -> Result<(CustomerView, DossierView)> {
    let mut found = look(app, named).await;
    let unknown = |e: &Error| e.code == Code::UnknownCustomer;
    let missing = match &found {
        Ok(view) => view.waiting,
        Err(e) => unknown(e),
    };
    if missing {
        let wait = Duration::try_from_secs_f64(wait).unwrap_or_default();
        app.engine.crm_sync(wait).await?;
        found = look(app, named).await;
        // Known now, and asked for only by this look.
        if found.as_ref().is_ok_and(|view| view.waiting) {
            app.engine.crm_sync(wait).await?;
            found = look(app, named).await;
        }
    }
    let mut view = found?;
    let missing = || {
        Error::new(
            Code::UnknownCustomer,
            format!("No customer is known here as “{named}”."),
        )
    };
    let customer = view.customer.take().ok_or_else(missing)?;
    Ok((customer, view))
}

async fn look(app: &App, named: &str) -> Result<DossierView, Error> {
    let id = app.engine.find_customer(named).await?;
    app.engine.dossier(&id).await
}

async fn show(app: &App, named: &str, wait: f64) -> Result<()> {
    let (customer, dossier) = dossier(app, named, wait).await?;
    let subject: Subject = app
        .engine
        .subject(&format!("customer:{}", customer.id))
        .await?;
    let note = app.engine.note(&subject, None).await?;
    let notes = note.map(|note| note.text).filter(|text| !text.is_empty());
    let row = json!({
        "id": customer.id,
        "name": customer.name,
        "number": customer.number,
        "rank": customer.rank,
        "status": customer.status,
        "contacts": customer.contacts,
        "address": customer.address,
        "totals": customer.totals,
        "turnover_12_months": customer.turnover_12_months,
        "last_order": customer.last_order.as_ref().map(|order| json!({
            "mk_id": order.id,
            "number": order.number,
            "date": order.date,
            "total": order.total,
            "currency": order.currency,
            "status": order.status,
        })),
        "documents": customer.counts,
        "products": customer.products,
        "partners": customer.partners,
        "duplicates": customer.duplicates,
        "notes": notes,
        "as_of": customer.as_of.map(moment),
        "stale": customer.stale,
        "waiting": dossier.waiting,
    });
    app.answer(&row, &text(&customer));
    Ok(())
}

fn text(customer: &CustomerView) -> String {
    let rank = customer.rank.map_or("–", |rank| rank.as_str());
    let mut lines = vec![format!(
        "{} ({}), {rank}, {}",
        customer.name,
        customer.id,
        customer.status.as_str()
    )];
    let total = |t: &TotalView| {
        format!(
            "{:.2} {}, open {:.2}, overdue {:.2}",
            t.total, t.currency, t.open, t.overdue
        )
    };
    lines.extend(customer.totals.iter().map(total));
    if let Some(order) = &customer.last_order {
        lines.push(format!(
            "last order {} of {}: {:.2} {}, {}",
            order.number,
            order.date.as_deref().unwrap_or("an unknown day"),
            order.total,
            order.currency,
            order.status
        ));
    }
    if customer.partners.len() > 1 {
        let ids: Vec<&str> = customer.partners.iter().map(|p| p.id.as_str()).collect();
        lines.push(format!("merged from {}", ids.join(", ")));
    }
    let likely = |like: &DuplicateView| {
        let reasons = like.reasons.join(", ");
        format!(
            "likely also {} ({}): {reasons}",
            like.partner.name, like.partner.id
        )
    };
    lines.extend(customer.duplicates.iter().map(likely));
    lines.join("\n")
}

/// As many as one question asks for.
const PAGE: u32 = 1000;

async fn documents(
    app: &App,
    named: &str,
    asked: DocumentsAsked,
    limit: u32,
    wait: f64,
) -> Result<()> {
    let (customer, _) = dossier(app, named, wait).await?;
    let mut left = if limit == 0 { u32::MAX } else { limit };
    let mut after = None;
    loop {
        let page = app
            .engine
            .document_page(&customer.id, asked.clone(), after, left.min(PAGE))
            .await?;
        for row in page.documents {
            left = left.saturating_sub(1);
            let text = format!(
                "{}\t{}\t{}\t{:.2} {}\t{}",
                row.date.as_deref().unwrap_or_default(),
                row.kind,
                row.number,
                row.total,
                row.currency,
                row.status
            );
            if !app.answer(&document(&row), &text) {
                return Ok(());
            }
        }
        after = page.next;
        if after.is_none() || left == 0 {
            return Ok(());
        }
    }
}

async fn table(app: &App, named: &str, asked: DocumentsAsked, words: Csv, wait: f64) -> Result<()> {
    let (customer, _) = dossier(app, named, wait).await?;
    let words = match words {
        Csv::En => TableWords::English,
        Csv::Sl => TableWords::Slovenian,
    };
    let table = app
        .engine
        .documents_table(&customer.id, asked, words)
        .await?;
    app.answer(&json!({ "csv": table }), table.trim_end());
    Ok(())
}

fn paper(kind: Kind) -> PaperKind {
    match kind {
        Kind::Offer => PaperKind::Offer,
        Kind::Order => PaperKind::Order,
        Kind::Invoice => PaperKind::Invoice,
    }
}

fn standing(state: State) -> PaperState {
    match state {
        State::Open => PaperState::Open,
        State::Overdue => PaperState::Overdue,
        State::Paid => PaperState::Paid,
        State::Draft => PaperState::Draft,
        State::ToShip => PaperState::ToShip,
    }
}

async fn badges(app: &App, addresses: Vec<String>) -> Result<()> {
    let badges = app.engine.badges(addresses).await?;
    let mut lines: Vec<String> = badges
        .known
        .iter()
        .map(|badge| {
            let rank = badge.rank.map_or("–", |rank| rank.as_str());
            let (address, status) = (&badge.address, badge.status.as_str());
            format!("{address}\t{}\t{rank}\t{status}", badge.name)
        })
        .collect();
    lines.extend(
        badges
            .first
            .iter()
            .map(|address| format!("{address}\tfirst contact")),
    );
    app.answer(&serde_json::to_value(&badges)?, &lines.join("\n"));
    Ok(())
}

fn document(row: &DocumentView) -> Value {
    json!({
        "mk_id": row.id,
        "type": row.kind,
        "doc_type": row.doc_type,
        "number": row.number,
        "date": row.date,
        "due": row.due,
        "total": row.total,
        "currency": row.currency,
        "open": row.open,
        "overdue_days": row.overdue_days,
        "status": row.status,
        "status_label": row.status_label,
        "as_of": moment(row.as_of),
    })
}

async fn link(app: &App, address: &str, customer: &str) -> Result<()> {
    if customer == "-" || customer == "none" {
        app.engine.link_to_none(address).await?;
    } else {
        let id = app.engine.find_customer(customer).await?;
        app.engine.link(address, &id).await?;
    }
    tied(app, address).await
}

/// Whose an address is now.
async fn tied(app: &App, address: &str) -> Result<()> {
    let customer = match app.engine.find_customer(address).await {
        Ok(id) => Some(id),
        Err(e) if e.code == Code::UnknownCustomer => None,
        Err(e) => return Err(e.into()),
    };
    let text = customer.as_deref().map_or_else(
        || format!("{address} is nobody's."),
        |id| format!("{address} is of customer {id}."),
    );
    app.answer(&json!({ "address": address, "customer": customer }), &text);
    Ok(())
}

async fn suggest(app: &App, address: &str) -> Result<()> {
    let suggestions = app.engine.suggest(address).await?;
    let lines: Vec<String> = suggestions
        .iter()
        .map(|s| format!("{}\t{}\t{}", s.customer, s.name, s.reason.as_str()))
        .collect();
    app.answer(
        &json!({ "address": address, "suggestions": suggestions }),
        &lines.join("\n"),
    );
    Ok(())
}

async fn refs(app: &App, message: &str) -> Result<()> {
    let id = app.engine.find_message(message).await?;
    let found = app.engine.doc_refs(id).await?;
    let lines: Vec<String> = found
        .iter()
        .map(|r| {
            let file = r.file.as_deref().unwrap_or_default();
            format!(
                "{}\t{}\t{}\t{file}",
                r.document.kind, r.document.number, r.place
            )
        })
        .collect();
    let refs: Vec<Value> = found
        .iter()
        .map(|found| {
            let mut row = document(&found.document);
            if let Value::Object(fields) = &mut row {
                fields.insert("text".into(), json!(found.text));
                fields.insert("place".into(), json!(found.place));
                fields.insert("file".into(), json!(found.file));
                fields.insert("customer".into(), json!(found.document.customer));
            }
            row
        })
        .collect();
    app.answer(
        &json!({ "message": id.to_string(), "refs": refs }),
        &lines.join("\n"),
    );
    Ok(())
}

async fn thread_of(app: &App, number: &str) -> Result<()> {
    let mails = app.engine.mails_of_document(number).await?;
    let mut threads: Vec<String> = Vec::new();
    for mail in &mails {
        let thread = mail.thread.to_string();
        if !threads.contains(&thread) {
            threads.push(thread);
        }
    }
    let lines: Vec<String> = mails
        .iter()
        .map(|mail| format!("{}\t{}\t{}", mail.date, mail.thread, mail.subject))
        .collect();
    let rows: Vec<Value> = mails
        .iter()
        .map(|mail| {
            json!({
                "id": mail.message.to_string(),
                "message_id": mail.message_id,
                "thread": mail.thread.to_string(),
                "subject": mail.subject,
                "date": mail.date.to_string(),
            })
        })
        .collect();
    app.answer(
        &json!({ "number": number, "threads": threads, "mails": rows }),
        &lines.join("\n"),
    );
    Ok(())
}

/// The facts of a file where there is one, else of the message that is named.
async fn check(app: &App, mail: &str) -> Result<()> {
    let file = Path::new(mail);
    let facts = if file.is_file() {
        app.engine.check_raw(super::mime::read(file)?).await?
    } else {
        let id = app.engine.find_message(mail).await?;
        app.engine.check_message(id).await?
    };
    let lines: Vec<String> = facts
        .iter()
        .map(|fact| {
            let value = fact.value.as_deref().unwrap_or("–");
            format!("{}\t{}\t{}\t{value}", fact.state, fact.kind, fact.text)
        })
        .collect();
    let rows: Vec<Value> = facts
        .iter()
        .map(|fact| {
            json!({
                "kind": fact.kind,
                "text": fact.text,
                "state": fact.state,
                "value": fact.value,
                "document": fact.document,
                "as_of": fact.as_of.map(moment),
            })
        })
        .collect();
    app.answer(&json!({ "facts": rows }), &lines.join("\n"));
    Ok(())
}
