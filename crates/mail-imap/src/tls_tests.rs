use super::*;
use rstest::rstest;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::UnixTime;
use std::time::Duration;

const OWN: &str = include_str!("../tests/tls/own.pem");
const AUTHORITY: &str = include_str!("../tests/tls/authority.pem");
const LEAF: &str = include_str!("../tests/tls/leaf.pem");

/// 2030, 2020 and 2200: within, before and after every test certificate's dates.
const WITHIN: u64 = 1_893_456_000;
const BEFORE: u64 = 1_577_836_800;
const AFTER: u64 = 7_258_118_400;

#[rstest]
#[case::own_certificate(Some(OWN), OWN, "localhost", WITHIN, "")]
#[case::own_by_address(Some(OWN), OWN, "127.0.0.1", WITHIN, "")]
#[case::own_beside_others(Some("{AUTHORITY}{OWN}"), OWN, "localhost", WITHIN, "")]
#[case::own_other_name(Some(OWN), OWN, "imap.example.org", WITHIN, "another name")]
#[case::own_too_early(Some(OWN), OWN, "localhost", BEFORE, "not valid yet")]
#[case::own_expired(Some(OWN), OWN, "localhost", AFTER, "has expired")]
#[case::not_ours(
    Some(AUTHORITY),
    OWN,
    "localhost",
    WITHIN,
    "not signed by an authority"
)]
#[case::nothing_trusted(None, OWN, "localhost", WITHIN, "not signed by an authority")]
#[case::by_authority(Some(AUTHORITY), LEAF, "imap.hrastvijak.example", WITHIN, "")]
#[case::by_authority_other_name(Some(AUTHORITY), LEAF, "imap.example.org", WITHIN, "another name")]
#[case::by_authority_expired(Some(AUTHORITY), LEAF, "localhost", AFTER, "has expired")]
#[case::leaf_named_itself(Some(LEAF), LEAF, "localhost", WITHIN, "")]
fn whom_we_trust(
    #[case] own: Option<&str>,
    #[case] shown: &str,
    #[case] host: &'static str,
    #[case] at: u64,
    #[case] refusal: &str,
) {
    let own = own.map(|o| o.replace("{AUTHORITY}", AUTHORITY).replace("{OWN}", OWN));
    let own = own
        .map(|o| read_pem(&o).expect("a fixture"))
        .unwrap_or_default();
    let provider = Arc::new(ring::default_provider());
    let none: Loader = Box::new(|| None);
    let verifier = Verifier::new(Arc::new(LazyLock::new(none)), own, &provider);
    let shown = read_pem(shown).expect("a fixture").remove(0);
    let name = ServerName::try_from(host).expect("a name");
    let now = UnixTime::since_unix_epoch(Duration::from_secs(at));
    let got = match verifier.verify_server_cert(&shown, &[], &name, &[], now) {
        Ok(_) => String::new(),
        Err(e) => fault_within(&io::Error::other(e))
            .expect("a TLS fault")
            .to_string(),
    };
    assert!(
        got.contains(refusal) && got.is_empty() == refusal.is_empty(),
        "wanted “{refusal}”, got “{got}”"
    );
}

#[rstest]
#[case::nothing("", "holds no certificate")]
#[case::not_pem("hello", "holds no certificate")]
#[case::damaged(
    "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
    "cannot be read"
)]
fn a_useless_file_is_named(#[case] pem: &str, #[case] want: &str) {
    let tls = TlsConfig::with_roots(RootCertStore::empty());
    let got = tls
        .client(Some(pem))
        .expect_err("no certificate")
        .to_string();
    assert!(got.contains(want), "{got}");
}

#[test]
fn configurations_are_kept_so_that_sessions_resume() {
    let tls = TlsConfig::with_roots(RootCertStore::empty());
    let first = tls.client(Some(OWN)).expect("a configuration");
    let second = tls.clone().client(Some(OWN)).expect("a configuration");
    assert!(Arc::ptr_eq(&first, &second));
}
