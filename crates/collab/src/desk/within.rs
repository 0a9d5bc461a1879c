//! The conversation with the server inside this program, while there is no team. Only its numbers and how far it was read
//! are stored; to whom an operation belongs, and its number in a team, stay as they are.

use std::sync::Arc;

use jiff::Timestamp;
use kontor_protocol::{
    ACTS, Ack, Body, ClientFrame, Event, FACTS, Hello, Reject, RejectCode, ServerFrame, VERSION,
    Welcome,
};
use kontor_store::Write;

use super::{Desk, Side, Taken};
use crate::collab::Inner;
use crate::note::{put, rebuild::rebuild};
use crate::row::{self, Author, Counted};
use crate::{Collab, Error, Result};

impl Desk {
    /// A desk about to connect to the server inside this program.
    #[must_use]
    pub fn within(collab: Collab) -> Self {
        Self::at(collab, Side::Within)
    }

    pub(super) fn hello_within(&mut self, token: &str) -> Result<ClientFrame> {
        let row = self.collab.store().read(|r| r.within())?;
        let row = row.ok_or_else(no_place)?;
        *self = Self::within(self.collab.clone());
        self.cursor = row.cursor;
        Ok(ClientFrame::Hello(Hello {
            version: VERSION,
            token: token.to_owned(),
            device: row::id(&row.device)?,
            cursor: row.cursor,
            epoch: row.epoch,
            capabilities: vec![FACTS.to_owned(), ACTS.to_owned()],
            snapshot: None,
        }))
    }

    pub(super) async fn take_within(
        &mut self,
        frame: ServerFrame,
        now: Timestamp,
    ) -> Result<Taken> {
        let mut taken = Taken::default();
        match frame {
            ServerFrame::Welcome(welcome) => {
                self.welcome_within(&welcome, now).await?;
                self.resume_acts(&welcome, now).await?;
                taken.welcome = Some(*welcome);
            }
            ServerFrame::Ack { acks } => taken.acked = self.ack_within(acks, now).await?,
            ServerFrame::Event { events } => self.events_within(events, &mut taken, now).await?,
            ServerFrame::Reject(reject) => self.reject_within(&reject, &mut taken, now).await?,
            ServerFrame::Pong { nonce } => taken.pong = Some(nonce),
            ServerFrame::Facts(state) => self.facts_state(&state, now).await?,
            ServerFrame::Customers(page) => self.directory(*page, now).await?,
            ServerFrame::Products(page) => self.products(*page, now).await?,
            ServerFrame::Dossier(page) => self.dossier(*page, now).await?,
            ServerFrame::ErpTold(told) => self.act_told(*told, now).await?,
            // Nobody else is there, and no snapshot was asked for.
            ServerFrame::Presence { .. } | ServerFrame::Snapshot(_) => {}
        }
        Ok(taken)
    }

    async fn welcome_within(&mut self, welcome: &Welcome, now: Timestamp) -> Result<()> {
        let (epoch, head) = (welcome.epoch.clone(), welcome.head);
        let (org, member) = (welcome.org.id.to_string(), welcome.member.to_string());
        let write = self.collab.store().write(now.into(), move |w| {
            let Some(mut row) = w.within()? else {
                return Ok(Err(no_place()));
            };
            if (&row.org, &row.member) != (&org, &member) {
                return Ok(Err(Error::Foreign(
                    "the server inside this program is somebody else's".to_owned(),
                )));
            }
            let other_life = row.epoch.as_ref().is_some_and(|known| *known != epoch);
            // An acknowledgement raises the head before its event is read: the cursor alone would not show what is lost.
            if other_life || row.head > head {
                w.void_within()?;
            }
            if other_life || row.cursor > head {
                // As it does itself: it tells everything.
                row.cursor = 0;
            }
            row.epoch = Some(epoch);
            row.head = head;
            w.put_within(&row)?;
            Ok(Ok(row.cursor))
        });
        self.cursor = write.await??;
        // What it has comes first: it need not be told again.
        self.tell_from = Some(head);
        Ok(())
    }

    async fn ack_within(&mut self, acks: Vec<Ack>, now: Timestamp) -> Result<Vec<Ack>> {
        for ack in &acks {
            self.in_flight.remove(&ack.op_id);
        }
        let write = self.collab.store().write(now.into(), move |w| {
            let mut news = Vec::with_capacity(acks.len());
            for ack in acks {
                if w.keep_within(&ack.op_id.to_string(), ack.seq)? {
                    news.push(ack);
                }
            }
            if let Some(highest) = news.iter().map(|ack| ack.seq).max() {
                w.raise_within_head(highest)?;
            }
            Ok(news)
        });
        Ok(write.await?)
    }

    async fn events_within(
        &mut self,
        events: Vec<Event>,
        taken: &mut Taken,
        now: Timestamp,
    ) -> Result<()> {
        for event in &events {
            self.in_flight.remove(&event.op.op_id);
        }
        let inner = Arc::clone(&self.collab.inner);
        let write = self
            .collab
            .store()
            .write(now.into(), move |w| apply(w, &inner, &events));
        let (cursor, done) = write.await??;
        self.cursor = cursor;
        *taken = done;
        Ok(())
    }

    async fn reject_within(
        &mut self,
        reject: &Reject,
        taken: &mut Taken,
        now: Timestamp,
    ) -> Result<()> {
        let ends = matches!(reject.code, RejectCode::Auth | RejectCode::Version);
        let Some(op_id) = reject.op_id.filter(|_| !ends) else {
            return Err(Error::Refused(reject.clone()));
        };
        let row = self.in_flight.remove(&op_id);
        if reject.code.is_passing() {
            if let Some(row) = row {
                self.told = self.told.min(row.saturating_sub(1));
            }
            taken.busy = true;
            return Ok(());
        }
        // It stays what it is here: a second file that will not have a word is no reason to take it back.
        tracing::error!(code = ?reject.code, "The server inside this program refused a change: {}", reject.message);
        let write = self
            .collab
            .store()
            .write(now.into(), move |w| w.spare_within(&op_id.to_string()));
        Ok(write.await?)
    }
}

fn no_place() -> Error {
    Error::Foreign("the server inside this program was not opened".to_owned())
}

type Applied = Result<(u64, Taken), Error>;

/// Notes the numbers; what this profile lacks was written here, and its store was put back or made anew since.
fn apply(w: &mut Write<'_>, inner: &Inner, events: &[Event]) -> kontor_store::Result<Applied> {
    let Some(row) = w.within()? else {
        return Ok(Err(no_place()));
    };
    let mut cursor = row.cursor;
    let mut new = Vec::with_capacity(events.len());
    // Looked at before anything is written: what was written would stay.
    for event in events.iter().filter(|event| event.seq > row.cursor) {
        if event.op.sum() != event.op.checksum {
            return Ok(Err(Error::Damaged(event.seq)));
        }
        if event.seq != cursor.saturating_add(1) {
            let (have, got) = (cursor, event.seq);
            return Ok(Err(Error::Gap { have, got }));
        }
        cursor = event.seq;
        new.push(event);
    }
    let mut taken = Taken::default();
    for event in new {
        if matches!(event.op.body, Body::Member { .. }) {
            continue;
        }
        let op_id = event.op.op_id.to_string();
        if w.team_op(&op_id)?.is_none() {
            bring_back(w, inner, event)?;
            taken.subjects.insert(event.op.subject.clone());
            taken.events = taken.events.saturating_add(1);
        }
        if w.keep_within(&op_id, event.seq)? {
            let (op_id, seq) = (event.op.op_id, event.seq);
            taken.acked.push(Ack { op_id, seq });
        }
    }
    w.set_within_cursor(cursor)?;
    Ok(Ok((cursor, taken)))
}

fn bring_back(w: &mut Write<'_>, inner: &Inner, event: &Event) -> kontor_store::Result<()> {
    let subject = event.op.subject.to_string();
    let author = Author::of(w, &subject)?;
    let mut new = row::own(&event.op, &author, Counted::default());
    let Body::Note { update, .. } = &event.op.body else {
        return w.add_team_op(&new).map(drop);
    };
    let mut doc = inner.shelf.take(w, &subject, &inner.ids)?;
    let Ok(counted) = doc.import(update) else {
        new.kind = "damaged".to_owned();
        w.add_team_op(&new)?;
        drop(doc);
        return rebuild(w, inner, &subject);
    };
    new.added = counted.added;
    new.removed = counted.removed;
    new.excerpt = counted.excerpt;
    let id = w.add_team_op(&new)?;
    doc.advance(id, new.op_id.clone());
    put(w, &subject, &mut doc, event.op.occurred_at, author.member)?;
    inner.shelf.put(subject, doc);
    Ok(())
}
