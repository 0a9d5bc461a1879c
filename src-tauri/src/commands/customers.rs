//! The customer beside a mail.

use kontor_engine::{DocumentsAsked, Engine, TableWords};
use tauri::{AppHandle, Manager as _, State};

use super::saving::Saved;
use super::system::cannot;
use super::{Answer, id};
use crate::dto::customers::{
    Badges, CustomerCharts, CustomerHit, DocumentFilter, DocumentPage, DossierView, FoundDocument,
    NamedDocument, TableLanguage,
};

/// As many as a person would choose from; who sees more types another letter.
const FOUND: u32 = 50;
/// Documents named above the mails of a search; who sees more types another digit.
const FOUND_DOCUMENTS: u32 = 20;

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

/// Documents whose numbers begin as a search does, or one of its words.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_documents(
    app: State<'_, Engine>,
    text: String,
) -> Answer<Vec<FoundDocument>> {
    let found = app.documents_numbered_like(&text, FOUND_DOCUMENTS).await?;
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

/// Makes two customers of the ERP one for the whole team, in our mapping only. Answers what was said before of each, a pair
/// of customer and whom it counted with, for `say_same_customers` to take it back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn merge_customers(
    app: State<'_, Engine>,
    main: String,
    other: String,
) -> Answer<Vec<(String, Option<String>)>> {
    Ok(app.merge_customers(&main, &other).await?)
}

/// Makes a customer one of its own again; answers as `merge_customers` does.
#[tauri::command]
#[specta::specta]
pub(crate) async fn part_customer(
    app: State<'_, Engine>,
    customer: String,
) -> Answer<Vec<(String, Option<String>)>> {
    Ok(app.part_customer(&customer).await?)
}

/// Takes a merge or a parting back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn say_same_customers(
    app: State<'_, Engine>,
    said: Vec<(String, Option<String>)>,
) -> Answer<()> {
    Ok(app.say_same(said).await?)
}

/// Says for the whole team that two customers of the ERP only look like one. Answers what was said before, the two and the
/// reasons, for `say_apart_customers` to take it back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dismiss_duplicate(
    app: State<'_, Engine>,
    one: String,
    other: String,
) -> Answer<Vec<(String, String, Option<String>)>> {
    Ok(app.dismiss_duplicate(&one, &other).await?)
}

/// Takes that back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn say_apart_customers(
    app: State<'_, Engine>,
    said: Vec<(String, String, Option<String>)>,
) -> Answer<()> {
    Ok(app.say_apart(said).await?)
}

/// What lists say beside these addresses.
#[tauri::command]
#[specta::specta]
pub(crate) async fn badges(app: State<'_, Engine>, addresses: Vec<String>) -> Answer<Badges> {
    Ok(app.badges(addresses).await?.into())
}

/// The documents a conversation names in its newest mails, each once; those of subjects first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn named_documents(
    app: State<'_, Engine>,
    thread: String,
) -> Answer<Vec<NamedDocument>> {
    let found = app.documents_of_thread(id(&thread)?).await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// What is known of a customer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dossier_of_customer(
    app: State<'_, Engine>,
    customer: String,
) -> Answer<DossierView> {
    Ok(app.dossier(&customer).await?.into())
}

/// A page of a customer's documents, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn customer_documents(
    app: State<'_, Engine>,
    customer: String,
    filter: DocumentFilter,
    cursor: Option<String>,
    limit: u32,
) -> Answer<DocumentPage> {
    let asked = asked(&filter)?;
    let page = app.document_page(&customer, asked, cursor, limit.min(500));
    Ok(page.await?.into())
}

/// What a customer's charts draw.
#[tauri::command]
#[specta::specta]
pub(crate) async fn customer_charts(
    app: State<'_, Engine>,
    customer: String,
) -> Answer<CustomerCharts> {
    Ok(app.customer_charts(&customer).await?.into())
}

/// Saves a customer's documents as a table in Downloads under a free name; answers where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_customer_documents(
    handle: AppHandle,
    app: State<'_, Engine>,
    customer: String,
    filter: DocumentFilter,
    language: TableLanguage,
) -> Answer<String> {
    let folder = handle.path().download_dir();
    let folder = folder.map_err(|e| cannot("There is no Downloads folder", e))?;
    let words = match language {
        TableLanguage::En => TableWords::English,
        TableLanguage::Sl => TableWords::Slovenian,
    };
    let name = app.dossier(&customer).await?.customer;
    let name = name.map_or_else(|| customer.clone(), |known| known.name);
    let table = app
        .documents_table(&customer, asked(&filter)?, words)
        .await?;
    let name = format!("{}.csv", name.trim_end_matches('.'));
    let path = kontor_engine::save_as(folder, name, table.into_bytes()).await?;
    Ok(handle.state::<Saved>().note(path))
}

fn asked(filter: &DocumentFilter) -> Answer<DocumentsAsked> {
    let asked = DocumentsAsked {
        kind: filter.kind.map(Into::into),
        state: filter.state.map(Into::into),
        ..DocumentsAsked::default()
    };
    Ok(asked.within(filter.from.as_deref(), filter.until.as_deref())?)
}
