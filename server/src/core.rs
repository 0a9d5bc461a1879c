//! The team's memory without a network: storage, and the hub every desk is attached to.

mod acts;
pub mod clock;
pub mod connecting;
pub mod hub;
#[cfg(feature = "serve")]
pub mod identity;
/// Tokens alone: nobody comes in where there is no door.
#[cfg(not(feature = "serve"))]
pub mod identity {
    pub mod secret;
}
pub mod mirror;
mod presence;
pub mod sealing;
pub mod session;
pub mod snapshot;
pub mod storage;
