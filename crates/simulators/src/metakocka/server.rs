//! The HTTP line: paths, keys, faults, and the queue of searches.

use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use serde_json::{Map, Value};
use tokio::sync::{Notify, oneshot};

use super::calls::{Answer, Call, Desk, Offered, at};
use super::connection::{Door, Scissors};
use super::dialect::{self, Fields, Refusal};
use super::faults::{Fault, Faults};
use super::statistics::Statistics;
use super::world::World;
use super::{WRONG_KEY_TEXT, control, ledger};

/// The largest body taken.
const BODY: usize = 64 * 1024 * 1024;

/// What the service and its handle share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) company_id: String,
    pub(crate) secret_key: String,
    pub(crate) offered: Offered,
    state: Mutex<Inner>,
    /// Searches of one company run one after the other, first come, first served; in each lane where there are several.
    lanes: [tokio::sync::Mutex<()>; 3],
    /// Calls are held no longer.
    pub(crate) let_go: Notify,
}

/// What changes.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) faults: Faults,
    pub(crate) statistics: Statistics,
}

impl Shared {
    pub(crate) fn new(url: String, world: World, seed: u64, offered: Offered) -> Self {
        let mut rng = super::seed::rng(seed, 99, 0);
        Self {
            url,
            company_id: rng.between(1000, 9999).to_string(),
            secret_key: format!("{:016x}{:016x}", rng.next_u64(), rng.next_u64()),
            offered,
            state: Mutex::new(Inner {
                world,
                faults: Faults::default(),
                statistics: Statistics::default(),
            }),
            lanes: Default::default(),
            let_go: Notify::new(),
        }
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until calls of this name are answered, and at least so long.
    async fn pause(&self, call: &str, time: Duration) {
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
        loop {
            let mut let_go = pin!(self.let_go.notified());
            // Before the look: no word is missed in between.
            let_go.as_mut().enable();
            if !self.inner().faults.held.contains(call) {
                return;
            }
            let_go.await;
        }
    }
}

/// Serves until `end` is sent or dropped.
pub(crate) async fn serve(
    listener: tokio::net::TcpListener,
    shared: Arc<Shared>,
    end: oneshot::Receiver<()>,
) -> io::Result<()> {
    let service = Router::new()
        .fallback(answer)
        .with_state(shared)
        .into_make_service_with_connect_info::<Scissors>();
    tokio::select! {
        served = axum::serve(Door(listener), service) => served,
        // Dropped or sent: the handle is gone.
        _ = end => Ok(()),
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let Ok(body) = to_bytes(body, BODY).await else {
        return html(StatusCode::PAYLOAD_TOO_LARGE);
    };
    if let Some(name) = path.strip_prefix("/_control/") {
        return control::answer(Arc::clone(&shared), &head.method, name, &body).await;
    }
    if let Some(id) = path.strip_prefix("/files/") {
        return file(&shared, id);
    }
    let Some(call) = at(&path) else {
        return html(StatusCode::NOT_FOUND);
    };
    if head.method != Method::POST {
        return html(StatusCode::METHOD_NOT_ALLOWED);
    }
    let _visit = Visit::new(&shared, &path, call.is_search());
    let turn = if call.is_search() {
        let lane = lane(shared.offered.search_groups, &head.headers);
        Some(Turn::wait(&shared, lane).await)
    } else {
        None
    };
    let (slow, fault) = {
        let mut inner = shared.inner();
        (inner.faults.slow, inner.faults.next(call.name()))
    };
    if !call.writes {
        shared.pause(call.name(), slow).await;
    }
    let response = match fault {
        Some(Fault::Status(status)) => {
            html(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        }
        Some(Fault::HtmlPage | Fault::DropBefore) => html(StatusCode::OK),
        Some(Fault::Says(spoiled)) => spoiled.response(),
        Some(Fault::HalfBody) => half(carry_out(&shared, call, &head.headers, &body)),
        Some(Fault::DropAfter) | None => whole(carry_out(&shared, call, &head.headers, &body)),
    };
    // Whoever gives up waiting for a write does not undo it.
    if call.writes {
        shared.pause(call.name(), slow).await;
    }
    if let Some(Fault::DropBefore | Fault::DropAfter) = fault {
        scissors.cut();
    }
    drop(turn);
    dated(&shared, response)
}

/// The lane of a search: one of those that were set up, else the first.
fn lane(groups: u8, headers: &HeaderMap) -> usize {
    let asked = headers.get("searchGroup").and_then(|v| v.to_str().ok());
    let asked = asked.and_then(|text| text.trim().parse::<u8>().ok());
    asked
        .filter(|group| *group <= groups)
        .map_or(0, usize::from)
}

/// A call under way, counted until it is answered or given up.
#[derive(Debug)]
struct Visit<'a> {
    shared: &'a Shared,
    search: bool,
}

impl<'a> Visit<'a> {
    fn new(shared: &'a Shared, path: &str, search: bool) -> Self {
        shared.inner().statistics.arrive(path, search);
        Self { shared, search }
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.shared.inner().statistics.leave(self.search);
    }
}

/// The turn of one search, until it is answered or given up.
#[derive(Debug)]
struct Turn<'a> {
    shared: &'a Shared,
    _lane: tokio::sync::MutexGuard<'a, ()>,
}

impl<'a> Turn<'a> {
    async fn wait(shared: &'a Shared, lane: usize) -> Self {
        let [first, ..] = &shared.lanes;
        let lane = shared.lanes.get(lane).unwrap_or(first).lock().await;
        shared.inner().statistics.run();
        Self {
            shared,
            _lane: lane,
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.shared.inner().statistics.rest();
    }
}

/// Status, type and bytes of an answer.
type Sent = (StatusCode, &'static str, Vec<u8>);

fn carry_out(shared: &Shared, call: &Call, headers: &HeaderMap, body: &Bytes) -> Sent {
    let json = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.starts_with("application/json"));
    if !json {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return (status, "text/html;charset=utf-8", page(status));
    }
    // The same question takes the same time: the same seed gives the same bytes.
    let time = body.iter().fold(7_u64, |t, b| {
        t.wrapping_mul(31).wrapping_add(u64::from(*b)) % 389
    });
    let answered = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(body)) => carry_out_body(shared, call, &body),
        Ok(_) | Err(_) => Err(Refusal::bad("Cannot parse JSON")),
    };
    let fields = match answered {
        Ok(Answer::File(sort, bytes)) => return (StatusCode::OK, sort, bytes),
        Ok(Answer::Json(fields)) => fields,
        Err(refusal) => refusal.fields(),
    };
    let bytes = dialect::bytes(fields, time.saturating_add(11));
    (StatusCode::OK, "application/json;charset=utf-8", bytes)
}

fn carry_out_body(
    shared: &Shared,
    call: &Call,
    body: &Map<String, Value>,
) -> Result<Answer, Refusal> {
    work(shared, &mut shared.inner(), call, body)
}

fn work(
    shared: &Shared,
    inner: &mut Inner,
    call: &Call,
    body: &Map<String, Value>,
) -> Result<Answer, Refusal> {
    let fields = Fields(body);
    for field in call.unknown(body) {
        let found = format!("{}: {field}", call.path);
        inner.statistics.unknown_fields.insert(found);
    }
    let known = fields.text("secret_key").as_deref() == Some(shared.secret_key.as_str())
        && fields.text("company_id").as_deref() == Some(shared.company_id.as_str());
    if !known || inner.faults.wrong_key {
        return Err(Refusal::bad(WRONG_KEY_TEXT));
    }
    refuse(&inner.faults, call, fields)?;
    if call.is_search()
        && let Some(totals) = inner.faults.before_search()
    {
        ledger::shift(&mut inner.world, fields, totals);
    }
    let mut desk = Desk {
        world: &mut inner.world,
        offered: shared.offered,
        url: &shared.url,
        traces: Vec::new(),
    };
    let mut answer = (call.handler)(&mut desk, fields)?;
    let traces = desk.traces;
    if let Answer::Json(said) = &mut answer
        && call.name() == "search_query_advance_discovery"
    {
        said.retain(|word, _| !inner.faults.hidden.contains(word));
    }
    if call.writes {
        inner.statistics.write(call.path, traces);
    }
    Ok(answer)
}

/// What is refused on demand.
fn refuse(faults: &Faults, call: &Call, fields: Fields<'_>) -> Result<(), Refusal> {
    let asked = fields.text("doc_type").unwrap_or_default();
    if faults.refused.contains(call.name()) || faults.refused.contains(&asked) {
        return Err(Refusal::bad(format!("No rights for : {asked}")));
    }
    let by_id = call.name() == "get_partner" && fields.filled("partner_id").is_some();
    if by_id && faults.no_partner_ids {
        return Err(Refusal::bad("No partner with such properties."));
    }
    Ok(())
}

/// A file that was attached or printed; its address is known to whoever was told.
fn file(shared: &Shared, id: &str) -> Response<Body> {
    let inner = shared.inner();
    let found = id.parse().ok().and_then(|id| inner.world.file(id));
    let Some((name, bytes)) = found else {
        drop(inner);
        return html(StatusCode::NOT_FOUND);
    };
    let extension = name.rsplit('.').next().unwrap_or_default();
    let sort = if extension.eq_ignore_ascii_case("pdf") {
        "application/pdf"
    } else {
        "application/octet-stream"
    };
    whole((StatusCode::OK, sort, bytes.clone()))
}

fn page(status: StatusCode) -> Vec<u8> {
    let title = status.canonical_reason().unwrap_or_default();
    dialect::page(status.as_u16(), title).into_bytes()
}

pub(crate) fn html(status: StatusCode) -> Response<Body> {
    whole((status, "text/html;charset=utf-8", page(status)))
}

pub(crate) fn whole((status, sort, bytes): Sent) -> Response<Body> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let sort = HeaderValue::from_static(sort);
    response.headers_mut().insert(CONTENT_TYPE, sort);
    response
}

/// Announces all of it, sends half and breaks off.
fn half((status, sort, mut bytes): Sent) -> Response<Body> {
    let length = bytes.len();
    bytes.truncate(length.div_euclid(2));
    let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    let pieces: [Result<Vec<u8>, io::Error>; 2] = [Ok(bytes), Err(broken)];
    let mut response = whole((status, sort, Vec::new()));
    *response.body_mut() = Body::from_stream(futures::stream::iter(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// The service's own clock, wrong if it is wrong.
fn dated(shared: &Shared, mut response: Response<Body>) -> Response<Body> {
    let now = shared.inner().world.now().http();
    if let Ok(now) = HeaderValue::from_str(&now) {
        response.headers_mut().insert(DATE, now);
    }
    response
}
