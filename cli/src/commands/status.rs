//! `status`, `doctor`

use anyhow::Result;
use kontor_engine::model::Layer;
use kontor_engine::{AccountHealth, Code, Error};
use serde_json::{Map, Value, json};

use super::App;
use crate::output;

pub(super) async fn status(app: &App) -> Result<()> {
    let health = app.engine.health().await?;
    let accounts: Vec<Value> = health.accounts.iter().map(account).collect();
    let s = &health.status;
    let value = json!({
        "accounts": accounts,
        "pending": { "operations": s.operations, "outbox": s.outbox, "unknown": s.unknown },
        "search": { "coverage": s.coverage() },
        "store": { "path": health.path, "bytes": s.bytes },
        "keychain": health.keychain,
    });
    let mut text = String::new();
    for a in &health.accounts {
        let row = &a.view.row;
        text.push_str(&format!(
            "{}\t{}\t{}\n",
            row.account.email,
            row.state.as_str(),
            row.why
        ));
    }
    text.push_str(&format!(
        "{} changes and {} mails wait, {} mails are unknown. {:.0} % of bodies searchable. Secrets: {}",
        s.operations,
        s.outbox,
        s.unknown,
        s.coverage() * 100.0,
        health.keychain
    ));
    app.answer(&value, &text);
    Ok(())
}

fn account(a: &AccountHealth) -> Value {
    let row = &a.view.row;
    let mut layers = Map::new();
    for look in &a.layers {
        let name = match look.layer {
            Layer::Push => "push",
            Layer::Poll => "poll",
            Layer::Reconcile => "reconcile",
        };
        layers.insert(
            name.into(),
            json!({ "last_at": look.last_at.map(|t| t.to_string()), "found": look.found }),
        );
    }
    json!({
        "id": row.account.id.to_string(),
        "email": row.account.email,
        "state": row.state.as_str(),
        "why": row.why,
        "layers": layers,
        "backlog": { "envelopes": a.view.envelopes, "bodies": a.view.bodies },
    })
}

pub(super) async fn doctor(app: &App) -> Result<()> {
    let findings = app.engine.doctor().await?;
    let ok = findings.iter().all(|f| f.ok);
    let mut text = Vec::new();
    for f in &findings {
        text.push(format!(
            "{} {}: {} {}",
            if f.ok { "ok  " } else { "FAIL" },
            f.what,
            f.message,
            f.advice
        ));
    }
    app.answer(&json!({ "ok": ok, "findings": findings }), &text.join("\n"));
    if ok { Ok(()) } else { Err(found().into()) }
}

fn found() -> Error {
    Error {
        code: Code::Internal,
        message: "The doctor found something; see above.".into(),
    }
}

/// What the doctor says where not even the store opens.
pub(super) fn no_store(e: Error, as_json: bool) -> Result<()> {
    if e.code != Code::Store {
        return Err(e.into());
    }
    let advice = "Check the disk and the folder's permissions. If the file stays damaged, move store.db and the folder packs \
                  away and add the accounts again: their mail is still at the servers.";
    let finding = json!({ "what": "store", "ok": false, "message": e.message, "advice": advice });
    let _read = if as_json {
        output::json(&json!({ "ok": false, "findings": [finding] }))
    } else {
        output::line(&format!("FAIL store: {} {advice}", e.message))
    };
    Err(found().into())
}
