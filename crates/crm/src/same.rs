//! Customers the ERP has twice, said by hand to be one: who belongs together, and which of them stands for all.

use std::collections::{BTreeMap, BTreeSet};

/// Which customers are one. A customer nobody said anything of is one of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Families {
    /// By each of several that are one: who stands for them.
    main: BTreeMap<String, String>,
    /// By who stands for them: all of them, that one first, the others by id.
    members: BTreeMap<String, Vec<String>>,
}

impl Families {
    /// Puts together what was said: of a customer (key), whom it counts with. What was said goes on: with A to B and B to
    /// C all three are one, and C, which counts with nobody else, stands for them. Where it goes round in a ring the
    /// smallest id of the ring does: a shorter one is smaller, then by its signs.
    #[must_use]
    pub fn new(said: &BTreeMap<String, String>) -> Self {
        let mut families = Self::default();
        for (customer, to) in said {
            if customer == to || to.is_empty() {
                continue;
            }
            let main = end(said, customer);
            for member in [customer, to] {
                families.main.insert(member.clone(), main.clone());
            }
        }
        let mut members: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
        for (member, main) in &families.main {
            members.entry(main.clone()).or_default().insert(member);
        }
        for (main, all) in members {
            let others = all.into_iter().filter(|member| **member != main).cloned();
            let family = std::iter::once(main.clone()).chain(others).collect();
            families.members.insert(main, family);
        }
        families
    }

    /// Who stands for a customer: itself where it is one of its own.
    #[must_use]
    pub fn main(&self, customer: &str) -> String {
        let main = self.main.get(customer);
        main.map_or_else(|| customer.to_owned(), Clone::clone)
    }

    /// All that are one with a customer, itself among them; who stands for them first.
    #[must_use]
    pub fn members(&self, customer: &str) -> Vec<String> {
        let main = self.main.get(customer);
        main.and_then(|main| self.members.get(main))
            .map_or_else(|| vec![customer.to_owned()], Clone::clone)
    }

    /// All that are one with any of these, each once, sorted.
    #[must_use]
    pub fn expand<'a>(&self, customers: impl IntoIterator<Item = &'a String>) -> Vec<String> {
        let all: BTreeSet<String> = customers
            .into_iter()
            .flat_map(|customer| self.members(customer))
            .collect();
        all.into_iter().collect()
    }

    /// Whether two customers are one.
    #[must_use]
    pub fn are_one(&self, one: &str, other: &str) -> bool {
        self.main(one) == self.main(other)
    }
}

/// Where what was said of a customer ends: at one of whom nothing was said, or at the smallest of a ring.
fn end(said: &BTreeMap<String, String>, customer: &str) -> String {
    let next = |of: &str| said.get(of).filter(|to| !to.is_empty() && *to != of);
    let mut seen = BTreeSet::from([customer]);
    let mut at = customer;
    while let Some(to) = next(at) {
        at = to;
        if !seen.insert(at) {
            return smallest_of_ring(said, at);
        }
    }
    at.to_owned()
}

fn smallest_of_ring(said: &BTreeMap<String, String>, start: &str) -> String {
    let size = |id: &str| (id.len(), id.to_owned());
    let (mut smallest, mut at) = (start, start);
    while let Some(to) = said.get(at).filter(|to| to.as_str() != start) {
        at = to;
        if size(at) < size(smallest) {
            smallest = at;
        }
    }
    smallest.to_owned()
}

/// What has to be said so that two customers are one and `main` stands for both: of whom, and whom each counts with.
/// All that were one with either count with the same from then on, so that no chain is left.
#[must_use]
pub fn merging(families: &Families, main: &str, other: &str) -> Vec<(String, Option<String>)> {
    let mut said = vec![(main.to_owned(), None)];
    for of in [main, other] {
        let members = families.members(of).into_iter();
        let others = members.filter(|member| member != main);
        said.extend(others.map(|member| (member, Some(main.to_owned()))));
    }
    let mut seen = BTreeSet::new();
    said.retain(|(of, _)| seen.insert(of.clone()));
    said
}

/// What has to be said so that a customer is one of its own again. The others stay one: those who stood behind it count
/// with the smallest of them.
#[must_use]
pub fn parting(families: &Families, customer: &str) -> Vec<(String, Option<String>)> {
    let members = families.members(customer);
    let main = families.main(customer);
    let rest: Vec<String> = members.into_iter().filter(|m| m != customer).collect();
    if rest.is_empty() {
        return Vec::new();
    }
    let stands = if main == customer {
        let smallest = rest.iter().min_by_key(|id| (id.len(), id.as_str()));
        smallest.cloned().unwrap_or_default()
    } else {
        main
    };
    let mut said = vec![(customer.to_owned(), None)];
    said.extend(rest.into_iter().map(|member| {
        let to = (member != stands).then(|| stands.clone());
        (member, to)
    }));
    said
}

/// Two customers in the order in which what is said of both is said of the first: a shorter id is smaller, then by its signs.
#[must_use]
pub fn ordered<'a>(one: &'a str, other: &'a str) -> (&'a str, &'a str) {
    if (one.len(), one) <= (other.len(), other) {
        (one, other)
    } else {
        (other, one)
    }
}

/// Customers of whom people said that they only look like one, with the reasons for which they did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apart(BTreeMap<(String, String), BTreeSet<String>>);

impl Apart {
    /// Puts together what was said: of two customers, whichever way round, for which reasons (`tax_number,address`).
    #[must_use]
    pub fn new<'a>(said: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Self {
        let mut apart = BTreeMap::new();
        for (one, other, reasons) in said {
            let (one, other) = ordered(one, other);
            let reasons = reasons.split(',').map(str::to_owned).collect();
            apart.insert((one.to_owned(), other.to_owned()), reasons);
        }
        Self(apart)
    }

    /// Whether this was said of them, for each of these reasons: a new one is another question.
    #[must_use]
    pub fn covers(&self, one: &str, other: &str, reasons: &[&str]) -> bool {
        let (one, other) = ordered(one, other);
        let said = self.0.get(&(one.to_owned(), other.to_owned()));
        said.is_some_and(|said| reasons.iter().all(|reason| said.contains(*reason)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    /// `a>b c>b`: a counts with b, c with b.
    fn said(text: &str) -> BTreeMap<String, String> {
        let pairs = text.split_whitespace().filter_map(|p| p.split_once('>'));
        pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
    }

    #[rstest]
    #[case::nothing_said("", "a", "a")]
    #[case::two("b>a", "b", "a,b")]
    #[case::asked_of_the_main_one("b>a", "a", "a,b")]
    #[case::chain("a>b b>c", "a", "c,a,b")]
    #[case::two_with_one("b>a c>a", "c", "a,b,c")]
    #[case::ring("20>100 100>3 3>20", "100", "3,100,20")]
    #[case::into_a_ring("z>20 20>100 100>20", "z", "20,100,z")]
    #[case::with_itself("a>a", "a", "a")]
    #[case::others_do_not_matter("x>y", "a", "a")]
    fn what_was_said_goes_on(#[case] text: &str, #[case] of: &str, #[case] want: &str) {
        assert_eq!(Families::new(&said(text)).members(of).join(","), want);
    }

    #[rstest]
    #[case::two("", "a", "b", "a,b")]
    #[case::the_other_way_round("b>a", "b", "a", "b,a")]
    #[case::two_families("b>a d>c", "a", "c", "a,b,c,d")]
    #[case::by_a_member("b>a d>c", "b", "d", "b,a,c,d")]
    #[case::a_ring("a>b b>a", "b", "c", "b,a,c")]
    fn merged_ones_are_one_without_a_chain(
        #[case] before: &str,
        #[case] main: &str,
        #[case] other: &str,
        #[case] want: &str,
    ) {
        let after = changed(&said(before), main, other, merging);
        assert_eq!(Families::new(&after).members(main).join(","), want);
        assert!(
            after.values().all(|to| !after.contains_key(to)),
            "{after:?}"
        );
    }

    #[rstest]
    #[case::one_of_two("b>a", "b", "b", "a")]
    #[case::the_main_one_of_two("b>a", "a", "a", "b")]
    #[case::the_main_one_of_three("b>a c>a", "a", "a", "b,c")]
    #[case::one_of_a_chain("a>b b>c", "b", "b", "c,a")]
    #[case::one_of_its_own("b>a", "z", "z", "a,b")]
    fn who_leaves_is_alone_and_the_others_stay_one(
        #[case] before: &str,
        #[case] who: &str,
        #[case] alone: &str,
        #[case] others: &str,
    ) {
        let after = changed(&said(before), who, "", |families, who, _| {
            parting(families, who)
        });
        let families = Families::new(&after);
        assert_eq!(families.members(who), [alone]);
        let other = others.split(',').next().unwrap();
        assert_eq!(families.members(other).join(","), others);
    }

    #[rstest]
    #[case::the_same_reason("address", &["address"], true)]
    #[case::one_of_two("tax_number,address", &["address"], true)]
    #[case::another_one("address", &["tax_number"], false)]
    #[case::one_more("address", &["tax_number", "address"], false)]
    fn a_suggestion_stays_away_while_its_reason_is_the_same(
        #[case] said: &str,
        #[case] reasons: &[&str],
        #[case] want: bool,
    ) {
        let apart = Apart::new([("20", "3", said)]);
        assert_eq!(apart.covers("3", "20", reasons), want);
        assert_eq!(apart.covers("20", "3", reasons), want);
        assert!(
            !apart.covers("3", "21", reasons),
            "of others nothing was said"
        );
    }

    fn changed(
        before: &BTreeMap<String, String>,
        one: &str,
        other: &str,
        rule: impl Fn(&Families, &str, &str) -> Vec<(String, Option<String>)>,
    ) -> BTreeMap<String, String> {
        let mut after = before.clone();
        for (of, to) in rule(&Families::new(before), one, other) {
            match to {
                Some(to) => after.insert(of, to),
                None => after.remove(&of),
            };
        }
        after
    }

    proptest! {
        #[test]
        fn every_desk_puts_them_together_alike(
            pairs in proptest::collection::vec((0_u8..9, 0_u8..9), 0..14),
        ) {
            let said: BTreeMap<String, String> =
                pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
            let families = Families::new(&said);
            for (a, b) in &said {
                prop_assert!(families.are_one(a, b), "{} {} {:?}", a, b, said);
            }
            for id in 0..9_u8 {
                let id = id.to_string();
                let members = families.members(&id);
                let main = families.main(&id);
                prop_assert_eq!(members.first(), Some(&main));
                prop_assert!(members.contains(&id));
                for member in &members {
                    prop_assert_eq!(&families.members(member), &members);
                }
            }
        }
    }
}
