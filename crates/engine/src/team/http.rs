//! The HTTP part of a team's server, as a desk uses it: join, sign in, invite.

pub(super) mod files;

use std::time::Duration;

use kontor_mail_imap::tls::TlsConfig;
use kontor_protocol::{
    ApiProblem, AuditRow, CompanyFinish, CompanyStart, CompanyStarted, DeviceId, ErpConnected,
    ErpDisconnected, ErpRequest, Invitation, InviteRequest, JoinRequest, LoginRequest, OrgId, Role,
    SignInWays, SignedIn,
};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Code, Error, Result, sentence};

/// Nobody waits longer for a sign-in.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that is asked.
pub(super) struct Api {
    server: String,
    client: reqwest::Client,
}

impl Api {
    pub(super) fn new(server: &str, tls: &TlsConfig, ca_pem: Option<&str>) -> Result<Self> {
        let tls = tls.client(ca_pem)?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.as_ref().clone())
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|e| {
                Error::new(
                    Code::Internal,
                    format!("The team's server cannot be asked on this computer: {e}"),
                )
            })?;
        Ok(Self {
            server: server.to_owned(),
            client,
        })
    }

    /// Joins with an invitation; an invitation that was used already still signs its member in.
    pub(super) async fn join(&self, request: JoinRequest) -> Result<SignedIn> {
        let login = LoginRequest {
            email: request.email.clone(),
            password: request.password.clone(),
            device: request.device.clone(),
            org: None,
        };
        let refused = match self.post("join", &request, None).await {
            Err(Asked::Refused(
                StatusCode::GONE | StatusCode::NOT_FOUND | StatusCode::CONFLICT,
                problem,
            )) => problem,
            answer => return answer.map_err(Error::from),
        };
        // Their second computer: the code is used up, e-mail and password are right.
        match self.post("login", &login, None).await {
            Ok(signed_in) => Ok(signed_in),
            Err(_no_such_member) => Err(Error::new(Code::Refused, sentence(&refused))),
        }
    }

    /// Signs a member in on another device, or anew.
    pub(super) async fn login(&self, request: &LoginRequest) -> Result<SignedIn> {
        Ok(self.post("login", request, None).await?)
    }

    /// The host of the company's own sign-in, where the server offers one.
    pub(super) async fn company(&self) -> Result<Option<String>> {
        let asked = self.request(Method::GET, "sign-in");
        match answer::<SignInWays>(asked).await {
            Ok(ways) => Ok(ways.company),
            // A server from before there was such a thing.
            Err(Asked::Refused(StatusCode::NOT_FOUND, _)) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Begins to sign in by the company; the browser comes back to this port on 127.0.0.1.
    pub(super) async fn begin(&self, port: u16) -> Result<CompanyStarted> {
        let start = CompanyStart { port };
        Ok(self.post("oidc/start", &start, None).await?)
    }

    /// Signs in with what the browser brought.
    pub(super) async fn finish(&self, finish: &CompanyFinish) -> Result<SignedIn> {
        Ok(self.post("oidc/finish", finish, None).await?)
    }

    /// Signs this device out. Well, too, where it is signed out already.
    pub(super) async fn sign_out(&self, org: OrgId, device: DeviceId, token: &str) -> Result<()> {
        let path = format!("orgs/{org}/devices/{device}");
        let asked = self.request(Method::DELETE, &path).bearer_auth(token);
        let said = asked.send().await.map_err(|e| Asked::Silent(reason(&e)))?;
        match said.status() {
            status if status.is_success() || status == StatusCode::UNAUTHORIZED => Ok(()),
            status => Err(Asked::Strange(format!("it answered {status}")).into()),
        }
    }

    pub(super) async fn invite(&self, org: OrgId, role: Role, token: &str) -> Result<Invitation> {
        let path = format!("orgs/{org}/invitations");
        Ok(self
            .post(&path, &InviteRequest { role }, Some(token))
            .await?)
    }

    pub(super) async fn connect_erp(
        &self,
        org: OrgId,
        request: &ErpRequest,
        token: &str,
    ) -> Result<ErpConnected> {
        let path = format!("orgs/{org}/erp");
        Ok(self.post(&path, request, Some(token)).await?)
    }

    pub(super) async fn disconnect_erp(
        &self,
        org: OrgId,
        anyway: bool,
        token: &str,
    ) -> Result<ErpDisconnected> {
        let path = format!("orgs/{org}/erp?anyway={anyway}");
        let asked = self.request(Method::DELETE, &path).bearer_auth(token);
        Ok(answer(asked).await?)
    }

    pub(super) async fn audit(&self, org: OrgId, limit: u32, token: &str) -> Result<Vec<AuditRow>> {
        let path = format!("orgs/{org}/audit?limit={limit}");
        let asked = self.request(Method::GET, &path).bearer_auth(token);
        Ok(answer(asked).await?)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl Serialize + Sync),
        token: Option<&str>,
    ) -> Result<T, Asked> {
        let mut request = self.request(Method::POST, path).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        answer(request).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/api/v1/{path}", self.server);
        self.client.request(method, url)
    }
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Asked> {
    let answer = request
        .send()
        .await
        .map_err(|e| Asked::Silent(reason(&e)))?;
    let status = answer.status();
    if status.is_success() {
        return answer
            .json()
            .await
            .map_err(|e| Asked::Strange(e.without_url().to_string()));
    }
    let problem = answer.json::<ApiProblem>().await;
    Err(match problem {
        Ok(problem) => Asked::Refused(status, problem.message),
        Err(_not_ours) => Asked::Strange(format!("it answered {status}")),
    })
}

/// The innermost reason is the one a person understands.
fn reason(e: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = e;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

/// Why a question has no answer.
enum Asked {
    Silent(String),
    Strange(String),
    Refused(StatusCode, String),
}

impl From<Asked> for Error {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Silent(why) => Self::new(
                Code::Offline,
                format!(
                    "The team's server cannot be reached ({why}). Everything stays here; try again later."
                ),
            ),
            Asked::Strange(why) => Self::new(
                Code::Refused,
                format!(
                    "There is no Kontor server at this address ({why}). Look at the link again."
                ),
            ),
            Asked::Refused(StatusCode::UNAUTHORIZED, message) => {
                Self::new(Code::SignIn, sentence(&message))
            }
            Asked::Refused(status, message) if status.is_server_error() => {
                Self::new(Code::Offline, sentence(&message))
            }
            Asked::Refused(_, message) => Self::new(Code::Refused, sentence(&message)),
        }
    }
}
