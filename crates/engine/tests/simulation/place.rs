//! A person at a desk: a real profile, the process on it, and its line to the server.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use kontor_collab::{Choice, Collab, Desk, Edit, Error, NewTeam};
use kontor_protocol::{
    Availability, ClientFrame, DeviceId, MemberId, OpId, OpProblem, Presence, RejectCode,
    ServerFrame, Subject,
};
use kontor_store::Store;
use kontor_testkit::Rng;
use tempfile::TempDir;

use crate::base::ToHub;
use crate::plan::{During, FIELDS, How, SUBJECTS};
use crate::wire::{Org, Wire};

/// When every run begins.
const BEGIN: i64 = 1_790_000_000_000;
/// Names to mention; see `setup`.
pub(crate) const NAMES: [&str; 6] = ["Ana", "Bor", "Cene", "Darja", "Eva", "Tujec"];

pub(crate) fn subject(n: usize) -> Subject {
    SUBJECTS[n % SUBJECTS.len()].parse().unwrap()
}

pub(crate) struct Place {
    pub(crate) number: usize,
    pub(crate) org: Rc<Org>,
    pub(crate) member: MemberId,
    pub(crate) device: DeviceId,
    pub(crate) token: String,
    dir: TempDir,
    /// Numbers for the ids of each process on the profile.
    seeds: Rng,
    pub(crate) collab: Collab,
    pub(crate) desk: Desk,
    /// Another process on the same profile.
    aside: Option<Collab>,
    pub(crate) wire: Option<Wire>,
    welcomed: bool,
    skew: SignedDuration,
    /// No network before this step.
    pub(crate) away_until: usize,
    /// What a person was told to be safe on this computer.
    pub(crate) made: BTreeSet<OpId>,
    /// What the desk was told to be safe on the server.
    pub(crate) acked: BTreeSet<OpId>,
    words: u64,
    /// Lines that ended because of what came over them.
    pub(crate) broken: u32,
    /// There was a conflict to choose in.
    pub(crate) disagreed: bool,
    /// Reads every event, as desks did that knew no snapshots.
    pub(crate) thorough: bool,
    /// A part of what it has came by a snapshot.
    pub(crate) folded: bool,
}

impl Place {
    pub(crate) async fn new(
        number: usize,
        org: Rc<Org>,
        member: MemberId,
        device: DeviceId,
        seed: u64,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut seeds = Rng::new(seed ^ ((number as u64 + 1) << 48));
        let collab = Collab::seeded(Store::open(dir.path()).unwrap(), seeds.next_u64());
        let place = Self {
            number,
            member,
            device,
            token: token(device),
            dir,
            seeds,
            desk: Desk::new(collab.clone()),
            collab,
            aside: None,
            wire: None,
            welcomed: false,
            skew: SignedDuration::ZERO,
            away_until: 0,
            made: BTreeSet::new(),
            acked: BTreeSet::new(),
            words: 0,
            broken: 0,
            disagreed: false,
            thorough: false,
            folded: false,
            org,
        };
        let team = NewTeam {
            server: "https://team.example".to_owned(),
            org: place.org.id,
            name: place.org.name.to_owned(),
            thread_key: place.org.thread_key.clone(),
            member,
            device,
        };
        place.collab.join(team, place.now(0)).await.unwrap();
        place
    }

    /// The desk's clock at a step.
    pub(crate) fn now(&self, step: usize) -> Timestamp {
        moment(step).checked_add(self.skew).unwrap()
    }

    pub(crate) fn skew(&mut self, minutes: i64) {
        self.skew = SignedDuration::from_mins(minutes);
    }

    // ---- What a person does ----------------------------------------------------------------------------------------

    pub(crate) async fn edit(&mut self, n: usize, how: &How, aside: bool, step: usize) {
        let (about, now) = (subject(n), self.now(step));
        if aside && self.aside.is_none() {
            let store = Store::open(self.dir.path()).unwrap();
            self.aside = Some(Collab::seeded(store, self.seeds.next_u64()));
        }
        let writer = self.aside.clone().filter(|_| aside);
        let writer = writer.unwrap_or_else(|| self.collab.clone());
        let done = match how {
            How::PutBack { version } => {
                let versions = writer
                    .note(&about, None)
                    .unwrap()
                    .map_or(0, |note| note.version);
                if versions == 0 {
                    return;
                }
                let version = version % versions + 1;
                Box::pin(writer.restore_note(&about, version, now)).await
            }
            _ => {
                let edit = self.edit_of(&writer, &about, how);
                Box::pin(writer.edit_note(&about, edit, now)).await
            }
        };
        match done {
            Ok(edited) => self.made.extend(edited.op_id),
            Err(Error::NoVersion(..)) if self.folded => {}
            // The note became shorter between looking and writing; with one writer it cannot.
            Err(e) => panic!("desk {}: {e}", self.number),
        }
    }

    fn edit_of(&mut self, writer: &Collab, about: &Subject, how: &How) -> Edit {
        self.words += 1;
        let word = format!("[{}č{}]", self.number, self.words);
        let text = writer
            .note(about, None)
            .unwrap()
            .map_or_else(String::new, |note| note.text);
        let length = text.chars().count();
        let part = |thousandths: u64| length * usize::try_from(thousandths).unwrap() / 1000;
        match how {
            How::Splice { at, delete } => {
                let at = part(*at);
                let delete = usize::try_from(*delete).unwrap().min(length - at);
                Edit::Splice {
                    at,
                    delete,
                    insert: word,
                }
            }
            How::Replace { keep } => {
                let kept: String = text.chars().skip(length - part(*keep)).collect();
                Edit::Replace(format!("{word}\n{kept}"))
            }
            How::Mention { member } => {
                let name = NAMES[usize::try_from(*member).unwrap() % NAMES.len()];
                Edit::Append(format!("@{name} {word} "))
            }
            How::Append | How::PutBack { .. } => Edit::Append(word),
        }
    }

    pub(crate) async fn burst(&mut self, n: usize, count: u64, step: usize) {
        let edits = (0..count).map(|n| Edit::Append(format!("{n} "))).collect();
        let done = self
            .collab
            .edit_note_all(&subject(n), edits, self.now(step))
            .await;
        let ids = done
            .unwrap()
            .into_iter()
            .filter_map(|one| one.unwrap().op_id);
        self.made.extend(ids);
    }

    pub(crate) async fn set(&mut self, n: usize, field: usize, value: Option<&str>, step: usize) {
        let value = value.map(str::to_owned);
        let now = self.now(step);
        let done = self
            .collab
            .set_field(&subject(n), FIELDS[field], value, now)
            .await;
        self.made.insert(done.unwrap());
    }

    pub(crate) async fn choose(&mut self, which: u64, step: usize) {
        let open = self.collab.conflicts().unwrap();
        let Some(conflict) = Rng::new(which).pick(&open).cloned() else {
            return;
        };
        self.disagreed = true;
        let choice = match which {
            0 if conflict.mine.is_some() => Choice::Mine,
            1 if conflict.theirs.is_some() => Choice::Theirs,
            2 => Choice::Value(None),
            _ => Choice::Value(Some("7000".to_owned())),
        };
        let done = self
            .collab
            .resolve(conflict.id, choice, self.now(step))
            .await;
        self.made.insert(done.unwrap());
    }

    /// False where this desk has not heard yet that its member is an admin.
    pub(crate) async fn rule(&mut self, list: Option<&str>, step: usize) -> bool {
        let list = list.map(|names| names.parse().unwrap());
        let now = self.now(step);
        let done = self.collab.set_critical_fields(list.as_ref(), now).await;
        match done {
            Ok(id) => self.made.insert(id),
            Err(Error::Op(OpProblem::AdminsOnly)) => false,
            Err(e) => panic!("an admin may say which fields are critical: {e}"),
        }
    }

    pub(crate) async fn reply(&mut self, step: usize) {
        let title = Some("Odg: ponudba".to_owned());
        let done = self
            .collab
            .replied(&subject(3), title, Some(90), self.now(step))
            .await;
        self.made.insert(done.unwrap());
    }

    pub(crate) fn present(&mut self, n: usize) {
        if let Some(wire) = self.wire.as_mut().filter(|_| self.welcomed) {
            wire.say(&ClientFrame::Presence(Presence {
                state: Availability::Online,
                viewing: Some(subject(n)),
                writing: Some(subject(3)),
                caret: None,
            }));
        }
    }

    // ---- The line --------------------------------------------------------------------------------------------------

    pub(crate) fn connect(
        &mut self,
        node: usize,
        line: (ToHub, futures::channel::mpsc::Receiver<String>),
    ) {
        let mut wire = Wire::new(Rc::clone(&self.org), node, line);
        let mut hello = self.desk.hello(&self.token).unwrap();
        if let ClientFrame::Hello(hello) = &mut hello
            && self.thorough
        {
            hello.snapshot = None;
        }
        wire.say(&hello);
        self.wire = Some(wire);
        self.welcomed = false;
    }

    /// The line is gone, and the desk knows.
    pub(crate) fn cut(&mut self) -> Option<Wire> {
        self.welcomed = false;
        self.wire.take()
    }

    /// Says what waits.
    pub(crate) fn tell(&mut self) {
        let Some(wire) = &mut self.wire else { return };
        if !self.welcomed {
            return;
        }
        while let Some(push) = self.desk.next_push().unwrap() {
            wire.say(&push);
        }
    }

    /// Takes the next frame that is under way; false when there is none.
    pub(crate) async fn take(&mut self, step: usize) -> bool {
        let Some(wire) = &mut self.wire else {
            return false;
        };
        let Some(text) = wire.carry_down() else {
            if wire.closed {
                self.cut();
            }
            return false;
        };
        let frame: ServerFrame = serde_json::from_str(&text).unwrap();
        self.folded |= matches!(frame, ServerFrame::Snapshot(_));
        match Box::pin(self.desk.take(frame, self.now(step))).await {
            Ok(taken) => {
                assert_eq!(
                    taken.rejected,
                    [],
                    "desk {}: good work is taken",
                    self.number
                );
                self.acked.extend(taken.acked.iter().map(|ack| ack.op_id));
                self.welcomed |= taken.welcome.is_some();
                self.tell();
            }
            Err(e) => {
                self.assert_due(&e);
                self.broken += 1;
                self.cut();
            }
        }
        true
    }

    /// Only what was done to the line may end it.
    fn assert_due(&self, e: &Error) {
        let wire = self.wire.as_ref().expect("it was just listened to");
        let due = match e {
            Error::Gap { .. } | Error::Damaged(_) => wire.hurt_down,
            Error::Refused(reject) => match reject.code {
                RejectCode::Malformed => wire.hurt_up,
                RejectCode::Busy | RejectCode::Internal => true,
                _ => false,
            },
            _ => false,
        };
        assert!(due, "desk {} ended its line: {e:?}", self.number);
    }

    // ---- The process -----------------------------------------------------------------------------------------------

    /// Ends the process in the middle of something and starts it again. What a person was not told to be safe may be
    /// there or not.
    pub(crate) async fn kill(&mut self, during: During, step: usize) -> Option<Wire> {
        let now = self.now(step);
        match during {
            During::Nothing => {}
            During::Editing => {
                let edit = self.edit_of(&self.collab.clone(), &subject(0), &How::Append);
                let about = subject(0);
                let mut editing = Box::pin(self.collab.edit_note(&about, edit, now));
                drop(futures::poll!(&mut editing));
            }
            During::Taking => {
                let text = self.wire.as_mut().and_then(Wire::carry_down);
                if let Some(text) = text {
                    let frame: ServerFrame = serde_json::from_str(&text).unwrap();
                    self.folded |= matches!(frame, ServerFrame::Snapshot(_));
                    let mut taking = Box::pin(self.desk.take(frame, now));
                    drop(futures::poll!(&mut taking));
                }
            }
        }
        let wire = self.cut();
        self.aside = None;
        let store = Store::open(self.dir.path()).unwrap();
        self.collab = Collab::seeded(store, self.seeds.next_u64());
        self.desk = Desk::new(self.collab.clone());
        wire
    }

    /// What keeps it from being at rest; `None` when all is told and taken up to `head`.
    pub(crate) fn unrest(&mut self, head: u64) -> Option<String> {
        let team = self.collab.team().unwrap().unwrap();
        let synced = self.desk.is_synced().unwrap();
        let (queue, in_flight) = (self.collab.queue().unwrap().length, self.desk.in_flight());
        let Some(wire) = &mut self.wire else {
            return Some("it has no line".to_owned());
        };
        wire.gather();
        let under_way: BTreeMap<_, _> = [("up", wire.up.len()), ("down", wire.down.len())].into();
        let rest =
            synced && in_flight == 0 && team.cursor == head && under_way.values().all(|n| *n == 0);
        (!rest).then(|| {
            format!(
                "synced {synced}, {queue} wait, {in_flight} in flight, cursor {} of {head}, {under_way:?} under way",
                team.cursor
            )
        })
    }
}

/// The true time at a step.
pub(crate) fn moment(step: usize) -> Timestamp {
    let millis = BEGIN + 1000 * i64::try_from(step).unwrap();
    Timestamp::from_millisecond(millis).unwrap()
}

pub(crate) fn token(device: DeviceId) -> String {
    format!("token of {device}")
}
