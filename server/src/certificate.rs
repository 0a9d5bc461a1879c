//! The certificate this server shows, read again when it was renewed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::Failure;

/// How often the files are looked at; SIGHUP is quicker.
const LOOK: Duration = Duration::from_secs(30);

/// The files, and what was read from them last.
pub(crate) struct Certificate {
    cert: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    shown: RwLock<Arc<CertifiedKey>>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("cert", &self.cert)
            .finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        Some(shown.clone())
    }
}

impl Certificate {
    pub(crate) fn read(cert: &Path, key: &Path) -> Result<Arc<Self>, Failure> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let shown = RwLock::new(load(cert, key, &provider)?);
        Ok(Arc::new(Self {
            cert: cert.to_owned(),
            key: key.to_owned(),
            provider,
            shown,
        }))
    }

    pub(crate) fn config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, Failure> {
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|e| Failure::internal(e.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Reads the files again at SIGHUP and when they changed, for ever. What cannot be used is left alone: the old
    /// certificate goes on.
    pub(crate) async fn renew(&self) -> Result<(), Failure> {
        let mut hangup = signal(SignalKind::hangup())?;
        let mut seen = self.stamp();
        loop {
            let asked = tokio::select! {
                _ = hangup.recv() => true,
                () = tokio::time::sleep(LOOK) => false,
            };
            let stamp = self.stamp();
            if stamp == seen && !asked {
                continue;
            }
            match load(&self.cert, &self.key, &self.provider) {
                Ok(new) => {
                    *self.shown.write().unwrap_or_else(PoisonError::into_inner) = new;
                    seen = stamp;
                    tracing::info!("a renewed certificate is shown from here on");
                }
                // One file of two may have been written only: the next look finds both.
                Err(e) => tracing::warn!("the old certificate goes on: {e}"),
            }
        }
    }

    fn stamp(&self) -> [Option<(SystemTime, u64)>; 2] {
        [&self.cert, &self.key].map(|file| {
            // Links are followed: certbot changes where they lead.
            let facts = std::fs::metadata(file).ok()?;
            Some((facts.modified().ok()?, facts.len()))
        })
    }
}

fn load(cert: &Path, key: &Path, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, Failure> {
    let unread = |file: &Path, e: &dyn fmt::Display| {
        Failure::usage(format!("{} cannot be read: {e}", file.display()))
    };
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(cert)
        .map_err(|e| unread(cert, &e))?
        .collect();
    let chain = chain.map_err(|e| unread(cert, &e))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|e| unread(key, &e))?;
    let pair = CertifiedKey::from_der(chain, private, provider)
        .map_err(|e| Failure::usage(format!("the certificate and its key cannot be used: {e}")))?;
    Ok(Arc::new(pair))
}
