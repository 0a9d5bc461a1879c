//! Customers and their people: who is there already, and what is written.

use kontor_metakocka as mk;
use kontor_metakocka::PartnerKey;
use kontor_protocol::{ActPreview, NewContact, NewPartner, Twin};

use super::words::{alike, new, some, stays, text};

/// Customers that have the tax number, the address or the name, each once, with what is the same.
pub(super) async fn twins(
    client: &mk::Client,
    wanted: &NewPartner,
) -> Result<Vec<Twin>, mk::Error> {
    let mut found: Vec<Twin> = Vec::new();
    let numbers = forms(&wanted.tax_number).into_iter();
    let mut keys: Vec<_> = numbers
        .map(|form| ("tax_number", PartnerKey::TaxNumber(form)))
        .collect();
    keys.extend(some(&wanted.email).map(|email| ("email", PartnerKey::Email(email))));
    keys.extend(some(&wanted.name).map(|name| ("name", PartnerKey::Name(name))));
    for (same, key) in keys {
        for partner in client.get_partner(&key).await?.items {
            let id = partner.mk_id.to_string();
            if is_same(&partner, same, wanted) && !found.iter().any(|twin| twin.id == id) {
                found.push(Twin {
                    id,
                    name: text(partner.name.as_ref()),
                    tax_number: text(partner.tax_number.as_ref()),
                    same: same.to_owned(),
                });
            }
        }
    }
    Ok(found)
}

/// A tax number as it may stand there: as given, without its country, and with this one. The service looks for the letters
/// it is given.
fn forms(tax_number: &str) -> Vec<String> {
    let digits: String = tax_number.chars().filter(char::is_ascii_digit).collect();
    let given = tax_number.trim().to_owned();
    let mut forms = vec![given, digits.clone(), format!("SI{digits}")];
    forms.dedup();
    forms.retain(|form| form.chars().any(|c| c.is_ascii_digit()));
    forms
}

/// The service finds names by a part, and how exactly it compares the rest is not documented.
fn is_same(partner: &mk::Partner, same: &str, wanted: &NewPartner) -> bool {
    match same {
        "tax_number" => is_one_number(&text(partner.tax_number.as_ref()), &wanted.tax_number),
        "email" => partner.has_email(&wanted.email),
        _ => alike(&text(partner.name.as_ref()), &wanted.name),
    }
}

/// Two intentions that may add the same customer.
pub(super) fn may_be_one(one: &NewPartner, other: &NewPartner) -> bool {
    let both = |a: &str, b: &str| !a.trim().is_empty() && alike(a, b);
    is_one_number(&one.tax_number, &other.tax_number)
        || both(&one.email, &other.email)
        || both(&one.name, &other.name)
}

/// `SI12345678`, `SI 12345678` and `12345678` are one number; nothing is none.
fn is_one_number(one: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let kept = text.chars().filter(char::is_ascii_alphanumeric);
        kept.collect::<String>().to_ascii_uppercase()
    };
    let digits = |text: &str| {
        text.trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .to_owned()
    };
    let (one, other) = (bare(one), bare(other));
    if one.is_empty() || other.is_empty() {
        return false;
    }
    // Without its country's letters a number is taken for any country's: better one question too many.
    one == other || (one.len() != other.len() && digits(&one) == digits(&other))
}

pub(super) async fn preview_partner(
    client: &mk::Client,
    wanted: &NewPartner,
) -> Result<ActPreview, mk::Error> {
    let mut preview = ActPreview::default();
    let flag = |yes: bool| if yes { "yes" } else { "no" };
    for (name, value, longest) in [
        ("name", wanted.name.as_str(), 100),
        ("tax_number", &wanted.tax_number, 50),
        ("street", &wanted.street, 150),
        ("post_number", &wanted.post_number, 20),
        ("place", &wanted.place, 100),
        ("country", &wanted.country, 50),
        ("contact", &wanted.contact, 100),
        ("email", &wanted.email, 100),
        ("phone", &wanted.phone, 50),
    ] {
        let Some(value) = some(value) else { continue };
        if value.chars().count() > longest {
            preview.problems.push(format!(
                "“{value}” is too long for Metakocka, which takes {longest} characters there. Shorten it."
            ));
        }
        preview.fields.push(new(name, value));
    }
    preview.fields.push(new("company", flag(wanted.company)));
    preview.fields.push(new("taxpayer", flag(wanted.taxpayer)));
    preview.fields.push(new("foreign", flag(wanted.foreign)));
    preview.twins = twins(client, wanted).await?;
    let is_one = |twin: &&Twin| twin.same == "tax_number" || !wanted.not_these.contains(&twin.id);
    if let Some(twin) = preview.twins.iter().find(is_one) {
        preview.problems.push(format!(
            "“{}” is in Metakocka already. Use that customer, or say that it is somebody else.",
            twin.name
        ));
    }
    Ok(preview)
}

pub(super) fn partner_draft(wanted: &NewPartner) -> mk::PartnerDraft {
    let contact = mk::ContactDraft {
        name: some(&wanted.contact),
        email: some(&wanted.email),
        phone: some(&wanted.phone),
        ..mk::ContactDraft::default()
    };
    mk::PartnerDraft {
        name: wanted.name.trim().to_owned(),
        business_entity: wanted.company,
        taxpayer: wanted.taxpayer,
        foreign: wanted.foreign,
        buyer: true,
        tax_number: some(&wanted.tax_number),
        registration_number: None,
        address: mk::AddressDraft {
            street: some(&wanted.street),
            post_number: some(&wanted.post_number),
            place: some(&wanted.place),
            country: some(&wanted.country),
            ..mk::AddressDraft::default()
        },
        contact: (contact != mk::ContactDraft::default()).then_some(contact),
    }
}

/// The customer with this id.
pub(super) async fn partner(client: &mk::Client, id: &str) -> Result<mk::Partner, mk::Error> {
    let id = mk::MkId::new(id);
    let page = client.get_partner(&PartnerKey::Id(id.clone())).await?;
    let found = page.items.into_iter().find(|partner| partner.mk_id == id);
    found.ok_or_else(|| mk::Error::NotFound {
        message: format!("customer {id}"),
    })
}

pub(super) async fn preview_contact(
    client: &mk::Client,
    wanted: &NewContact,
) -> Result<ActPreview, mk::Error> {
    let partner = partner(client, &wanted.customer).await?;
    let mut preview = ActPreview::default();
    preview
        .fields
        .push(stays("customer", text(partner.name.as_ref())));
    for (name, value) in [
        ("contact", &wanted.name),
        ("email", &wanted.email),
        ("phone", &wanted.phone),
    ] {
        preview
            .fields
            .extend(some(value).map(|value| new(name, value)));
    }
    if has_contact(&partner, wanted) {
        preview
            .problems
            .push("This customer has this contact already.".to_owned());
    }
    if address_of(&partner).is_none() {
        preview.problems.push(
            "Metakocka keeps contacts with an address, and this customer has none. Add the address there first."
                .to_owned(),
        );
    }
    Ok(preview)
}

/// The same address; where there is none, the same name.
pub(super) fn has_contact(partner: &mk::Partner, wanted: &NewContact) -> bool {
    if some(&wanted.email).is_some() {
        return partner.has_email(&wanted.email);
    }
    let mut names = partner.contacts.iter().filter_map(|c| c.name.as_deref());
    names.any(|name| alike(name, &wanted.name))
}

pub(super) fn contact_update(partner: &mk::Partner, wanted: &NewContact) -> mk::PartnerUpdate {
    let mut update = mk::PartnerUpdate::of(partner.mk_id.clone());
    update.contacts = vec![mk::ContactDraft {
        mk_id: None,
        mk_address_id: address_of(partner),
        name: some(&wanted.name),
        email: some(&wanted.email),
        phone: some(&wanted.phone),
        gsm: None,
    }];
    update
}

pub(super) fn address_of(partner: &mk::Partner) -> Option<mk::MkId> {
    let own = partner.addresses.iter().find_map(|a| a.mk_id.clone());
    own.or_else(|| {
        partner
            .contacts
            .iter()
            .find_map(|c| c.mk_address_id.clone())
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::is_one_number;

    #[rstest]
    #[case("SI12345678", "12345678", true)]
    #[case("SI 12345678", "si12345678", true)]
    #[case("SI12345678", "HR12345678", false)]
    #[case("12345678", "12345679", false)]
    #[case("", "", false)]
    #[case("SI", "", false)]
    fn a_tax_number_is_one_with_and_without_its_country(
        #[case] one: &str,
        #[case] other: &str,
        #[case] same: bool,
    ) {
        assert_eq!(is_one_number(one, other), same);
    }
}
