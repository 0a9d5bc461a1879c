//! Who is at their desk, and on what: in memory, one organisation on one node.
//!
//! A desk that goes away while a reply is being written leaves an **intent**: an unsent reply may wait there. It ends with
//! the next word of that desk, or after a day.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use kontor_protocol::{Availability, DeviceId, MemberId, MemberPresence, Presence, Subject};

/// How long an intent is remembered.
pub(crate) const INTENT: SignedDuration = SignedDuration::from_hours(24);

/// The members of one organisation that were seen since the program started.
#[derive(Debug, Default)]
pub(crate) struct Presences {
    members: BTreeMap<MemberId, Seen>,
    /// Counts the changes; each member carries the count of their last one.
    version: u64,
}

#[derive(Debug)]
struct Seen {
    desks: BTreeMap<u64, Desk>,
    intents: BTreeMap<DeviceId, Intent>,
    shown: MemberPresence,
    version: u64,
}

#[derive(Debug)]
struct Desk {
    device: DeviceId,
    word: Option<(u64, Presence)>,
}

#[derive(Debug)]
struct Intent {
    on: Subject,
    left_at: Timestamp,
}

impl Presences {
    /// A session of a member began. Online until it says otherwise; another desk's word stays.
    pub(crate) fn arrive(&mut self, session: u64, who: (MemberId, DeviceId), now: Timestamp) {
        let (member, device) = who;
        let seen = self.members.entry(member).or_insert_with(|| Seen {
            desks: BTreeMap::new(),
            intents: BTreeMap::new(),
            shown: offline(member, now),
            version: 0,
        });
        seen.desks.insert(session, Desk { device, word: None });
        self.show(member, now);
    }

    /// A desk tells about its person: the newest word of a member counts.
    pub(crate) fn say(&mut self, member: MemberId, session: u64, word: Presence, now: Timestamp) {
        let order = self.version.saturating_add(1);
        if let Some(seen) = self.members.get_mut(&member)
            && let Some(desk) = seen.desks.get_mut(&session)
        {
            seen.intents.remove(&desk.device);
            // The order must grow with every word, also with one that changes nothing that is shown.
            self.version = order;
            desk.word = Some((order, word));
        }
        self.show(member, now);
    }

    /// A session ended. What was being written there stays as an intent.
    pub(crate) fn leave(&mut self, member: MemberId, session: u64, now: Timestamp) {
        if let Some(seen) = self.members.get_mut(&member)
            && let Some(desk) = seen.desks.remove(&session)
            && let Some((_, word)) = desk.word
            && let Some(on) = word.writing
        {
            seen.intents
                .insert(desk.device, Intent { on, left_at: now });
        }
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
        let newest = seen
            .desks
            .values()
            .filter_map(|desk| desk.word.as_ref())
            .max_by_key(|(order, _)| *order)
            .map(|(_, word)| word);
        let state = match (newest, seen.desks.is_empty()) {
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
