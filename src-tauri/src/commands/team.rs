//! The team: belonging to it, who is there, what happened, whose a conversation is, and what to decide.

use std::fs;

use kontor_engine::auth::Secret;
use kontor_engine::collab::Choice;
use kontor_engine::protocol::Caret;
use kontor_engine::protocol::field::FieldProblem;
use kontor_engine::{ActivityAsked, Code, CompanyForm, Engine, TeamForm};
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt as _;

use super::{Answer, id};
use crate::convert::team;
use crate::dto::{
    ActivityPage, ActivityQuery, CompanyJoinForm, JoinForm, NoteCaret, OwnPresence, TeamAnalytics,
    TeamConflict, TeamInvitation, TeamOverview, TeamRole, ThreadStatus, ThreadTeam,
};

/// Rows of a page of activity: a few screens.
const PAGE: u32 = 50;

/// How the team fares and who is there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_overview(app: State<'_, Engine>) -> Answer<TeamOverview> {
    let (status, people) = (app.team_status().await?, app.people().await?);
    Ok(team::overview(status, people, app.team_news().await?))
}

/// Joins a team with an invitation, or signs in to it again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_join(app: State<'_, Engine>, form: JoinForm) -> Answer<TeamOverview> {
    app.team_join(joining(form)).await?;
    team_overview(app).await
}

/// The host of the company's sign-in at an invitation's server, where there is one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_company(
    app: State<'_, Engine>,
    link: String,
    server: Option<String>,
) -> Answer<Option<String>> {
    Ok(app.team_company(&link, server.as_deref(), None).await?)
}

/// Joins by the company's sign-in: opens the browser and waits until the person has signed in there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_join_by_company(
    handle: AppHandle,
    app: State<'_, Engine>,
    form: CompanyJoinForm,
) -> Answer<TeamOverview> {
    let form = CompanyForm {
        link: form.link,
        server: form.server,
        name: form.name,
        device: this_computer(),
        ca_pem: None,
    };
    let open = move |url: &str| {
        if let Err(e) = handle.opener().open_url(url, None::<&str>) {
            tracing::warn!("the browser does not open: {e}");
        }
    };
    app.team_join_by_company(form, open).await?;
    team_overview(app).await
}

/// Leaves the team; what is here stays. False when the server could not be asked to sign this computer out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_leave(app: State<'_, Engine>) -> Answer<bool> {
    Ok(app.team_leave().await?)
}

/// Makes an invitation for one person; admins only.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_invite(app: State<'_, Engine>, role: TeamRole) -> Answer<TeamInvitation> {
    Ok(app.team_invite(role.into()).await?.into())
}

/// Says how the person wants to be seen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_set_presence(app: State<'_, Engine>, state: OwnPresence) -> Answer<()> {
    Ok(app.appear(state.into()).await?)
}

/// Says what is on the screen, and whether an answer to it is being written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_looking_at(
    app: State<'_, Engine>,
    subject: Option<String>,
    writing: bool,
) -> Answer<()> {
    let viewing = subject.as_deref().map(id).transpose()?;
    let answered = viewing.clone().filter(|_| writing);
    Ok(app.look_at(viewing, answered).await?)
}

/// Says where the person is in a shared note, or that they left it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_caret(app: State<'_, Engine>, caret: Option<NoteCaret>) -> Answer<()> {
    let place = |caret: NoteCaret| {
        Ok::<_, crate::dto::ApiError>(Caret {
            subject: id(&caret.subject)?,
            anchor: caret.anchor,
            head: caret.head,
        })
    };
    Ok(app.point_at(caret.map(place).transpose()?).await?)
}

/// A page of what was done, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_activity(
    app: State<'_, Engine>,
    query: ActivityQuery,
) -> Answer<ActivityPage> {
    Ok(app.activity_lines(asked(query)?, PAGE).await?.into())
}

/// How the last weeks went, this one among them, by member.
#[tauri::command]
#[specta::specta]
pub(crate) async fn team_analytics(app: State<'_, Engine>, weeks: u32) -> Answer<TeamAnalytics> {
    Ok(app.team_analytics(weeks).await?.into())
}

/// The person has looked at all of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mark_team_seen(app: State<'_, Engine>) -> Answer<()> {
    Ok(app.mark_team_seen().await?)
}

/// A conversation as the team sees it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn thread_team(app: State<'_, Engine>, thread: String) -> Answer<ThreadTeam> {
    Ok(app.thread_shared(id(&thread)?).await?.into())
}

/// Hands a conversation to a member, or to nobody.
#[tauri::command]
#[specta::specta]
pub(crate) async fn assign_thread(
    app: State<'_, Engine>,
    thread: String,
    member: Option<String>,
) -> Answer<()> {
    let member = member.as_deref().map(id).transpose()?;
    Ok(app.assign_thread(id(&thread)?, member).await?)
}

/// Says where a conversation stands.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_thread_status(
    app: State<'_, Engine>,
    thread: String,
    status: ThreadStatus,
) -> Answer<()> {
    let word = team::status_word(status);
    Ok(app.set_thread_status(id(&thread)?, word).await?)
}

/// Fields with two values, which somebody has to decide about.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conflicts(app: State<'_, Engine>) -> Answer<Vec<TeamConflict>> {
    let me = app.team_status().await?.team.map(|t| t.member);
    let open = app.conflicts().await?.into_iter();
    Ok(open.map(|c| team::conflict(c, me)).collect())
}

/// Decides one for everybody; null empties the field.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve_conflict(
    app: State<'_, Engine>,
    conflict: String,
    value: Option<String>,
) -> Answer<()> {
    let choice = Choice::Value(value);
    app.resolve_conflict(id(&conflict)?, choice).await?;
    Ok(())
}

/// Which fields wait for a person when two people set them at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn critical_fields(app: State<'_, Engine>) -> Answer<Vec<String>> {
    let list = app.critical_fields().await?;
    Ok(list.names().map(str::to_owned).collect())
}

/// Says which those are from now on, for the whole team; null for the standard ones.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_critical_fields(
    app: State<'_, Engine>,
    fields: Option<Vec<String>>,
) -> Answer<()> {
    let list = fields.map(|names| names.join(",").parse());
    let list = list.transpose().map_err(|problem| usage(&problem))?;
    app.set_critical_fields(list.as_ref()).await?;
    Ok(())
}

fn usage(problem: &FieldProblem) -> kontor_engine::Error {
    kontor_engine::Error {
        code: Code::Usage,
        message: problem.to_string(),
    }
}

fn joining(form: JoinForm) -> TeamForm {
    TeamForm {
        link: form.link,
        server: form.server,
        name: form.name,
        email: form.email,
        password: Secret::new(form.password),
        device: this_computer(),
        ca_pem: None,
    }
}

/// What the list of devices calls this computer.
fn this_computer() -> String {
    let name = fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name: String = name.trim().chars().take(60).collect();
    if name.is_empty() {
        "a computer".to_owned()
    } else {
        name
    }
}

fn asked(query: ActivityQuery) -> Answer<ActivityAsked> {
    Ok(ActivityAsked {
        span: query.range.into(),
        what: query.kind.and_then(team::kind_word),
        member: query.member.as_deref().map(id).transpose()?,
        subject: query.subject.as_deref().map(id).transpose()?,
        text: query.text,
        page: query.after,
    })
}
