//! A company's sign-in: a small OpenID Connect provider that is strict with those who ask it, and lies on demand.
//!
//! Discovery, keys (ES256, made at start), authorisation with PKCE, state and nonce, tokens. Whoever comes is signed in as
//! the [`Colleague`] set last. Strict: a request that lacks anything OpenID Connect Core, RFC 6749 or RFC 7636 want of a
//! careful client is refused, a code works once, and only for who asked for it.

mod browser;
mod token;
mod web;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest;
use serde_json::{Value, json};

pub use browser::browse;
use token::Signer;
use web::{Answer, Request};

/// What the provider calls its one client.
pub const CLIENT_ID: &str = "kontor";
/// The secret between the two.
pub const CLIENT_SECRET: &str = "a secret & a half";

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colleague {
    /// The provider's own name for them.
    pub subject: String,
    /// Their address.
    pub email: String,
    /// What it says about the address; some providers say nothing.
    pub email_verified: Option<bool>,
    /// Their name.
    pub name: String,
}

impl Colleague {
    /// Somebody with a verified address.
    #[must_use]
    pub fn new(subject: &str, email: &str, name: &str) -> Self {
        Self {
            subject: subject.into(),
            email: email.into(),
            email_verified: Some(true),
            name: name.into(),
        }
    }
}

/// How the provider lies or fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OidcFault {
    /// The token is for another sign-in.
    WrongNonce,
    /// The token is for another client.
    WrongAudience,
    /// The token names another provider.
    WrongIssuer,
    /// The token ran out an hour ago.
    Expired,
    /// Signed with a key that is not published, under the name of one that is.
    WrongKey,
    /// `alg: none` (RFC 8725 2.1).
    Unsigned,
    /// Signed with the client's secret instead of the provider's key.
    Symmetric,
    /// The person says no.
    Denied,
    /// No tokens today.
    Broken,
}

/// The provider, on a port of its own. Ends when dropped.
#[derive(Debug)]
pub struct OidcProvider {
    issuer: String,
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    issuer: String,
    signer: Signer,
    forger: Signer,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    colleague: Option<Colleague>,
    fault: Option<OidcFault>,
    redirects: Vec<String>,
    codes: BTreeMap<String, Issued>,
    discoveries: usize,
    closed: bool,
}

/// What a code was given for.
#[derive(Debug)]
struct Issued {
    redirect: String,
    nonce: String,
    challenge: String,
    colleague: Colleague,
}

impl OidcProvider {
    /// Starts with nobody signed in.
    ///
    /// # Errors
    /// When no port or no random number is to be had.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let issuer = format!("http://127.0.0.1:{port}");
        let shared = Arc::new(Shared {
            issuer: issuer.clone(),
            signer: Signer::new()?,
            forger: Signer::new()?,
            state: Mutex::default(),
        });
        let for_thread = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("oidc".into())
            .spawn(move || {
                for stream in listener.incoming().flatten() {
                    if for_thread.state().closed {
                        break;
                    }
                    let shared = Arc::clone(&for_thread);
                    // A conversation that breaks off concerns its client alone.
                    let _unnamed = std::thread::Builder::new().spawn(move || {
                        web::converse(stream, |request| shared.answer(request)).ok()
                    });
                }
            })?;
        Ok(Self {
            issuer,
            port,
            shared,
        })
    }

    /// Its URL.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Browsers are sent back to this URL, and to no other that was not registered.
    pub fn register(&self, redirect: &str) {
        self.shared.state().redirects.push(redirect.to_owned());
    }

    /// Who signs in from now on.
    pub fn signed_in(&self, colleague: Colleague) {
        self.shared.state().colleague = Some(colleague);
    }

    /// Lies or fails from now on.
    pub fn fault(&self, fault: Option<OidcFault>) {
        self.shared.state().fault = fault;
    }

    /// How often it was asked who it is.
    #[must_use]
    pub fn discoveries(&self) -> usize {
        self.shared.state().discoveries
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        self.shared.state().closed = true;
        // Wakes the listener; if that fails, it is gone already.
        drop(std::net::TcpStream::connect((
            Ipv4Addr::LOCALHOST,
            self.port,
        )));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &Request) -> Answer {
        let answered = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/.well-known/openid-configuration") => Ok(self.discovery()),
            ("GET", "/keys") => Ok(Answer::Json(200, json!({ "keys": [self.signer.jwk()] }))),
            ("GET", "/authorize") => self.authorize(request),
            ("POST", "/token") => self.token(request),
            _ => Ok(Answer::Json(404, json!({ "error": "not_found" }))),
        };
        answered.unwrap_or_else(|e| {
            let why = json!({ "error": "invalid_request", "error_description": format!("{e:#}") });
            Answer::Json(400, why)
        })
    }

    fn discovery(&self) -> Answer {
        {
            let mut state = self.state();
            state.discoveries = state.discoveries.saturating_add(1);
        }
        let issuer = &self.issuer;
        Answer::Json(
            200,
            json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": ["openid", "email", "profile"],
            }),
        )
    }

    /// The person is signed in already and agrees to everything, unless they say no.
    fn authorize(&self, request: &Request) -> Result<Answer> {
        let redirect = request.field("redirect_uri")?;
        let (redirects, fault, colleague) = {
            let state = self.state();
            (
                state.redirects.clone(),
                state.fault,
                state.colleague.clone(),
            )
        };
        anyhow::ensure!(
            redirects.iter().any(|known| known == redirect),
            "{redirect} is not registered"
        );
        anyhow::ensure!(request.field("client_id")? == CLIENT_ID, "unknown client");
        anyhow::ensure!(request.field("response_type")? == "code", "only codes");
        let scopes: Vec<&str> = request.field("scope")?.split(' ').collect();
        anyhow::ensure!(scopes.contains(&"openid"), "the scope lacks openid");
        anyhow::ensure!(scopes.contains(&"email"), "the scope lacks email");
        let (back, nonce) = (request.field("state")?, request.field("nonce")?);
        anyhow::ensure!(back.len() >= 16, "the state can be guessed");
        anyhow::ensure!(nonce.len() >= 16, "the nonce can be guessed");
        let challenge = request.field("code_challenge")?;
        anyhow::ensure!(
            request.field("code_challenge_method")? == "S256" && challenge.len() == 43,
            "no PKCE with S256"
        );
        let back = web::encoded(back);
        if fault == Some(OidcFault::Denied) {
            return Ok(Answer::Redirect(format!(
                "{redirect}?error=access_denied&state={back}"
            )));
        }
        let colleague = colleague.context("nobody is signed in")?;
        let code = token::random()?;
        let issued = Issued {
            redirect: redirect.to_owned(),
            nonce: nonce.to_owned(),
            challenge: challenge.to_owned(),
            colleague,
        };
        self.state().codes.insert(code.clone(), issued);
        Ok(Answer::Redirect(format!(
            "{redirect}?code={code}&state={back}"
        )))
    }

    fn token(&self, request: &Request) -> Result<Answer> {
        let known = format!(
            "{}:{}",
            web::encoded(CLIENT_ID),
            web::encoded(CLIENT_SECRET)
        );
        let basic = format!("Basic {}", STANDARD.encode(known));
        if request.header("authorization") != Some(basic.as_str()) {
            return Ok(Answer::Json(401, json!({ "error": "invalid_client" })));
        }
        anyhow::ensure!(
            request.field("grant_type")? == "authorization_code",
            "another grant"
        );
        let (issued, fault) = {
            let mut state = self.state();
            // Gone after the first try, right or wrong.
            let issued = state.codes.remove(request.field("code")?);
            (issued, state.fault)
        };
        let issued = issued.context("the code is unknown or was used")?;
        anyhow::ensure!(
            issued.redirect == request.field("redirect_uri")?,
            "another redirect"
        );
        let verifier = request.field("code_verifier")?;
        let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
        anyhow::ensure!(
            (43..=128).contains(&verifier.len())
                && URL_SAFE_NO_PAD.encode(hash.as_ref()) == issued.challenge,
            "the verifier does not fit the challenge"
        );
        if fault == Some(OidcFault::Broken) {
            return Ok(Answer::Json(500, json!({ "error": "server_error" })));
        }
        let access_token = token::random()?;
        let id_token = self.id_token(&issued, &access_token, fault)?;
        Ok(Answer::Json(
            200,
            json!({
                "access_token": access_token,
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": id_token,
            }),
        ))
    }

    fn id_token(&self, issued: &Issued, access: &str, fault: Option<OidcFault>) -> Result<String> {
        let now = token::now()?;
        let lie = |kind: OidcFault, lie: &str, truth: &str| {
            let lies = fault == Some(kind);
            Value::from(if lies { lie } else { truth })
        };
        let hash = digest::digest(&digest::SHA256, access.as_bytes());
        let half = hash.as_ref().get(..16).unwrap_or_default();
        let ends = if fault == Some(OidcFault::Expired) {
            now.saturating_sub(3600)
        } else {
            now.saturating_add(300)
        };
        let person = &issued.colleague;
        let mut claims = json!({
            "iss": lie(OidcFault::WrongIssuer, "https://login.example.net", &self.issuer),
            "aud": lie(OidcFault::WrongAudience, "another client", CLIENT_ID),
            "nonce": lie(OidcFault::WrongNonce, "of another sign-in", &issued.nonce),
            "sub": person.subject,
            "email": person.email,
            "name": person.name,
            "at_hash": URL_SAFE_NO_PAD.encode(half),
            "iat": now.saturating_sub(7200),
            "exp": ends,
        });
        if let (Some(verified), Some(claims)) = (person.email_verified, claims.as_object_mut()) {
            claims.insert("email_verified".into(), verified.into());
        }
        match fault {
            Some(OidcFault::Unsigned) => Ok(token::unsigned(&claims)),
            Some(OidcFault::Symmetric) => Ok(token::symmetric(&claims, CLIENT_SECRET)),
            Some(OidcFault::WrongKey) => self.forger.sign(&claims, self.signer.name()),
            _ => self.signer.sign(&claims, self.signer.name()),
        }
    }
}
