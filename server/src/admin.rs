//! `kontor-server admin …`: first set-up and looking after, on the database itself, also beside a running server.

mod crm;

use std::io::{BufRead as _, IsTerminal as _};
use std::path::Path;

use jiff::Timestamp;
use kontor_protocol::{DeviceId, Role};
use kontor_server::core::clock::Clock;
use kontor_server::core::identity::Identity;
use kontor_server::core::storage::{DeviceRow, OrgRow, Storage};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::settings::{AdminCommand, Place, check_url};

/// What a command answers: for programs, for people, and whether all is well.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) json: Value,
    pub(crate) text: String,
    pub(crate) well: bool,
}

impl Answer {
    fn new(json: Value, text: String) -> Self {
        let well = true;
        Self { json, text, well }
    }
}

/// Runs a command on an open database.
pub(crate) async fn run<S: Storage>(
    storage: S,
    place: &Place,
    command: AdminCommand,
) -> Result<Answer, Failure> {
    let clock = Clock::system();
    let desk = Admin {
        identity: Identity::new(storage.clone(), clock.clone()),
        storage,
        clock,
    };
    match command {
        AdminCommand::CreateOrg {
            name,
            admin,
            password_stdin,
        } => {
            let password = password(password_stdin)?;
            desk.create_org(&name, &admin, &password).await
        }
        AdminCommand::Invite {
            org,
            role,
            public_url,
        } => {
            let url = public_url.or_else(|| place.public_url()).ok_or_else(|| {
                Failure::usage(
                    "the server has not run yet, so its address is not known: name it with --public-url URL",
                )
            })?;
            desk.invite(&org, role, &url).await
        }
        AdminCommand::List => desk.list().await,
        AdminCommand::Revoke { device } => desk.revoke(&device).await,
        AdminCommand::Backup { file } => desk.backup(&file).await,
        AdminCommand::Restore { file } => desk.restore(&file).await,
        AdminCommand::Check => desk.check().await,
        AdminCommand::Crm(command) => desk.crm(&place.keys, command).await,
    }
}

struct Admin<S: Storage> {
    storage: S,
    identity: Identity<S>,
    clock: Clock,
}

impl<S: Storage> Admin<S> {
    async fn create_org(&self, name: &str, email: &str, password: &str) -> Result<Answer, Failure> {
        let (org, admin) = self.identity.create_org(name, email, password).await?;
        let name = name.trim();
        let text = format!("{name} is there: {org}\nits admin signs in as {email}");
        Ok(Answer::new(
            json!({ "org": org, "name": name, "admin": admin }),
            text,
        ))
    }

    async fn invite(&self, org: &str, role: Role, url: &str) -> Result<Answer, Failure> {
        check_url(url)?;
        let org = self.find(org).await?;
        let invited = self.identity.invite(org.id, role, None).await?;
        let (code, role) = (invited.code, role.as_str());
        let link = format!("{}/join/{code}", url.trim_end_matches('/'));
        let until = time(invited.expires_at);
        let text = format!("{link}\ncode {code}, {role} of {}, until {until}", org.name);
        let json = json!({ "link": link, "code": code, "role": role, "expires_at": until });
        Ok(Answer::new(json, text))
    }

    async fn list(&self) -> Result<Answer, Failure> {
        let (mut orgs, mut text) = (Vec::new(), Vec::new());
        for org in self.storage.orgs().await? {
            let members = self.storage.members(org.id).await?;
            let devices = self.storage.devices(org.id).await?;
            text.push(format!("{}  {}  {} events", org.id, org.name, org.head));
            for member in &members {
                let gone = if member.active { "" } else { ", removed" };
                let role = member.role.as_str();
                text.push(format!(
                    "  {}  {} <{}>, {role}{gone}",
                    member.member, member.name, member.email
                ));
                for device in devices.iter().filter(|d| d.member == member.member) {
                    let gone = device.revoked_at.map_or("", |_| ", signed out");
                    text.push(format!("    {}  {}{gone}", device.id, device.name));
                }
            }
            let devices: Vec<Value> = devices.iter().map(device_json).collect();
            orgs.push(json!({
                "org": org.id, "name": org.name, "head": org.head, "epoch": org.epoch,
                "members": members, "devices": devices,
            }));
        }
        if orgs.is_empty() {
            text.push(
                "no organisation yet: kontor-server admin create-org NAME --admin EMAIL".into(),
            );
        }
        Ok(Answer::new(json!({ "orgs": orgs }), text.join("\n")))
    }

    async fn revoke(&self, typed: &str) -> Result<Answer, Failure> {
        let absent = || Failure::not_found(format!("there is no signed-in device “{typed}”"));
        let device: DeviceId = typed.parse().map_err(|_why| absent())?;
        for org in self.storage.orgs().await? {
            if self.identity.revoke(org.id, device, None).await? {
                let text = format!("{device} is signed out");
                return Ok(Answer::new(
                    json!({ "device": device, "revoked": true }),
                    text,
                ));
            }
        }
        Err(absent())
    }

    async fn backup(&self, file: &Path) -> Result<Answer, Failure> {
        let events = self.storage.backup(file).await?;
        let text = format!("{events} events are in {}", file.display());
        Ok(Answer::new(json!({ "file": file, "events": events }), text))
    }

    async fn restore(&self, file: &Path) -> Result<Answer, Failure> {
        let events = self.storage.restore(file).await?;
        for org in self.storage.orgs().await? {
            let detail = format!("{} events", org.head);
            self.identity.note(org.id, None, "restore", detail).await?;
        }
        let text = format!("{events} events were read from {}", file.display());
        Ok(Answer::new(json!({ "file": file, "events": events }), text))
    }

    async fn check(&self) -> Result<Answer, Failure> {
        let checked = self.storage.check().await?;
        let well = checked.problems.is_empty();
        let mut text = checked.problems.clone();
        text.push(format!(
            "{} events looked at, {} problems",
            checked.events,
            checked.problems.len()
        ));
        Ok(Answer {
            json: json!({ "ok": well, "events": checked.events, "problems": checked.problems }),
            text: text.join("\n"),
            well,
        })
    }

    /// By id, or by name in any case.
    async fn find(&self, typed: &str) -> Result<OrgRow, Failure> {
        let folded = typed.trim().to_lowercase();
        let mut found = self.storage.orgs().await?;
        found.retain(|org| org.id.to_string() == folded || org.name.to_lowercase() == folded);
        match found.len() {
            0 | 1 => found.pop().ok_or_else(|| {
                Failure::not_found(format!(
                    "there is no organisation “{typed}”: see admin list"
                ))
            }),
            _ => Err(Failure::usage(format!(
                "several organisations are called “{typed}”: give the id, see admin list"
            ))),
        }
    }
}

fn device_json(device: &DeviceRow) -> Value {
    json!({
        "device": device.id,
        "member": device.member,
        "name": device.name,
        "created_at": time(device.created_at),
        "revoked_at": device.revoked_at.map(time),
    })
}

/// To the millisecond, as every time a script reads.
fn time(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// One line of stdin, or asked for on a terminal, twice.
fn password(from_stdin: bool) -> Result<String, Failure> {
    if from_stdin {
        return line_of_stdin();
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no terminal to ask for the password: use --password-stdin",
        ));
    }
    let password = rpassword::prompt_password("Password of the first admin: ")?;
    if password != rpassword::prompt_password("Once more: ")? {
        return Err(Failure::usage("the two passwords differ"));
    }
    Ok(password)
}

fn line_of_stdin() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
