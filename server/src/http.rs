//! axum around the hub: signing in, the WebSocket, what admins do, health.
//!
//! Tokens and addresses never reach the log. A wrong token and a foreign organisation get the same answer.

mod caller;
mod company;
mod desk;
pub mod doors;
mod erp;
mod files;
mod health;
mod openapi;
mod orgs;
mod page;
mod problem;
mod rates;
mod sign_in;
mod webhook;

use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use crate::core::clock::Clock;
use crate::core::hub::Hub;
use crate::core::hub::limits::Limits;
use crate::core::identity::Identity;
use crate::core::sealing::Keys;
use crate::core::storage::Storage;
use crate::http::company::provider::Provider;
pub use crate::http::company::provider::{CompanyProblem, CompanySettings};
use crate::http::doors::{Doors, Visitor};
use crate::http::problem::Problem;
use crate::http::rates::Rates;

/// Longest body of a request; events come over the WebSocket.
const MAX_BODY: usize = 64 << 10;
/// Longest time from a request's head to its answer.
const ANSWER: Duration = Duration::from_secs(30);
/// How long requests that are being answered may take after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(8);

/// A server's state: what every request sees.
pub struct App<S: Storage> {
    pub(crate) shared: Arc<Shared<S>>,
}

pub(crate) struct Shared<S: Storage> {
    pub(crate) storage: S,
    pub(crate) clock: Clock,
    pub(crate) hub: Hub<S>,
    pub(crate) identity: Identity<S>,
    pub(crate) rates: Rates,
    pub(crate) registry: Registry,
    /// Without a slash at the end.
    pub(crate) public_url: String,
    /// The company's own sign-in, where there is one.
    pub(crate) company: OnceLock<Provider>,
    /// What seals the keys of ERPs, where this server keeps any.
    pub(crate) keys: OnceLock<Keys>,
    pub(crate) leaving: CancellationToken,
    requests: Family<Vec<(&'static str, &'static str)>, Counter>,
}

impl<S: Storage> Shared<S> {
    /// True when desks reach this server on their own computer alone.
    pub(crate) fn is_local(&self) -> bool {
        let host = self.public_url.strip_prefix("http://");
        host.is_some_and(|host| {
            ["127.0.0.1", "localhost", "[::1]"]
                .iter()
                .any(|own| host == *own || host.starts_with(&format!("{own}:")))
        })
    }
}

impl<S: Storage> Clone for App<S> {
    fn clone(&self) -> Self {
        let shared = self.shared.clone();
        Self { shared }
    }
}

impl<S: Storage> fmt::Debug for App<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("storage", &self.shared.storage)
            .field("public_url", &self.shared.public_url)
            .finish_non_exhaustive()
    }
}

impl<S: Storage> App<S> {
    /// A server on this storage; `public_url` is what desks and browsers reach it by. Needs a tokio runtime.
    #[must_use]
    pub fn new(storage: S, clock: Clock, limits: Limits, public_url: &str) -> Self {
        let hub = Hub::new(storage.clone(), clock.clone(), limits);
        let requests = Family::default();
        let mut registry = Registry::default();
        hub.figures().register(&mut registry);
        registry.register(
            "kontor_http_requests",
            "Requests by the answer's class",
            requests.clone(),
        );
        let shared = Shared {
            identity: Identity::new(storage.clone(), clock.clone()),
            storage,
            clock,
            hub,
            rates: Rates::default(),
            registry,
            public_url: public_url.trim_end_matches('/').to_owned(),
            company: OnceLock::new(),
            keys: OnceLock::new(),
            leaving: CancellationToken::new(),
            requests,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Offers the company's own sign-in from here on; once. The provider is told of `PUBLIC-URL/api/v1/oidc/callback`.
    ///
    /// # Errors
    /// When the settings cannot be.
    pub fn offer(&self, settings: CompanySettings) -> Result<(), CompanyProblem> {
        let redirect = format!("{}{}", self.shared.public_url, company::CALLBACK);
        let provider = Provider::new(settings, redirect)?;
        // A second one changes nothing.
        drop(self.shared.company.set(provider));
        Ok(())
    }

    /// Takes keys of ERPs from admins from here on, sealed with these; once.
    pub fn seal_with(&self, keys: Keys) {
        // A second one changes nothing.
        drop(self.shared.keys.set(keys));
    }

    /// Asks the company's provider who it is, for the log's sake.
    ///
    /// # Errors
    /// When it does not answer as a provider does.
    pub async fn try_company(&self) -> Result<(), CompanyProblem> {
        match self.shared.company.get() {
            Some(provider) => provider.client().await.map(drop),
            None => Ok(()),
        }
    }

    /// Serves until `stop`, then lets requests end and says goodbye to desks.
    ///
    /// # Errors
    /// When the listener fails for good.
    pub async fn serve(
        self,
        doors: Doors,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let leaving = self.shared.leaving.clone();
        let stopped = leaving.clone();
        let hub = self.shared.hub.clone();
        let service = self
            .router()
            .into_make_service_with_connect_info::<Visitor>();
        let serving = axum::serve(doors, service)
            .with_graceful_shutdown(async move { stopped.cancelled().await });
        let mut serving = std::pin::pin!(serving.into_future());
        tokio::select! {
            ended = &mut serving => return ended,
            () = stop => {}
        }
        leaving.cancel();
        let (ended, ()) = tokio::join!(tokio::time::timeout(DRAIN, serving), hub.close());
        // Whoever still sends a request now has had their time.
        ended.unwrap_or(Ok(()))
    }

    fn router(self) -> Router {
        let org = Router::new()
            .route("/members", get(orgs::members))
            .route("/members/{member}", delete(orgs::remove_member))
            .route("/invitations", post(orgs::invite))
            .route("/devices", get(orgs::devices))
            .route("/devices/{device}", delete(orgs::revoke))
            .route("/events", get(orgs::events))
            .route("/audit", get(orgs::audit))
            .route("/erp", post(erp::post).delete(erp::delete))
            .route(
                "/files/{sha256}",
                get(files::get).head(files::head).patch(files::patch),
            );
        Router::new()
            .route("/api/v1/login", post(sign_in::login))
            .route("/api/v1/join", post(sign_in::join))
            .route("/api/v1/sign-in", get(company::ways))
            .route("/api/v1/oidc/start", post(company::start))
            .route(company::CALLBACK, get(company::callback))
            .route("/api/v1/oidc/finish", post(company::finish))
            .route("/api/v1/ws", get(desk::attach))
            .nest("/api/v1/orgs/{org}", org)
            .route(
                "/api/v1/erp/{org}/webhook",
                post(webhook::post).layer(DefaultBodyLimit::max(webhook::MAX_NEWS)),
            )
            .route("/join/{code}", get(page::join_page))
            .route("/healthz", get(health::healthz))
            .route("/readyz", get(health::readyz))
            .route("/metrics", get(health::metrics))
            .route("/openapi.json", get(openapi::openapi))
            .fallback(async || Problem::not_found("there is nothing here: see /openapi.json"))
            .method_not_allowed_fallback(async || Problem::method())
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .layer(from_fn_with_state(self.clone(), around))
            .with_state(self)
    }
}

/// Around every request: time, counting, and headers that keep answers where they belong.
async fn around<S: Storage>(
    State(app): State<App<S>>,
    ConnectInfo(visitor): ConnectInfo<Visitor>,
    request: Request,
    next: Next,
) -> Response {
    visitor.phase.begin();
    let answered = tokio::time::timeout(ANSWER, next.run(request)).await;
    let mut response = answered.unwrap_or_else(|_| Problem::too_slow().into_response());
    visitor.phase.end();
    let class = match response.status().as_u16() {
        0..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    let requests = &app.shared.requests;
    requests.get_or_create(&vec![("class", class)]).inc();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let sniffing = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, sniffing);
    response
}
