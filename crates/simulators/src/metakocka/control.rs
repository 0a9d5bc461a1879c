//! The knobs over HTTP, under `/_control/`, so that another process can turn them.

use axum::body::{Body, Bytes};
use axum::http::{Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::dialect::Fields;
use super::document::Document;
use super::faults::{Fault, Totals};
use super::register::Kind;
use super::server::{Inner, Shared, html, whole};
use super::world::World;

/// Answers `POST /_control/<name>` and `GET /_control/statistics`.
pub(crate) fn answer(shared: &Shared, method: &Method, name: &str, body: &Bytes) -> Response<Body> {
    let body = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(_) if body.is_empty() => json!({}),
        Err(e) => return said(StatusCode::BAD_REQUEST, &json!({ "error": e.to_string() })),
    };
    if method != Method::POST && !(method == Method::GET && name == "statistics") {
        return html(StatusCode::METHOD_NOT_ALLOWED);
    }
    match act(shared, name, &body) {
        Ok(value) => said(StatusCode::OK, &value),
        Err(error) => said(StatusCode::BAD_REQUEST, &json!({ "error": error })),
    }
}

fn said(status: StatusCode, value: &Value) -> Response<Body> {
    let bytes = value.to_string().into_bytes();
    whole((status, "application/json;charset=utf-8", bytes))
}

/// Turns a knob.
pub(crate) fn act(shared: &Shared, name: &str, body: &Value) -> Result<Value, String> {
    let empty = Map::new();
    let fields = Fields(body.as_object().unwrap_or(&empty));
    turn(&mut shared.inner(), name, fields)
}

fn turn(inner: &mut Inner, name: &str, fields: Fields<'_>) -> Result<Value, String> {
    let number = |name: &str, otherwise: u32| {
        let found = fields.number(name, otherwise);
        found.map_err(|refusal| refusal.text)
    };
    match name {
        "statistics" => return Ok(inner.statistics.json()),
        "reset_statistics" => inner.statistics.reset(),
        "slow" => {
            let pause = number("ms", 0)?;
            inner.faults.slow = std::time::Duration::from_millis(pause.into());
        }
        "fault" => {
            let fault = fault(fields)?;
            let call = fields.filled("call");
            let times = number("times", 1)?;
            inner.faults.plan(fault, times, call.as_deref());
        }
        "wrong_key" => inner.faults.wrong_key = fields.text("wrong").is_none_or(|t| t == "true"),
        "skew" => {
            let seconds = fields.number("seconds", 0_i64);
            inner.world.clock().skew = seconds.map_err(|refusal| refusal.text)?;
        }
        "changing_totals" => {
            inner.faults.totals = Some(Totals {
                searches: number("searches", 1)?,
                grow: fields.text("grow").is_none_or(|t| t == "true"),
            });
        }
        "well" => inner.faults.clear(),
        other => return Err(format!("there is no knob {other}")),
    }
    Ok(json!({ "ok": true }))
}

fn fault(fields: Fields<'_>) -> Result<Fault, String> {
    Ok(match fields.text("fault").as_deref() {
        Some("status") => {
            let status = fields.number("status", 503_u16);
            Fault::Status(status.map_err(|refusal| refusal.text)?)
        }
        Some("drop_before") => Fault::DropBefore,
        Some("drop_after") => Fault::DropAfter,
        Some("half_body") => Fault::HalfBody,
        Some("html_page") => Fault::HtmlPage,
        other => {
            return Err(format!(
                "there is no fault {}; there are status, drop_before, drop_after, half_body, html_page",
                other.unwrap_or("without a name")
            ));
        }
    })
}

/// Something changes in what is about to be searched.
pub(crate) fn shift(world: &mut World, fields: Fields<'_>, totals: Totals) {
    let Some(kind) = fields.filled("doc_type").and_then(|n| Kind::of(&n)) else {
        return;
    };
    let newest = world.list(kind).last().copied();
    if totals.grow {
        let like = newest.and_then(|place| world.document(place).map(|d| d.into_owned()));
        let code = world.next_code(kind);
        let today = world.today();
        let mut document = Document::new(kind, code, like.as_ref().map_or(0, |d| d.partner), today);
        document.lines = like.map(|d| d.lines).unwrap_or_default();
        world.create(document, Vec::new());
    } else if let Some(newest) = newest {
        world.delete(newest);
    }
}
