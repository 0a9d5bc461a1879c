//! Whose mail this is: by hand goes before the exact address, and a domain only ever suggests.

use std::collections::BTreeSet;

use crate::is_freemail;

/// A customer of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The ERP's id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What a person said about an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// It is this customer's.
    To(String),
    /// It is nobody's, whatever the ERP says.
    Nobody,
}

/// What is known about an address.
#[derive(Clone, Debug, Default)]
pub struct Clues {
    /// By hand.
    pub link: Option<Link>,
    /// Customers with exactly this address.
    pub same_address: Vec<Candidate>,
    /// Customers with another address of its domain.
    pub same_domain: Vec<Candidate>,
    /// Customers whose name is in the sender's.
    pub same_name: Vec<Candidate>,
}

/// Whose mail it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This customer's (id).
    Customer(String),
    /// Nobody's, said by hand.
    Nobody,
    /// Not known; a person may choose from these, the likeliest first.
    Unknown(Vec<Suggestion>),
}

/// A customer it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Who.
    pub customer: Candidate,
    /// Why.
    pub reason: Reason,
}

/// Why somebody is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The customer has exactly this address.
    Address,
    /// The customer has another address of this domain.
    Domain,
    /// The sender's name has the customer's in it.
    Name,
}

/// Suggestions beyond this are no help.
const MOST: usize = 8;

/// The domain of an address that can suggest somebody: not one where anybody may have an address. Lower case.
#[must_use]
pub fn telling_domain(address: &str) -> Option<&str> {
    let (_, domain) = address.rsplit_once('@')?;
    (domain.contains('.') && !is_freemail(domain)).then_some(domain)
}

/// Decides.
#[must_use]
pub fn whose(clues: Clues) -> Whose {
    match clues.link {
        Some(Link::To(customer)) => return Whose::Customer(customer),
        Some(Link::Nobody) => return Whose::Nobody,
        None => {}
    }
    if let [only] = clues.same_address.as_slice() {
        return Whose::Customer(only.id.clone());
    }
    Whose::Unknown(suggestions(clues))
}

/// Whom it may be of, each customer once, with the best reason.
#[must_use]
pub fn suggestions(clues: Clues) -> Vec<Suggestion> {
    let by = |reason: Reason, of: Vec<Candidate>| {
        of.into_iter()
            .map(move |customer| Suggestion { customer, reason })
    };
    let mut seen = BTreeSet::new();
    by(Reason::Address, clues.same_address)
        .chain(by(Reason::Domain, clues.same_domain))
        .chain(by(Reason::Name, clues.same_name))
        .filter(|suggestion| seen.insert(suggestion.customer.id.clone()))
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn candidates(ids: &str) -> Vec<Candidate> {
        ids.chars()
            .map(|id| Candidate {
                id: id.to_string(),
                name: format!("Firma {id}"),
            })
            .collect()
    }

    fn shown(whose: Whose) -> String {
        match whose {
            Whose::Customer(id) => id,
            Whose::Nobody => "-".to_owned(),
            Whose::Unknown(some) => some
                .into_iter()
                .map(|s| format!("{:?}:{} ", s.reason, s.customer.id))
                .collect(),
        }
    }

    #[rstest]
    #[case::by_hand(Some("b"), "a", "", "", "b")]
    #[case::nobody_by_hand(Some("-"), "a", "c", "", "-")]
    #[case::exact(None, "a", "b", "c", "a")]
    #[case::several(None, "ab", "", "", "Address:a Address:b ")]
    #[case::domain_only_suggests(None, "", "a", "", "Domain:a ")]
    #[case::name_only_suggests(None, "", "", "a", "Name:a ")]
    #[case::each_once(None, "ab", "bc", "ca", "Address:a Address:b Domain:c ")]
    #[case::stranger(None, "", "", "", "")]
    fn what_is_known_decides(
        #[case] link: Option<&str>,
        #[case] address: &str,
        #[case] domain: &str,
        #[case] name: &str,
        #[case] want: &str,
    ) {
        let link = link.map(|link| match link {
            "-" => Link::Nobody,
            id => Link::To(id.to_owned()),
        });
        let clues = Clues {
            link,
            same_address: candidates(address),
            same_domain: candidates(domain),
            same_name: candidates(name),
        };
        assert_eq!(shown(whose(clues)), want);
    }

    #[rstest]
    #[case::company("ana@hrast.si", Some("hrast.si"))]
    #[case::freemail("ana@siol.net", None)]
    #[case::local("root@localhost", None)]
    #[case::none("ana", None)]
    fn only_a_domain_of_a_company_tells(#[case] address: &str, #[case] want: Option<&str>) {
        assert_eq!(telling_domain(address), want, "{address}");
    }
}
