//! Desks, and the order: the protocol's promise as a list. Each operation gets one number, for ever; whoever asks is told
//! everything after their cursor.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kontor_collab::{Collab, Desk, Edit, Edited, NewTeam, Taken};
use kontor_protocol::{
    Ack, Body, ClientFrame, CriticalFields, DeviceId, Event, Fold, Hello, MemberId, Op, OpId, Org,
    OrgId, Reject, RejectCode, Role, ServerFrame, SnapshotPage, SnapshotPlace, SnapshotRow,
    Subject, Welcome,
};
use kontor_store::Store;
use loro::{ExportMode, LoroDoc};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

pub(crate) fn customer(n: u32) -> Subject {
    format!("customer:{n}").parse().unwrap()
}

pub(crate) fn member(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(n))
}

pub(crate) fn text(edit: &str) -> Edit {
    Edit::Append(edit.to_owned())
}

pub(crate) fn splice(at: usize, delete: usize, insert: &str) -> Edit {
    Edit::Splice {
        at,
        delete,
        insert: insert.to_owned(),
    }
}

/// A profile of somebody.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
    pub(crate) collab: Collab,
    pub(crate) seed: u64,
}

impl Place {
    pub(crate) fn new(seed: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        Self {
            dir,
            collab: Collab::seeded(store, seed),
            seed,
        }
    }

    /// Member `n` of the order's team.
    pub(crate) async fn joined(n: u128, order: &Order) -> Self {
        let place = Self::new(u64::try_from(n).unwrap());
        place.join(n, order).await;
        place
    }

    pub(crate) async fn join(&self, n: u128, order: &Order) {
        let new = order.team(n);
        self.collab.join(new, at(0)).await.unwrap();
    }

    /// Another process on the same profile: nothing is shared but the file.
    pub(crate) fn other_process(&mut self) -> Collab {
        self.seed += 1_000_000;
        Collab::seeded(Store::open(self.dir.path()).unwrap(), self.seed)
    }

    pub(crate) async fn write(&self, n: u32, edit: Edit, second: i64) -> Edited {
        self.collab
            .edit_note(&customer(n), edit, at(second))
            .await
            .unwrap()
    }

    pub(crate) async fn set(&self, field: &str, value: &str, second: i64) -> OpId {
        let value = Some(value.to_owned());
        self.collab
            .set_field(&customer(1), field, value, at(second))
            .await
            .unwrap()
    }

    pub(crate) fn text(&self, n: u32) -> String {
        self.collab
            .note(&customer(n), None)
            .unwrap()
            .map_or_else(String::new, |note| note.text)
    }

    pub(crate) fn value(&self, field: &str) -> Option<String> {
        let record = self.collab.record(&customer(1)).unwrap();
        let found = record.fields.into_iter().find(|f| f.field == field);
        found.and_then(|f| f.value)
    }

    pub(crate) fn waiting(&self) -> u64 {
        self.collab.queue().unwrap().length
    }

    /// Connects, tells everything, takes everything.
    pub(crate) async fn sync(&self, order: &mut Order) -> Taken {
        let (taken, synced) = self.sync_once(order).await;
        assert!(synced, "all was told and taken");
        taken
    }

    /// Like [`Self::sync`], while others may go on writing. True when nothing was left.
    pub(crate) async fn sync_once(&self, order: &mut Order) -> (Taken, bool) {
        self.talk(Desk::new(self.collab.clone()), order, usize::MAX)
            .await
    }

    /// Like [`Self::sync_once`], with the server inside this program.
    pub(crate) async fn sync_within(&self, order: &mut Order) -> (Taken, bool) {
        self.talk(Desk::within(self.collab.clone()), order, usize::MAX)
            .await
    }

    /// A conversation that is cut off after so many frames of the server.
    pub(crate) async fn talk(
        &self,
        mut desk: Desk,
        order: &mut Order,
        mut frames: usize,
    ) -> (Taken, bool) {
        let mut all = Taken::default();
        let mut client = vec![desk.hello("token").unwrap()];
        let mut who = None;
        while !client.is_empty() {
            for frame in std::mem::take(&mut client) {
                for answer in order.take(&mut who, frame) {
                    if frames == 0 {
                        return (all, false);
                    }
                    frames -= 1;
                    let taken = desk.take(answer, at(100)).await.unwrap();
                    all.acked.extend(taken.acked);
                    all.rejected.extend(taken.rejected);
                    all.mentions.extend(taken.mentions);
                    all.events += taken.events;
                    all.subjects.extend(taken.subjects);
                    all.written.extend(taken.written);
                }
            }
            client.extend(desk.next_push().unwrap());
        }
        (all, desk.is_synced().unwrap())
    }
}

/// The order of events.
pub(crate) struct Order {
    pub(crate) org: OrgId,
    pub(crate) epoch: String,
    pub(crate) events: Vec<Event>,
    numbers: BTreeMap<OpId, u64>,
    critical: CriticalFields,
    /// Refused for good, whoever sends it: operations whose body has these words.
    pub(crate) refused: Option<&'static str>,
    /// Seconds between pings.
    pub(crate) heartbeat: u32,
    /// What the events up to a number have come to, for who asks.
    pub(crate) folds: Option<Folds>,
}

/// A snapshot as a server has it: rows in the order they are told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folds {
    pub(crate) upto: u64,
    pub(crate) rows: BTreeMap<Subject, SnapshotRow>,
}

/// Who speaks on a connection, and what they were told.
pub(crate) type Who = Option<(MemberId, DeviceId, u64)>;

impl Order {
    /// A team whose members 1 and so on are called Ana, Bor, Cene.
    pub(crate) fn new() -> Self {
        let mut order = Self {
            org: OrgId(Uuid::from_u128(77)),
            epoch: "first".to_owned(),
            events: Vec::new(),
            numbers: BTreeMap::new(),
            critical: CriticalFields::default(),
            refused: None,
            heartbeat: 15,
            folds: None,
        };
        for (n, name) in [(1, "Ana"), (2, "Bor"), (3, "Cene")] {
            order.arrive(n, name);
        }
        order
    }

    fn arrive(&mut self, n: u128, name: &str) {
        let body = Body::Member {
            member: member(n),
            name: name.to_owned(),
            email: format!("{}@hrast.example", name.to_lowercase()),
            role: if n == 1 { Role::Admin } else { Role::Member },
            active: true,
        };
        let subject = format!("org:{}", self.org).parse().unwrap();
        let op = Op::new(OpId(Uuid::from_u128(n)), at(0), subject, body);
        self.append(member(n), DeviceId(Uuid::from_u128(n)), op);
    }

    pub(crate) fn team(&self, n: u128) -> NewTeam {
        NewTeam {
            server: "https://team.example".to_owned(),
            org: self.org,
            name: "Hrast".to_owned(),
            thread_key: KEY.to_owned(),
            member: member(n),
            device: DeviceId(Uuid::from_u128(n)),
        }
    }

    pub(crate) fn append(&mut self, member: MemberId, device: DeviceId, op: Op) -> u64 {
        let next = self.events.len() as u64 + 1;
        let seq = *self.numbers.entry(op.op_id).or_insert(next);
        if seq == next {
            if op.is_about_org()
                && let Some((_, value)) = op.body.setting()
            {
                self.critical = CriticalFields::of(value);
            }
            self.events.push(Event {
                seq,
                policy: self.critical.stamp(&op.body),
                member,
                device,
                accepted_at: at(50),
                op,
            });
        }
        seq
    }

    /// The server's store after a restore of a backup that had the first `kept` events.
    pub(crate) fn restore(&mut self, kept: usize) {
        self.events.truncate(kept);
        self.numbers = self.events.iter().map(|e| (e.op.op_id, e.seq)).collect();
        self.epoch.push_str(", restored");
        self.folds = None;
    }

    pub(crate) fn welcome(&self, member: MemberId) -> ServerFrame {
        ServerFrame::Welcome(Box::new(Welcome {
            version: 1,
            epoch: self.epoch.clone(),
            head: self.events.len() as u64,
            org: Org {
                id: self.org,
                name: "Hrast".to_owned(),
                thread_key: KEY.to_owned(),
            },
            member,
            heartbeat_seconds: self.heartbeat,
            capabilities: Vec::new(),
        }))
    }

    /// Brings the folds up to date, `step` events at a time, leaving the newest few edits of notes whole.
    pub(crate) fn fold(&mut self, step: usize) {
        let mut folds = self.folds.take().unwrap_or_default();
        let from = usize::try_from(folds.upto).unwrap();
        for events in self.events[from..].chunks(step) {
            folds.upto = events.last().unwrap().seq;
            let subjects: BTreeSet<Subject> = events.iter().map(|e| e.op.subject.clone()).collect();
            for subject in subjects {
                let known = folds.rows.get(&subject).map(|row| row.read().unwrap());
                let mut fold = known.unwrap_or_default();
                for event in events.iter().filter(|e| e.op.subject == subject) {
                    fold.take(event.clone());
                }
                fold.tidy();
                compact(&mut fold);
                let row = SnapshotRow::new(subject.clone(), folds.upto, &fold);
                folds.rows.insert(subject, row);
            }
        }
        self.folds = Some(folds);
    }

    /// The pages of the snapshot behind a place, and the events behind it.
    fn snapshot(&self, folds: &Folds, asked: &SnapshotPlace) -> Vec<ServerFrame> {
        let mut place = asked.clone();
        if place.life != self.epoch {
            place = SnapshotPlace {
                life: self.epoch.clone(),
                ..SnapshotPlace::default()
            };
        }
        let mut rows: Vec<&SnapshotRow> = folds.rows.values().collect();
        rows.sort_by_key(|row| (row.upto, row.subject.to_string()));
        rows.retain(|row| {
            (row.upto, row.subject.to_string()) > (place.upto, place.subject.clone())
        });
        let mut pages = Vec::new();
        for row in rows {
            for piece in row.clone().pieces(700) {
                let after = place.clone();
                if !piece.more {
                    place.upto = piece.upto;
                    place.subject = piece.subject.to_string();
                }
                pages.push(SnapshotPage {
                    after,
                    place: place.clone(),
                    rows: vec![piece],
                    ..SnapshotPage::default()
                });
            }
        }
        let upto = usize::try_from(folds.upto).unwrap();
        pages.push(SnapshotPage {
            after: place.clone(),
            place,
            recent: self.events[upto.saturating_sub(20)..upto].to_vec(),
            end: Some(folds.upto),
            ..SnapshotPage::default()
        });
        let mut frames: Vec<ServerFrame> = pages
            .into_iter()
            .map(|page| ServerFrame::Snapshot(Box::new(page)))
            .collect();
        frames.extend(self.after(folds.upto));
        frames
    }

    /// Events after a cursor.
    pub(crate) fn after(&self, cursor: u64) -> Vec<ServerFrame> {
        let from = usize::try_from(cursor).unwrap();
        let page = |events: &[Event]| ServerFrame::Event {
            events: events.to_vec(),
        };
        self.events[from.min(self.events.len())..]
            .chunks(256)
            .map(page)
            .collect()
    }

    /// What a frame is answered.
    pub(crate) fn take(&mut self, who: &mut Who, frame: ClientFrame) -> Vec<ServerFrame> {
        match frame {
            ClientFrame::Hello(hello) => {
                let member = MemberId(hello.device.0);
                let mut answers = vec![self.welcome(member)];
                let other = hello.epoch.as_ref().is_some_and(|e| *e != self.epoch);
                let asked = hello.snapshot.as_ref().filter(|_| !other);
                match (asked, &self.folds) {
                    (Some(place), Some(folds)) => answers.extend(self.snapshot(folds, place)),
                    _ => answers.extend(self.after(self.cursor_of(&hello))),
                }
                *who = Some((member, hello.device, self.events.len() as u64));
                answers
            }
            ClientFrame::Push { ops } => {
                let (member, device, told) = who.expect("hello comes first");
                let mut acks = Vec::new();
                let mut answers = Vec::new();
                for op in ops {
                    assert_eq!(op.check(), Ok(()), "desks send what may be sent");
                    if self
                        .refused
                        .is_some_and(|word| op.body.to_json().contains(word))
                    {
                        answers.push(refusal(op.op_id));
                        continue;
                    }
                    let op_id = op.op_id;
                    let seq = self.append(member, device, op);
                    acks.push(Ack { op_id, seq });
                }
                answers.push(ServerFrame::Ack { acks });
                answers.extend(self.after(told));
                *who = Some((member, device, self.events.len() as u64));
                answers
            }
            ClientFrame::Ping { nonce } => vec![ServerFrame::Pong { nonce }],
            ClientFrame::Presence(_)
            | ClientFrame::Customers { .. }
            | ClientFrame::Products { .. }
            | ClientFrame::Dossiers { .. }
            | ClientFrame::ErpAct(_) => Vec::new(),
        }
    }

    fn cursor_of(&self, hello: &Hello) -> u64 {
        let same = hello
            .epoch
            .as_ref()
            .is_none_or(|epoch| *epoch == self.epoch);
        // One beyond the end counts in another store, too.
        let known = hello.cursor <= self.events.len() as u64;
        if same && known { hello.cursor } else { 0 }
    }
}

/// What a server does to a note: its first edits become one document.
fn compact(fold: &mut Fold) {
    let edits: Vec<Vec<u8>> = fold
        .events
        .iter()
        .filter_map(|event| match &event.op.body {
            Body::Note { update, .. } => Some(update.clone()),
            _ => None,
        })
        .collect();
    let first = edits.len().saturating_sub(2);
    let doc = LoroDoc::new();
    if !fold.note.is_empty() {
        doc.import(&fold.note).unwrap();
    }
    for edit in &edits[..first] {
        let status = doc.import(edit).unwrap();
        assert!(status.pending.is_none(), "desks tell in order");
    }
    let mut left = first;
    fold.events.retain(|event| {
        let goes = left > 0 && matches!(event.op.body, Body::Note { .. });
        left -= usize::from(goes);
        !goes
    });
    fold.edits += first as u64;
    if fold.edits == 0 {
        return;
    }
    fold.note = doc.export(ExportMode::Snapshot).unwrap();
}

pub(crate) fn refusal(op_id: OpId) -> ServerFrame {
    ServerFrame::Reject(Reject {
        op_id: Some(op_id),
        code: RejectCode::Forbidden,
        message: "ne gre".to_owned(),
    })
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}
