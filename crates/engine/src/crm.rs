//! The customer beside a mail: whose it is, what is known of them, which documents a mail names.
//!
//! Everything is read from local rows and works offline. What is not here and was looked at is noted as wanted in the store;
//! the line to the team's server brings it ([`kontor_collab::Desk`]), and the change log tells that it came.

mod act;
pub(crate) mod asked;
mod badges;
mod check;
mod coverage;
mod dossier;
mod export;
mod guard;
mod named;
mod page;
#[cfg(test)]
mod page_tests;
mod refs;
mod status;
mod template;
#[cfg(test)]
mod tests;
mod view;
mod whose;
#[cfg(test)]
mod writing_tests;

pub use act::ActView;
pub use check::{FactView, Writing};
pub use coverage::Coverage;
pub use export::TableWords;
pub use guard::{ChangedPart, DocumentChange};
pub use page::DocumentsAsked;
pub use template::{Rendered, TemplateFor, TemplateForm, TemplateView};
pub use view::{
    BadgeView, BadgesView, ChartsView, ContactView, CountsView, CrmStatus, CustomerView,
    DocRefView, DocumentView, DocumentsView, DossierView, LastOrderView, LineView, MailOfDocument,
    MonthView, PaymentView, ProductView, SoldView, SuggestionReason, SuggestionView, TotalView,
    TurnoverView,
};
