//! A partner as the simulator keeps it.

/// The first partner's id.
pub(crate) const FIRST_PARTNER: u64 = 1_600_000_000;
const FIRST_ADDRESS: u64 = 170_000_000_000;
const FIRST_CONTACT: u64 = 180_000_000_000;

/// A company or person Metakocka knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partner {
    pub(crate) no: u32,
    /// `customer`.
    pub(crate) name: String,
    /// `count_code`.
    pub(crate) code: String,
    pub(crate) tax_number: String,
    pub(crate) registration: String,
    pub(crate) flags: Flags,
    pub(crate) country: String,
    pub(crate) currency: &'static str,
    /// Days until its bills are due.
    pub(crate) terms: i32,
    /// The first one is where it is at home.
    pub(crate) addresses: Vec<Address>,
    pub(crate) contacts: Vec<Contact>,
    /// Category and per cent.
    pub(crate) discounts: Vec<(String, String)>,
}

/// Yes and no about a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are the five flags of the register"
)]
pub(crate) struct Flags {
    pub(crate) company: bool,
    pub(crate) taxpayer: bool,
    pub(crate) foreign: bool,
    pub(crate) buyer: bool,
    pub(crate) supplier: bool,
}

/// A place of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) id: u64,
    /// `Račun`, `Dobava`, `Poslovna enota`.
    pub(crate) kind: String,
    pub(crate) street: String,
    pub(crate) post: String,
    pub(crate) city: String,
    pub(crate) country: String,
}

/// Somebody at a partner.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Contact {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) gsm: String,
    pub(crate) fax: String,
    pub(crate) email: String,
}

impl Partner {
    pub(crate) fn id(&self) -> u64 {
        partner_id(self.no)
    }

    /// Where it is at home.
    pub(crate) fn home(&self) -> Option<&Address> {
        self.addresses.first()
    }
}

/// The id of a partner.
pub(crate) fn partner_id(no: u32) -> u64 {
    FIRST_PARTNER.saturating_add(no.into())
}

/// The number of the partner with this id.
pub(crate) fn partner_no(id: u64) -> Option<u32> {
    u32::try_from(id.checked_sub(FIRST_PARTNER)?).ok()
}

/// The id of a seeded partner's address.
pub(crate) fn address_id(no: u32, place: u64) -> u64 {
    own_id(FIRST_ADDRESS, no, place)
}

/// The id of a seeded partner's contact.
pub(crate) fn contact_id(no: u32, place: u64) -> u64 {
    own_id(FIRST_CONTACT, no, place)
}

fn own_id(first: u64, no: u32, place: u64) -> u64 {
    let own = u64::from(no).saturating_mul(10).saturating_add(place);
    first.saturating_add(own)
}
