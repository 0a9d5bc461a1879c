//! Events, numbered without gaps in each organisation.

use kontor_protocol::OrgId;
use sqlx::PgConnection;

use super::super::numbering::{Known, number};
use super::super::rows::KeptEvent;
use super::super::{Appended, Incoming, Result};
use super::convert::{count, id, limit, number as signed};
use super::migration::{Migration, guarded};
use super::org;

/// No foreign keys: `append` locks its organisation anyway, authors come from tokens, and `check` looks at them all.
pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-21 event",
    sql: guarded!(
        "event",
        "CREATE TABLE event (
          org_id UUID NOT NULL,
          seq BIGINT NOT NULL,
          op_id UUID NOT NULL,
          member_id UUID NOT NULL,
          device_id UUID NOT NULL,     -- zeros: the server itself
          accepted_at TEXT NOT NULL,
          occurred_at TEXT NOT NULL,   -- as summed; timestamptz would drop the nanoseconds
          subject TEXT NOT NULL,
          body TEXT NOT NULL,          -- JSON, as summed; jsonb would write it anew
          checksum TEXT NOT NULL,
          PRIMARY KEY (org_id, seq),
          UNIQUE (org_id, op_id)
        )"
    ),
};

/// Which fields are critical is the admins' to say, and the event's to tell.
pub(super) const POLICY_MIGRATION: Migration = Migration {
    name: "2026-11-22 event policy",
    sql: "ALTER TABLE event ADD COLUMN policy TEXT;        -- where it is not the field's standard one
          ALTER TABLE org ADD COLUMN critical_fields TEXT",
};

type Raw = (
    i64,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
);

/// Answers for each operation, and the new head where something was new.
pub(super) async fn append(
    tx: &mut PgConnection,
    org: OrgId,
    batch: &[Incoming],
) -> Result<(Vec<Appended>, Option<u64>)> {
    let before = org::lock(tx, org).await?;
    let known = known(tx, org, batch).await?;
    let numbered = number(batch, known, before);
    if numbered.rows.is_empty() {
        return Ok((numbered.answers, None));
    }
    insert(tx, org, &numbered.rows).await?;
    let after = numbered.after;
    sqlx::query("UPDATE org SET head = $2, critical_fields = $3 WHERE org_id = $1::uuid")
        .bind(org.to_string())
        .bind(signed(after.head))
        .bind(after.critical)
        .execute(tx)
        .await?;
    Ok((numbered.answers, Some(after.head)))
}

/// All of them in one statement.
pub(super) async fn insert(tx: &mut PgConnection, org: OrgId, rows: &[KeptEvent]) -> Result<()> {
    fn texts<'a>(rows: &'a [KeptEvent], of: impl Fn(&'a KeptEvent) -> &'a str) -> Vec<&'a str> {
        rows.iter().map(of).collect()
    }
    fn ids<T: ToString>(rows: &[KeptEvent], of: impl Fn(&KeptEvent) -> T) -> Vec<String> {
        rows.iter().map(|row| of(row).to_string()).collect()
    }
    let seqs: Vec<i64> = rows.iter().map(|row| signed(row.seq)).collect();
    sqlx::query(
        "INSERT INTO event (org_id, seq, op_id, member_id, device_id, accepted_at, occurred_at, subject, body, checksum, policy)
         SELECT $1::uuid, * FROM UNNEST($2::bigint[], $3::text[]::uuid[], $4::text[]::uuid[], $5::text[]::uuid[],
           $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])",
    )
    .bind(org.to_string())
    .bind(seqs)
    .bind(ids(rows, |r| r.op_id))
    .bind(ids(rows, |r| r.member))
    .bind(ids(rows, |r| r.device))
    .bind(texts(rows, |r| &r.accepted_at))
    .bind(texts(rows, |r| &r.occurred_at))
    .bind(texts(rows, |r| &r.subject))
    .bind(texts(rows, |r| &r.body))
    .bind(texts(rows, |r| &r.checksum))
    .bind(rows.iter().map(|r| r.policy.as_deref()).collect::<Vec<_>>())
    .execute(tx)
    .await?;
    Ok(())
}

/// At most so many after a number, in order.
pub(super) async fn page(
    tx: &mut PgConnection,
    org: OrgId,
    after: u64,
    count: usize,
) -> Result<Vec<KeptEvent>> {
    let raw: Vec<Raw> = sqlx::query_as(
        "SELECT seq, op_id::text, member_id::text, device_id::text, accepted_at, occurred_at, subject, body, checksum, policy
         FROM event WHERE org_id = $1::uuid AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind(org.to_string())
    .bind(signed(after))
    .bind(limit(count))
    .fetch_all(tx)
    .await?;
    raw.into_iter().map(read).collect()
}

async fn known(tx: &mut PgConnection, org: OrgId, batch: &[Incoming]) -> Result<Known> {
    let ids: Vec<String> = batch.iter().map(|i| i.op.op_id.to_string()).collect();
    let found: Vec<(String, i64, String)> = sqlx::query_as(
        "SELECT op_id::text, seq, checksum FROM event
         WHERE org_id = $1::uuid AND op_id = ANY($2::text[]::uuid[])",
    )
    .bind(org.to_string())
    .bind(ids)
    .fetch_all(tx)
    .await?;
    found
        .into_iter()
        .map(|(op, seq, sum)| Ok((id(&op)?, (count(seq), sum))))
        .collect()
}

fn read(raw: Raw) -> Result<KeptEvent> {
    let (seq, op, member, device, accepted_at, occurred_at, subject, body, checksum, policy) = raw;
    Ok(KeptEvent {
        seq: count(seq),
        op_id: id(&op)?,
        member: id(&member)?,
        device: id(&device)?,
        accepted_at,
        occurred_at,
        subject,
        body,
        checksum,
        policy,
    })
}
