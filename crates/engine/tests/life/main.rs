//! An account's life in this process, against a real Dovecot: the three layers, drafts, the end.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod colliding;
mod drafts;
mod ending;
mod layers;
mod mirror;
mod older;
mod ruling;
mod within;

use std::time::{Duration, Instant};

use kontor_engine::auth::Secret;
use kontor_engine::model::{
    AccountId, Address, Change, Endpoint, Layer, MessageRow, Security, ServerSettings,
};
use kontor_engine::{AccountForm, Config, DraftForm, Engine, Profile, Rhythm};
use kontor_testkit::{Dovecot, dovecot::PASSWORD};
use tempfile::TempDir;

const MAJA: &str = "maja@hrastvijak.example";
const ANA: &str = "ana@hrastvijak.example";

/// Nothing waited for takes longer, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(45);

/// What happens by itself happens at once, unless a test says otherwise.
const QUICK: Rhythm = Rhythm {
    poll: Duration::from_millis(250),
    reconcile: Some(Duration::from_secs(3600)),
    draft_pause: Duration::from_millis(50),
    mirror: Duration::from_millis(200),
};

struct Room {
    dovecot: Dovecot,
    engine: Engine,
    account: AccountId,
    dir: TempDir,
}

fn endpoint(port: u16) -> Endpoint {
    Endpoint {
        host: "localhost".into(),
        port,
        security: Security::Tls,
    }
}

async fn open(dir: &TempDir, rhythm: Rhythm) -> Engine {
    let config = Config {
        keychain: Some(format!("file:{}", dir.path().join("keys.json").display())),
        rhythm,
        ..Config::default()
    };
    let profile = Profile::open(dir.path().join("profile")).unwrap();
    Engine::open(profile, config).await.unwrap()
}

/// An engine with one account; its loops do not run yet.
async fn room(dovecot: Dovecot, imap: u16, rhythm: Rhythm) -> Room {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir, rhythm).await;
    let account = engine
        .add_account(AccountForm {
            email: MAJA.into(),
            name: "Maja Hrast".into(),
            settings: ServerSettings {
                imap: endpoint(imap),
                smtp: Some(endpoint(dovecot.submissions_port())),
                username: MAJA.into(),
                ca_pem: Some(std::fs::read_to_string(dovecot.ca_pem()).unwrap()),
            },
            password: Secret::new(PASSWORD.to_owned()),
        })
        .await
        .unwrap();
    Room {
        dovecot,
        engine,
        account,
        dir,
    }
}

impl Room {
    /// Starts the loops and waits until everything is here.
    async fn live(&self) {
        self.engine.start(None);
        self.wait_change("synced", |c| matches!(c, Change::Synced { .. }))
            .await;
    }

    /// All entries of the change log.
    async fn changes(&self) -> Vec<Change> {
        let changes = self.engine.changes_after(0, 100_000).await.unwrap();
        changes.entries.into_iter().map(|(_, c)| c).collect()
    }

    async fn wait_change(&self, what: &str, holds: impl Fn(&Change) -> bool) -> Change {
        until(what, || async {
            self.changes().await.into_iter().find(|c| holds(c))
        })
        .await
    }

    /// Waits for a message's arrival; by which layer it was seen.
    async fn wait_arrival(&self, subject: &str) -> Layer {
        until(subject, || async {
            for change in self.changes().await {
                if let Change::Arrived { message, layer, .. } = change
                    && self
                        .engine
                        .message(message)
                        .await
                        .is_ok_and(|m| m.row.subject == subject)
                {
                    return Some(layer);
                }
            }
            None
        })
        .await
    }

    async fn rows(&self, folder: &str) -> Vec<MessageRow> {
        let Ok(row) = self.engine.find_folder(folder, None).await else {
            return Vec::new();
        };
        let page = self
            .engine
            .messages(row.folder.id, None, 1000)
            .await
            .unwrap();
        page.rows
    }

    /// The subjects in a folder at the server, sorted.
    fn there(&self, folder: &str) -> Vec<String> {
        let mut imap = self.dovecot.imap(MAJA).unwrap();
        imap.select(folder).unwrap();
        let mut subjects: Vec<String> = imap
            .uids("ALL")
            .unwrap()
            .into_iter()
            // One that goes while we look is not there.
            .filter_map(|uid| imap.raw(uid).ok())
            .map(|raw| {
                let text = String::from_utf8_lossy(&raw).into_owned();
                let mut lines = text.lines();
                let line = lines.find_map(|l| l.strip_prefix("Subject: ").map(str::to_owned));
                line.unwrap_or_default()
            })
            .collect();
        subjects.sort();
        subjects
    }

    fn draft(&self, subject: &str, text: &str) -> DraftForm {
        DraftForm {
            id: None,
            account: self.account,
            to: vec![Address::new("Ana", ANA)],
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: subject.into(),
            text: text.into(),
            html: None,
            reply_to: None,
            began: None,
            message_id: None,
        }
    }
}

/// Waits until `look` answers something.
async fn until<T, F>(what: &str, look: impl Fn() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn letter(subject: &str) -> Vec<u8> {
    format!(
        "From: {ANA}\r\nTo: {MAJA}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n\
         Date: Sat, 21 Nov 2026 10:00:00 +0100\r\n\r\nPozdrav.\r\n"
    )
    .into_bytes()
}
