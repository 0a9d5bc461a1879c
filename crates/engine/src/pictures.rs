//! Remote pictures: fetched by us, not by the webview, and only the addresses a person allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kontor_mail_imap::tls::TlsConfig;
use kontor_model::MessageId;

use crate::error::{Code, Error, Result};

/// A picture may be this large; a larger one is an attack or a mistake.
const LARGEST: usize = 10 << 20;

/// Allowed messages remembered; the oldest id is forgotten first and simply asked for again.
const REMEMBERED: usize = 500;

/// What was allowed, in this run of the program.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    allowed: Mutex<BTreeMap<MessageId, BTreeSet<String>>>,
    client: tokio::sync::OnceCell<reqwest::Client>,
}

impl Pictures {
    /// Allows the remote addresses of one message.
    pub(crate) fn allow(&self, message: MessageId, urls: &[String]) {
        let mut allowed = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        allowed.insert(message, urls.iter().cloned().collect());
        if allowed.len() > REMEMBERED {
            allowed.pop_first();
        }
        drop(allowed);
    }

    /// True when the person allowed this address of this message.
    pub(crate) fn allowed(&self, message: MessageId, url: &str) -> bool {
        let allowed = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        allowed.get(&message).is_some_and(|urls| urls.contains(url))
    }

    /// Fetches one address: its media type and bytes.
    pub(crate) async fn fetch(&self, tls: &TlsConfig, url: &str) -> Result<(String, Vec<u8>)> {
        let client = self
            .client
            .get_or_try_init(|| async { client(tls) })
            .await?;
        let failed = |e: reqwest::Error| {
            Error::new(
                Code::Offline,
                format!("The picture cannot be fetched: {}", e.without_url()),
            )
        };
        let mut answer = client
            .get(url)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(failed)?;
        let kind = answer
            .headers()
            .get("content-type")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        let kind = kind
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if bytes.len().saturating_add(chunk.len()) > LARGEST {
                return Err(Error::new(
                    Code::Refused,
                    "The picture is larger than 10 MB and was not fetched.",
                ));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok((kind, bytes))
    }
}

fn client(tls: &TlsConfig) -> Result<reqwest::Client> {
    let config = tls.client(None)?;
    reqwest::Client::builder()
        .tls_backend_preconfigured(config.as_ref().clone())
        .user_agent("Mozilla/5.0")
        .referer(false)
        .redirect(reqwest::redirect::Policy::limited(5))
        .timeout(Duration::from_secs(20))
        .build()
        .map_err(|e| {
            Error::new(
                Code::Internal,
                format!("Pictures cannot be fetched on this computer: {e}"),
            )
        })
}
