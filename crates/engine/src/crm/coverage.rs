//! How much of the mail here is tied to customers.

use std::sync::Arc;

use jiff::ToSpan as _;
use kontor_protocol::{CUSTOMER_OF, NO_CUSTOMER};

use super::badges::own_addresses;
use crate::context::blocking;
use crate::engine::Engine;
use crate::error::Result;

/// How far back an address counts.
const MONTHS: i64 = 12;

/// Of the addresses that mail of the last twelve months has in From, To or Cc, our own left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many there are.
    pub addresses: u64,
    /// Those whose customer is known: by the ERP's directory, or by hand.
    pub known: u64,
    /// Those somebody tied by hand.
    pub by_hand: u64,
    /// Those somebody said are nobody's.
    pub of_none: u64,
}

impl Engine {
    /// Returns how many of the addresses in the mail here are tied to customers.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn coverage(&self) -> Result<Coverage> {
        let ctx = Arc::clone(&self.ctx);
        blocking(move || {
            let told = ctx.collab.of_addresses(CUSTOMER_OF, None)?;
            let today = ctx.moment().to_zoned(jiff::tz::TimeZone::UTC);
            let since = today.saturating_sub(MONTHS.months()).timestamp().into();
            let (seen, own) = ctx
                .store
                .read(|r| Ok((r.addresses_since(since)?, own_addresses(r)?)))?;
            let mut coverage = Coverage::default();
            for (address, in_directory) in seen {
                if own.contains(&address) {
                    continue;
                }
                let by_hand = told.get(&address).map(String::as_str);
                let add = |count: &mut u64, is: bool| *count = count.saturating_add(u64::from(is));
                let of_none = by_hand == Some(NO_CUSTOMER);
                add(&mut coverage.addresses, true);
                add(&mut coverage.of_none, of_none);
                add(&mut coverage.by_hand, by_hand.is_some() && !of_none);
                add(
                    &mut coverage.known,
                    !of_none && (by_hand.is_some() || in_directory),
                );
            }
            Ok(coverage)
        })
        .await
    }
}
