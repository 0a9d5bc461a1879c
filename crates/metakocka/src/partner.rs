//! Partners: the companies and people one sells to, with their contacts and addresses.

use crate::dialect::{Decimal, Reader};
use crate::id::MkId;

/// A partner of the register (fact sheet, section 8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Its id.
    pub mk_id: MkId,
    /// Its number in the company's register.
    pub count_code: Option<String>,
    /// Its name; the service calls this field `customer`.
    pub name: Option<String>,
    /// A company, not a person.
    pub business_entity: Option<bool>,
    /// Liable to value added tax.
    pub taxpayer: Option<bool>,
    /// Abroad; the service spells it `foreign_county`.
    pub foreign: Option<bool>,
    /// One buys from us.
    pub buyer: Option<bool>,
    /// We buy from them.
    pub supplier: Option<bool>,
    /// Its tax number, with or without the country's letters, as the register has it.
    pub tax_number: Option<String>,
    /// Its number in the register of companies.
    pub registration_number: Option<String>,
    /// The people there.
    pub contacts: Vec<Contact>,
    /// Where bills and goods go.
    pub addresses: Vec<Address>,
    /// What is taken off for this partner; only when asked for.
    pub discounts: Vec<PartnerDiscount>,
}

/// A person or desk at a partner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Its id; documents leave it out.
    pub mk_id: Option<MkId>,
    /// The address it belongs to.
    pub mk_address_id: Option<MkId>,
    /// That address in words.
    pub address: Option<String>,
    /// Who it is.
    pub name: Option<String>,
    /// E-mail address as typed there: not always one, not always valid.
    pub email: Option<String>,
    /// Phone as typed there.
    pub phone: Option<String>,
    /// Mobile phone as typed there.
    pub gsm: Option<String>,
    /// Fax as typed there.
    pub fax: Option<String>,
}

/// An address of a partner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Its id.
    pub mk_id: Option<MkId>,
    /// What it is for, in the installation's words: `Račun`, `Dobava`, `Poslovna enota`.
    pub kind: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Post code.
    pub post_number: Option<String>,
    /// Place; writes call it `place`.
    pub city: Option<String>,
    /// Country in words.
    pub country: Option<String>,
    /// Days a bill may be paid in.
    pub payment_due_days: Option<u64>,
    /// Language of papers.
    pub language: Option<String>,
    /// Currency of papers, three letters.
    pub currency: Option<String>,
}

/// A discount of a partner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartnerDiscount {
    /// On products of these categories; none means all.
    pub categories: Vec<String>,
    /// In per cent.
    pub percent: Option<Decimal>,
}

/// The partner as a document names it: with the address and the one contact the document is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocPartner {
    /// The partner's id; missing on documents of casual customers.
    pub mk_id: Option<MkId>,
    /// The address used.
    pub mk_address_id: Option<MkId>,
    /// The partner's number in the register.
    pub count_code: Option<String>,
    /// Its name; the service calls this field `customer`.
    pub name: Option<String>,
    /// A company, not a person.
    pub business_entity: Option<bool>,
    /// Liable to value added tax.
    pub taxpayer: Option<bool>,
    /// Abroad; the service spells it `foreign_county`.
    pub foreign: Option<bool>,
    /// Tax number.
    pub tax_number: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Post code.
    pub post_number: Option<String>,
    /// Place.
    pub place: Option<String>,
    /// Country in words.
    pub country: Option<String>,
    /// Country, two letters.
    pub country_iso_2: Option<String>,
    /// The person the document is for.
    pub contact: Option<Contact>,
}

impl Partner {
    pub(crate) fn read(row: Reader<'_>, mk_id: MkId) -> Self {
        Self {
            mk_id,
            count_code: row.text("count_code"),
            name: row.text("customer"),
            business_entity: row.flag("business_entity"),
            taxpayer: row.flag("taxpayer"),
            foreign: row.flag("foreign_county"),
            buyer: row.flag("buyer"),
            supplier: row.flag("supplier"),
            tax_number: row.text("tax_id_number"),
            registration_number: row.text("registration_number"),
            contacts: row
                .many("partner_contact_list")
                .chain(row.many("partner_contact"))
                .map(Contact::read)
                .collect(),
            addresses: row
                .many("partner_delivery_address_list")
                .chain(row.many("partner_delivery_address"))
                .map(Address::read)
                .collect(),
            discounts: row.many("discounts").map(PartnerDiscount::read).collect(),
        }
    }

    /// True when one of its contacts has exactly this address, letters' case aside.
    #[must_use]
    pub fn has_email(&self, email: &str) -> bool {
        let email = email.trim().to_lowercase();
        let mut theirs = self.contacts.iter().filter_map(|c| c.email.as_deref());
        theirs.any(|their| their.trim().to_lowercase() == email)
    }
}

impl Contact {
    fn read(row: Reader<'_>) -> Self {
        Self {
            mk_id: row.id("mk_id"),
            mk_address_id: row.id("mk_address_id"),
            address: row.text("contact_address"),
            name: row.text("name"),
            email: row.text("email"),
            phone: row.text("phone"),
            gsm: row.text("gsm"),
            fax: row.text("fax"),
        }
    }
}

impl Address {
    fn read(row: Reader<'_>) -> Self {
        Self {
            mk_id: row.id("mk_id"),
            kind: row.text("address_type"),
            street: row.text("street"),
            post_number: row.text("post_number"),
            city: row.text("city").or_else(|| row.text("place")),
            country: row.text("country"),
            payment_due_days: row.count("payment_due_days"),
            language: row.text("language"),
            currency: row.text("currency"),
        }
    }
}

impl PartnerDiscount {
    fn read(row: Reader<'_>) -> Self {
        Self {
            categories: row.texts("categories"),
            percent: row.decimal("discount_percent"),
        }
    }
}

impl DocPartner {
    pub(crate) fn read(row: Reader<'_>) -> Self {
        Self {
            mk_id: row.id("mk_id"),
            mk_address_id: row.id("mk_address_id"),
            count_code: row.text("count_code"),
            name: row.text("customer"),
            business_entity: row.flag("business_entity"),
            taxpayer: row.flag("taxpayer"),
            foreign: row.flag("foreign_county"),
            tax_number: row.text("tax_id_number"),
            street: row.text("street"),
            post_number: row.text("post_number"),
            place: row.text("place"),
            country: row.text("country"),
            country_iso_2: row.text("country_iso_2"),
            contact: row.one("partner_contact").map(Contact::read),
        }
    }
}
