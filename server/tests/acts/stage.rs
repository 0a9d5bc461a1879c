//! A company with its Metakocka, a hub, desks, and mirrors that are in a hurry.

use std::time::Duration;

use futures::channel::mpsc;
use futures::{SinkExt as _, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use kontor_protocol::{
    ACTS, Act, ActAsk, ActId, ActOutcome, ActState, ActStep, ClientFrame, DocumentName, FactKind,
    FactsState, Freshness, Hello, MirrorState, NewDocument, NewKind, NewLine, NewPartner, OrgId,
    ServerFrame, SignedIn, VERSION,
};
use kontor_server::core::clock::Clock;
use kontor_server::core::hub::Hub;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::identity::Identity;
use kontor_server::core::mirror::{Mirrors, Pace};
use kontor_server::core::sealing::Keys;
use kontor_server::core::session::{Heard, LineProblem};
use kontor_server::core::storage::{NewErp, SqliteStorage, Storage};
use kontor_simulators::metakocka::{Metakocka, Options};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Nothing a test waits for takes longer, however slow the machine: the runner ends it soon after. What takes longer is
/// broken, and says here what it waits for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(150);
const PASSWORD: &str = "correct horse";

pub(crate) struct Stage<S: Storage = SqliteStorage> {
    pub(crate) erp: Metakocka,
    pub(crate) storage: S,
    pub(crate) hub: Hub<S>,
    pub(crate) clock: Clock,
    pub(crate) org: OrgId,
    pub(crate) identity: Identity<S>,
    pub(crate) maja: SignedIn,
    pub(crate) keys: Keys,
    pub(crate) dir: TempDir,
    mirrors: Option<Mirrors>,
    running: TaskTracker,
}

/// Ten in the morning of the day after the newest of the books.
pub(crate) fn morning() -> Timestamp {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

/// Everything as quick as it goes; how long an answer is waited for is as in earnest, and how long a lost write may still
/// come too, by the clock that stands.
pub(crate) fn pace() -> Pace {
    Pace {
        look: Duration::from_secs(30),
        glance: Duration::from_millis(5),
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(20),
        settle: SignedDuration::from_mins(3),
        patience: |config| {
            config.pauses = Vec::new();
            config.breaker.first = Duration::from_millis(10);
            config.breaker.longest = Duration::from_millis(20);
        },
        ..Pace::default()
    }
}

/// Desks that wait say nothing meanwhile, and are not taken for gone by it.
pub(crate) fn limits() -> Limits {
    Limits {
        heartbeat: PATIENCE,
        ..Limits::default()
    }
}

impl Stage {
    /// Connected, everything mirrored.
    pub(crate) async fn open() -> Self {
        let dir = TempDir::new().unwrap();
        let storage = SqliteStorage::open(&dir.path().join("server.db")).unwrap();
        let mut stage = Self::on(storage, dir).await;
        stage.start();
        stage.mirrored().await;
        stage
    }
}

impl<S: Storage> Stage<S> {
    /// Connected; no node mirrors yet.
    pub(crate) async fn on(storage: S, dir: TempDir) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let clock = Clock::standing(morning());
        let identity = Identity::new(storage.clone(), clock.clone());
        let made = identity.create_org("hrast", "maja@hrastvijak.example", PASSWORD);
        let maja = identity.sign_in(made.await.unwrap(), "desk", "login");
        let maja = maja.await.unwrap();
        let stage = Self {
            erp: Metakocka::start(Options::small()).unwrap(),
            hub: Hub::new(storage.clone(), clock.clone(), limits()),
            storage,
            clock,
            org: maja.org,
            identity,
            maja,
            mirrors: None,
            keys: Keys::in_folder(dir.path()),
            running: TaskTracker::new(),
            dir,
        };
        stage.connect(stage.org, "one").await;
        stage
    }

    /// The server is another one from now on: what this storage holds is all it knows. Its node does not work yet.
    pub(crate) async fn set_back(&mut self, storage: S) {
        self.kill().await;
        self.hub.close().await;
        self.hub = Hub::new(storage.clone(), self.clock.clone(), limits());
        self.identity = Identity::new(storage.clone(), self.clock.clone());
        self.storage = storage;
    }

    pub(crate) async fn connect(&self, org: OrgId, life: &str) {
        let erp = NewErp {
            base_url: self.erp.base_url().to_owned(),
            company_id: self.erp.company_id().to_owned(),
            sealed_key: self.keys.seal(org, self.erp.secret_key()).unwrap(),
            life: life.to_owned(),
            at: self.clock.now(),
        };
        self.storage.connect_erp(org, erp).await.unwrap();
    }

    /// A node begins to mirror and to write.
    pub(crate) fn start(&mut self) {
        self.start_with(pace());
    }

    /// One with a pace of its own.
    pub(crate) fn start_with(&mut self, pace: Pace) {
        let (storage, clock, keys) = (self.storage.clone(), self.clock.clone(), self.keys.clone());
        self.mirrors = Some(Mirrors::start(storage, clock, keys, pace));
    }

    /// The node dies in the middle of whatever it does; another one comes when its lease has run out.
    pub(crate) async fn kill(&mut self) {
        if let Some(mirrors) = self.mirrors.take() {
            mirrors.close().await;
        }
        self.later(31);
    }

    /// Lets time go by.
    pub(crate) fn later(&self, seconds: i64) {
        self.clock.set(self.clock.after(seconds));
    }

    pub(crate) async fn mirrored(&self) {
        self.until(|state| state.state == MirrorState::Live).await;
    }

    /// Waits until there is nothing left to read: time stands, so that no node asks for anything by itself any more.
    pub(crate) async fn read_whole(&self) {
        let goods = |f: &Freshness| f.kind == FactKind::Product;
        self.until(|state| state.state == MirrorState::Live && state.fresh.iter().any(goods))
            .await;
        let bare = || self.storage.bare_customers(self.org, 1);
        while !bare().await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn until(&self, wanted: impl Fn(&FactsState) -> bool) {
        for _ in 0..4000 {
            if wanted(&self.storage.facts_state(self.org).await.unwrap()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("not mirrored in twenty seconds");
    }

    /// A line of somebody.
    pub(crate) async fn desk(&self, who: &SignedIn) -> Desk {
        self.desk_at(&self.hub, &Handle::current(), who).await
    }

    /// A line of somebody to a node that lives in a runtime of its own.
    pub(crate) async fn desk_at(&self, hub: &Hub<S>, life: &Handle, who: &SignedIn) -> Desk {
        let (out, incoming) = mpsc::channel(4);
        let (outgoing, frames) = mpsc::channel(4);
        let hub = hub.clone();
        self.running
            .spawn_on(async move { hub.attach(incoming, outgoing).await }, life);
        let mut desk = Desk { out, frames };
        let hello = Hello {
            version: VERSION,
            token: who.token.clone(),
            device: who.device,
            cursor: 0,
            epoch: None,
            capabilities: vec![ACTS.to_owned()],
            snapshot: None,
        };
        desk.say(&ClientFrame::Hello(hello)).await;
        let can = desk
            .find(|frame| match frame {
                ServerFrame::Welcome(welcome) => Some(welcome.capabilities),
                _ => None,
            })
            .await;
        assert!(can.iter().any(|word| word == ACTS), "{can:?}");
        desk
    }

    /// Asks again and again until nothing is under way. Time goes by, but never before a node has done what is due: however
    /// slow the machine, no lease runs out and no yes becomes too old behind the back of a node that works.
    pub(crate) async fn settled(&self, desk: &mut Desk, id: ActId) -> ActOutcome {
        let settled = async {
            loop {
                let outcome = desk.ask(id).await;
                if !outcome.state.is_under_way() {
                    return outcome;
                }
                let now = self.clock.now();
                let due = self.storage.due_acts(self.org, now, 1).await.unwrap();
                if due.is_empty() {
                    self.later(5);
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, settled)
            .await
            .expect("nothing is under way any more")
    }

    /// A call as somebody else makes it.
    pub(crate) async fn call(&self, path: &str, mut body: Value) -> Value {
        body["secret_key"] = json!(self.erp.secret_key());
        body["company_id"] = json!(self.erp.company_id());
        let url = format!("{}{path}", self.erp.base_url());
        let answer = reqwest::Client::new().post(url).json(&body).send().await;
        answer.unwrap().json().await.unwrap()
    }

    /// How often something of this trace was written.
    pub(crate) fn written(&self, id: ActId) -> u64 {
        let writes = self.erp.statistics().writes;
        writes
            .get(&format!("kontor:{id}"))
            .copied()
            .unwrap_or_default()
    }

    /// How often a call was carried out.
    pub(crate) fn applied(&self, call: &str) -> u64 {
        let applied = self.erp.statistics().applied;
        let of = |(path, _): &(&String, &u64)| path.rsplit('/').next() == Some(call);
        applied.iter().filter(of).map(|(_, n)| *n).sum()
    }

    /// How many partners have this tax number.
    pub(crate) async fn partners(&self, tax_number: &str) -> usize {
        let answer = self.call(
            "/rest/eshop/v1/get_partner",
            json!({ "partner_tax_number": tax_number }),
        );
        match &answer.await["partner_list"] {
            Value::Array(list) => list.len(),
            Value::Object(_) => 1,
            _ => 0,
        }
    }

    /// A customer within the country.
    pub(crate) async fn customer(&self) -> String {
        let rows = self.storage.customers_after(self.org, 0, 10).await.unwrap();
        rows.into_iter().next().unwrap().id
    }

    /// Codes of products that have stock.
    pub(crate) async fn codes(&self) -> Vec<String> {
        let query = json!({ "limit": "5", "sales": "true" });
        let answer = self.call("/rest/eshop/v1/json/product_list", query).await;
        let list = answer["product_list"].as_array().unwrap();
        let code = |product: &Value| product["code"].as_str().unwrap().to_owned();
        list.iter().map(code).collect()
    }

    pub(crate) async fn order(&self) -> Act {
        let code = self.codes().await.remove(0);
        Act::AddDocument(NewDocument {
            what: NewKind::Order,
            customer: self.customer().await,
            date: "2026-11-20".parse().unwrap(),
            currency: "EUR".to_owned(),
            until: Some("2026-12-04".parse().unwrap()),
            their_number: "PO-77".to_owned(),
            title: "Police za skladišče".to_owned(),
            notes: "Dostava pred 8. uro.\nHvala!".to_owned(),
            lines: vec![NewLine {
                code,
                amount: "3".parse().unwrap(),
                price: Some("10.10".parse().unwrap()),
                discount: "5".parse().unwrap(),
                tax: Some("22".parse().unwrap()),
            }],
        })
    }

    /// The newest order, as it is named.
    pub(crate) async fn newest_order(&self) -> DocumentName {
        self.newest("sales_order").await
    }

    /// The newest document of a type.
    pub(crate) async fn newest(&self, doc_type: &str) -> DocumentName {
        let body = json!({ "doc_type": doc_type, "order_direction": "desc", "limit": "1" });
        let answer = self.call("/rest/eshop/v1/search", body).await;
        let row = match &answer["result"] {
            Value::Array(list) => list[0].clone(),
            row => row.clone(),
        };
        DocumentName {
            id: row["mk_id"].as_str().unwrap().to_owned(),
            doc_type: doc_type.to_owned(),
        }
    }

    /// The lines of the audit log about writes, newest first.
    pub(crate) async fn audit(&self) -> Vec<String> {
        let log = self.storage.audit_log(self.org, 1000).await.unwrap();
        let ours = log.into_iter().filter(|line| line.action == "erp write");
        ours.map(|line| {
            assert!(line.member.is_some(), "it says who");
            line.detail
        })
        .collect()
    }

    pub(crate) async fn close(mut self) {
        if let Some(mirrors) = self.mirrors.take() {
            mirrors.close().await;
        }
        self.hub.close().await;
        self.running.close();
        self.running.wait().await;
        let unknown = self.erp.statistics().unknown_fields;
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

/// The customer that most of these stories add.
pub(crate) fn novak() -> Act {
    partner(
        "Novak mizarstvo",
        "SI99887766",
        "nina@novak-mizarstvo.example",
    )
}

pub(crate) fn partner(name: &str, tax_number: &str, email: &str) -> Act {
    Act::AddPartner(NewPartner {
        name: name.to_owned(),
        company: true,
        taxpayer: true,
        tax_number: tax_number.to_owned(),
        street: "Cesta 5".to_owned(),
        post_number: "4000".to_owned(),
        place: "Kranj".to_owned(),
        country: "Slovenija".to_owned(),
        contact: "Nina Novak".to_owned(),
        email: email.to_owned(),
        phone: "+386 40 111 222".to_owned(),
        ..NewPartner::default()
    })
}

pub(crate) fn id() -> ActId {
    ActId(Uuid::now_v7())
}

/// Somebody's line.
pub(crate) struct Desk {
    out: mpsc::Sender<Result<Heard, LineProblem>>,
    frames: mpsc::Receiver<String>,
}

impl Desk {
    pub(crate) async fn say(&mut self, frame: &ClientFrame) {
        let text = serde_json::to_string(frame).unwrap();
        let said = self.out.send(Ok(Heard::Frame(text))).await;
        if said.is_err() {
            let left: Vec<String> = self.frames.by_ref().collect().await;
            panic!("the line ended: {left:?}");
        }
    }

    /// Leaves unheard what is told of what was asked until now: acts are answered in the order they are asked for.
    async fn forget(&mut self) {
        let nobody = id();
        self.send(nobody, ActStep::Ask, None, "").await;
        self.told(nobody).await;
    }

    async fn find<T>(&mut self, wanted: impl Fn(ServerFrame) -> Option<T>) -> T {
        let found = async {
            loop {
                let text = self.frames.next().await.expect("the hub goes on");
                if let Some(found) = wanted(serde_json::from_str(&text).unwrap()) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, found)
            .await
            .expect("it is told")
    }

    pub(crate) async fn send(&mut self, id: ActId, step: ActStep, act: Option<&Act>, seen: &str) {
        let ask = ActAsk {
            id,
            step,
            act: act.cloned(),
            seen: seen.to_owned(),
        };
        self.say(&ClientFrame::ErpAct(Box::new(ask))).await;
    }

    /// What is told of an act next.
    pub(crate) async fn told(&mut self, id: ActId) -> ActOutcome {
        self.find(|frame| match frame {
            ServerFrame::ErpTold(told) if told.id == id => Some(told.outcome),
            _ => None,
        })
        .await
    }

    pub(crate) async fn preview(&mut self, id: ActId, act: &Act) -> ActOutcome {
        self.forget().await;
        self.send(id, ActStep::Preview, Some(act), "").await;
        self.told(id).await
    }

    /// A preview that can be confirmed.
    pub(crate) async fn token(&mut self, id: ActId, act: &Act) -> String {
        let outcome = self.preview(id, act).await;
        let preview = outcome.preview.clone();
        let token = preview.map(|p| p.token).unwrap_or_default();
        assert!(!token.is_empty(), "it can be done: {outcome:#?}");
        token
    }

    /// Says yes and waits for the last word.
    pub(crate) async fn confirm(&mut self, id: ActId, act: &Act, token: &str) -> ActOutcome {
        self.forget().await;
        self.send(id, ActStep::Do, Some(act), token).await;
        self.last(id).await
    }

    /// The next word that is the last one.
    pub(crate) async fn last(&mut self, id: ActId) -> ActOutcome {
        loop {
            let outcome = self.told(id).await;
            if !outcome.state.is_under_way() {
                return outcome;
            }
        }
    }

    pub(crate) async fn ask(&mut self, id: ActId) -> ActOutcome {
        self.forget().await;
        self.send(id, ActStep::Ask, None, "").await;
        self.told(id).await
    }

    /// Looks, says yes, and expects it to be written.
    pub(crate) async fn done(&mut self, act: &Act) -> (ActId, ActOutcome) {
        let id = id();
        let token = self.token(id, act).await;
        let outcome = self.confirm(id, act, &token).await;
        assert_eq!(outcome.state, ActState::Written, "{outcome:#?}");
        (id, outcome)
    }
}

/// A value of a preview.
pub(crate) fn field(outcome: &ActOutcome, name: &str) -> (String, String) {
    let preview = outcome.preview.as_ref().expect("a preview");
    let field = preview.fields.iter().find(|field| field.name == name);
    let field = field.unwrap_or_else(|| panic!("no {name} in {preview:#?}"));
    (field.before.clone(), field.value.clone())
}
