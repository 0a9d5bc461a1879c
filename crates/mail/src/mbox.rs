//! Reading and writing mbox files (RFC 4155, the "mboxrd" quoting).

use std::io::{self, BufRead, Write};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kontor_model::Millis;

/// One message of an mbox file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The moment in the `From ` line, taken as UTC; `None` where it has none.
    pub received: Option<Millis>,
    /// The message, line ends as in the file, quoting undone, without the blank line that ends it in the file.
    pub raw: Vec<u8>,
}

/// Reads messages one by one; holds one message in memory.
///
/// A message begins at a line `From …` at the start of the file, or after a blank line when a header field follows:
/// so an unquoted `From ` in a text does not cut a message in two. `>From ` loses one `>`.
#[derive(Debug)]
pub struct Reader<R> {
    lines: R,
    /// The separator already read, and the line behind it.
    ahead: Option<(Vec<u8>, Vec<u8>)>,
    begun: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads from the start of an mbox file.
    pub fn new(lines: R) -> Self {
        Self {
            lines,
            ahead: None,
            begun: false,
        }
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.lines.read_until(b'\n', &mut line)?;
        Ok(line)
    }

    fn next_mail(&mut self) -> io::Result<Option<Mail>> {
        if !self.begun {
            self.begun = true;
            let first = self.line()?;
            if first.is_empty() {
                return Ok(None);
            }
            if !first.starts_with(b"From ") {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "this is not an mbox file: it does not begin with a “From ” line",
                ));
            }
            let second = self.line()?;
            self.ahead = Some((first, second));
        }
        let Some((separator, mut line)) = self.ahead.take() else {
            return Ok(None);
        };
        let mut raw = Vec::new();
        let mut after_blank = false;
        while !line.is_empty() {
            if after_blank && line.starts_with(b"From ") {
                let next = self.line()?;
                if is_field(&next) {
                    self.ahead = Some((line, next));
                    break;
                }
                raw.extend_from_slice(&line);
                after_blank = false;
                line = next;
                continue;
            }
            after_blank = is_blank(&line);
            raw.extend_from_slice(unquoted(&line));
            line = self.line()?;
        }
        drop_blank_line(&mut raw);
        Ok(Some(Mail {
            received: received(&separator),
            raw,
        }))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = io::Result<Mail>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_mail().transpose()
    }
}

/// Appends one message in mboxrd quoting; CRLF becomes LF, as files have it.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut impl Write, sender: &str, received: Millis, raw: &[u8]) -> io::Result<()> {
    let moment = jiff::Timestamp::from_millisecond(received.0)
        .unwrap_or_default()
        .to_zoned(TimeZone::UTC);
    // A space in the sender would make the date unreadable.
    let sender: String = sender.chars().filter(|c| c.is_ascii_graphic()).collect();
    let sender = if sender.is_empty() {
        "MAILER-DAEMON"
    } else {
        &sender
    };
    writeln!(
        out,
        "From {sender} {}",
        moment.strftime("%a %b %e %H:%M:%S %Y")
    )?;
    for line in raw.split_inclusive(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if quoted_from(line).is_some() {
            out.write_all(b">")?;
        }
        out.write_all(line)?;
        out.write_all(b"\n")?;
    }
    out.write_all(b"\n")
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

/// `Name:` with a name of printable characters (RFC 5322 §2.2).
fn is_field(line: &[u8]) -> bool {
    let name = line.split(|b| *b == b':').next().unwrap_or_default();
    name.len() < line.len() && !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

/// `From `, with any number of `>` before it; returns what follows the first `>`.
fn quoted_from(line: &[u8]) -> Option<&[u8]> {
    let marks = line.iter().take_while(|b| **b == b'>').count();
    line.get(marks..)?
        .starts_with(b"From ")
        .then(|| line.get(1..))
        .flatten()
}

fn unquoted(line: &[u8]) -> &[u8] {
    if line.starts_with(b">") {
        quoted_from(line).unwrap_or(line)
    } else {
        line
    }
}

fn drop_blank_line(raw: &mut Vec<u8>) {
    for end in [&b"\r\n\r\n"[..], b"\n\n"] {
        if raw.ends_with(end) {
            let keep = raw
                .len()
                .saturating_sub(end.len().checked_div(2).unwrap_or_default());
            raw.truncate(keep);
            return;
        }
    }
}

/// `From sender Fri Feb 22 17:06:23 2008`
fn received(separator: &[u8]) -> Option<Millis> {
    let text = String::from_utf8_lossy(separator);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(5).rev().find_map(|w| {
        let at = DateTime::strptime("%a %b %d %H:%M:%S %Y", w.join(" ")).ok()?;
        let zoned = at.to_zoned(TimeZone::UTC).ok()?;
        Some(Millis(zoned.timestamp().as_millisecond()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> Vec<Mail> {
        Reader::new(text).map(|m| m.unwrap()).collect()
    }

    #[test]
    fn splits_at_separators_and_undoes_the_quoting() {
        let mails = read(
            b"From ana@x Fri Feb 22 17:06:23 2008\nA: 1\n\nFrom here on\n>From there\n>>From deep\n\nFrom - Sat Feb 23 07:06:03 2008\nB: 2\n\nend\n",
        );
        assert_eq!(mails.len(), 2, "two separators");
        assert_eq!(
            mails[0].raw,
            b"A: 1\n\nFrom here on\nFrom there\n>From deep\n"
        );
        assert_eq!(
            mails[0].received.unwrap().to_string(),
            "2008-02-22T17:06:23.000Z"
        );
        assert_eq!(mails[1].raw, b"B: 2\n\nend\n");
        assert_eq!(
            mails[1].received.unwrap().to_string(),
            "2008-02-23T07:06:03.000Z"
        );
    }

    #[test]
    fn a_text_that_begins_a_paragraph_with_from_stays_whole() {
        assert_eq!(
            read(b"From \nA: 1\n\nx\n\nFrom me to you\nregards\n").len(),
            1
        );
    }

    #[test]
    fn what_is_no_mbox_is_refused_with_a_sentence() {
        let error = Reader::new(&b"Subject: x\n\n"[..])
            .next()
            .unwrap()
            .unwrap_err();
        assert!(error.to_string().contains("not an mbox file"), "{error}");
        assert_eq!(read(b"").len(), 0, "an empty file is an empty mbox");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(bodies in prop::collection::vec("(>{0,2}From [a-z]*\n|[a-z ]*\n){0,6}", 1..5)) {
            let raws: Vec<Vec<u8>> = bodies.iter().map(|b| format!("Subject: x\n\n{b}").into_bytes()).collect();
            let mut file = Vec::new();
            for raw in &raws {
                write(&mut file, "a b", Millis(0), raw).unwrap();
            }
            let back: Vec<Vec<u8>> = read(&file).into_iter().map(|m| m.raw).collect();
            prop_assert_eq!(back, raws);
        }
    }
}
