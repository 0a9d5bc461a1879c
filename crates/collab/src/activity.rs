//! What was done, by whom and when.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kontor_protocol::{Body, MemberId, OpId, Subject};
use kontor_store::{Page, Read, TeamOp, TeamOpFilter, TeamOpState};

use crate::collab::members;
use crate::row::active;
use crate::within::standing;
use crate::{Collab, Result, row};

/// Which activity is shown. Empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityFilter {
    /// Not before this.
    pub since: Option<Timestamp>,
    /// `note`, `mention`, `assign`, `status`, `tag`, `task`, `finish`, `record`, `conflict`, `resolve`, `reply` or `member`.
    pub what: Option<String>,
    /// By this member.
    pub member: Option<MemberId>,
    /// About this subject.
    pub subject: Option<Subject>,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Where this profile's log has it; see [`Collab::activity_after`].
    pub row: i64,
    /// The server's number.
    pub seq: Option<u64>,
    /// The operation.
    pub op_id: OpId,
    /// As in [`ActivityFilter::what`].
    pub what: String,
    /// What it is about.
    pub subject: Subject,
    /// Who; `None` before any team was joined.
    pub member: Option<MemberId>,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// When, by their clock.
    pub occurred_at: Timestamp,
    /// When the server's word of it came here.
    pub received_at: Option<Timestamp>,
    /// Where it stands.
    pub state: TeamOpState,
    /// Why it was refused; else empty.
    pub reason: String,
    /// What exactly.
    pub detail: ActivityDetail,
}

/// What exactly was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivityDetail {
    /// A note was edited.
    Note {
        /// Characters added.
        added: u64,
        /// Characters removed.
        removed: u64,
        /// How what was added begins.
        excerpt: String,
        /// Who was named.
        mentions: Vec<MemberId>,
    },
    /// A field was set.
    Field {
        /// Which.
        field: String,
        /// To what; `None` emptied it.
        value: Option<String>,
    },
    /// A conflict was answered.
    Resolve {
        /// Which.
        conflict: OpId,
        /// Of which field.
        field: String,
        /// With what.
        value: Option<String>,
    },
    /// A thread was answered.
    Reply {
        /// The mail's subject, where it was shared.
        title: Option<String>,
    },
    /// Somebody came, changed or went.
    Member {
        /// Who.
        member: MemberId,
        /// Their name then.
        name: String,
        /// False: they went.
        active: bool,
    },
}

impl Collab {
    /// Returns a page of activity, last done first; `page` is the `next` of the page before.
    ///
    /// # Errors
    /// When the store cannot be read, or `page` is none of ours.
    pub fn activity(
        &self,
        filter: &ActivityFilter,
        page: Option<&str>,
        limit: u32,
    ) -> Result<Page<Activity>> {
        let filter = TeamOpFilter {
            since: filter.since.map(row::nanos),
            what: filter.what.clone(),
            member: filter.member.map(|m| m.to_string()),
            subject: filter.subject.as_ref().map(ToString::to_string),
        };
        Ok(self.store().read(|r| {
            let page = r.team_ops(&filter, page, limit)?;
            Ok(Page {
                rows: shown(r, page.rows)?,
                next: page.next,
            })
        })?)
    }

    /// Returns at most `limit` things this profile came to know behind `row`, oldest first: for following.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn activity_after(&self, row: i64, limit: u32) -> Result<Vec<Activity>> {
        Ok(self.store().read(|r| {
            let rows = r.team_ops_after(row, limit)?;
            shown(r, rows)
        })?)
    }

    /// Returns where the log ends now: what comes is behind it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_activity(&self) -> Result<i64> {
        Ok(self.store().read(|r| r.last_team_op())?)
    }

    /// Returns one operation as activity.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn activity_of(&self, op: OpId) -> Result<Option<Activity>> {
        Ok(self.store().read(|r| {
            let rows = r.team_op(&op.to_string())?.into_iter().collect();
            Ok(shown(r, rows)?.pop())
        })?)
    }
}

fn shown(read: &Read<'_>, rows: Vec<TeamOp>) -> kontor_store::Result<Vec<Activity>> {
    let names: BTreeMap<MemberId, String> = members(read)?
        .into_iter()
        .map(|m| (m.member, m.name))
        .collect();
    let alone = active(read)?.is_none();
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        // What a newer version wrote is not shown by this one.
        let Some(op) = row::op(&row) else { continue };
        let (state, seq) = standing(&row, alone);
        let member: Option<MemberId> = row.op.member.as_deref().map(row::id).transpose()?;
        shown.push(Activity {
            row: row.id,
            seq,
            op_id: op.op_id,
            what: row.op.what,
            subject: op.subject,
            member,
            name: member.and_then(|m| names.get(&m).cloned()),
            occurred_at: op.occurred_at,
            received_at: row.received_at.map(row::millis),
            state,
            reason: row.reason,
            detail: detail(op.body, row.op.added, row.op.removed, row.op.excerpt),
        });
    }
    Ok(shown)
}

fn detail(body: Body, added: u64, removed: u64, excerpt: String) -> ActivityDetail {
    match body {
        Body::Note { mentions, .. } => ActivityDetail::Note {
            added,
            removed,
            excerpt,
            mentions,
        },
        Body::Record { field, value, .. } => ActivityDetail::Field { field, value },
        Body::Resolve {
            conflict,
            field,
            value,
        } => ActivityDetail::Resolve {
            conflict,
            field,
            value,
        },
        Body::Replied { title, .. } => ActivityDetail::Reply { title },
        Body::Member {
            member,
            name,
            active,
            ..
        } => ActivityDetail::Member {
            member,
            name,
            active,
        },
    }
}
