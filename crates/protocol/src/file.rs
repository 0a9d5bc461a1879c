//! Files in notes: a Markdown link whose target names the content, so a note stays one text.
//!
//! `[offer.pdf](kontor-file:SHA256?size=48213&type=application/pdf&by=MEMBER)`: the bytes lie beside the notes, by the hash
//! of what is in them. There is one way to write a target and nothing else is read as one, here and in the window, whose
//! reader is held to the same table of cases (`tests/file-cases.json`).

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::MemberId;

/// Largest file a note may have, bytes.
pub const MAX_FILE_BYTES: u64 = 25 << 20;
/// What a desk sends and asks for at a time, bytes: some seconds on a slow line, so that a cut costs little.
pub const FILE_PIECE_BYTES: u64 = 256 << 10;
/// Longest name a file is given in a note, characters.
const MAX_NAME: usize = 200;
/// Longest half of a media type.
const MAX_TYPE: usize = 64;
/// What a file is when nobody knows.
const ANYTHING: &str = "application/octet-stream";
const SCHEME: &str = "kontor-file:";

/// SHA-256 of a file's bytes, its name everywhere; written as 64 small hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct FileHash(pub [u8; 32]);

impl FileHash {
    /// The name of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// Bytes on their way to a [`FileHash`].
#[derive(Clone, Debug, Default)]
pub struct FileSum(Sha256);

impl FileSum {
    /// The next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The name of all of them.
    #[must_use]
    pub fn end(self) -> FileHash {
        FileHash(self.0.finalize().into())
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for FileHash {
    type Error = FileProblem;

    fn try_from(text: String) -> Result<Self, FileProblem> {
        text.parse()
    }
}

impl FromStr for FileHash {
    type Err = FileProblem;

    fn from_str(text: &str) -> Result<Self, FileProblem> {
        let digits = text.as_bytes();
        let mut hash = [0; 32];
        if digits.len() != hash.len().saturating_mul(2) {
            return Err(FileProblem::Hash);
        }
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().try_fold(0_u8, |byte, digit| {
                let value = match digit {
                    b'0'..=b'9' => digit.wrapping_sub(b'0'),
                    b'a'..=b'f' => digit.wrapping_sub(b'a').wrapping_add(10),
                    _ => return Err(FileProblem::Hash),
                };
                Ok(byte << 4 | value)
            })?;
        }
        Ok(Self(hash))
    }
}

/// Why something is no file of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// Not 64 small hex digits.
    #[error("a file is named by its SHA-256: 64 small hex digits")]
    Hash,
    /// Not between 1 and [`MAX_FILE_BYTES`].
    #[error("a file has between 1 byte and 25 MB")]
    Size,
    /// Not two plain words and a slash.
    #[error("a file's type is two plain words with a slash between them, like image/png")]
    Type,
    /// Not written the one way there is.
    #[error("this is not how a file is named in a note")]
    Form,
}

/// A file as a note names it. Its text form is the link's target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteFile {
    /// Of its bytes.
    pub hash: FileHash,
    /// Bytes, 1 to [`MAX_FILE_BYTES`].
    pub size: u64,
    /// Media type without parameters. A claim of whoever added it: a hint, never a permission.
    pub media: String,
    /// Who added it: whose desk is waited for while the server does not have it. A claim, too.
    pub by: Option<MemberId>,
}

impl NoteFile {
    /// A file of this size; a type that is none is told as unknown.
    ///
    /// # Errors
    /// [`FileProblem::Size`].
    pub fn new(
        hash: FileHash,
        size: u64,
        media: &str,
        by: Option<MemberId>,
    ) -> Result<Self, FileProblem> {
        check_size(size)?;
        // "audio/webm;codecs=opus" is an "audio/webm".
        let plain = media.split(';').next().unwrap_or_default().trim();
        let plain = plain.to_ascii_lowercase();
        let media = if is_media(&plain) {
            plain
        } else {
            ANYTHING.to_owned()
        };
        Ok(Self {
            hash,
            size,
            media,
            by,
        })
    }

    /// The link a note has for it.
    #[must_use]
    pub fn link(&self, name: &str) -> String {
        let mut link = String::from("[");
        for c in plain_name(name).chars() {
            if matches!(c, '\\' | '[' | ']') {
                link.push('\\');
            }
            link.push(c);
        }
        format!("{link}]({self})")
    }
}

impl fmt::Display for NoteFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hash, size, media) = (self.hash, self.size, &self.media);
        write!(f, "{SCHEME}{hash}?size={size}&type={media}")?;
        self.by.iter().try_for_each(|by| write!(f, "&by={by}"))
    }
}

impl FromStr for NoteFile {
    type Err = FileProblem;

    fn from_str(target: &str) -> Result<Self, FileProblem> {
        let rest = target.strip_prefix(SCHEME).ok_or(FileProblem::Form)?;
        let (hash, rest) = rest.split_once("?size=").ok_or(FileProblem::Form)?;
        let (size, rest) = rest.split_once("&type=").ok_or(FileProblem::Form)?;
        let (media, by) = match rest.split_once("&by=") {
            Some((media, by)) => (media, Some(by)),
            None => (rest, None),
        };
        let hash = hash.parse()?;
        let digits = size.bytes().all(|b| b.is_ascii_digit()) && !size.starts_with('0');
        let size = size.parse().ok().filter(|_| digits);
        let size: u64 = size.ok_or(FileProblem::Size)?;
        check_size(size)?;
        if !is_media(media) {
            return Err(FileProblem::Type);
        }
        let by: Option<MemberId> = match by {
            Some(by) => Some(by.parse().map_err(|_none| FileProblem::Form)?),
            None => None,
        };
        let file = Self {
            hash,
            size,
            media: media.to_owned(),
            by,
        };
        // An id has more than one way to be written.
        if file.to_string() == target {
            Ok(file)
        } else {
            Err(FileProblem::Form)
        }
    }
}

/// Whether a file of this size may be in a note.
///
/// # Errors
/// [`FileProblem::Size`].
pub fn check_size(size: u64) -> Result<(), FileProblem> {
    if (1..=MAX_FILE_BYTES).contains(&size) {
        Ok(())
    } else {
        Err(FileProblem::Size)
    }
}

fn is_media(text: &str) -> bool {
    let plain = |half: &str| {
        let rest = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".+-".contains(&b);
        let first = half.bytes().next();
        half.len() <= MAX_TYPE
            && first.is_some_and(|b| b.is_ascii_alphanumeric())
            && half.bytes().all(rest)
    };
    text.split_once('/')
        .is_some_and(|(kind, form)| plain(kind) && plain(form))
}

/// A name without folders and control characters, not too long; `file` where nothing is left.
#[must_use]
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(MAX_NAME)
        .collect();
    let clean = clean.trim();
    // Only dots would be a folder.
    if clean.trim_matches('.').is_empty() {
        "file".to_owned()
    } else {
        clean.to_owned()
    }
}

/// A file and where in the note it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInNote {
    /// As shown; never a path.
    pub name: String,
    /// What it is.
    pub file: NoteFile,
    /// The link's bytes in the text, from its bracket on.
    pub at: Range<usize>,
}

/// The files a note names, in order, each as often as it stands there.
#[must_use]
pub fn files_in(text: &str) -> Vec<FileInNote> {
    let mut found = Vec::new();
    let mut from = 0;
    let middle = format!("]({SCHEME}");
    while let Some(rest) = text.get(from..)
        && let Some(bracket) = rest.find(&middle).map(|at| from.saturating_add(at))
    {
        let begin = bracket.saturating_add(2);
        from = begin;
        let target = text.get(begin..).unwrap_or_default();
        let Some((target, _)) = target.split_once(')') else {
            break;
        };
        let (Ok(file), Some(open)) = (target.parse(), opening(text, bracket)) else {
            continue;
        };
        let label = text.get(open.saturating_add(1)..bracket);
        let end = begin.saturating_add(target.len()).saturating_add(1);
        found.push(FileInNote {
            name: plain_name(&unescaped(label.unwrap_or_default())),
            file,
            at: open..end,
        });
        from = end;
    }
    found
}

/// The bracket that opens the label ending before `close`, on the same line.
fn opening(text: &str, close: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = close;
    while let Some(before) = at.checked_sub(1) {
        let escaped = |at: usize| {
            let slashes = bytes.get(..at).unwrap_or_default().iter().rev();
            slashes.take_while(|b| **b == b'\\').count() % 2 == 1
        };
        match bytes.get(before) {
            Some(b'\n') => return None,
            Some(b'[') if !escaped(before) => return Some(before),
            _ => at = before,
        }
    }
    None
}

fn unescaped(label: &str) -> String {
    let mut plain = String::with_capacity(label.len());
    let mut chars = label.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some('\\' | '[' | ']') if c == '\\' => plain.extend(chars.next()),
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{FileHash, NoteFile, files_in, plain_name};

    #[test]
    fn the_table_of_cases_holds() {
        let cases: Value = serde_json::from_str(include_str!("../tests/file-cases.json")).unwrap();
        for case in cases["notes"].as_array().unwrap() {
            let text = case["text"].as_str().unwrap();
            let found: Vec<Value> = files_in(text)
                .into_iter()
                .map(|found| {
                    let file = found.file;
                    let there = text.get(found.at).unwrap_or_default();
                    assert!(there.ends_with(&format!("({file})")), "{text}");
                    serde_json::json!({
                        "name": found.name, "sha256": file.hash, "size": file.size,
                        "type": file.media, "by": file.by,
                    })
                })
                .collect();
            assert_eq!(Value::from(found), case["files"], "{text}");
        }
        for case in cases["targets"].as_array().unwrap() {
            let target = case[0].as_str().unwrap();
            let read: Option<NoteFile> = target.parse().ok();
            let read = read.map(|file| {
                serde_json::json!({
                    "sha256": file.hash, "size": file.size, "type": file.media, "by": file.by,
                })
            });
            assert_eq!(Value::from(read), case[1], "{target}");
        }
        for case in cases["names"].as_array().unwrap() {
            let (name, plain) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
            assert_eq!(plain_name(name), plain, "{name:?}");
            let file = NoteFile::new(FileHash::of(b"x"), 1, "text/plain", None).unwrap();
            let link = format!("before {} after", file.link(name));
            let found = files_in(&link);
            assert_eq!(found.len(), 1, "{link}");
            assert_eq!((&found[0].name, &found[0].file), (&plain.to_owned(), &file));
        }
    }

    #[test]
    fn a_type_that_is_none_is_told_as_unknown() {
        let media = |media: &str| {
            NoteFile::new(FileHash([0; 32]), 1, media, None)
                .unwrap()
                .media
        };
        assert_eq!(media("audio/WebM; codecs=opus"), "audio/webm");
        for none in ["", "png", "image/", "a b/c", "image/png)", "x/y/z"] {
            assert_eq!(media(none), "application/octet-stream", "{none}");
        }
        for size in [0, (25 << 20) + 1] {
            assert!(NoteFile::new(FileHash([0; 32]), size, "a/b", None).is_err());
        }
    }
}
