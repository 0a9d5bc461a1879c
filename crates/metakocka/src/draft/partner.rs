//! Partners to be written.

use serde_json::{Map, Value};

use super::body::Body;
use crate::id::MkId;

/// A partner to be added. Look first whether it is there: the service makes twins without a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartnerDraft {
    /// Its name, at most 100 characters.
    pub name: String,
    /// A company, not a person.
    pub business_entity: bool,
    /// Liable to value added tax.
    pub taxpayer: bool,
    /// Abroad.
    pub foreign: bool,
    /// One buys from us; must be said to sell to them.
    pub buyer: bool,
    /// Tax number, at most 50 characters.
    pub tax_number: Option<String>,
    /// Number in the register of companies, at most 50 characters.
    pub registration_number: Option<String>,
    /// Where bills go.
    pub address: AddressDraft,
    /// The person there.
    pub contact: Option<ContactDraft>,
}

/// An address to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressDraft {
    /// Its id, when one that is there is changed; left out when a partner is added.
    pub mk_id: Option<MkId>,
    /// `Račun`, `Dobava` or `Poslovna enota`; left out when a partner is added, whose first address is for bills.
    pub kind: Option<String>,
    /// Street and number, at most 150 characters.
    pub street: Option<String>,
    /// Post code, at most 20 characters.
    pub post_number: Option<String>,
    /// Place, at most 100 characters.
    pub place: Option<String>,
    /// Country in words, at most 50 characters.
    pub country: Option<String>,
}

/// A contact to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactDraft {
    /// Its id, when one that is there is changed.
    pub mk_id: Option<MkId>,
    /// The address a new one of a partner that is there belongs to.
    pub mk_address_id: Option<MkId>,
    /// Who it is.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Mobile phone.
    pub gsm: Option<String>,
}

/// A change of a partner; what is left out stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerUpdate {
    /// The partner.
    pub mk_id: MkId,
    /// Its name.
    pub name: Option<String>,
    /// Tax number.
    pub tax_number: Option<String>,
    /// Number in the register of companies.
    pub registration_number: Option<String>,
    /// Contacts changed (with their id) or added (with their address's id).
    pub contacts: Vec<ContactDraft>,
    /// Addresses changed (with their id) or added.
    pub addresses: Vec<AddressDraft>,
}

impl PartnerDraft {
    pub(crate) fn body(&self) -> Map<String, Value> {
        let flag = |yes: bool| if yes { "true" } else { "false" };
        let partner = Body::default()
            .text("customer", self.name.trim())
            .text("business_entity", flag(self.business_entity))
            .text("taxpayer", flag(self.taxpayer))
            .text("foreign_county", flag(self.foreign))
            .text("buyer", flag(self.buyer))
            .maybe("tax_id_number", self.tax_number.clone())
            .maybe("registration_number", self.registration_number.clone())
            .maybe("street", self.address.street.clone())
            .maybe("post_number", self.address.post_number.clone())
            .maybe("place", self.address.place.clone())
            .maybe("country", self.address.country.clone())
            .object(
                "partner_contact",
                self.contact.as_ref().map(ContactDraft::body),
            );
        Body::default()
            .object("partner", Some(partner.done()))
            .done()
    }
}

impl PartnerUpdate {
    /// A change of nothing yet.
    #[must_use]
    pub fn of(mk_id: MkId) -> Self {
        Self {
            mk_id,
            name: None,
            tax_number: None,
            registration_number: None,
            contacts: Vec::new(),
            addresses: Vec::new(),
        }
    }

    pub(crate) fn body(&self) -> Map<String, Value> {
        let contacts = self.contacts.iter().map(|c| Value::Object(c.body()));
        let addresses = self.addresses.iter().map(|a| Value::Object(a.body()));
        let partner = Body::default()
            .text("mk_id", self.mk_id.as_str())
            .maybe("customer", self.name.clone())
            .maybe("tax_id_number", self.tax_number.clone())
            .maybe("registration_number", self.registration_number.clone())
            .list("partner_contact_list", contacts)
            .list("partner_delivery_address_list", addresses);
        Body::default()
            .object("partner", Some(partner.done()))
            .done()
    }
}

impl ContactDraft {
    fn body(&self) -> Map<String, Value> {
        Body::default()
            .maybe("mk_id", self.mk_id.as_ref().map(MkId::as_str))
            .maybe(
                "mk_address_id",
                self.mk_address_id.as_ref().map(MkId::as_str),
            )
            .maybe("name", self.name.clone())
            .maybe("email", self.email.clone())
            .maybe("phone", self.phone.clone())
            .maybe("gsm", self.gsm.clone())
            .done()
    }
}

impl AddressDraft {
    /// In lists of addresses the place is called `city`.
    fn body(&self) -> Map<String, Value> {
        Body::default()
            .maybe("mk_id", self.mk_id.as_ref().map(MkId::as_str))
            .maybe("address_type", self.kind.clone())
            .maybe("street", self.street.clone())
            .maybe("post_number", self.post_number.clone())
            .maybe("city", self.place.clone())
            .maybe("country", self.country.clone())
            .done()
    }
}
