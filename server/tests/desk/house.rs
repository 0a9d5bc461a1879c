//! A server of its own for a test, and lines to it.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use jiff::Timestamp;
use kontor_protocol::{
    Ack, Body, ClientFrame, Event, Hello, JoinRequest, MemberPresence, Op, OpId, OrgId, Reject,
    Role, ServerFrame, SignedIn, VERSION, Welcome,
};
use kontor_server::core::clock::Clock;
use kontor_server::core::hub::limits::Limits;
use kontor_server::core::identity::Identity;
use kontor_server::core::storage::SqliteStorage;
use kontor_server::http::App;
use kontor_server::http::doors::{Doors, HEAD};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Nothing a test waits for takes longer, however slow the machine; what takes longer is broken.
pub(crate) const PATIENCE: Duration = Duration::from_secs(45);
/// The password of everybody in these tests.
pub(crate) const PASSWORD: &str = "correct horse";

/// A running server on a database of its own.
pub(crate) struct House {
    _dir: TempDir,
    pub(crate) storage: SqliteStorage,
    pub(crate) identity: Identity<SqliteStorage>,
    pub(crate) address: SocketAddr,
    pub(crate) app: App<SqliteStorage>,
    pub(crate) stop: CancellationToken,
    running: TaskTracker,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(Limits::default(), HEAD).await
    }

    /// With other limits, and other patience for the head of a request.
    pub(crate) async fn with(limits: Limits, head: Duration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let storage = SqliteStorage::open(&dir.path().join("server.db")).unwrap();
        let doors = Doors::open("127.0.0.1:0".parse().unwrap(), None, head)
            .await
            .unwrap();
        let url = doors.url();
        let app = App::new(storage.clone(), Clock::system(), limits, &url);
        let (stop, running) = (CancellationToken::new(), TaskTracker::new());
        let stopped = stop.clone();
        let served = app.clone();
        running.spawn(async move {
            let stop = async move { stopped.cancelled().await };
            served.serve(doors, stop).await.unwrap();
        });
        running.close();
        Self {
            _dir: dir,
            identity: Identity::new(storage.clone(), Clock::system()),
            storage,
            app,
            address: url.strip_prefix("http://").unwrap().parse().unwrap(),
            stop,
            running,
        }
    }

    /// An organisation and its admin's desk.
    pub(crate) async fn org(&self, name: &str) -> SignedIn {
        let email = format!("admin@{name}.example");
        let (org, admin) = self
            .identity
            .create_org(name, &email, PASSWORD)
            .await
            .unwrap();
        self.identity
            .sign_in((org, admin), "desk", "login")
            .await
            .unwrap()
    }

    /// A new member's desk.
    pub(crate) async fn member(&self, org: OrgId, email: &str) -> SignedIn {
        let code = self
            .identity
            .invite(org, Role::Member, None)
            .await
            .unwrap()
            .code;
        let request = JoinRequest {
            code,
            name: None,
            email: email.into(),
            password: PASSWORD.into(),
            device: "desk".into(),
        };
        self.identity.join(&request).await.unwrap()
    }

    /// Another device of somebody.
    pub(crate) async fn device(&self, of: &SignedIn) -> SignedIn {
        self.identity
            .sign_in((of.org, of.member), "laptop", "login")
            .await
            .unwrap()
    }

    /// A welcomed line.
    pub(crate) async fn line(&self, desk: &SignedIn, cursor: u64) -> Line {
        self.line_of(desk, cursor, None).await.0
    }

    pub(crate) async fn line_of(
        &self,
        desk: &SignedIn,
        cursor: u64,
        epoch: Option<String>,
    ) -> (Line, Welcome) {
        let mut line = Line::dial(self.address).await;
        line.hello(desk, cursor, epoch).await;
        match line.frame().await {
            Some(ServerFrame::Welcome(welcome)) => (line, *welcome),
            other => panic!("a hello is answered with a welcome, not {other:?}"),
        }
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, with: Asking<'_>) -> (u16, Value) {
        ask(self.address, method, path, with).await
    }

    /// Tells the server to stop and waits until it has.
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(PATIENCE, self.running.wait()).await;
        ended.expect("the server stops");
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What goes with a request.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asking<'a> {
    pub(crate) token: Option<&'a str>,
    pub(crate) body: Option<&'a str>,
}

/// One request on its own connection; the answer's JSON, or its text.
pub(crate) async fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    with: Asking<'_>,
) -> (u16, Value) {
    let body = with.body.unwrap_or_default();
    let token = with.token.map(|t| format!("authorization: Bearer {t}\r\n"));
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{}content-length: {}\r\n\r\n",
        token.unwrap_or_default(),
        body.len()
    );
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(head.as_bytes()).await.unwrap();
    // A server that has heard enough may have closed already.
    drop(tcp.write_all(body.as_bytes()).await);
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, tcp.read_to_end(&mut answer)).await;
    read.expect("the server answers").ok();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or("0").parse().unwrap();
    let body = serde_json::from_str(body).unwrap_or_else(|_| Value::from(body));
    (status, body)
}

/// One WebSocket.
pub(crate) struct Line {
    pub(crate) ws: WebSocketStream<TcpStream>,
    /// Events that came, in order.
    pub(crate) events: Vec<Event>,
    pub(crate) acks: Vec<Ack>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) presence: Vec<MemberPresence>,
}

impl Line {
    pub(crate) async fn dial(address: SocketAddr) -> Self {
        let tcp = TcpStream::connect(address).await.unwrap();
        let (ws, _) = client_async(format!("ws://{address}/api/v1/ws"), tcp)
            .await
            .unwrap();
        Self {
            ws,
            events: Vec::new(),
            acks: Vec::new(),
            rejects: Vec::new(),
            presence: Vec::new(),
        }
    }

    pub(crate) async fn hello(&mut self, desk: &SignedIn, cursor: u64, epoch: Option<String>) {
        let hello = Hello {
            version: VERSION,
            token: desk.token.clone(),
            device: desk.device,
            cursor,
            epoch,
            capabilities: Vec::new(),
            snapshot: None,
        };
        self.say(&ClientFrame::Hello(hello)).await;
    }

    pub(crate) async fn say(&mut self, frame: &ClientFrame) {
        let text = serde_json::to_string(frame).unwrap();
        self.ws.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn push(&mut self, ops: Vec<Op>) {
        self.say(&ClientFrame::Push { ops }).await;
    }

    /// The next frame; `None` when the server closed the line.
    pub(crate) async fn frame(&mut self) -> Option<ServerFrame> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.ws.next()).await;
            match next.expect("the server says something or closes") {
                Some(Ok(Message::Text(text))) => {
                    return Some(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads until something has come.
    pub(crate) async fn until(&mut self, what: &str, come: impl Fn(&Self) -> bool) {
        while !come(self) {
            match self.frame().await {
                Some(ServerFrame::Event { events }) => self.events.extend(events),
                Some(ServerFrame::Ack { acks }) => self.acks.extend(acks),
                Some(ServerFrame::Reject(reject)) => self.rejects.push(reject),
                Some(ServerFrame::Presence { members }) => {
                    for member in members {
                        self.presence.retain(|m| m.member != member.member);
                        self.presence.push(member);
                    }
                }
                Some(_) => {}
                None => panic!("the line closed before {what}"),
            }
        }
    }

    /// Reads until the server closes the line, and answers its last refusal.
    pub(crate) async fn closed(&mut self) -> Option<Reject> {
        let mut last = None;
        while let Some(frame) = self.frame().await {
            if let ServerFrame::Reject(reject) = frame {
                last = Some(reject);
            }
        }
        last
    }

    /// The numbers of the events that came.
    pub(crate) fn seqs(&self) -> Vec<u64> {
        self.events.iter().map(|event| event.seq).collect()
    }
}

/// An edit of a note about a customer; `size` bytes.
pub(crate) fn note(size: usize) -> Op {
    let body = Body::Note {
        update: vec![7; size],
        mentions: Vec::new(),
    };
    op("customer:4711", body)
}

pub(crate) fn op(subject: &str, body: Body) -> Op {
    let id = OpId(Uuid::new_v4());
    Op::new(id, Timestamp::UNIX_EPOCH, subject.parse().unwrap(), body)
}
