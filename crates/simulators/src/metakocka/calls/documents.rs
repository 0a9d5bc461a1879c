//! `get_document`.

use super::{Answer, Desk, KindAsked};
use crate::metakocka::dialect::{Fields, Refusal};
use crate::metakocka::register::Kind;
use crate::metakocka::render::{Switches, document};
use crate::metakocka::world::{World, document_place};

pub(super) fn get(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let kind = KindAsked::held(fields)?;
    let world = &*desk.world;
    let place = match fields.filled("doc_id") {
        Some(id) => by_id(world, kind, &id)?,
        None if kind == Kind::Order => {
            let number = fields.needed("buyer_order")?;
            world.bought_as(&number).ok_or_else(|| {
                Refusal::missing(format!("Cannot find sales order with buyer order {number}"))
            })?
        }
        None => return Err(Refusal::bad("Missing parameter : doc_id")),
    };
    let found = world.document(place);
    let found = found.ok_or_else(|| Refusal::missing("Document not found"))?;
    Ok(document(world, place, &found, Switches::of(fields)).into())
}

/// The place of the document of this type with this id.
pub(super) fn by_id(world: &World, kind: Kind, id: &str) -> Result<u32, Refusal> {
    let missing = || Refusal::missing(format!("Document {} with id {id} not found", kind.name()));
    let place = id.trim().parse().ok().and_then(document_place);
    let place = place.ok_or_else(missing)?;
    let found = world.document(place).is_some_and(|d| d.kind == kind);
    found.then_some(place).ok_or_else(missing)
}
