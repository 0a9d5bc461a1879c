//! Several nodes on one PostgreSQL, killed as `kill -9` does it: what one had under way the other takes up, looks for, and
//! never sends again.

use std::collections::BTreeMap;
use std::time::Duration;

use kontor_protocol::{Act, ActId, ActOutcome, ActState, ActStep, NewPayment, SignedIn};
use kontor_server::core::connecting::disconnect;
use kontor_server::core::hub::Hub;
use kontor_server::core::mirror::Mirrors;
use kontor_server::core::storage::{Acts as _, PostgresStorage};
use kontor_simulators::metakocka::{Fault, Metakocka, Options};
use kontor_testkit::Postgres;
use rstest::rstest;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::task::block_in_place;

use crate::chance::Chance;
use crate::stage::{Desk, PATIENCE, Stage, id, limits, novak, pace, partner};

/// Of each case: few enough for a busy machine.
const SEEDS: u64 = 4;

/// A server program: its own runtime, its own connections to the database.
struct Node {
    runtime: Runtime,
    hub: Hub<PostgresStorage>,
    // Never closed: whoever is killed says no goodbye and gives no lease back.
    _mirrors: Mirrors,
}

/// Two places for nodes, and one more handle on their database that lives through all of it.
struct Nodes {
    stage: Stage<PostgresStorage>,
    at: [Option<Node>; 2],
    url: String,
    _postgres: Postgres,
}

impl Nodes {
    /// Both live; the first one leads, and has mirrored everything.
    async fn open() -> Self {
        let postgres = Postgres::start().unwrap();
        let url = postgres.create_database("team").unwrap();
        let storage = PostgresStorage::connect(&url).await.unwrap();
        let mut nodes = Self {
            stage: Stage::on(storage, TempDir::new().unwrap()).await,
            at: [None, None],
            url,
            _postgres: postgres,
        };
        nodes.start(0).await;
        nodes.stage.mirrored().await;
        nodes.start(1).await;
        nodes
    }

    async fn start(&mut self, place: usize) {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (url, clock, keys) = (
            self.url.clone(),
            self.stage.clock.clone(),
            self.stage.keys.clone(),
        );
        let began = runtime.spawn(async move {
            let storage = PostgresStorage::connect(&url).await.unwrap();
            let hub = Hub::new(storage.clone(), clock.clone(), limits());
            (hub, Mirrors::start(storage, clock, keys, pace()))
        });
        let (hub, mirrors) = began.await.unwrap();
        self.at[place] = Some(Node {
            runtime,
            hub,
            _mirrors: mirrors,
        });
    }

    /// Everything of it stops where it is: calls in the air, transactions half way, lines. Afterwards nothing of it moves
    /// any more, so that it does not renew its lease by a clock that was set on meanwhile.
    fn kill(&mut self, place: usize) {
        if let Some(node) = self.at[place].take() {
            block_in_place(|| node.runtime.shutdown_timeout(PATIENCE));
        }
    }

    async fn desk(&self, place: usize, who: &SignedIn) -> Desk {
        let node = self.at[place].as_ref().expect("the node lives");
        let life = node.runtime.handle();
        self.stage.desk_at(&node.hub, life, who).await
    }

    /// A second line of the same person.
    async fn laptop(&self) -> SignedIn {
        let identity = &self.stage.identity;
        let who = (self.stage.org, self.stage.maja.member);
        identity.sign_in(who, "laptop", "login").await.unwrap()
    }

    async fn state(&self, id: ActId) -> ActState {
        let row = self.stage.storage.act(self.stage.org, id).await.unwrap();
        row.expect("it is planned").outcome.state
    }

    async fn close(mut self) {
        self.kill(0);
        self.kill(1);
        self.stage.close().await;
    }
}

/// Where the node is when it dies.
#[derive(Clone, Copy, Debug)]
enum Dies {
    /// The answer of the write is on its way.
    BeforeTheAnswer,
    /// It was written, and is being read back.
    BeforeTheReadBack,
    /// The call was carried out, and its answer is lost for everybody.
    WithTheAnswerLost,
}

#[rstest]
#[case::before_the_answer(Dies::BeforeTheAnswer)]
#[case::before_the_read_back(Dies::BeforeTheReadBack)]
#[case::with_the_answer_lost(Dies::WithTheAnswerLost)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_node_had_sent_the_other_one_finds(#[case] dies: Dies) {
    let mut nodes = Nodes::open().await;
    let act = nodes.stage.order().await;
    let act_id = id();
    let mut desk = nodes.desk(1, &nodes.stage.maja).await;
    let token = desk.token(act_id, &act).await;
    let erp = &nodes.stage.erp;
    let reads = ["get_document", "search"];
    let asked = |erp: &Metakocka| reads.map(|call| erp.statistics().calls_of(call));
    erp.hold("put_document");
    if matches!(dies, Dies::WithTheAnswerLost) {
        erp.fail_call("put_document", 1, Fault::DropAfter);
    }
    desk.send(act_id, ActStep::Do, Some(&act), &token).await;
    while nodes.stage.written(act_id) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    if !matches!(dies, Dies::BeforeTheAnswer) {
        let before = asked(erp);
        for call in reads {
            erp.hold(call);
        }
        erp.let_go("put_document");
        while asked(erp) == before {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    // The first one leads: it has never given its lease back, and time stood.
    nodes.kill(0);
    nodes.stage.erp.well();
    nodes.stage.later(31);
    assert_eq!(nodes.state(act_id).await, ActState::Sent);
    let sent = nodes.stage.erp.statistics().calls_of("put_document");
    let outcome = nodes.stage.settled(&mut desk, act_id).await;
    assert_eq!(outcome.state, ActState::Written, "{outcome:#?}");
    assert_eq!(outcome.differences, [], "it was read back all the same");
    assert_eq!(nodes.stage.written(act_id), 1);
    let asked = nodes.stage.erp.statistics();
    assert_eq!(asked.calls_of("put_document"), sent, "no second try");
    assert_eq!(nodes.stage.audit().await.len(), 1, "one line says it");
    nodes.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_disconnected_no_node_reads_or_writes_any_more() {
    let mut nodes = Nodes::open().await;
    let (act, act_id) = (nodes.stage.order().await, id());
    let mut desk = nodes.desk(1, &nodes.stage.maja).await;
    let token = desk.token(act_id, &act).await;
    nodes.stage.read_whole().await;
    let before = nodes.stage.erp.statistics().calls;
    // Neither node is told: a command of the server's does it, on a handle of its own.
    let from = (&nodes.stage.storage, &nodes.stage.clock);
    let by = (nodes.stage.org, None);
    disconnect(from, by, false).await.unwrap();
    let outcome = desk.confirm(act_id, &act, &token).await;
    assert_eq!(outcome.state, ActState::Refused);
    assert!(outcome.why.contains("No Metakocka"), "{outcome:#?}");

    // Another company shows who is asked from now on.
    let second = Metakocka::start(Options::small()).unwrap();
    let first = std::mem::replace(&mut nodes.stage.erp, second);
    nodes.stage.connect(nodes.stage.org, "two").await;
    while nodes.stage.erp.statistics().all_calls() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    nodes.stage.read_whole().await;
    assert_eq!(first.statistics().calls, before, "by no node");
    assert_eq!(first.statistics().applied, BTreeMap::new());
    nodes.close().await;
}

#[rstest]
#[case::an_order(false)]
#[case::a_customer(true)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_yes_said_to_both_nodes_at_once_is_written_once(#[case] customer: bool) {
    let nodes = Nodes::open().await;
    let act = if customer {
        novak()
    } else {
        nodes.stage.order().await
    };
    let act_id = id();
    let laptop = nodes.laptop().await;
    let mut one = nodes.desk(0, &nodes.stage.maja).await;
    let mut two = nodes.desk(1, &laptop).await;
    let token = one.token(act_id, &act).await;
    tokio::join!(
        one.send(act_id, ActStep::Do, Some(&act), &token),
        two.send(act_id, ActStep::Do, Some(&act), &token),
    );
    let (first, other) = tokio::join!(one.last(act_id), two.last(act_id));
    assert_eq!(first.state, ActState::Written, "{first:#?}");
    assert_eq!(other, first, "both are told of the same one");
    if customer {
        assert_eq!(nodes.stage.applied("add_partner"), 1);
        assert_eq!(nodes.stage.partners("SI99887766").await, 1);
    } else {
        assert_eq!(nodes.stage.written(act_id), 1);
    }
    assert_eq!(nodes.stage.audit().await.len(), 1);
    nodes.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_node_dies_whenever_nothing_is_written_twice(#[values(1, 5)] first: u64) {
    let mut nodes = Nodes::open().await;
    let order = nodes.stage.order().await;
    let paid = nodes.stage.newest_order().await;
    for seed in first..first + SEEDS {
        let mut chance = Chance::new(seed);
        let tax = format!("SI{:08}", 66_000_000 + seed);
        let act = match chance.below(3) {
            0 => partner(&format!("Novinec {seed}"), &tax, ""),
            1 => Act::AddPayment(NewPayment {
                document: paid.clone(),
                amount: format!("{seed}.07").parse().unwrap(),
                date: "2026-11-20".parse().unwrap(),
                way: "TRR".to_owned(),
                notes: String::new(),
            }),
            _ => order.clone(),
        };
        let outcome = one_story(&mut nodes, &mut chance, seed, &act).await;
        assert_eq!(outcome.state, ActState::Written, "seed {seed}: in the end");
        assert!(nodes.stage.partners(&tax).await <= 1, "seed {seed}: a twin");
    }
    nodes.close().await;
}

/// Confirms until it is there, while nodes die.
async fn one_story(nodes: &mut Nodes, chance: &mut Chance, seed: u64, act: &Act) -> ActOutcome {
    let call = match act {
        Act::AddPartner(_) => "add_partner",
        Act::AddPayment(_) => "put_transaction",
        _ => "put_document",
    };
    let (act_id, before) = (id(), nodes.stage.applied(call));
    for _ in 0..8 {
        // Whoever died with the lease is waited for no longer.
        nodes.stage.later(31);
        let place = usize::try_from(chance.below(2)).unwrap();
        let mut desk = nodes.desk(place, &nodes.stage.maja).await;
        let seen = desk.preview(act_id, act).await;
        let token = seen.preview.unwrap_or_default().token;
        if chance.below(3) == 0 {
            let fault = chance.fault();
            nodes.stage.erp.fail_call(call, 1, fault);
        }
        let laptop = nodes.laptop().await;
        let mut other = nodes.desk(1 - place, &laptop).await;
        desk.send(act_id, ActStep::Do, Some(act), &token).await;
        if chance.below(2) == 0 {
            other.send(act_id, ActStep::Do, Some(act), &token).await;
        }
        // One dies, sometimes both, when so many more calls were begun.
        let calls = nodes.stage.erp.statistics().all_calls() + chance.below(9);
        while nodes.stage.erp.statistics().all_calls() < calls
            && nodes.state(act_id).await.is_under_way()
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let (dies, both) = (
            usize::try_from(chance.below(2)).unwrap(),
            chance.below(4) == 0,
        );
        for place in [dies, 1 - dies].into_iter().take(if both { 2 } else { 1 }) {
            nodes.kill(place);
            nodes.start(place).await;
        }
        nodes.stage.later(31);
        let mut desk = nodes.desk(1 - dies, &nodes.stage.maja).await;
        let outcome = nodes.stage.settled(&mut desk, act_id).await;
        let times = nodes.stage.applied(call) - before;
        assert!(
            times <= 1,
            "seed {seed}: written {times} times: {outcome:#?}"
        );
        match outcome.state {
            ActState::Written => assert_eq!(times, 1, "seed {seed}: {outcome:#?}"),
            ActState::NotWritten => assert_eq!(times, 0, "seed {seed}: {outcome:#?}"),
            _ => {}
        }
        if matches!(outcome.state, ActState::Written | ActState::CannotTell) {
            return outcome;
        }
        nodes.stage.erp.well();
    }
    panic!("seed {seed}: it is never there");
}
