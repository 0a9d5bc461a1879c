//! Facts in Slovenian and English, and what only looks like one.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn day(text: &str) -> Option<Date> {
    Some(text.parse().unwrap())
}

fn line(name: &str, amount_of: &str, unit: &str, price: &str) -> Line {
    Line {
        name: name.to_owned(),
        amount: amount(amount_of),
        unit: unit.to_owned(),
        price: amount(price),
        discount: Amount::ZERO,
    }
}

fn paper(number: &str, before: Vec<Sheet>, now: Option<Sheet>) -> Paper {
    Paper {
        id: number.to_owned(),
        number: number.to_owned(),
        keys: vec![kontor_store::number_key(number)],
        now,
        before,
        as_of: Millis(1),
    }
}

/// An order that was 1.120,00 and is 1.234,50 now, an open bill, an offer in pounds, and an order that is gone.
fn papers() -> Vec<Paper> {
    let order = Sheet {
        currency: "EUR".to_owned(),
        total: amount("1234.50"),
        paid: Amount::ZERO,
        date: day("2026-03-02"),
        due: day("2026-03-12"),
        lines: vec![
            line("Hrastova plošča 26 mm", "38", "m2", "24.9"),
            line("Spona 110°", "240", "kos", "3.8512"),
        ],
        payments: Vec::new(),
    };
    let before = Sheet {
        total: amount("1120"),
        due: day("2026-03-10"),
        lines: vec![
            line("Hrastova plošča 26 mm", "38", "m2", "24.9"),
            line("Spona 110°", "200", "kos", "3.6"),
        ],
        ..order.clone()
    };
    let bill = Sheet {
        currency: "EUR".to_owned(),
        total: amount("1749"),
        paid: amount("500"),
        date: day("2026-10-23"),
        due: day("2026-11-13"),
        lines: vec![line("Vodilo", "24", "par", "31.2")],
        payments: vec![(day("2026-11-02"), amount("500"))],
    };
    let offer = Sheet {
        currency: "GBP".to_owned(),
        total: amount("840.25"),
        date: day("2026-05-01"),
        ..Sheet::default()
    };
    vec![
        paper("2026-1184", vec![before], Some(order)),
        paper("RA-2026/0012", Vec::new(), Some(bill)),
        paper("PN-77", Vec::new(), Some(offer)),
        paper("2026-0900", vec![Sheet::default()], None),
    ]
}

fn said(value: &Said) -> String {
    match value {
        Said::Money(amount, currency) => format!("{amount} {currency}"),
        Said::Day(day) => day.to_string(),
        Said::Quantity(amount, unit) => format!("{amount} {unit}"),
        Said::Number(number) => number.clone(),
        Said::Gone => "gone".to_owned(),
    }
}

/// The facts of a text: `kind state text` with `= value` where there is one.
fn shown(text: &str) -> Vec<String> {
    let papers = papers();
    let known = Known {
        papers: &papers,
        topics: &[],
        sums: &[("EUR".to_owned(), amount("3972.80"))],
    };
    check(text, &known)
        .into_iter()
        .map(|fact| {
            let stands = text.get(fact.at).unwrap();
            let value = fact.value.map(|v| format!(" = {}", said(&v)));
            let (kind, state) = (fact.kind.as_str(), fact.state.as_str());
            format!("{kind} {state} {stands}{}", value.unwrap_or_default())
        })
        .collect()
}

#[rstest]
// Money, as it is written.
#[case("Znesek je 1.234,50 €.", "total matched 1.234,50 € = 1234.50 EUR")]
#[case("Znesek je 1.234,50€.", "total matched 1.234,50€ = 1234.50 EUR")]
#[case("The total is €1,234.50.", "total matched €1,234.50 = 1234.50 EUR")]
#[case(
    "The total is EUR 1,234.50.",
    "total matched EUR 1,234.50 = 1234.50 EUR"
)]
#[case("Skupaj 1 234,50 EUR", "total matched 1 234,50 EUR = 1234.50 EUR")]
#[case(
    "Skupaj 1\u{a0}234,50\u{a0}EUR",
    "total matched 1\u{a0}234,50\u{a0}EUR = 1234.50 EUR"
)]
#[case("Skupaj 1234,5 evrov", "total matched 1234,5 evrov = 1234.50 EUR")]
#[case("It comes to 1'234.50 EUR", "total matched 1'234.50 EUR = 1234.50 EUR")]
#[case("Račun je 1.749 €", "total matched 1.749 € = 1749.00 EUR")]
#[case("A bill of €1,749", "total matched €1,749 = 1749.00 EUR")]
#[case("Račun je 1749,- €", "total matched 1749,- € = 1749.00 EUR")]
#[case("Offer: £840.25", "total matched £840.25 = 840.25 GBP")]
#[case("Offer: 840.25 GBP", "total matched 840.25 GBP = 840.25 GBP")]
#[case("Še odprto: 1.249,00 €", "total matched 1.249,00 € = 1249.00 EUR")]
#[case("Prejeli smo 500 €", "total matched 500 € = 500.00 EUR")]
#[case(
    "Vse skupaj odprto 3.972,80 €",
    "total matched 3.972,80 € = 3972.80 EUR"
)]
#[case("Spona je po 3,85 €", "price matched 3,85 € = 3.8512 EUR")]
#[case("Hinges at €3.85 each", "price matched €3.85 = 3.8512 EUR")]
#[case("Cena 31,20 €/par", "price matched 31,20 € = 31.20 EUR")]
#[case("To bi bilo 99,90 €", "total unknown 99,90 €")]
#[case("That would be $1,234.50", "total unknown $1,234.50")]
#[case("Razlika 0,50 EUR", "total unknown 0,50 EUR")]
// Beside a document that says something else.
#[case(
    "Naročilo 2026-1184 znaša 1.120,00 €.",
    "number matched 2026-1184 = 2026-1184|total stale 1.120,00 € = 1234.50 EUR"
)]
#[case(
    "Order 2026-1184 comes to €1,120.00.",
    "number matched 2026-1184 = 2026-1184|total stale €1,120.00 = 1234.50 EUR"
)]
#[case(
    "Order 2026-1184 comes to €999.",
    "number matched 2026-1184 = 2026-1184|total stale €999 = 1234.50 EUR"
)]
#[case(
    "Znesek 1.234,50 € za 2026-1184",
    "total matched 1.234,50 € = 1234.50 EUR|number matched 2026-1184 = 2026-1184"
)]
#[case(
    "Na RA-2026/0012 je odprto 1.300 €",
    "number matched RA-2026/0012 = RA-2026/0012|total stale 1.300 € = 1249.00 EUR"
)]
#[case(
    "You paid €400 on RA-2026/0012",
    "total stale €400 = 500.00 EUR|number matched RA-2026/0012 = RA-2026/0012"
)]
#[case(
    "Znesek 1.120,00 € je bil prej.",
    "total stale 1.120,00 € = 1234.50 EUR"
)]
#[case(
    "Spona po 3,60 € (2026-1184)",
    "price stale 3,60 € = 3.8512 EUR|number matched 2026-1184 = 2026-1184"
)]
#[case(
    "2026-1184: dostava 15,00 €",
    "number matched 2026-1184 = 2026-1184|total unknown 15,00 €"
)]
// Numbers.
#[case("Glede RA 2026/0012:", "number matched RA 2026/0012 = RA-2026/0012")]
#[case("glede ra-2026-0012.", "number matched ra-2026-0012 = RA-2026/0012")]
#[case("naročilo 2026-1199", "number unknown 2026-1199")]
#[case("za 2026-1199", "number unknown 2026-1199")]
#[case("Račun št. 4512 ni plačan", "number unknown 4512")]
#[case("invoice #4512 is open", "number unknown 4512")]
#[case("Naročilo 2026-0900 je v delu", "number stale 2026-0900 = gone")]
// Days.
#[case("dobava 12. 3. 2026", "date matched 12. 3. 2026 = 2026-03-12")]
#[case("dobava 12.3.2026", "date matched 12.3.2026 = 2026-03-12")]
#[case("dobava 12.03.2026", "date matched 12.03.2026 = 2026-03-12")]
#[case("dobava 12.3.26", "date matched 12.3.26 = 2026-03-12")]
#[case("delivery 2026-03-12", "date matched 2026-03-12 = 2026-03-12")]
#[case("delivery 12/03/2026", "date matched 12/03/2026 = 2026-03-12")]
#[case("delivery 03/12/2026", "date matched 03/12/2026 = 2026-03-12")]
#[case("delivery 12-03-2026", "date matched 12-03-2026 = 2026-03-12")]
#[case("dobava 12. 3.", "date matched 12. 3. = 2026-03-12")]
#[case("dobavimo do 12.3.", "date matched 12.3. = 2026-03-12")]
#[case("dobava 12. marca", "date matched 12. marca = 2026-03-12")]
#[case("dobava 12. marca 2026.", "date matched 12. marca 2026 = 2026-03-12")]
#[case("delivery on March 12", "date matched March 12 = 2026-03-12")]
#[case(
    "delivery on March 12th, 2026",
    "date matched March 12th, 2026 = 2026-03-12"
)]
#[case("delivery on 12 March", "date matched 12 March = 2026-03-12")]
#[case("on the 12th of March", "date matched 12th of March = 2026-03-12")]
#[case("dobava 10. 3. 2026", "date stale 10. 3. 2026 = 2026-03-12")]
#[case(
    "2026-1184 dobavimo 20. 3. 2026",
    "number matched 2026-1184 = 2026-1184|date stale 20. 3. 2026 = 2026-03-12"
)]
#[case(
    "2026-1184 will ship on March 20",
    "number matched 2026-1184 = 2026-1184|date stale March 20 = 2026-03-12"
)]
#[case(
    "račun RA-2026/0012 z dne 1. 10. 2026",
    "number matched RA-2026/0012 = RA-2026/0012|date stale 1. 10. 2026 = 2026-10-23"
)]
#[case("Se vidimo 7. maja", "date unknown 7. maja")]
// Quantities.
#[case(
    "2026-1184: 240 kos",
    "number matched 2026-1184 = 2026-1184|quantity matched 240 kos = 240.00 kos"
)]
#[case(
    "2026-1184: 240 pcs",
    "number matched 2026-1184 = 2026-1184|quantity matched 240 pcs = 240.00 kos"
)]
#[case(
    "2026-1184: 38 m²",
    "number matched 2026-1184 = 2026-1184|quantity matched 38 m² = 38.00 m2"
)]
#[case("Vijakov 240 kos", "quantity unknown 240 kos")]
#[case("Spon 110° je 240 kos", "quantity matched 240 kos = 240.00 kos")]
#[case("Tečajev je 24 parov", "quantity unknown 24 parov")]
#[case("Vodilo, 24 parov", "quantity matched 24 parov = 24.00 par")]
#[case(
    "2026-1184: spone 200 kosov",
    "number matched 2026-1184 = 2026-1184|quantity stale 200 kosov = 240.00 kos"
)]
#[case(
    "2026-1184: spone 250 kosov",
    "number matched 2026-1184 = 2026-1184|quantity stale 250 kosov = 240.00 kos"
)]
#[case("Pošljite 5 pcs", "quantity unknown 5 pcs")]
fn facts_are_held_against_documents(#[case] text: &str, #[case] want: &str) {
    assert_eq!(shown(text).join("|"), want, "{text:?}");
}

#[rstest]
#[case::words("Hvala za sporočilo, lep pozdrav")]
#[case::telephone("Pokličite me na 041 555 012 ali +386 3 555 01 20.")]
#[case::telephone_named("Tel.: 555 0120, GSM 041/555-012")]
#[case::tax_number("ID za DDV: SI58214033, matična 5821403000")]
#[case::account("IBAN SI56 1910 0000 0123 438, sklic SI00 2026-1184")]
#[case::post_code("Obrtniška 14, 3000 Celje; SI-1000 Ljubljana")]
#[case::time("ob 9.30 ali 14:15, at 3 pm")]
#[case::percent("22 % DDV, 5,5% popusta, 3 percent")]
#[case::address("https://hrast.example/2026-03-12/1.234,50€ in info2026@kupec.example")]
#[case::measures("Plošča 26 mm x 2.1")]
#[case::counts("2 možnosti, 3 dni, 15 minut")]
#[case::year("v letu 2026 in od 2025 dalje, po 2025")]
#[case::season("sezona 2025-2026 in 2024/2025")]
#[case::version("različica 1.2.3 in 10.0.0.1")]
#[case::may("we may 5 times")]
#[case::list("1. prvo\n2. drugo")]
fn plain_prose_has_no_facts(#[case] text: &str) {
    let found = shown(text);
    let kept: Vec<_> = found.iter().filter(|f| !f.contains("mm")).collect();
    assert!(kept.is_empty(), "{text:?}: {kept:?}");
}

#[test]
fn what_the_subject_names_is_beside_everything() {
    let papers = papers();
    let known = |topics: &'static [usize]| Known {
        papers: &papers,
        topics,
        sums: &[],
    };
    let of = |topics| check("240 kos", &known(topics)).first().map(|f| f.state);
    assert_eq!(of(&[0]), Some(State::Matched));
    assert_eq!(of(&[]), Some(State::Unknown));
}

proptest! {
    #[test]
    fn any_text_is_looked_through(
        text in "\\PC{0,120}|([0-9]{1,4}[ .,/:-]|€|EUR |kos |marca |2026-1184 |RA-|\u{a0}|č|\n){0,40}"
    ) {
        let papers = papers();
        let known = Known { papers: &papers, topics: &[], sums: &[] };
        let mut end = 0;
        for fact in check(&text, &known) {
            prop_assert!(text.get(fact.at.clone()).is_some_and(|t| !t.is_empty()));
            prop_assert!(fact.at.start >= end, "facts do not overlap: {:?}", fact);
            prop_assert_eq!(fact.state == State::Unknown, fact.value.is_none());
            end = fact.at.end;
        }
    }
}
