//! Acts: what is to be written into the ERP.

use jiff::Timestamp;
use kontor_protocol::{ActId, OrgId};
use sqlx::{PgConnection, Row as _};

use super::super::Result;
use super::super::acts::{
    self, ActChange, ActRow, Acts, KeptAct, NewAct, RawAct, outcome_text, state_word,
};
use super::super::numbering::no_org;
use super::super::rows::plain;
use super::convert::{count, id, limit, number};
use super::migration::{Migration, guarded};
use super::{PostgresStorage, Scope, audit, listener, org};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 erp_act",
    sql: guarded!(
        "erp_act",
        "CREATE TABLE erp_act (
          org_id UUID NOT NULL,
          act_id UUID NOT NULL,                -- the desk's; the trace in the ERP
          member_id UUID NOT NULL,
          act TEXT NOT NULL,                   -- JSON
          state TEXT NOT NULL,                 -- of the outcome
          rev BIGINT NOT NULL,                 -- counts the changes
          due_at BIGINT,                       -- milliseconds since 1970; NULL: nothing is to be done
          outcome TEXT NOT NULL DEFAULT '',    -- JSON, as desks are told
          memo TEXT NOT NULL DEFAULT '',       -- the writing node's own
          planned_at TEXT NOT NULL,
          changed_at TEXT NOT NULL,
          PRIMARY KEY (org_id, act_id)
        );
        CREATE INDEX erp_act_due ON erp_act (org_id, due_at) WHERE due_at IS NOT NULL"
    ),
};

const COLUMNS: &str = "act_id::text, member_id::text, act, rev, due_at, outcome, memo";

type Raw = (String, String, String, i64, Option<i64>, String, String);

impl Acts for PostgresStorage {
    async fn plan_act(&self, org: OrgId, new: NewAct) -> Result<ActRow> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        // Also sees to it that there is one.
        org::lock(&mut tx, org).await?;
        sqlx::query(
            "INSERT INTO erp_act (org_id, act_id, member_id, act, state, rev, due_at, planned_at, changed_at)
             VALUES ($1::uuid, $2::uuid, $3::uuid, $4, 'planned', 1, $5, $6, $6) ON CONFLICT DO NOTHING",
        )
        .bind(org.to_string())
        .bind(new.id.to_string())
        .bind(new.member.to_string())
        .bind(plain(&new.act))
        .bind(new.now.as_millisecond())
        .bind(new.now.to_string())
        .execute(&mut *tx)
        .await?;
        let row = get(&mut tx, org, new.id).await?;
        listener::tell_facts(&mut tx, org, self.inner.node).await?;
        tx.commit().await?;
        self.tell_facts(org);
        row.ok_or_else(|| no_org(org))
    }

    async fn act(&self, org: OrgId, id: ActId) -> Result<Option<ActRow>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let row = get(&mut tx, org, id).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn due_acts(&self, org: OrgId, now: Timestamp, most: usize) -> Result<Vec<ActRow>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rows: Vec<Raw> = sqlx::query_as(&format!(
            "SELECT {COLUMNS} FROM erp_act WHERE org_id = $1::uuid AND due_at <= $2
             ORDER BY due_at, act_id LIMIT $3"
        ))
        .bind(org.to_string())
        .bind(now.as_millisecond())
        .bind(limit(most))
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        rows.into_iter().map(read).collect()
    }

    async fn change_act(&self, org: OrgId, id: ActId, change: ActChange) -> Result<Option<u64>> {
        let mut tx = self.begin(Scope::Org(org)).await?;
        let rev = self::change(&mut tx, org, id, &change).await?;
        if rev.is_some() {
            listener::tell_facts(&mut tx, org, self.inner.node).await?;
        }
        tx.commit().await?;
        if rev.is_some() {
            self.tell_facts(org);
        }
        Ok(rev)
    }
}

async fn change(
    tx: &mut PgConnection,
    org: OrgId,
    id: ActId,
    change: &ActChange,
) -> Result<Option<u64>> {
    let rev = change.after.saturating_add(1);
    let changed = sqlx::query(
        "UPDATE erp_act SET rev = $4, state = $5, due_at = $6, outcome = $7, memo = $8, changed_at = $9
         WHERE org_id = $1::uuid AND act_id = $2::uuid AND rev = $3",
    )
    .bind(org.to_string())
    .bind(id.to_string())
    .bind(number(change.after))
    .bind(number(rev))
    .bind(state_word(&change.outcome))
    .bind(change.due.map(Timestamp::as_millisecond))
    .bind(plain(&outcome_text(&change.outcome)?))
    .bind(plain(&change.memo))
    .bind(change.now.to_string())
    .execute(&mut *tx)
    .await?;
    if changed.rows_affected() == 0 {
        return Ok(None);
    }
    if let Some(entry) = &change.audit {
        audit::add(tx, entry).await?;
    }
    Ok(Some(rev))
}

/// Ends what is due, because its ERP is connected no longer; answers what was on its way.
pub(super) async fn leave_behind(
    tx: &mut PgConnection,
    org: OrgId,
    anyway: bool,
    now: Timestamp,
) -> Result<Vec<String>> {
    // Held until the transaction ends: what is about to be sent is not, or was before.
    let rows: Vec<Raw> = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM erp_act WHERE org_id = $1::uuid AND due_at IS NOT NULL
         ORDER BY due_at, act_id FOR UPDATE"
    ))
    .bind(org.to_string())
    .fetch_all(&mut *tx)
    .await?;
    let rows = rows.into_iter().map(read).collect::<Result<_>>()?;
    let (ended, left) = acts::leave_behind(rows, anyway, now)?;
    for (id, ended) in ended {
        change(tx, org, id, &ended).await?;
    }
    Ok(left)
}

async fn get(tx: &mut PgConnection, org: OrgId, id: ActId) -> Result<Option<ActRow>> {
    let row: Option<Raw> = sqlx::query_as(&format!(
        "SELECT {COLUMNS} FROM erp_act WHERE org_id = $1::uuid AND act_id = $2::uuid"
    ))
    .bind(org.to_string())
    .bind(id.to_string())
    .fetch_optional(tx)
    .await?;
    row.map(read).transpose()
}

/// For a backup, in order, one at a time: some hold a whole file.
pub(super) async fn next(
    tx: &mut PgConnection,
    org: OrgId,
    after: Option<ActId>,
) -> Result<Option<KeptAct>> {
    let row = sqlx::query(
        "SELECT act_id::text, member_id::text, act, state, rev, due_at, outcome, memo, planned_at, changed_at
         FROM erp_act WHERE org_id = $1::uuid AND ($2::uuid IS NULL OR act_id > $2::uuid)
         ORDER BY act_id LIMIT 1",
    )
    .bind(org.to_string())
    .bind(after.map(|id| id.to_string()))
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(KeptAct {
        id: id(row.try_get(0)?)?,
        member: id(row.try_get(1)?)?,
        act: row.try_get(2)?,
        state: row.try_get(3)?,
        rev: count(row.try_get(4)?),
        due_at: row.try_get(5)?,
        outcome: row.try_get(6)?,
        memo: row.try_get(7)?,
        planned_at: row.try_get(8)?,
        changed_at: row.try_get(9)?,
    }))
}

/// From a backup.
pub(super) async fn insert(tx: &mut PgConnection, org: OrgId, row: &KeptAct) -> Result<()> {
    sqlx::query(
        "INSERT INTO erp_act
           (org_id, act_id, member_id, act, state, rev, due_at, outcome, memo, planned_at, changed_at)
         VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(org.to_string())
    .bind(row.id.to_string())
    .bind(row.member.to_string())
    .bind(&row.act)
    .bind(&row.state)
    .bind(number(row.rev))
    .bind(row.due_at)
    .bind(&row.outcome)
    .bind(&row.memo)
    .bind(&row.planned_at)
    .bind(&row.changed_at)
    .execute(tx)
    .await?;
    Ok(())
}

fn read((act_id, member, act, rev, due, outcome, memo): Raw) -> Result<ActRow> {
    RawAct {
        id: id(&act_id)?,
        member: id(&member)?,
        act,
        rev: count(rev),
        due,
        outcome,
        memo,
    }
    .read()
}
