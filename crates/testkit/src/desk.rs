//! Somebody's desk: a profile, a keychain and folders of its own, and the built programs on it.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{Dovecot, dovecot::PASSWORD, screen::bound};

/// A throwaway profile with the programs that work on it. Nothing of it touches the person's own folders.
#[derive(Debug, Clone)]
pub struct Desk {
    dir: PathBuf,
    programs: PathBuf,
}

impl Desk {
    /// Sets a desk up in `dir`; `programs` is where `kontor` and `kontorctl` were built.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn at(dir: &Path, programs: &Path) -> Result<Self> {
        for sub in ["profile", "data", "config", "cache", "run"] {
            std::fs::create_dir_all(dir.join(sub))
                .with_context(|| format!("make {}", dir.display()))?;
        }
        // Other programs refuse a runtime folder that others can read.
        std::fs::set_permissions(
            dir.join("run"),
            std::os::unix::fs::PermissionsExt::from_mode(0o700),
        )?;
        Ok(Self {
            dir: dir.to_owned(),
            programs: programs.to_owned(),
        })
    }

    /// The profile's folder.
    #[must_use]
    pub fn profile(&self) -> PathBuf {
        self.dir.join("profile")
    }

    /// The environment both programs live in.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let mut keychain = OsString::from("file:");
        keychain.push(self.dir.join("keychain.json"));
        vec![
            ("KONTOR_PROFILE", self.profile().into_os_string()),
            ("KONTOR_KEYCHAIN", keychain),
            ("XDG_DATA_HOME", self.dir.join("data").into_os_string()),
            ("XDG_CONFIG_HOME", self.dir.join("config").into_os_string()),
            ("XDG_CACHE_HOME", self.dir.join("cache").into_os_string()),
        ]
    }

    /// The window's program, ready to start; it ends with the thread that starts it.
    #[must_use]
    pub fn window(&self) -> Command {
        let mut command = bound(&self.window_program().to_string_lossy());
        command.envs(self.environment()).stdin(Stdio::null());
        command
    }

    /// Where the window's program is.
    #[must_use]
    pub fn window_program(&self) -> PathBuf {
        self.programs.join("kontor")
    }

    /// Runs `kontorctl --json` with these words and returns its answer: one value a line.
    ///
    /// # Errors
    /// When it fails; its reason is in the message.
    pub fn ctl(&self, words: &[&str], stdin: &str) -> Result<Vec<Value>> {
        let mut child = Command::new(self.programs.join("kontorctl"))
            .arg("--json")
            .args(words)
            .envs(self.environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("start kontorctl")?;
        if let Some(mut pipe) = child.stdin.take() {
            pipe.write_all(stdin.as_bytes())?;
        }
        let out = child.wait_with_output()?;
        if !out.status.success() {
            let (said, complained) = (
                String::from_utf8_lossy(&out.stdout),
                String::from_utf8_lossy(&out.stderr),
            );
            bail!(
                "kontorctl {}: {} {}",
                words.join(" "),
                said.trim(),
                complained.trim()
            );
        }
        let lines = String::from_utf8_lossy(&out.stdout).into_owned();
        lines
            .lines()
            .map(|l| serde_json::from_str(l).context("an answer of kontorctl"))
            .collect()
    }

    /// Adds an account that lives on this server, over TLS; returns its id.
    ///
    /// # Errors
    /// When the server or kontorctl refuses.
    pub fn add_account(&self, dovecot: &Dovecot, address: &str, name: &str) -> Result<String> {
        let (imap, smtp) = (
            format!("localhost:{}", dovecot.imaps_port()),
            format!("localhost:{}", dovecot.submissions_port()),
        );
        let ca = dovecot.ca_pem();
        let words = [
            "account",
            "add",
            address,
            "--name",
            name,
            "--imap",
            &imap,
            "--smtp",
            &smtp,
            "--security",
            "tls",
            "--ca",
            &ca.to_string_lossy(),
            "--password-stdin",
        ];
        let answer = self.ctl(&words, &format!("{PASSWORD}\n"))?;
        let id = answer
            .first()
            .and_then(|a| a.get("id"))
            .and_then(Value::as_str);
        id.map(str::to_owned)
            .context("kontorctl account add answered without an id")
    }

    /// Chooses a setting of the window: `set("language", "sl")`.
    ///
    /// # Errors
    /// When there is no such setting or value.
    pub fn set(&self, setting: &str, value: &str) -> Result<()> {
        self.ctl(&["settings", &format!("{setting}={value}")], "")
            .map(drop)
    }

    /// True when every account has all its mail here.
    ///
    /// # Errors
    /// When kontorctl fails.
    pub fn is_synced(&self) -> Result<bool> {
        let status = self.ctl(&["status"], "")?;
        let accounts = status
            .first()
            .and_then(|s| s.get("accounts"))
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let empty = |a: &Value, what| a.pointer(what).and_then(Value::as_u64) == Some(0);
        let looked = |a: &Value| {
            a.pointer("/layers/poll/last_at")
                .is_some_and(|at| !at.is_null())
        };
        Ok(!accounts.is_empty()
            && accounts.iter().all(|a| {
                empty(a, "/backlog/envelopes") && empty(a, "/backlog/bodies") && looked(a)
            }))
    }
}
