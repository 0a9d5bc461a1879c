//! Joining by the company's own sign-in, and leaving so that the server knows it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;

use kontor_protocol::{OrgId, Role};
use kontor_server::core::clock::Clock;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::identity::Identity;
use kontor_server::core::storage::{SqliteStorage, Storage as _};
use kontor_server::http::doors::{Doors, HEAD};
use kontor_server::http::{App, CompanySettings};
use kontor_testkit::oidc::{CLIENT_ID, CLIENT_SECRET, browse};
use kontor_testkit::{Colleague, OidcProvider};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;

/// A team's server with a company behind it.
struct Company {
    _dir: TempDir,
    runtime: Runtime,
    provider: OidcProvider,
    storage: SqliteStorage,
    identity: Identity<SqliteStorage>,
    org: OrgId,
    address: SocketAddr,
    stop: CancellationToken,
    serving: Option<tokio::task::JoinHandle<()>>,
}

impl Company {
    fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (runtime, provider) = (Runtime::new().unwrap(), OidcProvider::start().unwrap());
        let storage = SqliteStorage::open(&dir.path().join("server.db")).unwrap();
        let identity = Identity::new(storage.clone(), Clock::system());
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let open = async {
            let made = identity.create_org("Hrast", "maja@hrast.example", "correct horse");
            let (org, _) = made.await.unwrap();
            let here = "127.0.0.1:0".parse().unwrap();
            let doors = Doors::open(here, None, HEAD).await.unwrap();
            let url = doors.url();
            provider.register(&format!("{url}/api/v1/oidc/callback"));
            let app = App::new(storage.clone(), Clock::system(), Limits::default(), &url);
            app.offer(CompanySettings {
                issuer: provider.issuer().into(),
                client_id: CLIENT_ID.into(),
                client_secret: Some(CLIENT_SECRET.into()),
                trusts_email: false,
                may_link: false,
            })
            .unwrap();
            let serving = runtime.spawn(async move {
                let stop = async move { stopped.cancelled().await };
                app.serve(doors, stop).await.unwrap();
            });
            (org, url, serving)
        };
        let (org, url, serving) = runtime.block_on(open);
        Self {
            _dir: dir,
            runtime,
            provider,
            storage,
            identity,
            org,
            address: url.strip_prefix("http://").unwrap().parse().unwrap(),
            stop,
            serving: Some(serving),
        }
    }

    fn link(&self) -> String {
        let invited = self.identity.invite(self.org, Role::Member, None);
        let code = self.runtime.block_on(invited).unwrap().code;
        format!("http://{}/join/{code}", self.address)
    }

    fn signed_out(&self, device: &str) -> bool {
        let devices = self.runtime.block_on(self.storage.devices(self.org));
        let devices = devices.unwrap();
        let found = devices.iter().find(|row| row.id.to_string() == device);
        found.unwrap().revoked_at.is_some()
    }

    fn close(&mut self) {
        self.stop.cancel();
        let serving = self.serving.take().unwrap();
        self.runtime.block_on(serving).unwrap();
    }
}

/// Joins as whoever the provider knows; the test is the browser.
fn join(desk: &Desk, words: &[&str]) -> (Option<i32>, String, String) {
    let mut joining = desk
        .command()
        .args(["--json", "team", "join", "--browser", "--no-open"])
        .args(words)
        .spawn()
        .unwrap();
    let mut err = BufReader::new(joining.stderr.take().unwrap());
    let mut line = String::new();
    err.read_line(&mut line).unwrap();
    let url = line.trim().rsplit(' ').next().unwrap_or_default();
    if url.starts_with("http://127.0.0.1:") {
        let (_, status, page) = browse(url).unwrap();
        assert_eq!(status, 200);
        assert!(page.contains("You can close this page"), "{page}");
        assert!(page.contains("lahko zaprete"), "{page}");
        line.clear();
    }
    std::io::Read::read_to_string(&mut err, &mut line).unwrap();
    let output = joining.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), out, line)
}

#[test]
fn a_colleague_joins_in_the_browser_and_leaves_signed_out() {
    let mut company = Company::open();
    let bor = Colleague::new("42", "bor@hrast.example", "Bor Novak");
    company.provider.signed_in(bor);
    let (desk, laptop, stranger) = (Desk::new(), Desk::new(), Desk::new());
    let link = company.link();
    let (code, out, err) = join(&desk, &[&link]);
    assert_eq!(code, Some(0), "{err}");
    let joined: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(joined["org"], company.org.to_string());
    desk.json(&["notes", "edit", "customer:7", "--append", "x"])
        .ok();
    assert_eq!(desk.json(&["team", "sync"]).ok().one()["queue"], 0);

    // The second computer with the same link, and the first one anew: the same person, nothing used up.
    let (code, out, err) = join(&laptop, &[&link]);
    assert_eq!(code, Some(0), "{err}");
    let again: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(again["member"], joined["member"]);
    let (code, _, err) = join(&desk, &[&link]);
    assert_eq!(code, Some(0), "{err}");

    company
        .provider
        .signed_in(Colleague::new("7", "eva@hrast.example", "Eva"));
    let (code, _, err) = join(&stranger, &[&link]);
    assert_eq!(code, Some(1), "the invitation was used: {err}");
    assert!(err.contains("invitation"), "{err}");
    assert_eq!(
        stranger.json(&["team", "status"]).ok().one()["state"],
        "alone"
    );

    let device = |desk: &Desk| desk.json(&["team", "status"]).ok().one()["device"].clone();
    let (here, there) = (device(&desk), device(&laptop));
    let left = desk.json(&["team", "leave"]).ok().one();
    assert_eq!(
        (&left["left"], &left["signed_out"]),
        (&true.into(), &true.into())
    );
    assert!(company.signed_out(here.as_str().unwrap()));
    assert!(
        !company.signed_out(there.as_str().unwrap()),
        "the other stays"
    );

    company.close();
    let left = laptop.run(&["team", "leave"]).ok().text();
    assert!(left.contains("ask an admin"), "{left}");
    assert_eq!(
        laptop.json(&["team", "status"]).ok().one()["state"],
        "alone"
    );
    assert!(!company.signed_out(there.as_str().unwrap()));
}

#[test]
fn what_does_not_go_together_is_said_at_once() {
    let desk = Desk::new();
    for words in [
        &["team", "join", "X", "--browser", "--password-stdin"][..],
        &["team", "join", "X", "--browser", "--email", "a@b.c"],
        &["team", "join", "X", "--no-open"],
    ] {
        desk.run(words).code(2);
    }
}
