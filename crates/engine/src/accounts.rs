//! Accounts: finding their servers, trying them, keeping and forgetting them.

use kontor_auth::Secret;
use kontor_mail::provider::{Fault, Provider as _};
use kontor_mail_imap::discover::{self, Discovery, Net};
use kontor_mail_imap::smtp::Smtp;
use kontor_model::{Account, AccountId, OutboxState, ServerSettings};
use kontor_store::AccountRow;

use crate::account;
use crate::context::blocking;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::line::{self, keychain_key};

/// An account as a person describes it.
#[derive(Clone, Debug)]
pub struct AccountForm {
    /// The address.
    pub email: String,
    /// What mail is sent as; may be empty.
    pub name: String,
    /// Its servers.
    pub settings: ServerSettings,
    /// Its password.
    pub password: Secret,
}

/// What one line of the account test is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestSubject {
    /// Reading mail.
    Incoming,
    /// Sending mail.
    Outgoing,
    /// News by themselves.
    Push,
}

/// One line of the account test.
#[derive(Clone, Debug)]
pub struct TestLine {
    /// What was tried.
    pub what: TestSubject,
    /// `Ok` with a remark (may be empty), or what is wrong.
    pub answer: Result<String, Fault>,
    /// True when the account can be used although this failed.
    pub warning: bool,
}

impl Engine {
    /// Returns all accounts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>> {
        self.ctx.read(|r| r.accounts()).await
    }

    /// Looks for the servers of an address. Takes up to ten seconds, finds nothing at worst.
    ///
    /// # Errors
    /// When TLS cannot be set up at all.
    pub async fn discover(&self, email: &str) -> Result<Discovery> {
        self.discover_trusting(email, None).await
    }

    /// The same, trusting the certificates in this PEM besides the system's.
    ///
    /// # Errors
    /// When TLS cannot be set up at all, or the PEM holds no certificate.
    pub async fn discover_trusting(&self, email: &str, ca_pem: Option<&str>) -> Result<Discovery> {
        let net = Net::system(&self.ctx.tls, ca_pem)?;
        Ok(discover::discover(email, &net).await)
    }

    /// Tries to sign in to both servers. Saves nothing.
    pub async fn test_account(&self, form: &AccountForm) -> Vec<TestLine> {
        let incoming = async {
            let line = line::connect_with(&self.ctx, &form.settings, &form.password).await?;
            let push = line.capabilities().push || line.capabilities().push_all;
            line.logout().await;
            Ok::<bool, Fault>(push)
        };
        let outgoing = async {
            form.settings.smtp.as_ref()?;
            Some(
                Smtp::new(&form.settings, &form.password, &self.ctx.tls)
                    .probe()
                    .await,
            )
        };
        let (incoming, outgoing) = tokio::join!(incoming, outgoing);
        let mut lines = vec![TestLine {
            what: TestSubject::Incoming,
            answer: incoming
                .as_ref()
                .map(|_| String::new())
                .map_err(Clone::clone),
            warning: false,
        }];
        if let Some(answer) = outgoing {
            lines.push(TestLine {
                what: TestSubject::Outgoing,
                answer: answer.map(|()| String::new()),
                warning: true,
            });
        }
        if let Ok(push) = incoming {
            let without = || {
                Fault::Refused(
                    "The server does not announce new mail; Kontor looks every 30 seconds.".into(),
                )
            };
            lines.push(TestLine {
                what: TestSubject::Push,
                answer: push.then(String::new).ok_or_else(without),
                warning: true,
            });
        }
        lines
    }

    /// Verifies and keeps an account; the loops begin with it at once where they run.
    ///
    /// # Errors
    /// What the incoming server says: sign-in, certificate, offline. Or the outgoing one's refusal of the sign-in or its
    /// certificate. Then nothing is kept.
    pub async fn add_account(&self, form: AccountForm) -> Result<AccountId> {
        if !form.email.contains('@') {
            return Err(Error::usage(format!(
                "“{}” is not an e-mail address.",
                form.email
            )));
        }
        for line in self.test_account(&form).await {
            match line.answer {
                Err(fault) if line.what == TestSubject::Incoming => return Err(fault.into()),
                Err(fault @ (Fault::SignIn(_) | Fault::Tls(_) | Fault::Offline(_)))
                    if line.what == TestSubject::Outgoing =>
                {
                    return Err(Error::new(
                        Error::from(fault.clone()).code,
                        format!("The outgoing server: {fault}"),
                    ));
                }
                _ => {}
            }
        }
        // The secret first: an account without one would ask at once.
        let account = Account {
            id: AccountId(0),
            email: form.email.clone(),
            name: form.name.clone(),
            settings: form.settings.clone(),
        };
        self.keep_secret(&account, form.password).await?;
        let id = self
            .ctx
            .write(move |w| w.add_account(&form.email, &form.name, &form.settings))
            .await?;
        self.ctx.wakes.accounts.notify_one();
        Ok(id)
    }

    /// Tries the servers of a kept account.
    ///
    /// # Errors
    /// When there is no such account or no password for it.
    pub async fn test_kept(&self, id: AccountId) -> Result<Vec<TestLine>> {
        let account = self.ctx.read(move |r| r.account(id)).await?.account;
        let password = line::secret(&self.ctx, &account).await?;
        let form = AccountForm {
            email: account.email,
            name: account.name,
            settings: account.settings,
            password,
        };
        Ok(self.test_account(&form).await)
    }

    /// Keeps a new password and lets the account try again.
    ///
    /// # Errors
    /// When the server refuses it (the old one stays), or the keychain cannot be used.
    pub async fn sign_in(&self, id: AccountId, password: Secret) -> Result<()> {
        let account = self.ctx.read(move |r| r.account(id)).await?.account;
        line::connect_with(&self.ctx, &account.settings, &password)
            .await?
            .logout()
            .await;
        self.keep_secret(&account, password).await?;
        // Whoever talks to servers, this process or another one, tries again at once.
        let look = account::Wish::Look.words();
        self.ctx
            .write(move |w| w.request_sync(Some(id), &look))
            .await?;
        self.ctx.wakes.ring(id);
        Ok(())
    }

    /// Forgets an account, its secret and its mail here. The server keeps everything.
    ///
    /// # Errors
    /// When there is no such account, or mail of it is still on its way out.
    pub async fn remove_account(&self, id: AccountId) -> Result<()> {
        let now = self.ctx.clock.now();
        let (account, waiting) = self
            .ctx
            .read(move |r| {
                let waiting = r
                    .outbox(false, now)?
                    .into_iter()
                    .filter(|o| o.account == id && o.state == OutboxState::Queued)
                    .count();
                Ok((r.account(id)?.account, waiting))
            })
            .await?;
        if waiting > 0 {
            let text = format!(
                "{waiting} mails of {} have not left yet. Send or cancel them first.",
                account.email
            );
            return Err(Error::new(Code::NotNow, text));
        }
        self.ctx
            .store
            .remove_account(self.ctx.clock.now(), id)
            .await?;
        self.ctx.wakes.accounts.notify_one();
        let keychain = self.ctx.keychain.clone();
        let key = keychain_key(&account);
        blocking(move || Ok(keychain.delete(&key)?)).await
    }

    async fn keep_secret(&self, account: &Account, password: Secret) -> Result<()> {
        let keychain = self.ctx.keychain.clone();
        let key = keychain_key(account);
        blocking(move || Ok(keychain.set(&key, &password)?)).await
    }
}
