//! The run: steps of a plan, done to real desks and real servers.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

use kontor_protocol::{DeviceId, MemberId, OpId, OrgId};
use kontor_server::core::clock::Clock;
use kontor_server::core::storage::Storage as _;
use kontor_testkit::Rng;
use tempfile::TempDir;
use uuid::Uuid;

use crate::base::{Base, Node};
use crate::place::{Place, moment};
use crate::plan::{How, MOST_LATE, Plan, Step};
use crate::rogue;
use crate::setup::{NewTeam, set_up};
use crate::wire::{Org, Wire};

/// Rounds of telling and taking after which everything must be told and taken.
const ROUNDS: usize = 60;

/// What must have had an effect somewhere in an ordinary run; else the plans have lost their teeth.
pub(crate) const FAULTS: [&str; 8] = [
    "frames under way were lost",
    "frames came late from a broken line",
    "a working server was killed",
    "a backup was restored that lacks events",
    "a bad frame ended a line",
    "people disagreed about a critical field",
    "a desk took a snapshot",
    "an admin said which fields are critical",
];

pub(crate) struct Sim<'p, B: Base> {
    plan: &'p Plan,
    base: B,
    clock: Clock,
    pub(crate) nodes: Vec<Option<Node<B::Storage>>>,
    /// The team's desks, then the strangers'.
    pub(crate) places: Vec<Place>,
    /// Desks of the team that are still to come.
    pub(crate) late: Vec<Place>,
    /// Desks that have never been connected, one of each organisation; see `agreement`.
    pub(crate) witnesses: Vec<Place>,
    /// Lines that are gone for the desk and not for the server.
    ghosts: Vec<Wire>,
    dir: TempDir,
    backups: Vec<PathBuf>,
    /// What must never be stored.
    pub(crate) never: BTreeSet<OpId>,
    happened: BTreeSet<&'static str>,
    step: usize,
}

impl<'p, B: Base> Sim<'p, B> {
    pub(crate) async fn new(base: B, plan: &'p Plan) -> Self {
        let clock = Clock::standing(moment(0));
        let first = Node::start(base.open(), clock.clone(), None).await;
        let mut sim = Self {
            plan,
            base,
            clock,
            nodes: vec![Some(first)],
            places: Vec::new(),
            late: Vec::new(),
            witnesses: Vec::new(),
            ghosts: Vec::new(),
            dir: tempfile::tempdir().unwrap(),
            backups: Vec::new(),
            never: BTreeSet::new(),
            happened: BTreeSet::new(),
            step: 0,
        };
        sim.settle_in().await;
        for n in 1..B::NODES {
            sim.nodes.push(None);
            sim.start(n, None).await;
        }
        sim
    }

    /// Makes both organisations and everybody's desk.
    async fn settle_in(&mut self) {
        let plan = self.plan;
        let mut ids = Rng::new(!plan.seed);
        let mut id = || Uuid::from_u64_pair(ids.next_u64(), ids.next_u64());
        let people = plan.desks - usize::from(plan.shared);
        let team: Vec<MemberId> = (0..people).map(|_| MemberId(id())).collect();
        let mut seats: Vec<(MemberId, DeviceId)> = (0..plan.desks)
            .map(|n| (team[n % people], DeviceId(id())))
            .collect();
        // The last one is the witness; those before it come later.
        seats.push((team[0], DeviceId(id())));
        for n in 0..usize::try_from(MOST_LATE).unwrap() {
            seats.insert(plan.desks + n, (team[n % people], DeviceId(id())));
        }
        let strangers = vec![MemberId(id())];
        let strange_seats = vec![
            (strangers[0], DeviceId(id())),
            (strangers[0], DeviceId(id())),
        ];
        let teams = [
            ("hrast", team, seats, plan.desks),
            ("vijak", strangers, strange_seats, 1),
        ];
        for (name, members, seats, early) in teams {
            let org = Rc::new(Org {
                id: OrgId(id()),
                name,
                thread_key: "5b".repeat(32),
                members: members.iter().copied().collect(),
                devices: seats.iter().map(|(_, device)| *device).collect(),
            });
            let (about, told) = (NewTeam::of(&org, &members), seats.clone());
            let node = self.nodes[0].as_ref().unwrap();
            node.ask(move |storage| set_up(storage, about, told)).await;
            for (n, (member, device)) in seats.iter().enumerate() {
                let number = self.places.len() + self.late.len() + self.witnesses.len();
                let org = Rc::clone(&org);
                let mut place = Place::new(number, org, *member, *device, plan.seed).await;
                if n + 1 == seats.len() {
                    place.thorough = true;
                    self.witnesses.push(place);
                } else if n < early {
                    self.places.push(place);
                } else {
                    self.late.push(place);
                }
            }
        }
    }

    pub(crate) async fn play(&mut self) {
        let plan = self.plan;
        for (n, planned) in plan.steps.iter().enumerate() {
            self.step = n;
            self.clock.set(moment(n));
            Box::pin(self.act(&planned.step)).await;
            if planned.settle {
                self.settle().await;
            }
        }
    }

    async fn act(&mut self, step: &Step) {
        let now = self.step;
        match step {
            Step::Edit {
                desk,
                subject,
                how,
                aside,
            } => {
                let place = self.place(*desk);
                place.edit(*subject, how, *aside, now).await;
                place.tell();
            }
            Step::Burst {
                desk,
                subject,
                count,
            } => {
                let place = self.place(*desk);
                place.burst(*subject, *count, now).await;
                place.tell();
            }
            Step::Set {
                desk,
                subject,
                field,
                value,
            } => {
                let place = self.place(*desk);
                place.set(*subject, *field, *value, now).await;
                place.tell();
            }
            Step::Choose { desk, which } => {
                let place = self.place(*desk);
                place.choose(*which, now).await;
                place.tell();
            }
            Step::Rule { list } => {
                if self.places[0].rule(*list, now).await {
                    self.happened.insert(FAULTS[7]);
                }
                self.places[0].tell();
            }
            Step::Reply { desk } => {
                let place = self.place(*desk);
                place.reply(now).await;
                place.tell();
            }
            Step::Present { desk, subject } => self.place(*desk).present(*subject),
            Step::Kill { desk, during } => {
                let wire = self.place(*desk).kill(*during, now).await;
                drop(wire);
            }
            Step::Arrive { node, subject } => self.arrive(*node, *subject).await,
            Step::Skew { desk, minutes } => self.place(*desk).skew(*minutes),
            Step::Stop { node, gently } => self.stop(*node, *gently).await,
            Step::Start { node } => self.start(*node, None).await,
            Step::Backup => self.back_up().await,
            Step::Restore { which } => self.restore(*which).await,
            Step::Rogue { node, kind } => self.rogue(*node, *kind).await,
            line => self.disturb(line).await,
        }
    }

    /// What happens on the lines.
    async fn disturb(&mut self, step: &Step) {
        let now = self.step;
        match step {
            Step::Connect { desk, node } if now >= self.place(*desk).away_until => {
                self.connect(*desk, *node);
                self.talk_up(*desk);
            }
            Step::Cut { desk, haunts } => {
                let wire = self.place(*desk).cut();
                let lost = |wire: &Wire| !wire.up.is_empty() || !wire.down.is_empty();
                if wire.as_ref().is_some_and(lost) {
                    self.happened.insert(FAULTS[0]);
                }
                self.ghosts.extend(wire.filter(|_| *haunts));
            }
            Step::Haunt => self.haunt(),
            Step::Up { desk, frames } => {
                let wire = self.place(*desk).wire.as_mut();
                if let Some(wire) = wire {
                    for _ in 0..*frames {
                        wire.carry_up();
                    }
                }
            }
            Step::Down { desk, frames } => {
                for _ in 0..*frames {
                    self.place(*desk).take(now).await;
                }
            }
            Step::Talk { desk } => {
                self.talk_up(*desk);
                self.settle().await;
                while self.place(*desk).take(now).await {}
                self.talk_up(*desk);
            }
            Step::Twice { desk } => self.with_wire(*desk, Wire::double),
            Step::Swap { desk, up } => self.with_wire(*desk, |wire| wire.swap(*up)),
            Step::Spoil { desk, how } => self.with_wire(*desk, |wire| wire.spoil(*how)),
            Step::Partition { desks, steps } => {
                for desk in 0..self.places.len() {
                    if desks >> desk & 1 == 1 {
                        let place = self.place(desk);
                        place.away_until = now + steps;
                        drop(place.cut());
                    }
                }
            }
            _ => {}
        }
    }

    /// Stands before the strangers' desk, which stays the last.
    async fn arrive(&mut self, node: usize, subject: usize) {
        let (now, at) = (self.step, self.places.len() - 1);
        let Some(mut place) = self.late.pop() else {
            return;
        };
        place.edit(subject, &How::Append, false, now).await;
        place.set(subject, 0, Some("before"), now).await;
        self.places.insert(at, place);
        self.connect(at, node);
        self.talk_up(at);
    }

    fn place(&mut self, desk: usize) -> &mut Place {
        let count = self.places.len();
        &mut self.places[desk % count]
    }

    fn with_wire(&mut self, desk: usize, f: impl FnOnce(&mut Wire)) {
        if let Some(wire) = &mut self.place(desk).wire {
            f(wire);
        }
    }

    /// A new line; the old one breaks, where there is one. A node that is not there does not answer.
    fn connect(&mut self, desk: usize, node: usize) {
        let node = node % B::NODES;
        if let Some(running) = &self.nodes[node] {
            let line = running.attach();
            let place = self.place(desk);
            drop(place.cut());
            place.connect(node, line);
        }
    }

    fn talk_up(&mut self, desk: usize) {
        self.with_wire(desk, |wire| while wire.carry_up() {});
    }

    fn haunt(&mut self) {
        for ghost in &mut self.ghosts {
            while ghost.carry_up() {
                self.happened.insert(FAULTS[1]);
            }
        }
        // They were the last words.
        self.ghosts.clear();
    }

    /// Waits until the nodes have done what they were asked to, as far as it reached them.
    async fn settle(&mut self) {
        for org in [
            self.places[0].org.id,
            self.places[self.places.len() - 1].org.id,
        ] {
            let mut head = 0;
            loop {
                let wires = self.places.iter_mut().filter(|place| place.org.id == org);
                let mut wires: Vec<&mut Wire> =
                    wires.filter_map(|place| place.wire.as_mut()).collect();
                let open = wires.iter().filter(|wire| !wire.closed);
                let top = open.map(|wire| wire.top).fold(head, u64::max);
                for wire in &mut wires {
                    wire.settle(top).await;
                }
                if top == head {
                    break;
                }
                head = top;
            }
        }
    }

    // ---- Servers ---------------------------------------------------------------------------------------------------

    async fn stop(&mut self, node: usize, gently: bool) {
        let node = node % B::NODES;
        let Some(running) = self.nodes[node].take() else {
            return;
        };
        if gently {
            running.close().await;
        } else {
            drop(running);
            self.happened.insert(FAULTS[2]);
        }
        // What it had sent before may still arrive.
        self.ghosts.retain(|ghost| ghost.node != node);
        let wires = self
            .places
            .iter_mut()
            .filter_map(|place| place.wire.as_mut());
        for wire in wires.filter(|wire| wire.node == node) {
            wire.ended().await;
        }
    }

    async fn start(&mut self, node: usize, backup: Option<PathBuf>) {
        let node = node % B::NODES;
        if self.nodes[node].is_none() {
            let started = Node::start(self.base.open(), self.clock.clone(), backup).await;
            self.nodes[node] = Some(started);
        }
    }

    async fn back_up(&mut self) {
        let file = self
            .dir
            .path()
            .join(format!("{}.jsonl", self.backups.len()));
        let running = self.nodes.iter().flatten().next();
        if let Some(node) = running {
            let to = file.clone();
            let made = node.ask(|storage| async move { storage.backup(&to).await });
            made.await.unwrap();
            self.backups.push(file);
        }
    }

    async fn restore(&mut self, which: u64) {
        let Some(file) = Rng::new(which).pick(&self.backups).cloned() else {
            return;
        };
        for node in 0..B::NODES {
            self.stop(node, false).await;
        }
        // Backups of the life that ends here are no less good; those that were taken in it stay.
        self.base.replace();
        self.start(0, Some(file)).await;
        let org = self.places[0].org.id;
        let head = self.head(org).await;
        let known = |place: &Place| place.collab.team().unwrap().map_or(0, |team| team.cursor);
        if self
            .places
            .iter()
            .any(|place| place.org.id == org && known(place) > head)
        {
            self.happened.insert(FAULTS[3]);
        }
        for node in 1..B::NODES {
            self.start(node, None).await;
        }
    }

    async fn rogue(&mut self, node: usize, kind: u64) {
        let bad = OpId(Uuid::from_u64_pair(self.plan.seed, self.step as u64 + 1));
        if let Some(node) = &self.nodes[node % B::NODES] {
            self.never.insert(bad);
            rogue::visit(node, kind, &self.places, bad).await;
        }
    }

    // ---- The end ---------------------------------------------------------------------------------------------------

    /// Everything is connected and left alone, until nobody has anything to say any more.
    pub(crate) async fn rest(&mut self) {
        self.ghosts.clear();
        for node in 0..B::NODES {
            self.start(node, None).await;
        }
        for place in &mut self.places {
            if place.wire.as_ref().is_some_and(|wire| wire.hurt_up) {
                drop(place.cut());
            }
        }
        let mut unrest = Vec::new();
        for _ in 0..ROUNDS {
            for desk in 0..self.places.len() {
                if self.places[desk].wire.is_none() {
                    self.connect(desk, desk);
                }
                self.places[desk].tell();
                self.talk_up(desk);
            }
            self.settle().await;
            let now = self.step;
            for place in &mut self.places {
                while place.take(now).await {}
            }
            unrest = self.unrest().await;
            if unrest.is_empty() {
                return;
            }
        }
        panic!(
            "left alone, desks do not come to rest:\n{}",
            unrest.join("\n")
        );
    }

    async fn unrest(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        for desk in 0..self.places.len() {
            let head = self.head(self.places[desk].org.id).await;
            let unrest = self.places[desk].unrest(head);
            found.extend(unrest.map(|what| format!("desk {desk}: {what}")));
        }
        found
    }

    /// Which faults had an effect.
    pub(crate) fn happened(mut self) -> BTreeSet<&'static str> {
        if self.places.iter().any(|place| place.broken > 0) {
            self.happened.insert(FAULTS[4]);
        }
        if self.places.iter().any(|place| place.folded) {
            self.happened.insert(FAULTS[6]);
        }
        if self.places.iter().any(|place| place.disagreed) {
            self.happened.insert(FAULTS[5]);
        }
        self.happened
    }

    async fn head(&self, org: OrgId) -> u64 {
        let node = self.nodes[0].as_ref().expect("everything was started");
        let row = node.ask(move |storage| async move { storage.org(org).await });
        row.await.unwrap().unwrap().head
    }
}
