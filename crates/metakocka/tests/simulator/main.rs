//! The client against the simulated service: the whole contract, and its bad days.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why; its numbers are small and known"
)]

mod answers;
mod goods;
mod hostile;
mod lost;
mod reads;
mod writes;

use std::time::Duration;

use kontor_metakocka::{Client, Config, Error, SecretKey};
use kontor_simulators::{Metakocka, Options};

/// A small company.
fn company() -> Metakocka {
    Metakocka::start(Options::small()).expect("the simulator starts")
}

/// A client that waits for nothing between retries.
fn client(company: &Metakocka) -> Client {
    Client::new(config(company)).expect("a client")
}

fn config(company: &Metakocka) -> Config {
    let key = SecretKey::new(company.secret_key());
    let mut config = Config::new(company.base_url(), company.company_id(), key);
    config.pauses = vec![Duration::ZERO; 3];
    config
}

/// The name of an error's variant.
fn kind(error: &Error) -> String {
    let text = format!("{error:?}");
    text.split([' ', '(', '{'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Fails when a field was sent that the service does not know.
fn knows_every_field(company: &Metakocka) {
    let unknown = company.statistics().unknown_fields;
    assert!(unknown.is_empty(), "the service knows no {unknown:?}");
}
