use rstest::rstest;
use serde_json::{Map, Value, json};

use super::{Outcome, Traced, compared, holds, same_tax, trace_in};
use crate::document::Payment;
use crate::draft::{PaymentMode, Trace, Transaction};
use crate::id::{DocType, MkId};

fn trace(text: &str) -> Trace {
    Trace::new(text).expect("a trace")
}

#[rstest]
#[case::new_value(json!([{ "operation_type": "CUSTOM", "value_new": "kontor:17" }]), Traced::Ours)]
#[case::bare_object(json!({ "operation_type": "CUSTOM", "value_new": "kontor:17" }), Traced::Ours)]
#[case::within_words(json!([{ "notes": "API: kontor:17 (Ana)" }]), Traced::Ours)]
#[case::another(json!([{ "value_new": "kontor:171" }]), Traced::Another)]
#[case::both(json!([{ "value_new": "kontor:171" }, { "value_new": "kontor:17" }]), Traced::Ours)]
#[case::not_traced(json!([{ "operation_type": "NEW" }]), Traced::Unknown)]
#[case::no_log(json!(""), Traced::Unknown)]
fn a_trace_is_found_wherever_the_log_has_it(#[case] log: Value, #[case] want: Traced) {
    let answer = Map::from_iter([("document_info".to_owned(), log)]);
    assert_eq!(trace_in(&answer, &trace("kontor:17")), want);
}

#[test]
fn a_trace_stands_by_itself() {
    assert!(holds("x kontor:17, y", "kontor:17"));
    assert!(!holds("kontor:17-2", "kontor:17"));
}

#[rstest]
#[case("SI12345678", "12345678", true)]
#[case("SI 12345678", "SI12345678", true)]
#[case("si12345678", "SI12345678", true)]
#[case("HR12345678", "SI12345678", false)]
#[case("12345678", "12345679", false)]
#[case("SI12345678", "", false)]
fn tax_numbers_are_one_with_and_without_the_country(
    #[case] one: &str,
    #[case] other: &str,
    #[case] want: bool,
) {
    assert_eq!(same_tax(one, other), want);
    assert_eq!(same_tax(other, one), want);
}

#[test]
fn a_payment_is_there_when_there_is_one_more_of_it() {
    let day = |text: &str| text.parse().expect("a day");
    let sum = |text: &str| text.parse().expect("a number");
    let ours = Transaction {
        doc_type: DocType::SalesBillDomestic,
        document: MkId::new("5"),
        mode: PaymentMode::Payment,
        payment_type: "TRR".to_owned(),
        date: day("2026-09-06"),
        amount: sum("1000"),
        cash_register: None,
        notes: None,
    };
    let paid = |date: &str, amount: &str| Payment {
        date: Some(day(date)),
        amount: Some(sum(amount)),
        ..Payment::default()
    };
    let before = [paid("2026-09-06", "1000"), paid("2026-09-06", "20")];
    let same = before.to_vec();
    assert_eq!(compared(&ours, &before, same), Outcome::NotWritten);
    let more = [before.to_vec(), vec![paid("2026-09-06", "1000")]].concat();
    assert_eq!(
        compared(&ours, &before, more),
        Outcome::Written(paid("2026-09-06", "1000"))
    );
    let others = [before.to_vec(), vec![paid("2026-09-07", "1000")]].concat();
    assert_eq!(
        compared(&ours, &before, others),
        Outcome::NotWritten,
        "another day is another payment"
    );
    assert!(matches!(
        compared(&ours, &before, Vec::new()),
        Outcome::CannotTell(_)
    ));
}
