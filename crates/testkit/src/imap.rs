//! Another device: a blocking IMAP client of a few verbs, to change a mailbox behind the program under test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::utf7;

/// A plain-text IMAP session. Logs out by closing.
#[derive(Debug)]
pub struct Imap {
    stream: BufReader<TcpStream>,
    tag: u32,
}

impl Imap {
    /// Connects to `127.0.0.1:port` and logs in.
    ///
    /// # Errors
    /// When the server is not there or refuses the password.
    pub fn login(port: u16, user: &str, password: &str) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .with_context(|| format!("IMAP on port {port}"))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut imap = Self {
            stream: BufReader::new(stream),
            tag: 0,
        };
        imap.line()?;
        imap.command(&format!("LOGIN {} {}", quoted(user), quoted(password)))?;
        Ok(imap)
    }

    /// Sends one command line and returns the untagged lines of its answer, literals put in place.
    ///
    /// # Errors
    /// On NO, BAD, or a closed connection; the server's words are in the message.
    pub fn command(&mut self, line: &str) -> Result<Vec<Vec<u8>>> {
        let tag = self.send(line)?;
        self.answer(&tag)
            .with_context(|| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
    }

    /// The answer as text, for eyes and simple searches.
    ///
    /// # Errors
    /// As [`Imap::command`].
    pub fn text(&mut self, line: &str) -> Result<String> {
        let lines = self.command(line)?;
        Ok(lines
            .iter()
            .map(|l| format!("{}\n", String::from_utf8_lossy(l)))
            .collect())
    }

    /// Opens a folder for changes (name in UTF-8).
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn select(&mut self, folder: &str) -> Result<()> {
        self.command(&format!("SELECT {}", folder_name(folder)))
            .map(drop)
    }

    /// Makes a folder and subscribes to it.
    ///
    /// # Errors
    /// When it exists.
    pub fn create(&mut self, folder: &str) -> Result<()> {
        self.command(&format!("CREATE {}", folder_name(folder)))?;
        self.command(&format!("SUBSCRIBE {}", folder_name(folder)))
            .map(drop)
    }

    /// Adds a message to a folder; `flags` like `\Seen \Flagged`.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn append(&mut self, folder: &str, flags: &str, raw: &[u8]) -> Result<()> {
        let tag = self.send(&format!(
            "APPEND {} ({flags}) {{{}}}",
            folder_name(folder),
            raw.len()
        ))?;
        let go = self.line()?;
        anyhow::ensure!(
            go.starts_with(b"+"),
            "APPEND refused: {}",
            String::from_utf8_lossy(&go)
        );
        self.stream.get_mut().write_all(raw)?;
        self.stream.get_mut().write_all(b"\r\n")?;
        self.answer(&tag).map(drop)
    }

    /// UIDs in the open folder that match, ascending: `ALL`, `UNSEEN`, `HEADER Message-ID "<a@b>"`.
    ///
    /// # Errors
    /// When no folder is open or the search makes no sense.
    pub fn uids(&mut self, search: &str) -> Result<Vec<u32>> {
        let lines = self.command(&format!("UID SEARCH {search}"))?;
        let numbers = lines.iter().filter_map(|l| l.strip_prefix(b"* SEARCH"));
        Ok(numbers
            .flat_map(|l| l.split(|&b| b == b' '))
            .filter_map(|n| std::str::from_utf8(n).ok()?.parse().ok())
            .collect())
    }

    /// Changes flags in the open folder: `flags(7, "+FLAGS", "\\Seen")`.
    ///
    /// # Errors
    /// When no folder is open for changes.
    pub fn flags(&mut self, uid: u32, how: &str, flags: &str) -> Result<()> {
        self.command(&format!("UID STORE {uid} {how} ({flags})"))
            .map(drop)
    }

    /// Moves a message of the open folder.
    ///
    /// # Errors
    /// When the target is missing.
    pub fn move_to(&mut self, uid: u32, folder: &str) -> Result<()> {
        self.command(&format!("UID MOVE {uid} {}", folder_name(folder)))
            .map(drop)
    }

    /// Removes a message of the open folder for good.
    ///
    /// # Errors
    /// When no folder is open for changes.
    pub fn expunge(&mut self, uid: u32) -> Result<()> {
        self.flags(uid, "+FLAGS", "\\Deleted")?;
        self.command(&format!("UID EXPUNGE {uid}")).map(drop)
    }

    /// The bytes of a message in the open folder, without marking it read.
    ///
    /// # Errors
    /// When there is none with this UID.
    pub fn raw(&mut self, uid: u32) -> Result<Vec<u8>> {
        let lines = self.command(&format!("UID FETCH {uid} BODY.PEEK[]"))?;
        let line = lines
            .iter()
            .find(|l| l.windows(6).any(|w| w == b"BODY[]"))
            .with_context(|| format!("no message {uid}"))?;
        // "… BODY[] {123}CRLF<123 bytes>)": the literal ends one bracket before the line does.
        let start = line
            .windows(3)
            .position(|w| w == b"}\r\n")
            .context("no literal in the answer")?
            .saturating_add(3);
        let end = line.len().saturating_sub(1);
        Ok(line.get(start..end).unwrap_or_default().to_vec())
    }

    /// Sends a line without waiting for its answer (IDLE, DONE); returns the tag.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn send(&mut self, line: &str) -> Result<String> {
        self.tag = self.tag.saturating_add(1);
        let tag = format!("t{}", self.tag);
        self.stream
            .get_mut()
            .write_all(format!("{tag} {line}\r\n").as_bytes())?;
        Ok(tag)
    }

    fn answer(&mut self, tag: &str) -> Result<Vec<Vec<u8>>> {
        let mut lines = Vec::new();
        loop {
            let line = self.line()?;
            let Some(rest) = line
                .strip_prefix(tag.as_bytes())
                .and_then(|r| r.strip_prefix(b" "))
            else {
                lines.push(line);
                continue;
            };
            if rest.starts_with(b"OK") {
                return Ok(lines);
            }
            bail!("the server answered {}", String::from_utf8_lossy(rest));
        }
    }

    /// One logical line without its CRLF; literals stay inside it behind their `{n}` and CRLF.
    fn line(&mut self) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            if self.stream.read_until(b'\n', &mut line)? == 0 {
                bail!("the server closed the connection");
            }
            let Some(size) = literal_size(&line) else {
                line.truncate(line.len().saturating_sub(2));
                return Ok(line);
            };
            let mut literal = vec![0; size];
            self.stream.read_exact(&mut literal)?;
            line.append(&mut literal);
        }
    }
}

/// `{123}` or `{123+}` at the end of a line.
fn literal_size(line: &[u8]) -> Option<usize> {
    let inside = line.strip_suffix(b"}\r\n")?;
    let digits = inside.rsplit(|&b| b == b'{').next()?;
    std::str::from_utf8(digits)
        .ok()?
        .trim_end_matches('+')
        .parse()
        .ok()
}

fn folder_name(folder: &str) -> String {
    quoted(&utf7::encode(folder))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_at_the_end_only() {
        for (line, want) in [
            ("* 1 FETCH (BODY[] {12}\r\n", Some(12)),
            ("* 1 FETCH (X {3+}\r\n", Some(3)),
            ("* OK {12} is a number\r\n", None),
            ("* OK }\r\n", None),
        ] {
            assert_eq!(literal_size(line.as_bytes()), want, "{line}");
        }
    }

    #[test]
    fn names_are_quoted_and_encoded() {
        assert_eq!(
            folder_name("Naročila"),
            "\"Naro&AQ0-ila\"",
            "modified UTF-7"
        );
        assert_eq!(quoted("a\"b\\"), "\"a\\\"b\\\\\"", "RFC 3501 quoted string");
    }
}
