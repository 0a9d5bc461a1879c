//! The text of `dovecot.conf` for Dovecot 2.3, and who runs it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::PASSWORD;

/// Announced after login by Dovecot 2.3.19 with the configuration below; the base that hiding subtracts from.
const CAPABILITIES: &str = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES \
    THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS \
    LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE \
    SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE COMPRESS=DEFLATE";

/// The knobs of one server.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) mailboxes: Vec<(String, Option<String>)>,
    pub(super) hidden: BTreeSet<String>,
    pub(super) capability: Option<String>,
    pub(super) delimiter: char,
    pub(super) prefix: String,
    pub(super) max_connections: u32,
    pub(super) files_sent_mail: bool,
    pub(super) certificate_says_ca: bool,
    pub(super) extra: String,
}

impl Default for Config {
    fn default() -> Self {
        let usual = ["Archive", "Sent", "Drafts", "Junk", "Trash"];
        Self {
            mailboxes: usual
                .iter()
                .map(|n| ((*n).to_owned(), Some(format!("\\{n}"))))
                .collect(),
            hidden: BTreeSet::new(),
            capability: None,
            delimiter: '/',
            prefix: String::new(),
            max_connections: 200,
            files_sent_mail: false,
            certificate_says_ca: false,
            extra: String::new(),
        }
    }
}

/// Where the server listens.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Ports {
    pub(super) imap: u16,
    pub(super) imaps: u16,
    pub(super) lmtp: u16,
    pub(super) submission: u16,
    pub(super) submissions: u16,
}

impl Ports {
    pub(super) fn from_free(free: &[u16]) -> Result<Self> {
        let [imap, imaps, lmtp, submission, submissions] = *free else {
            anyhow::bail!("five ports wanted, {} given", free.len());
        };
        Ok(Self {
            imap,
            imaps,
            lmtp,
            submission,
            submissions,
        })
    }
}

/// The user the server runs as: ourselves, or `nobody` when we are root.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) uid: u32,
    pub(super) gid: u32,
    user: String,
    group: String,
    drop_root: bool,
}

impl Identity {
    pub(super) fn here() -> Result<Self> {
        let me = std::fs::metadata("/proc/self").context("read /proc/self")?;
        let drop_root = me.uid() == 0;
        let (uid, gid) = if drop_root {
            (65534, 65534)
        } else {
            (me.uid(), me.gid())
        };
        Ok(Self {
            uid,
            gid,
            user: id("-un", uid)?,
            group: id("-gn", uid)?,
            drop_root,
        })
    }

    /// Makes a child run as this user.
    pub(super) fn apply(&self, command: &mut Command) {
        use std::os::unix::process::CommandExt as _;
        if self.drop_root {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Hands a tree over to this user.
    pub(super) fn own(&self, tree: &Path) -> Result<()> {
        if !self.drop_root {
            return Ok(());
        }
        std::os::unix::fs::chown(tree, Some(self.uid), Some(self.gid))
            .with_context(|| format!("hand {} to {}", tree.display(), self.user))?;
        if tree.is_dir() {
            for entry in std::fs::read_dir(tree)? {
                self.own(&entry?.path())?;
            }
        }
        Ok(())
    }
}

fn id(what: &str, uid: u32) -> Result<String> {
    let out = Command::new("id")
        .arg(what)
        .arg(uid.to_string())
        .output()
        .context("run id")?;
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

impl Config {
    pub(super) fn mailbox(&mut self, name: &str, special_use: Option<&str>) {
        self.mailboxes
            .retain(|(n, a)| n != name && (special_use.is_none() || a.as_deref() != special_use));
        self.mailboxes
            .push((name.to_owned(), special_use.map(str::to_owned)));
    }

    /// The folder that holds sent mail, in UTF-8.
    pub(super) fn sent_folder(&self) -> &str {
        let sent = self
            .mailboxes
            .iter()
            .find(|(_, a)| a.as_deref() == Some("\\Sent"));
        sent.map_or("Sent", |(name, _)| name)
    }

    /// The capabilities to announce, or `None` for the server's own list.
    fn announced(&self) -> Option<String> {
        if self.hidden.is_empty() {
            return self.capability.clone();
        }
        let all = self.capability.as_deref().unwrap_or(CAPABILITIES);
        Some(
            all.split(' ')
                .filter(|c| !c.is_empty() && !self.hidden.contains(&c.to_ascii_uppercase()))
                .collect::<Vec<_>>()
                .join(" "),
        )
    }

    /// The whole text of `dovecot.conf`.
    pub(super) fn render(&self, dir: &Path, who: &Identity, ports: &Ports, relay: u16) -> String {
        let name = dir.file_name().unwrap_or_default().to_string_lossy();
        let capability = self
            .announced()
            .map_or_else(String::new, |c| format!("imap_capability = {c}"));
        let words: [(&str, &dyn std::fmt::Display); 17] = [
            ("dir", &dir.display()),
            ("name", &name),
            ("user", &who.user),
            ("group", &who.group),
            ("uid", &who.uid),
            ("gid", &who.gid),
            ("connections", &self.max_connections),
            ("namespace", &self.namespace()),
            ("capability", &capability),
            ("password", &PASSWORD),
            ("imap", &ports.imap),
            ("imaps", &ports.imaps),
            ("lmtp", &ports.lmtp),
            ("submission", &ports.submission),
            ("submissions", &ports.submissions),
            ("relay", &relay),
            ("extra", &self.extra),
        ];
        let template = include_str!("dovecot.conf").to_owned();
        words.iter().fold(template, |text, (word, value)| {
            text.replace(&format!("@{word}@"), &value.to_string())
        })
    }

    fn namespace(&self) -> String {
        let mut out = format!(
            "namespace inbox {{\n  inbox = yes\n  separator = {}\n  prefix = {}\n",
            self.delimiter, self.prefix
        );
        for (name, special_use) in &self.mailboxes {
            let use_line = special_use
                .as_ref()
                .map_or_else(String::new, |s| format!("    special_use = {s}\n"));
            // Quoted: a name may hold spaces. Dovecot wants UTF-8 here, not the wire's encoding.
            let _infallible = write!(
                out,
                "  mailbox \"{name}\" {{\n{use_line}    auto = subscribe\n  }}\n"
            );
        }
        out.push('}');
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_template_is_filled_in() {
        let text = Config::default().render(
            Path::new("/tmp/x"),
            &Identity::here().unwrap(),
            &Ports::default(),
            25,
        );
        let open: Vec<_> = text
            .lines()
            .skip(1)
            .filter(|l| l.contains('@') && !l.contains("postmaster@"))
            .collect();
        assert!(open.is_empty(), "left over: {open:?}");
    }

    #[test]
    fn hiding_takes_single_words_away() {
        let mut config = Config::default();
        assert_eq!(
            config.announced(),
            None,
            "untouched, the server speaks for itself"
        );
        config.hidden.insert("QRESYNC".into());
        let left = config.announced().unwrap();
        assert!(
            !left.contains("QRESYNC") && left.contains("CONDSTORE"),
            "{left}"
        );
    }

    #[test]
    fn a_special_use_is_held_by_one_folder() {
        let mut config = Config::default();
        config.mailbox("Poslano", Some("\\Sent"));
        let holders: Vec<_> = config
            .mailboxes
            .iter()
            .filter(|(_, a)| a.as_deref() == Some("\\Sent"))
            .collect();
        assert_eq!(holders.len(), 1, "{holders:?}");
        assert_eq!(holders[0].0, "Poslano", "the one asked for");
    }
}
