//! Who is at their desk, and on what: in memory, one organisation on one node, with what other nodes tell.
//!
//! A desk that goes away while a reply is being written leaves an **intent**: an unsent reply may wait there. It ends with
//! the next word of that desk, or after a day.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kontor_protocol::{Availability, DeviceId, MemberId, MemberPresence, Presence, Subject};

use crate::core::storage::{DeskChange, OtherDesk};

/// How long an intent is remembered.
pub(crate) const INTENT: SignedDuration = SignedDuration::from_hours(24);

/// The members of one organisation that were seen since the program started.
#[derive(Debug, Default)]
pub(crate) struct Presences {
    members: BTreeMap<MemberId, Seen>,
    /// What the database is to be told, for other nodes and for a program that starts anew.
    untold: Vec<DeskChange>,
    /// Counts the changes; each member carries the count of their last one.
    version: u64,
}

#[derive(Debug)]
struct Seen {
    desks: BTreeMap<u64, Desk>,
    /// Last words at desks of other nodes.
    elsewhere: Vec<Option<(Timestamp, Presence)>>,
    intents: BTreeMap<DeviceId, Intent>,
    shown: MemberPresence,
    version: u64,
}

#[derive(Debug)]
struct Desk {
    device: DeviceId,
    /// When, and which in the order of this node's words.
    word: Option<(Timestamp, u64, Presence)>,
}

#[derive(Debug)]
struct Intent {
    on: Subject,
    left_at: Timestamp,
}

impl Seen {
    fn new(member: MemberId, since: Timestamp) -> Self {
        Self {
            desks: BTreeMap::new(),
            elsewhere: Vec::new(),
            intents: BTreeMap::new(),
            shown: offline(member, since),
            version: 0,
        }
    }
}

impl Presences {
    /// A session of a member began. Online until it says otherwise; another desk's word stays.
    pub(crate) fn arrive(&mut self, session: u64, who: (MemberId, DeviceId), now: Timestamp) {
        let (member, device) = who;
        let seen = self.members.entry(member);
        let seen = seen.or_insert_with(|| Seen::new(member, now));
        seen.desks.insert(session, Desk { device, word: None });
        self.tell(DeskChange::Here {
            session,
            member,
            device,
            word: None,
        });
        self.show(member, now);
    }

    /// A desk tells about its person: the newest word of a member counts.
    pub(crate) fn say(&mut self, member: MemberId, session: u64, word: Presence, now: Timestamp) {
        let order = self.version.saturating_add(1);
        let mut told = None;
        if let Some(seen) = self.members.get_mut(&member)
            && let Some(desk) = seen.desks.get_mut(&session)
        {
            seen.intents.remove(&desk.device);
            // The order must grow with every word, also with one that changes nothing that is shown.
            self.version = order;
            told = Some(DeskChange::Here {
                session,
                member,
                device: desk.device,
                word: Some((now, word.clone())),
            });
            desk.word = Some((now, order, word));
        }
        told.into_iter().for_each(|change| self.tell(change));
        self.show(member, now);
    }

    /// A session ended. What was being written there stays as an intent.
    pub(crate) fn leave(&mut self, member: MemberId, session: u64, now: Timestamp) {
        let mut told = None;
        if let Some(seen) = self.members.get_mut(&member)
            && let Some(desk) = seen.desks.remove(&session)
        {
            let device = desk.device;
            let writing = desk.word.and_then(|(_, _, word)| word.writing);
            told = Some(DeskChange::Gone {
                session,
                device,
                left_at: writing.is_some().then_some(now),
            });
            let intent = writing.map(|on| Intent { on, left_at: now });
            seen.intents.extend(intent.map(|intent| (device, intent)));
        }
        told.into_iter().for_each(|change| self.tell(change));
        self.show(member, now);
    }

    /// Lets intents run out.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        let members: Vec<MemberId> = self
            .members
            .iter()
            .filter(|(_, seen)| !seen.intents.is_empty())
            .map(|(member, _)| *member)
            .collect();
        for member in members {
            self.show(member, now);
        }
    }

    fn tell(&mut self, change: DeskChange) {
        self.untold.push(change);
    }

    /// What is to be told now.
    pub(crate) fn take_untold(&mut self) -> Vec<DeskChange> {
        std::mem::take(&mut self.untold)
    }

    /// They could not be told: later, then, before anything newer.
    pub(crate) fn put_back(&mut self, mut changes: Vec<DeskChange>) {
        changes.append(&mut self.untold);
        self.untold = changes;
    }

    /// Everything is to be told again: the others may have given this node up.
    pub(crate) fn tell_again(&mut self) {
        for (member, seen) in &self.members {
            self.untold
                .extend(seen.desks.iter().map(|(session, desk)| DeskChange::Here {
                    session: *session,
                    member: *member,
                    device: desk.device,
                    word: desk.word.clone().map(|(at, _, word)| (at, word)),
                }));
        }
    }

    /// What is known of other nodes now, and everything that was left unsent anywhere. False, and nothing is done, while
    /// something of this node is untold: what is known is older than that.
    pub(crate) fn see_others(&mut self, others: Vec<OtherDesk>, now: Timestamp) -> bool {
        if !self.untold.is_empty() {
            return false;
        }
        for seen in self.members.values_mut() {
            seen.elsewhere.clear();
            seen.intents.clear();
        }
        for other in others {
            let since = other.left_at.unwrap_or(now);
            let seen = self.members.entry(other.member);
            let seen = seen.or_insert_with(|| Seen::new(other.member, since));
            let on = other
                .word
                .as_ref()
                .and_then(|(_, word)| word.writing.clone());
            match (other.left_at, on) {
                (None, _) => seen.elsewhere.push(other.word),
                (Some(left_at), Some(on)) => {
                    let newer = seen.intents.get(&other.device);
                    if newer.is_none_or(|known| known.left_at < left_at) {
                        seen.intents.insert(other.device, Intent { on, left_at });
                    }
                }
                (Some(_), None) => {}
            }
        }
        let everybody: Vec<MemberId> = self.members.keys().copied().collect();
        for member in everybody {
            self.show(member, now);
        }
        true
    }

    /// The count of changes.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Who changed after that count; everybody after 0.
    pub(crate) fn changed_after(&self, version: u64) -> Vec<MemberPresence> {
        self.members
            .values()
            .filter(|seen| seen.version > version)
            .map(|seen| seen.shown.clone())
            .collect()
    }

    /// Works out how a member looks now, and counts where that is a change.
    fn show(&mut self, member: MemberId, now: Timestamp) {
        let Some(seen) = self.members.get_mut(&member) else {
            return;
        };
        seen.intents
            .retain(|_, intent| now.duration_since(intent.left_at) < INTENT);
        let here = seen.desks.values().filter_map(|desk| desk.word.as_ref());
        let here = here.map(|(at, order, word)| ((*at, *order), word));
        let there = seen.elsewhere.iter().flatten();
        let there = there.map(|(at, word)| ((*at, 0), word));
        let newest = here.chain(there).max_by_key(|(when, _)| *when);
        let newest = newest.map(|(_, word)| word);
        let nowhere = seen.desks.is_empty() && seen.elsewhere.is_empty();
        let state = match (newest, nowhere) {
            (_, true) => Availability::Offline,
            (Some(word), false) => word.state,
            (None, false) => Availability::Online,
        };
        let left = seen.intents.values().max_by_key(|intent| intent.left_at);
        let shown = MemberPresence {
            member,
            state,
            since: if state == seen.shown.state {
                seen.shown.since
            } else {
                now
            },
            viewing: newest.and_then(|word| word.viewing.clone()),
            writing: newest
                .and_then(|word| word.writing.clone())
                .or_else(|| left.map(|intent| intent.on.clone())),
            caret: newest.and_then(|word| word.caret.clone()),
        };
        if shown != seen.shown || seen.version == 0 {
            self.version = self.version.saturating_add(1);
            seen.shown = shown;
            seen.version = self.version;
        }
    }
}

fn offline(member: MemberId, since: Timestamp) -> MemberPresence {
    MemberPresence {
        member,
        state: Availability::Offline,
        since,
        viewing: None,
        writing: None,
        caret: None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::arithmetic_side_effects,
        reason = "small numbers, seen to by the tests"
    )]
    use jiff::{SignedDuration, Timestamp};
    use kontor_protocol::Availability::{Away, Busy, Offline, Online};
    use kontor_protocol::{Availability, DeviceId, MemberId, MemberPresence, Presence};
    use uuid::Uuid;

    use super::{INTENT, Presences};
    use crate::core::storage::{DeskChange, OtherDesk};

    const ANA: MemberId = MemberId(Uuid::from_u128(1));
    const DESK: DeviceId = DeviceId(Uuid::from_u128(11));
    const LAPTOP: DeviceId = DeviceId(Uuid::from_u128(12));

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn word(state: Availability, writing: Option<&str>) -> Presence {
        Presence {
            state,
            viewing: None,
            writing: writing.map(|s| s.parse().unwrap()),
            caret: None,
        }
    }

    fn ana(presences: &Presences) -> MemberPresence {
        presences.changed_after(0).pop().unwrap()
    }

    fn check(presences: &Presences, state: Availability, writing: Option<&str>, why: &str) {
        let shown = ana(presences);
        let found = shown.writing.map(|s| s.to_string());
        assert_eq!((shown.state, found.as_deref()), (state, writing), "{why}");
    }

    #[test]
    fn the_newest_word_counts_and_an_intent_is_left() {
        let mut p = Presences::default();
        p.arrive(1, (ANA, DESK), at(0));
        check(&p, Online, None, "online without a word");
        p.say(ANA, 1, word(Busy, Some("thread:a")), at(1));
        p.arrive(2, (ANA, LAPTOP), at(2));
        check(
            &p,
            Busy,
            Some("thread:a"),
            "a second desk without a word changes nothing",
        );
        p.say(ANA, 2, word(Away, None), at(3));
        check(&p, Away, None, "the laptop spoke last");
        p.leave(ANA, 2, at(4));
        check(
            &p,
            Busy,
            Some("thread:a"),
            "the desk's word is the newest again",
        );
        p.leave(ANA, 1, at(5));
        check(
            &p,
            Offline,
            Some("thread:a"),
            "an unsent reply may wait at the desk",
        );
        assert_eq!(ana(&p).since, at(5), "offline since the last desk went");

        p.arrive(3, (ANA, LAPTOP), at(6));
        p.say(ANA, 3, word(Online, None), at(7));
        check(
            &p,
            Online,
            Some("thread:a"),
            "the laptop knows nothing of the desk's draft",
        );
        p.arrive(4, (ANA, DESK), at(8));
        p.say(ANA, 4, word(Online, None), at(9));
        check(&p, Online, None, "the desk is back and writes no more");
    }

    #[test]
    fn an_intent_runs_out_after_a_day() {
        let mut p = Presences::default();
        p.arrive(1, (ANA, DESK), at(0));
        p.say(ANA, 1, word(Online, Some("thread:a")), at(1));
        p.leave(ANA, 1, at(2));
        let version = p.version();
        p.tick(at(3));
        assert_eq!(p.changed_after(version), [], "nothing changed");
        p.tick(at(2) + INTENT - SignedDuration::from_secs(1));
        check(&p, Offline, Some("thread:a"), "a second before");
        p.tick(at(2) + INTENT);
        check(&p, Offline, None, "a day later");
        assert_eq!(p.changed_after(version).len(), 1, "others are told");
    }

    fn other(device: DeviceId, writing: &str, said: i64, left_at: Option<i64>) -> OtherDesk {
        OtherDesk {
            member: ANA,
            device,
            word: Some((at(said), word(Busy, Some(writing)))),
            left_at: left_at.map(at),
        }
    }

    #[test]
    fn another_node_tells_of_desks_and_of_what_was_left() {
        let mut p = Presences::default();
        p.see_others(vec![other(DESK, "thread:a", 1, None)], at(2));
        check(&p, Busy, Some("thread:a"), "at the other node");
        p.arrive(1, (ANA, LAPTOP), at(3));
        check(&p, Busy, Some("thread:a"), "here, too, without a word");
        p.say(ANA, 1, word(Away, None), at(4));
        check(&p, Away, None, "the newest word is of this node");
        let late = p.see_others(Vec::new(), at(5));
        assert!(!late, "what this node did is not in there yet");
        assert_eq!(p.take_untold().len(), 2, "arrived, and spoke");
        p.see_others(vec![other(DESK, "thread:b", 6, None)], at(7));
        check(&p, Busy, Some("thread:b"), "there they spoke last");
        p.leave(ANA, 1, at(8));
        let told = p.take_untold();
        assert!(
            matches!(told.as_slice(), [DeskChange::Gone { left_at: None, .. }]),
            "nothing was left here: {told:?}"
        );
        p.see_others(vec![other(DESK, "thread:b", 6, Some(9))], at(10));
        check(
            &p,
            Offline,
            Some("thread:b"),
            "left unsent at the other node",
        );
        p.see_others(Vec::new(), at(11));
        check(&p, Offline, None, "taken up elsewhere");
    }

    #[test]
    fn what_could_not_be_told_is_told_first_later() {
        let mut p = Presences::default();
        p.arrive(1, (ANA, DESK), at(0));
        let failed = p.take_untold();
        p.leave(ANA, 1, at(1));
        p.put_back(failed);
        let told = p.take_untold();
        assert!(
            matches!(
                told.as_slice(),
                [DeskChange::Here { .. }, DeskChange::Gone { .. }]
            ),
            "in order: {told:?}"
        );
        p.arrive(2, (ANA, DESK), at(2));
        p.take_untold();
        p.tell_again();
        assert_eq!(p.take_untold().len(), 1, "who is there");
    }

    #[test]
    fn only_changes_are_told() {
        let mut p = Presences::default();
        p.arrive(1, (ANA, DESK), at(0));
        let version = p.version();
        p.say(ANA, 1, word(Online, None), at(1));
        assert_eq!(p.changed_after(version), [], "online it was already");
        p.say(ANA, 1, word(Away, None), at(2));
        assert_eq!(p.changed_after(version).len(), 1);
    }
}
