//! What admins do about the team's ERP, and everybody alone about their own: enter its key, disconnect it, read the audit
//! log.

use kontor_auth::Secret;
use kontor_protocol::{AuditRow, ErpConnected, ErpDisconnected, ErpRequest};

use super::http::Api;
use super::inside::{Told, What};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};

/// The company's Metakocka.
#[derive(Clone, Debug)]
pub struct ErpForm {
    /// Where the service is.
    pub base_url: String,
    /// The company's number there.
    pub company: String,
    /// The secret key of its API; goes to the team's server and is kept nowhere here. Alone it is kept sealed.
    pub key: Secret,
}

impl Engine {
    /// Connects the team with the company's Metakocka: its server tries the key there before it is kept. Without a team it
    /// is the server inside this program that does, and keeps reading while a program of this profile runs.
    ///
    /// # Errors
    /// [`Code::Refused`] for who is no admin or when Metakocka says no, [`Code::Offline`] when the server or Metakocka does
    /// not answer, alone [`Code::Keychain`] without a keychain. What was connected before still is.
    pub async fn connect_erp(&self, form: ErpForm) -> Result<ErpConnected> {
        let Some(team) = self.ctx.collab.team()? else {
            let what = What::Connect {
                base_url: form.base_url,
                company: form.company,
            };
            return match self.ask_inside(what, Some(form.key)).await? {
                Told::Connected(connected) => Ok(connected),
                Told::Disconnected(_) | Told::Audit(_) => Err(mixed_up()),
            };
        };
        let (token, ca) = self.ctx.team_secrets(&team).await?;
        let api = Api::new(&team.server, &self.ctx.tls, ca.as_deref())?;
        let request = ErpRequest {
            base_url: form.base_url,
            company: form.company,
            key: form.key.expose().to_owned(),
        };
        api.connect_erp(team.org, &request, token.expose()).await
    }

    /// Disconnects the company's Metakocka: its key and all facts are forgotten on the server, on this desk as soon as it
    /// hears of it (without a team before this answers), and nothing is written back any more. Links, merges, notes and the
    /// audit log stay. `anyway`: also while changes are on their way there, which nobody can tell the end of then.
    ///
    /// # Errors
    /// [`Code::Refused`] for who is no admin, where none is connected, or while changes are on their way, saying which;
    /// [`Code::Offline`] when the server does not answer.
    pub async fn disconnect_erp(&self, anyway: bool) -> Result<ErpDisconnected> {
        let Some(team) = self.ctx.collab.team()? else {
            if !self.ctx.profile.team_database().exists() {
                return Err(Error::new(Code::Refused, "No Metakocka is connected here."));
            }
            return match self.ask_inside(What::Disconnect { anyway }, None).await? {
                Told::Disconnected(disconnected) => Ok(disconnected),
                Told::Connected(_) | Told::Audit(_) => Err(mixed_up()),
            };
        };
        let (token, ca) = self.ctx.team_secrets(&team).await?;
        let api = Api::new(&team.server, &self.ctx.tls, ca.as_deref())?;
        api.disconnect_erp(team.org, anyway, token.expose()).await
    }

    /// Returns the newest lines of the audit log, newest first: the team's, for admins; without a team, of the server inside
    /// this program.
    ///
    /// # Errors
    /// As [`Self::connect_erp`].
    pub async fn audit_log(&self, limit: u32) -> Result<Vec<AuditRow>> {
        let Some(team) = self.ctx.collab.team()? else {
            if !self.ctx.profile.team_database().exists() {
                // Nothing was ever done there: no file is made for that.
                return Ok(Vec::new());
            }
            return match self.ask_inside(What::Audit { limit }, None).await? {
                Told::Audit(log) => Ok(log),
                Told::Connected(_) | Told::Disconnected(_) => Err(mixed_up()),
            };
        };
        let (token, ca) = self.ctx.team_secrets(&team).await?;
        let api = Api::new(&team.server, &self.ctx.tls, ca.as_deref())?;
        api.audit(team.org, limit, token.expose()).await
    }
}

fn mixed_up() -> Error {
    Error::new(
        Code::Internal,
        "An internal error mixed up two answers; try again.",
    )
}
