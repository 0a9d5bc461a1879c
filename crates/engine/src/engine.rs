//! The engine: opening a profile, starting and stopping the loops.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kontor_auth::Keychain;
use kontor_collab::Collab;
use kontor_mail_imap::tls::TlsConfig;
use kontor_store::{Changes, Store};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::context::{Context, Wakes, blocking};
use crate::crm::order::Weights;
use crate::crm::papers;
use crate::error::Result;
use crate::notice::Notice;
use crate::pace::Paces;
use crate::pictures::Pictures;
use crate::profile::Profile;
use crate::supervisor;
use crate::team::{NewsDesk, Roots};
use crate::workers::Workers;

/// What a door decides for the engine.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where time comes from.
    pub clock: Clock,
    /// `KONTOR_KEYCHAIN`, read at the edge; `None` is the OS keychain.
    pub keychain: Option<String>,
    /// How often what happens by itself happens.
    pub rhythm: Rhythm,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            keychain: None,
            rhythm: Rhythm::default(),
        }
    }
}

/// How often the loops do what they do by themselves (DESIGN.md §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Layer 2: a look at all folders.
    pub poll: Duration,
    /// Layer 3: the full comparison; `None` as the person set it.
    pub reconcile: Option<Duration>,
    /// A draft goes to the server once it was left alone for so long.
    pub draft_pause: Duration,
    /// Without a team: a look for changes in the company's Metakocka.
    pub mirror: Duration,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(30),
            reconcile: None,
            draft_pause: Duration::from_secs(5),
            mirror: Duration::from_secs(30),
        }
    }
}

/// One open profile. Clones share it.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) ctx: Arc<Context>,
}

impl Engine {
    /// Opens a profile; starts nothing.
    ///
    /// # Errors
    /// When the store cannot be opened, or the keychain setting makes no sense.
    pub async fn open(profile: Profile, config: Config) -> Result<Self> {
        let keychain = Keychain::from_setting(config.keychain.as_deref())?;
        let dir = profile.dir().to_owned();
        let store = blocking(move || Ok(Store::open(&dir)?)).await?;
        let ctx = Context {
            profile,
            collab: Collab::open(store.clone()),
            store,
            clock: config.clock,
            rhythm: config.rhythm,
            keychain,
            tls: TlsConfig::system(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            wakes: Wakes::default(),
            workers: Workers::default(),
            paces: Paces::default(),
            pictures: Pictures::default(),
            roots: Roots::default(),
            notices: broadcast::Sender::new(64),
            news: NewsDesk::default(),
            weights: Weights::default(),
            owner: AtomicBool::new(false),
        };
        Ok(Self { ctx: Arc::new(ctx) })
    }

    /// The engine whose tasks share this context.
    pub(crate) fn around(ctx: &Arc<Context>) -> Self {
        Self {
            ctx: Arc::clone(ctx),
        }
    }

    /// Starts the loops: as soon as this process gets the claim of the profile, every account lives by itself.
    pub fn start(&self, body_days: Option<u32>) {
        let ctx = Arc::clone(&self.ctx);
        self.ctx.tasks.spawn(supervisor::run(ctx, body_days));
        let ctx = Arc::clone(&self.ctx);
        self.ctx.tasks.spawn(papers::run(ctx));
        self.start_team();
    }

    /// Stops the loops and waits until the last write is committed.
    pub async fn stop(&self) {
        self.ctx.stop.cancel();
        self.ctx.tasks.close();
        self.ctx.tasks.wait().await;
    }

    /// Ticks after each commit: of this process at once, of another one soon (mostly within milliseconds).
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.ctx.store.commits()
    }

    /// Returns what changed after a number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn changes_after(&self, seq: i64, limit: u32) -> Result<Changes> {
        self.ctx.read(move |r| r.changes_after(seq, limit)).await
    }

    /// Returns the number of the newest change.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn change_seq(&self) -> Result<i64> {
        self.ctx.read(|r| r.change_seq()).await
    }

    /// Sentences for the person, from now on.
    #[must_use]
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.ctx.notices.subscribe()
    }

    /// The clock everything here goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.ctx.clock
    }

    /// True while this process talks to servers for the profile.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.ctx.owner.load(Ordering::SeqCst)
    }
}
