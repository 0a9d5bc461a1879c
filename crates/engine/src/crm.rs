//! The customer beside a mail: whose it is, what is known of them, which documents a mail names.
//!
//! Everything is read from local rows and works offline. What is not here and was looked at is noted as wanted in the store;
//! the line to the team's server brings it ([`kontor_collab::Desk`]), and the change log tells that it came.

mod act;
pub(crate) mod asked;
mod badges;
mod coverage;
mod dossier;
mod export;
mod named;
mod page;
#[cfg(test)]
mod page_tests;
mod refs;
mod status;
#[cfg(test)]
mod tests;
mod view;
mod whose;

pub use act::ActView;
pub use coverage::Coverage;
pub use export::TableWords;
pub use page::DocumentsAsked;
pub use view::{
    BadgeView, BadgesView, ChartsView, ContactView, CountsView, CrmStatus, CustomerView,
    DocRefView, DocumentView, DocumentsView, DossierView, LastOrderView, LineView, MailOfDocument,
    MonthView, PaymentView, ProductView, SoldView, SuggestionReason, SuggestionView, TotalView,
    TurnoverView,
};
