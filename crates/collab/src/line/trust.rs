//! Whom we trust: the system's roots and, where given, the server's own. There is no way around a check.

use std::io;
use std::sync::{Arc, LazyLock};

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::LineError;

/// The system's roots, read when first needed. One that cannot be read vouches for nobody.
static SYSTEM: LazyLock<RootCertStore> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a root certificate of the system cannot be read");
    }
    let (_, ignored) = roots.add_parsable_certificates(found.certs);
    if ignored > 0 {
        tracing::debug!(ignored, "root certificates of the system left out");
    }
    roots
});

/// Protects a stream as a client of `host`.
pub(super) async fn protect(
    tcp: TcpStream,
    host: &str,
    tls: Arc<ClientConfig>,
) -> Result<TlsStream<TcpStream>, LineError> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_invalid| {
        LineError::Address(format!(
            "“{host}” is not a host name a certificate could be checked against"
        ))
    })?;
    let connector = TlsConnector::from(tls);
    connector.connect(name, tcp).await.map_err(|e| {
        refused(&e).unwrap_or_else(|| {
            LineError::Unreachable(format!("it broke while it was being protected: {e}"))
        })
    })
}

/// Trusts the system's roots and these certificates.
pub(super) fn config(extra_pem: Option<&str>) -> Result<ClientConfig, LineError> {
    let mut roots = SYSTEM.clone();
    if let Some(pem) = extra_pem {
        let unreadable = || {
            LineError::Tls(
                "the certificate given for the team's server cannot be read; it must be PEM"
                    .to_owned(),
            )
        };
        let certs: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|_invalid| unreadable())?;
        if certs.is_empty() {
            return Err(unreadable());
        }
        for cert in certs {
            roots.add(cert).map_err(|_invalid| unreadable())?;
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| LineError::Tls(format!("TLS cannot be set up on this computer ({e})")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// What TLS said, wrapped in an I/O error; `None` when it was something else.
pub(super) fn refused(error: &io::Error) -> Option<LineError> {
    let inner = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(LineError::Tls(match inner {
        rustls::Error::InvalidCertificate(bad) => format!(
            "the certificate of the team's server is not one this computer trusts ({bad:?})"
        ),
        rustls::Error::InvalidMessage(_) => {
            "the team's server does not speak TLS on this port".to_owned()
        }
        other => format!("the connection to the team's server cannot be protected ({other})"),
    }))
}
