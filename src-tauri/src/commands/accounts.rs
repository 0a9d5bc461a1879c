//! Accounts: finding, trying, keeping, forgetting.

use kontor_engine::auth::Secret;
use kontor_engine::model::ServerSettings;
use kontor_engine::{Engine, TestSubject as Subject};
use tauri::State;

use super::{Answer, id};
use crate::dto::{AccountForm, Discovered, TestLine, TestSubject};

fn form(f: AccountForm) -> kontor_engine::AccountForm {
    let settings = ServerSettings {
        imap: f.imap.into(),
        smtp: f.smtp.map(Into::into),
        username: f.username.trim().to_owned(),
        ca_pem: f.ca_pem.filter(|pem| !pem.trim().is_empty()),
    };
    kontor_engine::AccountForm {
        email: f.email.trim().to_owned(),
        name: f.name,
        settings,
        password: Secret::new(f.password),
    }
}

/// Looks for the servers of an address.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discover_account(app: State<'_, Engine>, email: String) -> Answer<Discovered> {
    let found = app.discover(&email).await?;
    let Some(best) = found.candidates.into_iter().next() else {
        return Ok(Discovered {
            imap: None,
            smtp: None,
            username: email,
            source: String::new(),
            note: found.note,
        });
    };
    let note = best.confirm.or(best.hint).or(found.note);
    let source = best
        .provider
        .unwrap_or_else(|| best.source.as_str().to_owned());
    Ok(Discovered {
        imap: Some(best.imap.into()),
        smtp: best.smtp.map(Into::into),
        username: best.username,
        source,
        note,
    })
}

/// Tries to sign in to both servers.
#[tauri::command]
#[specta::specta]
pub(crate) async fn test_account(
    app: State<'_, Engine>,
    form: AccountForm,
) -> Answer<Vec<TestLine>> {
    let lines = app.test_account(&self::form(form)).await;
    Ok(lines.into_iter().map(line).collect())
}

fn line(l: kontor_engine::TestLine) -> TestLine {
    let what = match l.what {
        Subject::Incoming => TestSubject::Incoming,
        Subject::Outgoing => TestSubject::Outgoing,
        Subject::Push => TestSubject::Push,
    };
    let (ok, message) = match l.answer {
        Ok(remark) => (true, remark),
        Err(fault) => (false, fault.to_string()),
    };
    TestLine {
        what,
        ok,
        warning: l.warning && !ok,
        message,
    }
}

/// Verifies and keeps an account; answers its id.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_account(app: State<'_, Engine>, form: AccountForm) -> Answer<String> {
    Ok(app.add_account(self::form(form)).await?.to_string())
}

/// Keeps a new password.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(
    app: State<'_, Engine>,
    account: String,
    password: String,
) -> Answer<()> {
    Ok(app.sign_in(id(&account)?, Secret::new(password)).await?)
}

/// Forgets an account and its mail here.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_account(app: State<'_, Engine>, account: String) -> Answer<()> {
    Ok(app.remove_account(id(&account)?).await?)
}

/// Looks at the servers now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_now(app: State<'_, Engine>, account: Option<String>) -> Answer<()> {
    Ok(app
        .look_now(account.as_deref().map(id).transpose()?)
        .await?)
}
