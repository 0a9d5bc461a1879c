//! What differs between a folder and what we hold of it (facts §2, "Sync algorithm").

use kontor_mail::provider::{Changes, Cursor, Fault, RemoteStatus, Result};
use kontor_model::Flags;

use crate::ImapProvider;
use crate::answer::{Answer, Condition};
use crate::command::Command;
use crate::session::Selected;
use crate::set::UidSet;

/// How a folder is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    Plain,
    /// With mod-sequences from now on (RFC 7162 §3.1.8).
    Condstore,
    /// With everything that changed since (UIDVALIDITY, mod-sequence) (RFC 7162 §3.2.5).
    Qresync(u32, u64),
}

/// What SELECT said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opened {
    pub(crate) status: RemoteStatus,
    pub(crate) keywords_allowed: bool,
    flags: Vec<(u32, Flags)>,
    vanished: Vec<UidSet>,
}

impl Opened {
    fn take(&mut self, answer: &Answer<'_>) {
        match answer {
            Answer::Exists(n) => self.status.messages = *n,
            Answer::Fetch(fetch) => {
                if let (Some(uid), Some(flags)) = (fetch.uid, &fetch.flags) {
                    self.flags.push((uid, flags.clone()));
                }
            }
            Answer::Vanished(true, set) => self.vanished.push(set.clone()),
            Answer::Status(Condition::Ok, Some(code), _) => {
                let small = || code.number().and_then(|n| u32::try_from(n).ok());
                if code.is("UIDVALIDITY") {
                    self.status.uidvalidity = small().unwrap_or_default();
                } else if code.is("UIDNEXT") {
                    self.status.uidnext = small().unwrap_or_default();
                } else if code.is("HIGHESTMODSEQ") {
                    self.status.highestmodseq = code.number().unwrap_or_default();
                } else if code.is("PERMANENTFLAGS") {
                    self.keywords_allowed = code.args.windows(2).any(|w| w == b"\\*");
                } else if code.is("CLOSED") {
                    // Everything up to here was about the folder that was open before.
                    *self = Self::default();
                }
            }
            _ => {}
        }
    }
}

impl ImapProvider {
    /// Selects a folder, whatever was selected before.
    pub(crate) async fn select(&mut self, wire: &str, opening: Opening) -> Result<Opened> {
        self.session.ready().await?;
        self.session.selected = None;
        let tail = match opening {
            Opening::Plain => String::new(),
            Opening::Condstore => " (CONDSTORE)".to_owned(),
            Opening::Qresync(uidvalidity, modseq) => format!(" (QRESYNC ({uidvalidity} {modseq}))"),
        };
        let mut opened = Opened::default();
        let command = Command::new("SELECT ").string(wire).text(&tail);
        self.session
            .run(command, |answer| opened.take(answer))
            .await?
            .ok("open the folder")?;
        // A server without persistent UIDs says none (RFC 3501 §2.3.1.1); it must not look like "nothing held".
        opened.status.uidvalidity = opened.status.uidvalidity.max(1);
        if self.session.quirks.no_modseq {
            opened.status.highestmodseq = 0;
        }
        self.session.selected = Some(Selected {
            wire: wire.to_owned(),
            uidvalidity: opened.status.uidvalidity,
        });
        self.session.heard.stirred = false;
        Ok(opened)
    }

    /// Makes sure the folder is selected and is still the one whose UIDs we were given.
    pub(crate) async fn open(&mut self, wire: &str) -> Result<()> {
        self.session.ready().await?;
        let found = match &self.session.selected {
            Some(selected) if selected.wire == wire => selected.uidvalidity,
            _ => self.select(wire, Opening::Plain).await?.status.uidvalidity,
        };
        match self.expected.get(wire) {
            Some(expected) if *expected != found => Err(Fault::Gone(
                "The folder was made anew at the server; it must be listed again before anything is done in it."
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }

    pub(crate) async fn differences(
        &mut self,
        wire: &str,
        cursor: &Cursor,
        full: bool,
    ) -> Result<Changes> {
        let modseq = !self.session.quirks.no_modseq
            && (self.session.caps.has("CONDSTORE") || self.session.caps.has("QRESYNC"));
        let since = (!full && cursor.uidvalidity != 0 && cursor.highestmodseq > 0 && modseq)
            .then_some(cursor.highestmodseq);
        let opening = match since {
            Some(since) if self.session.qresync => Opening::Qresync(cursor.uidvalidity, since),
            _ if modseq => Opening::Condstore,
            _ => Opening::Plain,
        };
        let opened = self.select(wire, opening).await?;
        self.expected
            .insert(wire.to_owned(), opened.status.uidvalidity);
        let mut changes = Changes {
            status: opened.status,
            keywords_allowed: opened.keywords_allowed,
            ..Changes::default()
        };
        // Where the server tells what vanished, nobody reads for us what we hold (provider.rs, `Cursor::known`).
        let held = Held {
            cursor,
            authoritative: full || !(modseq && self.session.qresync),
        };
        if cursor.uidvalidity != opened.status.uidvalidity {
            changes.new = self.all_uids(&opened.status).await?;
        } else {
            // A mod-sequence that went back (a restored server) tells nothing.
            match since.filter(|m| opened.status.highestmodseq >= *m) {
                Some(_) if matches!(opening, Opening::Qresync(..)) => {
                    self.take_opened(held, opened, &mut changes).await?;
                }
                Some(since) => self.since_modseq(held, since, &mut changes).await?,
                None => self.compare_all(held, &mut changes).await?,
            }
        }
        finish(&mut changes, cursor);
        Ok(changes)
    }

    /// QRESYNC: everything came with the SELECT.
    async fn take_opened(
        &mut self,
        held: Held<'_>,
        opened: Opened,
        changes: &mut Changes,
    ) -> Result<()> {
        let cursor = held.cursor;
        for set in &opened.vanished {
            // What we never held cannot vanish; servers name whole ranges of UIDs that never were.
            if held.told() {
                changes.vanished.extend(set.intersect(&cursor.known));
            } else if set.count_below(cursor.uidnext) <= MOST_VANISHED {
                changes.vanished.extend(set.below(cursor.uidnext));
            } else {
                return Err(Fault::Protocol(
                    "The mail server says more messages vanished than a folder can hold."
                        .to_owned(),
                ));
            }
        }
        sort_out(cursor, opened.flags, changes);
        self.find_missed(cursor, changes).await?;
        if held.adds_up(changes) {
            return Ok(());
        }
        self.compare_uids(cursor, changes).await
    }

    /// CONDSTORE: flags by mod-sequence, what vanished by counting.
    async fn since_modseq(
        &mut self,
        held: Held<'_>,
        since: u64,
        changes: &mut Changes,
    ) -> Result<()> {
        let cursor = held.cursor;
        let status = changes.status;
        if status.messages > 0
            && (status.highestmodseq != since || status.uidnext != cursor.uidnext)
        {
            let command = format!("UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE {since})");
            let flags = self.scan_flags(command).await?;
            sort_out(cursor, flags, changes);
        }
        self.find_missed(cursor, changes).await?;
        if !held.adds_up(changes) {
            self.compare_uids(cursor, changes).await?;
        }
        Ok(())
    }

    /// Every UID and flag.
    async fn compare_all(&mut self, held: Held<'_>, changes: &mut Changes) -> Result<()> {
        let flags = if changes.status.messages == 0 {
            Vec::new()
        } else {
            self.scan_flags("UID FETCH 1:* (UID FLAGS)".to_owned())
                .await?
        };
        let mut here: Vec<u32> = flags.iter().map(|(uid, _)| *uid).collect();
        here.sort_unstable();
        changes.vanished = minus(&held.cursor.known, &here);
        for (uid, flags) in flags {
            if held.holds(uid) {
                changes.flags.push((uid, flags));
            } else {
                changes.new.push(uid);
            }
        }
        Ok(())
    }

    async fn scan_flags(&mut self, command: String) -> Result<Vec<(u32, Flags)>> {
        let mut found = Vec::new();
        self.session
            .run(Command::new(command), |answer| {
                if let Answer::Fetch(fetch) = answer
                    && let (Some(uid), Some(flags)) = (fetch.uid, &fetch.flags)
                {
                    found.push((uid, flags.clone()));
                }
            })
            .await?
            .ok("read the flags")?;
        Ok(found)
    }

    /// New UIDs nobody told us of: some servers leave them out of what changed.
    async fn find_missed(&mut self, cursor: &Cursor, changes: &mut Changes) -> Result<()> {
        if changes.new.is_empty()
            && changes.status.uidnext > cursor.uidnext
            && changes.status.messages > 0
        {
            let found = self
                .search(&format!("UID {}:*", cursor.uidnext.max(1)))
                .await?;
            // `n:*` always names the last message, even one below n.
            changes
                .new
                .extend(found.into_iter().filter(|u| *u >= cursor.uidnext));
        }
        Ok(())
    }

    /// The counts do not agree: compare every UID.
    async fn compare_uids(&mut self, cursor: &Cursor, changes: &mut Changes) -> Result<()> {
        let here = self.all_uids(&changes.status).await?;
        changes.vanished = minus(&cursor.known, &here);
        changes.new = minus(&here, &cursor.known);
        Ok(())
    }

    /// Every UID of the selected folder, ascending.
    async fn all_uids(&mut self, status: &RemoteStatus) -> Result<Vec<u32>> {
        if status.messages == 0 {
            // `1:*` and ALL of nothing is an error to some servers.
            return Ok(Vec::new());
        }
        if self.session.caps.has("ESEARCH") && !self.session.quirks.no_esearch {
            let mut set = None;
            let command = Command::new("UID SEARCH RETURN (ALL) ALL");
            let outcome = self
                .session
                .run(command, |answer| {
                    if let Answer::Esearch(found) = answer {
                        set.clone_from(found);
                    }
                })
                .await?;
            // One line for any number of messages; believed only when it is about as many as there are.
            let most = u64::from(status.messages)
                .saturating_mul(2)
                .saturating_add(1_000);
            if let Some(set) = set.filter(|s| outcome.is_ok() && s.count() <= most) {
                return Ok(set.below(u32::MAX));
            }
        }
        self.search("ALL").await
    }

    /// UIDs that match, ascending and without duplicates.
    pub(crate) async fn search(&mut self, criteria: &str) -> Result<Vec<u32>> {
        self.search_command(Command::new(format!("UID SEARCH {criteria}")))
            .await
    }

    pub(crate) async fn search_command(&mut self, command: Command<'_>) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        self.session
            .run(command, |answer| {
                if let Answer::Search(uids) = answer {
                    found.extend_from_slice(uids);
                }
            })
            .await?
            .ok("search")?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// More messages than any folder had; a set of as many takes 64 MiB.
const MOST_VANISHED: u64 = 1 << 24;

/// Sorts changed messages into new ones and known ones with other flags.
fn sort_out(cursor: &Cursor, flags: Vec<(u32, Flags)>, changes: &mut Changes) {
    for (uid, flags) in flags {
        if uid >= cursor.uidnext {
            changes.new.push(uid);
        } else {
            changes.flags.push((uid, flags));
        }
    }
}

/// What we hold, as far as we were told.
#[derive(Clone, Copy, Debug)]
struct Held<'a> {
    cursor: &'a Cursor,
    /// The cursor's list is to be believed even when it is empty.
    authoritative: bool,
}

impl Held<'_> {
    fn told(&self) -> bool {
        self.authoritative || !self.cursor.known.is_empty()
    }

    fn holds(&self, uid: u32) -> bool {
        if self.told() {
            self.cursor.known.binary_search(&uid).is_ok()
        } else {
            uid < self.cursor.uidnext
        }
    }

    /// True when what we would hold afterwards is as many as the server has; also when we were not told what we hold.
    fn adds_up(&self, changes: &Changes) -> bool {
        if !self.told() {
            return true;
        }
        let count = |uids: &[u32]| {
            let mut uids = uids.to_vec();
            uids.sort_unstable();
            uids.dedup();
            u64::try_from(uids.len()).unwrap_or(u64::MAX)
        };
        let held = count(&self.cursor.known)
            .saturating_sub(count(&changes.vanished))
            .saturating_add(count(&changes.new));
        held == u64::from(changes.status.messages)
    }
}

/// Those of `left` (ascending) that are not in `right` (ascending).
fn minus(left: &[u32], right: &[u32]) -> Vec<u32> {
    left.iter()
        .copied()
        .filter(|u| right.binary_search(u).is_err())
        .collect()
}

/// Brings the lists into the order promised, and the counters up to what was seen meanwhile.
fn finish(changes: &mut Changes, cursor: &Cursor) {
    changes.new.sort_unstable();
    changes.new.dedup();
    changes.vanished.sort_unstable();
    changes.vanished.dedup();
    // Told twice, the last word counts.
    changes.flags.reverse();
    changes.flags.sort_by_key(|(uid, _)| *uid);
    changes.flags.dedup_by_key(|(uid, _)| *uid);
    changes
        .flags
        .retain(|(uid, _)| changes.vanished.binary_search(uid).is_err());
    // Some servers do not say UIDNEXT, and mail may have come between SELECT and the look.
    let after = changes.new.last().map_or(0, |u| u.saturating_add(1));
    let held = if cursor.uidvalidity == changes.status.uidvalidity {
        cursor.uidnext
    } else {
        0
    };
    changes.status.uidnext = changes.status.uidnext.max(after).max(held);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn changes(new: &[u32], vanished: &[u32], messages: u32) -> Changes {
        Changes {
            new: new.to_vec(),
            vanished: vanished.to_vec(),
            status: RemoteStatus {
                messages,
                uidvalidity: 1,
                ..RemoteStatus::default()
            },
            ..Changes::default()
        }
    }

    #[rstest]
    #[case::nothing(&[1, 2], &[], &[], 2, true)]
    #[case::grown(&[1, 2], &[3], &[], 3, true)]
    #[case::gone_unsaid(&[1, 2], &[], &[], 1, false)]
    #[case::gone_said(&[1, 2], &[], &[2], 1, true)]
    #[case::told_twice(&[1, 2], &[3, 3], &[2, 2], 2, true)]
    fn counts(
        #[case] known: &[u32],
        #[case] new: &[u32],
        #[case] vanished: &[u32],
        #[case] messages: u32,
        #[case] want: bool,
    ) {
        let cursor = Cursor {
            uidnext: 3,
            known: known.to_vec(),
            ..Cursor::default()
        };
        let held = Held {
            cursor: &cursor,
            authoritative: true,
        };
        assert_eq!(held.adds_up(&changes(new, vanished, messages)), want);
    }

    #[test]
    fn lists_come_out_in_order_and_the_last_word_counts() {
        let cursor = Cursor {
            uidvalidity: 1,
            uidnext: 10,
            ..Cursor::default()
        };
        let mut c = changes(&[12, 11, 12], &[5, 4], 3);
        let (old, new) = (Flags::default(), Flags::from_names(["\\Seen"]));
        c.flags = vec![
            (7, old.clone()),
            (3, old.clone()),
            (7, new.clone()),
            (5, old.clone()),
        ];
        finish(&mut c, &cursor);
        assert_eq!(c.new, vec![11, 12]);
        assert_eq!(c.vanished, vec![4, 5]);
        assert_eq!(
            c.flags,
            vec![(3, old), (7, new)],
            "flags of what vanished do not matter"
        );
        assert_eq!(
            c.status.uidnext, 13,
            "mail that came meanwhile is behind the new cursor"
        );
    }
}
