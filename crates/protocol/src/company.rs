//! Bodies of the company's own sign-in (OpenID Connect); the server speaks with the provider, a desk with the server.
//!
//! ```text
//!   desk ── start {port} ──► server            answers a URL and a ticket
//!   desk ── opens the URL in the browser ──► provider ──► server's callback ──► http://127.0.0.1:PORT/?attempt&grant
//!   desk ── finish {ticket, grant, …} ──► server            answers SignedIn
//! ```
//! The ticket stays with the desk that began, the grant comes to the computer whose browser signed in: only who has both is
//! let in, so nobody can begin here and talk somebody else into signing in for them.

use serde::{Deserialize, Serialize};

use crate::OrgId;

/// `GET /api/v1/sign-in`: how one may sign in at this server, besides with address and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInWays {
    /// The host of the company's sign-in, such as `login.example.com`; `None` where there is none.
    #[serde(default)]
    pub company: Option<String>,
}

/// `POST /api/v1/oidc/start`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CompanyStart {
    /// Where this desk listens on 127.0.0.1 for the browser to come back.
    pub port: u16,
}

/// Answers start.
#[derive(Clone, Serialize, Deserialize)]
pub struct CompanyStarted {
    /// For the browser.
    pub url: String,
    /// Comes back with the browser, so that a desk knows its own.
    pub attempt: String,
    /// For finish; secret.
    pub ticket: String,
    /// How long the person may take, in seconds.
    pub seconds: u32,
}

/// `POST /api/v1/oidc/finish`.
#[derive(Clone, Serialize, Deserialize)]
pub struct CompanyFinish {
    /// From start.
    pub ticket: String,
    /// What the browser brought.
    pub grant: String,
    /// An invitation's code, needed the first time.
    #[serde(default)]
    pub code: Option<String>,
    /// As colleagues will see it, the first time; by default what the company says.
    #[serde(default)]
    pub name: Option<String>,
    /// What the person calls this computer.
    pub device: String,
    /// Which organisation, for people of several.
    #[serde(default)]
    pub org: Option<OrgId>,
}

impl std::fmt::Debug for CompanyStarted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CompanyStarted { *** }")
    }
}

impl std::fmt::Debug for CompanyFinish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CompanyFinish { *** }")
    }
}
