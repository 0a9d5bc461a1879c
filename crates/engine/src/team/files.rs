//! Files of notes: kept here at once, told to the team's server and fetched from it piece by piece.
//!
//! The note has only the file's name and hash (`kontor_protocol::NoteFile`); the bytes lie beside it in the store. What a
//! person adds is durable here before the note names it, so a note never names what its author does not have.

mod courier;

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use kontor_collab::{Edit, Edited};
use kontor_protocol::{
    FILE_PIECE_BYTES, FileHash, FileProblem, FileSum, MAX_FILE_BYTES, NoteFile, Subject, files_in,
    plain_name,
};
use kontor_store::NoteFileRow;

use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
pub(super) use courier::tend;

/// A file that is durable here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    /// As shown; never a path.
    pub name: String,
    /// What it is.
    pub file: NoteFile,
}

/// Where a file of a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// Here, and the team's server has it as far as is known; or there is no team.
    Local,
    /// Here, and not at the server yet.
    Uploading,
    /// Neither here nor at the server: the desk of who added it has yet to send it.
    Waiting,
    /// Not here; it can be fetched.
    Remote,
}

impl FileState {
    /// As printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Uploading => "uploading",
            Self::Waiting => "waiting",
            Self::Remote => "remote",
        }
    }
}

/// A file of a note, as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileShown {
    /// As the note calls it.
    pub name: String,
    /// What it is.
    pub file: NoteFile,
    /// Where it is.
    pub state: FileState,
    /// Bytes that are here.
    pub received: u64,
    /// It is being fetched, or will be.
    pub wanted: bool,
    /// Who added it, where that is a known colleague.
    pub by_name: Option<String>,
}

impl Engine {
    /// Keeps a file from the disk for a note; durable when it answers. Nothing names it yet: put [`NoteFile::link`] into a
    /// note.
    ///
    /// # Errors
    /// [`Code::Usage`] when it is no file, empty or larger than 25 MB; nothing is kept then.
    pub async fn keep_file(&self, path: &Path) -> Result<KeptFile> {
        let shown = path.display().to_string();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = plain_name(&name);
        let path = path.to_owned();
        let pieces = blocking(move || Pieces::of_file(&path, &shown)).await?;
        let media = media_of(&name);
        self.keep(name, media, pieces).await
    }

    /// Keeps bytes for a note, as [`Self::keep_file`] does: what was pasted or recorded. An empty `media` is guessed from
    /// the name.
    ///
    /// # Errors
    /// [`Code::Usage`] when there are none or too many.
    pub async fn keep_bytes(&self, name: &str, media: &str, bytes: Vec<u8>) -> Result<KeptFile> {
        let name = plain_name(name);
        let shown = name.clone();
        let pieces = blocking(move || Pieces::read(&bytes[..], &shown)).await?;
        let media = if media.is_empty() {
            media_of(&name)
        } else {
            media
        };
        self.keep(name, media, pieces).await
    }

    async fn keep(&self, name: String, media: &str, pieces: Pieces) -> Result<KeptFile> {
        let team = self.ctx.collab.team()?;
        let by = team.as_ref().map(|team| team.member);
        let file = NoteFile::new(pieces.hash, pieces.size, media, by);
        let file = file.map_err(|e| unfit(&name, e))?;
        let org = team.map(|team| team.org.to_string());
        self.ctx
            .write_durable(move |w| {
                w.put_note_file(pieces.hash.0, pieces.size, &pieces.parts, org.as_deref())
            })
            .await?;
        Ok(KeptFile { name, file })
    }

    /// Keeps bytes for an act, as [`Self::keep_bytes`] does for a note; answers their name and number.
    pub(crate) async fn keep_for_act(&self, name: &str, bytes: Vec<u8>) -> Result<(FileHash, u64)> {
        let shown = plain_name(name);
        let pieces = blocking(move || Pieces::read(&bytes[..], &shown)).await?;
        let kept = (pieces.hash, pieces.size);
        let org = self.ctx.collab.team()?.map(|team| team.org.to_string());
        self.ctx
            .write_durable(move |w| {
                w.put_act_file(pieces.hash.0, pieces.size, &pieces.parts, org.as_deref())
            })
            .await?;
        Ok(kept)
    }

    /// Keeps a file and names it at the end of a note, on a line of its own.
    ///
    /// # Errors
    /// As [`Self::keep_file`], and [`Code::Usage`] when the note cannot be longer.
    pub async fn attach(&self, subject: &Subject, path: &Path) -> Result<(KeptFile, Edited)> {
        let kept = self.keep_file(path).await?;
        let text = self.note(subject, None).await?.map(|note| note.text);
        let begun = text.is_some_and(|text| !text.is_empty() && !text.ends_with('\n'));
        let link = kept.file.link(&kept.name);
        let line = format!("{}{link}\n", if begun { "\n" } else { "" });
        let edited = self.edit_note(subject, Edit::Append(line)).await?;
        Ok((kept, edited))
    }

    /// Returns the files a note names, in its order, each once.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn note_files(&self, subject: &Subject) -> Result<Vec<FileShown>> {
        let text = self.note(subject, None).await?.map(|note| note.text);
        let mut named: Vec<(String, NoteFile)> = Vec::new();
        for found in files_in(&text.unwrap_or_default()) {
            if !named.iter().any(|(_, file)| file.hash == found.file.hash) {
                named.push((found.name, found.file));
            }
        }
        self.files_shown(named).await
    }

    /// How files of notes stand, each by the name it is shown with.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn files_shown(&self, named: Vec<(String, NoteFile)>) -> Result<Vec<FileShown>> {
        let team = self.ctx.collab.team()?;
        let members = self.ctx.collab.members()?;
        let hashes: Vec<[u8; 32]> = named.iter().map(|(_, file)| file.hash.0).collect();
        let rows = self.ctx.read(move |r| {
            let rows = hashes.into_iter().map(|hash| r.note_file(hash));
            rows.collect::<kontor_store::Result<Vec<_>>>()
        });
        let shown = named
            .into_iter()
            .zip(rows.await?)
            .map(|((name, file), row)| {
                let by = file
                    .by
                    .and_then(|by| members.iter().find(|m| m.member == by));
                FileShown {
                    state: state(row.as_ref(), team.as_ref()),
                    received: row.as_ref().map_or(0, |row| row.received),
                    wanted: row.is_some_and(|row| row.wanted && !row.whole),
                    by_name: by.map(|m| m.name.clone()),
                    name,
                    file,
                }
            });
        Ok(shown.collect())
    }

    /// Asks the team's server about the files of a note that are not here, so that waiting and remote are told apart as of
    /// now. Without the server nothing is learned.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn look_for_files(&self, subject: &Subject) -> Result<()> {
        let away = self.note_files(subject).await?.into_iter();
        let away: Vec<FileShown> = away
            .filter(|f| matches!(f.state, FileState::Waiting | FileState::Remote))
            .collect();
        if away.is_empty() {
            return Ok(());
        }
        let Ok(courier) = self.ctx.courier().await else {
            return Ok(());
        };
        for shown in away {
            if courier.look(&shown.file).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Has a file fetched by whoever keeps the line to the team, now or later. Nothing where it is here already.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn want_file(&self, file: &NoteFile) -> Result<()> {
        let Some(team) = self.ctx.collab.team()? else {
            return Ok(());
        };
        let (hash, size, org) = (file.hash.0, file.size, team.org.to_string());
        let known = self.ctx.read(move |r| r.note_file(hash)).await?;
        if known.is_some_and(|row| row.whole || row.wanted) {
            return Ok(());
        }
        self.ctx
            .write_durable(move |w| w.want_note_file(hash, size, &org))
            .await
    }

    /// Fetches a file now, going on where an earlier try ended; at once where it is here.
    ///
    /// # Errors
    /// [`Code::NotFound`] when the server does not have it yet, [`Code::Offline`] without the server.
    pub async fn fetch_file(&self, file: &NoteFile) -> Result<()> {
        if self.has_file(file.hash).await? {
            return Ok(());
        }
        self.want_file(file).await?;
        let courier = self.ctx.courier().await?;
        loop {
            let moved = AtomicBool::new(false);
            match courier.fetch(file.hash, file.size, &moved).await {
                Ok(true) => return Ok(()),
                Ok(false) => break,
                // A line that breaks after every piece is a slow line.
                Err(e) if e.code == Code::Offline && moved.into_inner() => {}
                Err(e) => return Err(e),
            }
        }
        let members = self.ctx.collab.members()?;
        let by = file
            .by
            .and_then(|by| members.into_iter().find(|m| m.member == by));
        let by = by.map_or_else(|| "the colleague who added it".to_owned(), |m| m.name);
        Err(Error::not_found(format!(
            "The team's server does not have this file yet: it waits for the desk of {by}."
        )))
    }

    /// Whether all of a file is here.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn has_file(&self, hash: FileHash) -> Result<bool> {
        let row = self.ctx.read(move |r| r.note_file(hash.0)).await?;
        Ok(row.is_some_and(|row| row.whole))
    }

    /// Returns a file's bytes from `from` on, at most 256 KiB; none behind its end.
    ///
    /// # Errors
    /// [`Code::NotFound`] when the file is not here.
    pub async fn file_bytes(&self, hash: FileHash, from: u64) -> Result<Vec<u8>> {
        let bytes = self.ctx.read(move |r| match r.note_file(hash.0)? {
            Some(row) if row.whole => Ok(Some(r.note_file_bytes(hash.0, from)?)),
            _ => Ok(None),
        });
        bytes
            .await?
            .ok_or_else(|| Error::not_found("This file is not here yet."))
    }

    /// Writes a file that is here to the disk, in place of what is there.
    ///
    /// # Errors
    /// [`Code::NotFound`] when it is not here, [`Code::Internal`] when it cannot be written.
    pub async fn save_file(&self, hash: FileHash, to: &Path) -> Result<u64> {
        // Looked at first: what is there is not emptied for nothing.
        self.file_bytes(hash, 0).await?;
        let (store, to) = (self.ctx.store.clone(), to.to_owned());
        blocking(move || {
            let unwritten = |e: std::io::Error| {
                let message = format!("{} cannot be written: {e}.", to.display());
                Error::new(Code::Internal, message)
            };
            let mut out = std::fs::File::create(&to).map_err(unwritten)?;
            let mut written = 0_u64;
            loop {
                let bytes = store.read(|r| r.note_file_bytes(hash.0, written))?;
                if bytes.is_empty() {
                    out.flush().map_err(unwritten)?;
                    return Ok(written);
                }
                out.write_all(&bytes).map_err(unwritten)?;
                written = written.saturating_add(u64::try_from(bytes.len()).unwrap_or(0));
            }
        })
        .await
    }
}

impl Context {
    /// Number of files the team's server may lack.
    pub(super) async fn files_untold(self: &Arc<Self>) -> Result<usize> {
        let Some(team) = self.collab.team()? else {
            return Ok(0);
        };
        // A server that never welcomed us has nothing.
        let (org, epoch) = (team.org.to_string(), team.epoch.unwrap_or_default());
        let rows = self.read(move |r| r.note_files_untold(&org, &epoch));
        Ok(rows.await?.len())
    }
}

fn state(row: Option<&NoteFileRow>, team: Option<&kontor_collab::Team>) -> FileState {
    match row {
        Some(row) if row.whole => {
            let told = team.is_none_or(|team| {
                let elsewhere = row.org.is_some() && row.org != Some(team.org.to_string());
                elsewhere || (row.epoch.is_some() && row.epoch == team.epoch)
            });
            if told {
                FileState::Local
            } else {
                FileState::Uploading
            }
        }
        Some(row) if row.absent => FileState::Waiting,
        _ => FileState::Remote,
    }
}

/// A file's bytes in parts, and their name.
struct Pieces {
    hash: FileHash,
    size: u64,
    parts: Vec<Vec<u8>>,
}

impl Pieces {
    fn of_file(path: &Path, shown: &str) -> Result<Self> {
        let unread = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => Error::not_found(format!("There is no file {shown}.")),
            _ => Error::usage(format!("{shown} cannot be read: {e}.")),
        };
        let about = std::fs::metadata(path).map_err(unread)?;
        if !about.is_file() {
            return Err(Error::usage(format!(
                "{shown} is not a file: a folder can be packed into one first."
            )));
        }
        if about.len() > MAX_FILE_BYTES {
            return Err(unfit(shown, FileProblem::Size));
        }
        Self::read(std::fs::File::open(path).map_err(unread)?, shown)
    }

    /// Reads to the end, or until it is too much: the length may have changed meanwhile.
    fn read(mut from: impl std::io::Read, shown: &str) -> Result<Self> {
        let mut sum = FileSum::default();
        let (mut size, mut parts) = (0_u64, Vec::new());
        loop {
            let mut part = Vec::new();
            let read = from.by_ref().take(FILE_PIECE_BYTES).read_to_end(&mut part);
            read.map_err(|e| Error::usage(format!("{shown} cannot be read: {e}.")))?;
            if part.is_empty() {
                break;
            }
            size = size.saturating_add(u64::try_from(part.len()).unwrap_or(u64::MAX));
            if size > MAX_FILE_BYTES {
                return Err(unfit(shown, FileProblem::Size));
            }
            sum.add(&part);
            parts.push(part);
        }
        if size == 0 {
            return Err(Error::usage(format!(
                "{shown} is empty: there is nothing to keep."
            )));
        }
        Ok(Self {
            hash: sum.end(),
            size,
            parts,
        })
    }
}

fn unfit(name: &str, why: FileProblem) -> Error {
    match why {
        FileProblem::Size => Error::usage(format!(
            "{name} is larger than 25 MB, the most a file in a note may have."
        )),
        why => Error::usage(format!("{name} cannot be in a note: {why}.")),
    }
}

/// What files with these ends are; a hint for showing them.
fn media_of(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    match end.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "txt" | "log" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "html" | "htm" => "text/html",
        "json" => "application/json",
        "xml" => "application/xml",
        "zip" => "application/zip",
        "eml" => "message/rfc822",
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "ppt" => "application/vnd.ms-powerpoint",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "m4a" => "audio/mp4",
        "weba" => "audio/webm",
        "webm" => "video/webm",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        _ => "application/octet-stream",
    }
}
