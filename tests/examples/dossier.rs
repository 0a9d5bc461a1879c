//! When a customer's dossier is painted beside a mail in the real window: `dossier PROGRAMS FILL PARTNERS KNOWN TIMES`
//! opens the window on the sample company's mail, with no line to a server, beside a directory of so many customers
//! (`crm_speed fill`), and opens conversations one after the other; `dossier PROGRAMS changes TIMES` has a team's server
//! and Metakocka, and changes an order while its customer is looked at. Both print milliseconds, a line each.
//! `dossier PROGRAMS mirror PARTNERS DOCUMENTS` lets a server mirror a company for the first time and prints what it took;
//! with TIMES behind them a desk joins, and mails are opened in its window as above when all customers are there and the
//! server is gone.
//! `cargo xtask bench crm` measures with it.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "a measuring tool: it stops where something is wrong"
)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use e2e::story::{MAJA, NOW, OFFER, PASSWORD, PRODAJA, TEAM, TOMAZ, connect, create_team};
use e2e::{Looks, TeamServer, Window, eventually};
use kontor_simulators::metakocka::{Metakocka, Options};
use kontor_testkit::{Desk, Dovecot, company};
use serde_json::json;

/// A first mirror of this size is over by then.
const LONGEST: Duration = Duration::from_secs(3 * 3600);

/// Without a call for so long, it is over.
const QUIET: Duration = Duration::from_secs(3);

/// Opens a mail and notes when the first frame with another dossier has been handed to the screen: the frame after the change
/// begins with the callback of `requestAnimationFrame`, and a task posted there runs when that frame is painted. `cold`
/// presses the row with this number out of the blue; `pointer` rests on it for a moment before, as a hand does; `key`
/// goes to the next one. Answers whether there is such a row.
const OPEN: &str = r#"
const [way, at] = arguments;
const rail = () => [...document.querySelectorAll('aside[aria-label="Customer"] h2 button')]
  .find((name) => name.closest("[data-ahead]") === null)?.textContent ?? "";
const row = document.querySelectorAll('[role=option]')[at];
if (!row) return false;
const before = rail();
window.painted = null;
let begun = 0;
const watch = new MutationObserver(() => {
  const now = rail();
  if (now === "" || now === before) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now() - begun; }));
});
const open = () => {
  watch.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
  begun = performance.now();
  if (way === "key") document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
  else row.click();
};
if (way === "pointer") {
  row.dispatchEvent(new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }));
  setTimeout(open, 120);
} else open();
return true;
"#;

/// Notes when a state is first painted in the dossier, or first gone from it, by the clock of the day.
const AWAIT: &str = r#"
window.changed = null;
const [state, there] = arguments;
const watch = new MutationObserver(() => {
  const text = document.querySelector('aside[aria-label="Customer"]')?.innerText ?? "";
  if (text === "" || text.includes(state) !== there) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.changed = Date.now(); }));
});
watch.observe(document.body, { childList: true, subtree: true, characterData: true });
"#;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [programs, "changes", times] => changes(Path::new(programs), times.parse()?),
        [programs, "mirror", partners, documents] => {
            mirror(Path::new(programs), partners.parse()?, documents.parse()?).map(drop)
        }
        [programs, "mirror", partners, documents, times] => {
            let programs = Path::new(programs);
            let server = mirror(programs, partners.parse()?, documents.parse()?)?;
            beside(programs, server, times.parse()?)
        }
        [programs, fill, partners, known, times] => {
            painted(Path::new(programs), fill, (partners, known), times.parse()?)
        }
        _ => anyhow::bail!(
            "dossier PROGRAMS FILL PARTNERS KNOWN TIMES, dossier PROGRAMS changes TIMES, or dossier PROGRAMS mirror PARTNERS \
             DOCUMENTS [TIMES]"
        ),
    }
}

fn painted(programs: &Path, fill: &str, sizes: (&str, &str), times: usize) -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let dir = tempfile::tempdir()?;
    let desk = Desk::at(dir.path(), programs)?;
    desk.add_account(&dovecot, MAJA, "Maja")?;
    desk.ctl(&["sync", "--once"], "")?;
    let listed = desk.ctl(&["messages", "INBOX", "--limit", "200"], "")?;
    let senders = listed
        .iter()
        .filter_map(|row| row["from"][0]["address"].as_str());
    let senders: std::collections::BTreeSet<&str> = senders.filter(|a| *a != MAJA).collect();
    ensure!(
        !senders.is_empty(),
        "the list names its senders: {listed:?}"
    );
    let filled = Command::new(fill)
        .args(["fill".as_ref(), desk.profile().as_os_str()])
        .args([sizes.0, sizes.1])
        .args(&senders)
        .output()?;
    ensure!(filled.status.success(), "the profile is filled: {filled:?}");
    drop(dovecot);

    let window = Window::on(desk, Looks::default())?;
    measure(&window, times)
}

/// Opens mails on a desk whose server has mirrored all this, and is gone by then.
fn beside(programs: &Path, server: TeamServer, times: usize) -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let dir = tempfile::tempdir()?;
    let desk = Desk::at(dir.path(), programs)?;
    desk.add_account(&dovecot, MAJA, "Maja")?;
    desk.ctl(&["sync", "--once"], "")?;
    drop(dovecot);
    let begun = Instant::now();
    let window = Window::on(desk, Looks::default())?;
    let who = ("Maja Hribar", "maja.hribar@hrastvijak.example");
    server.welcome(window.desk(), (TEAM, "member"), who, PASSWORD)?;
    loop {
        let told = window.desk().ctl(&["crm", "status"], "")?;
        let told = told.first().context("a status")?;
        if told["known"] == told["partners"] && told["known"] != 0 {
            println!(
                "{}",
                json!({ "seconds": begun.elapsed().as_secs_f64(), "known": told["known"] })
            );
            break;
        }
        ensure!(begun.elapsed() < LONGEST, "all customers come: {told}");
        std::thread::sleep(Duration::from_secs(1));
    }
    eventually("the facts of who writes", || {
        let told = window.desk().ctl(&["crm", "customer", TOMAZ], "");
        Ok(told
            .ok()
            .filter(|rows| rows.iter().any(|row| row["waiting"] == false)))
    })?;
    drop(server);
    measure(&window, times)
}

fn measure(window: &Window, times: usize) -> Result<()> {
    window.find("option", "")?;
    // Each row once: the next time it would be known. Those beside it are asked for, too, so every third.
    for load in 0..times.div_ceil(COLD) {
        window.script("window.old = true; location.hash = '#/inbox'; location.reload()")?;
        eventually("the list to be filled anew", || {
            let rows = "return window.old ? 0 : document.querySelectorAll('[role=option]').length";
            let rows = window.script(rows)?.as_u64().unwrap_or_default();
            Ok((rows >= ROWS as u64).then_some(()))
        })?;
        for nth in 0..=COLD {
            let way = if nth == 0 { "warm" } else { "cold" };
            open(window, way, nth * 3 + load % 3)?;
        }
    }
    for nth in 0..times {
        open(window, "pointer", nth * 7 % ROWS)?;
    }
    open(window, "warm", 0)?;
    for _ in 0..times {
        open(window, "key", 0)?;
    }
    Ok(())
}

/// Rows opened out of the blue after each load.
const COLD: usize = 5;

/// Rows that are drawn at any rate.
const ROWS: usize = COLD * 3 + 3;

/// Opens a mail one way and prints how long it took. The same customer twice, or one of ours: nothing is painted anew.
fn open(window: &Window, way: &str, row: usize) -> Result<()> {
    let found = window.script_with(OPEN, &json!([way, row]))?;
    ensure!(found == true, "the list has a row {row}");
    std::thread::sleep(Duration::from_millis(600));
    match window.script("return window.painted")?.as_f64() {
        Some(ms) if way != "warm" => println!("{way} {ms}"),
        _ => {}
    }
    Ok(())
}

/// A server that mirrors this company.
fn connected(programs: &Path, erp: &Metakocka) -> Result<TeamServer> {
    let server = TeamServer::of(programs)?;
    create_team(&server, MAJA)?;
    connect(&server, erp)?;
    Ok(server)
}

/// Prints what the first mirror took; the server has it all.
fn mirror(programs: &Path, partners: u32, documents: u32) -> Result<TeamServer> {
    let options = Options {
        partners,
        documents,
        ..Options::default()
    };
    let erp = Metakocka::start(options)?;
    let begun = Instant::now();
    let server = connected(programs, &erp)?;
    let (mut calls, mut last) = (0, begun);
    // Live is said when all documents are here; what stands in no document, a customer's contacts, is asked for after it.
    let status = loop {
        let made = erp.statistics().all_calls();
        if made != calls {
            (calls, last) = (made, Instant::now());
        } else if last.elapsed() > QUIET {
            let status = server.admin(&["crm", "status", TEAM], "")?;
            if status["state"] == "live" {
                break status;
            }
        }
        ensure!(
            begun.elapsed() < LONGEST,
            "the first mirror ends: {calls} calls"
        );
        std::thread::sleep(Duration::from_millis(50));
    };
    let told = json!({
        "seconds": last.duration_since(begun).as_secs_f64(),
        "calls": calls,
        "partners": status["partners"],
        "documents": status["documents"],
    });
    println!("{told}");
    Ok(server)
}

fn changes(programs: &Path, times: usize) -> Result<()> {
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let erp = Metakocka::start(Options::small())?;
    let server = connected(programs, &erp)?;
    let dir = tempfile::tempdir()?;
    let desk = Desk::at(dir.path(), programs)?;
    for (address, name) in [(MAJA, "Maja"), (PRODAJA, "Prodaja")] {
        desk.add_account(&dovecot, address, name)?;
    }
    let window = Window::on(desk, Looks::default())?;
    let who = ("Maja Hribar", "maja.hribar@hrastvijak.example");
    server.welcome(window.desk(), (TEAM, "member"), who, PASSWORD)?;
    window.press("option", OFFER)?;
    let order = eventually("an order of the customer", || {
        let words = ["crm", "documents", TOMAZ, "--type", "order", "--limit", "1"];
        let answer = window.desk().ctl(&words, "").unwrap_or_default();
        Ok(answer.into_iter().next())
    })?;
    let id = order["mk_id"].as_str().context("an id")?;
    for n in 0..times {
        // Nothing else in the dossier is lost.
        let lost = n % 2 == 0;
        let status = if lost { "lost" } else { "shipped" };
        let changed = erp.change_document(id, &json!({ "status": status }));
        changed.map_err(anyhow::Error::msg)?;
        window.script_with(AWAIT, &json!(["Lost", lost]))?;
        let seen = looked(&server, &erp)?;
        let at = eventually(&format!("the order to be {status}"), || {
            Ok(window.script("return window.changed")?.as_f64())
        })?;
        println!("{}", at - seen);
    }
    Ok(())
}

/// Lets the mirror look for changes; answers when it began to ask Metakocka, by the clock of the day, milliseconds.
fn looked(server: &TeamServer, erp: &Metakocka) -> Result<f64> {
    let before = erp.statistics().all_calls();
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let begun = Instant::now();
            while erp.statistics().all_calls() == before && begun.elapsed() < LONGEST {
                std::thread::sleep(Duration::from_millis(1));
            }
            SystemTime::now().duration_since(UNIX_EPOCH)
        });
        server.admin(&["crm", "poll", TEAM], "")?;
        let at = asked
            .join()
            .map_err(|_panic| anyhow::anyhow!("the watch broke off"))??;
        Ok(at.as_secs_f64() * 1e3)
    })
}
