//! How the team's weeks went becomes DTOs.

use kontor_engine as engine;

use super::small;
use super::team::kind_named;
use crate::dto::{ActivityKind, MemberWork, TeamAnalytics, TeamDeeds, TeamWeek, TeamWork};

impl From<engine::TeamAnalytics> for TeamAnalytics {
    fn from(of: engine::TeamAnalytics) -> Self {
        Self {
            weeks: of.weeks.into_iter().map(Into::into).collect(),
            members: of.members.into_iter().map(Into::into).collect(),
            team: of.team.into(),
            own: of.own.into_iter().map(Into::into).collect(),
            known_since: of.known_since.map(|at| at.to_string()),
        }
    }
}

impl From<engine::Week> for TeamWeek {
    fn from(week: engine::Week) -> Self {
        Self {
            begins: week.begins.to_string(),
            number: u32::try_from(week.number).unwrap_or_default(),
        }
    }
}

impl From<engine::MemberWork> for MemberWork {
    fn from(of: engine::MemberWork) -> Self {
        Self {
            member: of.member.map(|m| m.to_string()),
            weeks: of.weeks.into_iter().map(Into::into).collect(),
            total: of.total.into(),
        }
    }
}

impl From<engine::Work> for TeamWork {
    fn from(work: engine::Work) -> Self {
        Self {
            notes: small(work.notes),
            replies: small(work.replies),
            timed: small(work.timed),
            median_seconds: work.median_seconds.map(small),
        }
    }
}

impl From<engine::Deeds> for TeamDeeds {
    fn from(deeds: engine::Deeds) -> Self {
        Self {
            // A kind of a newer version is a change of something.
            kind: kind_named(&deeds.what).unwrap_or(ActivityKind::Record),
            count: small(deeds.count),
            titled: small(deeds.titled),
        }
    }
}
