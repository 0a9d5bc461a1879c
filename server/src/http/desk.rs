//! `GET /api/v1/ws`: a desk's WebSocket, handed to the hub.

use std::future::ready;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::response::Response;
use futures::{SinkExt as _, StreamExt as _};
use kontor_protocol::MAX_FRAME_BYTES;
use tokio_tungstenite::tungstenite;

use crate::core::session::{Heard, LineProblem};
use crate::core::storage::Storage;
use crate::http::App;
use crate::http::doors::Visitor;
use crate::http::problem::Problem;

/// A desk that is idle costs this much twice; the default would be 128 KiB.
const BUFFER: usize = 2048;

pub(crate) async fn attach<S: Storage>(
    State(app): State<App<S>>,
    ConnectInfo(visitor): ConnectInfo<Visitor>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|_why| Problem::invalid("this path speaks WebSocket"))?;
    visitor.phase.upgrade();
    Ok(upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .on_upgrade(move |socket| async move { talk(&app, socket).await }))
}

async fn talk<S: Storage>(app: &App<S>, socket: WebSocket) {
    let (sink, stream) = socket.split();
    let incoming = stream.map(heard);
    let outgoing =
        sink.with(|text: String| ready(Ok::<_, axum::Error>(Message::Text(text.into()))));
    app.shared.hub.attach(incoming, outgoing).await;
}

fn heard(message: Result<Message, axum::Error>) -> Result<Heard, LineProblem> {
    match message {
        Ok(Message::Text(text)) => Ok(Heard::Frame(text.as_str().to_owned())),
        Ok(Message::Ping(_) | Message::Pong(_)) => Ok(Heard::Alive),
        Ok(Message::Binary(_)) => Err(LineProblem::NotText),
        Ok(Message::Close(_)) => Err(LineProblem::Broken),
        Err(e) => Err(problem(e)),
    }
}

fn problem(e: axum::Error) -> LineProblem {
    match e.into_inner().downcast_ref() {
        Some(tungstenite::Error::Capacity(_)) => LineProblem::TooLarge,
        Some(tungstenite::Error::Utf8(_)) => LineProblem::NotText,
        _ => LineProblem::Broken,
    }
}
