//! Hocuspocus, the peer of the team's server: the same note traffic, by its own client.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Bench;
use crate::shell;

/// The peer's programs; what they are built from is named in `package-lock.json`.
const FILES: [(&str, &str); 4] = [
    (
        "package.json",
        include_str!("../../../tests/peers/hocuspocus/package.json"),
    ),
    (
        "package-lock.json",
        include_str!("../../../tests/peers/hocuspocus/package-lock.json"),
    ),
    (
        "server.mjs",
        include_str!("../../../tests/peers/hocuspocus/server.mjs"),
    ),
    (
        "load.mjs",
        include_str!("../../../tests/peers/hocuspocus/load.mjs"),
    ),
];

/// Ends the server with this value.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Lets so many people type so many keys a second for so long; `ops`, and the server's `cpu` seconds.
pub(super) fn typing(bench: &Bench, words: [&str; 3]) -> Result<Value> {
    let dir = shell::target().join("peers/hocuspocus");
    std::fs::create_dir_all(&dir)?;
    for (name, text) in FILES {
        std::fs::write(dir.join(name), text)?;
    }
    let install = ["ci", "--no-audit", "--no-fund", "--silent"];
    shell::run(Command::new("npm").args(install).current_dir(&dir))?;
    let mut server = Command::new("node")
        .arg("server.mjs")
        .arg(bench.harness.fresh("hocuspocus")?)
        .current_dir(&dir)
        .stdout(Stdio::piped())
        .spawn()
        .context("start node")?;
    let out = server.stdout.take().context("a pipe")?;
    let server = Ending(server);
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let url = line
        .trim()
        .strip_prefix("listening on ")
        .context("Hocuspocus does not listen")?;
    let load = shell::output(
        Command::new("node")
            .args(["load.mjs", url, &server.0.id().to_string()])
            .args(words)
            .current_dir(&dir),
    )?;
    serde_json::from_str(&load).context("an answer of the load")
}
