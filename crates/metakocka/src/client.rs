//! The client: pacing, retries and the circuit breaker around every call.

mod files;
mod goods;
mod lookups;
mod messages;
mod searches;
mod traces;
mod writes;

pub use files::{Printing, REPORT_OF_BILLS, ReportToken};
pub use goods::AddedProduct;
pub use lookups::PartnerKey;
#[cfg(test)]
pub(crate) use lookups::document;
pub use traces::{Outcome, Sought};
pub use writes::{AddedPartner, Written};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Map, Value};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};

use crate::answer::{self, Failure, Raw};
use crate::breaker::{Breaker, BreakerState};
use crate::config::Config;
use crate::error::Error;
use crate::line::Line;
use crate::secret::SecretKey;
use crate::statistics::{Counters, Statistics, Went};

/// Calls of a company that are out at once (fact sheet, section 2).
const CALLS: usize = 2;

/// A company's Metakocka. Clones share everything: pacing, breaker, counters. Make one for a company and clone it; two
/// made apart would not know of each other's searches, which the service runs one after the other.
///
/// Reads may be dropped at any time. A write that is dropped while it is out is a write of unknown outcome.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    line: Line,
    config: Config,
    calls: Semaphore,
    searches: Semaphore,
    breaker: Breaker,
    counters: Counters,
    chance: SystemRandom,
}

/// What kind of call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A read of which the service runs one at a time.
    Search,
    Read,
    /// Never sent twice.
    Write,
}

/// One call.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) path: &'static str,
    pub(crate) kind: Kind,
    pub(crate) body: &'a Map<String, Value>,
    /// A file's own address, asked instead.
    pub(crate) address: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(kind: Kind, path: &'static str, body: &'a Map<String, Value>) -> Self {
        let address = None;
        Self {
            path,
            kind,
            body,
            address,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.config.base_url)
            .field("company_id", &self.0.config.company_id)
            .field("breaker", &self.breaker())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Settings`] for an address that cannot be used or missing credentials.
    pub fn new(config: Config) -> Result<Self, Error> {
        Ok(Self(Arc::new(Inner {
            line: Line::new(&config)?,
            calls: Semaphore::new(CALLS),
            searches: Semaphore::new(1),
            breaker: Breaker::new(config.breaker),
            counters: Counters::default(),
            chance: SystemRandom::new(),
            config,
        })))
    }

    /// What the circuit breaker does at the moment.
    #[must_use]
    pub fn breaker(&self) -> BreakerState {
        self.0.breaker.state()
    }

    /// Calls and errors so far, by path.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.0.counters.read()
    }

    /// What the service's clock said with its last answer (the header `Date`, to the second); `None` before the first, or
    /// where it does not say. Changes are dated by that clock, which need not be ours, and may be set.
    #[must_use]
    pub fn service_clock(&self) -> Option<jiff::Timestamp> {
        self.0.line.service_clock()
    }

    /// Asks for an object.
    pub(crate) async fn object(&self, call: Call<'_>) -> Result<Map<String, Value>, Error> {
        self.ask(call, |raw, key| answer::object(&raw, key)).await
    }

    pub(crate) async fn search_object(
        &self,
        path: &'static str,
        body: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Error> {
        self.object(Call::new(Kind::Search, path, body)).await
    }

    pub(crate) async fn read_object(
        &self,
        path: &'static str,
        body: &Map<String, Value>,
    ) -> Result<Map<String, Value>, Error> {
        self.object(Call::new(Kind::Read, path, body)).await
    }

    /// Asks, and asks again where that cannot do harm and may help.
    pub(crate) async fn ask<T>(
        &self,
        call: Call<'_>,
        read: fn(Raw, &SecretKey) -> Result<T, Failure>,
    ) -> Result<T, Error> {
        let pauses: &[Duration] = match call.kind {
            Kind::Search | Kind::Read => &self.0.config.pauses,
            Kind::Write => &[],
        };
        let mut pauses = pauses.iter();
        let mut last: Option<Error> = None;
        loop {
            let failure = match self.attempt(call, last.is_some(), read).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let error = match (failure.error, last) {
                // The breaker opened between two attempts: what opened it says more.
                (Error::BreakerOpen { .. }, Some(last)) => return Err(last),
                (error, _) => error,
            };
            let again = matches!(error, Error::Unreachable { .. } | Error::TimedOut { .. });
            match pauses.next() {
                Some(pause) if again => sleep(self.stretched(*pause)).await,
                _ if call.kind == Kind::Write => {
                    return Err(unknown(error, failure.maybe_done));
                }
                _ => return Err(error),
            }
            last = Some(error);
        }
    }

    /// One attempt, when its turn has come.
    async fn attempt<T>(
        &self,
        call: Call<'_>,
        retry: bool,
        read: fn(Raw, &SecretKey) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let inner = &self.0;
        let _turn = inner.turn(call.kind).await;
        let attempt = inner
            .breaker
            .admit(Instant::now())
            .map_err(|wait| Failure::clean(Error::BreakerOpen { wait }))?;
        let began = Instant::now();
        let patience = match call.kind {
            Kind::Search | Kind::Read => inner.config.read_timeout,
            Kind::Write => inner.config.write_timeout,
        };
        let raw = match call.address {
            Some(address) => inner.line.fetch(address, patience).await,
            None => inner.line.send(call.path, call.body, patience).await,
        };
        let answer = raw.and_then(|raw| read(raw, &inner.line.key));
        let now = Instant::now();
        let went = match &answer {
            Ok(_) => Went::Well,
            Err(failure) if failure.is_of_the_service() => Went::Failed,
            Err(_) => Went::Refused,
        };
        match went {
            Went::Failed => attempt.failed(now),
            Went::Well | Went::Refused => attempt.answered(),
        }
        let waited = now.saturating_duration_since(began);
        inner.counters.count(call.path, retry, went, waited);
        answer
    }

    /// The pause and up to a quarter more, so that desks that failed together do not come back together.
    fn stretched(&self, pause: Duration) -> Duration {
        let mut chance = [0_u8];
        // Without chance there is still the pause.
        let _chance = self.0.chance.fill(&mut chance);
        let [chance] = chance;
        let more = pause
            .saturating_mul(u32::from(chance))
            .checked_div(4 * 255)
            .unwrap_or_default();
        pause.saturating_add(more)
    }
}

impl Inner {
    /// Waits for a search's turn before taking one of the few calls, so that searches that wait do not hold up the rest.
    /// The semaphores are never closed.
    async fn turn(&self, kind: Kind) -> (Option<SemaphorePermit<'_>>, Option<SemaphorePermit<'_>>) {
        let search = match kind {
            Kind::Search => self.searches.acquire().await.ok(),
            Kind::Read | Kind::Write => None,
        };
        (search, self.calls.acquire().await.ok())
    }
}

/// What a failed write means.
fn unknown(error: Error, maybe_done: bool) -> Error {
    let why = match (&error, maybe_done) {
        (Error::Unreachable { why } | Error::Garbled { why }, true) => why.clone(),
        (Error::TimedOut { after }, true) => format!("no answer within {} s", after.as_secs()),
        (Error::NotMetakocka { found }, true) => found.clone(),
        _ => return error,
    };
    Error::UnknownOutcome { why }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Client;
    use crate::config::Config;
    use crate::secret::SecretKey;

    fn client() -> Client {
        let key = SecretKey::new("k");
        Client::new(Config::new("http://127.0.0.1:1", "1", key)).expect("a client")
    }

    #[test]
    fn pauses_are_stretched_by_chance_and_by_no_more_than_a_quarter() {
        let pause = Duration::from_millis(500);
        let client = client();
        let all: Vec<Duration> = (0..64).map(|_| client.stretched(pause)).collect();
        let longest = Duration::from_millis(625);
        assert!(all.iter().all(|p| (pause..=longest).contains(p)), "{all:?}");
        assert!(
            all.iter().any(|p| Some(p) != all.first()),
            "not all the same"
        );
    }

    #[test]
    fn the_usual_patience_is_the_fact_sheets() {
        let config = client().0.config.clone();
        let pauses: Vec<u128> = config.pauses.iter().map(Duration::as_millis).collect();
        assert_eq!(pauses, [500, 1500, 4500]);
        let seconds = (
            config.read_timeout.as_secs(),
            config.write_timeout.as_secs(),
        );
        assert_eq!(seconds, (30, 120));
    }
}
