//! `crm connect` and `crm disconnect` without a team: the command holds the line, and the server inside it reads the company's Metakocka.

use kontor_simulators::metakocka::{Metakocka, Options};
use kontor_testkit::company::people::person;
use serde_json::{Value, json};

use crate::desk::Desk;

fn connect(erp: &Metakocka) -> [&str; 7] {
    let (url, company) = (erp.base_url(), erp.company_id());
    [
        "crm",
        "connect",
        "--base-url",
        url,
        "--company",
        company,
        "--key-stdin",
    ]
}

fn state(desk: &Desk) -> Value {
    desk.json(&["crm", "status"]).ok().one()["state"].clone()
}

/// What was done, newest first.
fn actions(desk: &Desk) -> Vec<String> {
    let log = desk.json(&["crm", "audit"]).ok().lines();
    let action = |row: &Value| row["action"].as_str().unwrap().to_owned();
    log.iter().map(action).collect()
}

#[test]
fn alone_a_company_is_connected_and_its_customers_come() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let desk = Desk::new();
    let refused = desk.json_in(&connect(&erp), b"wrong\n").code(1);
    assert!(refused.error().1.starts_with("Metakocka does not accept"));
    assert_eq!(state(&desk), "off");

    let key = format!("{}\n", erp.secret_key());
    let done = desk.json_in(&connect(&erp), key.as_bytes()).ok().one();
    assert_eq!(done["renewed"], json!(false));
    let tomaz = person("tomaz").unwrap().address;
    let customer = desk.json(&["crm", "customer", tomaz, "--wait", "45"]);
    assert_ne!(customer.ok().one()["documents"]["orders"], json!(0));
    assert_eq!(actions(&desk), ["connect"]);
}

#[test]
fn disconnected_its_facts_are_gone_and_what_people_said_stays() {
    let erp = Metakocka::start(Options::small()).unwrap();
    let desk = Desk::new();
    let refused = desk.json(&["crm", "disconnect"]).code(1);
    assert_eq!(
        refused.error(),
        (
            "refused".to_owned(),
            "No Metakocka is connected here.".to_owned()
        )
    );
    let key = format!("{}\n", erp.secret_key());
    desk.json_in(&connect(&erp), key.as_bytes()).ok();
    let tomaz = person("tomaz").unwrap().address;
    let known = |who: &str, wait: &str| desk.json(&["crm", "customer", who, "--wait", wait]);
    let id = known(tomaz, "45").ok().one()["id"].clone();
    desk.json(&["crm", "link", "doma@tomaz.example", id.as_str().unwrap()])
        .ok();

    let done = desk.json(&["crm", "disconnect"]).ok().one();
    assert_eq!(
        done,
        json!({ "base_url": erp.base_url(), "company": erp.company_id() })
    );
    assert_eq!(state(&desk), "off");
    for who in [tomaz, id.as_str().unwrap()] {
        let (code, why) = known(who, "0").code(1).error();
        assert_eq!(code, "unknown_customer", "{who}: {why}");
    }
    let calls = erp.statistics().all_calls();
    desk.json(&["team", "sync"]).ok();
    assert_eq!(
        erp.statistics().all_calls(),
        calls,
        "nobody asks there any more"
    );
    assert_eq!(actions(&desk), ["disconnect", "connect"], "the log stays");
    desk.json(&["crm", "disconnect", "--anyway"]).code(1);

    desk.json_in(&connect(&erp), key.as_bytes()).ok();
    let again = known("doma@tomaz.example", "45").ok().one();
    assert_eq!(again["id"], id, "the link stayed");
    assert_ne!(again["documents"]["orders"], json!(0), "and all came anew");
}
