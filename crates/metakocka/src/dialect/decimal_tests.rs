use proptest::prelude::*;
use rstest::rstest;

use super::{Decimal, Dot};

#[rstest]
#[case::dot("24.8", Some("24.8"))]
#[case::comma("7,3", Some("7.3"))]
#[case::comma_below_one("0,125", Some("0.125"))]
#[case::comma_cents("863,75", Some("863.75"))]
#[case::slovenian("1.895,01", Some("1895.01"))]
#[case::english("1,895.01", Some("1895.01"))]
#[case::one_dot_is_decimal("1.895", Some("1.895"))]
#[case::one_comma_is_decimal("1,895", Some("1.895"))]
#[case::millions("1.234.567", Some("1234567"))]
#[case::millions_and_cents("1.234.567,89", Some("1234567.89"))]
#[case::spaces("1 895,01", Some("1895.01"))]
#[case::hard_spaces("1\u{a0}895,01", Some("1895.01"))]
#[case::whole("12", Some("12"))]
#[case::zeros_at_the_end("12.5000", Some("12.5"))]
#[case::nothing_before(".5", Some("0.5"))]
#[case::nothing_after("12.", Some("12"))]
#[case::negative("-3,50", Some("-3.5"))]
#[case::negative_zero("-0", Some("0"))]
#[case::real_minus("\u{2212}3", Some("-3"))]
#[case::plus("+3", Some("3"))]
#[case::around("  8 ", Some("8"))]
#[case::six_places("8.196721", Some("8.196721"))]
#[case::more_than_kept("0.333333333333", Some("0.33333333"))]
#[case::half_is_rounded_away("0.000000005", Some("0.00000001"))]
#[case::exponent("1e3", Some("1000"))]
#[case::small_exponent("1.5e-7", Some("0.00000015"))]
#[case::letters("12a", None)]
#[case::currency("12 EUR", None)]
#[case::nothing("", None)]
#[case::only_a_sign("-", None)]
#[case::only_a_separator(",", None)]
#[case::no_thousands("1.2,3.4", None)]
#[case::wrong_groups("12.34,5", None)]
#[case::too_large("9999999999999999", None)]
#[case::far_too_large("1e30", None)]
#[case::absurd_exponent("1e999999999", None)]
#[case::endless(&"9".repeat(400), None)]
fn numbers_are_read_as_they_are_meant(#[case] text: &str, #[case] want: Option<&str>) {
    let got = Decimal::read(text, Dot::Decimal).map(|d| d.to_string());
    assert_eq!(got.as_deref(), want, "{text:?}");
}

#[rstest]
#[case::thousands_and_cents("1.895,01", Some("1895.01"))]
#[case::thousands("1.895", Some("1895"))]
#[case::millions("1.234.567", Some("1234567"))]
#[case::cents("863,75", Some("863.75"))]
#[case::no_thousands_can_stand_so("12.50", Some("12.5"))]
#[case::nor_so("1895.01", Some("1895.01"))]
#[case::whole("12", Some("12"))]
fn in_payments_a_dot_stands_between_thousands(#[case] text: &str, #[case] want: Option<&str>) {
    let got = Decimal::read(text, Dot::Thousands).map(|d| d.to_string());
    assert_eq!(got.as_deref(), want, "{text:?}");
}

#[rstest]
#[case("12.345", 2, Some(1235))]
#[case("-12.345", 2, Some(-1235))]
#[case("12.344999", 2, Some(1234))]
#[case("12.5", 4, Some(125_000))]
#[case("12.5", 0, Some(13))]
#[case("12.5", 9, None)]
fn units_are_rounded_away_from_zero(
    #[case] text: &str,
    #[case] places: u32,
    #[case] want: Option<i64>,
) {
    let decimal: Decimal = text.parse().expect("a number");
    assert_eq!(decimal.to_units(places), want);
}

#[test]
fn arithmetic_is_exact() {
    let read = |text: &str| text.parse::<Decimal>().expect("a number");
    let tenths = (0..10).try_fold(Decimal::ZERO, |sum, _| sum.checked_add(read("0.1")));
    assert_eq!(tenths, Some(read("1")), "ten tenths are one");
    assert_eq!(
        read("8.196721").checked_mul(read("1.22")),
        Some(read("9.99999962"))
    );
    assert_eq!(read("1").checked_sub(read("1.5")), Some(read("-0.5")));
    assert_eq!(
        read("999999999999999").checked_mul(read("999999999999999")),
        None,
        "too large is nothing, not something else"
    );
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(units in any::<i32>(), places in 0_u32..=8) {
        let decimal = Decimal::from_units(i64::from(units), places).expect("small enough");
        prop_assert_eq!(decimal.to_string().parse::<Decimal>(), Ok(decimal));
        prop_assert_eq!(decimal.to_units(places), Some(i64::from(units)));
    }

    #[test]
    fn a_comma_means_what_a_dot_means(units in any::<i32>()) {
        let decimal = Decimal::from_units(i64::from(units), 2).expect("small enough");
        let slovenian = decimal.to_string().replace('.', ",");
        prop_assert_eq!(slovenian.parse::<Decimal>(), Ok(decimal));
    }

    #[test]
    fn no_text_panics(text in any::<String>(), numeric in "[-+0-9eE., ]{0,60}") {
        for text in [text, numeric] {
            for dot in [Dot::Decimal, Dot::Thousands] {
                let _number = Decimal::read(&text, dot);
            }
        }
    }
}
