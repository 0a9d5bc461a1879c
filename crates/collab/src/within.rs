//! The server inside this program: our place there, and what it has.
//!
//! It has what is written while there is no team. Which team something belongs to is another question, and not changed by
//! it: what is there waits for a team all the same, and goes into the one that is joined.

use jiff::Timestamp;
use kontor_protocol::{DeviceId, MemberId, OrgId};
use kontor_store::{TeamOp, TeamOpState, WithinRow};

use crate::{Collab, Result, row};

/// Our place at the server inside this program.
#[derive(Clone, PartialEq, Eq)]
pub struct Within {
    /// The organisation of one.
    pub org: OrgId,
    /// Who we are there.
    pub member: MemberId,
    /// What the token belongs to.
    pub device: DeviceId,
    /// What is said at the door. Never logged.
    pub token: String,
    /// The last event of it that was read.
    pub cursor: u64,
    /// The last event known to exist.
    pub head: u64,
}

impl std::fmt::Debug for Within {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Within")
            .field("org", &self.org)
            .field("cursor", &self.cursor)
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

impl Collab {
    /// Returns our place there; `None` before it was first needed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn within(&self) -> Result<Option<Within>> {
        Ok(self.store().read(|r| r.within()?.map(place).transpose())?)
    }

    /// Takes a place there, once: where there is one, that one is answered.
    ///
    /// # Errors
    /// When nothing was stored.
    pub async fn settle_within(&self, new: Within, now: Timestamp) -> Result<Within> {
        let write = self.store().write_durable(now.into(), move |w| {
            if let Some(row) = w.within()? {
                return place(row);
            }
            let row = WithinRow {
                org: new.org.to_string(),
                member: new.member.to_string(),
                device: new.device.to_string(),
                token: new.token,
                epoch: None,
                cursor: 0,
                head: 0,
            };
            w.put_within(&row)?;
            place(row)
        });
        Ok(write.await?)
    }

    /// True when something was written that it does not have yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_untold_within(&self) -> Result<bool> {
        Ok(self.store().read(|r| r.is_untold_within())?)
    }
}

fn place(row: WithinRow) -> kontor_store::Result<Within> {
    Ok(Within {
        org: row::id(&row.org)?,
        member: row::id(&row.member)?,
        device: row::id(&row.device)?,
        token: row.token,
        cursor: row.cursor,
        head: row.head,
    })
}

/// Where an operation stands, as a person sees it: alone, what the server inside this program has waits for nothing.
pub(crate) fn standing(row: &TeamOp, alone: bool) -> (TeamOpState, Option<u64>) {
    let there = row.within.filter(|seq| *seq > 0);
    if alone && row.state == TeamOpState::Waiting && there.is_some() {
        return (TeamOpState::Accepted, there);
    }
    (row.state, row.op.seq)
}
