//! `crm connect` without a team: the command holds the line, and the server inside it reads the company's Metakocka.

use kontor_simulators::metakocka::{Metakocka, Options};
use kontor_testkit::company::people::person;
use serde_json::json;

use crate::desk::Desk;

#[test]
fn alone_a_company_is_connected_and_its_customers_come() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let desk = Desk::new();
    let connect = [
        "crm",
        "connect",
        "--base-url",
        erp.base_url(),
        "--company",
        erp.company_id(),
        "--key-stdin",
    ];
    let refused = desk.json_in(&connect, b"wrong\n").code(1);
    assert!(refused.error().1.starts_with("Metakocka does not accept"));
    assert_eq!(desk.json(&["crm", "status"]).ok().one()["state"], "off");

    let key = format!("{}\n", erp.secret_key());
    let done = desk.json_in(&connect, key.as_bytes()).ok().one();
    assert_eq!(done["renewed"], json!(false));
    let tomaz = person("tomaz").unwrap().address;
    let customer = desk.json(&["crm", "customer", tomaz, "--wait", "45"]);
    assert_ne!(customer.ok().one()["documents"]["orders"], json!(0));
    let log = desk.json(&["crm", "audit"]).ok().lines();
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0]["action"], "connect");
}
