//! Partners: found, made, changed, and made without being asked.

use serde_json::Value;

use super::{Answer, Desk};
use crate::metakocka::dialect::{Fields, Object, Refusal};
use crate::metakocka::partner::{Address, Contact, Flags, Partner};
use crate::metakocka::render;
use crate::metakocka::world::World;

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
            let mut all = p.contacts.iter();
            all.any(|c| c.gsm == phone || c.phone == phone)
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

/// A partner a document names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whom<'a> {
    /// One of the register, and the place of the contact that was named.
    Known { no: u32, contact: usize },
    /// Nobody fits exactly: they will be made, in silence.
    New(Fields<'a>),
}

/// By id; else by name and address, every letter of them.
pub(super) fn resolve<'a>(world: &World, fields: Fields<'a>) -> Result<Whom<'a>, Refusal> {
    let named = fields.object("partner_contact");
    let contact = |partner: &Partner| {
        let email = named.and_then(|c| c.filled("email"));
        let mut all = partner.contacts.iter();
        all.position(|c| Some(&c.email) == email.as_ref())
            .unwrap_or(0)
    };
    if let Some(id) = fields.filled("mk_id") {
        let unknown = || Refusal::bad(format!("Unknown partner : {id}"));
        let no = id.trim().parse().ok().and_then(|id| world.partner_with(id));
        let no = no.ok_or_else(unknown)?;
        let partner = world.partner(no).ok_or_else(unknown)?;
        if let Some(address) = fields.id("mk_address_id")
            && !partner.addresses.iter().any(|a| a.id == address)
        {
            return Err(Refusal::bad(format!("Unknown mk_address_id : {address}")));
        }
        let contact = contact(&partner);
        return Ok(Whom::Known { no, contact });
    }
    let name = fields.needed("customer")?;
    let text = |name: &str| fields.text(name).unwrap_or_default();
    let (street, post, place) = (text("street"), text("post_number"), text("place"));
    let found = world.partners_like(&name).into_iter().find_map(|no| {
        let partner = world.partner(no)?;
        let home = partner.home()?;
        let same = partner.name == name
            && home.street == street
            && home.post == post
            && home.city == place;
        same.then(|| Whom::Known {
            no,
            contact: contact(&partner),
        })
    });
    Ok(found.unwrap_or(Whom::New(fields)))
}

impl Whom<'_> {
    /// The partner's number and the contact's place; makes who is new.
    pub(super) fn write(self, world: &mut World) -> (u32, usize) {
        match self {
            Self::Known { no, contact } => (no, contact),
            Self::New(fields) => (make(world, fields), 0),
        }
    }
}

pub(super) fn add(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let partner = fields.object("partner");
    let partner = partner.ok_or_else(|| Refusal::bad("Missing parameter : partner"))?;
    partner.needed("customer")?;
    lengths(partner)?;
    let no = make(desk.world, partner);
    let made = desk.world.partner(no);
    let made = made.ok_or_else(|| Refusal::missing("Partner not found"))?;
    let addresses = made.addresses.iter().map(|a| {
        Object::new()
            .text("mk_id", a.id)
            .text("street", &a.street)
            .into()
    });
    let reply = Object::new()
        .text("mk_id", made.id())
        .maybe("mk_contact_id", made.contacts.first().map(|c| c.id))
        .list("mk_address_id_list", addresses.collect());
    Ok(reply.into())
}

fn lengths(fields: Fields<'_>) -> Result<(), Refusal> {
    for (name, most) in [
        ("tax_id_number", 50),
        ("registration_number", 50),
        ("customer", 100),
        ("street", 150),
        ("post_number", 20),
        ("place", 100),
    ] {
        if fields.text(name).is_some_and(|t| t.chars().count() > most) {
            return Err(Refusal::bad(format!("{name} is longer than {most}")));
        }
    }
    Ok(())
}

/// Keeps a partner as it is described; its number is the next one.
fn make(world: &mut World, fields: Fields<'_>) -> u32 {
    let text = |name: &str| fields.text(name).unwrap_or_default();
    let country = fields
        .filled("country")
        .unwrap_or_else(|| "Slovenija".into());
    let mut addresses = vec![Address {
        id: world.next_id(),
        kind: "Račun".into(),
        street: text("street"),
        post: text("post_number"),
        city: text("place"),
        country: country.clone(),
    }];
    for more in fields.objects("partner_delivery_address") {
        addresses.push(address(world.next_id(), more, &country));
    }
    let mut contacts = Vec::new();
    for who in fields.objects("partner_contact") {
        let mut contact = Contact {
            id: world.next_id(),
            ..Contact::default()
        };
        describe(&mut contact, who);
        if who.truth("useCustomerAsContact") {
            contact.name = text("customer");
        }
        contacts.push(contact);
    }
    world.add_partner(|no| Partner {
        no,
        name: text("customer"),
        code: fields
            .filled("count_code")
            .unwrap_or_else(|| format!("P{no:06}")),
        tax_number: text("tax_id_number"),
        registration: text("registration_number"),
        flags: Flags {
            company: fields.truth("business_entity"),
            taxpayer: fields.truth("taxpayer"),
            foreign: fields.truth("foreign_county"),
            buyer: fields.text("buyer").is_none_or(|t| t == "true"),
            supplier: fields.truth("supplier"),
        },
        country,
        currency: "EUR",
        terms: 30,
        addresses,
        contacts,
        discounts: Vec::new(),
    })
}

fn address(id: u64, fields: Fields<'_>, country: &str) -> Address {
    let text = |name: &str| fields.text(name).unwrap_or_default();
    Address {
        id,
        kind: fields
            .filled("address_type")
            .unwrap_or_else(|| "Dobava".into()),
        street: text("street"),
        post: text("post_number"),
        city: text("city"),
        country: fields
            .filled("country")
            .unwrap_or_else(|| country.to_owned()),
    }
}

fn describe(contact: &mut Contact, fields: Fields<'_>) {
    for (name, field) in [
        ("name", &mut contact.name),
        ("phone", &mut contact.phone),
        ("gsm", &mut contact.gsm),
        ("fax", &mut contact.fax),
        ("email", &mut contact.email),
    ] {
        if let Some(text) = fields.text(name) {
            *field = text;
        }
    }
}

pub(super) fn update(desk: &mut Desk<'_>, fields: Fields<'_>) -> Result<Answer, Refusal> {
    let asked = fields.object("partner");
    let asked = asked.ok_or_else(|| Refusal::bad("Missing parameter : partner"))?;
    lengths(asked)?;
    let unknown = || Refusal::bad("Unknown partner");
    let no = if let Some(id) = asked.id("mk_id") {
        desk.world.partner_with(id)
    } else {
        let code = asked.needed("count_code")?;
        let mut likely = desk.world.partners_like(&code).into_iter();
        likely.find(|no| desk.world.partner(*no).is_some_and(|p| p.code == code))
    };
    let no = no.ok_or_else(unknown)?;
    let old = desk.world.partner(no).ok_or_else(unknown)?;
    let known = |name: &str, has: &dyn Fn(u64) -> bool| {
        let asked = asked.objects(name);
        asked.iter().filter_map(|f| f.id("mk_id")).all(has)
    };
    let contacts = known("partner_contact_list", &|id| {
        old.contacts.iter().any(|c| c.id == id)
    });
    let addresses = known("partner_delivery_address_list", &|id| {
        old.addresses.iter().any(|a| a.id == id)
    });
    if !contacts || !addresses {
        return Err(Refusal::bad("Unknown mk_id in a list of the partner"));
    }
    drop(old);
    let lists = ["partner_contact_list", "partner_delivery_address_list"];
    let needed = lists.iter().map(|name| asked.objects(name).len()).sum();
    let mut ids: Vec<u64> = (0..needed).map(|_| desk.world.next_id()).collect();
    desk.world.change_partner(no, |partner| {
        change(partner, asked, &mut || ids.pop().unwrap_or_default());
    });
    let changed = desk.world.partner(no).ok_or_else(unknown)?;
    Ok(render::partner(&changed, false).into())
}

fn change(partner: &mut Partner, asked: Fields<'_>, next_id: &mut dyn FnMut() -> u64) {
    if let Some(name) = asked.filled("customer") {
        partner.name = name;
    }
    if let Some(number) = asked.text("tax_id_number") {
        partner.tax_number = number;
    }
    if let Some(number) = asked.text("registration_number") {
        partner.registration = number;
    }
    if let Some(home) = partner.addresses.first_mut() {
        for (name, field) in [
            ("street", &mut home.street),
            ("post_number", &mut home.post),
            ("place", &mut home.city),
            ("country", &mut home.country),
        ] {
            if let Some(text) = asked.filled(name) {
                *field = text;
            }
        }
    }
    let flags = &mut partner.flags;
    for (name, flag) in [
        ("business_entity", &mut flags.company),
        ("taxpayer", &mut flags.taxpayer),
        ("foreign_county", &mut flags.foreign),
        ("buyer", &mut flags.buyer),
        ("supplier", &mut flags.supplier),
    ] {
        if asked.filled(name).is_some() {
            *flag = asked.truth(name);
        }
    }
    for who in asked.objects("partner_contact_list") {
        let id = who.id("mk_id");
        if let Some(old) = partner.contacts.iter_mut().find(|c| Some(c.id) == id) {
            describe(old, who);
        } else {
            let mut contact = Contact {
                id: next_id(),
                ..Contact::default()
            };
            describe(&mut contact, who);
            partner.contacts.push(contact);
        }
    }
    for place in asked.objects("partner_delivery_address_list") {
        let id = place.id("mk_id");
        let country = partner.country.clone();
        if let Some(old) = partner.addresses.iter_mut().find(|a| Some(a.id) == id) {
            *old = address(old.id, place, &country);
        } else {
            let made = address(next_id(), place, &country);
            partner.addresses.push(made);
        }
    }
}
