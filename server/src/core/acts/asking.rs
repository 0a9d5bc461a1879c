//! What a desk asks of an act: put into the storage, where the node that mirrors finds it.

use jiff::Timestamp;
use kontor_protocol::{ActAsk, ActOutcome, ActState, ActStep, MemberId, OrgId};

use super::memo::Memo;
use crate::core::storage::{ActChange, ActRow, NewAct, Storage, StorageError};

/// What is told at once.
#[derive(Debug)]
pub(crate) enum Asked {
    /// How it stands; more follows while it is under way.
    Stands(Box<ActRow>),
    /// It was not taken.
    Refused(String),
    /// Nobody knows it: it was never looked at here, or the server was set back.
    Unknown,
}

/// Takes a desk's question. The same one again changes nothing.
pub(crate) async fn ask<S: Storage>(
    storage: &S,
    org: OrgId,
    member: MemberId,
    asked: &ActAsk,
    now: Timestamp,
) -> Result<Asked, StorageError> {
    if asked.step != ActStep::Ask && storage.erp(org).await?.is_none() {
        return Ok(Asked::Refused(
            "No Metakocka is connected. An admin of the team connects it.".to_owned(),
        ));
    }
    // A few times, where the node that writes is faster.
    for _ in 0..4 {
        let row = match storage.act(org, asked.id).await? {
            Some(row) => row,
            None if asked.step == ActStep::Ask => return Ok(Asked::Unknown),
            None => match plan(storage, org, member, asked, now).await? {
                Ok(row) => row,
                Err(why) => return Ok(Asked::Refused(why)),
            },
        };
        if row.member != member {
            return Ok(Asked::Refused(
                "This change is a colleague's. Plan your own.".to_owned(),
            ));
        }
        if is_another(asked, &row) {
            return Ok(Asked::Refused(
                "Something else is planned under this id. Plan it anew.".to_owned(),
            ));
        }
        let Some(change) = next(asked, &row, now) else {
            return Ok(Asked::Stands(Box::new(row)));
        };
        let (due, outcome, memo) = (change.due, change.outcome.clone(), change.memo.clone());
        if let Some(rev) = storage.change_act(org, asked.id, change).await? {
            return Ok(Asked::Stands(Box::new(ActRow {
                rev,
                due,
                outcome,
                memo,
                ..row
            })));
        }
    }
    Ok(Asked::Refused(
        "This change moves faster than it can be asked for. Try again.".to_owned(),
    ))
}

async fn plan<S: Storage>(
    storage: &S,
    org: OrgId,
    member: MemberId,
    asked: &ActAsk,
    now: Timestamp,
) -> Result<Result<ActRow, String>, StorageError> {
    let Some(act) = &asked.act else {
        return Ok(Err(
            "It is not known here what is to be written. Look at it again.".to_owned(),
        ));
    };
    if let Err(problem) = act.check() {
        return Ok(Err(problem.to_string()));
    }
    let act = serde_json::to_string(act).unwrap_or_default();
    let id = asked.id;
    let new = NewAct {
        id,
        member,
        act,
        now,
    };
    storage.plan_act(org, new).await.map(Ok)
}

/// The id was used for something else before.
fn is_another(asked: &ActAsk, row: &ActRow) -> bool {
    let theirs = asked
        .act
        .as_ref()
        .map(|act| serde_json::to_string(act).unwrap_or_default());
    theirs.is_some_and(|theirs| theirs != row.act)
}

/// How the row goes on; `None` where it stays as it is.
fn next(asked: &ActAsk, row: &ActRow, now: Timestamp) -> Option<ActChange> {
    let may_begin = matches!(
        row.outcome.state,
        ActState::Planned | ActState::Refused | ActState::NotWritten
    );
    match asked.step {
        ActStep::Ask => None,
        ActStep::Preview => {
            let mut memo = Memo::read(&row.memo);
            // A yes this server never heard of, or has forgotten with all that came of it.
            let forgotten = !asked.seen.is_empty() && asked.seen != memo.seen && !memo.doubt;
            memo.doubt |= forgotten;
            (may_begin && (row.due.is_none() || forgotten)).then(|| ActChange {
                after: row.rev,
                due: Some(now),
                outcome: ActOutcome::default(),
                memo: memo.to_text(),
                audit: None,
                now,
            })
        }
        ActStep::Do => {
            let shown = row.outcome.preview.as_ref()?;
            let fits = !asked.seen.is_empty() && shown.token == asked.seen;
            if !(may_begin && row.due.is_none() && fits) {
                return None;
            }
            let memo = Memo {
                seen: asked.seen.clone(),
                confirmed_at: Some(now),
                doubt: Memo::read(&row.memo).doubt,
                ..Memo::default()
            };
            Some(ActChange {
                after: row.rev,
                due: Some(now),
                outcome: ActOutcome {
                    state: ActState::Confirmed,
                    preview: row.outcome.preview.clone(),
                    ..ActOutcome::default()
                },
                memo: memo.to_text(),
                audit: None,
                now,
            })
        }
    }
}
