//! What the storage keeps of files in notes: their bytes, in parts, once an organisation by the hash of what is in them.
//!
//! A file comes piece by piece and is nobody's to read until all of it is here and has the hash it is named by. What was
//! begun and left is thrown away after [`PATIENCE`].

use jiff::{SignedDuration, Timestamp};
use kontor_protocol::{FILE_PIECE_BYTES, FileHash, MemberId, OrgId};

use super::{Answer, StorageError};

/// Bytes of every part but the last. What stands in databases and backups: never to be changed.
pub(crate) const PART: u64 = FILE_PIECE_BYTES;
/// An upload nobody goes on with is thrown away after this long.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Uploads of an organisation that may stand unfinished at a time.
pub(super) const MOST_UNFINISHED: u64 = 256;

/// A file, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHead {
    /// Bytes it will have.
    pub size: u64,
    /// Bytes that are here, from the beginning.
    pub received: u64,
    /// All are here, and they are what the name says.
    pub whole: bool,
    /// Names this upload of it; another after it was begun anew.
    pub upload: String,
}

/// Some bytes of a file.
#[derive(Clone, Debug)]
pub struct FilePiece {
    /// The file.
    pub hash: FileHash,
    /// Bytes the whole file has.
    pub size: u64,
    /// Who sends it.
    pub member: MemberId,
    /// Where in the file the bytes stand. At 0 with another size than before, the upload begins anew.
    pub at: u64,
    /// Not more than 256 KiB; none to begin only.
    pub bytes: Vec<u8>,
    /// The server's clock.
    pub now: Timestamp,
}

/// What became of a [`FilePiece`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutPiece {
    /// It is kept; how the file stands now.
    Kept(FileHead),
    /// It is not: the file stands elsewhere, or is whole already.
    Elsewhere(FileHead),
    /// It is not: too many uploads of this organisation stand unfinished.
    Full,
}

/// The part of a [`super::Storage`] that keeps files. Every call is one transaction.
pub trait Files: Send + Sync {
    /// How a file stands; `None` when nothing of it is here.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn file(&self, org: OrgId, hash: FileHash) -> impl Answer<Option<FileHead>>;

    /// Keeps a piece that goes on where the file stands.
    ///
    /// # Errors
    /// When nothing was stored.
    fn put_piece(&self, org: OrgId, piece: FilePiece) -> impl Answer<PutPiece>;

    /// The `number`th part; `None` when it is not here.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn file_part(&self, org: OrgId, hash: FileHash, number: u64) -> impl Answer<Option<Vec<u8>>>;

    /// Ends an upload whose bytes were looked at: the file is whole, or thrown away. False when it is another upload by now.
    ///
    /// # Errors
    /// When the database cannot be reached.
    fn end_upload(
        &self,
        org: OrgId,
        hash: FileHash,
        upload: String,
        good: bool,
    ) -> impl Answer<bool>;
}

/// What to do with a piece, from how the file stands.
pub(super) enum Plan {
    /// Nothing is here, or it begins anew.
    Begin,
    GoOn(FileHead),
    Refuse(FileHead),
}

pub(super) fn plan(head: Option<FileHead>, piece: &FilePiece) -> Plan {
    let length = u64::try_from(piece.bytes.len()).unwrap_or(u64::MAX);
    let fits = piece.at.saturating_add(length) <= piece.size;
    match head {
        Some(head) if head.whole || !fits => Plan::Refuse(head),
        Some(head) if head.size == piece.size && head.received == piece.at => Plan::GoOn(head),
        Some(head) if head.size == piece.size => Plan::Refuse(head),
        // Whoever claimed another size may never come back.
        _ if piece.at == 0 && fits => Plan::Begin,
        Some(head) => Plan::Refuse(head),
        // Of what was thrown away meanwhile, only the beginning can be sent.
        None => Plan::Refuse(FileHead {
            size: piece.size,
            received: 0,
            whole: false,
            upload: String::new(),
        }),
    }
}

/// The number of the part a piece begins in, and whether that part has bytes already.
pub(super) fn first_part(at: u64) -> (u64, bool) {
    let number = at.checked_div(PART).unwrap_or(0);
    (number, !at.is_multiple_of(PART))
}

/// The parts that have these bytes: `begun` is what the first one has already.
pub(super) fn parts(
    at: u64,
    begun: Vec<u8>,
    bytes: &[u8],
) -> Result<Vec<(u64, Vec<u8>)>, StorageError> {
    let (first, has) = first_part(at);
    let have = u64::try_from(begun.len()).unwrap_or(u64::MAX);
    if has != (have > 0) || (has && at.checked_rem(PART) != Some(have)) {
        return Err(StorageError::Damaged(
            "a file's parts are not what was counted".to_owned(),
        ));
    }
    let mut all = begun;
    all.extend_from_slice(bytes);
    let size = usize::try_from(PART).unwrap_or(usize::MAX);
    let parts = all.chunks(size).map(<[u8]>::to_vec);
    Ok((first..).zip(parts).collect())
}

/// Number of parts of a file of this size.
pub(crate) fn part_count(size: u64) -> u64 {
    size.div_ceil(PART)
}
