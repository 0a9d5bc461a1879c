//! What must hold after every run: nothing that was acknowledged is lost, all desks are equal, nobody saw strangers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kontor_collab::{ConflictValue, Member, Record, TeamOpState};
use kontor_protocol::field::{self, Field, Set};
use kontor_protocol::{Body, CriticalFields, Event, MemberId, OpId, OrgId, Subject, SubjectKind};
use kontor_server::core::storage::Storage as _;
use loro::LoroDoc;

use crate::base::Base;
use crate::place::{Place, subject};
use crate::plan::SUBJECTS;
use crate::sim::Sim;

/// All that a person can see at a desk, besides what is theirs alone.
#[derive(Debug, PartialEq)]
struct View {
    members: Vec<Member>,
    notes: BTreeMap<Subject, Text>,
    histories: Vec<Vec<Version>>,
    records: Vec<Record>,
    conflicts: Vec<Question>,
    critical: CriticalFields,
}

/// A note: text, version, who and when.
type Text = (String, u64, Option<MemberId>, Timestamp);
/// A version: its number, edit, the edit's number, who and when. What it added depends on what else was there.
type Version = (Option<u64>, OpId, Option<u64>, Option<MemberId>, Timestamp);
/// A conflict and what holds until somebody chooses.
type Question = (OpId, Subject, Vec<ConflictValue>, Option<String>);

impl<B: Base> Sim<'_, B> {
    /// Fails where anything is wrong after the run came to rest.
    pub(crate) async fn assert_agreed(&mut self) {
        self.assert_checked().await;
        // Two who were never there read everything from the beginning, and must come to the same; so must who only comes now.
        let late: Vec<Place> = self.late.drain(..).collect();
        let witnesses: Vec<Place> = self.witnesses.drain(..).collect();
        self.places.extend(late.into_iter().chain(witnesses));
        self.rest().await;
        let orgs: BTreeSet<OrgId> = self.places.iter().map(|place| place.org.id).collect();
        for org in orgs {
            let events = self.events(org).await;
            let places: Vec<&Place> = self
                .places
                .iter()
                .filter(|place| place.org.id == org)
                .collect();
            self.assert_kept(&events, &places);
            let witness = view(places[places.len() - 1]);
            assert_folded(&events, &witness);
            for place in &places {
                let (mut here, mut whole) = (view(place), view(places[places.len() - 1]));
                if place.folded {
                    // Of a note that came by a snapshot it has the later versions.
                    for (here, whole) in here.histories.iter_mut().zip(&mut whole.histories) {
                        assert!(
                            whole.ends_with(here),
                            "desk {} has other later versions: {here:#?} of {whole:#?}",
                            place.number
                        );
                        (*here, *whole) = (Vec::new(), Vec::new());
                    }
                }
                assert_eq!(
                    here, whole,
                    "desk {} shows what a new desk shows",
                    place.number
                );
            }
        }
    }

    async fn assert_checked(&self) {
        for node in self.nodes.iter().flatten() {
            let checked = node
                .ask(|storage| async move { storage.check().await })
                .await;
            assert_eq!(
                checked.unwrap().problems,
                [""; 0],
                "the server's database is whole"
            );
        }
    }

    async fn events(&self, org: OrgId) -> Vec<Event> {
        let node = self.nodes[0].as_ref().expect("everything was started");
        let all = node.ask(move |storage| async move { storage.events(org, 0, 1 << 20).await });
        let events = all.await.unwrap();
        for (want, event) in (1..).zip(&events) {
            assert_eq!(event.seq, want, "numbers have no gaps");
        }
        events
    }

    /// What a person or a desk was told to be safe is on the server and on every desk, under the same number.
    fn assert_kept(&self, events: &[Event], places: &[&Place]) {
        let kept: BTreeMap<OpId, &Event> = events.iter().map(|e| (e.op.op_id, e)).collect();
        assert_eq!(kept.len(), events.len(), "each operation is stored once");
        for event in events {
            places[0].org.assert_own(event);
            assert!(
                !self.never.contains(&event.op.op_id),
                "what nobody may say was stored: {event:?}"
            );
        }
        for place in places {
            for (what, ids) in [("made", &place.made), ("acknowledged", &place.acked)] {
                let lost: Vec<_> = ids.iter().filter(|id| !kept.contains_key(id)).collect();
                assert!(
                    lost.is_empty(),
                    "lost, though {what} at desk {}: {lost:?}",
                    place.number
                );
            }
            let store = place.collab.store();
            for event in events {
                let row = store
                    .read(|r| r.team_op(&event.op.op_id.to_string()))
                    .unwrap();
                if row.is_none() && place.folded {
                    continue;
                }
                let row = row.unwrap_or_else(|| panic!("desk {} has no {event:?}", place.number));
                assert_eq!(
                    (row.state, row.op.seq, &row.op.checksum),
                    (TeamOpState::Accepted, Some(event.seq), &event.op.checksum),
                    "desk {} has {event:?}",
                    place.number
                );
            }
            let rows = store.read(|r| r.team_ops_after(0, u32::MAX)).unwrap();
            let other = rows.iter().find(|row| row.op.seq.is_none());
            assert!(other.is_none(), "desk {} has {other:?}", place.number);
            assert!(
                rows.len() == events.len() || (place.folded && rows.len() < events.len()),
                "desk {} has nothing else",
                place.number
            );
        }
    }
}

fn view(place: &Place) -> View {
    let collab = &place.collab;
    let notes = collab.notes().unwrap().into_iter();
    let subjects = || (0..SUBJECTS.len()).map(subject);
    let histories = subjects().map(|subject| {
        let versions = collab.note_history(&subject).unwrap().into_iter();
        versions
            .map(|v| (v.version, v.op_id, v.seq, v.member, v.occurred_at))
            .collect()
    });
    let conflicts = collab.conflicts().unwrap().into_iter();
    View {
        members: collab.members().unwrap(),
        notes: notes
            .map(|n| (n.subject, (n.text, n.version, n.updated_by, n.updated_at)))
            .collect(),
        histories: histories.collect(),
        records: subjects()
            .map(|subject| collab.record(&subject).unwrap())
            .collect(),
        conflicts: conflicts
            .map(|c| (c.id, c.subject, c.values, c.base))
            .collect(),
        critical: collab.critical_fields().unwrap(),
    }
}

/// The server's events, put together by nobody's code but Loro's and the protocol's, come to what desks show.
fn assert_folded(events: &[Event], shown: &View) {
    let mut notes: BTreeMap<&Subject, (LoroDoc, u64)> = BTreeMap::new();
    let mut fields: BTreeMap<(&Subject, &str), Field> = BTreeMap::new();
    let mut critical = CriticalFields::default();
    for event in events {
        let about = &event.op.subject;
        if let (SubjectKind::Org, Some((_, list))) = (about.kind(), event.op.body.setting()) {
            critical = CriticalFields::of(list);
            continue;
        }
        let policy = event.op.body.field().map(|name| critical.policy(name));
        let set = |value: &Option<String>, base| Set {
            op: event.op.op_id,
            base,
            value: value.clone(),
            member: event.member,
            occurred_at: event.op.occurred_at,
        };
        match &event.op.body {
            Body::Note { update, .. } => {
                let (doc, version) = notes.entry(about).or_default();
                doc.import(update)
                    .expect("only desks' own updates are stored");
                *version += 1;
            }
            Body::Record { field, value, base } => {
                let folded = fields.entry((about, field)).or_default();
                let told = event.policy.unwrap_or_else(|| field::policy(field));
                assert_eq!(Some(told), policy, "as the list was at {}", event.seq);
                folded.set(told, set(value, *base));
            }
            Body::Resolve {
                conflict,
                field,
                value,
            } => {
                let folded = fields.entry((about, field)).or_default();
                folded.resolve(*conflict, set(value, None));
            }
            Body::Replied { .. } | Body::Member { .. } => {}
        }
    }
    assert_eq!(shown.critical, critical, "the list is the one set last");
    let texts: BTreeMap<&Subject, (String, u64)> = notes
        .into_iter()
        .map(|(subject, (doc, version))| (subject, (doc.get_text("note").to_string(), version)))
        .collect();
    let shown_texts: BTreeMap<&Subject, (String, u64)> = shown
        .notes
        .iter()
        .map(|(subject, (text, version, ..))| (subject, (text.clone(), *version)))
        .collect();
    assert_eq!(shown_texts, texts, "notes are their edits, in any order");
    for ((about, name), folded) in fields {
        let record = shown.records.iter().find(|record| record.subject == *about);
        let field = record.and_then(|r| r.fields.iter().find(|f| f.field == name));
        let value = folded.current.as_ref().and_then(|set| set.value.clone());
        let open = folded.conflict.as_ref().map(|c| c.id);
        let shown = field.map_or((None, None), |f| (f.value.clone(), f.conflict));
        assert_eq!(
            shown,
            (value, open),
            "{name} of {about} is what its sets come to"
        );
    }
}
