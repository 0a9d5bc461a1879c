//! `account …`

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _};

use anyhow::{Context as _, Result, bail};
use kontor_engine::auth::Secret;
use kontor_engine::model::{Endpoint, Security, ServerSettings};
use kontor_engine::{AccountForm, Code, Error, TestSubject};
use serde_json::json;

use super::{App, account_id};
use crate::args::{self, AccountCommand, AddArgs};
use crate::output;

pub(super) async fn run(app: &App, command: AccountCommand) -> Result<()> {
    match command {
        AccountCommand::Add(args) => add(app, args).await,
        AccountCommand::List => list(app).await,
        AccountCommand::Test { id } => test(app, &id).await,
        AccountCommand::Remove { id } => {
            let id = account_id(Some(&id))?.context("no account named")?;
            app.engine.remove_account(id).await?;
            app.answer(
                &json!({ "id": id.to_string(), "removed": true }),
                "The account was removed here. Its mail stays at the server.",
            );
            Ok(())
        }
    }
}

async fn add(app: &App, args: AddArgs) -> Result<()> {
    let settings = settings(app, &args).await?;
    let password = Secret::new(password(args.password_stdin, &args.email)?);
    let email = args.email.clone();
    let mut value = json!({ "email": email, "imap": settings.imap, "smtp": settings.smtp, "username": settings.username });
    let id = app
        .engine
        .add_account(AccountForm {
            email: args.email,
            name: args.name,
            settings,
            password,
        })
        .await?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("id".into(), json!(id.to_string()));
    }
    app.answer(&value, &format!("{email} was added as account {id}."));
    Ok(())
}

async fn settings(app: &App, args: &AddArgs) -> Result<ServerSettings> {
    let ca_pem = args
        .ca
        .as_ref()
        .map(fs::read_to_string)
        .transpose()
        .context("read the --ca file")?;
    let username = args.username.clone();
    let Some(imap) = &args.imap else {
        if !args.email.contains('@') {
            return Err(Error {
                code: Code::Usage,
                message: format!("“{}” is not an e-mail address.", args.email),
            }
            .into());
        }
        let found = app
            .engine
            .discover_trusting(&args.email, ca_pem.as_deref())
            .await?;
        if found.offline {
            let message = found.note.unwrap_or_default();
            return Err(Error::new(Code::Offline, message).into());
        }
        let nothing = || Error {
            code: Code::NotFound,
            message: format!(
                "The servers of {} could not be found. Name them with --imap HOST:PORT and --smtp HOST:PORT.",
                args.email
            ),
        };
        let best = found.candidates.into_iter().next().ok_or_else(nothing)?;
        if let Some(note) = &found.note {
            output::say(note);
        }
        let mut settings = best.settings(ca_pem);
        settings.username = username.unwrap_or(settings.username);
        if args.smtp.is_some() {
            settings.smtp = outgoing(args)?;
        }
        show(&settings);
        // Said before the password is asked for, so that the person can still leave.
        for sentence in [best.confirm, best.hint].into_iter().flatten() {
            output::say(&sentence);
        }
        return Ok(settings);
    };
    let imap = endpoint(imap, args.imap_security.or(args.security), 993)?;
    if args.smtp.is_none() {
        output::say("No outgoing server was named (--smtp): this account only reads mail.");
    }
    Ok(ServerSettings {
        imap,
        smtp: outgoing(args)?,
        username: username.unwrap_or_else(|| args.email.clone()),
        ca_pem,
    })
}

/// The outgoing server that was named.
fn outgoing(args: &AddArgs) -> Result<Option<Endpoint>> {
    match args.smtp.as_deref() {
        None | Some("none") => Ok(None),
        Some(smtp) => endpoint(smtp, args.smtp_security.or(args.security), 465).map(Some),
    }
}

/// Says what was found before it is used.
fn show(settings: &ServerSettings) {
    let shown = |e: &Endpoint| format!("{}:{} ({})", e.host, e.port, e.security.as_str());
    let smtp = settings.smtp.as_ref().map_or_else(|| "none".into(), shown);
    output::say(&format!(
        "Found: incoming {}, outgoing {smtp}, as {}.",
        shown(&settings.imap),
        settings.username
    ));
}

/// `HOST:PORT`, `[v6]:PORT` or `HOST`; 143 and 587 mean STARTTLS, every other port TLS.
fn endpoint(text: &str, security: Option<args::Security>, usual: u16) -> Result<Endpoint> {
    let wrong = || Error {
        code: Code::Usage,
        message: format!("“{text}” is not HOST:PORT."),
    };
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port))
            if !host.is_empty() && (!host.contains(':') || host.starts_with('[')) =>
        {
            (host, port.parse().map_err(|_not_a_port| wrong())?)
        }
        Some(("", _)) => return Err(wrong().into()),
        _ if text.is_empty() => return Err(wrong().into()),
        _ => (text, usual),
    };
    let security = match security {
        Some(args::Security::Tls) => Security::Tls,
        Some(args::Security::Starttls) => Security::Starttls,
        None if matches!(port, 143 | 587) => Security::Starttls,
        None => Security::Tls,
    };
    Ok(Endpoint {
        host: host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned(),
        port,
        security,
    })
}

pub(super) fn password(from_stdin: bool, email: &str) -> Result<String> {
    secret(from_stdin, "password", &format!("Password of {email}"))
}

/// What is typed on a terminal without being seen, or comes as one line with `--WORD-stdin`.
pub(super) fn secret(from_stdin: bool, word: &str, prompt: &str) -> Result<String> {
    let usage = |message: String| Error {
        code: Code::Usage,
        message,
    };
    if from_stdin {
        let mut line = String::new();
        io::stdin()
            .lock()
            .read_line(&mut line)
            .with_context(|| format!("read the {word} from stdin"))?;
        let line = line.trim_end_matches(['\r', '\n']).to_owned();
        if line.is_empty() {
            return Err(usage(format!("No {word} came on stdin.")).into());
        }
        return Ok(line);
    }
    if !io::stdin().is_terminal() {
        let how = format!("Give the {word} on a terminal, or as one line with --{word}-stdin.");
        return Err(usage(how).into());
    }
    match rpassword::prompt_password(format!("{prompt}: ")) {
        Ok(secret) if !secret.is_empty() => Ok(secret),
        Ok(_) => bail!("no {word} was given"),
        Err(e) => Err(e).with_context(|| format!("read the {word}")),
    }
}

async fn list(app: &App) -> Result<()> {
    for row in app.engine.accounts().await? {
        let a = &row.account;
        let value = json!({
            "id": a.id.to_string(),
            "email": a.email,
            "name": a.name,
            "kind": "imap",
            "state": row.state.as_str(),
            "why": row.why,
            "imap": a.settings.imap,
            "smtp": a.settings.smtp,
            "username": a.settings.username,
        });
        if !app.answer(
            &value,
            &format!("{}\t{}\t{}", a.id, a.email, row.state.as_str()),
        ) {
            break;
        }
    }
    Ok(())
}

async fn test(app: &App, id: &str) -> Result<()> {
    let id = account_id(Some(id))?.context("no account named")?;
    let lines = app.engine.test_kept(id).await?;
    let mut failed = None;
    let mut tests = Vec::new();
    for line in lines {
        let what = match line.what {
            TestSubject::Incoming => "incoming",
            TestSubject::Outgoing => "outgoing",
            TestSubject::Push => "push",
        };
        let message = line.answer.as_ref().err().map(ToString::to_string);
        tests.push(json!({ "what": what, "ok": line.answer.is_ok(), "message": message }));
        // An account that cannot send is half an account; one without push is whole.
        if let Err(fault) = line.answer
            && line.what != TestSubject::Push
        {
            failed.get_or_insert_with(|| Error::from(fault));
        }
    }
    let text = serde_json::to_string_pretty(&tests)?;
    app.answer(
        &json!({ "id": id.to_string(), "ok": failed.is_none(), "tests": tests }),
        &text,
    );
    failed.map_or(Ok(()), |e| Err(e.into()))
}

impl App {
    /// Prints one object, or its sentence; false once nobody reads any more.
    pub(crate) fn answer(&self, value: &serde_json::Value, text: &str) -> bool {
        if self.json {
            output::json(value)
        } else {
            output::line(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_says_how_it_is_protected() {
        let check = |text: &str, host: &str, port: u16, security: Security| {
            assert_eq!(
                endpoint(text, None, 993).unwrap(),
                Endpoint {
                    host: host.into(),
                    port,
                    security
                },
                "{text}"
            );
        };
        check("mail.example:143", "mail.example", 143, Security::Starttls);
        check("mail.example:587", "mail.example", 587, Security::Starttls);
        check("mail.example:993", "mail.example", 993, Security::Tls);
        check("127.0.0.1:15144", "127.0.0.1", 15144, Security::Tls);
        check("mail.example", "mail.example", 993, Security::Tls);
        check("[::1]:993", "::1", 993, Security::Tls);
        assert!(
            endpoint("host:port", None, 993).is_err(),
            "a word is no port"
        );
    }
}
