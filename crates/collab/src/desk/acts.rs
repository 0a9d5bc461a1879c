//! Acts: what somebody wants written into the ERP, told to the server when they look or say yes, never by itself.
//!
//! What is to be told stands in the store, so that another process of this profile tells by writing there. A line that
//! begins asks what became of what was said yes to before it, and sends none of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kontor_protocol::{ACTS, ActAsk, ActStep, ActTold, ClientFrame, Welcome};
use kontor_store::ActRow;

use super::Desk;
use crate::Result;

/// Acts asked about at once.
const AT_ONCE: u32 = 8;

/// What is under way on this connection.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// The server knows acts, and what earlier lines left open was looked through.
    able: bool,
    /// What was asked of each and not answered yet.
    asked: BTreeMap<String, String>,
}

impl Desk {
    /// The next question about something to be written into the ERP; `None` when none waits.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_act(&mut self) -> Result<Option<ClientFrame>> {
        if !self.acts.able {
            return Ok(None);
        }
        let rows = self.collab.store().read(|r| r.wanted_acts(AT_ONCE))?;
        for row in rows {
            if self.acts.asked.get(&row.id) == Some(&row.wants) {
                continue;
            }
            match frame(&row) {
                Some(frame) => {
                    self.acts.asked.insert(row.id, row.wants);
                    return Ok(Some(frame));
                }
                None => tracing::error!(id = row.id, "A planned act is not understood; it stays."),
            }
        }
        Ok(None)
    }

    /// A line has begun.
    pub(super) async fn resume_acts(&mut self, welcome: &Welcome, now: Timestamp) -> Result<()> {
        let resumed = self.collab.store().write(now.into(), |w| w.resume_acts());
        resumed.await?;
        self.acts.asked.clear();
        self.acts.able = welcome.capabilities.iter().any(|word| word == ACTS);
        Ok(())
    }

    /// The server says how an act stands.
    pub(super) async fn act_told(&mut self, told: ActTold, now: Timestamp) -> Result<()> {
        let id = told.id.to_string();
        let asked = self.acts.asked.remove(&id).unwrap_or_default();
        let state = told.outcome.state.as_str();
        let Ok(outcome) = serde_json::to_string(&told.outcome) else {
            return Ok(());
        };
        let write = self.collab.store().write(now.into(), move |w| {
            w.tell_act(&id, state, &outcome, &asked)
        });
        Ok(write.await?)
    }
}

fn frame(row: &ActRow) -> Option<ClientFrame> {
    let step = match row.wants.as_str() {
        "preview" => ActStep::Preview,
        "do" => ActStep::Do,
        "ask" => ActStep::Ask,
        _ => return None,
    };
    let act = match step {
        ActStep::Ask => None,
        ActStep::Preview | ActStep::Do => Some(serde_json::from_str(&row.act).ok()?),
    };
    let ask = ActAsk {
        id: row.id.parse().ok()?,
        step,
        act,
        seen: row.seen.clone(),
    };
    Some(ClientFrame::ErpAct(Box::new(ask)))
}
