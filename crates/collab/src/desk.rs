//! The conversation with a server, without a line: frames in, frames out. One value a connection.

mod acts;
mod facts;
mod page;
mod settle;
mod snapshot;
mod within;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use kontor_protocol::{
    ACTS, Ack, ClientFrame, Event, FACTS, Hello, MAX_BATCH, MemberId, MemberPresence, Op, OpId,
    Reject, RejectCode, ServerFrame, SnapshotRow, Subject, VERSION, Welcome,
};
use kontor_store::TeamOpState;

pub use facts::DocumentBody;

use crate::note::Written;
use crate::note::rebuild::rebuild;
use crate::row::{self, active};
use crate::{Collab, Error, Result};

/// Operations told and not yet answered: enough that the server is never idle, few enough that a slow one is not buried.
const IN_FLIGHT: usize = 4 * MAX_BATCH;
/// A push stays well below `MAX_FRAME_BYTES`, whatever JSON adds.
const PUSH_BYTES: usize = 3 << 20;
/// An operation without its body, on the wire.
const OP_FRAME: usize = 512;

/// This profile's end of a connection.
#[derive(Debug)]
pub struct Desk {
    collab: Collab,
    side: Side,
    /// The last row told on this connection.
    told: i64,
    in_flight: BTreeMap<OpId, i64>,
    /// Nothing is told before this event is here: what comes back need not be told again. `None` before the welcome.
    tell_from: Option<u64>,
    cursor: u64,
    /// The beginning of a large row of a snapshot.
    piece: Option<SnapshotRow>,
    presence: BTreeMap<MemberId, MemberPresence>,
    facts: facts::Asking,
    acts: acts::Asking,
}

/// With whom a desk talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// The team's server.
    Team,
    /// The server inside this program.
    Within,
}

/// What a frame changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// What notes, fields and replies are about that changed.
    pub subjects: BTreeSet<Subject>,
    /// What others wrote into notes, where it is little; whoever shows such a note asks when it does not fit.
    pub written: Vec<Written>,
    /// Our operations that the server has, told for the first time.
    pub acked: Vec<Ack>,
    /// Our operations that the server refused for good.
    pub rejected: Vec<Reject>,
    /// The server is busy: tell nothing for a while, then go on.
    pub busy: bool,
    /// The conversation has begun.
    pub welcome: Option<Welcome>,
    /// Everybody's presence, where somebody's changed.
    pub presence: Option<Vec<MemberPresence>>,
    /// Members came, changed or went.
    pub members: bool,
    /// Somebody named us.
    pub mentions: Vec<Mention>,
    /// How many events were new.
    pub events: u64,
    /// Our ping came back.
    pub pong: Option<u64>,
}

/// Somebody named us in a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The edit.
    pub op_id: OpId,
    /// What the note is about.
    pub subject: Subject,
    /// Who did it.
    pub by: MemberId,
    /// When, by their clock.
    pub occurred_at: Timestamp,
}

impl Desk {
    /// A desk about to connect to the team's server.
    #[must_use]
    pub fn new(collab: Collab) -> Self {
        Self::at(collab, Side::Team)
    }

    fn at(collab: Collab, side: Side) -> Self {
        Self {
            collab,
            side,
            told: 0,
            in_flight: BTreeMap::new(),
            tell_from: None,
            cursor: 0,
            piece: None,
            presence: BTreeMap::new(),
            facts: facts::Asking::default(),
            acts: acts::Asking::default(),
        }
    }

    /// The shared part of the profile.
    #[must_use]
    pub fn collab(&self) -> &Collab {
        &self.collab
    }

    /// The first frame of a connection. What an earlier connection left open is forgotten.
    ///
    /// # Errors
    /// [`Error::NoTeam`] when there is none.
    pub fn hello(&mut self, token: &str) -> Result<ClientFrame> {
        if self.side == Side::Within {
            return self.hello_within(token);
        }
        let row = self.collab.store().read(active)?;
        let snapshot = row
            .and_then(|row| row.snapshot)
            .map(|at| snapshot::place(&at));
        let team = self.collab.team()?.ok_or(Error::NoTeam)?;
        *self = Self::new(self.collab.clone());
        self.cursor = team.cursor;
        Ok(ClientFrame::Hello(Hello {
            version: VERSION,
            token: token.to_owned(),
            device: team.device,
            cursor: team.cursor,
            epoch: team.epoch,
            capabilities: vec!["snapshot".to_owned(), FACTS.to_owned(), ACTS.to_owned()],
            snapshot,
        }))
    }

    /// The next operations to tell; `None` when all were told, enough is under way, or it is not time yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_push(&mut self) -> Result<Option<ClientFrame>> {
        let ready = self.tell_from.is_some_and(|from| self.cursor >= from);
        if !ready || self.in_flight.len().saturating_add(MAX_BATCH) > IN_FLIGHT {
            return Ok(None);
        }
        let limit = u32::try_from(MAX_BATCH).unwrap_or(u32::MAX);
        let (told, side) = (self.told, self.side);
        let rows = self.collab.store().read(|r| match side {
            Side::Team => r.waiting_team_ops(told, limit),
            Side::Within => r.untold_within(told, limit),
        })?;
        let mut ops = Vec::with_capacity(rows.len());
        let mut bytes = 0_usize;
        for waiting in rows {
            bytes = bytes
                .saturating_add(waiting.op.body.len())
                .saturating_add(OP_FRAME);
            if bytes > PUSH_BYTES && !ops.is_empty() {
                break;
            }
            self.told = waiting.id;
            match row::op(&waiting) {
                Some(op) => {
                    self.in_flight.insert(op.op_id, waiting.id);
                    ops.push(op);
                }
                None => tracing::error!(
                    id = waiting.id,
                    "A waiting operation is not understood; it stays."
                ),
            }
        }
        Ok((!ops.is_empty()).then_some(ClientFrame::Push { ops }))
    }

    /// True when everything that happened is here and everything done here is there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_synced(&self) -> Result<bool> {
        let side = self.side;
        let (reached, waits) = self.collab.store().read(|r| match side {
            Side::Team => {
                let reached = active(r)?.map(|team| (team.cursor, team.head));
                Ok((reached, r.team_queue()?.0 > 0))
            }
            Side::Within => {
                let reached = r.within()?.map(|row| (row.cursor, row.head));
                Ok((reached, r.is_untold_within()?))
            }
        })?;
        let level = reached.is_some_and(|(cursor, head)| cursor >= head);
        Ok(self.tell_from.is_some() && level && !waits)
    }

    /// Takes a frame: what it changes and how far was read is stored in one transaction.
    ///
    /// # Errors
    /// What makes this connection worthless; [`Error::Refused`] says by its code whether to sign in, update or wait, the
    /// others ask for a new connection.
    pub async fn take(&mut self, frame: ServerFrame, now: Timestamp) -> Result<Taken> {
        if self.side == Side::Within {
            return self.take_within(frame, now).await;
        }
        let mut taken = Taken::default();
        match frame {
            ServerFrame::Welcome(welcome) => {
                self.welcome(&welcome, now).await?;
                self.resume_acts(&welcome, now).await?;
                taken.welcome = Some(*welcome);
            }
            ServerFrame::Ack { acks } => taken.acked = self.ack(acks, now).await?,
            ServerFrame::Event { events } => self.events(events, &mut taken, now).await?,
            ServerFrame::Snapshot(page) => self.snapshot(*page, &mut taken, now).await?,
            ServerFrame::Reject(reject) => self.reject(reject, &mut taken, now).await?,
            ServerFrame::Presence { members } => {
                for member in members {
                    self.presence.insert(member.member, member);
                }
                taken.presence = Some(self.presence.values().cloned().collect());
            }
            ServerFrame::Pong { nonce } => taken.pong = Some(nonce),
            ServerFrame::Facts(state) => self.facts_state(&state, now).await?,
            ServerFrame::Customers(page) => self.directory(*page, now).await?,
            ServerFrame::Products(page) => self.products(*page, now).await?,
            ServerFrame::Dossier(page) => self.dossier(*page, now).await?,
            ServerFrame::ErpTold(told) => self.act_told(*told, now).await?,
        }
        Ok(taken)
    }

    async fn welcome(&mut self, welcome: &Welcome, now: Timestamp) -> Result<()> {
        if self.tell_from.is_some() {
            return Err(Error::Foreign("the server welcomed us twice".to_owned()));
        }
        let welcome = welcome.clone();
        let head = welcome.head;
        // Not the cursor of now: another process of this profile may have read on meanwhile.
        let went_back = self.cursor > welcome.head;
        let write = self.collab.store().write(now.into(), move |w| {
            let Some(mut team) = active(w)? else {
                return Ok(Err(Error::NoTeam));
            };
            let stands = |what: &str, ours: &str, theirs: String| {
                (ours == theirs).then_some(()).ok_or_else(|| {
                    Error::Foreign(format!(
                        "the server answers for {what} {theirs}, not {ours}; join the team anew"
                    ))
                })
            };
            let same = stands("organisation", &team.org, welcome.org.id.to_string())
                .and_then(|()| stands("member", &team.member, welcome.member.to_string()));
            if let Err(foreign) = same {
                return Ok(Err(foreign));
            }
            let other_life = team
                .epoch
                .as_deref()
                .is_some_and(|known| known != welcome.epoch);
            let went_back = went_back && !other_life;
            // What waits may be in the snapshot that is read, or in what is to be compared.
            let fresh = team.epoch.is_none()
                || team.snapshot.is_some()
                || !w.loose_note_bases(&team.org, 1)?.is_empty();
            if other_life || went_back {
                // Something is here that the server may lack: events are read, and it is compared.
                team.snapshot = team.snapshot.filter(String::is_empty);
                w.renumber_team_ops(&team.org, &team.member)?;
                w.clear_record_fields()?;
                team.cursor = 0;
                team.head = 0;
            }
            team.name = welcome.org.name;
            team.thread_key = welcome.org.thread_key;
            team.epoch = Some(welcome.epoch);
            team.head = team.head.max(welcome.head);
            w.put_team(&team)?;
            if went_back {
                return Ok(Err(Error::WentBack));
            }
            Ok(Ok((team.cursor, other_life || fresh)))
        });
        let (cursor, anew) = write.await??;
        self.cursor = cursor;
        self.tell_from = Some(if anew { head } else { 0 });
        self.settle(now).await
    }

    async fn ack(&mut self, acks: Vec<Ack>, now: Timestamp) -> Result<Vec<Ack>> {
        for ack in &acks {
            self.in_flight.remove(&ack.op_id);
        }
        let write = self.collab.store().write(now.into(), move |w| {
            let mut news = Vec::with_capacity(acks.len());
            for ack in acks {
                if w.acknowledge_team_op(&ack.op_id.to_string(), ack.seq)? {
                    news.push(ack);
                }
            }
            if let Some(highest) = news.iter().map(|ack| ack.seq).max() {
                w.raise_team_head(highest)?;
            }
            Ok(news)
        });
        Ok(write.await?)
    }

    async fn events(
        &mut self,
        events: Vec<Event>,
        taken: &mut Taken,
        now: Timestamp,
    ) -> Result<()> {
        if self.tell_from.is_none() {
            return Err(Error::Foreign(
                "the server sent events before its welcome".to_owned(),
            ));
        }
        for event in &events {
            self.in_flight.remove(&event.op.op_id);
        }
        if let Some(damaged) = events
            .iter()
            .find(|event| event.op.sum() != event.op.checksum)
        {
            return Err(Error::Damaged(damaged.seq));
        }
        let inner = Arc::clone(&self.collab.inner);
        let write = self
            .collab
            .store()
            .write(now.into(), move |w| page::apply(w, &inner, &events));
        let done = write.await??;
        self.cursor = done.cursor;
        taken.subjects = done.subjects;
        taken.written = done.written;
        taken.acked = done.acked;
        taken.mentions = done.mentions;
        taken.members = done.members;
        taken.events = done.events;
        self.settle(now).await
    }

    async fn reject(&mut self, reject: Reject, taken: &mut Taken, now: Timestamp) -> Result<()> {
        let ends = matches!(reject.code, RejectCode::Auth | RejectCode::Version);
        let Some(op_id) = reject.op_id.filter(|_| !ends) else {
            return Err(Error::Refused(reject));
        };
        let row = self.in_flight.remove(&op_id);
        if reject.code.is_passing() {
            // From this one on they are told again: they may build on each other.
            if let Some(row) = row {
                self.told = self.told.min(row.saturating_sub(1));
            }
            taken.busy = true;
            return Ok(());
        }
        let (inner, reason) = (Arc::clone(&self.collab.inner), reject.message.clone());
        let write = self.collab.store().write(now.into(), move |w| {
            let op_id = op_id.to_string();
            if !w.reject_team_op(&op_id, &reason)? {
                return Ok(None);
            }
            let row = w.team_op(&op_id)?;
            if let Some(row) = &row
                && row.op.kind == "note"
            {
                rebuild(w, &inner, &row.op.subject)?;
            }
            Ok(row)
        });
        if let Some(row) = write.await? {
            taken.subjects.extend(row.op.subject.parse::<Subject>());
            taken.rejected.push(reject);
        }
        Ok(())
    }

    /// Our operations that were told and not answered yet.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// Everybody's presence, as last told.
    #[must_use]
    pub fn presence(&self) -> Vec<MemberPresence> {
        self.presence.values().cloned().collect()
    }
}

/// True for rows whose operation counts.
fn stands(state: TeamOpState) -> bool {
    matches!(state, TeamOpState::Waiting | TeamOpState::Accepted)
}

/// An operation's author is told by the server; its content by who made it.
fn same(op: &Op, row: &kontor_store::TeamOp) -> bool {
    op.checksum == row.op.checksum
}
