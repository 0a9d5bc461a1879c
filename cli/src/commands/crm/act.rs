//! `crm act …`

use std::time::Duration;

use anyhow::{Result, anyhow};
use kontor_engine::ActView;
use kontor_engine::model::Amount;
use kontor_engine::protocol::{
    Act, NewContact, NewDocument, NewKind, NewLine, NewPartner, NewPayment,
};
use serde_json::json;

use super::super::App;
use super::super::team::moment;
use crate::args::crm::act::{self as args, ActCommand, How};

pub(crate) async fn run(app: &App, command: ActCommand) -> Result<()> {
    match command {
        ActCommand::List => {
            for act in app.engine.erp_acts().await? {
                if !say(app, &act) {
                    break;
                }
            }
            Ok(())
        }
        ActCommand::Look { id, how } => {
            let act = app.engine.erp_act(&id).await?;
            if !act.waiting && !act.state.is_under_way() {
                // One that is over says how it went.
                drop(app.engine.look_at_act(&id).await);
            }
            go_on(app, &id, how).await
        }
        ActCommand::Drop { id } => {
            app.engine.drop_act(&id).await?;
            app.answer(
                &json!({ "id": id, "dropped": true }),
                &format!("{id} is forgotten."),
            );
            Ok(())
        }
        other => {
            let (act, how) = asked(app, other).await?;
            let planned = app.engine.plan_act(act, None).await?;
            go_on(app, &planned.id, how).await
        }
    }
}

/// The act that is meant.
async fn asked(app: &App, command: ActCommand) -> Result<(Act, How)> {
    Ok(match command {
        command @ ActCommand::NewPartner { .. } => partner(app, command).await?,
        ActCommand::NewContact {
            customer,
            name,
            email,
            phone,
            how,
        } => {
            let customer = app.engine.find_customer(&customer).await?;
            let new = NewContact {
                customer,
                name,
                email,
                phone,
            };
            (Act::AddContact(new), how)
        }
        ActCommand::NewOffer(new) => document(app, NewKind::Offer, new).await?,
        ActCommand::NewOrder(new) => document(app, NewKind::Order, new).await?,
        ActCommand::SetStatus {
            document,
            status,
            how,
        } => {
            let document = app.engine.document_for_act(&document).await?;
            (Act::SetStatus { document, status }, how)
        }
        ActCommand::Pay {
            document,
            amount,
            date,
            way,
            notes,
            how,
        } => {
            let payment = NewPayment {
                document: app.engine.document_for_act(&document).await?,
                amount: number(&amount)?,
                date: date.parse()?,
                way,
                notes,
            };
            (Act::AddPayment(payment), how)
        }
        ActCommand::Attach {
            document,
            message,
            n,
            how,
        } => {
            let document = app.engine.document_for_act(&document).await?;
            let message = app.engine.find_message(&message).await?;
            (app.engine.file_of_mail(message, n, document).await?, how)
        }
        ActCommand::List | ActCommand::Look { .. } | ActCommand::Drop { .. } => {
            return Err(anyhow!("nothing new is asked for"));
        }
    })
}

async fn partner(app: &App, command: ActCommand) -> Result<(Act, How)> {
    let ActCommand::NewPartner {
        name,
        from,
        tax_number,
        street,
        post,
        place,
        country,
        contact,
        email,
        phone,
        person,
        taxpayer,
        foreign,
        not,
        how,
    } = command
    else {
        return Err(anyhow!("no customer is asked for"));
    };
    let sender = match from {
        Some(message) => {
            let message = app.engine.find_message(&message).await?;
            app.engine.partner_of_sender(message).await?
        }
        None => NewPartner::default(),
    };
    let new = NewPartner {
        name: name.unwrap_or(sender.name),
        company: !person,
        taxpayer,
        foreign,
        tax_number,
        street,
        post_number: post,
        place,
        country,
        contact: contact.unwrap_or(sender.contact),
        email: email.unwrap_or(sender.email),
        phone,
        not_these: not,
    };
    Ok((Act::AddPartner(new), how))
}

async fn document(app: &App, what: NewKind, new: args::NewDocument) -> Result<(Act, How)> {
    let lines: Result<Vec<NewLine>> = new.lines.iter().map(|line| read_line(line)).collect();
    let document = NewDocument {
        what,
        customer: app.engine.find_customer(&new.customer).await?,
        date: new.date.parse()?,
        currency: new.currency,
        until: new.until.map(|day| day.parse()).transpose()?,
        their_number: new.their_number,
        title: new.title,
        notes: new.notes,
        lines: lines?,
    };
    Ok((Act::AddDocument(document), new.how))
}

/// `CODE,AMOUNT[,PRICE[,DISCOUNT[,TAX]]]`
fn read_line(text: &str) -> Result<NewLine> {
    let mut parts = text.split(',').map(str::trim);
    let code = parts.next().unwrap_or_default().to_owned();
    let mut next = || {
        parts
            .next()
            .filter(|part| !part.is_empty())
            .map(number)
            .transpose()
    };
    let amount = next()?.unwrap_or_else(|| Amount::from_ten_thousandths(10_000));
    let (price, discount, tax) = (next()?, next()?, next()?);
    Ok(NewLine {
        code,
        amount,
        price,
        discount: discount.unwrap_or_default(),
        tax,
    })
}

fn number(text: &str) -> Result<Amount> {
    text.parse()
        .map_err(|e| anyhow!("“{text}” is no amount: {e}"))
}

async fn go_on(app: &App, id: &str, how: How) -> Result<()> {
    let wait = Duration::try_from_secs_f64(how.wait).unwrap_or_default();
    let act = if how.confirm {
        app.engine.do_act(id, wait).await?
    } else {
        app.engine.await_act(id, wait).await?
    };
    say(app, &act);
    Ok(())
}

fn say(app: &App, act: &ActView) -> bool {
    let state = act.state.as_str();
    let row = json!({
        "id": act.id,
        "kind": act.act.kind(),
        "state": state,
        "waiting": act.waiting,
        "why": (!act.outcome.why.is_empty()).then_some(&act.outcome.why),
        "preview": act.outcome.preview,
        "differences": act.outcome.differences,
        "results": act.outcome.results,
        "made_at": moment(act.made_at),
        "changed_at": moment(act.changed_at),
    });
    app.answer(&row, &text(act))
}

fn text(act: &ActView) -> String {
    let mut lines = vec![format!(
        "{} {} {}",
        act.id,
        act.act.kind(),
        act.state.as_str()
    )];
    if act.waiting {
        lines.push("The server has not answered yet.".to_owned());
    }
    if !act.outcome.why.is_empty() {
        lines.push(act.outcome.why.clone());
    }
    if let Some(preview) = &act.outcome.preview {
        lines.extend(preview.fields.iter().map(|field| {
            if field.before.is_empty() || field.before == field.value {
                format!("  {}: {}", field.name, field.value)
            } else {
                format!("  {}: {} → {}", field.name, field.before, field.value)
            }
        }));
        lines.extend(preview.lines.iter().map(|line| {
            format!(
                "  {} {} × {} at {} less {} %, tax {} %: {}",
                line.code, line.name, line.amount, line.price, line.discount, line.tax, line.net
            )
        }));
        if !preview.lines.is_empty() {
            lines.push(format!("  total {} {}", preview.total, preview.currency));
        }
        lines.extend(
            preview
                .problems
                .iter()
                .chain(&preview.notes)
                .map(|p| format!("  ! {p}")),
        );
    }
    lines.extend(
        act.outcome
            .differences
            .iter()
            .map(|d| format!("  {} is “{}”, not “{}”", d.name, d.found, d.wanted)),
    );
    lines.extend(
        act.outcome
            .results
            .iter()
            .map(|r| format!("  → {} ({})", r.number, r.id)),
    );
    lines.join("\n")
}
