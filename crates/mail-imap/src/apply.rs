//! What a person did, done at the server: flags, moves, deletions.

use std::collections::BTreeMap;

use kontor_mail::provider::{Applied, Fault, RemoteAction, Result};

use crate::ImapProvider;
use crate::answer::Answer;
use crate::command::Command;
use crate::fault::Outcome;
use crate::set::{UidSet, sets};

impl ImapProvider {
    pub(crate) async fn carry_out(
        &mut self,
        wire: &str,
        uids: &[u32],
        action: &RemoteAction,
    ) -> Result<Applied> {
        let mut applied = Applied::default();
        if uids.is_empty() {
            return Ok(applied);
        }
        self.open(wire).await?;
        for set in sets(uids) {
            match action {
                RemoteAction::Flags { add, remove } => {
                    self.store(&set, add, remove, &mut applied).await?;
                }
                RemoteAction::Move { to } => self.relocate(&set, to, &mut applied).await?,
                RemoteAction::Delete => self.delete(&set, &mut applied).await?,
            }
        }
        Ok(applied)
    }

    /// Asks, in the same round trip as what follows, which of these UIDs are there.
    async fn ask_present(&mut self, set: &str) -> Result<crate::session::Tag> {
        self.session
            .send(Command::new(format!("UID SEARCH UID {set}")))
            .await
    }

    async fn present(&mut self, tag: crate::session::Tag) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        self.session
            .finish(tag, |answer| {
                if let Answer::Search(uids) = answer {
                    found.extend_from_slice(uids);
                }
            })
            .await?
            .ok("look for the messages")?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    async fn store(
        &mut self,
        set: &str,
        add: &[String],
        remove: &[String],
        applied: &mut Applied,
    ) -> Result<()> {
        let asked = self.ask_present(set).await?;
        let mut under_way = Vec::new();
        for (sign, names) in [('+', add), ('-', remove)] {
            let names: Vec<&str> = names
                .iter()
                .map(String::as_str)
                .filter(|n| is_flag(n))
                .collect();
            if !names.is_empty() {
                let command = format!("UID STORE {set} {sign}FLAGS.SILENT ({})", names.join(" "));
                under_way.push(self.session.send(Command::new(command)).await?);
            }
        }
        let present = self.present(asked).await?;
        let mut refusal = None;
        for tag in under_way {
            let outcome = self.session.finish(tag, |_| ()).await?;
            // To some servers a message that is gone makes the whole command fail; that is no refusal.
            if !outcome.is_ok() && !present.is_empty() {
                refusal = Some(outcome.fault("change the flags"));
            }
        }
        note_missing(set, &present, applied);
        refusal.map_or(Ok(()), Err)
    }

    async fn relocate(&mut self, set: &str, to: &str, applied: &mut Applied) -> Result<()> {
        let by_move = self.session.caps.has("MOVE");
        let verb = if by_move { "UID MOVE" } else { "UID COPY" };
        let asked = self.ask_present(set).await?;
        let present = self.present(asked).await?;
        note_missing(set, &present, applied);
        if present.is_empty() {
            return Ok(());
        }
        let mut copied = None;
        let command = Command::new(format!("{verb} {set} ")).string(to);
        let outcome = self
            .session
            .run(command, |answer| {
                // MOVE says it before the EXPUNGEs, untagged (RFC 6851 §4.3).
                if let Answer::Status(_, Some(code), _) = answer
                    && code.is("COPYUID")
                {
                    copied = copyuid(&String::from_utf8_lossy(code.args));
                }
            })
            .await?
            .ok("move the messages")?;
        if outcome.code == "COPYUID" {
            copied = copyuid(&outcome.args);
        }
        if let Some((uidvalidity, pairs)) = copied {
            let moved = applied.moved.get_or_insert((uidvalidity, Vec::new()));
            moved.1.extend(pairs);
        }
        if by_move {
            return Ok(());
        }
        // The copy is confirmed; only now may the original go.
        self.remove(set, applied).await
    }

    async fn delete(&mut self, set: &str, applied: &mut Applied) -> Result<()> {
        let asked = self.ask_present(set).await?;
        let present = self.present(asked).await?;
        note_missing(set, &present, applied);
        if present.is_empty() {
            return Ok(());
        }
        self.remove(set, applied).await
    }

    /// Marks and expunges. Without UIDPLUS only EXPUNGE is left, which takes whatever anybody marked: it is used when
    /// all that is marked is ours, else ours stay marked and are reported so.
    async fn remove(&mut self, set: &str, applied: &mut Applied) -> Result<()> {
        self.session
            .run(
                Command::new(format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)")),
                |_| (),
            )
            .await?
            .ok("delete the messages")?;
        if self.session.caps.has("UIDPLUS") || self.session.caps.has("IMAP4REV2") {
            self.session
                .run(Command::new(format!("UID EXPUNGE {set}")), |_| ())
                .await?
                .ok("delete the messages")?;
            return Ok(());
        }
        let marked = self.search("DELETED").await?;
        let ours = UidSet::parse(set.as_bytes())
            .map(|s| s.intersect(&marked))
            .unwrap_or_default();
        if ours == marked {
            self.session
                .run(Command::new("EXPUNGE"), |_| ())
                .await?
                .ok("delete the messages")?;
        } else {
            applied.left_marked.extend(ours);
        }
        Ok(())
    }

    pub(crate) async fn search_message_id(
        &mut self,
        wire: &str,
        message_id: &str,
    ) -> Result<Vec<u32>> {
        self.open(wire).await?;
        let id = format!("<{}>", message_id.trim_matches(['<', '>']));
        let charset = if id.is_ascii() { "" } else { "CHARSET UTF-8 " };
        let command = Command::new(format!("UID SEARCH {charset}HEADER Message-ID ")).string(&id);
        self.search_command(command).await
    }
}

/// A flag's name goes into the command as it is; one that could end the list is left out.
fn is_flag(name: &str) -> bool {
    let word = name.strip_prefix('\\').unwrap_or(name);
    !word.is_empty()
        && word.bytes().all(|b| {
            b.is_ascii_graphic()
                && !matches!(b, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']')
        })
}

fn note_missing(set: &str, present: &[u32], applied: &mut Applied) {
    // The set is our own, written from UIDs somebody holds: it cannot be hostile.
    let asked = UidSet::parse(set.as_bytes())
        .map(|s| s.below(u32::MAX))
        .unwrap_or_default();
    applied.missing.extend(
        asked
            .into_iter()
            .filter(|u| present.binary_search(u).is_err()),
    );
}

/// Reads `38505 304,319:320 3956:3958`: UIDVALIDITY and the pairs by position (RFC 4315 §3).
pub(crate) fn copyuid(args: &str) -> Option<(u32, Vec<(u32, u32)>)> {
    const MOST: usize = 1 << 20;
    let mut words = args.split_ascii_whitespace();
    let uidvalidity = words.next()?.parse().ok()?;
    let from = UidSet::parse(words.next()?.as_bytes())?.in_order(MOST);
    let to = UidSet::parse(words.next()?.as_bytes())?.in_order(MOST);
    // Of unequal length it pairs the wrong messages; then nothing is better.
    (from.len() == to.len()).then(|| {
        let pairs: BTreeMap<u32, u32> = from.into_iter().zip(to).collect();
        (uidvalidity, pairs.into_iter().collect())
    })
}

/// Reads APPENDUID's arguments: `38505 3955` (RFC 4315 §3).
pub(crate) fn appenduid(args: &str) -> Option<(u32, u32)> {
    let mut words = args.split_ascii_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// Turns a missing target folder into what the caller does about it.
pub(crate) fn wants_creating(outcome: &Outcome) -> bool {
    outcome.code == "TRYCREATE"
        || (!outcome.is_ok() && matches!(outcome.fault("file the message"), Fault::Gone(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::pairs("38505 304,319:320 3956:3958", Some((38505, vec![(304, 3956), (319, 3957), (320, 3958)])))]
    #[case::unequal("38505 304,319 3956:3958", None)]
    #[case::short("38505 304", None)]
    #[case::words("x y z", None)]
    #[case::hostile_but_bounded("1 1:4294967295 7", None)]
    fn reads_copyuid(#[case] args: &str, #[case] want: Option<(u32, Vec<(u32, u32)>)>) {
        assert_eq!(copyuid(args), want);
    }

    #[rstest]
    #[case("\\Seen", true)]
    #[case("$Forwarded", true)]
    #[case("a) (b", false)]
    #[case("x\r\nA1 LOGOUT", false)]
    #[case("\\*", false)]
    #[case("", false)]
    fn flags_cannot_break_out(#[case] name: &str, #[case] want: bool) {
        assert_eq!(is_flag(name), want, "{name:?}");
    }
}
