//! `team …`, `presence …`, `assign`

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};
use kontor_engine::auth::Secret;
use kontor_engine::protocol::{self, CriticalFields, MemberPresence};
use kontor_engine::{Appearance, Code, CompanyForm, Error, Person, TeamForm, TeamStatus};
use serde_json::{Value, json};

use super::following::Following;
use super::{App, account};
use crate::args::team::{Appearing, JoinArgs, PresenceArgs, PresenceCommand, Role, TeamCommand};
use crate::output;

pub(super) async fn run(app: &App, command: TeamCommand) -> Result<()> {
    match command {
        TeamCommand::Join(args) => join(app, args).await,
        TeamCommand::Leave => {
            let signed_out = app.engine.team_leave().await?;
            let text = if signed_out {
                "You left the team. Its notes and fields stay readable here."
            } else {
                "You left the team. Its notes and fields stay readable here. The server could not be told: ask an admin \
                 of the team to sign this computer out."
            };
            app.answer(&json!({ "left": true, "signed_out": signed_out }), text);
            Ok(())
        }
        TeamCommand::Invite { role } => invite(app, role).await,
        TeamCommand::Status => {
            let status = app.engine.team_status().await?;
            app.answer(&status_row(&status), &status_text(&status));
            Ok(())
        }
        TeamCommand::Critical { set, standard } => critical(app, set, standard).await,
        TeamCommand::Sync { wait } => sync(app, wait).await,
    }
}

async fn critical(app: &App, set: Option<String>, standard: bool) -> Result<()> {
    if set.is_some() || standard {
        let list = set.map(|names| names.parse::<CriticalFields>());
        let list = list.transpose().map_err(|problem| Error {
            code: Code::Usage,
            message: problem.to_string(),
        })?;
        app.engine.set_critical_fields(list.as_ref()).await?;
    }
    let list = app.engine.critical_fields().await?;
    let names: Vec<&str> = list.names().collect();
    let text = if names.is_empty() {
        "No field: the newest value wins everywhere.".to_owned()
    } else {
        names.join("\n")
    };
    app.answer(&json!({ "fields": names }), &text);
    Ok(())
}

async fn join(app: &App, args: JoinArgs) -> Result<()> {
    if args.browser {
        return join_by_company(app, args).await;
    }
    let ca_pem = certificates(&args)?;
    let email = match args.email {
        Some(email) => email,
        None => first_address(app).await?,
    };
    let password = Secret::new(account::password(args.password_stdin, &email)?);
    let status = app
        .engine
        .team_join(TeamForm {
            link: args.invitation,
            server: args.server,
            name: args.name,
            email,
            password,
            device: this_computer(),
            ca_pem,
        })
        .await?;
    belonging(app, &status);
    Ok(())
}

/// The person signs in in the browser; this waits for it.
async fn join_by_company(app: &App, args: JoinArgs) -> Result<()> {
    let (ca_pem, opens) = (certificates(&args)?, !args.no_open);
    let form = CompanyForm {
        link: args.invitation,
        server: args.server,
        name: args.name,
        device: this_computer(),
        ca_pem,
    };
    let open = move |url: &str| {
        output::say(&format!("Sign in at {url}"));
        if opens && let Err(e) = browser(url) {
            output::say(&format!(
                "The browser does not open ({e}): open the address yourself."
            ));
        }
    };
    let status = app.engine.team_join_by_company(form, open).await?;
    belonging(app, &status);
    Ok(())
}

/// Asks the desktop for its browser.
fn browser(url: &str) -> std::io::Result<()> {
    let mut opening = Command::new("xdg-open");
    let quiet = opening
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.spawn().map(drop)
}

fn belonging(app: &App, status: &TeamStatus) {
    let name = status
        .team
        .as_ref()
        .map_or("the team", |team| team.name.as_str());
    app.answer(&status_row(status), &format!("You belong to {name} now."));
}

fn certificates(args: &JoinArgs) -> Result<Option<String>> {
    let file = args.ca.as_ref().map(fs::read_to_string);
    file.transpose().context("read the --ca file")
}

async fn first_address(app: &App) -> Result<String> {
    let first = app.engine.accounts().await?.into_iter().next();
    let missing = || Error {
        code: Code::Usage,
        message: "Say with --email which address to sign in with.".into(),
    };
    Ok(first.map(|row| row.account.email).ok_or_else(missing)?)
}

/// What the list of devices calls this computer.
fn this_computer() -> String {
    let name = fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() {
        "a computer".into()
    } else {
        name.chars().take(60).collect()
    }
}

async fn invite(app: &App, role: Role) -> Result<()> {
    let role = match role {
        Role::Admin => protocol::Role::Admin,
        Role::Member => protocol::Role::Member,
    };
    let made = app.engine.team_invite(role).await?;
    let value = json!({
        "link": made.link,
        "code": made.code,
        "role": made.role.as_str(),
        "expires_at": moment(made.expires_at),
    });
    let text = format!(
        "{}\nThe link works once, until {}.",
        made.link,
        moment(made.expires_at)
    );
    app.answer(&value, &text);
    Ok(())
}

async fn sync(app: &App, wait: f64) -> Result<()> {
    if !(0.0..=86_400.0).contains(&wait) {
        return Err(Error {
            code: Code::Usage,
            message: "--wait takes 0 to 86400 seconds.".into(),
        }
        .into());
    }
    let status = app.engine.team_sync(Duration::from_secs_f64(wait)).await?;
    let (cursor, head) = status.reached;
    let value = json!({ "queue": status.queue.length, "cursor": cursor, "head": head });
    let text = if status.team.is_some() {
        format!("Everything is told and everything is here ({cursor} events).")
    } else {
        "There is no team. What you wrote is safe here, and goes into the one you join.".to_owned()
    };
    app.answer(&value, &text);
    Ok(())
}

fn status_row(status: &TeamStatus) -> Value {
    let team = status.team.as_ref();
    json!({
        "state": status.link.state.as_str(),
        "why": status.link.why,
        "since": status.link.since.map(moment),
        "server": team.map(|t| &t.server),
        "org": team.map(|t| t.org.to_string()),
        "org_name": team.map(|t| &t.name),
        "member": team.map(|t| t.member.to_string()),
        "device": team.map(|t| t.device.to_string()),
        "cursor": status.reached.0,
        "head": status.reached.1,
        "queue": {
            "length": status.queue.length,
            "oldest_at": status.queue.oldest_at.map(moment),
        },
        "latency_ms": status.link.latency_ms,
        "reconnects": status.link.reconnects,
        "sent": status.link.sent,
        "received": status.link.received,
        "errors": status.link.errors,
        "last_error": status.link.last_error.as_ref().map(|e| json!({ "at": moment(e.at), "what": e.what })),
    })
}

fn status_text(status: &TeamStatus) -> String {
    let Some(team) = &status.team else {
        return "No team. Join one with `kontorctl team join LINK`.".into();
    };
    let mut text = format!(
        "{} at {}: {}",
        team.name,
        team.server,
        status.link.state.as_str()
    );
    if let Some(why) = &status.link.why {
        text.push_str(&format!(" ({why})"));
    }
    text.push_str(&format!(
        "\n{} of {} events are here",
        team.cursor, team.head
    ));
    match status.queue.length {
        0 => text.push_str(", nothing waits."),
        n => text.push_str(&format!(", {n} changes wait to be told.")),
    }
    text
}

pub(super) async fn assign(app: &App, thread: &str, member: &str) -> Result<()> {
    let named = if thread.starts_with("thread:") {
        thread.to_owned()
    } else {
        format!("thread:{thread}")
    };
    let subject = app.engine.subject(&named).await?;
    let to = match member {
        "none" => None,
        name => Some(app.engine.member_named(name).await?),
    };
    let op = app.engine.assign(&subject, to).await?;
    let value = json!({
        "thread": thread,
        "subject": subject.to_string(),
        "member": to.map(|m| m.to_string()),
        "op_id": op.to_string(),
    });
    app.answer(
        &value,
        if to.is_some() {
            "Handed over."
        } else {
            "Nobody looks after it now."
        },
    );
    Ok(())
}

pub(super) async fn presence(app: &App, args: PresenceArgs) -> Result<()> {
    match args.command {
        Some(PresenceCommand::Set { state }) => appear(app, state).await,
        None if args.follow => follow(app).await,
        None => {
            let people = app.engine.people().await?;
            let lines: Vec<String> = people.iter().map(person_text).collect();
            let rows: Vec<Value> = people.iter().map(person_row).collect();
            app.answer(&json!({ "members": rows }), &lines.join("\n"));
            Ok(())
        }
    }
}

async fn appear(app: &App, state: Appearing) -> Result<()> {
    let (appearance, word) = match state {
        Appearing::Online => (Appearance::Online, "online"),
        Appearing::Away => (Appearance::Away, "away"),
        Appearing::Busy => (Appearance::Busy, "busy"),
    };
    app.engine.appear(appearance).await?;
    app.answer(&json!({ "state": word }), &format!("You appear as {word}."));
    Ok(())
}

/// A line per member whose presence changed; first everybody's.
async fn follow(app: &App) -> Result<()> {
    let mut following = Following::begin(app)?;
    let mut shown: Vec<Person> = Vec::new();
    loop {
        let people = app.engine.people().await?;
        let received = app.engine.clock().now().to_string();
        for person in people.iter().filter(|p| !shown.contains(p)) {
            let mut row = person_row(person);
            if let Some(fields) = row.as_object_mut() {
                let since = fields.get("since").cloned().unwrap_or(Value::Null);
                fields.insert("occurred_at".into(), since);
                fields.insert("received_at".into(), json!(received));
            }
            if !output::json(&row) {
                return following.end().await;
            }
        }
        shown = people;
        if !following.next().await {
            return following.end().await;
        }
    }
}

fn person_row(person: &Person) -> Value {
    let there = person.presence.as_ref();
    json!({
        "member": person.member.member.to_string(),
        "name": person.member.name,
        "email": person.member.email,
        "role": person.member.role.as_str(),
        "active": person.member.active,
        "state": state(there),
        "since": there.map(|p| moment(p.since)),
        "viewing": there.and_then(|p| p.viewing.as_ref()).map(ToString::to_string),
        "writing": there.and_then(|p| p.writing.as_ref()).map(ToString::to_string),
    })
}

fn person_text(person: &Person) -> String {
    format!(
        "{}\t{}\t{}",
        state(person.presence.as_ref()),
        person.member.name,
        person.member.email
    )
}

fn state(there: Option<&MemberPresence>) -> &'static str {
    there.map_or("offline", |p| p.state.as_str())
}

/// RFC 3339 in UTC with milliseconds.
pub(super) fn moment(at: impl Into<kontor_engine::model::Millis>) -> String {
    at.into().to_string()
}
