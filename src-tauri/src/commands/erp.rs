//! The ERP, for admins and for who is alone: how its mirror stands, entering its key, disconnecting it, the audit log.

use kontor_engine::auth::Secret;
use kontor_engine::{Engine, ErpForm};
use tauri::State;

use super::Answer;
use crate::convert::erp;
use crate::dto::erp::{AuditLine, ErpEntry, ErpOverview};

/// Lines of the audit log: a few screens.
const LINES: u32 = 100;

/// How the mirror of the ERP stands, and how much of the mail here is tied to customers.
#[tauri::command]
#[specta::specta]
pub(crate) async fn erp_overview(app: State<'_, Engine>) -> Answer<ErpOverview> {
    Ok(erp::overview(
        app.crm_status().await?,
        app.coverage().await?,
    ))
}

/// Connects the company's Metakocka, tried there before it is kept: with the team, for admins; alone with this program.
#[tauri::command]
#[specta::specta]
pub(crate) async fn connect_erp(app: State<'_, Engine>, entry: ErpEntry) -> Answer<()> {
    app.connect_erp(ErpForm {
        base_url: entry.base_url,
        company: entry.company,
        key: Secret::new(entry.key),
    })
    .await?;
    Ok(())
}

/// Disconnects it: its key and all facts are forgotten. Refused while changes are on their way there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn disconnect_erp(app: State<'_, Engine>) -> Answer<()> {
    app.disconnect_erp(false).await?;
    Ok(())
}

/// What admins did, newest first, for admins; alone what was done here.
#[tauri::command]
#[specta::specta]
pub(crate) async fn audit_log(app: State<'_, Engine>) -> Answer<Vec<AuditLine>> {
    let lines = app.audit_log(LINES).await?;
    Ok(lines.into_iter().map(Into::into).collect())
}
