//! Customers the ERP likely has twice, and why.

use kontor_store::{CustomerRow, Likeness};
use rstest::rstest;

use crate::support::Profile;

/// A customer: `ID NAME TAX PLACE ADDRESS…`, `-` for none, `_` for a space.
fn profile(lines: &'static [&'static str]) -> Profile {
    let p = Profile::new();
    p.write(move |w| {
        for line in lines {
            let mut words = line.split(' ').map(|word| match word {
                "-" => String::new(),
                word => word.replace('_', " "),
            });
            let mut next = || words.next().unwrap();
            let row = CustomerRow {
                id: next(),
                version: 1,
                name: next(),
                gone: false,
            };
            let (tax, place) = (next(), next());
            w.put_customer(&row, &words.collect::<Vec<_>>())?;
            w.put_customer_clues(&row.id, &tax, &place)?;
        }
        Ok(())
    });
    p
}

fn like(p: &Profile, id: &str) -> Vec<String> {
    let found = p.store.read(|r| r.likely_same(id, 9)).unwrap();
    let told = found
        .into_iter()
        .map(|(row, whys)| format!("{} {whys:?}", row.id));
    told.collect()
}

#[rstest]
#[case::tax_number(&["1 Hrast SI12345678 -", "2 Bukev 12345678 -"], &["2 [TaxNumber]"])]
#[case::of_nobody(&["1 Hrast 99999999 -", "2 Bukev 99999999 -"], &[])]
#[case::name_and_post_code(&["1 HRAST_D.O.O. - 1000_Ljubljana", "2 hrast,_d.o.o. - 1000_Lj."], &["2 [NameAndPlace]"])]
#[case::name_in_another_town(&["1 Hrast - 1000_Ljubljana", "2 Hrast - 2000_Maribor"], &[])]
#[case::name_of_nowhere(&["1 Hrast - -", "2 Hrast - -"], &[])]
#[case::address(&["1 Hrast - - a@b.si", "2 Bukev - - a@b.si"], &["2 [Address]"])]
#[case::an_address_of_many(
    &["1 A - - a@b.si", "2 B - - a@b.si", "3 C - - a@b.si", "4 D - - a@b.si", "5 E - - a@b.si", "6 F - - a@b.si"],
    &[]
)]
#[case::every_reason_the_strongest_first(
    &["1 Hrast 12345678 1000_L a@b.si", "2 Hrast 12345678 1000_L a@b.si", "3 Bor - - a@b.si"],
    &["2 [TaxNumber, NameAndPlace, Address]", "3 [Address]"]
)]
fn customers_are_likely_one(#[case] lines: &'static [&'static str], #[case] want: &[&str]) {
    let p = profile(lines);
    assert_eq!(like(&p, "1"), want);
    let pairs = p.store.read(|r| r.all_likely_same(99)).unwrap();
    let of_one = pairs.iter().filter(|(a, _, _)| a == "1").count();
    let reasons: usize = want.iter().map(|line| line.split(", ").count()).sum();
    assert_eq!(
        of_one, reasons,
        "the whole directory says the same: {pairs:?}"
    );
}

#[test]
fn a_name_that_changes_takes_its_likeness_along() {
    let p = profile(&["1 Hrast - 1000_L", "2 Hrast - 1000_L"]);
    p.write(|w| w.put_customer_clues("2", "", "2000 Maribor"));
    assert_eq!(like(&p, "1"), Vec::<String>::new());
    assert_eq!(
        p.store.read(|r| r.all_likely_same(9)).unwrap(),
        Vec::<(String, String, Likeness)>::new()
    );
}

#[test]
fn where_one_of_two_is_followed_the_other_is() {
    let p = profile(&["1 Hrast - -", "2 Hrast - -"]);
    p.write(|w| w.follow_same("2", Some("1")));
    let count = || p.store.read(|r| r.followed_count()).unwrap();
    assert_eq!(count(), 0, "neither was");
    p.write(|w| w.follow("1").map(drop));
    p.write(|w| w.follow_same("2", Some("1")));
    assert_eq!(count(), 2);
}
