//! The company's own sign-in, against a real provider: who comes in, and who does not.

use std::net::SocketAddr;

use kontor_protocol::{CompanyStarted, Role, SignedIn};
use kontor_server::core::storage::Storage as _;
use kontor_server::http::CompanySettings;
use kontor_testkit::oidc::{CLIENT_ID, CLIENT_SECRET, browse};
use kontor_testkit::{Colleague, OidcFault, OidcProvider, Postgres};
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::house::{Asking, House, PASSWORD, ask};
use crate::process::{Program, run};

const CALLBACK: &str = "/api/v1/oidc/callback";

async fn post(address: SocketAddr, path: &str, body: &Value) -> (u16, Value) {
    let body = body.to_string();
    let asking = Asking {
        token: None,
        body: Some(&body),
    };
    ask(address, "POST", path, asking).await
}

/// A house whose company has this provider.
async fn open(may_link: bool, trusts_email: bool) -> (House, OidcProvider) {
    let (house, provider) = (House::open().await, OidcProvider::start().unwrap());
    provider.register(&format!("http://{}{CALLBACK}", house.address));
    let settings = CompanySettings {
        issuer: provider.issuer().into(),
        client_id: CLIENT_ID.into(),
        client_secret: Some(CLIENT_SECRET.into()),
        trusts_email,
        may_link,
    };
    house.app.offer(settings).unwrap();
    (house, provider)
}

/// What a desk has after its person was in the browser.
struct Back {
    ticket: String,
    grant: String,
}

/// A desk begins, a browser goes to the provider and comes back to it.
async fn through_the_browser(address: SocketAddr) -> Back {
    let desk = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = desk.local_addr().unwrap().port();
    let start = json!({ "port": port });
    let (status, started) = post(address, "/api/v1/oidc/start", &start).await;
    assert_eq!(status, 200, "{started}");
    let started: CompanyStarted = serde_json::from_value(started).unwrap();
    let url = started.url.clone();
    let browser = tokio::task::spawn_blocking(move || browse(&url));
    let (mut line, _) = desk.accept().await.unwrap();
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        let mut chunk = [0; 1024];
        let read = line.read(&mut chunk).await.unwrap();
        assert!(read > 0, "a whole request, not {request}");
        request.push_str(&String::from_utf8_lossy(&chunk[..read]));
    }
    line.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        .await
        .unwrap();
    drop(line);
    let (_, status, _) = browser.await.unwrap().unwrap();
    assert_eq!(status, 200);
    let (attempt, grant) = request
        .strip_prefix("GET /?attempt=")
        .and_then(|rest| rest.split_once(' ')?.0.split_once("&grant="))
        .expect("the desk is told its attempt and a grant");
    assert_eq!(attempt, started.attempt, "its own");
    Back {
        ticket: started.ticket,
        grant: grant.to_owned(),
    }
}

async fn finish(address: SocketAddr, back: &Back, more: Value) -> (u16, Value) {
    let mut body = json!({ "ticket": back.ticket, "grant": back.grant, "device": "laptop" });
    let fields = body.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    post(address, "/api/v1/oidc/finish", &body).await
}

async fn sign_in(address: SocketAddr, more: Value) -> (u16, Value) {
    let back = through_the_browser(address).await;
    finish(address, &back, more).await
}

async fn code(house: &House, of: &SignedIn) -> String {
    let invited = house.identity.invite(of.org, Role::Member, None).await;
    invited.unwrap().code
}

async fn audited(house: &House, who: &SignedIn) -> Vec<String> {
    let path = format!("/api/v1/orgs/{}/audit", who.org);
    let (_, log) = house.get(&path, &who.token).await;
    let lines = log.as_array().unwrap().iter();
    lines
        .map(|l| l["action"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn an_invited_colleague_comes_in_and_comes_again() {
    let (house, provider) = open(false, false).await;
    let ana = house.org("cebela").await;
    let (status, ways) = house.get("/api/v1/sign-in", "").await;
    assert_eq!((status, ways), (200, json!({ "company": "127.0.0.1" })));
    provider.signed_in(Colleague::new("42", "Bor@Cebela.example", "Bor Novak"));

    let (status, problem) = sign_in(house.address, json!({})).await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("invitation"), "{message}");

    let code = code(&house, &ana).await;
    let (status, bor) = sign_in(house.address, json!({ "code": code })).await;
    assert_eq!(status, 200, "{bor}");
    assert_eq!(bor["org"], json!(ana.org));
    let members = house.storage.members(ana.org).await;
    let row = members.unwrap().into_iter().find(|m| m.name == "Bor Novak");
    assert_eq!(row.unwrap().email, "bor@cebela.example");
    let desk: SignedIn = serde_json::from_value(bor).unwrap();
    drop(house.line(&desk, 0).await);

    // Another address, another name: the same person all the same, and nobody asks for a code.
    let mut married = Colleague::new("42", "bor.kos@cebela.example", "Bor Kos");
    married.email_verified = Some(false);
    provider.signed_in(married);
    for more in [
        json!({}),
        json!({ "code": code }),
        json!({ "org": ana.org }),
    ] {
        let (status, again) = sign_in(house.address, more.clone()).await;
        assert_eq!(
            (status, &again["member"]),
            (200, &json!(desk.member)),
            "{more}"
        );
    }
    let login = json!({ "email": "bor@cebela.example", "password": "!", "device": "x" });
    let (status, _) = house.post("/api/v1/login", None, &login).await;
    assert_eq!(status, 401, "there is no password");
    assert_eq!(
        audited(&house, &ana).await[..5],
        ["login", "login", "login", "join", "invite"]
    );
    assert_eq!(provider.discoveries(), 1, "asked once, kept for a while");
}

#[rstest]
#[case::of_another_sign_in(OidcFault::WrongNonce, "verified")]
#[case::for_another_client(OidcFault::WrongAudience, "verified")]
#[case::by_another_provider(OidcFault::WrongIssuer, "verified")]
#[case::run_out(OidcFault::Expired, "verified")]
#[case::wrong_key(OidcFault::WrongKey, "verified")]
#[case::not_signed(OidcFault::Unsigned, "verified")]
#[case::signed_with_the_secret(OidcFault::Symmetric, "verified")]
#[case::no_tokens(OidcFault::Broken, "verified")]
#[case::the_person_says_no(OidcFault::Denied, "did not let you in")]
#[tokio::test]
async fn what_does_not_stand_up_lets_nobody_in(#[case] fault: OidcFault, #[case] says: &str) {
    let (house, provider) = open(true, true).await;
    let ana = house.org("cebela").await;
    let code = code(&house, &ana).await;
    provider.signed_in(Colleague::new("42", "bor@cebela.example", "Bor"));
    provider.fault(Some(fault));
    let (status, problem) = sign_in(house.address, json!({ "code": code })).await;
    assert_eq!(
        (status, &problem["code"]),
        (401, &json!("auth")),
        "{problem}"
    );
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains(says), "{fault:?}: {message}");
    provider.fault(None);
    let (status, _) = sign_in(house.address, json!({ "code": code })).await;
    assert_eq!(status, 200, "the invitation is good still");
}

#[rstest]
#[case::verified(Some(true), false, 200)]
#[case::not_verified(Some(false), false, 403)]
#[case::not_said(None, false, 403)]
#[case::trusted(None, true, 200)]
#[case::not_verified_is_never_trusted(Some(false), true, 403)]
#[tokio::test]
async fn an_address_counts_when_it_is_vouched_for(
    #[case] verified: Option<bool>,
    #[case] trusts: bool,
    #[case] want: u16,
) {
    let (house, provider) = open(true, trusts).await;
    let ana = house.org("cebela").await;
    let code = code(&house, &ana).await;
    // Both who is new and who would take a member's place.
    for email in ["bor@cebela.example", "admin@cebela.example"] {
        let mut colleague = Colleague::new(email, email, "Bor");
        colleague.email_verified = verified;
        provider.signed_in(colleague);
        let (status, answer) = sign_in(house.address, json!({ "code": code })).await;
        let want = if email.starts_with("admin") && want == 200 {
            // The first one has used the code up; the address alone leads to the member.
            404
        } else {
            want
        };
        assert_eq!(status, want, "{email}: {answer}");
    }
}

#[tokio::test]
async fn a_member_with_a_password_is_not_taken_over() {
    let (house, provider) = open(false, false).await;
    let ana = house.org("cebela").await;
    let code = code(&house, &ana).await;
    provider.signed_in(Colleague::new("1", "admin@cebela.example", "Ana"));
    let (status, problem) = sign_in(house.address, json!({ "code": code })).await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("exists")),
        "{problem}"
    );
    let (status, _) = sign_in(house.address, json!({})).await;
    assert_eq!(
        status, 403,
        "and without a code nobody learns that the address is known"
    );
    drop(house.line(&ana, 0).await);
}

#[tokio::test]
async fn where_it_is_allowed_a_member_changes_over_and_the_old_ways_end() {
    let (house, provider) = open(true, false).await;
    let ana = house.org("cebela").await;
    let mut line = house.line(&ana, 0).await;
    provider.signed_in(Colleague::new("1", "admin@cebela.example", "Ana"));
    let (status, signed_in) = sign_in(house.address, json!({})).await;
    assert_eq!((status, &signed_in["member"]), (200, &json!(ana.member)));
    assert!(
        line.closed().await.is_some(),
        "the old device is signed out"
    );
    let login = json!({ "email": "admin@cebela.example", "password": PASSWORD, "device": "x" });
    let (status, _) = house.post("/api/v1/login", None, &login).await;
    assert_eq!(status, 401, "the password is worth nothing any more");
    let ana: SignedIn = serde_json::from_value(signed_in).unwrap();
    assert_eq!(audited(&house, &ana).await[..2], ["login", "link"]);

    // The address is given to somebody else of the company.
    provider.signed_in(Colleague::new("2", "admin@cebela.example", "Eva"));
    let (status, problem) = sign_in(house.address, json!({})).await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("exists")),
        "{problem}"
    );
}

#[tokio::test]
async fn a_ticket_and_a_grant_belong_together_and_work_once() {
    let (house, provider) = open(false, false).await;
    let ana = house.org("cebela").await;
    let code = code(&house, &ana).await;
    provider.signed_in(Colleague::new("42", "bor@cebela.example", "Bor"));
    let (mine, theirs) = (
        through_the_browser(house.address).await,
        through_the_browser(house.address).await,
    );
    let mixed = Back {
        ticket: mine.ticket.clone(),
        grant: theirs.grant.clone(),
    };
    let more = json!({ "code": code });
    let (status, _) = finish(house.address, &mixed, more.clone()).await;
    assert_eq!(status, 401, "who began elsewhere has the wrong ticket");
    let (status, _) = finish(house.address, &theirs, more.clone()).await;
    assert_eq!(
        status, 401,
        "a grant that was tried with another ticket is gone"
    );
    let (status, _) = finish(house.address, &mine, more.clone()).await;
    assert_eq!(status, 200);
    let (status, _) = finish(house.address, &mine, more).await;
    assert_eq!(status, 401, "once");

    let start = json!({ "port": 40_000 });
    let (_, started) = house.post("/api/v1/oidc/start", None, &start).await;
    let url = started["url"].as_str().unwrap();
    let state = url
        .split("state=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let path = format!("{CALLBACK}?error=no&state={state}");
    let (status, _) = house.get(&path, "").await;
    assert_eq!(status, 303);
    let (status, page) = house.get(&path, "").await;
    assert_eq!(status, 400, "a state is used once");
    assert!(page.as_str().unwrap().contains("begin again"), "{page}");
    for path in [
        CALLBACK,
        "/api/v1/oidc/callback?code=x",
        "/api/v1/oidc/callback?state=x&code=y",
    ] {
        assert_eq!(house.get(path, "").await.0, 400, "{path}");
    }
}

#[tokio::test]
async fn nobody_comes_into_another_organisation() {
    let (house, provider) = open(true, false).await;
    let (cebela, osa) = (house.org("cebela").await, house.org("osa").await);
    provider.signed_in(Colleague::new("42", "bor@bor.example", "Bor"));
    let code_of_cebela = code(&house, &cebela).await;
    let (status, bor) = sign_in(house.address, json!({ "code": code_of_cebela })).await;
    assert_eq!(status, 200, "{bor}");
    let (status, _) = sign_in(house.address, json!({ "org": osa.org })).await;
    assert_eq!(status, 403, "a member of one is nobody in the other");
    let bor: SignedIn = serde_json::from_value(bor).unwrap();
    let (status, _) = house
        .get(&format!("/api/v1/orgs/{}/members", osa.org), &bor.token)
        .await;
    assert_eq!(status, 401);

    let code_of_osa = code(&house, &osa).await;
    let (status, there) = sign_in(house.address, json!({ "code": code_of_osa })).await;
    assert_eq!((status, &there["org"]), (200, &json!(osa.org)));
    let back = through_the_browser(house.address).await;
    let (status, problem) = finish(house.address, &back, json!({})).await;
    assert_eq!((status, &problem["code"]), (409, &json!("choose")));
    let (status, here) = finish(house.address, &back, json!({ "org": cebela.org })).await;
    assert_eq!(
        (status, &here["member"]),
        (200, &json!(bor.member)),
        "without the browser again"
    );
}

#[tokio::test]
async fn without_a_provider_there_is_nothing() {
    let house = House::open().await;
    let (_, ways) = house.get("/api/v1/sign-in", "").await;
    assert_eq!(ways, json!({ "company": null }));
    for (path, body) in [
        ("/api/v1/oidc/start", json!({ "port": 40_000 })),
        (
            "/api/v1/oidc/finish",
            json!({ "ticket": "x", "grant": "y", "device": "z" }),
        ),
    ] {
        assert_eq!(house.post(path, None, &body).await.0, 404, "{path}");
    }
    assert_eq!(house.get(CALLBACK, "").await.0, 400, "a page for people");
}

#[tokio::test]
async fn beginning_again_and_again_is_slowed_down() {
    let (house, provider) = open(false, false).await;
    let start = json!({ "port": 40_000 });
    let mut answers = Vec::new();
    for _ in 0..62 {
        answers.push(house.post("/api/v1/oidc/start", None, &start).await.0);
    }
    assert!(answers[..60].iter().all(|status| *status == 200));
    assert_eq!(answers[61], 429);
    assert_eq!(
        provider.discoveries(),
        1,
        "the provider notices nothing of it"
    );
    let low = json!({ "port": 22 });
    assert_eq!(house.post("/api/v1/oidc/start", None, &low).await.0, 400);
}

#[tokio::test]
async fn what_was_begun_on_one_node_comes_back_to_another() {
    let (postgres, provider) = (Postgres::start().unwrap(), OidcProvider::start().unwrap());
    let url = postgres.create_database("team").unwrap();
    let dir = TempDir::new().unwrap();
    let admin = |words: &[&str]| {
        let words = [&["admin", "--json", "--database-url", &url], words].concat();
        let output = run(dir.path(), &words);
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    admin(&[
        "create-org",
        "Čebela",
        "--admin",
        "ana@example.com",
        "--password-stdin",
    ]);
    let secret = dir.path().join("secret");
    std::fs::write(&secret, format!("{CLIENT_SECRET}\n")).unwrap();
    let company = [
        "--database-url",
        &url,
        "--oidc-issuer",
        provider.issuer(),
        "--oidc-client-id",
        CLIENT_ID,
        "--oidc-client-secret-file",
        secret.to_str().unwrap(),
    ];
    let two = Program::serve(dir.path(), &company);
    let public = format!("http://{}", two.address);
    let one = Program::serve(
        dir.path(),
        &[&company[..], &["--public-url", &public]].concat(),
    );
    provider.register(&format!("{public}{CALLBACK}"));
    provider.signed_in(Colleague::new("42", "bor@example.com", "Bor"));
    let invited = admin(&["invite", "Čebela"]);
    let more = json!({ "code": invited["code"] });
    let (status, bor) = sign_in(one.address, more).await;
    assert_eq!(
        status, 200,
        "begun and ended on one, the browser on two: {bor}"
    );
    let (status, again) = sign_in(two.address, json!({})).await;
    assert_eq!((status, &again["member"]), (200, &bor["member"]));
}
