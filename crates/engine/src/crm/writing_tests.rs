//! Facts, templates and what changed, of a mail that is being written.

use kontor_crm::written::Language;
use kontor_model::Address;
use rstest::rstest;

use super::check::Writing;
use super::guard::ChangedPart;
use super::template::{TemplateFor, TemplateForm};
use super::tests::{Desk, document};
use crate::composing::{DraftForm, Mode};
use crate::error::Code;

const BOR: &str = "bor@kupec.example";

async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.customers(&["1 bor@kupec.example", "2 cene@drugi.example"])
        .await;
    desk.documents(&[
        "order 2026-1184 1 2026-11-02 2026-12-04 120 0",
        "invoice RA-2026/0012 1 2026-11-03 2026-11-12 20 5",
        "order 2026-1190 2 2026-11-05 - 5 0",
    ])
    .await;
    desk
}

async fn facts(desk: &Desk, to: &str, subject: &str, text: &str) -> String {
    let writing = Writing {
        people: vec![Address::new("", to)],
        subject: subject.to_owned(),
        text: text.to_owned(),
    };
    let found = desk.engine.check_writing(writing).await.unwrap();
    let shown = found.into_iter().map(|f| {
        let value = f.value.unwrap_or_default();
        let document = f.document.unwrap_or_default();
        format!("{} {} {} {value} {document}", f.at, f.text, f.state)
    });
    shown.collect::<Vec<_>>().join("|")
}

#[rstest]
#[case::of_the_customer(BOR, "", "Znesek 120,00 €", "7 120,00 € matched 120.00 EUR 2026-1184")]
#[case::of_nobody("kdo@drugje.example", "", "Znesek 120,00 €", "7 120,00 € unknown  ")]
#[case::of_another("cene@drugi.example", "", "Znesek 120,00 €", "7 120,00 € unknown  ")]
#[case::named_in_the_subject(
    "kdo@drugje.example",
    "Re: 2026-1184",
    "Znesek 120,00 €",
    "7 120,00 € matched 120.00 EUR 2026-1184"
)]
#[case::behind_wide_letters(BOR, "", "😀 20 €", "3 20 € matched 20.00 EUR RA-2026/0012")]
#[case::what_is_owed(BOR, "", "odprto 15 €", "7 15 € matched 15.00 EUR RA-2026/0012")]
#[case::quoted(BOR, "", "Velja.\n\nBor wrote:\n> Znesek 120,00 €\n", "")]
#[case::signature(BOR, "", "Velja.\n\n-- \nMaja, 20 €\n", "")]
#[tokio::test]
async fn facts_of_a_draft_are_held_against_its_customers(
    #[case] to: &str,
    #[case] subject: &str,
    #[case] text: &str,
    #[case] want: &str,
) {
    let desk = desk().await;
    assert_eq!(facts(&desk, to, subject, text).await, want, "{text}");
}

#[tokio::test]
async fn what_was_true_before_is_stale_and_says_both() {
    let desk = desk().await;
    desk.documents(&["order 2026-1184 1 2026-11-02 2026-12-04 150 0"])
        .await;
    let text = "Order 2026-1184 comes to €120.00.";
    let found = facts(&desk, BOR, "", text).await;
    let want = "6 2026-1184 matched 2026-1184 2026-1184|25 €120.00 stale 150.00 EUR 2026-1184";
    assert_eq!(found, want);
}

#[tokio::test]
async fn a_finished_mail_is_checked_by_what_its_author_wrote() {
    let desk = desk().await;
    let raw = "From: Maja <maja@hrast.example>\r\nTo: bor@kupec.example\r\nSubject: RA-2026/0012\r\n\r\n\
               Odprto je 15 EUR.\r\n\r\nOn Fri Bor wrote:\r\n> 7777 EUR\r\n";
    let found = desk.engine.check_raw(raw.into()).await.unwrap();
    let states: Vec<_> = found.iter().map(|f| (f.text.as_str(), f.state)).collect();
    assert_eq!(states, [("15 EUR", "matched")]);
}

async fn draft(desk: &Desk, to: &str, text: &str) -> i64 {
    let blank = desk.engine.start_draft(Mode::New, None).await.unwrap();
    let form = DraftForm {
        to: vec![Address::new("", to)],
        text: text.to_owned(),
        ..blank
    };
    desk.engine.save_draft(form).await.unwrap()
}

#[rstest]
#[case::nothing("order 2026-1184 1 2026-11-02 2026-12-04 120 0", BOR, "")]
#[case::total(
    "order 2026-1184 1 2026-11-02 2026-12-04 150 0",
    BOR,
    "2026-1184 Total €120.00 €150.00"
)]
#[case::day(
    "order 2026-1184 1 2026-11-02 2026-12-09 120 0",
    BOR,
    "2026-1184 Due 4 December 2026 9 December 2026"
)]
#[case::paid(
    "invoice RA-2026/0012 1 2026-11-03 2026-11-12 20 20",
    BOR,
    "RA-2026/0012 Open €15.00 €0.00"
)]
#[case::of_somebody_else("order 2026-1190 2 2026-11-05 - 7 0", BOR, "")]
#[case::of_nobody_but_named(
    "order 2026-1184 1 2026-11-02 2026-12-04 150 0",
    "kdo@drugje.example",
    "2026-1184 Total €120.00 €150.00"
)]
#[tokio::test]
async fn what_changed_since_a_draft_was_begun_is_told(
    #[case] change: &'static str,
    #[case] to: &str,
    #[case] want: &str,
) {
    let desk = desk().await;
    let id = draft(&desk, to, "Glede naročila 2026-1184").await;
    desk.documents(Box::leak(Box::new([change]))).await;
    let found = desk
        .engine
        .changes_since_draft(id, Language::English)
        .await
        .unwrap();
    let shown: Vec<String> = found
        .into_iter()
        .map(|c| format!("{} {:?} {} {}", c.number, c.part, c.before, c.after))
        .collect();
    assert_eq!(shown.join("|"), want, "{change}");
}

#[tokio::test]
async fn a_state_that_changed_is_told_by_word_and_by_what_the_company_calls_it() {
    let desk = desk().await;
    let id = draft(&desk, BOR, "Glede naročila 2026-1184").await;
    desk.write(|w| {
        let mut shipped = document("order 2026-1184 1 2026-11-02 2026-12-04 120 0");
        shipped.status = "shipped".to_owned();
        shipped.body = shipped.body.replace("Novo", "Odpremljeno");
        w.put_document(&shipped)
    })
    .await;
    let found = desk.engine.changes_since_draft(id, Language::English);
    let found = found.await.unwrap();
    let [change] = found.as_slice() else {
        panic!("one change: {found:?}")
    };
    assert_eq!(change.part, ChangedPart::Status);
    assert_eq!(change.after, "shipped");
    assert_ne!(change.before, change.after);
    assert_eq!(change.labels, ["Novo", "Odpremljeno"]);
}

#[tokio::test]
async fn a_document_that_is_gone_is_told() {
    let desk = desk().await;
    let id = draft(&desk, BOR, "Glede naročila 2026-1184").await;
    desk.write(|w| w.remove_document("2026-1184", "1")).await;
    let found = desk
        .engine
        .changes_since_draft(id, Language::Slovenian)
        .await
        .unwrap();
    let parts: Vec<_> = found.iter().map(|c| (c.part, c.before.as_str())).collect();
    assert_eq!(parts, [(ChangedPart::Gone, "120,00\u{a0}€")]);
    let text = facts(&desk, BOR, "", "naročilo 2026-1184").await;
    assert_eq!(text, "9 2026-1184 stale gone 2026-1184");
}

fn form(name: &str, text: &str) -> TemplateForm {
    TemplateForm {
        id: None,
        name: name.to_owned(),
        language: Language::Slovenian,
        subject: String::new(),
        text: text.to_owned(),
    }
}

#[tokio::test]
async fn templates_are_kept_changed_and_removed() {
    let desk = desk().await;
    let engine = &desk.engine;
    let id = engine
        .save_template(form("Opomin", "Pozdravljeni"))
        .await
        .unwrap();
    let taken = engine.save_template(form("opomin", "x")).await.unwrap_err();
    assert_eq!(taken.code, Code::Usage, "one name, one template");
    let mistake = engine
        .save_template(form("B", "{{order.nr}}"))
        .await
        .unwrap_err();
    assert!(mistake.message.contains("order.nr"), "{mistake}");
    let changed = TemplateForm {
        id: Some(id.clone()),
        ..form("Opomin 1", "Spoštovani")
    };
    assert_eq!(engine.save_template(changed).await.unwrap(), id);
    let all = engine.templates().await.unwrap();
    let shown: Vec<_> = all
        .iter()
        .map(|t| (t.name.as_str(), t.text.as_str()))
        .collect();
    assert_eq!(shown, [("Opomin 1", "Spoštovani")]);
    assert_eq!(engine.template("OPOMIN 1").await.unwrap().id, id);
    engine.remove_template("Opomin 1").await.unwrap();
    assert!(engine.templates().await.unwrap().is_empty());
    let gone = engine.remove_template("Opomin 1").await.unwrap_err();
    assert_eq!(gone.code, Code::NotFound);
}

#[rstest]
#[case::filled(
    BOR,
    "{{customer.name}}: {{order.last.number}}, {{order.last.due}}, {{invoice.open.total}}, {{invoice.oldest.number}}",
    Some("Firma 1: 2026-1184, 4.\u{a0}12.\u{a0}2026, 15,00\u{a0}€, RA-2026/0012"),
    ""
)]
#[case::nothing_known(
    "kdo@drugje.example",
    "{{customer.name}} {{order.last.number}}",
    None,
    "customer.name, order.last.number"
)]
#[case::no_bills(
    "cene@drugi.example",
    "{{invoice.open.total}}",
    None,
    "invoice.open.total"
)]
#[case::ourselves(
    "kdo@drugje.example",
    "{{me.name}}, {{today}}",
    Some("Maja, 22.\u{a0}11.\u{a0}2026"),
    ""
)]
#[tokio::test]
async fn templates_are_filled_in_or_say_what_is_missing(
    #[case] to: &str,
    #[case] text: &str,
    #[case] want: Option<&str>,
    #[case] missing: &str,
) {
    let desk = desk().await;
    let (message, _) = desk.from(1, to).await;
    desk.engine.save_template(form("A", text)).await.unwrap();
    let of_mail = TemplateFor::Message(message);
    let rendered = desk.engine.render_template("A", of_mail).await.unwrap();
    assert_eq!(rendered.missing.join(", "), missing);
    match (rendered.whole(), want) {
        (Ok((_, text)), Some(want)) => assert_eq!(text, want),
        (Err(e), None) => assert!(e.message.contains(missing), "{e}"),
        (other, _) => panic!("{other:?}"),
    }
    let account = rendered_account(&desk).await;
    let people = TemplateFor::People(vec![Address::new("", to)], account);
    let again = desk.engine.render_template("A", people).await.unwrap();
    assert_eq!(
        again.missing.join(", "),
        missing,
        "the same for who it goes to"
    );
}

#[tokio::test]
async fn each_placeholder_says_what_it_stands_for_or_that_nothing_is_known() {
    let desk = desk().await;
    let account = rendered_account(&desk).await;
    let people = vec![Address::new("Bor Kupec", BOR)];
    let values = desk
        .engine
        .placeholder_values(people, account, Language::Slovenian);
    let values = values.await.unwrap();
    let named: Vec<_> = values.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, kontor_crm::template::PLACEHOLDERS);
    let of = |name: &str| values.iter().find(|(of, _)| *of == name).unwrap().1.clone();
    assert_eq!(of("contact.first_name").as_deref(), Some("Bor"));
    assert_eq!(of("order.last.number").as_deref(), Some("2026-1184"));
    assert_eq!(of("order.last.total").as_deref(), Some("120,00\u{a0}€"));
    assert_eq!(of("offer.last.number"), None, "there is no offer");
}

async fn rendered_account(desk: &Desk) -> kontor_model::AccountId {
    desk.engine.accounts().await.unwrap()[0].account.id
}

#[tokio::test]
async fn a_mail_in_the_outbox_is_looked_at_again() {
    let desk = desk().await;
    let id = draft(&desk, BOR, "Glede naročila 2026-1184").await;
    let queued = desk.engine.send_draft(id).await.unwrap();
    let outgoing = desk.engine.outgoing(queued).await.unwrap();
    assert_eq!(desk.engine.outdated(&outgoing).await, None);
    desk.documents(&["invoice RA-2026/0012 1 2026-11-03 2026-11-12 30 5"])
        .await;
    let why = desk.engine.outdated(&outgoing).await;
    assert_eq!(why, None, "a document it does not name holds nothing up");
    desk.documents(&["order 2026-1184 1 2026-11-02 2026-12-04 150 0"])
        .await;
    let why = desk.engine.outdated(&outgoing).await.unwrap();
    assert!(why.starts_with("2026-1184 changed"), "{why}");
}
