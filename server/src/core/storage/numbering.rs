//! Which operations of a batch are new, and which numbers they get. Decides only; the databases act.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kontor_protocol::{
    Body, CRITICAL_FIELDS, CriticalFields, DeviceId, MemberId, MemberRow, Op, OpId, OrgId, Role,
    Subject, SubjectKind,
};
use uuid::Uuid;

use super::rows::{KeptEvent, plain};
use super::{Appended, Incoming, NewOrg, Result, StorageError};

/// What is stored under the ids of a batch already: its number and checksum.
pub(super) type Known = BTreeMap<OpId, (u64, String)>;

/// Where an organisation stands before an append.
#[derive(Debug)]
pub(super) struct Standing {
    /// The last number.
    pub(super) head: u64,
    /// Its critical fields, as last set.
    pub(super) critical: Option<String>,
}

/// What is to be done with a batch.
#[derive(Debug)]
pub(super) struct Numbered {
    /// The answer, one an operation.
    pub(super) answers: Vec<Appended>,
    /// The rows to be stored, in order of their numbers.
    pub(super) rows: Vec<KeptEvent>,
    /// Where the organisation stands once they are.
    pub(super) after: Standing,
}

/// Goes on counting from the head. An operation that comes twice in the batch is known the second time. The list of
/// critical fields holds from the operation on that sets it.
pub(super) fn number(batch: &[Incoming], mut known: Known, before: Standing) -> Numbered {
    let Standing {
        mut head,
        mut critical,
    } = before;
    let mut list = CriticalFields::of(critical.as_deref());
    let mut answers = Vec::with_capacity(batch.len());
    let mut rows = Vec::with_capacity(batch.len());
    for incoming in batch {
        let op = &incoming.op;
        let answer = match known.get(&op.op_id) {
            Some((seq, sum)) if *sum == op.checksum => Appended::Known(*seq),
            Some(_) => Appended::Reused,
            None => {
                head = head.saturating_add(1);
                if op.is_about_org()
                    && let Some((CRITICAL_FIELDS, value)) = op.body.setting()
                {
                    critical = value.map(str::to_owned);
                    list = CriticalFields::of(value);
                }
                let policy = list.stamp(&op.body);
                rows.push(KeptEvent::new(head, policy, incoming));
                known.insert(op.op_id, (head, op.checksum.clone()));
                Appended::New(head, policy)
            }
        };
        answers.push(answer);
    }
    Numbered {
        answers,
        rows,
        after: Standing { head, critical },
    }
}

/// The event of somebody's coming, going or changing. Its author is the member it is about, its device is nil: the server.
pub(super) fn membership(org: OrgId, row: &MemberRow, now: Timestamp) -> Result<Incoming> {
    let subject = Subject::new(SubjectKind::Org, &org.to_string())
        .map_err(|e| StorageError::Damaged(e.to_string()))?;
    let body = Body::Member {
        member: row.member,
        name: row.name.clone(),
        email: row.email.clone(),
        role: row.role,
        active: row.active,
    };
    Ok(Incoming {
        member: row.member,
        device: DeviceId(Uuid::nil()),
        accepted_at: now,
        op: Op::new(OpId(Uuid::now_v7()), now, subject, body),
    })
}

/// The first member of a new organisation, called by the first half of the address until they say otherwise.
pub(super) fn first_admin(new: &NewOrg) -> MemberRow {
    let name = new.email.split('@').next().unwrap_or(&new.email);
    member(new.admin, name, &new.email, Role::Admin)
}

/// A member who is there.
pub(super) fn member(id: MemberId, name: &str, email: &str, role: Role) -> MemberRow {
    MemberRow {
        member: id,
        name: plain(name),
        email: plain(email),
        role,
        active: true,
    }
}

/// Nobody can write about an organisation that is not there.
pub(super) fn no_org(org: OrgId) -> StorageError {
    StorageError::Damaged(format!("there is no organisation {org} in this database"))
}
