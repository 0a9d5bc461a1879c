//! Joining by the company's own sign-in: the browser does it, the desk waits for it to come back.

use std::time::Duration;

use kontor_protocol::{CompanyFinish, SignedIn};

use super::browser::Loopback;
use super::state::TeamStatus;
use super::{address, http::Api};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};

/// What joining by the company's sign-in needs.
#[derive(Clone, Debug)]
pub struct CompanyForm {
    /// The invitation's link, or its code.
    pub link: String,
    /// The server, where only a code is given.
    pub server: Option<String>,
    /// What colleagues call the person; by default what the company calls them.
    pub name: Option<String>,
    /// What this computer is called in the list of devices.
    pub device: String,
    /// Certificates trusted besides the system's.
    pub ca_pem: Option<String>,
}

impl Engine {
    /// The host of the company's sign-in at an invitation's server; `None` where there is none.
    ///
    /// # Errors
    /// [`Code::Offline`] without the server, [`Code::Usage`] for what is no invitation.
    pub async fn team_company(
        &self,
        link: &str,
        server: Option<&str>,
        ca_pem: Option<&str>,
    ) -> Result<Option<String>> {
        let invited = address::invitation(link, server)?;
        let api = Api::new(&invited.server, &self.ctx.tls, ca_pem)?;
        api.company().await
    }

    /// Joins a team by the company's sign-in, or signs in to it again. `open` is given the address for the browser, which
    /// must be on this computer; then this waits until the person has signed in there.
    ///
    /// # Errors
    /// As [`Engine::team_join`]; [`Code::Refused`] when the server has no such sign-in, [`Code::Offline`] when nobody came
    /// back in time. Nothing is changed then.
    pub async fn team_join_by_company(
        &self,
        form: CompanyForm,
        open: impl FnOnce(&str) + Send,
    ) -> Result<TeamStatus> {
        let invited = address::invitation(&form.link, form.server.as_deref())?;
        let api = Api::new(&invited.server, &self.ctx.tls, form.ca_pem.as_deref())?;
        let team = self.ctx.collab.team()?;
        let back = Loopback::open().await?;
        let started = api.begin(back.port).await?;
        if !is_for_a_browser(&started.url) {
            return Err(Error::new(
                Code::Refused,
                "The team's server names an address for the browser that is none.",
            ));
        }
        open(&started.url);
        let patience = Duration::from_secs(started.seconds.into());
        let grant = tokio::time::timeout(patience, back.grant(&started.attempt))
            .await
            .map_err(|_time_is_up| {
                Error::new(
                    Code::Offline,
                    "Nobody signed in in the browser. Begin again when you are ready.",
                )
            })?;
        let finish = CompanyFinish {
            ticket: started.ticket,
            grant,
            // Who belongs to a team signs in to it anew: an invitation must not be used up for nothing.
            code: team.is_none().then_some(invited.code),
            name: form.name,
            device: form.device,
            org: team.as_ref().map(|team| team.org),
        };
        let signed_in: SignedIn = api.finish(&finish).await?;
        self.belong(invited.server, signed_in, form.ca_pem).await
    }
}

/// Only the web is opened, whatever a server says.
fn is_for_a_browser(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}
