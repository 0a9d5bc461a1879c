//! Dovecot's processes, from start to end.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::config::Identity;

/// Runs Dovecot in the foreground and ends it when standard input closes: the writing end of that pipe belongs to the
/// test process, so the server cannot outlive it, whatever kills the test. The whole group is told twice, because the
/// processes that hold open sessions do not end with their master. A word on the pipe before its end means that the
/// folder is still needed; without one its owner is gone, and the folder goes, too.
const SUPERVISOR: &str = r#"trap : TERM; dovecot -F -c "$1/dovecot.conf" </dev/null & pid=$!; word=$(cat)
kill -TERM 0; wait "$pid"; [ -n "$word" ] || rm -rf "$1"; kill -TERM 0"#;

/// Dovecot lives in sbin, which is not on everybody's path.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A started server; its supervisor leads a process group that holds all of Dovecot.
#[derive(Debug)]
pub(super) struct Running {
    supervisor: Child,
}

impl Running {
    /// Starts Dovecot on `dir/dovecot.conf` and returns when it listens.
    pub(super) fn start(dir: &Path, who: &Identity) -> Result<Self> {
        let log = dir.join("dovecot.log");
        let old = std::fs::metadata(&log).map_or(0, |m| m.len());
        // A killed server leaves its pid file; the number may belong to somebody else by now.
        drop(std::fs::remove_file(dir.join("run/master.pid")));
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SUPERVISOR, "sh"])
            .arg(dir)
            .env_clear()
            .env("PATH", PATH)
            .current_dir("/");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(dir.join("stderr.log"))?);
        command.process_group(0);
        who.apply(&mut command);
        let mut running = Self {
            supervisor: command.spawn().context("start /bin/sh")?,
        };
        match running.wait_until_up(dir, old) {
            Ok(()) => Ok(running),
            Err(e) => {
                running.kill()?;
                Err(e)
            }
        }
    }

    /// Dovecot logs one line when every socket is open, and another one when it gives up.
    fn wait_until_up(&mut self, dir: &Path, old: u64) -> Result<()> {
        let begun = Instant::now();
        loop {
            let bytes = std::fs::read(dir.join("dovecot.log")).unwrap_or_default();
            let fresh = bytes.get(usize::try_from(old)?..).unwrap_or_default();
            let log = String::from_utf8_lossy(fresh);
            if log.contains("starting up for") {
                return Ok(());
            }
            let stderr = std::fs::read_to_string(dir.join("stderr.log")).unwrap_or_default();
            if log.contains("Fatal:") || stderr.contains("Fatal:") || stderr.contains("not found") {
                bail!(
                    "Dovecot does not start (packages dovecot-imapd, dovecot-lmtpd, dovecot-submissiond): {stderr}{log}"
                );
            }
            if begun.elapsed() > Duration::from_secs(20) {
                bail!("Dovecot does not answer after 20 s: {stderr}{log}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asks it to end and waits until the last process has said goodbye to its client.
    pub(super) fn stop(mut self) -> Result<()> {
        if let Some(mut pipe) = self.supervisor.stdin.take() {
            pipe.write_all(b"stop\n")?;
        }
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if self.supervisor.try_wait()?.is_some() && !group_lives(self.supervisor.id())? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill()?;
        bail!("Dovecot did not end within 10 s and was killed")
    }

    /// Ends all of its processes at once, without a word to anybody.
    pub(super) fn kill(mut self) -> Result<()> {
        let signalled = self.signal("-KILL");
        self.supervisor.wait()?;
        signalled
    }

    /// Signals the whole group, by the program `kill`: the standard library signals single children only.
    fn signal(&self, signal: &str) -> Result<()> {
        let group = format!("-{}", self.supervisor.id());
        let status = Command::new("kill")
            .args([signal, "--", &group])
            .stderr(Stdio::null())
            .status();
        status.map(drop).context("run kill")
    }
}

/// True while a process of this group runs; one that only waits to be buried does not count.
fn group_lives(group: u32) -> Result<bool> {
    let group = group.to_string();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        // "pid (name) state ppid pgrp …"; the name may hold spaces and brackets.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let (state, _parent, of) = (fields.next(), fields.next(), fields.next());
        if of == Some(&group) && state != Some("Z") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes `dir/tls/{key,cert}.pem`, self-signed for localhost, without reading the system's openssl.cnf.
pub(super) fn certificate(dir: &Path, says_ca: bool) -> Result<()> {
    let tls = dir.join("tls");
    std::fs::create_dir_all(&tls)?;
    let ca = if says_ca { "TRUE" } else { "FALSE" };
    let config = format!(
        "[req]\nprompt=no\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\nCN=localhost\n[ext]\n\
         basicConstraints=critical,CA:{ca}\nsubjectAltName=DNS:localhost,IP:127.0.0.1\nsubjectKeyIdentifier=hash\n"
    );
    std::fs::write(tls.join("req.cnf"), config)?;
    let out = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "3650",
        ])
        .args([
            "-config", "req.cnf", "-keyout", "key.pem", "-out", "cert.pem",
        ])
        .current_dir(&tls)
        .output()
        .context("run openssl (package openssl)")?;
    anyhow::ensure!(
        out.status.success(),
        "openssl: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    Ok(())
}

/// Copies a tree, modification times included: they are the dates of the messages.
pub(super) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let parent = to.parent().context("no parent folder")?;
    std::fs::create_dir_all(parent)?;
    let status = Command::new("cp")
        .arg("-a")
        .arg(from)
        .arg(to)
        .status()
        .context("run cp")?;
    if !status.success() {
        return Err(
            io::Error::other(format!("copy {} to {}", from.display(), to.display())).into(),
        );
    }
    Ok(())
}
