//! Messages as files: import, export, attachments saved, finished messages made ready to send.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kontor_mail::{mbox, search};
use kontor_model::{Address, Flags, FolderId, Millis, OperationId};
use kontor_store::{NewEnvelope, NewMail, Store};

use crate::context::blocking;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::ingest;
use crate::searching::with_facts;

/// What exported messages become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// One mbox file.
    Mbox,
    /// A Maildir.
    Maildir,
    /// A folder with one `ID.eml` each, the server's bytes.
    Eml,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Messages that are here now and go to the server.
    pub imported: u64,
    /// Messages the folder held already.
    pub skipped: u64,
    /// What the server has to be told.
    pub operations: Vec<OperationId>,
}

/// Messages taken in by one transaction, and their bytes.
const TOGETHER: usize = 64;
const TOGETHER_BYTES: usize = 4 << 20;

/// A message read from a file.
struct Loose {
    raw: Vec<u8>,
    received: Option<Millis>,
    flags: Flags,
}

impl Engine {
    /// Puts messages of mbox files, Maildirs and .eml files into a folder: here at once, at the server by the journal. A
    /// message whose Message-ID or bytes the folder holds is passed over, so an import cut short can simply be started
    /// again.
    ///
    /// # Errors
    /// When a file cannot be read; what was taken in before stays.
    pub async fn import(&self, folder: FolderId, paths: Vec<PathBuf>) -> Result<Imported> {
        let account = self
            .ctx
            .read(move |r| r.folder(folder))
            .await?
            .folder
            .account;
        let mut done = Imported::default();
        for path in paths {
            let mut files = blocking(move || open(&path)).await?;
            loop {
                let now = self.ctx.clock.now();
                let store = self.ctx.store.clone();
                let (back, mails) = blocking(move || {
                    let mails = some(&store, &mut files, now)?;
                    Ok((files, mails))
                })
                .await?;
                files = back;
                if mails.is_empty() {
                    break;
                }
                let came = mails.len();
                let ids = self
                    .ctx
                    .write_bulk(move |w| w.journal_filing(folder, mails))
                    .await?;
                let skipped = came.saturating_sub(ids.len());
                let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
                done.skipped = done.skipped.saturating_add(count(skipped));
                done.imported = done.imported.saturating_add(count(ids.len()));
                done.operations.extend(ids);
                self.ctx.wakes.ring(account);
            }
        }
        Ok(done)
    }

    /// Saves all messages a search finds; `*` is everything. Answers how many.
    ///
    /// # Errors
    /// When the query is not understood, the target cannot be written, or a text is still at the server and cannot be fetched.
    pub async fn export(&self, query: &str, output: PathBuf, format: ExportFormat) -> Result<u64> {
        let parsed = search::parse(query);
        let ctx = Arc::clone(&self.ctx);
        let parsed = blocking(move || with_facts(&ctx, parsed)).await?;
        // What was not understood would save more than was meant.
        if !parsed.problems.is_empty() {
            return Err(Error::usage(parsed.problems.join(" ")));
        }
        let query = parsed.query;
        let ids = self.ctx.read(move |r| r.search_all(&query)).await?;
        let target = output.clone();
        let mut mbox = blocking(move || prepare(&target, format)).await?;
        let mut count = 0u64;
        for id in ids {
            let detail = self.message(id).await?;
            let raw = self.raw(id).await?;
            match (&mut mbox, format) {
                (Some(file), _) => {
                    let sender = detail
                        .row
                        .from
                        .first()
                        .map(|a| a.address.as_str())
                        .unwrap_or_default();
                    mbox::write(file, sender, detail.row.internal_date, &raw)?;
                }
                (None, ExportFormat::Maildir) => {
                    let flags = detail
                        .placements
                        .first()
                        .map(|p| maildir_flags(&p.flags))
                        .unwrap_or_default();
                    let seconds = detail.row.internal_date.0.div_euclid(1000);
                    fs::write(
                        output
                            .join("cur")
                            .join(format!("{seconds}.{id}.kontor:2,{flags}")),
                        &raw,
                    )?;
                }
                (None, _) => fs::write(output.join(format!("{id}.eml")), &raw)?,
            }
            count = count.saturating_add(1);
        }
        if let Some(mut file) = mbox {
            file.flush()?;
        }
        Ok(count)
    }
}

type Files = Box<dyn Iterator<Item = Result<Loose>> + Send>;

/// Reads and prepares the next few messages; none at the end.
fn some(store: &Store, files: &mut Files, now: Millis) -> Result<Vec<NewMail>> {
    let (mut mails, mut bytes) = (Vec::new(), 0usize);
    while mails.len() < TOGETHER && bytes < TOGETHER_BYTES {
        let Some(loose) = files.next() else { break };
        let loose = loose?;
        let raw = crlf(&loose.raw);
        bytes = bytes.saturating_add(raw.len());
        let (envelope, body) = ingest::prepare(store, &raw)?;
        let date = loose.received.or(envelope.date).unwrap_or(now);
        let head = NewEnvelope {
            uid: 0,
            flags: loose.flags,
            // IMAP's dates have whole seconds; the server must give back what we know.
            internal_date: Millis(date.0.div_euclid(1000).saturating_mul(1000)),
            size: u64::try_from(raw.len()).unwrap_or(u64::MAX),
            envelope,
            has_attachment: None,
        };
        mails.push(NewMail { head, body });
    }
    Ok(mails)
}

fn prepare(output: &Path, format: ExportFormat) -> Result<Option<BufWriter<File>>> {
    match format {
        ExportFormat::Mbox => {
            if let Some(parent) = output.parent() {
                fs::create_dir_all(parent)?;
            }
            return Ok(Some(BufWriter::new(File::create(output)?)));
        }
        ExportFormat::Maildir => {
            for part in ["cur", "new", "tmp"] {
                fs::create_dir_all(output.join(part))?;
            }
        }
        ExportFormat::Eml => fs::create_dir_all(output)?,
    }
    Ok(None)
}

/// Maildir info flags, in ASCII order as its specification wants.
fn maildir_flags(flags: &Flags) -> String {
    let letters = [
        (Flags::DRAFT, 'D'),
        (Flags::FLAGGED, 'F'),
        (Flags::ANSWERED, 'R'),
        (Flags::SEEN, 'S'),
        (Flags::DELETED, 'T'),
    ];
    letters
        .iter()
        .filter(|(bit, _)| flags.bits & bit != 0)
        .map(|(_, letter)| letter)
        .collect()
}

/// The moment of delivery a Maildir's file name begins with.
fn moment_of_maildir(name: &str) -> Option<Millis> {
    let (seconds, _) = name.split_once('.')?;
    let seconds: i64 = seconds.parse().ok()?;
    // A name that begins with another number is no moment.
    (seconds > 100_000_000).then(|| Millis(seconds.saturating_mul(1000)))
}

fn flags_of_maildir(name: &str) -> Flags {
    let info = name
        .rsplit_once(":2,")
        .map(|(_, info)| info)
        .unwrap_or_default();
    let names = info.chars().filter_map(|c| match c {
        'D' => Some("\\Draft"),
        'F' => Some("\\Flagged"),
        'R' => Some("\\Answered"),
        'S' => Some("\\Seen"),
        _ => None,
    });
    Flags::from_names(names)
}

/// Opens an mbox file, a Maildir (its folders too) or an .eml file.
fn open(path: &Path) -> Result<Files> {
    let named = |e: io::Error| {
        Error::new(
            Code::Usage,
            format!("{} cannot be read: {e}", path.display()),
        )
    };
    if path.is_dir() {
        let mut files = Vec::new();
        walk(path, &mut files).map_err(named)?;
        files.sort();
        return Ok(Box::new(files.into_iter().map(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            Ok(Loose {
                raw: fs::read(&file)?,
                received: moment_of_maildir(&name),
                flags: flags_of_maildir(&name),
            })
        })));
    }
    let mut start = [0; 5];
    let n = File::open(path)
        .and_then(|mut f| io::Read::read(&mut f, &mut start))
        .map_err(named)?;
    if start.get(..n) == Some(b"From ".as_slice()) {
        let reader = BufReader::new(File::open(path).map_err(named)?);
        return Ok(Box::new(mbox::Reader::new(reader).map(|mail| {
            let mail = mail?;
            Ok(Loose {
                raw: mail.raw,
                received: mail.received,
                flags: Flags::default(),
            })
        })));
    }
    let raw = fs::read(path).map_err(named)?;
    if raw.is_empty() {
        return Ok(Box::new(std::iter::empty()));
    }
    Ok(Box::new(std::iter::once(Ok(Loose {
        raw,
        received: None,
        flags: Flags::default(),
    }))))
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if name != "tmp" {
                walk(&path, files)?;
            }
        } else if dir.ends_with("cur")
            || dir.ends_with("new")
            || name.to_lowercase().ends_with(".eml")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Makes every line end CRLF, as IMAP and SMTP want.
pub(crate) fn crlf(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len().saturating_add(raw.len() >> 5));
    let mut before = 0;
    for byte in raw {
        if *byte == b'\n' && before != b'\r' {
            out.push(b'\r');
        }
        out.push(*byte);
        before = *byte;
    }
    out
}

/// Header fields the envelope of a finished message needs beyond [`kontor_model::Envelope`].
#[derive(Debug, Default)]
pub(crate) struct HeaderFields {
    pub(crate) bcc: Vec<Address>,
}

/// Reads Bcc: the same parser as for To, given the field under that name.
pub(crate) fn header_fields(raw: &[u8]) -> HeaderFields {
    let mut as_to = Vec::new();
    for field in fields(raw) {
        if named(field, "bcc") {
            as_to.extend_from_slice(b"To");
            as_to.extend_from_slice(field.get(3..).unwrap_or_default());
        }
    }
    HeaderFields {
        bcc: kontor_mime::headers(&as_to).to,
    }
}

/// The header's fields with their folded lines, up to the blank line.
fn fields(raw: &[u8]) -> Vec<&[u8]> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut at = 0usize;
    for line in raw.split_inclusive(|b| *b == b'\n') {
        let end = at.saturating_add(line.len());
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
        match found.last_mut() {
            Some(last) if line.starts_with(b" ") || line.starts_with(b"\t") => last.1 = end,
            _ => found.push((at, end)),
        }
        at = end;
    }
    found
        .into_iter()
        .filter_map(|(from, to)| raw.get(from..to))
        .collect()
}

fn named(field: &[u8], name: &str) -> bool {
    let label = field.split(|b| *b == b':').next().unwrap_or_default();
    label.trim_ascii_end().eq_ignore_ascii_case(name.as_bytes())
}

/// Takes Bcc out (it must never travel, RFC 5322 §3.6.3) and puts a Message-ID in where one is missing.
pub(crate) fn ready_to_send(raw: &[u8], message_id: Option<&str>) -> Vec<u8> {
    let header: usize = fields(raw).iter().map(|f| f.len()).sum();
    let mut out = Vec::with_capacity(raw.len().saturating_add(100));
    if let Some(id) = message_id {
        out.extend_from_slice(format!("Message-ID: <{id}>\r\n").as_bytes());
    }
    for field in fields(raw) {
        if !named(field, "bcc") {
            out.extend_from_slice(field);
        }
    }
    out.extend_from_slice(raw.get(header..).unwrap_or_default());
    crlf(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bcc_decides_who_gets_it_and_never_travels() {
        let raw = b"To: a@x\nBcc: Hidden <h@x>,\n other@x\nSubject: s\n\nBcc: stays in the text\n";
        let bcc: Vec<String> = header_fields(raw)
            .bcc
            .into_iter()
            .map(|a| a.address)
            .collect();
        assert_eq!(bcc, ["h@x", "other@x"]);
        let sent = ready_to_send(raw, Some("id@x"));
        let want = "Message-ID: <id@x>\r\nTo: a@x\r\nSubject: s\r\n\r\nBcc: stays in the text\r\n";
        assert_eq!(String::from_utf8_lossy(&sent), want);
    }

    #[test]
    fn crlf_is_made_once() {
        assert_eq!(crlf(b"a\nb\r\nc"), b"a\r\nb\r\nc");
    }
}
