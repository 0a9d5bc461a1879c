//! The team's rows become DTOs.

use kontor_engine::collab::{self, ActivityDetail};
use kontor_engine::protocol::{self, Availability};
use kontor_engine::store::TeamOpState;
use kontor_engine::{self as engine, ActivityLine, ActivityLines, Person, Span, TeamStatus};

use super::small;
use crate::dto::{
    ActivityItem, ActivityKind, ActivityPage, ActivityRange, ActivityStats, Clash, Collision,
    ConflictValue, LinkError, NoteCaret, NoteEdited, NoteVersion, NoteWritten, OwnPresence, Real,
    Seq, Splice, SubjectMarks, TeamConflict, TeamInvitation, TeamMember, TeamOverview,
    TeamPresence, TeamQueue, TeamRole, TeamState, TeamTask, ThreadStatus, ThreadTeam,
};

impl From<engine::TeamState> for TeamState {
    fn from(state: engine::TeamState) -> Self {
        match state {
            engine::TeamState::Alone => Self::Alone,
            engine::TeamState::Connecting => Self::Connecting,
            engine::TeamState::Live => Self::Live,
            engine::TeamState::Offline => Self::Offline,
            engine::TeamState::NeedsYou => Self::NeedsYou,
        }
    }
}

impl From<protocol::Role> for TeamRole {
    fn from(role: protocol::Role) -> Self {
        match role {
            protocol::Role::Admin => Self::Admin,
            protocol::Role::Member => Self::Member,
        }
    }
}

impl From<TeamRole> for protocol::Role {
    fn from(role: TeamRole) -> Self {
        match role {
            TeamRole::Admin => Self::Admin,
            TeamRole::Member => Self::Member,
        }
    }
}

impl From<Availability> for TeamPresence {
    fn from(state: Availability) -> Self {
        match state {
            Availability::Online => Self::Online,
            Availability::Away => Self::Away,
            Availability::Busy => Self::Busy,
            Availability::Offline => Self::Offline,
        }
    }
}

impl From<OwnPresence> for engine::Appearance {
    fn from(state: OwnPresence) -> Self {
        match state {
            OwnPresence::Online => Self::Online,
            OwnPresence::Away => Self::Away,
            OwnPresence::Busy => Self::Busy,
        }
    }
}

impl From<ActivityRange> for Span {
    fn from(range: ActivityRange) -> Self {
        match range {
            ActivityRange::Today => Self::Today,
            ActivityRange::Week => Self::Week,
            ActivityRange::Month => Self::Month,
            ActivityRange::All => Self::All,
        }
    }
}

const STATUSES: [(ThreadStatus, &str); 4] = [
    (ThreadStatus::Open, "open"),
    (ThreadStatus::Waiting, "waiting"),
    (ThreadStatus::Done, "done"),
    (ThreadStatus::Snoozed, "snoozed"),
];

/// The team's word for a status.
pub(crate) fn status_word(status: ThreadStatus) -> &'static str {
    STATUSES
        .iter()
        .find(|(known, _)| *known == status)
        .map_or("open", |(_, word)| word)
}

const KINDS: [(ActivityKind, &str); 12] = [
    (ActivityKind::Note, "note"),
    (ActivityKind::Mention, "mention"),
    (ActivityKind::Assign, "assign"),
    (ActivityKind::Status, "status"),
    (ActivityKind::Tag, "tag"),
    (ActivityKind::Task, "task"),
    (ActivityKind::Finish, "finish"),
    (ActivityKind::Record, "record"),
    (ActivityKind::Conflict, "conflict"),
    (ActivityKind::Resolve, "resolve"),
    (ActivityKind::Reply, "reply"),
    (ActivityKind::Member, "member"),
];

/// The log's word for a kind.
pub(crate) fn kind_word(kind: ActivityKind) -> Option<String> {
    let known = KINDS.iter().find(|(known, _)| *known == kind);
    known.map(|(_, word)| (*word).to_owned())
}

/// The team as the window shows it.
pub(crate) fn overview(status: TeamStatus, people: Vec<Person>, unread: u32) -> TeamOverview {
    let (link, team) = (status.link, status.team);
    let me = team.as_ref().map(|t| t.member.to_string());
    let members: Vec<TeamMember> = people.into_iter().map(Into::into).collect();
    let role = members.iter().find(|m| Some(&m.id) == me.as_ref());
    TeamOverview {
        state: link.state.into(),
        why: link.why,
        since: link.since.map(|at| at.to_string()),
        role: role.map(|m| m.role),
        server: team.as_ref().map(|t| t.server.clone()),
        org: team.map(|t| t.name),
        me,
        queue: TeamQueue {
            length: small(status.queue.length),
            oldest_at: status.queue.oldest_at.map(|at| at.to_string()),
        },
        latency_ms: link.latency_ms.filter(|ms| ms.is_finite()).map(Real),
        reconnects: small(link.reconnects),
        sent: small(link.sent),
        received: small(link.received),
        errors: small(link.errors),
        last_error: link.last_error.map(|e| LinkError {
            at: e.at.to_string(),
            what: e.what,
        }),
        members,
        unread,
    }
}

impl From<Person> for TeamMember {
    fn from(person: Person) -> Self {
        let (member, there) = (person.member, person.presence);
        Self {
            id: member.member.to_string(),
            name: member.name,
            email: member.email,
            role: member.role.into(),
            active: member.active,
            state: there
                .as_ref()
                .map_or(TeamPresence::Offline, |p| p.state.into()),
            since: there.as_ref().map(|p| p.since.to_string()),
            viewing: there.as_ref().and_then(|p| subject(p.viewing.as_ref())),
            writing: there.as_ref().and_then(|p| subject(p.writing.as_ref())),
            caret: there.and_then(|p| p.caret).map(|caret| NoteCaret {
                subject: caret.subject.to_string(),
                anchor: caret.anchor,
                head: caret.head,
            }),
        }
    }
}

fn subject(of: Option<&protocol::Subject>) -> Option<String> {
    of.map(ToString::to_string)
}

impl From<protocol::Invitation> for TeamInvitation {
    fn from(made: protocol::Invitation) -> Self {
        Self {
            link: made.link,
            code: made.code,
            role: made.role.into(),
            expires_at: made.expires_at.to_string(),
        }
    }
}

impl From<Splice> for collab::Splice {
    fn from(splice: Splice) -> Self {
        let place = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        Self {
            at: place(splice.at),
            delete: place(splice.del),
            insert: splice.insert,
        }
    }
}

impl From<collab::Splice> for Splice {
    fn from(splice: collab::Splice) -> Self {
        let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            at: place(splice.at),
            del: place(splice.delete),
            insert: splice.insert,
        }
    }
}

/// The number of a count.
pub(crate) fn counted(waiting: engine::Waiting) -> Seq {
    Seq(i64::try_from(waiting.count).unwrap_or(i64::MAX))
}

/// What brings an editor to the newest text; `waiting` operations are only here.
pub(crate) fn typed(typed: collab::Typed, waiting: engine::Waiting) -> NoteEdited {
    NoteEdited {
        revision: typed.revision,
        splices: typed.splices.into_iter().map(Into::into).collect(),
        version: small(typed.version),
        waiting: small(waiting.changes),
        count: counted(waiting),
    }
}

/// What others wrote, as an editor can follow it.
pub(crate) fn written(written: collab::Written) -> NoteWritten {
    let collab::Typed {
        revision,
        splices,
        version,
    } = written.typed;
    NoteWritten {
        subject: written.subject.to_string(),
        from: written.from,
        revision,
        splices: splices.into_iter().map(Into::into).collect(),
        version: small(version),
    }
}

/// Versions that can be gone back to, the newest first.
pub(crate) fn versions(rows: Vec<collab::NoteVersion>) -> Vec<NoteVersion> {
    let shown = rows.into_iter().rev().filter_map(|row| {
        Some(NoteVersion {
            version: small(row.version?),
            at: row.occurred_at.to_string(),
            by: row.member.map(|m| m.to_string()),
            added: small(row.added),
            removed: small(row.removed),
        })
    });
    shown.collect()
}

impl From<ActivityLines> for ActivityPage {
    fn from(page: ActivityLines) -> Self {
        let n = page.numbers;
        Self {
            stats: ActivityStats {
                notes: n.notes,
                replies: n.replies,
                assigned: n.assigned,
                done: n.done,
            },
            items: page.lines.into_iter().map(Into::into).collect(),
            next: page.next,
        }
    }
}

impl From<ActivityLine> for ActivityItem {
    fn from(line: ActivityLine) -> Self {
        let of = line.activity;
        let kind = kind_named(&of.what).unwrap_or_else(|| kind_of(&of.detail));
        Self {
            id: of.op_id.to_string(),
            kind,
            subject: of.subject.to_string(),
            subject_name: line.name,
            member: of.member.map(|m| m.to_string()),
            name: of.name,
            at: of.occurred_at.to_string(),
            waiting: of.state == TeamOpState::Waiting,
            rejected: (of.state == TeamOpState::Rejected).then_some(of.reason),
            detail: line.detail,
            thread_id: line.thread.map(|t| t.to_string()),
        }
    }
}

/// The kind of that name in the log.
pub(super) fn kind_named(word: &str) -> Option<ActivityKind> {
    let known = KINDS.iter().find(|(_, known)| *known == word);
    known.map(|(kind, _)| *kind)
}

/// For words a newer version may write.
fn kind_of(detail: &ActivityDetail) -> ActivityKind {
    match detail {
        ActivityDetail::Note { .. } => ActivityKind::Note,
        ActivityDetail::Field { .. } => ActivityKind::Record,
        ActivityDetail::Resolve { .. } => ActivityKind::Resolve,
        ActivityDetail::Reply { .. } => ActivityKind::Reply,
        ActivityDetail::Member { .. } => ActivityKind::Member,
    }
}

impl From<engine::ThreadShared> for ThreadTeam {
    fn from(thread: engine::ThreadShared) -> Self {
        let word = thread.status.as_deref();
        let known = STATUSES.iter().find(|(_, name)| Some(*name) == word);
        Self {
            subject: thread.subject.to_string(),
            assignee: thread.assignee,
            status: known.map(|(status, _)| *status),
        }
    }
}

impl From<engine::Marks> for SubjectMarks {
    fn from(marks: engine::Marks) -> Self {
        let task = |of: engine::MarkedTask| TeamTask {
            id: of.id,
            text: of.task.text,
            due: of.task.due.map(|day| day.to_string()),
            member: of.task.member.map(|m| m.to_string()),
            done: of.done,
            by: of.member.map(|m| m.to_string()),
            at: of.at.map(|at| at.to_string()),
            waiting: of.waiting,
        };
        Self {
            tags: marks.tags,
            tasks: marks.tasks.into_iter().map(task).collect(),
        }
    }
}

/// A field somebody has to decide about; `me` is who sits here.
pub(crate) fn conflict(of: collab::Conflict, me: Option<protocol::MemberId>) -> TeamConflict {
    let value = |v: collab::ConflictValue| ConflictValue {
        mine: Some(v.member) == me,
        member: v.member.to_string(),
        name: v.name.unwrap_or_default(),
        value: v.value,
        at: v.at.to_string(),
    };
    TeamConflict {
        id: of.id.to_string(),
        subject: of.subject.to_string(),
        field: of.field,
        base: of.base,
        values: of.values.into_iter().map(value).collect(),
    }
}

impl From<engine::Colliding> for Collision {
    fn from(of: engine::Colliding) -> Self {
        Self {
            member: of.member.to_string(),
            name: of.name,
            what: match of.what {
                engine::Clash::Answered => Clash::Answered,
                engine::Clash::Answering => Clash::Answering,
                engine::Clash::Unsent => Clash::Unsent,
            },
            at: of.at.map(|at| at.to_string()),
            message: of.message.map(|m| m.to_string()),
            thread: of.thread.to_string(),
        }
    }
}
