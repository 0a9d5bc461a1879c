//! Mail that keeps coming while the demo runs.

use super::generator::{any_account, cast, templates};
use super::script::Script;
use super::story::play;
use crate::Rng;

/// One new mail and who gets it.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The account's address.
    pub to: String,
    /// The bytes, with CRLF.
    pub raw: Vec<u8>,
}

/// An endless sequence of new mails; the same seed writes the same sequence.
#[derive(Debug)]
pub struct Arrivals {
    rng: Rng,
    stories: Vec<Script>,
}

impl Arrivals {
    pub(crate) fn new(seed: u64) -> Self {
        // Beginnings only: customers and suppliers, no spam.
        let welcome = |s: &Script| s.place.iter().any(|w| w == "INBOX" || w == "Dobavitelji");
        Self {
            rng: Rng::new(seed),
            stories: templates().into_iter().filter(welcome).collect(),
        }
    }

    /// The next mail, dated `now` (Unix time).
    pub fn next_at(&mut self, now: i64) -> Option<Arrival> {
        let script = self.rng.pick(&self.stories)?.clone();
        let account = any_account(&mut self.rng)?;
        let mut cast = cast(&script, account, "INBOX".to_owned(), &mut self.rng)?;
        cast.today = now;
        cast.times = vec![now];
        let played = play(&script, &cast, &mut self.rng).into_iter().next()?;
        Some(Arrival {
            to: account.address.to_owned(),
            raw: played.mail.raw,
        })
    }
}
