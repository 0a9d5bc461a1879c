//! `POST /api/v1/login` and `POST /api/v1/join`.

use std::net::IpAddr;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use kontor_protocol::{JoinRequest, LoginRequest, SignedIn};

use crate::core::identity::IdentityProblem;
use crate::core::storage::Storage;
use crate::http::App;
use crate::http::caller::Posted;
use crate::http::doors::Visitor;
use crate::http::problem::Problem;
use crate::http::rates::Attempt;

pub(crate) async fn login<S: Storage>(
    State(app): State<App<S>>,
    ConnectInfo(visitor): ConnectInfo<Visitor>,
    headers: HeaderMap,
    Posted(request): Posted<LoginRequest>,
) -> Result<Json<SignedIn>, Problem> {
    let attempt = Attempt::new(network(&visitor, &headers), &request.email);
    app.shared.rates.check(&attempt)?;
    let answer = app.shared.identity.login(&request).await;
    judged(&app, &attempt, answer)
}

pub(crate) async fn join<S: Storage>(
    State(app): State<App<S>>,
    ConnectInfo(visitor): ConnectInfo<Visitor>,
    headers: HeaderMap,
    Posted(request): Posted<JoinRequest>,
) -> Result<Json<SignedIn>, Problem> {
    let attempt = Attempt::new(network(&visitor, &headers), &request.email);
    app.shared.rates.check(&attempt)?;
    let answer = app.shared.identity.join(&request).await;
    judged(&app, &attempt, answer)
}

fn judged<S: Storage>(
    app: &App<S>,
    attempt: &Attempt,
    answer: Result<SignedIn, IdentityProblem>,
) -> Result<Json<SignedIn>, Problem> {
    if matches!(answer, Err(IdentityProblem::Wrong | IdentityProblem::Code)) {
        app.shared.rates.failed(attempt);
    }
    Ok(Json(answer?))
}

/// Where a visitor comes from. A proxy on this machine says so in its last `X-Forwarded-For`; anybody else's word about
/// that is not believed.
pub(crate) fn network(visitor: &Visitor, headers: &HeaderMap) -> IpAddr {
    let peer = visitor.address.ip();
    if !peer.to_canonical().is_loopback() {
        return peer;
    }
    headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok())
        .unwrap_or(peer)
}
