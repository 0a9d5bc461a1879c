//! The company's own sign-in: this server asks the provider, the desk brings the browser (docs/adr/0011-company-sign-in.md).
//!
//! What was begun on one node may come back to another: it lies in the database, under hashes, for minutes.

pub(crate) mod provider;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use kontor_protocol::{CompanyFinish, CompanyStart, CompanyStarted, SignInWays, SignedIn};
use serde::{Deserialize, Serialize};

use crate::core::identity::company::{Admission, Vouched};
use crate::core::identity::{IdentityProblem, secret};
use crate::core::storage::{Hash, Slip, Storage};
use crate::http::App;
use crate::http::caller::Posted;
use crate::http::company::provider::{CompanyProblem, Provider};
use crate::http::doors::Visitor;
use crate::http::page::POLICY;
use crate::http::problem::Problem;
use crate::http::rates::Attempt;
use crate::http::sign_in::network;

/// Where the provider sends browsers back to, behind the public URL.
pub(crate) const CALLBACK: &str = "/api/v1/oidc/callback";
/// How long a person may take at the provider.
const BEGUN_SECONDS: u32 = 600;
/// How long the desk may take to fetch what the browser brought.
const GRANT_SECONDS: i64 = 120;

/// Kept from start until the browser comes back.
#[derive(Serialize, Deserialize)]
struct Pending {
    /// Hash of the desk's ticket.
    ticket: Hash,
    attempt: String,
    port: u16,
    nonce: String,
    verifier: String,
}

/// Kept from the browser's coming back until the desk fetches it.
#[derive(Serialize, Deserialize)]
struct Granted {
    ticket: Hash,
    outcome: Outcome,
}

#[derive(Serialize, Deserialize)]
enum Outcome {
    Vouched(Vouched),
    Denied,
    Unreachable,
    Invalid,
}

pub(crate) async fn ways<S: Storage>(State(app): State<App<S>>) -> Json<SignInWays> {
    let company = app.shared.company.get().map(Provider::host);
    std::future::ready(Json(SignInWays { company })).await
}

pub(crate) async fn start<S: Storage>(
    State(app): State<App<S>>,
    ConnectInfo(visitor): ConnectInfo<Visitor>,
    headers: HeaderMap,
    Posted(request): Posted<CompanyStart>,
) -> Result<Json<CompanyStarted>, Problem> {
    let provider = provider(&app)?;
    if request.port < 1024 {
        return Err(Problem::invalid("a desk listens on a port above 1023"));
    }
    app.shared.rates.begin(network(&visitor, &headers))?;
    let begun = provider.begin().await?;
    let ticket = secret::new_token().map_err(IdentityProblem::from)?;
    let attempt = secret::new_token().map_err(IdentityProblem::from)?;
    let pending = Pending {
        ticket: secret::token_hash(&ticket),
        attempt: attempt.clone(),
        port: request.port,
        nonce: begun.nonce,
        verifier: begun.verifier,
    };
    keep(&app, &begun.state, &pending, i64::from(BEGUN_SECONDS)).await?;
    Ok(Json(CompanyStarted {
        url: begun.url,
        attempt,
        ticket,
        seconds: BEGUN_SECONDS,
    }))
}

/// What the provider adds to the callback (RFC 6749 4.1.2).
#[derive(Debug, Deserialize)]
pub(crate) struct Returned {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// The browser is back from the provider, and goes on to the desk on its own computer.
pub(crate) async fn callback<S: Storage>(
    State(app): State<App<S>>,
    ConnectInfo(visitor): ConnectInfo<Visitor>,
    headers: HeaderMap,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Result<Response, Problem> {
    let (Ok(provider), Ok(Query(returned))) = (provider(&app), returned) else {
        return Ok(stray());
    };
    let attempt = at_company(&visitor, &headers);
    app.shared.rates.check(&attempt)?;
    let state = returned.state.as_deref().unwrap_or_default();
    let Some(pending) = take::<S, Pending>(&app, state).await? else {
        app.shared.rates.failed(&attempt);
        return Ok(stray());
    };
    let outcome = match (returned.code, returned.error) {
        (Some(code), None) => {
            let asked = provider.vouch(code, pending.nonce, pending.verifier).await;
            asked.map_or_else(|e| outcome_of(&e), Outcome::Vouched)
        }
        (_, why) => {
            let why = why.unwrap_or_default();
            let why: String = why
                .chars()
                .filter(char::is_ascii_graphic)
                .take(60)
                .collect();
            tracing::info!(why, "the company's sign-in let somebody not in");
            Outcome::Denied
        }
    };
    let grant = secret::new_token().map_err(IdentityProblem::from)?;
    let granted = Granted {
        ticket: pending.ticket,
        outcome,
    };
    keep(&app, &grant, &granted, GRANT_SECONDS).await?;
    // Letters, digits, dashes and underscores: nothing to escape.
    let desk = format!(
        "http://127.0.0.1:{}/?attempt={}&grant={grant}",
        pending.port, pending.attempt
    );
    let headers = [
        (header::LOCATION, desk.as_str()),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

pub(crate) async fn finish<S: Storage>(
    State(app): State<App<S>>,
    ConnectInfo(visitor): ConnectInfo<Visitor>,
    headers: HeaderMap,
    Posted(request): Posted<CompanyFinish>,
) -> Result<Json<SignedIn>, Problem> {
    let provider = provider(&app)?;
    let attempt = at_company(&visitor, &headers);
    app.shared.rates.check(&attempt)?;
    let granted = take::<S, Granted>(&app, &request.grant).await?;
    let own = granted.filter(|g| g.ticket == secret::token_hash(&request.ticket));
    let Some(granted) = own else {
        app.shared.rates.failed(&attempt);
        return Err(Problem::stale());
    };
    let vouched = match &granted.outcome {
        Outcome::Vouched(vouched) => vouched,
        Outcome::Denied => return Err(Problem::denied()),
        Outcome::Unreachable => {
            let message = "your company's sign-in does not answer: try again later";
            return Err(Problem::unavailable(message));
        }
        Outcome::Invalid => return Err(Problem::doubtful()),
    };
    let asked = Admission {
        code: request.code.filter(|code| !code.trim().is_empty()),
        name: request.name,
        device: request.device,
        org: request.org,
    };
    let may_link = provider.settings.may_link;
    let answer = app.shared.identity.admit(vouched, &asked, may_link).await;
    match &answer {
        Err(IdentityProblem::Code) => app.shared.rates.failed(&attempt),
        // The person says which; the browser need not be asked again for that.
        Err(IdentityProblem::Choose(_)) => {
            keep(&app, &request.grant, &granted, GRANT_SECONDS).await?;
        }
        _ => {}
    }
    Ok(Json(answer?))
}

fn provider<S: Storage>(app: &App<S>) -> Result<&Provider, Problem> {
    let none =
        || Problem::not_found("this server has no company sign-in: use address and password");
    app.shared.company.get().ok_or_else(none)
}

/// Whose failures are counted: there is no address yet.
fn at_company(visitor: &Visitor, headers: &HeaderMap) -> Attempt {
    let network = network(visitor, headers);
    Attempt::new(network, &format!("company sign-in from {network}"))
}

fn outcome_of(e: &CompanyProblem) -> Outcome {
    tracing::warn!("{e}");
    match e {
        CompanyProblem::Invalid(_) => Outcome::Invalid,
        CompanyProblem::Unreachable(_) | CompanyProblem::Settings(_) => Outcome::Unreachable,
    }
}

async fn keep<S: Storage>(
    app: &App<S>,
    key: &str,
    what: &(impl Serialize + Sync),
    seconds: i64,
) -> Result<(), Problem> {
    let body = serde_json::to_string(what)
        .map_err(|_why| Problem::unavailable("the sign-in cannot be kept"))?;
    let (now, clock) = (app.shared.clock.now(), &app.shared.clock);
    let slip = Slip {
        key: secret::token_hash(key),
        body,
        expires_at: clock.after(seconds),
    };
    Ok(app.shared.storage.keep_slip(slip, now).await?)
}

/// Once; of the kind that is wanted only.
async fn take<S: Storage, T: for<'a> Deserialize<'a>>(
    app: &App<S>,
    key: &str,
) -> Result<Option<T>, Problem> {
    let (hash, now) = (secret::token_hash(key), app.shared.clock.now());
    let body = app.shared.storage.take_slip(hash, now).await?;
    Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
}

/// For a browser that comes with nothing this server began.
fn stray() -> Response {
    let page = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Kontor</title></head><body>
<p>This sign-in has run out or was used already. Go back to Kontor and begin again.</p>
<p lang="sl">Ta prijava je potekla ali je že bila uporabljena. Vrnite se v Kontor in začnite znova.</p>
</body></html>
"#;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (StatusCode::BAD_REQUEST, headers, Html(page)).into_response()
}
