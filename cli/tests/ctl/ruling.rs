//! `kill -9` while the rule of a view acts: each mail is starred once and told once, and none is forgotten.

use std::collections::BTreeMap;
use std::thread::scope;

use kontor_engine::model::{Change, MessageId};
use kontor_engine::store::Store;
use kontor_testkit::{Dovecot, Imap};

use crate::desk::{Desk, Watch, until};
use crate::{MAJA, letter};

/// Mails that come one after the other while the program is killed: too many to be done in a moment.
const MAILS: usize = 12;

/// How often each mail was told.
fn told(store: &Store) -> BTreeMap<MessageId, usize> {
    let changes = store.read(|r| r.changes_after(0, 1_000_000)).unwrap();
    let mut told = BTreeMap::new();
    for (_, change) in changes.entries {
        if let Change::Told { message, .. } = change {
            *told.entry(message).or_default() += 1;
        }
    }
    told
}

/// The mails with a star at the server.
fn starred(imap: &mut Imap) -> Vec<u32> {
    imap.select("INBOX").unwrap();
    imap.uids("FLAGGED").unwrap()
}

/// The moments from which on the program dies, each a step further into what it does with the mails of a round. How far it
/// gets beyond is chance on purpose: whatever it was doing must not matter.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// It is there, and mail begins to come.
    Live,
    /// So many of the round have arrived.
    Arrived(usize),
    /// The rule has acted on so many here.
    Told(usize),
    /// So many have their star at the server.
    Starred(usize),
}

impl Moment {
    fn wait(self, watch: &Watch, store: &Store, before: usize, imap: &mut Imap) {
        match self {
            Self::Live => {}
            Self::Arrived(n) => until("mail", || {
                let printed = watch.printed();
                let arrived = printed.iter().filter(|e| e["event"] == "arrived");
                (arrived.count() >= n).then_some(())
            }),
            Self::Told(n) => until("a mail that is told", || {
                (told(store).len() >= before + n).then_some(())
            }),
            Self::Starred(n) => until("a star at the server", || {
                (starred(imap).len() >= n).then_some(())
            }),
        }
    }
}

#[test]
fn killed_in_the_middle_each_mail_is_starred_once_and_told_once() {
    let (dovecot, desk) = Desk::synced(Dovecot::builder());
    desk.json(&["views", "save", "Ana", "from:ana@example.org"])
        .ok();
    desk.json(&["views", "rule", "Ana", "--star", "--tell"])
        .ok();
    let store = Store::open(&desk.profile()).unwrap();
    let mut imap = dovecot.imap(MAJA).unwrap();
    let moments = [
        Moment::Live,
        Moment::Arrived(1),
        Moment::Arrived(5),
        Moment::Told(1),
        Moment::Told(5),
        Moment::Told(MAILS),
        Moment::Starred(1),
        Moment::Starred(6),
    ];
    for (round, moment) in moments.into_iter().enumerate() {
        let before = told(&store).len();
        assert_eq!(before, round * MAILS, "{moment:?}");
        let watch = desk.watch();
        watch.wait_state("live");
        scope(|s| {
            s.spawn(|| {
                for n in 0..MAILS {
                    let name = format!("{round}-{n}");
                    dovecot.deliver(MAJA, &letter(&name, "Pozdrav.")).unwrap();
                }
            });
            moment.wait(&watch, &store, before, &mut imap);
            watch.kill();
        });
        desk.json(&["sync", "--once"]).ok();
        let stars = starred(&mut imap);
        assert_eq!(
            stars.len(),
            MAILS,
            "{moment:?}: none is forgotten, none is starred again"
        );
        // The person takes them off: who stars a mail a second time would be found out in the next round.
        for uid in stars {
            imap.flags(uid, "-FLAGS", "\\Flagged").unwrap();
        }
        desk.json(&["sync", "--once"]).ok();
        assert!(starred(&mut imap).is_empty(), "{moment:?}");
    }
    let told = told(&store);
    assert_eq!(told.len(), moments.len() * MAILS);
    assert!(told.values().all(|times| *times == 1), "{told:?}");
}
