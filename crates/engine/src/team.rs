//! The team: joining and leaving, the line to its server, and what is shared over it.
//!
//! What people write goes into the profile's store at once ([`kontor_collab`]); the line tells it to the team's server and
//! brings what others wrote. One process a profile holds the line ([`life`]), beside and independent of the claim for mail,
//! so that a script that only writes a note needs no mail server. What that process knows and others want to show, the
//! state of the line and who is there, lies in the store as well ([`state`]).

mod address;
mod analytics;
mod browser;
mod colliding;
mod company;
mod erp;
mod files;
mod gather;
mod http;
mod inside;
mod life;
mod marks;
mod membership;
mod news;
mod roots;
mod sharing;
mod shown;
mod state;
mod subject;

pub use analytics::{Deeds, MemberWork, TeamAnalytics, Week, Work};
pub use colliding::{Clash, Colliding};
pub use company::CompanyForm;
pub use erp::ErpForm;
pub use files::{FileShown, FileState, KeptFile};
pub use life::LineHold;
pub use marks::{MarkedTask, Marks};
pub use membership::TeamForm;
pub(crate) use news::NewsDesk;
pub use news::{NoteNews, Waiting};
pub(crate) use roots::Roots;
pub use sharing::{Appearance, Person};
pub use shown::{ActivityAsked, ActivityLine, ActivityLines, ActivityNumbers, Span, ThreadShared};
pub use state::{LinkError, LinkShown, TeamState, TeamStatus};
