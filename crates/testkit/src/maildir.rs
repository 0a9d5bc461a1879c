//! Mail put straight into a Maildir, before the server starts: thousands of messages in the time of one IMAP APPEND.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context as _, Result};

use crate::utf7;

/// One message to be there when the server starts.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The folder's name in UTF-8, `/` between levels; created where missing.
    pub folder: String,
    /// Flags and keywords as on the wire: `\Seen`, `$Forwarded`.
    pub flags: Vec<String>,
    /// INTERNALDATE, seconds since 1970 UTC.
    pub received: i64,
    /// The bytes; bare LF is served as CRLF.
    pub raw: Vec<u8>,
}

impl Mail {
    /// An unread message in INBOX, received on 1 January 2026.
    #[must_use]
    pub fn new(raw: impl Into<Vec<u8>>) -> Self {
        Self {
            folder: "INBOX".into(),
            flags: Vec::new(),
            received: 1_767_225_600,
            raw: raw.into(),
        }
    }

    /// Puts it into another folder.
    #[must_use]
    pub fn folder(mut self, folder: &str) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    /// Adds a flag or keyword.
    #[must_use]
    pub fn flag(mut self, flag: &str) -> Self {
        self.flags.push(flag.to_owned());
        self
    }

    /// Sets INTERNALDATE (seconds since 1970 UTC).
    #[must_use]
    pub const fn received(mut self, at: i64) -> Self {
        self.received = at;
        self
    }
}

/// Writes messages below `maildir`, in the order given: the server numbers them so.
///
/// # Errors
/// When the disk refuses, or one folder uses more than 26 keywords (Maildir has letters a to z).
pub fn write(maildir: &Path, mails: &[Mail]) -> Result<()> {
    let mut keywords: std::collections::BTreeMap<&str, Vec<&str>> =
        std::collections::BTreeMap::new();
    for (n, mail) in mails.iter().enumerate() {
        let dir = maildir.join(folder_dir(&mail.folder));
        for sub in ["cur", "new", "tmp"] {
            fs::create_dir_all(dir.join(sub))
                .with_context(|| format!("create {}", dir.display()))?;
        }
        let letters = flag_letters(&mail.flags, keywords.entry(&mail.folder).or_default())?;
        let wire_size = mail.raw.len().saturating_add(bare_newlines(&mail.raw));
        let stamp = u64::try_from(mail.received).unwrap_or(0);
        // The running number keeps the order among messages of one second.
        let name = format!(
            "{stamp}.M{n:06}P1.testkit,S={},W={wire_size}:2,{letters}",
            mail.raw.len()
        );
        let path = dir.join("cur").join(name);
        let mut file =
            fs::File::create(&path).with_context(|| format!("create {}", path.display()))?;
        file.write_all(&mail.raw)?;
        // Dovecot takes INTERNALDATE from the file's modification time.
        let at = UNIX_EPOCH
            .checked_add(Duration::from_secs(stamp))
            .context("date out of range")?;
        file.set_modified(at)?;
    }
    for (folder, words) in keywords {
        let list: String = words
            .iter()
            .enumerate()
            .map(|(i, w)| format!("{i} {w}\n"))
            .collect();
        fs::write(
            maildir.join(folder_dir(folder)).join("dovecot-keywords"),
            list,
        )?;
    }
    Ok(())
}

/// Maildir++: INBOX is the top, `A/B` is `.A.B`, names in modified UTF-7.
fn folder_dir(folder: &str) -> String {
    if folder.eq_ignore_ascii_case("INBOX") {
        String::new()
    } else {
        format!(".{}", utf7::encode(folder).replace('/', "."))
    }
}

fn bare_newlines(raw: &[u8]) -> usize {
    let mut previous = 0;
    raw.iter()
        .filter(|&&b| std::mem::replace(&mut previous, b) != b'\r' && b == b'\n')
        .count()
}

/// The letters after `:2,`: D F R S T for system flags, a to z for keywords in the order of `known`; sorted.
fn flag_letters<'a>(flags: &'a [String], known: &mut Vec<&'a str>) -> Result<String> {
    let mut letters = Vec::new();
    for flag in flags {
        letters.push(match flag.as_str() {
            "\\Draft" => 'D',
            "\\Flagged" => 'F',
            "\\Answered" => 'R',
            "\\Seen" => 'S',
            "\\Deleted" => 'T',
            word => {
                let n = known.iter().position(|k| *k == word).unwrap_or_else(|| {
                    known.push(word);
                    known.len().saturating_sub(1)
                });
                ('a'..='z')
                    .nth(n)
                    .context("a Maildir folder holds at most 26 keywords")?
            }
        });
    }
    letters.sort_unstable();
    Ok(letters.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_become_letters() {
        let flags = ["\\Seen", "$Forwarded", "\\Flagged", "$Junk"].map(String::from);
        let mut known = vec!["$Junk"];
        assert_eq!(
            flag_letters(&flags, &mut known).unwrap(),
            "FSab",
            "sorted, keywords by first use in the folder"
        );
        assert_eq!(
            known,
            ["$Junk", "$Forwarded"],
            "a new keyword takes the next letter"
        );
    }

    #[test]
    fn folders_become_directories() {
        for (folder, want) in [
            ("inbox", ""),
            ("Naročila", ".Naro&AQ0-ila"),
            ("Arhiv/2025", ".Arhiv.2025"),
        ] {
            assert_eq!(folder_dir(folder), want, "{folder}");
        }
    }

    #[test]
    fn wire_size_counts_missing_carriage_returns() {
        assert_eq!(bare_newlines(b"a\r\nb\nc\n\r\n"), 2, "only LF without CR");
        assert_eq!(bare_newlines(b"\n"), 1, "at the very start too");
    }
}
