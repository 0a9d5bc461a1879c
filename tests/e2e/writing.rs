//! The story of an answer that says what is so: an order's state and an offer written from the mail, a template, a value that
//! is no longer true, and an order that changes while one writes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::story::{
    CUSTOMER, ENTER, MAJA, NOW, OFFER, PASSWORD, PRODAJA, TEAM, TOMAZ, accessible, connect,
    create_team,
};
use e2e::{Looks, TeamServer, Window, eventually, programs};
use kontor_simulators::metakocka::{Metakocka, Options};
use kontor_testkit::{Dovecot, company};
use serde_json::{Value, json};

/// An oak board of the sample company.
const BOARD: &str = "HP26AB";

#[test]
fn an_answer_says_what_is_so_even_when_it_changes_meanwhile() -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let erp = Metakocka::start(Options::small())?;
    let server = TeamServer::of(&programs()?)?;
    create_team(&server, MAJA)?;
    connect(&server, &erp)?;

    let accounts = [(MAJA, "Maja"), (PRODAJA, "Prodaja")];
    let maja = Window::open(&dovecot, &accounts, Looks::default())?;
    let who = ("Maja Hribar", "maja.hribar@hrastvijak.example");
    server.welcome(maja.desk(), (TEAM, "member"), who, PASSWORD)?;
    template(&maja)?;
    maja.find("option", CUSTOMER)?;
    maja.press("option", OFFER)?;
    maja.find("article", "Tomaž Kovač")?;
    in_rail(&maja, CUSTOMER)?;

    let order = newest(&maja, "order")?;
    the_order_gets_another_state(&maja, &erp, &order)?;
    an_offer_comes_from_the_mail(&maja)?;
    the_answer_is_begun_with_a_template(&maja, &order)?;
    a_stale_amount_is_told_and_mended(&maja)?;
    the_order_changes_while_one_writes(&maja, &server, &erp, &order)?;

    let relayed = dovecot.wait_relayed(1, Duration::from_secs(60));
    ensure!(
        relayed.len() == 1 && relayed[0].to == [TOMAZ],
        "sent once, to Tomaž: {relayed:?}"
    );
    Ok(())
}

fn template(window: &Window) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("potrditev.txt");
    let text = "Naročilo {{order.last.number}} znaša {{order.last.total}}.";
    std::fs::write(&file, text)?;
    let file = file.to_str().context("a path in UTF-8")?;
    let words = [
        "templates",
        "save",
        "Potrditev",
        "--file",
        file,
        "--language",
        "sl",
    ];
    window.desk().ctl(&words, "").map(drop)
}

/// The newest document of a kind of the customer, as a script sees it.
fn newest(window: &Window, kind: &str) -> Result<Value> {
    eventually(&format!("the customer's newest {kind}"), || {
        let words = ["crm", "documents", TOMAZ, "--type", kind, "--limit", "1"];
        // Until its facts have come the customer is not known.
        let answer = window.desk().ctl(&words, "").unwrap_or_default();
        Ok(answer.into_iter().next())
    })
}

/// Looked at, confirmed, written: Metakocka has it, and the dossier beside the mail says so.
fn the_order_gets_another_state(window: &Window, erp: &Metakocka, order: &Value) -> Result<()> {
    let number = order["number"].as_str().context("a number")?;
    let id = order["mk_id"].as_str().context("an id")?;
    window.press("button", number)?;
    window.find("region", &format!("Lines of {number}"))?;
    window.press("button", "Change the state")?;
    fill(window, "Choose a state", "lost")?;
    accessible(window, "choosing a state")?;
    window.keys(ENTER)?;
    window.find("dialog", "Change of state in Metakocka")?;
    is_written(window, "status")?;
    let there = document(erp, "sales_order", id)?;
    ensure!(there["status_desc"] == "lost", "Metakocka has {there}");
    in_rail(window, "Lost")?;
    ensure!(newest(window, "order")?["status"] == "lost");
    window.press("button", number)
}

fn an_offer_comes_from_the_mail(window: &Window) -> Result<()> {
    window.press("button", "Write to Metakocka")?;
    window.press("menuitem", "New offer")?;
    fill(window, "Code", BOARD)?;
    fill(window, "Price without tax", "64.50")?;
    fill(window, "Tax, %", "22")?;
    accessible(window, "an offer's form")?;
    window.keys(ENTER)?;
    window.find("dialog", "New document in Metakocka")?;
    window.find("", "78.69")?;
    is_written(window, "offer")?;
    let number = eventually("the new offer", || {
        let offer = newest(window, "offer")?;
        let number = offer["number"].as_str().unwrap_or_default();
        Ok((number != OFFER).then(|| number.to_owned()))
    })?;
    in_rail(window, &number)
}

/// What stands in the open dialog is confirmed, and is then as it was confirmed.
fn is_written(window: &Window, name: &str) -> Result<()> {
    window.find("", "This is written, and nothing else")?;
    accessible(window, &format!("{name}: what is to be written"))?;
    window.picture(&format!("writing-{name}"))?;
    window.press("button", "Write it")?;
    window.find("", "It is in Metakocka, and as confirmed.")?;
    accessible(window, &format!("{name}: what was written"))?;
    window.press("button", "Done")?;
    window.gone("dialog", "Metakocka")
}

fn the_answer_is_begun_with_a_template(window: &Window, order: &Value) -> Result<()> {
    let number = order["number"].as_str().context("a number")?;
    window.keys("r")?;
    window.find("textbox", "Text of the message")?;
    writes(window, "/potr", "/potr")?;
    window.find("option", "Potrditev")?;
    accessible(window, "templates while one types")?;
    window.picture("writing-typed")?;
    window.keys(ENTER)?;
    body_has(window, &format!("Naročilo {number} znaša"))
}

/// The offer came to another sum: the text says the wrong one, is marked, told before it leaves, and mended.
fn a_stale_amount_is_told_and_mended(window: &Window) -> Result<()> {
    writes(
        window,
        &format!(" Ponudba {OFFER} znaša 4.123,80 €."),
        "4.123,80 €.",
    )?;
    window.find("button", "1 value differs from Metakocka")?;
    accessible(window, "a stale amount")?;
    window.picture("writing-stale")?;
    window.ctrl(ENTER)?;
    window.find("alert", "1 value differs from Metakocka")?;
    window.press("button", "1 value differs from Metakocka")?;
    window.press("button", "Replace by 4.180,00")?;
    body_has(window, "4.180,00")?;
    window.gone("", "differs from Metakocka")
}

/// A colleague changes the order: the draft asks before it leaves, with both values, and leaves when told so.
fn the_order_changes_while_one_writes(
    window: &Window,
    server: &TeamServer,
    erp: &Metakocka,
    order: &Value,
) -> Result<()> {
    let id = order["mk_id"].as_str().context("an id")?;
    erp.change_document(id, &json!({ "amount": "30" }))
        .map_err(anyhow::Error::msg)?;
    server.admin(&["crm", "poll", TEAM], "")?;
    window.find("button", "1 value differs from Metakocka")?;
    window.press("textbox", "Text of the message")?;
    window.ctrl(ENTER)?;
    window.find("alert", "1 value differs from Metakocka")?;
    window.press("button", "Send anyway")?;
    window.find("dialog", "1 document changed while you were writing")?;
    window.find("", "→")?;
    accessible(window, "what changed")?;
    window.picture("writing-guard")?;
    window.theme("dark")?;
    accessible(window, "what changed, in the dark")?;
    window.picture("writing-guard-dark")?;
    window.theme("light")?;
    press_in(window, "changed while you were writing", "Send anyway")?;
    window.gone("textbox", "Text of the message")
}

/// Goes to a field and types into it.
fn fill(window: &Window, field: &str, words: &str) -> Result<()> {
    // A page that moves under the pointer lets a click miss.
    let empty = "return document.activeElement?.value === ''";
    eventually(&format!("the caret in {field}"), || {
        window.press("textbox", field)?;
        Ok((window.script(empty)? == true).then_some(()))
    })?;
    window.keys(words)?;
    let value = "return document.activeElement.value ?? null";
    eventually(&format!("“{words}” in {field}"), || {
        Ok((window.script(value)? == words).then_some(()))
    })
}

/// Types where the caret stands in the answer, until these words are there.
fn writes(window: &Window, words: &str, want: &str) -> Result<()> {
    let inside = "return document.activeElement?.matches('[data-composer] textarea') ?? false";
    eventually("the caret in the answer", || {
        Ok((window.script(inside)? == true).then_some(()))
    })?;
    window.keys(words)?;
    body_has(window, want)
}

fn body_has(window: &Window, words: &str) -> Result<()> {
    let body = "return document.querySelector('[data-composer] textarea')?.value ?? ''";
    eventually(&format!("“{words}” in the answer"), || {
        let text = window.script(body)?;
        let text = text.as_str().unwrap_or_default().replace('\u{a0}', " ");
        Ok(text.contains(words).then_some(()))
    })
}

fn press_in(window: &Window, dialog: &str, button: &str) -> Result<()> {
    eventually(&format!("pressing “{button}”"), || {
        let dialog = window.find("dialog", dialog)?;
        let found = window.find_in(&dialog, "button", button)?;
        Ok(window.click(&found).ok())
    })
}

fn in_rail(window: &Window, words: &str) -> Result<()> {
    eventually(&format!("“{words}” beside the mail"), || {
        let rail = window.find("complementary", "Customer")?;
        Ok(window.text(&rail)?.contains(words).then_some(()))
    })
}

/// A document as Metakocka has it.
fn document(erp: &Metakocka, kind: &str, id: &str) -> Result<Value> {
    let host = erp.base_url().trim_start_matches("http://");
    let body = json!({
        "secret_key": erp.secret_key(),
        "company_id": erp.company_id(),
        "doc_type": kind,
        "doc_id": id,
    })
    .to_string();
    let mut line = TcpStream::connect(host)?;
    write!(
        line,
        "POST /rest/eshop/v1/get_document HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    line.read_to_string(&mut answer)?;
    let (_, document) = answer.split_once("\r\n\r\n").context("an answer")?;
    serde_json::from_str(document).with_context(|| answer.clone())
}
