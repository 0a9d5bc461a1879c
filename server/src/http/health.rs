//! `/healthz`, `/readyz`, `/metrics`: for whoever keeps the server running. They name nobody.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::core::storage::Storage;
use crate::http::App;
use crate::http::problem::Problem;

/// What Prometheus is told a text of metrics is.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The program runs.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Desks can be served: the database answers, and the server is not about to stop.
pub(crate) async fn readyz<S: Storage>(State(app): State<App<S>>) -> Result<&'static str, Problem> {
    if app.shared.leaving.is_cancelled() {
        return Err(Problem::unavailable("the server is stopping"));
    }
    app.shared.storage.ready().await?;
    Ok("ready\n")
}

pub(crate) async fn metrics<S: Storage>(State(app): State<App<S>>) -> Result<Response, Problem> {
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &app.shared.registry)
        .map_err(|_why| Problem::unavailable("the metrics cannot be written"))?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}
