//! `records …` and `activity`

use anyhow::Result;
use jiff::Timestamp;
use kontor_engine::collab::{
    Activity, ActivityDetail, ActivityFilter, Choice, Conflict, ConflictValue,
};
use kontor_engine::protocol::OpId;
use kontor_engine::{Code, Error};
use serde_json::{Map, Value, json};

use super::App;
use super::following::Following;
use super::team::moment;
use crate::args::team::{ActivityArgs, RecordsCommand};
use crate::output;

/// Entries of the log read at once.
const PAGE: u32 = 500;

pub(super) async fn run(app: &App, command: RecordsCommand) -> Result<()> {
    match command {
        RecordsCommand::Get { subject } => get(app, &subject).await,
        RecordsCommand::Set { subject, fields } => set(app, &subject, &fields).await,
        RecordsCommand::Conflicts => conflicts(app).await,
        RecordsCommand::Resolve { id, take } => resolve(app, &id, take).await,
    }
}

async fn get(app: &App, subject: &str) -> Result<()> {
    let named = app.engine.subject(subject).await?;
    let record = app.engine.record(&named).await?;
    let mut fields = Map::new();
    let mut lines = Vec::new();
    for field in record.fields {
        lines.push(format!(
            "{}={}",
            field.field,
            field.value.as_deref().unwrap_or_default()
        ));
        let row = json!({
            "value": field.value,
            "version": field.version,
            "updated_at": field.at.map(moment),
            "updated_by": field.member.map(|m| m.to_string()),
            "waiting": field.waiting,
            "conflict": field.conflict.map(|id| id.to_string()),
        });
        fields.insert(field.field, row);
    }
    app.answer(
        &json!({ "subject": subject, "fields": fields }),
        &lines.join("\n"),
    );
    Ok(())
}

async fn set(app: &App, subject: &str, words: &[String]) -> Result<()> {
    let named = app.engine.subject(subject).await?;
    let mut fields = Vec::with_capacity(words.len());
    for word in words {
        let Some((field, value)) = word.split_once('=') else {
            return Err(usage(format!("“{word}” is not FIELD=VALUE.")).into());
        };
        fields.push((
            field.to_owned(),
            (!value.is_empty()).then(|| value.to_owned()),
        ));
    }
    let names: Vec<String> = fields.iter().map(|(name, _)| name.clone()).collect();
    let done = app.engine.set_fields(&named, fields).await?;
    let operations: Vec<Value> = names
        .iter()
        .zip(done)
        .map(|(field, op)| json!({ "field": field, "op_id": op.to_string() }))
        .collect();
    app.answer(
        &json!({ "subject": subject, "operations": operations }),
        "Kept.",
    );
    Ok(())
}

async fn conflicts(app: &App) -> Result<()> {
    for conflict in app.engine.conflicts().await? {
        let shown = |v: &Option<ConflictValue>| {
            v.as_ref()
                .and_then(|v| v.value.clone())
                .unwrap_or_else(|| "nothing".into())
        };
        let text = format!(
            "{}\t{}\t{}\tmine: {}\ttheirs: {}",
            conflict.id,
            conflict.subject,
            conflict.field,
            shown(&conflict.mine),
            shown(&conflict.theirs)
        );
        if !app.answer(&conflict_row(&conflict), &text) {
            break;
        }
    }
    Ok(())
}

fn conflict_row(conflict: &Conflict) -> Value {
    let plain = |v: &Option<ConflictValue>| v.as_ref().and_then(|v| v.value.clone());
    json!({
        "id": conflict.id.to_string(),
        "subject": conflict.subject.to_string(),
        "field": conflict.field,
        "mine": plain(&conflict.mine),
        "theirs": plain(&conflict.theirs),
        "base": conflict.base,
        "values": conflict.values.iter().map(value_row).collect::<Vec<_>>(),
    })
}

fn value_row(value: &ConflictValue) -> Value {
    json!({
        "value": value.value,
        "member": value.member.to_string(),
        "name": value.name,
        "at": moment(value.at),
    })
}

async fn resolve(app: &App, id: &str, take: String) -> Result<()> {
    let conflict: OpId = id
        .parse()
        .map_err(|_unreadable| Error::new(Code::NotFound, format!("There is no conflict {id}.")))?;
    let choice = match take.as_str() {
        "mine" => Choice::Mine,
        "theirs" => Choice::Theirs,
        "" => Choice::Value(None),
        _ => Choice::Value(Some(take)),
    };
    let op = app.engine.resolve_conflict(conflict, choice).await?;
    app.answer(&json!({ "id": id, "op_id": op.to_string() }), "Decided.");
    Ok(())
}

pub(super) async fn activity(app: &App, args: ActivityArgs) -> Result<()> {
    let since = args.since.as_deref().map(read_moment).transpose()?;
    let filter = ActivityFilter {
        since,
        what: args.kind,
        ..ActivityFilter::default()
    };
    if args.follow {
        return follow(app, &filter).await;
    }
    let mut left = if args.limit == 0 {
        u32::MAX
    } else {
        args.limit
    };
    let mut page = args.after;
    loop {
        let found = app
            .engine
            .activity(filter.clone(), page, left.min(PAGE))
            .await?;
        left = left.saturating_sub(u32::try_from(found.rows.len()).unwrap_or(u32::MAX));
        for one in &found.rows {
            if !app.answer(&row(one), &text(one)) {
                return Ok(());
            }
        }
        page = found.next;
        if page.is_none() {
            return Ok(());
        }
        if left == 0 {
            break;
        }
    }
    app.answer(
        &json!({ "next": page }),
        "There is more: --limit 0 shows all.",
    );
    Ok(())
}

/// What happens from now on, and before it what happened since the moment that was named.
async fn follow(app: &App, filter: &ActivityFilter) -> Result<()> {
    let mut following = Following::begin(app)?;
    let mut seen = match filter.since {
        Some(_) => 0,
        None => app.engine.last_activity().await?,
    };
    let wanted = |one: &Activity| {
        filter.since.is_none_or(|since| one.occurred_at >= since)
            && filter.what.as_ref().is_none_or(|what| *what == one.what)
    };
    loop {
        let news = app.engine.activity_after(seen, PAGE).await?;
        if let Some(last) = news.last() {
            seen = last.row;
        }
        for one in news.iter().filter(|one| wanted(one)) {
            if !output::json(&row(one)) {
                return following.end().await;
            }
        }
        if news.is_empty() && !following.next().await {
            return following.end().await;
        }
    }
}

fn row(one: &Activity) -> Value {
    let mut row = json!({
        "seq": one.seq,
        "op_id": one.op_id.to_string(),
        "type": one.what,
        "subject": one.subject.to_string(),
        "member": one.member.map(|m| m.to_string()),
        "name": one.name,
        "occurred_at": moment(one.occurred_at),
        "received_at": one.received_at.map(moment),
        "state": one.state.as_str(),
        "reason": (!one.reason.is_empty()).then_some(&one.reason),
    });
    let detail = match &one.detail {
        ActivityDetail::Note {
            added,
            removed,
            excerpt,
            mentions,
        } => json!({
            "added": added, "removed": removed, "excerpt": excerpt,
            "mentions": mentions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }),
        ActivityDetail::Field { field, value } => json!({ "field": field, "value": value }),
        ActivityDetail::Resolve {
            conflict,
            field,
            value,
        } => {
            json!({ "conflict": conflict.to_string(), "field": field, "value": value })
        }
        ActivityDetail::Reply { title } => json!({ "title": title }),
        ActivityDetail::Member {
            member,
            name,
            active,
        } => {
            json!({ "who": member.to_string(), "who_name": name, "active": active })
        }
    };
    if let (Some(row), Value::Object(detail)) = (row.as_object_mut(), detail) {
        row.extend(detail);
    }
    row
}

fn text(one: &Activity) -> String {
    let name = one.name.as_deref().unwrap_or("you");
    let what = match &one.detail {
        ActivityDetail::Note {
            added,
            removed,
            excerpt,
            ..
        } => format!("note +{added} −{removed} {excerpt}"),
        ActivityDetail::Field { field, value } | ActivityDetail::Resolve { field, value, .. } => {
            format!("{field} = {}", value.as_deref().unwrap_or("nothing"))
        }
        ActivityDetail::Reply { title } => {
            format!("replied {}", title.as_deref().unwrap_or_default())
        }
        ActivityDetail::Member {
            name, active: true, ..
        } => format!("{name} belongs to the team"),
        ActivityDetail::Member { name, .. } => format!("{name} left the team"),
    };
    format!(
        "{}\t{name}\t{}\t{what}",
        moment(one.occurred_at),
        one.subject
    )
}

fn read_moment(text: &str) -> Result<Timestamp, Error> {
    text.parse().map_err(|_unreadable| {
        usage(format!(
            "“{text}” is not a moment such as 2026-11-19T09:00:00Z."
        ))
    })
}

fn usage(message: String) -> Error {
    Error::new(Code::Usage, message)
}
