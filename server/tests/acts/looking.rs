//! Previews that say no, and worlds that change between the look and the yes.

use kontor_protocol::JoinRequest;
use kontor_protocol::{Act, ActState, ActStep, DocumentName, NewPartner, Role};
use rstest::rstest;
use serde_json::json;

use crate::stage::{Stage, field, id, novak, partner};

#[rstest]
#[case::tax_number("Drugo ime d.o.o.", "99887766", "drugi@primer.example", "tax_number")]
#[case::email("Drugo ime d.o.o.", "", "NINA@novak-mizarstvo.example", "email")]
#[case::name("novak MIZARSTVO", "", "", "name")]
#[tokio::test]
async fn a_customer_that_is_there_is_not_added_again(
    #[case] name: &str,
    #[case] tax_number: &str,
    #[case] email: &str,
    #[case] same: &str,
) {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    desk.done(&novak()).await;
    let twin = partner(name, tax_number, email);
    let twin_id = id();
    let shown = desk.preview(twin_id, &twin).await.preview.unwrap();
    assert_eq!(shown.twins[0].same, same, "{shown:#?}");
    assert!(
        shown.token.is_empty() && shown.problems[0].contains("already"),
        "{shown:#?}"
    );
    desk.send(twin_id, ActStep::Do, Some(&twin), "").await;
    assert_eq!(
        desk.told(twin_id).await.state,
        ActState::Planned,
        "nothing to say yes to"
    );
    assert_eq!(stage.applied("add_partner"), 1);

    // A bookkeeper's address, or another company of the same name: somebody has looked.
    let Act::AddPartner(wanted) = twin else {
        unreachable!()
    };
    let not_these = vec![shown.twins[0].id.clone()];
    let other = Act::AddPartner(NewPartner {
        not_these,
        ..wanted
    });
    let shown = desk.preview(id(), &other).await.preview.unwrap();
    assert_eq!(shown.token.is_empty(), same == "tax_number", "{shown:#?}");
    stage.close().await;
}

#[tokio::test]
async fn a_twin_that_comes_between_the_look_and_the_yes_is_seen() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let act = novak();
    let act_id = id();
    let token = desk.token(act_id, &act).await;
    let colleague = json!({ "partner": { "customer": "NOVAK d.o.o.", "tax_id_number": "99887766", "buyer": "true" } });
    stage.erp.control("new_partner", &colleague).unwrap();
    let refused = desk.confirm(act_id, &act, &token).await;
    assert_eq!(refused.state, ActState::Refused, "{refused:#?}");
    let twin = refused
        .differences
        .iter()
        .find(|d| d.name.starts_with("twin"));
    assert_eq!(twin.unwrap().found, "NOVAK d.o.o.", "both values are told");
    assert_eq!(stage.applied("add_partner"), 0, "nothing left");
    stage.close().await;
}

#[tokio::test]
async fn a_document_that_changes_between_the_look_and_the_yes_is_seen() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let document = stage.newest_order().await;
    let act = Act::SetStatus {
        document: document.clone(),
        status: "lost".to_owned(),
    };
    let act_id = id();
    let shown = desk.preview(act_id, &act).await;
    let before = field(&shown, "status").0;
    let token = shown.preview.unwrap().token;
    stage
        .erp
        .change_document(&document.id, &json!({ "status": "canceled" }))
        .unwrap();
    let refused = desk.confirm(act_id, &act, &token).await;
    assert_eq!(refused.state, ActState::Refused, "{refused:#?}");
    let status = refused
        .differences
        .iter()
        .find(|d| d.name == "status")
        .unwrap();
    assert_eq!(
        (status.wanted.as_str(), status.found.as_str()),
        (before.as_str(), "canceled")
    );
    assert_eq!(stage.applied("change_document_status"), 0);

    // Looked at anew, it goes.
    let token = refused.preview.unwrap().token;
    let written = desk.confirm(act_id, &act, &token).await;
    assert_eq!(written.state, ActState::Written, "{written:#?}");
    assert_eq!(stage.applied("change_document_status"), 1);
    stage.close().await;
}

#[tokio::test]
async fn what_metakocka_does_not_let_us_do_is_said_before() {
    let stage = Stage::open().await;
    let mut desk = stage.desk(&stage.maja).await;
    let offer = Act::SetStatus {
        document: DocumentName {
            id: "1".to_owned(),
            doc_type: "sales_offer".to_owned(),
        },
        status: "canceled".to_owned(),
    };
    let gone = desk.preview(id(), &offer).await.preview.unwrap();
    assert!(gone.problems[0].contains("does not have this"), "{gone:?}");

    let Act::AddDocument(mut order) = stage.order().await else {
        unreachable!()
    };
    order.lines[0].code = "TEGA-NI".to_owned();
    let unknown = desk
        .preview(id(), &Act::AddDocument(order))
        .await
        .preview
        .unwrap();
    assert!(unknown.problems[0].contains("TEGA-NI"), "{unknown:?}");
    assert!(unknown.token.is_empty());
    stage.close().await;
}

#[tokio::test]
async fn an_act_is_its_members_alone_and_stays_what_it_was() {
    let stage = Stage::open().await;
    let mut maja = stage.desk(&stage.maja).await;
    let code = stage
        .identity
        .invite(stage.org, Role::Member, None)
        .await
        .unwrap()
        .code;
    let joining = JoinRequest {
        code,
        name: None,
        email: "luka@hrastvijak.example".to_owned(),
        password: "correct horse".to_owned(),
        device: "desk".to_owned(),
    };
    let luka = stage.identity.join(&joining).await.unwrap();
    let mut luka = stage.desk(&luka).await;
    let act = partner("Novak mizarstvo", "SI99887766", "");
    let act_id = id();
    let token = maja.token(act_id, &act).await;
    luka.send(act_id, ActStep::Do, Some(&act), &token).await;
    let refused = luka.told(act_id).await;
    assert!(refused.why.contains("colleague"), "{refused:?}");
    assert!(luka.ask(act_id).await.preview.is_none(), "nor is it shown");

    let other = partner("Nekaj drugega", "SI99887766", "");
    maja.send(act_id, ActStep::Do, Some(&other), &token).await;
    let refused = maja.told(act_id).await;
    assert!(refused.why.contains("Something else"), "{refused:?}");
    assert_eq!(stage.applied("add_partner"), 0);
    stage.close().await;
}

#[tokio::test]
async fn another_organisation_neither_sees_nor_confirms_it() {
    let stage = Stage::open().await;
    let mut maja = stage.desk(&stage.maja).await;
    let made = stage
        .identity
        .create_org("vijak", "ana@vijak.example", "correct horse");
    let ana = stage
        .identity
        .sign_in(made.await.unwrap(), "desk", "login")
        .await
        .unwrap();
    stage.connect(ana.org, "theirs").await;
    let act = partner("Novak mizarstvo", "SI99887766", "");
    let act_id = id();
    let token = maja.token(act_id, &act).await;
    let mut ana = stage.desk(&ana).await;
    let asked = ana.ask(act_id).await;
    assert_eq!(
        (asked.state, asked.preview),
        (ActState::Planned, None),
        "unknown there"
    );
    ana.send(act_id, ActStep::Do, None, &token).await;
    assert_eq!(ana.told(act_id).await.state, ActState::Refused);
    assert_eq!(stage.applied("add_partner"), 0);
    assert_eq!(
        maja.ask(act_id).await.state,
        ActState::Planned,
        "ours is as it was"
    );
    stage.close().await;
}

#[tokio::test]
async fn without_metakocka_it_is_said() {
    let stage = Stage::open().await;
    let made = stage
        .identity
        .create_org("vijak", "ana@vijak.example", "correct horse");
    let ana = stage
        .identity
        .sign_in(made.await.unwrap(), "desk", "login")
        .await
        .unwrap();
    let mut ana = stage.desk(&ana).await;
    let told = ana.preview(id(), &partner("Novak", "", "")).await;
    assert!(told.why.contains("No Metakocka is connected"), "{told:?}");
    stage.close().await;
}
