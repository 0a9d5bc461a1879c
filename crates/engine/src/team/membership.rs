//! Joining a team, leaving it, inviting others.

use std::time::Duration;

use kontor_auth::Secret;
use kontor_collab::{NewTeam, Team};
use kontor_protocol::{DeviceId, Invitation, JoinRequest, LoginRequest, OrgId, Role, SignedIn};

use super::life::CA;
use super::state::{self, TeamState, TeamStatus};
use super::{address, http::Api};
use crate::context::{Context, blocking};
use crate::engine::Engine;
use crate::error::{Code, Error, Result};

/// Nobody who leaves waits longer for the server.
const GOODBYE: Duration = Duration::from_secs(5);

/// What joining needs.
#[derive(Clone, Debug)]
pub struct TeamForm {
    /// The invitation's link, or its code.
    pub link: String,
    /// The server, where only a code is given.
    pub server: Option<String>,
    /// What colleagues call the person.
    pub name: Option<String>,
    /// The address to sign in with.
    pub email: String,
    /// The password of the team's server; with it the member is made, or signs in where it exists.
    pub password: Secret,
    /// What this computer is called in the list of devices.
    pub device: String,
    /// Certificates trusted besides the system's.
    pub ca_pem: Option<String>,
}

impl Engine {
    /// How the team and the line to it fare.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn team_status(&self) -> Result<TeamStatus> {
        state::status(&self.ctx, &self.ctx.collab).await
    }

    /// Joins a team, or signs in to it again. What was written here before is told to it as soon as the line stands.
    ///
    /// # Errors
    /// [`Code::Offline`] without the server, [`Code::SignIn`] for a wrong password, [`Code::Refused`] for an invitation
    /// that was used or ran out, [`Code::NotNow`] while this profile belongs to another team. Nothing is changed then.
    pub async fn team_join(&self, form: TeamForm) -> Result<TeamStatus> {
        let invited = address::invitation(&form.link, form.server.as_deref())?;
        if !form.email.contains('@') {
            return Err(Error::usage(format!(
                "“{}” is not an e-mail address.",
                form.email
            )));
        }
        let api = Api::new(&invited.server, &self.ctx.tls, form.ca_pem.as_deref())?;
        let team = self.ctx.collab.team()?;
        let signed_in = admitted(&api, invited.code, &form, team.as_ref()).await?;
        self.belong(invited.server, signed_in, form.ca_pem).await
    }

    /// Keeps the token and belongs to the team from here on.
    pub(super) async fn belong(
        &self,
        server: String,
        signed_in: SignedIn,
        ca_pem: Option<String>,
    ) -> Result<TeamStatus> {
        self.ctx
            .keep_secret(
                token_key(signed_in.org, signed_in.device),
                Some(Secret::new(signed_in.token)),
            )
            .await?;
        let kept = ca_pem.unwrap_or_default();
        self.ctx
            .write_durable(move |w| w.set_setting(CA, &kept))
            .await?;
        let new = NewTeam {
            server,
            org: signed_in.org,
            name: signed_in.organisation.name,
            thread_key: signed_in.organisation.thread_key,
            member: signed_in.member,
            device: signed_in.device,
        };
        let names = self.names_in(&new.thread_key).await?;
        self.ctx
            .collab
            .join_renaming(new, names, self.ctx.moment())
            .await?;
        self.team_status().await
    }

    /// Leaves the team. Notes and fields stay readable here; what was not told yet stays here, too. The server is asked to
    /// sign this device out; false when that could not be done, so that an admin may have to.
    ///
    /// # Errors
    /// [`Code::NotFound`] when there is no team.
    pub async fn team_leave(&self) -> Result<bool> {
        let team = self.team()?;
        let secrets = self.ctx.team_secrets(&team).await;
        self.ctx.collab.leave(self.ctx.moment()).await?;
        self.ctx
            .keep_secret(token_key(team.org, team.device), None)
            .await?;
        let Ok((token, ca)) = secrets else {
            return Ok(false);
        };
        let sign_out = async {
            let api = Api::new(&team.server, &self.ctx.tls, ca.as_deref())?;
            api.sign_out(team.org, team.device, token.expose()).await
        };
        let told = tokio::time::timeout(GOODBYE, sign_out).await;
        if let Ok(Err(e)) = &told {
            tracing::info!("the team's server was not told: {}", e.message);
        }
        Ok(matches!(told, Ok(Ok(()))))
    }

    /// Makes an invitation; admins only.
    ///
    /// # Errors
    /// Without a team, without the server, or when the server says no.
    pub async fn team_invite(&self, role: Role) -> Result<Invitation> {
        let team = self.team()?;
        let (token, ca) = self.ctx.team_secrets(&team).await?;
        let api = Api::new(&team.server, &self.ctx.tls, ca.as_deref())?;
        api.invite(team.org, role, token.expose()).await
    }

    /// Stays until everything is told and everything is here, at most so long. Answers how it is then. Without a team it is
    /// the server inside this program that is told.
    ///
    /// # Errors
    /// [`Code::SignIn`] when the server does not know us any more, [`Code::Offline`]
    /// when it could not be done in time; what waits keeps waiting.
    pub async fn team_sync(&self, wait: Duration) -> Result<TeamStatus> {
        let status = self.team_status().await?;
        let nothing = status.queue.length == 0 && status.reached == (0, 0);
        if status.team.is_none() && nothing && !self.ctx.profile.team_database().exists() {
            // Nothing was ever written here: no file is made for that.
            return Ok(status);
        }
        let hold = self.hold_line();
        let level = async {
            let mut glances = hold.glances();
            loop {
                let status = self.team_status().await?;
                let (cursor, head) = status.reached;
                let here = cursor >= head;
                if status.link.state == TeamState::NeedsYou {
                    let why = status.link.why.clone().unwrap_or_default();
                    return Err(Error::new(Code::SignIn, why));
                }
                let told = status.queue.length == 0 && self.ctx.files_untold().await? == 0;
                if hold.is_fresh(&status) && here && told {
                    return Ok(status);
                }
                glances.next().await;
            }
        };
        let done = tokio::time::timeout(wait, level).await;
        hold.release().await;
        match done {
            Ok(answer) => answer,
            Err(_time_is_up) => {
                let status = self.team_status().await?;
                let files = self.ctx.files_untold().await?;
                Err(Error::new(Code::Offline, late(&status, files)))
            }
        }
    }

    /// The membership.
    pub(super) fn team(&self) -> Result<Team> {
        let none = || {
            Error::not_found(
                "This profile belongs to no team. Join one with an invitation's link or code.",
            )
        };
        self.ctx.collab.team()?.ok_or_else(none)
    }
}

/// Asks for admission. Who belongs to a team signs in to it anew: an invitation to another one must not be used up for
/// nothing.
async fn admitted(
    api: &Api,
    code: String,
    form: &TeamForm,
    team: Option<&Team>,
) -> Result<SignedIn> {
    let Some(team) = team else {
        let request = JoinRequest {
            code,
            name: form.name.clone(),
            email: form.email.clone(),
            password: form.password.expose().to_owned(),
            device: form.device.clone(),
        };
        return api.join(request).await;
    };
    let request = LoginRequest {
        email: form.email.clone(),
        password: form.password.expose().to_owned(),
        device: form.device.clone(),
        org: Some(team.org),
    };
    api.login(&request).await.map_err(|e| match e.code {
        Code::SignIn | Code::Refused => Error::new(
            Code::NotNow,
            format!(
                "This profile belongs to the team {}, and this server does not know this e-mail with this password \
                 there. For another team, leave {} first; the invitation stays good.",
                team.name, team.name
            ),
        ),
        _ => e,
    })
}

fn late(status: &TeamStatus, files: usize) -> String {
    let slow = match status.team {
        Some(_) => "The server is slow.",
        None => "Their second file is slow.",
    };
    let why = status.link.why.as_deref().unwrap_or(slow);
    match status.queue.length {
        0 if files > 0 => format!("{files} files of notes wait, safely stored here. {why}"),
        0 => format!("Not everything is here yet. {why}"),
        n => format!("{n} changes wait, safely stored here. {why}"),
    }
}

impl Context {
    /// The token and the certificates of the team's server.
    pub(super) async fn team_secrets(
        self: &std::sync::Arc<Self>,
        team: &Team,
    ) -> Result<(Secret, Option<String>)> {
        let (keychain, key) = (self.keychain.clone(), token_key(team.org, team.device));
        let token = blocking(move || Ok(keychain.get(&key)?)).await?;
        let Some(token) = token else {
            return Err(Error::new(
                Code::SignIn,
                "The keychain has no key for the team's server. Join again with e-mail and password.",
            ));
        };
        let ca = self.read(|r| r.setting(CA)).await?;
        Ok((token, ca.filter(|pem| !pem.is_empty())))
    }

    pub(super) async fn keep_secret(&self, key: String, secret: Option<Secret>) -> Result<()> {
        let keychain = self.keychain.clone();
        blocking(move || {
            match secret {
                Some(secret) => keychain.set(&key, &secret)?,
                None => keychain.delete(&key)?,
            }
            Ok(())
        })
        .await
    }
}

fn token_key(org: OrgId, device: DeviceId) -> String {
    format!("team/{org}/{device}")
}
