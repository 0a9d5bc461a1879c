//! The team's server: the built program on a folder of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::{Desk, screen};

/// A running `kontor-server` on SQLite. Ends with the value.
#[derive(Debug)]
pub struct TeamServer {
    program: PathBuf,
    data: TempDir,
    port: u16,
    running: Child,
}

impl TeamServer {
    /// Starts the program in this folder, empty, on a free port of loopback.
    ///
    /// # Errors
    /// When it is not built, or does not come up.
    pub fn of(programs: &Path) -> Result<Self> {
        let program = programs.join("kontor-server");
        let data = tempfile::tempdir()?;
        let (running, port) = serve(&program, &data, 0)?;
        Ok(Self {
            program,
            data,
            port,
            running,
        })
    }

    /// Where it listens on 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Ends it without a goodbye, as a power cut does.
    ///
    /// # Errors
    /// When it cannot be ended.
    pub fn kill(&mut self) -> Result<()> {
        self.running.kill().context("end kontor-server")?;
        self.running.wait().context("wait for kontor-server")?;
        Ok(())
    }

    /// Starts it again where it was.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn revive(&mut self) -> Result<()> {
        self.running = serve(&self.program, &self.data, self.port)?.0;
        Ok(())
    }

    /// Runs `kontor-server admin … --json` beside it and returns the answer.
    ///
    /// # Errors
    /// When it is refused; the reason is in the message.
    pub fn admin(&self, words: &[&str], stdin: &str) -> Result<Value> {
        let mut child = program(&self.program, &self.data)
            .args(["--json", "admin"])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("start kontor-server admin")?;
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(stdin.as_bytes())?;
        }
        let out = child.wait_with_output()?;
        ensure!(
            out.status.success(),
            "kontor-server admin {}: {}",
            words.join(" "),
            String::from_utf8_lossy(&out.stderr).trim()
        );
        serde_json::from_slice(&out.stdout).context("an answer of kontor-server admin")
    }
}

impl TeamServer {
    /// Invites somebody and has their desk join the team.
    ///
    /// # Errors
    /// When one of both is refused; the reason is in the message.
    pub fn welcome(
        &self,
        desk: &Desk,
        (team, role): (&str, &str),
        (name, email): (&str, &str),
        password: &str,
    ) -> Result<()> {
        let invited = self.admin(&["invite", team, "--role", role], "")?;
        let code = invited.get("code").and_then(Value::as_str);
        let url = format!("http://127.0.0.1:{}", self.port);
        let words = [
            "team",
            "join",
            code.context("an invitation without a code")?,
            "--server",
            &url,
            "--name",
            name,
            "--email",
            email,
            "--password-stdin",
        ];
        desk.ctl(&words, &format!("{password}\n")).map(drop)
    }
}

impl Drop for TeamServer {
    fn drop(&mut self) {
        // Gone already is fine.
        drop(self.kill());
    }
}

fn program(program: &Path, data: &TempDir) -> Command {
    let mut command = screen::bound(&program.to_string_lossy());
    command
        .arg("--data")
        .arg(data.path())
        .env_remove("DATABASE_URL");
    command
}

/// Starts it on this port, 0 for any, and waits for the line that names the port.
fn serve(at: &Path, data: &TempDir, port: u16) -> Result<(Child, u16)> {
    let mut running = program(at, data)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("start kontor-server")?;
    let mut line = String::new();
    if let Some(out) = running.stdout.take() {
        BufReader::new(out).read_line(&mut line)?;
    }
    let said = line
        .trim()
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok());
    let Some(port) = said else {
        drop(running.kill());
        drop(running.wait());
        bail!("kontor-server did not come up: {line}");
    };
    Ok((running, port))
}
