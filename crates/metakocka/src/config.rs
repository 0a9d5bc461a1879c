//! How Metakocka is reached.

use std::time::Duration;

use crate::secret::SecretKey;

/// Everything a [`Client`](crate::Client) needs to know. Prints without the key.
#[derive(Clone, Debug)]
pub struct Config {
    /// The installation: `https://main.metakocka.si`, or the company's own domain. What is often pasted with it
    /// (`/rest/eshop/v1`) is cut off. Plain http is for this computer only.
    pub base_url: String,
    /// The company's number.
    pub company_id: String,
    /// The company's key.
    pub secret_key: SecretKey,
    /// Which of the company's further lanes its searches take: 1 or 2; `None` the first one, which every company has.
    /// Others are there only where Metakocka's support has set them up (`REST_MAX_SEARCH_LOCK_GROUP_PER_COMPANY`), and each
    /// client stays in one: one search at a time.
    pub search_group: Option<u8>,
    /// How long a read may take, its way there and back included.
    pub read_timeout: Duration,
    /// How long a write may take.
    pub write_timeout: Duration,
    /// Pauses before a failed read is asked again; as many retries as pauses. Each is stretched by up to a quarter, by
    /// chance.
    pub pauses: Vec<Duration>,
    /// When a failing service is left alone.
    pub breaker: BreakerConfig,
}

/// When a failing service is left alone, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerConfig {
    /// After so many failed attempts in a row, of all calls together.
    pub failures: u32,
    /// For so long at first; twice as long after every probe that fails.
    pub first: Duration,
    /// Never longer than this.
    pub longest: Duration,
}

impl Config {
    /// The usual patience (fact sheet, section 2): 30 s for reads, 120 s for writes, retries after 0.5, 1.5 and 4.5 s; after
    /// six failures in a row a rest of 5 s, growing to 5 minutes.
    #[must_use]
    pub fn new(
        base_url: impl Into<String>,
        company_id: impl Into<String>,
        secret_key: SecretKey,
    ) -> Self {
        Self {
            base_url: base_url.into(),
            company_id: company_id.into(),
            secret_key,
            search_group: None,
            read_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(120),
            pauses: vec![
                Duration::from_millis(500),
                Duration::from_millis(1500),
                Duration::from_millis(4500),
            ],
            breaker: BreakerConfig {
                failures: 6,
                first: Duration::from_secs(5),
                longest: Duration::from_secs(300),
            },
        }
    }
}
