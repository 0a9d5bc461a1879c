//! Between the store's rows and the protocol's operations.

use jiff::Timestamp;
use kontor_protocol::field::{ASSIGNEE, STATUS};
use kontor_protocol::{Body, DeviceId, Event, Mark, MemberId, Op, OpId, OrgId, Subject};
use kontor_store::{NewTeamOp, Read, TeamOp, TeamRow};

/// Whom an operation made here belongs to. Empty before any team was joined.
#[derive(Clone, Debug, Default)]
pub(crate) struct Author {
    pub(crate) org: Option<String>,
    pub(crate) member: Option<String>,
    pub(crate) device: Option<String>,
}

/// What an edit did to a note's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) added: u64,
    pub(crate) removed: u64,
    pub(crate) excerpt: String,
}

impl Author {
    /// The author of what is done here now. In a team that was left, what is about its subjects waits for the return.
    pub(crate) fn of(read: &Read<'_>, subject: &str) -> kontor_store::Result<Self> {
        let Some(team) = read.team()? else {
            return Ok(Self::default());
        };
        if team.left_at.is_some() && !read.is_subject_of(subject, &team.org)? {
            return Ok(Self::default());
        }
        Ok(Self {
            org: Some(team.org),
            member: Some(team.member),
            device: Some(team.device),
        })
    }

    pub(crate) fn member_id(&self) -> Option<MemberId> {
        self.member.as_deref().and_then(|m| m.parse().ok())
    }
}

/// The kind of an edit that is shown, and is in another row or document of its note.
pub(crate) const PAST: &str = "past";

/// The membership, while it lasts.
pub(crate) fn active(read: &Read<'_>) -> kontor_store::Result<Option<TeamRow>> {
    Ok(read.team()?.filter(|team| team.left_at.is_none()))
}

/// An operation made here.
pub(crate) fn own(op: &Op, author: &Author, counted: Counted) -> NewTeamOp {
    NewTeamOp {
        op_id: op.op_id.to_string(),
        org: author.org.clone(),
        subject: op.subject.to_string(),
        kind: op.body.kind().to_owned(),
        what: what(&op.body).to_owned(),
        body: op.body.to_json(),
        checksum: op.checksum.clone(),
        occurred_at: nanos(op.occurred_at),
        member: author.member.clone(),
        device: author.device.clone(),
        seq: None,
        added: counted.added,
        removed: counted.removed,
        excerpt: counted.excerpt,
    }
}

/// An operation the server told of.
pub(crate) fn foreign(event: &Event, org: &str) -> NewTeamOp {
    let author = Author {
        org: Some(org.to_owned()),
        member: Some(event.member.to_string()),
        device: Some(event.device.to_string()),
    };
    NewTeamOp {
        seq: Some(event.seq),
        ..own(&event.op, &author, Counted::default())
    }
}

/// The operation of a row; `None` for one this version does not understand.
pub(crate) fn op(row: &TeamOp) -> Option<Op> {
    Some(Op {
        op_id: row.op.op_id.parse().ok()?,
        occurred_at: moment(row.op.occurred_at),
        subject: row.op.subject.parse().ok()?,
        body: serde_json::from_str(&row.op.body).ok()?,
        checksum: row.op.checksum.clone(),
    })
}

/// Loro's update in the body of a note's edit.
pub(crate) fn update(body: &str) -> Option<Vec<u8>> {
    match serde_json::from_str(body).ok()? {
        Body::Note { update, .. } => Some(update),
        Body::Record { .. } | Body::Resolve { .. } | Body::Replied { .. } | Body::Member { .. } => {
            None
        }
    }
}

/// A kind of body as the activity list has it.
pub(crate) fn what(body: &Body) -> &'static str {
    match body {
        Body::Note { mentions, .. } if mentions.is_empty() => "note",
        Body::Note { .. } => "mention",
        Body::Record { field, .. } if field == ASSIGNEE => "assign",
        Body::Record { field, .. } if field == STATUS => "status",
        Body::Record { field, value, .. } => match Mark::of(field) {
            Some(Mark::Tag) => "tag",
            Some(Mark::TaskDone(_)) if value.is_some() => "finish",
            Some(Mark::Task(_) | Mark::TaskDone(_)) => "task",
            None => "record",
        },
        Body::Resolve { .. } => "resolve",
        Body::Replied { .. } => "reply",
        Body::Member { .. } => "member",
    }
}

/// Nanoseconds since 1970; the ends of what 64 bits hold (1677, 2262) for moments beyond.
pub(crate) fn nanos(at: Timestamp) -> i64 {
    let end = if at < Timestamp::UNIX_EPOCH {
        i64::MIN
    } else {
        i64::MAX
    };
    i64::try_from(at.as_nanosecond()).unwrap_or(end)
}

pub(crate) fn moment(nanos: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(crate) fn millis(at: kontor_model::Millis) -> Timestamp {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Moments are kept and told in milliseconds: what a desk's clock is worth.
pub(crate) fn whole_millis(now: Timestamp) -> Timestamp {
    millis(now.into())
}

/// An id as stored; ids here were written by this crate.
pub(crate) fn id<T: FromText>(text: &str) -> kontor_store::Result<T> {
    T::from_text(text).ok_or_else(|| kontor_store::Error::Unreadable {
        what: "an id of the team",
        why: text.to_owned(),
    })
}

/// Ids and subjects, read back.
pub(crate) trait FromText: Sized {
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! from_text {
    ($($name:ident),+) => {$(
        impl FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )+};
}

from_text!(OpId, MemberId, DeviceId, OrgId, Subject);
