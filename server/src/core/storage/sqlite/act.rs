//! Acts: what is to be written into the ERP.

use jiff::Timestamp;
use kontor_protocol::{ActId, MemberId, OrgId};
use kontor_sqlite::Migration;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::Result;
use super::super::acts::{
    self, ActChange, ActRow, Acts, KeptAct, NewAct, RawAct, outcome_text, state_word,
};
use super::super::numbering::no_org;
use super::convert::{Count, Id, limit};
use super::{SqliteStorage, audit};

pub(super) const MIGRATION: Migration = Migration {
    name: "2026-11-22 erp_act",
    sql: "CREATE TABLE erp_act (
      org_id BLOB NOT NULL REFERENCES org (org_id),
      act_id BLOB NOT NULL,                 -- the desk's; the trace in the ERP
      member_id BLOB NOT NULL,
      act TEXT NOT NULL,                    -- JSON
      state TEXT NOT NULL,                  -- of the outcome
      rev INTEGER NOT NULL,                 -- counts the changes
      due_at INTEGER,                       -- milliseconds since 1970; NULL: nothing is to be done
      outcome TEXT NOT NULL DEFAULT '',     -- JSON, as desks are told
      memo TEXT NOT NULL DEFAULT '',        -- the writing node's own
      planned_at TEXT NOT NULL,
      changed_at TEXT NOT NULL,
      PRIMARY KEY (org_id, act_id)
    ) STRICT;
    CREATE INDEX erp_act_due ON erp_act (org_id, due_at) WHERE due_at IS NOT NULL",
};

const COLUMNS: &str = "act_id, member_id, act, rev, due_at, outcome, memo";

impl Acts for SqliteStorage {
    async fn plan_act(&self, org: OrgId, new: NewAct) -> Result<ActRow> {
        let row = self.write(move |tx| plan(tx, org, &new)).await?;
        self.tell_facts(org);
        row.read()
    }

    async fn act(&self, org: OrgId, id: ActId) -> Result<Option<ActRow>> {
        let raw = self.read(move |c| get(c, org, id)).await?;
        raw.map(RawAct::read).transpose()
    }

    async fn due_acts(&self, org: OrgId, now: Timestamp, most: usize) -> Result<Vec<ActRow>> {
        let raw = self.read(move |c| due(c, org, now, most)).await?;
        raw.into_iter().map(RawAct::read).collect()
    }

    async fn change_act(&self, org: OrgId, id: ActId, change: ActChange) -> Result<Option<u64>> {
        let rev = self.write(move |tx| self::change(tx, org, id, &change));
        let rev = rev.await?;
        if rev.is_some() {
            self.tell_facts(org);
        }
        Ok(rev)
    }
}

fn plan(tx: &Connection, org: OrgId, new: &NewAct) -> Result<RawAct> {
    let key = Id::from(org);
    if !tx
        .prepare_cached("SELECT 1 FROM org WHERE org_id = ?1")?
        .exists([key])?
    {
        return Err(no_org(org));
    }
    let at = new.now.to_string();
    tx.prepare_cached(
        "INSERT INTO erp_act (org_id, act_id, member_id, act, state, rev, due_at, planned_at, changed_at)
         VALUES (?1, ?2, ?3, ?4, 'planned', 1, ?5, ?6, ?6) ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        key,
        Id(new.id.0),
        Id::from(new.member),
        new.act,
        new.now.as_millisecond(),
        at
    ])?;
    get(tx, org, new.id)?.ok_or_else(|| no_org(org))
}

fn get(conn: &Connection, org: OrgId, id: ActId) -> Result<Option<RawAct>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM erp_act WHERE org_id = ?1 AND act_id = ?2"
        ))?
        .query_row(params![Id::from(org), Id(id.0)], raw)
        .optional()?)
}

fn due(conn: &Connection, org: OrgId, now: Timestamp, most: usize) -> Result<Vec<RawAct>> {
    let mut rows = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM erp_act WHERE org_id = ?1 AND due_at <= ?2 ORDER BY due_at, act_id LIMIT ?3"
    ))?;
    let rows = rows.query_map(
        params![Id::from(org), now.as_millisecond(), limit(most)],
        raw,
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn change(tx: &Connection, org: OrgId, id: ActId, change: &ActChange) -> Result<Option<u64>> {
    let rev = change.after.saturating_add(1);
    let changed = tx
        .prepare_cached(
            "UPDATE erp_act SET rev = ?4, state = ?5, due_at = ?6, outcome = ?7, memo = ?8, changed_at = ?9
             WHERE org_id = ?1 AND act_id = ?2 AND rev = ?3",
        )?
        .execute(params![
            Id::from(org),
            Id(id.0),
            Count(change.after),
            Count(rev),
            state_word(&change.outcome),
            change.due.map(Timestamp::as_millisecond),
            outcome_text(&change.outcome)?,
            change.memo,
            change.now.to_string(),
        ])?;
    if changed == 0 {
        return Ok(None);
    }
    if let Some(entry) = &change.audit {
        audit::add(tx, entry)?;
    }
    Ok(Some(rev))
}

/// Ends what is due, because its ERP is connected no longer; answers what was on its way.
pub(super) fn leave_behind(
    tx: &Connection,
    org: OrgId,
    anyway: bool,
    now: Timestamp,
) -> Result<Vec<String>> {
    let rows = due(tx, org, Timestamp::MAX, usize::MAX)?;
    let rows = rows.into_iter().map(RawAct::read).collect::<Result<_>>()?;
    let (ended, left) = acts::leave_behind(rows, anyway, now)?;
    for (id, ended) in ended {
        change(tx, org, id, &ended)?;
    }
    Ok(left)
}

/// For a backup, in order, one at a time: some hold a whole file.
pub(super) fn each(
    conn: &Connection,
    org: OrgId,
    mut put: impl FnMut(KeptAct) -> Result<()>,
) -> Result<()> {
    let mut rows = conn.prepare_cached(
        "SELECT act_id, member_id, act, state, rev, due_at, outcome, memo, planned_at, changed_at
         FROM erp_act WHERE org_id = ?1 ORDER BY act_id",
    )?;
    let rows = rows.query_map([Id::from(org)], |row| {
        Ok(KeptAct {
            id: ActId(row.get::<_, Id>(0)?.0),
            member: MemberId(row.get::<_, Id>(1)?.0),
            act: row.get(2)?,
            state: row.get(3)?,
            rev: row.get::<_, Count>(4)?.0,
            due_at: row.get(5)?,
            outcome: row.get(6)?,
            memo: row.get(7)?,
            planned_at: row.get(8)?,
            changed_at: row.get(9)?,
        })
    })?;
    for row in rows {
        put(row?)?;
    }
    Ok(())
}

/// From a backup.
pub(super) fn insert(tx: &Connection, org: OrgId, row: &KeptAct) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO erp_act
           (org_id, act_id, member_id, act, state, rev, due_at, outcome, memo, planned_at, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        Id::from(org),
        Id(row.id.0),
        Id::from(row.member),
        row.act,
        row.state,
        Count(row.rev),
        row.due_at,
        row.outcome,
        row.memo,
        row.planned_at,
        row.changed_at,
    ])?;
    Ok(())
}

fn raw(row: &Row<'_>) -> rusqlite::Result<RawAct> {
    Ok(RawAct {
        id: ActId(row.get::<_, Id>(0)?.0),
        member: MemberId(row.get::<_, Id>(1)?.0),
        act: row.get(2)?,
        rev: row.get::<_, Count>(3)?.0,
        due: row.get(4)?,
        outcome: row.get(5)?,
        memo: row.get(6)?,
    })
}
