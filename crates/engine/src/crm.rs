//! The customer beside a mail: whose it is, what is known of them, which documents a mail names.
//!
//! Everything is read from local rows and works offline. What is not here and was looked at is noted as wanted in the store;
//! the line to the team's server brings it ([`kontor_collab::Desk`]), and the change log tells that it came.

mod coverage;
mod dossier;
mod named;
mod refs;
mod status;
#[cfg(test)]
mod tests;
mod view;
mod whose;

pub use coverage::Coverage;
pub use view::{
    ContactView, CountsView, CrmStatus, CustomerView, DocRefView, DocumentView, DossierView,
    LastOrderView, LineView, MailOfDocument, PaymentView, ProductView, SuggestionReason,
    SuggestionView, TotalView, TurnoverView,
};
