//! A private Dovecot: IMAP, LMTP and submission on loopback ports of its own, in a folder of its own.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! use kontor_testkit::{Dovecot, Mail};
//! let dovecot = Dovecot::builder()
//!     .mail("maja@hrastvijak.example", Mail::new("Subject: hi\r\n\r\nhello\r\n").flag("\\Seen"))
//!     .hide("QRESYNC")
//!     .start()?;
//! dovecot.deliver("maja@hrastvijak.example", b"Subject: new\r\n\r\nfresh\r\n")?;
//! let mut other_device = dovecot.imap("maja@hrastvijak.example")?;
//! other_device.select("INBOX")?;
//! # Ok(()) }
//! ```
//!
//! No file in `/etc` is read, no privilege is needed; root drops to `nobody`, because Dovecot refuses to serve mail as
//! root. The server ends with the value, and when the test process dies: it hangs on a pipe from it.

mod config;
mod process;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::{Imap, Mail, Relayed, lmtp, maildir, ports, sink::Sink};
use config::{Config, Identity, Ports};
use process::Running;

/// The password of every user.
pub const PASSWORD: &str = "secret";

/// What a Dovecot shall be like. See [`Dovecot::builder`].
#[derive(Debug, Default)]
pub struct DovecotBuilder {
    config: Config,
    users: BTreeSet<String>,
    mails: Vec<(String, Vec<Mail>)>,
    maildirs: Vec<(String, PathBuf)>,
}

/// A running (or stopped, or killed) server. Everything of it is gone after drop.
#[derive(Debug)]
pub struct Dovecot {
    dir: TempDir,
    config: Config,
    identity: Identity,
    ports: Ports,
    sink: Sink,
    running: Option<Running>,
}

impl DovecotBuilder {
    /// Makes a user known, so that submitted mail for this address is delivered. Logging in needs no such call: any
    /// name is let in with [`PASSWORD`].
    #[must_use]
    pub fn user(mut self, address: &str) -> Self {
        self.users.insert(address.to_owned());
        self
    }

    /// Puts a message into a user's mailbox before the start.
    #[must_use]
    pub fn mail(self, user: &str, mail: Mail) -> Self {
        self.mails(user, vec![mail])
    }

    /// Puts messages into a user's mailbox before the start; they are numbered by date, then in this order.
    #[must_use]
    pub fn mails(mut self, user: &str, mails: Vec<Mail>) -> Self {
        self.users.insert(user.to_owned());
        match self.mails.iter_mut().find(|(u, _)| u == user) {
            Some((_, have)) => have.extend(mails),
            None => self.mails.push((user.to_owned(), mails)),
        }
        self
    }

    /// Takes a copy of an existing Maildir as a user's mailbox.
    #[must_use]
    pub fn maildir(mut self, user: &str, from: &Path) -> Self {
        self.users.insert(user.to_owned());
        self.maildirs.push((user.to_owned(), from.to_owned()));
        self
    }

    /// Adds a folder every user has and is subscribed to (name in UTF-8).
    #[must_use]
    pub fn mailbox(mut self, name: &str) -> Self {
        self.config.mailbox(name, None);
        self
    }

    /// Adds a folder with a special use such as `\Sent`, instead of the one that has it by default.
    #[must_use]
    pub fn special_use(mut self, name: &str, attribute: &str) -> Self {
        self.config.mailbox(name, Some(attribute));
        self
    }

    /// Drops the default folders Archive, Sent, Drafts, Junk, Trash.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.config.mailboxes.clear();
        self
    }

    /// Keeps the capability out of the server's answers: `QRESYNC`, `MOVE`, `UIDPLUS`, `LIST-STATUS`, `IDLE`, …
    ///
    /// A command of the hidden extension still works; a client must not use what is not announced.
    #[must_use]
    pub fn hide(mut self, capability: &str) -> Self {
        self.config.hidden.insert(capability.to_ascii_uppercase());
        self
    }

    /// Announces exactly these capabilities after login, separated by spaces.
    #[must_use]
    pub fn capability(mut self, all: &str) -> Self {
        self.config.capability = Some(all.to_owned());
        self
    }

    /// Sets the delimiter between folder levels (default `/`) and the prefix of personal folders (default none), e.g.
    /// `('.', "INBOX.")` as on many hosts.
    #[must_use]
    pub fn namespace(mut self, delimiter: char, prefix: &str) -> Self {
        self.config.delimiter = delimiter;
        prefix.clone_into(&mut self.config.prefix);
        self
    }

    /// Lets a user have at most so many connections from one address.
    #[must_use]
    pub const fn max_connections(mut self, count: u32) -> Self {
        self.config.max_connections = count;
        self
    }

    /// Files a copy of submitted mail in Sent by itself, as Gmail and Exchange do. Mind that the sender's own mailbox
    /// then holds the message without any APPEND.
    #[must_use]
    pub const fn files_sent_mail(mut self) -> Self {
        self.config.files_sent_mail = true;
        self
    }

    /// Makes the certificate say `CA:TRUE`, as a careless `openssl req -x509` does; many TLS libraries refuse it.
    #[must_use]
    pub const fn certificate_says_ca(mut self) -> Self {
        self.config.certificate_says_ca = true;
        self
    }

    /// Appends lines to `dovecot.conf`.
    #[must_use]
    pub fn config(mut self, lines: &str) -> Self {
        self.config.extra.push_str(lines);
        self.config.extra.push('\n');
        self
    }

    /// Writes the mail, starts the server and returns when it answers.
    ///
    /// # Errors
    /// When Dovecot is not installed or does not come up; its own words are in the message.
    pub fn start(self) -> Result<Dovecot> {
        // Short on purpose: Unix sockets below it have at most 108 bytes of path.
        let dir = tempfile::Builder::new()
            .prefix("kontor-")
            .tempdir_in("/tmp")
            .context("make a folder in /tmp")?;
        let identity = Identity::here()?;
        for (user, from) in &self.maildirs {
            process::copy_tree(from, &home(dir.path(), user).join("Maildir"))?;
        }
        for user in &self.users {
            std::fs::create_dir_all(home(dir.path(), user))?;
        }
        for (user, mails) in &self.mails {
            maildir::write(&home(dir.path(), user).join("Maildir"), mails)?;
        }
        process::certificate(dir.path(), self.config.certificate_says_ca)?;
        let sink = Sink::start()?;
        let mut dovecot = Dovecot {
            dir,
            config: self.config,
            identity,
            ports: Ports::default(),
            sink,
            running: None,
        };
        dovecot.sink.know(self.users);
        dovecot.first_start()?;
        Ok(dovecot)
    }
}

impl Dovecot {
    /// A server with the usual folders and all of Dovecot's capabilities.
    #[must_use]
    pub fn builder() -> DovecotBuilder {
        DovecotBuilder::default()
    }

    /// IMAP without encryption; STARTTLS is offered.
    #[must_use]
    pub const fn imap_port(&self) -> u16 {
        self.ports.imap
    }

    /// IMAP over TLS.
    #[must_use]
    pub const fn imaps_port(&self) -> u16 {
        self.ports.imaps
    }

    /// LMTP, where other servers would deliver.
    #[must_use]
    pub const fn lmtp_port(&self) -> u16 {
        self.ports.lmtp
    }

    /// Submission without encryption; STARTTLS is offered.
    #[must_use]
    pub const fn submission_port(&self) -> u16 {
        self.ports.submission
    }

    /// Submission over TLS.
    #[must_use]
    pub const fn submissions_port(&self) -> u16 {
        self.ports.submissions
    }

    /// The server's own certificate, in PEM, valid for `localhost` and `127.0.0.1`.
    #[must_use]
    pub fn ca_pem(&self) -> PathBuf {
        self.dir.path().join("tls/cert.pem")
    }

    /// A user's Maildir on disk.
    #[must_use]
    pub fn maildir(&self, user: &str) -> PathBuf {
        home(self.dir.path(), user).join("Maildir")
    }

    /// What the server wrote into its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read(self.dir.path().join("dovecot.log")).map_or_else(
            |_| String::new(),
            |b| String::from_utf8_lossy(&b).into_owned(),
        )
    }

    /// Delivers a message from outside; returns when it is in INBOX.
    ///
    /// # Errors
    /// When the server is down.
    pub fn deliver(&self, user: &str, raw: &[u8]) -> Result<()> {
        lmtp::deliver(self.ports.lmtp, "outside@example.org", &[user], raw)
    }

    /// Opens a second device on a user's mailbox.
    ///
    /// # Errors
    /// When the server is down.
    pub fn imap(&self, user: &str) -> Result<Imap> {
        Imap::login(self.ports.imap, user, PASSWORD)
    }

    /// Everything that was submitted here so far, in order.
    #[must_use]
    pub fn relayed(&self) -> Vec<Relayed> {
        self.sink.relayed()
    }

    /// Waits until `count` messages have been submitted, at most `limit`; returns what came by then.
    #[must_use]
    pub fn wait_relayed(&self, count: usize, limit: Duration) -> Vec<Relayed> {
        self.sink.wait(count, limit)
    }

    /// From now on refuses the recipient with this SMTP reply, e.g. `550 5.1.1 no such user`.
    pub fn refuse_recipient(&self, address: &str, reply: &str) {
        self.sink.refuse(address, reply);
    }

    /// Ends the server in good order: clients get BYE.
    ///
    /// # Errors
    /// When it does not end within ten seconds.
    pub fn stop(&mut self) -> Result<()> {
        self.running.take().map_or(Ok(()), Running::stop)
    }

    /// Ends the server as a power cut does: connections break off without a word.
    ///
    /// # Errors
    /// When its processes cannot be signalled.
    pub fn kill(&mut self) -> Result<()> {
        self.running.take().map_or(Ok(()), Running::kill)
    }

    /// Starts it again on the same ports with the same mail; stops it first where it runs.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn restart(&mut self) -> Result<()> {
        self.stop()?;
        self.running = Some(Running::start(self.dir.path(), &self.identity)?);
        Ok(())
    }

    /// Picks ports until the server gets them all: another test may take one in between.
    fn first_start(&mut self) -> Result<()> {
        let mut attempts = 1..=5;
        loop {
            let last = attempts.next().is_none();
            self.ports = Ports::from_free(&ports::free(5)?)?;
            let copies = self
                .config
                .files_sent_mail
                .then(|| (self.ports.imap, self.config.sent_folder().to_owned()));
            self.sink.serve(self.ports.lmtp, copies);
            let text = self.config.render(
                self.dir.path(),
                &self.identity,
                &self.ports,
                self.sink.port(),
            );
            std::fs::write(self.dir.path().join("dovecot.conf"), text)?;
            self.identity.own(self.dir.path())?;
            match Running::start(self.dir.path(), &self.identity) {
                Ok(running) => {
                    self.running = Some(running);
                    return Ok(());
                }
                Err(e) if !last && format!("{e:#}").contains("Address already in use") => {}
                Err(e) => return Err(e),
            }
        }
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // A test that is over has nothing to lose: the quick way.
        drop(self.kill());
    }
}

fn home(dir: &Path, user: &str) -> PathBuf {
    dir.join("home").join(user)
}
