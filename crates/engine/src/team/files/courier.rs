//! Who carries files between here and the team's server: what the server lacks goes up, what is wanted comes down.
//!
//! It goes its own way beside the line (HTTP, 256 KiB at a time), so no word of a person waits for a file. Either side says
//! how far a file has come, so a cut costs a piece at most, whoever died.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kontor_collab::Team;
use kontor_protocol::{FILE_PIECE_BYTES, FileHash, FileSum, NoteFile};
use tokio::time::{Instant, sleep, timeout};

use super::super::http::Api;
use super::super::http::files::{FileAt, Sent, Stands};
use crate::backoff::Backoff;
use crate::context::Context;
use crate::error::{Code, Error, Result};
use crate::look::Looks;

/// What a colleague's desk has yet to send is asked for this often.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// A server that does not know us is asked again after so long.
const SULK: Duration = Duration::from_secs(10);
/// How often a file is sent anew whose bytes arrived as others: somebody else may have sent them.
const TRIES: u32 = 3;

/// Somebody with the token, for one membership and one life of the server's store.
pub(super) struct Courier {
    ctx: Arc<Context>,
    api: Api,
    token: kontor_auth::Secret,
    team: Team,
    epoch: String,
}

/// Carries for as long as this process keeps the line.
pub(in super::super) async fn tend(ctx: &Arc<Context>) {
    let mut backoff = Backoff::for_desks(u64::from(std::process::id()));
    let mut asked: Option<Instant> = None;
    let mut looks = Looks::from_now(&ctx.store);
    loop {
        let again = asked.is_none_or(|at| at.elapsed() >= ASK_AGAIN);
        if again {
            asked = Some(Instant::now());
        }
        let moved = AtomicBool::new(false);
        let carried = carry(ctx, again, &moved).await;
        if moved.into_inner() {
            backoff.reset();
        }
        match carried {
            Ok(()) => {
                backoff.reset();
                // Nothing changed within this time: what others are to send is asked for all the same.
                drop(timeout(ASK_AGAIN, looks.next()).await);
            }
            Err(e) => {
                tracing::info!("files of notes wait: {}", e.message);
                let pause = if e.code == Code::Offline {
                    backoff.next()
                } else {
                    SULK
                };
                sleep(pause).await;
            }
        }
    }
}

/// Everything there is to carry now; `absent`: also what the server did not have before. `moved` says
/// whether any of it got on.
async fn carry(ctx: &Arc<Context>, absent: bool, moved: &AtomicBool) -> Result<()> {
    let Some((team, epoch)) = welcomed(ctx)? else {
        return Ok(());
    };
    let org = team.org.to_string();
    let (untold, mut wanted) = ctx
        .read(move |r| Ok((r.note_files_untold(&org, &epoch)?, r.note_files_wanted()?)))
        .await?;
    wanted.retain(|row| absent || !row.absent);
    if untold.is_empty() && wanted.is_empty() {
        return Ok(());
    }
    let courier = ctx.courier().await?;
    let mut first: Result<()> = Ok(());
    // One that cannot be carried keeps no other from it.
    for row in untold {
        let done = courier.tell(FileHash(row.hash), row.size, moved).await;
        first = first.and(done);
    }
    for row in wanted {
        let done = courier.fetch(FileHash(row.hash), row.size, moved).await;
        first = first.and(done.map(drop));
    }
    first
}

/// The membership, once its server has said which life its store is in.
fn welcomed(ctx: &Context) -> Result<Option<(Team, String)>> {
    let team = ctx.collab.team()?;
    Ok(team.and_then(|team| {
        let epoch = team.epoch.clone()?;
        Some((team, epoch))
    }))
}

impl Context {
    /// Somebody to carry files; needs a team whose server has welcomed this desk.
    pub(super) async fn courier(self: &Arc<Self>) -> Result<Courier> {
        let Some((team, epoch)) = welcomed(self)? else {
            return Err(Error::new(
                Code::Offline,
                "The team's server has not been reached yet. Try again once there is a connection.",
            ));
        };
        let (token, ca) = self.team_secrets(&team).await?;
        Ok(Courier {
            ctx: Arc::clone(self),
            api: Api::new(&team.server, &self.tls, ca.as_deref())?,
            token,
            team,
            epoch,
        })
    }
}

impl Courier {
    fn at(&self, hash: FileHash, size: u64) -> FileAt<'_> {
        FileAt {
            org: self.team.org,
            hash,
            size,
            token: self.token.expose(),
        }
    }

    /// Sends what the server lacks of a file, and notes that it has it.
    async fn tell(&self, hash: FileHash, size: u64, moved: &AtomicBool) -> Result<()> {
        let mut tries = 0_u32;
        let mut stands = self.api.file_stands(self.at(hash, size)).await?;
        loop {
            let at = match stands {
                Stands::Whole => break,
                Stands::Absent => 0,
                Stands::Begun(at) => at,
            };
            let bytes = if at < size {
                self.ctx
                    .read(move |r| r.note_file_bytes(hash.0, at))
                    .await?
            } else {
                // All are there and were not looked at: an empty piece has that done.
                Vec::new()
            };
            let sent = self.api.send_piece(self.at(hash, size), at, bytes).await?;
            moved.store(true, Ordering::Relaxed);
            stands = match sent {
                Sent::Stands(now) => now,
                Sent::OtherContent if tries < TRIES => {
                    tries = tries.saturating_add(1);
                    Stands::Absent
                }
                Sent::OtherContent => {
                    let message = "A file of a note arrives damaged at the team's server.";
                    return Err(Error::new(Code::Refused, message));
                }
            };
        }
        let (org, epoch) = (self.team.org.to_string(), self.epoch.clone());
        self.ctx
            .write(move |w| w.note_file_told(hash.0, &org, &epoch))
            .await
    }

    /// Fetches what is missing of a file that is wanted; false when the server does not have it.
    pub(super) async fn fetch(
        &self,
        hash: FileHash,
        size: u64,
        moved: &AtomicBool,
    ) -> Result<bool> {
        loop {
            let row = self.ctx.read(move |r| r.note_file(hash.0)).await?;
            let Some(row) = row else {
                return Err(Error::not_found("This file is not wanted any more."));
            };
            if row.whole {
                return Ok(true);
            }
            if row.received >= size {
                self.look_through(hash, size).await?;
                continue;
            }
            let from = row.received;
            let to = from.saturating_add(FILE_PIECE_BYTES).min(size);
            let last = to.saturating_sub(1);
            let piece = self
                .api
                .fetch_piece(self.at(hash, size), from, last)
                .await?;
            let Some(bytes) = piece else {
                if !row.absent {
                    self.ctx.write(move |w| w.note_file_absent(hash.0)).await?;
                }
                return Ok(false);
            };
            self.ctx
                .write(move |w| w.add_note_file_piece(hash.0, from, &bytes))
                .await?;
            moved.store(true, Ordering::Relaxed);
        }
    }

    /// All bytes are here: are they what the name says? What is not is thrown away.
    async fn look_through(&self, hash: FileHash, size: u64) -> Result<()> {
        let sum = self.ctx.read(move |r| {
            let (mut sum, mut at) = (FileSum::default(), 0_u64);
            while at < size {
                let bytes = r.note_file_bytes(hash.0, at)?;
                sum.add(&bytes);
                at = at.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            }
            Ok(sum.end())
        });
        let good = sum.await? == hash;
        let epoch = self.epoch.clone();
        self.ctx
            .write_durable(move |w| w.end_note_file(hash.0, good, &epoch))
            .await?;
        if good {
            return Ok(());
        }
        Err(Error::new(
            Code::Refused,
            "What came is not the file the note names; it was thrown away.",
        ))
    }

    /// Notes whether the server has a file that is not here.
    pub(super) async fn look(&self, file: &NoteFile) -> Result<()> {
        let (hash, size, org) = (file.hash, file.size, self.team.org.to_string());
        let absent = self.api.file_stands(self.at(hash, size)).await? != Stands::Whole;
        self.ctx
            .write(move |w| w.know_note_file(hash.0, size, &org, absent))
            .await
    }
}
