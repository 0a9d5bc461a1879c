//! Customers the ERP has twice: found, merged in our mapping, read as one, parted.

use kontor_crm::Standing;
use kontor_crm::template::Piece;
use kontor_crm::written::Language;
use kontor_protocol::{CustomerCard, CustomerContact};
use kontor_store::CustomerCardRow;
use rstest::rstest;

use super::page::DocumentsAsked;
use super::template::{TemplateFor, TemplateForm};
use super::tests::Desk;
use crate::error::Code;

/// Two that are one, 1 and 2, and somebody else; a mail from each, and one from an address both have.
async fn twice() -> Desk {
    let desk = Desk::new().await;
    desk.customers(&[
        "1 bor@kupec.example info@kupec.example",
        "2 bor@kupec-trgovina.example info@kupec.example",
        "3 cene@drugi.example",
    ])
    .await;
    desk.documents(&[
        "order 2026-7 1 2026-11-02 - 120 0",
        "invoice RA-1 1 2026-11-03 2026-12-12 100 40",
        "order 2026-9 2 2026-11-09 2026-11-22 50 0",
        "invoice RA-2 2 2026-10-01 2026-10-10 30 10",
        "offer 2026-3 3 2026-11-08 - 1 0",
    ])
    .await;
    desk.write(|w| {
        for (id, number, email) in [
            ("1", "K-1", "bor@kupec.example"),
            ("2", "K-2", "bor@kupec-trgovina.example"),
        ] {
            let card = CustomerCard {
                number: number.to_owned(),
                name: format!("Kupec {id}"),
                tax_number: if id == "2" { "SI12345678" } else { "" }.to_owned(),
                contacts: vec![CustomerContact {
                    name: "Bor".to_owned(),
                    email: email.to_owned(),
                    phone: String::new(),
                }],
                ..CustomerCard::default()
            };
            let row = CustomerCardRow {
                seen_at: kontor_model::Millis(1),
                card: serde_json::to_string(&card).unwrap(),
            };
            w.put_customer_card(id, &row)?;
        }
        w.put_customer_clues("1", "SI 8765 4321", "1000 Ljubljana")?;
        w.put_customer_clues("3", "87654321", "2000 Maribor")
    })
    .await;
    desk.from(1, "Bor <bor@kupec.example>").await;
    desk.from(2, "Bor <bor@kupec-trgovina.example>").await;
    desk.from(3, "info@kupec.example").await;
    desk
}

impl Desk {
    async fn found(&self, query: &str) -> String {
        let found = self.engine.search(query, None, 50, false).await.unwrap();
        let mut subjects: Vec<&str> = found
            .page
            .hits
            .iter()
            .map(|hit| hit.row.subject.as_str())
            .collect();
        subjects.sort_unstable();
        subjects.join(", ")
    }

    async fn numbers(&self, customer: &str) -> String {
        let asked = DocumentsAsked::default();
        let (mut after, mut numbers) = (None, Vec::new());
        loop {
            let page = self
                .engine
                .document_page(customer, asked.clone(), after, 1)
                .await
                .unwrap();
            numbers.extend(page.documents.into_iter().map(|d| d.number));
            after = page.next;
            if after.is_none() {
                return numbers.join(" ");
            }
        }
    }
}

#[tokio::test]
async fn merged_customers_are_one_everywhere() {
    let desk = twice().await;
    assert_eq!(desk.found("customer:1").await, "Zadeva 1");
    assert_eq!(desk.found("status:overdue").await, "Zadeva 2");
    desk.engine.merge_customers("1", "2").await.unwrap();

    for id in ["1", "2"] {
        let view = desk.engine.dossier(id).await.unwrap();
        let customer = view.customer.unwrap();
        assert_eq!(
            (customer.id.as_str(), customer.name.as_str()),
            ("1", "Kupec 1")
        );
        assert_eq!(customer.status, Standing::Overdue, "of either");
        assert_eq!(
            customer.tax_number, "SI12345678",
            "what one lacks the other tells"
        );
        let totals = &customer.totals[0];
        assert_eq!(
            (totals.total, totals.open, totals.overdue),
            (130.0, 80.0, 20.0)
        );
        assert_eq!(customer.counts.orders, 2);
        assert_eq!(customer.last_order.unwrap().number, "2026-9");
        assert_eq!(
            customer.products[0].amount, 8.0,
            "two of each paper of both"
        );
        let contacts: Vec<&str> = customer.contacts.iter().map(|c| c.email.as_str()).collect();
        assert_eq!(
            contacts,
            ["bor@kupec.example", "bor@kupec-trgovina.example"]
        );
        let partners: Vec<String> = customer
            .partners
            .iter()
            .map(|p| format!("{} {} {}", p.id, p.number, p.documents))
            .collect();
        assert_eq!(
            partners,
            ["1 K-1 2", "2 K-2 2"],
            "the page says whom it comes from"
        );
        assert_eq!(desk.numbers(id).await, "2026-9 RA-1 2026-7 RA-2");
    }
    let charts = desk.engine.customer_charts("2").await.unwrap();
    assert_eq!(charts.products[0].amount, 8.0);
    let table = desk
        .engine
        .documents_table("2", DocumentsAsked::default(), super::TableWords::English)
        .await
        .unwrap();
    assert_eq!(table.lines().count(), 5, "{table}");

    for query in ["customer:1", "customer:2", "status:overdue", "overdue:7"] {
        assert_eq!(
            desk.found(query).await,
            "Zadeva 1, Zadeva 2, Zadeva 3",
            "{query}"
        );
    }
    let asked = [
        "bor@kupec.example",
        "info@kupec.example",
        "bor@kupec-trgovina.example",
    ];
    let badges = desk.engine.badges(asked.map(str::to_owned).to_vec()).await;
    for badge in badges.unwrap().known {
        let shown = (
            badge.customer.as_str(),
            badge.overdue_days,
            badge.ships_today,
        );
        assert_eq!(shown, ("1", Some(43), true), "{}", badge.address);
    }
}

#[tokio::test]
async fn an_address_both_have_is_theirs_once_they_are_one() {
    let desk = twice().await;
    let info = ["info@kupec.example".to_owned()];
    assert!(
        desk.engine
            .badges(info.to_vec())
            .await
            .unwrap()
            .known
            .is_empty()
    );
    desk.engine.merge_customers("2", "1").await.unwrap();
    let badges = desk.engine.badges(info.to_vec()).await.unwrap();
    assert_eq!(badges.known[0].customer, "2");
    assert_eq!(
        desk.engine
            .find_customer("info@kupec.example")
            .await
            .unwrap(),
        "2"
    );
}

#[tokio::test]
async fn a_template_adds_up_what_both_owe() {
    let desk = twice().await;
    desk.engine.merge_customers("1", "2").await.unwrap();
    let form = TemplateForm {
        id: None,
        name: "Opomin".to_owned(),
        language: Language::English,
        subject: String::new(),
        text: "{{invoice.open.total}} {{order.last.number}}".to_owned(),
    };
    desk.engine.save_template(form).await.unwrap();
    let people = vec![kontor_model::Address::new("", "bor@kupec-trgovina.example")];
    let account = desk.engine.accounts().await.unwrap()[0].account.id;
    let filled = desk
        .engine
        .render_template("Opomin", TemplateFor::People(people, account))
        .await
        .unwrap();
    let values: Vec<&str> = filled
        .text
        .iter()
        .filter_map(|piece| match piece {
            Piece::Value { value, .. } => Some(value.as_str()),
            Piece::Text(_) | Piece::Missing { .. } => None,
        })
        .collect();
    assert_eq!(values, ["€80.00", "2026-9"]);
}

#[tokio::test]
async fn a_merge_is_taken_back_and_so_is_a_parting() {
    let desk = twice().await;
    let before = desk.engine.merge_customers("1", "2").await.unwrap();
    assert_eq!(before, [("2".to_owned(), None)], "only what is said anew");
    desk.engine.say_same(before).await.unwrap();
    assert_eq!(desk.numbers("1").await, "RA-1 2026-7");
    desk.engine.merge_customers("1", "2").await.unwrap();
    let before = desk.engine.part_customer("1").await.unwrap();
    assert_eq!(desk.numbers("2").await, "2026-9 RA-2");
    assert_eq!(desk.found("customer:1").await, "Zadeva 1");
    desk.engine.say_same(before).await.unwrap();
    assert_eq!(desk.numbers("2").await, "2026-9 RA-1 2026-7 RA-2");
    assert_eq!(
        desk.engine.part_customer("3").await.unwrap(),
        [],
        "one of its own"
    );
}

#[rstest]
#[case::itself("1", "1", Code::Usage)]
#[case::nobody("1", "77", Code::UnknownCustomer)]
#[tokio::test]
async fn what_cannot_be_merged_is_said(
    #[case] main: &str,
    #[case] other: &str,
    #[case] want: Code,
) {
    let desk = twice().await;
    let refused = desk.engine.merge_customers(main, other).await.unwrap_err();
    assert_eq!(refused.code, want, "{refused}");
}

#[tokio::test]
async fn likely_ones_are_shown_with_every_reason_until_they_are_merged() {
    let desk = twice().await;
    let all = desk.engine.duplicates().await.unwrap();
    let told: Vec<String> = all
        .iter()
        .map(|pair| {
            format!(
                "{} {} {}",
                pair.one.id,
                pair.other.id,
                pair.reasons.join(",")
            )
        })
        .collect();
    assert_eq!(told, ["1 3 tax_number", "1 2 address"]);
    let shown = |view: super::DossierView| {
        let customer = view.customer.unwrap();
        let views = customer.duplicates.into_iter();
        views
            .map(|d| format!("{} {}", d.partner.id, d.reasons.join(",")))
            .collect::<Vec<_>>()
    };
    let of = desk.engine.dossier("1").await.unwrap();
    assert_eq!(shown(of), ["3 tax_number", "2 address"]);
    desk.engine.merge_customers("2", "1").await.unwrap();
    let of = desk.engine.dossier("1").await.unwrap();
    assert_eq!(
        shown(of),
        ["3 tax_number"],
        "the rest of the family is looked at"
    );
    assert_eq!(desk.engine.duplicates().await.unwrap().len(), 1);
    let of = desk.engine.dossier("3").await.unwrap();
    assert_eq!(
        shown(of),
        ["2 tax_number"],
        "who stands for the other is named"
    );
}

#[tokio::test]
async fn an_address_of_several_customers_names_them_all() {
    let desk = twice().await;
    let (_, thread) = desk.from(9, "info@kupec.example").await;
    let several = |view: super::DossierView| {
        let all: Vec<String> = view.several.into_iter().map(|s| s.customer).collect();
        (
            view.customer.map(|c| c.id).unwrap_or_default(),
            all.join(" "),
        )
    };
    let view = desk.engine.dossier_of_thread(thread).await.unwrap();
    assert_eq!(several(view), (String::new(), "1 2".to_owned()));
    desk.engine.link("info@kupec.example", "3").await.unwrap();
    let view = desk.engine.dossier_of_thread(thread).await.unwrap();
    assert_eq!(several(view), ("3".to_owned(), "3 1 2".to_owned()));
    desk.engine.link("info@kupec.example", "2").await.unwrap();
    desk.engine.merge_customers("1", "2").await.unwrap();
    let view = desk.engine.dossier_of_thread(thread).await.unwrap();
    assert_eq!(
        several(view),
        ("1".to_owned(), String::new()),
        "they are one now"
    );
}

#[tokio::test]
async fn a_number_of_either_is_the_customers() {
    let desk = twice().await;
    desk.engine.merge_customers("1", "2").await.unwrap();
    let head = "From: bor@kupec.example\r\nTo: maja@hrast.example\r\nSubject: PO 4711";
    let (mail, _) = desk.mail(8, head, super::tests::PLAIN).await;
    let refs = desk.engine.doc_refs(mail).await.unwrap();
    let mut numbers: Vec<&str> = refs.iter().map(|r| r.document.number.as_str()).collect();
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        ["2026-7", "2026-9", "RA-1", "RA-2"],
        "their own number of either"
    );
}

async fn suggested(desk: &Desk, id: &str) -> Vec<String> {
    let customer = desk.engine.dossier(id).await.unwrap().customer.unwrap();
    let views = customer.duplicates.into_iter();
    views
        .map(|d| format!("{} {}", d.partner.id, d.reasons.join(",")))
        .collect()
}

async fn dismissed(desk: &Desk) -> Vec<String> {
    let all = desk.engine.duplicates().await.unwrap().into_iter();
    all.filter(|pair| pair.dismissed)
        .map(|pair| format!("{} {}", pair.one.id, pair.other.id))
        .collect()
}

#[tokio::test]
async fn a_suggestion_that_was_waved_away_comes_back_with_another_reason_or_by_hand() {
    let desk = twice().await;
    // From the larger one: it is said of both.
    let before = desk.engine.dismiss_duplicate("2", "1").await.unwrap();
    assert_eq!(before, [("1".to_owned(), "2".to_owned(), None)]);
    assert_eq!(suggested(&desk, "1").await, ["3 tax_number"]);
    assert_eq!(suggested(&desk, "2").await, Vec::<String>::new());
    assert_eq!(dismissed(&desk).await, ["1 2"]);

    desk.write(|w| w.put_customer_clues("2", "87654321", "3000 Celje"))
        .await;
    assert_eq!(
        suggested(&desk, "1").await,
        ["2 tax_number,address", "3 tax_number"],
        "that was not known then"
    );
    let again = desk.engine.dismiss_duplicate("1", "2").await.unwrap();
    assert_eq!(
        again[0].2.as_deref(),
        Some("address"),
        "what was said before"
    );
    assert_eq!(suggested(&desk, "1").await, ["3 tax_number"]);
    desk.engine.say_apart(again).await.unwrap();
    assert_eq!(suggested(&desk, "1").await.len(), 2, "taken back exactly");
    desk.engine.dismiss_duplicate("1", "2").await.unwrap();
    desk.engine.suggest_again("2", "1").await.unwrap();
    assert_eq!(suggested(&desk, "1").await.len(), 2);
    assert_eq!(dismissed(&desk).await, Vec::<String>::new());
}

#[tokio::test]
async fn of_merged_ones_it_is_said_of_each_that_looks_alike() {
    let desk = twice().await;
    desk.engine.merge_customers("2", "1").await.unwrap();
    assert_eq!(suggested(&desk, "3").await, ["2 tax_number"]);
    desk.engine.dismiss_duplicate("3", "2").await.unwrap();
    assert_eq!(suggested(&desk, "3").await, Vec::<String>::new());
    desk.engine.part_customer("1").await.unwrap();
    assert_eq!(suggested(&desk, "1").await, ["2 address"], "3 is not 1");
    for (one, other) in [("1", "1"), ("1", "77"), ("2", "3")] {
        let refused = desk.engine.dismiss_duplicate(one, other).await;
        assert_eq!(refused.unwrap_err().code, Code::Usage, "{one} {other}");
    }
}
