//! `/api/v1/orgs/{org}/erp`: an admin enters the key of the company's Metakocka, or has it forgotten. It never comes back
//! out.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use kontor_protocol::{ErpConnected, ErpDisconnected, ErpRequest};
use serde::Deserialize;

use crate::core::connecting::{ConnectProblem, connect, disconnect};
use crate::core::storage::{Storage, StorageError};
use crate::http::App;
use crate::http::caller::{Admin, Posted};
use crate::http::problem::Problem;

pub(crate) async fn post<S: Storage>(
    State(app): State<App<S>>,
    Admin(who): Admin,
    Posted(request): Posted<ErpRequest>,
) -> Result<Json<ErpConnected>, Problem> {
    let shared = &app.shared;
    shared.rates.erp(who.org)?;
    let keys = shared.keys.get().ok_or_else(|| {
        Problem::unavailable("this server keeps no keys: ask who runs it to connect Metakocka")
    })?;
    // An admin of a team is not who runs the server: what listens on its own loopback is none of theirs.
    if request.base_url.trim().starts_with("http://") && !shared.is_local() {
        return Err(Problem::invalid("Metakocka is reached by https://"));
    }
    let to = (&shared.storage, &shared.clock);
    Ok(Json(
        connect(to, keys, (who.org, Some(who.member)), &request).await?,
    ))
}

/// What stands behind the question mark.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct How {
    /// Also while changes are on their way.
    anyway: bool,
}

pub(crate) async fn delete<S: Storage>(
    State(app): State<App<S>>,
    Admin(who): Admin,
    how: Result<Query<How>, QueryRejection>,
) -> Result<Json<ErpDisconnected>, Problem> {
    let Query(How { anyway }) =
        how.map_err(|_why| Problem::invalid("anyway is true or false: see /openapi.json"))?;
    let to = (&app.shared.storage, &app.shared.clock);
    let by = (who.org, Some(who.member));
    Ok(Json(disconnect(to, by, anyway).await?))
}

impl From<ConnectProblem> for Problem {
    fn from(e: ConnectProblem) -> Self {
        match e {
            ConnectProblem::Erp(_) if e.is_refusal() => Self::invalid(e.to_string()),
            ConnectProblem::Erp(_) => Self::unavailable(&e.to_string()),
            ConnectProblem::Seal(_) => {
                tracing::error!("sealing a key: {e}");
                Self::unavailable("the server cannot keep keys: ask who runs it")
            }
            ConnectProblem::None => Self::not_found(&e.to_string()),
            ConnectProblem::Storage(StorageError::UnderWay(why)) => Self::under_way(why),
            ConnectProblem::Storage(e) => e.into(),
        }
    }
}
