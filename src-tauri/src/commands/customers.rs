//! The customer beside a mail.

use kontor_engine::Engine;
use tauri::State;

use super::{Answer, id};
use crate::dto::customers::{CustomerHit, DossierView};

/// As many as a person would choose from; who sees more types another letter.
const FOUND: u32 = 50;

/// Whose mail a conversation is, and what is known of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dossier_of_thread(
    app: State<'_, Engine>,
    thread: String,
) -> Answer<DossierView> {
    Ok(app.dossier_of_thread(id(&thread)?).await?.into())
}

/// Customers whose names have all these words, or beginnings of them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_customers(
    app: State<'_, Engine>,
    text: String,
) -> Answer<Vec<CustomerHit>> {
    let found = app.customers_named(&text, FOUND).await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// Says by hand whose an address is, for the whole team; null: nobody's.
#[tauri::command]
#[specta::specta]
pub(crate) async fn link_customer(
    app: State<'_, Engine>,
    address: String,
    customer: Option<String>,
) -> Answer<()> {
    match customer {
        Some(customer) => app.link(&address, &customer).await?,
        None => app.link_to_none(&address).await?,
    }
    Ok(())
}

/// Takes back what was said by hand: the addresses of the ERP count again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unlink_customer(app: State<'_, Engine>, address: String) -> Answer<()> {
    Ok(app.forget_link(&address).await?)
}
