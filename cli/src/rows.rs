//! Rows as KONTORCTL.md names their fields. Named fields are always there; more may come.

use std::collections::BTreeMap;

use kontor_engine::model::{FolderId, MessageRow};
use kontor_engine::store::{FolderRow, MessageDetail, Outgoing, SearchHit, ThreadRow};
use serde_json::{Value, json};

/// Paths of folders by id.
pub(crate) type Paths = BTreeMap<FolderId, String>;

fn path(paths: &Paths, folder: FolderId) -> Value {
    paths.get(&folder).map_or(Value::Null, |p| json!(p))
}

pub(crate) fn folder(row: &FolderRow) -> Value {
    let f = &row.folder;
    json!({
        "id": f.id.to_string(),
        "account": f.account.to_string(),
        "path": f.path,
        "name": f.name(),
        "role": f.role.map(kontor_engine::model::Role::as_str),
        "total": f.total,
        "unread": f.unread,
        "uidvalidity": (f.uidvalidity > 0).then_some(f.uidvalidity),
    })
}

pub(crate) fn message(row: &MessageRow, paths: &Paths) -> Value {
    json!({
        "id": row.id.to_string(),
        "message_id": row.message_id,
        "folder": path(paths, row.placement.folder),
        "uid": row.placement.uid,
        "flags": row.placement.flags.names(),
        "subject": row.subject,
        "from": row.from,
        "to": row.to,
        "cc": row.cc,
        "date": row.date.to_string(),
        "internal_date": row.internal_date.to_string(),
        "size": row.size,
        "thread": row.thread.to_string(),
        "has_attachment": row.has_attachment,
        "body": row.body,
    })
}

/// A message with all its placements.
pub(crate) fn detail(m: &MessageDetail, paths: &Paths) -> Value {
    let mut value = message(&m.row, paths);
    let places: Vec<Value> = m
        .placements
        .iter()
        .map(|p| json!({ "folder": path(paths, p.folder), "uid": p.uid, "flags": p.flags.names() }))
        .collect();
    if let Value::Object(fields) = &mut value {
        fields.insert("placements".into(), Value::Array(places));
    }
    value
}

pub(crate) fn thread(row: &ThreadRow, paths: &Paths) -> Value {
    json!({
        "id": row.id.to_string(),
        "subject": row.subject,
        "people": row.people,
        "count": row.count,
        "unread": row.unread,
        "date": row.date.to_string(),
        "snippet": row.snippet,
        "folder": path(paths, row.folder),
    })
}

pub(crate) fn hit(hit: &SearchHit, paths: &Paths) -> Value {
    let row = &hit.row;
    json!({
        "id": row.id.to_string(),
        "message_id": row.message_id,
        "thread": row.thread.to_string(),
        "folder": path(paths, row.placement.folder),
        "subject": row.subject,
        "from": row.from,
        "date": row.date.to_string(),
        "snippet": plain(&hit.snippet),
    })
}

/// A snippet without the marks of the matched words: scripts get text.
fn plain(snippet: &str) -> String {
    snippet
        .chars()
        .filter(|c| {
            !matches!(
                *c,
                kontor_engine::store::MATCH_START | kontor_engine::store::MATCH_END
            )
        })
        .collect()
}

pub(crate) fn outgoing(o: &Outgoing) -> Value {
    json!({
        "id": o.id.to_string(),
        "message_id": o.message_id,
        "state": o.state.as_str(),
        "attempts": o.attempts,
        "error": (!o.error.is_empty()).then_some(&o.error),
        "at": o.due.to_string(),
        "subject": o.subject,
        "recipients": o.recipients,
        "held": o.held,
    })
}
