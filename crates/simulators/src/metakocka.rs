//! Metakocka's REST contract (fact sheet `metakocka.md`), with the books of the sample company and faults on demand.
//!
//! The service runs on a thread of its own with a runtime of its own, so blocking and async tests use it alike. What the
//! fact sheet calls unverified is decided here, and a client must bear other decisions, too:
//!
//! - a wrong key is refused under HTTP 200 with `opr_code` 2 and [`WRONG_KEY_TEXT`];
//! - a body that is no JSON is refused with `opr_code` 2, another content type with HTTP 415;
//! - `get_partner` finds addresses, phones and tax numbers exactly, in any case, names by a part;
//! - `last_change_*` is offered for orders only, and searches of bills and offers run up by id, too;
//! - the trace of a write stands in the change log of its document, as an entry `CUSTOM`;
//! - a number that is taken, a status, warehouse or currency nobody knows, and a domestic bill for a partner abroad are
//!   refused with `opr_code` 2; a refused write leaves nothing behind;
//! - a product line with nothing but `mk_id` is not found; prints are 36 (offer), 37 (order) and 38 (bills);
//! - where there are no further lanes of searches, the header `searchGroup` is not looked at;
//! - a phone number has 8 to 15 digits, and a message without its sender's name is answered without one;
//! - a write that somebody gave up waiting for was carried out, a search was not.

mod calendar;
mod calls;
mod connection;
mod control;
mod dialect;
mod document;
mod faults;
mod knobs;
mod ledger;
mod money;
mod partner;
mod pdf;
mod product;
mod register;
mod render;
mod seed;
mod server;
mod spoiled;
mod statistics;
mod webhook;
mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

pub use faults::Fault;
pub use spoiled::{SPOILED, Spoiled};
pub use statistics::Statistics;
pub use webhook::{StockPush, Tries};

use calendar::Day;
use calls::Offered;
use seed::deals::Plan;
use server::Shared;
use world::{Clock, World};

/// What a call with a wrong key, or a wrong company, is answered.
pub const WRONG_KEY_TEXT: &str = "Wrong secret_key or company_id";

/// How large the company is and what its installation offers.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where randomness starts.
    pub seed: u64,
    /// Partners, those of the sample company's mail included; these are never left out.
    pub partners: u32,
    /// Documents, those of the sample company included; these are never left out.
    pub documents: u32,
    /// Products.
    pub products: u32,
    /// The newest day of the books, ISO; the day of the pictures unless given.
    pub today: String,
    /// Sales documents can be searched by their partner.
    pub partner_filter: bool,
    /// Orders can be searched by their last change.
    pub last_change_filter: bool,
    /// Lanes of searches beside the first one, as the vendor's support sets them up (`searchGroup: 1`, `2`); at most 2.
    pub search_groups: u8,
    /// Unix time. Without one the clock stands at two in the afternoon of the newest day and moves on by a second with
    /// every write.
    pub clock: Option<fn() -> i64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            seed: 1,
            partners: 2_000,
            documents: 20_000,
            products: 3_000,
            today: "2026-11-19".into(),
            partner_filter: true,
            last_change_filter: true,
            search_groups: 0,
            clock: None,
        }
    }
}

impl Options {
    /// The sample company's customers and little else: quick to start.
    #[must_use]
    pub fn small() -> Self {
        Self {
            partners: 60,
            documents: 400,
            products: 60,
            ..Self::default()
        }
    }
}

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The newest day is no day.
    #[error("{0} is no day; write it as 2026-11-19")]
    Day(String),
    /// The address is taken or not ours, or there is no thread to be had.
    #[error("the simulator cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
}

/// The service. Ends when dropped.
#[derive(Debug)]
pub struct Metakocka {
    shared: Arc<Shared>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Metakocka {
    /// Makes the books and listens; calls are answered from the moment this returns.
    ///
    /// # Errors
    /// When the day is none or the address cannot be listened on.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let Some(today) = Day::parse(&options.today) else {
            return Err(StartError::Day(options.today));
        };
        let failed = |e| StartError::Listen(options.listen, e);
        let listener = std::net::TcpListener::bind(options.listen).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let shared = Arc::new(Shared::new(
            format!("http://{address}"),
            books(&options, today),
            options.seed,
            Offered {
                partner: options.partner_filter,
                last_change: options.last_change_filter,
                search_groups: options.search_groups.min(2),
            },
        ));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let (end, ended) = oneshot::channel();
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("metakocka".into())
            .spawn(move || {
                runtime.block_on(async move {
                    // A listener that breaks is a service that does not answer: its clients will say so.
                    if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                        server::serve(listener, for_thread, ended).await.ok();
                    }
                });
                // A push that waits for its next try is left to itself.
                runtime.shutdown_background();
            })
            .map_err(failed)?;
        Ok(Self {
            shared,
            end: Some(end),
            thread: Some(thread),
        })
    }

    /// Where it listens: `http://127.0.0.1:port`, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.shared.url
    }

    /// The company's number.
    #[must_use]
    pub fn company_id(&self) -> &str {
        &self.shared.company_id
    }

    /// The company's key.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.shared.secret_key
    }
}

impl Drop for Metakocka {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so already.
            thread.join().ok();
        }
    }
}

fn books(options: &Options, today: Day) -> World {
    let plan = Plan {
        seed: options.seed,
        sample_partners: 0,
        partners: options.partners,
        products: options.products.max(20),
        documents: options.documents,
        today,
    };
    let stands = today.at(14 * 3600);
    let clock = Clock {
        stands: options.clock.is_none().then_some(stands),
        wall: options.clock,
        skew: 0,
    };
    World::new(plan, clock)
}
