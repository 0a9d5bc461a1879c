//! Everything under `/api/v1/orgs/{org}`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kontor_protocol::{
    AuditRow, DeviceId, Invitation, InviteRequest, MAX_BATCH, MemberId, MemberRow, Role,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::core::storage::{AuditEntry, DeviceRow, Storage};
use crate::http::App;
use crate::http::caller::{Admin, Caller, Posted};
use crate::http::problem::Problem;

/// Most lines of the audit log in one answer.
const MAX_AUDIT: usize = 1000;

pub(crate) async fn members<S: Storage>(
    State(app): State<App<S>>,
    Caller(who): Caller,
) -> Result<Json<Vec<MemberRow>>, Problem> {
    Ok(Json(app.shared.storage.members(who.org).await?))
}

pub(crate) async fn remove_member<S: Storage>(
    State(app): State<App<S>>,
    Admin(who): Admin,
    Path((_, member)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let absent = || Problem::not_found("there is no such member, or it is the last admin");
    let member: MemberId = member.parse().map_err(|_why| absent())?;
    let identity = &app.shared.identity;
    if !identity.remove(who.org, member, Some(who.member)).await? {
        return Err(absent());
    }
    app.shared.hub.end_member(who.org, member);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn invite<S: Storage>(
    State(app): State<App<S>>,
    Admin(who): Admin,
    Posted(request): Posted<InviteRequest>,
) -> Result<(StatusCode, Json<Invitation>), Problem> {
    let identity = &app.shared.identity;
    let invited = identity
        .invite(who.org, request.role, Some(who.member))
        .await?;
    let invitation = Invitation {
        link: format!("{}/join/{}", app.shared.public_url, invited.code),
        code: invited.code,
        role: request.role,
        expires_at: invited.expires_at,
    };
    Ok((StatusCode::CREATED, Json(invitation)))
}

/// All devices for an admin, their own for others.
pub(crate) async fn devices<S: Storage>(
    State(app): State<App<S>>,
    Caller(who): Caller,
) -> Result<Json<Vec<Value>>, Problem> {
    let devices = app.shared.storage.devices(who.org).await?;
    let visible = |device: &&DeviceRow| who.role == Role::Admin || device.member == who.member;
    let rows = devices.iter().filter(visible).map(device_json).collect();
    Ok(Json(rows))
}

pub(crate) async fn revoke<S: Storage>(
    State(app): State<App<S>>,
    Caller(who): Caller,
    Path((_, device)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let absent = || match who.role {
        Role::Admin => Problem::not_found("there is no such device"),
        // A member is not told what others have.
        Role::Member => {
            Problem::forbidden("only an admin of the team may sign out others' devices")
        }
    };
    let device: DeviceId = device.parse().map_err(|_why| absent())?;
    if who.role != Role::Admin {
        let devices = app.shared.storage.devices(who.org).await?;
        let own = |row: &DeviceRow| row.id == device && row.member == who.member;
        if !devices.iter().any(own) {
            return Err(absent());
        }
    }
    let identity = &app.shared.identity;
    if !identity.revoke(who.org, device, Some(who.member)).await? {
        return Err(absent());
    }
    app.shared.hub.end_device(who.org, device);
    Ok(StatusCode::NO_CONTENT)
}

/// Where to read on.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

/// A page of events, for exports; desks use the WebSocket.
#[derive(Debug, Serialize)]
pub(crate) struct EventPage {
    events: Vec<kontor_protocol::Event>,
    head: u64,
}

pub(crate) async fn events<S: Storage>(
    State(app): State<App<S>>,
    Caller(who): Caller,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<EventPage>, Problem> {
    let page = asked(page)?;
    let limit = page.limit.unwrap_or(MAX_BATCH).clamp(1, MAX_BATCH);
    let storage = &app.shared.storage;
    // The head first: it is never behind the events.
    let org = storage.org(who.org).await?.ok_or_else(Problem::stranger)?;
    let events = storage.events(who.org, page.after, limit).await?;
    let head = events
        .last()
        .map_or(org.head, |last| org.head.max(last.seq));
    Ok(Json(EventPage { events, head }))
}

pub(crate) async fn audit<S: Storage>(
    State(app): State<App<S>>,
    Admin(who): Admin,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<Vec<AuditRow>>, Problem> {
    let limit = asked(page)?.limit.unwrap_or(100).clamp(1, MAX_AUDIT);
    let log = app.shared.storage.audit_log(who.org, limit).await?;
    Ok(Json(log.into_iter().map(audit_row).collect()))
}

fn asked(page: Result<Query<Page>, QueryRejection>) -> Result<Page, Problem> {
    let page = page.map_err(|_why| Problem::invalid("after and limit are whole numbers"))?;
    Ok(page.0)
}

fn device_json(device: &DeviceRow) -> Value {
    json!({
        "device": device.id,
        "member": device.member,
        "name": device.name,
        "created_at": device.created_at,
        "revoked_at": device.revoked_at,
    })
}

fn audit_row(entry: AuditEntry) -> AuditRow {
    AuditRow {
        at: entry.at,
        member: entry.member,
        action: entry.action,
        detail: entry.detail,
    }
}
