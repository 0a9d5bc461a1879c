//! `POST /api/v1/erp/{org}/webhook`: Metakocka says that stock changed (fact sheet section 11).
//!
//! Only which products it is about is taken over: the mirror then asks for their stock. So news that come twice, late or in
//! another order do no harm, and nothing but a signature has to be believed.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use kontor_metakocka::SecretKey;
use kontor_metakocka::webhook::{
    EVENT_HEADER, SIGNATURE_HEADER, STOCK_EVENT, WELL, is_signed, stock,
};
use kontor_protocol::OrgId;

use crate::core::storage::Storage;
use crate::http::App;
use crate::http::doors::Visitor;
use crate::http::problem::Problem;
use crate::http::sign_in::network;

/// Longest body: a stocktaking names every product.
pub(crate) const MAX_NEWS: usize = 2 << 20;

pub(crate) async fn post<S: Storage>(
    State(app): State<App<S>>,
    ConnectInfo(visitor): ConnectInfo<Visitor>,
    Path(org): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let place = network(&visitor, &headers);
    app.shared.rates.news(place)?;
    let body = body.map_err(|_why| Problem::too_large())?;
    let org = signed(&app, &org, &headers, &body).await?;
    let Some(org) = org else {
        app.shared.rates.wrong_news(place);
        return Err(Problem::unsigned());
    };
    let event = headers.get(EVENT_HEADER).map(|event| event.as_bytes());
    // Another event is none of ours, and need not come again.
    if event.is_none_or(|event| event == STOCK_EVENT.as_bytes()) {
        let news = stock(&body).map_err(|e| Problem::invalid(e.to_string()))?;
        let mut products: Vec<String> = news
            .items
            .iter()
            .map(|row| row.product.to_string())
            .collect();
        products.sort();
        products.dedup();
        app.shared.storage.stock_news(org, products).await?;
    }
    Ok(([(header::CONTENT_TYPE, "application/json")], WELL).into_response())
}

/// The organisation in the path, where this body is signed with what it was given; an organisation that is none, that
/// expects no news, and a wrong signature are one and the same.
async fn signed<S: Storage>(
    app: &App<S>,
    org: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Option<OrgId>, Problem> {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|s| s.to_str().ok());
    let (Some(keys), Ok(org), Some(signature)) =
        (app.shared.keys.get(), org.parse::<OrgId>(), signature)
    else {
        return Ok(None);
    };
    let erp = app.shared.storage.erp(org).await?;
    let Some(sealed) = erp.and_then(|erp| erp.sealed_webhook) else {
        return Ok(None);
    };
    let secret = match keys.open(org, &sealed) {
        Ok(secret) => SecretKey::new(secret),
        Err(e) => {
            tracing::warn!(%org, "news of the ERP cannot be checked: {e}");
            return Ok(None);
        }
    };
    Ok(is_signed(body, signature, &secret).then_some(org))
}
