//! Foreign services, simulated at the HTTP line: strict, true to the fact sheets, with faults to switch on.
//!
//! [`Metakocka`] is the ERP of the sample company. Only for tests, the demo and the benchmarks: no room of the product
//! may depend on this one.

pub mod metakocka;

pub use metakocka::{Fault, Metakocka, Options, Statistics, StockPush};
