//! `kontor-server`, the program (KONTORCTL.md).

mod admin;
mod certificate;
mod failure;
mod output;
mod serving;
mod settings;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use kontor_server::core::storage::{PostgresStorage, SqliteStorage, Storage};

use crate::failure::Failure;
use crate::settings::{Cli, Command, Database, Place};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return usage(&e),
    };
    log(&cli);
    let as_json = cli.json;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let answer = match runtime {
        Ok(runtime) => runtime.block_on(Box::pin(run(cli))),
        Err(e) => Err(e.into()),
    };
    match answer {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(e) => {
            complain(&e, as_json);
            e.exit()
        }
    }
}

/// True when all is well.
async fn run(cli: Cli) -> Result<bool, Failure> {
    let place = Place::choose(&cli, environment)?;
    if let Command::Serve(args) = &cli.command {
        args.check()?;
    }
    match &place.database {
        Database::Sqlite(file) => {
            let storage = SqliteStorage::open(file)?;
            on(storage, &place, cli).await
        }
        Database::Postgres(url) => {
            let storage = PostgresStorage::connect(url).await?;
            on(storage, &place, cli).await
        }
    }
}

async fn on<S: Storage>(storage: S, place: &Place, cli: Cli) -> Result<bool, Failure> {
    match cli.command {
        Command::Serve(args) => {
            serving::serve(storage, place, &args).await?;
            Ok(true)
        }
        Command::Admin(command) => {
            let answer = admin::run(storage, place, command).await?;
            let text = if cli.json {
                answer.json.to_string()
            } else {
                answer.text
            };
            output::line(&text);
            Ok(answer.well)
        }
    }
}

/// Help and version are answers; everything else clap says is a usage error, exit 2.
fn usage(e: &clap::Error) -> ExitCode {
    if !e.use_stderr() {
        // The terminal is closed: nobody is left to tell.
        drop(e.print());
        return ExitCode::SUCCESS;
    }
    // The words could not be read, so --json is looked for by hand.
    let as_json = std::env::args_os()
        .take_while(|word| word != "--")
        .any(|word| word == "--json");
    if as_json {
        let text = e.render().to_string();
        let message = text.trim().trim_start_matches("error: ");
        complain(&Failure::usage(message), true);
    } else {
        drop(e.print());
    }
    ExitCode::from(2)
}

fn complain(failure: &Failure, as_json: bool) {
    if as_json {
        output::say(&failure.json().to_string());
    } else {
        output::say(&format!("kontor-server: {failure}"));
    }
}

fn log(cli: &Cli) {
    let level = match (&cli.command, cli.verbose) {
        (Command::Admin(_), 0) => "error",
        (Command::Serve(_), 0) | (Command::Admin(_), 1) => "kontor_server=info,warn",
        (_, _) => "kontor_server=debug,info",
    };
    tracing_subscriber::fmt()
        .with_env_filter(level)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

#[expect(
    clippy::disallowed_methods,
    reason = "the edge: where settings of the environment are read once"
)]
fn environment(name: &str) -> Option<PathBuf> {
    let value = std::env::var(name).ok()?;
    Some(PathBuf::from(value)).filter(|path| !path.as_os_str().is_empty())
}
