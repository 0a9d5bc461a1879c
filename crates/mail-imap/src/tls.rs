//! Whom we trust, for IMAP and for submission alike (DESIGN.md §8).
//!
//! TLS 1.2 or newer by rustls. Certificates are checked against the system's roots and the account's own (KONTORCTL.md
//! `--ca`). There is no way to go on without a check: what cannot be verified is [`Fault::Tls`], a matter for the person.

mod pinned;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use kontor_mail::provider::{Fault, Result};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use pinned::{Chains, Loader, Verifier};

/// The system's roots, loaded when first needed, and the client configurations made from them.
///
/// Clones share everything. A configuration is kept, so that reconnecting resumes the TLS session.
#[derive(Clone)]
pub struct TlsConfig {
    roots: Arc<LazyLock<Chains, Loader>>,
    made: Arc<Mutex<BTreeMap<String, Arc<ClientConfig>>>>,
}

impl std::fmt::Debug for TlsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsConfig").finish_non_exhaustive()
    }
}

impl TlsConfig {
    /// Trusts the system's roots. Unreadable ones are left out: a certificate they would have vouched for is then refused.
    #[must_use]
    pub fn system() -> Self {
        Self::loading(|| {
            let mut roots = RootCertStore::empty();
            let found = rustls_native_certs::load_native_certs();
            for error in &found.errors {
                tracing::warn!(%error, "a root certificate of the system cannot be read");
            }
            let (_added, ignored) = roots.add_parsable_certificates(found.certs);
            if ignored > 0 {
                tracing::debug!(ignored, "root certificates of the system left out");
            }
            roots
        })
    }

    /// Trusts these roots alone, whatever the system does.
    #[must_use]
    pub fn with_roots(roots: RootCertStore) -> Self {
        Self::loading(|| roots)
    }

    fn loading(load: impl FnOnce() -> RootCertStore + Send + 'static) -> Self {
        Self {
            roots: Arc::new(LazyLock::new(Box::new(|| pinned::chains(load())))),
            made: Arc::default(),
        }
    }

    /// Returns the configuration for an account with these certificates of its own: authorities, or the server's own
    /// self-signed certificate (accepted when byte-equal to the one presented, even one that says CA:TRUE).
    ///
    /// # Errors
    /// [`Fault::Tls`] when the text holds no certificate or one that cannot be read.
    pub fn client(&self, ca_pem: Option<&str>) -> Result<Arc<ClientConfig>> {
        let key = ca_pem.unwrap_or_default();
        // A poisoned lock only means that another thread stopped between two look-ups; the map is whole.
        let mut made = self
            .made
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(config) = made.get(key) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.make(ca_pem)?);
        made.insert(key.to_owned(), Arc::clone(&config));
        drop(made);
        Ok(config)
    }

    fn make(&self, ca_pem: Option<&str>) -> Result<ClientConfig> {
        let own = ca_pem.map(read_pem).transpose()?.unwrap_or_default();
        let provider = Arc::new(ring::default_provider());
        let verifier = Verifier::new(Arc::clone(&self.roots), own, &provider);
        let config = builder(provider)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(config)
    }
}

fn builder(
    provider: Arc<CryptoProvider>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>> {
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Fault::Tls(format!("TLS cannot be set up on this computer ({e}).")))
}

fn read_pem(text: &str) -> Result<Vec<CertificateDer<'static>>> {
    let certs: Vec<_> = CertificateDer::pem_slice_iter(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|e| {
            Fault::Tls(format!(
                "The certificate file of this account cannot be read ({e}). It must be PEM: a block that begins with BEGIN CERTIFICATE."
            ))
        })?;
    if certs.is_empty() {
        return Err(Fault::Tls(
            "The certificate file of this account holds no certificate. It must be PEM: a block that begins with BEGIN CERTIFICATE.".to_owned(),
        ));
    }
    Ok(certs)
}

/// Protects a stream as a client of `host`.
///
/// # Errors
/// [`Fault::Tls`] when the certificate is not as it must be, [`Fault::Offline`] when the line breaks meanwhile.
pub async fn protect<S>(stream: S, host: &str, config: Arc<ClientConfig>) -> Result<TlsStream<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let name = ServerName::try_from(host.to_owned()).map_err(|_invalid| {
        Fault::Tls(format!(
            "“{host}” is not a host name a certificate could be checked against."
        ))
    })?;
    TlsConnector::from(config)
        .connect(name, stream)
        .await
        .map_err(|e| {
            fault_within(&e).unwrap_or_else(|| {
                Fault::Offline(format!(
                    "The connection to {host} broke while it was being protected ({e})."
                ))
            })
        })
}

/// The fault of a TLS failure wrapped in an I/O error; `None` when it is none.
pub(crate) fn fault_within(error: &io::Error) -> Option<Fault> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    let why = match inner {
        rustls::Error::InvalidCertificate(bad) => certificate(bad),
        rustls::Error::InvalidMessage(_) => {
            "The server does not speak TLS on this port. Check port and protection (TLS or STARTTLS).".to_owned()
        }
        rustls::Error::AlertReceived(alert) => format!("The server refused the protected connection ({alert:?})."),
        rustls::Error::PeerIncompatible(why) => format!("The server only offers outdated protection ({why:?}); it is not used."),
        other => format!("The protected connection failed ({other})."),
    };
    Some(Fault::Tls(why))
}

fn certificate(bad: &CertificateError) -> String {
    match bad {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "The server's certificate has expired. Its operator must renew it; also check this computer's date.".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "The server's certificate is not valid yet. Check this computer's date.".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "The server's certificate is for another name. Check the host name of the server.".to_owned()
        }
        // webpki says "other" to a self-signed certificate that claims to be an authority.
        CertificateError::UnknownIssuer | CertificateError::Other(_) => {
            "The server's certificate is not signed by an authority this computer knows. If it is your own server, give its certificate to the account.".to_owned()
        }
        CertificateError::Revoked => "The server's certificate was revoked.".to_owned(),
        other => format!("The server's certificate is not as it must be ({other:?})."),
    }
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;
