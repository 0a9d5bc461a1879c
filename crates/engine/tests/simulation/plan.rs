//! What happens in a run, drawn from its seed before anything happens.

use std::fmt;

use kontor_testkit::Rng;

/// What notes and fields are about.
pub(crate) const SUBJECTS: [&str; 4] = [
    "customer:1",
    "customer:2",
    "address:maja@hrast.example",
    "thread:5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
];
/// One field of each policy, and a tag.
pub(crate) const FIELDS: [&str; 4] = ["phone", "status", "credit_limit", "tag.vip"];
/// What the admin may call critical; `None`: the standard fields.
const LISTS: [Option<&str>; 4] = [Some("phone,credit_limit"), Some("phone"), Some(""), None];
/// Most desks of the team.
const MOST_DESKS: u64 = 5;
/// Most desks that come later.
pub(crate) const MOST_LATE: u64 = 2;

/// A whole run.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// Desks of the team; one more belongs to strangers on the same server.
    pub(crate) desks: usize,
    /// The last of them is the first member's other computer.
    pub(crate) shared: bool,
    pub(crate) steps: Vec<Planned>,
}

/// A step, and whether the next waits until the server has done all it was asked to.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) step: Step,
    pub(crate) settle: bool,
}

/// One thing that happens. Desks and nodes are counted from 0; numbers that are too large wrap round.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A person edits a note; `aside` in another process of the same profile.
    Edit {
        desk: usize,
        subject: usize,
        how: How,
        aside: bool,
    },
    /// A person writes many edits at once.
    Burst {
        desk: usize,
        subject: usize,
        count: u64,
    },
    /// A person sets a field, or empties it.
    Set {
        desk: usize,
        subject: usize,
        field: usize,
        value: Option<&'static str>,
    },
    /// A person answers an open conflict.
    Choose {
        desk: usize,
        which: u64,
    },
    /// The first member, an admin, says which fields are critical.
    Rule {
        list: Option<&'static str>,
    },
    /// A person answers a thread.
    Reply {
        desk: usize,
    },
    /// A person looks at something.
    Present {
        desk: usize,
        subject: usize,
    },
    Connect {
        desk: usize,
        node: usize,
    },
    /// A member's new computer, where something was written before it was ever connected.
    Arrive {
        node: usize,
        subject: usize,
    },
    /// The line breaks and what is under way is lost. Where it `haunts`, the server does not notice, and what was sent may
    /// come late.
    Cut {
        desk: usize,
        haunts: bool,
    },
    /// What was sent on broken lines arrives.
    Haunt,
    /// Some frames arrive at the server.
    Up {
        desk: usize,
        frames: u64,
    },
    /// Some frames arrive at the desk.
    Down {
        desk: usize,
        frames: u64,
    },
    /// Everything under way arrives, both ways.
    Talk {
        desk: usize,
    },
    /// The newest push under way is there twice.
    Twice {
        desk: usize,
    },
    /// The newest two frames under way change places.
    Swap {
        desk: usize,
        up: bool,
    },
    /// A frame under way is damaged.
    Spoil {
        desk: usize,
        how: Damage,
    },
    /// The desk's process ends without goodbye.
    Kill {
        desk: usize,
        during: During,
    },
    Stop {
        node: usize,
        gently: bool,
    },
    Start {
        node: usize,
    },
    /// A desk's clock jumps.
    Skew {
        desk: usize,
        minutes: i64,
    },
    /// These desks (bits) have no network for a while.
    Partition {
        desks: u64,
        steps: usize,
    },
    Backup,
    /// The server is put back to one of its backups, on an empty database.
    Restore {
        which: u64,
    },
    /// Somebody says to a node what nobody should.
    Rogue {
        node: usize,
        kind: u64,
    },
}

/// How a note is edited; places in thousandths of its length.
#[derive(Clone, Debug)]
pub(crate) enum How {
    Append,
    Splice { at: u64, delete: u64 },
    Replace { keep: u64 },
    PutBack { version: u64 },
    Mention { member: u64 },
}

/// What becomes of a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Damage {
    /// An operation in a push does not fit its sum.
    PushedOp,
    /// Some letter of a push is another.
    Letter(u64),
    /// A frame to the server ends in the middle.
    Half,
    /// An event to the desk does not fit its sum.
    Event,
}

/// What a desk is doing when it is killed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum During {
    Nothing,
    Editing,
    Taking,
}

/// How often a kind of step comes, and what makes one.
type Kind = (u64, fn(&mut Rng, u64) -> Step);

/// The first three are in every plan; each of the others is left out of some, so that rare mixtures come, too.
const KINDS: [Kind; 21] = [
    (26, |r, desks| Step::Edit {
        desk: below(r, desks),
        subject: subject(r),
        how: how(r),
        aside: r.chance(10),
    }),
    (36, |r, desks| Step::Talk {
        desk: below(r, desks),
    }),
    (32, |r, desks| Step::Connect {
        desk: below(r, desks),
        node: below(r, 2),
    }),
    (18, set),
    (10, |r, desks| Step::Choose {
        desk: below(r, desks),
        which: r.below(4),
    }),
    (3, |r, desks| Step::Reply {
        desk: below(r, desks),
    }),
    (2, |r, desks| Step::Present {
        desk: below(r, desks),
        subject: subject(r),
    }),
    (12, |r, desks| Step::Cut {
        desk: below(r, desks),
        haunts: r.chance(60),
    }),
    (8, |_, _| Step::Haunt),
    (10, |r, desks| Step::Up {
        desk: below(r, desks),
        frames: r.between(1, 3),
    }),
    (10, |r, desks| Step::Down {
        desk: below(r, desks),
        frames: r.between(1, 4),
    }),
    (3, |r, desks| Step::Twice {
        desk: below(r, desks),
    }),
    (4, |r, desks| Step::Swap {
        desk: below(r, desks),
        up: r.chance(60),
    }),
    (9, |r, desks| Step::Spoil {
        desk: below(r, desks),
        how: damage(r),
    }),
    (5, |r, desks| Step::Kill {
        desk: below(r, desks),
        during: during(r),
    }),
    (3, |r, _| Step::Stop {
        node: below(r, 2),
        gently: r.chance(30),
    }),
    (3, |r, desks| Step::Skew {
        desk: below(r, desks),
        minutes: minutes(r),
    }),
    (2, |r, _| Step::Partition {
        desks: r.below(1 << MOST_DESKS),
        steps: below(r, 30),
    }),
    (4, |_, _| Step::Backup),
    (3, |r, _| Step::Restore { which: r.below(3) }),
    (3, |r, _| Step::Rogue {
        node: below(r, 2),
        kind: r.below(8),
    }),
];

impl Plan {
    /// The plan that belongs to a seed, on every machine.
    pub(crate) fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let desks = rng.between(2, MOST_DESKS);
        let mut kinds = KINDS.to_vec();
        for kind in kinds.iter_mut().skip(3) {
            if rng.chance(25) {
                kind.0 = 0;
            }
        }
        let all: u64 = kinds.iter().map(|(often, _)| often).sum();
        let hurry = rng.below(60);
        let count = rng.between(90, 200);
        let mut steps: Vec<Planned> = (0..count)
            .map(|_| {
                let mut place = rng.below(all);
                let kind = kinds.iter().find(|(often, _)| {
                    let here = place < *often;
                    place = place.saturating_sub(*often);
                    here
                });
                let (_, make) = kind.unwrap_or(&KINDS[0]);
                // The strangers do the same, and nobody may notice.
                let step = make(&mut rng, desks + 1);
                Planned {
                    step,
                    settle: !rng.chance(hurry),
                }
            })
            .collect();
        if rng.chance(15) {
            let step = Step::Burst {
                desk: below(&mut rng, desks),
                subject: subject(&mut rng),
                count: rng.between(40, 300),
            };
            let at = below(&mut rng, count);
            steps.insert(at, Planned { step, settle: true });
        }
        let shared = rng.chance(30);
        // Numbers of their own: the other steps of a seed stay what they were.
        let mut late = Rng::new(seed ^ 0x6c61_7465);
        for _ in 0..late.below(MOST_LATE + 1) {
            let step = Step::Arrive {
                node: below(&mut late, 2),
                subject: subject(&mut late),
            };
            let at = usize::try_from(count / 3).unwrap() + below(&mut late, count * 2 / 3);
            steps.insert(at, Planned { step, settle: true });
        }
        let mut rules = Rng::new(seed ^ 0x0072_756c_6573);
        for _ in 0..rules.below(3) {
            let list = *rules.pick(&LISTS).unwrap();
            let at = below(&mut rules, count);
            let step = Step::Rule { list };
            steps.insert(at, Planned { step, settle: true });
        }
        Self::with_starts(
            seed,
            usize::try_from(desks).unwrap(),
            shared,
            steps,
            &mut rng,
        )
    }

    /// A stopped node comes back after a while.
    fn with_starts(
        seed: u64,
        desks: usize,
        shared: bool,
        planned: Vec<Planned>,
        rng: &mut Rng,
    ) -> Self {
        let mut steps = Vec::with_capacity(planned.len());
        let mut starts: Vec<(usize, usize)> = Vec::new();
        for one in planned {
            if let Step::Stop { node, .. } = one.step {
                starts.push((steps.len() + below(rng, 12), node));
            }
            steps.push(one);
            let here = steps.len();
            for (_, node) in starts.extract_if(.., |(at, _)| *at < here) {
                steps.push(Planned {
                    step: Step::Start { node },
                    settle: true,
                });
            }
        }
        Self {
            seed,
            desks,
            shared,
            steps,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (desks, shared) = (self.desks, self.shared);
        writeln!(
            f,
            "{desks} desks, the last one the first member's: {shared}; desk {desks} is the strangers'"
        )?;
        for (n, planned) in self.steps.iter().enumerate() {
            let hurry = if planned.settle {
                ""
            } else {
                ", not waited for"
            };
            writeln!(f, "{n:4} {:?}{hurry}", planned.step)?;
        }
        Ok(())
    }
}

fn below(rng: &mut Rng, limit: u64) -> usize {
    usize::try_from(rng.below(limit)).unwrap()
}

fn subject(rng: &mut Rng) -> usize {
    below(rng, SUBJECTS.len() as u64)
}

fn how(rng: &mut Rng) -> How {
    match rng.below(10) {
        0..4 => How::Append,
        4..7 => How::Splice {
            at: rng.below(1001),
            delete: rng.below(9),
        },
        7 => How::Replace {
            keep: rng.below(1001),
        },
        8 => How::PutBack {
            version: rng.below(20),
        },
        _ => How::Mention {
            member: rng.below(MOST_DESKS),
        },
    }
}

fn set(rng: &mut Rng, desks: u64) -> Step {
    // Where people can disagree, they shall.
    let field = if rng.chance(40) {
        2
    } else {
        below(rng, FIELDS.len() as u64)
    };
    let values: &[&'static str] = match FIELDS[field] {
        "status" => &["open", "waiting", "done", "snoozed"],
        "credit_limit" => &["5000", "8000", "6000"],
        _ => &["+386 1 200 300", "+386 40 123 456", "1"],
    };
    let value = (!rng.chance(10)).then(|| *rng.pick(values).unwrap());
    // Few places, so that people meet there.
    let subject = if field == 2 { 0 } else { below(rng, 2) };
    Step::Set {
        desk: below(rng, desks),
        subject,
        field,
        value,
    }
}

fn damage(rng: &mut Rng) -> Damage {
    match rng.below(8) {
        0..4 => Damage::PushedOp,
        4 => Damage::Letter(rng.next_u64()),
        5 => Damage::Half,
        _ => Damage::Event,
    }
}

fn during(rng: &mut Rng) -> During {
    *rng.pick(&[During::Nothing, During::Editing, During::Taking])
        .unwrap()
}

fn minutes(rng: &mut Rng) -> i64 {
    *rng.pick(&[-60, -7, 0, 13, 60]).unwrap()
}
