use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn one(word: &str) -> Words {
    Words {
        words: vec![word.to_owned()],
        prefix: false,
    }
}

fn group(words: &[&str], prefix: bool) -> Words {
    Words {
        words: words.iter().map(|w| (*w).to_owned()).collect(),
        prefix,
    }
}

const DAY: i64 = 86_400_000;

#[rstest]
#[case::words("Račun  oprema", vec![Term::Text(one("račun")), Term::Text(one("oprema"))])]
#[case::number_splits("PN-2026", vec![Term::Text(one("pn")), Term::Text(one("2026"))])]
#[case::prefix("ponu*", vec![Term::Text(group(&["ponu"], true))])]
#[case::phrase("\"hrastove plošče\"", vec![Term::Text(group(&["hrastove", "plošče"], false))])]
#[case::open_phrase("\"hrastove plo", vec![Term::Text(group(&["hrastove", "plo"], false))])]
#[case::everything("*", vec![])]
#[case::empty("   ", vec![])]
#[case::from_word("from:Ana", vec![Term::From(one("ana"))])]
#[case::from_phrase("from:\"Ana Zupan\"", vec![Term::From(group(&["ana", "zupan"], false))])]
#[case::from_address("from:Ana@Hrast.example", vec![Term::FromAddress("ana@hrast.example".into())])]
#[case::to_slovenian("za:nina", vec![Term::To(one("nina"))])]
#[case::folder("in:Naročila", vec![Term::In("naročila".into())])]
#[case::folder_quoted("in:\"Stara pošta\"", vec![Term::In("stara pošta".into())])]
#[case::states("is:unread has:attachment je:prebrano", vec![Term::Unread, Term::HasAttachment, Term::Read])]
#[case::dates("after:1970-01-02 before:1970-01-03", vec![Term::After(Millis(DAY)), Term::Before(Millis(2 * DAY))])]
#[case::not_unread("-is:unread", vec![Term::Not(vec![Term::Unread])])]
#[case::not_from_both("-from:ana-zupan", vec![Term::Not(vec![Term::From(one("ana")), Term::From(one("zupan"))])])]
#[case::a_minus_before_a_word("x -oprema", vec![Term::Text(one("x")), Term::Text(one("oprema"))])]
#[case::a_minus_before_no_operator("-http:x", vec![Term::Text(one("http")), Term::Text(one("x"))])]
#[case::unknown_operator("http://x.si", vec![Term::Text(one("http")), Term::Text(one("x")), Term::Text(one("si"))])]
#[case::time_is_no_operator("12:30", vec![Term::Text(one("12")), Term::Text(one("30"))])]
fn understands(#[case] text: &str, #[case] terms: Vec<Term>) {
    let parsed = parse(text);
    assert_eq!(parsed.query.terms, terms, "of {text:?}");
    assert_eq!(
        parsed.problems,
        Vec::<String>::new(),
        "nothing strange in {text:?}"
    );
}

fn number(number: &str, begins: bool) -> OfFacts {
    OfFacts::Document {
        number: number.into(),
        begins,
    }
}

#[rstest]
#[case::customer("customer:Kovač", OfFacts::Customer("Kovač".into()))]
#[case::customer_quoted("stranka:\"Mizarstvo Kovač\"", OfFacts::Customer("Mizarstvo Kovač".into()))]
#[case::document("doc:PN-2026/0418", number("PN-2026/0418", false))]
#[case::document_begun("Dokument:PN-2026*", number("PN-2026", true))]
#[case::status("status:overdue", OfFacts::Status(AskedStatus::Overdue))]
#[case::status_slovenian("stanje:Speča", OfFacts::Status(AskedStatus::Sleeping))]
#[case::late("overdue:30", OfFacts::Overdue(30))]
#[case::late_with_a_sign("zapadlo:>30", OfFacts::Overdue(30))]
#[case::first("first:contact", OfFacts::FirstContact)]
#[case::first_slovenian("Prvi:Stik", OfFacts::FirstContact)]
#[case::not_first("-prvi:stik", OfFacts::FirstContact.not())]
#[case::not_late("-overdue:30", OfFacts::Overdue(30).not())]
fn what_is_known_of_customers_is_asked_for(#[case] text: &str, #[case] want: OfFacts) {
    for parsed in [
        parse(&format!("{text} rest")),
        parse_typing(&format!("{text} rest ")),
    ] {
        assert_eq!(parsed.facts, vec![want.clone()], "{text:?}");
        assert_eq!(parsed.query.terms, vec![Term::Text(one("rest"))]);
        assert_eq!(parsed.operators, vec![text.to_owned()]);
        assert_eq!(parsed.problems, Vec::<String>::new());
    }
}

#[rstest]
#[case::document("račun doc:2026-11", vec![number("2026-11", false)])]
#[case::document_of_three("račun doc:2026-118", vec![number("2026-118", true)])]
#[case::a_customer_is_a_beginning_anyway("customer:kov", vec![OfFacts::Customer("kov".into())])]
#[case::a_status_begun("status:over", vec![])]
#[case::days_to_come("overdue:", vec![])]
#[case::days_to_come_behind_a_sign("overdue:>", vec![])]
#[case::nobody_yet("customer:", vec![])]
#[case::first_begun("first:con", vec![])]
#[case::first_begun_behind_a_minus("-prvi:st", vec![])]
fn what_is_typed_of_customers_is_not_complained_of(#[case] text: &str, #[case] want: Vec<OfFacts>) {
    let parsed = parse_typing(text);
    assert_eq!(parsed.facts, want, "{text:?}");
    assert_eq!(parsed.problems, Vec::<String>::new());
}

#[rstest]
#[case("before:yesterday", "before:2026-11-20")]
#[case("after:2026-13-40", "after:2026-11-20")]
#[case("has:wings", "has:attachment")]
#[case("is:blue", "unread")]
#[case("in:", "folder")]
#[case("customer:", "name")]
#[case("doc:--", "2026-1187")]
#[case("status:rich", "sleeping")]
#[case("overdue:long", "overdue:30")]
#[case("overdue:99999", "overdue:30")]
#[case("first:aid", "first:contact")]
fn says_what_it_wants(#[case] text: &str, #[case] hint: &str) {
    let parsed = parse(&format!("{text} rest"));
    assert_eq!(
        parsed.query.terms,
        vec![Term::Text(one("rest"))],
        "the rest is still searched"
    );
    assert!(
        parsed.problems.len() == 1 && parsed.problems[0].contains(hint),
        "{:?} names {hint}",
        parsed.problems
    );
}

#[rstest]
#[case::finished("ana ", vec![Term::Text(one("ana"))])]
#[case::third_letter("ana pon", vec![Term::Text(one("ana")), Term::Text(group(&["pon"], true))])]
#[case::one_letter("ana p", vec![Term::Text(one("ana")), Term::Text(one("p"))])]
#[case::two_letters("po", vec![Term::Text(one("po"))])]
#[case::digits("ana 418", vec![Term::Text(one("ana")), Term::Text(group(&["418"], true))])]
#[case::a_decomposed_letter_is_one("bac\u{30c}", vec![Term::Text(group(&["bac\u{30c}"], true))])]
#[case::and_two_are_two("ac\u{30c}", vec![Term::Text(one("ac\u{30c}"))])]
#[case::after_a_dash("pn-20", vec![Term::Text(one("pn")), Term::Text(one("20"))])]
#[case::of_an_operator("from:ana", vec![Term::From(group(&["ana"], true))])]
#[case::short_of_an_operator("from:an", vec![Term::From(one("an"))])]
#[case::a_whole_address("from:ana@x.example", vec![Term::FromAddress("ana@x.example".into())])]
#[case::a_state("račun is:unread", vec![Term::Text(one("račun")), Term::Unread])]
#[case::a_folder("in:inbox", vec![Term::In("inbox".into())])]
#[case::a_day("before:1970-01-02", vec![Term::Before(Millis(DAY))])]
#[case::a_state_begun("račun is:unr", vec![Term::Text(one("račun"))])]
#[case::an_operator_begun("račun has:", vec![Term::Text(one("račun"))])]
#[case::a_day_begun("račun after:2026-1", vec![Term::Text(one("račun"))])]
#[case::an_open_phrase("\"hrastove plo", vec![Term::Text(group(&["hrastove", "plo"], true))])]
fn the_word_being_typed_is_a_prefix_from_its_third_letter(
    #[case] text: &str,
    #[case] terms: Vec<Term>,
) {
    let parsed = parse_typing(text);
    assert_eq!(parsed.query.terms, terms, "{text:?}");
    assert_eq!(
        parsed.problems,
        Vec::<String>::new(),
        "no complaint while typing {text:?}"
    );
}

#[rstest]
#[case("is:wrong")]
#[case("has:wings")]
#[case("before:tomorrow")]
#[case("is:unr ")]
fn what_cannot_become_right_is_named_at_once(#[case] text: &str) {
    assert_eq!(parse_typing(text).problems.len(), 1, "{text:?}");
}

#[test]
fn operators_are_listed_as_typed() {
    assert_eq!(
        parse("Od:ana is:unread x").operators,
        ["Od:ana", "is:unread"]
    );
}

proptest! {
    #[test]
    fn never_panics(text in "\\PC*") {
        let parsed = parse(&text);
        prop_assert!(parsed.query.terms.len() <= text.len().saturating_add(1));
        prop_assert!(parse_typing(&text).problems.len() <= text.len());
    }
}
