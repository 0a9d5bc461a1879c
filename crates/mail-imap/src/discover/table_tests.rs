//! Tests of the built-in table.

use rstest::rstest;

use super::{TABLE, by_domain, by_mx};
use crate::discover::{host, is_host};

#[rstest]
#[case("aspmx.l.google.com", Some("Gmail"))]
#[case("alt1.gmr-smtp-in.l.google.com", Some("Gmail"))]
#[case("hrastvijak-si.mail.protection.outlook.com", Some("Microsoft 365"))]
#[case("hrastvijak-si.p-v1.mx.microsoft", Some("Microsoft 365"))]
#[case("mx01.mail.icloud.com", Some("iCloud"))]
#[case("mta5.am0.yahoodns.net", Some("Yahoo"))]
#[case("mx.zoho.eu", Some("Zoho Mail (EU)"))]
#[case("in1-smtp.messagingengine.com", Some("Fastmail"))]
#[case("mx.notgoogle.com", None)]
#[case("google.com.evil.net", None)]
fn exchangers(#[case] exchanger: &str, #[case] want: Option<&str>) {
    assert_eq!(
        by_mx(exchanger).map(|p| p.name),
        want,
        "endings are compared label by label"
    );
}

#[test]
fn the_table_is_sound() {
    let mut domains: Vec<&str> = TABLE
        .iter()
        .flat_map(|p| p.domains.iter().copied())
        .collect();
    let count = domains.len();
    domains.sort_unstable();
    domains.dedup();
    assert_eq!(domains.len(), count, "no domain belongs to two providers");
    for provider in TABLE {
        for name in provider
            .domains
            .iter()
            .chain(provider.mx)
            .chain([&provider.imap.0, &provider.smtp.0])
        {
            assert!(
                is_host(name) && host(name).as_deref() == Some(name),
                "{name} is not in its one form"
            );
        }
    }
    assert_eq!(by_domain("gmail.com").map(|p| p.name), Some("Gmail"));
    assert!(
        by_domain("example.com").is_none(),
        "strangers are looked for"
    );
}
