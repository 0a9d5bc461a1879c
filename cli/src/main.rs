//! `kontorctl`: the engine without a window (KONTORCTL.md).

mod args;
mod commands;
mod lines;
mod output;
mod rows;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use kontor_engine::{Code, Error, Profile};
use serde_json::json;

use crate::args::Cli;

/// How long threads that still compute are waited for at the end.
const LEAVING: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return usage(&e),
    };
    log(cli.verbose);
    let as_json = cli.json;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let answer = match runtime {
        Ok(runtime) => {
            let answer = runtime.block_on(Box::pin(commands::run(cli)));
            // A message that is just being parsed is parsed anew next time; nobody waits for it now.
            runtime.shutdown_timeout(LEAVING);
            answer
        }
        Err(e) => Err(Error::from(e).into()),
    };
    match answer {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => failed(&e, as_json),
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
        complain(Code::Usage, message);
    } else {
        drop(e.print());
    }
    ExitCode::from(2)
}

fn complain(code: Code, message: &str) {
    let error = json!({ "error": { "code": code.as_str(), "message": message } });
    output::say(&error.to_string());
}

fn failed(e: &anyhow::Error, as_json: bool) -> ExitCode {
    let known = e.downcast_ref::<Error>();
    let code = known.map_or(Code::Internal, |k| k.code);
    // Context tells what was attempted; the sentence itself comes last.
    let message = e
        .chain()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ");
    if as_json {
        complain(code, &message);
    } else {
        output::say(&format!("kontorctl: {message}"));
    }
    match code {
        Code::Usage => ExitCode::from(2),
        Code::SignIn => ExitCode::from(3),
        Code::Offline => ExitCode::from(4),
        Code::NotFound
        | Code::Refused
        | Code::Keychain
        | Code::Store
        | Code::NotNow
        | Code::Collision
        | Code::UnknownCustomer
        | Code::Internal => ExitCode::from(1),
    }
}

fn log(verbose: u8) {
    let level = match verbose {
        0 => "error",
        1 => "kontor=info,warn",
        _ => "kontor=debug,info",
    };
    tracing_subscriber::fmt()
        .with_env_filter(level)
        .with_writer(std::io::stderr)
        .with_ansi(output::is_watched())
        .init();
}

/// The profile that was named, or the app's own.
fn profile_dir(named: Option<PathBuf>) -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge: where settings of the environment are read once"
    )]
    let read = |name: &str| {
        std::env::var(name)
            .ok()
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let named = named.filter(|dir| !dir.as_os_str().is_empty());
    named.unwrap_or_else(|| Profile::default_dir(read("XDG_DATA_HOME"), read("HOME")))
}
