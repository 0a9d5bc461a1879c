//! `get_partner`.

use serde_json::Value;

use super::{Answer, Desk};
use crate::metakocka::dialect::{Fields, Object, Refusal};
use crate::metakocka::partner::Partner;
use crate::metakocka::render;

/// The first of its criteria that is given counts. Names by a part of them, everything else exactly.
pub(super) fn get(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let world = &*desk.world;
    let like = |words: &str, fits: &dyn Fn(&Partner) -> bool| -> Vec<u32> {
        let likely = world.partners_like(words).into_iter();
        likely
            .filter(|no| world.partner(*no).is_some_and(|p| fits(&p)))
            .collect()
    };
    let found = if let Some(id) = fields.filled("partner_id") {
        let id = id.trim().parse().ok();
        id.and_then(|id| world.partner_with(id))
            .into_iter()
            .collect()
    } else if let Some(email) = fields.filled("partner_email") {
        let wanted = email.trim().to_lowercase();
        let fits = |p: &Partner| {
            let mut all = p.contacts.iter().map(|c| c.email.to_lowercase());
            all.any(|e| e == wanted)
        };
        like(&wanted, &fits)
    } else if let Some(phone) = fields.filled("partner_phone_number") {
        let fits = |p: &Partner| {
            p.contacts
                .iter()
                .any(|c| c.gsm == phone || c.phone == phone)
        };
        like(&phone, &fits)
    } else if let Some(tax) = fields.filled("partner_tax_number") {
        like(&tax, &|p| p.tax_number.eq_ignore_ascii_case(&tax))
    } else if let Some(name) = fields.filled("partner_name") {
        let wanted = name.to_lowercase();
        like(&name, &|p| p.name.to_lowercase().contains(&wanted))
    } else {
        return Err(Refusal::bad("Missing parameter : partner_id"));
    };
    let discounts = fields.truth("show_partner_discount");
    let list: Vec<Value> = found
        .into_iter()
        .filter_map(|no| world.partner(no))
        .map(|p| render::partner(&p, discounts).into())
        .collect();
    if list.is_empty() {
        return Err(Refusal::bad("No partner with such properties."));
    }
    // No code: success is its absence here.
    let reply = Object::new()
        .text("partner_list_count", list.len())
        .list("partner_list", list);
    Ok(reply.into())
}
