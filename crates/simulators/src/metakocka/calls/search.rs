//! `search` and what can be searched by.

use serde_json::Value;

use super::filters::{Filter, offered};
use super::{Answer, Desk};
use crate::metakocka::dialect::{Fields, Object, Refusal};
use crate::metakocka::register::{EMPTY_KINDS, Kind, status_of};
use crate::metakocka::render::{Switches, document};
use crate::metakocka::world::{World, document_id};

/// The most that one search answers.
const LIMIT: usize = 100;

/// A document type as somebody asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KindAsked {
    /// One the company has.
    Held(Kind),
    /// One that exists, with nothing in it.
    Empty(&'static str),
}

impl KindAsked {
    pub(crate) fn of(fields: Fields<'_>) -> Result<Self, Refusal> {
        let name = fields.needed("doc_type")?;
        let empty = || EMPTY_KINDS.iter().find(|k| **k == name).copied();
        Kind::of(&name)
            .map(Self::Held)
            .or_else(|| empty().map(Self::Empty))
            .ok_or_else(|| Refusal::bad(format!("Unknown document type : {name}")))
    }

    /// The type of a document the company has; others are refused.
    pub(crate) fn held(fields: Fields<'_>) -> Result<Kind, Refusal> {
        match Self::of(fields)? {
            Self::Held(kind) => Ok(kind),
            Self::Empty(name) => Err(Refusal::missing(format!("No document of type {name}"))),
        }
    }
}

pub(super) fn search(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let kind = KindAsked::of(fields)?;
    let limit: usize = fields.number("limit", LIMIT)?;
    let offset: usize = fields.number("offset", 0)?;
    if limit == 0 || limit > LIMIT {
        return Err(Refusal::bad(format!("Max limit is {LIMIT} : {limit}")));
    }
    let KindAsked::Held(kind) = kind else {
        return nothing(kind, offset, limit);
    };
    let down = match fields.filled("order_direction").as_deref() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => {
            return Err(Refusal::bad(format!("Unknown order_direction : {other}")));
        }
    };
    let full = match fields.filled("result_type").as_deref() {
        None => false,
        Some("doc") => true,
        Some(other) => return Err(Refusal::bad(format!("Unknown result_type : {other}"))),
    };
    let world = &*desk.world;
    let found = found(world, kind, fields, desk)?;
    let total = found.len();
    let page: Vec<u32> = if down {
        found
            .iter()
            .rev()
            .skip(offset)
            .take(limit)
            .copied()
            .collect()
    } else {
        found.iter().skip(offset).take(limit).copied().collect()
    };
    let (switches, status) = (Switches::of(fields), fields.truth("show_status_code"));
    let result: Vec<Value> = page
        .into_iter()
        .filter_map(|place| {
            if full {
                let found = world.document(place)?;
                Some(document(world, place, &found, switches).into())
            } else {
                light(world, place, status)
            }
        })
        .collect();
    let reply = Object::success()
        .text("result_all_records", total)
        .text("result_count", result.len())
        .text("offset", offset)
        .text("limit", limit)
        .list("result", result);
    Ok(reply.into())
}

/// The places of all that fits, in the order of their ids.
fn found(
    world: &World,
    kind: Kind,
    fields: Fields<'_>,
    desk: &Desk<'_>,
) -> Result<Vec<u32>, Refusal> {
    let mut filters = Filter::all(world, kind, fields, desk.offered)?;
    if let Some(words) = fields.filled("query") {
        filters.push(Filter::words(world, &words));
    }
    let places = world.list(kind).iter().copied();
    Ok(places
        .filter(|place| filters.iter().all(|f| f.fits(world, *place)))
        .collect())
}

fn light(world: &World, place: u32, status: bool) -> Option<Value> {
    let row = world.row(place)?;
    let mut object = Object::new()
        .text("mk_id", document_id(place))
        .text("opr_code", "0")
        .text("count_code", world.codes(place).0);
    if status && let Some(status) = status_of(row.status) {
        object = object.text("status_code", status.label);
    }
    Some(object.into())
}

/// Types the sample company does not use. Complaints say so in their own way.
fn nothing(kind: KindAsked, offset: usize, limit: usize) -> Result<Answer, Refusal> {
    if kind == KindAsked::Empty("complaint") {
        return Err(Refusal::missing("No complaints found"));
    }
    let reply = Object::success()
        .text("result_all_records", 0)
        .text("result_count", 0)
        .text("offset", offset)
        .text("limit", limit);
    Ok(reply.into())
}

pub(super) fn discovery(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let kinds: Vec<Kind> = if fields.filled("doc_type").is_some() {
        match KindAsked::of(fields)? {
            KindAsked::Held(kind) => vec![kind],
            KindAsked::Empty(_) => Vec::new(),
        }
    } else {
        Kind::ALL.to_vec()
    };
    let mut reply = Object::success();
    for kind in kinds {
        let filters = offered(kind, desk.offered).map(|(name, label, value)| {
            Object::new()
                .text("type", name)
                .text("label", label)
                .text("value_desc", value)
                .into()
        });
        reply = reply.list(kind.name(), filters.collect());
    }
    Ok(reply.into())
}
