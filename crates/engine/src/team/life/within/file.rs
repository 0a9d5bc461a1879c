//! The file of the server inside this program: `team.db` beside the profile's store.

use std::fs;
use std::io;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use futures::{sink, stream};
use kontor_collab::{FarEnd, Within};
use kontor_protocol::{Act, ActFile, ClientFrame, DeviceId, MemberId, OrgId, ServerFrame};
use kontor_server::core::clock::Clock;
use kontor_server::core::hub::Hub;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::identity::secret;
use kontor_server::core::session::{Heard, LineProblem};
use kontor_server::core::storage::{
    FilePiece, Files as _, NO_PASSWORD, NewDevice, NewOrg, PutPiece, SqliteStorage, Storage as _,
    StorageError,
};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::mirror::Tending;
use crate::context::{Context, blocking};
use crate::error::{Code, Error, Result, sentence};

/// What follows the name of a file that cannot be read any more, in place of the one before.
const ASIDE: &str = ".damaged";

/// The only member of the organisation of one; told to nobody.
const ME: &str = "me@localhost";

/// The server inside this program, opened.
pub(super) struct Inside {
    ctx: Arc<Context>,
    org: OrgId,
    me: MemberId,
    storage: SqliteStorage,
    tending: Tending,
}

/// Opens the file, with our place in it, making both where they are missing. A file that cannot be read is put aside:
/// the profile's store has all that was in it but an ERP's connection. A suspect one is looked through first. `used` is
/// true while it is to stay open.
///
/// # Errors
/// When it can neither be opened nor made.
pub(super) async fn open(
    ctx: &Arc<Context>,
    suspect: bool,
    used: &Arc<AtomicBool>,
) -> Result<(Inside, String)> {
    let path = ctx.profile.team_database();
    let (storage, place) = match try_open(ctx, &path, suspect).await {
        Err(Problem::Damaged(why)) => {
            tracing::error!("the notes' second file is made anew: {why}");
            let damaged = path.clone();
            blocking(move || put_aside(&damaged).map_err(|e| broken(&e))).await?;
            try_open(ctx, &path, false).await
        }
        answer => answer,
    }
    .map_err(|problem| match problem {
        Problem::Damaged(why) => Error::new(Code::Internal, sentence(&why)),
        Problem::Other(e) => e,
    })?;
    let who = (place.org, place.member);
    let tending = Tending::new(ctx, storage.clone(), who, Arc::clone(used));
    let inside = Inside {
        ctx: Arc::clone(ctx),
        org: place.org,
        me: place.member,
        storage,
        tending,
    };
    Ok((inside, place.token))
}

/// What stands in the way.
enum Problem {
    /// The file cannot be used any more.
    Damaged(String),
    /// Anything else; the file may be well.
    Other(Error),
}

impl From<StorageError> for Problem {
    fn from(e: StorageError) -> Self {
        match e {
            StorageError::Damaged(why) => Self::Damaged(why),
            // Every id and name here is our own.
            StorageError::Taken | StorageError::Gone | StorageError::NotEmpty => {
                Self::Damaged(e.to_string())
            }
            StorageError::File(_) | StorageError::Unreachable(_) | StorageError::UnderWay(_) => {
                Self::Other(broken(&e))
            }
        }
    }
}

impl From<Error> for Problem {
    fn from(e: Error) -> Self {
        Self::Other(e)
    }
}

fn broken(e: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Internal, sentence(&e.to_string()))
}

async fn try_open(
    ctx: &Arc<Context>,
    path: &Path,
    suspect: bool,
) -> Result<(SqliteStorage, Within), Problem> {
    let path = path.to_owned();
    let opened = tokio::task::spawn_blocking(move || SqliteStorage::open(&path)).await;
    let storage = opened.map_err(|e| Problem::Other(broken(&e)))??;
    if suspect && let Some(problem) = storage.check().await?.problems.into_iter().next() {
        return Err(Problem::Damaged(problem));
    }
    let place = match ctx.collab.within().map_err(Error::from)? {
        Some(place) => place,
        None => settle(ctx, &storage).await?,
    };
    furnish(&storage, &place).await?;
    Ok((storage, place))
}

/// Takes a place: in the organisation that is there already, where the profile's store was made anew.
async fn settle(ctx: &Context, storage: &SqliteStorage) -> Result<Within, Problem> {
    let there = storage.orgs().await?.into_iter().next();
    let (mut org, mut member) = (OrgId(Uuid::new_v4()), MemberId(Uuid::new_v4()));
    if let Some(there) = there
        && let Some(me) = storage.members(there.id).await?.into_iter().next()
    {
        (org, member) = (there.id, me.member);
    }
    let new = Within {
        org,
        member,
        device: DeviceId(Uuid::new_v4()),
        token: secret::new_token().map_err(|e| broken(&e))?,
        cursor: 0,
        head: 0,
    };
    let settled = ctx.collab.settle_within(new, ctx.moment()).await;
    Ok(settled.map_err(Error::from)?)
}

/// Puts a file that cannot be used where it is in nobody's way.
fn put_aside(path: &Path) -> io::Result<()> {
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    for end in ["-wal", "-shm"] {
        match fs::remove_file(beside(end)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    fs::rename(path, beside(ASIDE))
}

/// Makes the organisation of one and lets our device in, where the file does not know them: it is new.
async fn furnish(storage: &SqliteStorage, place: &Within) -> Result<(), Problem> {
    let now = Clock::system().now();
    if storage.org(place.org).await?.is_none() {
        let new = NewOrg {
            id: place.org,
            name: place.org.to_string(),
            thread_key: secret::new_thread_key().map_err(|e| broken(&e))?,
            admin: place.member,
            email: ME.to_owned(),
            password: NO_PASSWORD.to_owned(),
            now,
        };
        storage.create_org(new).await?;
    }
    let token_hash = secret::token_hash(&place.token);
    if storage.who(token_hash, now).await?.is_none() {
        let device = NewDevice {
            id: place.device,
            org: place.org,
            member: place.member,
            name: "Kontor".to_owned(),
            token_hash,
            now,
        };
        storage.add_device(device).await?;
    }
    Ok(())
}

impl Inside {
    /// Serves one line until its near end is dropped, with the mirror beside it; then everything that was taken is in the
    /// file, and it is closed.
    pub(super) async fn serve(self, far: FarEnd) {
        let hub = Hub::new(self.storage.clone(), Clock::system(), limits());
        let FarEnd { frames, answers } = far;
        let handing = Handing {
            ctx: self.ctx,
            org: self.org,
            me: self.me,
            storage: self.storage,
        };
        let incoming = stream::unfold(
            (frames, handing),
            |(mut frames, handing): (mpsc::Receiver<ClientFrame>, Handing)| async move {
                let frame = frames.recv().await?;
                handing.over(&frame).await;
                // Our own values: strings, numbers, lists. They cannot fail to serialise.
                let text = serde_json::to_string(&frame).unwrap_or_default();
                Some((Ok(Heard::Frame(text)), (frames, handing)))
            },
        );
        let outgoing = sink::unfold(answers, answer);
        let mut tending = self.tending;
        tokio::select! {
            () = hub.attach(Box::pin(incoming), Box::pin(outgoing)) => {}
            () = tending.tend() => {}
        }
        tending.close().await;
        hub.close().await;
    }
}

/// Hands over the files that acts speak of: both stores are in this program, so that no line is needed for it.
struct Handing {
    ctx: Arc<Context>,
    org: OrgId,
    me: MemberId,
    storage: SqliteStorage,
}

impl Handing {
    /// Before the server inside hears of it.
    async fn over(&self, frame: &ClientFrame) {
        let ClientFrame::ErpAct(ask) = frame else {
            return;
        };
        if let Some(file) = ask.act.as_ref().and_then(Act::file)
            && let Err(why) = self.file(file).await
        {
            // It says itself that the file is not there.
            tracing::warn!("a file for Metakocka cannot be handed over: {why}");
        }
    }

    async fn file(&self, file: &ActFile) -> Result<()> {
        let ActFile { hash, size } = *file;
        let head = self.storage.file(self.org, hash).await;
        let mut head = head.map_err(|e| broken(&e))?;
        loop {
            let at = match &head {
                Some(head) if head.whole => return Ok(()),
                Some(head) if head.size == size => head.received,
                _ => 0,
            };
            if at >= size
                && let Some(head) = head
            {
                let ended = self.storage.end_upload(self.org, hash, head.upload, true);
                return ended.await.map(drop).map_err(|e| broken(&e));
            }
            let bytes = self
                .ctx
                .read(move |r| r.note_file_bytes(hash.0, at))
                .await?;
            let piece = FilePiece {
                hash,
                size,
                member: self.me,
                at,
                bytes,
                now: Clock::system().now(),
            };
            let put = self.storage.put_piece(self.org, piece).await;
            head = match put.map_err(|e| broken(&e))? {
                PutPiece::Kept(head) | PutPiece::Elsewhere(head) => Some(head),
                PutPiece::Full => return Err(broken(&"too many files have come in part only")),
            };
        }
    }
}

async fn answer(
    answers: mpsc::Sender<ServerFrame>,
    text: String,
) -> Result<mpsc::Sender<ServerFrame>, LineProblem> {
    let frame = serde_json::from_str(&text).map_err(|_no_frame| LineProblem::Broken)?;
    let sent = answers.send(frame).await;
    sent.map_err(|_gone| LineProblem::Broken)?;
    Ok(answers)
}

/// There is nobody to be protected from, nobody new to be told all from the beginning, and no other process.
fn limits() -> Limits {
    let plenty = NonZeroU32::MIN.saturating_add(9_999_999);
    Limits {
        heartbeat: Duration::from_secs(300),
        recheck: Duration::from_secs(3600),
        ops: plenty,
        kib: plenty,
        fold_every: u64::MAX,
        ..Limits::default()
    }
}
