//! Snapshots: what the events about a subject have come to, so that a new desk need not read them all.
//!
//! The server folds in the background and tells the folds in the order of [`SnapshotPlace`]; a subject that is folded anew
//! moves to the end of that order. Whoever has read to the end has every subject as of the last fold, however long
//! reading took, and may go on from any place.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::field::{self, Field};
use crate::op::{from_base64, to_base64};
use crate::{Body, Event, OpId, Subject};

/// How far a desk has read a snapshot. Empty: it has not begun.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SnapshotPlace {
    /// The life of the server's folds; in another one the desk begins anew.
    pub life: String,
    /// [`SnapshotRow::upto`] of the last row that is stored here.
    pub upto: u64,
    /// Its subject.
    pub subject: String,
}

/// One subject's fold, or a piece of a large one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotRow {
    /// What it is about.
    pub subject: Subject,
    /// The event up to which it is folded.
    pub upto: u64,
    /// JSON of a [`Fold`]; a piece of it where there is `more`.
    pub fold: String,
    /// [`SnapshotRow::sum`] of the whole, 32 hex digits.
    pub checksum: String,
    /// The rest of `fold` comes in the next row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// A part of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotPage {
    /// Where the desk is, who takes this page. A page that does not follow on the one before is not taken.
    pub after: SnapshotPlace,
    /// Where it is then.
    pub place: SnapshotPlace,
    /// Subjects, each in place of what came of it before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<SnapshotRow>,
    /// The newest events, for the activity list; they are in the folds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<Event>,
    /// On the last page: the event after which ordinary events follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<u64>,
}

/// What the events about a subject have come to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fold {
    /// Fields by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Field>,
    /// The first edits of the note as one Loro snapshot, with its history; empty where there are none.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "to_base64",
        deserialize_with = "from_base64"
    )]
    pub note: Vec<u8>,
    /// How many edits are in `note`.
    #[serde(default)]
    pub edits: u64,
    /// What is kept whole, in order of `seq`: the later edits of the note, the sets that fields hold, the newest answer,
    /// the newest word about each member.
    pub events: Vec<Event>,
}

impl SnapshotPlace {
    /// True before the first row.
    #[must_use]
    pub fn is_start(&self) -> bool {
        self.upto == 0 && self.subject.is_empty()
    }
}

impl SnapshotRow {
    /// Puts a row together and sums it.
    #[must_use]
    pub fn new(subject: Subject, upto: u64, fold: &Fold) -> Self {
        let mut row = Self {
            subject,
            upto,
            // Strings, numbers and ids only: there is nothing serde_json could refuse.
            fold: serde_json::to_string(fold).unwrap_or_default(),
            checksum: String::new(),
            more: false,
        };
        row.checksum = row.sum();
        row
    }

    /// The first 16 bytes of SHA-256 over subject, `upto` and fold, a NUL between them, in hex.
    #[must_use]
    pub fn sum(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.subject.to_string());
        hash.update([0]);
        hash.update(self.upto.to_string());
        hash.update([0]);
        hash.update(&self.fold);
        let digest = hash.finalize();
        digest.iter().take(16).map(|b| format!("{b:02x}")).collect()
    }

    /// The fold; `None` where it does not match its sum or is none.
    #[must_use]
    pub fn read(&self) -> Option<Fold> {
        (self.sum() == self.checksum)
            .then(|| serde_json::from_str(&self.fold).ok())
            .flatten()
    }

    /// The row in pieces of at most about `bytes` each, in order.
    #[must_use]
    pub fn pieces(self, bytes: usize) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut rest = self.fold.as_str();
        while rest.len() > bytes {
            let mut end = bytes;
            while end < rest.len() && !rest.is_char_boundary(end) {
                end = end.saturating_add(1);
            }
            let Some((piece, behind)) = rest.split_at_checked(end) else {
                break;
            };
            pieces.push(Self {
                fold: piece.to_owned(),
                more: true,
                ..self.clone_without_fold()
            });
            rest = behind;
        }
        let rest = rest.to_owned();
        pieces.push(Self { fold: rest, ..self });
        pieces
    }

    fn clone_without_fold(&self) -> Self {
        Self {
            subject: self.subject.clone(),
            upto: self.upto,
            fold: String::new(),
            checksum: self.checksum.clone(),
            more: false,
        }
    }
}

impl Fold {
    /// Takes the next event about the subject.
    pub fn take(&mut self, event: Event) {
        if let Some(name) = event.op.body.field()
            && field::check(name, None).is_ok()
        {
            let state = self.fields.entry(name.to_owned()).or_default();
            field::fold(state, &event.op, event.member, event.policy);
        }
        self.events.push(event);
    }

    /// Lets go of events that nothing here goes back to.
    pub fn tidy(&mut self) {
        let held: BTreeSet<OpId> = self.fields.values().flat_map(Field::ops).collect();
        let (mut answered, mut members) = (false, BTreeSet::new());
        self.events.reverse();
        self.events.retain(|event| match &event.op.body {
            Body::Note { .. } => true,
            Body::Record { .. } | Body::Resolve { .. } => held.contains(&event.op.op_id),
            Body::Replied { .. } => !std::mem::replace(&mut answered, true),
            Body::Member { member, .. } => members.insert(*member),
        });
        self.events.reverse();
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::{Fold, SnapshotPage, SnapshotPlace, SnapshotRow};
    use crate::{Body, DeviceId, Event, MemberId, Op, OpId, Role, ServerFrame};

    fn event(seq: u64, body: Body) -> Event {
        let id = u128::from(seq);
        let at = Timestamp::from_second(i64::try_from(seq).unwrap()).unwrap();
        Event {
            seq,
            policy: None,
            member: MemberId(Uuid::from_u128(1)),
            device: DeviceId(Uuid::from_u128(2)),
            accepted_at: at,
            op: Op::new(
                OpId(Uuid::from_u128(id)),
                at,
                "customer:7".parse().unwrap(),
                body,
            ),
        }
    }

    fn set(value: &str, base: Option<u128>) -> Body {
        Body::Record {
            field: "phone".to_owned(),
            value: Some(value.to_owned()),
            base: base.map(|n| OpId(Uuid::from_u128(n))),
        }
    }

    #[test]
    fn what_nothing_goes_back_to_is_let_go() {
        let mut fold = Fold::default();
        let note = |seq| {
            event(
                seq,
                Body::Note {
                    update: vec![7],
                    mentions: Vec::new(),
                },
            )
        };
        let replied = |seq| {
            let body = Body::Replied {
                title: None,
                answered_after_seconds: None,
            };
            event(seq, body)
        };
        let member = |seq, name: &str| {
            let body = Body::Member {
                member: MemberId(Uuid::from_u128(5)),
                name: name.to_owned(),
                email: "eva@example.com".to_owned(),
                role: Role::Member,
                active: true,
            };
            event(seq, body)
        };
        for one in [
            note(1),
            event(2, set("1", None)),
            event(3, set("2", Some(2))),
            event(4, set("3", Some(3))),
            replied(5),
            member(6, "Eva"),
            note(7),
            replied(8),
            member(9, "Eva Novak"),
        ] {
            fold.take(one);
        }
        fold.tidy();
        let kept: Vec<u64> = fold.events.iter().map(|event| event.seq).collect();
        assert_eq!(
            kept,
            [1, 3, 4, 7, 8, 9],
            "edits; what holds and what held before; the newest of the others"
        );
        assert_eq!(fold.fields["phone"].version, 3, "the count goes on");
    }

    #[test]
    fn a_large_row_travels_in_pieces() {
        let mut fold = Fold::default();
        fold.take(event(1, set("čšž čšž čšž čšž", None)));
        let row = SnapshotRow::new("customer:7".parse().unwrap(), 9, &fold);
        for bytes in [1, 7, 100, 1 << 20] {
            let pieces = row.clone().pieces(bytes);
            let more: Vec<bool> = pieces.iter().map(|piece| piece.more).collect();
            assert!(more[..more.len() - 1].iter().all(|more| *more));
            assert!(!more[more.len() - 1], "the last one says so");
            let mut whole = row.clone();
            whole.fold = pieces.iter().map(|piece| piece.fold.as_str()).collect();
            assert_eq!(whole.read(), Some(fold.clone()), "{bytes}");
        }
        let mut damaged = row;
        damaged.upto = 10;
        assert_eq!(damaged.read(), None, "every part is summed");
    }

    #[test]
    fn the_frame_is_what_it_was() {
        let fold = Fold {
            note: b"blob".to_vec(),
            edits: 3,
            ..Fold::default()
        };
        let place = SnapshotPlace {
            life: "a".to_owned(),
            upto: 9,
            subject: "customer:7".to_owned(),
        };
        let page = SnapshotPage {
            after: SnapshotPlace::default(),
            place,
            rows: vec![SnapshotRow::new("customer:7".parse().unwrap(), 9, &fold)],
            recent: Vec::new(),
            end: None,
        };
        let frame = ServerFrame::Snapshot(Box::new(page));
        let golden = concat!(
            r#"{"type":"snapshot","after":{"life":"","upto":0,"subject":""},"#,
            r#""place":{"life":"a","upto":9,"subject":"customer:7"},"rows":[{"subject":"customer:7","upto":9,"#,
            r#""fold":"{\"note\":\"YmxvYg==\",\"edits\":3,\"events\":[]}","#,
            r#""checksum":"555d9af6cad3b4c2766f63dcbff2f48d"}]}"#
        );
        assert_eq!(serde_json::to_string(&frame).unwrap(), golden);
        assert_eq!(serde_json::from_str::<ServerFrame>(golden).unwrap(), frame);
    }
}
