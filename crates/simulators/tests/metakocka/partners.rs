//! Partners found, made and changed.

use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{Client, many, text};

#[rstest]
#[case::address(json!({ "partner_email": "NINA@mizarstvo-kovac.example" }), 1)]
#[case::part_of_an_address(json!({ "partner_email": "nina@mizarstvo-kovac" }), 0)]
#[case::id(json!({ "partner_id": "1600000000" }), 1)]
#[case::tax(json!({ "partner_tax_number": "SI31415926" }), 1)]
#[case::phone(json!({ "partner_phone_number": "041 555 001" }), 1)]
#[case::part_of_a_name(json!({ "partner_name": "stanovanja GORENC" }), 1)]
#[tokio::test]
async fn partners_are_found(#[case] body: Value, #[case] count: usize) {
    let client = Client::new(kontor_simulators::Options {
        partners: 0,
        ..kontor_simulators::Options::small()
    });
    let answer = client.ask("v1/get_partner", body.clone()).await;
    let found = many(&answer["partner_list"]);
    assert_eq!(found.len(), count, "{body}: {answer}");
}

#[tokio::test]
async fn a_partner_has_contacts_and_addresses() {
    let client = Client::small();
    let kovac = client.partner("tomaz@mizarstvo-kovac.example").await;
    assert_eq!(text(&kovac, "customer"), "Mizarstvo Kovač d.o.o.");
    let names: Vec<String> = many(&kovac["partner_contact_list"])
        .iter()
        .map(|c| text(c, "name").to_owned())
        .collect();
    assert_eq!(
        names,
        ["Tomaž Kovač", "Nina Kovač"],
        "two people, one company"
    );
    let home = &kovac["partner_delivery_address_list"];
    assert_eq!(text(home, "city"), "Celje", "one address, no list: {home}");
    assert_eq!(text(home, "address_type"), "Račun");
}

#[tokio::test]
async fn a_new_partner_is_kept_and_its_twin_as_well() {
    let client = Client::small();
    let body = json!({ "partner": { "business_entity": "true", "taxpayer": "true", "buyer": "true",
        "customer": "Mizarstvo Novo d.o.o.", "street": "Nova 1", "post_number": "3000", "place": "Celje",
        "country": "Slovenija", "partner_contact": { "name": "Neža Novo", "email": "neza@novo.example" } } });
    let made = client.ask("v1/add_partner", body.clone()).await;
    assert!(
        made.get("opr_code").is_none(),
        "success says no code: {made}"
    );
    text(&made, "mk_contact_id");
    assert!(made["mk_address_id_list"].is_object(), "one: {made}");
    let found = client.partner("neza@novo.example").await;
    assert_eq!(found["mk_id"], made["mk_id"]);
    let twin = client.ask("v1/add_partner", body).await;
    assert_ne!(twin["mk_id"], made["mk_id"], "nobody looks for twins");
}

#[tokio::test]
async fn a_partner_is_changed_where_something_is_said() {
    let client = Client::small();
    let kovac = client.partner("tomaz@mizarstvo-kovac.example").await;
    let nina = many(&kovac["partner_contact_list"]).remove(1);
    let change = json!({ "partner": { "mk_id": kovac["mk_id"], "tax_id_number": "SI99999999",
        "partner_contact_list": [
            { "mk_id": nina["mk_id"], "gsm": "041 555 777" },
            { "mk_address_id": "170000000000", "name": "Jure Kovač", "email": "jure@mizarstvo-kovac.example" }] } });
    let said = client.ask("v1/update_partner", change).await;
    assert!(said.get("opr_code").is_none(), "no code: {said}");
    let after = client.partner("jure@mizarstvo-kovac.example").await;
    assert_eq!(text(&after, "tax_id_number"), "SI99999999");
    assert_eq!(text(&after, "customer"), "Mizarstvo Kovač d.o.o.", "kept");
    let contacts = many(&after["partner_contact_list"]);
    assert_eq!(contacts.len(), 3, "one more");
    assert_eq!(text(&contacts[1], "gsm"), "041 555 777", "changed");
    assert_eq!(contacts[1]["email"], nina["email"], "kept");
}

#[rstest]
#[case("v1/add_partner", json!({}), "partner")]
#[case("v1/add_partner", json!({ "partner": { "street": "Nova 1" } }), "customer")]
#[case("v1/add_partner", json!({ "partner": { "customer": "x".repeat(101) } }), "longer than 100")]
#[case("v1/update_partner", json!({ "partner": { "mk_id": "1699999999" } }), "Unknown partner")]
#[case("v1/update_partner", json!({ "partner": { "mk_id": "1600000000", "partner_contact_list": { "mk_id": "7" } } }), "Unknown mk_id")]
#[tokio::test]
async fn partners_that_cannot_be_are_refused(
    #[case] path: &str,
    #[case] body: Value,
    #[case] words: &str,
) {
    Client::small().refused(path, body, "2", words).await;
}
