//! A thin session: commands out, answers in, and what every answer may say besides (RFC 3501 §7).
//!
//! Commands may be sent ahead of their answers (§5.5): [`Session::send`] returns a [`Tag`], [`Session::finish`] reads
//! up to its end. Everything a server may say unasked is taken in by [`Heard`], wherever it is read.

pub(crate) mod sign_in;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kontor_mail::provider::{Fault, Result};

use crate::answer::{Answer, Condition};
use crate::caps::Caps;
use crate::command::{Command, Piece};
use crate::fault::Outcome;
use crate::quirks::Quirks;
use crate::wire::Wire;

/// A command may be silent for this long, a large FETCH between two of its bytes (docs/provider-quirks.md, Yahoo).
const PATIENCE: Duration = Duration::from_secs(60);
const FETCH_PATIENCE: Duration = Duration::from_secs(90);

/// A command under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[must_use = "its end must be read before anything else can be understood"]
pub(crate) struct Tag(u32);

/// What the server has said unasked.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// `[ALERT]` texts not yet shown.
    pub(crate) alerts: Vec<String>,
    /// Why the server is leaving.
    pub(crate) bye: Option<Outcome>,
    /// The newest CAPABILITY, until it is taken.
    pub(crate) caps: Option<Caps>,
    /// Something in the selected folder changed since this was last cleared.
    pub(crate) stirred: bool,
}

impl Heard {
    fn note(&mut self, answer: &Answer<'_>) {
        match answer {
            Answer::Exists(_)
            | Answer::Expunge(_)
            | Answer::Vanished(false, _)
            | Answer::Fetch(_) => {
                self.stirred = true;
            }
            Answer::Capability(words) => self.caps = Some(Caps::read(words.iter().copied())),
            Answer::Tagged(_, condition, Some(code), text)
            | Answer::Status(condition, Some(code), text) => {
                if code.is("ALERT") {
                    let text = String::from_utf8_lossy(text).trim().to_owned();
                    if !text.is_empty() && !self.alerts.contains(&text) {
                        self.alerts.push(text);
                    }
                }
                if code.is("CAPABILITY") {
                    let words = code.args.split(|b| *b == b' ').filter(|w| !w.is_empty());
                    self.caps = Some(Caps::read(words));
                }
                if *condition == Condition::Bye {
                    self.bye = Outcome::of(answer);
                }
            }
            Answer::Status(Condition::Bye, None, _) => self.bye = Outcome::of(answer),
            _ => {}
        }
    }
}

/// The folder that is selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selected {
    pub(crate) wire: String,
    pub(crate) uidvalidity: u32,
}

/// One connection after its greeting.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) wire: Wire,
    pub(crate) heard: Heard,
    pub(crate) caps: Caps,
    pub(crate) quirks: Quirks,
    pub(crate) selected: Option<Selected>,
    /// ENABLE QRESYNC was accepted: EXPUNGE is now VANISHED.
    pub(crate) qresync: bool,
    last: u32,
    /// Commands whose end has not been read.
    under_way: BTreeSet<Tag>,
    /// Commands that ended while another one was waited for.
    ended: BTreeMap<Tag, Outcome>,
    /// A command is only half written: set for as long as that lasts, and left so by a caller that gave up meanwhile.
    half_written: bool,
    /// IDLE lasts: nothing may be sent but DONE.
    idling: bool,
}

impl Session {
    pub(crate) fn new(wire: Wire) -> Self {
        Self {
            wire,
            heard: Heard::default(),
            caps: Caps::default(),
            quirks: Quirks::default(),
            selected: None,
            qresync: false,
            last: 0,
            under_way: BTreeSet::new(),
            ended: BTreeMap::new(),
            half_written: false,
            idling: false,
        }
    }

    /// Makes the session ready for a new task: reads what a caller that gave up has left behind.
    pub(crate) async fn ready(&mut self) -> Result<()> {
        if self.half_written {
            return Err(Fault::Offline(
                "The connection was given up in the middle of a command.".to_owned(),
            ));
        }
        if self.idling {
            self.end_idle().await?;
        }
        while let Some(tag) = self.under_way.first().copied() {
            tracing::debug!(tag = tag.0, "reading what was left behind");
            self.finish(tag, |_| ()).await?;
        }
        self.ended.clear();
        Ok(())
    }

    /// Sends a command without waiting for its end.
    ///
    /// One with a literal the server must first agree to reads answers until it does: have nothing else under way then.
    pub(crate) async fn send(&mut self, command: Command<'_>) -> Result<Tag> {
        let tag = self.next_tag();
        tracing::trace!(tag = tag.0, ?command, "sent");
        self.under_way.insert(tag);
        self.half_written = true;
        let mut out = format!("K{} ", tag.0).into_bytes();
        for piece in command.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(&text),
                Piece::Literal(bytes) if self.caps.literal_at_once(bytes.len()) => {
                    out.extend_from_slice(format!("{{{}+}}\r\n", bytes.len()).as_bytes());
                    out.extend_from_slice(&bytes);
                }
                Piece::Literal(bytes) => {
                    out.extend_from_slice(format!("{{{}}}\r\n", bytes.len()).as_bytes());
                    self.wire.write(&out, PATIENCE).await?;
                    out.clear();
                    self.wire.flush(PATIENCE).await?;
                    if !self.agreed(tag).await? {
                        // Refused before the literal: the command is over, nothing more of it may be sent.
                        self.half_written = false;
                        return Ok(tag);
                    }
                    self.wire.write(&bytes, PATIENCE).await?;
                }
            }
        }
        out.extend_from_slice(b"\r\n");
        self.wire.write(&out, PATIENCE).await?;
        self.wire.flush(PATIENCE).await?;
        self.half_written = false;
        Ok(tag)
    }

    /// Sends a raw line within a command (SASL answers, DONE).
    pub(crate) async fn send_line(&mut self, line: &str) -> Result<()> {
        self.half_written = true;
        self.wire
            .write(format!("{line}\r\n").as_bytes(), PATIENCE)
            .await?;
        self.wire.flush(PATIENCE).await?;
        self.half_written = false;
        Ok(())
    }

    /// Sends IDLE. Until [`Session::end_idle`] nothing else may be sent.
    pub(crate) async fn begin_idle(&mut self) -> Result<Tag> {
        let tag = self.send(Command::new("IDLE")).await?;
        self.idling = true;
        Ok(tag)
    }

    /// Sends DONE; the IDLE's end is still to be read.
    pub(crate) async fn end_idle(&mut self) -> Result<()> {
        self.idling = false;
        self.send_line("DONE").await
    }

    fn next_tag(&mut self) -> Tag {
        self.last = self.last.wrapping_add(1);
        Tag(self.last)
    }

    /// Waits for `+`; false when the command ended instead. Untagged answers may come before either.
    pub(crate) async fn agreed(&mut self, tag: Tag) -> Result<bool> {
        loop {
            let raw = self.wire.next(PATIENCE).await;
            let raw = with_bye(raw, self.heard.bye.as_ref())?;
            let answer = Answer::parse(raw);
            self.heard.note(&answer);
            match &answer {
                Answer::Continue(_) => return Ok(true),
                Answer::Tagged(..) => {
                    keep(&mut self.ended, &mut self.under_way, &answer);
                    if self.ended.contains_key(&tag) {
                        return Ok(false);
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads up to the end of a command, handing every untagged answer to `on`.
    pub(crate) async fn finish(
        &mut self,
        tag: Tag,
        mut on: impl FnMut(&Answer<'_>),
    ) -> Result<Outcome> {
        loop {
            if let Some(outcome) = self.ended.remove(&tag) {
                return Ok(outcome);
            }
            let answer = self.answer(PATIENCE).await?;
            on(&answer);
        }
    }

    /// Like [`Session::finish`] for answers that are large or slow: one at a time, to be awaited between; `None` at the end.
    pub(crate) async fn next_of(&mut self, tag: Tag) -> Result<Option<Answer<'_>>> {
        if self.ended.contains_key(&tag) {
            return Ok(None);
        }
        self.answer(FETCH_PATIENCE).await.map(Some)
    }

    /// Returns how a command ended whose answers were read with [`Session::next_of`].
    pub(crate) fn outcome(&mut self, tag: Tag) -> Result<Outcome> {
        self.ended
            .remove(&tag)
            .ok_or_else(|| Fault::Protocol("A command was given up before its end.".to_owned()))
    }

    /// Sends a command and reads up to its end.
    pub(crate) async fn run(
        &mut self,
        command: Command<'_>,
        on: impl FnMut(&Answer<'_>),
    ) -> Result<Outcome> {
        let tag = self.send(command).await?;
        self.finish(tag, on).await
    }

    /// Reads one answer and takes in what it says besides.
    pub(crate) async fn answer(&mut self, patience: Duration) -> Result<Answer<'_>> {
        let raw = self.wire.next(patience).await;
        let raw = with_bye(raw, self.heard.bye.as_ref())?;
        let answer = Answer::parse(raw);
        self.heard.note(&answer);
        keep(&mut self.ended, &mut self.under_way, &answer);
        Ok(answer)
    }

    /// True when the command has ended.
    pub(crate) fn has_ended(&self, tag: Tag) -> bool {
        self.ended.contains_key(&tag)
    }
}

fn tag_of(name: &[u8]) -> Option<Tag> {
    let digits = name.strip_prefix(b"K")?;
    u32::try_from(crate::scan::number(digits)?).ok().map(Tag)
}

fn keep(ended: &mut BTreeMap<Tag, Outcome>, under_way: &mut BTreeSet<Tag>, answer: &Answer<'_>) {
    if let Answer::Tagged(name, ..) = answer
        && let (Some(tag), Some(outcome)) = (tag_of(name), Outcome::of(answer))
        && under_way.remove(&tag)
    {
        ended.insert(tag, outcome);
    }
}

/// A line that ends after BYE ends for the reason BYE gave.
fn with_bye<T>(read: Result<T>, bye: Option<&Outcome>) -> Result<T> {
    read.map_err(|fault| match (bye, &fault) {
        (Some(bye), Fault::Offline(_)) => bye.fault("go on"),
        _ => fault,
    })
}
