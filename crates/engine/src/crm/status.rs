//! How the mirror stands, and waiting until what is wanted of it is here.

use std::time::Duration;

use jiff::Timestamp;
use kontor_protocol::{FactsState, MirrorState};
use kontor_store::Read;

use super::dossier::{moment, state};
use super::view::CrmStatus;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::team::TeamState;

/// Beyond, the whole company's books would lie on a desk.
const MOST_KEPT: u32 = 100_000;

impl Engine {
    /// Returns how the mirror of the ERP stands, as this desk knows it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn crm_status(&self) -> Result<CrmStatus> {
        let now = self.ctx.moment();
        self.ctx.read(move |r| status(r, now)).await
    }

    /// Sets of how many customers this desk keeps facts: those whose mail or last look is longest ago are forgotten first.
    ///
    /// # Errors
    /// [`crate::Code::Usage`] beyond 100,000.
    pub async fn keep_customers(&self, most: u32) -> Result<()> {
        if most > MOST_KEPT {
            return Err(Error::usage(
                "A desk keeps the facts of 100,000 customers at most.",
            ));
        }
        self.ctx.write(move |w| w.keep_followed(most)).await
    }

    /// Stays until the directory and everything that is wanted of customers is here, at most so long, holding the line
    /// where nobody does. Without a team the mirror may run only as long as this: its first reading is waited for, too.
    /// True when it is here; false when the time was up, or nobody can be asked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn crm_sync(&self, wait: Duration) -> Result<bool> {
        let team = self.team_status().await?;
        if team.team.is_none() && !self.ctx.profile.team_database().exists() {
            return Ok(false);
        }
        let since = self.ctx.moment();
        let hold = self.hold_line();
        let level = async {
            let mut glances = hold.glances();
            loop {
                let team = self.team_status().await?;
                if team.link.state == TeamState::NeedsYou {
                    return Ok(false);
                }
                let alone = team.team.is_none();
                let (told, level) = self.ctx.read(move |r| level(r, alone)).await?;
                // Whoever holds the line already was told when it began.
                let heard = told.is_some_and(|at| at >= since || hold.is_elsewhere());
                if hold.is_fresh(&team) && heard && level {
                    return Ok(true);
                }
                glances.next().await;
            }
        };
        let done = tokio::time::timeout(wait, level).await;
        hold.release().await;
        done.unwrap_or(Ok(false))
    }
}

fn status(r: &Read<'_>, now: Timestamp) -> kontor_store::Result<CrmStatus> {
    let row = r.facts()?;
    let state = row.as_ref().and_then(state).unwrap_or_default();
    let age = state.last_at.map(|at| now.duration_since(at).as_secs());
    Ok(CrmStatus {
        age_seconds: age.map(|age| u64::try_from(age).unwrap_or(0)),
        told_at: row.as_ref().map(|row| moment(row.told_at)),
        state,
        known: r.customer_count()?,
        followed: r.followed_count()?,
        kept: r.followed_bound()?,
    })
}

/// When the server last told how it stands, and whether all that is wanted is here.
fn level(r: &Read<'_>, alone: bool) -> kontor_store::Result<(Option<Timestamp>, bool)> {
    let Some(row) = r.facts()? else {
        return Ok((None, false));
    };
    let FactsState {
        life,
        version,
        state,
        ..
    } = state(&row).unwrap_or_default();
    let reading = alone && matches!(state, MirrorState::Off | MirrorState::First);
    let here = !reading && row.directory >= version && r.wanted_customers(1)?.is_empty();
    Ok((Some(moment(row.told_at)), life.is_empty() || here))
}
