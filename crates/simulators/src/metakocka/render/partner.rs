//! A partner in the register, and as it stands on a document.

use serde_json::Value;

use crate::metakocka::dialect::Object;
use crate::metakocka::partner::{Address, Contact, Partner};
use crate::metakocka::register::country_code;

/// A partner as `get_partner` answers it.
pub(crate) fn partner(partner: &Partner, discounts: bool) -> Object {
    let contacts = partner.contacts.iter().map(|c| {
        let city = partner.home().map_or("", |a| a.city.as_str());
        Object::new()
            .text("mk_id", c.id)
            .maybe("mk_address_id", partner.home().map(|a| a.id))
            .text("contact_address", city)
            .text("name", &c.name)
            .unless_empty("gsm", &c.gsm)
            .unless_empty("phone", &c.phone)
            .unless_empty("email", &c.email)
            .into()
    });
    let contacts = contacts.collect();
    let addresses = partner.addresses.iter().map(|a| address(partner, a));
    let object = head(partner)
        .truth("buyer", partner.flags.buyer)
        .truth("supplier", partner.flags.supplier)
        .unless_empty("registration_number", &partner.registration)
        .list("partner_contact_list", contacts)
        .list("partner_delivery_address_list", addresses.collect());
    if !discounts {
        return object;
    }
    let discounts = partner.discounts.iter().map(|(category, percent)| {
        Object::new()
            .text("categories", category)
            .text("discount_percent", percent)
            .text("override_existing", "false")
            .into()
    });
    object.list("discounts", discounts.collect())
}

/// A partner as it stands on a document, with this contact.
pub(crate) fn party(partner: &Partner, contact: usize) -> Object {
    let mut object = head(partner);
    if let Some(home) = partner.home() {
        object = object
            .text("mk_address_id", home.id)
            .text("street", &home.street)
            .text("post_number", &home.post)
            .text("place", &home.city)
            .text("country", &home.country)
            .text("country_iso_2", country_code(&home.country));
    }
    match partner.contacts.get(contact).or(partner.contacts.first()) {
        Some(contact) => object.value("partner_contact", person(contact)),
        None => object,
    }
}

fn head(partner: &Partner) -> Object {
    Object::new()
        .text("mk_id", partner.id())
        .truth("business_entity", partner.flags.company)
        .truth("taxpayer", partner.flags.taxpayer)
        .truth("foreign_county", partner.flags.foreign)
        .text("customer", &partner.name)
        .text("count_code", &partner.code)
        .unless_empty("tax_id_number", &partner.tax_number)
}

fn person(contact: &Contact) -> Object {
    Object::new()
        .text("name", &contact.name)
        .unless_empty("phone", &contact.phone)
        .unless_empty("fax", &contact.fax)
        .unless_empty("gsm", &contact.gsm)
        .unless_empty("email", &contact.email)
}

fn address(partner: &Partner, address: &Address) -> Value {
    Object::new()
        .text("mk_id", address.id)
        .text("address_type", &address.kind)
        .text("street", &address.street)
        .text("post_number", &address.post)
        .text("city", &address.city)
        .text("country", &address.country)
        .text("payment_due_days", partner.terms)
        .text("language", if partner.flags.foreign { "en" } else { "sl" })
        .text("currency", partner.currency)
        .into()
}
