//! A verifier that also accepts a server's own self-signed certificate when the account names exactly that one.
//!
//! webpki refuses a certificate that says CA:TRUE as a server's (CaUsedAsEndEntity), and that is what `openssl req
//! -x509` makes, so it is what small servers have. Byte-equality stands in for the chain of signatures, nothing else:
//! the name and the dates are still checked, and the handshake still proves that the server holds the key.

use std::sync::{Arc, LazyLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::date::days;

/// Verifies chains up to certain authorities; `None` where there is none.
pub(super) type Chains = Option<Arc<WebPkiServerVerifier>>;

/// Makes a verifier of chains up to these authorities.
pub(super) fn chains(roots: RootCertStore) -> Chains {
    if roots.is_empty() {
        return None;
    }
    let provider = Arc::new(ring::default_provider());
    let built = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
    match built {
        Ok(chains) => Some(chains),
        Err(error) => {
            tracing::warn!(%error, "the certificates to trust cannot be used");
            None
        }
    }
}

/// The account's own certificates, then the system's roots: those are a hundred files, read only where they are needed.
#[derive(Debug)]
pub(super) struct Verifier {
    system: Arc<LazyLock<Chains, Loader>>,
    authorities: Chains,
    own: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

/// Reads roots when they are first needed.
pub(super) type Loader = Box<dyn FnOnce() -> Chains + Send>;

impl Verifier {
    pub(super) fn new(
        system: Arc<LazyLock<Chains, Loader>>,
        own: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Self {
        let mut authorities = RootCertStore::empty();
        let (_added, _ignored) = authorities.add_parsable_certificates(own.iter().cloned());
        Self {
            system,
            authorities: chains(authorities),
            own,
            provider: Arc::clone(provider),
        }
    }

    /// Accepts the account's own certificate, for its names and its time.
    fn verify_own(
        end_entity: &CertificateDer<'_>,
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
        let (from, to) =
            validity(end_entity).ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now < from {
            return Err(Error::InvalidCertificate(CertificateError::NotValidYet));
        }
        if now > to {
            return Err(Error::InvalidCertificate(CertificateError::Expired));
        }
        Ok(ServerCertVerified::assertion())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let unknown = || Err(Error::InvalidCertificate(CertificateError::UnknownIssuer));
        let by = |chains: &Chains| {
            chains.as_ref().map_or_else(unknown, |chains| {
                chains.verify_server_cert(
                    end_entity,
                    intermediates,
                    server_name,
                    ocsp_response,
                    now,
                )
            })
        };
        if self
            .own
            .iter()
            .any(|own| own.as_ref() == end_entity.as_ref())
        {
            return Self::verify_own(end_entity, server_name, now);
        }
        let ours = by(&self.authorities);
        if ours.is_ok() {
            return ours;
        }
        match (by(&self.system), ours) {
            // Signed by the account's authority, and wrong in another way: that is what the person must hear.
            (Err(_), Err(why))
                if why != Error::InvalidCertificate(CertificateError::UnknownIssuer) =>
            {
                Err(why)
            }
            (systems, _) => systems,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Returns notBefore and notAfter in seconds since 1970 (RFC 5280 §4.1.2.5); webpki reads them, but keeps them to itself.
fn validity(certificate: &[u8]) -> Option<(i64, i64)> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut fields, _) = element(certificate)?;
    let (tag, _, rest) = element(fields)?;
    // [0] version, absent in version 1.
    if tag == 0xA0 {
        fields = rest;
    }
    // serialNumber, signature, issuer
    for _ in 0..3 {
        let (_, _, rest) = element(fields)?;
        fields = rest;
    }
    let (_, dates, _) = element(fields)?;
    let (from_tag, from, rest) = element(dates)?;
    let (to_tag, to, _) = element(rest)?;
    Some((time(from_tag, from)?, time(to_tag, to)?))
}

/// Reads one DER element: tag, content, what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
        if digits.len() > 4 {
            return None;
        }
        let length = digits.iter().fold(0usize, |n, d| n << 8 | usize::from(*d));
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// Reads UTCTime (`YYMMDDHHMMSSZ`) or GeneralizedTime (`YYYYMMDDHHMMSSZ`).
fn time(tag: u8, text: &[u8]) -> Option<i64> {
    let text = text.strip_suffix(b"Z")?;
    let (year, rest) = text.split_at_checked(if tag == 0x17 { 2 } else { 4 })?;
    let mut year = two_digits_each(year)?;
    if tag == 0x17 {
        year = year.checked_add(if year < 50 { 2000 } else { 1900 })?;
    }
    let mut fields = rest.chunks(2).map(two_digits_each);
    let (month, day) = (fields.next()??, fields.next()??);
    let (hour, minute, second) = (fields.next()??, fields.next()??, fields.next()??);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || fields.next().is_some() {
        return None;
    }
    days(year, month, day)
        .checked_mul(24)?
        .checked_add(hour)?
        .checked_mul(60)?
        .checked_add(minute)?
        .checked_mul(60)?
        .checked_add(second)
}

fn two_digits_each(digits: &[u8]) -> Option<i64> {
    i64::try_from(crate::scan::number(digits)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::utc(0x17, "700101000000Z", Some(0))]
    #[case::utc_this_century(0x17, "491231235959Z", Some(2_524_607_999))]
    #[case::generalized(0x18, "20500101000000Z", Some(2_524_608_000))]
    #[case::no_zone(0x17, "700101000000", None)]
    #[case::month(0x17, "701301000000Z", None)]
    #[case::short(0x18, "2050Z", None)]
    fn times(#[case] tag: u8, #[case] text: &str, #[case] want: Option<i64>) {
        assert_eq!(time(tag, text.as_bytes()), want);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(der: Vec<u8>) { validity(&der); }
    }
}
