//! A team with its server and its Metakocka, and the line of its desks.

use std::time::{Duration, Instant};

use kontor_engine::auth::Secret;
use kontor_engine::protocol::{ErpRequest, OrgId, Role};
use kontor_engine::{Config, Engine, Profile, TeamForm};
use kontor_server::core::clock::Clock;
use kontor_server::core::connecting::{connect, disconnect};
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::identity::Identity;
use kontor_server::core::mirror::{Mirrors, Pace};
use kontor_server::core::sealing::Keys;
use kontor_server::core::storage::{Facts as _, SqliteStorage, Storage as _};
use kontor_server::http::App;
use kontor_server::http::doors::{Doors, HEAD};
use kontor_simulators::metakocka::{Metakocka, Options};
use kontor_testkit::FaultProxy;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Nothing waited for takes longer, however slow the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);
const PASSWORD: &str = "correct horse";

pub(crate) struct House {
    pub(crate) erp: Metakocka,
    /// Between desks and the server.
    pub(crate) line: FaultProxy,
    pub(crate) storage: SqliteStorage,
    pub(crate) org: OrgId,
    life: Option<Life>,
    port: u16,
    dir: TempDir,
}

/// The server's process, as far as it makes a difference: what serves desks, and what mirrors and writes.
struct Life {
    serving: tokio::task::JoinHandle<()>,
    mirrors: Mirrors,
}

impl Life {
    async fn begin(dir: &TempDir, storage: &SqliteStorage, port: u16) -> (Self, u16) {
        let (clock, keys) = (Clock::system(), Keys::in_folder(dir.path()));
        let doors = Doors::open(([127, 0, 0, 1], port).into(), None, HEAD);
        let doors = doors.await.unwrap();
        let port = doors.url().rsplit(':').next().unwrap().parse().unwrap();
        let limits = Limits::default();
        let app = App::new(storage.clone(), clock.clone(), limits, &doors.url());
        let serving = async move { app.serve(doors, std::future::pending()).await.unwrap() };
        let serving = tokio::runtime::Handle::current().spawn(serving);
        let pace = Pace {
            glance: Duration::from_millis(50),
            ..Pace::default()
        };
        let mirrors = Mirrors::start(storage.clone(), clock, keys, pace);
        (Self { serving, mirrors }, port)
    }
}

impl House {
    /// A server with its company's Metakocka, from now on mirrored.
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    /// With what stands in the books before they are read.
    pub(crate) async fn open_with(write: impl FnOnce(&Metakocka)) -> Self {
        let dir = TempDir::new().unwrap();
        let storage = SqliteStorage::open(&dir.path().join("server.db")).unwrap();
        let (clock, keys) = (Clock::system(), Keys::in_folder(dir.path()));
        let (life, port) = Life::begin(&dir, &storage, 0).await;
        let identity = Identity::new(storage.clone(), clock.clone());
        let made = identity.create_org("Hrast", "admin@hrastvijak.example", PASSWORD);
        let (org, admin) = made.await.unwrap();
        let erp = Metakocka::start(Options::small()).unwrap();
        write(&erp);
        let request = ErpRequest {
            base_url: erp.base_url().to_owned(),
            company: erp.company_id().to_owned(),
            key: erp.secret_key().to_owned(),
        };
        let connected = connect((&storage, &clock), &keys, (org, Some(admin)), &request);
        connected.await.unwrap();
        Self {
            line: FaultProxy::before(port).unwrap(),
            life: Some(life),
            erp,
            storage,
            org,
            port,
            dir,
        }
    }

    /// The server dies in the middle of whatever it does.
    pub(crate) async fn kill(&mut self) {
        let life = self.life.take().unwrap();
        life.serving.abort();
        drop(life.serving.await);
        self.line.cut();
        life.mirrors.close().await;
    }

    /// It begins anew with what lies on the disk.
    pub(crate) async fn revive(&mut self) {
        self.storage = SqliteStorage::open(&self.dir.path().join("server.db")).unwrap();
        let life = Life::begin(&self.dir, &self.storage, self.port).await;
        self.life = Some(life.0);
    }

    pub(crate) async fn join(&self, engine: &Engine) {
        self.join_as(engine, "Maja Hrast", "maja@hrastvijak.example")
            .await;
    }

    pub(crate) async fn join_as(&self, engine: &Engine, name: &str, email: &str) {
        let identity = Identity::new(self.storage.clone(), Clock::system());
        let invited = identity.invite(self.org, Role::Member, None).await.unwrap();
        let form = TeamForm {
            link: invited.code,
            server: Some(format!("http://127.0.0.1:{}", self.line.port())),
            name: Some(name.into()),
            email: email.into(),
            password: Secret::new(PASSWORD),
            device: "desk".into(),
            ca_pem: None,
        };
        engine.team_join(form).await.unwrap();
    }

    /// No line goes through, and none that is open goes on.
    pub(crate) fn cut(&self) {
        self.line.refuse().unwrap();
        self.line.cut();
    }

    pub(crate) fn restore(&self) {
        self.line.admit().unwrap();
    }

    /// The code of a product that is sold, once products are mirrored.
    pub(crate) async fn product(&self) -> String {
        until("the products", || async {
            let rows = self.storage.products_after(self.org, 0, 100).await.unwrap();
            let mut sold = rows
                .into_iter()
                .filter(|row| !row.gone && !row.prices.is_empty());
            sold.next().map(|row| row.code)
        })
        .await
    }

    /// An admin disconnects the company.
    pub(crate) async fn disconnect(&self) {
        let from = (&self.storage, &Clock::system());
        disconnect(from, (self.org, None), false).await.unwrap();
    }

    /// How often an act was written.
    pub(crate) fn written(&self, id: &str) -> u64 {
        let writes = self.erp.statistics().writes;
        let written = writes.get(&format!("kontor:{id}"));
        written.copied().unwrap_or_default()
    }

    /// What the audit log says of writes.
    pub(crate) async fn audit(&self) -> Vec<String> {
        let log = self.storage.audit_log(self.org, 100).await.unwrap();
        let ours = log.into_iter().filter(|line| line.action == "erp write");
        ours.map(|line| line.detail).collect()
    }
}

/// The files Metakocka has at an order.
pub(crate) async fn attached(erp: &Metakocka, order: &str) -> Vec<Vec<u8>> {
    let body = json!({
        "secret_key": erp.secret_key(), "company_id": erp.company_id(),
        "doc_type": "sales_order", "doc_id": order, "show_attachments": "true",
    });
    let url = format!("{}/rest/eshop/v1/get_document", erp.base_url());
    drop(rustls::crypto::ring::default_provider().install_default());
    let (web, mut files) = (reqwest::Client::new(), Vec::new());
    let answer = web.post(url).body(body.to_string());
    let answer = answer
        .header("content-type", "application/json")
        .send()
        .await;
    let answer: Value = serde_json::from_str(&answer.unwrap().text().await.unwrap()).unwrap();
    let listed = match &answer["attachment_list"] {
        Value::Array(list) => list.clone(),
        Value::Object(one) => vec![Value::Object(one.clone())],
        _ => Vec::new(),
    };
    for file in listed {
        let there = web.get(file["source_url"].as_str().unwrap()).send().await;
        files.push(there.unwrap().bytes().await.unwrap().to_vec());
    }
    files
}

/// An engine on this folder; one that was killed there may take a moment to be gone.
pub(crate) async fn open(dir: &TempDir) -> Engine {
    let config = || Config {
        keychain: Some(format!("file:{}", dir.path().join("keys.json").display())),
        ..Config::default()
    };
    until("the profile", || async {
        let profile = Profile::open(dir.path().join("profile")).ok()?;
        Engine::open(profile, config()).await.ok()
    })
    .await
}

/// Waits until `look` answers something.
pub(crate) async fn until<T, F>(what: &str, look: impl Fn() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
