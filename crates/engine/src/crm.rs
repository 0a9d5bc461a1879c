//! The customer beside a mail: whose it is, what is known of them, which documents a mail names.
//!
//! Everything is read from local rows and works offline. What is not here and was looked at is noted as wanted in the store;
//! the line to the team's server brings it ([`kontor_collab::Desk`]), and the change log tells that it came.

mod act;
#[cfg(test)]
mod act_tests;
mod apart;
pub(crate) mod asked;
mod badges;
mod check;
mod coverage;
mod dossier;
mod export;
mod family;
#[cfg(test)]
mod family_tests;
mod guard;
mod named;
pub(crate) mod order;
#[cfg(test)]
mod order_tests;
mod page;
#[cfg(test)]
mod page_tests;
pub(crate) mod papers;
#[cfg(test)]
mod papers_tests;
mod refs;
#[cfg(test)]
mod rules_tests;
mod status;
mod template;
#[cfg(test)]
mod tests;
mod view;
mod whose;
#[cfg(test)]
mod writing_tests;

pub use act::ActView;
pub use apart::ApartSaid;
pub use check::{FactView, Writing};
pub use coverage::Coverage;
pub use export::TableWords;
pub use family::SameSaid;
pub use guard::{ChangedPart, DocumentChange};
pub use order::ListOrder;
pub use page::DocumentsAsked;
pub use template::{Rendered, TemplateFor, TemplateForm, TemplateView};
pub use view::{
    BadgeView, BadgesView, ChartsView, ContactView, CountsView, CrmStatus, CustomerView,
    DocRefView, DocumentView, DocumentsView, DossierView, DuplicateView, FoundDocument,
    LastOrderView, LikelySame, LineView, MailOfDocument, MonthView, PartnerView, PaymentView,
    ProductView, SoldView, SuggestionReason, SuggestionView, TotalView, TurnoverView,
};

use crate::context::Context;
use crate::error::Result;

/// True when an ERP's facts come to this profile.
pub(crate) fn is_connected(ctx: &Context) -> Result<bool> {
    let (now, moment) = (ctx.clock.now(), ctx.moment());
    Ok(ctx
        .store
        .read(|r| Ok(dossier::Reckoning::of(r, now, moment)?.connected))?)
}
