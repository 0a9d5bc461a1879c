//! Without a team: the server inside this program has what is written, a team's server gets it, and neither has it twice.

use std::collections::BTreeSet;

use kontor_collab::{Activity, ActivityFilter, Desk, Error, TeamOpState, Within};
use kontor_protocol::{DeviceId, OpId, OrgId};
use uuid::Uuid;

use crate::support::{Order, Place, at, customer, member, text};

/// The server inside the program, and our place there.
async fn inside(place: &Place) -> Order {
    let mut order = Order::new();
    order.org = OrgId(Uuid::from_u128(5));
    order.events.clear();
    settle(place, &order).await;
    order
}

async fn settle(place: &Place, order: &Order) -> Within {
    let new = Within {
        org: order.org,
        member: member(1),
        device: DeviceId(Uuid::from_u128(1)),
        token: "token".to_owned(),
        cursor: 0,
        head: 0,
    };
    place.collab.settle_within(new, at(0)).await.unwrap()
}

/// Tells everything, takes everything.
async fn sync(place: &Place, inside: &mut Order) -> usize {
    let (taken, level) = place.sync_within(inside).await;
    assert!(level, "all was told and taken");
    assert_eq!(taken.rejected, []);
    taken.acked.len()
}

fn told(order: &Order) -> Vec<OpId> {
    order.events.iter().map(|e| e.op.op_id).collect()
}

fn activity(place: &Place) -> Vec<Activity> {
    let all = ActivityFilter::default();
    place.collab.activity(&all, None, 100).unwrap().rows
}

#[tokio::test]
async fn alone_what_is_written_is_accepted_and_then_goes_into_a_team_once() {
    let p = Place::new(1);
    p.write(1, text("ena "), 1).await;
    let mut inside = inside(&p).await;
    p.set("phone", "1", 2).await;
    assert_eq!(
        (p.waiting(), p.collab.is_untold_within().unwrap()),
        (2, true)
    );
    assert_eq!(sync(&p, &mut inside).await, 2);
    assert_eq!(
        (p.waiting(), p.collab.is_untold_within().unwrap()),
        (0, false)
    );
    assert_eq!(p.collab.team().unwrap(), None, "alone all the same");
    assert_eq!(p.collab.members().unwrap(), []);
    let shown = activity(&p);
    let stands: Vec<_> = shown.iter().map(|a| (a.state, a.seq, a.member)).collect();
    let accepted = |seq| (TeamOpState::Accepted, Some(seq), None);
    assert_eq!(stands, [accepted(2), accepted(1)]);
    let history = p.collab.note_history(&customer(1)).unwrap();
    assert_eq!(
        (history[0].state, history[0].seq),
        (TeamOpState::Accepted, Some(1))
    );
    assert_eq!(
        (p.text(1).as_str(), p.value("phone").as_deref()),
        ("ena ", Some("1"))
    );

    let mut order = Order::new();
    p.write(1, text("dve "), 3).await;
    p.join(3, &order).await;
    assert_eq!(
        (p.text(1).as_str(), p.waiting()),
        ("ena dve ", 3),
        "all of it waits for the team"
    );
    p.sync(&mut order).await;
    p.sync(&mut order).await;
    assert_eq!(order.events.len(), 3 + 3, "each once");
    let bor = Place::joined(2, &order).await;
    bor.sync(&mut order).await;
    assert_eq!(
        (bor.text(1).as_str(), bor.value("phone").as_deref()),
        ("ena dve ", Some("1"))
    );
    let by: Vec<_> = bor.collab.note_history(&customer(1)).unwrap();
    assert!(
        by.iter().all(|v| v.member == Some(member(3))),
        "under the team's name of them"
    );
    let when: Vec<_> = by.iter().map(|v| v.occurred_at).collect();
    assert_eq!(when, [at(1), at(3)], "and with their own times");
    assert_eq!(
        inside.events.len(),
        2,
        "nothing is told inside while there is a team"
    );
}

#[tokio::test]
async fn leaving_tells_inside_what_is_ones_own_and_keeps_the_rest() {
    let mut order = Order::new();
    let (ana, bor) = (Place::new(1), Place::joined(2, &order).await);
    let mut inside = inside(&ana).await;
    ana.write(1, text("sama "), 1).await;
    sync(&ana, &mut inside).await;
    ana.join(1, &order).await;
    ana.sync(&mut order).await;
    bor.sync(&mut order).await;
    bor.write(1, text("bor "), 2).await;
    bor.set("phone", "41", 2).await;
    bor.sync(&mut order).await;
    ana.sync(&mut order).await;
    ana.write(1, text("ana "), 3).await;
    ana.sync(&mut order).await;
    let before = activity(&ana);
    let versions = ana.collab.note_history(&customer(1)).unwrap();

    ana.collab.leave(at(4)).await.unwrap();
    assert_eq!(
        ana.waiting(),
        1,
        "what was written in the team and is not inside"
    );
    sync(&ana, &mut inside).await;
    assert_eq!(activity(&ana), before, "who, when and in which order stay");
    assert_eq!(ana.collab.note_history(&customer(1)).unwrap(), versions);
    assert_eq!(
        (ana.text(1).as_str(), ana.value("phone").as_deref()),
        ("sama bor ana ", Some("41"))
    );
    let own: Vec<OpId> = before
        .iter()
        .rev()
        .filter(|a| a.member == Some(member(1)) && a.what == "note")
        .map(|a| a.op_id)
        .collect();
    assert_eq!(told(&inside), own, "one's own, none of Bor's");

    ana.write(1, text("doma "), 5).await;
    ana.write(2, text("zase "), 5).await;
    assert_eq!(sync(&ana, &mut inside).await, 2);
    ana.join(1, &order).await;
    for place in [&ana, &bor] {
        place.sync(&mut order).await;
    }
    assert_eq!(
        (bor.text(1).as_str(), bor.text(2).as_str()),
        ("sama bor ana doma ", "zase ")
    );
    assert_eq!(order.events.len(), 3 + 6, "each once");
    ana.collab.leave(at(6)).await.unwrap();
    assert_eq!(sync(&ana, &mut inside).await, 0, "it has all of it");
    assert_eq!(inside.events.len(), 4);
}

#[tokio::test]
async fn another_team_gets_what_was_made_in_none() {
    let (mut former, mut next) = (Order::new(), Order::new());
    next.org = OrgId(Uuid::from_u128(88));
    let ana = Place::joined(1, &former).await;
    let mut inside = inside(&ana).await;
    ana.write(1, text("nasa "), 1).await;
    ana.sync(&mut former).await;
    ana.collab.leave(at(2)).await.unwrap();
    ana.write(2, text("moja "), 3).await;
    sync(&ana, &mut inside).await;
    assert_eq!(inside.events.len(), 2);
    ana.join(2, &next).await;
    ana.sync(&mut next).await;
    assert_eq!((ana.text(1).as_str(), ana.text(2).as_str()), ("", "moja "));
    assert_eq!(
        told(&next)[3..],
        [told(&inside)[1]],
        "the former team's words stay there"
    );
    ana.collab.leave(at(4)).await.unwrap();
    assert_eq!(sync(&ana, &mut inside).await, 0);
}

#[tokio::test]
async fn a_file_that_is_gone_went_back_or_was_forgotten_is_made_level() {
    let p = Place::new(1);
    let mut order = inside(&p).await;
    for n in 0..4 {
        p.write(1, text("beseda "), n).await;
    }
    sync(&p, &mut order).await;
    let whole = told(&order);

    // A copy of the file from before: same life, fewer events.
    let life = order.epoch.clone();
    order.restore(2);
    order.epoch = life;
    assert_eq!(sync(&p, &mut order).await, 4);
    assert_eq!(told(&order), whole);

    // Made anew.
    order.restore(0);
    p.write(1, text("peta "), 9).await;
    assert_eq!(sync(&p, &mut order).await, 5);
    assert_eq!(told(&order).len(), 5);
    assert_eq!(
        activity(&p)
            .iter()
            .filter(|a| a.state == TeamOpState::Accepted)
            .count(),
        5
    );

    // The profile's store is made anew, the file is still there.
    let fresh = Place::new(2);
    settle(&fresh, &order).await;
    fresh.write(3, text("po tem "), 10).await;
    assert_eq!(sync(&fresh, &mut order).await, 6);
    assert_eq!(
        (
            fresh.text(1),
            fresh.collab.note_history(&customer(1)).unwrap().len()
        ),
        (p.text(1), 5)
    );
    assert_eq!(told(&order).len(), 6);
    let mut team = Order::new();
    fresh.join(1, &team).await;
    fresh.sync(&mut team).await;
    assert_eq!(
        team.events.len(),
        3 + 6,
        "what came back goes into a team like anything else"
    );
}

#[tokio::test]
async fn what_it_refuses_stays_and_a_stranger_is_not_told_anything() {
    let p = Place::new(1);
    let mut order = inside(&p).await;
    order.refused = Some("prepovedano");
    p.write(1, text("ena "), 1).await;
    p.set("phone", "prepovedano", 2).await;
    let (taken, level) = p.sync_within(&mut order).await;
    assert_eq!(
        (taken.acked.len(), taken.rejected.len(), level),
        (1, 0, true)
    );
    assert_eq!(
        p.value("phone").as_deref(),
        Some("prepovedano"),
        "nothing is taken back"
    );
    let mut desk = Desk::within(p.collab.clone());
    desk.hello("token").unwrap();
    order.org = OrgId(Uuid::from_u128(6));
    let error = desk
        .take(order.welcome(member(1)), at(3))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Foreign(_)), "{error}");
    let nowhere = Place::new(3);
    let error = Desk::within(nowhere.collab.clone()).hello("token");
    assert!(matches!(error, Err(Error::Foreign(_))), "{error:?}");
}

/// Numbers out of a seed (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Somebody who is alone, in one team, in another, and back, while files and lines break; and a colleague in each team.
struct Years {
    chance: Chance,
    ana: Place,
    inside: Order,
    teams: [Order; 2],
    bors: [Place; 2],
    /// Which team Ana is in.
    at: Option<usize>,
    own: BTreeSet<OpId>,
    second: i64,
}

impl Years {
    async fn begin(seed: u64) -> Self {
        let mut teams = [Order::new(), Order::new()];
        teams[1].org = OrgId(Uuid::from_u128(88));
        let bors = [
            Place::joined(2, &teams[0]).await,
            Place::joined(2, &teams[1]).await,
        ];
        let ana = Place::new(1000 + seed);
        Self {
            chance: Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            inside: inside(&ana).await,
            ana,
            teams,
            bors,
            at: None,
            own: BTreeSet::new(),
            second: 0,
        }
    }

    async fn write(&mut self) {
        let n = u32::try_from(self.chance.below(3)).unwrap();
        if self.chance.below(3) == 0 {
            let value = self.second.to_string();
            self.own
                .insert(self.ana.set("phone", &value, self.second).await);
        } else {
            let word = format!("a{} ", self.second);
            let edited = self.ana.write(n, text(&word), self.second).await;
            self.own.extend(edited.op_id);
        }
    }

    async fn colleague(&mut self) {
        let i = usize::from(self.chance.below(2) == 0);
        self.bors[i].sync(&mut self.teams[i]).await;
        let word = format!("b{} ", self.second);
        let n = u32::try_from(self.chance.below(3)).unwrap();
        self.bors[i].write(n, text(&word), self.second).await;
        self.bors[i].sync(&mut self.teams[i]).await;
    }

    /// Talks with whom there is, until it is cut off.
    async fn talk(&mut self, frames: usize) {
        let collab = self.ana.collab.clone();
        match self.at {
            Some(i) => {
                let desk = Desk::new(collab);
                self.ana.talk(desk, &mut self.teams[i], frames).await
            }
            None => {
                let desk = Desk::within(collab);
                self.ana.talk(desk, &mut self.inside, frames).await
            }
        };
    }

    async fn join(&mut self, i: usize) {
        self.ana.join(1, &self.teams[i]).await;
        self.at = Some(i);
    }

    async fn leave(&mut self) {
        self.ana.collab.leave(at(self.second)).await.unwrap();
        self.at = None;
    }

    async fn step(&mut self) {
        self.second += 1;
        match (self.chance.below(12), self.at) {
            (0..=4, _) => self.write().await,
            (5, _) => self.colleague().await,
            (6 | 7, _) => {
                let frames = usize::try_from(self.chance.below(5)).unwrap();
                self.talk(frames).await;
            }
            (8, _) => self.talk(usize::MAX).await,
            (9, None) => {
                let i = usize::from(self.chance.below(2) == 0);
                self.join(i).await;
            }
            (9, Some(_)) => self.leave().await,
            (10, _) => {
                // The second file is gone, or is an old copy of itself.
                let life = self.inside.epoch.clone();
                let kept = self.chance.below(self.inside.events.len() as u64 + 1);
                self.inside.restore(usize::try_from(kept).unwrap());
                if kept > 0 {
                    self.inside.epoch = life;
                }
            }
            // Another process goes on with the same files.
            _ => self.ana.collab = self.ana.other_process(),
        }
    }

    async fn end(mut self, seed: u64) {
        if self.at.is_some() {
            self.leave().await;
        }
        sync(&self.ana, &mut self.inside).await;
        let there: BTreeSet<OpId> = told(&self.inside).into_iter().collect();
        assert_eq!(there, self.own, "seed {seed}: inside is what is one's own");
        assert_eq!(
            self.inside.events.len(),
            there.len(),
            "seed {seed}: each once"
        );
        let mut anywhere = BTreeSet::new();
        for i in [0, 1] {
            self.join(i).await;
            self.ana.sync(&mut self.teams[i]).await;
            self.bors[i].sync(&mut self.teams[i]).await;
            for n in 0..3 {
                assert_eq!(
                    self.ana.text(n),
                    self.bors[i].text(n),
                    "seed {seed}, team {i}"
                );
            }
            assert_eq!(
                self.ana.value("phone"),
                self.bors[i].value("phone"),
                "seed {seed}"
            );
            for op in told(&self.teams[i]) {
                let once = !self.own.contains(&op) || anywhere.insert(op);
                assert!(once, "seed {seed}: {op} is in both teams");
            }
            self.leave().await;
        }
        assert_eq!(anywhere, self.own, "seed {seed}: nothing is lost");
        assert_eq!(sync(&self.ana, &mut self.inside).await, 0, "seed {seed}");
    }
}

#[tokio::test]
async fn years_alone_and_in_teams_lose_and_double_nothing() {
    for seed in 0..16 {
        let mut years = Years::begin(seed).await;
        for _ in 0..60 {
            years.step().await;
        }
        years.end(seed).await;
    }
}
