//! How long a colleague's keystroke takes to the screen: `typed PROGRAMS COUNT` opens two real windows of two people of
//! one team, types letters into a shared note in one, and prints for each the milliseconds from the key's event there
//! to the frame that shows it in the other. `cargo xtask bench team` measures with it.
#![allow(clippy::print_stdout, reason = "its answer")]

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use e2e::{Found, Looks, TeamServer, Window, eventually};
use kontor_testkit::{Desk, Dovecot, company};

const PASSWORD: &str = "correct horse battery";
/// The mailbox both of them read.
const MAILBOX: &str = "prodaja@hrastvijak.example";
const PEOPLE: [(&str, &str); 2] = [
    ("maja@hrastvijak.example", "Maja Hribar"),
    ("ana@hrastvijak.example", "Ana Zupančič"),
];
/// A letter no note of the company has.
const LETTER: &str = "ŷ";

/// Thursday, 19 November 2026, 09:50 in Ljubljana.
const NOW: i64 = 1_795_078_200;

const HEAR: &str = r#"
window.typed = [];
document.addEventListener('keydown', (e) => { if (e.key === 'ŷ') window.typed.push(Date.now()); }, true);
"#;

/// The frame after the change begins with the callback of `requestAnimationFrame`; a task posted there runs when that
/// frame is painted.
const WATCH: &str = r#"
window.painted = [];
let seen = 0;
const look = () => {
  const now = (document.querySelector('.cm-content')?.textContent.match(/ŷ/g) ?? []).length;
  for (; seen < now; seen += 1) {
    const n = seen;
    requestAnimationFrame(() => setTimeout(() => { window.painted[n] = Date.now(); }));
  }
};
new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
"#;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [programs, count] = words.as_slice() else {
        anyhow::bail!("typed PROGRAMS COUNT");
    };
    let programs = Path::new(programs);
    let count: u64 = count.parse().context("the count")?;
    let dovecot = company::seed(Dovecot::builder(), NOW).start()?;
    let server = TeamServer::of(programs)?;
    let org = [
        "create-org",
        "Hrast",
        "--admin",
        "bor@hrastvijak.example",
        "--password-stdin",
    ];
    server.admin(&org, &format!("{PASSWORD}\n"))?;
    let dirs = [tempfile::tempdir()?, tempfile::tempdir()?];
    let mut windows = Vec::new();
    for ((mail, name), dir) in PEOPLE.into_iter().zip(&dirs) {
        let desk = Desk::at(dir.path(), programs)?;
        desk.add_account(&dovecot, MAILBOX, name)?;
        server.welcome(&desk, ("Hrast", "member"), (name, mail), PASSWORD)?;
        let window = Window::on(desk, Looks::default())?;
        let note = note(&window)?;
        windows.push((window, note));
    }
    let [(writer, field), (reader, _)] = windows.as_slice() else {
        anyhow::bail!("two windows");
    };
    writer.script(HEAR)?;
    reader.script(WATCH)?;
    writer.click(field)?;
    for n in 0..count {
        writer.keys(LETTER)?;
        let painted = moment(reader, "painted", n)?;
        let typed = moment(writer, "typed", n)?;
        ensure!(painted >= typed, "letter {n} was shown before it was typed");
        println!("{}", painted - typed);
    }
    Ok(())
}

/// Opens the newest mail and the sheet with the customer's note beside it.
fn note(window: &Window) -> Result<Found> {
    window.press("option", "Ponudba PN-2026-0418")?;
    window.find("article", "Tomaž Kovač")?;
    window.ctrl("t")?;
    let sheet = window.find("dialog", "Team")?;
    window.find_in(&sheet, "textbox", "Shared note about Tomaž Kovač")
}

/// The time of day of the nth entry of a list in the page, milliseconds.
fn moment(window: &Window, list: &str, n: u64) -> Result<f64> {
    let asked = format!("return window.{list}[{n}] ?? null");
    eventually("the letter on the other screen", || {
        Ok(window.script(&asked)?.as_f64())
    })
}
