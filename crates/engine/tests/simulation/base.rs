//! The server's side: databases that can be opened again, and nodes that can be killed.

use std::path::PathBuf;
use std::time::Duration;

use futures::channel::mpsc::{Receiver, UnboundedSender, channel, unbounded};
use kontor_server::core::clock::Clock;
use kontor_server::core::hub::Hub;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::session::{Heard, LineProblem};
use kontor_server::core::storage::{PostgresStorage, SqliteStorage, Storage};
use kontor_testkit::Postgres;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// Frames to a desk that are in the network, so to speak: further ones hold the server's session up.
const ROOM: usize = 8;

/// What a desk says, on its way into the server.
pub(crate) type ToHub = UnboundedSender<Result<Heard, LineProblem>>;

/// Where a server's database comes from.
pub(crate) trait Base {
    type Storage: Storage;

    /// What failures are told by.
    const NAME: &'static str;
    /// Nodes on one database.
    const NODES: usize;

    /// Opens the database of now, as one more process.
    fn open(&self) -> impl Future<Output = Self::Storage> + Send + 'static;

    /// From here on another, empty one is the database of now.
    fn replace(&mut self);
}

/// SQLite in a folder of its own.
pub(crate) struct Files {
    dir: TempDir,
    lives: u32,
}

impl Files {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, lives: 0 }
    }
}

impl Base for Files {
    type Storage = SqliteStorage;

    const NAME: &'static str = "SQLite";
    const NODES: usize = 1;

    fn open(&self) -> impl Future<Output = SqliteStorage> + Send + 'static {
        let path = self.dir.path().join(format!("server-{}.db", self.lives));
        async move { SqliteStorage::open(&path).unwrap() }
    }

    fn replace(&mut self) {
        self.lives += 1;
    }
}

/// Databases of one PostgreSQL.
pub(crate) struct Databases<'a> {
    server: &'a Postgres,
    seed: u64,
    lives: u32,
    url: String,
}

impl<'a> Databases<'a> {
    pub(crate) fn new(server: &'a Postgres, seed: u64) -> Self {
        let url = server.create_database(&format!("seed-{seed}")).unwrap();
        Self {
            server,
            seed,
            lives: 0,
            url,
        }
    }
}

impl Base for Databases<'_> {
    type Storage = PostgresStorage;

    const NAME: &'static str = "PostgreSQL";
    const NODES: usize = 2;

    fn open(&self) -> impl Future<Output = PostgresStorage> + Send + 'static {
        let url = self.url.clone();
        async move { PostgresStorage::connect(&url).await.unwrap() }
    }

    fn replace(&mut self) {
        self.lives += 1;
        let name = format!("seed-{}-{}", self.seed, self.lives);
        self.url = self.server.create_database(&name).unwrap();
    }
}

/// A server process: a runtime of its own, which ends in the middle of things when the node is dropped.
pub(crate) struct Node<S: Storage> {
    runtime: Option<Runtime>,
    hub: Hub<S>,
    storage: S,
}

impl<S: Storage> Node<S> {
    /// Starts one; where there is a backup, it is read into the database first.
    pub(crate) async fn start(
        opening: impl Future<Output = S> + Send + 'static,
        clock: Clock,
        backup: Option<PathBuf>,
    ) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let limits = Limits {
            // Nothing in a run takes that long, however busy the machine.
            hello: Duration::from_secs(120),
            heartbeat: Duration::from_secs(120),
            // Little happens in a run: all of it is folded, again and again.
            fold_every: 5,
            fold_edits: 2,
            ..Limits::default()
        };
        let started = runtime.spawn(async move {
            let storage = opening.await;
            if let Some(file) = backup {
                storage.restore(&file).await.unwrap();
            }
            (Hub::new(storage.clone(), clock, limits), storage)
        });
        let (hub, storage) = started.await.unwrap();
        Self {
            runtime: Some(runtime),
            hub,
            storage,
        }
    }

    /// Asks the node's storage.
    pub(crate) async fn ask<T: Send + 'static, F>(&self, asking: impl FnOnce(S) -> F) -> T
    where
        F: Future<Output = T> + Send + 'static,
    {
        let answer = self.runtime().spawn(asking(self.storage.clone()));
        answer.await.unwrap()
    }

    /// A line to the node: what goes in, what comes out.
    pub(crate) fn attach(&self) -> (ToHub, Receiver<String>) {
        let (to_hub, incoming) = unbounded();
        let (outgoing, from_hub) = channel(ROOM);
        let hub = self.hub.clone();
        drop(self.runtime().spawn(async move {
            hub.attach(incoming, outgoing).await;
        }));
        (to_hub, from_hub)
    }

    /// Ends as an operating system asks for it: with goodbyes.
    pub(crate) async fn close(self) {
        let hub = self.hub.clone();
        let closed = self.runtime().spawn(async move { hub.close().await });
        closed.await.unwrap();
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("it runs until it is dropped")
    }
}

impl<S: Storage> Drop for Node<S> {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waits for nothing: tasks end where they are.
            runtime.shutdown_background();
        }
    }
}
