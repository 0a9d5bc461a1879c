//! A company with its Metakocka, a storage, and mirrors that are in a hurry.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use kontor_protocol::{
    CustomerCard, Document, FactKind, FactsState, MemberId, MirrorState, OrgId, ProductRow,
};
use kontor_server::core::clock::Clock;
use kontor_server::core::mirror::{Mirrors, Pace};
use kontor_server::core::sealing::Keys;
use kontor_server::core::storage::{Facts as _, NewErp, NewOrg, SqliteStorage, Storage as _};
use kontor_simulators::metakocka::{Metakocka, Options};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) struct Company {
    pub(crate) erp: Metakocka,
    pub(crate) storage: SqliteStorage,
    pub(crate) org: OrgId,
    pub(crate) clock: Clock,
    keys: Keys,
    _dir: TempDir,
}

/// Ten in the morning of the day after the newest of the books.
pub(crate) fn morning() -> Timestamp {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

/// The latest moment at which all of a kind dated on or after a day was known; `None` for a day: of all days.
pub(crate) fn known_from(
    state: &FactsState,
    kind: FactKind,
    from: Option<jiff::civil::Date>,
) -> Option<Timestamp> {
    let reaches = |f: &&kontor_protocol::Freshness| f.kind == kind && f.from <= from;
    state.fresh.iter().filter(reaches).map(|f| f.at).max()
}

/// Until when all of a kind is known.
pub(crate) fn covered(state: &FactsState, kind: FactKind) -> Option<Timestamp> {
    let all = state
        .fresh
        .iter()
        .filter(|f| f.kind == kind && f.from.is_none());
    all.map(|f| f.at).max()
}

impl Company {
    /// Connected, nothing read yet.
    pub(crate) async fn new(options: Options) -> Self {
        // Another test of this process may have been first.
        drop(rustls::crypto::ring::default_provider().install_default());
        let dir = TempDir::new().unwrap();
        let storage = SqliteStorage::open(&dir.path().join("server.db")).unwrap();
        let keys = Keys::in_folder(dir.path());
        let org = OrgId(Uuid::new_v4());
        let new = NewOrg {
            id: org,
            name: "Hrast & Vijak".to_owned(),
            thread_key: "ab".repeat(32),
            admin: MemberId(Uuid::new_v4()),
            email: "maja@hrastvijak.example".to_owned(),
            password: "$argon2id$v=19$maja".to_owned(),
            now: morning(),
        };
        storage.create_org(new).await.unwrap();
        let company = Self {
            erp: Metakocka::start(options).unwrap(),
            storage,
            org,
            clock: Clock::standing(morning()),
            keys,
            _dir: dir,
        };
        company.connect(&company.erp, "one").await;
        company
    }

    /// Enters an address and its key.
    pub(crate) async fn connect(&self, erp: &Metakocka, life: &str) {
        let erp = NewErp {
            base_url: erp.base_url().to_owned(),
            company_id: erp.company_id().to_owned(),
            sealed_key: self.keys.seal(self.org, erp.secret_key()).unwrap(),
            life: life.to_owned(),
            at: self.clock.now(),
        };
        self.storage.connect_erp(self.org, erp).await.unwrap();
    }

    pub(crate) fn mirrors(&self) -> Mirrors {
        self.mirrors_with(|_| {})
    }

    /// With another pace.
    pub(crate) fn mirrors_with(&self, change: impl FnOnce(&mut Pace)) -> Mirrors {
        let mut pace = Pace {
            // Only when asked: the clock stands.
            look: Duration::from_secs(30),
            sweep: Duration::ZERO,
            glance: Duration::from_millis(5),
            first_pause: Duration::from_millis(5),
            longest_pause: Duration::from_millis(20),
            settle: jiff::SignedDuration::from_mins(3),
            patience: |config| {
                config.pauses = Vec::new();
                config.breaker.first = Duration::from_millis(10);
                config.breaker.longest = Duration::from_millis(20);
            },
            ..Pace::default()
        };
        change(&mut pace);
        Mirrors::start(
            self.storage.clone(),
            self.clock.clone(),
            self.keys.clone(),
            pace,
        )
    }

    /// Moves the clock on and waits until a look begun after that has ended.
    pub(crate) async fn look(&self) {
        let now = self.clock.after(1);
        self.clock.set(now);
        assert!(self.storage.ask_look(self.org, now).await.unwrap());
        self.until("the look is done", |state| {
            state.state != MirrorState::Behind && state.last_at >= Some(now)
        })
        .await;
    }

    /// Lets half an hour go by, and waits until everything was walked over again and everybody asked for.
    pub(crate) async fn round(&self) {
        let later = self.clock.after(1801);
        self.clock.set(later);
        self.until("the sweep is done", |state| {
            let kinds = [FactKind::Offer, FactKind::Order, FactKind::Invoice];
            kinds
                .iter()
                .all(|kind| covered(state, *kind) >= Some(later))
        })
        .await;
        self.filled().await;
        let mut left = self.not_asked_since(later).await;
        while left > 0 {
            left = self.fewer_not_asked(left, later).await;
        }
    }

    /// When the customer that was not asked for longest was asked for.
    pub(crate) async fn stalest(&self) -> Option<Timestamp> {
        let stalest = self.storage.stalest_customers(self.org, 1).await.unwrap();
        stalest.first().map(|(_, at)| *at)
    }

    /// How many customers were not asked for since then.
    pub(crate) async fn not_asked_since(&self, then: Timestamp) -> usize {
        let all = self.storage.stalest_customers(self.org, 1_000_000).await;
        let before = |(_, at): &&(String, Timestamp)| *at < then;
        all.unwrap().iter().filter(before).count()
    }

    /// Waits until fewer customers than these were not asked for since then.
    pub(crate) async fn fewer_not_asked(&self, than: usize, then: Timestamp) -> usize {
        for _ in 0..2000 {
            let left = self.not_asked_since(then).await;
            if left < than {
                return left;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{than} customers were not asked for");
    }

    /// Waits until the state is as wanted.
    pub(crate) async fn until(
        &self,
        what: &str,
        wanted: impl Fn(&FactsState) -> bool,
    ) -> FactsState {
        let mut last = None;
        for _ in 0..2000 {
            let state = self.storage.facts_state(self.org).await.unwrap();
            if wanted(&state) {
                return state;
            }
            last = Some(state);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("not in twenty seconds: {what}; {last:#?}");
    }

    /// Waits until everything was read once and every customer is known.
    pub(crate) async fn mirrored(&self) -> FactsState {
        let state = self
            .until("everything was read", |s| s.state == MirrorState::Live)
            .await;
        self.filled().await;
        state
    }

    async fn filled(&self) {
        for _ in 0..2000 {
            let bare = self.storage.bare_customers(self.org, 1).await.unwrap();
            if bare.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("customers are still bare");
    }

    /// All that is mirrored: customers by id, documents by id.
    pub(crate) async fn mirror(
        &self,
    ) -> (BTreeMap<String, CustomerCard>, BTreeMap<String, Document>) {
        let (mut cards, mut documents) = (BTreeMap::new(), BTreeMap::new());
        let rows = self
            .storage
            .customers_after(self.org, 0, 1_000_000)
            .await
            .unwrap();
        for row in rows.into_iter().filter(|row| !row.gone) {
            let dossier = self
                .storage
                .dossier_after(self.org, row.id.clone(), 0, 1_000_000)
                .await
                .unwrap();
            cards.insert(row.id, dossier.0.expect("a customer has a card"));
            let there = dossier.1.into_iter().filter(|d| !d.gone);
            documents.extend(there.map(|d| (d.id.clone(), d)));
        }
        (cards, documents)
    }

    /// What of a type there is, as the ERP itself counts.
    pub(crate) async fn count(&self, doc_type: &str) -> u64 {
        let answer = self.ask(
            "/rest/eshop/v1/search",
            json!({ "doc_type": doc_type, "limit": "1" }),
        );
        let total = answer.await["result_all_records"].clone();
        total.as_str().expect("a text").parse().unwrap()
    }

    /// A call as somebody else makes it.
    pub(crate) async fn ask(&self, path: &str, mut body: serde_json::Value) -> serde_json::Value {
        body["secret_key"] = json!(self.erp.secret_key());
        body["company_id"] = json!(self.erp.company_id());
        let url = format!("{}{path}", self.erp.base_url());
        let answer = reqwest::Client::new().post(url).json(&body).send().await;
        answer.unwrap().json().await.unwrap()
    }
}

impl Company {
    pub(crate) async fn storage_state(&self) -> FactsState {
        self.storage.facts_state(self.org).await.unwrap()
    }

    /// All products that are mirrored, by code.
    pub(crate) async fn products(&self) -> BTreeMap<String, ProductRow> {
        let rows = self.storage.products_after(self.org, 0, 1_000_000).await;
        let there = rows.unwrap().into_iter().filter(|row| !row.gone);
        there.map(|row| (row.code.clone(), row)).collect()
    }
}
