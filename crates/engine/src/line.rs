//! Making a connection to an account's server.

use std::sync::Arc;

use kontor_auth::Secret;
use kontor_mail::provider::{Fault, Result};
use kontor_mail_imap::ImapProvider;
use kontor_model::{Account, ServerSettings};

use crate::context::{Context, blocking};
use crate::error::Error;

/// A connection. One enum with a plain match once there is a second kind of account (DESIGN.md §4).
pub(crate) type Line = ImapProvider;

/// Returns the account's secret.
///
/// # Errors
/// [`Fault::SignIn`] with what to do when there is none or the keychain is closed.
pub(crate) async fn secret(ctx: &Context, account: &Account) -> Result<Secret> {
    let keychain = ctx.keychain.clone();
    let key = keychain_key(account);
    let found = blocking(move || keychain.get(&key).map_err(Error::from)).await;
    match found {
        Ok(Some(secret)) => Ok(secret),
        Ok(None) => Err(Fault::SignIn(format!(
            "The keychain has no password for {}. Sign in again.",
            account.email
        ))),
        Err(e) => Err(Fault::SignIn(e.message)),
    }
}

/// What the account's secret is kept under.
pub(crate) fn keychain_key(account: &Account) -> String {
    format!(
        "{}@{}:{}",
        account.settings.username, account.settings.imap.host, account.settings.imap.port
    )
}

/// Connects and signs in.
pub(crate) async fn connect(ctx: &Context, account: &Account) -> Result<Line> {
    let secret = secret(ctx, account).await?;
    connect_with(ctx, &account.settings, &secret).await
}

/// Connects and signs in with a secret that is not kept (yet).
pub(crate) async fn connect_with(
    ctx: &Context,
    settings: &ServerSettings,
    secret: &Secret,
) -> Result<Line> {
    let clock = ctx.clock.clone();
    ImapProvider::connect(
        settings,
        secret.expose(),
        &ctx.tls,
        Arc::new(move || clock.now()),
    )
    .await
}
