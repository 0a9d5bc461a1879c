//! The company's provider of sign-ins, asked with the `openidconnect` crate over our own HTTP client.
//!
//! What it says is believed after the crate has checked the signature (never `none`, never a shared secret), the issuer, the
//! audience, the time and the nonce of this very sign-in (OpenID Connect Core 3.1.3.7).

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse as _,
};
use tokio::sync::Mutex;

use crate::core::identity::company::Vouched;
use crate::core::storage::CompanyId;

/// How long one question to the provider may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer of a provider that is read: keys and tokens are kilobytes.
const MAX_ANSWER: usize = 1 << 20;
/// How long what the provider said of itself is good: it changes its keys long before it stops using the old ones.
const FRESH: Duration = Duration::from_secs(300);

/// Signatures that are believed: those with a key only the provider has.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Whom to ask, and as whom.
#[derive(Clone)]
pub struct CompanySettings {
    /// The provider's URL, exactly as it names itself.
    pub issuer: String,
    /// What the provider calls this server.
    pub client_id: String,
    /// The secret between the two; a public client has none.
    pub client_secret: Option<String>,
    /// Every address it tells counts as the person's own, also where it does not say so. For a directory in which people
    /// cannot write their own address; what it says is *not* verified is not believed all the same.
    pub trusts_email: bool,
    /// Members who joined with a password may be tied by their verified address.
    pub may_link: bool,
}

impl fmt::Debug for CompanySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompanySettings")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// Why the provider let nobody in.
#[derive(Debug, thiserror::Error)]
pub enum CompanyProblem {
    /// It does not answer, or not as a provider does.
    #[error("the company's sign-in cannot be asked: {0}")]
    Unreachable(String),
    /// What it gave does not stand up.
    #[error("the company's sign-in gave something that is not valid: {0}")]
    Invalid(String),
    /// These settings cannot be.
    #[error("{0}")]
    Settings(String),
}

/// A sign-in that was begun, as it is kept until the browser comes back.
#[derive(Clone, Debug)]
pub(crate) struct Begun {
    pub(crate) url: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

pub(crate) struct Provider {
    pub(crate) settings: CompanySettings,
    redirect: String,
    web: reqwest::Client,
    known: Mutex<Option<(Instant, Arc<Client>)>>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

impl Provider {
    pub(crate) fn new(settings: CompanySettings, redirect: String) -> Result<Self, CompanyProblem> {
        IssuerUrl::new(settings.issuer.clone())
            .map_err(|e| CompanyProblem::Settings(format!("{} is no URL: {e}", settings.issuer)))?;
        Ok(Self {
            settings,
            redirect,
            web: web()?,
            known: Mutex::default(),
        })
    }

    /// The host people know it by.
    pub(crate) fn host(&self) -> String {
        let url = openidconnect::url::Url::parse(&self.settings.issuer).ok();
        let host = url.and_then(|url| url.host_str().map(str::to_owned));
        host.unwrap_or_else(|| self.settings.issuer.clone())
    }

    /// Makes the URL a browser is sent to, with PKCE (RFC 7636), state and nonce.
    pub(crate) async fn begin(&self) -> Result<Begun, CompanyProblem> {
        let client = self.client().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state, nonce) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".into()))
            .add_scope(Scope::new("profile".into()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun {
            url: url.into(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Trades the browser's code for who it is.
    pub(crate) async fn vouch(
        &self,
        code: String,
        nonce: String,
        verifier: String,
    ) -> Result<Vouched, CompanyProblem> {
        let client = self.client().await?;
        let ask = |request| answer(self.web.clone(), request);
        let exchange = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(unreachable)?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let tokens = exchange.request_async(&ask).await.map_err(invalid)?;
        let id_token = tokens
            .id_token()
            .ok_or_else(|| CompanyProblem::Invalid("there is no ID token in it".into()))?;
        let judge = client.id_token_verifier().set_allowed_algs(SIGNATURES);
        let nonce = Nonce::new(nonce);
        let claims = match id_token.claims(&judge, &nonce) {
            Ok(claims) => claims,
            Err(e) => {
                // Perhaps its keys are new: the next one asks again.
                *self.known.lock().await = None;
                return Err(invalid(e));
            }
        };
        if let Some(want) = claims.access_token_hash() {
            let key = id_token.signing_key(&judge).map_err(invalid)?;
            let alg = id_token.signing_alg().map_err(invalid)?;
            let found = AccessTokenHash::from_token(tokens.access_token(), alg, key);
            if found.map_err(invalid)? != *want {
                let what = "its access token belongs to another ID token";
                return Err(CompanyProblem::Invalid(what.into()));
            }
        }
        let mut vouched = Vouched {
            company: CompanyId {
                issuer: claims.issuer().as_str().to_owned(),
                subject: claims.subject().as_str().to_owned(),
            },
            email: claims.email().map(|email| email.as_str().to_owned()),
            is_email_verified: self.believes(claims.email_verified()),
            name: claims
                .name()
                .and_then(|name| name.get(None))
                .map(|name| name.as_str().to_owned()),
        };
        // Some tell the address only when asked again.
        if vouched.email.is_none() && client.user_info_url().is_some() {
            let subject = claims.subject().clone();
            let asked = client.user_info(tokens.access_token().clone(), Some(subject));
            let more: CoreUserInfoClaims = asked
                .map_err(unreachable)?
                .request_async(&ask)
                .await
                .map_err(invalid)?;
            vouched.email = more.email().map(|email| email.as_str().to_owned());
            vouched.is_email_verified = self.believes(more.email_verified());
        }
        Ok(vouched)
    }

    fn believes(&self, word: Option<bool>) -> bool {
        word.unwrap_or(self.settings.trusts_email)
    }

    /// What the provider says of itself; asked by one at a time.
    pub(crate) async fn client(&self) -> Result<Arc<Client>, CompanyProblem> {
        let mut known = self.known.lock().await;
        if let Some((asked, client)) = &*known
            && asked.elapsed() < FRESH
        {
            return Ok(client.clone());
        }
        let settings = &self.settings;
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(unreachable)?;
        let ask = |request| answer(self.web.clone(), request);
        let metadata = CoreProviderMetadata::discover_async(issuer, &ask)
            .await
            .map_err(unreachable)?;
        let by_post = metadata
            .token_endpoint_auth_methods_supported()
            .is_some_and(|ways| {
                ways.contains(&CoreClientAuthMethod::ClientSecretPost)
                    && !ways.contains(&CoreClientAuthMethod::ClientSecretBasic)
            });
        let secret = settings.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(settings.client_id.clone());
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(unreachable)?;
        let client = CoreClient::from_provider_metadata(metadata, id, secret)
            .set_redirect_uri(redirect)
            .set_auth_type(if by_post {
                AuthType::RequestBody
            } else {
                AuthType::BasicAuth
            });
        let client = Arc::new(client);
        *known = Some((Instant::now(), client.clone()));
        drop(known);
        Ok(client)
    }
}

/// The system's roots, TLS 1.2 or newer, no redirects: a provider's addresses are its own word.
fn web() -> Result<reqwest::Client, CompanyProblem> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unreachable)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .map_err(unreachable)
}

/// One question.
async fn answer(web: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, WebProblem> {
    let request = reqwest::Request::try_from(request)?;
    let mut response = web.execute(request).await?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
            return Err(WebProblem::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    let mut answer = HttpResponse::new(body);
    *answer.status_mut() = response.status();
    *answer.headers_mut() = response.headers().clone();
    Ok(answer)
}

/// A question without an answer.
#[derive(Debug, thiserror::Error)]
enum WebProblem {
    #[error("it does not answer")]
    Silent(#[from] reqwest::Error),
    #[error("its answer is too large")]
    TooLarge,
}

fn unreachable(e: impl std::error::Error) -> CompanyProblem {
    CompanyProblem::Unreachable(chain(&e))
}

fn invalid(e: impl std::error::Error) -> CompanyProblem {
    CompanyProblem::Invalid(chain(&e))
}

/// A failure with its reasons: the innermost is the one that helps. Never holds a token or a code.
fn chain(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut next = e.source();
    while let Some(reason) = next {
        text.push_str(": ");
        text.push_str(&reason.to_string());
        next = reason.source();
    }
    text
}
