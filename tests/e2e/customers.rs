//! The story of a customer beside a mail: who writes, what they owe, and what changes in Metakocka while one looks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use e2e::story::{
    CUSTOMER, ENTER, ESCAPE, MAJA, NOW, OFFER, PASSWORD, PRODAJA, TEAM, TOMAZ, accessible, connect,
    create_team,
};
use e2e::{Looks, TeamServer, Window, eventually, programs};
use kontor_simulators::metakocka::{Metakocka, Options};
use kontor_testkit::{Dovecot, company};
use serde_json::{Value, json};

#[test]
fn a_mail_opens_beside_its_customer_and_what_changes_there_changes_here() -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let erp = Metakocka::start(Options::small())?;
    let mut server = TeamServer::of(&programs()?)?;
    create_team(&server, MAJA)?;
    connect(&server, &erp)?;

    let maja = Window::open(
        &dovecot,
        &[(MAJA, "Maja"), (PRODAJA, "Prodaja")],
        Looks::default(),
    )?;
    let who = ("Maja Hribar", "maja.hribar@hrastvijak.example");
    server.welcome(maja.desk(), (TEAM, "member"), who, PASSWORD)?;
    // The list says whose mail it is before one opens it.
    maja.find("option", CUSTOMER)?;
    maja.press("option", OFFER)?;
    maja.find("article", "Tomaž Kovač")?;
    let rail = maja.find("complementary", "Customer")?;
    maja.find_in(&rail, "heading", CUSTOMER)?;
    accessible(&maja, "the dossier")?;
    maja.picture("customer")?;

    let order = an_order(&maja)?;
    shows_its_lines(&maja, &order)?;
    an_order_changes(&maja, &server, &erp, &order)?;
    a_named_document_opens(&maja)?;
    everything_of_the_customer(&maja)?;

    maja.theme("dark")?;
    accessible(&maja, "the dossier in the dark")?;
    maja.picture("customer-dark")?;
    maja.theme("light")?;

    // What is here stays here, and says how old it is.
    server.kill()?;
    maja.keys("j")?;
    maja.press("option", OFFER)?;
    let rail = maja.find("complementary", "Customer")?;
    maja.find_in(&rail, "heading", CUSTOMER)?;
    maja.picture("customer-offline")?;
    maja.size(400, 860)?;
    accessible(&maja, "the strip on a narrow screen")?;
    maja.picture("customer-400").map(drop)
}

/// The newest order of the customer, as a script sees it.
fn an_order(window: &Window) -> Result<Value> {
    eventually("the customer's orders", || {
        let words = ["crm", "documents", TOMAZ, "--type", "order", "--limit", "1"];
        // Until its facts have come the customer is not known.
        let answer = window.desk().ctl(&words, "").unwrap_or_default();
        Ok(answer.into_iter().next())
    })
}

fn shows_its_lines(window: &Window, order: &Value) -> Result<()> {
    let number = order["number"].as_str().context("a number")?;
    window.press("button", number)?;
    window.find("", &format!("Lines of {number}"))?;
    accessible(window, "an order's lines")?;
    window.picture("customer-order")?;
    window.keys(ESCAPE)
}

/// Somebody ships the order in Metakocka: the open dossier says so by itself.
fn an_order_changes(
    window: &Window,
    server: &TeamServer,
    erp: &Metakocka,
    order: &Value,
) -> Result<()> {
    let id = order["mk_id"].as_str().context("an id")?;
    let status = if order["status"] == "shipped" {
        "lost"
    } else {
        "shipped"
    };
    let changed = erp.change_document(id, &json!({ "status": status }));
    changed.map_err(anyhow::Error::msg)?;
    server.admin(&["crm", "poll", TEAM], "")?;
    let shown = if status == "lost" { "Lost" } else { "Shipped" };
    eventually("the order's new state", || {
        let rail = window.find("complementary", "Customer")?;
        Ok(window.text(&rail)?.contains(shown).then_some(()))
    })?;
    let now = an_order(window)?;
    ensure!(now["status"] == status, "{now}");
    window.picture("customer-changed").map(drop)
}

/// The number in the subject is a document of Metakocka: it opens beside the mail, and leads to all mails about it.
fn a_named_document_opens(window: &Window) -> Result<()> {
    window.press("button", &format!("Offer {OFFER}"))?;
    let shown = window.find("region", &format!("Document {OFFER}"))?;
    accessible(window, "a document beside its mail")?;
    window.picture("customer-chip")?;
    let correspondence = window.find_in(&shown, "button", "Its correspondence")?;
    window.click(&correspondence)?;
    window.find("heading", "Mail")?;
    window.find("option", OFFER)?;
    accessible(window, "all mails about a document")?;
    window.picture("customer-doc-search")?;
    window.keys(ESCAPE)?;
    window.press("option", OFFER)?;
    window.find("article", "Tomaž Kovač").map(drop)
}

/// The rail's name leads to everything of the customer, and to a table of it.
fn everything_of_the_customer(window: &Window) -> Result<()> {
    let downloads = downloads(window)?;
    let rail = window.find("complementary", "Customer")?;
    let name = window.find_in(&rail, "button", CUSTOMER)?;
    window.click(&name)?;
    window.find("slider", "Turnover by month")?;
    window.find("heading", "documents")?;
    window.find("heading", "Conversations")?;
    accessible(window, "a customer's page")?;
    window.picture("customer-page")?;
    window.press("button", "Save as CSV")?;
    let table = eventually("the table", || {
        let saved = std::fs::read_dir(&downloads)?.next().transpose()?;
        let table = saved.map(|file| std::fs::read_to_string(file.path()));
        // Made first, written then.
        Ok(table.transpose()?.filter(|text| text.contains(OFFER)))
    })?;
    let lines: Vec<&str> = table.lines().collect();
    ensure!(lines.len() > 5, "a line for each document: {table}");
    ensure!(table.contains(&format!("Offer,{OFFER},")), "{table}");
    goes_elsewhere(window, &downloads, &table)?;
    window.theme("dark")?;
    accessible(window, "a customer's page in the dark")?;
    window.picture("customer-page-dark")?;
    window.theme("light")?;
    window.size(400, 860)?;
    accessible(window, "a customer's page on a narrow screen")?;
    window.picture("customer-page-400")?;
    window.size(1440, 900)?;
    window.keys(ESCAPE)?;
    window.find("article", "Tomaž Kovač").map(drop)
}

/// *Save as…* puts what was saved into another folder, whole and once.
fn goes_elsewhere(window: &Window, downloads: &Path, table: &str) -> Result<()> {
    let elsewhere = downloads.join("tabele");
    std::fs::create_dir(&elsewhere)?;
    window.press("button", "Save as…")?;
    let dialog = window.find("dialog", "Save as")?;
    accessible(window, "another place for a file")?;
    window.picture("customer-save-as")?;
    let folder = window.find_in(&dialog, "textbox", "Folder")?;
    window.type_into(&folder, &format!("/tabele{ENTER}"))?;
    window.gone("dialog", "Save as")?;
    let files = |folder: &Path| -> Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        let paths = entries.into_iter().map(|entry| entry.path());
        Ok(paths.filter(|path| path.is_file()).collect())
    };
    let there = files(&elsewhere)?;
    ensure!(there.len() == 1, "it is there once: {there:?}");
    ensure!(std::fs::read_to_string(&there[0])? == table, "as it was");
    let left = files(downloads)?;
    ensure!(left.is_empty(), "and only there: {left:?}");
    Ok(())
}

/// Where the window saves, and nobody else.
fn downloads(window: &Window) -> Result<PathBuf> {
    let environment = window.desk().environment();
    let (_, config) = environment
        .iter()
        .find(|(name, _)| *name == "XDG_CONFIG_HOME")
        .context("a folder for settings")?;
    let config = Path::new(config);
    let downloads = config.join("downloads");
    std::fs::create_dir_all(&downloads)?;
    let line = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display());
    std::fs::write(config.join("user-dirs.dirs"), line)?;
    Ok(downloads)
}
