//! Discovery in small made-up internets.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the functions around the tests are tests too"
)]

#[path = "smtp_script/world.rs"]
mod world;

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use kontor_mail_imap::discover::{Auth, Candidate, Net, Simulated, Source, discover};
use kontor_mail_imap::tls::TlsConfig;
use kontor_model::Endpoint;
use rstest::rstest;
use rustls::RootCertStore;
use world::{Kind, World};

const MAJA: &str = "Maja@HrastVijak.example";

fn xml(imap: &str, smtp: &str) -> String {
    let server = |tag: &str, kind: &str, place: &str| {
        let (socket, place) = place.split_once(' ').unwrap();
        let (host, port) = place.split_once(':').unwrap();
        format!(
            "<{tag} type=\"{kind}\"><hostname>{host}</hostname><port>{port}</port><socketType>{socket}</socketType>\
             <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></{tag}>"
        )
    };
    format!(
        "<clientConfig version=\"1.1\"><emailProvider id=\"x\"><displayName>Gostovanje</displayName>{}{}</emailProvider></clientConfig>",
        server("incomingServer", "imap", imap),
        server("outgoingServer", "smtp", smtp)
    )
}

fn ours() -> String {
    xml(
        "SSL imap.hrastvijak.example:993",
        "STARTTLS smtp.hrastvijak.example:587",
    )
}

fn theirs() -> String {
    xml(
        "SSL imap.gostovanje.example:993",
        "SSL smtp.gostovanje.example:465",
    )
}

fn pox() -> String {
    let protocol = |kind: &str, port: u16| {
        format!(
            "<Protocol><Type>{kind}</Type><Server>mail.hrastvijak.example</Server><Port>{port}</Port><SSL>on</SSL></Protocol>"
        )
    };
    format!(
        "<Autodiscover><Response><Account>{}{}</Account></Response></Autodiscover>",
        protocol("IMAP", 993),
        protocol("SMTP", 465)
    )
}

/// As short as it can be compared: `source imap tls host:port, smtp …, username`.
fn short(candidate: &Candidate) -> String {
    let place = |e: &Endpoint| format!("{} {}:{}", e.security.as_str(), e.host, e.port);
    let smtp = candidate.smtp.as_ref().map_or("nothing".to_owned(), place);
    format!(
        "{}: {}, {}, {}",
        candidate.source.as_str(),
        place(&candidate.imap),
        smtp,
        candidate.username
    )
}

const AUTOCONFIG: &str = "autoconfig.hrastvijak.example/mail/config-v1.1.xml";
const WELL_KNOWN: &str = "hrastvijak.example/.well-known/autoconfig/mail/config-v1.1.xml";
const ISPDB: &str = "autoconfig.thunderbird.net/v1.1/hrastvijak.example";
const POX: &str = "autodiscover.hrastvijak.example/autodiscover/autodiscover.xml";

#[rstest]
#[case::autoconfig(
    World::default().page(AUTOCONFIG, &ours()),
    "autoconfig: tls imap.hrastvijak.example:993, starttls smtp.hrastvijak.example:587, Maja@hrastvijak.example",
    false
)]
#[case::well_known(
    World::default().page(WELL_KNOWN, &ours()),
    "autoconfig: tls imap.hrastvijak.example:993, starttls smtp.hrastvijak.example:587, Maja@hrastvijak.example",
    false
)]
#[case::own_file_before_ispdb(
    World::default().page(WELL_KNOWN, &ours()).page(ISPDB, &theirs()),
    "autoconfig: tls imap.hrastvijak.example:993, starttls smtp.hrastvijak.example:587, Maja@hrastvijak.example",
    false
)]
#[case::own_file_naming_others(
    World::default().page(WELL_KNOWN, &theirs()),
    "autoconfig: tls imap.gostovanje.example:993, tls smtp.gostovanje.example:465, Maja@hrastvijak.example",
    true
)]
#[case::redirected(
    World::default().redirect(AUTOCONFIG, "https://autoconfig.gostovanje.example/x.xml").page("autoconfig.gostovanje.example/x.xml", &ours()),
    "autoconfig: tls imap.hrastvijak.example:993, starttls smtp.hrastvijak.example:587, Maja@hrastvijak.example",
    false
)]
#[case::ispdb(
    World::default().page(ISPDB, &theirs()),
    "ispdb: tls imap.gostovanje.example:993, tls smtp.gostovanje.example:465, Maja@hrastvijak.example",
    false
)]
#[case::plain_file_passed_over(
    World::default().page(WELL_KNOWN, &xml("plain imap.hrastvijak.example:143", "plain smtp.hrastvijak.example:25")).page(ISPDB, &theirs()),
    "ispdb: tls imap.gostovanje.example:993, tls smtp.gostovanje.example:465, Maja@hrastvijak.example",
    false
)]
#[case::srv(
    World::default()
        .srv("_imaps._tcp.hrastvijak.example", (10, 0, 993), "slow.hrastvijak.example.")
        .srv("_imaps._tcp.hrastvijak.example", (5, 1, 1993), "light.hrastvijak.example.")
        .srv("_imaps._tcp.hrastvijak.example", (5, 9, 1993), "heavy.hrastvijak.example.")
        .srv("_submission._tcp.hrastvijak.example", (0, 0, 587), "smtp.hrastvijak.example."),
    "srv: tls heavy.hrastvijak.example:1993, starttls smtp.hrastvijak.example:587, Maja@hrastvijak.example",
    false
)]
#[case::srv_elsewhere(
    World::default()
        .srv("_imaps._tcp.hrastvijak.example", (0, 0, 993), ".")
        .srv("_imap._tcp.hrastvijak.example", (0, 0, 143), "mail.elsewhere.example.")
        .srv("_submissions._tcp.hrastvijak.example", (0, 0, 465), "mail.hrastvijak.example."),
    "srv: starttls mail.elsewhere.example:143, tls mail.hrastvijak.example:465, Maja@hrastvijak.example",
    true
)]
#[case::autodiscover(
    World::default().page(POX, &pox()),
    "autodiscover: tls mail.hrastvijak.example:993, tls mail.hrastvijak.example:465, Maja@hrastvijak.example",
    false
)]
#[case::mx_of_a_known_provider(
    World::default().mx("hrastvijak.example", 20, "other.example.").mx("hrastvijak.example", 1, "ASPMX.L.Google.com."),
    "mx: tls imap.gmail.com:993, tls smtp.gmail.com:465, Maja@hrastvijak.example",
    true
)]
#[case::mx_of_a_hosting_company(
    World::default().mx("hrastvijak.example", 10, "mx3.cluster.gostovanje.example.").page("autoconfig.gostovanje.example/mail/config-v1.1.xml", &theirs()),
    "mx: tls imap.gostovanje.example:993, tls smtp.gostovanje.example:465, Maja@hrastvijak.example",
    true
)]
#[case::mx_owner_in_the_ispdb(
    World::default().mx("hrastvijak.example", 10, "mx3.gostovanje.example.").page("autoconfig.thunderbird.net/v1.1/gostovanje.example", &theirs()),
    "mx: tls imap.gostovanje.example:993, tls smtp.gostovanje.example:465, Maja@hrastvijak.example",
    true
)]
#[case::guess(
    World::default()
        .server("imap.hrastvijak.example", 143, Kind::Imap)
        .server("mail.hrastvijak.example", 993, Kind::Imaps)
        .server("mail.hrastvijak.example", 465, Kind::Stripped)
        .server("smtp.hrastvijak.example", 587, Kind::Submission),
    "guess: tls mail.hrastvijak.example:993, starttls smtp.hrastvijak.example:587, Maja@hrastvijak.example",
    false
)]
#[case::guess_starttls(
    World::default().server("mail.hrastvijak.example", 143, Kind::Imap).server("smtp.hrastvijak.example", 465, Kind::Smtps),
    "guess: starttls mail.hrastvijak.example:143, tls smtp.hrastvijak.example:465, Maja@hrastvijak.example",
    false
)]
#[case::stripped_is_never_offered(
    World::default().server("imap.hrastvijak.example", 993, Kind::Imaps).server("smtp.hrastvijak.example", 587, Kind::Stripped),
    "guess: tls imap.hrastvijak.example:993, nothing, Maja@hrastvijak.example",
    false
)]
#[tokio::test]
async fn found(#[case] world: World, #[case] want: &str, #[case] confirm: bool) {
    let (net, _asked) = world.start();
    let found = discover(MAJA, &net).await;
    assert_eq!(
        found.candidates.first().map(short).as_deref(),
        Some(want),
        "{found:#?}"
    );
    assert_eq!(
        found.candidates[0].confirm.is_some(),
        confirm,
        "a server outside the domain must be confirmed"
    );
    assert_eq!(
        found.note.is_some(),
        found.candidates[0].source == Source::Guess,
        "a guess is called one"
    );
}

#[rstest]
#[case(
    "ana@gmail.com",
    "table: tls imap.gmail.com:993, tls smtp.gmail.com:465, ana@gmail.com",
    true,
    "app password"
)]
#[case(
    "ana@Outlook.com",
    "table: tls outlook.office365.com:993, starttls smtp-mail.outlook.com:587, ana@outlook.com",
    false,
    "Microsoft sign-in"
)]
#[case(
    "ana@icloud.com",
    "table: tls imap.mail.me.com:993, starttls smtp.mail.me.com:587, ana@icloud.com",
    true,
    "app-specific"
)]
#[tokio::test]
async fn known_by_heart(
    #[case] email: &str,
    #[case] want: &str,
    #[case] by_password: bool,
    #[case] hint: &str,
) {
    let (net, asked) = World::default().start();
    let found = discover(email, &net).await;
    assert_eq!(
        found.candidates.iter().map(short).collect::<Vec<_>>(),
        [want]
    );
    let first = &found.candidates[0];
    assert_eq!(
        (first.takes_password(), first.confirm.as_ref()),
        (by_password, None),
        "{found:#?}"
    );
    assert!(
        first
            .hint
            .as_deref()
            .is_some_and(|text| text.contains(hint)),
        "{found:#?}"
    );
    assert_eq!(asked.lock().unwrap().len(), 0, "the network is not needed");
}

#[tokio::test]
async fn an_unsure_entry_is_offered_when_its_servers_answer() {
    let want = "table: tls mail.arnes.si:993, tls mail.arnes.si:465, ana@arnes.si";
    let servers = World::default()
        .server("mail.arnes.si", 993, Kind::Imaps)
        .server("mail.arnes.si", 465, Kind::Smtps);
    let (net, _asked) = servers.start();
    let found = discover("ana@arnes.si", &net).await;
    assert_eq!(found.candidates.first().map(short).as_deref(), Some(want));

    let (net, _asked) = World::default()
        .page("autoconfig.thunderbird.net/v1.1/arnes.si", &theirs())
        .start();
    let found = discover("ana@arnes.si", &net).await;
    assert_eq!(
        found.candidates.first().map(|c| c.source),
        Some(Source::Ispdb),
        "else it does not stand in the way"
    );
}

#[tokio::test]
async fn nothing_found_is_said() {
    let (net, _asked) = World::default().start();
    let found = discover(MAJA, &net).await;
    assert_eq!(found.candidates, []);
    assert!(!found.offline, "somebody answered");
    let note = found.note.unwrap();
    assert!(
        note.contains("hrastvijak.example") && note.contains("by hand"),
        "it says what to do: {note}"
    );
}

#[tokio::test]
async fn no_network_is_not_taken_for_nothing_found() {
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let simulated = Simulated {
        web: closed,
        dns: nobody.local_addr().unwrap(),
        servers: [].into(),
    };
    let tls = TlsConfig::with_roots(RootCertStore::empty());
    let net = Net::simulated(&tls, None, simulated).unwrap();
    let found = discover(MAJA, &net).await;
    assert!(found.offline, "{found:?}");
    assert!(found.note.unwrap().contains("no network"));
}

#[rstest]
#[case("maja", "no @")]
#[case("maja@localhost", "no such domain")]
#[case("maja@127.0.0.1", "no such domain")]
#[case("maja@exam ple.com", "character")]
#[tokio::test]
async fn no_address(#[case] email: &str, #[case] part: &str) {
    let (net, asked) = World::default().start();
    let found = discover(email, &net).await;
    assert!(
        found.candidates.is_empty() && found.note.as_ref().is_some_and(|n| n.contains(part)),
        "{found:?}"
    );
    assert_eq!(asked.lock().unwrap().len(), 0, "nobody is asked");
}

#[tokio::test]
async fn the_address_stays_at_home() {
    let world = World::default()
        .redirect(AUTOCONFIG, "https://autoconfig.gostovanje.example/x.xml")
        .mx("hrastvijak.example", 10, "mx3.gostovanje.example.");
    let (net, asked) = world.start();
    assert_eq!(discover(MAJA, &net).await.candidates, []);
    let asked = asked.lock().unwrap().clone();
    let at_home = |line: &str| {
        let host = line.split(' ').nth(1).unwrap().split('/').next().unwrap();
        host == "hrastvijak.example" || host.ends_with(".hrastvijak.example")
    };
    for line in &asked {
        let told = line.to_ascii_lowercase().contains("maja");
        assert!(
            !told || at_home(line),
            "{line} tells a stranger the address"
        );
    }
    assert!(
        asked
            .iter()
            .any(|line| line.contains("?emailaddress=Maja%40hrastvijak.example")),
        "{asked:#?}"
    );
    for host in [
        "autoconfig.thunderbird.net/v1.1/hrastvijak.example",
        "autoconfig.gostovanje.example/x.xml",
        "v1.1/gostovanje.example",
    ] {
        assert!(
            asked.iter().any(|line| line.contains(host)),
            "{host} was asked: {asked:#?}"
        );
    }
}

#[rstest]
#[case::to_http("http://autoconfig.hrastvijak.example/plain.xml")]
#[case::to_a_file("file:///etc/passwd")]
#[case::with_a_password("https://a:b@autoconfig.hrastvijak.example/plain.xml")]
#[case::in_circles("https://autoconfig.hrastvijak.example/mail/config-v1.1.xml")]
#[tokio::test]
async fn redirects_not_followed(#[case] to: &str) {
    let (net, asked) = World::default()
        .redirect(AUTOCONFIG, to)
        .page("autoconfig.hrastvijak.example/plain.xml", &ours())
        .start();
    assert_eq!(discover(MAJA, &net).await.candidates, [], "{to}");
    assert!(
        !asked
            .lock()
            .unwrap()
            .iter()
            .any(|line| line.contains("plain.xml")),
        "{to} was not asked"
    );
}

#[rstest]
#[case::too_large(format!("{}<!--{}-->", ours(), "x".repeat(300 << 10)))]
#[case::a_dtd(format!("<!DOCTYPE clientConfig>{}", ours()))]
#[case::not_xml("Welcome to our shop".to_owned())]
#[tokio::test]
async fn files_not_believed(#[case] file: String) {
    let (net, _asked) = World::default().page(WELL_KNOWN, &file).start();
    assert_eq!(discover(MAJA, &net).await.candidates, []);
}

#[tokio::test]
async fn a_silent_server_costs_seconds_not_minutes() {
    let world = World::default()
        .server("imap.hrastvijak.example", 993, Kind::Silent)
        .server("mail.hrastvijak.example", 993, Kind::Imaps)
        .server("smtp.hrastvijak.example", 465, Kind::Smtps);
    let (net, _asked) = world.start();
    let net = net.with_patience(Duration::from_secs(2), Duration::from_secs(10));
    let found = discover(MAJA, &net).await;
    assert_eq!(
        found.candidates.first().map(|c| c.imap.host.as_str()),
        Some("mail.hrastvijak.example"),
        "the next one is taken"
    );
}

#[tokio::test]
async fn a_token_only_provider_says_so() {
    let oauth = ours().replace("password-cleartext", "OAuth2");
    let (net, _asked) = World::default().page(AUTOCONFIG, &oauth).start();
    let found = discover(MAJA, &net).await;
    let first = &found.candidates[0];
    assert_eq!(
        (first.auth.as_slice(), first.takes_password()),
        ([Auth::OAuth2].as_slice(), false)
    );
    assert!(
        first
            .hint
            .as_deref()
            .is_some_and(|hint| hint.contains("app password")),
        "{first:?}"
    );
}

#[test]
fn a_simulated_world_is_on_loopback() {
    let far: SocketAddr = "192.0.2.1:80".parse().unwrap();
    let near: SocketAddr = "127.0.0.1:80".parse().unwrap();
    let tls = TlsConfig::with_roots(RootCertStore::empty());
    let simulated = Simulated {
        web: far,
        dns: near,
        servers: [].into(),
    };
    assert!(
        Net::simulated(&tls, None, simulated).is_err(),
        "plain HTTP never leaves this computer"
    );
}
