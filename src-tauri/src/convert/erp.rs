//! How the mirror stands becomes DTOs.

use kontor_engine as engine;
use kontor_engine::protocol;

use crate::dto::Seq;
use crate::dto::erp::{
    AuditLine, ErpCoverage, ErpOverview, ErpProgress, FactsAge, MirrorState, MirroredKind,
};

/// What is told of the mirror and what is counted here.
pub(crate) fn overview(of: engine::CrmStatus, coverage: engine::Coverage) -> ErpOverview {
    let engine::CrmStatus {
        state,
        told_at,
        known,
        followed,
        kept,
        ..
    } = of;
    let counts = state.counts;
    ErpOverview {
        state: match state.state {
            protocol::MirrorState::Off => MirrorState::Off,
            protocol::MirrorState::First => MirrorState::First,
            protocol::MirrorState::Live => MirrorState::Live,
            protocol::MirrorState::Behind => MirrorState::Behind,
            protocol::MirrorState::NeedsYou => MirrorState::NeedsYou,
        },
        why: state.why,
        last_at: state.last_at.map(|at| at.to_string()),
        told_at: told_at.map(|at| at.to_string()),
        progress: state.progress.map(|progress| ErpProgress {
            done: seq(progress.done),
            total: seq(progress.total),
            seconds_left: progress.seconds_left.map(seq),
        }),
        fresh: state.fresh.iter().map(age).collect(),
        customers: seq(counts.customers),
        documents: seq(counts.documents),
        products: seq(counts.products),
        calls: seq(counts.calls),
        errors: seq(counts.errors),
        drift: seq(counts.drift),
        paused: counts.breaker_open,
        known: seq(known),
        followed: seq(followed),
        kept: seq(kept.into()),
        coverage: ErpCoverage {
            addresses: seq(coverage.addresses),
            known: seq(coverage.known),
            by_hand: seq(coverage.by_hand),
            of_none: seq(coverage.of_none),
        },
    }
}

fn age(of: &protocol::Freshness) -> FactsAge {
    FactsAge {
        kind: match of.kind {
            protocol::FactKind::Customer => MirroredKind::Customer,
            protocol::FactKind::Offer => MirroredKind::Offer,
            protocol::FactKind::Order => MirroredKind::Order,
            protocol::FactKind::Invoice => MirroredKind::Invoice,
            protocol::FactKind::Product => MirroredKind::Product,
        },
        at: of.at.to_string(),
        from: of.from.map(|day| day.to_string()),
    }
}

impl From<protocol::AuditRow> for AuditLine {
    fn from(row: protocol::AuditRow) -> Self {
        Self {
            at: row.at.to_string(),
            member: row.member.map(|member| member.to_string()),
            action: row.action,
            detail: row.detail,
        }
    }
}

fn seq(n: u64) -> Seq {
    Seq(i64::try_from(n).unwrap_or(i64::MAX))
}
