//! First sync, nothing changed, a hundred changes, disk: Kontor over TLS beside the raw drain, mbsync and notmuch over
//! plain connections, all in the same rounds on the same server.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Bench;
use super::harness::{Harness, Home, PASSWORD, Server};
use super::kontor::{self, Kontor};
use super::report::{Report, Row};
use super::spent::{Spent, disk, measured, median};
use crate::shell;

/// Mails delivered and flags changed between two syncs.
const CHANGES: usize = 100;

/// How often in a round; there are mails to deliver for six times.
const CHANGED: usize = 2;

/// Drains before each first sync: one takes under a second and swings by half, and everything is told in multiples of it.
const DRAINS: usize = 5;

/// The figures of all rounds.
#[derive(Default)]
struct Rounds {
    drain: Vec<f64>,
    first: Vec<Spent>,
    first_peer: Vec<Spent>,
    first_safe_peer: Vec<Spent>,
    index_peer: Vec<Spent>,
    nothing: Vec<Spent>,
    nothing_peer: Vec<Spent>,
    changes: Vec<Spent>,
    changes_peer: Vec<Spent>,
}

pub(super) fn run(bench: &Bench, report: &mut Report) -> Result<()> {
    let programs = kontor::programs(bench)?;
    let corpus = bench.harness.corpus(bench.count)?;
    let mails = bench.harness.deliveries()?;
    let server = bench
        .harness
        .server("sync", &[Home::Folders("bench", &corpus)])?;
    let mbsync = shell::find("mbsync").is_some();
    if !mbsync {
        report.missing("mbsync (Debian package isync) is not installed");
    }
    let notmuch = mbsync && shell::find("notmuch").is_some();
    if !notmuch {
        report.missing("notmuch is not installed, or has no Maildir to index");
    }
    drain(&bench.harness, &server, "bench", "full")?; // builds the server's own indexes
    let mut rounds = Rounds::default();
    let (mut stored, mut peer_stored) = (0.0, 0.0);
    for round in 0..bench.rounds {
        println!("  round {} of {}", round.saturating_add(1), bench.rounds);
        rounds.drain(bench, &server)?;
        let profile = bench.harness.fresh(&format!("profile-{}", bench.count))?;
        let kontor = Kontor::at(&profile, &programs)?;
        kontor.account(&server, "bench")?;
        let (first, answer) = kontor.sync_once(&[])?;
        whole(&answer, &server, "bench")?;
        rounds.first.push(first);
        stored = disk(&kontor.profile())?;
        rounds.drain(bench, &server)?;
        let peer = if mbsync {
            let peer = Peer::at(&bench.harness, &server, "bench")?;
            rounds.first_safe_peer.push(peer.sync(true)?);
            let peer = Peer::at(&bench.harness, &server, "bench")?;
            rounds.first_peer.push(peer.sync(false)?);
            peer_stored = disk(&peer.dir)?;
            Some(peer)
        } else {
            None
        };
        if notmuch
            && round == 0
            && let Some(peer) = &peer
        {
            rounds.index_peer.push(peer.index()?);
        }
        for _ in 0..5 {
            if let Some(peer) = &peer {
                rounds.nothing_peer.push(peer.sync(true)?);
            }
            rounds.nothing.push(kontor.sync_once(&[])?.0);
        }
        for turn in 0..CHANGED {
            let turn = round.saturating_mul(CHANGED).saturating_add(turn);
            let some = mails
                .iter()
                .skip(turn.saturating_mul(CHANGES))
                .take(CHANGES);
            server.change("bench", &some.cloned().collect::<Vec<_>>(), turn)?;
            let (spent, answer) = kontor.sync_once(&[])?;
            whole(&answer, &server, "bench")?;
            rounds.changes.push(spent);
            if let Some(peer) = &peer {
                rounds.changes_peer.push(peer.sync(true)?);
            }
        }
    }
    rounds.report(bench, report);
    report_disk(&corpus, (stored, peer_stored), report)
}

impl Rounds {
    fn drain(&mut self, bench: &Bench, server: &Server) -> Result<()> {
        for _ in 0..DRAINS {
            self.drain
                .push(drain(&bench.harness, server, "bench", "full")?);
        }
        Ok(())
    }

    fn report(&self, bench: &Bench, report: &mut Report) {
        let drain = median(&self.drain);
        let n = bench.count;
        report.add(
            Row::beside("raw drain of all bodies", drain, "s").note(format!(
                "{n} mails, plain connection: the limit; median of {}, {:.2} to {:.2} s",
                self.drain.len(),
                self.drain.iter().copied().fold(f64::INFINITY, f64::min),
                self.drain.iter().copied().fold(0.0, f64::max)
            )),
        );
        let first = wall(&self.first);
        report.add(
            Row::at_most(
                "first sync: stored, threaded, searchable",
                first / drain,
                "× drain",
                (6.5, 4.0),
            )
            .note(format!(
                "{first:.2} s, {:.2} s CPU, {:.0} MB RSS",
                cpu(&self.first),
                rss(&self.first)
            )),
        );
        for (what, peer) in [
            ("mbsync, FSync no", &self.first_peer),
            ("mbsync, FSync yes (its default)", &self.first_safe_peer),
            ("notmuch new after it", &self.index_peer),
        ] {
            if !peer.is_empty() {
                report.add(
                    Row::beside(what, wall(peer) / drain, "× drain").note(format!(
                        "{:.2} s, {:.2} s CPU, {:.0} MB RSS",
                        wall(peer),
                        cpu(peer),
                        rss(peer)
                    )),
                );
            }
        }
        for (what, kontor, peer, goal) in [
            (
                "nothing changed, process start included",
                &self.nothing,
                &self.nothing_peer,
                (1.0, 0.5),
            ),
            (
                "100 new mails and 100 flags, indexed",
                &self.changes,
                &self.changes_peer,
                (1.0, 0.6),
            ),
        ] {
            let (ours, theirs) = (wall(kontor), wall(peer));
            let note = format!("{:.0} ms, {:.0} ms CPU", ours * 1e3, cpu(kontor) * 1e3);
            if peer.is_empty() {
                report.add(Row::beside(what, ours * 1e3, "ms").note(note));
                continue;
            }
            report.add(
                Row::at_most(what, ours / theirs, "× mbsync", goal).note(format!(
                    "{note}; mbsync {:.0} ms, {:.0} ms CPU",
                    theirs * 1e3,
                    cpu(peer) * 1e3
                )),
            );
        }
    }
}

fn report_disk(corpus: &Path, (stored, peer): (f64, f64), report: &mut Report) -> Result<()> {
    let maildir = disk(corpus)?;
    report.add(
        Row::at_most(
            "disk: mail, lists and index",
            stored / maildir,
            "× Maildir",
            (0.75, 0.6),
        )
        .note(format!(
            "{stored:.0} MB; the Maildir {maildir:.0} MB, both by du (whole blocks)"
        )),
    );
    if peer > 0.0 {
        report.add(
            Row::beside(
                "disk: mbsync's copy, with notmuch's index where it was made",
                peer / maildir,
                "× Maildir",
            )
            .note(format!("{peer:.0} MB")),
        );
    }
    Ok(())
}

fn wall(all: &[Spent]) -> f64 {
    median(&all.iter().map(|s| s.wall).collect::<Vec<_>>())
}

fn cpu(all: &[Spent]) -> f64 {
    median(&all.iter().map(|s| s.cpu).collect::<Vec<_>>())
}

fn rss(all: &[Spent]) -> f64 {
    median(&all.iter().map(|s| s.rss).collect::<Vec<_>>())
}

/// Runs the drain and returns its own seconds.
pub(super) fn drain(harness: &Harness, server: &Server, user: &str, mode: &str) -> Result<f64> {
    let out = shell::output(
        Command::new(harness.drain()?)
            .arg("127.0.0.1")
            .arg(server.imap.to_string())
            .args([mode, "--user", user]),
    )?;
    let answer: Value = serde_json::from_str(&out).context("read the drain's answer")?;
    answer
        .get("seconds")
        .and_then(Value::as_f64)
        .context("the drain names no seconds")
}

/// Fails when a sync that says it is done left messages out: a fast answer must be a whole one.
pub(super) fn whole(answer: &Value, server: &Server, user: &str) -> Result<()> {
    let ours = answer.get("messages").and_then(Value::as_u64).unwrap_or(0);
    let mut imap = kontor_testkit::Imap::login(server.imap, user, PASSWORD)?;
    let list = imap.text("LIST \"\" * RETURN (STATUS (MESSAGES))")?;
    let there: u64 = list
        .split("(MESSAGES ")
        .skip(1)
        .filter_map(|t| t.split(')').next()?.parse::<u64>().ok())
        .sum();
    anyhow::ensure!(
        ours == there,
        "the profile has {ours} messages, the server {there}"
    );
    Ok(())
}

/// mbsync and notmuch on a folder of their own.
pub(super) struct Peer {
    /// Where everything of theirs lies.
    pub(super) dir: PathBuf,
}

impl Peer {
    /// Begins with nothing.
    pub(super) fn at(harness: &Harness, server: &Server, user: &str) -> Result<Self> {
        let dir = harness.fresh("mbsync")?;
        let d = dir.display();
        std::fs::create_dir_all(dir.join("mail"))?;
        for (name, fsync) in [("safe", "yes"), ("fast", "no")] {
            let text = format!(
                "FSync {fsync}\nIMAPStore r\nHost 127.0.0.1\nPort {}\nUser {user}\nPass {PASSWORD}\nSSLType None\nAuthMechs LOGIN\n\n\
                 MaildirStore l\nPath {d}/mail/\nInbox {d}/mail/INBOX\nSubFolders Verbatim\n\n\
                 Channel c\nFar :r:\nNear :l:\nPatterns *\nCreate Near\nRemove None\nExpunge None\nSyncState *\nCopyArrivalDate yes\n",
                server.imap
            );
            std::fs::write(dir.join(name), text)?;
        }
        let notmuch = format!(
            "[database]\npath={d}/mail\n[user]\nname=b\nprimary_email=marek@bench.example\n[new]\ntags=new\n\
             ignore=.mbsyncstate;.uidvalidity;.mbsyncstate.lock\n[maildir]\nsynchronize_flags=true\n"
        );
        std::fs::write(dir.join("notmuch"), notmuch)?;
        Ok(Self { dir })
    }

    /// Synchronises; `safe` as mbsync does when nobody tells it otherwise.
    pub(super) fn sync(&self, safe: bool) -> Result<Spent> {
        let rc = self.dir.join(if safe { "safe" } else { "fast" });
        let mut command = Command::new("mbsync");
        command.arg("-q").arg("-c").arg(rc).arg("-a");
        Ok(measured(&command)?.0)
    }

    /// Indexes with notmuch.
    pub(super) fn index(&self) -> Result<Spent> {
        let mut command = Command::new("notmuch");
        command.args(["new", "--quiet"]);
        command.env("NOTMUCH_CONFIG", self.dir.join("notmuch"));
        Ok(measured(&command)?.0)
    }
}
