//! Databases to try, and what to fill them with.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use kontor_protocol::{Body, DeviceId, MemberId, Op, OpId, OrgId, Role};
use kontor_server::core::storage::{
    Hash, Incoming, Joining, NewDevice, NewInvitation, NewOrg, PostgresStorage, SqliteStorage,
    Storage,
};
use kontor_testkit::Postgres;
use tempfile::TempDir;
use uuid::Uuid;

/// Where [`PostgresStage`] puts what it opens.
const DATABASE: &str = "team";

/// A database of some kind that can be opened again, and hurt.
pub(crate) trait Stage: Send + Sync {
    type Storage: Storage;

    /// One more handle on the same database, as another process has it.
    fn open(&self) -> impl Future<Output = Self::Storage> + Send;

    /// One on an empty database.
    fn open_empty(&self) -> impl Future<Output = Self::Storage> + Send;

    /// Does to the tables what no program of ours does.
    fn hurt(&self, sql: &str);

    /// A folder for files.
    fn folder(&self) -> &Path;
}

pub(crate) struct SqliteStage {
    dir: TempDir,
}

impl SqliteStage {
    pub(crate) fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("data/server.db")
    }
}

impl Stage for SqliteStage {
    type Storage = SqliteStorage;

    async fn open(&self) -> SqliteStorage {
        SqliteStorage::open(&self.path()).unwrap()
    }

    async fn open_empty(&self) -> SqliteStorage {
        SqliteStorage::open(&self.dir.path().join(format!("{}.db", Uuid::new_v4()))).unwrap()
    }

    fn hurt(&self, sql: &str) {
        let conn = rusqlite::Connection::open(self.path()).unwrap();
        conn.execute_batch(sql).unwrap();
    }

    fn folder(&self) -> &Path {
        self.dir.path()
    }
}

/// A server of its own, connected to as an ordinary role.
pub(crate) struct PostgresStage {
    pub(crate) server: Postgres,
    pub(crate) url: String,
    dir: TempDir,
}

impl PostgresStage {
    pub(crate) fn new() -> Self {
        Self::on(Postgres::start().unwrap())
    }

    fn on(server: Postgres) -> Self {
        Self {
            url: server.create_database(DATABASE).unwrap(),
            server,
            dir: TempDir::new().unwrap(),
        }
    }

    /// As superuser, whom nothing binds.
    pub(crate) fn psql(&self, sql: &str) -> String {
        self.server.psql(DATABASE, sql).unwrap()
    }
}

impl Stage for PostgresStage {
    type Storage = PostgresStorage;

    async fn open(&self) -> PostgresStorage {
        PostgresStorage::connect(&self.url).await.unwrap()
    }

    async fn open_empty(&self) -> PostgresStorage {
        let name = Uuid::new_v4().to_string();
        let url = self.server.create_database(&name).unwrap();
        PostgresStorage::connect(&url).await.unwrap()
    }

    fn hurt(&self, sql: &str) {
        self.psql(sql);
    }

    fn folder(&self) -> &Path {
        self.dir.path()
    }
}

/// Second `n` of a day in which everything happens.
pub(crate) fn at(n: i64) -> Timestamp {
    Timestamp::new(1_790_000_000 + n, 123_456_789).unwrap()
}

/// An organisation with an admin on a device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Team {
    pub(crate) org: OrgId,
    pub(crate) admin: MemberId,
    pub(crate) device: DeviceId,
}

pub(crate) async fn team(storage: &impl Storage, name: &str) -> Team {
    let team = Team {
        org: OrgId(Uuid::new_v4()),
        admin: MemberId(Uuid::new_v4()),
        device: DeviceId(Uuid::new_v4()),
    };
    let new = NewOrg {
        id: team.org,
        name: name.to_owned(),
        thread_key: "ab".repeat(32),
        admin: team.admin,
        email: format!("maja@{name}.example"),
        password: "$argon2id$v=19$maja".to_owned(),
        now: at(0),
    };
    storage.create_org(new).await.unwrap();
    let device = device(team, team.admin, team.device, hash(name));
    storage.add_device(device).await.unwrap();
    team
}

/// Some secret's hash.
pub(crate) fn hash(secret: &str) -> Hash {
    let mut hash = [7; 32];
    for (to, from) in hash.iter_mut().zip(secret.bytes()) {
        *to = from;
    }
    hash
}

pub(crate) fn device(team: Team, member: MemberId, id: DeviceId, token_hash: Hash) -> NewDevice {
    NewDevice {
        id,
        org: team.org,
        member,
        name: "Maja’s laptop".to_owned(),
        token_hash,
        now: at(1),
    }
}

/// An invitation that works until second 100.
pub(crate) fn invitation(team: Team, code: &str, role: Role) -> NewInvitation {
    NewInvitation {
        org: team.org,
        code_hash: hash(code),
        role,
        expires_at: at(100),
    }
}

pub(crate) fn joining(code: &str, email: &str) -> Joining {
    Joining {
        code_hash: hash(code),
        member: MemberId(Uuid::new_v4()),
        name: "Ana Kovač".to_owned(),
        email: email.to_owned(),
        password: "$argon2id$v=19$ana".to_owned(),
        company: None,
        now: at(50),
    }
}

pub(crate) fn incoming(team: Team, op: Op) -> Incoming {
    Incoming {
        member: team.admin,
        device: team.device,
        accepted_at: at(3),
        op,
    }
}

/// An operation with an id of its own.
pub(crate) fn note(words: &str) -> Op {
    note_of(OpId(Uuid::now_v7()), words)
}

pub(crate) fn note_of(id: OpId, words: &str) -> Op {
    let body = Body::Note {
        update: words.as_bytes().to_vec(),
        mentions: vec![MemberId(Uuid::nil())],
    };
    Op::new(id, at(2), "customer:4711".parse().unwrap(), body)
}

/// So many different ones.
pub(crate) fn notes(team: Team, count: usize) -> Vec<Incoming> {
    (0..count)
        .map(|n| incoming(team, note(&format!("words {n}"))))
        .collect()
}
