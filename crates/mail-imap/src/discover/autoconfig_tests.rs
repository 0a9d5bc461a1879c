//! Tests of reading autoconfig files.

use kontor_model::{Endpoint, Security};
use proptest::prelude::*;
use rstest::rstest;

use super::super::{Auth, Person, Source};
use super::{ClientConfig, Socket};

fn file(servers: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<clientConfig version=\"1.1\"><emailProvider id=\"example.com\">\
         <domain>example.com</domain><displayName>Ex &amp; Co</displayName>{servers}</emailProvider></clientConfig>"
    )
}

fn incoming(kind: &str, host: &str, port: &str, socket: &str, username: &str) -> String {
    format!(
        "<incomingServer type=\"{kind}\"><hostname>{host}</hostname><port>{port}</port><socketType>{socket}</socketType>\
         <username>{username}</username><authentication>OAuth2</authentication>\
         <authentication>password-cleartext</authentication><authentication>NTLM</authentication></incomingServer>"
    )
}

fn outgoing(host: &str, port: &str, socket: &str, username: &str, auth: &str) -> String {
    format!(
        "<outgoingServer type=\"smtp\"><hostname>{host}</hostname><port>{port}</port><socketType>{socket}</socketType>\
         <username>{username}</username><authentication>{auth}</authentication></outgoingServer>"
    )
}

fn at(host: &str, port: u16, security: Security) -> Endpoint {
    super::endpoint(host, port, security)
}

/// What the file offers Ana, as `imap host:port, smtp host:port, username`.
fn offers(xml: &str) -> Vec<(Endpoint, Option<Endpoint>, String)> {
    let person = Person::read("ana.b@example.com").unwrap();
    let config = ClientConfig::read(xml.as_bytes()).unwrap_or_default();
    config
        .candidates(&person, Source::Autoconfig)
        .into_iter()
        .map(|c| (c.imap, c.smtp, c.username))
        .collect()
}

#[test]
fn a_whole_file() {
    let xml = file(
        &[
            incoming("pop3", "pop.example.com", "995", "SSL", "%EMAILADDRESS%"),
            incoming("imap", "IMAP.example.com", "993", "SSL", "%EMAILADDRESS%"),
            incoming(
                "imap",
                "imap.example.com",
                "143",
                "STARTTLS",
                "%EMAILADDRESS%",
            ),
            outgoing(
                "smtp.example.com",
                "587",
                "STARTTLS",
                "%EMAILADDRESS%",
                "password-cleartext",
            ),
        ]
        .concat(),
    );
    let smtp = Some(at("smtp.example.com", 587, Security::Starttls));
    let name = "ana.b@example.com".to_owned();
    assert_eq!(
        offers(&xml),
        [
            (
                at("imap.example.com", 993, Security::Tls),
                smtp.clone(),
                name.clone()
            ),
            (at("imap.example.com", 143, Security::Starttls), smtp, name),
        ],
        "IMAP servers in the file's order, each with the way to send; POP is passed over"
    );
    let config = ClientConfig::read(xml.as_bytes()).unwrap();
    assert_eq!(config.display_name.as_deref(), Some("Ex & Co"));
    assert_eq!(config.domains, ["example.com"]);
    let person = Person::read("ana.b@example.com").unwrap();
    let first = config.candidates(&person, Source::Ispdb).remove(0);
    assert_eq!(
        first.auth,
        [Auth::OAuth2, Auth::Password, Auth::Other("NTLM".to_owned())],
        "in the file's order"
    );
    assert!(first.takes_password(), "a password is among them");
}

#[rstest]
#[case::whole_address("%EMAILADDRESS%", "ana.b@example.com")]
#[case::local_part("%EMAILLOCALPART%", "ana.b")]
#[case::domain("%EMAILDOMAIN%\\%EMAILLOCALPART%", "example.com\\ana.b")]
#[case::fixed("box17", "box17")]
#[case::nothing("", "ana.b@example.com")]
#[case::cannot_be_filled("%REALNAME%", "ana.b@example.com")]
fn login_names(#[case] pattern: &str, #[case] want: &str) {
    let xml = file(
        &[
            incoming("imap", "imap.example.com", "993", "SSL", pattern),
            outgoing(
                "smtp.example.com",
                "465",
                "SSL",
                pattern,
                "password-cleartext",
            ),
        ]
        .concat(),
    );
    assert_eq!(
        offers(&xml).remove(0).2,
        want,
        "placeholders are filled, what cannot be filled is the address"
    );
}

#[test]
fn one_name_for_both_halves() {
    let xml = file(
        &[
            incoming("imap", "imap.example.com", "993", "SSL", "%EMAILLOCALPART%"),
            outgoing(
                "smtp.example.com",
                "465",
                "SSL",
                "%EMAILADDRESS%",
                "password-cleartext",
            ),
        ]
        .concat(),
    );
    assert_eq!(
        offers(&xml).remove(0).2,
        "ana.b@example.com",
        "the whole address serves both"
    );
}

#[rstest]
#[case::plain("imap.example.com", "143", "plain")]
#[case::unknown_protection("imap.example.com", "993", "TLSv9")]
#[case::no_port("imap.example.com", "", "SSL")]
#[case::bad_port("imap.example.com", "70000", "SSL")]
#[case::zero_port("imap.example.com", "0", "SSL")]
#[case::no_host("", "993", "SSL")]
#[case::address("127.0.0.1", "993", "SSL")]
#[case::this_computer("localhost", "993", "SSL")]
#[case::a_url("https://imap.example.com/", "993", "SSL")]
#[case::placeholder_left("imap.%EMAILHOST%", "993", "SSL")]
fn what_is_never_offered(#[case] host: &str, #[case] port: &str, #[case] socket: &str) {
    assert_eq!(
        offers(&file(&incoming("imap", host, port, socket, ""))),
        [],
        "{socket} {host}:{port}"
    );
}

#[rstest]
#[case::plain("25", "plain", "password-cleartext")]
#[case::by_address_only("465", "SSL", "client-IP-address")]
#[case::open_to_all("465", "SSL", "none")]
fn ways_of_sending_never_offered(#[case] port: &str, #[case] socket: &str, #[case] auth: &str) {
    let servers = [
        incoming("imap", "imap.example.com", "993", "SSL", ""),
        outgoing("smtp.example.com", port, socket, "", auth),
    ];
    assert_eq!(
        offers(&file(&servers.concat())).remove(0).1,
        None,
        "reading still works"
    );
}

#[test]
fn a_host_may_name_the_domain() {
    let xml = file(&incoming("imap", "imap.%EMAILDOMAIN%", "993", "SSL", ""));
    assert_eq!(offers(&xml).remove(0).0.host, "imap.example.com");
}

#[rstest]
#[case::html("<html><body>Not found</body></html>")]
#[case::no_provider("<clientConfig/>")]
#[case::dtd(
    "<!DOCTYPE clientConfig [<!ENTITY h \"imap.example.com\">]><clientConfig><emailProvider><incomingServer type=\"imap\"><hostname>&h;</hostname></incomingServer></emailProvider></clientConfig>"
)]
#[case::nothing("")]
fn what_is_no_file(#[case] text: &str) {
    assert_eq!(ClientConfig::read(text.as_bytes()), None, "{text}");
}

#[test]
fn unknown_protection_is_read_as_none() {
    let config =
        ClientConfig::read(file(&incoming("imap", "i.example.com", "143", "", "")).as_bytes())
            .unwrap();
    assert_eq!(
        config.incoming[0].socket,
        Socket::Plain,
        "what is not understood is not trusted"
    );
}

proptest! {
    #[test]
    fn foreign_files_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        host in "\\PC{0,30}", port in "\\PC{0,6}", name in "[%A-Z@.a-zč]{0,40}",
    ) {
        let person = Person::read("ana@example.com").unwrap();
        drop(ClientConfig::read(&bytes));
        let xml = file(&incoming("imap", &host, &port, "SSL", &name));
        for candidate in ClientConfig::read(xml.as_bytes()).unwrap_or_default().candidates(&person, Source::Ispdb) {
            prop_assert!(super::super::is_host(&candidate.imap.host), "only real host names are offered");
        }
    }
}
