//! Writing into the ERP: planned, looked at, confirmed.

use kontor_engine::Engine;
use kontor_engine::protocol::Act;
use tauri::State;

use super::{Answer, id};
use crate::convert::acts;
use crate::dto::acts::{
    ActView, ContactForm, DocumentForm, DocumentRef, PartnerForm, PaymentForm, ProductHit,
};

/// As many as a person would choose from.
const FOUND: u32 = 20;

/// What is planned here and what became of it, the newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn acts(app: State<'_, Engine>) -> Answer<Vec<ActView>> {
    Ok(app.erp_acts().await?.into_iter().map(Into::into).collect())
}

/// Products to choose from, with their prices in a currency.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_products(
    app: State<'_, Engine>,
    text: String,
    currency: String,
) -> Answer<Vec<ProductHit>> {
    let found = app.find_products(&text, FOUND).await?;
    let hit = |row| acts::product(row, &currency);
    Ok(found.into_iter().map(hit).collect())
}

/// Plans a new customer; nothing is written before its preview is confirmed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_partner(
    app: State<'_, Engine>,
    form: PartnerForm,
    about: Option<String>,
) -> Answer<ActView> {
    plan(&app, acts::partner(form), about).await
}

/// Plans a person at a customer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_contact(
    app: State<'_, Engine>,
    form: ContactForm,
    about: Option<String>,
) -> Answer<ActView> {
    plan(&app, acts::contact(form), about).await
}

/// Plans an offer or order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_document(
    app: State<'_, Engine>,
    form: DocumentForm,
    about: Option<String>,
) -> Answer<ActView> {
    plan(&app, acts::document(form)?, about).await
}

/// Plans another state of a document.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_status(
    app: State<'_, Engine>,
    document: DocumentRef,
    status: String,
) -> Answer<ActView> {
    let document = acts::named(document);
    plan(&app, Act::SetStatus { document, status }, None).await
}

/// Plans a payment to be noted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_payment(app: State<'_, Engine>, form: PaymentForm) -> Answer<ActView> {
    plan(&app, acts::payment(form)?, None).await
}

/// Plans to put a mail's attachment beside a document.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_attachment(
    app: State<'_, Engine>,
    message: String,
    n: u32,
    document: DocumentRef,
) -> Answer<ActView> {
    let document = acts::named(document);
    let act = app.file_of_mail(id(&message)?, n, document).await?;
    plan(&app, act, None).await
}

/// Asks the server once more what would be written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_at_act(app: State<'_, Engine>, act: String) -> Answer<ActView> {
    Ok(app.look_at_act(&act).await?.into())
}

/// Says yes to the preview with this token: exactly that is written, or nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn confirm_act(
    app: State<'_, Engine>,
    act: String,
    token: String,
) -> Answer<ActView> {
    Ok(app.confirm_act(&act, &token).await?.into())
}

/// Forgets one that is not under way.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drop_act(app: State<'_, Engine>, act: String) -> Answer<()> {
    Ok(app.drop_act(&act).await?)
}

async fn plan(app: &Engine, act: Act, about: Option<String>) -> Answer<ActView> {
    Ok(app.plan_act(act, about).await?.into())
}
