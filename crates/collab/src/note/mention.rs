//! Who is named in a text: `@Name`, `@First` where only one member is called so, or `@address`.

use std::collections::BTreeSet;

use kontor_protocol::MemberId;

use crate::Member;

/// The members named in a text. Case does not matter; of names that begin alike the longest counts.
pub(crate) fn mentioned(text: &str, members: &[Member]) -> BTreeSet<MemberId> {
    let names = names(members);
    let mut found = BTreeSet::new();
    let mut before = None;
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once('@') {
        // ana@hrast.example is an address in the text and names nobody.
        let last = head.chars().next_back().or(before);
        if !last.is_some_and(char::is_alphanumeric) {
            let named = names.iter().find(|(name, _)| begins(tail, name));
            found.extend(named.map(|(_, member)| *member));
        }
        before = Some('@');
        rest = tail;
    }
    found
}

/// What members are called, longest first.
fn names(members: &[Member]) -> Vec<(String, MemberId)> {
    let active: Vec<&Member> = members.iter().filter(|m| m.active).collect();
    let first = |m: &Member| m.name.split_whitespace().next().map(str::to_lowercase);
    let mut names = Vec::new();
    for member in &active {
        names.push((member.name.to_lowercase(), member.member));
        names.push((member.email.to_lowercase(), member.member));
        let short = first(member);
        let others = |other: &&&Member| other.member != member.member;
        if !active
            .iter()
            .filter(others)
            .any(|other| first(other) == short)
        {
            names.extend(short.map(|short| (short, member.member)));
        }
    }
    names.retain(|(name, _)| !name.is_empty());
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    names
}

/// True when the text begins with the name, and the name ends there.
fn begins(text: &str, name: &str) -> bool {
    let mut letters = text.chars();
    for wanted in name.chars() {
        let same = letters
            .next()
            .is_some_and(|c| c == wanted || c.to_lowercase().eq(std::iter::once(wanted)));
        if !same {
            return false;
        }
    }
    !letters.next().is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use kontor_protocol::{MemberId, Role};
    use rstest::rstest;
    use uuid::Uuid;

    use super::mentioned;
    use crate::Member;

    fn member(n: u128, name: &str, active: bool) -> Member {
        Member {
            member: MemberId(Uuid::from_u128(n)),
            name: name.to_owned(),
            email: format!("{n}@hrast.example"),
            role: Role::Member,
            active,
        }
    }

    #[rstest]
    #[case::full_name("@Ana Novak, poglej", &[1])]
    #[case::case("@ana novak", &[1])]
    #[case::first_name_of_one("prosim @Žiga!", &[3])]
    #[case::first_name_of_two("@Ana", &[])]
    #[case::address("(@2@hrast.example)", &[2])]
    #[case::address_in_text("piši na x@hrast.example", &[])]
    #[case::longer_word("@Žigana", &[])]
    #[case::two("@Ana Novak @Ana Kos", &[1, 2])]
    #[case::removed("@Bor", &[])]
    #[case::two_signs("@@Žiga", &[3])]
    #[case::nothing("@", &[])]
    fn members_are_named(#[case] text: &str, #[case] want: &[u128]) {
        let members = [
            member(1, "Ana Novak", true),
            member(2, "Ana Kos", true),
            member(3, "Žiga", true),
            member(4, "Bor", false),
        ];
        let named: Vec<u128> = mentioned(text, &members)
            .into_iter()
            .map(|m| m.0.as_u128())
            .collect();
        assert_eq!(named, want, "{text}");
    }
}
