//! Bodies of the HTTP part; `GET /openapi.json` describes them for others.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{DeviceId, MemberId, Org, OrgId, Role};

/// `POST /api/v1/login`.
#[derive(Clone, Serialize, Deserialize)]
pub struct LoginRequest {
    /// In any case.
    pub email: String,
    /// As typed.
    pub password: String,
    /// What the person calls this computer; shown in the list of devices.
    pub device: String,
    /// Which organisation, for people of several. With one it may be left out.
    #[serde(default)]
    pub org: Option<OrgId>,
}

/// `POST /api/v1/join`: makes the member, or signs in where the pair exists.
#[derive(Clone, Serialize, Deserialize)]
pub struct JoinRequest {
    /// From the invitation. Once usable.
    pub code: String,
    /// As colleagues will see it; the address's first half where empty.
    #[serde(default)]
    pub name: Option<String>,
    /// The address to sign in with.
    pub email: String,
    /// At least eight characters.
    pub password: String,
    /// What the person calls this computer.
    pub device: String,
}

/// Answers login and join.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignedIn {
    /// For `Authorization: Bearer` and the hello. Shown once; the server keeps its hash.
    pub token: String,
    /// The organisation's id.
    pub org: OrgId,
    /// Who signed in.
    pub member: MemberId,
    /// What the token belongs to.
    pub device: DeviceId,
    /// Name and thread key.
    pub organisation: Org,
}

/// `POST /api/v1/orgs/{org}/invitations`, admins only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InviteRequest {
    /// What the invited may do.
    pub role: Role,
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// `PUBLIC-URL/join/CODE`.
    pub link: String,
    /// For typing in.
    pub code: String,
    /// What the invited may do.
    pub role: Role,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// One line of `GET /api/v1/orgs/{org}/members`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Who.
    pub member: MemberId,
    /// As shown to colleagues.
    pub name: String,
    /// The address signed in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// False after an admin removed them.
    pub active: bool,
}

/// Body of `POST /api/v1/orgs/{org}/erp`: the company's Metakocka, tried before it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErpRequest {
    /// `https://main.metakocka.si`, or another address of the service.
    pub base_url: String,
    /// The company's number there.
    pub company: String,
    /// The secret key of its API.
    pub key: String,
}

/// Answer to an [`ErpRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErpConnected {
    /// As it is kept.
    pub base_url: String,
    /// As it is kept.
    pub company: String,
    /// True when the same company got another key: its facts stay.
    pub renewed: bool,
}

/// Answer to `DELETE /api/v1/orgs/{org}/erp`: what was connected until now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErpDisconnected {
    /// As in [`ErpConnected`].
    pub base_url: String,
    /// As in [`ErpConnected`].
    pub company: String,
}

/// One line of `GET /api/v1/orgs/{org}/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who; `None`: whoever runs the server.
    pub member: Option<MemberId>,
    /// What, one word: `login`, `invite`, `connect`, …
    pub action: String,
    /// The rest of it, for people.
    pub detail: String,
}

/// Every HTTP failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiProblem {
    /// What a program does about it: `auth`, `forbidden`, `not_found`, `invalid`, `rate`, `internal`.
    pub code: String,
    /// What a person reads.
    pub message: String,
}

impl std::fmt::Debug for ErpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ErpRequest { *** }")
    }
}

impl std::fmt::Debug for LoginRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginRequest { *** }")
    }
}

impl std::fmt::Debug for JoinRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JoinRequest { *** }")
    }
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignedIn { *** }")
    }
}
