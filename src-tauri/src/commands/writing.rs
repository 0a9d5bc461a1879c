//! What helps while a mail is written: its facts, templates, and what changed since it was begun.

use kontor_engine::crm_rules::template::PLACEHOLDERS;
use kontor_engine::{Engine, TemplateFor};
use tauri::State;

use super::{Answer, id};
use crate::dto::Address;
use crate::dto::customers::TableLanguage;
use crate::dto::writing::{
    DocumentChange, FilledTemplate, MailFact, PlaceholderValue, Template, WritingMail,
};

/// The facts of a mail being written, in its order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_facts(
    app: State<'_, Engine>,
    mail: WritingMail,
) -> Answer<Vec<MailFact>> {
    let found = app.check_writing(mail.into()).await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// What changed of documents since a draft was begun: asked before it is sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_changes(
    app: State<'_, Engine>,
    id: String,
    language: TableLanguage,
) -> Answer<Vec<DocumentChange>> {
    let found = app
        .changes_since_draft(super::id(&id)?, language.into())
        .await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// What changed of documents while a mail waited in the outbox.
#[tauri::command]
#[specta::specta]
pub(crate) async fn outbox_changes(
    app: State<'_, Engine>,
    id: String,
    language: TableLanguage,
) -> Answer<Vec<DocumentChange>> {
    let outgoing = app.outgoing(super::id(&id)?).await?;
    let found = app.changes_since_asked(&outgoing, language.into()).await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// All templates, by name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_templates(app: State<'_, Engine>) -> Answer<Vec<Template>> {
    let found = app.templates().await?;
    Ok(found.into_iter().map(Into::into).collect())
}

/// The placeholders a template may have.
#[tauri::command]
#[specta::specta]
pub(crate) fn template_placeholders() -> Answer<Vec<String>> {
    Ok(PLACEHOLDERS.iter().map(|&name| name.to_owned()).collect())
}

/// What placeholders stand for in a mail to people, in their order; values in a language.
#[tauri::command]
#[specta::specta]
pub(crate) async fn placeholder_values(
    app: State<'_, Engine>,
    people: Vec<Address>,
    account: String,
    language: TableLanguage,
) -> Answer<Vec<PlaceholderValue>> {
    let people = people.into_iter().map(Into::into).collect();
    let found = app
        .placeholder_values(people, id(&account)?, language.into())
        .await?;
    let named = |(name, value): (&str, Option<String>)| PlaceholderValue {
        name: name.to_owned(),
        value,
    };
    Ok(found.into_iter().map(named).collect())
}

/// Keeps a template for the whole team; answers its id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_template(app: State<'_, Engine>, template: Template) -> Answer<String> {
    Ok(app.save_template(template.into()).await?)
}

/// Removes a template for the whole team.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_template(app: State<'_, Engine>, id: String) -> Answer<()> {
    Ok(app.remove_template(&id).await?)
}

/// A template with the values of whoever a mail goes to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn fill_template(
    app: State<'_, Engine>,
    template: String,
    people: Vec<Address>,
    account: String,
) -> Answer<FilledTemplate> {
    let people = people.into_iter().map(Into::into).collect();
    let whom = TemplateFor::People(people, id(&account)?);
    Ok(app.render_template(&template, whom).await?.into())
}
