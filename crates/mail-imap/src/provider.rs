//! [`ImapProvider`]: one IMAP connection behind the provider surface.

use std::collections::BTreeMap;
use std::time::Duration;

use kontor_mail::provider::{
    Applied, Capabilities, Changes, Cursor, Depth, Fetched, Poke, Provider, RemoteAction,
    RemoteFolder, RemoteStatus, Result,
};
use kontor_model::{Flags, Millis, ServerSettings};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::caps;
use crate::command::Command;
use crate::session::{Session, sign_in};
use crate::tls::TlsConfig;
use crate::wire::Clock;

/// When to compress the line (RFC 4978).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compress {
    /// Where the server offers it and is another computer: on this one it only costs time.
    #[default]
    WhenFar,
    /// Wherever the server offers it.
    Always,
    /// Nowhere.
    Never,
}

/// What can be set for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a server may take to greet before the connection is protected. A port that waits for TLS never does.
    pub greeting: Duration,
    /// When to compress.
    pub compress: Compress,
    /// How long one IDLE lasts. Servers end it after 30 minutes (RFC 2177), NATs forget a silent line much sooner.
    pub idle_renewal: Duration,
    /// How long a server may take to end an IDLE before the line counts as dead.
    pub idle_ending: Duration,
    /// Watch all folders by NOTIFY (RFC 5465) where offered.
    pub notify: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            greeting: Duration::from_secs(15),
            compress: Compress::default(),
            idle_renewal: Duration::from_mins(9),
            idle_ending: Duration::from_secs(20),
            notify: true,
        }
    }
}

/// One connected IMAP account. See [`Provider`].
///
/// A call that is dropped before its end leaves the connection usable: the next call first reads what is still coming.
/// Where a command was cut off in the middle, the next call says the line is gone.
#[derive(Debug)]
pub struct ImapProvider {
    pub(crate) session: Session,
    pub(crate) options: Options,
    /// UIDVALIDITY the UIDs we are given belong to, by wire name.
    pub(crate) expected: BTreeMap<String, u32>,
}

impl ImapProvider {
    /// Connects and signs in with the usual [`Options`].
    ///
    /// # Errors
    /// Every [`Fault`] but `Refused` and `Gone`.
    pub async fn connect(
        settings: &ServerSettings,
        password: &str,
        tls: &TlsConfig,
        clock: Clock,
    ) -> Result<Self> {
        Self::connect_with(settings, password, tls, clock, Options::default()).await
    }

    /// Connects and signs in.
    ///
    /// # Errors
    /// As [`ImapProvider::connect`].
    pub async fn connect_with(
        settings: &ServerSettings,
        password: &str,
        tls: &TlsConfig,
        clock: Clock,
        options: Options,
    ) -> Result<Self> {
        let session = Box::pin(sign_in::open(settings, password, tls, clock, &options)).await?;
        Ok(Self {
            session,
            options,
            expected: BTreeMap::new(),
        })
    }
}

impl Provider for ImapProvider {
    fn capabilities(&self) -> Capabilities {
        let mut plan = caps::plan(
            &self.session.caps,
            &self.session.quirks,
            self.session.qresync,
        );
        plan.push_all &= self.options.notify;
        plan
    }

    fn take_alerts(&mut self) -> Vec<String> {
        std::mem::take(&mut self.session.heard.alerts)
    }

    fn expect_uidvalidity(&mut self, wire: &str, uidvalidity: u32) {
        self.expected.insert(wire.to_owned(), uidvalidity);
    }

    async fn folders(&mut self, counters: bool) -> Result<Vec<RemoteFolder>> {
        self.list_folders(counters).await
    }

    async fn status(&mut self, wire: &str) -> Result<RemoteStatus> {
        self.status_of(wire).await
    }

    async fn changes(&mut self, wire: &str, cursor: &Cursor, full: bool) -> Result<Changes> {
        self.differences(wire, cursor, full).await
    }

    async fn newest(&mut self, wire: &str, n: u32) -> Result<(RemoteStatus, Vec<Fetched>)> {
        self.newest_envelopes(wire, n).await
    }

    async fn fetch(
        &mut self,
        wire: &str,
        uids: &[u32],
        depth: Depth,
        sink: &mpsc::Sender<Fetched>,
    ) -> Result<()> {
        self.fetch_messages(wire, uids, depth, sink).await
    }

    async fn apply(&mut self, wire: &str, uids: &[u32], action: &RemoteAction) -> Result<Applied> {
        self.carry_out(wire, uids, action).await
    }

    async fn append(
        &mut self,
        wire: &str,
        flags: &Flags,
        date: Millis,
        raw: &[u8],
    ) -> Result<Option<(u32, u32)>> {
        self.file_message(wire, flags, date, raw).await
    }

    async fn find_message_id(&mut self, wire: &str, message_id: &str) -> Result<Vec<u32>> {
        self.search_message_id(wire, message_id).await
    }

    async fn create_folder(&mut self, path: &str, _delimiter: Option<char>) -> Result<()> {
        self.make_folder(&crate::mutf7::encode(path)).await
    }

    async fn watch(
        &mut self,
        wire: &str,
        pokes: &mpsc::Sender<Poke>,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<()> {
        self.watch_folder(wire, pokes, stop).await
    }

    async fn logout(mut self) {
        const PATIENCE: Duration = Duration::from_secs(2);
        if self.session.ready().await.is_ok() {
            let bye = self.session.run(Command::new("LOGOUT"), |_| ());
            // Whatever comes of it, the connection is over.
            drop(timeout(PATIENCE, bye).await);
        }
        self.session.wire.close(PATIENCE).await;
    }
}
