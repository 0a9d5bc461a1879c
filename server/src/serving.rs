//! `kontor-server serve`: doors, signals, and the line a script waits for.

use std::path::Path;
use std::sync::Arc;

use kontor_server::core::clock::Clock;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::storage::Storage;
use kontor_server::http::App;
use kontor_server::http::doors::{Doors, HEAD};
use rustix::process::{Resource, getrlimit, setrlimit};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::signal::unix::{SignalKind, signal};

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
    let tls = args.tls().map(|(cert, key)| tls(cert, key)).transpose()?;
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
    let app = App::new(storage, Clock::system(), Limits::default(), &public_url);
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
    app.serve(doors, stop).await?;
    Ok(())
}

/// A desk is an open file: as many as the system allows, not the thousand a shell begins with.
fn allow_many_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(e) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!("asking for more open files: {e}");
    }
}

fn tls(cert: &Path, key: &Path) -> Result<Arc<ServerConfig>, Failure> {
    let unread = |file: &Path, e: &dyn std::fmt::Display| {
        Failure::usage(format!("{} cannot be read: {e}", file.display()))
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(cert)
        .map_err(|e| unread(cert, &e))?
        .collect();
    let chain = chain.map_err(|e| unread(cert, &e))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|e| unread(key, &e))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Failure::internal(e.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|e| Failure::usage(format!("the certificate and its key cannot be used: {e}")))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
