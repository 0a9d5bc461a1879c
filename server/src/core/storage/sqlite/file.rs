//! Files in notes.

use kontor_protocol::{FileHash, OrgId};
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

use super::super::Result;
use super::super::files::{
    FileHead, FilePiece, Files, MOST_UNFINISHED, PATIENCE, Plan, PutPiece, first_part, part_count,
    parts, plan,
};
use super::super::rows::{KeptFile, KeptPart, new_epoch};
use super::SqliteStorage;
use super::convert::{Count, Id};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 file",
    sql: "CREATE TABLE file (
      org_id BLOB NOT NULL,
      hash TEXT NOT NULL,          -- SHA-256 of its bytes, hex
      size INTEGER NOT NULL,
      received INTEGER NOT NULL,   -- bytes that are here
      whole INTEGER NOT NULL,      -- 1: all are here and have the hash
      upload TEXT NOT NULL,        -- another each time it is begun
      member_id BLOB NOT NULL,     -- who began to send it
      touched_at INTEGER NOT NULL, -- milliseconds since 1970
      PRIMARY KEY (org_id, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE file_part (
      org_id BLOB NOT NULL,
      hash TEXT NOT NULL,
      number INTEGER NOT NULL,     -- from 0
      data BLOB NOT NULL,          -- 256 KiB, the last one less
      PRIMARY KEY (org_id, hash, number)
    ) STRICT",
};

impl Files for SqliteStorage {
    async fn file(&self, org: OrgId, hash: FileHash) -> Result<Option<FileHead>> {
        self.read(move |c| head(c, org, hash)).await
    }

    async fn put_piece(&self, org: OrgId, piece: FilePiece) -> Result<PutPiece> {
        self.write(move |tx| put_piece(tx, org, &piece)).await
    }

    async fn file_part(&self, org: OrgId, hash: FileHash, number: u64) -> Result<Option<Vec<u8>>> {
        self.read(move |c| part(c, org, &hash.to_string(), number))
            .await
    }

    async fn end_upload(
        &self,
        org: OrgId,
        hash: FileHash,
        upload: String,
        good: bool,
    ) -> Result<bool> {
        self.write(move |tx| {
            if good {
                let sealed = tx
                    .prepare_cached(
                        "UPDATE file SET whole = 1
                         WHERE org_id = ?1 AND hash = ?2 AND upload = ?3 AND received = size",
                    )?
                    .execute(params![Id::from(org), hash.to_string(), upload])?;
                return Ok(sealed == 1);
            }
            let standing = head(tx, org, hash)?.filter(|h| h.upload == upload && !h.whole);
            if standing.is_none() {
                return Ok(false);
            }
            throw_away(tx, org, &hash.to_string())?;
            Ok(true)
        })
        .await
    }
}

fn head(conn: &Connection, org: OrgId, hash: FileHash) -> Result<Option<FileHead>> {
    Ok(conn
        .prepare_cached(
            "SELECT size, received, whole, upload FROM file WHERE org_id = ?1 AND hash = ?2",
        )?
        .query_row(params![Id::from(org), hash.to_string()], |row| {
            Ok(FileHead {
                size: row.get::<_, Count>(0)?.0,
                received: row.get::<_, Count>(1)?.0,
                whole: row.get(2)?,
                upload: row.get(3)?,
            })
        })
        .optional()?)
}

fn put_piece(tx: &Connection, org: OrgId, piece: &FilePiece) -> Result<PutPiece> {
    let hash = piece.hash.to_string();
    let before = match plan(head(tx, org, piece.hash)?, piece) {
        Plan::Refuse(head) => return Ok(PutPiece::Elsewhere(head)),
        Plan::GoOn(head) => head,
        Plan::Begin => {
            forget_old(tx, org, piece)?;
            let unfinished: Count = tx
                .prepare_cached("SELECT COUNT(*) FROM file WHERE org_id = ?1 AND whole = 0")?
                .query_row([Id::from(org)], |row| row.get(0))?;
            if unfinished.0 >= MOST_UNFINISHED {
                return Ok(PutPiece::Full);
            }
            throw_away(tx, org, &hash)?;
            let head = FileHead {
                size: piece.size,
                received: 0,
                whole: false,
                upload: new_epoch(),
            };
            insert_head(tx, org, &KeptFile::new(piece), &head)?;
            head
        }
    };
    let (first, has) = first_part(piece.at);
    let begun = if has {
        part(tx, org, &hash, first)?.unwrap_or_default()
    } else {
        Vec::new()
    };
    for (number, data) in parts(piece.at, begun, &piece.bytes)? {
        put_part(tx, org, &hash, number, &data)?;
    }
    let received = before
        .received
        .saturating_add(u64::try_from(piece.bytes.len()).unwrap_or(u64::MAX));
    tx.prepare_cached(
        "UPDATE file SET received = ?3, touched_at = ?4 WHERE org_id = ?1 AND hash = ?2",
    )?
    .execute(params![
        Id::from(org),
        hash,
        Count(received),
        piece.now.as_millisecond()
    ])?;
    Ok(PutPiece::Kept(FileHead { received, ..before }))
}

/// Uploads that were left.
fn forget_old(tx: &Connection, org: OrgId, piece: &FilePiece) -> Result<()> {
    let before = piece.now.checked_sub(PATIENCE).unwrap_or(piece.now);
    let old: Vec<String> = tx
        .prepare_cached(
            "SELECT hash FROM file WHERE org_id = ?1 AND whole = 0 AND touched_at < ?2",
        )?
        .query_map(params![Id::from(org), before.as_millisecond()], |row| {
            row.get(0)
        })?
        .collect::<rusqlite::Result<_>>()?;
    old.iter().try_for_each(|hash| throw_away(tx, org, hash))
}

fn throw_away(tx: &Connection, org: OrgId, hash: &str) -> Result<()> {
    for table in ["file", "file_part"] {
        tx.prepare_cached(&format!(
            "DELETE FROM {table} WHERE org_id = ?1 AND hash = ?2"
        ))?
        .execute(params![Id::from(org), hash])?;
    }
    Ok(())
}

fn insert_head(tx: &Connection, org: OrgId, row: &KeptFile, head: &FileHead) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO file (org_id, hash, size, received, whole, upload, member_id, touched_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        Id::from(org),
        row.hash,
        Count(row.size),
        Count(head.received),
        head.whole,
        head.upload,
        Id::from(row.member),
        row.touched_at
    ])?;
    Ok(())
}

fn put_part(tx: &Connection, org: OrgId, hash: &str, number: u64, data: &[u8]) -> Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO file_part (org_id, hash, number, data) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![Id::from(org), hash, Count(number), data])?;
    Ok(())
}

fn part(conn: &Connection, org: OrgId, hash: &str, number: u64) -> Result<Option<Vec<u8>>> {
    Ok(conn
        .prepare_cached(
            "SELECT data FROM file_part WHERE org_id = ?1 AND hash = ?2 AND number = ?3",
        )?
        .query_row(params![Id::from(org), hash, Count(number)], |row| {
            row.get(0)
        })
        .optional()?)
}

/// The files that are whole.
pub(super) fn kept(conn: &Connection, org: OrgId) -> Result<Vec<KeptFile>> {
    let mut rows = conn.prepare_cached(
        "SELECT hash, size, member_id, touched_at FROM file WHERE org_id = ?1 AND whole = 1 ORDER BY hash",
    )?;
    let rows = rows.query_map([Id::from(org)], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeptFile> {
    Ok(KeptFile {
        hash: row.get(0)?,
        size: row.get::<_, Count>(1)?.0,
        member: kontor_protocol::MemberId(row.get::<_, Id>(2)?.0),
        touched_at: row.get(3)?,
    })
}

/// Hands a file's parts to `each`, in order; ends where one is missing.
pub(super) fn each_part(
    conn: &Connection,
    org: OrgId,
    file: &KeptFile,
    mut each: impl FnMut(KeptPart) -> Result<()>,
) -> Result<()> {
    for number in 0..part_count(file.size) {
        let Some(data) = part(conn, org, &file.hash, number)? else {
            return Ok(());
        };
        each(KeptPart {
            hash: file.hash.clone(),
            number,
            data,
        })?;
    }
    Ok(())
}

/// What a file's bytes come to.
pub(super) fn sum(conn: &Connection, org: OrgId, file: &KeptFile) -> Result<FileHash> {
    let mut sum = Sha256::new();
    each_part(conn, org, file, |part| {
        sum.update(&part.data);
        Ok(())
    })?;
    Ok(FileHash(sum.finalize().into()))
}

/// One out of a backup, whose parts follow.
pub(super) fn insert(tx: &Connection, org: OrgId, row: &KeptFile) -> Result<()> {
    let head = FileHead {
        size: row.size,
        received: row.size,
        whole: true,
        upload: new_epoch(),
    };
    insert_head(tx, org, row, &head)
}

pub(super) fn insert_part(tx: &Connection, org: OrgId, row: &KeptPart) -> Result<()> {
    put_part(tx, org, &row.hash, row.number, &row.data)
}
