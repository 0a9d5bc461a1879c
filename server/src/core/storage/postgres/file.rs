//! Files in notes. Of several nodes that take the same file at once, its row lets one after another through.

use kontor_protocol::{FileHash, OrgId};
use sha2::{Digest as _, Sha256};
use sqlx::PgConnection;

use super::super::Result;
use super::super::files::{
    FileHead, FilePiece, Files, MOST_UNFINISHED, PATIENCE, Plan, PutPiece, first_part, part_count,
    parts, plan,
};
use super::super::rows::{KeptFile, KeptPart, new_epoch};
use super::convert::{count, id, number};
use super::migration::{Migration, guarded};
use super::{PostgresStorage, Scope};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 file",
    sql: guarded!(
        "file",
        "CREATE TABLE file (
          org_id UUID NOT NULL,
          hash TEXT COLLATE \"C\" NOT NULL, -- SHA-256 of its bytes, hex
          size BIGINT NOT NULL,
          received BIGINT NOT NULL,       -- bytes that are here
          whole BOOLEAN NOT NULL,         -- all are here and have the hash
          upload TEXT NOT NULL,           -- another each time it is begun
          member_id UUID NOT NULL,        -- who began to send it
          touched_at BIGINT NOT NULL,     -- milliseconds since 1970
          PRIMARY KEY (org_id, hash)
        )"
    ),
};

pub(super) const PARTS: Migration = Migration {
    name: "2026-11-22 file_part",
    sql: guarded!(
        "file_part",
        "CREATE TABLE file_part (
          org_id UUID NOT NULL,
          hash TEXT COLLATE \"C\" NOT NULL,
          number BIGINT NOT NULL,         -- from 0
          data BYTEA NOT NULL,            -- 256 KiB, the last one less
          PRIMARY KEY (org_id, hash, number)
        )"
    ),
};

impl Files for PostgresStorage {
    async fn file(&self, org: OrgId, hash: FileHash) -> Result<Option<FileHead>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let head = head(&mut tx, org, hash).await?;
        tx.commit().await?;
        Ok(head)
    }

    async fn put_piece(&self, org: OrgId, piece: FilePiece) -> Result<PutPiece> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let put = put_piece(&mut tx, org, &piece).await?;
        tx.commit().await?;
        Ok(put)
    }

    async fn file_part(&self, org: OrgId, hash: FileHash, number: u64) -> Result<Option<Vec<u8>>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let data = part(&mut tx, org, &hash.to_string(), number).await?;
        tx.commit().await?;
        Ok(data)
    }

    async fn end_upload(
        &self,
        org: OrgId,
        hash: FileHash,
        upload: String,
        good: bool,
    ) -> Result<bool> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let change = if good {
            "UPDATE file SET whole = TRUE
             WHERE org_id = $1::uuid AND hash = $2 AND upload = $3 AND received = size"
        } else {
            "DELETE FROM file WHERE org_id = $1::uuid AND hash = $2 AND upload = $3 AND NOT whole"
        };
        let done = sqlx::query(change)
            .bind(org.to_string())
            .bind(hash.to_string())
            .bind(upload)
            .execute(&mut *tx)
            .await?;
        let done = done.rows_affected() == 1;
        if done && !good {
            throw_away(&mut tx, org, &hash.to_string()).await?;
        }
        tx.commit().await?;
        Ok(done)
    }
}

async fn head(tx: &mut PgConnection, org: OrgId, hash: FileHash) -> Result<Option<FileHead>> {
    let raw: Option<(i64, i64, bool, String)> = sqlx::query_as(
        "SELECT size, received, whole, upload FROM file WHERE org_id = $1::uuid AND hash = $2 FOR UPDATE",
    )
    .bind(org.to_string())
    .bind(hash.to_string())
    .fetch_optional(tx)
    .await?;
    Ok(raw.map(|(size, received, whole, upload)| FileHead {
        size: count(size),
        received: count(received),
        whole,
        upload,
    }))
}

async fn put_piece(tx: &mut PgConnection, org: OrgId, piece: &FilePiece) -> Result<PutPiece> {
    let hash = piece.hash.to_string();
    let before = match plan(head(tx, org, piece.hash).await?, piece) {
        Plan::Refuse(head) => return Ok(PutPiece::Elsewhere(head)),
        Plan::GoOn(head) => head,
        Plan::Begin => {
            // Whoever begins waits for who began at this moment.
            super::org::lock(tx, org).await?;
            if let Plan::Refuse(head) | Plan::GoOn(head) =
                plan(head(tx, org, piece.hash).await?, piece)
            {
                return Ok(PutPiece::Elsewhere(head));
            }
            forget_old(tx, org, piece).await?;
            let unfinished: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM file WHERE org_id = $1::uuid AND NOT whole",
            )
            .bind(org.to_string())
            .fetch_one(&mut *tx)
            .await?;
            if count(unfinished) >= MOST_UNFINISHED {
                return Ok(PutPiece::Full);
            }
            throw_away(tx, org, &hash).await?;
            let head = FileHead {
                size: piece.size,
                received: 0,
                whole: false,
                upload: new_epoch(),
            };
            insert_head(tx, org, &KeptFile::new(piece), &head).await?;
            head
        }
    };
    let (first, has) = first_part(piece.at);
    let begun = if has {
        part(tx, org, &hash, first).await?.unwrap_or_default()
    } else {
        Vec::new()
    };
    for (number, data) in parts(piece.at, begun, &piece.bytes)? {
        put_part(tx, org, &hash, number, &data).await?;
    }
    let length = u64::try_from(piece.bytes.len()).unwrap_or(u64::MAX);
    let received = before.received.saturating_add(length);
    sqlx::query(
        "UPDATE file SET received = $3, touched_at = $4 WHERE org_id = $1::uuid AND hash = $2",
    )
    .bind(org.to_string())
    .bind(hash)
    .bind(number(received))
    .bind(piece.now.as_millisecond())
    .execute(tx)
    .await?;
    Ok(PutPiece::Kept(FileHead { received, ..before }))
}

/// Uploads that were left.
async fn forget_old(tx: &mut PgConnection, org: OrgId, piece: &FilePiece) -> Result<()> {
    let before = piece.now.checked_sub(PATIENCE).unwrap_or(piece.now);
    let old: Vec<String> = sqlx::query_scalar(
        "SELECT hash FROM file WHERE org_id = $1::uuid AND NOT whole AND touched_at < $2",
    )
    .bind(org.to_string())
    .bind(before.as_millisecond())
    .fetch_all(&mut *tx)
    .await?;
    for hash in old {
        throw_away(tx, org, &hash).await?;
    }
    Ok(())
}

async fn throw_away(tx: &mut PgConnection, org: OrgId, hash: &str) -> Result<()> {
    for table in ["file", "file_part"] {
        sqlx::query(&format!(
            "DELETE FROM {table} WHERE org_id = $1::uuid AND hash = $2"
        ))
        .bind(org.to_string())
        .bind(hash)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

async fn insert_head(
    tx: &mut PgConnection,
    org: OrgId,
    row: &KeptFile,
    head: &FileHead,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO file (org_id, hash, size, received, whole, upload, member_id, touched_at)
         VALUES ($1::uuid, $2, $3, $4, $5, $6, $7::uuid, $8)",
    )
    .bind(org.to_string())
    .bind(&row.hash)
    .bind(number(row.size))
    .bind(number(head.received))
    .bind(head.whole)
    .bind(&head.upload)
    .bind(row.member.to_string())
    .bind(row.touched_at)
    .execute(tx)
    .await?;
    Ok(())
}

async fn put_part(
    tx: &mut PgConnection,
    org: OrgId,
    hash: &str,
    place: u64,
    data: &[u8],
) -> Result<()> {
    sqlx::query(
        "INSERT INTO file_part (org_id, hash, number, data) VALUES ($1::uuid, $2, $3, $4)
         ON CONFLICT (org_id, hash, number) DO UPDATE SET data = excluded.data",
    )
    .bind(org.to_string())
    .bind(hash)
    .bind(number(place))
    .bind(data)
    .execute(tx)
    .await?;
    Ok(())
}

async fn part(
    tx: &mut PgConnection,
    org: OrgId,
    hash: &str,
    place: u64,
) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar(
        "SELECT data FROM file_part WHERE org_id = $1::uuid AND hash = $2 AND number = $3",
    )
    .bind(org.to_string())
    .bind(hash)
    .bind(number(place))
    .fetch_optional(tx)
    .await?)
}

/// The files that are whole.
pub(super) async fn kept(tx: &mut PgConnection, org: OrgId) -> Result<Vec<KeptFile>> {
    let raw: Vec<(String, i64, String, i64)> = sqlx::query_as(
        "SELECT hash, size, member_id::text, touched_at FROM file
         WHERE org_id = $1::uuid AND whole ORDER BY hash",
    )
    .bind(org.to_string())
    .fetch_all(tx)
    .await?;
    raw.into_iter()
        .map(|(hash, size, member, touched_at)| {
            Ok(KeptFile {
                hash,
                size: count(size),
                member: id(&member)?,
                touched_at,
            })
        })
        .collect()
}

/// One part of a file; `None` behind the last, or where it is missing.
pub(super) async fn kept_part(
    tx: &mut PgConnection,
    org: OrgId,
    file: &KeptFile,
    number: u64,
) -> Result<Option<KeptPart>> {
    if number >= part_count(file.size) {
        return Ok(None);
    }
    let data = part(tx, org, &file.hash, number).await?;
    Ok(data.map(|data| KeptPart {
        hash: file.hash.clone(),
        number,
        data,
    }))
}

/// What a file's bytes come to.
pub(super) async fn sum(tx: &mut PgConnection, org: OrgId, file: &KeptFile) -> Result<FileHash> {
    let mut sum = Sha256::new();
    let mut number = 0_u64;
    while let Some(part) = kept_part(tx, org, file, number).await? {
        sum.update(&part.data);
        number = number.saturating_add(1);
    }
    Ok(FileHash(sum.finalize().into()))
}

/// One out of a backup, whose parts follow.
pub(super) async fn insert(tx: &mut PgConnection, org: OrgId, row: &KeptFile) -> Result<()> {
    let head = FileHead {
        size: row.size,
        received: row.size,
        whole: true,
        upload: new_epoch(),
    };
    insert_head(tx, org, row, &head).await
}

pub(super) async fn insert_part(tx: &mut PgConnection, org: OrgId, row: &KeptPart) -> Result<()> {
    put_part(tx, org, &row.hash, row.number, &row.data).await
}
