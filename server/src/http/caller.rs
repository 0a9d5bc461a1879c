//! Who asks: the bearer token, and what of the path it opens.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::header;
use axum::http::request::Parts;
use kontor_protocol::{OrgId, Role};
use serde::de::DeserializeOwned;

use crate::core::identity::secret;
use crate::core::storage::{Storage, Who};
use crate::http::App;
use crate::http::problem::Problem;

/// A member of the organisation in the path.
#[derive(Debug)]
pub(crate) struct Caller(pub(crate) Who);

/// An admin of the organisation in the path.
#[derive(Debug)]
pub(crate) struct Admin(pub(crate) Who);

impl<S: Storage> FromRequestParts<App<S>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App<S>) -> Result<Self, Problem> {
        let token = bearer(parts).ok_or_else(Problem::stranger)?;
        let hash = secret::token_hash(token);
        let now = app.shared.clock.now();
        let who = app.shared.storage.who(hash, now).await?;
        let who = who.ok_or_else(Problem::stranger)?;
        let path = RawPathParams::from_request_parts(parts, app).await;
        let path = path.map_err(|_why| Problem::stranger())?;
        let mut orgs = path.iter().filter(|(name, _)| *name == "org");
        let here = orgs.all(|(_, org)| org.parse::<OrgId>().is_ok_and(|org| org == who.org));
        if here {
            Ok(Self(who))
        } else {
            Err(Problem::stranger())
        }
    }
}

impl<S: Storage> FromRequestParts<App<S>> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App<S>) -> Result<Self, Problem> {
        let Caller(who) = Caller::from_request_parts(parts, app).await?;
        match who.role {
            Role::Admin => Ok(Self(who)),
            Role::Member => Err(Problem::forbidden("only an admin of the team may do this")),
        }
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Posted<T>(pub(crate) T);

impl<S: Storage, T: DeserializeOwned> FromRequest<App<S>> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App<S>) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, app).await;
        let body = body.map_err(|_why| Problem::too_large())?;
        // The reason says which field; it never repeats a value that might be a password.
        serde_json::from_slice(&body).map(Self).map_err(|e| {
            let (line, column) = (e.line(), e.column());
            let message = if e.is_data() {
                "a field of the request is missing or of another kind: see /openapi.json"
            } else {
                "the request's body is not JSON"
            };
            Problem::invalid(format!("{message} (line {line}, column {column})"))
        })
    }
}
