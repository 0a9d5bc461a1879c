//! One function per command: ask the engine, print the answer.

mod account;
mod act;
mod files;
mod list;
mod mime;
mod search;
mod send;
mod settings;
mod status;
mod sync;

use std::time::Duration;

use anyhow::Result;
use kontor_engine::model::AccountId;
use kontor_engine::{Config, Engine, Error, Profile};

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
    let profile = Profile::open(profile_dir(cli.profile)).map_err(Error::from)?;
    let config = Config {
        keychain: cli.keychain,
        ..Config::default()
    };
    let engine = Engine::open(profile, config).await?;
    let app = App {
        engine,
        json: cli.json,
    };
    match cli.command {
        Command::Account(command) => account::run(&app, command).await,
        Command::Sync(args) => sync::run(&app, args).await,
        Command::Status => status::status(&app).await,
        Command::Settings { choices } => settings::run(&app, &choices).await,
        Command::Doctor => status::doctor(&app).await,
        Command::Folders { account } => list::folders(&app, account).await,
        Command::Messages(args) => list::messages(&app, args).await,
        Command::Threads(args) => list::threads(&app, args).await,
        Command::Thread { id } => list::thread(&app, &id).await,
        Command::Show(args) => list::show(&app, args).await,
        Command::Attachment { message, n, output } => {
            files::attachment(&app, &message, n, &output).await
        }
        Command::Search(args) => search::run(&app, args).await,
        Command::Import {
            folder,
            paths,
            account,
            wait,
        } => files::import(&app, &folder, paths, account, wait).await,
        Command::Export {
            query,
            output,
            format,
        } => files::export(&app, &query, output, format).await,
        Command::Send {
            file,
            account,
            at,
            wait,
        } => send::send(&app, &file, account, at, wait).await,
        Command::Reply {
            message,
            text_file,
            all,
            wait,
        } => send::reply(&app, &message, &text_file, all, wait).await,
        Command::Outbox(command) => send::outbox(&app, command).await,
        command => act::run(&app, command).await,
    }
}

fn run_mime(command: &MimeCommand, json: bool) -> Result<()> {
    mime::run(command, json)
}

/// Reads an account's id.
pub(crate) fn account_id(text: Option<&str>) -> Result<Option<AccountId>> {
    let read = |t: &str| {
        let unknown = |_e| Error {
            code: kontor_engine::Code::NotFound,
            message: format!("There is no account {t}. `kontorctl account list` lists them."),
        };
        t.parse().map_err(unknown)
    };
    Ok(text.map(read).transpose()?)
}
