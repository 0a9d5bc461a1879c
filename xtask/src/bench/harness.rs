//! The harness outside the project: made-up corpora, a private Dovecot, and the peers Kontor is measured against.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use kontor_testkit::{Imap, ports};

use crate::shell;

/// What the server of the harness takes for every user.
pub(super) const PASSWORD: &str = "bench";

/// Where scripts are, and where their results go.
#[derive(Debug)]
pub(super) struct Harness {
    /// The harness's folder.
    pub(super) scripts: PathBuf,
    /// Corpora, servers and profiles: may be deleted at any time.
    pub(super) work: PathBuf,
}

/// A running private Dovecot; ends when dropped.
#[derive(Debug)]
pub(super) struct Server {
    scripts: PathBuf,
    dir: PathBuf,
    /// Plain IMAP: for the drain and the peers.
    pub(super) imap: u16,
    /// IMAP over TLS: for Kontor.
    pub(super) imaps: u16,
    /// LMTP: how mail arrives.
    pub(super) lmtp: u16,
}

/// One user of a server and where its mail comes from.
pub(super) enum Home<'a> {
    /// Folders as the corpus has them.
    Folders(&'a str, &'a Path),
    /// All of the corpus in one INBOX.
    Flat(&'a str, &'a Path),
}

impl Harness {
    /// Looks for the harness: `KONTOR_BENCH`, else `../shared/bench` beside the project.
    pub(super) fn find() -> Result<Option<Self>> {
        let scripts = match std::env::var_os("KONTOR_BENCH") {
            Some(dir) => PathBuf::from(dir),
            None => shell::root().join("../shared/bench"),
        };
        if !scripts.join("gen_corpus.py").is_file() {
            return Ok(None);
        }
        let work = shell::target().join("bench");
        std::fs::create_dir_all(&work)?;
        Ok(Some(Self {
            scripts: scripts.canonicalize()?,
            work: work.canonicalize()?,
        }))
    }

    /// A Maildir of so many mails, made once; the same on every machine.
    pub(super) fn corpus(&self, count: usize) -> Result<PathBuf> {
        let dir = self.work.join(format!("corpus-{count}"));
        let (maildir, done) = (dir.join("Maildir"), dir.join("manifest.tsv"));
        if !done.is_file() {
            println!("  making a corpus of {count} mails …");
            if dir.exists() {
                std::fs::remove_dir_all(&dir)?;
            }
            std::fs::create_dir_all(&dir)?;
            self.python("gen_corpus.py", |c| {
                c.args(["--seed", "1", "--count", &count.to_string()])
                    .arg("--out")
                    .arg(&maildir)
                    .arg("--manifest")
                    .arg(&done);
            })?;
        }
        Ok(maildir)
    }

    /// Mails to be delivered, one file each.
    pub(super) fn deliveries(&self) -> Result<Vec<PathBuf>> {
        let dir = self.work.join("deliveries");
        let done = self.work.join("deliveries.tsv");
        if !done.is_file() {
            println!("  making mails to deliver …");
            self.python("gen_corpus.py", |c| {
                c.args(["--seed", "77", "--count", "600", "--flat"])
                    .arg(&dir)
                    .arg("--manifest")
                    .arg(&done);
            })?;
        }
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&dir)? {
            files.push(entry?.path());
        }
        files.sort();
        Ok(files)
    }

    fn python(&self, script: &str, args: impl FnOnce(&mut Command)) -> Result<()> {
        let mut command = Command::new("python3");
        command.arg(self.scripts.join(script));
        args(&mut command);
        shell::quiet(&mut command)
    }

    /// A path of this name in the work folder, empty.
    pub(super) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let dir = self.work.join(name);
        if dir.exists() {
            std::fs::remove_dir_all(&dir)?;
        }
        std::fs::create_dir_all(&dir)?;
        Ok(dir)
    }

    /// Starts a private Dovecot with these users. The corpus is linked, not copied: the server never changes a mail's bytes.
    pub(super) fn server(&self, name: &str, homes: &[Home<'_>]) -> Result<Server> {
        if shell::find("dovecot").is_none() {
            bail!("Dovecot is not installed (Debian packages dovecot-imapd and dovecot-lmtpd)");
        }
        let dir = self.fresh(&format!("server-{name}"))?;
        for home in homes {
            home.furnish(&dir.join("home"))?;
        }
        // The script takes five ports in a row.
        let first = (0..100)
            .filter_map(|_| ports::free(1).ok()?.pop())
            .find(|p| {
                (*p..p.saturating_add(5))
                    .all(|p| std::net::TcpListener::bind(("127.0.0.1", p)).is_ok())
            })
            .context("no five free ports in a row on 127.0.0.1")?;
        let server = Server {
            scripts: self.scripts.clone(),
            dir,
            imap: first,
            imaps: first.saturating_add(1),
            lmtp: first.saturating_add(2),
        };
        // The server keeps the outputs it is given for as long as it lives: a pipe would never end.
        let mut start = Command::new(self.scripts.join("dovecot_up.sh"));
        start.arg(&server.dir).arg(first.to_string());
        shell::run(start.stdin(Stdio::null()).stdout(Stdio::null()))?;
        Ok(server)
    }

    /// Builds the drain: logs in, fetches, throws away. The limit no client can beat.
    pub(super) fn drain(&self) -> Result<PathBuf> {
        let program = self.work.join("drain");
        if !program.is_file() {
            let source = self.scripts.join("rs/src/bin/drain.rs");
            shell::quiet(
                Command::new("rustc")
                    .args(["-O", "--edition", "2021", "-o"])
                    .arg(&program)
                    .arg(source),
            )?;
        }
        Ok(program)
    }
}

impl Home<'_> {
    fn furnish(&self, homes: &Path) -> Result<()> {
        let (Self::Folders(user, from) | Self::Flat(user, from)) = *self;
        let home = homes.join(user);
        std::fs::create_dir_all(&home)?;
        let to = home.join("Maildir");
        match self {
            Self::Folders(..) => shell::quiet(Command::new("cp").arg("-al").arg(from).arg(&to)),
            Self::Flat(..) => {
                for sub in ["cur", "new", "tmp"] {
                    std::fs::create_dir_all(to.join(sub))?;
                }
                flatten(from, &to.join("cur"))
            }
        }
    }
}

/// Links the mails of every folder into one.
fn flatten(maildir: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(maildir)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|n| n == "cur" || n == "new") {
            for mail in std::fs::read_dir(&path)? {
                let mail = mail?;
                std::fs::hard_link(mail.path(), to.join(mail.file_name()))?;
            }
        } else if path.is_dir() {
            flatten(&path, to)?;
        }
    }
    Ok(())
}

impl Server {
    /// The certificate it shows, to be trusted by Kontor.
    pub(super) fn certificate(&self) -> PathBuf {
        self.dir.join("tls/cert.pem")
    }

    /// Its certificate's key.
    pub(super) fn key(&self) -> PathBuf {
        self.dir.join("tls/key.pem")
    }

    /// Delivers mails to a user and changes as many flags in its archive (or INBOX): what happens behind a client's back.
    pub(super) fn change(&self, user: &str, mails: &[PathBuf], seed: usize) -> Result<()> {
        for mail in mails {
            let raw = std::fs::read(mail)?;
            kontor_testkit::lmtp::deliver(self.lmtp, "x@bench.example", &[user], &raw)?;
        }
        let mut imap = Imap::login(self.imap, user, PASSWORD)?;
        imap.select("Archive")?;
        let uids = imap.uids("ALL")?;
        let step = uids.len().checked_div(mails.len()).unwrap_or(1).max(1);
        for uid in uids
            .iter()
            .skip(seed.checked_rem(step).unwrap_or(0))
            .step_by(step)
            .take(mails.len())
        {
            // Whichever of the two, it must be a change.
            let (how, flag) = if seed.is_multiple_of(2) {
                ("+FLAGS", "$BenchA")
            } else {
                ("+FLAGS", "$BenchB")
            };
            imap.flags(*uid, how, flag)?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let ended = Command::new(self.scripts.join("dovecot_down.sh"))
            .arg(&self.dir)
            .stdout(Stdio::null())
            .status();
        if !ended.is_ok_and(|s| s.success()) {
            eprintln!("The server in {} could not be ended.", self.dir.display());
        }
    }
}
