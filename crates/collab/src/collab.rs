//! The profile's side of a team: membership, members, queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use kontor_protocol::{Body, DeviceId, MemberId, Op, OpId, OrgId, Role, Subject};
use kontor_store::{Read, Store, TeamRow, Write};

use crate::ids::Ids;
use crate::note::{Shelf, rebuild::rebuild};
use crate::row::{self, Author, Counted, active};
use crate::{Error, Result};

/// What the team shares, in this profile. Clones share it.
#[derive(Clone, Debug)]
pub struct Collab {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) ids: Ids,
    pub(crate) shelf: Shelf,
}

/// A membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// The server's address.
    pub server: String,
    /// The organisation.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// See [`crate::thread_subject`].
    pub thread_key: String,
    /// Who we are there.
    pub member: MemberId,
    /// What the token belongs to.
    pub device: DeviceId,
    /// The server store's life, of the last welcome.
    pub epoch: Option<String>,
    /// The last event stored here.
    pub cursor: u64,
    /// The last event known to exist.
    pub head: u64,
    /// When it was joined.
    pub joined_at: Timestamp,
}

/// A team to be joined, after signing in there.
#[derive(Clone, Debug)]
pub struct NewTeam {
    /// The server's address.
    pub server: String,
    /// The organisation.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// 64 hex digits.
    pub thread_key: String,
    /// Who we are there.
    pub member: MemberId,
    /// What the token belongs to.
    pub device: DeviceId,
}

/// A member of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub member: MemberId,
    /// As shown to colleagues.
    pub name: String,
    /// The address signed in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// False after an admin removed them; their words stay.
    pub active: bool,
}

/// What the server does not have yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// How many operations.
    pub length: u64,
    /// When the oldest of them was stored.
    pub oldest_at: Option<Timestamp>,
}

impl Collab {
    /// Opens the shared part of a profile.
    #[must_use]
    pub fn open(store: Store) -> Self {
        Self::with(store, Ids::Random)
    }

    /// Like [`Self::open`], with ids made from a seed: for simulations whose runs can be repeated. Two desks, or two runs
    /// on one file, need different seeds.
    #[must_use]
    pub fn seeded(store: Store, seed: u64) -> Self {
        Self::with(store, Ids::Seeded(std::sync::Mutex::new(seed)))
    }

    fn with(store: Store, ids: Ids) -> Self {
        Self {
            inner: Arc::new(Inner {
                store,
                ids,
                shelf: Shelf::default(),
            }),
        }
    }

    /// The profile's store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Returns the team this profile belongs to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn team(&self) -> Result<Option<Team>> {
        Ok(self.store().read(|r| match active(r)? {
            Some(row) => Ok(Some(team(row)?)),
            None => Ok(None),
        })?)
    }

    /// Joins a team: what was made here before belongs to the new member and waits to be told.
    ///
    /// Joining the team that was left last goes on where it was. Joining another one puts the former team's notes and
    /// records aside; its members never gave them to this one. Only what was made in no team comes along.
    ///
    /// # Errors
    /// When nothing was stored.
    pub async fn join(&self, new: NewTeam, now: Timestamp) -> Result<Team> {
        self.join_renaming(new, BTreeMap::new(), now).await
    }

    /// Returns what would come along into a team that is joined now, or waits to be told. Threads among them have names
    /// that only this profile knows.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unshared_subjects(&self) -> Result<Vec<Subject>> {
        let names = self.store().read(|r| r.unshared_subjects())?;
        let named = names.iter().filter_map(|name| name.parse().ok());
        Ok(named.collect())
    }

    /// Like [`Self::join`]; what comes along and is about the subjects named here gets the names the team knows them by.
    /// See [`Self::unshared_subjects`].
    ///
    /// # Errors
    /// When nothing was stored.
    pub async fn join_renaming(
        &self,
        new: NewTeam,
        names: BTreeMap<Subject, Subject>,
        now: Timestamp,
    ) -> Result<Team> {
        let inner = Arc::clone(&self.inner);
        let row = TeamRow {
            server: new.server,
            org: new.org.to_string(),
            name: new.name,
            thread_key: new.thread_key,
            member: new.member.to_string(),
            device: new.device.to_string(),
            epoch: None,
            cursor: 0,
            head: 0,
            joined_at: now.into(),
            left_at: None,
            snapshot: None,
        };
        let write = self.store().write_durable(now.into(), move |w| {
            join(w, &inner, &row, &names)?;
            team(row)
        });
        Ok(write.await?)
    }

    /// Leaves the team. What it shared stays readable here; what is written about it waits for the return. What the member
    /// wrote in it is told to the server inside this program, too; what colleagues wrote is theirs.
    ///
    /// # Errors
    /// [`Error::NoTeam`] when there is none.
    pub async fn leave(&self, now: Timestamp) -> Result<()> {
        let write = self.store().write_durable(now.into(), move |w| {
            let Some(mut team) = active(w)? else {
                return Ok(false);
            };
            team.left_at = Some(now.into());
            w.put_team(&team)?;
            w.bring_within(&team.org, &team.member)?;
            // They are the team's; what the server inside this program has comes from there.
            w.forget_facts()?;
            Ok(true)
        });
        write.await?.then_some(()).ok_or(Error::NoTeam)
    }

    /// Returns everybody who is or was in the team, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn members(&self) -> Result<Vec<Member>> {
        Ok(self.store().read(members)?)
    }

    /// Returns what the team's server does not have yet; without a team, the server inside this program.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn queue(&self) -> Result<Queue> {
        let (length, oldest) = self.store().read(|r| match active(r)? {
            Some(_) => r.team_queue(),
            None => r.within_queue(),
        })?;
        Ok(Queue {
            length,
            oldest_at: oldest.map(row::millis),
        })
    }

    /// Tells the team that a thread was answered; durable when it answers. `title` is the mail's subject, where the
    /// member shares it; `after` how many seconds the answer took.
    ///
    /// # Errors
    /// When nothing was stored.
    pub async fn replied(
        &self,
        thread: &Subject,
        title: Option<String>,
        after: Option<u32>,
        now: Timestamp,
    ) -> Result<OpId> {
        let now = row::whole_millis(now);
        let id = self.inner.ids.op(now);
        let body = Body::Replied {
            title,
            answered_after_seconds: after,
        };
        let op = Op::new(id, now, thread.clone(), body);
        op.check()?;
        let write = self.store().write_durable(now.into(), move |w| {
            let author = Author::of(w, &op.subject.to_string())?;
            w.add_team_op(&row::own(&op, &author, Counted::default()))
        });
        write.await?;
        Ok(id)
    }
}

fn join(
    w: &mut Write<'_>,
    inner: &Inner,
    new: &TeamRow,
    names: &BTreeMap<Subject, Subject>,
) -> kontor_store::Result<()> {
    let former = w.team()?;
    if active(w)?.is_none_or(|of| of.org != new.org) {
        // They are of another company, or of the server inside this program.
        w.forget_facts()?;
    }
    let other = former.as_ref().filter(|former| former.org != new.org);
    if let Some(other) = other {
        w.part_team_ops(&other.org)?;
        w.clear_team_members()?;
        w.return_team_ops(&new.org, &new.member)?;
    }
    // Numbers and folded fields come again with the events: nothing tells how far the server's store is the same.
    w.clear_record_fields()?;
    w.renumber_team_ops(&new.org, &new.member)?;
    for (from, to) in names {
        rename(w, from, to)?;
    }
    // Where something of this team was here before, nobody knows how much of it a snapshot has in it: events are read.
    let fresh = !w.is_org_known(&new.org)?;
    w.author_team_ops(&new.org, &new.member, &new.device)?;
    w.put_team(&TeamRow {
        snapshot: fresh.then(String::new),
        ..new.clone()
    })?;
    if other.is_some() {
        for subject in w.noted_subjects()? {
            rebuild(w, inner, &subject)?;
        }
    }
    for subject in names.keys().chain(names.values()) {
        rebuild(w, inner, &subject.to_string())?;
    }
    Ok(())
}

/// No server has seen these operations: they may still be told under another name.
fn rename(w: &mut Write<'_>, from: &Subject, to: &Subject) -> kontor_store::Result<()> {
    for row in w.unshared_team_ops(&from.to_string())? {
        let Some(op) = row::op(&row) else { continue };
        let op = Op::new(op.op_id, op.occurred_at, to.clone(), op.body);
        w.rename_team_op(row.id, &to.to_string(), &op.checksum)?;
    }
    Ok(())
}

fn team(row: TeamRow) -> kontor_store::Result<Team> {
    Ok(Team {
        org: row::id(&row.org)?,
        member: row::id(&row.member)?,
        device: row::id(&row.device)?,
        server: row.server,
        name: row.name,
        thread_key: row.thread_key,
        epoch: row.epoch,
        cursor: row.cursor,
        head: row.head,
        joined_at: row::millis(row.joined_at),
    })
}

pub(crate) fn members(read: &Read<'_>) -> kontor_store::Result<Vec<Member>> {
    let rows = read.team_members()?.into_iter();
    rows.map(|row| {
        Ok(Member {
            member: row::id(&row.member)?,
            name: row.name,
            email: row.email,
            role: row.role.parse().unwrap_or(Role::Member),
            active: row.active,
        })
    })
    .collect()
}
