//! What admins do about the team's ERP: enter its key, read the audit log.

use kontor_auth::Secret;
use kontor_protocol::{AuditRow, ErpConnected, ErpRequest};

use super::http::Api;
use crate::engine::Engine;
use crate::error::Result;

/// The company's Metakocka.
#[derive(Clone, Debug)]
pub struct ErpForm {
    /// Where the service is.
    pub base_url: String,
    /// The company's number there.
    pub company: String,
    /// The secret key of its API; goes to the team's server, and is kept nowhere here.
    pub key: Secret,
}

impl Engine {
    /// Connects the team with the company's Metakocka: its server tries the key there before it is kept.
    ///
    /// # Errors
    /// [`crate::Code::NotFound`] without a team, [`crate::Code::Refused`] for who is no admin or when Metakocka says no,
    /// [`crate::Code::Offline`] when the server or Metakocka does not answer. What was connected before still is.
    pub async fn connect_erp(&self, form: ErpForm) -> Result<ErpConnected> {
        let team = self.team()?;
        let (token, ca) = self.ctx.team_secrets(&team).await?;
        let api = Api::new(&team.server, &self.ctx.tls, ca.as_deref())?;
        let request = ErpRequest {
            base_url: form.base_url,
            company: form.company,
            key: form.key.expose().to_owned(),
        };
        api.connect_erp(team.org, &request, token.expose()).await
    }

    /// Returns the newest lines of the team's audit log, newest first; for admins.
    ///
    /// # Errors
    /// As [`Self::connect_erp`].
    pub async fn audit_log(&self, limit: u32) -> Result<Vec<AuditRow>> {
        let team = self.team()?;
        let (token, ca) = self.ctx.team_secrets(&team).await?;
        let api = Api::new(&team.server, &self.ctx.tls, ca.as_deref())?;
        api.audit(team.org, limit, token.expose()).await
    }
}
