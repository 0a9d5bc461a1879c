//! The knobs over HTTP, under `/_control/`, so that another process can turn them.
//!
//! `POST /_control/<name>` with a JSON object; no key is wanted. Faults: `slow {ms}`, `fault {fault, status, what, times, call}`,
//! `wrong_key {wrong}`, `skew {seconds}`, `now {moment}`, `changing_totals {searches, grow}`,
//! `refuse {what, refused}`, `hide_type {doc_type}` (from discovery), `forget_partner_ids`, `well`. Books:
//! `find_document`, `delete_document`, `change_document` (each `mk_id`, or `doc_type` and `count_code`), `new_document`
//! (a body of `put_document`), `new_partner`, `change_partner` (bodies of `add_partner`, `update_partner`),
//! `rename_partner {mk_id, name}`, `delete_partner {mk_id}`, `set_stock {code, warehouse, amount, reserved}`, `push_stock {url, secret, codes}`.
//! Counts: `statistics` (GET, too), `reset_statistics`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::calendar::Moment;
use super::dialect::{Fields, Refusal};
use super::faults::{Fault, Totals};
use super::ledger;
use super::server::{Inner, Shared, html, whole};
use super::spoiled::SPOILED;
use super::webhook::{self, StockPush, Tries};

/// Answers what came to `/_control/<name>`.
pub(crate) async fn answer(
    shared: Arc<Shared>,
    method: &Method,
    name: &str,
    body: &Bytes,
) -> Response<Body> {
    let body = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(_) if body.is_empty() => json!({}),
        Err(e) => return said(StatusCode::BAD_REQUEST, &json!({ "error": e.to_string() })),
    };
    if method != Method::POST && !(method == Method::GET && name == "statistics") {
        return html(StatusCode::METHOD_NOT_ALLOWED);
    }
    let name = name.to_owned();
    // A push waits for its receiver, which may ask us something meanwhile.
    let done = tokio::task::spawn_blocking(move || act(&shared, &name, &body)).await;
    match done {
        Ok(Ok(value)) => said(StatusCode::OK, &value),
        Ok(Err(error)) => said(StatusCode::BAD_REQUEST, &json!({ "error": error })),
        Err(e) => said(
            StatusCode::INTERNAL_SERVER_ERROR,
            &json!({ "error": e.to_string() }),
        ),
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
    if name == "push_stock" {
        let tries = push_stock(shared, &asked_push(fields)?);
        return Ok(json!({ "tries": tries.iter().map(one_try).collect::<Vec<_>>() }));
    }
    turn(&shared.url, &mut shared.inner(), name, fields)
}

/// Pushes the stock; the books stay open meanwhile.
pub(crate) fn push_stock(shared: &Shared, what: &StockPush) -> Tries {
    let (id, news) = ledger::stock_news(&mut shared.inner().world, what);
    webhook::push(what, &id, &news)
}

fn asked_push(fields: Fields<'_>) -> Result<StockPush, String> {
    let said = |refusal: Refusal| refusal.text;
    let url = fields.needed("url").map_err(said)?;
    let secret = fields.needed("secret").map_err(said)?;
    Ok(StockPush {
        codes: fields.texts("codes"),
        id: fields.filled("id"),
        basic: fields.filled("basic"),
        pause: Duration::from_millis(fields.number("pause_ms", 60_000_u64).map_err(said)?),
        forged: fields.truth("forged"),
        ..StockPush::new(&url, &secret, &[])
    })
}

fn one_try(tried: &Result<(u16, String), String>) -> Value {
    match tried {
        Ok((status, body)) => json!({ "status": status, "body": body }),
        Err(error) => json!({ "error": error }),
    }
}

fn turn(url: &str, inner: &mut Inner, name: &str, fields: Fields<'_>) -> Result<Value, String> {
    let world = &mut inner.world;
    match name {
        "statistics" => Ok(inner.statistics.json()),
        "reset_statistics" => {
            inner.statistics.reset();
            Ok(json!({ "ok": true }))
        }
        "find_document" => ledger::find(world, fields),
        "delete_document" => ledger::delete_document(world, fields),
        "change_document" => ledger::change_document(world, fields),
        "rename_partner" => ledger::rename_partner(world, fields),
        "delete_partner" => ledger::delete_partner(world, fields),
        "set_stock" => ledger::set_stock(world, fields),
        "new_document" => ledger::by_call(world, url, "put_document", fields),
        "new_partner" => ledger::by_call(world, url, "add_partner", fields),
        "change_partner" => ledger::by_call(world, url, "update_partner", fields),
        other => {
            mood(inner, other, fields)?;
            Ok(json!({ "ok": true }))
        }
    }
}

/// Knobs of faults and of the clock.
fn mood(inner: &mut Inner, name: &str, fields: Fields<'_>) -> Result<(), String> {
    let said = |refusal: Refusal| refusal.text;
    let number = |name: &str, otherwise: u32| fields.number(name, otherwise).map_err(said);
    match name {
        "slow" => inner.faults.slow = Duration::from_millis(number("ms", 0)?.into()),
        "fault" => {
            let fault = fault(fields)?;
            let call = fields.filled("call");
            let times = number("times", 1)?;
            inner.faults.plan(fault, times, call.as_deref());
        }
        "wrong_key" => inner.faults.wrong_key = fields.text("wrong").is_none_or(|t| t == "true"),
        "skew" => inner.world.clock().skew = fields.number("seconds", 0_i64).map_err(said)?,
        "now" => {
            let moment = fields.text("moment").and_then(|t| Moment::parse(&t));
            inner.world.clock().stands = Some(moment.ok_or("give a moment, ISO")?);
        }
        "changing_totals" => {
            inner.faults.totals = Some(Totals {
                searches: number("searches", 1)?,
                grow: fields.text("grow").is_none_or(|t| t == "true"),
            });
        }
        "refuse" => {
            let what = fields.needed("what").map_err(said)?;
            if fields.text("refused").is_none_or(|t| t == "true") {
                inner.faults.refused.insert(what);
            } else {
                inner.faults.refused.remove(&what);
            }
        }
        "hide_type" => {
            let what = fields.needed("doc_type").map_err(said)?;
            inner.faults.hidden.insert(what);
        }
        "forget_partner_ids" => inner.faults.no_partner_ids = true,
        "well" => inner.faults.clear(),
        other => return Err(format!("there is no knob {other}")),
    }
    Ok(())
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
        Some("says") => {
            let what = fields.needed("what").map_err(|refusal| refusal.text)?;
            let spoiled = SPOILED.iter().find(|spoiled| spoiled.what == what);
            Fault::Says(spoiled.ok_or_else(|| format!("nothing is said as “{what}”"))?)
        }
        other => {
            return Err(format!(
                "there is no fault {}; there are status, drop_before, drop_after, half_body, html_page, says {{what}}",
                other.unwrap_or("without a name")
            ));
        }
    })
}
