//! One function per command: ask the engine, print the answer.

mod account;
mod act;
mod crm;
mod files;
mod following;
mod list;
mod mime;
mod notes;
mod records;
mod search;
mod send;
mod settings;
mod status;
mod sync;
mod team;
mod templates;
mod views;

use std::time::Duration;

use anyhow::{Context as _, Result};
use kontor_engine::model::AccountId;
use kontor_engine::{Code, Config, Engine, Error, Profile};

use crate::args::{Cli, Command, MimeCommand};
use crate::profile_dir;

/// How long `--wait` waits for the server.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open profile and how to answer.
pub(crate) struct App {
    pub(crate) engine: Engine,
    pub(crate) json: bool,
}

/// Runs the command.
pub(crate) async fn run(cli: Cli) -> Result<()> {
    if let Command::Mime(command) = &cli.command {
        return run_mime(command, cli.json);
    }
    // Heard from the first moment on: a signal that comes while the store is being opened ends it in good order, too.
    let mut ending = match &cli.command {
        Command::Sync(args) if args.watch => Some(sync::Ending::listen()?),
        _ => None,
    };
    let dir = profile_dir(cli.profile);
    let shown = dir.display().to_string();
    let profile = Profile::open(dir)
        .map_err(Error::from)
        .with_context(|| format!("open the profile {shown}"))?;
    let config = Config {
        keychain: cli.keychain,
        ..Config::default()
    };
    let opened = match &mut ending {
        None => Engine::open(profile, config).await,
        Some(ending) => tokio::select! {
            opened = Engine::open(profile, config) => opened,
            () = ending.came() => return Ok(()),
        },
    };
    let engine = match opened {
        Err(e) if matches!(cli.command, Command::Doctor) => return status::no_store(e, cli.json),
        opened => opened?,
    };
    let app = App {
        engine,
        json: cli.json,
    };
    Box::pin(carry_out(&app, cli.command, ending)).await
}

async fn carry_out(app: &App, command: Command, ending: Option<sync::Ending>) -> Result<()> {
    match command {
        Command::Account(command) => account::run(app, command).await,
        Command::Sync(args) => sync::run(app, args, ending).await,
        Command::Status => status::status(app).await,
        Command::Settings { choices } => settings::run(app, &choices).await,
        Command::Doctor => status::doctor(app).await,
        Command::Folders { account } => list::folders(app, account).await,
        Command::Messages(args) => list::messages(app, args).await,
        Command::Threads(args) => list::threads(app, args).await,
        Command::Thread { id } => list::thread(app, &id).await,
        Command::Show(args) => list::show(app, args).await,
        Command::Attachment { message, n, output } => {
            files::attachment(app, &message, n, &output).await
        }
        Command::Search(args) => search::run(app, args).await,
        Command::Import {
            folder,
            paths,
            account,
            wait,
        } => files::import(app, &folder, paths, account, wait).await,
        Command::Export {
            query,
            output,
            format,
        } => files::export(app, &query, output, format).await,
        Command::Send {
            file,
            account,
            at,
            ask,
            wait,
        } => send::send(app, &file, account, at, (ask, wait)).await,
        Command::Reply {
            message,
            text_file,
            all,
            ask,
            wait,
        } => send::reply(app, &message, &text_file, all, (ask, wait)).await,
        Command::Outbox(command) => send::outbox(app, command).await,
        Command::Team(command) => team::run(app, command).await,
        Command::Notes(command) => Box::pin(notes::run(app, command)).await,
        Command::Crm(command) => Box::pin(crm::run(app, command)).await,
        Command::Templates(command) => Box::pin(templates::run(app, command)).await,
        Command::Views(command) => Box::pin(views::run(app, command)).await,
        Command::Records(command) => records::run(app, command).await,
        Command::Assign { thread, member } => team::assign(app, &thread, &member).await,
        Command::Activity(args) => Box::pin(records::activity(app, args)).await,
        Command::Presence(args) => Box::pin(team::presence(app, args)).await,
        command => act::run(app, command).await,
    }
}

fn run_mime(command: &MimeCommand, json: bool) -> Result<()> {
    mime::run(command, json)
}

impl App {
    /// Reads the id of an account that is there.
    pub(crate) async fn account(&self, text: Option<&str>) -> Result<Option<AccountId>> {
        let Some(id) = account_id(text)? else {
            return Ok(None);
        };
        let accounts = self.engine.accounts().await?;
        if accounts.iter().any(|row| row.account.id == id) {
            return Ok(Some(id));
        }
        Err(no_account(&id.to_string()).into())
    }
}

fn no_account(named: &str) -> Error {
    Error {
        code: Code::NotFound,
        message: format!("There is no account {named}. `kontorctl account list` lists them."),
    }
}

/// Reads an account's id.
pub(crate) fn account_id(text: Option<&str>) -> Result<Option<AccountId>> {
    let read = |t: &str| t.parse().map_err(|_unreadable| no_account(t));
    Ok(text.map(read).transpose()?)
}
