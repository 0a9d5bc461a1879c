//! Who guesses passwords and codes is slowed down: failures count, successes do not.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use kontor_protocol::{DeviceId, OrgId};

use crate::core::identity::secret;
use crate::core::storage::Hash;
use crate::http::problem::Problem;

/// Keys that are remembered before the ones that ran out are thrown away.
const MANY: usize = 10_000;

/// The failures of addresses on the network, and of mail addresses. Kept as hashes.
#[derive(Debug)]
pub(crate) struct Rates {
    by_network: Failures,
    by_email: Failures,
    begun: Failures,
    files: Failures,
    news: Failures,
    wrong_news: Failures,
    erp: Failures,
}

/// Somebody who tries to sign in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    network: Hash,
    email: Hash,
}

impl Attempt {
    /// From this address on the network, with this mail address as typed.
    pub(crate) fn new(network: IpAddr, email: &str) -> Self {
        Self {
            network: place(network),
            email: secret::token_hash(&email.trim().to_lowercase()),
        }
    }
}

/// What counts as one place on the network.
fn place(network: IpAddr) -> Hash {
    let place = match network.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        // A household or a rented server has a whole /64.
        IpAddr::V6(address) => format!("{:x}", address.to_bits() >> 64),
    };
    secret::token_hash(&place)
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            // An office shares an address.
            by_network: Failures::new(50, Duration::from_secs(2)),
            by_email: Failures::new(10, Duration::from_secs(6)),
            // Each costs the provider a question, perhaps, and the database a row for ten minutes.
            begun: Failures::new(60, Duration::from_secs(5)),
            // Four of the largest files at once, in pieces of 256 KiB; then 12 MB a second.
            files: Failures::new(420, Duration::from_millis(20)),
            // A warehouse at work; more of them say no more.
            news: Failures::new(600, Duration::from_millis(100)),
            wrong_news: Failures::new(20, Duration::from_secs(5)),
            // Each is a call at the ERP.
            erp: Failures::new(10, Duration::from_secs(30)),
        }
    }
}

impl Rates {
    /// Whether this attempt is looked at.
    pub(crate) fn check(&self, attempt: &Attempt) -> Result<(), Problem> {
        let network = self.by_network.wait(&attempt.network);
        let email = self.by_email.wait(&attempt.email);
        match network.max(email) {
            Some(wait) => Err(Problem::too_fast(wait.as_secs().saturating_add(1))),
            None => Ok(()),
        }
    }

    /// A sign-in by the company begins; every one counts.
    pub(crate) fn begin(&self, network: IpAddr) -> Result<(), Problem> {
        let place = place(network);
        if let Some(wait) = self.begun.wait(&place) {
            return Err(Problem::too_fast(wait.as_secs().saturating_add(1)));
        }
        self.begun.count(place);
        Ok(())
    }

    /// A device asks for a file or sends of one.
    pub(crate) fn file(&self, device: DeviceId) -> Result<(), Problem> {
        let device = secret::token_hash(&device.to_string());
        if let Some(wait) = self.files.wait(&device) {
            return Err(Problem::too_fast(wait.as_secs().saturating_add(1)));
        }
        self.files.count(device);
        Ok(())
    }

    /// An organisation's admin tries a key of the ERP; every one counts.
    pub(crate) fn erp(&self, org: OrgId) -> Result<(), Problem> {
        let org = secret::token_hash(&org.to_string());
        if let Some(wait) = self.erp.wait(&org) {
            return Err(Problem::too_fast(wait.as_secs().saturating_add(1)));
        }
        self.erp.count(org);
        Ok(())
    }

    /// An ERP sends news; every one counts.
    pub(crate) fn news(&self, network: IpAddr) -> Result<(), Problem> {
        let place = place(network);
        let wait = self.news.wait(&place).max(self.wrong_news.wait(&place));
        if let Some(wait) = wait {
            return Err(Problem::too_fast(wait.as_secs().saturating_add(1)));
        }
        self.news.count(place);
        Ok(())
    }

    /// They were not signed as they should be.
    pub(crate) fn wrong_news(&self, network: IpAddr) {
        self.wrong_news.count(place(network));
    }

    /// It was wrong.
    pub(crate) fn failed(&self, attempt: &Attempt) {
        self.by_network.count(attempt.network);
        self.by_email.count(attempt.email);
    }
}

/// Some failures at once, then one each so often.
struct Failures {
    limiter: DefaultKeyedRateLimiter<Hash>,
    clock: DefaultClock,
    closed_until: Mutex<BTreeMap<Hash, Instant>>,
}

impl fmt::Debug for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Failures")
    }
}

impl Failures {
    fn new(at_once: u32, each: Duration) -> Self {
        let burst = NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(each).unwrap_or(Quota::per_second(NonZeroU32::MIN));
        Self {
            limiter: RateLimiter::keyed(quota.allow_burst(burst)),
            clock: DefaultClock::default(),
            closed_until: Mutex::default(),
        }
    }

    fn wait(&self, key: &Hash) -> Option<Duration> {
        let until = self.closed().get(key).copied()?;
        until.checked_duration_since(Instant::now())
    }

    fn count(&self, key: Hash) {
        let Err(not_until) = self.limiter.check_key(&key) else {
            return;
        };
        let wait = not_until.wait_time_from(self.clock.now());
        let now = Instant::now();
        let mut closed = self.closed();
        if closed.len() > MANY {
            closed.retain(|_, until| *until > now);
            self.limiter.retain_recent();
        }
        closed.extend(now.checked_add(wait).map(|until| (key, until)));
    }

    fn closed(&self) -> std::sync::MutexGuard<'_, BTreeMap<Hash, Instant>> {
        self.closed_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Rates};

    #[test]
    fn who_fails_often_waits_and_others_do_not() {
        let rates = Rates::default();
        let attempt = |address: &str, email| Attempt::new(address.parse().unwrap(), email);
        let guesser = attempt("192.0.2.1", "ana@example.com");
        for _ in 0..10 {
            assert!(rates.check(&guesser).is_ok(), "ten mistakes are free");
            rates.failed(&guesser);
        }
        rates.failed(&guesser);
        assert!(rates.check(&guesser).is_err(), "then it is slow");
        let elsewhere = attempt("192.0.2.2", " ANA@example.com");
        assert!(rates.check(&elsewhere).is_err(), "from anywhere");
        let other = attempt("192.0.2.1", "bor@example.com");
        assert!(
            rates.check(&other).is_ok(),
            "a colleague in the same office comes in"
        );
    }

    #[test]
    fn a_network_that_tries_many_addresses_waits() {
        let rates = Rates::default();
        for n in 0..=50 {
            let email = format!("{n}@example.com");
            rates.failed(&Attempt::new(
                format!("2001:db8::{n}").parse().unwrap(),
                &email,
            ));
        }
        let next = Attempt::new("2001:db8::ffff".parse().unwrap(), "x@example.com");
        assert!(rates.check(&next).is_err(), "the whole /64 is one visitor");
    }
}
