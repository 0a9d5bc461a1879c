//! When mail that arrives is painted in the real window: `painted PROGRAMS DESK LMTP-PORT USER COUNT` opens the window
//! on a desk that is set up, delivers mails one after the other, and prints for each the time of day, in milliseconds,
//! at which its row was on the screen. `cargo xtask bench push` measures with it.
#![allow(clippy::print_stdout, reason = "its answer")]

use std::path::Path;

use anyhow::{Context as _, Result};
use e2e::{Looks, Window, eventually};
use kontor_testkit::{Desk, lmtp};

/// Notes when the first frame with a new subject has been handed to the screen: the frame after the change begins with
/// the callback of `requestAnimationFrame`, and a task posted there runs when that frame is painted.
const WATCH: &str = r#"
window.painted = {};
new MutationObserver(() => {
  for (const row of document.querySelectorAll('[role=option]')) {
    const found = /painted-(\d+)/.exec(row.textContent);
    if (!found || found[1] in window.painted) continue;
    window.painted[found[1]] = null;
    requestAnimationFrame(() => setTimeout(() => { window.painted[found[1]] = Date.now(); }));
  }
}).observe(document.body, { childList: true, subtree: true, characterData: true });
"#;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [programs, desk, port, user, count] = words.as_slice() else {
        anyhow::bail!("painted PROGRAMS DESK LMTP-PORT USER COUNT");
    };
    let port = port.parse().context("the port")?;
    let desk = Desk::at(Path::new(desk), Path::new(programs))?;
    let window = Window::on(desk, Looks::default())?;
    window.find("", "Synced")?;
    window.script(WATCH)?;
    for n in 0..count.parse::<u32>().context("the count")? {
        deliver(port, user, n)?;
        let painted = eventually("the row of the mail", || {
            Ok(window
                .script(&format!("return window.painted[{n}] ?? null"))?
                .as_f64())
        })?;
        println!("{}", painted.rem_euclid(86_400_000.0));
    }
    Ok(())
}

fn deliver(port: u16, user: &str, n: u32) -> Result<()> {
    let raw = format!(
        "From: Tina Vidmar <tina@bench.example>\r\nTo: {user}@bench.example\r\nSubject: painted-{n}\r\n\
         Message-ID: <painted-{n}@bench.example>\r\n\r\nNumber {n}.\r\n"
    );
    lmtp::deliver(port, "tina@bench.example", &[user], raw.as_bytes())
}
