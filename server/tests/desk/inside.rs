//! The hub without a network, as the app hosts it.

use futures::channel::mpsc;
use futures::{SinkExt as _, StreamExt as _};
use kontor_protocol::{Capability, ClientFrame, Hello, ServerFrame, SignedIn, VERSION};
use kontor_server::core::clock::Clock;
use kontor_server::core::hub::Hub;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::identity::Identity;
use kontor_server::core::session::{Heard, LineProblem};
use kontor_server::core::storage::SqliteStorage;
use tempfile::TempDir;
use tokio_util::task::TaskTracker;

use crate::house::{PASSWORD, note};

/// A desk on two channels.
pub(crate) struct Inside {
    out: mpsc::Sender<Result<Heard, LineProblem>>,
    frames: mpsc::Receiver<String>,
}

impl Inside {
    pub(crate) async fn say(&mut self, frame: &ClientFrame) {
        let text = serde_json::to_string(frame).unwrap();
        self.out.send(Ok(Heard::Frame(text))).await.unwrap();
    }

    /// The first frame that is what is looked for.
    pub(crate) async fn find<T>(&mut self, wanted: impl Fn(ServerFrame) -> Option<T>) -> T {
        loop {
            let text = self.frames.next().await.expect("the hub goes on");
            if let Some(found) = wanted(serde_json::from_str(&text).unwrap()) {
                return found;
            }
        }
    }
}

async fn attach(hub: &Hub<SqliteStorage>, desk: &SignedIn, running: &TaskTracker) -> Inside {
    attach_with(hub, desk, running, &[]).await.0
}

/// A welcomed desk with some capabilities, and those of the hub.
pub(crate) async fn attach_with(
    hub: &Hub<SqliteStorage>,
    desk: &SignedIn,
    running: &TaskTracker,
    words: &[&str],
) -> (Inside, Vec<Capability>) {
    let (out, incoming) = mpsc::channel(4);
    let (outgoing, frames) = mpsc::channel(4);
    let hub = hub.clone();
    running.spawn(async move { hub.attach(incoming, outgoing).await });
    let mut inside = Inside { out, frames };
    let hello = Hello {
        version: VERSION,
        token: desk.token.clone(),
        device: desk.device,
        cursor: 0,
        epoch: None,
        capabilities: words.iter().map(|word| (*word).into()).collect(),
        snapshot: None,
    };
    inside.say(&ClientFrame::Hello(hello)).await;
    let capabilities = inside
        .find(|frame| match frame {
            ServerFrame::Welcome(welcome) => Some(welcome.capabilities),
            _ => None,
        })
        .await;
    (inside, capabilities)
}

#[tokio::test]
async fn two_channels_in_one_process_are_two_desks() {
    let dir = TempDir::new().unwrap();
    let storage = SqliteStorage::open(&dir.path().join("team.db")).unwrap();
    let identity = Identity::new(storage.clone(), Clock::system());
    let hub = Hub::new(storage, Clock::system(), Limits::default());
    let made = identity
        .create_org("cebela", "ana@example.com", PASSWORD)
        .await;
    let desk = identity
        .sign_in(made.unwrap(), "this computer", "login")
        .await
        .unwrap();
    let running = TaskTracker::new();
    let mut one = attach(&hub, &desk, &running).await;
    let mut two = attach(&hub, &desk, &running).await;
    let op = note(3);
    one.say(&ClientFrame::Push {
        ops: vec![op.clone()],
    })
    .await;
    let acked = one.find(|frame| match frame {
        ServerFrame::Ack { acks } => Some(acks),
        _ => None,
    });
    assert_eq!(acked.await[0].op_id, op.op_id);
    let came = two.find(|frame| match frame {
        ServerFrame::Event { events } => events.into_iter().find(|e| e.seq == 2),
        _ => None,
    });
    assert_eq!(came.await.op, op);
    assert_eq!(hub.figures().desks.get(), 2);
    drop(one);
    hub.close().await;
    running.close();
    running.wait().await;
    assert_eq!(hub.figures().desks.get(), 0, "every seat is free again");
}
