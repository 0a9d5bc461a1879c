//! `kontor-server serve`: doors, signals, and the line a script waits for.

use kontor_server::core::clock::Clock;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::mirror::{Mirrors, Pace};
use kontor_server::core::storage::Storage;
use kontor_server::http::App;
use kontor_server::http::doors::{Doors, HEAD};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use crate::certificate::Certificate;
use crate::failure::Failure;
use crate::output;
use crate::settings::{Place, ServeArgs};

/// Serves until SIGTERM or SIGINT.
pub(crate) async fn serve<S: Storage>(
    storage: S,
    place: &Place,
    args: &ServeArgs,
) -> Result<(), Failure> {
    allow_many_files();
    let shown = args.tls().map(|(cert, key)| Certificate::read(cert, key));
    let shown = shown.transpose()?;
    let tls = shown.as_ref().map(Certificate::config).transpose()?;
    let company = args.company.settings()?;
    // Heard from here on: whoever reads the line below may already want to stop us.
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let doors = Doors::open(args.listen, tls, HEAD)
        .await
        .map_err(|e| Failure::internal(format!("{} cannot be listened on: {e}", args.listen)))?;
    let url = doors.url();
    let public_url = args.public_url.as_deref().unwrap_or(&url).to_owned();
    place.write_public_url(&public_url).map_err(|e| {
        Failure::internal(format!("{} cannot be written: {e}", place.dir.display()))
    })?;
    let clock = Clock::system();
    let app = App::new(
        storage.clone(),
        clock.clone(),
        Limits::default(),
        &public_url,
    );
    if let Some(company) = company {
        app.offer(company)
            .map_err(|e| Failure::usage(e.to_string()))?;
    }
    app.seal_with(place.keys.clone());
    if let Some(doubt) = args.doubt() {
        tracing::warn!("{doubt}");
    }
    let mirrors = Mirrors::start(storage, clock, place.keys.clone(), Pace::default());
    // Connections are taken from here on, whether anybody reads the line or not.
    output::line(&format!("listening on {url}"));
    tracing::info!(%url, %public_url, "serving");
    let stop = async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        tracing::info!("stopping");
    };
    let renewing = async {
        match &shown {
            Some(shown) => shown.renew().await,
            None => std::future::pending().await,
        }
    };
    let beside = async {
        // It may come back; but who has mistyped its URL wants to know now.
        if let Err(e) = app.try_company().await {
            tracing::warn!("{e}");
        }
        renewing.await
    };
    let served = tokio::select! {
        served = app.clone().serve(doors, stop) => served.map_err(Into::into),
        ended = beside => ended,
    };
    mirrors.close().await;
    served
}

/// A desk is an open file: as many as the system allows, not the thousand a shell begins with.
fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(e) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!("asking for more open files: {e}");
    }
}
